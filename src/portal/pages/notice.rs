//! Short pages: one message, at most one way on.

use askama::Template;

use super::frame::Frame;

/// Which short page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::portal) enum Kind {
    /// After "disconnect".
    Disconnected,
    /// A blocked station.
    Blocked,
    /// The kernel or `core` could not do it now.
    TryAgain,
    /// The peer could not be tied to a station.
    Stranger,
    /// Too many forms.
    SlowDown,
    /// A form from another site.
    Refused,
}

impl Kind {
    #[cfg(test)]
    pub(super) const ALL: &[Self] = &[
        Self::Disconnected,
        Self::Blocked,
        Self::TryAgain,
        Self::Stranger,
        Self::SlowDown,
        Self::Refused,
    ];

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected-title",
            Self::Blocked => "blocked-title",
            Self::TryAgain => "again-title",
            Self::Stranger => "stranger-title",
            Self::SlowDown => "slow-title",
            Self::Refused => "refused-title",
        }
    }

    const fn lead(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected-lead",
            Self::Blocked => "blocked-lead",
            Self::TryAgain => "again-lead",
            Self::Stranger => "stranger-lead",
            Self::SlowDown => "slow-lead",
            Self::Refused => "refused-lead",
        }
    }

    const fn action(self) -> Option<&'static str> {
        match self {
            Self::Disconnected => Some("disconnected-action"),
            Self::Blocked => None,
            Self::TryAgain => Some("again-action"),
            Self::Stranger => Some("stranger-action"),
            Self::SlowDown => Some("slow-action"),
            Self::Refused => Some("refused-action"),
        }
    }

    const fn tone(self) -> &'static str {
        match self {
            Self::Disconnected => "info",
            _ => "warn",
        }
    }
}

/// A short page: one message, at most one way on.
#[derive(Template)]
#[template(path = "portal/notice.html")]
pub(in crate::portal) struct Notice<'a> {
    pub(in crate::portal) frame: Frame<'a>,
    pub(in crate::portal) kind: Kind,
}
