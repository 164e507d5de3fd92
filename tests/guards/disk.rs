//! The state directory on real file systems that fail: read-only at the start, full, damaged. People go online
//! all the same, administrators see the fault, and what was kept in memory is written when the disk is back.

use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt as _;
use std::process::Command;
use std::time::Duration;

use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;
use portico::app::lab::phone::Phone;
use serde_json::{Value, json};

use crate::{network, programs};

/// The state is tried again every ten seconds.
const WRITTEN: Duration = Duration::from_mins(1);

fn mount(words: &[&str]) {
    let status = Command::new("mount").args(words).status().unwrap();
    assert!(status.success(), "mount {words:?}");
}

/// A lab whose state directory is a memory file system of its own.
fn lab(size: &str) -> Lab {
    let config = format!("[gateway]\nuplink = \"wan0\"\n{}", network("square"));
    let lab = Lab::build(programs(), &config).unwrap();
    let state = Lab::state_dir();
    let owner = std::fs::metadata(&state).unwrap();
    let options = format!("size={size},mode=700,uid={},gid={}", owner.uid(), owner.gid());
    mount(&["-t", "tmpfs", "-o", &options, "none", state.to_str().unwrap()]);
    lab
}

fn remount(option: &str) {
    mount(&[
        "-o",
        &format!("remount,{option}"),
        Lab::state_dir().to_str().unwrap(),
    ]);
}

/// What is wrong with a database, as `portico status` says.
fn fault(lab: &Lab, what: &str) -> Option<String> {
    let status = lab.control(&json!({"do": "status"})).unwrap();
    status["ok"][what]["fault"].as_str().map(str::to_owned)
}

fn granted(lab: &Lab) -> Value {
    let status = lab.control(&json!({"do": "status"})).unwrap();
    status["ok"]["figures"]["networks"]["square"]["granted"].clone()
}

fn online(lab: &mut Lab) -> Phone {
    let mut phone = lab.phone(0).unwrap();
    phone.join().unwrap();
    phone.tap().unwrap();
    phone
}

fn command(lab: &Lab, name: &str, more: &[&str]) -> String {
    let run_dir = Lab::run_dir();
    let words = [&[name, "--run-dir", run_dir.to_str().unwrap()], more].concat();
    let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    lab.portico_command(&words).unwrap().1
}

fn status_of(lab: &Lab) -> String {
    command(lab, "status", &[])
}

#[test]
fn a_disk_that_is_read_only_at_the_start_keeps_nobody_from_going_online() {
    let mut lab = lab("16m");
    remount("ro");
    lab.start().unwrap();
    let first = online(&mut lab);
    let told = fault(&lab, "state").unwrap();
    assert!(
        told.contains("Read-only") || told.contains("read-only") || told.contains("readonly"),
        "{told}"
    );
    assert!(fault(&lab, "statistics").is_some());
    let said = status_of(&lab);
    assert!(
        said.contains("state: NOT WRITTEN") && said.contains("statistics: NOT WRITTEN"),
        "{said}"
    );
    remount("rw");
    poll(WRITTEN, || fault(&lab, "state").is_none().then_some(())).unwrap();
    // What was kept in memory is on the disk now: it outlives the kernel's sets.
    lab.portico().unwrap().kill().unwrap();
    lab.nft(&["flush", "ruleset"]).unwrap();
    lab.start().unwrap();
    poll(WRITTEN, || (granted(&lab) == json!(1)).then_some(())).unwrap();
    drop(first);
}

#[test]
fn a_disk_that_fills_up_while_people_are_online_is_told_and_forgotten() {
    let mut lab = lab("2m");
    lab.start().unwrap();
    let first = online(&mut lab);
    poll(WRITTEN, || fault(&lab, "state").is_none().then_some(())).unwrap();
    let filler = Lab::state_dir().join("filler");
    let mut block = 1 << 16;
    while block >= 512 {
        let mut file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&filler)
            .unwrap();
        if std::io::Write::write_all(&mut file, &vec![0; block]).is_err() {
            block /= 2;
        }
    }
    // Small rows find room in the last block of the log for a while.
    let (mut phones, mut told) = (vec![first], None);
    while phones.len() < 9 && told.is_none() {
        phones.push(online(&mut lab));
        // An order is written at once, and what waits goes with it.
        let nobody = format!("02:00:5e:ff:00:{:02x}", phones.len());
        command(
            &lab,
            "station",
            &["block", "--for", "2h", "--reason", "lost", &nobody],
        );
        told = poll(Duration::from_secs(5), || fault(&lab, "state"));
    }
    let told = told.unwrap();
    assert!(told.contains("full") || told.contains("No space"), "{told}");
    assert_eq!(
        granted(&lab),
        json!(phones.len()),
        "everybody is online all the same"
    );
    std::fs::remove_file(&filler).unwrap();
    poll(WRITTEN, || fault(&lab, "state").is_none().then_some(())).unwrap();
}

#[test]
fn databases_that_are_damaged_while_it_runs_cost_nobody_the_access() {
    let mut lab = lab("16m");
    lab.start().unwrap();
    let first = online(&mut lab);
    // What was gathered is written within half a minute.
    let written = || std::fs::metadata(Lab::state_dir().join("state.db-wal")).is_ok_and(|log| log.len() > 0);
    poll(WRITTEN, || written().then_some(())).unwrap();
    for name in ["state.db", "state.db-wal", "figures.db", "figures.db-wal"] {
        let path = Lab::state_dir().join(name);
        let length = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
        std::fs::write(&path, vec![0x55; length.max(4_096)]).unwrap();
    }
    let second = online(&mut lab);
    assert_eq!(granted(&lab), json!(2));
    lab.portico().unwrap().kill().unwrap();
    lab.start_portico().unwrap();
    assert_eq!(granted(&lab), json!(2), "the kernel knew");
    let names: Vec<String> = std::fs::read_dir(Lab::state_dir())
        .unwrap()
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        names.iter().any(|name| name.starts_with("state.db.")),
        "set aside: {names:?}"
    );
    drop((first, second));
}
