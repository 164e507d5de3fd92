//! Changed settings: another configuration file put in force by the same way as by hand, and undone by itself
//! unless somebody who still gets in confirms it.
//!
//! ```text
//!  apply ─► note in the state directory ─► file ─► reload ─┬─► refused: back
//!                                                          └─► waits ─┬─► confirm: the note is removed
//!            start after a crash: note still there ───────────────────┴─► undo, or time over: back
//!
//!  back: former file ─► reload, again until service and helper have taken it ─► the note is removed
//! ```
//!
//! No change is made over a file that somebody has changed by hand meanwhile. One that was changed by hand before, and
//! is not in force, is only taken with the eyes open: whoever applies a change sees those lines too, and what comes
//! back is what was in force. Whoever writes in the file while a change waits has confirmed nothing: the former
//! settings come back all the same. In both cases the text by hand is kept aside.
//!
//! | file | holds |
//! |---|---|
//! | `change` | applying, confirming, undoing |
//! | `back` | the way back, until it is done |
//! | `by_hand` | texts by hand that are kept aside |
//! | `in_force` | the text in force |
//! | `pending` | the note of a change that nobody has confirmed |
//! | `word` | the word about a change at the command line |
//! | `file` | files that are replaced whole or not at all |

mod back;
mod by_hand;
mod change;
mod file;
mod in_force;
mod pending;
mod word;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex as BlockingMutex};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Mutex;

use crate::dashboard::{Audit, By, Keeper, Later, Refused, Waiting, Wish};
use crate::model::Clock;
use crate::model::audit::{Action, More, Origin, Who};
pub use back::{LeftBehind, state_dir_of_unread, undo_left_behind};
pub use file::FileError;
pub(super) use file::write_readable;
pub use in_force::InForce;
use pending::Note;
pub use word::say;

/// How long somebody has to confirm.
pub const PATIENCE: Duration = Duration::from_mins(2);
/// Pause before the former settings are tried again, doubled up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(1);
/// A helper that was away for long is noticed within it.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Has daemon and helper read the file again; the text says why they do not take it.
pub type Reload = Arc<dyn Fn() -> Later<'static, Result<(), String>> + Send + Sync>;

/// Keeps the configuration file of a running daemon. Cheap to clone.
#[derive(Clone)]
pub struct FileKeeper(Arc<Inner>);

/// What it is built from.
pub struct Parts {
    /// The configuration file.
    pub file: PathBuf,
    /// Its text in force; a reload that is taken sets it.
    pub in_force: InForce,
    /// Where the note is kept.
    pub state_dir: PathBuf,
    /// How a changed file is put in force.
    pub reload: Reload,
    /// Where it is written what happens.
    pub audit: Audit,
    /// What time it is.
    pub clock: Clock,
    /// How long somebody has to confirm: [`PATIENCE`].
    pub patience: Duration,
}

struct Inner {
    parts: Parts,
    note: Note,
    /// Held by whoever changes something: one at a time.
    turn: Mutex<()>,
    waiting: BlockingMutex<Option<Waiting>>,
    /// While former settings are on their way back.
    is_settling: AtomicBool,
}

impl FileKeeper {
    /// Over a file, after what was found at the start. Must be used within a tokio runtime.
    #[must_use]
    pub fn new(parts: Parts, left: LeftBehind) -> Self {
        let note = Note::of(&parts.state_dir);
        Self(Arc::new(Inner {
            parts,
            note,
            turn: Mutex::default(),
            waiting: BlockingMutex::default(),
            is_settling: AtomicBool::new(left == LeftBehind::PutBack),
        }))
    }

    /// Brings what was left behind to its end: the note goes when daemon and helper have taken the former file.
    /// Nothing else is applied meanwhile.
    pub async fn settle(&self) {
        Arc::clone(&self.0).settle("the service ended").await;
    }
}

impl Keeper for FileKeeper {
    fn name(&self) -> String {
        self.0.name()
    }

    fn text(&self) -> Result<String, Refused> {
        self.0.text()
    }

    fn in_force(&self, file: &str) -> Option<String> {
        self.0.parts.in_force.beside(file, &self.0.name())
    }

    fn kept_by_hand(&self, text: &str) -> String {
        let place = by_hand::place_of(&self.0.parts.state_dir, text.as_bytes());
        place.display().to_string()
    }

    fn all_kept_by_hand(&self) -> Vec<String> {
        let kept = by_hand::kept(&self.0.parts.state_dir).into_iter();
        kept.map(|path| path.display().to_string()).collect()
    }

    fn waiting(&self) -> Later<'_, Option<Waiting>> {
        Box::pin(async { self.0.waiting() })
    }

    fn apply(&self, wish: Wish) -> Later<'_, Result<Option<Waiting>, Refused>> {
        let inner = Arc::clone(&self.0);
        finish(async move { inner.apply(wish).await })
    }

    fn confirm(&self, id: String, by: By) -> Later<'_, Result<(), Refused>> {
        let inner = Arc::clone(&self.0);
        finish(async move { inner.confirm(&id, &by).await })
    }

    fn undo(&self, id: String, by: By) -> Later<'_, Result<(), Refused>> {
        let inner = Arc::clone(&self.0);
        finish(async move { inner.undo(&id, &by, None).await })
    }
}

/// Carries on also when whoever asked hangs up, as with a management listener that goes away.
fn finish<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refused>> + Send + 'static,
) -> Later<'static, Result<T, Refused>> {
    let task = tokio::spawn(work);
    Box::pin(async move {
        task.await
            .unwrap_or_else(|error| Err(Refused::File(error.to_string())))
    })
}

impl Inner {
    fn name(&self) -> String {
        self.parts.file.display().to_string()
    }

    fn text(&self) -> Result<String, Refused> {
        file::read(&self.parts.file).map_err(told)
    }

    async fn write_down(&self, by: &By, did: &'static str, places: &[String], why: Option<&str>) {
        let (audit, action) = (Arc::clone(&self.parts.audit), action(by, did, places, why));
        let written = tokio::task::spawn_blocking(move || audit(&action)).await;
        if !matches!(written, Ok(Ok(()))) {
            tracing::error!(did, "settings went on without a line of the audit log");
        }
    }
}

/// Whoever acts when nobody does.
const fn portico() -> By {
    By {
        who: Who::Portico,
        from: Origin::Service,
    }
}

fn action(by: &By, did: &'static str, places: &[String], why: Option<&str>) -> Action {
    let mut more = More::new();
    if let Some(why) = why {
        more.insert("why".to_owned(), json!(why));
    }
    Action {
        who: by.who.clone(),
        from: by.from,
        did,
        what: places.join(" "),
        more,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn told(error: FileError) -> Refused {
    Refused::File(error.to_string())
}
