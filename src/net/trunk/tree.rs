//! One tree of queues on one interface, as it stands: built, taken over, changed.

use std::collections::BTreeMap;

use rustix::io::Errno;

use super::batch::{self, Request};
use super::wish::{self, OTHERS, ROOT, STATIONS, Shape};
use super::{HANDLE, LeafKind, Part, WayState, lead};
use crate::net::netlink::{NetlinkError, Socket};
use crate::net::queue;
use crate::wire::netlink::htb::{self, Class};
use crate::wire::netlink::leaf::FqCodel;
use crate::wire::netlink::message::flag;
use crate::wire::netlink::qdisc::{self, Queue};

/// A full packet with its Ethernet header.
const FULL_PACKET: u32 = 1_514;
/// The turn of each class: what its line, or inside a leaf its station, carries in this part of a second (5 ms),
/// within bounds. Network cards join packets of a burst into one of up to 64 KiB; were that more than a turn,
/// HTB would share by packets instead of bytes, and whoever is sent small ones would have less.
const TURN_PART: u64 = 200;
const TURN_BYTES: (u64, u64) = (2 * 1_514, 65_536);
/// A class may send at once what it has in this part of a second (4 ms): the kernel wakes often enough.
const BURST_PART: u64 = 250;
/// Rate of the queues inside a leaf, bytes per second (10 Gbit/s): they are never what limits.
const INNER_RATE: u64 = 1_250_000_000;
/// Bytes that wait of one flow at most: what its station has for sure in this part of a second (80 ms), so that a
/// single flow can use a fast line, within bounds. The largest packet that the kernel makes of many (64 KiB, and
/// the headers that it will have) must find room, or it would never pass.
const FLOW_PART_MS: u64 = 80;
const FLOW_BYTES: (u64, u64) = (80_000, 400_000);
/// Bytes that wait of a station where its flows are not kept apart: a hundred packets.
const PLAIN_BYTES: u32 = 100 * FULL_PACKET;
/// Queues of a station's flows, and of those that many stations share, as powers of two.
const OWN_BITS: u32 = 3;
const SHARED_BITS: u32 = 6;
/// Of one station; `fq_codel` asks for memory for each of its queues in advance.
const OWN_FQ_CODEL: FqCodel = FqCodel {
    packets: 1_000,
    flows: 64,
    quantum: FULL_PACKET,
    memory: 2 << 20,
};
/// Of many; as the kernel's own but for the memory.
const SHARED_FQ_CODEL: FqCodel = FqCodel {
    packets: 10_240,
    flows: 1_024,
    quantum: FULL_PACKET,
    memory: 8 << 20,
};

/// A tree that stands.
#[derive(Debug)]
pub(super) struct Tree {
    /// Interface index.
    pub(super) interface: u32,
    /// What its leaves are.
    pub(super) leaf: LeafKind,
    /// Its classes.
    classes: BTreeMap<u16, Shape>,
}

/// What the root of an interface holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// A tree of ours.
    Tree,
    /// Another discipline of ours.
    Own {
        /// Its name in the kernel.
        kind: String,
        /// Its number.
        handle: u32,
    },
    /// The kernel's own, or nothing yet.
    Free,
    /// Somebody else's.
    Foreign,
}

/// Looks at the root of an interface.
pub(super) fn root(socket: &mut Socket, interface: u32) -> Result<Root, NetlinkError> {
    let found = socket.ask(|out, seq| qdisc::get_root(out, seq, interface), qdisc::decode);
    match found {
        Ok(Some(Queue {
            handle: handle @ (HANDLE | queue::HANDLE),
            discipline,
            ..
        })) => Ok(match (handle, discipline.kind()) {
            (HANDLE, "htb") => Root::Tree,
            (_, kind) => {
                let kind = kind.to_owned();
                Root::Own { kind, handle }
            }
        }),
        Ok(Some(Queue { handle: 0, .. }) | None)
        | Err(NetlinkError::Refused(Errno::NOENT | Errno::INVAL | Errno::NODEV)) => Ok(Root::Free),
        Ok(Some(_)) => Ok(Root::Foreign),
        Err(error) => Err(error),
    }
}

