//! The configuration file: another text in its place, whole or not at all, with owner and mode as they were.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Gid, Uid};

/// The bits of a mode that are kept.
const MODE: u32 = 0o777;

/// Why a file was not read or replaced; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Nothing may be written where it is.
    #[error(
        "the service may not write in {}: {source}; systemd/portico.service (ReadWritePaths) and \
         systemd/portico.tmpfiles (owner and mode) allow it",
        path.display()
    )]
    Closed {
        /// Its directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It would be another group's: whoever reads it by its group could not any more.
    #[error("the group of {} cannot be kept: {source}", path.display())]
    Group {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(|source| FileError::Read {
        path: path.to_owned(),
        source,
    })
}

/// What is in a file, whether that is a text or not; `None` where there is none.
pub(super) fn read_any(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FileError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Puts a text in the place of a file that is there. A process without privilege gives no file away: where the
/// file was another user's, it becomes this one's, with group and mode as they were.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), FileError> {
    let read = |source| FileError::Read {
        path: path.to_owned(),
        source,
    };
    // A link stays a link.
    let path = fs::canonicalize(path).map_err(read)?;
    let before = fs::metadata(&path).map_err(read)?;
    put(
        &path,
        text.as_bytes(),
        before.mode() & MODE,
        Some((before.uid(), before.gid())),
    )
}

/// Writes a file that only its owner reads, whether there is one or not.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    put(path, bytes, 0o600, None)
}

/// Writes a file that its owner's group reads too, whether there is one or not.
pub(in crate::app) fn write_readable(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    put(path, bytes, 0o640, None)
}

/// Removes a file, if there is one.
pub(super) fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(FileError::Write {
            path: path.to_owned(),
            source,
        }),
        _ => {
            sync_directory(path);
            Ok(())
        }
    }
}

fn put(path: &Path, bytes: &[u8], mode: u32, owner: Option<(u32, u32)>) -> Result<(), FileError> {
    let write = |source| FileError::Write {
        path: path.to_owned(),
        source,
    };
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".draft");
    let draft = path.with_file_name(name);
    let mut file = create(&draft, path)?;
    let outcome =
        fill(&mut file, bytes, mode, owner, path).and_then(|()| fs::rename(&draft, path).map_err(write));
    match &outcome {
        Ok(()) => sync_directory(path),
        // Whatever is left of it is in nobody's way: the next one begins by removing it.
        Err(_) => drop(fs::remove_file(&draft)),
    }
    outcome
}

fn create(draft: &Path, path: &Path) -> Result<File, FileError> {
    let open = || -> io::Result<File> {
        match fs::remove_file(draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(draft)
    };
    open().map_err(|source| match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => FileError::Closed {
            path: path.parent().unwrap_or(path).to_owned(),
            source,
        },
        _ => FileError::Write {
            path: path.to_owned(),
            source,
        },
    })
}

fn fill(
    file: &mut File,
    bytes: &[u8],
    mode: u32,
    owner: Option<(u32, u32)>,
    path: &Path,
) -> Result<(), FileError> {
    let write = |source| FileError::Write {
        path: path.to_owned(),
        source,
    };
    if let Some((user, group)) = owner {
        give(file, user, group).map_err(|source| FileError::Group {
            path: path.to_owned(),
            source,
        })?;
    }
    file.set_permissions(fs::Permissions::from_mode(mode))
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.sync_all())
        .map_err(write)
}

fn give(file: &File, user: u32, group: u32) -> io::Result<()> {
    let now = file.metadata()?;
    let (user, group) = (
        (now.uid() != user).then(|| Uid::from_raw(user)),
        (now.gid() != group).then(|| Gid::from_raw(group)),
    );
    if (user.is_some() || group.is_some())
        && rustix::fs::fchown(file, user, group).is_err()
        && group.is_some()
    {
        return Ok(rustix::fs::fchown(file, None, group)?);
    }
    Ok(())
}

/// So that it lasts through a power cut. It is done whether this works or not: some file systems cannot.
fn sync_directory(path: &Path) {
    let directory = path
        .parent()
        .filter(|directory| !directory.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    if let Err(error) = File::open(directory).and_then(|directory| directory.sync_all()) {
        tracing::warn!(%error, directory = %directory.display(), "a power cut now may bring the former file back");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};

    use super::{FileError, read, replace, write_private};

    #[test]
    fn another_text_with_the_owner_and_the_mode_of_before() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("portico.toml"), folder.path().join("link"));
        fs::write(&file, "a").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        // The tests run as root, as those of the kernel have to.
        chown(&file, Some(12), Some(34)).unwrap();
        symlink(&file, &link).unwrap();
        fs::write(folder.path().join(".portico.toml.draft"), "left behind").unwrap();
        replace(&link, "b").unwrap();
        let after = fs::metadata(&file).unwrap();
        assert_eq!((after.uid(), after.gid(), after.mode() & 0o7777), (12, 34, 0o640));
        assert_eq!(read(&file).unwrap(), "b");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left");
        let private = folder.path().join("private");
        write_private(&private, b"c").unwrap();
        assert_eq!(fs::metadata(&private).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn where_nothing_may_be_written_it_says_so() {
        // No user may write there, root neither.
        let missing = std::path::Path::new("/proc/version");
        let told = replace(missing, "b").unwrap_err();
        assert!(
            matches!(told, FileError::Write { .. } | FileError::Closed { .. }),
            "{told}"
        );
        assert!(matches!(
            read(std::path::Path::new("/nowhere")),
            Err(FileError::Read { .. })
        ));
    }
}
