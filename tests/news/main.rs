//! The news service against a real HTTPS server that does everything a feed should not: whatever it
//! does, what was read last stays, and the log says so once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where the ground it stands on gives way"
)]

mod conditional;
mod hostile;
mod server;
mod stand;
mod standing;