/// Removes what of ours stands at the root of an interface, by its number.
pub(super) fn delete_root(socket: &mut Socket, interface: u32, handle: u32) -> Result<(), NetlinkError> {
    match socket.ask(|out, seq| qdisc::delete(out, seq, interface, handle), |_| ()) {
        // Somebody was faster, or the interface has gone.
        Err(NetlinkError::Refused(Errno::NOENT | Errno::INVAL | Errno::NODEV)) => Ok(()),
        outcome => outcome,
    }
}

/// Removes the trees at the roots of all interfaces but this one and the device downwards.
pub(super) fn clear_roots(socket: &mut Socket, but: Option<u32>) -> Result<(), NetlinkError> {
    for link in lead::links(socket)? {
        if link.name != super::DOWN && Some(link.index) != but && root(socket, link.index)? == Root::Tree {
            delete_root(socket, link.index, HANDLE)?;
        }
    }
    Ok(())
}

impl Tree {
    /// Builds one at the root of an interface where the kernel's own stands.
    pub(super) fn build(
        socket: &mut Socket,
        interface: u32,
        name: &str,
        frame: &[(u16, Shape)],
    ) -> Result<Self, WayState> {
        let default = u32::from(OTHERS);
        let put = socket.ask(
            |out, seq| htb::add_tree(out, (flag::ACK, seq), (interface, htb::ROOT, HANDLE), default),
            |_| (),
        );
        let interface_name = || name.to_owned();
        match put {
            Ok(()) => {}
            Err(NetlinkError::Refused(Errno::NOENT)) => return Err(WayState::Lacks { what: Part::Htb }),
            Err(NetlinkError::Refused(Errno::EXIST)) => {
                return Err(WayState::Foreign {
                    interface: interface_name(),
                });
            }
            Err(NetlinkError::Refused(Errno::NODEV)) => {
                return Err(WayState::Away {
                    interface: interface_name(),
                });
            }
            Err(error) => return Err(WayState::from(error)),
        }
        let above: Vec<Request> = frame
            .iter()
            .filter(|(number, _)| matches!(*number, ROOT | OTHERS))
            .map(|(number, shape)| Request::PutClass(class_of(*number, *shape, turn(shape.ceil))))
            .collect();
        let refused = batch::send(socket, interface, &above)?;
        if let Some((_, errno)) = refused.first() {
            return Err(WayState::from(NetlinkError::Refused(*errno)));
        }
        let leaf = probe(socket, interface)?;
        let mut this = Self {
            interface,
            leaf,
            classes: BTreeMap::new(),
        };
        this.put(socket, frame)?;
        Ok(this)
    }

    /// Takes one over that stands.
    pub(super) fn take_over(socket: &mut Socket, interface: u32) -> Result<Self, NetlinkError> {
        let mut classes = BTreeMap::new();
        socket.dump(
            &mut classes,
            |out, seq| htb::dump_classes(out, seq, interface, HANDLE),
            BTreeMap::clear,
            |classes, message| {
                let Some(class) = htb::decode_class(message) else {
                    return;
                };
                let number = low(class.number);
                // One without is given one, as if it were new.
                if class.leaf != 0 || !wish::is_leaf(number) {
                    let shape = Shape {
                        parent: if class.parent == htb::ROOT {
                            0
                        } else {
                            low(class.parent)
                        },
                        rate: class.rate,
                        ceil: class.ceil,
                    };
                    classes.insert(number, shape);
                }
            },
        )?;
        let hangs = socket.ask(
            |out, seq| qdisc::get(out, seq, interface, handle_of(OTHERS)),
            qdisc::decode,
        );
        let leaf = match hangs {
            Ok(Some(queue)) => match queue.discipline.kind() {
                "fq_codel" => LeafKind::FqCodel,
                "htb" => LeafKind::Hashed,
                _ => LeafKind::Plain,
            },
            _ if classes.contains_key(&ROOT) => probe(socket, interface)?,
            _ => LeafKind::Plain,
        };
        Ok(Self {
            interface,
            leaf,
            classes,
        })
    }

