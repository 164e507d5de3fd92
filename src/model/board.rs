//! What the comune tells people on its pages: urgent notices and news, as `news` gathers them and
//! `portal` shows them.
//!
//! Everything here is plain text or a small tree of marks, never HTML: what came from a feed cannot
//! become markup.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::NetworkId;

/// Longest urgent notice, characters: the limit of the official theme of municipal sites.
pub const NOTICE_CHARACTERS: usize = 140;

/// Where something is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// On every network.
    #[default]
    All,
    /// On these.
    Only(BTreeSet<NetworkId>),
}

impl Scope {
    /// Whether `network` is among them.
    #[must_use]
    pub fn includes(&self, network: NetworkId) -> bool {
        match self {
            Self::All => true,
            Self::Only(networks) => networks.contains(&network),
        }
    }
}

/// A stable name of an item, notice or picture: 16 hexadecimal digits of a hash of where it came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ItemId(String);

/// Why a text is not an [`ItemId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an item's name has 16 hexadecimal digits")]
pub struct ItemIdError;

impl ItemId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the first eight bytes of a hash.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(format!("{:016x}", u64::from_be_bytes(bytes)))
    }
}

impl TryFrom<String> for ItemId {
    type Error = ItemIdError;
    fn try_from(text: String) -> Result<Self, ItemIdError> {
        let legal = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if legal && text.len() == 16 {
            Ok(Self(text))
        } else {
            Err(ItemIdError)
        }
    }
}

impl From<ItemId> for String {
    fn from(id: ItemId) -> Self {
        id.0
    }
}

impl std::str::FromStr for ItemId {
    type Err = ItemIdError;
    fn from_str(text: &str) -> Result<Self, ItemIdError> {
        text.to_owned().try_into()
    }
}

/// A run of text inside a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inline {
    /// Plain.
    Text(String),
    /// Of more weight.
    Strong(String),
    /// Stressed.
    Emphasis(String),
    /// A link; `href` begins with `https://` or `http://`.
    Link {
        /// Where to.
        href: String,
        /// What it says.
        text: String,
    },
}

/// A block of an item's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading inside the text, of whatever level.
    Heading(String),
    /// A list, ordered or not.
    List(Vec<Vec<Inline>>),
}

/// A piece of news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsItem {
    /// Stable over refreshes; part of the address of the item's page.
    pub id: ItemId,
    /// One line, at most 160 characters.
    pub title: String,
    /// The first words, at most 300 characters; may be empty.
    pub summary: String,
    /// The text as far as the feed gave it; may be empty.
    pub body: Vec<Block>,
    /// The page of the comune's site; opens after the tap.
    pub link: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// From when on it is shown; at once without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Timestamp>,
    /// From when on it is not shown.
    pub expires: Option<Timestamp>,
    /// Language of the text, as in `lang` attributes.
    pub lang: String,
    /// Who says so, for example "Comune di Busto Arsizio".
    pub source: String,
    /// A picture of [`Board::pictures`] and what it shows, in words (may be empty: decoration).
    pub picture: Option<(ItemId, String)>,
    /// Shown before those that are not.
    pub pinned: bool,
    /// Where.
    pub scope: Scope,
}

/// Colour of an urgent notice (the official theme's model).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoticeColor {
    /// Danger: extreme or severe.
    Red,
    /// Danger: moderate.
    Orange,
    /// Attention.
    Yellow,
    /// All clear, or good news.
    Green,
    /// Information.
    Blue,
    /// Anything else that matters.
    Purple,
}

/// An urgent notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Stable over refreshes.
    pub id: ItemId,
    /// At most [`NOTICE_CHARACTERS`].
    pub text: String,
    /// Colour; its order is the order of urgency.
    pub color: NoticeColor,
    /// From when on it is shown; at once without.
    pub starts: Option<Timestamp>,
    /// From when on it is not shown.
    pub ends: Option<Timestamp>,
    /// More about it.
    pub link: Option<String>,
    /// Language of the text.
    pub lang: String,
    /// Who says so.
    pub source: String,
    /// Where.
    pub scope: Scope,
}

