//! Services, texts, crest and colours of people's page: settings, by the same forms as all others, shown beside the
//! page as it would be. Whoever may write the page may change these places of the file and no others.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Router};

use super::preview::{framed_words, render};
use super::{Answer, CRESTS, show_overview};
use crate::accounts::Permission;
use crate::config::edit::{Change, Place, Step, Value};
use crate::config::{Config, GardenName};
use crate::dashboard::login::visit::Visit;
use crate::dashboard::room::Room;
use crate::dashboard::settings::desk::{Desk, SHOWN};
use crate::dashboard::settings::fields::PAGE_SECTIONS;
use crate::dashboard::settings::pages::{Aim, Pairs, show_section, take_form};
use crate::dashboard::settings::realm::{Bounds, Overstep, Realm};
use crate::dashboard::settings::waiting::{WordForm, decide, show_waiting};

/// What stands in the place of the index of an entry that is to be added.
const NEW: &str = "new";
/// What stands here for any index: no key can be written so.
const ANY: &str = "#";

/// The forms of whoever may write the page.
pub(super) static PAGE: Realm = Realm {
    sections: &PAGE_SECTIONS,
    see: Permission::EditPage,
    change: Permission::EditPage,
    path: "/page/part",
    home: "/page",
    back: "page-back",
    waiting: "/page/waiting",
    decisions: ["/page/confirm", "/page/undo"],
    bounds: Some(&BOUNDS),
};

static BOUNDS: Bounds = Bounds { holds, takes, judge };

pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/page/part/{name}", get(part).post(difference))
        .route("/page/part/{name}/preview", post(preview))
        .route("/page/part/{name}/apply", post(apply))
        .route("/page/waiting", get(waiting))
        .route("/page/confirm", post(confirm))
        .route("/page/undo", post(undo))
}

/// Whether a place is one of the page's: everything else is closed, whatever comes to stand in the file.
fn holds(place: &Place) -> bool {
    let steps: Vec<&str> = place.steps().iter().map(word_of).collect();
    match steps.as_slice() {
        ["service"] => true,
        ["service", ANY | NEW, rest @ ..] => matches!(
            rest,
            [] | ["kind" | "url" | "label" | "hint" | "networks" | "before_tap"] | ["label" | "hint", _]
        ),
        ["network", ANY, rest @ ..] => matches!(
            rest,
            ["name" | "comune"] | ["look", "color" | "crest" | "intro"] | ["look", "intro", _]
        ),
        _ => false,
    }
}

fn word_of(step: &Step) -> &str {
    match step {
        Step::Index(_) => ANY,
        Step::Key(key) => key,
    }
}

/// A crest is one of the pictures beside the file: no other file is read for whoever writes the page.
fn takes(change: &Change, crests: &[String]) -> bool {
    let is_beside = |path: &str| {
        let name = path.strip_prefix(CRESTS).and_then(|rest| rest.strip_prefix('/'));
        name.is_some_and(|name| crests.iter().any(|known| known == name))
    };
    match change {
        Change::Set(place, value) if place.last_key() == Some("crest") => {
            matches!(value, Value::Text(path) if is_beside(path))
        }
        _ => true,
    }
}

/// What opens before the tap is the firewall's matter, and so an administrator's.
fn judge(former: &Config, new: &Config) -> Result<(), Overstep> {
    let mut rest = new.clone();
    rest.services.clone_from(&former.services);
    for (network, before) in rest.networks.iter_mut().zip(&former.networks) {
        let is_new = |name: &&GardenName| !before.garden_names.contains(name);
        if let Some(opened) = network.garden_names.iter().find(is_new) {
            return Err(opened_by(new, opened));
        }
        network.garden_names.clone_from(&before.garden_names);
        network.name.clone_from(&before.name);
        network.comune.clone_from(&before.comune);
        network.look.clone_from(&before.look);
    }
    if rest == *former {
        Ok(())
    } else {
        Err(Overstep::Elsewhere)
    }
}

fn opened_by(new: &Config, opened: &GardenName) -> Overstep {
    let mut services = new.services.iter();
    let opens = services.position(|service| service.before_tap && service.host() == Some(opened.name.name()));
    opens.map_or(Overstep::Elsewhere, |index| {
        let place = Place::default().key("service").index(index).key("before_tap");
        Overstep::At(place, "page-opens")
    })
}

async fn part(State(room): State<Room>, Path(name): Path<String>, visit: Visit) -> Answer {
    show_section(&PAGE, &room, &visit, &name).await
}

