//! How many different devices were on several networks together.
//!
//! Sketches of one day, or of one month, are made under the same key on all networks, so who was on two is one.
//! The number stands beside those of the single networks, and a reader subtracts: what is left must not tell of
//! fewer than five either.
//!
//! - A network of fewer than five hides it: the others' number would tell how many of them were on it.
//! - So does a network without which fewer than five would be missing, and fewer than five that were on more than
//!   one.
//!
//! A month stands beside its days in the same way.
//!
//! It is told of *all* networks alone: of any that somebody chooses, two such numbers would tell who was on one
//! network only.

use super::LEAST;
use crate::model::figures::Sketch;

/// About how many different devices were on all networks together; `None` where that is not told, or nobody knows
/// because a key was lost.
#[must_use]
pub fn joined_devices<'a>(networks: impl IntoIterator<Item = &'a Sketch>) -> Option<u64> {
    let (mut all, mut numbers) = (Sketch::default(), Vec::new());
    for sketch in networks.into_iter().filter(|sketch| !sketch.is_empty()) {
        if sketch.at_least() < LEAST {
            return None;
        }
        numbers.push(sketch.estimate()?);
        all.merge(sketch);
    }
    let together = all.estimate().filter(|_| !numbers.is_empty())?;
    (!tells_of_few(together, &numbers)).then_some(together)
}

/// Whether a number of different devices, beside those of its parts, tells of fewer than five: how many were in one
/// part alone, or in more than one.
#[must_use]
pub fn tells_of_few(together: u64, parts: &[u64]) -> bool {
    // Each estimate of a few dozen may be off by one, so a difference of two of them by two.
    let is_few = |count: u64| (1..LEAST + 2).contains(&count);
    let sum = parts
        .iter()
        .fold(0_u64, |sum, number| sum.saturating_add(*number));
    let without = |number: &u64| is_few(together.saturating_sub(*number));
    is_few(sum.saturating_sub(together)) || parts.iter().any(without)
}

#[cfg(test)]
mod tests {
    use super::{LEAST, joined_devices};
    use crate::model::figures::{KeyNumber, Sketch};
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    fn hash(number: u64) -> u64 {
        let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn of(key: u32, devices: impl IntoIterator<Item = u64>) -> Sketch {
        let mut sketch = Sketch::default();
        for device in devices {
            sketch.insert(KeyNumber(key), hash(device));
        }
        sketch
    }

    #[test]
    fn who_was_on_two_networks_is_one() {
        let (piazza, molini) = (of(1, 0..30), of(1, 20..60));
        assert_eq!(joined_devices([&piazza, &molini]), of(1, 0..60).estimate());
        assert_eq!(joined_devices([&piazza, &Sketch::default()]), Some(30));
        assert_eq!(joined_devices([&Sketch::default(), &Sketch::default()]), None);
        assert_eq!(
            joined_devices([&of(1, 0..30), &of(1, 40..60)]),
            of(1, (0..30).chain(40..60)).estimate(),
            "nobody was on both"
        );
        assert_eq!(
            joined_devices([&of(1, 0..30), &of(1, 0..30)]),
            Some(30),
            "nobody was on one alone"
        );
    }

    #[test]
    fn what_it_would_give_away_hides_it() {
        let piazza = of(1, 0..30);
        assert_eq!(
            joined_devices([&piazza, &of(1, 100..104)]),
            None,
            "four on the other"
        );
        assert_eq!(joined_devices([&piazza, &of(1, 27..60)]), None, "three on both");
        assert_eq!(
            joined_devices([&piazza, &of(1, 2..30)]),
            None,
            "two on the first alone"
        );
        assert_eq!(
            joined_devices([&piazza, &of(1, 20..34)]),
            None,
            "four on the other alone"
        );
        assert_eq!(
            joined_devices([&piazza, &of(1, 20..36)]),
            None,
            "six on the other alone may be four, since both numbers are estimates"
        );
        assert_eq!(joined_devices([&piazza, &of(2, 0..30)]), None, "a key was lost");
    }

    proptest! {
        /// Whatever is told, no subtraction of it and the networks' own numbers leaves one to four people.
        #[test]
        fn no_difference_tells_of_fewer_than_five(networks in vec(btree_set(0_u64..60, 0..40), 1..5)) {
            let sketches: Vec<Sketch> = networks.iter().map(|devices| of(1, devices.iter().copied())).collect();
            let everybody: std::collections::BTreeSet<u64> = networks.iter().flatten().copied().collect();
            if let Some(together) = joined_devices(&sketches) {
                prop_assert!(together >= LEAST);
                let numbers: Vec<u64> = sketches.iter().map(|sketch| sketch.estimate().unwrap()).collect();
                for (devices, number) in networks.iter().zip(&numbers) {
                    prop_assert!(devices.is_empty() || *number >= LEAST);
                    prop_assert!(devices.is_empty() || !(1..LEAST + 2).contains(&together.abs_diff(*number)));
                }
                prop_assert!(!(1..LEAST + 2).contains(&numbers.iter().sum::<u64>().abs_diff(together)));
                // Of so few the estimate is off by one at most.
                let count = u64::try_from(everybody.len()).unwrap();
                prop_assert!(together.abs_diff(count) <= 2, "{together} for {count}");
            }
            let mut turned = sketches.clone();
            turned.reverse();
            prop_assert_eq!(joined_devices(&turned), joined_devices(&sketches));
        }
    }
}
