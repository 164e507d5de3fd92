//! Wiring only: event loop, perform, restore, clock, shutdown, doctor, lab and demo.

pub mod cli;
pub mod clock;
pub mod doctor;
pub mod lab;
