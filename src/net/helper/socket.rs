//! The listening socket, and who may use it.

use std::fs::{File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use tokio::net::{UnixListener, UnixStream};
use tokio::process::Command;

use super::HelperError;
use crate::config::Gateway;
use crate::net::client::SOCKET;

/// Held for as long as the helper runs.
const LOCK: &str = "netd.lock";

/// The socket in the run directory; only one helper can have it.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// The configured user; `None` if there is no such user, then only root may connect.
    pub(super) user: Option<u32>,
    listener: UnixListener,
    path: PathBuf,
    _lock: File,
}

impl Endpoint {
    /// Takes the run directory, or fails if another helper has it.
    pub(super) async fn bind(gateway: &Gateway) -> Result<Self, HelperError> {
        let directory = &gateway.run_dir;
        let failed = |what: &str| {
            let what = format!("{what} in {}", directory.display());
            move |error| HelperError::Socket { what, error }
        };
        std::fs::create_dir_all(directory).map_err(failed("make directories"))?;
        let lock = lock(directory)?.ok_or(HelperError::AlreadyRunning)?;
        let path = directory.join(SOCKET);
        // Left behind by a helper that was killed: the lock says that nobody listens.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(foreign(&path, error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed("make the socket"))?;
        let user = user_id(&gateway.user).await;
        let groups = groups(&gateway.user).await;
        restrict(&path, user, &groups).map_err(failed("set the socket's mode"))?;
        Ok(Self {
            user,
            listener,
            path,
            _lock: lock,
        })
    }

    /// The next connection.
    pub(super) async fn accept(&self) -> std::io::Result<UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }

    /// Removes the socket; nobody else has it while the lock is held.
    pub(super) fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Takes the lock of the run directory; none if another helper has it.
fn lock(directory: &Path) -> Result<Option<File>, HelperError> {
    let path = directory.join(LOCK);
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path);
    let file = opened.map_err(|error| foreign(&path, error))?;
    // A file that root left in the service's own directory would keep the service out for ever.
    if let (Ok(file_meta), Ok(owner)) = (file.metadata(), directory.metadata())
        && file_meta.uid() != owner.uid()
    {
        let _ = fchown(&file, Some(owner.uid()), Some(owner.gid()));
    }
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(errno) => Err(foreign(&path, errno.into())),
    }
}

/// The error about a file of ours that another user's helper has left.
fn foreign(path: &Path, error: std::io::Error) -> HelperError {
    let path = path.display();
    let what = format!(
        "take {path}: if a portico-netd that ran as another user has left it, stop that one and remove the file"
    );
    HelperError::Socket { what, error }
}

/// For the user alone, or, without the right to give the socket away (as under systemd), for the group
/// that it has if that is one of the user's. Never for everybody, though the credentials of every
/// connection are checked anyway.
fn restrict(path: &Path, user: Option<u32>, groups: &[u32]) -> std::io::Result<()> {
    let given = user.is_some_and(|user| chown(path, Some(user), None).is_ok());
    let group = path.metadata()?.gid();
    let mode = if !given && user.is_some() && groups.contains(&group) {
        0o660
    } else {
        0o600
    };
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

/// The number of a user, by the system's own tool, which knows users that no file lists (systemd's
/// dynamic ones).
pub(super) async fn user_id(name: &str) -> Option<u32> {
    let found = numbers("-u", name).await.first().copied();
    if found.is_none() {
        tracing::warn!("the configured user does not exist: only root may connect");
    }
    found
}

/// The groups of a user; none if there is no such user.
async fn groups(name: &str) -> Vec<u32> {
    numbers("-G", name).await
}

async fn numbers(which: &str, name: &str) -> Vec<u32> {
    let output = Command::new("id").args([which, "--", name]).output().await;
    let text = output.map(|output| output.stdout).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.split_whitespace()
        .filter_map(|number| number.parse().ok())
        .collect()
}
