//! Reading the sets.
//!
//! Counters are read by key, up to [`KEYS`] in one request: 1.3 µs a key whatever the size of the
//! set. The kernel's dump of a set begins anew at the set's first bucket for each 32 KiB, so it is
//! twice as fast at 1,000 elements, even at 10,000, and six times slower at 100,000; it is used
//! once, when the daemon starts.

use std::collections::BTreeMap;

use super::{Nftables, to_ip};
use crate::model::{
    Burst, Counter, Counters, DropCause, Entry, KernelSession, Mac, NetworkId, Rate, RatePlan,
};
use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::counters;
use crate::wire::netlink::elements::{self, Element, Limit, Role, SetName};
use crate::wire::netlink::message::{Meaning, Writer, messages};

/// `NFPROTO_INET`.
const INET: u8 = 1;
/// Most dumps of one set, until one brings nobody new.
const DUMPS: usize = 6;
/// Keys in one request: half the cost of one by one; 300 are no faster.
const KEYS: usize = 64;

impl Nftables {
    pub(super) fn read_counters(
        &mut self,
        network: NetworkId,
        macs: &[Mac],
        out: &mut Vec<(Mac, Counters)>,
        missing: &mut Vec<Mac>,
    ) -> Result<(), NetlinkError> {
        for (role, found) in [(Role::Up, &mut self.up), (Role::Down, &mut self.down)] {
            found.clear();
            let set = SetName::new(role, network);
            read_keys(&mut self.socket, &mut self.out, &set, macs, |element| {
                found.push(element.and_then(|element| element.counter));
            })?;
        }
        for ((mac, up), down) in macs.iter().zip(&self.up).zip(&self.down) {
            match (*up, *down) {
                (Some(up), Some(down)) => out.push((
                    *mac,
                    Counters {
                        up,
                        down: to_ip(down),
                    },
                )),
                _ => missing.push(*mac),
            }
        }
        Ok(())
    }

    /// Packets that the rules dropped, by network and cause.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub fn drops(&mut self) -> Result<BTreeMap<(NetworkId, DropCause), u64>, NetlinkError> {
        let mut drops = BTreeMap::new();
        for family in [elements::NETDEV, INET] {
            self.socket.dump(
                &mut drops,
                |out, seq| counters::dump(out, seq, family),
                |_| (),
                |drops, message| {
                    let counter = counters::decode(message);
                    drops.extend(
                        counter.and_then(|(name, packets)| Some((DropCause::of_counter(name)?, packets))),
                    );
                },
            )?;
        }
        Ok(drops)
    }

    pub(super) fn read_sessions(&mut self, network: NetworkId) -> Result<Vec<KernelSession>, NetlinkError> {
        let up_set = SetName::new(Role::Up, network);
        let mut up = BTreeMap::new();
        // Whom `up` holds is who has access: that, and not `auth`, must not be overlooked. While the kernel
        // makes a table larger, after many grants at once, its dump passes elements over.
        for _ in 0..DUMPS {
            let before = up.len();
            self.socket.dump(
                &mut up,
                |out, seq| elements::dump(out, seq, &up_set),
                |_| (),
                |up, message| {
                    up.extend(elements::decode_elements(message).map(|element| (element.mac, element)));
                },
            )?;
            if up.len() == before {
                break;
            }
        }
        let macs: Vec<Mac> = up.keys().copied().collect();
        let mut sessions = Vec::with_capacity(macs.len());
        let mut stations = up.values();
        let down_set = SetName::new(Role::Down, network);
        read_keys(&mut self.socket, &mut self.out, &down_set, &macs, |down| {
            sessions.extend(stations.next().map(|up| session_of(network, up, down.as_ref())));
        })?;
        Ok(sessions)
    }
}

/// A station whose downward element is missing or has other limits than ours is told without a plan:
/// it differs from what anybody wants, so `core` sets it right.
fn session_of(network: NetworkId, up: &Element, down: Option<&Element>) -> KernelSession {
    let counter = |element: Option<&Element>| -> Counter {
        element.and_then(|element| element.counter).unwrap_or_default()
    };
    KernelSession {
        network,
        mac: up.mac,
        entry: Entry {
            plan: up
                .limit
                .zip(down.and_then(|down| down.limit))
                .and_then(|(up, down)| plan_of(up, down)),
            timeout_ms: up.expires_ms.or(up.timeout_ms),
        },
        counters: Counters {
            up: counter(Some(up)),
            down: to_ip(counter(down)),
        },
    }
}

fn plan_of(up: Limit, down: Limit) -> Option<RatePlan> {
    Some(RatePlan {
        down: Rate::from_bytes_per_second(down.rate).ok()?,
        up: Rate::from_bytes_per_second(up.rate).ok()?,
        burst: Burst::from_bytes(up.burst).ok()?,
    })
}

/// Reads the elements of these keys and hands them to `each` in order, `None` for a missing one.
///
/// A missing key ends its request, and the rest is asked for again, in half as large a request each
/// time and twice as large after each that went through: at worst one request a key.
fn read_keys(
    socket: &mut Socket,
    out: &mut Writer,
    set: &SetName,
    macs: &[Mac],
    mut each: impl FnMut(Option<Element>),
) -> Result<(), NetlinkError> {
    let mut rest = macs;
    let mut width = KEYS;
    let mut any = false;
    while !rest.is_empty() {
        let (keys, _) = rest.split_at(width.min(rest.len()));
        let seq = socket.reserve(1);
        out.clear();
        elements::get(out, seq, set, keys);
        socket.send(out.bytes())?;
        let found = read_found(socket, seq, keys.len(), &mut each)?;
        any |= found > 0;
        let done = if found < keys.len() {
            each(None);
            width = (width / 2).max(1);
            found + 1
        } else {
            width = (width * 2).min(KEYS);
            found
        };
        rest = rest.get(done..).unwrap_or_default();
    }
    if !any && !macs.is_empty() {
        // The kernel says the same of a missing set as of a missing element.
        socket.ask(|out, seq| elements::get_set(out, seq, set), |_| ())?;
    }
    Ok(())
}

/// Reads up to `expected` elements of one request; how many came before the first missing one.
fn read_found(
    socket: &mut Socket,
    seq: u32,
    expected: usize,
    each: &mut impl FnMut(Option<Element>),
) -> Result<usize, NetlinkError> {
    let mut found = 0;
    while found < expected {
        for message in messages(socket.receive()?).filter(|message| message.seq == seq) {
            match message.meaning() {
                Meaning::Data => {
                    each(elements::decode_elements(&message).next());
                    found += 1;
                }
                Meaning::Failed(errno) => {
                    let error = NetlinkError::refused(errno);
                    return if error.is_missing() { Ok(found) } else { Err(error) };
                }
                Meaning::Acknowledged | Meaning::Done => {}
            }
        }
    }
    Ok(found)
}
