//! The log and its head on the disk.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, FlockOperation, Gid, Mode, OFlags, Uid};
use rustix::io::Errno;

use super::{AuditError, FILE, HEAD};
use crate::model::audit::{Head, Tail};

/// How long another process is waited for: [`PATIENCE`] times.
const MOMENT: Duration = Duration::from_millis(10);
const PATIENCE: u32 = 1_000;
/// Bytes that are read first of a log's end.
const WINDOW: u64 = 1 << 14;
/// A head has a number and 64 digits.
const LONGEST_HEAD: u64 = 128;

/// Both files, locked until this goes.
pub(super) struct Files {
    path: PathBuf,
    directory: OwnedFd,
    log: Option<File>,
}

/// The log as it was at a moment at which nobody wrote; it goes on meanwhile.
pub(super) struct Reading {
    path: PathBuf,
    log: Option<File>,
    stamp: Stamp,
}

/// What tells one state of the log from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    file: u64,
    length: u64,
    /// Of its content and of its names, nanoseconds.
    changed: [i128; 2],
    head: Option<Head>,
}

impl Files {
    /// To write: nobody else does until this goes.
    pub(super) fn to_append(state_dir: &Path) -> Result<Self, AuditError> {
        let directory = open_directory(state_dir).map_err(|error| fault(state_dir, error))?;
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let log = rustix::fs::openat(&directory, FILE, flags, Mode::RUSR | Mode::WUSR);
        let log = log.map_err(|error| fault(&state_dir.join(FILE), error))?;
        let files = Self {
            path: state_dir.to_owned(),
            directory,
            log: None,
        };
        files.give(&log, FILE)?;
        files.lock(&log, FlockOperation::NonBlockingLockExclusive)?;
        Ok(Self {
            log: Some(log.into()),
            ..files
        })
    }

    /// The log, if there is one.
    pub(super) const fn log(&self) -> Option<&File> {
        self.log.as_ref()
    }

    /// What the log ends with.
    pub(super) fn tail(&self) -> Result<Tail, AuditError> {
        let mut window = WINDOW;
        loop {
            let (bytes, is_whole) = self.end(window).map_err(|error| self.fault(FILE, error))?;
            if let Some(tail) = Tail::read(&bytes, is_whole) {
                return Ok(tail);
            }
            window = window.saturating_mul(8);
        }
    }

    /// Adds bytes; they are on the disk when this returns.
    pub(super) fn append(&self, bytes: &[u8]) -> Result<(), AuditError> {
        let Some(mut log) = self.log() else {
            return Ok(());
        };
        let written = log.write_all(bytes).and_then(|()| log.sync_data());
        written.map_err(|error| self.fault(FILE, error))
    }

