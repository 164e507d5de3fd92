//! The people's pages as views: what a page shows, and a few samples of each for the tests that
//! render every view in every language.

use askama::Template;

use super::lang::Lang;
use super::text::Text;
use crate::config::Network;

/// The style sheet, inlined in every page: mini-browsers get by with one request.
pub(super) const CSS: &str = include_str!("../../templates/portal/portal.css");
/// Shown where the WiFi4EU banner belongs until, and unless, the Commission's script replaces it.
pub(super) const BANNER: &str = include_str!("../../templates/portal/wifi4eu.svg");
/// The icon of the tab.
pub(super) const ICON: &str = include_str!("../../templates/portal/icon.svg");

/// The Commission's snippet (wifi4eu tracking snippet guideline), in the head of the login page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Snippet<'a> {
    /// Network identifier, `[A-Za-z0-9-]`.
    pub(super) id: &'a str,
    /// For the content security policy.
    pub(super) nonce: &'a str,
    /// Whether it tells what it does instead of counting; for an hour at most.
    pub(super) self_test: bool,
}

/// What every page has around its own matter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) text: Text,
    /// Whether the language was chosen on the page, so that links keep it: there are no cookies.
    pub(super) chosen: bool,
    pub(super) place: &'a str,
    pub(super) comune: &'a str,
    pub(super) host: &'a str,
    /// Where the language links lead.
    pub(super) path: &'a str,
    pub(super) snippet: Option<Snippet<'a>>,
    /// Address of the municipal crest.
    pub(super) crest: Option<&'a str>,
}

/// One link of the language switch.
pub(super) struct LanguageLink {
    pub(super) code: &'static str,
    pub(super) label: String,
    pub(super) name: &'static str,
    pub(super) href: String,
    pub(super) current: bool,
}

impl<'a> Frame<'a> {
    pub(super) fn new(network: &'a Network, lang: Lang, chosen: bool, path: &'a str) -> Self {
        Self {
            text: Text(lang),
            chosen,
            place: &network.name,
            comune: &network.comune,
            host: &network.host,
            path,
            snippet: None,
            crest: None,
        }
    }

    fn code(&self) -> &'static str {
        self.text.0.code()
    }

    fn t(&self, key: &str) -> String {
        self.text.get(key)
    }

    #[expect(clippy::unused_self, reason = "templates reach it through the frame")]
    const fn css(&self) -> &'static str {
        CSS
    }

    /// A path of this site that keeps a chosen language.
    pub(super) fn link(&self, path: &str) -> String {
        if self.chosen {
            format!("{path}?lang={}", self.code())
        } else {
            path.to_owned()
        }
    }

    fn languages(&self) -> Vec<LanguageLink> {
        Lang::ALL
            .iter()
            .map(|lang| LanguageLink {
                code: lang.code(),
                label: lang.code().to_ascii_uppercase(),
                name: lang.own_name(),
                href: format!("{}?lang={}", self.path, lang.code()),
                current: *lang == self.text.0,
            })
            .collect()
    }
}

/// The page with the one button.
#[derive(Template)]
#[template(path = "portal/login.html")]
pub(super) struct Login<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) token: String,
    /// The form before this one was too old.
    pub(super) expired: bool,
}

/// A session in words.
pub(super) struct SessionWords {
    pub(super) left: String,
    pub(super) until: String,
    pub(super) used: String,
    pub(super) token: String,
}

/// "You are online". Without a session: an exempt station.
#[derive(Template)]
#[template(path = "portal/online.html")]
pub(super) struct Online<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) session: Option<SessionWords>,
}

/// Which short page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// After "disconnect".
    Disconnected,
    /// A blocked station.
    Blocked,
    /// The kernel or `core` could not do it now.
    TryAgain,
    /// The peer could not be tied to a station.
    Stranger,
    /// Too many forms.
    SlowDown,
    /// A form from another site.
    Refused,
}

