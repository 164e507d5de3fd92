//! `[news]`: where the comune's news and urgent notices come from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeValue;

use super::reader::{Complaint, Located, Section};
use super::words::words;
use super::{service, values};
use crate::model::{NetworkId, Scope};

/// How often feeds are asked.
pub const DEFAULT_REFRESH_MINUTES: usize = 15;
/// Items on a page.
pub const DEFAULT_MOST_ITEMS: usize = 6;
/// Most feeds.
const MOST_FEEDS: usize = 32;
/// Longest name of who says so.
const MOST_SOURCE: usize = 75;

/// Longest name of an alert zone: Veneto's have over a hundred characters.
const MOST_ZONE: usize = 160;

/// `[news]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// `refresh_minutes`: 5 to 1440; urgent feeds are asked three times as often.
    pub refresh: Duration,
    /// `items`: most items on a page, 1 to 20.
    pub most_items: usize,
    /// `pictures`: whether small pictures are made of those in the feeds.
    pub pictures: bool,
    /// `[[news.feed]]`
    pub feeds: Vec<Feed>,
}

impl Default for News {
    fn default() -> Self {
        Self {
            refresh: Duration::from_mins(15),
            most_items: DEFAULT_MOST_ITEMS,
            pictures: true,
            feeds: Vec::new(),
        }
    }
}

/// What a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedKind {
    /// RSS 2.0, Atom or JSON Feed, told apart by content.
    News,
    /// JSON of the app Municipium (undocumented: ask the comune).
    Municipium,
    /// CAP 1.2 alerts: one, or an Atom or RSS index of them.
    Cap,
    /// Regione Lombardia's AllertaLOM, by ISTAT code.
    Allertalom,
    /// The Protezione Civile's daily bulletin, by zone.
    ProtezioneCivile,
}

impl FeedKind {
    /// All.
    pub const ALL: &[Self] = &[
        Self::News,
        Self::Municipium,
        Self::Cap,
        Self::Allertalom,
        Self::ProtezioneCivile,
    ];

    /// As written in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Municipium => "municipium",
            Self::Cap => "cap",
            Self::Allertalom => "allertalom",
            Self::ProtezioneCivile => "protezione-civile",
        }
    }

    /// Whether it gives urgent notices, not news.
    #[must_use]
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Cap | Self::Allertalom | Self::ProtezioneCivile)
    }
}

/// `[[news.feed]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// `kind`
    pub kind: FeedKind,
    /// `url`: `https://…`; `http://` only with `insecure = true`.
    pub url: String,
    /// `source`: who says so, as people read it.
    pub source: String,
    /// `lang`: language of the texts, `it` without.
    pub lang: String,
    /// `istat`: six digits of the comune, needed by `cap` and `allertalom`.
    pub istat: Option<String>,
    /// `zone`: alert zone by its code or its name in the bulletin (`Lomb-09`, `Nodo Idraulico di
    /// Milano`), needed by `protezione-civile`.
    pub zone: Option<String>,
    /// `ca`: PEM file of certificates that the server should send and does not.
    pub ca: Option<PathBuf>,
    /// `private`: the server may have a private address (a mirror in the town hall); else such
    /// addresses are refused.
    pub private: bool,
    /// `insecure`: whether `http://` is allowed.
    pub insecure: bool,
    /// `networks`
    pub scope: Scope,
}

impl Feed {
    /// A feed of which the file says no more than it must: in Italian, for every network, over TLS from
    /// a public address.
    #[must_use]
    pub fn new(kind: FeedKind, url: &str, source: &str) -> Self {
        Self {
            kind,
            url: url.to_owned(),
            source: source.to_owned(),
            lang: "it".to_owned(),
            istat: None,
            zone: None,
            ca: None,
            private: false,
            insecure: false,
            scope: Scope::All,
        }
    }
}

