//! The common part of every netlink message: header, attributes, errors (RFC 3549, section 2.3).
//!
//! Netlink is in host byte order, nf_tables payloads in network byte order; each family's module
//! says which it writes.

/// An error or an acknowledgement (`NLMSG_ERROR`).
const ERROR: u16 = 2;
/// The end of a dump (`NLMSG_DONE`).
const DONE: u16 = 3;
/// Bytes of a message header (`struct nlmsghdr`).
pub const HEADER: usize = 16;
/// Bytes of an attribute header (`struct nlattr`).
const ATTRIBUTE: usize = 4;
/// Marks an attribute that holds attributes.
const NESTED: u16 = 0x8000;
/// The bits of an attribute's type that are the type.
const KIND_MASK: u16 = 0x3fff;

/// Message flags (`NLM_F_*`).
pub mod flag {
    /// Every message to the kernel.
    pub const REQUEST: u16 = 0x1;
    /// Acknowledge it also when it went well.
    pub const ACK: u16 = 0x4;
    /// Send back the notification that the change causes.
    pub const ECHO: u16 = 0x8;
    /// In a reply: the dump was disturbed by a change and may lack entries.
    pub const DUMP_INTERRUPTED: u16 = 0x10;
    /// Everything there is.
    pub const DUMP: u16 = 0x300;
    /// Fail when it exists.
    pub const EXCLUSIVE: u16 = 0x200;
    /// Make it when it does not exist.
    pub const CREATE: u16 = 0x400;
}

/// A buffer that messages are appended to.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// What was written.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether nothing was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Empties the buffer and keeps its memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Appends one message; `body` writes what follows the header. [`flag::REQUEST`] is implied.
    pub fn message(&mut self, kind: u16, flags: u16, seq: u32, body: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        self.bytes.extend_from_slice(&kind.to_ne_bytes());
        self.bytes
            .extend_from_slice(&(flags | flag::REQUEST).to_ne_bytes());
        self.bytes.extend_from_slice(&seq.to_ne_bytes());
        // The port of the sender: the kernel fills it in.
        self.bytes.extend_from_slice(&[0; 4]);
        body(self);
        let length = u32::try_from(self.bytes.len() - start).unwrap_or(u32::MAX);
        self.patch(start, &length.to_ne_bytes());
    }

    /// Appends bytes as they are, padded to four.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.pad();
    }

    /// Appends one attribute.
    ///
    /// An attribute holds at most 65,531 bytes (its length is 16 bits); what is longer would be cut by
    /// the reader, so callers stay below.
    pub fn attribute(&mut self, kind: u16, payload: &[u8]) {
        let start = self.open(kind);
        self.bytes.extend_from_slice(payload);
        self.close(start);
    }

    /// Appends a text with its closing NUL.
    pub fn text(&mut self, kind: u16, text: &str) {
        let start = self.open(kind);
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
        self.close(start);
    }

    /// Appends an attribute that holds attributes; `body` writes them. Limits as for
    /// [`Writer::attribute`].
    pub fn nest(&mut self, kind: u16, body: impl FnOnce(&mut Self)) {
        let start = self.open(kind | NESTED);
        body(self);
        self.close(start);
    }

    fn open(&mut self, kind: u16) -> usize {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 2]);
        self.bytes.extend_from_slice(&kind.to_ne_bytes());
        start
    }

    fn close(&mut self, start: usize) {
        let length = u16::try_from(self.bytes.len() - start).unwrap_or(u16::MAX);
        self.patch(start, &length.to_ne_bytes());
        self.pad();
    }

    fn patch(&mut self, at: usize, value: &[u8]) {
        if let Some(place) = self.bytes.get_mut(at..at + value.len()) {
            place.copy_from_slice(value);
        }
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

/// One message as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// Type.
    pub kind: u16,
    /// Flags.
    pub flags: u16,
    /// The number of the request that it belongs to.
    pub seq: u32,
    /// Port of the socket that caused it; 0 is the kernel.
    pub port: u32,
    /// What follows the header.
    pub payload: &'a [u8],
}

/// What a message means before one looks at its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Went well.
    Acknowledged,
    /// Failed, with this positive errno.
    Failed(i32),
    /// The dump is over.
    Done,
    /// The payload is the matter.
    Data,
}

impl<'a> Message<'a> {
    /// Tells acknowledgements, errors and ends of dumps from data.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        match self.kind {
            ERROR => match number_ne(self.payload) {
                0 => Meaning::Acknowledged,
                error => Meaning::Failed(error.saturating_neg()),
            },
            // A dump that failed half way tells it here.
            DONE => match number_ne(self.payload) {
                0.. => Meaning::Done,
                error => Meaning::Failed(error.saturating_neg()),
            },
            _ => Meaning::Data,
        }
    }

    /// The attributes after a family header of `skip` bytes.
    #[must_use]
    pub fn attributes(&self, skip: usize) -> Attributes<'a> {
        Attributes {
            rest: self.payload.get(skip..).unwrap_or_default(),
        }
    }
}

/// The messages of one datagram. Ends at the first one that does not fit.
#[derive(Debug, Clone)]
pub struct Messages<'a> {
    rest: &'a [u8],
}

