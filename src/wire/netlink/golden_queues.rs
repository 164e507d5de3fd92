//! The codecs of queues against bytes that tc and ip 6.1 and nft 1.0.6 sent and that Linux 6.18 answered
//! (`tests/golden/netlink`, taken on a little-endian machine), and against themselves.

use proptest::prelude::{any, prop_assert_eq, proptest};

use super::golden::unhex;
use super::htb::{self, Class};
use super::leaf::{self, FqCodel};
use super::maps::{self, Map};
use super::message::{Message, Writer, attributes, messages};
use super::redirect::{self, Filter, Hook};
use super::{elements, link};
use crate::model::{Direction, Mac};

macro_rules! golden {
    ($name:literal) => {
        unhex(include_str!(concat!(
            "../../../tests/golden/netlink/",
            $name,
            ".hex"
        )))
    };
}

const LOOPBACK: u32 = 1;
const DOWN: u32 = 2;
const TREE: u32 = 0x504f_0000;
const PREFERENCE: u16 = 0x504f;
/// `TCA_HTB_CTAB`, `TCA_HTB_RTAB`: tables that tc writes also where the kernel does not look at them.
const TABLES: [u16; 2] = [3, 4];

const CLASS: Class = Class {
    number: TREE | 1,
    parent: TREE,
    rate: 9_500_000,
    ceil: 9_500_000,
    burst: [38_000; 2],
    quantum: 1_514,
    priority: 1,
};

const FAST: Class = Class {
    number: TREE | 2,
    parent: TREE | 1,
    rate: 5_000_000_000,
    ceil: 6_000_000_000,
    burst: [20_000_000, 24_000_000],
    quantum: 1_514,
    priority: 0,
};

/// The only request of their datagram, and ours with its flags and number.
#[cfg(target_endian = "little")]
fn assert_same(theirs: &[u8], write: impl Fn(&mut Writer, (u16, u32))) {
    let theirs = messages(theirs).next().unwrap();
    let mut ours = Writer::new();
    write(&mut ours, (super::message::flag::ACK, theirs.seq));
    assert_eq!(messages(ours.bytes()).collect::<Vec<_>>(), [theirs]);
}

#[cfg(target_endian = "little")]
#[test]
fn devices_are_made_as_ip_makes_them() {
    assert_same(&golden!("ip-link-ifb-add"), |out, (_, seq)| {
        link::add_ifb(out, seq, "portico-down");
    });
    assert_same(&golden!("ip-link-delete"), |out, (_, seq)| {
        link::delete(out, seq, DOWN);
    });
    assert_same(&golden!("ip-link-up"), |out, (_, seq)| {
        link::set_up(out, seq, DOWN);
    });
}

#[cfg(target_endian = "little")]
#[test]
fn packets_are_led_away_as_tc_leads_them() {
    assert_same(&golden!("tc-clsact-add"), |out, (_, seq)| {
        redirect::add_hooks(out, seq, LOOPBACK);
    });
    assert_same(&golden!("tc-clsact-delete"), |out, (_, seq)| {
        redirect::delete_hooks(out, seq, LOOPBACK);
    });
    assert_same(&golden!("tc-redirect-add"), |out, (_, seq)| {
        redirect::add(out, seq, LOOPBACK, PREFERENCE, DOWN);
    });
    assert_same(&golden!("tc-redirect-delete"), |out, (_, seq)| {
        redirect::delete(out, seq, LOOPBACK, PREFERENCE);
    });
}

#[cfg(target_endian = "little")]
#[test]
fn trees_and_leaves_are_written_as_tc_writes_them() {
    assert_same(&golden!("tc-htb-add"), |out, head| {
        htb::add_tree(out, head, (DOWN, htb::ROOT, TREE), 2);
    });
    assert_same(&golden!("tc-htb-below-add"), |out, head| {
        htb::add_tree(out, head, (DOWN, TREE | 2, 0x200_0000), 1);
    });
    assert_same(&golden!("tc-htb-class-delete"), |out, head| {
        htb::delete_class(out, head, DOWN, TREE | 1);
    });
    assert_same(&golden!("tc-bfifo-add"), |out, head| {
        leaf::add_fifo(out, head, (DOWN, 0x200_0001, 0), 60_000);
    });
    let settings = FqCodel {
        packets: 600,
        flows: 64,
        quantum: 1_514,
        memory: 1 << 20,
    };
    assert_same(&golden!("tc-fq-codel-below-add"), |out, head| {
        leaf::add_fq_codel(out, head, (DOWN, TREE | 2, 0x201_0000), &settings);
    });
}

#[cfg(target_endian = "little")]
#[test]
fn classes_are_written_as_tc_writes_them_but_for_their_tables() {
    for (theirs, class) in [
        (golden!("tc-htb-class"), CLASS),
        (golden!("tc-htb-class-fast"), FAST),
    ] {
        let mut ours = Writer::new();
        htb::put_class(&mut ours, (super::message::flag::ACK, 0), DOWN, &class);
        let parts = |bytes: &[u8]| {
            let message = messages(bytes).next().unwrap();
            let options = message.attributes(20).find(|part| part.kind == 2).unwrap();
            let options = attributes(options.payload).filter(|part| !TABLES.contains(&part.kind));
            let options: Vec<_> = options.map(|part| (part.kind, part.payload.to_vec())).collect();
            (
                message.kind,
                message.flags,
                message.payload[..28].to_vec(),
                options,
            )
        };
        assert_eq!(parts(&theirs), parts(ours.bytes()));
    }
}

