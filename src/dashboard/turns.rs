//! The hour that comes twice when clocks are set back, in forms: which of the two is meant is asked for there alone.

use crate::model::{LocalTimeError, TimeZone, Turn};

/// Whether a local time comes twice.
pub(super) fn comes_twice(text: &str, zone: &TimeZone) -> bool {
    zone.instant(text) == Err(LocalTimeError::Fold)
}

/// As a form says it; nothing where it does not.
pub(super) fn turn_named(name: &str) -> Option<Turn> {
    match name {
        "first" => Some(Turn::First),
        "second" => Some(Turn::Second),
        _ => None,
    }
}

/// Its name in a form.
pub(super) const fn name_of(turn: Turn) -> &'static str {
    match turn {
        Turn::First => "first",
        Turn::Second => "second",
    }
}
