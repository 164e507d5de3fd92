//! Works announced while the daemons run: it hears of them, people read of them, and what fails meanwhile counts as
//! planned on the network where they are, and under its cause on the other.

use std::ffi::OsStr;
use std::time::Duration;

use jiff::SignedDuration;
use portico::app::clock;
use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;
use portico::app::lab::phone::Phone;
use portico::model::TimeZone;
use portico::model::figures::{Day, Ledger as _, Outages, Period};
use portico::store::figures::{FILE, SqliteLedger};
use serde_json::json;

use crate::{network, programs};

/// The daemon looks every two seconds, what people read is looked at every few.
const HEARD: Duration = Duration::from_mins(1);
/// How long it stays out of service.
const OUT: Duration = Duration::from_secs(4);

fn command(lab: &Lab, words: &[&str]) -> (i32, String) {
    let config = Lab::config_path();
    let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    let all = [&words[..], &[OsStr::new("--config"), config.as_os_str()]].concat();
    lab.portico_command(&all).unwrap()
}

fn local(minutes: i64) -> String {
    let at = clock::wall() + SignedDuration::from_mins(minutes);
    at.to_zoned(TimeZone::rome().jiff().clone())
        .strftime("%Y-%m-%dT%H:%M")
        .to_string()
}

fn running(lab: &Lab) -> Vec<u64> {
    let status = lab.control(&json!({"do": "status"})).unwrap();
    let works = status["ok"]["works"].as_array().unwrap();
    works.iter().filter_map(serde_json::Value::as_u64).collect()
}

/// Seconds out of service so far, as they are on the disk.
fn outages(id: &str) -> Outages {
    let mut ledger = SqliteLedger::open(&Lab::state_dir().join(FILE)).unwrap();
    let today = Day::containing(clock::wall(), &TimeZone::rome());
    // Should it be midnight meanwhile.
    let days = Period::new(today.previous(), today).unwrap();
    let mut sum = Outages::default();
    for day in ledger.days(id.parse().unwrap(), days) {
        sum.merge(&day.unwrap().total().outages);
    }
    sum
}

/// Two networks, running.
fn town() -> Lab {
    let networks = [network("square"), network("library")].concat();
    let mut lab = Lab::build(programs(), &format!("[gateway]\nuplink = \"wan0\"\n{networks}")).unwrap();
    lab.start().unwrap();
    lab
}

/// Announces works of an hour from now on, the first ones, on one of them.
fn announce(lab: &Lab, more: &[&str]) {
    let (from, to) = (local(0), local(60));
    let words = [
        "works",
        "add",
        "--from",
        &from,
        "--to",
        &to,
        "--reason",
        "Prova",
        "--network",
        "square",
    ];
    let (code, said) = command(lab, &[&words[..], more].concat());
    assert_eq!((code, said.as_str()), (0, "1\n"));
}

#[test]
fn what_fails_during_announced_works_is_planned() {
    let mut lab = town();
    assert!(running(&lab).is_empty());
    announce(&lab, &["--notice"]);
    poll(HEARD, || (running(&lab) == [1]).then_some(())).unwrap();
    let (mut square, mut library) = (lab.phone(0).unwrap(), lab.phone(1).unwrap());
    square.join().unwrap();
    library.join().unwrap();
    let is_told = |phone: &Phone| {
        let page = phone.open_portal().unwrap();
        page.response.text().contains("Lavori alla rete Wi-Fi dal ")
    };
    poll(HEARD, || is_told(&square).then_some(())).unwrap();
    assert!(!is_told(&library), "nothing is announced there");

    // The packet path cannot be changed for a while, then nothing runs for a while.
    lab.netd().unwrap().kill().unwrap();
    std::thread::sleep(OUT);
    lab.start_netd().unwrap();
    let is_linked = || {
        let status = lab.control(&json!({"do": "status"})).unwrap();
        status["ok"]["figures"]["helper_linked"] == true
    };
    poll(HEARD, || is_linked().then_some(())).unwrap();
    let stopped = lab.portico().unwrap().stop(Duration::from_secs(20)).unwrap();
    assert!(stopped.success());
    let least = OUT.as_secs() - 1;
    let (there, elsewhere) = (outages("square"), outages("library"));
    assert!(there.planned >= least, "{there:?}");
    assert!(
        elsewhere.daemon >= least && elsewhere.planned == 0,
        "{elsewhere:?}"
    );
    assert_eq!(there.total(), elsewhere.total());
}

#[test]
fn a_daemon_that_is_gone_during_announced_works_was_away_as_planned() {
    let mut lab = town();
    // A sign of life is on the disk.
    let beat = || {
        SqliteLedger::open(&Lab::state_dir().join(FILE))
            .ok()?
            .last_beat()
            .ok()?
    };
    poll(HEARD, beat).unwrap();
    // It is killed before it has looked: what counts is what stands in the file.
    lab.portico().unwrap().kill().unwrap();
    announce(&lab, &[]);
    std::thread::sleep(OUT);
    lab.start_portico().unwrap();
    assert_eq!(running(&lab), [1]);
    let told = poll(HEARD, || Some(outages("library")).filter(|told| told.daemon > 0)).unwrap();
    let there = outages("square");
    assert!(there.planned > 0 && told.planned == 0, "{there:?} {told:?}");
    assert_eq!(there.total(), told.total());
    let (code, said) = command(&lab, &["works", "remove", "1"]);
    assert!(code == 0 && said.starts_with("1 ended"), "{said}");
    poll(HEARD, || running(&lab).is_empty().then_some(())).unwrap();
}
