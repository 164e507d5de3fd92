//! Interfaces that are made and removed here (`NETLINK_ROUTE`, <linux/if_link.h>): ifb, a device that
//! takes packets, has a queue, and gives them back. All in host byte order.

use super::message::{Writer, flag};

/// `RTM_*`.
const NEW_LINK: u16 = 16;
const DELETE_LINK: u16 = 17;
/// `IFLA_*`.
const IFLA_IFNAME: u16 = 3;
const IFLA_LINKINFO: u16 = 18;
const IFLA_INFO_KIND: u16 = 1;
/// `IFF_UP`.
const IFF_UP: u32 = 1;

/// Makes an ifb; `EEXIST` when the name is taken, `EOPNOTSUPP` when the kernel has none.
pub fn add_ifb(out: &mut Writer, seq: u32, name: &str) {
    let flags = flag::ACK | flag::EXCLUSIVE | flag::CREATE;
    out.message(NEW_LINK, flags, seq, |out| {
        header(out, 0, 0);
        out.text(IFLA_IFNAME, name);
        let mut kind = Writer::new();
        // As ip writes it: without the closing NUL, and without the bit that marks nesting.
        kind.attribute(IFLA_INFO_KIND, b"ifb");
        out.attribute(IFLA_LINKINFO, kind.bytes());
    });
}

/// Sets an interface up.
pub fn set_up(out: &mut Writer, seq: u32, index: u32) {
    out.message(NEW_LINK, flag::ACK, seq, |out| header(out, index, IFF_UP));
}

/// Removes an interface; `ENODEV` when there is none.
pub fn delete(out: &mut Writer, seq: u32, index: u32) {
    out.message(DELETE_LINK, flag::ACK, seq, |out| header(out, index, 0));
}

/// `struct ifinfomsg`: of the flags only those that are wanted are changed.
fn header(out: &mut Writer, index: u32, wanted: u32) {
    out.raw(&[0; 4]);
    for number in [index, wanted, wanted] {
        out.raw(&number.to_ne_bytes());
    }
}
