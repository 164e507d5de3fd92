//! Every page there is, by name, and how it is drawn.

use askama::Template;

use super::compressed::Mark;
use super::lang::Lang;
use super::pages::{
    self, Access, Article, Document, Frame, Kind, Login, NEWS_PATH, NUMBERS_PATH, News, Notice, NumbersView,
    Online, Scene, SessionWords, Snippet, Venue,
};
use super::request::Manner;
use super::sheets::Moment;
use super::site::Visit;
use crate::model::{ItemId, NetworkId};

/// A page. What differs from visit to visit is left open as [`Mark`]s.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Leaf {
    /// The one button.
    Login {
        /// With a word about a form that was too old.
        expired: bool,
    },
    /// A session.
    Online {
        /// Where the network has a volume a day: whether it is used up.
        day: Option<bool>,
    },
    /// Online without one.
    Exempt,
    /// A short message.
    Short(Kind),
    Terms,
    Privacy,
    Accessibility,
    Venue,
    /// All news.
    News,
    /// A piece of news; once it is over, all news.
    Article(ItemId),
    /// Figures for everybody.
    Numbers,
}

impl Leaf {
    /// The document of a path.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        match path {
            "/terms" => Some(Self::Terms),
            "/privacy" => Some(Self::Privacy),
            "/accessibility" => Some(Self::Accessibility),
            "/venue" => Some(Self::Venue),
            "/news" => Some(Self::News),
            NUMBERS_PATH => Some(Self::Numbers),
            _ => path.strip_prefix(NEWS_PATH)?.parse().ok().map(Self::Article),
        }
    }

    /// Whether the page's links depend on how the station stands.
    pub(super) const fn depends_on_access(&self) -> bool {
        matches!(
            self,
            Self::Terms | Self::Privacy | Self::Venue | Self::News | Self::Article(_) | Self::Numbers
        )
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
    access: Access,
    uplink: bool,
    /// Whether there is a page of figures to lead to.
    numbers: bool,
    /// Whether it has the snippet, and whether that is in self-test mode.
    snippet: Option<bool>,
}

impl Key {
    /// `nonce`: whether there is one for the snippet.
    pub(super) fn new(visit: &Visit<'_>, manner: &Manner, leaf: Leaf, access: Access, nonce: bool) -> Self {
        let network = visit.network;
        let uplink = (visit.context.uplink)();
        // Without an Internet there is no collector either.
        let snippet = nonce && uplink && leaf.has_snippet() && network.wifi4eu_id.is_some();
        Self {
            network: network.id,
            lang: manner.lang,
            chosen: manner.chosen,
            path: place(&manner.path).to_owned(),
            leaf,
            access,
            uplink,
            numbers: (visit.context.numbers)(network.id).is_some(),
            snippet: snippet.then(|| (visit.context.self_test)(network.id)),
        }
    }

    /// Whether the page has the Commission's snippet.
    pub(super) const fn has_snippet(&self) -> bool {
        self.snippet.is_some()
    }

    /// Renders the page.
    pub(super) fn draw(&self, visit: &Visit<'_>, moment: &Moment) -> askama::Result<String> {
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
            numbers: self.numbers,
            ..Frame::new(self.scene(visit, moment), self.lang, self.chosen, &self.path)
        };
        match &self.leaf {
            Leaf::Login { expired } => {
                let token = Mark::Token.text().to_owned();
                Login::new(frame, token, *expired).render()
            }
            Leaf::Online { day } => Online::new(frame, Some(open_session(*day))).render(),
            Leaf::Exempt => Online::new(frame, None).render(),
            Leaf::Short(kind) => Notice { frame, kind: *kind }.render(),
            Leaf::Terms => Document::terms(frame).render(),
            Leaf::Privacy => Document::privacy(frame).render(),
            Leaf::Accessibility => Document::accessibility(frame).render(),
            Leaf::Venue => Venue::new(frame).render(),
            Leaf::News => News::new(frame).render(),
            Leaf::Numbers => match (visit.context.numbers)(network.id) {
                Some(numbers) => NumbersView::new(frame, &numbers).render(),
                None => News::new(frame).render(),
            },
            Leaf::Article(id) => match moment.board.item(id, network.id, moment.now()) {
                Some(item) => Article::new(frame, item).render(),
                None => News::new(frame).render(),
            },
        }
    }

    fn scene<'a>(&self, visit: &Visit<'a>, moment: &'a Moment) -> Scene<'a> {
        Scene {
            config: visit.config,
            network: visit.network,
            board: &moment.board,
            now: moment.now(),
            access: self.access,
            uplink: self.uplink,
        }
    }
}

/// A path of the portal that keeps a chosen language.
pub(super) fn link(manner: &Manner, path: &str) -> String {
    pages::link(manner.chosen.then_some(manner.lang), path)
}

/// Where the language switch leads: back to this page, if it can be got by its address.
fn place(path: &str) -> &str {
    match path {
        "/online" | "/disconnected" => path,
        _ if Leaf::of_path(path).is_some() => path,
        _ => "/",
    }
}

fn open_session(day: Option<bool>) -> SessionWords {
    SessionWords {
        left: Mark::Left.text().to_owned(),
        until: Mark::Until.text().to_owned(),
        used: Mark::Used.text().to_owned(),
        down: Mark::Down.text().to_owned(),
        up: Mark::Up.text().to_owned(),
        day: day.map(|used_up| (Mark::Day.text().to_owned(), used_up)),
        token: Mark::Token.text().to_owned(),
    }
}