impl Kind {
    #[cfg(test)]
    const ALL: &[Self] = &[
        Self::Disconnected,
        Self::Blocked,
        Self::TryAgain,
        Self::Stranger,
        Self::SlowDown,
        Self::Refused,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected-title",
            Self::Blocked => "blocked-title",
            Self::TryAgain => "again-title",
            Self::Stranger => "stranger-title",
            Self::SlowDown => "slow-title",
            Self::Refused => "refused-title",
        }
    }

    const fn lead(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected-lead",
            Self::Blocked => "blocked-lead",
            Self::TryAgain => "again-lead",
            Self::Stranger => "stranger-lead",
            Self::SlowDown => "slow-lead",
            Self::Refused => "refused-lead",
        }
    }

    const fn action(self) -> Option<&'static str> {
        match self {
            Self::Disconnected => Some("disconnected-action"),
            Self::Blocked => None,
            Self::TryAgain => Some("again-action"),
            Self::Stranger => Some("stranger-action"),
            Self::SlowDown => Some("slow-action"),
            Self::Refused => Some("refused-action"),
        }
    }

    const fn tone(self) -> &'static str {
        match self {
            Self::Disconnected => "info",
            _ => "warn",
        }
    }
}

/// A short page: one message, at most one way on.
#[derive(Template)]
#[template(path = "portal/notice.html")]
pub(super) struct Notice<'a> {
    pub(super) frame: Frame<'a>,
    pub(super) kind: Kind,
}

/// A headed paragraph.
pub(super) struct Section {
    title: String,
    text: String,
}

/// Terms, privacy notice, venue.
#[derive(Template)]
#[template(path = "portal/document.html")]
pub(super) struct Document<'a> {
    frame: Frame<'a>,
    title: String,
    lead: String,
    /// The comune's own text; out of reach until the grant, hence a link beside the built-in one.
    full_text: Option<&'a str>,
    sections: Vec<Section>,
    facts: Vec<(String, &'a str)>,
}

impl<'a> Document<'a> {
    pub(super) fn terms(frame: Frame<'a>, network: &'a Network) -> Self {
        let parts = ["service", "duration", "conduct", "security", "limits"];
        Self::titled(frame, "terms", network.terms_url.as_deref(), &parts)
    }

    pub(super) fn privacy(frame: Frame<'a>, network: &'a Network) -> Self {
        let parts = ["controller", "data", "purpose", "period", "recipients", "rights"];
        Self::titled(frame, "privacy", network.privacy_url.as_deref(), &parts)
    }

    pub(super) fn venue(frame: Frame<'a>, network: &'a Network) -> Self {
        Self {
            title: frame.t("venue-title"),
            lead: frame.text.with("venue-lead", "comune", frame.comune),
            full_text: None,
            sections: Vec::new(),
            facts: vec![
                (frame.t("venue-place"), &network.name),
                (frame.t("venue-comune"), &network.comune),
                (frame.t("venue-portal"), &network.host),
            ],
            frame,
        }
    }

    fn titled(frame: Frame<'a>, name: &str, full_text: Option<&'a str>, parts: &[&str]) -> Self {
        let sections = parts.iter().map(|part| Section {
            title: frame.t(&format!("{name}-{part}-title")),
            text: frame.text.with(&format!("{name}-{part}"), "comune", frame.comune),
        });
        Self {
            title: frame.t(&format!("{name}-title")),
            lead: frame.t(&format!("{name}-lead")),
            full_text,
            sections: sections.collect(),
            facts: Vec::new(),
            frame,
        }
    }
}

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

#[cfg(test)]
pub(super) mod samples {
    //! Samples of every view.

    use std::collections::BTreeSet;
    use std::time::Duration;

    use askama::Template as _;

    use super::{Document, Frame, Kind, Login, Notice, Online, SessionWords, Snippet};
    use crate::config::{InterfaceName, Network};
    use crate::model::{Burst, NetworkPolicy, OnConflict, Rate, RatePlan, Recognition};
    use crate::portal::lang::Lang;

