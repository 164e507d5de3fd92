//! Announced works: `portico works`, and what the availability export tells of them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use portico::app::clock;
use portico::model::{TimeZone, WorksBook, WorksWish};
use portico::report::{Format, Kind, Order};

use crate::gateway::{Gateway, known};
use crate::tables::rows;
use crate::world::{export, network, order, period};

/// A local time so many minutes from now.
fn local(minutes: i64) -> String {
    let at = clock::wall() + SignedDuration::from_mins(minutes);
    at.to_zoned(TimeZone::rome().jiff().clone())
        .strftime("%Y-%m-%dT%H:%M")
        .to_string()
}

fn add(gateway: &Gateway, from: &str, to: &str, more: &[&str]) -> (i32, String, String) {
    let words = [
        "works",
        "add",
        "--from",
        from,
        "--to",
        to,
        "--reason",
        "Nuovo switch",
    ];
    gateway.portico(&[&words[..], more].concat())
}

const DAY: i64 = 24 * 60;
const NONE: &[&str] = &[];

#[test]
fn works_are_announced_listed_and_taken_back() {
    let gateway = known();
    let (status, told, _) = gateway.portico(&["works", "list"]);
    assert_eq!((status, told.as_str()), (0, "no works are announced\n"));
    let first = add(&gateway, &local(DAY), &local(DAY + 60), &["--network", "net0"]);
    assert_eq!(first, (0, "1\n".to_owned(), String::new()));
    let second = add(&gateway, &local(2 * DAY), &local(2 * DAY + 60), &["--notice"]);
    assert_eq!(second, (0, "2\n".to_owned(), String::new()));
    let (_, told, _) = gateway.portico(&["works", "list"]);
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines[0].starts_with("2  ") && lines[0].contains("all networks  Nuovo switch  (ahead)"),
        "{told}"
    );
    assert!(
        lines[1].contains(&local(DAY).replace('T', " ")) && lines[1].contains("  net0  "),
        "{told}"
    );
    let (_, told, _) = gateway.portico(&["works", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(listed["works"][0]["network"], "net0");
    let (_, notices, _) = gateway.portico(&["notice", "list"]);
    assert!(
        notices.contains("Lavori alla rete Wi-Fi dal ") && notices.contains("Nuovo switch"),
        "{notices}"
    );

    assert_eq!(gateway.portico(&["works", "remove", "2"]).1, "2 removed\n");
    let (_, notices, _) = gateway.portico(&["notice", "list"]);
    assert_eq!(
        notices, "no notices written here\n",
        "nor are people told any more"
    );
    let (status, _, complaint) = gateway.portico(&["works", "remove", "2"]);
    assert!(
        status == 2 && complaint.contains("no announced works 2"),
        "{complaint}"
    );
    let (_, log, _) = gateway.portico(&["audit", "list"]);
    let did: Vec<&str> = log.lines().filter(|line| line.contains("works-")).collect();
    assert_eq!(did.len(), 3, "{log}");
    assert!(
        did[0].contains("works-add  1") && did[0].contains("Nuovo switch"),
        "{log}"
    );
    assert!(did[2].contains("works-remove  2"), "{log}");
    assert_eq!(gateway.portico(&["audit", "verify"]).0, 0);
}

#[test]
fn what_cannot_be_announced_is_refused_in_words() {
    let gateway = known();
    assert_eq!(add(&gateway, &local(DAY), &local(DAY + 60), &[]).0, 0);
    let (a_day, an_hour_later) = (local(3 * DAY), local(3 * DAY + 60));
    for (from, to, more, words) in [
        (
            &*an_hour_later,
            &*a_day,
            NONE,
            "their end is not after their begin",
        ),
        (&*local(-60), &*an_hour_later, NONE, "their begin is past"),
        (&*a_day, &*local(40 * DAY), NONE, "longer than 31 days"),
        (&*local(400 * DAY), &*local(401 * DAY), NONE, "more than a year"),
        (
            &*local(DAY - 30),
            &*local(DAY + 30),
            NONE,
            "works 1 are announced for some of that time",
        ),
        (
            &*a_day,
            &*an_hour_later,
            &["--network", "net7"][..],
            "there are: net0, net1",
        ),
        (
            "tomorrow",
            &*an_hour_later,
            NONE,
            "--from \"tomorrow\": write a local time like",
        ),
        ("2026-12-24", &*an_hour_later, NONE, "write a local time like"),
        (
            &*a_day,
            "2026-12-24T20:00+2x",
            NONE,
            "--to \"2026-12-24T20:00+2x\": write a local time",
        ),
        ("2027-03-28T02:30", &*an_hour_later, NONE, "clocks jump over it"),
        (
            "2027-10-31T02:30",
            &*an_hour_later,
            NONE,
            "clocks are set back over it; add the offset",
        ),
    ] {
        let (status, told, complaint) = add(&gateway, from, to, more);
        assert_eq!((status, told.as_str()), (2, ""), "{from} {to}: {complaint}");
        assert!(complaint.contains(words), "{from} {to}: {complaint}");
    }
    let long = "x".repeat(141);
    for (reason, words) in [(" ", "write a reason"), (long.as_str(), "at most 140")] {
        let arguments = [
            "works",
            "add",
            "--from",
            &a_day,
            "--to",
            &an_hour_later,
            "--reason",
            reason,
        ];
        let (status, _, complaint) = gateway.portico(&arguments);
        assert!(status == 2 && complaint.contains(words), "{complaint}");
    }
    let (_, listed, _) = gateway.portico(&["works", "list"]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    let (_, noted, _) = gateway.portico(&["audit", "list"]);
    assert_eq!(noted.lines().count(), 1, "{noted}");
}

fn announced(wishes: &[(Option<usize>, &str, &str, &str)]) -> Order {
    let mut book = WorksBook::default();
    let before: Timestamp = "2026-09-30T00:00:00Z".parse().unwrap();
    for (place, from, until, reason) in wishes {
        let wish = WorksWish {
            network: place.map(network),
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            reason: reason.parse().unwrap(),
        };
        book.announce(wish, before).unwrap();
    }
    Order {
        works: Arc::new(book),
        ..order(Kind::Availability, Format::Csv, 2)
    }
}

#[test]
fn the_availability_export_tells_works_by_their_local_day() {
    let mut wanted = announced(&[
        (
            Some(0),
            "2026-10-10T06:00:00Z",
            "2026-10-10T08:30:00Z",
            "Nuovo switch",
        ),
        (None, "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z", "Fibra"),
        (Some(1), "2026-10-10T21:00:00Z", "2026-10-10T22:00:00Z", "Armadio"),
    ]);
    wanted.period = period("2026-10-01", "2026-10-31");
    let (_folder, path, _) = export(&wanted);
    let rows = rows(&path);
    let told = |network: &str, date: &str| {
        let row = rows
            .iter()
            .find(|row| row["network"] == network && row["date"] == date);
        row.unwrap()["works"].clone()
    };
    assert_eq!(told("net0", "2026-10-10"), "08:00-10:30 Nuovo switch");
    assert_eq!(
        told("net1", "2026-10-10"),
        "23:00-24:00 Armadio",
        "until midnight"
    );
    assert_eq!(told("net1", "2026-10-11"), "");
    for network in ["net0", "net1"] {
        assert_eq!(told(network, "2026-10-24"), "22:00-24:00 Fibra");
        assert_eq!(
            told(network, "2026-10-25"),
            "00:00-06:00 Fibra",
            "winter time by then"
        );
        assert_eq!(told(network, "2026-10-26"), "");
    }
}

#[test]
fn a_reason_is_no_formula() {
    let wanted = announced(&[
        (
            Some(0),
            "2026-10-10T06:00:00Z",
            "2026-10-10T07:00:00Z",
            "Armadio;=HYPERLINK(\"x\")",
        ),
        (Some(0), "2026-10-10T08:00:00Z", "2026-10-10T09:00:00Z", "Fibra"),
    ]);
    let (_folder, path, _) = export(&wanted);
    let text = std::fs::read_to_string(path).unwrap();
    assert!(
        text.contains("\"08:00-09:00 Armadio;'=HYPERLINK(\"\"x\"\"); 10:00-11:00 Fibra\""),
        "{text:.2000}"
    );
}
