//! Tells the log how the fast path stands.

use crate::net::fastpath::{FastPath, Standing};

/// What was told.
#[derive(Debug)]
pub(super) struct FastPathWord {
    /// Why there is none, whatever the configuration says.
    without: Option<Standing>,
    told: Option<Standing>,
}

impl FastPathWord {
    /// Nothing told yet.
    pub(super) const fn new(without: Option<Standing>) -> Self {
        Self { without, told: None }
    }

    /// How it stands now.
    pub(super) fn take_in(&mut self, fast_path: Option<&mut FastPath>) {
        let standing = fast_path.map(|fast_path| fast_path.standing().clone());
        let Some(standing) = standing.or_else(|| self.without.clone()) else {
            return;
        };
        if self.told.as_ref() != Some(&standing) {
            tracing::info!("fast path: {standing:?}");
            self.told = Some(standing);
        }
    }
}
