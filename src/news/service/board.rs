//! Everything that is known → the [`Board`] of a moment. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::{Board, FedLine, ItemId, NetworkId, NewsItem, Notice, Picture};
use crate::news::cache::Copy;
use crate::news::editor::Local;

/// What a board is made of.
pub(super) struct Parts<'a> {
    pub(super) feeds: Vec<&'a Copy>,
    pub(super) local: &'a Local,
    pub(super) pictures: &'a BTreeMap<ItemId, Arc<Picture>>,
    pub(super) networks: &'a [NetworkId],
    /// Items of a page.
    pub(super) most_items: usize,
}

/// Makes the board: pinned items first, then the newest, as many as the page of some network shows;
/// the most urgent notices first.
pub(super) fn build(parts: &Parts<'_>, now: Timestamp) -> Board {
    let mut board = Board {
        items: choose(items(parts, now), parts.networks, parts.most_items, now),
        notices: notices(parts, now),
        pictures: BTreeMap::new(),
        fed: BTreeMap::new(),
    };
    board.fed = fed(parts, &board);
    for (picture, _) in board.items.iter().filter_map(|item| item.picture.as_ref()) {
        let known = parts
            .pictures
            .get(picture)
            .or_else(|| parts.local.pictures.get(picture));
        if let Some(known) = known {
            board.pictures.insert(picture.clone(), Arc::clone(known));
        }
    }
    board
}

fn items(parts: &Parts<'_>, now: Timestamp) -> Vec<NewsItem> {
    let local = parts.local;
    let mut items: Vec<NewsItem> = local.items.clone();
    for entry in parts.feeds.iter().flat_map(|copy| &copy.entries) {
        let mut item = entry.item.clone();
        item.pinned |= local.pinned.contains(&item.id);
        // Only pictures that are at hand: the page never waits for one.
        let picture = entry.picture.as_ref();
        let picture = picture.filter(|picture| parts.pictures.contains_key(&picture.id));
        item.picture = picture.map(|picture| (picture.id.clone(), picture.shows.clone()));
        items.push(item);
    }
    let mut known = BTreeSet::new();
    items.retain(|item| {
        let shown = item.expires.is_none_or(|end| now < end) && !local.hidden.contains(&item.id);
        shown && known.insert(item.id.clone())
    });
    // Stable: what has no date keeps its feed's order, after what has one.
    items.sort_by_key(|item| (Reverse(item.pinned), Reverse(item.published)));
    items
}

/// What of the board feeds send, and what they send and the editor hides, with a line of each.
fn fed(parts: &Parts<'_>, board: &Board) -> BTreeMap<ItemId, FedLine> {
    let items = parts.feeds.iter().flat_map(|copy| &copy.entries);
    let items = items.map(|entry| (&entry.item.id, &entry.item.title, false));
    let notices = parts.feeds.iter().flat_map(|copy| &copy.notices);
    let notices = notices.map(|notice| (&notice.id, &notice.text, true));
    let shown = board.items.iter().map(|item| &item.id);
    let shown: BTreeSet<&ItemId> = shown
        .chain(board.notices.iter().map(|notice| &notice.id))
        .collect();
    let is_told = |id: &ItemId| shown.contains(id) || parts.local.hidden.contains(id);
    let all = items.chain(notices).filter(|(id, ..)| is_told(id));
    let line = |text: &String, is_notice| FedLine {
        text: text.clone(),
        is_notice,
    };
    all.map(|(id, text, is_notice)| (id.clone(), line(text, is_notice)))
        .collect()
}

/// The items that are among the first of at least one network. Those whose time has not come take nobody's place.
fn choose(items: Vec<NewsItem>, networks: &[NetworkId], most: usize, now: Timestamp) -> Vec<NewsItem> {
    let mut left: BTreeMap<NetworkId, usize> = networks.iter().map(|network| (*network, most)).collect();
    items
        .into_iter()
        .filter(|item| {
            if item.starts.is_some_and(|start| now < start) {
                return true;
            }
            let mut shown = false;
            for (network, left) in &mut left {
                if *left > 0 && item.scope.includes(*network) {
                    *left -= 1;
                    shown = true;
                }
            }
            shown
        })
        .collect()
}

