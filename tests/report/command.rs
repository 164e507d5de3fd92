//! `portico export`: what it writes, and what it refuses.

use std::path::Path;
use std::process::Command;

use portico::model::BootId;
use portico::model::figures::Heartbeat;
use portico::store::figures::{FILE, FigureStore};

use crate::gateway::{DAYS, Gateway, known};
use crate::world::run;

#[test]
fn exports_of_other_rows_or_networks_have_other_names() {
    let gateway = known();
    let wishes: [&[&str]; 3] = [&[], &["--by", "day"], &["--by", "month", "--network", "net1"]];
    for more in wishes {
        let format = ["--format", "json"];
        let (status, _, complaints) = gateway.export(&[&["usage"][..], &DAYS, &format, more].concat());
        assert_eq!((status, complaints.as_str()), (0, ""));
    }
    let mut names = gateway.names();
    names.sort();
    assert_eq!(
        names,
        [
            "usage-2026-09-01_2026-10-31-day.json",
            "usage-2026-09-01_2026-10-31-month-net1.json",
            "usage-2026-09-01_2026-10-31.json",
        ]
    );
}

#[test]
fn an_export_is_written_with_what_belongs_beside_it_and_noted() {
    let gateway = known();
    let (status, told, complaints) = gateway.export(&[&["usage"][..], &DAYS].concat());
    assert_eq!((status, complaints.as_str()), (0, ""));
    let file = "usage-2026-09-01_2026-10-31.csv";
    assert_eq!(
        gateway.names(),
        [file.to_owned(), format!("{file}-metadata.json")]
    );
    let rows = std::fs::read_to_string(gateway.out().join(file))
        .unwrap()
        .lines()
        .count();
    assert_eq!(
        rows,
        1 + 2 * (61 * 24 + 1),
        "two networks, two months, an hour more in October"
    );
    // What is printed is what sha256sum reads.
    let sums = gateway.folder.path().join("sums");
    std::fs::write(&sums, &told).unwrap();
    let (good, said) = run(Command::new("sha256sum")
        .arg("--check")
        .arg("--strict")
        .arg(&sums));
    assert!(good, "{said}");
    let audit = std::fs::read_to_string(gateway.folder.path().join("state/audit.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(audit.trim_end()).unwrap();
    assert_eq!(line["what"], "usage");
    assert!(told.starts_with(line["more"]["files"][0]["sha256"].as_str().unwrap()));
    assert_eq!(line["who"], format!("uid {}", rustix::process::getuid().as_raw()));
    let (status, _, complaints) = gateway.export(&[&["summary", "--lang", "en"][..], &DAYS].concat());
    assert_eq!((status, complaints.as_str()), (0, ""));
    assert!(
        gateway
            .names()
            .contains(&"summary-2026-09-01_2026-10-31.pdf".to_owned())
    );
}

#[test]
fn what_cannot_be_done_is_refused_with_words_and_a_status_of_its_own() {
    let gateway = known();
    for (arguments, status, words) in [
        (
            vec!["usage", "--from", "2026-10-31", "--to", "2026-10-01"],
            2,
            "2026-10-01 is before 2026-10-31",
        ),
        (vec!["usage", "--network", "nowhere"], 2, "there are: net0, net1"),
        (
            vec!["usage", "--from", "31/10/2026"],
            2,
            "write a day like 2026-10-31",
        ),
        (
            vec!["usage", "--format", "html"],
            2,
            "html is the format of \"page\"",
        ),
        (
            vec!["usage", "--format", "ods"],
            2,
            "possible values: csv, xlsx, json, pdf",
        ),
        (vec!["installation"], 2, "net1: no access point is declared"),
        (
            vec!["usage", "--from", "2020-01-01", "--to", "2020-12-31"],
            3,
            "nothing is known of net0, net1",
        ),
        (
            vec!["summary", "--from", "2020-01-01", "--to", "2020-12-31"],
            3,
            "nothing is known of net0, net1",
        ),
        (
            vec!["availability", "--from", "2999-01-01"],
            3,
            "nothing is known",
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
    assert!(!gateway.folder.path().join("state/audit.jsonl").exists());
    let (status, _, complaints) = Gateway::with(None).export(&["usage"]);
    assert!(
        status == 3 && complaints.contains("nothing is known yet"),
        "{complaints}"
    );
}

#[test]
fn the_declaration_has_the_portal_s_fields() {
    let gateway = Gateway::with(None);
    let text = std::fs::read_to_string(&gateway.config).unwrap();
    let point = "[[network.access_point]]\nlocation_type = \"Square\"\nlocation = \"Lato nord\"\nlatitude = 45.61189\n\
                 longitude = 8.850110\nplacement = \"outdoor\"\nbrand = \"Acme\"\nmodel = \"M1\"\nserial = \"S1\"\n\
                 mac = \"00:00:5e:00:53:01\"\n";
    let tls = "certificate = \"/none.pem\"\nkey = \"/none.key\"\n";
    let text = text.replace(
        "wifi4eu_id = \"id1\"\n",
        &format!("wifi4eu_id = \"id1\"\n{tls}{point}"),
    );
    std::fs::write(&gateway.config, text).unwrap();
    for (lang, note) in [
        ("en", "1 access points outside and 0 inside are fewer"),
        ("it", "1 punti di accesso fuori e 0 dentro sono meno"),
    ] {
        let arguments = ["installation", "--network", "net1", "--lang", lang];
        let (status, _, complaints) = gateway.export(&arguments);
        assert_eq!(status, 0, "{complaints}");
        assert!(complaints.contains(note), "{complaints}");
    }
    let written = std::fs::read_to_string(gateway.out().join("installation.csv")).unwrap();
    assert_eq!(
        written,
        "name,url,domain_name,network_identifier,number,location_type,location,latitude,longitude,indoor_outdoor,\
         device_brand,model_number,serial_number,mac_address\r\n\
         Luogo 1,https://wifi1.comune.example.it/,wifi1.comune.example.it,id1,1,Square,Lato nord,45.611890,8.850110,outdoor,\
         Acme,M1,S1,00:00:5E:00:53:01\r\n"
    );
}

/// Does something to the figures' database as the daemon would.
fn with_store(path: &Path, beat: &str) {
    let beat = Heartbeat {
        at: beat.parse().unwrap(),
        boot_id: BootId("first".into()),
        stopped: false,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut store = FigureStore::open(path).await.unwrap();
        store.write(&[], Some(&beat)).await.unwrap();
        store.close().await;
    });
}

#[test]
fn a_day_that_the_daemon_has_not_outlived_is_not_told() {
    let gateway = known();
    let october = ["availability", "--from", "2026-10-01", "--to", "2026-10-31"];
    let rows = |beat: &str| {
        with_store(&gateway.folder.path().join("state").join(FILE), beat);
        let (status, told, complaints) = gateway.export(&october);
        assert_eq!(status, 0, "{complaints}");
        let file = told.split_whitespace().nth(1).unwrap();
        (
            std::fs::read_to_string(file).unwrap().lines().count() - 1,
            complaints,
        )
    };
    let (count, complaints) = rows("2026-10-20T10:00:00Z");
    assert_eq!(count, 2 * 19);
    assert!(complaints.contains("2026-10-20"), "{complaints}");
    assert_eq!(rows("2026-11-02T10:00:00Z"), (2 * 31, String::new()));
}

#[test]
fn figures_of_a_network_that_was_removed_are_still_exported() {
    let gateway = known();
    let text = std::fs::read_to_string(&gateway.config).unwrap();
    let second = text.match_indices("[[network]]").nth(1).unwrap().0;
    std::fs::write(&gateway.config, &text[..second]).unwrap();
    let (status, told, complaints) = gateway.export(&[&["usage", "--network", "net1"][..], &DAYS].concat());
    assert_eq!((status, complaints.as_str()), (0, ""));
    let file = told.split_whitespace().nth(1).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.lines().skip(1).all(|line| line.starts_with("net1,,net1,,")),
        "{text:.300}"
    );
    assert!(text.lines().count() > 1_000);
    let (status, _, complaints) = gateway.export(&["usage", "--network", "net2"]);
    assert!(
        status == 2 && complaints.contains("there are: net0, net1"),
        "{complaints}"
    );
    // It is declared nowhere any more.
    let (status, _, complaints) = gateway.export(&["installation", "--network", "net1"]);
    assert!(
        status == 2 && complaints.contains("there are: net0"),
        "{complaints}"
    );
}

#[test]
fn a_format_that_does_not_carry_the_report_is_refused_whatever_is_known() {
    let gateway = Gateway::with(None);
    let (status, _, complaints) = gateway.export(&["summary", "--format", "html"]);
    assert_eq!(status, 2, "{complaints}");
    assert!(
        complaints.contains("html is the format of \"page\""),
        "{complaints}"
    );
}
