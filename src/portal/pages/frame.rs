//! What every page has around its own matter: head, languages, banner, footer, and what it may show of
//! the comune's news and services.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::cards::Card;
use super::told::{Headline, Warning};
use super::{CSS, theme};
use crate::config::{Config, Network};
use crate::model::{Board, NetworkId};
use crate::portal::lang::Lang;
use crate::portal::text::Text;

/// Most pieces of news on a page about something else; `/news` has them all.
const MOST_HEADLINES: usize = 6;
/// Most notices that stand above the button; further ones wait behind a line.
const MOST_WARNINGS: usize = 2;

/// How the reader's device stands, as far as pages differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::portal) enum Access {
    /// Not granted, or not known: what is not in the walled garden does not open.
    Captive,
    /// Granted or exempt.
    Online,
}

/// Where and when a page is shown.
#[derive(Debug, Clone, Copy)]
pub(in crate::portal) struct Scene<'a> {
    pub(in crate::portal) config: &'a Config,
    pub(in crate::portal) network: &'a Network,
    pub(in crate::portal) board: &'a Board,
    pub(in crate::portal) now: Timestamp,
    pub(in crate::portal) access: Access,
    /// Whether there is an Internet behind the gateway now.
    pub(in crate::portal) uplink: bool,
}

/// The Commission's snippet (wifi4eu tracking snippet guideline), in the head of the login page.
#[derive(Debug, Clone, Copy)]
pub(in crate::portal) struct Snippet<'a> {
    /// Network identifier, `[A-Za-z0-9-]`.
    pub(in crate::portal) id: &'a str,
    /// For the content security policy.
    pub(in crate::portal) nonce: &'a str,
    /// Whether it is in its self-test mode, which says on the console what it does.
    pub(in crate::portal) self_test: bool,
}

/// What every page has around its own matter.
#[derive(Debug, Clone, Copy)]
pub(in crate::portal) struct Frame<'a> {
    pub(in crate::portal) text: Text,
    /// Whether the language was chosen on the page, so that links keep it: there are no cookies.
    pub(in crate::portal) chosen: bool,
    /// Where the language links lead.
    pub(in crate::portal) path: &'a str,
    pub(in crate::portal) scene: Scene<'a>,
    pub(in crate::portal) snippet: Option<Snippet<'a>>,
    /// Address of the municipal crest.
    pub(in crate::portal) crest: Option<&'a str>,
    /// Whether there is a page of figures to lead to.
    pub(in crate::portal) numbers: bool,
}

/// One link of the language switch.
pub(super) struct LanguageLink {
    pub(super) code: &'static str,
    pub(super) dir: &'static str,
    pub(super) name: &'static str,
    pub(super) href: String,
    pub(super) current: bool,
}

/// A text and the language it is in.
pub(super) struct Phrase<'a> {
    pub(super) text: &'a str,
    pub(super) lang: &'a str,
}

impl<'a> Frame<'a> {
    pub(in crate::portal) const fn new(scene: Scene<'a>, lang: Lang, chosen: bool, path: &'a str) -> Self {
        Self {
            text: Text(lang),
            chosen,
            path,
            scene,
            snippet: None,
            crest: None,
            numbers: false,
        }
    }

