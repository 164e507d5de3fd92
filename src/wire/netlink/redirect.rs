//! Leading what leaves an interface to another device first (<linux/pkt_cls.h>, <linux/tc_act/tc_mirred.h>,
//! `tc filter … action mirred egress redirect`). All in host byte order.

use super::message::{Message, Writer, attributes, flag};
use super::tc::{
    DELETE_FILTER, DELETE_QDISC, GET_FILTER, HEADER, NEW_FILTER, NEW_QDISC, Place, TCA_KIND, TCA_OPTIONS,
    filter_info, write_kind,
};

/// Of everything that `tc` numbers, the two hooks of an interface (`TC_H_CLSACT` with
/// `TC_H_MIN_INGRESS` or `TC_H_MIN_EGRESS`).
const HOOKS: u32 = 0xffff_0000;
/// Where the hooks themselves stand (`TC_H_CLSACT`).
const CLSACT: u32 = 0xffff_fff1;
/// `TCA_U32_*`.
const U32_SELECTOR: u16 = 5;
const U32_ACTIONS: u16 = 7;
/// `TCA_ACT_*`, of the first action.
const FIRST: u16 = 1;
const ACTION_KIND: u16 = 1;
const ACTION_OPTIONS: u16 = 2;
/// `TCA_MIRRED_PARMS`.
const MIRRED_PARAMETERS: u16 = 2;
/// `TC_ACT_STOLEN`: the packet is no longer the first interface's.
const STOLEN: u32 = 4;
/// `TCA_EGRESS_REDIR`.
const EGRESS_REDIRECT: u32 = 1;
/// `TC_U32_TERMINAL`: no further rules are looked at.
const TERMINAL: u8 = 1;

/// A hook of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// What comes in.
    Ingress,
    /// What goes out.
    Egress,
}

/// A filter at a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filter {
    /// Its place among the others, the lowest first.
    pub preference: u16,
    /// The device to which it leads packets, if it is such a one.
    pub target: Option<u32>,
}

impl Hook {
    const fn number(self) -> u32 {
        match self {
            Self::Ingress => HOOKS | 0xfff2,
            Self::Egress => HOOKS | 0xfff3,
        }
    }
}

/// The number of both hooks' discipline.
pub const HOOKS_HANDLE: u32 = HOOKS;
/// Its kind, with which alone both are there.
pub const HOOKS_KIND: &str = "clsact";

/// Gives an interface both hooks; `EEXIST` when it has them, or the older discipline `ingress`.
pub fn add_hooks(out: &mut Writer, seq: u32, interface: u32) {
    let flags = flag::ACK | flag::EXCLUSIVE | flag::CREATE;
    out.message(NEW_QDISC, flags, seq, |out| {
        hooks(interface).write(out);
        write_kind(out, HOOKS_KIND, &Writer::new());
    });
}

/// Takes both hooks, and all their filters, from an interface.
pub fn delete_hooks(out: &mut Writer, seq: u32, interface: u32) {
    out.message(DELETE_QDISC, flag::ACK, seq, |out| {
        hooks(interface).write(out);
        write_kind(out, HOOKS_KIND, &Writer::new());
    });
}

/// Leads all that goes out by an interface to `target` first. Not idempotent.
pub fn add(out: &mut Writer, seq: u32, interface: u32, preference: u16, target: u32) {
    let mut options = Writer::new();
    options.attribute(U32_ACTIONS, redirect(target).bytes());
    options.attribute(U32_SELECTOR, &match_everything());
    let flags = flag::ACK | flag::EXCLUSIVE | flag::CREATE;
    out.message(NEW_FILTER, flags, seq, |out| {
        place(interface, Hook::Egress, filter_info(preference)).write(out);
        write_kind(out, "u32", &options);
    });
}

/// Removes all filters of a preference.
pub fn delete(out: &mut Writer, seq: u32, interface: u32, preference: u16) {
    out.message(DELETE_FILTER, flag::ACK, seq, |out| {
        place(interface, Hook::Egress, u32::from(preference) << 16).write(out);
    });
}

/// Asks for the filters at a hook; none where there is no such hook.
pub fn dump(out: &mut Writer, seq: u32, interface: u32, hook: Hook) {
    out.message(GET_FILTER, flag::DUMP, seq, |out| {
        place(interface, hook, 0).write(out);
    });
}

/// Reads an entry of a dump; `None` is something else. Of one filter there may be several.
#[must_use]
pub fn decode(message: &Message<'_>) -> Option<Filter> {
    if message.kind != NEW_FILTER {
        return None;
    }
    let place = Place::read(message)?;
    let (mut kind, mut options) = ("", &[] as &[u8]);
    for attribute in message.attributes(HEADER) {
        match attribute.kind {
            TCA_KIND => kind = attribute.text()?,
            TCA_OPTIONS => options = attribute.payload,
            _ => {}
        }
    }
    Some(Filter {
        preference: u16::try_from(place.info >> 16).ok()?,
        target: Some(kind)
            .filter(|kind| *kind == "u32")
            .and_then(|_| target(options)),
    })
}

fn target(options: &[u8]) -> Option<u32> {
    let within = |bytes, kind| {
        attributes(bytes)
            .find(|part| part.kind == kind)
            .map(|part| part.payload)
    };
    let actions = within(options, U32_ACTIONS)?;
    let action = within(actions, FIRST)?;
    let options = within(action, ACTION_OPTIONS)?;
    let parameters = within(options, MIRRED_PARAMETERS)?;
    let index = parameters.get(24..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*index))
}

const fn place(interface: u32, hook: Hook, info: u32) -> Place {
    Place {
        interface,
        handle: 0,
        parent: hook.number(),
        info,
    }
}

const fn hooks(interface: u32) -> Place {
    Place {
        interface,
        handle: HOOKS,
        parent: CLSACT,
        info: 0,
    }
}

/// `struct tc_u32_sel` with one `struct tc_u32_key` in which no bit counts.
const fn match_everything() -> [u8; 32] {
    let mut selector = [0; 32];
    selector[0] = TERMINAL;
    // How many keys.
    selector[2] = 1;
    selector
}

/// One action, `struct tc_mirred`.
fn redirect(target: u32) -> Writer {
    let mut out = Writer::new();
    let mut action = Writer::new();
    action.text(ACTION_KIND, "mirred");
    action.nest(ACTION_OPTIONS, |out| {
        let parameters = [0, 0, STOLEN, 0, 0, EGRESS_REDIRECT, target].map(u32::to_ne_bytes);
        out.attribute(MIRRED_PARAMETERS, parameters.as_flattened());
    });
    out.attribute(FIRST, action.bytes());
    out
}
