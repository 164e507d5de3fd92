//! What every screen can reach.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::extract::FromRef;

use super::live::Hub;
use super::{DashboardContext, Desk, Ledgers, Login};
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
    /// What moves.
    pub(super) hub: Hub,
    /// Figures of the past.
    pub(super) ledgers: Ledgers,
}

impl Room {
    pub(super) fn new(context: &DashboardContext, config: Arc<ArcSwap<Config>>, hub: Hub) -> Self {
        Self {
            login: context.login.clone(),
            desk: context.desk.clone(),
            clock: Arc::clone(&context.clock),
            config,
            hub,
            ledgers: Arc::clone(&context.ledgers),
        }
    }
}

impl FromRef<Room> for Login {
    fn from_ref(room: &Room) -> Self {
        room.login.clone()
    }
}