#[cfg(target_endian = "little")]
#[test]
fn the_kernels_classes_and_filters_are_read() {
    let heard = golden!("kernel-classes");
    let classes: Vec<_> = messages(&heard)
        .filter_map(|message| htb::decode_class(&message))
        .map(|class| {
            (
                class.interface,
                class.number,
                class.parent,
                class.leaf,
                class.rate,
                class.ceil,
            )
        })
        .collect();
    assert_eq!(
        classes,
        [
            (DOWN, TREE | 1, htb::ROOT, 0, CLASS.rate, CLASS.ceil),
            (DOWN, TREE | 2, TREE | 1, 0x2_0000, FAST.rate, FAST.ceil),
        ]
    );
    let heard = golden!("kernel-filters");
    let filters: Vec<_> = messages(&heard)
        .filter_map(|message| redirect::decode(&message))
        .collect();
    let filter = |target| Filter {
        preference: PREFERENCE,
        target,
    };
    assert_eq!(filters, [filter(None), filter(None), filter(Some(DOWN))]);
}

#[cfg(target_endian = "little")]
#[test]
fn stations_are_mapped_as_nft_maps_them() {
    let parts = |bytes: &[u8]| {
        let message = messages(bytes).nth(1).unwrap();
        // nft also sends a number of the set, and its own choice of flags.
        let parts = message.attributes(4).filter(|part| part.kind != 4);
        let parts: Vec<_> = parts.map(|part| (part.kind, part.payload.to_vec())).collect();
        (message.kind, message.payload[..4].to_vec(), parts)
    };
    for (theirs, way, class) in [
        (golden!("nft-map-add"), Direction::Down, Some(TREE | 0x200)),
        (golden!("nft-map-add-up"), Direction::Up, Some(TREE | 0x200)),
        (golden!("nft-map-delete"), Direction::Down, None),
    ] {
        let mut ours = Writer::new();
        elements::batch_begin(&mut ours, 0);
        match class {
            Some(class) => maps::add(&mut ours, (0, 1), map(way), mac(1), class),
            None => maps::delete(&mut ours, (0, 1), map(way), mac(1)),
        }
        assert_eq!(parts(&theirs), parts(ours.bytes()));
    }
    let dump = golden!("kernel-map");
    let mut found: Vec<_> = messages(&dump)
        .flat_map(|message| maps::decode(&message))
        .collect();
    found.sort();
    assert_eq!(found, [(mac(1), TREE | 0x200), (mac(2), TREE | 0x201)]);
}

#[test]
fn a_dump_asks_for_one_tree_hook_or_map() {
    let mut out = Writer::new();
    htb::dump_classes(&mut out, 1, DOWN, TREE);
    redirect::dump(&mut out, 2, DOWN, Hook::Ingress);
    maps::dump(&mut out, 3, map(Direction::Up));
    let requests: Vec<_> = messages(out.bytes()).collect();
    assert_eq!(requests[0].payload[12..16], TREE.to_ne_bytes());
    assert_eq!(requests[1].payload[12..16], 0xffff_fff2_u32.to_ne_bytes());
    let name = requests[2].attributes(4).find(|part| part.kind == 2).unwrap();
    assert_eq!(
        (requests[2].payload[0], name.text()),
        (1, Some("queue_up_piazza"))
    );
}

fn mac(last: u8) -> Mac {
    Mac::new([2, 0, 0, 0, 0, last]).unwrap()
}

fn map(way: Direction) -> Map {
    let network = "piazza".parse().unwrap();
    Map { way, network }
}

/// Whatever is read from a message by any of them.
fn read_all(message: &Message<'_>) {
    let _ = (htb::decode_class(message), redirect::decode(message));
    let _ = maps::decode(message).count();
}

proptest! {
    #[test]
    fn a_class_comes_back_as_it_was_written(rate in 1_u64.., ceil in 1_u64.., number: u32, parent: u32) {
        let class = Class { number, parent, rate, ceil, ..CLASS };
        let mut out = Writer::new();
        htb::put_class(&mut out, (0, 1), DOWN, &class);
        let read = htb::decode_class(&messages(out.bytes()).next().unwrap()).unwrap();
        prop_assert_eq!((read.rate, read.ceil, read.number, read.parent), (rate, ceil, number, parent));
    }

    #[test]
    fn no_bytes_upset_the_readers(payload: Vec<u8>, kind: u16, at in 0_usize..600, value: u8) {
        read_all(&Message { kind, flags: 0, seq: 0, port: 0, payload: &payload });
        for mut bytes in [golden!("kernel-classes"), golden!("kernel-filters"), golden!("kernel-map")] {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            for message in messages(&bytes) {
                read_all(&message);
            }
        }
    }

    #[test]
    fn a_station_comes_back_with_its_class(class: u32, octets in any::<[u8; 5]>(), up: bool) {
        let [b, c, d, e, f] = octets;
        let mac = Mac::new([2, b, c, d, e, f]).unwrap();
        let way = if up { Direction::Up } else { Direction::Down };
        let mut out = Writer::new();
        maps::add(&mut out, (0, 1), map(way), mac, class);
        let read: Vec<_> = messages(out.bytes()).flat_map(|message| maps::decode(&message)).collect();
        prop_assert_eq!(read, [(mac, class)]);
    }
}
