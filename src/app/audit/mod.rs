//! The audit log: who did what, when and from where, in a file of the state directory to which lines are only
//! ever added. The chain that binds them is [`crate::model::audit`].
//!
//! Daemon and commands write at once: whoever writes holds a lock on the file. The state directory belongs to
//! the service while commands are often root's, so files are opened below the directory's descriptor, never
//! through a symbolic link, and given to the directory's owner.

mod files;
mod list;
mod shelf;

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use crate::app::clock;
use crate::model::audit::{
    Action, Entry, Filter, Head, Line, More, Origin, Tail, Verdict, Verifier, Who, old_entry, resume, seal,
};
use crate::report::Written;
use files::{Files, Reading};
pub use list::{Form, ListError, write_list};
pub use shelf::Shelf;

/// The log, in the state directory.
pub const FILE: &str = "audit.jsonl";
/// The head of its chain, beside it.
pub const HEAD: &str = "audit.head";

/// Why the audit log was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A file operation failed.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Somebody else has been writing for too long.
    #[error("{} is held by another process", .0.display())]
    Busy(PathBuf),
    /// The entry cannot be written as JSON.
    #[error("the entry cannot be written: {0}")]
    Entry(#[from] serde_json::Error),
}

/// Adds a line, which is on the disk when this returns. What a loss of power left behind is told of in lines
/// before it.
///
/// # Errors
/// [`AuditError`]; the line is then not there, or only a part of it, which the next one will tell of.
pub fn record(state_dir: &Path, action: &Action) -> Result<Head, AuditError> {
    let files = Files::to_append(state_dir)?;
    // Under the lock, so that times are in order as far as the clock is.
    append(&files, clock::wall(), action)
}

/// An export, and who wanted it.
///
/// # Errors
/// As [`record`].
pub fn record_export(
    state_dir: &Path,
    who: (Who, Origin),
    what: &str,
    files: &[Written],
) -> Result<Head, AuditError> {
    record_files(state_dir, who, ("export", what), files)
}

/// What is done with files, and by whom: `did` in a word, and to what.
///
/// # Errors
/// As [`record`].
pub fn record_files(
    state_dir: &Path,
    (who, from): (Who, Origin),
    (did, what): (&'static str, &str),
    files: &[Written],
) -> Result<Head, AuditError> {
    let files: Vec<serde_json::Value> = files
        .iter()
        .map(|file| json!({"path": file.path, "sha256": file.sha256, "bytes": file.bytes}))
        .collect();
    let mut more = More::new();
    more.insert("files".to_owned(), files.into());
    let action = Action {
        who,
        from,
        did,
        what: what.to_owned(),
        more,
    };
    record(state_dir, &action)
}

/// What a command does with the access register; noted before it is done.
///
/// # Errors
/// As [`record`].
pub fn record_register(
    state_dir: &Path,
    did: &'static str,
    what: String,
    more: More,
) -> Result<Head, AuditError> {
    let (who, from) = whoever_runs_this();
    let action = Action {
        who,
        from,
        did,
        what,
        more,
    };
    record(state_dir, &action)
}

/// Who runs this command: the user of the process, and who had logged in before any `sudo`.
#[must_use]
pub fn whoever_runs_this() -> (Who, Origin) {
    let uid = rustix::process::getuid().as_raw();
    let login = login_of("self").filter(|login| *login != uid);
    (Who::Uid(uid), Origin::Command { login })
}

/// Who had logged in when a process was begun, where the system knows and tells it.
pub(super) fn login_of(process: &str) -> Option<u32> {
    let login = std::fs::read_to_string(format!("/proc/{process}/loginuid")).ok()?;
    // The kernel's word for "not set".
    login.trim().parse().ok().filter(|login| *login != u32::MAX)
}

/// Reads the whole log; `written_down` are heads that were kept elsewhere. `None` when there is no log, and
/// no trace of one.
///
/// # Errors
/// The log cannot be read.
pub fn verify(state_dir: &Path, written_down: &[Head]) -> Result<Option<Verdict>, AuditError> {
    let reading = Reading::begin(state_dir)?;
    reading.map(|reading| check(&reading, written_down)).transpose()
}

fn check(reading: &Reading, written_down: &[Head]) -> Result<Verdict, AuditError> {
    let mut verifier = Verifier::new(reading.head(), written_down);
    reading.for_each_line(&mut |line| {
        verifier.take(line);
        Ok(())
    })?;
    Ok(verifier.finish())
}

/// An entry and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<'a> {
    /// Which line of the log, from 1.
    pub line: u64,
    /// What it says.
    pub entry: Entry,
    /// Its bytes, without their end.
    pub bytes: &'a [u8],
}

