//! Files that are whole or absent: written beside their place under another name, on the disk before they
//! are put there, and gone when anything fails.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use sha2::{Digest as _, Sha256};

use super::{Export, ReportError};

/// Written at once.
const BUFFER: usize = 1 << 17;
/// So many drafts of one file may have been left by processes of our own number.
const MOST_LEFT: u32 = 100;

/// Why a file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {source}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// A file that stands where it was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// Of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

impl Written {
    /// What a file holds that stands there already.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn of(path: &Path) -> Result<Self, FileError> {
        let fault = |source| FileError {
            path: path.to_owned(),
            source,
        };
        let mut file = File::open(path).map_err(fault)?;
        let (mut hash, mut bytes, mut part) = (Sha256::new(), 0, vec![0; BUFFER]);
        loop {
            let count = file.read(&mut part).map_err(fault)?;
            if count == 0 {
                break;
            }
            hash.update(&part[..count]);
            bytes += u64::try_from(count).unwrap_or(u64::MAX);
        }
        Ok(Self {
            path: path.to_owned(),
            sha256: hexadecimal(&hash.finalize()),
            bytes,
        })
    }
}

/// A file in the making; it goes when nobody publishes it.
pub(super) struct Draft {
    path: PathBuf,
    beside: PathBuf,
    file: Option<BufWriter<File>>,
    hash: Sha256,
    bytes: u64,
}

impl Draft {
    /// Begins a file.
    pub(super) fn new(path: &Path) -> Result<Self, FileError> {
        Self::with_mode(path, 0o644)
    }

