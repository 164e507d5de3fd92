//! JSON Feed 1.1 and the JSON of Municipium. Read into own structures that look at the first entries
//! only: three bytes of `[{},{},…` would each become hundreds in memory.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Body, Draft, EXPECTED, MOST_ENTRIES};
use crate::news::ParseError;

/// Reads a JSON Feed (jsonfeed.org, version 1.1).
pub(super) fn read_feed(bytes: &[u8]) -> Result<Vec<Draft>, ParseError> {
    let document: JsonFeed = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    if !document.version.0.contains("jsonfeed.org/version/") {
        return Err(ParseError::Kind(EXPECTED));
    }
    Ok(document.items.0.into_iter().map(JsonItem::draft).collect())
}

/// Reads Municipium's list of news. Undocumented: the list itself, or an object that holds it.
pub(super) fn read_municipium(bytes: &[u8]) -> Result<Vec<Draft>, ParseError> {
    let list: First<MunicipiumItem> = match bytes.first() {
        Some(b'[') => serde_json::from_slice(bytes).map_err(|error| malformed(&error))?,
        Some(b'{') => {
            let document: Municipium = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
            document
                .news
                .ok_or(ParseError::Kind("Municipium's list of news"))?
        }
        _ => return Err(ParseError::Kind("Municipium's list of news")),
    };
    Ok(list.0.into_iter().map(MunicipiumItem::draft).collect())
}

/// The position says enough; the parser's words may quote the document.
fn malformed(error: &serde_json::Error) -> ParseError {
    let (line, column) = (error.line(), error.column());
    ParseError::Malformed(format!("JSON, line {line}, column {column}"))
}

#[derive(Deserialize)]
struct JsonFeed {
    version: Words,
    #[serde(default)]
    items: First<JsonItem>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JsonItem {
    id: Words,
    url: Words,
    external_url: Words,
    title: Words,
    content_html: Words,
    content_text: Words,
    summary: Words,
    image: Words,
    banner_image: Words,
    date_published: Words,
    date_modified: Words,
}

impl JsonItem {
    fn draft(self) -> Draft {
        Draft {
            guid: self.id.0,
            title: self.title.escaped(),
            link: self.url.or(self.external_url).0,
            summary: self.summary.escaped(),
            body: if self.content_html.0.trim().is_empty() {
                Body::Plain(self.content_text.0)
            } else {
                Body::Html(self.content_html.0)
            },
            published: self.date_published.or(self.date_modified).date(),
            picture: self.image.or(self.banner_image).some(),
        }
    }
}

#[derive(Deserialize)]
struct Municipium {
    #[serde(alias = "data", alias = "items")]
    news: Option<First<MunicipiumItem>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MunicipiumItem {
    id: Words,
    title: Words,
    subtitle: Words,
    excerpt: Words,
    content: Words,
    url: Words,
    published_at: Words,
    updated_at: Words,
}

impl MunicipiumItem {
    fn draft(self) -> Draft {
        Draft {
            guid: self.id.0,
            title: self.title.0,
            link: self.url.0,
            summary: self.excerpt.or(self.subtitle).0,
            body: Body::Html(self.content.0),
            published: self.published_at.or(self.updated_at).date(),
            picture: None,
        }
    }
}

/// The first entries of a list; the rest is read and forgotten.
struct First<T>(Vec<T>);

impl<T> Default for First<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for First<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading<T>(Vec<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reading<T> {
            type Value = First<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<First<T>, A::Error> {
                while self.0.len() < MOST_ENTRIES {
                    let Some(entry) = list.next_element()? else {
                        return Ok(First(self.0));
                    };
                    self.0.push(entry);
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(First(self.0))
            }
        }
        deserializer.deserialize_seq(Reading(Vec::new()))
    }
}

/// Text, or a number as text; anything else is as if it were missing.
#[derive(Debug, Default)]
struct Words(String);

impl Words {
    fn or(self, other: Self) -> Self {
        if self.0.trim().is_empty() { other } else { self }
    }

    fn some(self) -> Option<String> {
        (!self.0.trim().is_empty()).then_some(self.0)
    }

    /// Plain text as HTML, which a [`Draft`] holds.
    fn escaped(&self) -> String {
        self.0.replace('&', "&amp;").replace('<', "&lt;")
    }

    fn date(&self) -> Option<Timestamp> {
        self.0.trim().parse().ok()
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Words;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_str<E>(self, text: &str) -> Result<Words, E> {
                Ok(Words(text.to_owned()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Words, E> {
                Ok(Words(number.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Words, E> {
                Ok(Words(number.to_string()))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Words, E> {
                Ok(Words::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Words, E> {
                Ok(Words::default())
            }
            fn visit_unit<E>(self) -> Result<Words, E> {
                Ok(Words::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Words::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Words, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Words::default())
            }
        }
        deserializer.deserialize_any(Reading)
    }
}
