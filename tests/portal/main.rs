//! The portal on loopback: real sockets, real TLS, a real browser; only `core` is played.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends where the ground it stands on gives way, and says what the browser said"
)]

mod browser;
mod intercept;
mod lab;
mod limits;
mod pages;
mod sending;
mod tls;
mod weight;
