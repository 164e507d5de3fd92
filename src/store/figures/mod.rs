//! Figures on disk: a database of their own, without any MAC in it, which is kept for years and copied
//! away as backup. The keys of the devices are not in it either: they live in the state database.
//!
//! ```text
//!  core ──► FigureWriter (waits in memory while the disk fails) ──► FigureStore ──► hours ─(day over)─► days
//!  exports ◄── SqliteLedger (another process reads beside) ◄───────────────────────────────────────────┘
//! ```

mod codec;
mod copy;
#[cfg(test)]
mod damage_tests;
mod first_format;
mod ledger;
mod origin;
mod sqlite;
#[cfg(test)]
mod tests;
mod writer;

pub use copy::{CopyError, Enclosed, back_up, enclosed, restore};
pub use ledger::SqliteLedger;
pub use sqlite::FigureStore;
pub use writer::{FigureWriter, FiguresHealth};

/// The name of the database in the state directory.
pub const FILE: &str = "figures.db";
