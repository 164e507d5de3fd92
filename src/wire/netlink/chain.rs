//! A table of one's own: its chains and rules (`NFNL_SUBSYS_NFTABLES`, <linux/netfilter/nf_tables.h>).
//!
//! Only what [`backstop`](crate::net::ruleset) needs, since nft cannot make a table that belongs to a
//! socket: marks and interfaces compared, packets accepted or dropped. Numbers inside attributes are in
//! network byte order, marks as the machine has them.

use super::elements::{NFGEN, kind};
use super::message::{Message, Writer, flag};

/// `NFT_TABLE_F_OWNER`: it belongs to the socket, nobody else changes it, `nft flush ruleset` passes it
/// over, and it goes when the socket is closed (kernel 5.12 and later).
pub const OWNER: u32 = 0x2;
/// `NFT_TABLE_F_PERSIST`: it stays when the socket is closed, belonging to nobody, until somebody takes it
/// over (kernel 6.9 and later).
pub const PERSIST: u32 = 0x4;

/// `NFPROTO_INET`: IPv4 and IPv6.
const INET: u8 = 1;
/// `NFT_MSG_NEWTABLE`, `NFT_MSG_GETTABLE`, `NFT_MSG_DELTABLE`, `NFT_MSG_NEWCHAIN`, `NFT_MSG_NEWRULE`.
const NEW_TABLE: u8 = 0;
const GET_TABLE: u8 = 1;
const DELETE_TABLE: u8 = 2;
const NEW_CHAIN: u8 = 3;
const NEW_RULE: u8 = 6;

/// `NFTA_TABLE_*`.
const TABLE_NAME: u16 = 1;
const TABLE_FLAGS: u16 = 2;
/// `NFTA_CHAIN_*`, `NFTA_HOOK_*`.
const CHAIN_TABLE: u16 = 1;
const CHAIN_NAME: u16 = 3;
const CHAIN_HOOK: u16 = 4;
const CHAIN_POLICY: u16 = 5;
const CHAIN_TYPE: u16 = 7;
const HOOK_NUMBER: u16 = 1;
const HOOK_PRIORITY: u16 = 2;
/// `NFTA_RULE_*`, `NFTA_LIST_ELEM`.
const RULE_TABLE: u16 = 1;
const RULE_CHAIN: u16 = 2;
const RULE_EXPRESSIONS: u16 = 4;
const ONLY: u16 = 1;
/// `NFTA_EXPR_*`.
const EXPRESSION_NAME: u16 = 1;
const EXPRESSION_DATA: u16 = 2;
/// `NFTA_META_*`, `NFTA_BITWISE_*`, `NFTA_CMP_*`, `NFTA_IMMEDIATE_*`, `NFTA_DATA_*`, `NFTA_VERDICT_CODE`.
const META_TO: u16 = 1;
const META_KEY: u16 = 2;
const BITWISE_FROM: u16 = 1;
const BITWISE_TO: u16 = 2;
const BITWISE_LENGTH: u16 = 3;
const BITWISE_MASK: u16 = 4;
const BITWISE_XOR: u16 = 5;
const COMPARE_REGISTER: u16 = 1;
const COMPARE_HOW: u16 = 2;
const COMPARE_DATA: u16 = 3;
const IMMEDIATE_TO: u16 = 1;
const IMMEDIATE_DATA: u16 = 2;
const DATA_VALUE: u16 = 1;
const DATA_VERDICT: u16 = 2;
const VERDICT_CODE: u16 = 1;

/// `NFT_REG_VERDICT`, `NFT_REG_1`.
const REGISTER_VERDICT: u32 = 0;
const REGISTER: u32 = 1;
/// `NFT_META_MARK`, `NFT_META_IIFNAME`, `NFT_META_OIFNAME`.
const META_MARK: u32 = 3;
const META_IIFNAME: u32 = 6;
const META_OIFNAME: u32 = 7;
/// `NFT_CMP_EQ`, `NFT_CMP_NEQ`.
const EQUAL: u32 = 0;
const UNEQUAL: u32 = 1;
/// `NF_DROP`, `NF_ACCEPT`.
const DROP: u32 = 0;
const ACCEPT: u32 = 1;
/// `IFNAMSIZ`.
const INTERFACE_NAME: usize = 16;

