//! Netlink messages: nf_tables chains, elements and events, conntrack, routing.
//!
//! Bytes in, values out (and back); no socket, no clock. Everything is a total function over
//! `&[u8]`, so each `decode_*` is a fuzz target as it stands, and writing appends to a buffer that
//! its owner keeps, so that a batch of any size allocates at most once.

pub mod chain;
pub mod conntrack;
pub mod counters;
pub mod elements;
mod family;
pub mod message;
pub mod nft_events;
pub mod qdisc;
pub mod route;

pub use family::Family;

#[cfg(test)]
mod golden;
