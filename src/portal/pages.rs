//! The people's pages as views: what a page shows. Every view renders to one file with everything in
//! it but fonts and pictures, needs no script and no cookie, and says the same without its style sheet.
//!
//! | file | holds |
//! |---|---|
//! | `frame` | what every page has around its own matter |
//! | `theme` | colours of a network, derived so that everybody can read |
//! | `login`, `online`, `notice`, `news`, `numbers`, `document` | the views |
//! | `told`, `cards` | notices, news and services as the views show them |
//! | `samples` | samples of every view for the tests |
//!
//! What differs from visit to visit (token, nonce, a session's figures) comes in as texts, so that
//! whoever keeps rendered pages can put marks there.

mod cards;
mod document;
mod frame;
mod icons;
mod login;
mod news;
mod notice;
mod numbers;
mod online;
#[cfg(test)]
pub(super) mod samples;
#[cfg(test)]
mod tests;
mod theme;
mod told;

pub(super) use document::{Document, Venue};
pub(super) use frame::{Access, Frame, Scene, Snippet, link};
pub(super) use login::Login;
pub(super) use news::{Article, News};
pub(super) use notice::{Kind, Notice};
pub(super) use numbers::NumbersView;
pub(super) use online::{Online, SessionWords};

/// The style sheet that all networks share; [`theme`] has the colours of each.
pub(super) const CSS: &str = include_str!("../../templates/portal/portal.css");
/// Shown where the WiFi4EU banner belongs until, and unless, the Commission's script replaces it.
pub(super) const BANNER: &str = include_str!("../../templates/portal/wifi4eu.svg");
/// The icon of the tab.
pub(super) const ICON: &str = include_str!("../../templates/portal/icon.svg");
/// Where the pictures of the news are asked for, by their name.
pub(super) const PICTURES_PATH: &str = "/pictures/";
/// Where the comune's figures are asked for.
pub(super) const NUMBERS_PATH: &str = "/numeri";
/// Where a piece of news is asked for, by its name.
pub(super) const NEWS_PATH: &str = "/news/";

/// Base64 with padding (RFC 4648, section 4): what CSP hashes and nonces are written in.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = (at(0) << 16) | (at(1) << 8) | at(2);
        for place in 0..4_usize {
            let digit = usize::try_from((group >> (18 - 6 * place)) & 63).unwrap_or(0);
            text.push(if place <= chunk.len() {
                char::from(DIGITS[digit])
            } else {
                '='
            });
        }
    }
    text
}