    fn with_mode(path: &Path, mode: u32) -> Result<Self, FileError> {
        let fault = |source: io::Error| FileError {
            path: path.to_owned(),
            source,
        };
        let Some(name) = path.file_name().filter(|_| !path.is_dir()) else {
            return Err(fault(io::Error::from(io::ErrorKind::IsADirectory)));
        };
        // A pipe or /dev/stdout would be replaced, and nobody at its other end hear of it.
        if std::fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            let what = "a link, a pipe or a device is there, and a file would take its place";
            return Err(fault(io::Error::other(what)));
        }
        let name = name.to_string_lossy();
        sweep(path, &name);
        let (file, beside) = begin(path, &name, mode).map_err(fault)?;
        Ok(Self {
            path: path.to_owned(),
            beside,
            file: Some(BufWriter::with_capacity(BUFFER, file)),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// What went wrong with it.
    pub(super) fn fault(&self, source: io::Error) -> FileError {
        FileError {
            path: self.path.clone(),
            source,
        }
    }

    /// The file that it will be.
    fn written(&self) -> Written {
        Written {
            path: self.path.clone(),
            sha256: hexadecimal(&self.hash.clone().finalize()),
            bytes: self.bytes,
        }
    }

    /// Puts everything on the disk.
    fn settle(&mut self) -> io::Result<()> {
        let Some(mut file) = self.file.take() else {
            return Ok(());
        };
        file.flush()?;
        file.get_ref().sync_all()
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(file) = &mut self.file else {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        };
        let count = file.write(bytes)?;
        self.hash.update(&bytes[..count]);
        self.bytes += u64::try_from(count).unwrap_or(u64::MAX);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After publication there is none of this name. Who cannot remove it has said why before.
        drop(std::fs::remove_file(&self.beside));
    }
}

/// A new file beside the one that is wanted. Its name tells which process makes it, and the number is for those
/// that an earlier process of the same number left.
fn begin(path: &Path, name: &str, mode: u32) -> io::Result<(File, PathBuf)> {
    let mut number = 0_u32;
    loop {
        let beside = path.with_file_name(format!(".{name}.{}-{number}.part", std::process::id()));
        let mut options = OpenOptions::new();
        match options.write(true).create_new(true).mode(mode).open(&beside) {
            Ok(file) => return Ok((file, beside)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < MOST_LEFT => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Takes away what processes that are no more left of the file. What cannot be taken away does no harm.
fn sweep(path: &Path, name: &str) {
    let start = format!(".{name}.");
    for entry in std::fs::read_dir(folder_of(path)).into_iter().flatten().flatten() {
        let found = entry.file_name();
        let middle = found
            .to_str()
            .and_then(|found| found.strip_prefix(&start)?.strip_suffix(".part"));
        let maker = middle.and_then(|middle| middle.split_once('-')?.0.parse().ok());
        let maker = maker.and_then(Pid::from_raw);
        if maker.is_some_and(|maker| test_kill_process(maker) == Err(Errno::SRCH)) {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new("."))
}

/// Notes files that are about to stand where they were wanted.
pub type Notary<'a> = dyn FnMut(&[Written]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> + 'a;

/// Puts files where they are wanted. `note` hears of them when they are on the disk and not yet there: where
/// it fails, none will be. `stale` is what described the first one until now.
pub(super) fn publish(
    mut drafts: Vec<Draft>,
    stale: Option<&Path>,
    note: &mut Notary<'_>,
) -> Result<Vec<Written>, ReportError> {
    let written = settle(&mut drafts)?;
    note(&written).map_err(ReportError::Unnoted)?;
    place(drafts, stale)?;
    Ok(written)
}

/// Puts everything on the disk, under other names.
fn settle(drafts: &mut [Draft]) -> Result<Vec<Written>, FileError> {
    let settled = drafts.iter_mut().map(|draft| {
        let settled = draft.settle();
        settled.map_err(|error| draft.fault(error))?;
        Ok(draft.written())
    });
    settled.collect()
}

/// Gives files the names they were wanted under: those beside the first one before it, so that where it
/// stands, all of them do. Where there is a first one from before, those beside it go first and come last: whatever
/// ends it in the middle, nothing describes what is not there.
fn place(drafts: Vec<Draft>, stale: Option<&Path>) -> Result<(), FileError> {
    let is_replaced = drafts.first().is_some_and(|first| first.path.exists());
    if !is_replaced {
        stale.map_or(Ok(()), remove)?;
        return drafts.into_iter().rev().try_for_each(|draft| name(&draft));
    }
    let beside = drafts.iter().skip(1).map(|draft| draft.path.as_path());
    for path in beside.chain(stale) {
        remove(path)?;
    }
    drafts.into_iter().try_for_each(|draft| name(&draft))
}

fn remove(path: &Path) -> Result<(), FileError> {
    let removed = match std::fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        removed => removed.and_then(|()| File::open(folder_of(path))?.sync_all()),
    };
    removed.map_err(|source| FileError {
        path: path.to_owned(),
        source,
    })
}

fn name(draft: &Draft) -> Result<(), FileError> {
    std::fs::rename(&draft.beside, &draft.path)
        .and_then(|()| File::open(folder_of(&draft.path)))
        .and_then(|folder| folder.sync_all())
        .map_err(|error| draft.fault(error))
}

/// One file of bytes that are there already.
pub(super) fn write_one(
    path: &Path,
    bytes: &[u8],
    notes: Vec<String>,
    note: &mut Notary<'_>,
) -> Result<Export, ReportError> {
    let mut draft = Draft::new(path)?;
    draft.write_all(bytes).map_err(|error| draft.fault(error))?;
    Ok(Export {
        files: publish(vec![draft], None, note)?,
        notes,
        rows: 0,
    })
}

/// Writes a file that its owner alone may read, by what `fill` gives.
///
/// # Errors
/// [`FileError`], or what `fill` said; nothing was changed.
pub fn write_private<E: From<FileError>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<Vec<Written>, E> {
    let mut draft = Draft::with_mode(path, 0o600)?;
    fill(&mut draft)?;
    let mut drafts = vec![draft];
    let written = settle(&mut drafts)?;
    place(drafts, None)?;
    Ok(written)
}

/// Of a text, in hexadecimal digits.
pub(super) fn digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Draft, publish};
    use std::io::Write as _;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let names = || -> Vec<String> {
            let entries = std::fs::read_dir(folder.path()).unwrap();
            entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        };
        let path = folder.path().join("a.csv");
        let mut draft = Draft::new(&path).unwrap();
        draft.write_all(b"half").unwrap();
        assert!(
            !path.exists() && names().len() == 1,
            "under another name until it is whole"
        );
        drop(draft);
        assert!(names().is_empty(), "nothing is left of it");
        std::fs::write(&path, "old").unwrap();
        let mut draft = Draft::new(&path).unwrap();
        draft.write_all(b"abc").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        let mut beside = Draft::new(&folder.path().join("b.json")).unwrap();
        beside.write_all(b"{}").unwrap();
        let mut noted = 0;
        let mut note = |files: &[super::Written]| {
            noted = files.len();
            // Nothing stands there before it is noted.
            assert_eq!(std::fs::read(&path)?, b"old");
            Ok(())
        };
        let written = publish(vec![draft, beside], None, &mut note).unwrap();
        assert_eq!(noted, 2);
        assert_eq!(std::fs::read(&path).unwrap(), b"abc");
        // FIPS 180-4, the digest of "abc".
        assert_eq!(
            written[0].sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!((written[0].bytes, written[1].bytes, names().len()), (3, 2, 2));
        assert_eq!(super::Written::of(&path).unwrap(), written[0]);
    }

    #[test]
    fn nothing_describes_a_file_that_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let [main, beside] = ["a.csv", "a.csv-metadata.json"].map(|name| folder.path().join(name));
        std::fs::write(&main, "old").unwrap();
        std::fs::write(&beside, "of the old one").unwrap();
        let mut drafts = vec![Draft::new(&main).unwrap(), Draft::new(&beside).unwrap()];
        for draft in &mut drafts {
            draft.write_all(b"new").unwrap();
        }
        // The second one fails: its draft is away.
        std::fs::remove_file(&drafts[1].beside).unwrap();
        let error = publish(drafts, None, &mut |_| Ok(())).unwrap_err().to_string();
        assert!(error.contains("a.csv-metadata.json cannot be written"), "{error}");
        assert_eq!(
            (std::fs::read(&main).unwrap(), beside.exists()),
            (b"new".to_vec(), false)
        );
    }

    #[test]
    fn what_cannot_be_noted_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let drafts = ["a.csv", "b.json"].map(|name| Draft::new(&folder.path().join(name)).unwrap());
        let mut full = |_: &[super::Written]| Err("no room".into());
        let error = publish(drafts.into(), None, &mut full).unwrap_err().to_string();
        assert!(error.contains("cannot be noted"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (link, socket) = (folder.path().join("link"), folder.path().join("socket"));
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        let _bound = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for path in [link, socket] {
            let error = Draft::new(&path).err().unwrap().to_string();
            assert!(error.contains("would take its place"), "{error}");
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            2,
            "no draft either"
        );
    }

    #[test]
    fn what_killed_processes_left_is_taken_away_and_blocks_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let left = |name: String| {
            let left = folder.path().join(name);
            std::fs::write(&left, "half").unwrap();
            left
        };
        let dead = left(format!(".a.csv.{dead}-0.part"));
        let own = left(format!(".a.csv.{}-0.part", std::process::id()));
        let other = left(".a.csv.of somebody.part".to_owned());
        let draft = Draft::new(&path).unwrap();
        assert!(!dead.exists() && own.exists() && other.exists());
        assert_ne!(draft.beside, own);
        assert!(draft.beside.exists());
    }

    #[test]
    fn a_folder_is_not_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = Draft::new(folder.path()).err().unwrap().to_string();
        assert!(error.contains("cannot be written"), "{error}");
        assert!(Draft::new(&folder.path().join("no/such/a.csv")).is_err());
    }
}
