//! What the dashboard shows of what is on the disk, and the exports it asks for.

mod book;
mod exporter;

use std::sync::Arc;

use super::{audit, export, works};
use crate::config::Config;
use crate::dashboard::Records;
use book::DiskBook;
use exporter::Maker;

/// Files of the dashboard's exports, in the state directory, until they are fetched.
const EXPORTS: &str = "exports";

/// Of the state directory.
#[must_use]
pub fn open(config: &Config) -> Records {
    let state_dir = config.gateway.state_dir.clone();
    Records {
        audit: Arc::new(audit::Shelf::new(state_dir.clone())),
        figures: Arc::new(DiskBook {
            database: export::database(config),
        }),
        exports: state_dir.join(EXPORTS),
        works: Arc::new(works::Desk {
            state_dir: state_dir.clone(),
        }),
        exporter: Arc::new(Maker { state_dir }),
    }
}