    /// Its classes.
    pub(super) const fn classes(&self) -> &BTreeMap<u16, Shape> {
        &self.classes
    }

    /// Makes classes that are missing, with what hangs from them, and gives others the rates that they are to
    /// have. Each must come after the one above it.
    pub(super) fn put(&mut self, socket: &mut Socket, wanted: &[(u16, Shape)]) -> Result<(), NetlinkError> {
        let whole = wanted.iter().find(|(number, _)| *number == ROOT);
        let whole = whole.map(|(_, root)| root).or_else(|| self.classes.get(&ROOT));
        let turn = whole.map_or(FULL_PACKET, |root| turn(root.ceil));
        let mut requests = Vec::new();
        let mut puts = Vec::new();
        for (number, shape) in wanted {
            let stands = self.classes.get(number);
            if stands == Some(shape) {
                continue;
            }
            let moved = stands.is_some_and(|stands| stands.parent != shape.parent);
            if moved {
                requests.push(Request::DeleteClass(HANDLE | u32::from(*number)));
            }
            let (first, is_new) = (requests.len(), moved || stands.is_none());
            requests.push(Request::PutClass(class_of(*number, *shape, turn)));
            if is_new && wish::is_leaf(*number) {
                push_leaf(&mut requests, self.leaf, *number, shape.rate);
            }
            puts.push((first..requests.len(), (*number, *shape), is_new));
        }
        let refused: BTreeMap<usize, Errno> = batch::send(socket, self.interface, &requests)?
            .into_iter()
            .collect();
        let (mut failure, mut half_made) = (None, Vec::new());
        for (positions, (number, shape), is_new) in puts {
            match refused.range(positions).next() {
                None => {
                    self.classes.insert(number, shape);
                }
                Some((_, errno)) => {
                    failure = failure.or(Some(NetlinkError::Refused(*errno)));
                    if is_new {
                        // Without what hangs from it, it would drop nearly all that comes at once.
                        self.classes.remove(&number);
                        half_made.push(Request::DeleteClass(HANDLE | u32::from(number)));
                    }
                }
            }
        }
        if !half_made.is_empty() {
            // One that was never made is refused, which is well.
            batch::send(socket, self.interface, &half_made)?;
        }
        failure.map_or(Ok(()), Err)
    }

    /// Removes classes and what waits in them.
    pub(super) fn delete(
        &mut self,
        socket: &mut Socket,
        numbers: impl Iterator<Item = u16>,
    ) -> Result<(), NetlinkError> {
        let numbers: Vec<u16> = numbers
            .filter(|number| self.classes.contains_key(number))
            .collect();
        let requests: Vec<Request> = numbers
            .iter()
            .map(|number| Request::DeleteClass(HANDLE | u32::from(*number)))
            .collect();
        let mut refused: BTreeMap<usize, Errno> = batch::send(socket, self.interface, &requests)?
            .into_iter()
            .collect();
        refused.retain(|_, errno| *errno != Errno::NOENT);
        for (position, number) in numbers.iter().enumerate() {
            if !refused.contains_key(&position) {
                self.classes.remove(number);
            }
        }
        let failure = refused.into_values().next();
        failure.map_or(Ok(()), |errno| Err(NetlinkError::Refused(errno)))
    }
}

/// The lower half of a number.
fn low(number: u32) -> u16 {
    let [high, low, ..] = number.to_le_bytes();
    u16::from_le_bytes([high, low])
}

