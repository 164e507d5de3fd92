//! What the dashboard shows of what is on the disk.

use std::sync::Arc;

use super::audit;
use crate::config::Config;
use crate::dashboard::Records;

/// Of the state directory.
#[must_use]
pub fn open(config: &Config) -> Records {
    Records {
        audit: Arc::new(audit::Shelf::new(config.gateway.state_dir.clone())),
    }
}
