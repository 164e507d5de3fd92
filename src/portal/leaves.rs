//! Every page there is, by name, and how it is drawn.

use askama::Template;

use super::compressed::Mark;
use super::lang::Lang;
use super::pages::{Document, Frame, Kind, Login, Notice, Online, SessionWords, Snippet};
use super::request::Manner;
use super::site::Visit;
use crate::config::Network;
use crate::model::NetworkId;

/// A page. What differs from visit to visit is left open as [`Mark`]s.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Leaf {
    /// The one button.
    Login {
        /// With a word about a form that was too old.
        expired: bool,
    },
    /// A session.
    Online,
    /// Online without one.
    Exempt,
    /// A short message.
    Short(Kind),
    Terms,
    Privacy,
    Venue,
}

impl Leaf {
    /// The document of a path.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        match path {
            "/terms" => Some(Self::Terms),
            "/privacy" => Some(Self::Privacy),
            "/venue" => Some(Self::Venue),
            _ => None,
        }
    }

    /// Whether the page has the Commission's snippet.
    pub(super) const fn has_snippet(&self) -> bool {
        matches!(self, Self::Login { .. })
    }
}

/// What a page's look depends on, besides the [`Moment`](super::sheets::Moment).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    network: NetworkId,
    lang: Lang,
    chosen: bool,
    path: String,
    leaf: Leaf,
    uplink: bool,
    /// Whether it has the snippet, and whether that is in self-test mode.
    snippet: Option<bool>,
}

impl Key {
    /// `nonce`: whether there is one for the snippet.
    pub(super) fn new(visit: &Visit<'_>, manner: &Manner, leaf: Leaf, nonce: bool) -> Self {
        let network = visit.network;
        let snippet = nonce && leaf.has_snippet() && network.wifi4eu_id.is_some();
        Self {
            network: network.id,
            lang: manner.lang,
            chosen: manner.chosen,
            path: place(&manner.path).to_owned(),
            leaf,
            uplink: (visit.context.uplink)(),
            snippet: snippet.then(|| (visit.context.self_test)(network.id)),
        }
    }

    /// Whether the page has the Commission's snippet.
    pub(super) const fn has_snippet(&self) -> bool {
        self.snippet.is_some()
    }

    /// Renders the page.
    pub(super) fn draw(&self, visit: &Visit<'_>) -> askama::Result<String> {
        let network = visit.network;
        let crest = visit.crests.address(network.id);
        let snippet = self.snippet.zip(network.wifi4eu_id.as_deref());
        let frame = Frame {
            snippet: snippet.map(|(self_test, id)| Snippet {
                id,
                nonce: Mark::Nonce.text(),
                self_test,
            }),
            crest: crest.as_deref(),
            ..Frame::new(network, self.lang, self.chosen, &self.path)
        };
        match &self.leaf {
            Leaf::Login { expired } => {
                let token = Mark::Token.text().to_owned();
                let expired = *expired;
                Login {
                    frame,
                    token,
                    expired,
                }
                .render()
            }
            Leaf::Online => online(frame, Some(open_session())).render(),
            Leaf::Exempt => online(frame, None).render(),
            Leaf::Short(kind) => Notice { frame, kind: *kind }.render(),
            Leaf::Terms => Document::terms(frame, network).render(),
            Leaf::Privacy => Document::privacy(frame, network).render(),
            Leaf::Venue => Document::venue(frame, network).render(),
        }
    }
}

/// A frame for links alone.
pub(super) fn frame<'a>(network: &'a Network, manner: &'a Manner) -> Frame<'a> {
    Frame::new(network, manner.lang, manner.chosen, place(&manner.path))
}

/// Where the language switch leads: back to this page, if it can be got by its address.
fn place(path: &str) -> &str {
    match path {
        "/online" | "/disconnected" => path,
        _ if Leaf::of_path(path).is_some() => path,
        _ => "/",
    }
}

const fn online(frame: Frame<'_>, session: Option<SessionWords>) -> Online<'_> {
    Online { frame, session }
}

fn open_session() -> SessionWords {
    SessionWords {
        left: Mark::Left.text().to_owned(),
        until: Mark::Until.text().to_owned(),
        used: Mark::Used.text().to_owned(),
        token: Mark::Token.text().to_owned(),
    }
}
