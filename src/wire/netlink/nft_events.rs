//! What somebody did to the tables named `portico`, as the kernel announces it to the group
//! `NFNLGRP_NFTABLES`.
//!
//! One transaction is announced as a run of messages that ends with a generation message naming the
//! process that made it.

use super::elements::{DELETE_ELEMENT, NEW_ELEMENT, NFGEN, SUBSYSTEM, TABLE};
use super::message::Message;

/// `NFNLGRP_NFTABLES` as a bit of a socket's group mask.
pub const GROUP: u32 = 1 << (7 - 1);

/// `NFT_MSG_*`.
mod kind {
    pub(super) const NEW_TABLE: u8 = 0;
    pub(super) const DELETE_TABLE: u8 = 2;
    pub(super) const NEW_CHAIN: u8 = 3;
    pub(super) const DELETE_CHAIN: u8 = 5;
    pub(super) const NEW_RULE: u8 = 6;
    pub(super) const DELETE_RULE: u8 = 8;
    pub(super) const NEW_SET: u8 = 9;
    pub(super) const DELETE_SET: u8 = 11;
    pub(super) const NEW_GENERATION: u8 = 15;
}

/// `NFTA_GEN_ID`, `NFTA_GEN_PROC_PID`.
const GENERATION_ID: u16 = 1;
const GENERATION_PID: u16 = 2;
/// `NFTA_TABLE_NAME`, and the `TABLE` attribute of chains, rules, sets and elements.
const TABLE_NAME: u16 = 1;

/// One message about our tables, or the end of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NftEvent {
    /// A table, chain, rule or set of ours was removed.
    Removed,
    /// A table, chain, rule or set was added to ours.
    Added,
    /// Elements of our sets changed.
    Elements,
    /// The transaction is complete.
    Generation {
        /// The ruleset's number from now on.
        id: u32,
        /// The thread that committed it; of a program with one thread, the process.
        thread: u32,
        /// The netlink port of the socket that it came by.
        port: u32,
    },
}

/// Recognises one message; `None` is not about us.
#[must_use]
pub fn decode_event(message: &Message<'_>) -> Option<NftEvent> {
    let [what, subsystem] = message.kind.to_le_bytes();
    if subsystem != SUBSYSTEM {
        return None;
    }
    if what == kind::NEW_GENERATION {
        return decode_generation(message);
    }
    let event = match what {
        kind::DELETE_TABLE | kind::DELETE_CHAIN | kind::DELETE_RULE | kind::DELETE_SET => NftEvent::Removed,
        kind::NEW_TABLE | kind::NEW_CHAIN | kind::NEW_RULE | kind::NEW_SET => NftEvent::Added,
        NEW_ELEMENT | DELETE_ELEMENT => NftEvent::Elements,
        _ => return None,
    };
    let table = message
        .attributes(NFGEN)
        .find(|attribute| attribute.kind == TABLE_NAME)?;
    (table.text() == Some(TABLE)).then_some(event)
}

fn decode_generation(message: &Message<'_>) -> Option<NftEvent> {
    let (mut id, mut thread) = (None, 0);
    for attribute in message.attributes(NFGEN) {
        match attribute.kind {
            GENERATION_ID => id = attribute.be32(),
            GENERATION_PID => thread = attribute.be32().unwrap_or(0),
            _ => {}
        }
    }
    Some(NftEvent::Generation {
        id: id?,
        thread,
        port: message.port,
    })
}
