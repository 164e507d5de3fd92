//! Max-min fair sharing (water-filling) in whole numbers: whoever wants little gets it, and the rest is
//! the same for all who want more, by weight. Pure and deterministic.

/// The level of water: everybody gets what he wants or `level` times his weight, whichever is less, so
/// that the sum does not exceed `capacity`. `u64::MAX` when there is enough for everybody. `wants` are
/// pairs of what is wanted and a weight of at least 1; their order does not matter.
///
/// O(n log n). At most `n` times the weights' sum of the capacity is left over by rounding.
pub(super) fn level(wants: &mut [(u64, u64)], capacity: u64) -> u64 {
    let wanted = wants
        .iter()
        .fold(0_u64, |sum, (want, _)| sum.saturating_add(*want));
    if wanted <= capacity {
        return u64::MAX;
    }
    // Who is satisfied first stands first: by want per weight, compared without division.
    wants.sort_unstable_by(|left, right| {
        let (one, other) = (times(left.0, right.1), times(right.0, left.1));
        one.cmp(&other)
    });
    let mut weights: u64 = wants.iter().map(|(_, weight)| weight).sum();
    let mut left = capacity;
    for &(want, weight) in wants.iter() {
        let level = left / weights.max(1);
        if times(level, weight) < u128::from(want) {
            return level;
        }
        left -= want;
        weights -= weight;
    }
    u64::MAX
}

/// What one gets at a level.
pub(super) fn portion(want: u64, weight: u64, level: u64) -> u64 {
    want.min(level.saturating_mul(weight))
}

fn times(number: u64, weight: u64) -> u128 {
    u128::from(number) * u128::from(weight)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, Strategy, prop_assert, prop_assert_eq, proptest};

    use super::{level, portion};

    fn wants() -> impl Strategy<Value = Vec<(u64, u64)>> {
        proptest::collection::vec((0_u64..2_000_000, 1_u64..5), 1..60)
    }

    fn portions(wants: &[(u64, u64)], capacity: u64) -> Vec<u64> {
        let level = level(&mut wants.to_vec(), capacity);
        wants
            .iter()
            .map(|(want, weight)| portion(*want, *weight, level))
            .collect()
    }

    #[test]
    fn the_textbook_example() {
        let wants = [(2, 1), (26, 1), (4, 1), (50, 1)];
        assert_eq!(
            portions(&wants, 10),
            [2, 2, 2, 2],
            "2.67 for those who want more, rounded down"
        );
        assert_eq!(portions(&wants, 16), [2, 5, 4, 5]);
        assert_eq!(portions(&wants, 100), [2, 26, 4, 50]);
        assert_eq!(portions(&[(100, 2), (100, 1)], 90), [60, 30]);
        assert_eq!(
            portions(&[(10, 2), (100, 1)], 90),
            [10, 80],
            "what one leaves flows to the other"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// Within the capacity, nobody over his want, nothing left while somebody wants more, and whoever
        /// does not get what he wants gets, for his weight, as much as anybody.
        #[test]
        fn the_sharing_is_max_min_fair(wants in wants(), capacity in 0_u64..40_000_000) {
            let got = portions(&wants, capacity);
            let sum: u64 = got.iter().sum();
            let wanted: u64 = wants.iter().map(|(want, _)| want).sum();
            prop_assert!(sum <= capacity);
            let weights: u64 = wants.iter().map(|(_, weight)| weight).sum();
            prop_assert!(sum + weights > capacity.min(wanted), "{} is left", capacity - sum);
            for (mine, (want, weight)) in got.iter().zip(&wants) {
                prop_assert!(mine <= want);
                if mine < want {
                    for (theirs, (_, other)) in got.iter().zip(&wants) {
                        prop_assert!(theirs * weight <= mine * other, "somebody has more for his weight");
                    }
                }
            }
        }

        #[test]
        fn the_order_of_asking_does_not_matter(wants in wants(), capacity in 0_u64..40_000_000) {
            let mut turned: Vec<_> = wants.iter().rev().copied().collect();
            prop_assert_eq!(level(&mut wants.clone(), capacity), level(&mut turned, capacity));
        }
    }
}
