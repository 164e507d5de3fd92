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

    /// What the rules dropped, by network and cause.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub fn drops(&mut self) -> Result<BTreeMap<(NetworkId, DropCause), Counter>, NetlinkError> {
        let mut drops = BTreeMap::new();
        for family in [elements::NETDEV, INET] {
            self.socket.dump(
                &mut drops,
                |out, seq| counters::dump(out, seq, family),
                |_| (),
                |drops, message| {
                    let counter = counters::decode(message);
                    drops.extend(
                        counter.and_then(|(name, counted)| Some((DropCause::of_counter(name)?, counted))),
                    );
                },
            )?;
        }
        Ok(drops)
    }

    pub(super) fn read_sessions(&mut self, network: NetworkId) -> Result<Vec<KernelSession>, NetlinkError> {
        let up_set = SetName::new(Role::Up, network);
        // Whom `up` holds is who has access: that, and not `auth`, must not be overlooked.
        let up = gather(|up| {
            self.socket.dump(
                up,
                |out, seq| elements::dump(out, seq, &up_set),
                |_| (),
                |up, message| {
                    up.extend(elements::decode_elements(message).map(|element| (element.mac, element)));
                },
            )
        })?;
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

/// Everybody in a set. While the kernel makes a table larger, after many grants at once, its dump passes
/// elements over: `dump` adds what it sees, until it brings nobody new.
fn gather<T, E>(mut dump: impl FnMut(&mut BTreeMap<Mac, T>) -> Result<(), E>) -> Result<BTreeMap<Mac, T>, E> {
    let mut all = BTreeMap::new();
    for _ in 0..DUMPS {
        let before = all.len();
        dump(&mut all)?;
        if all.len() == before {
            break;
        }
    }
    Ok(all)
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

#[cfg(test)]
mod tests {
    use super::{DUMPS, gather};
    use crate::model::Mac;

    /// Eight stations of a set whose dumps each pass some over, and how many dumps it took.
    fn gathered(passed_over: &[&[u8]]) -> (Vec<u8>, usize) {
        let mut dumps = 0;
        let all = gather(|all| {
            let missing = passed_over.get(dumps).copied().unwrap_or_default();
            let seen = (0..8).filter(|last| !missing.contains(last));
            all.extend(seen.map(|last| (Mac::new([2, 0, 0, 0, 0, last]).unwrap(), dumps)));
            dumps += 1;
            Ok::<_, ()>(())
        });
        let macs = all.unwrap().into_keys();
        (macs.map(|mac| mac.octets()[5]).collect(), dumps)
    }

    #[test]
    fn whom_a_dump_passes_over_the_next_one_brings() {
        let everybody: Vec<u8> = (0..8).collect();
        assert_eq!(gathered(&[]), (everybody.clone(), 2), "undisturbed");
        assert_eq!(gathered(&[&[3]]), (everybody.clone(), 3));
        assert_eq!(
            gathered(&[&[0, 1, 2], &[1, 2, 7], &[2]]),
            (everybody.clone(), 5),
            "nor is anybody lost whom only an earlier dump has brought"
        );
        let one_by_one: Vec<Vec<u8>> = (1..10).map(|seen| (seen..8).collect()).collect();
        let one_by_one: Vec<&[u8]> = one_by_one.iter().map(Vec::as_slice).collect();
        assert_eq!(gathered(&one_by_one).1, DUMPS, "and it ends");
    }

    #[test]
    fn a_dump_that_fails_is_not_an_empty_set() {
        let outcome = gather(|all: &mut std::collections::BTreeMap<Mac, u8>| {
            if all.is_empty() {
                all.insert(Mac::new([2; 6]).unwrap(), 0);
                return Ok(());
            }
            Err("refused")
        });
        assert_eq!(outcome, Err("refused"));
    }
}
