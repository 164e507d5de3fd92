//! The database of users and their sessions, apart from everything else.

mod change;
#[cfg(test)]
mod login_tests;
mod rows;
mod sqlite;
#[cfg(test)]
mod tests;
mod tokens;

pub use sqlite::SqliteUsers;

/// The database, in the state directory.
pub const FILE: &str = "users.db";
