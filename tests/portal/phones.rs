//! The whole way in the lab: the real daemons and dnsmasq with the example configuration of Busto Arsizio, three
//! phones that joined by DHCP, and on each of them a real Chromium in the phone's own network namespace
//! (`tests/browser/phone.mjs`).

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use portico::app::demo::EXAMPLE;
use portico::app::lab::daemon::poll;
use portico::app::lab::{Lab, Programs};
use serde_json::{Value, json};

use crate::internet::{self, PICTURES, SITE, SITE_TITLE};
use crate::player::{Player, all_play};

/// `wifi4eu_id` of the example's networks.
const IDENTIFIERS: [&str; 2] = [
    "00000000-0000-0000-0000-000000000001",
    "00000000-0000-0000-0000-000000000002",
];
/// How long the daemons may take to notice something.
const NOTICED: Duration = Duration::from_mins(1);

/// The lab with what the comune says: a feed, an item and a notice of the local editor.
fn town() -> Lab {
    let programs = Programs {
        portico: env!("CARGO_BIN_EXE_portico").into(),
        netd: env!("CARGO_BIN_EXE_portico-netd").into(),
    };
    let mut lab = Lab::build(programs, EXAMPLE).unwrap();
    internet::furnish(&lab);
    let mut feed = toml::Table::new();
    for (key, value) in [
        ("url", format!("https://{SITE}/feed")),
        ("source", "Comune di Busto Arsizio".to_owned()),
        ("ca", Lab::authority_path().display().to_string()),
    ] {
        feed.insert(key.to_owned(), value.into());
    }
    lab.edit_config(|config| {
        let news = config
            .get_mut("news")
            .and_then(toml::Value::as_table_mut)
            .unwrap();
        news.insert("feed".to_owned(), vec![feed].into());
    })
    .unwrap();
    let title = "Mercato settimanale anticipato a venerdì";
    let text = "Il mercato di sabato si tiene venerdì, negli stessi orari e con gli stessi banchi.";
    portico(&lab, &["news", "add", "--title", title, "--text", text]);
    let closed =
        "Domani via Milano è chiusa alle auto dalle 8 alle 13 per la corsa cittadina: seguire le deviazioni.";
    portico(&lab, &["notice", "add", closed, "--color", "yellow"]);
    lab.start().unwrap();
    until("the news of the feed, with its pictures", || {
        status(&lab)["news"]["pictures"] == PICTURES
    });
    lab
}

/// A command that takes the configuration file, as the administrator types it; what it says.
fn portico(lab: &Lab, words: &[&str]) -> String {
    let (code, said) = command(lab, words, "--config", &Lab::config_path());
    assert_eq!(code, 0, "{words:?}: {said}");
    said
}

/// One that speaks to the daemon.
fn ask_daemon(lab: &Lab, words: &[&str]) -> String {
    let (code, said) = command(lab, words, "--run-dir", &Lab::run_dir());
    assert_eq!(code, 0, "{words:?}: {said}");
    said
}

fn command(lab: &Lab, words: &[&str], place: &str, path: &Path) -> (i32, String) {
    let mut arguments: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    arguments.extend([OsStr::new(place), path.as_os_str()]);
    lab.portico_command(&arguments).unwrap()
}

fn status(lab: &Lab) -> Value {
    lab.control(&json!({"do": "status"})).unwrap()["ok"].take()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    poll(NOTICED, || holds().then_some(())).unwrap_or_else(|| panic!("{what}: not within {NOTICED:?}"));
}

/// A phone in each of three languages: two at the square, one at the Molini.
fn phones(lab: &mut Lab) -> Vec<Player> {
    let here = [("it", 0), ("de", 0), ("ar", 1)];
    here.map(|(language, network)| {
        let mut phone = lab.phone(network).unwrap();
        phone.join().unwrap();
        Player::new(phone, language, IDENTIFIERS[network])
    })
    .into()
}

