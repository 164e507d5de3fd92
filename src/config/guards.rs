//! `[network.guards]`: how much of the gateway one station may take, whatever its rate.

use super::reader::Section;
use super::values;

/// New connections a second: a page with all its pictures on a phone that restores twenty of them.
pub const DEFAULT_NEW_CONNECTIONS: usize = 100;
/// Connections at once: ten times a busy phone, a hundredth of what a small gateway can follow.
pub const DEFAULT_CONNECTIONS: usize = 1_000;
/// Fewer would stop ordinary phones.
const LEAST: usize = 10;
/// More is no guard.
const MOST: usize = 65_535;

/// See the module. What is over a guard is dropped and counted, and the phone tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guards {
    /// `new_connections`: new connections a second of a granted station, ten times as many at once.
    pub new_connections: usize,
    /// `connections`: connections of a granted station at the same time.
    pub connections: usize,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            new_connections: DEFAULT_NEW_CONNECTIONS,
            connections: DEFAULT_CONNECTIONS,
        }
    }
}

/// Reads the section.
pub(super) fn read(mut section: Section<'_, '_>) -> Guards {
    let mut guard = |key: &'static str, default: usize| {
        section.or(key, default, |value| values::integer(value, LEAST, MOST))
    };
    let guards = Guards {
        new_connections: guard("new_connections", DEFAULT_NEW_CONNECTIONS),
        connections: guard("connections", DEFAULT_CONNECTIONS),
    };
    section.finish();
    guards
}
