//! The page with the one button, and the page in its place while there is no Internet to tap for.

use askama::Template;

use super::cards::Card;
use super::frame::Frame;
use super::icons::{self, Icon};
use super::told::{Headline, Warning};

/// The page with the one button. Without an uplink it says so, and offers to look again: a tap would
/// lead nowhere.
#[derive(Template)]
#[template(path = "portal/login.html")]
pub(in crate::portal) struct Login<'a> {
    frame: Frame<'a>,
    token: String,
    /// The form before this one was too old.
    expired: bool,
    told: Told<'a>,
}

impl<'a> Login<'a> {
    pub(in crate::portal) fn new(frame: Frame<'a>, token: String, expired: bool) -> Self {
        Self {
            told: Told::whole(&frame),
            frame,
            token,
            expired,
        }
    }
}

/// What stands around the matter of a page that people stay on.
pub(super) struct Told<'a> {
    pub(super) warnings: Vec<Warning<'a>>,
    pub(super) other_warnings: Vec<Warning<'a>>,
    pub(super) cards: Vec<Card<'a>>,
    pub(super) headlines: Vec<Headline<'a>>,
    pub(super) icons: Vec<Icon>,
}

impl<'a> Told<'a> {
    /// Notices, services and news.
    pub(super) fn whole(frame: &Frame<'a>) -> Self {
        Self::new(frame, frame.cards(), frame.headlines())
    }

    /// Notices and all news.
    pub(super) fn news(frame: &Frame<'a>) -> Self {
        Self::new(frame, Vec::new(), frame.all_headlines().collect())
    }

    fn new(frame: &Frame<'a>, cards: Vec<Card<'a>>, headlines: Vec<Headline<'a>>) -> Self {
        let (warnings, other_warnings) = (frame.first_warnings(), frame.other_warnings());
        Self {
            icons: icons::of(&[&warnings, &other_warnings], &cards),
            warnings,
            other_warnings,
            cards,
            headlines,
        }
    }
}
