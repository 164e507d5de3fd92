//! Changed settings: another configuration file put in force by the same way as by hand, and undone by itself
//! unless somebody who still gets in confirms it.
//!
//! ```text
//!  apply ─► note in the state directory ─► file ─► reload ─┬─► refused: former file, reload
//!                                                          └─► waits ─┬─► confirm: the note is removed
//!            start after a crash: note still there ───────────────────┴─► undo, or time over: former file, reload
//! ```
//!
//! A file that somebody has changed by hand meanwhile is never overwritten.

mod file;
mod pending;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as BlockingMutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::accounts::Token;
use crate::config::Config;
use crate::dashboard::{Audit, By, Care, Keeper, Later, Refused, Waiting, Wish};
use crate::model::Clock;
use crate::model::audit::{Action, More, Origin, Who};
pub use file::FileError;
pub(super) use file::write_readable;
use pending::Note;

/// How long somebody has to confirm.
pub const PATIENCE: Duration = Duration::from_mins(2);
/// Pause before the former settings are tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often they are tried: as long as a helper takes to start again.
const TRIES: usize = 60;
/// Digits of a change's name.
const ID: usize = 24;

/// Has daemon and helper read the file again; the text says why they do not take it.
pub type Reload = Arc<dyn Fn() -> Later<'static, Result<(), String>> + Send + Sync>;

/// Keeps the configuration file of a running daemon. Cheap to clone.
#[derive(Clone)]
pub struct FileKeeper(Arc<Inner>);

/// What it is built from.
pub struct Parts {
    /// The configuration file.
    pub file: PathBuf,
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
}

/// What a note that was left behind came to at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftBehind {
    /// There was none.
    Nothing,
    /// The former file is back: whatever reads it is to read it again.
    PutBack,
    /// The file is another one than the change had left: it stays.
    Kept,
}

/// At the start: undoes a change that nobody had confirmed when the service ended.
///
/// # Errors
/// The former file cannot be put back; the note stays for the next start.
pub fn undo_left_behind(file: &Path, state_dir: &Path, audit: &Audit) -> Result<LeftBehind, FileError> {
    let note = Note::of(state_dir);
    let Some(waiting) = note.read() else {
        return Ok(LeftBehind::Nothing);
    };
    let now = file::read(file)?;
    let outcome = if now == waiting.new {
        file::replace(file, &waiting.former)?;
        LeftBehind::PutBack
    } else {
        LeftBehind::Kept
    };
    let did = match outcome {
        // The crash came before the change, or after it was undone.
        LeftBehind::Kept if now == waiting.former => None,
        LeftBehind::Kept => Some("settings-left"),
        _ => Some("settings-undone"),
    };
    if let Some(did) = did {
        tracing::warn!(did, "the service ended before changed settings were confirmed");
        let by = By {
            who: Who::Portico,
            from: Origin::Service,
        };
        audit(&action(&by, did, &waiting.places, Some("the service ended")));
    }
    note.remove()?;
    Ok(outcome)
}

/// After [`LeftBehind::PutBack`]: until the helper has taken the former file.
pub async fn reload_until_taken(reload: &Reload) {
    for _ in 0..TRIES {
        match reload().await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "the former settings are not in force yet"),
        }
        sleep(PAUSE).await;
    }
    tracing::error!("the former settings could not be put in force: portico reload");
}

impl FileKeeper {
    /// Over a file. Must be used within a tokio runtime.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let note = Note::of(&parts.state_dir);
        Self(Arc::new(Inner {
            parts,
            note,
            turn: Mutex::default(),
            waiting: BlockingMutex::default(),
        }))
    }
}

impl Keeper for FileKeeper {
    fn name(&self) -> String {
        self.0.parts.file.display().to_string()
    }

