//! ZIP archives, written as their parts come: of the format only what an XLSX file needs (APPNOTE 6.3.10,
//! sections 4.3.7, 4.3.9, 4.3.12, 4.3.16).
//!
//! Parts are compressed each by itself, so that several threads can: DEFLATE streams that end on a byte may be
//! put one behind the other.

use std::io::Write as _;

use flate2::{Compress, Compression, FlushCompress};

use super::ReportError;
use super::file::Draft;
use super::pipeline::Chunk;

/// DEFLATE (section 4.4.5).
const DEFLATE: u16 = 8;
/// Version needed: 2.0 (section 4.4.3).
const VERSION: u16 = 20;
/// Sizes follow the data; names are UTF-8 (section 4.4.4, bits 3 and 11).
const FLAGS: u16 = 1 << 3 | 1 << 11;
/// 1980-01-01: the same figures make the same file.
const DATE: u16 = 1 << 5 | 1;
/// An empty last block (RFC 1951, section 3.2.6).
const LAST_BLOCK: [u8; 2] = [3, 0];
/// Little is won by more, and much time lost.
const LEVEL: u32 = 1;

/// An archive.
pub(super) struct Zip<'d> {
    draft: &'d mut Draft,
    at: u64,
    entries: Vec<Entry>,
    open: Option<Entry>,
}

struct Entry {
    name: String,
    at: u64,
    crc: crc32fast::Hasher,
    packed: u64,
    plain: u64,
}

/// Compresses what a part holds, and notes its checksum and length.
pub(super) fn deflate(chunk: &mut Chunk) {
    let plain = std::mem::take(&mut chunk.bytes);
    let mut crc = crc32fast::Hasher::new();
    crc.update(&plain);
    chunk.crc = Some(crc);
    let mut compress = Compress::new(Compression::new(LEVEL), false);
    let mut packed = Vec::with_capacity(plain.len() / 4 + 64);
    loop {
        let before = usize::try_from(compress.total_in()).unwrap_or(plain.len());
        let rest = plain.get(before..).unwrap_or_default();
        // Into memory with room it does not fail.
        let outcome = compress.compress_vec(rest, &mut packed, FlushCompress::Sync);
        let all_in = compress.total_in() >= length(&plain);
        if outcome.is_err() || (all_in && packed.len() < packed.capacity()) {
            break;
        }
        packed.reserve(packed.capacity().max(64));
    }
    chunk.bytes = packed;
    chunk.plain = length(&plain);
}

impl<'d> Zip<'d> {
    pub(super) const fn new(draft: &'d mut Draft) -> Self {
        Self {
            draft,
            at: 0,
            entries: Vec::new(),
            open: None,
        }
    }

    /// A whole member.
    pub(super) fn member(&mut self, name: &str, text: &str) -> Result<(), ReportError> {
        self.begin(name)?;
        self.plain(text)?;
        self.end()
    }

    /// Begins a member.
    pub(super) fn begin(&mut self, name: &str) -> Result<(), ReportError> {
        let entry = Entry {
            name: name.to_owned(),
            at: self.at,
            crc: crc32fast::Hasher::new(),
            packed: 0,
            plain: 0,
        };
        let mut head = Vec::new();
        head.extend_from_slice(b"PK\x03\x04");
        entry.common(&mut head, [0; 3])?;
        put16(&mut head, 0);
        head.extend_from_slice(name.as_bytes());
        self.open = Some(entry);
        self.put(&head)
    }

    /// Adds to the open member.
    pub(super) fn plain(&mut self, text: &str) -> Result<(), ReportError> {
        let mut chunk = Chunk {
            bytes: text.as_bytes().to_vec(),
            ..Chunk::default()
        };
        deflate(&mut chunk);
        self.packed(&chunk)
    }

    /// Adds what is compressed already.
    pub(super) fn packed(&mut self, chunk: &Chunk) -> Result<(), ReportError> {
        if let Some(entry) = &mut self.open {
            if let Some(crc) = &chunk.crc {
                entry.crc.combine(crc);
            }
            entry.packed += length(&chunk.bytes);
            entry.plain += chunk.plain;
        }
        self.put(&chunk.bytes)
    }

    /// Ends the open member.
    pub(super) fn end(&mut self) -> Result<(), ReportError> {
        self.put(&LAST_BLOCK)?;
        let Some(mut entry) = self.open.take() else {
            return Ok(());
        };
        entry.packed += length(&LAST_BLOCK);
        let mut descriptor = b"PK\x07\x08".to_vec();
        for number in entry.sizes()? {
            descriptor.extend_from_slice(&number.to_le_bytes());
        }
        self.entries.push(entry);
        self.put(&descriptor)
    }

    /// Writes the directory.
    pub(super) fn finish(mut self) -> Result<(), ReportError> {
        let begins = self.at;
        let entries = std::mem::take(&mut self.entries);
        for entry in &entries {
            let mut record = b"PK\x01\x02".to_vec();
            put16(&mut record, VERSION);
            entry.common(&mut record, entry.sizes()?)?;
            // No extra field, no comment, first disk, no attributes.
            record.extend_from_slice(&[0; 12]);
            record.extend_from_slice(&narrow(entry.at)?.to_le_bytes());
            record.extend_from_slice(entry.name.as_bytes());
            self.put(&record)?;
        }
        let count = u16::try_from(entries.len()).map_err(|_| too_large())?;
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        put16(&mut end, count);
        put16(&mut end, count);
        end.extend_from_slice(&narrow(self.at - begins)?.to_le_bytes());
        end.extend_from_slice(&narrow(begins)?.to_le_bytes());
        put16(&mut end, 0);
        self.put(&end)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ReportError> {
        self.at += length(bytes);
        let written = self.draft.write_all(bytes);
        written.map_err(|error| self.draft.fault(error).into())
    }
}

impl Entry {
    /// What the head and the directory say alike, up to the length of the name.
    fn common(&self, out: &mut Vec<u8>, sizes: [u32; 3]) -> Result<(), ReportError> {
        for number in [VERSION, FLAGS, DEFLATE, 0, DATE] {
            put16(out, number);
        }
        for number in sizes {
            out.extend_from_slice(&number.to_le_bytes());
        }
        put16(out, u16::try_from(self.name.len()).map_err(|_| too_large())?);
        Ok(())
    }

    fn sizes(&self) -> Result<[u32; 3], ReportError> {
        Ok([
            self.crc.clone().finalize(),
            narrow(self.packed)?,
            narrow(self.plain)?,
        ])
    }
}

fn put16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn narrow(number: u64) -> Result<u32, ReportError> {
    u32::try_from(number).map_err(|_| too_large())
}

fn too_large() -> ReportError {
    ReportError::Format("over 4 GiB: export fewer networks or days, or csv".to_owned())
}
