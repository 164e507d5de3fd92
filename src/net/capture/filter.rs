//! The classic BPF program that picks the few frames stations are noticed by.
//!
//! Offsets count from the Ethernet destination. IPv6 extension headers are not followed: no client
//! sends DHCPv6 or neighbour discovery behind one, and RFC 6980 forbids fragmenting the latter.

use libc::{
    BPF_ABS, BPF_B, BPF_H, BPF_IND, BPF_JEQ, BPF_JMP, BPF_JSET, BPF_K, BPF_LD, BPF_LDX, BPF_MSH, BPF_RET,
    BPF_W,
};
use socket2::SockFilter;

/// Bytes kept of a frame: a whole one on any Wi-Fi network.
pub(super) const SNAP: usize = 2_048;
/// The same for the program.
const SNAP_K: u32 = 2_048;

/// Where the kernel keeps "has a VLAN tag" for programs: SKF_AD_OFF (-0x1000) +
/// SKF_AD_VLAN_TAG_PRESENT (48), `linux/filter.h`. The tag itself is no longer in the frame.
const VLAN_TAG_PRESENT: u32 = 0xffff_f000 + 48;
const ETHER_TYPE: u32 = 12;
const ARP: u32 = 0x0806;
const IPV4: u32 = 0x0800;
const IPV6: u32 = 0x86dd;
const IPV4_HEADER: u32 = 14;
const IPV4_FRAGMENT: u32 = 20;
/// Offset and "more fragments"; anything set is a fragment (RFC 791, section 3.1).
const FRAGMENT_BITS: u32 = 0x3fff;
const IPV4_PROTOCOL: u32 = 23;
const IPV6_NEXT_HEADER: u32 = 20;
const UDP: u32 = 17;
const ICMPV6: u32 = 58;
/// Destination port, behind an IPv4 header of the length in X.
const UDP4_PORT: u32 = 14 + 2;
const UDP6_PORT: u32 = 54 + 2;
const ICMPV6_TYPE: u32 = 54;
const DHCP4_SERVER: u32 = 67;
const DHCP6_SERVER: u32 = 547;
const ROUTER_SOLICITATION: u32 = 133;
const NEIGHBOUR_SOLICITATION: u32 = 135;
const NEIGHBOUR_ADVERTISEMENT: u32 = 136;

/// An instruction with absolute jumps.
#[derive(Clone, Copy)]
enum Step {
    /// A = byte, half-word or word at an offset.
    Load(u32, u32),
    /// X = length of the IPv4 header at the offset.
    HeaderLength(u32),
    /// A = half-word at X and an offset.
    LoadBehind(u32),
    /// To the first step when A equals the value, to the second otherwise.
    Equal(u32, usize, usize),
    /// To the first step when A and the value have a bit in common, to the second otherwise.
    AnyBit(u32, usize, usize),
    /// Keep so many bytes; none drops the frame.
    Return(u32),
}

const ACCEPT: usize = 22;
const DROP: usize = 23;
/// Where IPv4 is looked at.
const V4: usize = 14;

const STEPS: [Step; 24] = [
    // Stations are untagged: a tagged frame belongs to another LAN or is an attempt to look like one.
    Step::Load(BPF_W, VLAN_TAG_PRESENT),
    Step::Equal(0, 2, DROP),
    Step::Load(BPF_H, ETHER_TYPE),
    Step::Equal(ARP, ACCEPT, 4),
    Step::Equal(IPV6, 5, V4),
    Step::Load(BPF_B, IPV6_NEXT_HEADER),
    Step::Equal(UDP, 7, 9),
    Step::Load(BPF_H, UDP6_PORT),
    Step::Equal(DHCP6_SERVER, ACCEPT, DROP),
    Step::Equal(ICMPV6, 10, DROP),
    Step::Load(BPF_B, ICMPV6_TYPE),
    Step::Equal(ROUTER_SOLICITATION, ACCEPT, 12),
    Step::Equal(NEIGHBOUR_SOLICITATION, ACCEPT, 13),
    Step::Equal(NEIGHBOUR_ADVERTISEMENT, ACCEPT, DROP),
    Step::Equal(IPV4, 15, DROP),
    Step::Load(BPF_B, IPV4_PROTOCOL),
    Step::Equal(UDP, 17, DROP),
    Step::Load(BPF_H, IPV4_FRAGMENT),
    Step::AnyBit(FRAGMENT_BITS, DROP, 19),
    Step::HeaderLength(IPV4_HEADER),
    Step::LoadBehind(UDP4_PORT),
    Step::Equal(DHCP4_SERVER, ACCEPT, DROP),
    Step::Return(SNAP_K),
    Step::Return(0),
];

/// The program as the kernel takes it.
pub(super) fn program() -> Vec<SockFilter> {
    STEPS
        .iter()
        .enumerate()
        .map(|(at, step)| assemble(at, *step))
        .collect()
}

fn assemble(at: usize, step: Step) -> SockFilter {
    let statement = |code, value| instruction(code, 0, 0, value);
    let jump = |kind, value, yes, no| {
        instruction(BPF_JMP | kind | BPF_K, distance(at, yes), distance(at, no), value)
    };
    match step {
        Step::Load(size, offset) => statement(BPF_LD | size | BPF_ABS, offset),
        Step::HeaderLength(offset) => statement(BPF_LDX | BPF_B | BPF_MSH, offset),
        Step::LoadBehind(offset) => statement(BPF_LD | BPF_H | BPF_IND, offset),
        Step::Equal(value, yes, no) => jump(BPF_JEQ, value, yes, no),
        Step::AnyBit(value, yes, no) => jump(BPF_JSET, value, yes, no),
        Step::Return(length) => statement(BPF_RET | BPF_K, length),
    }
}

/// Steps to skip. The kernel refuses a program that jumps backwards or out of itself, so the fallback
/// cannot go unnoticed.
fn distance(from: usize, to: usize) -> u8 {
    u8::try_from(to.wrapping_sub(from + 1)).unwrap_or(u8::MAX)
}

/// All codes fit: they are at most 0xff.
fn instruction(code: u32, yes: u8, no: u8, value: u32) -> SockFilter {
    SockFilter::new(u16::try_from(code).unwrap_or(u16::MAX), yes, no, value)
}
