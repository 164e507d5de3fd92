//! Portico: captive portal and access controller for free municipal Wi-Fi.

pub mod app;
pub mod config;
pub mod core;
pub mod model;
pub mod net;
pub mod portal;
pub mod store;
pub mod wire;
