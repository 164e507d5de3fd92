//! Bytes of XML → a small tree of elements, bounded in size, number and depth.
//!
//! Names lose their prefix: feeds disagree about prefixes, never about the names below them. Only the
//! five entities of XML itself and character references are replaced; what a document type declares is
//! never expanded, so there is nothing that could grow.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

/// Longest document, bytes: CAP asks for at most 900 kB, national bulletins are larger.
pub(super) const MOST_BYTES: usize = 2 << 20;
/// Most elements of a document.
const MOST_ELEMENTS: usize = 40_000;
/// Deepest nesting; CAP inside EDXL inside Atom is 10.
const MOST_DEPTH: usize = 32;
/// Most attributes of an element that are read.
const MOST_ATTRIBUTES: usize = 16;

/// Why a document is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// Too many bytes.
    #[error("over {MOST_BYTES} bytes of XML")]
    Long,
    /// Too many elements.
    #[error("over {MOST_ELEMENTS} elements of XML")]
    Large,
    /// Too deep.
    #[error("XML nested deeper than {MOST_DEPTH}")]
    Deep,
    /// Not well formed.
    #[error("not well-formed XML: {0}")]
    Form(String),
    /// No element at all.
    #[error("there is no element in it")]
    Empty,
}

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Without prefix.
    pub(super) name: String,
    /// Names without prefix.
    attributes: Vec<(String, String)>,
    /// Its own text, that of its children left out.
    text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// Its text without the white space around it.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The children of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of a name; `None` when there is none or it is empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let named = self.children.iter().filter(|child| child.name == name);
        named.map(Self::text).find(|text| !text.is_empty())
    }

    /// This element and all below it of a name, outermost first; what is inside of one is not looked at.
    pub(super) fn outermost<'a>(&'a self, name: &str) -> Vec<&'a Self> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(element) = open.pop() {
            if element.name == name {
                found.push(element);
            } else {
                open.extend(element.children.iter().rev());
            }
        }
        found
    }
}

/// Reads a document.
pub(super) fn read(bytes: &[u8]) -> Result<Element, XmlError> {
    if bytes.len() > MOST_BYTES {
        return Err(XmlError::Long);
    }
    let text = decode(bytes);
    let mut reader = Reader::from_str(&text);
    // The outermost is a stand-in for the document.
    let mut open = vec![Element::default()];
    let mut elements = 0_usize;
    loop {
        let event = reader
            .read_event()
            .map_err(|error| XmlError::Form(error.to_string()))?;
        let Some(inner) = open.last_mut() else {
            return Err(XmlError::Form("an end without a beginning".to_owned()));
        };
        match event {
            Event::Start(tag) => {
                open.push(element(&tag, &mut elements)?);
                if open.len() > MOST_DEPTH {
                    return Err(XmlError::Deep);
                }
            }
            Event::Empty(tag) => inner.children.push(element(&tag, &mut elements)?),
            Event::End(_) => close(&mut open),
            Event::Text(text) => inner.text.push_str(&text.xml10_content()),
            Event::CData(text) => inner.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => refer(inner, &reference),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    if open.len() > 1 {
        return Err(XmlError::Form("it ends too early".to_owned()));
    }
    let document = open.pop().unwrap_or_default();
    document.children.into_iter().next().ok_or(XmlError::Empty)
}

/// As UTF-8, or else as Latin-1, which every text is: old Italian servers speak it, whatever they say.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_or_else(
        |_| Cow::Owned(bytes.iter().copied().map(char::from).collect()),
        Cow::Borrowed,
    )
}

fn element(tag: &BytesStart<'_>, elements: &mut usize) -> Result<Element, XmlError> {
    *elements += 1;
    if *elements > MOST_ELEMENTS {
        return Err(XmlError::Large);
    }
    let mut attributes = tag.attributes();
    let attributes = attributes.with_checks(false).take(MOST_ATTRIBUTES);
    let attributes = attributes.filter_map(|attribute| {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        let name = attribute.key.local_name().into_inner().to_owned();
        Some((name, value.into_owned()))
    });
    Ok(Element {
        name: tag.local_name().into_inner().to_owned(),
        attributes: attributes.collect(),
        ..Element::default()
    })
}

fn close(open: &mut Vec<Element>) {
    if let Some(closed) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(closed);
    }
}

/// An entity that XML does not know is left out.
fn refer(element: &mut Element, reference: &BytesRef<'_>) {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        element.text.push(character);
    } else if let Some(text) = resolve_predefined_entity(reference) {
        element.text.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{MOST_BYTES, MOST_DEPTH, MOST_ELEMENTS, XmlError, read};

    #[test]
    fn names_lose_their_prefix_and_text_its_escapes() {
        let root = read(
            b"\xef\xbb\xbf<?xml version='1.0'?><x:a b:c='1 &lt; 2'> caff&#xE8; &amp; <![CDATA[<t\xc3\xa8>]]><d/></x:a>",
        )
        .unwrap();
        assert_eq!((root.name.as_str(), root.text()), ("a", "caff\u{e8} & <t\u{e8}>"));
        assert_eq!(root.attribute("c"), Some("1 < 2"));
        assert_eq!(root.children[0].name, "d");
    }

    #[test]
    fn latin_1_is_read_as_such() {
        assert_eq!(read(b"<a>citt\xe0</a>").unwrap().text(), "citt\u{e0}");
    }

    #[test]
    fn declared_entities_are_never_expanded() {
        let bomb = br#"<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a x="&b;">1&b;2</a>"#;
        let root = read(bomb).unwrap();
        assert_eq!((root.text(), root.attribute("x")), ("12", None));
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let deep = "<a>".repeat(MOST_DEPTH + 1);
        assert_eq!(read(deep.as_bytes()), Err(XmlError::Deep));
        let many = format!("<a>{}</a>", "<b/>".repeat(MOST_ELEMENTS));
        assert_eq!(read(many.as_bytes()), Err(XmlError::Large));
        assert_eq!(read(&vec![b' '; MOST_BYTES + 1]), Err(XmlError::Long));
    }

    #[test]
    fn what_is_broken_is_refused() {
        for broken in ["<a>", "<a></b>", "</a>", "<a", "<a><b></a></b>"] {
            assert!(
                matches!(read(broken.as_bytes()), Err(XmlError::Form(_))),
                "{broken}"
            );
        }
        assert_eq!(read(b""), Err(XmlError::Empty));
        assert_eq!(read(b"not XML at all"), Err(XmlError::Empty));
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = read(&bytes);
        }

        #[test]
        fn anything_like_xml_is_read_or_refused(text in "(<[a-c/]{0,2}[ =\"'a]{0,4}/?>|&[#a-z]{0,4};|]|x){0,40}") {
            let _ = read(text.as_bytes());
        }
    }
}
