//! Files that somebody has changed by hand, kept aside in the state directory when their place is taken: none is ever
//! overwritten, and the same text is kept once.

use std::fs;
use std::path::{Path, PathBuf};

use super::file::{self, FileError};

/// What their names begin and end with; from the second on a number stands between.
const NAME: (&str, &str) = ("settings-by-hand", ".toml");

/// Where a text is kept, or will be.
pub(super) fn place_of(state_dir: &Path, text: &[u8]) -> PathBuf {
    let mut number = 1_u32;
    loop {
        let path = numbered(state_dir, number);
        let is_free = fs::symlink_metadata(&path).is_err();
        if is_free || fs::read(&path).is_ok_and(|kept| kept == text) {
            return path;
        }
        // There are not as many files in any directory.
        number = number.saturating_add(1);
    }
}

/// Keeps a text, or what somebody meant to be one.
pub(super) fn keep(state_dir: &Path, text: &[u8]) -> Result<PathBuf, FileError> {
    let path = place_of(state_dir, text);
    file::write_private(&path, text)?;
    Ok(path)
}

/// All that are kept.
pub(super) fn kept(state_dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(state_dir).into_iter().flatten().flatten();
    let is_kept = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(NAME.0) && name.ends_with(NAME.1))
    };
    let mut kept: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_kept).collect();
    kept.sort();
    kept
}

fn numbered(state_dir: &Path, number: u32) -> PathBuf {
    let (begin, end) = NAME;
    state_dir.join(match number {
        1 => format!("{begin}{end}"),
        _ => format!("{begin}-{number}{end}"),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{keep, kept, place_of};

    #[test]
    fn none_is_overwritten_and_the_same_text_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = keep(folder.path(), b"a").unwrap();
        let second = keep(folder.path(), b"b").unwrap();
        assert_eq!(keep(folder.path(), b"a").unwrap(), first);
        assert_eq!(place_of(folder.path(), b"b"), second);
        assert_eq!(
            place_of(folder.path(), b"c"),
            folder.path().join("settings-by-hand-3.toml")
        );
        fs::write(folder.path().join("settings-pending.json"), "{}").unwrap();
        assert_eq!(kept(folder.path()), [second.clone(), first.clone()]);
        let texts = [first, second].map(|path| fs::read_to_string(path).unwrap());
        assert_eq!(texts, ["a", "b"]);
    }
}
