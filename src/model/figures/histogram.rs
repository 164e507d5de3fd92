//! How values are distributed: counts in buckets that grow with the value.
//!
//! Eight buckets for each doubling, so that a quantile is wrong by a sixteenth of itself at most, and
//! histograms of any hours and networks can be joined. Values under 16 are exact.

use serde::{Deserialize, Serialize};

use super::tally::Tally;

/// Bits of a value that its bucket keeps below the leading one.
const BITS: u32 = 3;
/// Buckets for each doubling.
const STEPS: u64 = 1 << BITS;

/// Counts of values. The unit is the owner's: seconds or milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Histogram(Tally<u8>);

impl Histogram {
    /// One more value; greater ones than 4,294,967,295 count as that.
    pub fn record(&mut self, value: u64) {
        self.0.count(bucket(value));
    }

    /// How many values.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.total()
    }

    /// The value that `per_mille` thousandths of all values do not exceed: 500 is the median, 950 the
    /// 95th percentile. `None` without values.
    #[must_use]
    pub fn quantile(&self, per_mille: u16) -> Option<u64> {
        let total = self.total();
        let (share, rest) = (u64::from(per_mille.min(1_000)), total % 1_000);
        // The whole product may not fit into 64 bits.
        let rank = (total / 1_000 * share + (rest * share).div_ceil(1_000)).max(1);
        let mut below = 0_u64;
        for (bucket, count) in self.0.iter() {
            below = below.saturating_add(count);
            if below >= rank {
                let (least, width) = bounds(bucket);
                return Some(least + (width - 1) / 2);
            }
        }
        None
    }

    /// The middle value.
    #[must_use]
    pub fn median(&self) -> Option<u64> {
        self.quantile(500)
    }

    /// Buckets that hold something: the least and the greatest value that fall into each, and how many
    /// did.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        self.0.iter().map(|(bucket, count)| {
            let (least, width) = bounds(bucket);
            (least, least + (width - 1), count)
        })
    }

    /// Adds what another holds.
    pub fn merge(&mut self, other: &Self) {
        self.0.merge(&other.0);
    }
}

/// Where a value falls.
fn bucket(value: u64) -> u8 {
    let value = value.min(u64::from(u32::MAX));
    if value < STEPS {
        return u8::try_from(value).unwrap_or(u8::MAX);
    }
    let octave = value.ilog2();
    let step = (value >> (octave - BITS)) & (STEPS - 1);
    let place = u64::from(octave - BITS + 1) * STEPS + step;
    u8::try_from(place).unwrap_or(u8::MAX)
}

/// The least value of a bucket, and how many values it spans.
fn bounds(bucket: u8) -> (u64, u64) {
    let bucket = u64::from(bucket);
    let (octave, step) = (bucket / STEPS, bucket % STEPS);
    if octave == 0 {
        return (step, 1);
    }
    let width = 1 << (octave - 1);
    ((STEPS + step) * width, width)
}

#[cfg(test)]
mod tests {
    use super::{Histogram, bounds, bucket};
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn a_bucket_holds_its_values(value in any::<u32>()) {
            let value = u64::from(value) >> (value % 29);
            let (least, width) = bounds(bucket(value));
            prop_assert!(least <= value && value < least + width);
            prop_assert!(width == 1 || width * 8 <= least, "an eighth of the value at most");
        }

        #[test]
        fn a_quantile_is_near_the_true_one(mut values in vec(0_u64..50_000, 1..200), per_mille in 1_u16..=1_000) {
            let mut histogram = Histogram::default();
            for value in &values {
                histogram.record(*value);
            }
            values.sort_unstable();
            let rank = (values.len() * usize::from(per_mille)).div_ceil(1_000);
            let exact = values[rank - 1];
            let told = histogram.quantile(per_mille).unwrap();
            prop_assert!(told.abs_diff(exact) * 16 <= exact, "{told} for {exact}");
            prop_assert_eq!(histogram.total(), u64::try_from(values.len()).unwrap());
        }
    }

    #[test]
    fn nothing_has_no_median_and_the_greatest_value_has_a_place() {
        assert_eq!(Histogram::default().median(), None);
        let mut histogram = Histogram::default();
        histogram.record(u64::MAX);
        let (least, most, count) = histogram.buckets().next().unwrap();
        let greatest = u64::from(u32::MAX);
        assert!((least..=most).contains(&greatest));
        assert_eq!(count, 1);
    }

    #[test]
    fn each_bucket_begins_where_the_one_before_ends() {
        for place in 0..bucket(u64::MAX) {
            let (least, width) = bounds(place);
            assert_eq!(least + width, bounds(place + 1).0);
        }
    }
}
