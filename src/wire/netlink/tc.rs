//! What all messages of traffic control begin with (`struct tcmsg`, <linux/rtnetlink.h>).

use super::message::{Message, Writer};

/// `RTM_*`.
pub(super) const NEW_QDISC: u16 = 36;
pub(super) const DELETE_QDISC: u16 = 37;
pub(super) const GET_QDISC: u16 = 38;
pub(super) const NEW_CLASS: u16 = 40;
pub(super) const DELETE_CLASS: u16 = 41;
pub(super) const GET_CLASS: u16 = 42;
pub(super) const NEW_FILTER: u16 = 44;
pub(super) const DELETE_FILTER: u16 = 45;
pub(super) const GET_FILTER: u16 = 46;
/// Bytes of `struct tcmsg`.
pub(super) const HEADER: usize = 20;
/// `TC_H_ROOT`: the parent of what stands at an interface's root.
pub(super) const ROOT: u32 = 0xffff_ffff;
/// `TCA_*`.
pub(super) const TCA_KIND: u16 = 1;
pub(super) const TCA_OPTIONS: u16 = 2;
/// `ETH_P_ALL`, as a filter is told it: in network byte order, in the lower half of the number.
const ANY_PROTOCOL: u16 = 3;

/// What a message is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Interface index.
    pub(super) interface: u32,
    /// Its number.
    pub(super) handle: u32,
    /// What it hangs from.
    pub(super) parent: u32,
    /// Of a filter its preference and protocol; of a class what hangs from it.
    pub(super) info: u32,
}

impl Place {
    pub(super) fn write(self, out: &mut Writer) {
        out.raw(&[0; 4]);
        for number in [self.interface, self.handle, self.parent, self.info] {
            out.raw(&number.to_ne_bytes());
        }
    }

    pub(super) fn read(message: &Message<'_>) -> Option<Self> {
        let number = |at: usize| {
            let bytes = message.payload.get(at..)?.first_chunk()?;
            Some(u32::from_ne_bytes(*bytes))
        };
        Some(Self {
            interface: number(4)?,
            handle: number(8)?,
            parent: number(12)?,
            info: number(16)?,
        })
    }
}

/// What a filter for packets of every protocol is told, by its place among others (the lowest first).
pub(super) fn filter_info(preference: u16) -> u32 {
    u32::from(preference) << 16 | u32::from(ANY_PROTOCOL.to_be())
}

/// Kind and options. Options without the bit that marks nesting, as tc does: kernels before 5.2 know it not
/// here.
pub(super) fn write_kind(out: &mut Writer, kind: &str, options: &Writer) {
    out.text(TCA_KIND, kind);
    if !options.is_empty() {
        out.attribute(TCA_OPTIONS, options.bytes());
    }
}
