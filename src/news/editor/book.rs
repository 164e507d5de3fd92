//! What the local editor's file says, and the changes that the editor makes to it. Pure: files are
//! [`drawer`](super::drawer)'s.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Block, Inline, ItemId, NOTICE_CHARACTERS, NewsItem, Notice, NoticeColor, Scope};
use crate::news::{id_of, sanitise};

/// Most own items.
pub const MOST_ITEMS: usize = 100;
/// Most own notices: more than a few at once and nobody reads any.
pub const MOST_NOTICES: usize = 20;
/// Most pins, and most hidden items, of feeds.
const MOST_MARKS: usize = 200;
/// Longest title, characters.
pub const MOST_TITLE: usize = 160;
/// Longest text, characters: about three printed pages.
pub const MOST_TEXT: usize = 10_000;
/// Longest summary, characters.
const MOST_SUMMARY: usize = 300;
/// Longest description of a picture, characters.
pub const MOST_ALT: usize = 200;
/// The form that is written and read.
pub(super) const VERSION: u32 = 1;

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Nothing in it.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// Too long.
    #[error("{what} has {characters} characters; {most} are allowed")]
    Long {
        /// What.
        what: &'static str,
        /// How many it has.
        characters: usize,
        /// How many it may have.
        most: usize,
    },
    /// Not an address.
    #[error("{0:?} is no address of a page: it begins with https://")]
    Link(String),
    /// Not a language.
    #[error("{0:?} is not the code of a language: two letters, like it or en")]
    Lang(String),
    /// It would never be shown.
    #[error("its end is past: it would never be shown")]
    Past,
    /// No more of them.
    #[error("there are {most} {what} already: remove one first")]
    Full {
        /// Of what.
        what: &'static str,
        /// How many.
        most: usize,
    },
    /// No such name.
    #[error("nothing here has the name {0}: see `list`")]
    Unknown(String),
    /// More than one begin so.
    #[error("more than one name begins with {0}: write more of it")]
    Ambiguous(String),
}

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// Of the form.
    pub(super) version: u32,
    /// Own items, the newest last.
    #[serde(default)]
    pub items: Vec<OwnItem>,
    /// Own notices, the newest last.
    #[serde(default)]
    pub notices: Vec<OwnNotice>,
    /// Items of feeds that are shown first.
    #[serde(default)]
    pub pinned: BTreeSet<ItemId>,
    /// Items and notices of feeds that are not shown.
    #[serde(default)]
    pub hidden: BTreeSet<ItemId>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            version: VERSION,
            items: Vec::new(),
            notices: Vec::new(),
            pinned: BTreeSet::new(),
            hidden: BTreeSet::new(),
        }
    }
}

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
    /// From when on it is not shown.
    pub until: Option<Timestamp>,
    /// Where.
    #[serde(default)]
    pub scope: Scope,
    /// Who says so.
    pub source: String,
}

/// What items and notices have in common.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Title of an item, text of a notice.
    pub line: String,
    /// More about it.
    pub link: Option<String>,
    /// Two letters.
    pub lang: String,
    /// From when on it is not shown.
    pub until: Option<Timestamp>,
    /// Where.
    pub scope: Scope,
    /// Who says so.
    pub source: String,
}

/// What became of something that was to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// It was the editor's own and is gone.
    Own(ItemId),
    /// It is a feed's, which keeps sending it; it is not shown any more.
    Hidden(ItemId),
}

