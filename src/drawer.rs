//! A directory of files that the service and commands both write: what the editor wrote, announced works.
//!
//! The directory belongs to the service, while who runs a command is often root. So nothing in it is trusted
//! to be what it seems: every file is opened below the directory's descriptor and never through a
//! symbolic link, new files are made under another name and put in place whole, and they are given to
//! the directory's owner.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, FlockOperation, Gid, Mode, OFlags, Uid};
use rustix::io::Errno;

/// How long another writer is waited for: 100 times.
const PATIENCE: Duration = Duration::from_millis(100);

/// Why a file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum DrawerError {
    /// It cannot be.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Somebody else is writing for ten seconds.
    #[error("somebody else is writing; try again")]
    Busy,
}

/// An open directory.
#[derive(Debug)]
pub struct Drawer {
    path: PathBuf,
    directory: OwnedFd,
    owner: (Uid, Gid),
}

impl Drawer {
    /// Opens the directory; `None` when there is none.
    ///
    /// # Errors
    /// [`DrawerError::File`].
    pub fn open(path: &Path) -> Result<Option<Self>, DrawerError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(directory) => directory,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(at(path, error)),
        };
        let directory = File::from(directory);
        let metadata = directory.metadata().map_err(|error| at(path, error))?;
        Ok(Some(Self {
            path: path.to_owned(),
            owner: (Uid::from_raw(metadata.uid()), Gid::from_raw(metadata.gid())),
            directory: directory.into(),
        }))
    }

    /// Opens the directory, and makes it if need be; it then belongs to who has its parent.
    ///
    /// # Errors
    /// [`DrawerError::File`].
    pub fn make(path: &Path) -> Result<Self, DrawerError> {
        let name = path.file_name().ok_or_else(|| at(path, Errno::INVAL))?;
        let parent = path.parent().unwrap_or(Path::new("/"));
        let state = Self::open(parent)?.ok_or_else(|| at(parent, Errno::NOENT))?;
        match rustix::fs::mkdirat(&state.directory, name, Mode::RWXU) {
            Ok(()) => {
                let (user, group) = state.owner;
                let kept = AtFlags::SYMLINK_NOFOLLOW;
                rustix::fs::chownat(&state.directory, name, Some(user), Some(group), kept)
                    .map_err(|error| at(path, error))?;
            }
            Err(Errno::EXIST) => {}
            Err(error) => return Err(at(path, error)),
        }
        Self::open(path)?.ok_or_else(|| at(path, Errno::NOENT))
    }

    /// Waits a while until no other writer holds the lock of that name; it goes with what is returned.
    ///
    /// # Errors
    /// [`DrawerError`].
    pub fn lock(&self, name: &str) -> Result<OwnedFd, DrawerError> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let lock = rustix::fs::openat(&self.directory, name, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|error| self.at(name, error))?;
        self.give(&lock, name)?;
        for _ in 0..100 {
            match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(lock),
                Err(Errno::WOULDBLOCK) => std::thread::sleep(PATIENCE),
                Err(error) => return Err(self.at(name, error)),
            }
        }
        Err(DrawerError::Busy)
    }

    /// The bytes of a file; `None` when there is none.
    ///
    /// # Errors
    /// [`DrawerError::File`], also when it has more than `most` bytes.
    pub fn read(&self, name: &str, most: usize) -> Result<Option<Vec<u8>>, DrawerError> {
        // Not to wait for the other end of a pipe that somebody put there.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.directory, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(self.at(name, error)),
        };
        let metadata = file.metadata().map_err(|error| self.at(name, error))?;
        if !metadata.is_file() {
            return Err(self.at(name, Errno::INVAL));
        }
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| self.at(name, error))?;
        if bytes.len() > most {
            return Err(self.at(name, Errno::FBIG));
        }
        Ok(Some(bytes))
    }

    /// Puts a file in the place of the one before, whole or not at all. Whoever does holds the lock.
    ///
    /// # Errors
    /// [`DrawerError::File`].
    pub fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), DrawerError> {
        let draft = format!(".{name}.draft");
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::WGRP;
        // One that was left behind; the lock says that nobody writes it now.
        self.remove(&draft)?;
        let file = rustix::fs::openat(&self.directory, &draft, flags, mode)
            .map_err(|error| self.at(&draft, error))?;
        // Whatever the umask is.
        rustix::fs::fchmod(&file, mode).map_err(|error| self.at(&draft, error))?;
        self.give(&file, &draft)?;
        let mut file = File::from(file);
        file.write_all(bytes)
            .and_then(|()| file.sync_all())
            .map_err(|error| self.at(&draft, error))?;
        rustix::fs::renameat(&self.directory, &draft, &self.directory, name)
            .and_then(|()| rustix::fs::fsync(&self.directory))
            .map_err(|error| self.at(name, error))
    }

    /// Removes a file, if there is one.
    ///
    /// # Errors
    /// [`DrawerError::File`].
    pub fn remove(&self, name: &str) -> Result<(), DrawerError> {
        match rustix::fs::unlinkat(&self.directory, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.at(name, error)),
        }
    }

    /// Gives a file to the directory's owner, unless it is theirs.
    fn give(&self, file: &OwnedFd, name: &str) -> Result<(), DrawerError> {
        let (user, group) = self.owner;
        let stat = rustix::fs::fstat(file).map_err(|error| self.at(name, error))?;
        if (stat.st_uid, stat.st_gid) == (user.as_raw(), group.as_raw()) {
            return Ok(());
        }
        rustix::fs::fchown(file, Some(user), Some(group)).map_err(|error| self.at(name, error))
    }

    fn at(&self, name: &str, source: impl Into<std::io::Error>) -> DrawerError {
        at(&self.path.join(name), source)
    }
}

fn at(path: &Path, source: impl Into<std::io::Error>) -> DrawerError {
    DrawerError::File {
        path: path.to_owned(),
        source: source.into(),
    }
}
