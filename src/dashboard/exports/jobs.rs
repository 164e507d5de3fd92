//! Exports in the making, and their files for a while.
//!
//! Two are made at a time, each on a thread that may be blocked; the others wait their turn. A job is its
//! owner's alone. Its files are in a folder of their own below the state directory that nobody else may open,
//! and go when their owner says so, after ten minutes, and at the next start.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::accounts::Permission;
use crate::config::{Config, Words};
use crate::dashboard::records::{Author, ExportWish, Exporter, Made, NotMade};
use crate::model::Clock;

/// Made at the same time.
const AT_ONCE: usize = 2;
/// Most jobs of one user, and of all, with those whose files are still there.
const MOST_OF_ONE: usize = 6;
const MOST: usize = 24;
/// How long files are kept.
const KEEP: Duration = Duration::from_mins(10);
/// Most bytes of all files together.
const ROOM: u64 = 256 << 20;

/// A name that nobody guesses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::dashboard) struct JobId(String);

/// What is known of a job.
#[derive(Debug, Clone)]
pub(in crate::dashboard) struct Job {
    pub(in crate::dashboard) owner: String,
    /// What its owner must be allowed to do, still.
    pub(in crate::dashboard) needs: Permission,
    pub(in crate::dashboard) wish: ExportWish,
    pub(in crate::dashboard) state: State,
    /// When it was begun or done, milliseconds since boot.
    since: u64,
    end: Arc<AtomicBool>,
}

/// How far a job is.
#[derive(Debug, Clone)]
pub(in crate::dashboard) enum State {
    Waiting,
    /// Parts done, and parts in all.
    Making(usize, usize),
    Done {
        files: Vec<Kept>,
        notes: Vec<String>,
    },
    /// Why there is nothing: words for people, if there are any.
    Failed(Failure),
}

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dashboard) enum Failure {
    /// What was asked for.
    Told(Words),
    /// It would be too large.
    TooLarge,
    /// The gateway's log says why.
    Fault,
}

/// A file of a job.
#[derive(Debug, Clone)]
pub(in crate::dashboard) struct Kept {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) sha256: String,
    pub(in crate::dashboard) bytes: u64,
    /// Whether it was sent whole.
    pub(in crate::dashboard) is_fetched: bool,
}

/// Too many are waiting or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dashboard) struct Full;

/// All jobs. Cheap to clone; when the last one goes, what is being made is given up.
#[derive(Clone)]
pub(in crate::dashboard) struct Jobs {
    inner: Arc<Inner>,
    _stop: Arc<Stop>,
}

struct Inner {
    folder: PathBuf,
    exporter: Arc<dyn Exporter>,
    clock: Clock,
    turns: Semaphore,
    jobs: Mutex<BTreeMap<JobId, Job>>,
    is_stopping: AtomicBool,
    changed: watch::Sender<()>,
}

struct Stop(Arc<Inner>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.is_stopping.store(true, Ordering::Relaxed);
    }
}

