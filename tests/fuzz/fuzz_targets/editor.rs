//! The local editor's file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portico_fuzz::news::editor::{self, MOST_ITEMS};

fuzz_target!(|bytes: &[u8]| {
    let Ok(book) = editor::parse(bytes) else {
        return;
    };
    assert!(book.items.len() <= MOST_ITEMS);
    for item in &book.items {
        assert!(item.to_news().summary.chars().count() <= 300);
    }
    for notice in &book.notices {
        let _ = notice.to_notice();
    }
    let text = serde_json::to_vec(&book).expect("what was read can be written");
    assert_eq!(editor::parse(&text).as_ref(), Ok(&book));
});
