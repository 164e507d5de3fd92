//! "You are online": the page to come back to.

use askama::Template;

use super::frame::Frame;
use super::login::Told;

/// A session in words.
pub(in crate::portal) struct SessionWords {
    pub(in crate::portal) left: String,
    pub(in crate::portal) until: String,
    pub(in crate::portal) used: String,
    /// Speeds to the station and from it.
    pub(in crate::portal) down: String,
    pub(in crate::portal) up: String,
    /// The day's volume, where the network has one, and whether it is used up.
    pub(in crate::portal) day: Option<(String, bool)>,
    pub(in crate::portal) token: String,
}

/// "You are online". Without a session: an exempt station. Without an uplink it says that instead: the
/// device is let through, but nothing is behind.
#[derive(Template)]
#[template(path = "portal/online.html")]
pub(in crate::portal) struct Online<'a> {
    frame: Frame<'a>,
    session: Option<SessionWords>,
    told: Told<'a>,
}

impl<'a> Online<'a> {
    pub(in crate::portal) fn new(frame: Frame<'a>, session: Option<SessionWords>) -> Self {
        Self {
            told: Told::whole(&frame),
            frame,
            session,
        }
    }
}
