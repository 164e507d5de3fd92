//! The keys and values of the program's maps, byte by byte as `fastpath.bpf.c` lays them out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use rustix::time::{ClockId, clock_gettime};

use crate::model::{Counter, Counters, Mac, RatePlan};
use crate::wire::netlink::tracked::Ends;

/// Bits behind the point of a byte's cost.
const COST_BITS: u32 = 20;
const NANOSECONDS: u64 = 1_000_000_000;

/// `struct key4`.
pub(super) type Key4 = [u8; 16];
/// `struct key6`.
pub(super) type Key6 = [u8; 40];
/// `struct flow`.
pub(super) type FlowBytes = [u8; 48];
/// `struct terms`.
pub(super) type TermsBytes = [u8; 64];
/// `struct use`.
pub(super) type UseBytes = [u8; 48];
/// `struct over`.
pub(super) type OverBytes = [u8; 32];
/// `struct who`.
pub(super) type WhoBytes = [u8; 12];

/// A flow as its packets arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) ends: Ends,
    /// Index of the interface.
    pub(super) arrives_at: u32,
    pub(super) protocol: u8,
}

/// A key as its map wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyBytes {
    V4(Key4),
    V6(Key6),
}

/// How the packets of a flow leave, `struct flow`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flow {
    /// Nanoseconds of the monotonic clock until which it may be passed on.
    pub(super) until: u64,
    /// When a packet of it last passed, within a second.
    pub(super) seen: u64,
    pub(super) slot: u32,
    pub(super) turn: u32,
    /// Index of the interface.
    pub(super) leaves_by: u32,
    /// What the station's end is translated to.
    pub(super) station: SocketAddr,
    /// Bytes of IP.
    pub(super) longest: u16,
    pub(super) to: Mac,
    pub(super) from: Mac,
}

/// What a station has, `struct terms`. Pairs are up and down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    /// Nanoseconds of the monotonic clock; 0 is nobody.
    pub(super) until: u64,
    pub(super) cost: [u64; 2],
    pub(super) depth: [u64; 2],
    pub(super) turn: u32,
    /// Classes in the queues; 0 is none.
    pub(super) classes: [u32; 2],
    pub(super) mac: Mac,
    /// The network's number in the program.
    pub(super) network: u16,
}

/// A packet of a granted station that belongs to no flow known to the program, `struct unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unknown {
    pub(super) key: Key,
    pub(super) slot: u32,
    pub(super) turn: u32,
    pub(super) mac: Mac,
}

/// Now, as the program tells the time.
pub(super) fn now() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    seconds.saturating_mul(NANOSECONDS) + u64::try_from(now.tv_nsec).unwrap_or(0)
}

impl Key {
    /// As its map wants it; `None` for addresses of two families, which no flow has.
    pub(super) fn encode(&self) -> Option<KeyBytes> {
        let (from, to) = (self.ends.from, self.ends.to);
        let mut out = Bytes::default();
        match (from.ip(), to.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                out.put(from.octets());
                out.put(to.octets());
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                out.put(from.octets());
                out.put(to.octets());
            }
            _ => return None,
        }
        out.put(from.port().to_be_bytes());
        out.put(to.port().to_be_bytes());
        out.put((self.arrives_at << 8 | u32::from(self.protocol)).to_ne_bytes());
        Some(if from.is_ipv4() {
            KeyBytes::V4(out.take())
        } else {
            KeyBytes::V6(out.take())
        })
    }

    pub(super) fn decode(bytes: &KeyBytes) -> Self {
        match bytes {
            KeyBytes::V4(bytes) => {
                let (addresses, rest) = bytes.split_at(8);
                let (from, to) = addresses.split_at(4);
                let address = |octets: &[u8]| {
                    let octets = <[u8; 4]>::try_from(octets).unwrap_or_default();
                    IpAddr::V4(Ipv4Addr::from(octets))
                };
                Self::of([address(from), address(to)], rest)
            }
            KeyBytes::V6(bytes) => {
                let (addresses, rest) = bytes.split_at(32);
                let (from, to) = addresses.split_at(16);
                let address = |octets: &[u8]| {
                    let octets = <[u8; 16]>::try_from(octets).unwrap_or_default();
                    IpAddr::V6(Ipv6Addr::from(octets))
                };
                Self::of([address(from), address(to)], rest)
            }
        }
    }

    fn of([from, to]: [IpAddr; 2], rest: &[u8]) -> Self {
        let port = |at: usize| {
            let bytes = rest.get(at..).and_then(|rest| rest.first_chunk());
            bytes.copied().map_or(0, u16::from_be_bytes)
        };
        let place = short(rest, 4);
        let [.., protocol] = place.to_be_bytes();
        Self {
            ends: Ends {
                from: SocketAddr::new(from, port(0)),
                to: SocketAddr::new(to, port(2)),
            },
            arrives_at: place >> 8,
            protocol,
        }
    }
}

