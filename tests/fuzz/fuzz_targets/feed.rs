//! Feeds of news: RSS, Atom, JSON Feed, Municipium, and the HTML in them. Whatever comes in, what goes
//! out is within its limits and fit for a page.

#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use portico_fuzz::config::{Feed, FeedKind};
use portico_fuzz::model::{Block, Inline};
use portico_fuzz::news::{MOST_KEPT, MOST_SUMMARY, MOST_TITLE, feed, sanitise};

fuzz_target!(|bytes: &[u8]| {
    for kind in [FeedKind::News, FeedKind::Municipium] {
        let source = Feed::new(kind, "https://www.comune.example/feed", "Comune");
        let Ok(entries) = feed::read(&source, bytes, Timestamp::UNIX_EPOCH) else {
            continue;
        };
        assert!(entries.len() <= MOST_KEPT);
        for entry in entries {
            check_text(&entry.item.title, MOST_TITLE);
            assert!(entry.item.summary.is_empty() || entry.item.summary.chars().count() <= MOST_SUMMARY);
            entry.item.link.iter().for_each(|link| check_link(link));
            entry.picture.iter().for_each(|picture| check_link(&picture.url));
            check(&entry.item.body);
        }
    }
    let html = String::from_utf8_lossy(bytes);
    check(&sanitise::blocks(&html, None));
    check(&sanitise::paragraphs(&html));
    let _ = sanitise::picture(&html, None);
});

fn check(blocks: &[Block]) {
    for block in blocks {
        match block {
            Block::Heading(text) => check_text(text, sanitise::MOST_BODY),
            Block::Paragraph(run) => check_run(run),
            Block::List(entries) => entries.iter().for_each(|entry| check_run(entry)),
        }
    }
}

fn check_run(run: &[Inline]) {
    assert!(!run.is_empty());
    for inline in run {
        match inline {
            Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) => {
                check_text(text, sanitise::MOST_BODY);
            }
            Inline::Link { href, text } => {
                check_text(text, sanitise::MOST_BODY);
                check_link(href);
            }
        }
    }
}

fn check_text(text: &str, most: usize) {
    assert!(!text.is_empty() && text.chars().count() <= most);
    assert!(!text.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)));
}

fn check_link(link: &str) {
    assert!(link.starts_with("https://") || link.starts_with("http://"));
    assert!(link.is_ascii() && !link.contains(['"', '<', '>', ' ']));
}
