//! Changes to the file, and those that are refused.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};

use super::{Book, EditError, MOST_ITEMS, Removed, Wish};
use crate::model::{NoticeColor, Scope};

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn wish(line: &str) -> Wish {
    Wish {
        line: line.to_owned(),
        link: None,
        lang: "it".to_owned(),
        from: None,
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
