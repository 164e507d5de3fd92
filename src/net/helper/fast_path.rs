//! Tells the log and the other process how the fast path stands.

use std::path::Path;

use crate::net::fastpath::{FastPath, Report, Standing};

/// What was told.
#[derive(Debug)]
pub(super) struct FastPathWord {
    /// Why there is none, whatever the configuration says.
    without: Option<Standing>,
    told: Option<Report>,
}

impl FastPathWord {
    /// Nothing told yet.
    pub(super) const fn new(without: Option<Standing>) -> Self {
        Self { without, told: None }
    }

    /// How it stands now.
    pub(super) fn tell(&mut self, fast_path: Option<&mut FastPath>, run_dir: &Path) {
        let now = match (fast_path, &self.without) {
            (Some(fast_path), _) => Report {
                standing: fast_path.standing().clone(),
                flows: fast_path.flows(),
            },
            (None, Some(without)) => Report {
                standing: without.clone(),
                flows: 0,
            },
            (None, None) => return,
        };
        if self.told.as_ref() == Some(&now) {
            return;
        }
        if self.told.as_ref().map(|told| &told.standing) != Some(&now.standing) {
            match &now.standing {
                standing @ Standing::Failed { .. } => tracing::warn!("fast path: {standing}"),
                standing => tracing::info!("fast path: {standing}"),
            }
        }
        match now.write(run_dir) {
            Ok(()) => self.told = Some(now),
            Err(error) => tracing::debug!(%error, "how the fast path stands cannot be told"),
        }
    }
}
