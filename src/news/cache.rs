//! The last good copies on disk: what makes the page work with the uplink down, right after a start.
//!
//! One file per feed and one per picture, written whole and only when what they say has changed, for
//! a gateway's flash wears out. A damaged file is as if it were missing.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::feed::Entry;
use super::fetch::Validators;
use crate::model::{ItemId, Notice, Picture};

/// Longest file of a feed, bytes: what [`super::MOST_KEPT`] items can come to.
const MOST_FILE: u64 = 8 << 20;
/// Longest file of a picture, bytes.
const MOST_PICTURE: u64 = 1 << 20;
/// The form of the files; another one is not read.
const FORM: u32 = 1;
/// The program that wrote a file. Another one may read more out of the same document, so it asks
/// without validators.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// What is kept of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copy {
    /// News.
    pub entries: Vec<Entry>,
    /// Urgent notices.
    pub notices: Vec<Notice>,
    /// To ask whether there is something new.
    pub validators: Validators,
    /// When the copy was made.
    pub made: Option<Timestamp>,
}

impl Copy {
    /// Whether both say the same to people.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.entries == other.entries && self.notices == other.notices
    }
}

/// Why something could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The file system says no.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what was written.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
}

/// A feed's file.
#[derive(Serialize, Deserialize)]
struct Stored {
    form: u32,
    program: String,
    entries: Vec<Entry>,
    notices: Vec<Notice>,
    validators: Validators,
    made: Option<Timestamp>,
}

/// The first line of a picture's file.
#[derive(Serialize, Deserialize)]
struct PictureHead {
    media_type: String,
    width: u32,
    height: u32,
    /// Bytes that follow.
    length: usize,
}

/// The directory.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// In a directory, which is made when something is kept.
    #[must_use]
    pub const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// The copy of a feed; nothing if there is none.
    ///
    /// # Errors
    /// [`CacheError`]; the caller goes on without.
    pub fn feed(&self, feed: &ItemId) -> Result<Option<Copy>, CacheError> {
        let path = self.feed_path(feed);
        let Some(bytes) = read(&path, MOST_FILE)? else {
            return Ok(None);
        };
        let stored: Stored = match serde_json::from_slice(&bytes) {
            Ok(stored) => stored,
            Err(_) => return Err(CacheError::Damaged(path)),
        };
        if stored.form != FORM {
            return Ok(None);
        }
        let same_program = stored.program == PROGRAM;
        Ok(Some(Copy {
            entries: stored.entries,
            notices: stored.notices,
            validators: if same_program {
                stored.validators
            } else {
                Validators::default()
            },
            made: stored.made,
        }))
    }

    /// Keeps the copy of a feed.
    ///
    /// # Errors
    /// [`CacheError::File`]; the copy before stays.
    pub fn keep_feed(&self, feed: &ItemId, copy: &Copy) -> Result<(), CacheError> {
        let path = self.feed_path(feed);
        let stored = Stored {
            form: FORM,
            program: PROGRAM.to_owned(),
            entries: copy.entries.clone(),
            notices: copy.notices.clone(),
            validators: copy.validators.clone(),
            made: copy.made,
        };
        let bytes = serde_json::to_vec(&stored).map_err(|error| at(&path, error.into()))?;
        self.write(&path, &bytes)
    }

    /// A picture; nothing if it is not there.
    ///
    /// # Errors
    /// [`CacheError`]; the caller goes on without.
    pub fn picture(&self, picture: &ItemId) -> Result<Option<Picture>, CacheError> {
        let path = self.picture_path(picture);
        let Some(bytes) = read(&path, MOST_PICTURE)? else {
            return Ok(None);
        };
        parse_picture(&bytes).map(Some).ok_or(CacheError::Damaged(path))
    }

    /// Keeps a picture.
    ///
    /// # Errors
    /// [`CacheError::File`].
    pub fn keep_picture(&self, name: &ItemId, picture: &Picture) -> Result<(), CacheError> {
        let path = self.picture_path(name);
        let head = PictureHead {
            media_type: picture.media_type.to_owned(),
            width: picture.width,
            height: picture.height,
            length: picture.bytes.len(),
        };
        let mut bytes = serde_json::to_vec(&head).map_err(|error| at(&path, error.into()))?;
        bytes.push(b'\n');
        bytes.extend_from_slice(&picture.bytes);
        self.write(&path, &bytes)
    }

    /// Deletes the copies of other feeds and other pictures.
    ///
    /// # Errors
    /// [`CacheError::File`]: the first that could not be deleted.
    pub fn retain(&self, feeds: &BTreeSet<ItemId>, pictures: &BTreeSet<ItemId>) -> Result<(), CacheError> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(at(&self.directory, error)),
        };
        for entry in entries {
            let path = entry.map_err(|error| at(&self.directory, error))?.path();
            let is_wanted = |wanted: &BTreeSet<ItemId>| {
                let stem = path.file_stem().and_then(|stem| stem.to_str());
                // What has another name is somebody else's, for example the editor's.
                let name = stem.and_then(|stem| stem.parse::<ItemId>().ok());
                name.is_none_or(|name| wanted.contains(&name))
            };
            let stays = match path.extension().and_then(|extension| extension.to_str()) {
                Some("feed") => is_wanted(feeds),
                Some("picture") => is_wanted(pictures),
                Some("new") => is_wanted(&BTreeSet::new()),
                _ => true,
            };
            if !stays {
                fs::remove_file(&path).map_err(|error| at(&path, error))?;
            }
        }
        Ok(())
    }

    fn feed_path(&self, feed: &ItemId) -> PathBuf {
        self.directory.join(format!("{}.feed", feed.as_str()))
    }

    fn picture_path(&self, picture: &ItemId) -> PathBuf {
        self.directory.join(format!("{}.picture", picture.as_str()))
    }

    /// Whole or not at all, whenever the power goes.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), CacheError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o750)
            .create(&self.directory)
            .map_err(|error| at(&self.directory, error))?;
        let new = path.with_extension("new");
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o640)
            .open(&new)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&new, path));
        written.map_err(|error| at(path, error))
    }
}

