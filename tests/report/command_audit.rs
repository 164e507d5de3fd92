//! What is noted of exports in the audit log, and what the log itself gives.

use crate::gateway::{DAYS, known};

#[test]
fn the_audit_log_is_verified_listed_and_exported() {
    let gateway = known();
    let export = [&["usage", "--by", "month"][..], &DAYS].concat();
    let (status, told, _) = gateway.portico(&["audit", "verify"]);
    assert!(
        status == 0 && told.contains("nothing has been recorded"),
        "{told}"
    );
    for _ in 0..3 {
        assert_eq!(gateway.export(&export).0, 0);
    }
    let (status, told, complaints) = gateway.portico(&["audit", "verify"]);
    assert_eq!((status, complaints.as_str()), (0, ""));
    let head = told.trim_end().rsplit_once("head ").unwrap().1.to_owned();
    assert!(told.contains("3 entries") && head.starts_with("3:"), "{told}");

    let (status, told, _) = gateway.portico(&["audit", "list", "--did", "export"]);
    assert_eq!((status, told.lines().count()), (0, 3), "{told}");
    let (status, told, _) = gateway.portico(&["audit", "list", "--to", "2020-01-01"]);
    assert_eq!((status, told.as_str()), (0, ""));
    let file = gateway.out().join("audit.csv");
    let (status, told, complaints) =
        gateway.portico(&["audit", "export", "--output", file.to_str().unwrap()]);
    assert_eq!((status, complaints.as_str()), (0, ""));
    let csv = std::fs::read_to_string(&file).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(
        csv.starts_with("number,at,who,from,did,what,more\r\n1,2"),
        "{csv}"
    );
    // The log has that it was taken away, with the hash of what was taken.
    let (_, listed, _) = gateway.portico(&["audit", "list"]);
    let last = listed.lines().last().unwrap();
    assert!(
        last.contains("export  audit") && last.contains(told.split(' ').next().unwrap()),
        "{last}"
    );

    let log = gateway.folder.path().join("state/audit.jsonl");
    let whole = std::fs::read_to_string(&log).unwrap();
    std::fs::write(
        &log,
        whole.replacen("\"what\":\"usage\"", "\"what\":\"usagE\"", 1),
    )
    .unwrap();
    let (status, told, complaints) = gateway.portico(&["audit", "verify"]);
    assert_eq!((status, told.as_str()), (1, ""));
    assert!(complaints.contains("line 1 does not follow"), "{complaints}");
    let kept: Vec<&str> = whole.split_inclusive('\n').take(3).collect();
    std::fs::write(&log, kept.concat()).unwrap();
    let (status, _, complaints) = gateway.portico(&["audit", "verify"]);
    assert!(
        status == 1 && complaints.contains("line 4 is missing"),
        "{complaints}"
    );
    // Log and head made anew: what was written down tells.
    std::fs::remove_file(&log).unwrap();
    std::fs::remove_file(gateway.folder.path().join("state/audit.head")).unwrap();
    for _ in 0..3 {
        assert_eq!(gateway.export(&export).0, 0);
    }
    assert_eq!(gateway.portico(&["audit", "verify"]).0, 0);
    let (status, _, complaints) = gateway.portico(&["audit", "verify", "--head", &head]);
    assert!(
        status == 1 && complaints.contains("line 3 is not the one"),
        "{complaints}"
    );
}

#[test]
fn what_the_audit_log_cannot_take_does_not_leave_the_gateway() {
    let gateway = known();
    std::fs::create_dir(gateway.folder.path().join("state/audit.jsonl")).unwrap();
    let (status, told, complaints) = gateway.export(&[&["usage"][..], &DAYS].concat());
    assert_eq!((status, told.as_str()), (1, ""));
    assert!(
        complaints.contains("cannot be noted in the audit log"),
        "{complaints}"
    );
    assert!(gateway.names().is_empty());
}
