//! Bytes ↔ structs: total functions over everything that comes from the network.

pub mod arp;
pub mod dhcp;
pub mod ethernet;
pub mod ndp;
pub mod netlink;
pub mod probe;
