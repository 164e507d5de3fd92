//! `portico export page`: "il Wi-Fi in numeri" for the comune's own site.

use std::process::Command;

use crate::gateway::{DAYS, Gateway, known};
use crate::world::run;

#[test]
fn the_page_is_one_file_in_either_language_and_noted() {
    let gateway = known();
    for (language, title) in [("it", "Il Wi-Fi in numeri"), ("en", "The Wi-Fi in numbers")] {
        let (status, told, complaints) = gateway.export(&[&["page", "--lang", language][..], &DAYS].concat());
        assert_eq!((status, complaints.as_str()), (0, ""), "{language}");
        assert_eq!(
            gateway.names(),
            ["page-2026-09-01_2026-10-31.html"],
            "one file, and nothing beside it"
        );
        let sums = gateway.folder.path().join("sums");
        std::fs::write(&sums, &told).unwrap();
        let (good, said) = run(Command::new("sha256sum")
            .arg("--check")
            .arg("--strict")
            .arg(&sums));
        assert!(good, "{said}");
        let html = std::fs::read_to_string(gateway.out().join("page-2026-09-01_2026-10-31.html")).unwrap();
        assert!(
            html.starts_with("<!DOCTYPE html>") || html.starts_with("<!doctype html>"),
            "{html:.80}"
        );
        assert!(
            html.contains(&format!("lang=\"{language}\"")) && html.contains(title),
            "{html:.400}"
        );
        assert!(html.contains("Luogo 0") && html.contains("Luogo 1") && html.contains("<svg"));
        assert!(
            !html.contains("<script") && !html.contains(" src="),
            "it loads nothing"
        );
        let (_, listed, _) = gateway.portico(&["audit", "list", "--did", "export"]);
        let last = listed.lines().last().unwrap();
        assert!(
            last.contains("export  page") && last.contains(told.split(' ').next().unwrap()),
            "{last}"
        );
    }
    // Of one network, into a file of that name.
    let file = gateway.out().join("wifi.html");
    let one = [
        "export",
        "page",
        "--network",
        "net1",
        "--output",
        file.to_str().unwrap(),
    ];
    let (status, _, complaints) = gateway.portico(&[&one[..], &DAYS].concat());
    assert_eq!((status, complaints.as_str()), (0, ""));
    let html = std::fs::read_to_string(&file).unwrap();
    assert!(html.contains("Luogo 1") && !html.contains("Luogo 0"));
}

#[test]
fn what_the_page_cannot_be_is_refused_and_leaves_no_file() {
    let gateway = known();
    for (arguments, status, words) in [
        (vec!["page", "--format", "csv"], 2, "html"),
        (vec!["page", "--network", "nowhere"], 2, "there are: net0, net1"),
        (
            vec!["page", "--from", "2026-10-31", "--to", "2026-10-01"],
            2,
            "is before",
        ),
        (
            vec!["page", "--from", "2020-01-01", "--to", "2020-12-31"],
            3,
            "nothing is known",
        ),
        // No whole month of it is known.
        (
            vec!["page", "--from", "2026-11-01", "--to", "2026-11-02"],
            3,
            "known",
        ),
    ] {
        let (found, told, complaints) = gateway.export(&arguments);
        assert_eq!(
            (found, told.as_str()),
            (status, ""),
            "{arguments:?}: {complaints}"
        );
        assert!(complaints.contains(words), "{arguments:?}: {complaints}");
        assert!(gateway.names().is_empty(), "{arguments:?}");
    }
    let (status, _, complaints) = Gateway::with(None).export(&["page"]);
    assert!(
        status == 3 && complaints.contains("nothing is known yet"),
        "{complaints}"
    );
}
