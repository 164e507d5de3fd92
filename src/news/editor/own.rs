//! Items and notices of the editor's own: as they are kept, and as the pages show them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Block, Inline, ItemId, NewsItem, Notice, NoticeColor, Scope};
use crate::news::{MOST_SUMMARY, sanitise};

/// An item of the editor's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnItem {
    /// Its name; that of its picture too.
    pub id: ItemId,
    /// One line.
    pub title: String,
    /// Paragraphs apart by an empty line; lines that begin with "- " are a list, with "# " a heading.
    #[serde(default)]
    pub text: String,
    /// More about it.
    pub link: Option<String>,
    /// What its picture shows; `None` without a picture.
    pub picture: Option<String>,
    /// Two letters.
    pub lang: String,
    /// Shown first.
    #[serde(default)]
    pub pinned: bool,
    /// When it was written.
    pub published: Timestamp,
    /// From when on it is shown; then that is its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// From when on it is not shown.
    pub until: Option<Timestamp>,
    /// Where.
    #[serde(default)]
    pub scope: Scope,
    /// Who says so.
    pub source: String,
}

/// A notice of the editor's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnNotice {
    /// Its name.
    pub id: ItemId,
    /// One line.
    pub text: String,
    /// Colour.
    pub color: NoticeColor,
    /// More about it.
    pub link: Option<String>,
    /// Two letters.
    pub lang: String,
    /// When it was written.
    pub published: Timestamp,
    /// From when on it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// From when on it is not shown.
    pub until: Option<Timestamp>,
    /// Where.
    #[serde(default)]
    pub scope: Scope,
    /// Who says so.
    pub source: String,
}

impl OwnItem {
    /// As the pages show it.
    #[must_use]
    pub fn to_news(&self) -> NewsItem {
        let body = blocks(&self.text);
        NewsItem {
            id: self.id.clone(),
            title: self.title.clone(),
            summary: summary(&body),
            body,
            link: self.link.clone(),
            published: Some(self.from.map_or(self.published, |from| from.max(self.published))),
            starts: self.from,
            expires: self.until,
            lang: self.lang.clone(),
            source: self.source.clone(),
            picture: self.picture.as_ref().map(|alt| (self.id.clone(), alt.clone())),
            pinned: self.pinned,
            scope: self.scope.clone(),
        }
    }
}

impl OwnNotice {
    /// As the pages show it.
    #[must_use]
    pub fn to_notice(&self) -> Notice {
        Notice {
            id: self.id.clone(),
            text: self.text.clone(),
            color: self.color,
            starts: self.from,
            ends: self.until,
            link: self.link.clone(),
            lang: self.lang.clone(),
            source: self.source.clone(),
            scope: self.scope.clone(),
        }
    }
}

/// Paragraphs, lists and headings of a text that somebody typed.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for part in text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()) {
        let mut paragraph: Vec<&str> = Vec::new();
        let mut list: Vec<Vec<Inline>> = Vec::new();
        for line in part.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(entry) = line.strip_prefix("- ") {
                flush(&mut paragraph, &mut blocks);
                list.push(vec![Inline::Text(entry.trim().to_owned())]);
                continue;
            }
            if !list.is_empty() {
                blocks.push(Block::List(std::mem::take(&mut list)));
            }
            if let Some(heading) = line.strip_prefix("# ") {
                flush(&mut paragraph, &mut blocks);
                blocks.push(Block::Heading(heading.trim().to_owned()));
            } else {
                paragraph.push(line);
            }
        }
        flush(&mut paragraph, &mut blocks);
        if !list.is_empty() {
            blocks.push(Block::List(list));
        }
    }
    blocks
}

fn flush(paragraph: &mut Vec<&str>, blocks: &mut Vec<Block>) {
    if !paragraph.is_empty() {
        blocks.push(Block::Paragraph(vec![Inline::Text(paragraph.join(" "))]));
        paragraph.clear();
    }
}

/// The first paragraph, shortened.
fn summary(body: &[Block]) -> String {
    let first = body.iter().find_map(|block| match block {
        Block::Paragraph(inlines) => inlines.first(),
        _ => None,
    });
    match first {
        Some(Inline::Text(text)) => sanitise::line(text, MOST_SUMMARY),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::blocks;
    use crate::model::{Block, Inline};

    #[test]
    fn a_text_has_paragraphs_lists_and_headings() {
        let text = |text: &str| Inline::Text(text.to_owned());
        assert_eq!(
            blocks("Uno\ndue.\n\n# Orari\nDalle 9:\n- lunedì\n- <b>martedì</b>\nfine\n\n\n"),
            [
                Block::Paragraph(vec![text("Uno due.")]),
                Block::Heading("Orari".to_owned()),
                Block::Paragraph(vec![text("Dalle 9:")]),
                Block::List(vec![vec![text("lunedì")], vec![text("<b>martedì</b>")]]),
                Block::Paragraph(vec![text("fine")]),
            ]
        );
    }
}
