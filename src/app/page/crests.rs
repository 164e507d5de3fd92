//! Pictures of crests beside the configuration file, where everything that it names may lie.
//!
//! A picture that somebody sends is looked at before it is kept, and is kept under a name that tells its content: so
//! none takes the place of one that is in use.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::LocalName;
use sha2::{Digest as _, Sha256};

use super::refused;
use crate::accounts::hex;
use crate::app::settings::{FileError, write_readable};
use crate::dashboard::{Loaded, PageError};
use crate::news::picture;
use crate::portal;

/// Their folder.
const FOLDER: &str = "crests";
/// Most of them: whoever sends pictures does not fill the disk.
const MOST: usize = 64;
/// Longest beginning of a name, characters.
const STEM: usize = 32;
/// Digits of the content's hash in a name.
const DIGITS: usize = 8;

/// Ends of names, and the media types that they stand for.
const KINDS: [(&str, &str); 4] = [
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
];

/// Names of those that there are, in order. `file` is the configuration file.
pub(super) fn list(file: &Path) -> Result<Vec<String>, PageError> {
    let entries = match fs::read_dir(folder(file)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(PageError::Fault(error.to_string())),
    };
    let names = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name().into_string().ok()?;
        let is_file = entry.file_type().ok()?.is_file();
        (is_file && is_name(&name)).then_some(name)
    });
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    Ok(names)
}

/// One of them.
pub(super) fn read(file: &Path, name: &str) -> Result<Option<Loaded>, PageError> {
    if !list(file)?.iter().any(|known| known == name) {
        return Ok(None);
    }
    let bytes = fs::read(folder(file).join(name)).map_err(|error| PageError::Fault(error.to_string()))?;
    Ok(portal::crest_type(&bytes)
        .ok()
        .map(|media_type| Loaded { media_type, bytes }))
}

/// Keeps a picture; the name that it is kept under.
pub(super) fn keep(file: &Path, name: &str, bytes: &[u8]) -> Result<String, PageError> {
    let media_type = portal::crest_type(bytes).map_err(|error| match error {
        portal::CrestError::TooLarge => refused("picture", "page-crest-large", 0),
        _ => refused("picture", "page-crest-wrong", 0),
    })?;
    let is_good = if media_type == "image/svg+xml" {
        is_drawing(bytes)
    } else {
        picture::check(bytes).is_ok()
    };
    let end = KINDS.iter().find(|(_, known)| *known == media_type);
    let Some((end, _)) = end.filter(|_| is_good) else {
        return Err(refused("picture", "page-crest-wrong", 0));
    };
    let mut digits = hex(&Sha256::digest(bytes));
    digits.truncate(DIGITS);
    let name = format!("{}-{digits}.{end}", stem(name));
    let names = list(file)?;
    if names.contains(&name) {
        return Ok(name);
    }
    if names.len() >= MOST {
        return Err(refused("picture", "page-crest-full", MOST));
    }
    let folder = folder(file);
    make(&folder).map_err(|error| closed(&error))?;
    write_readable(&folder.join(&name), bytes).map_err(|error| match error {
        FileError::Closed { source, .. } => closed(&source),
        other => PageError::Fault(other.to_string()),
    })?;
    Ok(name)
}

/// Names of those that nothing shows; `used` are the files that the settings name.
pub(super) fn unused(file: &Path, used: &[PathBuf]) -> Result<Vec<String>, PageError> {
    let mut names = list(file)?;
    names.retain(|name| !is_used(file, name, used));
    Ok(names)
}

/// Deletes one that nothing shows.
pub(super) fn remove(file: &Path, name: &str, used: &[PathBuf]) -> Result<(), PageError> {
    if !list(file)?.iter().any(|known| known == name) {
        return Err(refused("picture", "page-crest-gone", 0));
    }
    if is_used(file, name, used) {
        return Err(refused("picture", "page-crest-used", 0));
    }
    match fs::remove_file(folder(file).join(name)) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(closed(&error)),
    }
}

/// Whether the settings name it, by whatever path.
fn is_used(file: &Path, name: &str, used: &[PathBuf]) -> bool {
    let one = folder(file).join(name);
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let own = real(&one);
    used.iter().any(|path| *path == one || real(path) == own)
}

fn folder(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(FOLDER)
}

