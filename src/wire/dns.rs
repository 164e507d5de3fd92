//! DNS messages (RFC 1035, section 4), as far as a forwarder must understand them: the question, where
//! an answer leads, and how long it may be kept.
//!
//! Times to live are changed in place, and an answer in which that would change a name is not passed
//! on: what the station reads is what was understood here. Nothing is allocated by the counts that a
//! message claims, names are bounded, and a record of a type that means nothing here is passed over
//! whatever is in it.

mod leads;

use std::net::Ipv4Addr;

pub use leads::{Leads, addresses, leads};

/// Bytes of a message's header.
pub const HEADER: usize = 12;
/// Longest name on the wire, bytes (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 255;
/// Longest label, bytes.
const LONGEST_LABEL: u8 = 63;
/// Most records looked at; an honest answer has a few dozen.
const MOST_RECORDS: usize = 2_048;
/// Most addresses taken of one answer.
const MOST_ADDRESSES: usize = 64;
/// Class IN.
const INTERNET: u16 = 1;
/// The UDP size that our own answers announce (RFC 6891; the size that fits every path).
const EDNS_SIZE: u16 = 1_232;

/// Record types (IANA).
pub mod kind {
    /// An IPv4 address.
    pub const A: u16 = 1;
    /// An alias (RFC 1035, 3.3.1).
    pub const CNAME: u16 = 5;
    /// Anything (RFC 1035, 3.3.10).
    pub const NULL: u16 = 10;
    /// Text.
    pub const TXT: u16 = 16;
    /// An IPv6 address (RFC 3596).
    pub const AAAA: u16 = 28;
    /// EDNS (RFC 6891).
    pub const OPT: u16 = 41;
    /// Service binding (RFC 9460).
    pub const SVCB: u16 = 64;
    /// Service binding of HTTPS (RFC 9460).
    pub const HTTPS: u16 = 65;
    /// Everything there is.
    pub const ANY: u16 = 255;
}

/// Outcomes (RFC 1035, 4.1.1).
pub mod code {
    /// It went well.
    pub const NO_ERROR: u8 = 0;
    /// The server could not.
    pub const SERVER_FAILURE: u8 = 2;
    /// The server does not want to.
    pub const REFUSED: u8 = 5;
}

/// The one question of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The number that its answer bears.
    pub id: u16,
    /// The name in lower case without the root's dot; a byte that no host name has is `?`.
    pub name: String,
    /// The record type wanted.
    pub kind: u16,
    /// Bytes of the whole message.
    pub length: usize,
    /// Where the question ends.
    end: usize,
    /// Whether it speaks EDNS, and wants signatures.
    edns: Option<bool>,
}

/// The number of a message, if it is one.
#[must_use]
pub fn id(message: &[u8]) -> Option<u16> {
    word(message, 0)
}

/// Gives a message another number.
pub fn set_id(message: &mut [u8], id: u16) {
    if let Some(place) = message.get_mut(..2) {
        place.copy_from_slice(&id.to_be_bytes());
    }
}

/// The outcome that a message tells.
#[must_use]
pub fn outcome(message: &[u8]) -> Option<u8> {
    Some(message.get(3)? & 0x0f)
}

/// Whether the message was cut to fit (TC).
#[must_use]
pub fn is_cut(message: &[u8]) -> bool {
    message.get(2).is_some_and(|flags| flags & 0x02 != 0)
}

/// Reads a query: one question of class IN, no answers. Nothing else is forwarded.
#[must_use]
pub fn read_query(message: &[u8]) -> Option<Query> {
    // A query (QR 0), a standard one (opcode 0).
    let plain = message.get(2)? & 0xf8 == 0;
    let counts = [word(message, 4)?, word(message, 6)?, word(message, 8)?];
    if !plain || counts != [1, 0, 0] {
        return None;
    }
    let mut name = Name::default();
    let end = name.read(message, HEADER, &[])?;
    let (kind, class) = (word(message, end)?, word(message, end + 2)?);
    if class != INTERNET {
        return None;
    }
    let end = end + 4;
    let mut edns = None;
    let mut rest = Records { message, at: end };
    for _ in 0..word(message, 10)? {
        let record = rest.next()?;
        if record.kind == kind::OPT {
            edns = Some(record.ttl & 0x8000 != 0);
        }
    }
    // Nothing rides along behind the last record.
    if rest.at != message.len() {
        return None;
    }
    Some(Query {
        id: word(message, 0)?,
        length: message.len(),
        name: name.text(),
        kind,
        end,
        edns,
    })
}

