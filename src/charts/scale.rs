//! The scale beside the bars of a chart.

/// The next greater number of one digit and zeros that four parts share evenly.
#[must_use]
pub fn nice(most: u64) -> u64 {
    let mut size = 1_u64;
    loop {
        for factor in [4, 8, 12, 20] {
            let candidate = size.saturating_mul(factor);
            if candidate >= most {
                return candidate;
            }
        }
        size = size.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::nice;
    use proptest::prelude::{prop_assert, proptest};

    proptest! {
        #[test]
        fn a_scale_is_a_little_longer_than_the_longest_bar(most in 0_u64..1_000_000_000) {
            let top = nice(most);
            prop_assert!(top >= most && top.is_multiple_of(4));
            prop_assert!(top <= most.max(2) * 2, "{top} for {most}");
        }
    }
}
