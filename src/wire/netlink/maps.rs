//! Maps from stations to queues (`NFNL_SUBSYS_NFTABLES`): elements whose data is a class of `tc`.
//!
//! Towards stations the netdev table holds it, from them the inet table; the rules give the class to
//! packets (`meta priority set`). A class number is in host byte order, the rest as in
//! [`elements`](super::elements).

use super::elements::{
    DELETE_ELEMENT, GET_ELEMENT, NEW_ELEMENT, NFGEN, TABLE, element, kind, list, write_key,
};
use super::message::{Attributes, Message, Writer, flag};
use crate::model::{Direction, Mac, NetworkId};

/// `NFTA_SET_ELEM_DATA`.
const DATA: u16 = 2;
/// `NFTA_LIST_ELEM`, `NFTA_DATA_VALUE`.
const ONLY: u16 = 1;
/// `NFPROTO_INET`.
const INET: u8 = 1;

/// The map of a network and direction (`queue_down_ID`, `queue_up_ID`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Map {
    /// Towards or from the stations.
    pub way: Direction,
    /// Network.
    pub network: NetworkId,
}

impl Map {
    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        let way = match self.way {
            Direction::Down => "down",
            Direction::Up => "up",
        };
        format!("queue_{way}_{}", self.network.as_str())
    }

    fn header(self, out: &mut Writer) {
        let family = match self.way {
            Direction::Down => super::elements::NETDEV,
            Direction::Up => INET,
        };
        out.raw(&[family, 0, 0, 0]);
        out.text(list::TABLE, TABLE);
        out.text(list::SET, &self.name());
    }
}

/// Gives a station a class; `EEXIST` (`EBUSY` before 6.2) when it has another, nothing when it has this one.
pub fn add(out: &mut Writer, (flags, seq): (u16, u32), map: Map, mac: Mac, class: u32) {
    out.message(kind(NEW_ELEMENT), flags | flag::CREATE, seq, |out| {
        map.header(out);
        out.nest(list::ELEMENTS, |out| {
            out.nest(ONLY, |out| {
                write_key(out, mac);
                out.nest(DATA, |out| out.attribute(ONLY, &class.to_ne_bytes()));
            });
        });
    });
}

/// Takes its class from a station; `ENOENT` when it has none.
pub fn delete(out: &mut Writer, (flags, seq): (u16, u32), map: Map, mac: Mac) {
    out.message(kind(DELETE_ELEMENT), flags, seq, |out| {
        map.header(out);
        out.nest(list::ELEMENTS, |out| out.nest(ONLY, |out| write_key(out, mac)));
    });
}

/// Asks for all stations of a map; `ENOENT` when there is no such map.
pub fn dump(out: &mut Writer, seq: u32, map: Map) {
    out.message(kind(GET_ELEMENT), flag::DUMP, seq, |out| map.header(out));
}

/// The stations and classes of an entry of a dump; elements that are something else are passed over.
#[must_use]
pub fn decode<'a>(message: &Message<'a>) -> Entries<'a> {
    let found = message
        .attributes(NFGEN)
        .find(|attribute| message.kind == kind(NEW_ELEMENT) && attribute.kind == list::ELEMENTS);
    Entries {
        list: found.map(|attribute| attribute.nested()),
    }
}

/// See [`decode`].
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    list: Option<Attributes<'a>>,
}

impl Iterator for Entries<'_> {
    type Item = (Mac, u32);

    fn next(&mut self) -> Option<(Mac, u32)> {
        self.list.as_mut()?.find_map(|entry| {
            let (mut mac, mut class) = (None, None);
            for attribute in entry.nested() {
                let value = attribute.nested().find(|value| value.kind == ONLY);
                match attribute.kind {
                    element::KEY => {
                        mac = value.and_then(|value| Mac::new(value.payload.try_into().ok()?).ok());
                    }
                    DATA => class = value.and_then(|value| value.ne32()),
                    _ => {}
                }
            }
            Some((mac?, class?))
        })
    }
}