    /// The head that was kept; `None` when there is none, or it is none.
    pub(super) fn head(&self) -> Result<Option<Head>, AuditError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.directory, HEAD, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(self.fault(HEAD, error)),
        };
        let mut bytes = Vec::new();
        let read = file.take(LONGEST_HEAD).read_to_end(&mut bytes);
        read.map_err(|error| self.fault(HEAD, error))?;
        Ok(std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.parse().ok()))
    }

    /// Keeps a head in the place of the one before, whole or not at all.
    pub(super) fn keep_head(&self, head: Head) -> Result<(), AuditError> {
        let draft = format!(".{HEAD}.draft");
        // One that was left behind: the lock says that nobody writes it now.
        match rustix::fs::unlinkat(&self.directory, &draft, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(self.fault(&draft, error)),
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.directory, &draft, flags, Mode::RUSR | Mode::WUSR);
        let file = file.map_err(|error| self.fault(&draft, error))?;
        self.give(&file, &draft)?;
        let mut file = File::from(file);
        let written = writeln!(file, "{head}").and_then(|()| file.sync_all());
        written.map_err(|error| self.fault(&draft, error))?;
        rustix::fs::renameat(&self.directory, &draft, &self.directory, HEAD)
            .and_then(|()| rustix::fs::fsync(&self.directory))
            .map_err(|error| self.fault(HEAD, error))
    }

    /// What went wrong with a file.
    pub(super) fn fault(&self, name: &str, source: impl Into<io::Error>) -> AuditError {
        fault(&self.path.join(name), source)
    }

    /// The last bytes of the log, and whether they are all of it.
    fn end(&self, window: u64) -> io::Result<(Vec<u8>, bool)> {
        let Some(mut log) = self.log() else {
            return Ok((Vec::new(), true));
        };
        let length = log.metadata()?.len();
        log.seek(SeekFrom::Start(length.saturating_sub(window)))?;
        let mut bytes = Vec::new();
        log.read_to_end(&mut bytes)?;
        Ok((bytes, length <= window))
    }

    fn stamp(&self) -> Result<Stamp, AuditError> {
        let mut stamp = Stamp {
            file: 0,
            length: 0,
            changed: [0; 2],
            head: self.head()?,
        };
        if let Some(log) = &self.log {
            let found = log.metadata().map_err(|error| self.fault(FILE, error))?;
            let nanoseconds =
                |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
            stamp.file = found.ino();
            stamp.length = found.len();
            stamp.changed = [
                nanoseconds(found.mtime(), found.mtime_nsec()),
                nanoseconds(found.ctime(), found.ctime_nsec()),
            ];
        }
        Ok(stamp)
    }

    fn lock(&self, log: &OwnedFd, how: FlockOperation) -> Result<(), AuditError> {
        for _ in 0..PATIENCE {
            match rustix::fs::flock(log, how) {
                Ok(()) => return Ok(()),
                Err(Errno::WOULDBLOCK) => std::thread::sleep(MOMENT),
                Err(error) => return Err(self.fault(FILE, error)),
            }
        }
        Err(AuditError::Busy(self.path.join(FILE)))
    }

    /// Gives a file to the directory's owner, unless it is theirs.
    fn give(&self, file: &OwnedFd, name: &str) -> Result<(), AuditError> {
        let wanted = rustix::fs::fstat(&self.directory).map_err(|error| self.fault(name, error))?;
        let found = rustix::fs::fstat(file).map_err(|error| self.fault(name, error))?;
        if (wanted.st_uid, wanted.st_gid) == (found.st_uid, found.st_gid) {
            return Ok(());
        }
        let (user, group) = (Uid::from_raw(wanted.st_uid), Gid::from_raw(wanted.st_gid));
        rustix::fs::fchown(file, Some(user), Some(group)).map_err(|error| self.fault(name, error))
    }
}

impl Stamp {
    /// Whether lines were added since, as far as that shows from outside.
    pub(super) fn is_grown_from(self, before: Self) -> bool {
        self.file == before.file && self.length > before.length && self.head != before.head
    }
}

impl Reading {
    /// To read what is there now. `None` when there is neither log nor head.
    pub(super) fn begin(state_dir: &Path) -> Result<Option<Self>, AuditError> {
        let directory = match open_directory(state_dir) {
            Ok(directory) => directory,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(fault(state_dir, error)),
        };
        let mut files = Files {
            path: state_dir.to_owned(),
            directory,
            log: None,
        };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match rustix::fs::openat(&files.directory, FILE, flags, Mode::empty()) {
            Ok(log) => {
                files.lock(&log, FlockOperation::NonBlockingLockShared)?;
                files.log = Some(log.into());
            }
            Err(Errno::NOENT) => {}
            Err(error) => return Err(files.fault(FILE, error)),
        }
        let stamp = files.stamp()?;
        if let Some(log) = &files.log {
            // What is there does not change any more, and a long log must not keep anybody from writing.
            rustix::fs::flock(log, FlockOperation::Unlock).map_err(|error| files.fault(FILE, error))?;
        }
        let Files { path, log, .. } = files;
        Ok((log.is_some() || stamp.head.is_some()).then_some(Self { path, log, stamp }))
    }

    /// Which state of the log this is.
    pub(super) const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The head that was kept beside it.
    pub(super) const fn head(&self) -> Option<Head> {
        self.stamp.head
    }

    /// Gives all lines in order, each with its end if it has one.
    pub(super) fn for_each_line(
        &self,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), AuditError> {
        let Some(log) = &self.log else {
            return Ok(());
        };
        let mut reader = BufReader::with_capacity(1 << 16, log.take(self.stamp.length));
        let mut line = Vec::new();
        loop {
            line.clear();
            let count = reader.read_until(b'\n', &mut line);
            let count = count.map_err(|error| fault(&self.path.join(FILE), error))?;
            if count == 0 {
                return Ok(());
            }
            take(&line).map_err(|error| fault(&self.path.join(FILE), error))?;
        }
    }
}

fn open_directory(path: &Path) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty())
}

fn fault(path: &Path, source: impl Into<io::Error>) -> AuditError {
    AuditError::File {
        path: path.to_owned(),
        source: source.into(),
    }
}
