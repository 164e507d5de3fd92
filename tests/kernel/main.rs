//! The kernel's edge against the live kernel, in network namespaces of its own. Needs root, `nft`,
//! `ip`, `nsenter`, `ping` and `bash`; a test whose tool is missing fails and says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy's exception for tests does not reach helper functions of an integration test"
)]

mod bed;
mod contract;
mod destinations;
mod flows;
mod live;
mod packets;
mod passage;
mod routes;
mod tracked;
mod watch;
mod ways;