/// Makes the folder, unless it is there: whoever belongs to the group of the configuration file's folder reads it,
/// whatever the service keeps from others otherwise.
fn make(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Ok(()) => fs::set_permissions(folder, fs::Permissions::from_mode(0o750)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn closed(error: &io::Error) -> PageError {
    tracing::warn!(%error, "pictures cannot be put beside the configuration file");
    refused("picture", "page-crest-closed", 0)
}

/// Whether a file of this name is one of them: it stands in addresses as it is.
fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let end = name.rsplit_once('.').map(|(_, end)| end);
    let is_kind = end.is_some_and(|end| end == "jpeg" || KINDS.iter().any(|(known, _)| *known == end));
    is_kind && !name.starts_with('.') && name.bytes().all(is_plain)
}

/// The beginning of a name, of what somebody calls a picture.
fn stem(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let plain = name
        .chars()
        .map(|character| match character.to_ascii_lowercase() {
            plain @ ('a'..='z' | '0'..='9') => plain,
            _ => '-',
        });
    let plain: String = plain.take(STEM).collect();
    let plain = plain.trim_matches('-');
    if plain.is_empty() {
        "crest".to_owned()
    } else {
        plain.to_owned()
    }
}

/// Whether an SVG is well formed and a drawing alone: as a picture it runs nothing in any browser, and one that would
/// if it could is not kept.
fn is_drawing(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut reader = Reader::from_str(text);
    let (mut depth, mut is_svg) = (0_usize, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) if is_harmless(&element) => {
                is_svg |= depth == 0 && element.local_name().as_ref() == "svg";
                depth += 1;
            }
            Ok(Event::Empty(element)) if is_harmless(&element) => {
                is_svg |= depth == 0 && element.local_name().as_ref() == "svg";
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return is_svg && depth == 0,
            Ok(
                Event::Text(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::GeneralRef(_),
            ) => {}
            // A document type may define what grows without end.
            Ok(Event::Start(_) | Event::Empty(_) | Event::DocType(_)) | Err(_) => return false,
        }
    }
}

fn is_harmless(element: &BytesStart<'_>) -> bool {
    let lower = |name: LocalName<'_>| name.as_ref().to_ascii_lowercase();
    let acts =
        ["script", "foreignobject", "iframe", "handler"].contains(&lower(element.local_name()).as_str());
    let mut attributes = element.attributes();
    let are_quiet = attributes.all(|attribute| {
        attribute.is_ok_and(|attribute| !lower(attribute.key.local_name()).starts_with("on"))
    });
    !acts && are_quiet
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use image::{ImageFormat, RgbaImage};

    use super::{MOST, keep, list, read, remove, stem, unused};
    use crate::dashboard::PageError;

    const SVG: &str =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9v9z\"/></svg>";

    fn png(side: u32) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        RgbaImage::new(side, side)
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    fn why(kept: Result<String, PageError>) -> &'static str {
        match kept {
            Err(PageError::Refused(objection)) => objection.key,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_picture_is_kept_under_a_name_of_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portico.toml");
        assert_eq!(list(&file).unwrap(), [""; 0]);
        let name = keep(&file, "C:\\Stemma Città.PNG", &png(64)).unwrap();
        assert!(
            name.starts_with("stemma-citt-") && name.rsplit('.').next() == Some("png"),
            "{name}"
        );
        assert_eq!(keep(&file, "stemma città.png", &png(64)).unwrap(), name);
        let drawing = keep(&file, "../../x.svg", SVG.as_bytes()).unwrap();
        assert!(drawing.starts_with("x-"), "{drawing}");
        assert_eq!(list(&file).unwrap(), [name.clone(), drawing.clone()]);
        let loaded = read(&file, &drawing).unwrap().unwrap();
        assert_eq!(
            (loaded.media_type, loaded.bytes.as_slice()),
            ("image/svg+xml", SVG.as_bytes())
        );
        for other in ["../portico.toml", "none.png", ""] {
            assert!(read(&file, other).unwrap().is_none(), "{other}");
        }
        std::fs::write(folder.path().join("crests/notes.txt"), "x").unwrap();
        std::fs::write(folder.path().join("crests/.x.png"), "x").unwrap();
        assert_eq!(list(&file).unwrap().len(), 2);
        for number in 2..MOST {
            std::fs::write(folder.path().join(format!("crests/{number}.png")), "x").unwrap();
        }
        assert_eq!(
            why(keep(&file, "y", format!("{SVG} ").as_bytes())),
            "page-crest-full"
        );
        assert_eq!(stem("…"), "crest");
    }

    #[test]
    fn what_nothing_shows_can_be_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portico.toml");
        std::fs::write(&file, "x").unwrap();
        let shown = keep(&file, "a", SVG.as_bytes()).unwrap();
        let spare = keep(&file, "b", &png(64)).unwrap();
        let roundabout = folder.path().join("crests/../crests").join(&shown);
        let used = [folder.path().join("gone.png"), roundabout];
        assert_eq!(unused(&file, &used).unwrap(), [spare.as_str()]);
        let refused = |name: &str| why(remove(&file, name, &used).map(|()| String::new()));
        assert_eq!(refused(&shown), "page-crest-used");
        std::fs::write(folder.path().join("other.png"), "x").unwrap();
        std::fs::write(folder.path().join("crests/notes.txt"), "x").unwrap();
        std::os::unix::fs::symlink("../other.png", folder.path().join("crests/link.png")).unwrap();
        for other in [
            "../other.png",
            "../portico.toml",
            "/etc/hostname",
            "notes.txt",
            "link.png",
            "..",
            "",
            "x.png",
        ] {
            assert_eq!(refused(other), "page-crest-gone", "{other}");
        }
        assert!(file.exists() && folder.path().join("other.png").exists());
        remove(&file, &spare, &used).unwrap();
        assert_eq!(list(&file).unwrap(), [shown]);
        assert_eq!(refused(&spare), "page-crest-gone");
    }

    #[test]
    fn what_is_no_picture_or_more_than_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portico.toml");
        let scripts = SVG.replace("<path", "<script>alert(1)</script><path");
        let handler = SVG.replace("<path", "<path onload=\"alert(1)\"");
        let entity = format!("<!DOCTYPE svg [<!ENTITY a \"b\">]>{SVG}");
        let mut damaged = png(64);
        damaged.truncate(60);
        for bytes in [
            scripts.as_bytes(),
            handler.as_bytes(),
            entity.as_bytes(),
            b"<html><svg></svg></html>",
            b"<svg><g></svg>",
            b"GIF89a",
            b"",
            damaged.as_slice(),
            png(8).as_slice(),
        ] {
            assert_eq!(
                why(keep(&file, "x", bytes)),
                "page-crest-wrong",
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
        let large = format!("{SVG}{}", " ".repeat(64 << 10));
        assert_eq!(why(keep(&file, "x", large.as_bytes())), "page-crest-large");
        assert!(!folder.path().join("crests").exists());
        let nowhere = Path::new("/proc/portico.toml");
        assert_eq!(why(keep(nowhere, "x", SVG.as_bytes())), "page-crest-closed");
    }
}