async fn difference(
    State(room): State<Room>,
    Path(name): Path<String>,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Answer {
    take_form(&PAGE, &room, &visit, (&name, pairs), Aim::Show).await
}

async fn apply(
    State(room): State<Room>,
    Path(name): Path<String>,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Answer {
    take_form(&PAGE, &room, &visit, (&name, pairs), Aim::Apply).await
}

/// People's page as the form would make it.
async fn preview(
    State(room): State<Room>,
    Path(name): Path<String>,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Answer {
    let ticket = visit.admit(PAGE.change).await?;
    let desk = Desk::open(&PAGE, (&room, &visit, &ticket), &name).await?;
    let posted = desk.take(pairs).await?;
    match desk.outlook(desk.made(&posted).await?) {
        Ok(config) => {
            let [shown, tongue] = SHOWN.map(|name| posted.get(name).unwrap_or_default());
            render(&visit, &room, config, (shown, tongue), None).await
        }
        Err(trouble) => Ok(framed_words(&trouble.words())),
    }
}

async fn waiting(State(room): State<Room>, visit: Visit) -> Answer {
    show_waiting(&PAGE, &room, &visit).await
}

async fn confirm(State(room): State<Room>, visit: Visit, Form(form): Form<WordForm>) -> Answer {
    say(&room, &visit, form, true).await
}

async fn undo(State(room): State<Room>, visit: Visit, Form(form): Form<WordForm>) -> Answer {
    say(&room, &visit, form, false).await
}

async fn say(room: &Room, visit: &Visit, form: WordForm, stays: bool) -> Answer {
    let (ticket, (status, told)): (_, (StatusCode, _)) = decide(&PAGE, room, visit, form, stays).await?;
    show_overview(room, visit, &ticket, status, Some(told)).await
}

#[cfg(test)]
mod tests {
    use super::{Change, Overstep, Value, holds, judge, takes};
    use crate::config::Config;

    const TEXT: &str = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\n\
                        interface = \"br-piazza\"\nhost = \"wifi.comune.example.it\"\n";

    fn config(more: &str) -> Config {
        Config::parse(&format!("{TEXT}{more}"), "p.toml").unwrap()
    }

    #[test]
    fn the_page_s_places_and_no_others() {
        for own in [
            "service",
            "service.3",
            "service.new.kind",
            "service.0.url",
            "service.0.label",
            "service.0.label.it",
            "service.0.hint.others",
            "service.0.networks",
            "service.0.before_tap",
            "network.0.name",
            "network.1.comune",
            "network.0.look.color",
            "network.0.look.crest",
            "network.0.look.intro.de",
        ] {
            assert!(holds(&own.parse().unwrap()), "{own}");
        }
        for other in [
            "gateway.uplink",
            "management.port",
            "network",
            "network.0",
            "network.new.name",
            "network.0.look",
            "network.0.host",
            "network.0.look.crest.it",
            "network.0.garden.0.name",
            "network.0.garden",
            "network.0.exempt",
            "service.0.label.it.x",
            "service.0.other",
            "news.feed.0.url",
            "register.recipient",
            "name",
        ] {
            assert!(!holds(&other.parse().unwrap()), "{other}");
        }
        let crest = |path: &str| {
            let place = "network.0.look.crest".parse().unwrap();
            takes(
                &Change::Set(place, Value::Text(path.to_owned())),
                &["a.png".to_owned()],
            )
        };
        assert!(crest("crests/a.png"));
        for other in [
            "crests/b.png",
            "/etc/portico/tls/key.pem",
            "crests/../a.png",
            "crestsa.png",
            "",
        ] {
            assert!(!crest(other), "{other}");
        }
    }

    #[test]
    fn nothing_opens_by_what_is_written_on_the_page() {
        let service = |url: &str, open: bool| {
            config(&format!(
                "[[service]]\nkind = \"website\"\nurl = \"{url}\"\nbefore_tap = {open}\n"
            ))
        };
        let closed = service("https://a.example.it/", false);
        let open = service("https://a.example.it/", true);
        assert_eq!(judge(&closed, &service("https://b.example.it/", false)), Ok(()));
        assert_eq!(judge(&open, &service("https://a.example.it/x", true)), Ok(()));
        assert_eq!(judge(&open, &closed), Ok(()));
        let told = Overstep::At("service.0.before_tap".parse().unwrap(), "page-opens");
        assert_eq!(judge(&closed, &open), Err(told.clone()));
        assert_eq!(
            judge(&open, &service("https://b.example.it/", true)),
            Err(told.clone())
        );
        assert_eq!(judge(&open, &service("http://a.example.it/", true)), Err(told));
        let look = config("[network.look]\ncolor = \"#a3001f\"\n");
        assert_eq!(judge(&config(""), &look), Ok(()));
        assert_eq!(
            judge(&config(""), &config("weight = 2\n")),
            Err(Overstep::Elsewhere)
        );
        let fewer = config(
            "[[network]]\nid = \"b\"\nname = \"B\"\ncomune = \"B\"\ninterface = \"br-b\"\nhost = \"b.example.it\"\n",
        );
        assert_eq!(judge(&fewer, &config("")), Err(Overstep::Elsewhere));
    }
}
