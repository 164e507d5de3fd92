//! Elements of the access sets: added, removed, read (`NFNL_SUBSYS_NFTABLES`, <linux/netfilter/nf_tables.h>).
//!
//! A station is one element in each of three sets of `table netdev portico`, see [`Role`]. Numbers
//! inside nf_tables attributes are in network byte order; times are milliseconds.

use std::net::IpAddr;

use super::message::{Attribute, Attributes, Message, Writer, flag};
use crate::model::{Counter, Mac, NetworkId};

/// The table that holds the access sets, of the family `netdev`.
pub const TABLE: &str = "portico";
/// `NFPROTO_NETDEV`.
pub const NETDEV: u8 = 5;
/// Bytes of `struct nfgenmsg`, which begins every netfilter payload.
pub const NFGEN: usize = 4;
/// `NFNL_SUBSYS_NFTABLES`.
pub const SUBSYSTEM: u8 = 10;

/// `NFNL_MSG_BATCH_BEGIN`.
const BATCH_BEGIN: u16 = 0x10;
/// `NFNL_MSG_BATCH_END`.
const BATCH_END: u16 = 0x11;
/// `NFT_MSG_GETSET`.
const GET_SET: u8 = 10;
/// `NFT_MSG_NEWSETELEM`.
pub(super) const NEW_ELEMENT: u8 = 12;
/// `NFT_MSG_GETSETELEM`.
pub(super) const GET_ELEMENT: u8 = 13;
/// `NFT_MSG_DELSETELEM`.
pub(super) const DELETE_ELEMENT: u8 = 14;

/// `NFTA_SET_ELEM_LIST_*` (and, of the same numbers, `NFTA_SET_TABLE`, `NFTA_SET_NAME`).
pub(super) mod list {
    pub(in super::super) const TABLE: u16 = 1;
    pub(in super::super) const SET: u16 = 2;
    pub(in super::super) const ELEMENTS: u16 = 3;
}

/// `NFTA_SET_ELEM_*`.
pub(super) mod element {
    pub(in super::super) const KEY: u16 = 1;
    pub(super) const TIMEOUT: u16 = 4;
    pub(super) const EXPIRATION: u16 = 5;
    pub(super) const EXPRESSION: u16 = 7;
    pub(super) const EXPRESSIONS: u16 = 11;
}

/// `NFTA_EXPR_*`, `NFTA_LIMIT_*`, `NFTA_COUNTER_*`.
mod expression {
    pub(super) const NAME: u16 = 1;
    pub(super) const DATA: u16 = 2;
    pub(super) const LIMIT_RATE: u16 = 1;
    pub(super) const LIMIT_UNIT: u16 = 2;
    pub(super) const LIMIT_BURST: u16 = 3;
    pub(super) const LIMIT_TYPE: u16 = 4;
    pub(super) const LIMIT_FLAGS: u16 = 5;
    pub(super) const COUNTER_BYTES: u16 = 1;
    pub(super) const COUNTER_PACKETS: u16 = 2;
}

/// `NFTA_LIST_ELEM`, `NFTA_DATA_VALUE`: the only member of their lists.
const ONLY: u16 = 1;
/// `NFT_LIMIT_PKT_BYTES`: the limit counts bytes, not packets.
const LIMIT_IN_BYTES: u32 = 1;

/// Which of a network's three sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Who may: what is over its limit is dropped instead of treated as captive.
    Auth,
    /// Limit and counter of what the station sends.
    Up,
    /// Limit and counter of what it is sent.
    Down,
}

impl Role {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Auth, Self::Up, Self::Down];

    const fn prefix(self) -> &'static [u8] {
        match self {
            Self::Auth => b"auth_",
            Self::Up => b"up_",
            Self::Down => b"down_",
        }
    }
}

/// The name of a set (`auth_ID`, `up_ID`, `down_ID`, `named4_ID`, `named6_ID`) with its closing NUL, without allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetName {
    bytes: [u8; 24],
    length: usize,
}

impl SetName {
    /// The set of a network.
    #[must_use]
    pub fn new(role: Role, network: NetworkId) -> Self {
        Self::of(role.prefix(), network)
    }