fn parse_picture(bytes: &[u8]) -> Option<Picture> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (head, rest) = bytes.split_at(end);
    let head: PictureHead = serde_json::from_slice(head).ok()?;
    let bytes = rest.get(1..)?;
    let media_type = ["image/jpeg", "image/png", "image/webp"]
        .into_iter()
        .find(|name| *name == head.media_type)?;
    (bytes.len() == head.length).then(|| Picture {
        media_type,
        bytes: bytes.to_vec(),
        width: head.width,
        height: head.height,
    })
}

/// The bytes of a file that is there; one that is too long is damaged.
fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>, CacheError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path, error)),
    };
    let mut bytes = Vec::new();
    let length = file
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| at(path, error))?;
    match u64::try_from(length) {
        Ok(length) if length <= most => Ok(Some(bytes)),
        _ => Err(CacheError::Damaged(path.to_owned())),
    }
}

fn at(path: &Path, source: io::Error) -> CacheError {
    CacheError::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::{Cache, CacheError, Copy};
    use crate::model::{ItemId, Picture};
    use crate::news::fetch::Validators;

    fn copy() -> Copy {
        Copy {
            validators: Validators {
                etag: Some("\"1\"".to_owned()),
                modified: None,
            },
            made: Some("2026-11-22T12:00:00Z".parse().unwrap()),
            ..Copy::default()
        }
    }

    fn picture() -> Picture {
        Picture {
            media_type: "image/webp",
            bytes: b"a\nb".to_vec(),
            width: 2,
            height: 1,
        }
    }

    #[test]
    fn what_is_kept_is_read_again_and_the_rest_deleted() {
        let place = tempfile::tempdir().unwrap();
        let cache = Cache::new(place.path().join("news"));
        let (one, two) = (ItemId::from_bytes([1; 8]), ItemId::from_bytes([2; 8]));
        assert!(cache.feed(&one).unwrap().is_none() && cache.picture(&one).unwrap().is_none());
        for id in [&one, &two] {
            cache.keep_feed(id, &copy()).unwrap();
            cache.keep_picture(id, &picture()).unwrap();
        }
        let editor = place.path().join("news/editor.json");
        fs::write(&editor, "{}").unwrap();
        let keep = |id: &ItemId| BTreeSet::from([id.clone()]);
        cache.retain(&keep(&one), &keep(&two)).unwrap();
        assert_eq!(
            (cache.feed(&one).unwrap(), cache.feed(&two).unwrap()),
            (Some(copy()), None)
        );
        assert_eq!(
            (cache.picture(&one).unwrap(), cache.picture(&two).unwrap()),
            (None, Some(picture()))
        );
        assert!(editor.exists());
    }

    #[test]
    fn damage_is_told_from_absence() {
        let place = tempfile::tempdir().unwrap();
        let cache = Cache::new(place.path().to_owned());
        let one = ItemId::from_bytes([1; 8]);
        cache.keep_feed(&one, &copy()).unwrap();
        cache.keep_picture(&one, &picture()).unwrap();
        for name in ["feed", "picture"] {
            let path = place.path().join(format!("{}.{name}", one.as_str()));
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        }
        assert!(matches!(cache.feed(&one), Err(CacheError::Damaged(_))));
        assert!(matches!(cache.picture(&one), Err(CacheError::Damaged(_))));
    }

    #[test]
    fn another_program_s_validators_are_not_used() {
        let place = tempfile::tempdir().unwrap();
        let cache = Cache::new(place.path().to_owned());
        let one = ItemId::from_bytes([1; 8]);
        cache.keep_feed(&one, &copy()).unwrap();
        let path = place.path().join(format!("{}.feed", one.as_str()));
        let text = fs::read_to_string(&path).unwrap();
        let older = text.replace(
            &format!("\"program\":\"{}\"", super::PROGRAM),
            "\"program\":\"0\"",
        );
        assert_ne!(text, older);
        fs::write(&path, older).unwrap();
        assert_eq!(
            cache.feed(&one).unwrap().unwrap().validators,
            Validators::default()
        );
    }
}
