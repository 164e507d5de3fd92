//! Wiring only: event loop, perform, restore, clock, shutdown, doctor, lab and demo.

mod admins;
mod announce;
mod answers;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod control;
pub mod daemon;
pub mod demo;
pub mod doctor;
mod event_loop;
mod export;
mod helper_link;
pub mod lab;
pub mod logging;
mod look;
mod machine;
mod memory;
mod noted;
pub mod page;
mod perform;
#[cfg(test)]
mod privacy_tests;
mod publisher;
mod recorder;
pub mod records;
mod reload;
mod services;
pub mod settings;
mod stations;
mod town;
mod uplink;
mod works;
