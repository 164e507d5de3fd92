//! What packets of one class wait in, and how flows find their queue in it (<linux/pkt_sched.h>,
//! <linux/pkt_cls.h>, <linux/filter.h>, `tc qdisc`, `tc filter`). All in host byte order.

use super::message::{Writer, flag};
use super::tc::{DELETE_QDISC, NEW_FILTER, NEW_QDISC, Place, filter_info, write_kind};

/// `TCA_FQ_CODEL_*`.
const FQ_CODEL_LIMIT: u16 = 2;
const FQ_CODEL_FLOWS: u16 = 5;
const FQ_CODEL_QUANTUM: u16 = 6;
const FQ_CODEL_MEMORY: u16 = 9;
/// `TCA_BPF_*`.
const BPF_LENGTH: u16 = 4;
const BPF_PROGRAM: u16 = 5;

/// The codes of classic BPF that are used here (`BPF_CLASS | BPF_SIZE | BPF_MODE` and the like).
mod code {
    pub(super) const LOAD_WORD: u16 = 0x20;
    pub(super) const LOAD_HALF: u16 = 0x28;
    pub(super) const LOAD_BYTE: u16 = 0x30;
    pub(super) const LOAD_WORD_INDEXED: u16 = 0x40;
    pub(super) const LOAD_MEMORY: u16 = 0x60;
    pub(super) const LOAD_X_MEMORY: u16 = 0x61;
    pub(super) const LOAD_X_HEADER_LENGTH: u16 = 0xb1;
    pub(super) const STORE: u16 = 0x02;
    pub(super) const ADD: u16 = 0x04;
    pub(super) const ADD_X: u16 = 0x0c;
    pub(super) const MULTIPLY: u16 = 0x24;
    pub(super) const SHIFT_RIGHT: u16 = 0x74;
    pub(super) const JUMP: u16 = 0x05;
    pub(super) const JUMP_EQUAL: u16 = 0x15;
    pub(super) const JUMP_SET: u16 = 0x45;
    pub(super) const RETURN: u16 = 0x06;
    pub(super) const RETURN_A: u16 = 0x16;
}

/// `SKF_NET_OFF`: loads count from the network header, whatever stands before it (Ethernet, or nothing on
/// a PPP link).
const NET: u32 = 0xfff0_0000;
/// 2^32 by the golden ratio: neighbouring numbers end far from each other.
const SPREAD: u32 = 0x9e37_79b1;
const TCP: u32 = 6;
const UDP: u32 = 17;
/// More fragments, or an offset: only the first has ports.
const FRAGMENT: u32 = 0x3fff;

/// What `fq_codel` is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FqCodel {
    /// Most packets that wait.
    pub packets: u32,
    /// Queues.
    pub flows: u32,
    /// Bytes of a flow's turn.
    pub quantum: u32,
    /// Most bytes of memory.
    pub memory: u32,
}

/// Hangs `fq_codel` from a class; `ENOENT` when the kernel has none.
pub fn add_fq_codel(out: &mut Writer, (flags, seq): (u16, u32), place: (u32, u32, u32), settings: &FqCodel) {
    let mut options = Writer::new();
    for (kind, number) in [
        (FQ_CODEL_LIMIT, settings.packets),
        (FQ_CODEL_FLOWS, settings.flows),
        (FQ_CODEL_QUANTUM, settings.quantum),
        (FQ_CODEL_MEMORY, settings.memory),
    ] {
        options.attribute(kind, &number.to_ne_bytes());
    }
    add(out, (flags, seq), place, "fq_codel", &options);
}

/// Hangs a plain queue of so many bytes from a class.
pub fn add_fifo(out: &mut Writer, (flags, seq): (u16, u32), place: (u32, u32, u32), bytes: u32) {
    let mut options = Writer::new();
    // `struct tc_fifo_qopt`: the attribute of options is it, there are none inside.
    options.raw(&bytes.to_ne_bytes());
    add(out, (flags, seq), place, "bfifo", &options);
}

/// Takes away what hangs from a class.
pub fn delete(out: &mut Writer, (flags, seq): (u16, u32), (interface, parent, handle): (u32, u32, u32)) {
    out.message(DELETE_QDISC, flags, seq, |out| {
        let place = Place {
            interface,
            handle,
            parent,
            info: 0,
        };
        place.write(out);
    });
}