impl Book {
    /// Adds an item; the name of the new one.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn add_item(
        &mut self,
        wish: Wish,
        text: &str,
        picture: Option<String>,
        pinned: bool,
        now: Timestamp,
    ) -> Result<ItemId, EditError> {
        self.forget_what_is_over(now);
        let wish = check(wish, "the title", MOST_TITLE, now)?;
        let text = text.trim().replace("\r\n", "\n");
        limit("the text", &text, MOST_TEXT)?;
        if let Some(alt) = &picture {
            limit("the description of the picture", alt, MOST_ALT)?;
        }
        if self.items.len() >= MOST_ITEMS {
            return Err(EditError::Full {
                what: "items",
                most: MOST_ITEMS,
            });
        }
        let id = self.new_id(&wish.line, now);
        self.items.push(OwnItem {
            id: id.clone(),
            title: wish.line,
            text,
            link: wish.link,
            picture,
            lang: wish.lang,
            pinned,
            published: now,
            until: wish.until,
            scope: wish.scope,
            source: wish.source,
        });
        Ok(id)
    }

    /// Adds a notice; the name of the new one.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn add_notice(
        &mut self,
        wish: Wish,
        color: NoticeColor,
        now: Timestamp,
    ) -> Result<ItemId, EditError> {
        self.forget_what_is_over(now);
        let wish = check(wish, "the notice", NOTICE_CHARACTERS, now)?;
        if self.notices.len() >= MOST_NOTICES {
            return Err(EditError::Full {
                what: "notices",
                most: MOST_NOTICES,
            });
        }
        let id = self.new_id(&wish.line, now);
        self.notices.push(OwnNotice {
            id: id.clone(),
            text: wish.line,
            color,
            link: wish.link,
            lang: wish.lang,
            published: now,
            until: wish.until,
            scope: wish.scope,
            source: wish.source,
        });
        Ok(id)
    }

    /// Shows an item first, or no longer first; a feed's only by its whole name.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn pin(&mut self, name: &str, first: bool) -> Result<ItemId, EditError> {
        if let Some(own) = one(self.items.iter_mut(), |item| &item.id, name)? {
            own.pinned = first;
            return Ok(own.id.clone());
        }
        let id = whole(name)?;
        if first {
            add(&mut self.pinned, &id, "pins")?;
        } else if !self.pinned.remove(&id) {
            return Err(EditError::Unknown(name.to_owned()));
        }
        Ok(id)
    }

    /// Removes an own item, or hides one of a feed, by its whole name.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn remove_item(&mut self, name: &str) -> Result<Removed, EditError> {
        if let Some(id) = one(self.items.iter(), |item| &item.id, name)?.map(|item| item.id.clone()) {
            self.items.retain(|item| item.id != id);
            return Ok(Removed::Own(id));
        }
        self.hide(name)
    }

    /// Removes an own notice, or hides one of a feed, by its whole name.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn remove_notice(&mut self, name: &str) -> Result<Removed, EditError> {
        if let Some(id) = one(self.notices.iter(), |own| &own.id, name)?.map(|own| own.id.clone()) {
            self.notices.retain(|own| own.id != id);
            return Ok(Removed::Own(id));
        }
        self.hide(name)
    }

    /// Shows again what was hidden.
    ///
    /// # Errors
    /// It is not hidden.
    pub fn restore(&mut self, name: &str) -> Result<ItemId, EditError> {
        let id = one(self.hidden.iter(), |id| id, name)?.cloned();
        let id = id.ok_or_else(|| EditError::Unknown(name.to_owned()))?;
        self.hidden.remove(&id);
        Ok(id)
    }

    fn hide(&mut self, name: &str) -> Result<Removed, EditError> {
        let id = whole(name)?;
        add(&mut self.hidden, &id, "hidden items")?;
        Ok(Removed::Hidden(id))
    }

    fn forget_what_is_over(&mut self, now: Timestamp) {
        let lives = |until: Option<Timestamp>| until.is_none_or(|until| now < until);
        self.items.retain(|item| lives(item.until));
        self.notices.retain(|notice| lives(notice.until));
    }

    fn new_id(&self, line: &str, now: Timestamp) -> ItemId {
        let taken = |id: &ItemId| {
            self.items.iter().any(|item| item.id == *id) || self.notices.iter().any(|own| own.id == *id)
        };
        let mut again = 0_u32;
        loop {
            let id = id_of(&["local", &now.to_string(), line, &again.to_string()]);
            if !taken(&id) {
                return id;
            }
            again += 1;
        }
    }
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
            published: Some(self.published),
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
            starts: None,
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

fn check(wish: Wish, what: &'static str, most: usize, now: Timestamp) -> Result<Wish, EditError> {
    let line = sanitise::line(&wish.line, usize::MAX);
    if line.is_empty() {
        return Err(EditError::Empty(what));
    }
    limit(what, &line, most)?;
    let lang = &wish.lang;
    if lang.len() != 2 || !lang.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(EditError::Lang(wish.lang));
    }
    let address = wish
        .link
        .map(|text| sanitise::link(&text, None).ok_or(EditError::Link(text)));
    if wish.until.is_some_and(|until| until <= now) {
        return Err(EditError::Past);
    }
    Ok(Wish {
        line,
        link: address.transpose()?,
        ..wish
    })
}

fn limit(what: &'static str, text: &str, most: usize) -> Result<(), EditError> {
    let characters = text.chars().count();
    if characters > most {
        return Err(EditError::Long {
            what,
            characters,
            most,
        });
    }
    Ok(())
}

/// The one whose name begins so; at least four digits of it.
fn one<T>(
    all: impl Iterator<Item = T>,
    id: impl Fn(&T) -> &ItemId,
    name: &str,
) -> Result<Option<T>, EditError> {
    if name.len() < 4 {
        return Err(EditError::Unknown(name.to_owned()));
    }
    let mut found = all.filter(|one| id(one).as_str().starts_with(name));
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(EditError::Ambiguous(name.to_owned())),
        (first, _) => Ok(first),
    }
}

fn whole(name: &str) -> Result<ItemId, EditError> {
    name.parse().map_err(|_| EditError::Unknown(name.to_owned()))
}

