//! How `portico export` goes on and ends: its bar, signals, full disks. It leaves no half file.

use std::io::Write as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};

use crate::gateway::{DAYS, Gateway, known};
use crate::world::period;

/// On a terminal and without one: only there a bar is drawn, and nothing of it is left.
#[test]
fn nothing_is_drawn_where_nobody_looks() {
    let gateway = Gateway::with(Some(period("2024-01-01", "2026-10-31")));
    let whole = [
        "usage",
        "--format",
        "xlsx",
        "--from",
        "2024-01-01",
        "--to",
        "2026-10-31",
    ];
    let (status, _, complaints) = gateway.export(&whole);
    assert_eq!((status, complaints.as_str()), (0, ""));
    // On one processor it lasts several times as long as nobody is shown a bar for.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let processors = status.split_once("Cpus_allowed_list:").unwrap().1.trim_start();
    let first = processors.split(|ch: char| !ch.is_ascii_digit()).next().unwrap();
    let command = format!(
        "taskset -c {first} {} export {} --config {} --output {}",
        env!("CARGO_BIN_EXE_portico"),
        whole.join(" "),
        gateway.config.display(),
        gateway.out().display()
    );
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let seen = String::from_utf8(output.stdout).unwrap();
    let (bar, after) = seen.rsplit_once(" %\r").unwrap();
    assert!(bar.contains("[#"), "{seen:?}");
    let (blank, sum) = after.split_once('\r').unwrap();
    assert!(blank.len() > 40 && blank.trim().is_empty(), "{seen:?}");
    assert!(sum.contains("usage-2024-01-01_2026-10-31.xlsx"), "{seen:?}");
}

/// An export that has begun to write. It may be through already: then a signal finds nobody.
fn begun(gateway: &Gateway, complaints: Stdio) -> Child {
    let whole = ["export", "usage", "--from", "2024-01-01", "--to", "2026-10-31"];
    let child = Command::new(env!("CARGO_BIN_EXE_portico"))
        .args(whole)
        .arg("--config")
        .arg(&gateway.config)
        .arg("--output")
        .arg(gateway.out())
        .stdout(Stdio::null())
        .stderr(complaints)
        .spawn()
        .unwrap();
    assert!(soon(|| !gateway.names().is_empty()), "it never began to write");
    child
}

/// Whether something comes true while one may wait for it.
fn soon(mut is_so: impl FnMut() -> bool) -> bool {
    (0..20_000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        is_so()
    })
}

/// The child must not have been waited for, so that its number is its own.
fn signal(child: &Child, kind: Signal) {
    let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
    kill_process(pid, kind).unwrap();
}

fn clear(gateway: &Gateway) {
    for name in gateway.names() {
        std::fs::remove_file(gateway.out().join(name)).unwrap();
    }
}

/// An export that has begun to write, ended by a signal; the exit status, and what was said. Nothing where it was
/// through before.
fn interrupted(gateway: &Gateway, kind: Signal) -> Option<(i32, String)> {
    let child = begun(gateway, Stdio::piped());
    signal(&child, kind);
    let output = child.wait_with_output().unwrap();
    let status = output.status.code().expect("it ends by itself");
    (status != 0).then(|| (status, String::from_utf8(output.stderr).unwrap()))
}

#[test]
fn an_interrupted_export_leaves_nothing_and_says_so() {
    let gateway = Gateway::with(Some(period("2024-01-01", "2026-10-31")));
    for (kind, expected) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        // It may be faster than the signal.
        let (status, said) = (0..20)
            .find_map(|_| {
                clear(&gateway);
                interrupted(&gateway, kind)
            })
            .expect("always through before the signal");
        assert_eq!(status, expected, "{said}");
        assert!(said.contains("interrupted; nothing is written"), "{said}");
        assert_eq!(gateway.names(), [""; 0]);
    }
}

/// An export that hangs after a first signal, since nobody reads what it says; its exit status after a second one.
/// Nothing where it was through before the first.
fn interrupted_twice(gateway: &Gateway) -> Option<ExitStatus> {
    let (_reader, writer) = std::io::pipe().unwrap();
    let flags = rustix::fs::fcntl_getfl(&writer).unwrap();
    rustix::fs::fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    let full = (0..1 << 20).any(|_| (&writer).write(b".").is_err());
    assert!(full, "a pipe holds less");
    rustix::fs::fcntl_setfl(&writer, flags).unwrap();
    let mut child = begun(gateway, writer.into());
    signal(&child, Signal::INT);
    // What it had begun goes, and then it hangs; or it had been through.
    let mut is_through = false;
    let cleared = soon(|| {
        is_through = child.try_wait().unwrap().is_some();
        is_through || gateway.names().is_empty()
    });
    assert!(cleared, "it does nothing about the first signal");
    if is_through {
        return None;
    }
    signal(&child, Signal::INT);
    let is_ended = soon(|| child.try_wait().unwrap().is_some());
    if !is_ended {
        child.kill().unwrap();
    }
    Some(child.wait().unwrap())
}

#[test]
fn a_second_signal_ends_an_export_that_hangs() {
    let gateway = Gateway::with(Some(period("2024-01-01", "2026-10-31")));
    // It may be faster than the signal.
    let status = (0..20).find_map(|_| {
        clear(&gateway);
        interrupted_twice(&gateway)
    });
    let status = status.expect("always through before the signal");
    assert_eq!(status.code(), Some(130), "{status}");
}

/// A disk of 64 KiB, in a mount namespace of its own.
#[test]
fn a_disk_that_fills_up_leaves_no_half_file() {
    let gateway = known();
    for format in ["csv", "xlsx", "json"] {
        let script = "mount -t tmpfs -o size=64k none \"$OUT\" && { \"$@\"; status=$?; ls -A \"$OUT\"; exit $status; }";
        let output = Command::new("unshare")
            .args(["--mount", "sh", "-c", script, "sh"])
            .arg(env!("CARGO_BIN_EXE_portico"))
            .args(["export", "usage", "--format", format, "--config"])
            .arg(&gateway.config)
            .args(DAYS)
            .arg("--output")
            .arg(gateway.out())
            .env("OUT", gateway.out())
            .output()
            .unwrap();
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{complaints}");
        assert!(
            complaints.contains("cannot be written: No space left on device"),
            "{complaints}"
        );
        assert!(
            output.stdout.is_empty(),
            "{format}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    assert!(
        !gateway.folder.path().join("state/audit.jsonl").exists(),
        "nothing left the gateway"
    );
}