impl Flow {
    pub(super) fn encode(&self) -> FlowBytes {
        let mut out = Bytes::default();
        out.put(self.until.to_ne_bytes());
        out.put(self.seen.to_ne_bytes());
        out.put(self.slot.to_ne_bytes());
        out.put(self.turn.to_ne_bytes());
        out.put(self.leaves_by.to_ne_bytes());
        out.put(match self.station.ip() {
            IpAddr::V4(ip) => ip.octets(),
            // Never translated.
            IpAddr::V6(_) => [0; 4],
        });
        out.put(self.station.port().to_be_bytes());
        out.put(self.longest.to_ne_bytes());
        out.put(self.to.octets());
        out.put(self.from.octets());
        out.take()
    }

    /// When a packet of a flow last passed.
    pub(super) fn seen_of(bytes: &FlowBytes) -> u64 {
        number(bytes, 8)
    }

    /// Until when a flow may be passed on.
    pub(super) fn until_of(bytes: &FlowBytes) -> u64 {
        number(bytes, 0)
    }

    /// The same flow, alive for longer.
    pub(super) fn renewed(mut bytes: FlowBytes, until: u64) -> FlowBytes {
        bytes[..8].copy_from_slice(&until.to_ne_bytes());
        bytes
    }
}

impl Terms {
    /// What somebody has by his plan (`None`: no limit) until then. The bucket is as deep as nftables' own: what the
    /// plan gives in a second, and the burst.
    pub(super) fn new(mac: Mac, network: u16, turn: u32, plan: Option<&RatePlan>, until: u64) -> Self {
        let limits = plan.map_or([(0, NANOSECONDS); 2], |plan| {
            [plan.up, plan.down].map(|rate| {
                let rate = rate.bytes_per_second().max(1);
                let burst = u128::from(plan.burst.bytes()) * u128::from(NANOSECONDS) / u128::from(rate);
                let depth = NANOSECONDS.saturating_add(u64::try_from(burst).unwrap_or(u64::MAX));
                ((NANOSECONDS << COST_BITS) / rate, depth)
            })
        });
        Self {
            until,
            cost: limits.map(|(cost, _)| cost),
            depth: limits.map(|(_, depth)| depth),
            turn,
            classes: [0; 2],
            mac,
            network,
        }
    }

    pub(super) fn encode(&self) -> TermsBytes {
        let mut out = Bytes::default();
        out.put(self.until.to_ne_bytes());
        for number in self.cost.into_iter().chain(self.depth) {
            out.put(number.to_ne_bytes());
        }
        out.put(self.turn.to_ne_bytes());
        for class in self.classes {
            out.put(class.to_ne_bytes());
        }
        out.put(self.mac.octets());
        out.put(self.network.to_ne_bytes());
        out.take()
    }
}

/// What a station has moved this way, or what was over the limits of a network's stations: pairs of counters at the end.
pub(super) fn counters_of<const N: usize>(bytes: &[u8; N]) -> Counters {
    let counter = |at: usize| Counter {
        packets: number(bytes, at),
        bytes: number(bytes, at + 8),
    };
    Counters {
        up: counter(N - 32),
        down: counter(N - 16),
    }
}

impl Unknown {
    /// What the program told; `None` is nothing of its.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk::<40>()?;
        let (numbers, rest) = rest.split_first_chunk::<8>()?;
        let (mac, rest) = rest.split_first_chunk::<6>()?;
        let key = match rest.first()? {
            4 => {
                let mut short = Bytes::default();
                short.put(*key.first_chunk::<4>()?);
                short.put(*key.get(16..)?.first_chunk::<4>()?);
                short.put(*key.get(32..)?.first_chunk::<8>()?);
                KeyBytes::V4(short.take())
            }
            6 => KeyBytes::V6(*key),
            _ => return None,
        };
        Some(Self {
            key: Key::decode(&key),
            slot: short(numbers, 0),
            turn: short(numbers, 4),
            mac: Mac::new(*mac).ok()?,
        })
    }
}

/// A station on an interface, `struct who`.
pub(super) fn who(interface: u32, mac: Mac) -> WhoBytes {
    let mut out = Bytes::default();
    out.put(interface.to_ne_bytes());
    out.put(mac.octets());
    out.take()
}

fn number(bytes: &[u8], at: usize) -> u64 {
    let number = bytes.get(at..).and_then(|rest| rest.first_chunk());
    number.copied().map_or(0, u64::from_ne_bytes)
}

fn short(bytes: &[u8], at: usize) -> u32 {
    let number = bytes.get(at..).and_then(|rest| rest.first_chunk());
    number.copied().map_or(0, u32::from_ne_bytes)
}

