//! Decides. Clock-free, IO-free, deterministic.
mod command;
mod event;
pub mod identity;
pub use command::{Answer, Command, Standing};
pub use event::{BatchId, Event, Question, RequestId, SeenBy, Sighting};
