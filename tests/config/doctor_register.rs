//! `portico doctor` about the access register: kept or not, old days, and a directory that others can look into.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use jiff::ToSpan as _;
use portico::app::clock;
use portico::app::lab::isolation::Namespace;
use portico::model::TimeZone;
use portico::model::figures::Day;

use crate::doctor::{examine_with, gateway};

/// What the doctor says of the register.
fn told(gateway: &Namespace, dir: &Path, more: &str) -> Vec<String> {
    let (_, lines) = examine_with(gateway, dir, more);
    let of_it = lines.iter().filter_map(|line| {
        let (state, rest) = line.split_once(' ')?;
        let (group, what) = rest.split_once(' ')?;
        (group == "register").then(|| format!("{state}: {what}"))
    });
    of_it.collect()
}

/// The section of a register, whose secret key nobody keeps.
fn section(dir: &Path) -> String {
    let made = Command::new(env!("CARGO_BIN_EXE_portico"))
        .args(["register", "keygen"])
        .arg(dir.join("key.txt"))
        .output()
        .unwrap();
    let said = String::from_utf8(made.stdout).unwrap();
    let line = said
        .lines()
        .find(|line| line.starts_with("recipient = "))
        .unwrap();
    format!("[register]\n{line}\ndays = 7\n")
}

/// The file of a day so many days from today.
fn leave(register: &Path, days: i32) {
    let today = Day::containing(clock::wall(), &TimeZone::rome());
    let day = today.date().checked_add(days.days()).unwrap();
    std::fs::write(register.join(format!("{day}.register")), "").unwrap();
}

fn open_to(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn without_a_register_the_doctor_says_so_and_finds_what_is_left_of_one() {
    let (dir, gateway) = (tempfile::tempdir().unwrap(), gateway());
    let nothing = "ok: no access register is kept, and nothing is left of it";
    assert_eq!(told(&gateway, dir.path(), ""), [nothing]);
    let register = dir.path().join("state-register");
    std::fs::create_dir(&register).unwrap();
    leave(&register, 0);
    leave(&register, -2);
    // Not a day of it.
    std::fs::write(register.join("notes.txt"), "").unwrap();
    let left = "ok: no access register is kept, 2 days of it wait to be deleted";
    assert_eq!(told(&gateway, dir.path(), ""), [left]);
}

#[test]
fn what_is_wrong_with_a_register_is_told() {
    let (dir, gateway) = (tempfile::tempdir().unwrap(), gateway());
    let section = section(dir.path());
    let register = dir.path().join("state-register");
    let examine = || told(&gateway, dir.path(), &section);
    let kept = "ok: an access register is kept for 7 days".to_owned();
    let shown = register.display();

    let missing = examine();
    assert_eq!((missing.len(), &missing[0]), (2, &kept));
    assert!(
        missing[1].starts_with(&format!("fail: {shown}: No such file")),
        "{missing:?}"
    );

    std::fs::write(&register, "").unwrap();
    // What is no directory cannot be listed.
    let file = examine();
    assert!(file.len() == 1 && file[0].starts_with("warn: "), "{file:?}");
    std::fs::remove_file(&register).unwrap();

    std::fs::create_dir(&register).unwrap();
    open_to(&register, 0o750);
    assert_eq!(
        examine(),
        [kept.clone(), format!("fail: {shown} is open to other users")]
    );
    open_to(&register, 0o700);
    leave(&register, 0);
    leave(&register, -7);
    let good = [kept.clone(), format!("ok: {shown} can be written")];
    assert_eq!(examine(), good, "seven days are kept");

    leave(&register, -8);
    leave(&register, 3);
    let wrong = examine();
    assert_eq!(
        wrong[..2],
        [
            "fail: days of the access register are older than they may be".to_owned(),
            "warn: the access register has days that are yet to come: a clock was wrong".to_owned(),
        ]
    );
    assert_eq!(wrong[2..], good);
}
