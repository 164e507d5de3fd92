//! Routing policy rules (<linux/fib_rules.h>, `ip rule`). All in host byte order.

use super::Family;
use super::message::{Message, Writer, flag};

/// The socket groups that announce rules: `RTNLGRP_IPV4_RULE`, `RTNLGRP_IPV6_RULE`.
pub const GROUPS: u32 = 1 << (8 - 1) | 1 << (19 - 1);

/// `RTM_*`.
const NEW_RULE: u16 = 32;
const DELETE_RULE: u16 = 33;
const GET_RULE: u16 = 34;
/// Bytes of `struct fib_rule_hdr`.
const HEADER: usize = 12;
/// `FRA_*`.
const FRA_IIFNAME: u16 = 3;
const FRA_PRIORITY: u16 = 6;
const FRA_FWMARK: u16 = 10;
const FRA_FWMASK: u16 = 16;
const FRA_PROTOCOL: u16 = 21;
/// `FR_ACT_BLACKHOLE`: dropped without a word. An ICMP error (`FR_ACT_PROHIBIT`) would go to whatever
/// source the packet claims, the Internet too, and quote the packet there.
const BLACKHOLE: u8 = 6;
/// `FIB_RULE_INVERT`.
const INVERTED: u32 = 2;

/// A rule that drops what comes in by an interface with certain marks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Prohibition {
    /// IPv4 or IPv6.
    pub family: Family,
    /// By which interface.
    pub interface: String,
    /// The bits of the mark that are compared …
    pub mask: u32,
    /// … and what they must be.
    pub mark: u32,
    /// Its place; the smallest number comes first.
    pub priority: u32,
    /// Who made it: a number of the program's own (`RTPROT_*`).
    pub protocol: u8,
}

/// Adds a rule; `EEXIST` when there is the same one.
pub fn add(out: &mut Writer, seq: u32, rule: &Prohibition) {
    let flags = flag::ACK | flag::EXCLUSIVE | flag::CREATE;
    out.message(NEW_RULE, flags, seq, |out| write(out, rule));
}

/// Removes a rule; `ENOENT` when there is none.
pub fn delete(out: &mut Writer, seq: u32, rule: &Prohibition) {
    out.message(DELETE_RULE, flag::ACK, seq, |out| write(out, rule));
}

/// Asks for all rules of a family.
pub fn dump(out: &mut Writer, seq: u32, family: Family) {
    out.message(GET_RULE, flag::DUMP, seq, |out| header(out, family, 0));
}

/// Reads an announcement or an entry of a dump; `None` is something else, or a rule of another kind.
#[must_use]
pub fn decode(message: &Message<'_>) -> Option<Prohibition> {
    if message.kind != NEW_RULE && message.kind != DELETE_RULE {
        return None;
    }
    let (header, _) = message.payload.split_first_chunk::<HEADER>()?;
    let family = Family::ALL.into_iter().find(|one| one.number() == header[0])?;
    let flags = u32::from_ne_bytes([header[8], header[9], header[10], header[11]]);
    if header[7] != BLACKHOLE || flags & INVERTED != 0 {
        return None;
    }
    let mut rule = Prohibition {
        family,
        interface: String::new(),
        mask: 0,
        mark: 0,
        priority: 0,
        protocol: 0,
    };
    for attribute in message.attributes(HEADER) {
        match attribute.kind {
            FRA_IIFNAME => attribute.text()?.clone_into(&mut rule.interface),
            FRA_FWMARK => rule.mark = attribute.ne32()?,
            FRA_FWMASK => rule.mask = attribute.ne32()?,
            FRA_PRIORITY => rule.priority = attribute.ne32()?,
            FRA_PROTOCOL => rule.protocol = *attribute.payload.first()?,
            _ => {}
        }
    }
    Some(rule)
}

/// Whether a message announces that a rule was removed.
#[must_use]
pub const fn removes(message: &Message<'_>) -> bool {
    message.kind == DELETE_RULE
}

fn write(out: &mut Writer, rule: &Prohibition) {
    header(out, rule.family, BLACKHOLE);
    out.text(FRA_IIFNAME, &rule.interface);
    out.attribute(FRA_FWMARK, &rule.mark.to_ne_bytes());
    out.attribute(FRA_FWMASK, &rule.mask.to_ne_bytes());
    out.attribute(FRA_PRIORITY, &rule.priority.to_ne_bytes());
    out.attribute(FRA_PROTOCOL, &[rule.protocol]);
}

fn header(out: &mut Writer, family: Family, action: u8) {
    out.raw(&[family.number(), 0, 0, 0, 0, 0, 0, action, 0, 0, 0, 0]);
}
