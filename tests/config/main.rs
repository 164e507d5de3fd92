//! Configuration as administrators meet it: the examples, `portico check`, `portico doctor`, dnsmasq's
//! option files and the systemd units. Needs root, `ip`, `nft`, `dnsmasq`, `busybox`, `unshare` and
//! `systemd-analyze`; all traffic stays in network namespaces of the tests' own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says that something failed by panicking"
)]

mod announce;
mod check;
mod doctor;
mod doctor_register;
mod editor;
mod examples;
mod plans;
mod units;

use std::path::PathBuf;

/// A file of `firmware-config/`.
fn firmware_config(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("firmware-config")
        .join(name)
}
