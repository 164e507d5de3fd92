//! What is told: figures that add up, distributions, and sums of what may be incomplete.

use super::LEAST;
use crate::model::figures::histogram::Histogram;
use crate::model::figures::hour::HourFigures;

/// A figure that adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// See [`HourFigures`] for these.
    Views,
    /// Grants.
    Grants,
    /// Sessions that began.
    Sessions,
    /// Stations that came back.
    Returning,
    /// Seconds of sessions.
    SessionSeconds,
    /// IP bytes to stations.
    BytesDown,
    /// IP bytes from stations.
    BytesUp,
    /// Blocked stations that pressed the button.
    Blocked,
    /// Presses in vain.
    Refused,
}

/// A distribution of which quantiles are told, and never the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution(pub(super) Histogram);

/// A sum of what is told: not more than the truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AtLeast {
    /// The sum.
    pub value: u64,
    /// Whether something is missing in it.
    pub is_partial: bool,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Views,
        Self::Grants,
        Self::Sessions,
        Self::Returning,
        Self::SessionSeconds,
        Self::BytesDown,
        Self::BytesUp,
        Self::Blocked,
        Self::Refused,
    ];

    /// The raw figure.
    #[must_use]
    pub const fn of(self, figures: &HourFigures) -> u64 {
        match self {
            Self::Views => figures.views,
            Self::Grants => figures.grants,
            Self::Sessions => figures.sessions,
            Self::Returning => figures.returning,
            Self::SessionSeconds => figures.session_seconds,
            Self::BytesDown => figures.bytes_down,
            Self::BytesUp => figures.bytes_up,
            Self::Blocked => figures.blocked,
            Self::Refused => figures.refused,
        }
    }
}

impl Distribution {
    /// The value that so many thousandths do not exceed; `None` where fewer than five lie on either side of it, itself
    /// among them: the greatest of ten would be somebody's own.
    #[must_use]
    pub fn quantile(&self, per_mille: u16) -> Option<u64> {
        let total = self.0.total();
        let below = total.saturating_mul(per_mille.into()).div_ceil(1_000);
        let above = total.saturating_sub(below).saturating_add(1);
        (below >= LEAST && above >= LEAST)
            .then(|| self.0.quantile(per_mille))
            .flatten()
    }

    /// Joins another.
    pub fn merge(&mut self, other: &Self) {
        self.0.merge(&other.0);
    }
}

impl AtLeast {
    /// Something is hidden.
    pub(super) const NOTHING: Self = Self {
        value: 0,
        is_partial: true,
    };

    /// A figure that is told.
    #[must_use]
    pub const fn exactly(value: u64) -> Self {
        Self {
            value,
            is_partial: false,
        }
    }
}

impl std::iter::Sum for AtLeast {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| Self {
            value: sum.value.saturating_add(part.value),
            is_partial: sum.is_partial || part.is_partial,
        })
    }
}