impl JobId {
    fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(crate::accounts::hex(&bytes)))
    }

    pub(in crate::dashboard) fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for JobId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Jobs {
    /// With files in a folder that is this one's alone; what an earlier run left there is removed.
    pub(in crate::dashboard) fn new(folder: PathBuf, exporter: Arc<dyn Exporter>, clock: Clock) -> Self {
        if let Err(error) = remove(&folder) {
            tracing::warn!(%error, "files of earlier exports are still there");
        }
        let inner = Arc::new(Inner {
            folder,
            exporter,
            clock,
            turns: Semaphore::new(AT_ONCE),
            jobs: Mutex::default(),
            is_stopping: AtomicBool::new(false),
            changed: watch::channel(()).0,
        });
        Self {
            _stop: Arc::new(Stop(Arc::clone(&inner))),
            inner,
        }
    }

    /// Whether what is wished for can be made, as far as that can be said at once. May take its time.
    pub(in crate::dashboard) fn check(&self, config: &Config, wish: &ExportWish) -> Result<(), NotMade> {
        self.inner.exporter.check(config, wish)
    }

    /// Begins a job.
    pub(in crate::dashboard) fn begin(
        &self,
        author: Author,
        needs: Permission,
        wish: ExportWish,
        config: Arc<Config>,
    ) -> Result<JobId, Full> {
        let id = JobId::random().map_err(|_| Full)?;
        self.inner.sweep();
        let mut jobs = self.inner.jobs();
        let own = jobs.values().filter(|job| job.owner == author.name).count();
        let bytes: u64 = jobs.values().map(Job::bytes).sum();
        if own >= MOST_OF_ONE || jobs.len() >= MOST || bytes >= ROOM {
            return Err(Full);
        }
        let job = Job {
            owner: author.name.clone(),
            needs,
            wish: wish.clone(),
            state: State::Waiting,
            since: (self.inner.clock)().boot.0,
            end: Arc::default(),
        };
        let end = Arc::clone(&job.end);
        jobs.insert(id.clone(), job);
        drop(jobs);
        let work = Work {
            inner: Arc::clone(&self.inner),
            id: id.clone(),
            author,
            wish,
            config,
            end,
        };
        tokio::spawn(work.run());
        Ok(id)
    }

    /// Waits until a job is over, for so long at most.
    pub(in crate::dashboard) async fn wait(&self, id: &JobId, patience: Duration) {
        let mut changed = self.inner.changed.subscribe();
        let over = async {
            while self.inner.jobs().get(id).is_some_and(Job::is_under_way) {
                if changed.changed().await.is_err() {
                    return;
                }
            }
        };
        // Whoever does not want to wait longer sees how far it is.
        let _ = timeout(patience, over).await;
    }

    /// A user's job; `None` also where it is somebody else's.
    pub(in crate::dashboard) fn job(&self, id: &JobId, owner: &str) -> Option<Job> {
        self.inner.sweep();
        let jobs = self.inner.jobs();
        jobs.get(id).filter(|job| job.owner == owner).cloned()
    }

    /// A user's jobs.
    pub(in crate::dashboard) fn of(&self, owner: &str) -> Vec<(JobId, Job)> {
        self.inner.sweep();
        let jobs = self.inner.jobs();
        let own = jobs.iter().filter(|(_, job)| job.owner == owner);
        let mut own: Vec<_> = own.map(|(id, job)| (id.clone(), job.clone())).collect();
        own.sort_by_key(|(_, job)| std::cmp::Reverse(job.since));
        own
    }

    /// Ends a user's job, and removes its files.
    pub(in crate::dashboard) fn end(&self, id: &JobId, owner: &str) {
        let mut jobs = self.inner.jobs();
        if jobs.get(id).is_none_or(|job| job.owner != owner) {
            return;
        }
        if let Some(job) = jobs.remove(id) {
            job.end.store(true, Ordering::Relaxed);
        }
        drop(jobs);
        self.inner.clear(id);
    }

    /// Where a file of a job is.
    pub(in crate::dashboard) fn path(&self, id: &JobId, file: &Kept) -> PathBuf {
        self.inner.folder.join(&id.0).join(&file.name)
    }

    /// A file was sent whole. It stays: whether all of it came, nobody here knows.
    pub(in crate::dashboard) fn fetched(&self, id: &JobId, name: &str) {
        let mut jobs = self.inner.jobs();
        let Some(Job {
            state: State::Done { files, .. },
            ..
        }) = jobs.get_mut(id)
        else {
            return;
        };
        if let Some(file) = files.iter_mut().find(|file| file.name == name) {
            file.is_fetched = true;
        }
    }
}

impl Job {
    pub(in crate::dashboard) const fn is_under_way(&self) -> bool {
        matches!(self.state, State::Waiting | State::Making(..))
    }