/// A small picture, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// All that is told at a moment. Built anew at every change and never altered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    /// Pinned first, then the newest first.
    pub items: Vec<NewsItem>,
    /// The most urgent first.
    pub notices: Vec<Notice>,
    /// Pictures of the items.
    pub pictures: BTreeMap<ItemId, Arc<Picture>>,
    /// What of it feeds send, and what they send and the editor hides: a line of each.
    pub fed: BTreeMap<ItemId, FedLine>,
}

/// What a feed sends, in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FedLine {
    /// Its title or text.
    pub text: String,
    /// Whether it is an urgent notice.
    pub is_notice: bool,
}

impl Board {
    /// The items for a network at an instant.
    pub fn items(&self, network: NetworkId, now: Timestamp) -> impl Iterator<Item = &NewsItem> {
        self.items.iter().filter(move |item| {
            item.scope.includes(network)
                && item.starts.is_none_or(|start| start <= now)
                && item.expires.is_none_or(|end| now < end)
        })
    }

    /// The notices for a network at an instant.
    pub fn notices(&self, network: NetworkId, now: Timestamp) -> impl Iterator<Item = &Notice> {
        self.notices.iter().filter(move |notice| {
            notice.scope.includes(network)
                && notice.starts.is_none_or(|start| start <= now)
                && notice.ends.is_none_or(|end| now < end)
        })
    }

    /// The item of a name, if it is shown on this network now.
    #[must_use]
    pub fn item(&self, id: &ItemId, network: NetworkId, now: Timestamp) -> Option<&NewsItem> {
        self.items(network, now).find(|item| item.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;

    use super::{Board, ItemId, NewsItem, Notice, NoticeColor, Scope};
    use crate::model::NetworkId;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_notice_is_shown_in_its_time_and_place() {
        let (piazza, molini): (NetworkId, NetworkId) = ("piazza".parse().unwrap(), "molini".parse().unwrap());
        let notice = Notice {
            id: ItemId::from_bytes([1; 8]),
            text: "Vento forte".to_owned(),
            color: NoticeColor::Orange,
            starts: Some(at(100)),
            ends: Some(at(200)),
            link: None,
            lang: "it".to_owned(),
            source: "Comune".to_owned(),
            scope: Scope::Only(BTreeSet::from([piazza])),
        };
        let board = Board {
            notices: vec![notice],
            ..Board::default()
        };
        let shown = |network, second| board.notices(network, at(second)).count();
        assert_eq!(
            (shown(piazza, 99), shown(piazza, 100), shown(piazza, 199)),
            (0, 1, 1)
        );
        assert_eq!((shown(piazza, 200), shown(molini, 150)), (0, 0));
    }

    #[test]
    fn a_piece_of_news_is_shown_in_its_time_and_place() {
        let (piazza, molini): (NetworkId, NetworkId) = ("piazza".parse().unwrap(), "molini".parse().unwrap());
        let item = NewsItem {
            id: ItemId::from_bytes([1; 8]),
            title: "Mercato".to_owned(),
            summary: String::new(),
            body: Vec::new(),
            link: None,
            published: None,
            starts: Some(at(100)),
            expires: Some(at(200)),
            lang: "it".to_owned(),
            source: "Comune".to_owned(),
            picture: None,
            pinned: false,
            scope: Scope::Only(BTreeSet::from([piazza])),
        };
        let id = item.id.clone();
        let board = Board {
            items: vec![item],
            ..Board::default()
        };
        for (network, second, shown) in [
            (piazza, 99, false),
            (piazza, 100, true),
            (piazza, 199, true),
            (piazza, 200, false),
            (molini, 199, false),
        ] {
            let now = at(second);
            assert_eq!(board.items(network, now).count(), usize::from(shown), "{second}");
            assert_eq!(board.item(&id, network, now).is_some(), shown, "{second}");
        }
    }

    #[test]
    fn an_item_s_name_is_sixteen_digits() {
        assert_eq!(
            ItemId::from_bytes([0, 1, 2, 3, 4, 5, 6, 255]).as_str(),
            "00010203040506ff"
        );
        for bad in [
            "",
            "0001",
            "000102030405060G",
            "../../etc/passwd",
            "00010203040506FF",
        ] {
            assert!(bad.parse::<ItemId>().is_err(), "{bad}");
        }
    }
}
