//! RSS and Atom. Before `feed-rs` sees a document it is copied event by event: as UTF-8, without its
//! document type (where entity bombs are), no deeper and with no more entries than an honest feed has.

use std::io::BufRead;

use feed_rs::model;
use feed_rs::parser;
use jiff::Timestamp;
use quick_xml::encoding::DecodingReader;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::{Reader, Writer};

use super::{Body, Draft, EXPECTED, MOST_ENTRIES};
use crate::news::ParseError;
use crate::news::sanitise::line;

/// Deepest nesting.
const MOST_DEPTH: usize = 64;
/// Most elements up to the last entry that is looked at; an article's XHTML counts.
const MOST_ELEMENTS: usize = 20_000;
/// Entries of every format are at most this deep: `rss/channel/item`.
const ENTRY_DEPTH: usize = 3;
/// Longest part of a parser's message that is passed on, characters.
const MOST_MESSAGE: usize = 120;

/// Reads a document.
pub(super) fn read(bytes: &[u8], url: &str) -> Result<Vec<Draft>, ParseError> {
    if is_page(bytes) {
        return Err(ParseError::Kind(EXPECTED));
    }
    let document = Copy::of(bytes)?;
    let parser = parser::Builder::new()
        .base_uri(Some(url))
        // Without this, items without a name get another one at every refresh.
        .id_generator(|_, _, _| String::new())
        .build();
    let feed = parser.parse(document.as_slice()).map_err(|error| match error {
        parser::ParseFeedError::ParseError(parser::ParseErrorKind::NoFeedRoot) => ParseError::Kind(EXPECTED),
        error => malformed(&error),
    })?;
    Ok(feed.entries.into_iter().map(draft).collect())
}

/// Whether a page of HTML came instead, as servers send for addresses that are no more.
fn is_page(bytes: &[u8]) -> bool {
    let begins = |with: &[u8]| {
        bytes
            .get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    begins(b"<!doctype html") || begins(b"<html")
}

fn malformed(error: &dyn std::fmt::Display) -> ParseError {
    ParseError::Malformed(line(&error.to_string(), MOST_MESSAGE))
}

/// A copy under way.
struct Copy {
    writer: Writer<Vec<u8>>,
    /// Names of the elements that are open.
    open: Vec<String>,
    elements: usize,
    entries: usize,
}

impl Copy {
    /// The document as it may be parsed.
    fn of(bytes: &[u8]) -> Result<Vec<u8>, ParseError> {
        let mut reader = Reader::from_reader(DecodingReader::new(bytes));
        let mut copy = Self {
            writer: Writer::new(Vec::with_capacity(bytes.len())),
            open: Vec::new(),
            elements: 0,
            entries: 0,
        };
        while copy.step(&mut reader)? {}
        copy.close_all()?;
        Ok(copy.writer.into_inner())
    }

    /// Copies one event; false after the last one.
    fn step(&mut self, reader: &mut Reader<DecodingReader<impl BufRead>>) -> Result<bool, ParseError> {
        let mut buffer = Vec::new();
        let event = reader
            .read_event_into(&mut buffer)
            .map_err(|error| malformed(&error))?;
        match event {
            Event::Decl(declaration) => {
                if let Some(encoding) = declaration.encoder() {
                    reader.get_mut().set_encoding(encoding);
                }
                Ok(true)
            }
            Event::DocType(kind) => {
                if kind.contains("<!ENTITY") {
                    return Err(ParseError::Refused("it defines entities"));
                }
                Ok(true)
            }
            Event::Comment(_) | Event::PI(_) => Ok(true),
            Event::Eof if self.open.is_empty() => Ok(false),
            Event::Eof => Err(ParseError::Malformed("it breaks off".to_owned())),
            Event::Start(start) => {
                if self.is_one_too_many(&start)? {
                    return Ok(false);
                }
                self.open.push(start.name().as_ref().to_owned());
                self.write(Event::Start(start))
            }
            Event::Empty(start) => Ok(!self.is_one_too_many(&start)? && self.write(Event::Empty(start))?),
            Event::End(end) => {
                self.open.pop();
                self.write(Event::End(end))
            }
            event => self.write(event),
        }
    }

    /// Whether the document ends before this element, for it has enough entries.
    fn is_one_too_many(&mut self, start: &BytesStart<'_>) -> Result<bool, ParseError> {
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(ParseError::Refused("it has too many elements"));
        }
        if self.open.len() >= MOST_DEPTH {
            return Err(ParseError::Refused("it is nested too deep"));
        }
        if self.open.len() < ENTRY_DEPTH && matches!(start.local_name().as_ref(), "item" | "entry") {
            self.entries += 1;
        }
        Ok(self.entries > MOST_ENTRIES)
    }

    fn write(&mut self, event: Event<'_>) -> Result<bool, ParseError> {
        self.writer
            .write_event(event)
            .map_err(|error| malformed(&error))?;
        Ok(true)
    }

    fn close_all(&mut self) -> Result<(), ParseError> {
        while let Some(name) = self.open.pop() {
            self.write(Event::End(BytesEnd::new(name)))?;
        }
        Ok(())
    }
}

fn draft(entry: model::Entry) -> Draft {
    let picture = picture(&entry);
    let link = entry
        .links
        .iter()
        .find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"))
        .map(|link| link.href.clone());
    let body = match entry
        .content
        .and_then(|content| Some((content.content_type, content.body?)))
    {
        Some((kind, text)) if kind.as_str() == "text/plain" && !text.contains('<') => Body::Plain(text),
        Some((_, html)) => Body::Html(html),
        None => Body::default(),
    };
    let text = |text: Option<model::Text>| text.map(|text| text.content).unwrap_or_default();
    Draft {
        guid: entry.id,
        title: text(entry.title),
        link: link.unwrap_or_default(),
        summary: text(entry.summary),
        body,
        published: entry
            .published
            .or(entry.updated)
            .and_then(|date| Timestamp::from_second(date.timestamp()).ok()),
        picture,
    }
}

/// The picture that the feed names: MediaRSS, an enclosure, or a link of that kind.
fn picture(entry: &model::Entry) -> Option<String> {
    let contents = entry.media.iter().flat_map(|media| &media.content);
    let mut pictures = contents.filter(|content| {
        let kind = content.content_type.as_ref();
        kind.is_some_and(|kind| kind.as_str().starts_with("image/"))
    });
    if let Some(url) = pictures.find_map(|content| content.url.as_ref()) {
        return Some(url.to_string());
    }
    let mut thumbnails = entry.media.iter().flat_map(|media| &media.thumbnails);
    if let Some(thumbnail) = thumbnails.next() {
        return Some(thumbnail.image.uri.clone());
    }
    let enclosed = entry.links.iter().find(|link| {
        let kind = link.media_type.as_deref().unwrap_or_default();
        link.rel.as_deref() == Some("enclosure") && kind.starts_with("image/")
    });
    enclosed.map(|link| link.href.clone())
}