    /// The set of a network's destinations that were learnt by name, for addresses of this family.
    #[must_use]
    pub fn named(family: IpAddr, network: NetworkId) -> Self {
        let prefix = if family.is_ipv4() { b"named4_" } else { b"named6_" };
        Self::of(prefix, network)
    }

    fn of(prefix: &[u8], network: NetworkId) -> Self {
        let mut bytes = [0; 24];
        let text = prefix.iter().chain(network.as_str().as_bytes());
        let mut length = 1;
        // At most 7 + 15 bytes, so the last one stays NUL.
        for (place, byte) in bytes.iter_mut().zip(text) {
            *place = *byte;
            length += 1;
        }
        Self { bytes, length }
    }

    fn with_nul(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// A byte limit of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Bytes per second.
    pub rate: u64,
    /// Bytes on top; the kernel adds one second of the rate.
    pub burst: u32,
}

/// One element as the kernel knows it. Counters are the kernel's own bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// The station.
    pub mac: Mac,
    /// Limit; none for exempt stations and in `auth`.
    pub limit: Option<Limit>,
    /// Counter; none in `auth`.
    pub counter: Option<Counter>,
    /// Lifetime from the last update on, milliseconds.
    pub timeout_ms: Option<u64>,
    /// What is left of it, milliseconds.
    pub expires_ms: Option<u64>,
}

/// Opens a transaction. `seq` is what an error of the whole batch refers to.
pub fn batch_begin(out: &mut Writer, seq: u32) {
    out.message(BATCH_BEGIN, 0, seq, |out| out.raw(&[0, 0, 0, SUBSYSTEM]));
}

/// Closes and commits a transaction.
pub fn batch_end(out: &mut Writer, seq: u32) {
    out.message(BATCH_END, 0, seq, |out| out.raw(&[0, 0, 0, SUBSYSTEM]));
}

/// Adds one element. With [`flag::EXCLUSIVE`] an element already there is an error (`EEXIST`);
/// without, only its timeout and expiration are taken over (kernel 6.12 and later).
pub fn add(out: &mut Writer, seq: u32, flags: u16, set: &SetName, element: &Element) {
    out.message(kind(NEW_ELEMENT), flags | flag::CREATE, seq, |out| {
        list_header(out, set);
        out.nest(list::ELEMENTS, |out| out.nest(ONLY, |out| write(out, element)));
    });
}

/// Removes one element; not there is an error (`ENOENT`). With [`flag::ECHO`] the kernel sends it
/// back as it was at the end.
pub fn delete(out: &mut Writer, seq: u32, flags: u16, set: &SetName, mac: Mac) {
    out.message(kind(DELETE_ELEMENT), flags, seq, |out| {
        list_header(out, set);
        out.nest(list::ELEMENTS, |out| out.nest(ONLY, |out| write_key(out, mac)));
    });
}

/// Adds one destination `address . port`, or moves its end (kernel 6.12 and later). With
/// [`flag::EXCLUSIVE`] one already there is an error (`EEXIST`).
pub fn add_destination(
    out: &mut Writer,
    seq: u32,
    flags: u16,
    set: &SetName,
    (address, port): (IpAddr, u16),
    timeout_ms: u64,
) {
    out.message(kind(NEW_ELEMENT), flags | flag::CREATE, seq, |out| {
        list_header(out, set);
        out.nest(list::ELEMENTS, |out| {
            out.nest(ONLY, |out| {
                out.attribute(element::TIMEOUT, &timeout_ms.to_be_bytes());
                // Without it an element with the same timeout is left alone.
                out.attribute(element::EXPIRATION, &timeout_ms.to_be_bytes());
                write_destination(out, address, port);
            });
        });
    });
}

/// Removes one destination; not there is an error (`ENOENT`).
pub fn delete_destination(
    out: &mut Writer,
    seq: u32,
    flags: u16,
    set: &SetName,
    (address, port): (IpAddr, u16),
) {
    out.message(kind(DELETE_ELEMENT), flags, seq, |out| {
        list_header(out, set);
        out.nest(list::ELEMENTS, |out| {
            out.nest(ONLY, |out| write_destination(out, address, port));
        });
    });
}