    fn bytes(&self) -> u64 {
        match &self.state {
            State::Done { files, .. } => files.iter().map(|file| file.bytes).sum(),
            _ => 0,
        }
    }
}

impl Inner {
    fn jobs(&self) -> MutexGuard<'_, BTreeMap<JobId, Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        (self.clock)().boot.0
    }

    /// Removes what was kept for long enough.
    fn sweep(&self) {
        let (now, keep) = (self.now(), u64::try_from(KEEP.as_millis()).unwrap_or(u64::MAX));
        let is_old = |job: &Job| !job.is_under_way() && now.saturating_sub(job.since) >= keep;
        let mut jobs = self.jobs();
        let old: Vec<JobId> = jobs
            .iter()
            .filter(|(_, job)| is_old(job))
            .map(|(id, _)| id.clone())
            .collect();
        for id in &old {
            jobs.remove(id);
        }
        drop(jobs);
        for id in old {
            self.clear(&id);
        }
    }

    /// Removes a job's files.
    fn clear(&self, id: &JobId) {
        if let Err(error) = remove(&self.folder.join(&id.0)) {
            tracing::warn!(%error, "files of an export are still there");
        }
    }

    fn set(&self, id: &JobId, state: State) {
        if let Some(job) = self.jobs().get_mut(id) {
            job.state = state;
            job.since = self.now();
        }
        self.changed.send_replace(());
    }
}

/// A job on its way.
struct Work {
    inner: Arc<Inner>,
    id: JobId,
    author: Author,
    wish: ExportWish,
    config: Arc<Config>,
    end: Arc<AtomicBool>,
}

impl Work {
    async fn run(self) {
        let (inner, id, end) = (Arc::clone(&self.inner), self.id.clone(), Arc::clone(&self.end));
        let Ok(turn) = inner.turns.acquire().await else {
            return;
        };
        let made = tokio::task::spawn_blocking(move || self.make()).await;
        drop(turn);
        let state = made.unwrap_or_else(|error| {
            tracing::error!(%error, "an export was not made");
            State::Failed(Failure::Fault)
        });
        if !matches!(state, State::Done { .. }) || end.load(Ordering::Relaxed) {
            inner.clear(&id);
        }
        inner.set(&id, state);
        sleep(KEEP).await;
        inner.sweep();
    }

    fn make(&self) -> State {
        let folder = self.inner.folder.join(&self.id.0);
        if let Err(error) = begin_folder(&folder) {
            tracing::error!(%error, "an export has no place for its files");
            return State::Failed(Failure::Fault);
        }
        let mut is_too_large = false;
        let mut progress = |done, all| {
            let known: u64 = self.inner.jobs().values().map(Job::bytes).sum();
            is_too_large = known.saturating_add(size_of(&folder)) > ROOM;
            if let Some(job) = self.inner.jobs().get_mut(&self.id) {
                job.state = State::Making(done, all);
            }
            !is_too_large
                && !self.end.load(Ordering::Relaxed)
                && !self.inner.is_stopping.load(Ordering::Relaxed)
        };
        let made = self
            .inner
            .exporter
            .make(&self.config, &self.wish, &self.author, &folder, &mut progress);
        match made {
            Ok(Made { files, notes }) => State::Done {
                files: files
                    .into_iter()
                    .map(|file| Kept {
                        name: file.name,
                        sha256: file.sha256,
                        bytes: file.bytes,
                        is_fetched: false,
                    })
                    .collect(),
                notes,
            },
            Err(NotMade::Complaint { words, .. } | NotMade::Told(words)) => {
                State::Failed(Failure::Told(words))
            }
            Err(NotMade::Stopped) if is_too_large => State::Failed(Failure::TooLarge),
            Err(NotMade::Stopped) => State::Failed(Failure::Fault),
            Err(NotMade::Fault(error)) => {
                tracing::error!(%error, "an export was not made");
                State::Failed(Failure::Fault)
            }
        }
    }
}

fn begin_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let sizes = entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
    sizes.sum()
}

fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
