//! Announced works: the file `works.json` of the state directory, which commands and the dashboard write, the audit
//! log's lines about it, and what people are told.
//!
//! The daemon looks at the file every few seconds, so that it does not matter whether it runs when somebody
//! announces something. Exports read it too.

mod copy;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::audit::{self, AuditError};
use crate::config::Config;
use crate::dashboard::{Author, NotAnnounced, RecordError, WorksDesk};
use crate::drawer::{Drawer, DrawerError};
use crate::model::audit::{Action, More, Origin, Who};
use crate::model::{
    NOTICE_CHARACTERS, NoticeColor, Scope, TimeZone, Withdrawn, Works, WorksBook, WorksError, WorksWish,
};
use crate::news::editor::{EditError, Editor, EditorError, Wish};

pub(super) use copy::{enclosed, put_back, to_enclose};

/// The file, and its name in a backup.
pub(super) const FILE: &str = "works.json";
/// Held by who writes it.
const LOCK: &str = "works.lock";
/// Longest file: as many works as are kept, each with the longest reason.
const MOST_BYTES: usize = 4 << 20;
/// Form of the file.
const VERSION: u32 = 1;
/// How often the daemon looks at it.
const TURN: Duration = Duration::from_secs(2);
/// How long before they begin people are told.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// What stands in the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    version: u32,
    book: WorksBook,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorksFault {
    /// It cannot be done as it was asked for.
    #[error(transparent)]
    Refused(#[from] WorksError),
    /// A file operation failed.
    #[error(transparent)]
    File(#[from] DrawerError),
    /// The file is not what it should be.
    #[error("{}: {what}", path.display())]
    Form {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The audit log cannot be written.
    #[error("nothing is changed, for it cannot be noted in the audit log: {0}")]
    Unnoted(#[from] AuditError),
}

/// Why people were not told.
#[derive(Debug, thiserror::Error)]
pub(super) enum Untold {
    #[error(transparent)]
    Refused(#[from] EditError),
    #[error(transparent)]
    File(#[from] EditorError),
}

/// What is announced; nothing where there is no file.
pub(super) fn read(state_dir: &Path) -> Result<WorksBook, WorksFault> {
    match Drawer::open(state_dir)? {
        Some(drawer) => book(&drawer, state_dir),
        None => Ok(WorksBook::default()),
    }
}

/// Announces works. The audit log knows of it before it stands.
pub(super) fn announce(
    state_dir: &Path,
    wish: WorksWish,
    now: Timestamp,
    by: (Who, Origin),
) -> Result<Works, WorksFault> {
    change(state_dir, |book| {
        let works = book.announce(wish, now)?;
        Ok((action("works-add", &works, by), works))
    })
}

/// Takes works back, in the same way.
pub(super) fn withdraw(
    state_dir: &Path,
    number: u32,
    now: Timestamp,
    by: (Who, Origin),
) -> Result<Withdrawn, WorksFault> {
    change(state_dir, |book| {
        let gone = book.withdraw(number, now)?;
        let action = match &gone {
            Withdrawn::Removed(works) => action("works-remove", works, by),
            Withdrawn::Ended(works) => action("works-end", works, by),
        };
        Ok((action, gone))
    })
}

fn change<T>(
    state_dir: &Path,
    change: impl FnOnce(&mut WorksBook) -> Result<(Action, T), WorksError>,
) -> Result<T, WorksFault> {
    let drawer = Drawer::open(state_dir)?.ok_or_else(|| DrawerError::File {
        path: state_dir.to_owned(),
        source: std::io::ErrorKind::NotFound.into(),
    })?;
    let _lock = drawer.lock(LOCK)?;
    let mut book = book(&drawer, state_dir)?;
    let (action, done) = change(&mut book)?;
    let text = written(book, state_dir)?;
    audit::record(state_dir, &action)?;
    drawer.replace(FILE, &text)?;
    Ok(done)
}

/// The file of a book.
fn written(book: WorksBook, state_dir: &Path) -> Result<Vec<u8>, WorksFault> {
    let sheet = Sheet {
        version: VERSION,
        book,
    };
    let mut text = serde_json::to_vec_pretty(&sheet).map_err(|error| form(state_dir, error.to_string()))?;
    text.push(b'\n');
    Ok(text)
}

fn book(drawer: &Drawer, state_dir: &Path) -> Result<WorksBook, WorksFault> {
    let Some(bytes) = drawer.read(FILE, MOST_BYTES)? else {
        return Ok(WorksBook::default());
    };
    parse(&bytes).map_err(|what| form(state_dir, what))
}

/// The book of a file, or what is wrong with it.
fn parse(bytes: &[u8]) -> Result<WorksBook, String> {
    let sheet: Sheet = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if sheet.version != VERSION {
        return Err(format!(
            "it has the form {}, and this program knows {VERSION}: another version of Portico wrote it",
            sheet.version
        ));
    }
    Ok(sheet.book)
}

fn form(state_dir: &Path, what: String) -> WorksFault {
    WorksFault::Form {
        path: state_dir.join(FILE),
        what,
    }
}

fn action(did: &'static str, works: &Works, (who, from): (Who, Origin)) -> Action {
    let mut more = More::new();
    more.insert("network".to_owned(), json!(works.network));
    more.insert("from".to_owned(), json!(works.from));
    more.insert("until".to_owned(), json!(works.until));
    more.insert("reason".to_owned(), json!(works.reason));
    Action {
        who,
        from,
        did,
        what: works.number.to_string(),
        more,
    }
}

/// Puts a notice about works on the page of people, from a day before they begin.
pub(super) fn tell_people(config: &Config, works: &Works, now: Timestamp) -> Result<(), Untold> {
    let scope = works
        .network
        .map_or(Scope::All, |network| Scope::Only([network].into()));
    let network = config.networks.iter().find(|network| scope.includes(network.id));
    let wish = Wish {
        line: notice(works, &config.gateway.time_zone),
        link: None,
        lang: "it".to_owned(),
        from: works.from.checked_sub(AHEAD).ok().filter(|from| *from > now),
        until: Some(works.until),
        source: network.map(|network| network.comune.clone()).unwrap_or_default(),
        scope,
    };
    let mut editor = Editor::open(&config.gateway.state_dir)?;
    editor.book.add_notice(wish, NoticeColor::Yellow, now)?;
    editor.save()?;
    Ok(())
}

/// Takes the notice about works off the page, if there is one.
pub(super) fn tell_people_no_more(config: &Config, gone: &Withdrawn) -> Result<(), Untold> {
    let (Withdrawn::Removed(works) | Withdrawn::Ended(works)) = gone;
    // Its end may be another now than what people were told.
    let begin = notice_begin(works, &config.gateway.time_zone);
    let mut editor = Editor::open(&config.gateway.state_dir)?;
    let told = editor.book.notices.iter();
    let told = told.filter(|notice| notice.text.starts_with(&begin) && is_of(&notice.scope, works));
    let ids: Vec<_> = told.map(|notice| notice.id.clone()).collect();
    for id in &ids {
        editor.book.remove_notice(id.as_str())?;
    }
    if !ids.is_empty() {
        editor.save()?;
    }
    Ok(())
}

fn is_of(scope: &Scope, works: &Works) -> bool {
    match (scope, works.network) {
        (Scope::All, None) => true,
        (Scope::Only(networks), Some(network)) => networks.len() == 1 && networks.contains(&network),
        _ => false,
    }
}

fn notice_begin(works: &Works, zone: &TimeZone) -> String {
    format!("Lavori alla rete Wi-Fi dal {} al ", local(works.from, zone))
}

/// In the language of the comune, no longer than a notice may be.
fn notice(works: &Works, zone: &TimeZone) -> String {
    let text = format!(
        "{}{}, il servizio può mancare: {}",
        notice_begin(works, zone),
        local(works.until, zone),
        works.reason.as_str()
    );
    if text.chars().count() <= NOTICE_CHARACTERS {
        return text;
    }
    let cut: String = text.chars().take(NOTICE_CHARACTERS - 1).collect();
    format!("{}…", cut.trim_end())
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.jiff().clone())
        .strftime("%d/%m %H:%M")
        .to_string()
}

/// What is announced now, and whatever is announced from now on. A file that cannot be read is told in the log,
/// changes nothing, and is tried again.
pub(super) fn follow(state_dir: PathBuf) -> (Arc<WorksBook>, mpsc::Receiver<Arc<WorksBook>>) {
    let mut reader = Reader {
        state_dir,
        seen: Seen::Never,
        fault: None,
    };
    let first = Arc::new(reader.read_new().unwrap_or_default());
    let (tell, told) = mpsc::channel(1);
    tokio::spawn(watch(reader, tell));
    (first, told)
}

async fn watch(mut reader: Reader, tell: mpsc::Sender<Arc<WorksBook>>) {
    let mut turn = interval(TURN);
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        if let Some(book) = reader.read_new()
            && tell.send(Arc::new(book)).await.is_err()
        {
            return;
        }
    }
}

struct Reader {
    state_dir: PathBuf,
    seen: Seen,
    /// Why it could not be read the last time: told once.
    fault: Option<String>,
}

impl Reader {
    /// The book, where it is another than the one that was read last.
    fn read_new(&mut self) -> Option<WorksBook> {
        let now = stamp(&self.state_dir).map_or(Seen::Absent, Seen::File);
        if self.seen == now {
            return None;
        }
        match read(&self.state_dir) {
            Ok(book) => {
                (self.seen, self.fault) = (now, None);
                Some(book)
            }
            Err(error) => {
                let fault = error.to_string();
                if self.fault.as_ref() != Some(&fault) {
                    tracing::error!(%error, "announced works cannot be read: what is out of service is not told as planned");
                }
                self.fault = Some(fault);
                None
            }
        }
    }
}

/// What was found at the last look that told of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// There was none yet.
    Never,
    /// No file.
    Absent,
    /// This one.
    File(Stamp),
}

/// What tells one file from the next: every change is another file.
type Stamp = (u64, u64, SystemTime);

fn stamp(state_dir: &Path) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt as _;
    let file = std::fs::symlink_metadata(state_dir.join(FILE)).ok()?;
    Some((file.ino(), file.len(), file.modified().ok()?))
}

/// For the dashboard.
pub(super) struct Desk {
    pub(super) state_dir: PathBuf,
}

impl WorksDesk for Desk {
    fn book(&self) -> Result<WorksBook, RecordError> {
        read(&self.state_dir).map_err(RecordError::new)
    }

    fn announce(
        &self,
        config: &Config,
        wish: WorksWish,
        tells_people: bool,
        (author, now): (&Author, Timestamp),
    ) -> Result<Works, NotAnnounced> {
        let works = announce(&self.state_dir, wish, now, by(author)).map_err(refused)?;
        if tells_people {
            tell_people(config, &works, now).map_err(|error| NotAnnounced::Untold(error.to_string()))?;
        }
        Ok(works)
    }

    fn withdraw(
        &self,
        config: &Config,
        number: u32,
        (author, now): (&Author, Timestamp),
    ) -> Result<Withdrawn, NotAnnounced> {
        let gone = withdraw(&self.state_dir, number, now, by(author)).map_err(refused)?;
        tell_people_no_more(config, &gone).map_err(|error| NotAnnounced::Untold(error.to_string()))?;
        Ok(gone)
    }
}

fn by(author: &Author) -> (Who, Origin) {
    (author.who.clone(), Origin::Address(author.address))
}

fn refused(fault: WorksFault) -> NotAnnounced {
    match fault {
        WorksFault::Refused(error) => NotAnnounced::Refused(error),
        other => NotAnnounced::Fault(RecordError::new(other)),
    }
}

#[cfg(test)]
mod tests;
