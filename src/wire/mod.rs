//! Bytes ↔ structs: total functions over everything that comes from the network.
//!
//! [`notice`] is the way from a captured frame to what it tells of a station; it reads ARP, DHCPv4,
//! DHCPv6 and neighbour discovery, believes no address a station cannot have, and never panics.

pub mod arp;
pub mod dhcp;
pub mod dns;
pub mod ethernet;
pub mod ip;
pub mod ndp;
pub mod netlink;
mod notice;
pub mod probe;

pub use notice::{Addresses, FrameError, Notice, Protocol, may_be_a_stations, notice};