/// Reads the section.
pub(super) fn read(mut section: Section<'_, '_>, base: &Path, known: &BTreeSet<NetworkId>) -> News {
    let minutes = section.or("refresh_minutes", DEFAULT_REFRESH_MINUTES, |value| {
        values::integer(value, 5, 1_440)
    });
    let most_items = section.or("items", DEFAULT_MOST_ITEMS, |value| values::integer(value, 1, 20));
    let pictures = section.or("pictures", true, values::boolean);
    let feeds = section.tables("feed", "[[news.feed]]");
    if let Some(one_too_many) = feeds.get(MOST_FEEDS) {
        section.report().error(
            one_too_many.span(),
            Complaint::new(
                words!(
                    "there are at most {MOST_FEEDS} feeds",
                    "le fonti sono al massimo {MOST_FEEDS}"
                ),
                words!("remove the rest", "togliere le altre"),
            ),
        );
    }
    section.finish();
    let minutes = u64::try_from(minutes).unwrap_or(u64::MAX);
    News {
        refresh: Duration::from_secs(minutes.saturating_mul(60)),
        most_items,
        pictures,
        feeds: feeds
            .into_iter()
            .filter_map(|feed| read_feed(feed, base, known))
            .collect(),
    }
}

fn read_feed(mut section: Section<'_, '_>, base: &Path, known: &BTreeSet<NetworkId>) -> Option<Feed> {
    let kind = section.or("kind", FeedKind::News, feed_kind);
    let url = section.required("url", "\"https://www.comune.example.it/feed\"", values::url);
    let source = section.required("source", "\"Comune di Busto Arsizio\"", |value| {
        values::line_of(value, MOST_SOURCE)
    });
    let lang = section.or("lang", "it".to_owned(), language);
    let istat = section.optional("istat", values::istat);
    let zone = section.optional("zone", |value| values::line_of(value, MOST_ZONE));
    let ca = section.optional("ca", values::any_path);
    let private = section.or("private", false, values::boolean);
    let insecure = section.or("insecure", false, values::boolean);
    let scope = service::scope(&mut section, known);

    require_area(&section, kind, istat.is_some(), zone.is_some());
    refuse_plain(&section, url.as_ref(), insecure);
    section.finish();
    Some(Feed {
        kind,
        url: url?.value,
        source: source?.value,
        lang,
        istat: istat.map(|code| code.value),
        zone: zone.map(|zone| zone.value),
        ca: ca.map(|path| base.join(path.value)),
        private,
        insecure,
        scope,
    })
}

/// Alerts are for areas: one that is for everywhere alarms everybody.
fn require_area(section: &Section<'_, '_>, kind: FeedKind, has_code: bool, has_zone: bool) {
    let missing = match kind {
        FeedKind::Cap | FeedKind::Allertalom if !has_code => ("istat", "\"012026\""),
        FeedKind::ProtezioneCivile if !has_zone => ("zone", "\"Lomb-09\""),
        _ => return,
    };
    section.report().error(
        section.span(),
        Complaint::new(
            words!(
                "a feed of kind \"{}\" needs \"{}\": alerts are for areas",
                "una fonte di tipo \"{}\" vuole \"{}\": le allerte sono per zone",
                kind.name(),
                missing.0
            ),
            words!(
                "add a line like: {} = {}",
                "indicarlo, come nella riga: {} = {}",
                missing.0,
                missing.1
            ),
        ),
    );
}

fn refuse_plain(section: &Section<'_, '_>, url: Option<&Located<String>>, insecure: bool) {
    if let Some(url) = url.filter(|url| url.value.starts_with("http://") && !insecure) {
        section.report().error(
            &url.span,
            Complaint::new(
                words!(
                    "without TLS anybody on the way can write on the page",
                    "senza TLS chiunque lungo il percorso può scrivere sulla pagina"
                ),
                words!(
                    "use https://, or add insecure = true if the way is the comune's own",
                    "usare https://, o aggiungere insecure = true se il percorso è del comune"
                ),
            ),
        );
    }
}

fn feed_kind(value: &DeValue<'_>) -> Result<FeedKind, Complaint> {
    values::named(
        value,
        FeedKind::ALL,
        FeedKind::name,
        &words!("feed", "un tipo di fonte"),
    )
}

fn language(value: &DeValue<'_>) -> Result<String, Complaint> {
    let text = values::text(value)?;
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        words!(
            "{text:?} is not the code of a language",
            "{text:?} non è il codice di una lingua"
        ),
        words!(
            "two letters (ISO 639-1): it, en, de …",
            "due lettere (ISO 639-1): it, en, de …"
        ),
    ))
}
