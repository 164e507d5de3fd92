//! Queue disciplines of interfaces (<linux/rtnetlink.h>, <linux/pkt_sched.h>, `tc qdisc`): reading all,
//! and putting cake or fq_codel at an interface's root. All in host byte order.

use super::message::{Message, Writer, attributes, flag};
use super::tc::{DELETE_QDISC, GET_QDISC, HEADER, NEW_QDISC, Place, ROOT, TCA_KIND, TCA_OPTIONS};

/// `TCA_CAKE_*`.
const CAKE_BASE_RATE64: u16 = 2;
const CAKE_DIFFSERV_MODE: u16 = 3;
const CAKE_FLOW_MODE: u16 = 5;
const CAKE_OVERHEAD: u16 = 6;
const CAKE_AUTORATE: u16 = 9;
const CAKE_NAT: u16 = 11;
const CAKE_MPU: u16 = 14;
const CAKE_SPLIT_GSO: u16 = 17;

/// What cake is told (tc-cake(8)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cake {
    /// Bytes per second that it lets out, 0 for as many as the interface takes.
    pub bandwidth: u64,
    /// How it tells urgent packets (`CAKE_DIFFSERV_*`).
    pub tins: u32,
    /// Between whom it shares (`CAKE_FLOW_*`).
    pub flows: u32,
    /// `nat`: source addresses are those before masquerading.
    pub nat: bool,
    /// Bytes that each packet takes on the line beyond its IP packet.
    pub overhead: u32,
    /// Bytes that the smallest packet takes on the line.
    pub least: u32,
    /// `split-gso`: packets that travel through the kernel as one leave one by one.
    pub splits: bool,
}

impl Cake {
    /// `besteffort`: all packets are alike, whatever their senders wrote into them.
    pub const BEST_EFFORT: u32 = 3;
    /// `dual-srchost`: between source addresses first, then between the flows of each.
    pub const DUAL_SOURCE: u32 = 5;
}

/// A queue discipline, with what is known of its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discipline {
    /// `sch_cake`.
    Cake(Cake),
    /// `sch_fq_codel`, with whatever options; it is put in place with the kernel's own.
    FqCodel,
    /// Anything else, by its name.
    Other(String),
}

/// A queue discipline of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Interface index.
    pub interface: u32,
    /// Its number, the upper half counts; 0 is what the kernel attaches when nobody else did.
    pub handle: u32,
    /// What it hangs from.
    parent: u32,
    /// What it is.
    pub discipline: Discipline,
}

impl Discipline {
    /// Name in the kernel and in `tc`.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Cake(_) => "cake",
            Self::FqCodel => "fq_codel",
            Self::Other(kind) => kind,
        }
    }
}

impl Queue {
    /// Whether it is the first that the interface's outgoing packets meet.
    #[must_use]
    pub const fn is_root(&self) -> bool {
        self.parent == ROOT
    }
}

/// Asks for those of all interfaces.
pub fn dump(out: &mut Writer, seq: u32) {
    out.message(GET_QDISC, flag::DUMP, seq, |out| header(out, 0, 0, 0));
}

/// The kernel tells one only as the notification of a change, and so only to who wants the echo; what it
/// has nothing to tell of it just acknowledges.
const ASK_ONE: u16 = flag::ACK | flag::ECHO;

/// Asks for the one at an interface's root; `EINVAL`, `ENOENT` or nothing where it has never been up.
pub fn get_root(out: &mut Writer, seq: u32, interface: u32) {
    out.message(GET_QDISC, ASK_ONE, seq, |out| header(out, interface, 0, ROOT));
}

/// Asks for one by its number; `ENOENT` when there is none.
pub fn get(out: &mut Writer, seq: u32, interface: u32, handle: u32) {
    out.message(GET_QDISC, ASK_ONE, seq, |out| header(out, interface, handle, 0));
}

/// Puts one at the root in the place of the kernel's own; `EEXIST` when somebody else's stands there,
/// `ENOENT` when the kernel has no such discipline.
pub fn add(out: &mut Writer, seq: u32, interface: u32, handle: u32, discipline: &Discipline) {
    let flags = flag::ACK | flag::EXCLUSIVE | flag::CREATE;
    write(out, (flags, seq), (interface, handle), discipline);
}