/// Where a chain is hooked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// Packets to the machine itself (`NF_INET_LOCAL_IN`).
    Input,
    /// Packets passed on (`NF_INET_FORWARD`).
    Forward,
    /// Packets of the machine itself (`NF_INET_LOCAL_OUT`).
    Output,
}

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule<'a> {
    /// Accepts what has any of these bits in its mark.
    AcceptMarked(u32),
    /// Drops what came in by the interface.
    DropFrom(&'a str),
    /// Drops what would leave by the interface.
    DropTo(&'a str),
}

/// Makes a table of IPv4 and IPv6, or takes over one that belongs to nobody.
pub fn new_table(out: &mut Writer, seq: u32, table: &str, flags: u32) {
    out.message(kind(NEW_TABLE), flag::CREATE, seq, |out| {
        header(out);
        out.text(TABLE_NAME, table);
        number(out, TABLE_FLAGS, flags);
    });
}

/// Asks for a table; `ENOENT` when there is none. [`decode_flags`] reads the answer.
pub fn get_table(out: &mut Writer, seq: u32, table: &str) {
    out.message(kind(GET_TABLE), 0, seq, |out| {
        header(out);
        out.text(TABLE_NAME, table);
    });
}

/// The flags of the table that a message is about.
#[must_use]
pub fn decode_flags(message: &Message<'_>) -> Option<u32> {
    let mut attributes = message.attributes(NFGEN);
    let flags = attributes.find(|attribute| attribute.kind == TABLE_FLAGS)?;
    (message.kind == kind(NEW_TABLE)).then(|| flags.be32())?
}

/// Removes a table and everything in it; `ENOENT` when there is none.
pub fn delete_table(out: &mut Writer, seq: u32, flags: u16, table: &str) {
    out.message(kind(DELETE_TABLE), flags, seq, |out| {
        header(out);
        out.text(TABLE_NAME, table);
    });
}

/// Adds a chain that lets pass what none of its rules drops.
pub fn new_chain(out: &mut Writer, seq: u32, table: &str, chain: &str, hook: Hook, priority: i32) {
    out.message(kind(NEW_CHAIN), flag::CREATE, seq, |out| {
        header(out);
        out.text(CHAIN_TABLE, table);
        out.text(CHAIN_NAME, chain);
        out.nest(CHAIN_HOOK, |out| {
            let hook = match hook {
                Hook::Input => 1,
                Hook::Forward => 2,
                Hook::Output => 3,
            };
            number(out, HOOK_NUMBER, hook);
            out.attribute(HOOK_PRIORITY, &priority.to_be_bytes());
        });
        number(out, CHAIN_POLICY, ACCEPT);
        out.text(CHAIN_TYPE, "filter");
    });
}

/// Appends a rule to a chain.
pub fn new_rule(out: &mut Writer, seq: u32, flags: u16, (table, chain): (&str, &str), rule: Rule<'_>) {
    let append = 0x800;
    out.message(kind(NEW_RULE), flags | flag::CREATE | append, seq, |out| {
        header(out);
        out.text(RULE_TABLE, table);
        out.text(RULE_CHAIN, chain);
        out.nest(RULE_EXPRESSIONS, |out| match rule {
            Rule::AcceptMarked(bits) => {
                meta(out, META_MARK);
                keep_bits(out, bits);
                compare(out, UNEQUAL, &[0; 4]);
                verdict(out, ACCEPT);
            }
            Rule::DropFrom(interface) => {
                meta(out, META_IIFNAME);
                compare(out, EQUAL, &interface_name(interface));
                verdict(out, DROP);
            }
            Rule::DropTo(interface) => {
                meta(out, META_OIFNAME);
                compare(out, EQUAL, &interface_name(interface));
                verdict(out, DROP);
            }
        });
    });
}

fn meta(out: &mut Writer, key: u32) {
    expression(out, "meta", |out| {
        number(out, META_KEY, key);
        number(out, META_TO, REGISTER);
    });
}

fn keep_bits(out: &mut Writer, bits: u32) {
    expression(out, "bitwise", |out| {
        number(out, BITWISE_FROM, REGISTER);
        number(out, BITWISE_TO, REGISTER);
        number(out, BITWISE_LENGTH, 4);
        out.nest(BITWISE_MASK, |out| out.attribute(DATA_VALUE, &bits.to_ne_bytes()));
        out.nest(BITWISE_XOR, |out| out.attribute(DATA_VALUE, &[0; 4]));
    });
}

fn compare(out: &mut Writer, how: u32, with: &[u8]) {
    expression(out, "cmp", |out| {
        number(out, COMPARE_REGISTER, REGISTER);
        number(out, COMPARE_HOW, how);
        out.nest(COMPARE_DATA, |out| out.attribute(DATA_VALUE, with));
    });
}

fn verdict(out: &mut Writer, code: u32) {
    expression(out, "immediate", |out| {
        number(out, IMMEDIATE_TO, REGISTER_VERDICT);
        out.nest(IMMEDIATE_DATA, |out| {
            out.nest(DATA_VERDICT, |out| number(out, VERDICT_CODE, code));
        });
    });
}

fn expression(out: &mut Writer, name: &str, data: impl FnOnce(&mut Writer)) {
    out.nest(ONLY, |out| {
        out.text(EXPRESSION_NAME, name);
        out.nest(EXPRESSION_DATA, data);
    });
}

/// As the kernel keeps a name: sixteen bytes, the rest of them NUL.
fn interface_name(name: &str) -> [u8; INTERFACE_NAME] {
    let mut bytes = [0; INTERFACE_NAME];
    for (place, byte) in bytes.iter_mut().zip(name.bytes()) {
        *place = byte;
    }
    bytes
}

fn number(out: &mut Writer, kind: u16, value: u32) {
    out.attribute(kind, &value.to_be_bytes());
}

fn header(out: &mut Writer) {
    out.raw(&[INET, 0, 0, 0]);
}