fn notices(parts: &Parts<'_>, now: Timestamp) -> Vec<Notice> {
    let local = parts.local;
    let fed = parts.feeds.iter().flat_map(|copy| &copy.notices);
    let mut notices: Vec<Notice> = local.notices.iter().chain(fed).cloned().collect();
    let mut known = BTreeSet::new();
    notices.retain(|notice| {
        let shown = notice.ends.is_none_or(|end| now < end) && !local.hidden.contains(&notice.id);
        shown && known.insert(notice.id.clone())
    });
    notices.sort_by_key(|notice| (notice.color, Reverse(notice.starts)));
    notices
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::{Parts, build};
    use crate::model::{Board, ItemId, NetworkId, NewsItem, Notice, NoticeColor, Picture, Scope};
    use crate::news::cache::Copy;
    use crate::news::editor::Local;
    use crate::news::feed::{Entry, PictureSource};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn id(number: u8) -> ItemId {
        ItemId::from_bytes([number; 8])
    }

    fn item(number: u8, published: Option<i64>) -> NewsItem {
        NewsItem {
            id: id(number),
            title: format!("item {number}"),
            summary: String::new(),
            body: Vec::new(),
            link: None,
            published: published.map(at),
            starts: None,
            expires: None,
            lang: "it".to_owned(),
            source: "Comune".to_owned(),
            picture: None,
            pinned: false,
            scope: Scope::All,
        }
    }

    fn copy(items: impl IntoIterator<Item = NewsItem>) -> Copy {
        let entry = |item: NewsItem| Entry { item, picture: None };
        Copy {
            entries: items.into_iter().map(entry).collect(),
            ..Copy::default()
        }
    }

    fn made(copies: &[Copy], local: &Local, pictures: &BTreeMap<ItemId, Arc<Picture>>, most: usize) -> Board {
        let networks: [NetworkId; 2] = ["molini".parse().unwrap(), "piazza".parse().unwrap()];
        let parts = Parts {
            feeds: copies.iter().collect(),
            local,
            pictures,
            networks: &networks,
            most_items: most,
        };
        build(&parts, at(1_000))
    }

    fn numbers(board: &Board) -> Vec<&str> {
        let titles = board.items.iter().map(|item| item.title.as_str());
        titles.map(|title| title.trim_start_matches("item ")).collect()
    }

    #[test]
    fn pinned_items_come_first_then_the_newest_then_those_without_a_date() {
        let copies = [
            copy([item(1, None), item(2, Some(20)), item(3, Some(30))]),
            copy([item(4, Some(40)), item(5, Some(10))]),
        ];
        let mut local = Local::default();
        local.pinned.insert(id(5));
        local.hidden.insert(id(4));
        local.items.push(item(6, Some(25)));
        let board = made(&copies, &local, &BTreeMap::new(), 20);
        assert_eq!(numbers(&board), ["5", "3", "6", "2", "1"]);
    }

    #[test]
    fn every_network_gets_its_own_number_of_items() {
        let here = |number, network: &str| NewsItem {
            scope: Scope::Only(BTreeSet::from([network.parse().unwrap()])),
            ..item(number, Some(i64::from(number)))
        };
        let copies = [copy([
            here(9, "piazza"),
            here(8, "piazza"),
            here(7, "piazza"),
            item(6, Some(6)),
            here(5, "molini"),
            here(4, "elsewhere"),
            item(3, Some(3)),
        ])];
        let board = made(&copies, &Local::default(), &BTreeMap::new(), 2);
        assert_eq!(numbers(&board), ["9", "8", "6", "5"]);
    }

    #[test]
    fn what_has_ended_is_gone_and_what_comes_twice_is_shown_once() {
        let mut over = item(1, None);
        over.expires = Some(at(1_000));
        let mut lasts = item(2, None);
        lasts.expires = Some(at(1_001));
        let copies = [copy([over, lasts.clone()]), copy([lasts])];
        let board = made(&copies, &Local::default(), &BTreeMap::new(), 9);
        assert_eq!(numbers(&board), ["2"]);
    }

    #[test]
    fn notices_are_ordered_by_urgency_then_the_newest_first() {
        let notice = |number: u8, color, ends: Option<i64>| Notice {
            id: id(number),
            text: number.to_string(),
            color,
            starts: Some(at(i64::from(number))),
            ends: ends.map(at),
            link: None,
            lang: "it".to_owned(),
            source: "Comune".to_owned(),
            scope: Scope::All,
        };
        let fed = Copy {
            notices: vec![
                notice(1, NoticeColor::Yellow, None),
                notice(2, NoticeColor::Red, Some(999)),
                notice(3, NoticeColor::Orange, Some(2_000)),
                notice(5, NoticeColor::Orange, None),
                notice(6, NoticeColor::Red, None),
            ],
            ..Copy::default()
        };
        let local = Local {
            notices: vec![
                notice(4, NoticeColor::Red, None),
                notice(1, NoticeColor::Yellow, None),
            ],
            hidden: BTreeSet::from([id(6)]),
            ..Local::default()
        };
        let board = made(&[fed], &local, &BTreeMap::new(), 9);
        let texts: Vec<_> = board.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(texts, ["4", "5", "3", "1"]);
        assert!(board.fed.values().all(|line| line.is_notice));
        let fed: Vec<&String> = board.fed.values().map(|line| &line.text).collect();
        assert_eq!(
            fed,
            ["1", "3", "5", "6"],
            "but 2, which is over, and 4, which is the editor's own"
        );
    }

    #[test]
    fn what_is_still_to_come_takes_nobody_s_place() {
        let later = |number, start| NewsItem {
            starts: Some(at(start)),
            pinned: true,
            ..item(number, Some(start))
        };
        let local = Local {
            items: vec![later(1, 2_000), later(2, 500)],
            ..Local::default()
        };
        let board = made(
            &[copy([item(3, Some(7)), item(4, Some(6))])],
            &local,
            &BTreeMap::new(),
            2,
        );
        let names: Vec<&ItemId> = board.items.iter().map(|item| &item.id).collect();
        assert_eq!(names, [&id(1), &id(2), &id(3)]);
    }

    #[test]
    fn only_pictures_at_hand_are_promised() {
        let entry = |number| Entry {
            item: item(number, None),
            picture: Some(PictureSource {
                id: id(100 + number),
                url: "https://a.example/".to_owned(),
                shows: "La piazza".to_owned(),
            }),
        };
        let copies = [Copy {
            entries: vec![entry(1), entry(2)],
            ..Copy::default()
        }];
        let picture = Arc::new(Picture {
            media_type: "image/png",
            bytes: Vec::new(),
            width: 1,
            height: 1,
        });
        let pictures = BTreeMap::from([(id(101), Arc::clone(&picture)), (id(7), picture)]);
        let board = made(&copies, &Local::default(), &pictures, 9);
        assert_eq!(board.items[0].picture, Some((id(101), "La piazza".to_owned())));
        assert_eq!(board.items[1].picture, None);
        assert_eq!(board.pictures.keys().collect::<Vec<_>>(), [&id(101)]);
    }
}
