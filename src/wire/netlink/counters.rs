//! The named counters of our tables (`NFT_MSG_GETOBJ`, <linux/netfilter/nf_tables.h>).

use super::elements::{NFGEN, SUBSYSTEM, TABLE};
use super::message::{Message, Writer, flag};
use crate::model::Counter;

/// `NFT_MSG_NEWOBJ`.
const NEW_OBJECT: u8 = 18;
/// `NFT_MSG_GETOBJ`.
const GET_OBJECT: u8 = 19;
/// `NFT_OBJECT_COUNTER`.
const COUNTER: u32 = 1;

/// `NFTA_OBJ_*`, and `NFTA_COUNTER_*`.
mod object {
    pub(super) const TABLE: u16 = 1;
    pub(super) const NAME: u16 = 2;
    pub(super) const TYPE: u16 = 3;
    pub(super) const DATA: u16 = 4;
    pub(super) const BYTES: u16 = 1;
    pub(super) const PACKETS: u16 = 2;
}

/// Asks for the counters of our table of a family (`NFPROTO_*`).
pub fn dump(out: &mut Writer, seq: u32, family: u8) {
    out.message(
        u16::from_be_bytes([SUBSYSTEM, GET_OBJECT]),
        flag::DUMP,
        seq,
        |out| {
            out.raw(&[family, 0, 0, 0]);
            out.text(object::TABLE, TABLE);
            out.attribute(object::TYPE, &COUNTER.to_be_bytes());
        },
    );
}

/// A counter's name and what it has counted (bytes as its hook sees them); `None` for every other message.
#[must_use]
pub fn decode<'a>(message: &Message<'a>) -> Option<(&'a str, Counter)> {
    if message.kind.to_le_bytes() != [NEW_OBJECT, SUBSYSTEM] {
        return None;
    }
    let (mut name, mut counted, mut is_counter) = (None, None, false);
    for attribute in message.attributes(NFGEN) {
        match attribute.kind {
            object::NAME => name = attribute.text(),
            object::TYPE => is_counter = attribute.be32() == Some(COUNTER),
            object::DATA => {
                let part = |kind| {
                    let mut parts = attribute.nested();
                    parts.find(|part| part.kind == kind).and_then(|part| part.be64())
                };
                let counts = part(object::PACKETS).zip(part(object::BYTES));
                counted = counts.map(|(packets, bytes)| Counter { packets, bytes });
            }
            _ => {}
        }
    }
    name.zip(counted).filter(|_| is_counter)
}