    fn text(&self) -> Result<String, Refused> {
        self.0.text()
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
    fn text(&self) -> Result<String, Refused> {
        file::read(&self.parts.file).map_err(told)
    }

    async fn apply(self: Arc<Self>, wish: Wish) -> Result<Option<Waiting>, Refused> {
        let _turn = self.turn.try_lock().map_err(|_| Refused::Busy)?;
        if self.waiting().is_some() {
            return Err(Refused::Busy);
        }
        if self.text()? != wish.former {
            return Err(Refused::Elsewhere);
        }
        if wish.new == wish.former {
            return Ok(None);
        }
        let name = self.parts.file.display().to_string();
        Config::parse(&wish.new, &name).map_err(|errors| Refused::Wrong(errors.to_string()))?;
        let waiting = self.waiting_of(&wish)?;
        if wish.care == Care::Confirm {
            self.note.write(&waiting).map_err(told)?;
        }
        if let Err(error) = file::replace(&self.parts.file, &wish.new) {
            self.forget();
            return Err(told(error));
        }
        self.write_down(&wish.by, "settings-change", &wish.places, None)
            .await;
        if let Err(reason) = (self.parts.reload)().await {
            return Err(self.put_back_at_once(&wish, reason).await);
        }
        if wish.care == Care::AtOnce {
            return Ok(None);
        }
        self.set_waiting(Some(waiting.clone()));
        tokio::spawn(Arc::clone(&self).keep_watch(waiting.id.clone()));
        Ok(Some(waiting))
    }

    fn waiting_of(&self, wish: &Wish) -> Result<Waiting, Refused> {
        let mut id = Token::random()
            .map_err(|error| Refused::File(error.to_string()))?
            .reveal();
        id.truncate(ID);
        let since = (self.parts.clock)().wall;
        let until = since.checked_add(self.parts.patience).unwrap_or(since);
        Ok(Waiting {
            id,
            who: wish.by.who.to_string(),
            since,
            until,
            places: wish.places.clone(),
            former: wish.former.clone(),
            new: wish.new.clone(),
        })
    }

    /// Nobody gets to confirm what the helper does not take.
    async fn put_back_at_once(&self, wish: &Wish, reason: String) -> Refused {
        if let Err(error) = file::replace(&self.parts.file, &wish.former) {
            tracing::error!(%error, "the former settings could not be put back");
        }
        self.forget();
        // What it has taken of the refused ones, if anything, goes too. It may be away, and reads the file itself
        // when it comes.
        if let Err(error) = (self.parts.reload)().await {
            tracing::warn!(%error, "the former settings are in the file; nobody has read them again");
        }
        let first = reason.lines().next().unwrap_or_default();
        self.write_down(&wish.by, "settings-refused", &wish.places, Some(first))
            .await;
        Refused::Undone(reason)
    }

    async fn confirm(&self, id: &str, by: &By) -> Result<(), Refused> {
        let _turn = self.turn.lock().await;
        let waiting = self.waiting().filter(|waiting| waiting.id == id);
        let places = waiting.ok_or(Refused::Over)?.places;
        self.note.remove().map_err(told)?;
        self.set_waiting(None);
        self.write_down(by, "settings-confirmed", &places, None).await;
        Ok(())
    }

    async fn undo(&self, id: &str, by: &By, why: Option<&str>) -> Result<(), Refused> {
        let _turn = self.turn.lock().await;
        let waiting = self.waiting().filter(|waiting| waiting.id == id);
        let waiting = waiting.ok_or(Refused::Over)?;
        if self.text()? != waiting.new {
            self.close();
            self.write_down(
                by,
                "settings-left",
                &waiting.places,
                Some("changed by hand meanwhile"),
            )
            .await;
            return Err(Refused::Elsewhere);
        }
        file::replace(&self.parts.file, &waiting.former).map_err(told)?;
        // The note goes last: whatever happens until then, the next start finds the former file.
        reload_until_taken(&self.parts.reload).await;
        self.close();
        self.write_down(by, "settings-undone", &waiting.places, why).await;
        Ok(())
    }

    /// Waits for the end of a change's time.
    async fn keep_watch(self: Arc<Self>, id: String) {
        let by = By {
            who: Who::Portico,
            from: Origin::Service,
        };
        sleep(self.parts.patience).await;
        loop {
            match self.undo(&id, &by, Some("not confirmed")).await {
                Err(Refused::File(error)) => {
                    tracing::error!(%error, "the former settings cannot be put back; it is tried again");
                }
                Err(Refused::Elsewhere) => {
                    tracing::warn!(
                        "changed settings were not confirmed, but the file was changed by hand: it stays"
                    );
                    return;
                }
                Ok(()) => {
                    tracing::warn!("changed settings were not confirmed: the former ones are back");
                    return;
                }
                Err(_) => return,
            }
            sleep(PAUSE).await;
        }
    }

    fn close(&self) {
        self.forget();
        self.set_waiting(None);
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_waiting(&self, waiting: Option<Waiting>) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = waiting;
    }

    fn forget(&self) {
        if let Err(error) = self.note.remove() {
            tracing::error!(%error, "the note of a change that is over could not be removed");
        }
    }

    async fn write_down(&self, by: &By, did: &'static str, places: &[String], why: Option<&str>) {
        let (audit, action) = (Arc::clone(&self.parts.audit), action(by, did, places, why));
        if let Err(error) = tokio::task::spawn_blocking(move || audit(&action)).await {
            tracing::error!(%error, "a line of the audit log was not written");
        }
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