/// Whether a message is the answer to a query that went out as `sent`: same number, same question.
#[must_use]
pub fn is_answer(message: &[u8], sent: &[u8], query: &Query) -> bool {
    let same = |from: usize, to: usize| match (message.get(from..to), sent.get(from..to)) {
        (Some(ours), Some(theirs)) => ours.eq_ignore_ascii_case(theirs),
        _ => false,
    };
    let is_response = message.get(2).is_some_and(|flags| flags & 0x80 != 0);
    is_response && id(message) == id(sent) && word(message, 4) == Some(1) && same(HEADER, query.end)
}

/// Lowers every time to live of an answer to `most` seconds; `false` when the message cannot be read
/// to its end, or has a name with a part in a time to live: it would read otherwise afterwards, and so
/// cannot be passed on.
#[must_use]
pub fn lower_ttls(answer: &mut [u8], query: &Query, most: u32) -> bool {
    let counts = [6, 8, 10].map(|at| word(answer, at).map(usize::from));
    let count = counts.into_iter().sum::<Option<usize>>();
    let Some(count) = count.filter(|count| *count <= MOST_RECORDS) else {
        return false;
    };
    if question(answer, query).is_none() {
        return false;
    }
    // Names lead backwards, so none leads into a time to live that has not been passed.
    let mut passed = Vec::new();
    let mut at = query.end;
    for _ in 0..count {
        let Some(record) = (Records { message: answer, at }).next() else {
            return false;
        };
        passed.push(record.ttl_at);
        let alias = (record.kind == kind::CNAME).then_some((record.data_at, record.end));
        for (start, end) in [(record.owner, record.ttl_at - 4)].into_iter().chain(alias) {
            if Name::default().read(answer, start, &passed) != Some(end) {
                return false;
            }
        }
        let (place, lower) = (record.ttl_at, record.ttl > most && record.kind != kind::OPT);
        at = record.end;
        if let (true, Some(ttl)) = (lower, answer.get_mut(place..place + 4)) {
            ttl.copy_from_slice(&most.to_be_bytes());
        }
    }
    true
}

/// An answer of our own with an outcome and no record: nothing that could be kept (RFC 2308, 5).
#[must_use]
pub fn empty_answer(query: &[u8], read: &Query, outcome: u8) -> Vec<u8> {
    build(query, read, outcome, None)
}

/// An answer of our own with one address, to be kept for `ttl` seconds.
#[must_use]
pub fn address_answer(query: &[u8], read: &Query, address: Ipv4Addr, ttl: u32) -> Vec<u8> {
    build(query, read, code::NO_ERROR, Some((address, ttl)))
}

/// "It is too long": the same question comes again over TCP.
#[must_use]
pub fn cut_answer(query: &[u8], read: &Query) -> Vec<u8> {
    let mut message = build(query, read, code::NO_ERROR, None);
    if let Some(flags) = message.get_mut(2) {
        *flags |= 0x02;
    }
    message
}

fn build(query: &[u8], read: &Query, outcome: u8, address: Option<(Ipv4Addr, u32)>) -> Vec<u8> {
    let mut message = query.get(..read.end).unwrap_or_default().to_vec();
    let desired = query.get(2).map_or(0, |flags| flags & 0x01);
    let additional = u8::from(read.edns.is_some());
    // Response, recursion as desired and available.
    let header = [
        0x80 | desired,
        0x80 | outcome,
        0,
        1,
        0,
        u8::from(address.is_some()),
        0,
        0,
        0,
        additional,
    ];
    if let Some(place) = message.get_mut(2..HEADER) {
        place.copy_from_slice(&header);
    }
    if let Some((address, ttl)) = address {
        // The owner is a pointer to the question's name.
        message.extend_from_slice(&[0xc0, 0x0c, 0, 1, 0, 1]);
        message.extend_from_slice(&ttl.to_be_bytes());
        message.extend_from_slice(&[0, 4]);
        message.extend_from_slice(&address.octets());
    }
    if let Some(signatures) = read.edns {
        message.extend_from_slice(&[0, 0, 41]);
        message.extend_from_slice(&EDNS_SIZE.to_be_bytes());
        message.extend_from_slice(&[0, 0, if signatures { 0x80 } else { 0 }, 0, 0, 0]);
    }
    message
}

