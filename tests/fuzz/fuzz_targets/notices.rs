//! Alerts: CAP alone and in indexes, AllertaLOM, the Protezione Civile's bulletin in all its forms. The
//! first byte chooses the kind of the feed.

#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use portico_fuzz::config::{Feed, FeedKind};
use portico_fuzz::model::NOTICE_CHARACTERS;
use portico_fuzz::news::notices::{self, MOST_FOLLOWED, Step};
use portico_fuzz::news::{Document, MOST_NOTICES};

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, body)) = bytes.split_first() else {
        return;
    };
    let kinds = [FeedKind::Cap, FeedKind::Allertalom, FeedKind::ProtezioneCivile];
    let kind = kinds[usize::from(*kind) % kinds.len()];
    let feed = Feed {
        istat: Some("012026".to_owned()),
        zone: Some("Lomb-09".to_owned()),
        ..Feed::new(
            kind,
            "https://alerts.example.org/feed?cdTipologiaGis=7",
            "Protezione Civile",
        )
    };
    // Sunday, 22 November 2026, noon: the samples are of that day.
    let now = Timestamp::from_second(1_795_348_800).expect("an instant");
    let document = Document {
        url: feed.url.clone(),
        bytes: body.to_vec(),
    };
    let documents = [document];
    let found = match notices::read(&feed, &documents, now) {
        Ok(Step::Notices(found)) => found,
        Ok(Step::Follow(links)) => {
            assert!(links.len() <= MOST_FOLLOWED);
            assert!(links.iter().all(|link| link.starts_with("http")));
            return;
        }
        Err(_) => return,
    };
    assert!(found.len() <= MOST_NOTICES);
    for notice in found {
        assert!(!notice.text.is_empty() && notice.text.chars().count() <= NOTICE_CHARACTERS);
        assert!(!notice.text.chars().any(char::is_control));
        assert!(notice.ends.is_some_and(|end| end > now));
        assert!(notice.link.is_none_or(|link| link.starts_with("http")));
    }
    let _ = notices::follow(&feed, &documents, now);
});
