//! One file out of a ZIP archive (PKWARE APPNOTE 6.3), stored or deflated; bounded in what it unpacks.

use std::io::Read;

use flate2::read::DeflateDecoder;

use super::xml;
use crate::news::ParseError;

/// Most entries of an archive that are looked at.
const MOST_ENTRIES: usize = 256;
/// Length of the record at the end, which may be followed by a comment of up to 65 535 bytes (4.3.16).
const END: usize = 22;
/// Length of a directory entry without its name (4.3.12).
const ENTRY: usize = 46;
/// Length of the header before a file's bytes without its name (4.3.7).
const HEADER: usize = 30;

/// Whether the bytes begin as an archive does.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The first file whose name `wanted` likes.
pub(super) fn find(archive: &[u8], wanted: impl Fn(&str) -> bool) -> Result<Vec<u8>, ParseError> {
    let entry = entry(archive, wanted).ok_or(ParseError::Kind("an archive with a CAP alert"))?;
    unpack(archive, &entry).ok_or_else(|| ParseError::Malformed("the archive is damaged".to_owned()))?
}

/// What the directory says of a file.
struct Entry {
    method: u16,
    packed: usize,
    offset: usize,
}

fn entry(archive: &[u8], wanted: impl Fn(&str) -> bool) -> Option<Entry> {
    let tail_from = archive.len().saturating_sub(END + usize::from(u16::MAX));
    let tail = archive.get(tail_from..)?;
    let end = tail.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let mut at = long(tail, end.checked_add(16)?)?;
    for _ in 0..MOST_ENTRIES {
        if archive.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let field = |offset: usize| short(archive, at.checked_add(offset)?).map(usize::from);
        let (name_length, extra, comment) = (field(28)?, field(30)?, field(32)?);
        let name_at = at.checked_add(ENTRY)?;
        let name = archive.get(name_at..name_at.checked_add(name_length)?)?;
        if std::str::from_utf8(name).is_ok_and(&wanted) {
            return Some(Entry {
                method: short(archive, at.checked_add(10)?)?,
                packed: long(archive, at.checked_add(20)?)?,
                offset: long(archive, at.checked_add(42)?)?,
            });
        }
        at = name_at
            .checked_add(name_length)?
            .checked_add(extra)?
            .checked_add(comment)?;
    }
    None
}

/// `None` when the archive contradicts itself.
fn unpack(archive: &[u8], entry: &Entry) -> Option<Result<Vec<u8>, ParseError>> {
    let at = entry.offset;
    if archive.get(at..at.checked_add(4)?)? != b"PK\x03\x04" {
        return None;
    }
    let name = usize::from(short(archive, at.checked_add(26)?)?);
    let extra = usize::from(short(archive, at.checked_add(28)?)?);
    let begin = at.checked_add(HEADER)?.checked_add(name)?.checked_add(extra)?;
    let packed = archive.get(begin..begin.checked_add(entry.packed)?)?;
    let most = u64::try_from(xml::MOST_BYTES).unwrap_or(u64::MAX);
    let mut file = Vec::new();
    // One byte more than is allowed shows that there is more.
    let read = match entry.method {
        0 => packed.take(most + 1).read_to_end(&mut file),
        8 => DeflateDecoder::new(packed).take(most + 1).read_to_end(&mut file),
        _ => return None,
    };
    Some(match read {
        Err(error) => Err(ParseError::Malformed(error.to_string())),
        Ok(_) if file.len() > xml::MOST_BYTES => Err(ParseError::Refused("too much XML")),
        Ok(_) => Ok(file),
    })
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(field.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(field.try_into().ok()?)).ok()
}
