//! Hierarchical token buckets (<linux/pkt_sched.h>, tc-htb(8)): the tree, its classes, and reading them.
//! All in host byte order.
//!
//! A class below its assured rate sends at once; above it, it borrows from its parent up to its ceiling,
//! and those that borrow take turns.

use super::message::{Message, Writer, attributes, flag};
use super::tc::{
    DELETE_CLASS, GET_CLASS, HEADER, NEW_CLASS, NEW_QDISC, Place, TCA_KIND, TCA_OPTIONS, write_kind,
};

/// The parent of what stands at an interface's root (`TC_H_ROOT`).
pub const ROOT: u32 = super::tc::ROOT;

const KIND: &str = "htb";
/// `TCA_HTB_*`.
const HTB_PARAMETERS: u16 = 1;
const HTB_TREE: u16 = 2;
const HTB_RATE64: u16 = 6;
const HTB_CEIL64: u16 = 7;
/// `HTB_VER >> 16`, and what tc tells every kernel.
const VERSION: u32 = 3;
/// Rate by quantum for classes that tell no quantum; ours do.
const RATE_TO_QUANTUM: u32 = 10;
/// `cell_log` of tc for packets of up to 1,600 bytes. With [`ETHERNET`] the kernel does not look at it.
const CELL_LOG: u8 = 3;
/// `TC_LINKLAYER_ETHERNET`: the kernel needs no table of how long packets take.
const ETHERNET: u8 = 1;
/// One tick of the packet scheduler, nanoseconds (`PSCHED_SHIFT`).
const TICK_NS: u64 = 64;
const SECOND_NS: u64 = 1_000_000_000;

/// A class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Its number: tree and class.
    pub number: u32,
    /// The class above it, or the tree.
    pub parent: u32,
    /// Bytes per second that it has for sure; at least 1.
    pub rate: u64,
    /// Bytes per second that it has at most; at least 1.
    pub ceil: u64,
    /// Bytes that it may send at once while below its rate, and below its ceiling.
    pub burst: [u64; 2],
    /// Bytes of its turn.
    pub quantum: u32,
    /// 0 (first) to 7: who borrows before others.
    pub priority: u32,
}

/// What the kernel tells about a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Interface index.
    pub interface: u32,
    /// Its number.
    pub number: u32,
    /// The class above it; [`ROOT`] for none.
    pub parent: u32,
    /// The number of what hangs from it, 0 for the kernel's own.
    pub leaf: u32,
    /// Bytes per second that it has for sure.
    pub rate: u64,
    /// Bytes per second that it has at most.
    pub ceil: u64,
}

/// Puts a tree under a class, or with [`ROOT`] in the place of the kernel's own at
/// the root; its packets go to class `default` where nothing else is said. `EEXIST` when somebody else's
/// stands there, `ENOENT` when the kernel has none.
pub fn add_tree(
    out: &mut Writer,
    (flags, seq): (u16, u32),
    (interface, parent, handle): (u32, u32, u32),
    default: u32,
) {
    let mut options = Writer::new();
    let parameters = [VERSION, RATE_TO_QUANTUM, default, 0, 0].map(u32::to_ne_bytes);
    options.attribute(HTB_TREE, parameters.as_flattened());
    out.message(NEW_QDISC, flags | flag::EXCLUSIVE | flag::CREATE, seq, |out| {
        let place = Place {
            interface,
            handle,
            parent,
            info: 0,
        };
        place.write(out);
        write_kind(out, KIND, &options);
    });
}

/// Makes a class, or gives one that is there other rates, in place. Its parent cannot change.
pub fn put_class(out: &mut Writer, (flags, seq): (u16, u32), interface: u32, class: &Class) {
    let mut options = Writer::new();
    for (kind, rate) in [(HTB_RATE64, class.rate), (HTB_CEIL64, class.ceil)] {
        if u32::try_from(rate).is_err() {
            options.attribute(kind, &rate.to_ne_bytes());
        }
    }
    options.attribute(HTB_PARAMETERS, parameters(class).bytes());
    out.message(NEW_CLASS, flags | flag::CREATE, seq, |out| {
        let place = Place {
            interface,
            handle: class.number,
            parent: class.parent,
            info: 0,
        };
        place.write(out);
        write_kind(out, KIND, &options);
    });
}

/// Removes a class and what waits in it; `EBUSY` while others hang from it.
pub fn delete_class(out: &mut Writer, (flags, seq): (u16, u32), interface: u32, number: u32) {
    out.message(DELETE_CLASS, flags, seq, |out| {
        let place = Place {
            interface,
            handle: number,
            ..Place::default()
        };
        place.write(out);
    });
}

/// Asks for the classes of one tree of an interface.
pub fn dump_classes(out: &mut Writer, seq: u32, interface: u32, tree: u32) {
    out.message(GET_CLASS, flag::DUMP, seq, |out| {
        let place = Place {
            interface,
            parent: tree,
            ..Place::default()
        };
        place.write(out);
    });
}

/// Reads an entry of a dump; `None` is something else.
#[must_use]
pub fn decode_class(message: &Message<'_>) -> Option<Standing> {
    if message.kind != NEW_CLASS {
        return None;
    }
    let place = Place::read(message)?;
    let (mut kind, mut options) = (None, &[] as &[u8]);
    for attribute in message.attributes(HEADER) {
        match attribute.kind {
            TCA_KIND => kind = attribute.text(),
            TCA_OPTIONS => options = attribute.payload,
            _ => {}
        }
    }
    kind.filter(|kind| *kind == KIND)?;
    let (mut rate, mut ceil, mut rate64, mut ceil64) = (None, None, None, None);
    for attribute in attributes(options) {
        match attribute.kind {
            HTB_PARAMETERS => {
                let number = |at: usize| {
                    let bytes = attribute.payload.get(at..)?.first_chunk()?;
                    Some(u64::from(u32::from_ne_bytes(*bytes)))
                };
                // The last of each `struct tc_ratespec`.
                (rate, ceil) = (number(8), number(20));
            }
            HTB_RATE64 => rate64 = attribute.ne64(),
            HTB_CEIL64 => ceil64 = attribute.ne64(),
            _ => {}
        }
    }
    Some(Standing {
        interface: place.interface,
        number: place.handle,
        parent: place.parent,
        leaf: place.info,
        rate: rate64.or(rate)?,
        ceil: ceil64.or(ceil)?,
    })
}

/// `struct tc_htb_opt`.
fn parameters(class: &Class) -> Writer {
    let mut out = Writer::new();
    for rate in [class.rate, class.ceil] {
        out.raw(&[CELL_LOG, ETHERNET, 0, 0]);
        // `cell_align` is -1, `mpu` 0.
        out.raw(&[0xff, 0xff, 0, 0]);
        out.raw(&u32::try_from(rate).unwrap_or(u32::MAX).to_ne_bytes());
    }
    let [burst, ceil_burst] = class.burst;
    for number in [
        ticks(burst, class.rate),
        ticks(ceil_burst, class.ceil),
        class.quantum,
        // The kernel knows the level.
        0,
        class.priority,
    ] {
        out.raw(&number.to_ne_bytes());
    }
    out
}

/// How long so many bytes take at a rate.
fn ticks(bytes: u64, rate: u64) -> u32 {
    let time = bytes.saturating_mul(SECOND_NS) / rate.max(1) / TICK_NS;
    u32::try_from(time).unwrap_or(u32::MAX)
}
