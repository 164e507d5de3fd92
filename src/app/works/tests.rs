use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::{
    FILE, Reader, Seen, WorksFault, announce, follow, notice, read, tell_people, tell_people_no_more,
    withdraw,
};
use crate::app::audit;
use crate::config::Config;
use crate::model::audit::{Filter, Origin, Who};
use crate::model::{NOTICE_CHARACTERS, TimeZone, WorksError, WorksWish};
use crate::news::editor::read_book;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-11-22T10:00:00Z")
}

fn wish(from: &str, until: &str) -> WorksWish {
    WorksWish {
        network: Some("piazza".parse().unwrap()),
        from: at(from),
        until: at(until),
        reason: "nuovo switch in piazza".parse().unwrap(),
    }
}

fn anna() -> (Who, Origin) {
    (
        Who::User("anna".to_owned()),
        Origin::Address("::1".parse().unwrap()),
    )
}

fn noted(state_dir: &Path) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut take = |found: audit::Found<'_>| {
        lines.push((found.entry.did, found.entry.what));
        Ok(())
    };
    audit::read(state_dir, &Filter::default(), &mut take).unwrap();
    lines
}

fn config(state_dir: &Path) -> Config {
    let text = format!(
        "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{}\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\n\
         comune = \"Comune\"\ninterface = \"br-piazza\"\nhost = \"wifi.comune.example.it\"\n",
        state_dir.display()
    );
    Config::parse(&text, "portico.toml").unwrap()
}

#[test]
fn what_is_announced_is_read_again_and_noted() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    assert_eq!(read(state).unwrap().all().count(), 0);
    let works = announce(
        state,
        wish("2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z"),
        now(),
        anna(),
    );
    assert_eq!(works.unwrap().number, 1);
    let again = announce(
        state,
        wish("2026-11-23T09:00:00Z", "2026-11-23T11:00:00Z"),
        now(),
        anna(),
    );
    assert!(matches!(again, Err(WorksFault::Refused(WorksError::Overlap(1)))));
    assert_eq!(read(state).unwrap().all().count(), 1);
    withdraw(state, 1, now(), anna()).unwrap();
    assert!(withdraw(state, 1, now(), anna()).is_err());
    assert_eq!(read(state).unwrap().all().count(), 0);
    let pair = |did: &str| (did.to_owned(), "1".to_owned());
    assert_eq!(
        noted(state),
        [pair("works-add"), pair("works-remove")],
        "and nothing of what was refused"
    );
}

#[test]
fn nothing_is_announced_that_cannot_be_noted() {
    let folder = tempfile::tempdir().unwrap();
    // Where the log should be there is a folder.
    std::fs::create_dir(folder.path().join(audit::FILE)).unwrap();
    let outcome = announce(
        folder.path(),
        wish("2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z"),
        now(),
        anna(),
    );
    assert!(matches!(outcome, Err(WorksFault::Unnoted(_))), "{outcome:?}");
    assert!(!folder.path().join(FILE).exists());
}

#[test]
fn a_file_of_another_form_is_left_alone_and_told() {
    let folder = tempfile::tempdir().unwrap();
    for (bad, told) in [
        ("{\"version\":2,\"book\":{\"last\":0,\"works\":[]}}", "the form 2"),
        ("{", "works.json"),
    ] {
        std::fs::write(folder.path().join(FILE), bad).unwrap();
        let outcome = announce(
            folder.path(),
            wish("2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z"),
            now(),
            anna(),
        );
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
        assert_eq!(std::fs::read_to_string(folder.path().join(FILE)).unwrap(), bad);
    }
    assert_eq!(noted(folder.path()), []);
}

#[test]
fn people_are_told_and_told_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path());
    let works = announce(
        folder.path(),
        wish("2026-11-25T08:00:00Z", "2026-11-25T10:00:00Z"),
        now(),
        anna(),
    );
    let works = works.unwrap();
    tell_people(&config, &works, now()).unwrap();
    let book = read_book(folder.path()).unwrap();
    let told = &book.notices[0];
    assert_eq!(
        told.text,
        "Lavori alla rete Wi-Fi dal 25/11 09:00 al 25/11 11:00, il servizio può mancare: nuovo switch in piazza"
    );
    assert_eq!(
        (told.from, told.until),
        (Some(at("2026-11-24T08:00:00Z")), Some(works.until))
    );
    assert!(
        told.scope.includes("piazza".parse().unwrap()) && !told.scope.includes("molini".parse().unwrap())
    );
    let half = at("2026-11-25T09:00:00Z");
    let gone = withdraw(folder.path(), 1, half, anna()).unwrap();
    tell_people_no_more(&config, &gone).unwrap();
    assert!(read_book(folder.path()).unwrap().notices.is_empty());
    let long = WorksWish {
        reason: "è".repeat(140).parse().unwrap(),
        ..wish("2026-11-26T08:00:00Z", "2026-11-26T10:00:00Z")
    };
    let long = announce(folder.path(), long, now(), anna()).unwrap();
    assert_eq!(
        notice(&long, &TimeZone::rome()).chars().count(),
        NOTICE_CHARACTERS
    );
    tell_people(&config, &long, now()).unwrap();
}

#[tokio::test]
async fn the_daemon_hears_of_what_is_announced_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    announce(
        state,
        wish("2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z"),
        now(),
        anna(),
    )
    .unwrap();
    let (first, mut later) = follow(state.to_owned());
    assert_eq!(first.all().count(), 1);
    announce(
        state,
        wish("2026-11-24T08:00:00Z", "2026-11-24T10:00:00Z"),
        now(),
        anna(),
    )
    .unwrap();
    let patience = std::time::Duration::from_secs(30);
    let told = tokio::time::timeout(patience, later.recv())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told.all().count(), 2);
    let from = at("2026-11-24T08:00:00Z");
    let planned = told.planned_ms(
        "piazza".parse().unwrap(),
        from,
        from + SignedDuration::from_hours(1),
    );
    assert_eq!(planned, 3_600_000);
}

#[test]
fn a_file_that_could_not_be_read_is_read_when_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    let tomorrow = wish("2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z");
    announce(state, tomorrow, now(), anna()).unwrap();
    let path = state.join(FILE);
    let whole = std::fs::read(&path).unwrap();
    // As long as before and of the same moment: only what it holds tells them apart.
    let moment = std::fs::metadata(&path).unwrap().modified().unwrap();
    let put = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        std::fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(moment)
            .unwrap();
    };
    put(&vec![b'!'; whole.len()]);
    let mut reader = Reader {
        state_dir: state.to_owned(),
        seen: Seen::Never,
        fault: None,
    };
    assert_eq!(reader.read_new(), None);
    assert!(reader.fault.is_some());
    put(&whole);
    assert_eq!(reader.read_new().map(|book| book.all().count()), Some(1));
    assert_eq!(reader.read_new(), None, "it is known");
}