/// Gives the one at the root other options, in place; `EEXIST` or `ENOENT` when another stands there.
pub fn change(out: &mut Writer, seq: u32, interface: u32, handle: u32, discipline: &Discipline) {
    write(out, (flag::ACK, seq), (interface, handle), discipline);
}

/// Removes the one at the root, if it has this number; the kernel attaches its own again.
pub fn delete(out: &mut Writer, seq: u32, interface: u32, handle: u32) {
    out.message(DELETE_QDISC, flag::ACK, seq, |out| {
        header(out, interface, handle, ROOT);
    });
}

/// Reads an entry of a dump; `None` is something else.
#[must_use]
pub fn decode(message: &Message<'_>) -> Option<Queue> {
    if message.kind != NEW_QDISC {
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
    Some(Queue {
        interface: place.interface,
        handle: place.handle,
        parent: place.parent,
        discipline: match kind {
            "cake" => Discipline::Cake(decode_cake(options)),
            "fq_codel" => Discipline::FqCodel,
            other => Discipline::Other(other.to_owned()),
        },
    })
}

/// What is not told is as if it were 0.
fn decode_cake(options: &[u8]) -> Cake {
    let number = |kind: u16| {
        let found = attributes(options).find(|attribute| attribute.kind == kind);
        found.and_then(|attribute| attribute.ne32())
    };
    let bandwidth = attributes(options).find(|attribute| attribute.kind == CAKE_BASE_RATE64);
    Cake {
        bandwidth: bandwidth.and_then(|rate| rate.ne64()).unwrap_or(0),
        tins: number(CAKE_DIFFSERV_MODE).unwrap_or(0),
        flows: number(CAKE_FLOW_MODE).unwrap_or(0),
        nat: number(CAKE_NAT).is_some_and(|nat| nat != 0),
        overhead: number(CAKE_OVERHEAD).unwrap_or(0),
        least: number(CAKE_MPU).unwrap_or(0),
        splits: number(CAKE_SPLIT_GSO).is_some_and(|splits| splits != 0),
    }
}

fn write(
    out: &mut Writer,
    (flags, seq): (u16, u32),
    (interface, handle): (u32, u32),
    discipline: &Discipline,
) {
    let mut options = Writer::new();
    if let Discipline::Cake(cake) = discipline {
        write_cake(&mut options, cake);
    }
    out.message(NEW_QDISC, flags, seq, |out| {
        header(out, interface, handle, ROOT);
        out.text(TCA_KIND, discipline.kind());
        // Without the bit that marks nesting, as tc does: kernels before 5.2 know it not here.
        out.attribute(TCA_OPTIONS, options.bytes());
    });
}

/// In the order of tc.
fn write_cake(out: &mut Writer, cake: &Cake) {
    out.attribute(CAKE_BASE_RATE64, &cake.bandwidth.to_ne_bytes());
    for (kind, number) in [
        (CAKE_DIFFSERV_MODE, cake.tins),
        (CAKE_FLOW_MODE, cake.flows),
        (CAKE_OVERHEAD, cake.overhead),
        (CAKE_MPU, cake.least),
        // The bandwidth is told, not measured.
        (CAKE_AUTORATE, 0),
        (CAKE_NAT, u32::from(cake.nat)),
        (CAKE_SPLIT_GSO, u32::from(cake.splits)),
    ] {
        out.attribute(kind, &number.to_ne_bytes());
    }
}

fn header(out: &mut Writer, interface: u32, handle: u32, parent: u32) {
    let place = Place {
        interface,
        handle,
        parent,
        info: 0,
    };
    place.write(out);
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::super::golden::unhex;
    use super::{Cake, Discipline, Queue, add, change, decode, delete, dump};
    use crate::wire::netlink::message::{Message, Writer, flag, messages};

    const HANDLE: u32 = 0x504f_0000;
    const LOOPBACK: u32 = 1;

    macro_rules! golden {
        ($name:literal) => {
            unhex(include_str!(concat!(
                "../../../tests/golden/netlink/",
                $name,
                ".hex"
            )))
        };
    }

    fn cake() -> Discipline {
        Discipline::Cake(Cake {
            bandwidth: 2_375_000,
            tins: Cake::BEST_EFFORT,
            flows: Cake::DUAL_SOURCE,
            nat: true,
            overhead: 18,
            least: 64,
            splits: true,
        })
    }

    #[test]
    fn requests_are_written_as_tc_writes_them() {
        let same = |theirs: &[u8], write: &dyn Fn(&mut Writer, u32)| {
            let theirs = messages(theirs).next().unwrap();
            let mut ours = Writer::new();
            write(&mut ours, theirs.seq);
            assert_eq!(messages(ours.bytes()).collect::<Vec<_>>(), [theirs]);
        };
        same(&golden!("tc-qdisc-cake-add"), &|out, seq| {
            add(out, seq, LOOPBACK, HANDLE, &cake());
        });
        same(&golden!("tc-qdisc-fq-codel-add"), &|out, seq| {
            add(out, seq, LOOPBACK, HANDLE, &Discipline::FqCodel);
        });
        same(&golden!("tc-qdisc-delete"), &|out, seq| {
            delete(out, seq, LOOPBACK, HANDLE);
        });
    }

    #[test]
    fn a_change_neither_makes_nor_displaces() {
        let mut out = Writer::new();
        change(&mut out, 1, LOOPBACK, HANDLE, &cake());
        let request = messages(out.bytes()).next().unwrap();
        assert_eq!(request.flags, flag::REQUEST | flag::ACK);
        assert_eq!(decode(&request).unwrap().discipline, cake());
    }

    #[test]
    fn what_the_kernel_lists_is_read() {
        let heard = golden!("kernel-qdiscs");
        let queues: Vec<Queue> = messages(&heard).filter_map(|message| decode(&message)).collect();
        let told: Vec<(u32, u32, bool, &str)> = queues
            .iter()
            .map(|queue| {
                (
                    queue.interface,
                    queue.handle,
                    queue.is_root(),
                    queue.discipline.kind(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (1, HANDLE, true, "fq_codel"),
                (2, 0x1_0000, true, "tbf"),
                (3, HANDLE, true, "cake"),
                (5, 0, true, "noqueue"),
                (9, 0, true, "mq"),
                (9, 0, false, "fq_codel"),
                (9, 0, false, "fq_codel"),
                (11, 0, true, "noqueue"),
            ]
        );
        assert_eq!(queues[2].discipline, cake());
    }

    #[test]
    fn everything_is_asked_for() {
        let mut out = Writer::new();
        dump(&mut out, 1);
        let request = messages(out.bytes()).next().unwrap();
        assert_eq!(
            (request.flags, request.payload),
            (flag::REQUEST | flag::DUMP, &[0; 20][..])
        );
    }

    proptest! {
        #[test]
        fn a_cake_comes_back_as_it_was_written(
            (bandwidth, tins, flows, nat) in any::<(u64, u32, u32, bool)>(),
            (overhead, least, splits) in any::<(u32, u32, bool)>(),
        ) {
            let cake = Discipline::Cake(Cake { bandwidth, tins, flows, nat, overhead, least, splits });
            let mut out = Writer::new();
            add(&mut out, 1, 7, HANDLE, &cake);
            let read = decode(&messages(out.bytes()).next().unwrap()).unwrap();
            assert!(read.is_root());
            assert_eq!((read.interface, read.handle, read.discipline), (7, HANDLE, cake));
        }

        #[test]
        fn no_bytes_upset_the_reader(payload: Vec<u8>, at in 0_usize..2_200, value: u8) {
            let _ = decode(&Message { kind: super::NEW_QDISC, flags: 0, seq: 0, port: 0, payload: &payload });
            let mut bytes = golden!("kernel-qdiscs");
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            let _ = messages(&bytes).filter_map(|message| decode(&message)).count();
        }

        #[test]
        fn other_messages_are_none(kind in any::<u16>(), payload: Vec<u8>) {
            let message = Message { kind, flags: 0, seq: 0, port: 0, payload: &payload };
            assert!(kind == super::NEW_QDISC || decode(&message).is_none());
        }
    }
}
