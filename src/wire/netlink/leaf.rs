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
    add_filter(
        out,
        (flags, seq),
        (interface, handle),
        &flow_program(handle, bits),
    );
}

fn add_filter(out: &mut Writer, (flags, seq): (u16, u32), (interface, handle): (u32, u32), program: &[Step]) {
    let length = u16::try_from(program.len()).unwrap_or(u16::MAX);
    let mut options = Writer::new();
    options.attribute(BPF_LENGTH, &length.to_ne_bytes());
    options.attribute(BPF_PROGRAM, &encode(program));
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{NET, Step, code, flow_program};

    /// As the kernel runs it; `None` is a load from beyond the packet, which ends it without a class.
    fn run(program: &[Step], packet: &[u8]) -> Option<u32> {
        let (mut a, mut x, mut memory, mut at) = (0_u32, 0_u32, 0_u32, 0_usize);
        let load = |from: u32, length: usize| {
            let from = usize::try_from(from.wrapping_sub(NET)).ok()?;
            let bytes = packet.get(from..from.checked_add(length)?)?;
            Some(
                bytes
                    .iter()
                    .fold(0, |number, byte| number << 8 | u32::from(*byte)),
            )
        };
        loop {
            let step = program[at];
            let mut leap = 0;
            let [yes, no] = step.leap.map(usize::from);
            match step.code {
                code::LOAD_WORD => a = load(step.value, 4)?,
                code::LOAD_HALF => a = load(step.value, 2)?,
                code::LOAD_BYTE => a = load(step.value, 1)?,
                code::LOAD_WORD_INDEXED => a = load(step.value.wrapping_add(x), 4)?,
                code::LOAD_X_HEADER_LENGTH => x = 4 * (load(step.value, 1)? & 0xf),
                code::LOAD_MEMORY => a = memory,
                code::LOAD_X_MEMORY => x = memory,
                code::STORE => memory = a,
                code::ADD => a = a.wrapping_add(step.value),
                code::ADD_X => a = a.wrapping_add(x),
                code::MULTIPLY => a = a.wrapping_mul(step.value),
                code::SHIFT_RIGHT => a >>= step.value,
                code::JUMP => leap = usize::try_from(step.value).unwrap(),
                code::JUMP_EQUAL => leap = if a == step.value { yes } else { no },
                code::JUMP_SET => leap = if a & step.value != 0 { yes } else { no },
                code::RETURN => return Some(step.value),
                code::RETURN_A => return Some(a),
                other => panic!("{other:#x}"),
            }
            at += 1 + leap;
        }
    }

    fn v4(options: usize, protocol: u8, fragment: u16, ports: [u16; 2]) -> Vec<u8> {
        let mut packet = vec![0; 20 + 4 * options + 8];
        packet[0] = 0x45 + u8::try_from(options).unwrap();
        packet[6..8].copy_from_slice(&fragment.to_be_bytes());
        packet[9] = protocol;
        packet[12..20].copy_from_slice(&[192, 0, 2, 9, 10, 9, 0, 11]);
        write_ports(&mut packet[20 + 4 * options..], ports);
        packet
    }

    fn v6(protocol: u8, ports: [u16; 2]) -> Vec<u8> {
        let mut packet = vec![0x20; 48];
        packet[0] = 0x60;
        packet[6] = protocol;
        write_ports(&mut packet[40..], ports);
        packet
    }

    fn write_ports(packet: &mut [u8], [from, to]: [u16; 2]) {
        packet[..2].copy_from_slice(&from.to_be_bytes());
        packet[2..4].copy_from_slice(&to.to_be_bytes());
    }

    #[test]
    fn flows_are_told_apart_by_ports_wherever_these_are() {
        let program = flow_program(0x200_0000, 3);
        for write in [
            (|port| v4(0, 6, 0x4000, [443, port])) as fn(u16) -> Vec<u8>,
            |port| v4(0, 17, 0, [443, port]),
            |port| v4(5, 6, 0, [port, 443]),
            |port| v6(6, [443, port]),
            |port| v6(17, [port, 443]),
        ] {
            let queues: BTreeSet<_> = (40_000..40_100)
                .map(|port| run(&program, &write(port)).unwrap())
                .collect();
            assert_eq!(queues, (0x200_0001..=0x200_0008).collect());
        }
    }

    #[test]
    fn what_has_no_ports_is_one_flow_of_its_addresses() {
        let program = flow_program(0x200_0000, 3);
        for write in [
            (|port| v4(0, 1, 0, [port, port])) as fn(u16) -> Vec<u8>,
            // The first fragment and others, which have something else there.
            |port| v4(0, 17, 0x2000, [port, port]),
            |port| v4(0, 17, 0x00b9, [port, port]),
            |port| v6(58, [port, port]),
            |port| v6(44, [port, port]),
        ] {
            let queues: BTreeSet<_> = (0..100)
                .map(|port| run(&program, &write(port)).unwrap())
                .collect();
            assert_eq!(queues.len(), 1);
        }
        let addresses = |last: u8| {
            let mut packet = v4(0, 1, 0, [0, 0]);
            packet[15] = last;
            packet
        };
        let queues: BTreeSet<_> = (0..100)
            .map(|last| run(&program, &addresses(last)).unwrap())
            .collect();
        assert_eq!(queues.len(), 8);
        assert_eq!(run(&program, &[0, 1, 8, 0]), Some(0x200_0001), "ARP");
        assert_eq!(
            run(&program, &v4(0, 6, 0, [1, 2])[..20]),
            None,
            "nothing behind the header"
        );
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_program_is_written_as_tc_writes_it() {
        use super::{add_filter, branch, step};
        use crate::wire::netlink::golden::unhex;
        use crate::wire::netlink::message::{Writer, flag, messages};

        let program =
            [(40, 54), (7, 0), (40, 56), (12, 0), (84, 7), (4, 1)].map(|(code, value)| step(code, value));
        let program = [program.as_slice(), &[branch(68, 0x200_0000, [0, 0]), step(22, 0)]].concat();
        let theirs = unhex(include_str!("../../../tests/golden/netlink/tc-bpf-add.hex"));
        let theirs = messages(&theirs).next().unwrap();
        let mut ours = Writer::new();
        add_filter(&mut ours, (flag::ACK, theirs.seq), (2, 0x200_0000), &program);
        assert_eq!(messages(ours.bytes()).collect::<Vec<_>>(), [theirs]);
    }

    proptest! {
        #[test]
        fn every_packet_finds_a_queue_that_is_there(packet in any::<[u8; 64]>(), bits in 1_u32..8) {
            let queue = run(&flow_program(0x7fff_0000, bits), &packet);
            prop_assert!(queue.is_none_or(|queue| (1..=1 << bits).contains(&(queue - 0x7fff_0000))), "{queue:?}");
            prop_assert_eq!(queue, run(&flow_program(0x7fff_0000, bits), &packet));
        }
    }
}
