//! The whole way in the lab: the real daemons and dnsmasq with the example configuration of Busto Arsizio, three
//! phones that joined by DHCP, and on each of them a real Chromium in the phone's own network namespace
//! (`tests/browser/phone.mjs`).

use std::ffi::OsStr;
use std::time::Duration;

use portico::app::demo::EXAMPLE;
use portico::app::lab::daemon::poll;
use portico::app::lab::{Lab, Programs};
use serde_json::{Value, json};

use crate::internet::{self, PICTURES, SITE};
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
    let config = Lab::config_path();
    let mut arguments: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    arguments.extend([OsStr::new("--config"), config.as_os_str()]);
    let (code, said) = lab.portico_command(&arguments).unwrap();
    assert_eq!(code, 0, "{words:?}: {said}");
    said
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
}