/// Splits a datagram into messages.
#[must_use]
pub const fn messages(datagram: &[u8]) -> Messages<'_> {
    Messages { rest: datagram }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let (length, tail) = self.rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_ne_bytes(*length)).ok()?;
        let (kind, tail) = tail.split_first_chunk::<2>()?;
        let (flags, tail) = tail.split_first_chunk::<2>()?;
        let (seq, tail) = tail.split_first_chunk::<4>()?;
        let (port, _) = tail.split_first_chunk::<4>()?;
        let message = Message {
            kind: u16::from_ne_bytes(*kind),
            flags: u16::from_ne_bytes(*flags),
            seq: u32::from_ne_bytes(*seq),
            port: u32::from_ne_bytes(*port),
            payload: self.rest.get(HEADER..length)?,
        };
        self.rest = self.rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(message)
    }
}

/// One attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Type, without the nesting and byte-order bits.
    pub kind: u16,
    /// Contents.
    pub payload: &'a [u8],
}

/// The attributes of a message or of an attribute. Ends at the first one that does not fit.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a [u8],
}

/// Splits bytes into attributes.
#[must_use]
pub const fn attributes(bytes: &[u8]) -> Attributes<'_> {
    Attributes { rest: bytes }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let (length, tail) = self.rest.split_first_chunk::<2>()?;
        let (kind, _) = tail.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_ne_bytes(*length));
        let attribute = Attribute {
            kind: u16::from_ne_bytes(*kind) & KIND_MASK,
            payload: self.rest.get(ATTRIBUTE..length)?,
        };
        self.rest = self.rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(attribute)
    }
}

impl<'a> Attribute<'a> {
    /// The attributes inside.
    #[must_use]
    pub const fn nested(&self) -> Attributes<'a> {
        attributes(self.payload)
    }

    /// A number in network byte order.
    #[must_use]
    pub fn be64(&self) -> Option<u64> {
        Some(u64::from_be_bytes(self.payload.try_into().ok()?))
    }

    /// A number in network byte order.
    #[must_use]
    pub fn be32(&self) -> Option<u32> {
        Some(u32::from_be_bytes(self.payload.try_into().ok()?))
    }

    /// A number in host byte order.
    #[must_use]
    pub fn ne32(&self) -> Option<u32> {
        Some(u32::from_ne_bytes(self.payload.try_into().ok()?))
    }

    /// A number in host byte order.
    #[must_use]
    pub fn ne64(&self) -> Option<u64> {
        Some(u64::from_ne_bytes(self.payload.try_into().ok()?))
    }

    /// A text without its closing NUL.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        let bytes = self.payload.split(|byte| *byte == 0).next()?;
        std::str::from_utf8(bytes).ok()
    }
}

/// The leading host-order `i32`; 0 when there is none.
fn number_ne(bytes: &[u8]) -> i32 {
    bytes
        .first_chunk()
        .map_or(0, |number| i32::from_ne_bytes(*number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Meaning, Writer, attributes, flag, messages};

    #[test]
    fn messages_and_nested_attributes_come_back() {
        let mut out = Writer::new();
        out.message(0x0a0c, flag::ACK, 7, |out| {
            out.raw(&[5, 0, 0, 10]);
            out.text(1, "portico");
            out.nest(3, |out| out.attribute(1, &[1, 2, 3, 4, 5, 6]));
        });
        out.message(3, 0, 8, |_| {});

        let read: Vec<_> = messages(out.bytes()).collect();
        assert_eq!(read.len(), 2);
        assert_eq!(
            (read[0].kind, read[0].seq, read[0].flags),
            (0x0a0c, 7, flag::ACK | flag::REQUEST)
        );
        let parts: Vec<_> = read[0].attributes(4).collect();
        assert_eq!(parts[0].text(), Some("portico"));
        assert_eq!(parts[1].kind, 3);
        assert_eq!(parts[1].nested().next().unwrap().payload, [1, 2, 3, 4, 5, 6]);
        assert_eq!(read[1].meaning(), Meaning::Done);
    }

    #[test]
    fn errors_and_acknowledgements_are_told_apart() {
        let meaning = |kind: u16, errno: i32| {
            let mut out = Writer::new();
            out.message(kind, 0, 1, |out| out.raw(&errno.to_ne_bytes()));
            messages(out.bytes()).next().unwrap().meaning()
        };
        assert_eq!(meaning(2, 0), Meaning::Acknowledged);
        assert_eq!(meaning(2, -2), Meaning::Failed(2));
        assert_eq!(meaning(3, -4), Meaning::Failed(4));
        assert_eq!(meaning(3, 0), Meaning::Done);
        assert_eq!(meaning(2, i32::MIN), Meaning::Failed(i32::MAX));
    }

    #[test]
    fn lengths_that_lie_end_the_walk() {
        assert_eq!(
            attributes(&[0, 0, 1, 0]).count(),
            0,
            "shorter than its own header"
        );
        assert_eq!(attributes(&[9, 0, 1, 0, 5]).count(), 0, "longer than the buffer");
        assert_eq!(messages(&[15; 40]).count(), 0);
        let mut short = Writer::new();
        short.message(1, 0, 1, |out| out.raw(&[0; 8]));
        assert_eq!(messages(&short.bytes()[..20]).count(), 0);
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end(bytes: Vec<u8>) {
            for message in messages(&bytes) {
                let _ = message.meaning();
                for attribute in message.attributes(4) {
                    let _ = (attribute.be32(), attribute.text(), attribute.nested().count());
                }
            }
        }

        #[test]
        fn what_is_written_is_read(kind in 0_u16..0x3fff, payload in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut out = Writer::new();
            out.attribute(kind, &payload);
            out.attribute(1, &[]);
            let read: Vec<_> = attributes(out.bytes()).collect();
            assert_eq!((read[0].kind, read[0].payload), (kind, payload.as_slice()));
            assert_eq!(read.len(), 2);
        }
    }
}
