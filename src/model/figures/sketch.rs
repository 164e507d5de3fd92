//! How many different devices there were, without keeping any: HyperLogLog.
//!
//! A device is hashed under a key that is destroyed at the end of its period (a day, a month); of the
//! hash one register among 2,048 keeps how rare it is. Sketches made under the same key can be joined:
//! the networks of a gateway within one period. Sketches of different days cannot, and are not meant to
//! be: who came on Monday and on Tuesday is nobody's business. The estimate is off by 2.3 % (one
//! standard deviation, 1.04/√2048); hardly at all below some hundred devices.
//!
//! A key can be lost within its period (a state database that was damaged, a backup put back on another
//! machine): then the same device leaves another trace. So each part of a sketch carries the number of its
//! key, parts of different keys are kept apart, and of their devices nobody knows how many are the same:
//! there are at least as many as in the greatest part.
//!
//! Source: Flajolet et al., "HyperLogLog" (2007), with the estimator of Ertl, "New cardinality
//! estimation algorithms for HyperLogLog sketches" (2017, section 4), which needs no correction tables.

use serde::{Deserialize, Serialize};

/// Bits of a hash that choose the register.
const INDEX_BITS: u32 = 11;
/// Registers.
const REGISTERS: u32 = 1 << INDEX_BITS;
/// Bits that a rank takes.
const RANK_BITS: u32 = 5;
/// The greatest rank: enough for 2^30 devices in each register.
const MAX_RANK: u32 = (1 << RANK_BITS) - 1;

/// Parts that are kept: more keys than these in one period are a machine that keeps nothing.
const MOST_KEYS: usize = 4;

/// Tells keys apart, and nothing about them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyNumber(pub u32);

/// Different devices, under one key or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(KeyNumber, Vec<u16>)>", into = "Vec<(KeyNumber, Vec<u16>)>")]
pub struct Sketch(Vec<(KeyNumber, Registers)>);

/// Registers that are not zero, by number, each packed with its rank into 16 bits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Registers(Vec<u16>);

impl Sketch {
    /// Takes a device in, by 64 bits of its hash under the key of that number. Taking it in again
    /// changes nothing.
    pub fn insert(&mut self, key: KeyNumber, hash: u64) {
        let index = u16::try_from(hash >> (u64::BITS - INDEX_BITS)).unwrap_or(0);
        let rest = hash << INDEX_BITS;
        let rank = (rest.leading_zeros() + 1).min(MAX_RANK);
        if let Some(part) = self.part(key) {
            part.raise(pack(index, rank));
        }
    }

    /// Joins another sketch of the same period: what was made under the same key becomes one.
    pub fn merge(&mut self, other: &Self) {
        for (key, registers) in &other.0 {
            match self.0.binary_search_by_key(key, |(known, _)| *known) {
                Ok(place) => {
                    if let Some((_, part)) = self.0.get_mut(place) {
                        registers.0.iter().for_each(|register| part.raise(*register));
                    }
                }
                Err(place) => self.0.insert(place, (*key, registers.clone())),
            }
        }
        self.forget_least();
    }

    /// Whether nobody was taken in.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// About how many different devices were taken in; `None` when a key was lost between them, so that
    /// nobody knows which are the same.
    #[must_use]
    pub fn estimate(&self) -> Option<u64> {
        match self.0.as_slice() {
            [] => Some(0),
            [(_, registers)] => Some(registers.estimate()),
            _ => None,
        }
    }

    /// Never more than the different devices that were taken in: the registers that one key has filled.
    #[must_use]
    pub fn at_least(&self) -> u64 {
        let parts = self.0.iter().map(|(_, registers)| registers.0.len());
        u64::try_from(parts.max().unwrap_or(0)).unwrap_or(u64::MAX)
    }

    fn part(&mut self, key: KeyNumber) -> Option<&mut Registers> {
        let place = match self.0.binary_search_by_key(&key, |(known, _)| *known) {
            Ok(place) => place,
            Err(_) if self.0.len() >= MOST_KEYS => return None,
            Err(place) => {
                self.0.insert(place, (key, Registers::default()));
                place
            }
        };
        self.0.get_mut(place).map(|(_, registers)| registers)
    }

    fn forget_least(&mut self) {
        while self.0.len() > MOST_KEYS {
            let sizes = self.0.iter().enumerate();
            let least = sizes.min_by_key(|(_, (_, registers))| registers.0.len());
            let Some(place) = least.map(|(place, _)| place) else {
                break;
            };
            self.0.remove(place);
        }
    }
}

impl Registers {
    /// About how many different devices.
    fn estimate(&self) -> u64 {
        let mut of_rank = [0_u32; MAX_RANK as usize + 1];
        for register in &self.0 {
            of_rank[usize::from(register & 0x1f)] += 1;
        }
        of_rank[0] = REGISTERS - of_rank.iter().sum::<u32>();
        let all = f64::from(REGISTERS);
        let share = |rank: usize| f64::from(of_rank[rank]) / all;
        let top = of_rank.len() - 1;
        let mut z = all * tau(1.0 - share(top));
        for rank in (1..top).rev() {
            z = 0.5 * (z + f64::from(of_rank[rank]));
        }
        z += all * sigma(share(0));
        let estimate = all * all / (2.0 * std::f64::consts::LN_2) / z;
        whole(estimate)
    }