    pub(super) const fn code(&self) -> &'static str {
        self.text.0.code()
    }

    /// `ltr` or `rtl`.
    pub(super) const fn dir(&self) -> &'static str {
        self.text.0.direction().attribute()
    }

    /// The message `key`.
    pub(super) fn t(&self, key: &str) -> String {
        self.text.get(key)
    }

    #[expect(clippy::unused_self, reason = "templates reach it through the frame")]
    pub(super) const fn css(&self) -> &'static str {
        CSS
    }

    /// The colours of this network.
    pub(super) fn theme(&self) -> String {
        theme::css(self.network().look.color)
    }

    pub(super) const fn network(&self) -> &'a Network {
        self.scene.network
    }

    pub(super) const fn network_id(&self) -> NetworkId {
        self.scene.network.id
    }

    pub(super) fn place(&self) -> &'a str {
        &self.network().name
    }

    pub(super) fn comune(&self) -> &'a str {
        &self.network().comune
    }

    pub(super) fn host(&self) -> &'a str {
        &self.network().host
    }

    /// What the crest shows, in words.
    pub(super) fn crest_alt(&self) -> String {
        self.text.attribute("crest-alt", "comune", self.comune())
    }

    /// The network's line of welcome.
    pub(super) fn intro(&self) -> Option<Phrase<'a>> {
        let (text, lang) = self.network().look.intro.as_ref()?.get(self.code());
        Some(Phrase { text, lang })
    }

    /// A path of this site that keeps a chosen language.
    pub(super) fn link(&self, path: &str) -> String {
        link(self.chosen.then_some(self.text.0), path)
    }

    pub(super) fn languages(&self) -> Vec<LanguageLink> {
        Lang::ALL
            .iter()
            .map(|lang| LanguageLink {
                code: lang.code(),
                dir: lang.direction().attribute(),
                name: lang.own_name(),
                href: format!("{}?lang={}", self.path, lang.code()),
                current: *lang == self.text.0,
            })
            .collect()
    }

    pub(super) const fn language(&self) -> &'static str {
        self.text.0.own_name()
    }

    fn warnings(&self) -> impl Iterator<Item = Warning<'a>> {
        let (frame, scene) = (*self, self.scene);
        let notices = scene.board.notices(self.network_id(), scene.now);
        notices.map(move |notice| Warning::new(&frame, notice))
    }

    /// The most urgent notices.
    pub(super) fn first_warnings(&self) -> Vec<Warning<'a>> {
        self.warnings().take(MOST_WARNINGS).collect()
    }

    /// Those after them.
    pub(super) fn other_warnings(&self) -> Vec<Warning<'a>> {
        self.warnings().skip(MOST_WARNINGS).collect()
    }

    /// "3 more notices".
    pub(super) fn more_warnings(&self, others: &[Warning<'a>]) -> String {
        self.text.with("notices-more", "count", others.len())
    }

    /// Whether any of the notices is about a danger.
    pub(super) fn is_alarming(&self) -> bool {
        self.warnings().any(|warning| warning.is_alarming())
    }

    /// The latest news.
    pub(super) fn headlines(&self) -> Vec<Headline<'a>> {
        self.all_headlines().take(MOST_HEADLINES).collect()
    }

    /// Whether `/news` has more than [`Self::headlines`].
    pub(super) fn has_more_headlines(&self) -> bool {
        self.all_headlines().nth(MOST_HEADLINES).is_some()
    }

    pub(super) fn all_headlines(&self) -> impl Iterator<Item = Headline<'a>> {
        let (frame, scene) = (*self, self.scene);
        let items = scene.board.items(self.network_id(), scene.now);
        items.map(move |item| Headline::new(&frame, item))
    }

    /// The services of this network, in the order of the file.
    pub(super) fn cards(&self) -> Vec<Card<'a>> {
        let services = self.scene.config.services_of(self.network_id());
        services.map(|service| Card::new(self, service)).collect()
    }

    fn zone(&self) -> &'a TimeZone {
        self.scene.config.gateway.time_zone.jiff()
    }

    /// A day as the reader writes it.
    pub(super) fn date(&self, at: Timestamp) -> String {
        self.text.date(at.to_zoned(self.zone().clone()).date())
    }

    /// A day and the time of day.
    pub(super) fn date_and_time(&self, at: Timestamp) -> String {
        self.text
            .date_and_time(at.to_zoned(self.zone().clone()).datetime())
    }

    /// Whether a web address opens for this reader now.
    pub(super) fn opens(&self, url: &str) -> bool {
        if url.starts_with("tel:") {
            return true;
        }
        let scene = self.scene;
        scene.uplink && (scene.access == Access::Online || is_in_garden(scene.network, url))
    }

    /// When an address opens that does not open now: "after you connect".
    pub(super) fn later(&self) -> String {
        self.t(if self.scene.uplink {
            "service-after"
        } else {
            "service-offline"
        })
    }

    /// The same in a sentence before the address of a piece of news.
    pub(super) fn later_news(&self) -> String {
        self.t(if self.scene.uplink {
            "news-more-after"
        } else {
            "news-more-offline"
        })
    }

    /// Whose network it is, in a sentence.
    pub(super) fn venue(&self) -> String {
        self.text.with("venue-lead", "comune", self.comune())
    }
}

/// A path of this site with the language that was chosen.
pub(in crate::portal) fn link(chosen: Option<Lang>, path: &str) -> String {
    chosen.map_or_else(|| path.to_owned(), |lang| format!("{path}?lang={}", lang.code()))
}

/// Whether an address leads to a name that opens before the tap.
fn is_in_garden(network: &Network, url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (authority, Some(if scheme == "https" { 443 } else { 80 })),
    };
    let host = host.to_ascii_lowercase();
    let names = network.garden_names.iter();
    port.is_some_and(|port| {
        names
            .clone()
            .any(|open| open.name.matches(&host) && open.ports.contains(&port))
    })
}