/// Removes every element of a set.
pub fn flush(out: &mut Writer, seq: u32, flags: u16, set: &SetName) {
    out.message(kind(DELETE_ELEMENT), flags, seq, |out| list_header(out, set));
}

/// Asks for these elements: one datagram each, in order, up to the first that is not there, which
/// is answered by `ENOENT` and ends the request.
///
/// At most 3,000 MACs fit; a few dozen are as fast.
pub fn get(out: &mut Writer, seq: u32, set: &SetName, macs: &[Mac]) {
    out.message(kind(GET_ELEMENT), 0, seq, |out| {
        list_header(out, set);
        out.nest(list::ELEMENTS, |out| {
            for mac in macs {
                out.nest(ONLY, |out| write_key(out, *mac));
            }
        });
    });
}

/// Asks for all elements of a set.
pub fn dump(out: &mut Writer, seq: u32, set: &SetName) {
    out.message(kind(GET_ELEMENT), flag::DUMP, seq, |out| list_header(out, set));
}

/// Asks for the set itself: `ENOENT` when it does not exist.
pub fn get_set(out: &mut Writer, seq: u32, set: &SetName) {
    out.message(kind(GET_SET), 0, seq, |out| list_header(out, set));
}

/// Whether the message brings elements that are there, or were removed just now.
#[must_use]
pub fn removes(message: &Message<'_>) -> Option<bool> {
    let [kind, subsystem] = message.kind.to_le_bytes();
    match (subsystem, kind) {
        (SUBSYSTEM, NEW_ELEMENT) => Some(false),
        (SUBSYSTEM, DELETE_ELEMENT) => Some(true),
        _ => None,
    }
}

/// Whether the elements of a message are of this set.
#[must_use]
pub fn is_of(message: &Message<'_>, set: &SetName) -> bool {
    let name = message
        .attributes(NFGEN)
        .find(|attribute| attribute.kind == list::SET);
    name.is_some_and(|name| name.payload == set.with_nul())
}

/// The elements of a message that [`removes`] recognised.
#[must_use]
pub fn decode_elements<'a>(message: &Message<'a>) -> Elements<'a> {
    let list = message
        .attributes(NFGEN)
        .find(|attribute| attribute.kind == list::ELEMENTS);
    Elements {
        list: list.map(|attribute| attribute.nested()),
    }
}

/// See [`decode_elements`]. Elements whose key is not the MAC of a station are passed over.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    list: Option<Attributes<'a>>,
}

impl Iterator for Elements<'_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        self.list
            .as_mut()?
            .find_map(|attribute| decode_element(attribute.payload))
    }
}

/// Reads the attributes of one element; `None` when its key is not the MAC of a station.
#[must_use]
pub fn decode_element(bytes: &[u8]) -> Option<Element> {
    let mut mac = None;
    let (mut limit, mut counter, mut timeout_ms, mut expires_ms) = (None, None, None, None);
    for attribute in super::message::attributes(bytes) {
        match attribute.kind {
            element::KEY => mac = decode_key(&attribute),
            element::TIMEOUT => timeout_ms = attribute.be64(),
            element::EXPIRATION => expires_ms = attribute.be64(),
            element::EXPRESSION => decode_expression(&attribute, &mut limit, &mut counter),
            element::EXPRESSIONS => {
                for expression in attribute.nested() {
                    decode_expression(&expression, &mut limit, &mut counter);
                }
            }
            _ => {}
        }
    }
    Some(Element {
        mac: mac?,
        limit,
        counter,
        timeout_ms,
        expires_ms,
    })
}

fn decode_key(key: &Attribute<'_>) -> Option<Mac> {
    let value = key.nested().find(|attribute| attribute.kind == ONLY)?;
    Mac::new(value.payload.try_into().ok()?).ok()
}

fn decode_expression(attribute: &Attribute<'_>, limit: &mut Option<Limit>, counter: &mut Option<Counter>) {
    let (mut name, mut data) = (None, None);
    for part in attribute.nested() {
        match part.kind {
            expression::NAME => name = part.text(),
            expression::DATA => data = Some(part),
            _ => {}
        }
    }
    match (name, data) {
        (Some("limit"), Some(data)) => *limit = decode_limit(&data),
        (Some("counter"), Some(data)) => *counter = decode_counter(&data),
        _ => {}
    }
}