#[test]
fn the_whole_way_in_the_browsers_of_phones() {
    let mut lab = town();
    let mut players = phones(&mut lab);
    all_play(&mut players, &json!({"play": "ways", "pictures": PICTURES}));
    let site = format!("https://{SITE}/");
    players[0].play(&json!({"play": "garden", "site": site, "title": SITE_TITLE}));
    self_test(&lab, &mut players);
    all_play(&mut players, &see(&["login", "disconnected"]));
    all_play(&mut players, &json!({"play": "tap"}));
    all_play(&mut players, &see(&["online"]));
    the_comune_speaks(&lab, &mut players);
    the_internet_goes_and_comes(&lab, &mut players);
    for (key, view) in [("blocked", "blocked"), ("exempt", "exempt")] {
        the_config_names_them(&mut lab, &mut players, key);
        all_play(&mut players, &see(&[view]));
    }
}

fn see(names: &[&str]) -> Value {
    json!({"play": "everyView", "names": names})
}

/// The switch of the snippet's self-test, which administrators must not forget.
fn self_test(lab: &Lab, players: &mut [Player]) {
    let warned = |lab: &Lab| {
        let status = ask_daemon(lab, &["status"]);
        let (_, doctor) = command(lab, &["doctor"], "--config", &Lab::config_path());
        [
            status.contains("WARNING: the snippet is in self-test"),
            doctor.contains("warn  daemons       piazza: the snippet is in self-test"),
        ]
    };
    assert_eq!(warned(lab), [false, false]);
    let said = ask_daemon(lab, &["selftest", "piazza", "on"]);
    assert!(said.contains("self-test, 60 min left"), "{said}");
    players[0].play(&json!({"play": "selfTest", "on": true}));
    players[2].play(&json!({"play": "selfTest", "on": false}));
    assert_eq!(warned(lab), [true, true]);
    ask_daemon(lab, &["selftest", "piazza", "off"]);
    players[0].play(&json!({"play": "selfTest", "on": false}));
    assert_eq!(warned(lab), [false, false]);
}

/// News and an alarm written while everything runs come to the page of who is online, and go again.
fn the_comune_speaks(lab: &Lab, players: &mut [Player]) {
    let title = "Concerto in piazza rinviato a domenica";
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/src/app/demo/square.png");
    let words = [
        "news",
        "add",
        "--title",
        title,
        "--picture",
        picture,
        "--picture-alt",
        "La piazza",
    ];
    let item = portico(lab, &words);
    let alarm = "Allerta arancione per vento forte fino alle 18: parchi e cimiteri sono chiusi.";
    let notice = portico(lab, &["notice", "add", alarm, "--color", "orange"]);
    let says = |text: &str, place: &str, shown: bool| {
        let pictures = PICTURES + usize::from(shown);
        json!({"play": "says", "text": text, "where": place, "shown": shown, "pictures": pictures,
               "name": if shown { "live" } else { "live-gone" }})
    };
    all_play(players, &says(title, ".news .title", true));
    players[0].play(&says(alarm, "[role=alert] .orange", true));
    portico(lab, &["news", "remove", item.trim()]);
    portico(lab, &["notice", "remove", notice.trim()]);
    players[0].play(&says(title, ".news .title", false));
    players[0].play(&says(alarm, ".notices", false));
}

/// The uplink goes down while people are online, and comes back.
fn the_internet_goes_and_comes(lab: &Lab, players: &mut [Player]) {
    lab.uplink().set_deaf(true).unwrap();
    // It takes the daemon half a minute to be sure. These pages do not depend on it.
    all_play(
        players,
        &see(&["news", "article", "terms", "privacy", "accessibility", "venue"]),
    );
    until("the Internet is gone", || status(lab)["uplink"] == false);
    all_play(players, &see(&["no-internet-online"]));
    all_play(players, &json!({"play": "leave"}));
    all_play(players, &see(&["no-internet"]));
    lab.uplink().set_deaf(false).unwrap();
    until("the Internet is back", || status(lab)["uplink"] == true);
}

/// Puts every phone on a list of its network and puts that in force.
fn the_config_names_them(lab: &mut Lab, players: &mut [Player], key: &str) {
    for position in 0..lab.lans().len() {
        let here = |player: &&Player| usize::from(player.phone.lan().index) == position;
        let macs: Vec<String> = players
            .iter()
            .filter(here)
            .map(|player| player.phone.mac().to_string())
            .collect();
        lab.edit_network(position, |network| {
            network.remove("blocked");
            network.insert(key.to_owned(), macs.into());
        })
        .unwrap();
    }
    ask_daemon(lab, &["reload"]);
}
