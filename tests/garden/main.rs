//! The walled garden by name, on real packets: phones, the real daemons, dnsmasq, and a resolver that
//! answers as CDNs do, or as an enemy would.
//!
//! Needs root or a kernel with user namespaces, and the Debian packages iproute2, nftables,
//! dnsmasq-base and busybox; fails without them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a whole file of tests: a failure is a panic"
)]

mod friendly;
mod hostile;
mod resolver;
mod world;
