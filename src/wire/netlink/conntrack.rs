//! Connection tracking: finding the flows of a station's addresses and deleting them
//! (`NFNL_SUBSYS_CTNETLINK`, <linux/netfilter/nfnetlink_conntrack.h>).

use std::net::IpAddr;

use super::Family;
use super::elements::NFGEN;
use super::message::{Message, Writer, flag};

/// `NFNL_SUBSYS_CTNETLINK`.
const SUBSYSTEM: u8 = 1;
/// `IPCTNL_MSG_CT_NEW`: what a dump brings.
const NEW: u8 = 0;
/// `IPCTNL_MSG_CT_GET`.
const GET: u8 = 1;
/// `IPCTNL_MSG_CT_DELETE`.
const DELETE: u8 = 2;

/// `CTA_*`.
const TUPLE_ORIGINAL: u16 = 1;
const TUPLE_REPLY: u16 = 2;
const STATUS: u16 = 3;
const ID: u16 = 12;
const ZONE: u16 = 18;
/// `CTA_TUPLE_IP`.
const TUPLE_IP: u16 = 1;
/// `CTA_IP_V4_SRC`, `CTA_IP_V6_SRC`.
const V4_SOURCE: u16 = 1;
const V6_SOURCE: u16 = 3;
/// `IPS_DST_NAT`: the destination was rewritten.
const DESTINATION_NAT: u32 = 1 << 5;

/// One flow, as far as deleting it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow<'a> {
    /// Who opened it.
    pub source: IpAddr,
    /// Who answers; differs from what was addressed when the destination was rewritten.
    pub reply_source: IpAddr,
    /// Whether the destination was rewritten (`redirect`, `dnat`).
    pub redirected: bool,
    family: u8,
    tuple: &'a [u8],
    id: Option<&'a [u8]>,
    zone: Option<&'a [u8]>,
}

/// Asks for all flows of a family.
pub fn dump(out: &mut Writer, seq: u32, family: Family) {
    out.message(kind(GET), flag::DUMP, seq, |out| {
        out.raw(&[family.number(), 0, 0, 0]);
    });
}

/// Deletes one flow that a dump brought; `ENOENT` when it has ended meanwhile.
pub fn delete(out: &mut Writer, seq: u32, flags: u16, flow: &Flow<'_>) {
    out.message(kind(DELETE), flags, seq, |out| {
        out.raw(&[flow.family, 0, 0, 0]);
        out.attribute(TUPLE_ORIGINAL | 0x8000, flow.tuple);
        // Another flow may have taken the same addresses and ports meanwhile.
        for (number, value) in [(ID, flow.id), (ZONE, flow.zone)] {
            if let Some(value) = value {
                out.attribute(number, value);
            }
        }
    });
}

/// Reads one flow of a dump.
#[must_use]
pub fn decode_flow<'a>(message: &Message<'a>) -> Option<Flow<'a>> {
    if message.kind != kind(NEW) {
        return None;
    }
    let (mut tuple, mut reply, mut status, mut id, mut zone) = (None, None, 0, None, None);
    for attribute in message.attributes(NFGEN) {
        match attribute.kind {
            TUPLE_ORIGINAL => tuple = Some(attribute),
            TUPLE_REPLY => reply = Some(attribute),
            STATUS => status = attribute.be32()?,
            ID => id = Some(attribute.payload),
            ZONE => zone = Some(attribute.payload),
            _ => {}
        }
    }
    let tuple = tuple?;
    Some(Flow {
        source: decode_source(tuple.payload)?,
        reply_source: decode_source(reply?.payload)?,
        redirected: status & DESTINATION_NAT != 0,
        family: *message.payload.first()?,
        tuple: tuple.payload,
        id,
        zone,
    })
}

fn decode_source(tuple: &[u8]) -> Option<IpAddr> {
    let ip = super::message::attributes(tuple).find(|attribute| attribute.kind == TUPLE_IP)?;
    ip.nested().find_map(|attribute| match attribute.kind {
        V4_SOURCE => Some(IpAddr::from(<[u8; 4]>::try_from(attribute.payload).ok()?)),
        V6_SOURCE => Some(IpAddr::from(<[u8; 16]>::try_from(attribute.payload).ok()?)),
        _ => None,
    })
}

fn kind(message: u8) -> u16 {
    u16::from_be_bytes([SUBSYSTEM, message])
}
