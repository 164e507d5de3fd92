//! The parts of Portico that read foreign bytes, compiled by path and without the rest.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "these modules are parts of another crate, which checks them"
)]

#[path = "../../src/config/mod.rs"]
pub mod config;
#[path = "../../src/core/mod.rs"]
pub mod core;
#[path = "../../src/drawer.rs"]
pub mod drawer;
#[path = "../../src/model/mod.rs"]
pub mod model;
pub mod net;
pub mod news;
pub mod portal;
#[path = "../../src/wire/mod.rs"]
pub mod wire;

