//! The portal on loopback: real sockets, real TLS, a real browser; only `core` is played. And the whole way
//! in the lab, where nothing is played (`phones`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends where the ground it stands on gives way, and says what the browser said"
)]

mod browser;
mod intercept;
mod internet;
mod lab;
mod limits;
mod numbers;
mod pages;
mod phones;
mod player;
mod sending;
mod tls;
#[path = "../report/town.rs"]
mod town;
mod weight;