/// A value being written; what is not written is zero.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.0.extend(bytes);
    }

    fn take<const N: usize>(mut self) -> [u8; N] {
        self.0.resize(N, 0);
        self.0.try_into().unwrap_or([0; N])
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Flow, Key, KeyBytes, Terms, Unknown, counters_of};
    use crate::model::{Burst, Mac, Rate, RatePlan};
    use crate::wire::netlink::tracked::Ends;

    fn mac() -> Mac {
        Mac::new([2, 0, 0, 0, 0, 9]).unwrap()
    }

    proptest! {
        #[test]
        fn a_key_is_read_as_it_was_written(
            from in any::<SocketAddr>(), to in any::<SocketAddr>(), place in 1_u32..1 << 24, protocol: u8,
        ) {
            // What else an IPv6 socket address holds is not in a packet's header.
            let plain = |address: SocketAddr| SocketAddr::new(address.ip(), address.port());
            let key = Key { ends: Ends { from: plain(from), to: plain(to) }, arrives_at: place, protocol };
            let bytes = key.encode();
            prop_assert_eq!(bytes.is_some(), from.is_ipv4() == to.is_ipv4());
            if let Some(bytes) = bytes {
                prop_assert_eq!(Key::decode(&bytes), key);
            }
        }

        #[test]
        fn whatever_the_program_tells_is_read_or_left(bytes in vec(any::<u8>(), 0..80)) {
            let _ = Unknown::decode(&bytes);
        }

        #[test]
        fn a_byte_costs_what_the_plan_says(rate in Rate::MIN..=10_000_000_000_u64, burst in Burst::MIN..=Burst::MAX) {
            let rate = Rate::from_bytes_per_second(rate).unwrap();
            let burst = Burst::from_bytes(burst).unwrap();
            let terms = Terms::new(mac(), 0, 1, Some(&RatePlan { down: rate, up: rate, burst }), 0);
            let second = u128::from(rate.bytes_per_second());
            for (cost, depth) in terms.cost.into_iter().zip(terms.depth) {
                // A second's bytes cost a second, within one in ten thousand; the bucket holds them and the burst.
                let all = (second * u128::from(cost)) >> super::COST_BITS;
                prop_assert!((999_900_000..=1_000_000_000).contains(&all), "{all}");
                let held = u128::from(depth) * second / 1_000_000_000;
                let wanted = second + u128::from(burst.bytes());
                prop_assert!(held <= wanted && wanted - held <= second / 1_000_000_000 + 1, "{held} {wanted}");
            }
        }
    }

    #[test]
    fn what_the_program_tells_is_read() {
        let mut bytes = [0; 56];
        bytes[..4].copy_from_slice(&[10, 87, 0, 9]);
        bytes[16..20].copy_from_slice(&[198, 51, 100, 7]);
        bytes[32..36].copy_from_slice(&[0x9c, 0x40, 0x01, 0xbb]);
        bytes[36..40].copy_from_slice(&(7_u32 << 8 | 6).to_ne_bytes());
        bytes[40..44].copy_from_slice(&3_u32.to_ne_bytes());
        bytes[44..48].copy_from_slice(&5_u32.to_ne_bytes());
        bytes[48..54].copy_from_slice(&mac().octets());
        bytes[54] = 4;
        let unknown = Unknown::decode(&bytes).unwrap();
        let ends = Ends {
            from: "10.87.0.9:40000".parse().unwrap(),
            to: "198.51.100.7:443".parse().unwrap(),
        };
        let key = Key {
            ends,
            arrives_at: 7,
            protocol: 6,
        };
        assert_eq!(
            unknown,
            Unknown {
                key,
                slot: 3,
                turn: 5,
                mac: mac()
            }
        );
        assert!(matches!(key.encode(), Some(KeyBytes::V4(_))));
        bytes[54] = 5;
        assert_eq!(Unknown::decode(&bytes), None);
    }

    #[test]
    fn times_of_a_flow_are_where_the_program_looks_for_them() {
        let flow = Flow {
            until: 11,
            seen: 22,
            slot: 3,
            turn: 4,
            leaves_by: 5,
            station: "203.0.113.2:40001".parse().unwrap(),
            longest: 1_500,
            to: mac(),
            from: mac(),
        };
        let bytes = flow.encode();
        assert_eq!((Flow::until_of(&bytes), Flow::seen_of(&bytes)), (11, 22));
        let renewed = Flow::renewed(bytes, 33);
        assert_eq!((Flow::until_of(&renewed), Flow::seen_of(&renewed)), (33, 22));
        assert_eq!(renewed[8..], bytes[8..]);
        assert_eq!(bytes[28..34], [203, 0, 113, 2, 0x9c, 0x41]);
    }

    #[test]
    fn counters_stand_at_the_end() {
        let mut bytes = [0; 48];
        for (at, value) in [(16, 1_u64), (24, 2), (32, 3), (40, 4)] {
            bytes[at..at + 8].copy_from_slice(&value.to_ne_bytes());
        }
        let counters = counters_of(&bytes);
        assert_eq!((counters.up.packets, counters.up.bytes), (1, 2));
        assert_eq!((counters.down.packets, counters.down.bytes), (3, 4));
    }
}