/// Gives the entries that a filter lets through, oldest first.
///
/// # Errors
/// The log cannot be read, or `take` said so.
pub fn read(
    state_dir: &Path,
    filter: &Filter,
    take: &mut dyn FnMut(Found<'_>) -> io::Result<()>,
) -> Result<(), AuditError> {
    let Some(reading) = Reading::begin(state_dir)? else {
        return Ok(());
    };
    let mut line = 0;
    reading.for_each_line(&mut |bytes| {
        line += 1;
        let entry = Line::read(bytes)
            .map(|line| line.entry)
            .or_else(|| old_entry(bytes));
        match entry.filter(|entry| filter.lets_through(entry)) {
            Some(entry) => take(Found {
                line,
                entry,
                bytes: bytes.strip_suffix(b"\n").unwrap_or(bytes),
            }),
            None => Ok(()),
        }
    })
}

fn append(files: &Files, at: Timestamp, action: &Action) -> Result<Head, AuditError> {
    let kept = files.head()?;
    let is_new = kept.is_none();
    let tail = files.tail()?;
    let has_begun = matches!(tail, Tail::Chain { .. });
    let resumed = resume(tail, kept);
    if is_new && !has_begun {
        // First of all, so that a log without a head is one whose head was taken away.
        files.keep_head(resumed.before)?;
    }
    let mut lines = Vec::new();
    if resumed.end_line {
        lines.push(b'\n');
    }
    let mut head = resumed.before;
    for action in resumed.notes.iter().chain([action]) {
        head = seal(head, at, action, &mut lines)?;
    }
    files.append(&lines)?;
    files.keep_head(head)?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::{FILE, Found, HEAD, append, read, record, record_export, verify, whoever_runs_this};
    use crate::app::audit::files::Files;
    use crate::model::audit::{Action, Filter, Flaw, Head, MENDED, More, Origin, Who};
    use crate::report::Written;
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    fn action(what: &str) -> Action {
        Action {
            who: Who::User("anna".to_owned()),
            from: Origin::Address("2001:db8::7".parse().unwrap()),
            did: "login",
            what: what.to_owned(),
            more: More::new(),
        }
    }

    fn whats(folder: &Path) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        let mut take = |one: Found<'_>| {
            found.push((one.entry.n, one.entry.what));
            Ok(())
        };
        read(folder, &Filter::default(), &mut take).unwrap();
        found
    }

    fn flaws(folder: &Path, written_down: &[Head]) -> Vec<(u64, Flaw)> {
        let verdict = verify(folder, written_down).unwrap().unwrap();
        verdict
            .faults
            .iter()
            .map(|fault| (fault.line, fault.flaw))
            .collect()
    }

    #[test]
    fn each_export_is_a_line_that_others_do_not_read() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(verify(folder.path(), &[]).unwrap(), None);
        let written = Written {
            path: "/srv/usage.csv".into(),
            sha256: "ab".to_owned(),
            bytes: 7,
        };
        for _ in 0..2 {
            let by = whoever_runs_this();
            record_export(folder.path(), by, "usage", std::slice::from_ref(&written)).unwrap();
        }
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[1]["n"], &lines[1]["did"]), (&2.into(), &"export".into()));
        assert_eq!(lines[0]["more"]["files"][0]["sha256"], "ab");
        let uid = rustix::process::getuid().as_raw();
        assert_eq!(lines[0]["who"], format!("uid {uid}"));
        for file in [FILE, HEAD] {
            let metadata = std::fs::metadata(folder.path().join(file)).unwrap();
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
        }
        assert!(record_export(&folder.path().join("none"), whoever_runs_this(), "usage", &[]).is_err());
        assert_eq!(flaws(folder.path(), &[]), []);
    }

    #[test]
    fn many_write_at_once_and_the_chain_holds() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let folder = folder.path();
                scope.spawn(move || {
                    for number in 0..12 {
                        record(folder, &action(&format!("{writer} {number}"))).unwrap();
                    }
                });
            }
        });
        let mut found = whats(folder.path());
        assert_eq!(found.len(), 96);
        assert!(found.iter().zip(1..).all(|((n, _), number)| *n == number));
        found.sort_by(|one, other| one.1.cmp(&other.1));
        found.dedup_by(|one, other| one.1 == other.1);
        assert_eq!(found.len(), 96);
        assert_eq!(flaws(folder.path(), &[]), []);
    }

    #[test]
    fn a_log_of_the_form_before_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let old = "{\"at\":\"2026-11-20T10:00:00Z\",\"did\":\"export\",\"files\":[],\"uid\":0,\"what\":\"usage\"}\n";
        std::fs::write(folder.path().join(FILE), old.repeat(2)).unwrap();
        assert_eq!(flaws(folder.path(), &[]), []);
        let head = record(folder.path(), &action("new")).unwrap();
        assert_eq!(head.number, 1);
        let found = whats(folder.path());
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].0, found[0].1.as_str()), (0, "usage"));
        assert_eq!(flaws(folder.path(), &[]), []);
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(text.starts_with(&old.repeat(2)), "nothing is written anew");
        std::fs::write(
            folder.path().join(FILE),
            text.replacen("\"uid\":0", "\"uid\":1", 1),
        )
        .unwrap();
        assert_eq!(flaws(folder.path(), &[])[0], (3, Flaw::Broken));
    }

    #[test]
    fn a_torn_line_is_told_of_and_a_cut_shows() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(FILE);
        for what in ["a", "b", "c"] {
            record(folder.path(), &action(what)).unwrap();
        }
        let whole = std::fs::read(&log).unwrap();
        let mut file = std::fs::OpenOptions::new().append(true).open(&log).unwrap();
        // What a file system leaves of a write that did not get through.
        file.write_all(&vec![0; 100_000]).unwrap();
        assert_eq!(flaws(folder.path(), &[]), [(4, Flaw::Torn)]);
        let head = record(folder.path(), &action("d")).unwrap();
        assert_eq!(head.number, 5);
        assert_eq!(flaws(folder.path(), &[head]), []);
        let text = std::fs::read_to_string(&log).unwrap();
        assert!(text.lines().nth(4).unwrap().contains(MENDED));

        std::fs::write(&log, &whole).unwrap();
        assert_eq!(flaws(folder.path(), &[]), [(4, Flaw::CutOff(head))]);
        record(folder.path(), &action("e")).unwrap();
        assert_eq!(flaws(folder.path(), &[])[0], (4, Flaw::Broken), "and for ever");

        // With the head that was kept gone too, the one written down elsewhere tells.
        std::fs::write(&log, &whole).unwrap();
        std::fs::remove_file(folder.path().join(HEAD)).unwrap();
        assert_eq!(flaws(folder.path(), &[]), [(4, Flaw::NoHead)]);
        assert!(flaws(folder.path(), &[head]).contains(&(4, Flaw::CutOff(head))));
        record(folder.path(), &action("f")).unwrap();
        assert_eq!(flaws(folder.path(), &[]), [(4, Flaw::HeadLost)]);

        std::fs::remove_file(&log).unwrap();
        assert!(matches!(flaws(folder.path(), &[])[..], [(1, Flaw::CutOff(_))]));
    }

    #[test]
    fn a_loss_of_power_between_any_two_steps_is_told_of_at_most() {
        let folder = tempfile::tempdir().unwrap();
        let at = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut states = vec![(Vec::new(), None)];
        for what in ["a", "b"] {
            append(&Files::to_append(folder.path()).unwrap(), at, &action(what)).unwrap();
            let log = std::fs::read(folder.path().join(FILE)).unwrap();
            states.push((log, std::fs::read(folder.path().join(HEAD)).ok()));
        }
        for steps in states.windows(2) {
            let [(before, head), (after, _)] = steps else {
                unreachable!()
            };
            for length in before.len()..=after.len() {
                let folder = tempfile::tempdir().unwrap();
                std::fs::write(folder.path().join(FILE), &after[..length]).unwrap();
                let first = Head::before_first(b"").to_string().into_bytes();
                std::fs::write(folder.path().join(HEAD), head.as_ref().unwrap_or(&first)).unwrap();
                record(folder.path(), &action("after")).unwrap();
                assert_eq!(flaws(folder.path(), &[]), [], "{length}");
                assert_eq!(whats(folder.path()).last().unwrap().1, "after");
            }
        }
    }

    #[test]
    fn a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        std::fs::write(&elsewhere, "").unwrap();
        std::os::unix::fs::symlink(&elsewhere, folder.path().join(FILE)).unwrap();
        assert!(record(folder.path(), &action("a")).is_err());
        assert_eq!(std::fs::read(&elsewhere).unwrap(), b"");
    }
}
