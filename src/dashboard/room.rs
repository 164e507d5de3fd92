//! What every screen can reach.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::extract::FromRef;

use super::stations::Handles;
use super::{DashboardContext, Desk, Login};
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
    /// What stations are called in forms.
    pub(super) handles: Handles,
}

impl Room {
    pub(super) fn new(context: &DashboardContext, config: Arc<ArcSwap<Config>>, handles: Handles) -> Self {
        Self {
            login: context.login.clone(),
            desk: context.desk.clone(),
            clock: Arc::clone(&context.clock),
            config,
            handles,
        }
    }
}

impl FromRef<Room> for Login {
    fn from_ref(room: &Room) -> Self {
        room.login.clone()
    }
}
