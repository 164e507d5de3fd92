//! `portico-netd` and the base ruleset on the real kernel: every test makes network namespaces of its
//! own and leaves nothing behind. Needs root, `nft`, `ip`, `ping`, `nsenter` and `unshare`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod helper;
mod path;
mod process;
mod queue;
mod repair;
mod requests;
mod ruleset;
mod trunk;
mod trunk_changes;
mod world;
