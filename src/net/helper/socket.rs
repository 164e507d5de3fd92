//! The listening socket, and who may use it.

use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
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
        let lock = lock(&directory.join(LOCK)).map_err(failed("take the lock"))?;
        let lock = lock.ok_or(HelperError::AlreadyRunning)?;
        let path = directory.join(SOCKET);
        // Left behind by a helper that was killed: the lock says that nobody listens.
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path).map_err(failed("make the socket"))?;
        let user = user_id(&gateway.user).await;
        restrict(&path, user).map_err(failed("set the socket's mode"))?;
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

fn lock(path: &Path) -> std::io::Result<Option<File>> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// For the user alone. A helper that may not give the socket away leaves it open: the credentials of
/// every connection are checked anyway.
fn restrict(path: &Path, user: Option<u32>) -> std::io::Result<()> {
    let given = user.is_none_or(|user| chown(path, Some(user), None).is_ok());
    let mode = if given { 0o600 } else { 0o666 };
    std::fs::set_permissions(path, Permissions::from_mode(mode))
}

/// The number of a user, by the system's own tool, which knows users that no file lists (systemd's
/// dynamic ones).
pub(super) async fn user_id(name: &str) -> Option<u32> {
    let output = Command::new("id").args(["-u", "--", name]).output().await.ok()?;
    let found = String::from_utf8(output.stdout).ok()?.trim().parse().ok();
    if found.is_none() {
        tracing::warn!("the configured user does not exist: only root may connect");
    }
    found
}