fn add(marks: &mut BTreeSet<ItemId>, id: &ItemId, what: &'static str) -> Result<(), EditError> {
    if marks.len() >= MOST_MARKS && !marks.contains(id) {
        return Err(EditError::Full {
            what,
            most: MOST_MARKS,
        });
    }
    marks.insert(id.clone());
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{Timestamp, ToSpan};

    use super::{Book, EditError, MOST_ITEMS, Removed, Wish, blocks};
    use crate::model::{Block, Inline, NoticeColor, Scope};

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn wish(line: &str) -> Wish {
        Wish {
            line: line.to_owned(),
            link: None,
            lang: "it".to_owned(),
            until: None,
            scope: Scope::All,
            source: "Comune di Busto Arsizio".to_owned(),
        }
    }

    fn add(book: &mut Book, line: &str) -> String {
        let id = book.add_item(wish(line), "", None, false, now()).unwrap();
        id.as_str().to_owned()
    }

    #[test]
    fn a_notice_has_140_characters_and_says_how_many_it_has() {
        let mut book = Book::default();
        let add = |book: &mut Book, line: &str| book.add_notice(wish(line), NoticeColor::Red, now());
        assert!(add(&mut book, &"è".repeat(140)).is_ok());
        let error = add(&mut book, &"è".repeat(141)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the notice has 141 characters; 140 are allowed"
        );
        assert_eq!(add(&mut book, " \n "), Err(EditError::Empty("the notice")));
        assert_eq!(book.notices.len(), 1);
    }

    #[test]
    fn what_could_never_be_shown_or_opened_is_refused() {
        let mut book = Book::default();
        let refused = |book: &mut Book, change: fn(&mut Wish)| {
            let mut wish = wish("a");
            change(&mut wish);
            book.add_item(wish, "", None, false, now()).unwrap_err()
        };
        assert_eq!(
            refused(&mut book, |wish| wish.until = Some(now())),
            EditError::Past
        );
        assert_eq!(
            refused(&mut book, |wish| wish.link = Some("javascript:1".to_owned())),
            EditError::Link("javascript:1".to_owned())
        );
        assert_eq!(
            refused(&mut book, |wish| wish.lang = "ita".to_owned()),
            EditError::Lang("ita".to_owned())
        );
        assert_eq!(book, Book::default());
    }

    #[test]
    fn there_is_room_for_a_hundred_and_for_new_ones_when_old_ones_are_over() {
        let mut book = Book::default();
        for number in 1..MOST_ITEMS {
            add(&mut book, &number.to_string());
        }
        let mut short = wish("short");
        short.until = now().checked_add(1.hour()).ok();
        book.add_item(short, "", None, false, now()).unwrap();
        let full = book.add_item(wish("one more"), "", None, false, now());
        assert_eq!(
            full,
            Err(EditError::Full {
                what: "items",
                most: 100
            })
        );
        let later = now().checked_add(1.hour()).unwrap();
        assert!(book.add_item(wish("one more"), "", None, false, later).is_ok());
        assert_eq!(book.items.len(), MOST_ITEMS);
        let names: BTreeSet<_> = book.items.iter().map(|item| item.id.clone()).collect();
        assert_eq!(names.len(), MOST_ITEMS);
    }

    #[test]
    fn two_of_the_same_words_at_the_same_instant_have_two_names() {
        let mut book = Book::default();
        assert_ne!(add(&mut book, "a"), add(&mut book, "a"));
    }

    #[test]
    fn own_items_are_pinned_and_removed_by_the_beginning_of_their_name() {
        let mut book = Book::default();
        let id = add(&mut book, "a");
        book.pin(&id[..4], true).unwrap();
        assert!(book.items[0].to_news().pinned && book.pinned.is_empty());
        book.pin(&id, false).unwrap();
        assert!(!book.items[0].pinned);
        assert_eq!(
            book.remove_item(&id[..3]),
            Err(EditError::Unknown(id[..3].to_owned()))
        );
        assert_eq!(book.remove_item(&id[..6]), Ok(Removed::Own(id.parse().unwrap())));
        assert_eq!(book, Book::default());
    }

    #[test]
    fn items_of_feeds_are_pinned_hidden_and_restored_by_their_whole_name() {
        let mut book = Book::default();
        let feed = "00112233445566ff";
        book.pin(feed, true).unwrap();
        assert_eq!(book.pinned.len(), 1);
        book.pin(feed, false).unwrap();
        assert_eq!(book.pin(feed, false), Err(EditError::Unknown(feed.to_owned())));
        assert_eq!(book.remove_item(feed), Ok(Removed::Hidden(feed.parse().unwrap())));
        assert_eq!(book.hidden.len(), 1);
        assert_eq!(
            book.remove_item(&feed[..8]),
            Err(EditError::Unknown(feed[..8].to_owned()))
        );
        book.restore(&feed[..8]).unwrap();
        assert!(book.hidden.is_empty());
    }

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

    #[test]
    fn an_item_on_the_page_begins_with_its_first_paragraph() {
        let mut book = Book::default();
        let long = "parola ".repeat(100);
        let picture = Some("Il mercato".to_owned());
        book.add_item(wish("a"), &format!("# T\n{long}"), picture, true, now())
            .unwrap();
        let news = book.items[0].to_news();
        assert!(news.summary.starts_with("parola") && news.summary.chars().count() <= 300);
        assert_eq!(news.picture, Some((news.id.clone(), "Il mercato".to_owned())));
        assert_eq!(news.published, Some(now()));
    }
}
