//! Netlink messages: nf_tables chains, elements and events, conntrack, routing, queues.
//!
//! Bytes in, values out (and back); no socket, no clock. Everything is a total function over
//! `&[u8]`, so each `decode_*` is a fuzz target as it stands, and writing appends to a buffer that
//! its owner keeps, so that a batch of any size allocates at most once.

pub mod chain;
pub mod conntrack;
pub mod counters;
pub mod elements;
mod family;
pub mod htb;
pub mod leaf;
pub mod link;
pub mod maps;
pub mod message;
pub mod nft_events;
pub mod qdisc;
pub mod redirect;
pub mod route;
mod tc;
pub mod tracked;
pub mod way;

pub use family::Family;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod golden_queues;
#[cfg(test)]
mod golden_ways;
