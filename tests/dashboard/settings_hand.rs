//! Settings and everything that stands beside the form: what somebody edits by hand, files that the configuration
//! names, helpers that are away, browsers that leave.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use portico::app::control::SettingsWish;
use portico::app::settings::{
    FileKeeper, InForce, LeftBehind, PATIENCE, Parts, say, state_dir_of_unread, undo_left_behind,
};
use portico::dashboard::{By, Keeper as _, Refused, Waiting, Wish};
use portico::model::Role;
use portico::model::audit::{Origin, Who};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::people::{Helper, House, PASSWORD, SETTINGS, proof};
use crate::settings::{APPLY, PORTAL, decide, field, send};
use crate::{HOST, write_pair};

fn wish(former: &str, new: &str) -> Wish {
    Wish {
        former: former.to_owned(),
        new: new.to_owned(),
        places: vec!["portal.http_port".to_owned()],
        by: anna(),
        of_page: true,
    }
}

fn anna() -> By {
    By {
        who: Who::User("anna".to_owned()),
        from: Origin::Service,
    }
}

/// A keeper over a folder of its own.
struct Desk {
    folder: tempfile::TempDir,
    keeper: FileKeeper,
    helper: Helper,
}

impl Desk {
    /// Over this file, with that in force.
    fn with(file: &str, in_force: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("portico.toml");
        fs::write(&path, file).unwrap();
        let helper = Helper::default();
        let in_force = InForce::new(in_force.to_owned());
        let parts = helper
            .clone()
            .parts(path, in_force, Arc::new(|_| Ok(())), PATIENCE);
        Self {
            keeper: FileKeeper::new(parts, LeftBehind::Nothing),
            helper,
            folder,
        }
    }

    fn text(&self) -> String {
        fs::read_to_string(self.folder.path().join("portico.toml")).unwrap()
    }

    fn has_note(&self) -> bool {
        self.folder.path().join("settings-pending.json").exists()
    }

    fn says_no(&self, times: usize) {
        let mut says_no = self.helper.says_no.lock().unwrap();
        says_no.extend(std::iter::repeat_n("away", times));
    }

    /// Applies a change as soon as what was before is over.
    async fn apply_at_last(&self) -> Result<Option<Waiting>, Refused> {
        for _ in 0..200 {
            match self.keeper.apply(wish(SETTINGS, &changed())).await {
                Err(Refused::Busy) => sleep(Duration::from_millis(20)).await,
                applied => return applied,
            }
        }
        panic!("nothing is applied any more");
    }

