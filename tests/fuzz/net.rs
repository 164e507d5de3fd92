//! The messages between the two processes.

#[path = "../../src/net/ipc.rs"]
pub mod ipc;
