//! Who did what, when and from where: entries of the audit log, and the chain that binds them.
//!
//! Each line carries the SHA-256 of its own bytes and of the hash of the line before, so that no line can be
//! changed, removed, inserted or moved without every later hash being another. The last one, the head, is
//! kept beside the log and may be written down elsewhere: it tells whether the end was cut off, or the whole
//! log made anew.

mod chain;
mod entry;
mod filter;
mod resume;
#[cfg(test)]
mod tests;
mod verify;

pub use chain::{Hash, Head, HeadError, Line, seal};
pub use entry::{Action, DEEDS, Entry, HEAD_LOST, MENDED, More, Origin, Who, old_entry};
pub use filter::{EndlessDay, Filter};
pub use resume::{Resumed, Tail, resume};
pub use verify::{Fault, Flaw, Verdict, Verifier};