    async fn until_settled(&self) {
        for _ in 0..200 {
            if !self.has_note() {
                return;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("the note is still there");
    }
}

fn changed() -> String {
    SETTINGS.replace("8080", "8081")
}

#[tokio::test]
async fn the_note_stays_until_the_helper_has_taken_the_former_file() {
    let desk = Desk::with(SETTINGS, SETTINGS);
    let waiting = desk.keeper.apply(wish(SETTINGS, &changed())).await;
    let id = waiting.unwrap().unwrap().id;
    desk.says_no(2);
    let undone = desk.keeper.undo(id.clone(), anna()).await;
    assert!(matches!(undone, Err(Refused::NotYet(_))), "{undone:?}");
    assert_eq!(desk.text(), SETTINGS);
    assert!(desk.has_note(), "a start now would go on with it");
    let other = desk.keeper.apply(wish(SETTINGS, &changed())).await;
    assert_eq!(other, Err(Refused::Busy));
    assert_eq!(desk.keeper.confirm(id, anna()).await, Err(Refused::Over));
    desk.until_settled().await;
    assert_eq!(desk.helper.asked.load(Ordering::Relaxed), 4);
    assert_eq!(desk.text(), SETTINGS);
    let applied = desk.apply_at_last().await;
    assert!(applied.is_ok(), "{applied:?}");
}

#[tokio::test]
async fn what_is_refused_goes_back_until_that_is_taken_and_never_over_a_hand() {
    let desk = Desk::with(SETTINGS, SETTINGS);
    desk.says_no(2);
    let refused = desk.apply_at_last().await;
    assert_eq!(refused, Err(Refused::NotYet("away".to_owned())));
    assert_eq!(desk.text(), SETTINGS);
    assert!(desk.has_note(), "the helper may have the refused one");
    desk.until_settled().await;
    let hand = SETTINGS.replace("# ours", "# by hand");
    desk.says_no(1);
    *desk.helper.meanwhile.lock().unwrap() = Some(hand.clone());
    let refused = desk.apply_at_last().await;
    assert_eq!(refused, Err(Refused::Undone("away".to_owned())));
    assert_eq!(
        (desk.text(), desk.has_note()),
        (hand, false),
        "it means what was before"
    );
}

#[tokio::test]
async fn lines_by_hand_that_are_not_in_force_come_with_open_eyes() {
    let hand = SETTINGS.replace("eth0", "wrong0");
    let desk = Desk::with(&hand, SETTINGS);
    assert_eq!(desk.keeper.in_force(&hand).as_deref(), Some(SETTINGS));
    let comment = SETTINGS.replace("# ours", "# theirs");
    assert_eq!(desk.keeper.in_force(&comment), None, "it means the same");
    let new = hand.replace("8080", "8081");
    let waiting = desk.keeper.apply(wish(&hand, &new)).await;
    let waiting = waiting.unwrap().unwrap();
    assert_eq!((desk.text(), waiting.former.as_str()), (new, SETTINGS));
    assert!(!waiting.of_page, "more than the page came in force");
    desk.keeper.undo(waiting.id, anna()).await.unwrap();
    assert_eq!(desk.text(), SETTINGS, "what was in force");
    assert_eq!(fs::read_to_string(desk.keeper.kept_by_hand(&hand)).unwrap(), hand);
}

#[tokio::test]
async fn whoever_writes_in_the_file_meanwhile_has_confirmed_nothing() {
    let remark = format!("{}# a remark\n", changed());
    let other = changed().replace("eth0", "eth7");
    let house = House::open_for("", Duration::from_millis(300)).await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let hands = [
        remark.as_str(),
        other.as_str(),
        "no configuration",
        remark.as_str(),
    ];
    for (turn, hand) in hands.into_iter().enumerate() {
        let applied = send(&mut anna, PORTAL, APPLY, &[("portal.http_port", "8081")]).await;
        assert_eq!(applied.status, 303, "{hand}: {}", applied.body);
        fs::write(&house.file, hand).unwrap();
        let is_undone = |line: &&String| line.starts_with("portico settings-undone");
        for _ in 0..200 {
            if house.noted().iter().filter(is_undone).count() > turn {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(fs::read_to_string(&house.file).unwrap(), SETTINGS, "{hand}");
    }
    let overview = anna.get("/settings").await;
    for (name, hand) in [
        ("settings-by-hand.toml", hands[0]),
        ("settings-by-hand-2.toml", hands[1]),
        ("settings-by-hand-3.toml", hands[2]),
    ] {
        let kept = house.folder.path().join(name);
        assert_eq!(fs::read_to_string(&kept).unwrap(), hand);
        assert!(
            overview.body.contains(kept.to_str().unwrap()),
            "{}",
            overview.body
        );
    }
    assert!(
        !house.folder.path().join("settings-by-hand-4.toml").exists(),
        "kept once"
    );
    let kept = "portico settings-hand-kept portal.http_port".to_owned();
    assert!(house.noted().contains(&kept), "{:?}", house.noted());
}

#[tokio::test]
async fn the_word_is_said_at_the_console_too() {
    let desk = Desk::with(SETTINGS, SETTINGS);
    let nothing = say(&desk.keeper, SettingsWish::Status, anna()).await;
    assert_eq!(nothing, Ok(serde_json::Value::Null));
    for wish in [SettingsWish::Confirm, SettingsWish::Undo] {
        assert!(say(&desk.keeper, wish, anna()).await.is_err(), "nothing waits");
    }
    let applied = desk.keeper.apply(wish(SETTINGS, &changed())).await;
    assert!(applied.unwrap().is_some());
    let told = say(&desk.keeper, SettingsWish::Status, anna()).await.unwrap();
    assert_eq!(told["who"], "user anna");
    say(&desk.keeper, SettingsWish::Undo, anna()).await.unwrap();
    assert_eq!((desk.text().as_str(), desk.has_note()), (SETTINGS, false));
    let applied = desk.keeper.apply(wish(SETTINGS, &changed())).await;
    assert!(applied.unwrap().is_some());
    say(&desk.keeper, SettingsWish::Confirm, anna()).await.unwrap();
    assert_eq!((desk.text(), desk.has_note()), (changed(), false));
}

#[tokio::test]
async fn a_crash_before_the_change_was_written_ends_well() {
    let desk = Desk::with(SETTINGS, SETTINGS);
    let waiting = desk.keeper.apply(wish(SETTINGS, &changed())).await;
    assert!(waiting.unwrap().is_some());
    let file = desk.folder.path().join("portico.toml");
    // As if the rename had never happened.
    fs::write(&file, SETTINGS).unwrap();
    let audit: portico::dashboard::Audit = Arc::new(|_| Ok(()));
    let left = undo_left_behind(&file, desk.folder.path(), &audit).unwrap();
    assert_eq!((left, desk.has_note()), (LeftBehind::PutBack, true));
}

#[tokio::test]
async fn a_file_that_is_removed_while_a_change_waits_comes_back() {
    let desk = Desk::with(SETTINGS, SETTINGS);
    assert!(
        desk.keeper
            .apply(wish(SETTINGS, &changed()))
            .await
            .unwrap()
            .is_some()
    );
    fs::remove_file(desk.folder.path().join("portico.toml")).unwrap();
    say(&desk.keeper, SettingsWish::Undo, anna()).await.unwrap();
    assert_eq!((desk.text(), desk.has_note()), (SETTINGS.to_owned(), false));
}

#[tokio::test]
async fn a_crash_and_a_hand_that_wrote_nonsense_end_well() {
    let folder = tempfile::tempdir().unwrap();
    let state_dir = folder.path().join("state");
    fs::create_dir(&state_dir).unwrap();
    let line = format!("state_dir = \"{}\"\n", state_dir.display());
    let before = SETTINGS.replacen("[gateway]\n", &format!("[gateway]\n{line}"), 1);
    let file = folder.path().join("portico.toml");
    fs::write(&file, &before).unwrap();
    let parts = Parts {
        state_dir: state_dir.clone(),
        ..Helper::default().parts(
            file.clone(),
            InForce::new(before.clone()),
            Arc::new(|_| Ok(())),
            PATIENCE,
        )
    };
    assert_eq!(state_dir_of_unread(&file), None, "nothing waits");
    let keeper = FileKeeper::new(parts, LeftBehind::Nothing);
    let change = before.replace("http_port = 8080", "http_port = 8081");
    assert!(keeper.apply(wish(&before, &change)).await.unwrap().is_some());
    let mut hand = format!("{line}[[[ così no").into_bytes();
    // Half a character.
    hand.push(0xc3);
    fs::write(&file, &hand).unwrap();
    let found = state_dir_of_unread(&file);
    assert_eq!(found.as_deref(), Some(&*state_dir));
    let audit: portico::dashboard::Audit = Arc::new(|_| Ok(()));
    let left = undo_left_behind(&file, &state_dir, &audit).unwrap();
    assert_eq!(left, LeftBehind::PutBack);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let kept = fs::read(state_dir.join("settings-by-hand.toml")).unwrap();
    assert_eq!(kept, hand, "to the byte");
}

#[tokio::test]
async fn the_difference_shows_what_was_changed_by_hand_before_anything_is_applied() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let hand = SETTINGS.replace("eth0", "eth7");
    fs::write(&house.file, &hand).unwrap();
    let wish = [("portal.http_port", "8081")];
    let unseen = send(&mut anna, PORTAL, APPLY, &wish).await;
    assert_eq!(unseen.status, 200);
    for part in [
        "Changed by hand and not in force yet",
        "<ins>uplink = &#34;eth7&#34; # to the Internet</ins>",
        "<ins>http_port = 8081</ins>",
    ] {
        assert!(unseen.body.contains(part), "{part}: {}", unseen.body);
    }
    assert_eq!(
        fs::read_to_string(&house.file).unwrap(),
        hand,
        "not applied unseen"
    );
    let (form, base, seen) = (proof(&unseen), field(&unseen, "base"), field(&unseen, "seen"));
    let own = [
        ("form", form.as_str()),
        ("base", base.as_str()),
        ("seen", seen.as_str()),
    ];
    let applied = anna.post(APPLY, &[&own[..], &wish].concat()).await;
    assert_eq!(applied.status, 303, "{}", applied.body);
    let waiting = anna.get("/settings/waiting").await;
    assert!(
        waiting.body.contains("<del>uplink = &#34;eth0&#34;"),
        "{}",
        waiting.body
    );
    assert_eq!(decide(&mut anna, "/settings/undo").await.status, 200);
    assert_eq!(fs::read_to_string(&house.file).unwrap(), SETTINGS);
}

#[tokio::test]
async fn files_that_the_configuration_names_are_read_before_it_is_applied() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let (tls, apply) = ("/settings/section/tls", "/settings/section/tls/apply");
    let pair = [
        ("network.0.certificate", "gateway.pem"),
        ("network.0.key", "gateway.key"),
    ];
    fs::write(house.folder.path().join("gateway.pem"), "nothing of the kind").unwrap();
    fs::write(house.folder.path().join("gateway.key"), "nothing of the kind").unwrap();
    for path in [tls, apply] {
        let refused = send(&mut anna, tls, path, &pair).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        assert!(
            refused.body.contains("id=\"network-0-key-fault\"")
                && refused.body.contains("holds no readable PKCS#8"),
            "{}",
            refused.body
        );
    }
    assert_eq!(fs::read_to_string(&house.file).unwrap(), SETTINGS);
    write_pair(house.folder.path());
    assert_eq!(send(&mut anna, tls, apply, &pair).await.status, 303);
    assert_eq!(decide(&mut anna, "/settings/confirm").await.status, 200);
    // Gone meanwhile, as in the middle of a renewal: told, and nothing else is kept from being changed.
    fs::remove_file(house.folder.path().join("gateway.key")).unwrap();
    let shown = send(&mut anna, PORTAL, PORTAL, &[("portal.http_port", "8081")]).await;
    assert!(
        shown.status == 200 && shown.body.contains("gateway.key cannot be opened"),
        "{}",
        shown.body
    );
}

/// A pair for this host until then.
fn pair_for(folder: &std::path::Path, name: &str, host: &str, until: i32) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new([host.to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
    let certificate = params.self_signed(&key).unwrap();
    fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
    fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
}

#[tokio::test]
async fn a_certificate_that_browsers_would_not_take_is_told_and_none_of_the_dashboard() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let folder = house.folder.path();
    pair_for(folder, "other", "other.example.it", 4000);
    pair_for(folder, "old", HOST, 2020);
    pair_for(folder, "good", HOST, 4000);
    let (management, apply) = (
        "/settings/section/management",
        "/settings/section/management/apply",
    );
    let named = async |anna: &mut crate::people::Browser<'_>, path: &str, name: &str| {
        let (pem, key) = (format!("{name}.pem"), format!("{name}.key"));
        let fields = [
            ("management.interface", "eth2"),
            ("management.host", HOST),
            ("management.certificate", pem.as_str()),
            ("management.key", key.as_str()),
        ];
        send(anna, management, path, &fields).await
    };
    for (name, why) in [
        ("other", format!("not for {HOST}")),
        ("old", "expired".to_owned()),
    ] {
        for path in [management, apply] {
            let refused = named(&mut anna, path, name).await;
            assert_eq!(refused.status, 422, "{}", refused.body);
            assert!(
                refused.body.contains("id=\"management-certificate-fault\"") && refused.body.contains(&why),
                "{}",
                refused.body
            );
        }
    }
    assert_eq!(named(&mut anna, apply, "good").await.status, 303);
    assert_eq!(decide(&mut anna, "/settings/confirm").await.status, 200);
    // Another host, and the same pair.
    let host = [("management.host", "new.comune.example.it")];
    let refused = send(&mut anna, management, apply, &host).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(
        refused.body.contains("id=\"management-host-fault\""),
        "{}",
        refused.body
    );

    // People are served without one: it is told, and may be wanted.
    let tls = "/settings/section/tls";
    let pair = [
        ("network.0.certificate", "other.pem"),
        ("network.0.key", "other.key"),
    ];
    let shown = send(&mut anna, tls, tls, &pair).await;
    assert!(
        shown.status == 200
            && shown
                .body
                .contains("not for wifi.comune.example.it; until then the portal"),
        "{}",
        shown.body
    );
}

#[tokio::test]
async fn a_browser_that_leaves_in_the_middle_leaves_nothing_half_done() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    house.add("bruno", Role::Operator, None).await;
    let mut anna = house.browser_of("anna").await;
    let form = proof(&anna.get("/users/user/bruno").await);
    let fields = [
        ("form", form.as_str()),
        ("act", "role"),
        ("role", "editor"),
        ("own", PASSWORD),
    ];
    let mut stream = TcpStream::connect(house.office.own()).await.unwrap();
    let request = anna.request("POST /users/user/bruno", &fields);
    stream.write_all(request.as_bytes()).await.unwrap();
    // The password is still being worked on.
    drop(stream);
    for _ in 0..200 {
        if house
            .noted()
            .contains(&"user anna user-role bruno role=editor".to_owned())
        {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("{:?}", house.noted());
}

#[tokio::test]
async fn whoever_moves_the_dashboard_is_told_where_it_is_afterwards() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let (section, put) = (
        "/settings/section/management",
        "/settings/section/management/apply",
    );
    assert!(!anna.get(section).await.body.contains("management.enabled"));
    let wish = [("management.port", "9555")];
    let address = "http://localhost:9555/settings/waiting";
    let shown = send(&mut anna, section, section, &wish).await;
    assert!(
        shown.status == 200 && shown.body.contains(address),
        "{}",
        shown.body
    );
    let moved = send(&mut anna, section, put, &wish).await;
    let link = format!("<a href=\"{address}\">");
    assert!(
        moved.status == 200 && moved.body.contains(&link),
        "{}",
        moved.body
    );
    assert_eq!(decide(&mut anna, "/settings/undo").await.status, 200);
    assert_eq!(fs::read_to_string(&house.file).unwrap(), SETTINGS);
}