    /// A network with every optional field set, and names that need escaping.
    pub(in crate::portal) fn network() -> Network {
        let rate = Rate::from_bytes_per_second(1_250_000).unwrap();
        Network {
            id: "piazza".parse().unwrap(),
            name: "Piazza Vittorio Emanuele II <\"&'>".to_owned(),
            comune: "Comune di Busto Arsizio".to_owned(),
            interface: InterfaceName::new("lo").unwrap(),
            host: "wifi.comune.example.it".to_owned(),
            wifi4eu_id: Some("a1b2c3d4e5f6g7h8i9j0k".to_owned()),
            tls: None,
            policy: NetworkPolicy {
                plan: RatePlan {
                    down: rate,
                    up: rate,
                    burst: Burst::from_bytes(131_072).unwrap(),
                },
                recognition: Recognition::Period(Duration::from_hours(1)),
                exempt: BTreeSet::new(),
                blocked: BTreeSet::new(),
                on_conflict: OnConflict::Count,
                max_stations: 100,
            },
            garden: Vec::new(),
            garden_names: Vec::new(),
            look: crate::config::Look::default(),
            contact: None,
            dpo: None,
            terms_url: Some("https://www.comune.example.it/condizioni?a=1&b=2".to_owned()),
            privacy_url: None,
        }
    }

    fn session(lang: Lang) -> SessionWords {
        let text = crate::portal::text::Text(lang);
        SessionWords {
            left: text.duration(7_500),
            until: "00:00".to_owned(),
            used: text.bytes(12_400_000),
            token: "cafe".to_owned(),
        }
    }

    /// Every view in one language, rendered, with a name for messages.
    pub(in crate::portal) fn rendered(lang: Lang) -> Vec<(String, String)> {
        let network = network();
        let plain = Frame::new(&network, lang, false, "/");
        let chosen = Frame::new(&network, lang, true, "/online");
        let mut with_snippet = plain;
        with_snippet.snippet = network.wifi4eu_id.as_deref().map(|id| Snippet {
            id,
            nonce: "bm9uY2U=",
            self_test: false,
        });
        let login = |frame, expired| {
            Login {
                frame,
                token: "cafe".to_owned(),
                expired,
            }
            .render()
        };
        let online = |session| {
            Online {
                frame: chosen,
                session,
            }
            .render()
        };
        let mut pages = vec![
            ("login", login(with_snippet, false)),
            ("login again", login(plain, true)),
            ("online", online(Some(session(lang)))),
            ("online exempt", online(None)),
            ("terms", Document::terms(chosen, &network).render()),
            ("privacy", Document::privacy(plain, &network).render()),
            ("venue", Document::venue(plain, &network).render()),
        ];
        for kind in Kind::ALL {
            pages.push((
                kind.title(),
                Notice {
                    frame: plain,
                    kind: *kind,
                }
                .render(),
            ));
        }
        pages
            .into_iter()
            .map(|(name, page)| (format!("{name} ({})", lang.code()), page.unwrap()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{base64, samples};
    use crate::portal::lang::Lang;

    #[test]
    fn every_view_renders_in_every_language() {
        for lang in Lang::ALL {
            let pages = samples::rendered(*lang);
            assert!(pages.len() >= 13);
            for (name, html) in pages {
                assert!(!html.contains('⟦'), "{name}: a message is missing in {html}");
                assert!(
                    html.contains(&format!("<html lang=\"{}\">", lang.code())),
                    "{name}"
                );
                assert!(!html.contains("II <\""), "{name}: the place is not escaped");
                assert_eq!(html.matches("<h1>").count(), 1, "{name}");
                assert_eq!(html.matches("<main").count(), 1, "{name}");
                assert!(html.contains("id=\"wifi4eubanner\""), "{name}");
                assert!(html.len() < 50_000, "{name} is too large for a mini-browser");
                for banned in [
                    "<form method=\"get\"",
                    "style=\"",
                    "onclick",
                    "target=",
                    "http://",
                ] {
                    assert!(!html.contains(banned), "{name} has {banned}");
                }
            }
        }
    }

    #[test]
    fn only_the_login_page_has_a_script_and_only_the_commissions() {
        for (name, html) in samples::rendered(Lang::En) {
            let scripts = html.matches("<script").count();
            assert_eq!(scripts, if name == "login (en)" { 2 } else { 0 }, "{name}");
        }
    }

    #[test]
    fn base64_is_the_standards() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
