//! Counts by kind, for the few kinds that ever occur: a short sorted list.

use serde::{Deserialize, Serialize};

/// How often each kind occurred. Kinds that never did are absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "Vec<(K, u64)>",
    bound(deserialize = "K: Ord + Copy + Deserialize<'de>", serialize = "K: Serialize")
)]
#[serde(into = "Vec<(K, u64)>")]
pub struct Tally<K: Ord + Copy>(Vec<(K, u64)>);

impl<K: Ord + Copy> Tally<K> {
    /// One more.
    pub fn count(&mut self, kind: K) {
        self.add(kind, 1);
    }

    /// So many more; stays at the greatest number there is.
    pub fn add(&mut self, kind: K, times: u64) {
        if times == 0 {
            return;
        }
        match self.0.binary_search_by(|(known, _)| known.cmp(&kind)) {
            Ok(place) => {
                if let Some((_, count)) = self.0.get_mut(place) {
                    *count = count.saturating_add(times);
                }
            }
            Err(place) => self.0.insert(place, (kind, times)),
        }
    }

    /// How often a kind occurred.
    #[must_use]
    pub fn of(&self, kind: K) -> u64 {
        let found = self.0.binary_search_by(|(known, _)| known.cmp(&kind)).ok();
        found
            .and_then(|place| self.0.get(place))
            .map_or(0, |(_, count)| *count)
    }

    /// All together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0
            .iter()
            .fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// Kinds that occurred, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (K, u64)> + '_ {
        self.0.iter().copied()
    }

    /// Whether nothing occurred.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Of each kind the greater count of the two.
    pub fn raise(&mut self, other: &Self) {
        for (kind, count) in other.iter() {
            self.add(kind, count.saturating_sub(self.of(kind)));
        }
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        // Both are in order: what is looked for stands behind what was found last.
        let mut place = 0;
        for (kind, times) in other.iter() {
            let rest = self.0.iter().skip(place);
            place += rest.take_while(|(known, _)| *known < kind).count();
            match self.0.get_mut(place) {
                Some((known, count)) if *known == kind => *count = count.saturating_add(times),
                _ => self.0.insert(place, (kind, times)),
            }
        }
    }
}

impl<K: Ord + Copy> Default for Tally<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord + Copy> From<Vec<(K, u64)>> for Tally<K> {
    fn from(counts: Vec<(K, u64)>) -> Self {
        let sorted = counts.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if sorted && counts.iter().all(|(_, count)| *count > 0) {
            return Self(counts);
        }
        counts.into_iter().collect()
    }
}

impl<K: Ord + Copy> From<Tally<K>> for Vec<(K, u64)> {
    fn from(tally: Tally<K>) -> Self {
        tally.0
    }
}

impl<K: Ord + Copy> FromIterator<(K, u64)> for Tally<K> {
    fn from_iter<I: IntoIterator<Item = (K, u64)>>(counts: I) -> Self {
        let mut tally = Self::default();
        for (kind, times) in counts {
            tally.add(kind, times);
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert_eq, proptest};
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn counts_as_a_map_would(counts in vec((0_u8..9, 0_u64..100), 0..40)) {
            let mut expected: BTreeMap<u8, u64> = BTreeMap::new();
            for (kind, times) in &counts {
                *expected.entry(*kind).or_default() += times;
            }
            expected.retain(|_, times| *times > 0);
            let tally: Tally<u8> = counts.iter().copied().collect();
            prop_assert_eq!(tally.iter().collect::<BTreeMap<_, _>>(), expected.clone());
            prop_assert_eq!(tally.total(), expected.values().sum::<u64>());
            prop_assert_eq!(Tally::from(counts), tally.clone(), "whatever the order of what is read");
            let read: Tally<u8> = serde_json::from_str(&serde_json::to_string(&tally).unwrap()).unwrap();
            prop_assert_eq!(read, tally.clone());
            let mut raised = tally.clone();
            raised.raise(&tally);
            prop_assert_eq!(&raised, &tally, "the same again is no more");
            let more: Tally<u8> = [(0, 300), (20, 1)].into_iter().collect();
            raised.raise(&more);
            prop_assert_eq!((raised.of(0), raised.of(20), raised.of(1)), (tally.of(0).max(300), 1, tally.of(1)));
        }

        #[test]
        fn joining_counts_what_both_have(first in vec((0_u8..19, 0_u64..100), 0..30), second in vec((0_u8..19, 0_u64..100), 0..30)) {
            let mut joined: Tally<u8> = first.iter().copied().collect();
            joined.merge(&second.iter().copied().collect());
            prop_assert_eq!(joined, first.into_iter().chain(second).collect());
        }
    }
}
