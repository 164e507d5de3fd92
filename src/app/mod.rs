//! Wiring only: event loop, perform, restore, clock, shutdown, doctor, lab and demo.