/// Spreads the flows that come to the tree `handle` over its classes 1 to 2^`bits`; `ENOENT` when the
/// kernel has no `cls_bpf`.
pub fn add_flow_filter(
    out: &mut Writer,
    (flags, seq): (u16, u32),
    (interface, handle): (u32, u32),
    bits: u32,
) {
    let program = flow_program(handle, bits);
    let length = u16::try_from(program.len()).unwrap_or(u16::MAX);
    let mut options = Writer::new();
    options.attribute(BPF_LENGTH, &length.to_ne_bytes());
    options.attribute(BPF_PROGRAM, &encode(&program));
    out.message(NEW_FILTER, flags | flag::EXCLUSIVE | flag::CREATE, seq, |out| {
        let place = Place {
            interface,
            handle: 0,
            parent: handle,
            info: filter_info(1),
        };
        place.write(out);
        write_kind(out, "bpf", &options);
    });
}

fn add(
    out: &mut Writer,
    (flags, seq): (u16, u32),
    (interface, parent, handle): (u32, u32, u32),
    kind: &str,
    options: &Writer,
) {
    out.message(NEW_QDISC, flags | flag::EXCLUSIVE | flag::CREATE, seq, |out| {
        let place = Place {
            interface,
            handle,
            parent,
            info: 0,
        };
        place.write(out);
        write_kind(out, kind, options);
    });
}

/// `struct sock_filter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    code: u16,
    /// How many steps to leap over when true, and when false.
    leap: [u8; 2],
    value: u32,
}

const fn step(code: u16, value: u32) -> Step {
    Step {
        code,
        leap: [0, 0],
        value,
    }
}

const fn branch(code: u16, value: u32, leap: [u8; 2]) -> Step {
    Step { code, leap, value }
}

/// Addresses, and ports where there are any, to the number of a class. What is no IP goes to the first.
fn flow_program(tree: u32, bits: u32) -> Vec<Step> {
    let first_class = tree | 1;
    vec![
        step(code::LOAD_BYTE, NET),
        step(code::SHIFT_RIGHT, 4),
        branch(code::JUMP_EQUAL, 6, [15, 0]),
        branch(code::JUMP_EQUAL, 4, [0, 32]),
        // 4, IPv4: both addresses; of what is no fragment the ports.
        step(code::LOAD_WORD, NET + 12),
        step(code::STORE, 0),
        step(code::LOAD_WORD, NET + 16),
        step(code::LOAD_X_MEMORY, 0),
        step(code::ADD_X, 0),
        step(code::STORE, 0),
        step(code::LOAD_HALF, NET + 6),
        branch(code::JUMP_SET, FRAGMENT, [19, 0]),
        step(code::LOAD_BYTE, NET + 9),
        branch(code::JUMP_EQUAL, TCP, [1, 0]),
        branch(code::JUMP_EQUAL, UDP, [0, 16]),
        step(code::LOAD_X_HEADER_LENGTH, NET),
        step(code::LOAD_WORD_INDEXED, NET),
        step(code::JUMP, 10),
        // 18, IPv6: the ends of both addresses; ports that follow the header at once.
        step(code::LOAD_WORD, NET + 20),
        step(code::STORE, 0),
        step(code::LOAD_WORD, NET + 36),
        step(code::LOAD_X_MEMORY, 0),
        step(code::ADD_X, 0),
        step(code::STORE, 0),
        step(code::LOAD_BYTE, NET + 6),
        branch(code::JUMP_EQUAL, TCP, [1, 0]),
        branch(code::JUMP_EQUAL, UDP, [0, 4]),
        step(code::LOAD_WORD, NET + 40),
        // 28, with ports.
        step(code::LOAD_X_MEMORY, 0),
        step(code::ADD_X, 0),
        step(code::STORE, 0),
        // 31, the sum of all that to the number of a class.
        step(code::LOAD_MEMORY, 0),
        step(code::MULTIPLY, SPREAD),
        step(code::SHIFT_RIGHT, 32 - bits),
        step(code::ADD, first_class),
        step(code::RETURN_A, 0),
        // 36, no IP.
        step(code::RETURN, first_class),
    ]
}

fn encode(program: &[Step]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(program.len() * 8);
    for step in program {
        bytes.extend_from_slice(&step.code.to_ne_bytes());
        bytes.extend_from_slice(&step.leap);
        bytes.extend_from_slice(&step.value.to_ne_bytes());
    }
    bytes
}