fn decode_limit(data: &Attribute<'_>) -> Option<Limit> {
    let (mut rate, mut unit, mut burst) = (None, None, 0);
    for part in data.nested() {
        match part.kind {
            expression::LIMIT_RATE => rate = part.be64(),
            expression::LIMIT_UNIT => unit = part.be64(),
            expression::LIMIT_BURST => burst = part.be32()?,
            _ => {}
        }
    }
    // A limit per minute or hour, which somebody else set, is told as the same speed per second.
    let rate = rate?.checked_div(unit?)?;
    Some(Limit { rate, burst })
}

fn decode_counter(data: &Attribute<'_>) -> Option<Counter> {
    let (mut bytes, mut packets) = (None, None);
    for part in data.nested() {
        match part.kind {
            expression::COUNTER_BYTES => bytes = part.be64(),
            expression::COUNTER_PACKETS => packets = part.be64(),
            _ => {}
        }
    }
    Some(Counter {
        packets: packets?,
        bytes: bytes?,
    })
}

/// The type of a message of nf_tables.
pub(super) fn kind(message: u8) -> u16 {
    u16::from_be_bytes([SUBSYSTEM, message])
}

fn list_header(out: &mut Writer, set: &SetName) {
    out.raw(&[NETDEV, 0, 0, 0]);
    out.text(list::TABLE, TABLE);
    out.attribute(list::SET, set.with_nul());
}

fn write(out: &mut Writer, element: &Element) {
    if let Some(timeout) = element.timeout_ms {
        out.attribute(element::TIMEOUT, &timeout.to_be_bytes());
    }
    if let Some(expires) = element.expires_ms {
        out.attribute(element::EXPIRATION, &expires.to_be_bytes());
    }
    write_key(out, element.mac);
    // The order decides what is counted: behind the limit, the counter counts what passed.
    match (element.limit, element.counter) {
        (Some(limit), Some(counter)) => out.nest(element::EXPRESSIONS, |out| {
            out.nest(ONLY, |out| write_limit(out, limit));
            out.nest(ONLY, |out| write_counter(out, counter));
        }),
        (Some(limit), None) => out.nest(element::EXPRESSION, |out| write_limit(out, limit)),
        (None, Some(counter)) => out.nest(element::EXPRESSION, |out| write_counter(out, counter)),
        (None, None) => {}
    }
}

pub(super) fn write_key(out: &mut Writer, mac: Mac) {
    out.nest(element::KEY, |out| out.attribute(ONLY, &mac.octets()));
}

/// A concatenation: each part padded to a register of four bytes.
fn write_destination(out: &mut Writer, address: IpAddr, port: u16) {
    let [high, low] = port.to_be_bytes();
    let port = [high, low, 0, 0];
    let key = match address {
        IpAddr::V4(address) => [address.octets().as_slice(), &port].concat(),
        IpAddr::V6(address) => [address.octets().as_slice(), &port].concat(),
    };
    out.nest(element::KEY, |out| out.attribute(ONLY, &key));
}

fn write_limit(out: &mut Writer, limit: Limit) {
    out.text(expression::NAME, "limit");
    out.nest(expression::DATA, |out| {
        out.attribute(expression::LIMIT_RATE, &limit.rate.to_be_bytes());
        // Per second, never more: the kernel's bucket holds a whole unit of the rate.
        out.attribute(expression::LIMIT_UNIT, &1_u64.to_be_bytes());
        out.attribute(expression::LIMIT_BURST, &limit.burst.to_be_bytes());
        out.attribute(expression::LIMIT_TYPE, &LIMIT_IN_BYTES.to_be_bytes());
        out.attribute(expression::LIMIT_FLAGS, &0_u32.to_be_bytes());
    });
}

fn write_counter(out: &mut Writer, counter: Counter) {
    out.text(expression::NAME, "counter");
    out.nest(expression::DATA, |out| {
        out.attribute(expression::COUNTER_BYTES, &counter.bytes.to_be_bytes());
        out.attribute(expression::COUNTER_PACKETS, &counter.packets.to_be_bytes());
    });
}
