//! Pages ready to be sent, kept as long as nothing they show has changed.
//!
//! A sheet is rendered and compressed once and then serves every visit that would show the same. All
//! sheets are thrown away when the configuration, the news or the minute changes: what a page shows by
//! the hour (a notice that ends, a date "today") is never more than a minute old.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Bytes;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::compressed::{Cut, Filling};
use super::pages::base64;
use super::token::encode_hex;
use crate::config::Config;
use crate::model::Board;

/// Most memory for sheets, bytes.
const MOST_BYTES: usize = 8 << 20;
/// Most sheets.
const MOST_SHEETS: usize = 512;

/// A page, cut and compressed.
#[derive(Debug)]
pub(super) struct Sheet {
    cut: Cut,
    /// Hashes of the style sheets in its head, as the content security policy writes them.
    pub(super) styles: String,
    /// Name of the content; the coding is added to it.
    tag: String,
}

impl Sheet {
    pub(super) fn new(html: &str) -> Self {
        Self {
            cut: Cut::new(html),
            styles: style_hashes(html),
            tag: fingerprint(html.as_bytes()),
        }
    }

    /// Whether every visit gets the same, so that browsers may keep it.
    pub(super) const fn is_same_for_all(&self) -> bool {
        self.cut.is_whole()
    }

    /// The entity tag of one coding (RFC 9110, section 8.8.3: codings differ).
    pub(super) fn tag(&self, gzip: bool) -> String {
        format!("\"{}{}\"", self.tag, if gzip { "-z" } else { "" })
    }

    pub(super) fn body(&self, gzip: bool, filling: &Filling<'_>) -> Bytes {
        if gzip {
            self.cut.gzip(filling)
        } else {
            self.cut.plain(filling)
        }
    }
}

/// A short name of a content.
pub(super) fn fingerprint(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let (short, _) = hash.split_at(8);
    encode_hex(short)
}

/// Only the head's: what comes later is the matter of others.
fn style_hashes(html: &str) -> String {
    let head = html.split("</head>").next().unwrap_or_default();
    let sheets = head.split("<style>").skip(1);
    let hashes = sheets
        .filter_map(|rest| rest.split_once("</style>"))
        .map(|(css, _)| {
            let hash = base64(&Sha256::digest(css));
            format!("'sha256-{hash}'")
        });
    hashes.collect::<Vec<_>>().join(" ")
}

/// What all sheets of a moment have in common.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) config: Arc<Config>,
    pub(super) board: Arc<Board>,
    pub(super) minute: i64,
}

impl Moment {
    /// The minute's first instant.
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.minute.saturating_mul(60)).unwrap_or_default()
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.config, &other.config)
            && Arc::ptr_eq(&self.board, &other.board)
            && self.minute == other.minute
    }
}

/// The sheets of the moment, by what else they depend on.
#[derive(Debug)]
pub(super) struct Sheets<K> {
    shelf: Mutex<Shelf<K>>,
}

#[derive(Debug)]
struct Shelf<K> {
    moment: Option<Moment>,
    sheets: HashMap<K, Arc<Sheet>>,
    /// The oldest first.
    order: VecDeque<K>,
    bytes: usize,
}

impl<K> Default for Sheets<K> {
    fn default() -> Self {
        Self {
            shelf: Mutex::new(Shelf {
                moment: None,
                sheets: HashMap::new(),
                order: VecDeque::new(),
                bytes: 0,
            }),
        }
    }
}

impl<K: Eq + Hash + Clone> Sheets<K> {
    /// The sheet of `key`, rendered now if there is none. Two visits that miss it at once both render.
    ///
    /// # Errors
    /// Those of `render`.
    pub(super) fn get<E>(
        &self,
        moment: &Moment,
        key: K,
        render: impl FnOnce() -> Result<String, E>,
    ) -> Result<Arc<Sheet>, E> {
        if let Some(sheet) = self.shelf().find(moment, &key) {
            return Ok(sheet);
        }
        let sheet = Arc::new(Sheet::new(&render()?));
        self.shelf().put(moment, key, Arc::clone(&sheet));
        Ok(sheet)
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf<K>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone> Shelf<K> {
    fn find(&self, moment: &Moment, key: &K) -> Option<Arc<Sheet>> {
        let current = self.moment.as_ref().is_some_and(|kept| kept.is(moment));
        current.then(|| self.sheets.get(key).map(Arc::clone)).flatten()
    }

    fn put(&mut self, moment: &Moment, key: K, sheet: Arc<Sheet>) {
        if !self.moment.as_ref().is_some_and(|kept| kept.is(moment)) {
            self.moment = Some(moment.clone());
            self.sheets.clear();
            self.order.clear();
            self.bytes = 0;
        }
        self.bytes += sheet.cut.size();
        if let Some(double) = self.sheets.insert(key.clone(), sheet) {
            self.bytes -= double.cut.size();
        } else {
            self.order.push_back(key);
        }
        while self.bytes > MOST_BYTES || self.order.len() > MOST_SHEETS {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            if let Some(sheet) = self.sheets.remove(&oldest) {
                self.bytes -= sheet.cut.size();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;

    use super::{MOST_BYTES, MOST_SHEETS, Moment, Sheet, Sheets};
    use crate::config::Config;
    use crate::model::Board;

    fn moment() -> Moment {
        let text = include_str!("../../firmware-config/portico.toml");
        Moment {
            config: Arc::new(Config::parse(text, "portico.toml").unwrap()),
            board: Arc::default(),
            minute: 7,
        }
    }

    #[test]
    fn a_page_is_rendered_once_a_moment() {
        let sheets = Sheets::<&str>::default();
        let count = Cell::new(0);
        let get = |moment: &Moment, key: &'static str| {
            let render = || {
                count.set(count.get() + 1);
                Ok::<_, ()>(format!("{key} {}", count.get()))
            };
            sheets.get(moment, key, render).unwrap().tag(true)
        };
        let first = moment();
        assert_eq!(get(&first, "login"), get(&first, "login"));
        assert_ne!(get(&first, "terms"), get(&first, "login"));
        assert_eq!(count.get(), 2);
        for changed in [
            Moment {
                minute: 8,
                ..first.clone()
            },
            Moment {
                board: Arc::new(Board::default()),
                ..first.clone()
            },
            Moment {
                config: Arc::new(Config::clone(&first.config)),
                ..first.clone()
            },
        ] {
            let before = count.get();
            get(&changed, "login");
            get(&changed, "login");
            assert_eq!(count.get(), before + 1);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let sheets = Sheets::<usize>::default();
        let moment = moment();
        for key in 0..2 * MOST_SHEETS {
            sheets.get(&moment, key, || Ok::<_, ()>(key.to_string())).unwrap();
        }
        assert_eq!(sheets.shelf().sheets.len(), MOST_SHEETS);
        for key in 0..100 {
            let page = "x".repeat(1 << 20);
            sheets.get(&moment, key, || Ok::<_, ()>(page)).unwrap();
        }
        let shelf = sheets.shelf();
        assert!(shelf.bytes <= MOST_BYTES && shelf.order.len() == shelf.sheets.len());
        assert_eq!(
            shelf.bytes,
            shelf.sheets.values().map(|sheet| sheet.cut.size()).sum::<usize>()
        );
    }

    #[test]
    fn only_styles_of_the_head_are_allowed() {
        let page = Sheet::new("<head><style>a{}</style><style>b{}</style></head><style>evil{}</style>");
        assert_eq!(page.styles.split(' ').count(), 2);
        assert!(page.styles.starts_with("'sha256-"));
    }
}
