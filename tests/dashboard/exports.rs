//! Figures taken away by the dashboard: the same files as the command's, noted in the audit log, and nobody
//! else's.

use std::path::Path;

use portico::app::audit::{read, verify};
use portico::model::audit::{Entry, Filter};

use crate::Answer;
use crate::command::portico;
use crate::figures::house;
use crate::people::{Browser, House};

const MONTH: [(&str, &str); 5] = [
    ("from", "2026-10-01"),
    ("to", "2026-10-31"),
    ("network", "piazza"),
    ("by", "hour"),
    ("lang", "it"),
];
const PAGE: &str = "/figures/exports";

/// Begins an export; the page of its job.
async fn begin(browser: &mut Browser<'_>, make: &str) -> String {
    let fields = [&[("make", make)][..], &MONTH].concat();
    let answer = browser.fill(PAGE, PAGE, &fields).await;
    assert_eq!(answer.status, 303, "{make}: {}", answer.body);
    let place = answer.header("location").unwrap().to_owned();
    assert!(place.starts_with("/figures/exports/"), "{place}");
    place
}

/// The page of a job that is over, however many times it has to be asked for.
async fn over(browser: &mut Browser<'_>, place: &str) -> Answer {
    for _ in 0..600 {
        let page = browser.get(place).await;
        assert_eq!(page.status, 200);
        if page.header("refresh").is_none() {
            return page;
        }
        assert!(page.body.contains("Refresh now"));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the export is never over");
}

/// Names and SHA-256 of the files that a page offers.
fn offered(page: &str) -> Vec<(String, String)> {
    let files = page.split("download href=\"").skip(1);
    files
        .map(|rest| {
            let name = rest.split("/files/").nth(1).unwrap().split('"').next().unwrap();
            let sha256 = rest
                .split("<code>")
                .nth(1)
                .unwrap()
                .split("</code>")
                .next()
                .unwrap();
            (name.to_owned(), sha256.to_owned())
        })
        .collect()
}

fn entries(folder: &Path) -> Vec<Entry> {
    let mut entries = Vec::new();
    read(folder, &Filter::default(), &mut |found| {
        entries.push(found.entry);
        Ok(())
    })
    .unwrap();
    entries
}

/// A description without the instant at which it was made.
fn undated(text: &str) -> serde_json::Value {
    let mut document: serde_json::Value = serde_json::from_str(text).unwrap();
    assert!(document.as_object_mut().unwrap().remove("dc:modified").is_some());
    document
}

/// What is left of exports on the disk.
fn kept(house: &House) -> usize {
    let folder = house.folder.path().join("exports");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_the_same_file_as_the_commands_and_noted() {
    use std::os::unix::fs::PermissionsExt as _;
    let house = house().await;
    let mut browser = house.browser_of("aldo").await;
    let place = begin(&mut browser, "usage.csv").await;
    let page = over(&mut browser, &place).await.body;
    let files = offered(&page);
    assert_eq!(files[0].0, "usage-2026-10-01_2026-10-31-piazza.csv");
    let folder = house.folder.path().join("exports");
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "nobody else looks into it");

    let noted = entries(house.folder.path());
    let entry = noted.last().unwrap();
    assert_eq!(
        (entry.who.as_str(), entry.did.as_str(), entry.what.as_str()),
        ("user aldo", "export", "usage")
    );
    assert_eq!(entry.from, "127.0.0.1");
    let of_log: Vec<(&str, &str)> = entry.more["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["sha256"].as_str().unwrap()))
        .collect();
    let of_page: Vec<(&str, &str)> = files.iter().map(|(name, sha)| (&**name, &**sha)).collect();
    assert_eq!(of_log, of_page);
    assert!(
        verify(house.folder.path(), &[])
            .unwrap()
            .unwrap()
            .faults
            .is_empty()
    );

    let out = tempfile::tempdir().unwrap();
    let arguments = [
        "export",
        "usage",
        "--from",
        "2026-10-01",
        "--to",
        "2026-10-31",
        "--network",
        "piazza",
        "--output",
        out.path().to_str().unwrap(),
    ];
    let (status, told, complaints) = portico(house.folder.path(), &arguments, "");
    assert_eq!(status, 0, "{complaints}");
    for (name, sha256) in &files {
        let answer = browser.get(&format!("{place}/files/{name}")).await;
        assert_eq!(answer.status, 200, "{name}");
        let disposition = answer.header("content-disposition").unwrap();
        assert_eq!(disposition, format!("attachment; filename=\"{name}\""));
        let of_command = std::fs::read_to_string(out.path().join(name)).unwrap();
        if Path::new(name).extension().is_some_and(|ending| ending == "csv") {
            assert!(answer.body == of_command, "{name} is another than the command's");
            assert!(told.contains(sha256), "{name}: {told}");
        } else {
            assert_eq!(undated(&answer.body), undated(&of_command), "{name}");
        }
        let again = browser.get(&format!("{place}/files/{name}")).await;
        assert_eq!(
            again.body, answer.body,
            "a download that broke off is begun again"
        );
    }
    assert!(browser.get(&place).await.body.contains("It was fetched"));
    house.pass(600);
    assert_eq!(browser.get(&place).await.status, 404, "after ten minutes");
    assert_eq!(kept(&house), 0, "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_is_made_in_every_format() {
    let house = house().await;
    let mut browser = house.browser_of("olga").await;
    let page = browser.get(PAGE).await.body;
    let offers: Vec<&str> = page
        .split("name=\"make\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(offers.len(), 17);
    for make in offers {
        let place = begin(&mut browser, make).await;
        let page = over(&mut browser, &place).await.body;
        // The network has no inventory.
        if make.starts_with("installation") {
            assert!(page.contains("No file was made."), "{make}: {page}");
            assert!(offered(&page).is_empty());
        } else {
            let files = offered(&page);
            let ending = make.split('.').nth(1).unwrap();
            assert!(files[0].0.ends_with(&format!(".{ending}")), "{make}: {page}");
            assert!(files.iter().all(|(_, sha256)| sha256.len() == 64));
        }
        let answer = browser.fill(&place, &format!("{place}/end"), &[]).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some(PAGE)));
        assert_eq!(browser.get(&place).await.status, 404);
    }
    assert_eq!(kept(&house), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_made_marks_its_field_in_the_commands_words() {
    let house = house().await;
    let mut browser = house.browser_of("anna").await;
    for (make, field, value, words) in [
        ("usage.csv", "from", "31.10.2026", "write a day like 2026-10-31"),
        (
            "usage.csv",
            "to",
            "2026-09-30",
            "the days are reversed: 2026-09-30 is before 2026-10-01",
        ),
        (
            "usage.csv",
            "network",
            "nowhere",
            "there is no network &#34;nowhere&#34;",
        ),
        ("usage.csv", "by", "century", "invalid variant: century"),
        ("usage.csv", "lang", "de", "invalid variant: de"),
        ("page.csv", "make", "", "html is the format of &#34;page&#34;"),
        ("../../users.csv", "make", "", "invalid variant"),
    ] {
        let fields: Vec<(&str, &str)> = std::iter::once(("make", make))
            .chain(MONTH.map(|(name, known)| {
                if name == field {
                    (name, value)
                } else {
                    (name, known)
                }
            }))
            .collect();
        let answer = browser.fill(PAGE, PAGE, &fields).await;
        assert_eq!(answer.status, 422, "{make} {field}");
        assert!(answer.body.contains(words), "{make} {field}: {}", answer.body);
        let marked = format!("aria-describedby=\"{field}-wrong\"");
        assert_eq!(answer.body.contains(&marked), field != "make", "{make} {field}");
        assert!(
            field == "from" || answer.body.contains("value=\"2026-10-01\""),
            "what was typed stays"
        );
    }
    let nothing = [
        ("from", "2019-01-01"),
        ("to", "2019-01-31"),
        ("by", "day"),
        ("lang", "it"),
    ];
    let fields = [&[("make", "usage.csv")][..], &nothing].concat();
    let answer = browser.fill(PAGE, PAGE, &fields).await;
    let place = answer.header("location").unwrap().to_owned();
    let page = over(&mut browser, &place).await.body;
    assert!(
        page.contains("nothing is known of piazza, mercato from 2019-01-01"),
        "{page}"
    );
    assert!(entries(house.folder.path()).is_empty(), "nothing was taken away");
    assert_eq!(kept(&house), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_its_owners_alone() {
    let house = house().await;
    let mut browser = house.browser_of("aldo").await;
    let place = begin(&mut browser, "usage.json").await;
    let name = offered(&over(&mut browser, &place).await.body)[0].0.clone();
    let file = format!("{place}/files/{name}");
    let mut other = house.browser_of("anna").await;
    for path in [&place, &file] {
        assert_eq!(other.get(path).await.status, 404, "{path}");
        assert_eq!(house.browser().get(path).await.status, 303, "{path}");
    }
    let mine = place.rsplit('/').next().unwrap();
    assert!(!other.get(PAGE).await.body.contains(mine));
    let answer = other.fill(PAGE, &format!("{place}/end"), &[]).await;
    assert_eq!(answer.status, 404, "not even to be ended");
    // Forms of elsewhere, and without the proof of a page.
    let fields = [&[("make", "usage.csv")][..], &MONTH].concat();
    let unproven = [&[("form", "0")][..], &fields].concat();
    assert_eq!(browser.post(PAGE, &unproven).await.status, 403);
    assert_eq!(
        browser
            .post(&format!("{place}/end"), &[("form", "0")])
            .await
            .status,
        403
    );
    let mut evil = browser.elsewhere(Some("cross-site"));
    assert_eq!(evil.fill(PAGE, PAGE, &fields).await.status, 403);
    // Whatever is no name of a file of the job leads nowhere.
    for path in [
        "/files/..%2F..%2F..%2Fusers.db",
        "/files/..%2Fusage.json",
        "/files/.",
        "/files/%2e%2e%2f%2e%2e%2ffigures.db",
        "/files/%00",
        "/files/usage.json%00.csv",
        "/../../users.db",
        "/files//etc/passwd",
    ] {
        let answer = browser.get(&format!("{place}{path}")).await;
        assert!(matches!(answer.status, 404 | 400), "{path}: {}", answer.status);
        assert!(!answer.body.contains("SQLite"), "{path}");
    }
    for path in [
        "/figures/exports/..%2F..",
        "/figures/exports/0",
        "/figures/exports/%2e%2e/files/users.db",
    ] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    assert_eq!(browser.get(&file).await.status, 200, "and still it is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_go_after_ten_minutes_and_nobody_keeps_many() {
    let house = house().await;
    let mut browser = house.browser_of("aldo").await;
    let mut places = Vec::new();
    for _ in 0..6 {
        places.push(begin(&mut browser, "availability.csv").await);
    }
    for place in &places {
        over(&mut browser, place).await;
    }
    assert_eq!(kept(&house), 6);
    let fields = [&[("make", "usage.csv")][..], &MONTH].concat();
    let full = browser.fill(PAGE, PAGE, &fields).await;
    assert_eq!(full.status, 429);
    assert!(full.body.contains("Too many exports"));
    assert_eq!(full.body.matches("/figures/exports/").count(), 6);
    // Others are not kept from it.
    let mut other = house.browser_of("anna").await;
    let place = begin(&mut other, "availability.csv").await;
    over(&mut other, &place).await;
    house.pass(599);
    assert_eq!(browser.get(&places[0]).await.status, 200);
    house.pass(1);
    assert_eq!(browser.get(&places[0]).await.status, 404);
    assert_eq!(kept(&house), 0);
    begin(&mut browser, "availability.csv").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_the_audit_log_are_taken_away_and_that_is_noted() {
    let house = house().await;
    let mut browser = house.browser_of("aldo").await;
    let place = begin(&mut browser, "usage.csv").await;
    over(&mut browser, &place).await;
    for (format, name) in [("jsonl", "audit.jsonl"), ("csv", "audit.csv")] {
        let fields = [
            ("format", format),
            ("did", "export"),
            ("text", "USAGE"),
            ("who", "aldo"),
        ];
        let answer = browser.fill("/audit", "/audit/export", &fields).await;
        assert_eq!(answer.status, 303);
        let place = answer.header("location").unwrap().to_owned();
        let page = over(&mut browser, &place).await.body;
        let files = offered(&page);
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].0, name);
        let taken = browser.get(&format!("{place}/files/{name}")).await.body;
        if format == "jsonl" {
            let log = std::fs::read_to_string(house.folder.path().join("audit.jsonl")).unwrap();
            assert_eq!(taken.lines().next(), log.lines().next(), "the line itself");
            assert_eq!(taken.lines().count(), 1);
        } else {
            assert!(
                taken.starts_with("number,at,who,from,did,what,more\r\n1,"),
                "{taken}"
            );
        }
        let entries = entries(house.folder.path());
        let entry = entries.last().unwrap();
        assert_eq!((entry.who.as_str(), entry.what.as_str()), ("user aldo", "audit"));
        assert_eq!(entry.more["files"][0]["sha256"], files[0].1.as_str());
    }
    let wrong = [("format", "csv"), ("from", "yesterday")];
    assert_eq!(browser.fill("/audit", "/audit/export", &wrong).await.status, 422);
    assert_eq!(
        browser
            .post("/audit/export", &[("form", ""), ("format", "csv")])
            .await
            .status,
        403
    );
    let mut operator = house.browser_of("olga").await;
    let answer = operator.fill(PAGE, "/audit/export", &[("format", "csv")]).await;
    assert_eq!(answer.status, 403);
}