/// The number of what hangs from a class: no two on an interface may have the same.
fn handle_of(number: u16) -> u32 {
    u32::from(number) << 16
}

/// The turn of classes that share so many bytes per second.
fn turn(rate: u64) -> u32 {
    let bytes = (rate / TURN_PART).clamp(TURN_BYTES.0, TURN_BYTES.1);
    u32::try_from(bytes).unwrap_or(FULL_PACKET)
}

fn class_of(number: u16, shape: Shape, quantum: u32) -> Class {
    let burst = |rate: u64| (rate / BURST_PART).max(2 * u64::from(FULL_PACKET));
    Class {
        number: HANDLE | u32::from(number),
        parent: HANDLE | u32::from(shape.parent),
        rate: shape.rate,
        ceil: shape.ceil,
        burst: [burst(shape.rate), burst(shape.ceil)],
        quantum,
        priority: u32::from(!matches!(number, ROOT | OTHERS | STATIONS)),
    }
}

/// The best that the kernel has to hang from a class: tried with the one that everybody has, which has nothing yet.
fn probe(socket: &mut Socket, interface: u32) -> Result<LeafKind, NetlinkError> {
    let (parent, handle) = (HANDLE | u32::from(OTHERS), handle_of(OTHERS));
    let codel = Request::AddFqCodel {
        parent,
        handle,
        settings: SHARED_FQ_CODEL,
    };
    let bits = SHARED_BITS;
    let kind = match batch::send_one(socket, interface, codel) {
        Ok(()) => LeafKind::FqCodel,
        Err(NetlinkError::Refused(Errno::NOENT)) => {
            batch::send_one(socket, interface, Request::AddTree { parent, handle })?;
            match batch::send_one(socket, interface, Request::AddFlowFilter { handle, bits }) {
                Ok(()) => LeafKind::Hashed,
                Err(NetlinkError::Refused(Errno::NOENT)) => LeafKind::Plain,
                Err(error) => return Err(error),
            }
        }
        Err(error) => return Err(error),
    };
    batch::send_one(socket, interface, Request::DeleteLeaf { parent, handle })?;
    Ok(kind)
}

fn push_leaf(requests: &mut Vec<Request>, kind: LeafKind, number: u16, rate: u64) {
    let (parent, handle) = (HANDLE | u32::from(number), handle_of(number));
    let own = wish::is_station(number);
    match kind {
        LeafKind::FqCodel => requests.push(Request::AddFqCodel {
            parent,
            handle,
            settings: if own { OWN_FQ_CODEL } else { SHARED_FQ_CODEL },
        }),
        LeafKind::Hashed => {
            let bits = if own { OWN_BITS } else { SHARED_BITS };
            let bytes = (rate.saturating_mul(FLOW_PART_MS) / 1_000).clamp(FLOW_BYTES.0, FLOW_BYTES.1);
            let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
            requests.push(Request::AddTree { parent, handle });
            for queue in 1..=1_u32 << bits {
                let class = Class {
                    number: handle | queue,
                    parent: handle,
                    rate: INNER_RATE,
                    ceil: INNER_RATE,
                    burst: [INNER_RATE / BURST_PART; 2],
                    quantum: turn(rate),
                    priority: 0,
                };
                requests.push(Request::PutClass(class));
                requests.push(Request::AddFifo {
                    parent: handle | queue,
                    handle: 0,
                    bytes,
                });
            }
            requests.push(Request::AddFlowFilter { handle, bits });
        }
        LeafKind::Plain => requests.push(Request::AddFifo {
            parent,
            handle,
            bytes: PLAIN_BYTES,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::turn;

    #[test]
    fn a_turn_holds_what_network_cards_join_on_lines_where_they_do() {
        assert_eq!(turn(1_000), 3_028);
        assert_eq!(turn(1_250_000), 6_250);
        assert_eq!(turn(12_500_000), 62_500);
        assert_eq!(turn(125_000_000), 65_536);
    }
}
