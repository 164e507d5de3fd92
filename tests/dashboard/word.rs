//! Changed settings of the real daemons that wait for a word: said at the command line, or never said while somebody
//! is at the file.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;

use crate::applied::{Web, let_settings_be_written};
use crate::reach::world;

const PATIENCE: Duration = Duration::from_secs(30);
/// Text that makes no settings, and no UTF-8.
const SPOILT: &[u8] = b"[gateway\nuplink = citt\xe0\n";

/// Says something about the change that waits; the exit code and what was told.
fn say(lab: &Lab, wish: &str) -> (i32, String) {
    let run_dir = Lab::run_dir();
    let arguments = [
        OsStr::new("settings"),
        OsStr::new(wish),
        OsStr::new("--run-dir"),
        run_dir.as_os_str(),
    ];
    lab.portico_command(&arguments).unwrap()
}

/// Changes the speed of everybody by the form of the dashboard.
fn apply(web: &mut Web<'_>, speed: &str) {
    let applied = web.send(
        "/settings/section/plans",
        "/settings/section/plans/apply",
        &[("network.0.rate.down", speed)],
    );
    assert_eq!(applied.status, 303, "{}", applied.body);
}

fn text() -> String {
    fs::read_to_string(Lab::config_path()).unwrap_or_default()
}

fn is_settled() -> bool {
    !Lab::state_dir().join("settings-pending.json").exists()
}

#[test]
fn the_word_at_the_command_line_is_the_one_of_the_dashboard() {
    let (lab, _office, _folder) = world();
    let_settings_be_written();
    let former = text();
    let mut web = Web::of_admin(&lab, "anna");
    let nothing = "no changed settings wait for a word";
    let idle = || {
        let (code, told) = say(&lab, "status");
        assert!(code == 0 && told.contains(nothing), "{code}: {told}");
        for wish in ["confirm", "undo"] {
            let (code, told) = say(&lab, wish);
            assert!(code == 1 && told.contains(nothing), "{wish} {code}: {told}");
        }
    };
    idle();

    apply(&mut web, "2 Mbit/s");
    let (code, told) = say(&lab, "status");
    assert!(
        code == 0 && told.contains("changed by user anna"),
        "{code}: {told}"
    );
    let (code, told) = say(&lab, "undo");
    assert!(code == 0 && told.contains("are back"), "{code}: {told}");
    assert_eq!(text(), former);
    idle();

    apply(&mut web, "3 Mbit/s");
    let (code, told) = say(&lab, "confirm");
    assert!(code == 0 && told.contains("stay"), "{code}: {told}");
    assert!(is_settled() && text().contains("3 Mbit/s"), "{}", text());
    idle();
}

#[test]
fn a_file_that_a_hand_has_spoilt_while_a_change_waited_does_not_keep_the_service_down() {
    let (mut lab, _office, _folder) = world();
    let file = let_settings_be_written();
    let former = text();
    apply(&mut Web::of_admin(&lab, "anna"), "2 Mbit/s");
    assert!(!is_settled() && text().contains("2 Mbit/s"));
    lab.portico().unwrap().kill().unwrap();
    // Where the state is stands in the file that cannot be read any more.
    let state_dir = format!("state_dir = \"{}\"\n", Lab::state_dir().display());
    let spoilt = [state_dir.as_bytes(), SPOILT].concat();
    fs::write(&file, &spoilt).unwrap();
    lab.start_portico().unwrap();
    assert!(
        poll(PATIENCE, || is_settled().then_some(())).is_some(),
        "{}",
        lab.logs(20)
    );
    assert_eq!(text(), former);
    let kept = Lab::state_dir().join("settings-by-hand.toml");
    assert_eq!(fs::read(kept).unwrap(), spoilt);

    // Without such a note nothing is guessed.
    lab.portico().unwrap().kill().unwrap();
    fs::write(&file, &spoilt).unwrap();
    assert!(lab.start_portico().is_err(), "it says what is wrong and ends");
    assert_eq!(fs::read(&file).unwrap(), spoilt);
}

#[test]
fn a_file_removed_while_a_change_waits_is_written_again() {
    let (mut lab, _office, _folder) = world();
    let file = let_settings_be_written();
    let former = text();
    lab.confirm_within(5);
    lab.start_portico().unwrap();
    apply(&mut Web::of_admin(&lab, "anna"), "2 Mbit/s");
    fs::remove_file(&file).unwrap();
    let is_back = || (text() == former).then_some(());
    assert!(poll(PATIENCE, is_back).is_some(), "{}", lab.logs(20));
    // The lab's helper is in no group, and the new file is its writer's and the group's.
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    assert!(
        poll(PATIENCE, || is_settled().then_some(())).is_some(),
        "{}",
        lab.logs(20)
    );
}
