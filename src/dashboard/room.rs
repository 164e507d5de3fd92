//! What every screen can reach.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::exports::Jobs;
use super::live::Hub;
use super::stations::{Handles, Searches};
use super::{DashboardContext, Desk, Ledgers, Login, PageBook, Records, SharedKeeper};
use crate::config::Config;
use crate::model::Clock;

/// State of the screens' handlers. Cheap to clone.
#[derive(Clone)]
pub(super) struct Room {
    /// Who gets in.
    pub(super) login: Login,
    /// Questions to the event loop.
    pub(super) desk: Desk,
    /// What time it is.
    pub(super) clock: Clock,
    /// The configuration in force.
    pub(super) config: Arc<ArcSwap<Config>>,
    /// What is on the disk.
    pub(super) records: Records,
    /// Exports in the making.
    pub(super) jobs: Jobs,
    /// What stations are called in forms.
    pub(super) handles: Handles,
    /// Searches for whole addresses that were noted.
    pub(super) searches: Searches,
    /// What moves.
    pub(super) hub: Hub,
    /// Figures of the past.
    pub(super) ledgers: Ledgers,
    /// Who keeps the configuration file.
    pub(super) keeper: SharedKeeper,
    /// News and notices.
    pub(super) page: Arc<dyn PageBook>,
}

impl Room {
    pub(super) fn new(
        context: &DashboardContext,
        config: Arc<ArcSwap<Config>>,
        handles: Handles,
        hub: Hub,
    ) -> Self {
        Self {
            login: context.login.clone(),
            desk: context.desk.clone(),
            clock: Arc::clone(&context.clock),
            config,
            jobs: Jobs::new(
                context.records.exports.clone(),
                Arc::clone(&context.records.exporter),
                Arc::clone(&context.clock),
            ),
            records: context.records.clone(),
            handles,
            searches: Searches::default(),
            hub,
            ledgers: Arc::clone(&context.ledgers),
            keeper: Arc::clone(&context.keeper),
            page: Arc::clone(&context.page),
        }
    }
}
