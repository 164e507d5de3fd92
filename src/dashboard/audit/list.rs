//! The entries of a page, newest first, and what the filters can choose from: found in one reading of the log,
//! with no more than three pages in memory.

use std::collections::{BTreeSet, VecDeque};

use crate::model::audit::{Entry, Filter};

/// Entries on a page.
pub(super) const PAGE: usize = 50;
/// Most names to choose from.
const CHOICES: usize = 300;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct List {
    filter: Option<Filter>,
    before: Option<u64>,
    /// The page, oldest first, with the line of each.
    shown: VecDeque<(u64, Entry)>,
    /// Lines of the entries after the page: as many as a page has, and one more.
    after: Vec<u64>,
    /// Entries that are meant.
    pub(super) count: u64,
    /// Of these, before the page.
    older: u64,
    /// Whoever is in the log.
    pub(super) people: BTreeSet<String>,
    /// Whatever was done.
    pub(super) deeds: BTreeSet<String>,
}

/// Where newer entries are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newer {
    /// On the newest page of all.
    Newest,
    /// On the page that begins before this line.
    Before(u64),
}

impl List {
    /// Of the entries that `filter` lets through, none without it; those before a line, or the newest.
    pub(super) fn new(filter: Option<Filter>, before: Option<u64>) -> Self {
        Self {
            filter,
            before,
            ..Self::default()
        }
    }

    /// Takes the next entry.
    pub(super) fn take(&mut self, line: u64, entry: Entry) {
        choose(&mut self.people, &entry.who);
        choose(&mut self.deeds, &entry.did);
        if !self
            .filter
            .as_ref()
            .is_some_and(|filter| filter.lets_through(&entry))
        {
            return;
        }
        self.count += 1;
        if self.before.is_some_and(|before| line >= before) {
            if self.after.len() <= PAGE {
                self.after.push(line);
            }
            return;
        }
        if self.shown.len() == PAGE {
            self.shown.pop_front();
            self.older += 1;
        }
        self.shown.push_back((line, entry));
    }

    /// The line before which the page of older entries begins; `None` when there are none.
    pub(super) fn older(&self) -> Option<u64> {
        let (first, _) = self.shown.front()?;
        (self.older > 0).then_some(*first)
    }

    /// The page of newer entries; `None` when there are none.
    pub(super) fn newer(&self) -> Option<Newer> {
        let before = self.after.get(PAGE).copied();
        (!self.after.is_empty()).then(|| before.map_or(Newer::Newest, Newer::Before))
    }

    /// The page, newest first.
    pub(super) fn entries(self) -> impl Iterator<Item = (u64, Entry)> {
        self.shown.into_iter().rev()
    }
}

fn choose(known: &mut BTreeSet<String>, name: &str) {
    if known.len() < CHOICES && !known.contains(name) {
        known.insert(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::{List, Newer, PAGE};
    use crate::model::audit::{Entry, Filter, More};

    fn list(entries: u64, before: Option<u64>) -> List {
        let filter = Filter {
            did: Some("even".to_owned()),
            ..Filter::default()
        };
        let mut list = List::new(Some(filter), before);
        for n in 1..=entries {
            let did = if n % 2 == 0 { "even" } else { "odd" };
            let entry = Entry {
                n,
                at: "2026-11-22T10:00:00Z".parse().unwrap(),
                who: "portico".to_owned(),
                from: "service".to_owned(),
                did: did.to_owned(),
                what: String::new(),
                more: More::new(),
            };
            list.take(n, entry);
        }
        list
    }

    #[test]
    fn pages_follow_each_other_and_lead_back_the_same_way() {
        let mut before = None;
        let mut pages = Vec::new();
        loop {
            let list = list(301, before);
            assert_eq!((list.count, list.deeds.len()), (150, 2));
            let (older, newer) = (list.older(), list.newer());
            let numbers: Vec<u64> = list.entries().map(|(_, entry)| entry.n).collect();
            pages.push((before, newer, numbers));
            before = older;
            if before.is_none() {
                break;
            }
        }
        let all: Vec<u64> = pages.iter().flat_map(|(_, _, numbers)| numbers.clone()).collect();
        assert_eq!(all, (1..=150).rev().map(|half| half * 2).collect::<Vec<_>>());
        assert!(pages.iter().all(|(_, _, numbers)| numbers.len() == PAGE));
        assert_eq!(pages[0].1, None);
        assert_eq!(pages[1].1, Some(Newer::Newest));
        assert_eq!(pages[2].1, Some(Newer::Before(202)));
        assert_eq!(
            list(301, Some(202)).entries().next().map(|(line, _)| line),
            Some(200)
        );
    }

    #[test]
    fn without_a_filter_there_is_nothing_but_what_can_be_chosen() {
        let mut list = list(3, None);
        list.filter = None;
        assert_eq!(list.newer(), None);
        let empty = List::new(None, None);
        assert_eq!(
            (empty.count, empty.older(), empty.entries().count()),
            (0, None, 0)
        );
    }
}