/// The name that an answer says was asked for, where the query has it.
fn question(answer: &[u8], query: &Query) -> Option<Name> {
    let mut name = Name::default();
    let end = name.read(answer, HEADER, &[])?;
    (end + 4 == query.end).then_some(name)
}

/// The records of the answer section.
fn answers<'a>(message: &'a [u8], query: &Query) -> impl Iterator<Item = Record<'a>> {
    let count = word(message, 6).map_or(0, usize::from).min(MOST_RECORDS);
    let at = query.end;
    Records { message, at }.take(count)
}

/// One resource record.
struct Record<'a> {
    /// Where its owner's name begins.
    owner: usize,
    kind: u16,
    ttl: u32,
    ttl_at: usize,
    data: &'a [u8],
    data_at: usize,
    end: usize,
}

/// Records one after the other, up to the first that cannot be read.
struct Records<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let (message, owner) = (self.message, self.at);
        let fixed = skip_name(message, owner)?;
        let kind = word(message, fixed)?;
        // Another class than IN has other data; for EDNS the field is a size.
        let kind = if word(message, fixed + 2)? == INTERNET || kind == kind::OPT {
            kind
        } else {
            0
        };
        let ttl = message.get(fixed + 4..fixed + 8)?.try_into().ok()?;
        let data_at = fixed + 10;
        let end = data_at + usize::from(word(message, fixed + 8)?);
        let data = message.get(data_at..end)?;
        self.at = end;
        Some(Record {
            owner,
            kind,
            ttl: u32::from_be_bytes(ttl),
            ttl_at: fixed + 4,
            data,
            data_at,
            end,
        })
    }
}

/// A name without compression, in lower case, labels with their lengths, without the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Name {
    wire: Vec<u8>,
}

impl Name {
    /// Reads the name at `at`; where it ends in place. No byte of it may stand in one of the times to
    /// live at the places `apart`, which ascend.
    ///
    /// A pointer leads to a name that stood before (RFC 1035, section 4.1.4): behind the header, and at
    /// an end before the place where the part with the pointer begins. So it ends, and what the header
    /// says, which changes on the way, spells no name.
    fn read(&mut self, message: &[u8], at: usize, apart: &[usize]) -> Option<usize> {
        let mut end = None;
        let (mut here, mut start, mut limit) = (at, at, message.len());
        loop {
            let length = *message.get(here)?;
            let pointer = length & 0xc0 == 0xc0;
            let next = here + if pointer { 2 } else { 1 + usize::from(length) };
            if next > limit || touches(apart, here, next) {
                return None;
            }
            if pointer {
                let target = usize::from(word(message, here)? & 0x3fff);
                end.get_or_insert(next);
                if !(HEADER..start).contains(&target) {
                    return None;
                }
                (here, start, limit) = (target, target, start);
                continue;
            }
            if length == 0 {
                return Some(end.unwrap_or(next));
            }
            if length > LONGEST_LABEL || self.wire.len() + usize::from(length) + 2 > LONGEST_NAME {
                return None;
            }
            self.wire
                .extend(message.get(here..next)?.iter().map(u8::to_ascii_lowercase));
            here = next;
        }
    }

    fn text(&self) -> String {
        let mut text = String::with_capacity(self.wire.len());
        let mut rest = self.wire.as_slice();
        while let Some((&length, after)) = rest.split_first() {
            let (label, next) = after.split_at(usize::from(length).min(after.len()));
            if !text.is_empty() {
                text.push('.');
            }
            text.extend(label.iter().map(|&byte| {
                // A dot within a label is none between two.
                let legal = byte.is_ascii_graphic() && byte != b'.';
                if legal { char::from(byte) } else { '?' }
            }));
            rest = next;
        }
        text
    }
}

/// Whether any of the bytes `from..to` belongs to one of the times to live at `places`, which ascend.
fn touches(places: &[usize], from: usize, to: usize) -> bool {
    let behind = places.partition_point(|place| place + 4 <= from);
    places.get(behind).is_some_and(|place| *place < to)
}

/// Where the name at `at` ends in place.
fn skip_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = *message.get(at)?;
        match length {
            0 => return Some(at + 1),
            _ if length & 0xc0 == 0xc0 => {
                return Some(at + 2);
            }
            _ if length > LONGEST_LABEL => return None,
            _ => at += 1 + usize::from(length),
        }
    }
}

fn word(message: &[u8], at: usize) -> Option<u16> {
    let bytes = message.get(at..at + 2)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
#[path = "dns_tests.rs"]
mod tests;