    /// Raises a register to a rank.
    fn raise(&mut self, packed: u16) {
        let index = |register: u16| register >> RANK_BITS;
        match self
            .0
            .binary_search_by_key(&index(packed), |register| index(*register))
        {
            Ok(place) => {
                if let Some(register) = self.0.get_mut(place) {
                    *register = packed.max(*register);
                }
            }
            Err(place) => self.0.insert(place, packed),
        }
    }
}

/// A register's number and rank; within one register the greater rank is the greater number.
fn pack(index: u16, rank: u32) -> u16 {
    (index << RANK_BITS) | u16::try_from(rank).unwrap_or(0)
}

impl From<Vec<(KeyNumber, Vec<u16>)>> for Sketch {
    fn from(parts: Vec<(KeyNumber, Vec<u16>)>) -> Self {
        let mut sketch = Self::default();
        for (key, registers) in parts {
            let mut part = Registers::default();
            // A rank of zero is an empty register.
            for register in registers.into_iter().filter(|register| register & 0x1f > 0) {
                part.raise(register);
            }
            if !part.0.is_empty() {
                sketch.merge(&Self(vec![(key, part)]));
            }
        }
        sketch
    }
}

impl From<Sketch> for Vec<(KeyNumber, Vec<u16>)> {
    fn from(sketch: Sketch) -> Self {
        let parts = sketch.0.into_iter();
        parts.map(|(key, registers)| (key, registers.0)).collect()
    }
}

/// Σ x^(2^k)·2^(k-1) and x, Ertl's σ.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z <= before {
            return z;
        }
    }
}

/// Ertl's τ.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z >= before {
            return z / 3.0;
        }
    }
}

/// The whole number nearest to one that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float has no other way to an integer; this one saturates, and NaN is 0"
)]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use super::{KeyNumber, MOST_KEYS, Sketch};
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    /// A fixed pseudo-random sequence (SplitMix64).
    fn hash(number: u64) -> u64 {
        let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn of(numbers: impl IntoIterator<Item = u64>) -> Sketch {
        under(1, numbers)
    }

    fn under(key: u32, numbers: impl IntoIterator<Item = u64>) -> Sketch {
        let mut sketch = Sketch::default();
        for number in numbers {
            sketch.insert(KeyNumber(key), hash(number ^ (u64::from(key) << 40)));
        }
        sketch
    }

    #[test]
    fn the_estimate_is_within_three_deviations() {
        assert_eq!(Sketch::default().estimate(), Some(0));
        for count in [1, 2, 3, 4, 5, 10] {
            assert_eq!(of(0..count).estimate(), Some(count), "hardly ever off");
            assert_eq!(of(0..count).at_least(), count);
        }
        for (count, part) in [
            (50_u64, 25),
            (500, 30),
            (5_000, 14),
            (50_000, 14),
            (1_000_000, 14),
        ] {
            let told = of(0..count).estimate().unwrap();
            assert!(of(0..count).at_least() <= count);
            assert!(told.abs_diff(count) * part <= count, "{told} for {count}");
        }
    }

    #[test]
    fn two_networks_with_common_guests_are_not_counted_twice() {
        let (mut piazza, molini) = (of(0..3_000), of(2_000..5_000));
        piazza.merge(&molini);
        assert_eq!(piazza, of(0..5_000));
    }

    #[test]
    fn devices_under_two_keys_may_be_the_same_ones() {
        let (mut lost, again) = (under(7, 0..40), under(3, 0..30));
        lost.merge(&again);
        assert_eq!((lost.estimate(), lost.at_least()), (None, 40), "not 70");
        lost.merge(&under(3, 30..60));
        assert_eq!(lost.at_least(), 60, "of one key they add up");
        let mut many = Sketch::default();
        for key in 1..20 {
            many.merge(&under(key, 0..u64::from(key)));
        }
        assert_eq!((many.0.len(), many.at_least()), (MOST_KEYS, 19));
    }

    proptest! {
        #[test]
        fn joining_is_in_any_order(a in vec(any::<u64>(), 0..90), b in vec(any::<u64>(), 0..90), c in vec(any::<u64>(), 0..90)) {
            let sketch = |hashes: &[u64]| {
                let mut sketch = Sketch::default();
                for hash in hashes {
                    sketch.insert(KeyNumber(u32::try_from(hash % 3).unwrap()), *hash);
                }
                sketch
            };
            let (a, b, c) = (sketch(&a), sketch(&b), sketch(&c));
            let join = |first: &Sketch, second: &Sketch| {
                let mut first = first.clone();
                first.merge(second);
                first
            };
            prop_assert_eq!(join(&a, &b), join(&b, &a));
            prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
            prop_assert_eq!(join(&a, &a), a.clone(), "seeing the same again changes nothing");
            let read: Sketch = serde_json::from_str(&serde_json::to_string(&a).unwrap()).unwrap();
            prop_assert_eq!(read, a);
        }

        #[test]
        fn whatever_is_read_has_an_estimate(registers in vec(any::<u16>(), 0..4_000)) {
            let sketch = Sketch::from(vec![(KeyNumber(1), registers)]);
            prop_assert_eq!(sketch.is_empty(), sketch.estimate() == Some(0));
            prop_assert_eq!(sketch.is_empty(), sketch.at_least() == 0);
        }
    }
}
