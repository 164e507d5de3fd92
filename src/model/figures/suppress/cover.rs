//! Which parts of a total are not told, so that none of them follows from the rest.
//!
//! A part is a vector of counts that are told or hidden together (page views, grants, sessions of one
//! hour). A part with a count of one to four is hidden: zero tells of nobody. Whoever knows the total
//! and the parts told knows the sum of the hidden ones; so there must be two of them at least, and their
//! sum must be neither small nor such that it can be made up in one way only. Where it is not so, a
//! further part is hidden: the next one in order, since a choice by size would tell of the size.

/// Counts below this are not told.
pub const LEAST: u64 = 5;

/// What is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cover<const N: usize> {
    /// By part.
    pub(super) parts: Vec<bool>,
    /// Whether the total is.
    pub(super) total: bool,
    /// What the hidden parts come to.
    pub(super) region: Region<N>,
}

/// Hidden parts taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region<const N: usize> {
    parts: u64,
    sums: [u64; N],
    /// Parts in which a count is not zero.
    positive: [u64; N],
}

impl<const N: usize> Region<N> {
    pub(super) const EMPTY: Self = Self {
        parts: 0,
        sums: [0; N],
        positive: [0; N],
    };

    fn add(&mut self, part: &[u64; N]) {
        self.parts += 1;
        for ((sum, positive), count) in self.sums.iter_mut().zip(&mut self.positive).zip(part) {
            *sum = sum.saturating_add(*count);
            *positive += u64::from(*count > 0);
        }
    }

    /// Two regions without a told total between them.
    pub(super) fn join(&mut self, other: &Self) {
        self.parts += other.parts;
        for (sum, more) in self.sums.iter_mut().zip(other.sums) {
            *sum = sum.saturating_add(more);
        }
        for (positive, more) in self.positive.iter_mut().zip(other.positive) {
            *positive += more;
        }
    }

    /// Whether its sums may be known.
    pub(super) fn is_safe(&self) -> bool {
        let told = |(sum, positive): (&u64, &u64)| *sum == 0 || leaves_doubt(*sum, *positive);
        self.parts == 0 || (self.parts > 1 && self.sums.iter().zip(&self.positive).all(told))
    }
}

/// Whether so many hidden counts can come to that sum in several ways, each of them by ones to fours as
/// well as others; and to what is not told in several ways too. "All ones" and "all fours" would be one
/// way alone.
const fn leaves_doubt(sum: u64, counts: u64) -> bool {
    let full = counts.saturating_mul(LEAST - 1);
    let is_nearly_full = full.saturating_sub(2) < sum && sum <= full;
    sum >= LEAST && sum >= counts + 2 && !is_nearly_full
}

/// Whether a count tells of so few that it is hidden.
pub(super) const fn is_small(count: u64) -> bool {
    0 < count && count < LEAST
}

/// Decides on the parts of one total. Those `forced` are hidden for a reason of their own.
pub(super) fn decide<const N: usize>(parts: &[[u64; N]], forced: &[bool]) -> Cover<N> {
    let mut hidden: Vec<bool> = parts
        .iter()
        .zip(forced)
        .map(|(part, forced)| *forced || part.iter().any(|count| is_small(*count)))
        .collect();
    let mut region = Region::EMPTY;
    for (part, _) in parts.iter().zip(&hidden).filter(|(_, hidden)| **hidden) {
        region.add(part);
    }
    let first = hidden.iter().position(|hidden| *hidden).unwrap_or(0);
    let (before, after) = (0..first, first..parts.len());
    for place in after.chain(before) {
        if region.is_safe() {
            break;
        }
        let Some((part, hidden)) = parts.get(place).zip(hidden.get_mut(place)) else {
            break;
        };
        if !*hidden && part.iter().any(|count| *count > 0) {
            *hidden = true;
            region.add(part);
        }
    }
    let mut sums = [0_u64; N];
    for part in parts {
        for (sum, count) in sums.iter_mut().zip(part) {
            *sum = sum.saturating_add(*count);
        }
    }
    Cover {
        parts: hidden,
        total: !region.is_safe() || sums.iter().any(|sum| is_small(*sum)),
        region,
    }
}

/// Decides on the total of parts that have been decided on before and stay as they are: it is told only
/// if that gives nothing away of those hidden. `regions` are those of the hidden parts.
pub(super) fn is_total_hidden<const N: usize>(total: &[u64; N], regions: &[Region<N>]) -> bool {
    // Neither the smallest parts may follow, nor what they come to where that was hidden.
    let (mut small, mut large) = (Region::EMPTY, Region::EMPTY);
    for region in regions {
        small.join(region);
        large.add(&region.sums);
    }
    !small.is_safe() || !large.is_safe() || total.iter().any(|sum| is_small(*sum))
}

#[cfg(test)]
mod tests {
    use super::{Region, decide, is_small, is_total_hidden};
    use std::collections::BTreeMap;

    /// What is told of the hours and the day.
    type Told = Vec<Option<u64>>;

    fn publish_day(hours: &[u64]) -> (Told, Region<1>) {
        let parts: Vec<[u64; 1]> = hours.iter().map(|hour| [*hour]).collect();
        let cover = decide(&parts, &vec![false; hours.len()]);
        let mut told: Told = hours
            .iter()
            .zip(&cover.parts)
            .map(|(hour, hidden)| (!hidden).then_some(*hour))
            .collect();
        told.push((!cover.total).then(|| hours.iter().sum()));
        (told, cover.region)
    }

    /// Every table of so many hours with counts up to `most`.
    fn tables(hours: u32, most: u64) -> impl Iterator<Item = Vec<u64>> {
        let count = (most + 1).pow(hours);
        (0..count).map(move |number| {
            (0..hours)
                .map(|place| number / (most + 1).pow(place) % (most + 1))
                .collect()
        })
    }

    /// Someone who knows these rules, and every table that would have been told as this one was, still
    /// does not know any small count in it. Tables near the greatest counts tried are left out, since
    /// those beyond are not among the possible ones.
    fn no_small_count_follows(
        tables: impl Fn() -> Box<dyn Iterator<Item = Vec<u64>>>,
        publish: impl Fn(&[u64]) -> Told,
        cells: impl Fn(&[u64]) -> Vec<u64>,
        inner: u64,
    ) {
        let mut possible: BTreeMap<Told, Vec<Option<u64>>> = BTreeMap::new();
        for table in tables() {
            let seen = possible
                .entry(publish(&table))
                .or_insert_with(|| cells(&table).into_iter().map(Some).collect());
            for (known, cell) in seen.iter_mut().zip(cells(&table)) {
                *known = known.filter(|value| *value == cell);
            }
        }
        let mut hidden = 0;
        for table in tables().filter(|table| table.iter().all(|count| *count <= inner)) {
            let told = publish(&table);
            for ((cell, told_cell), known) in cells(&table).into_iter().zip(&told).zip(&possible[&told]) {
                if is_small(cell) {
                    hidden += 1;
                    assert_eq!(*told_cell, None, "{table:?} told as {told:?}");
                    assert_eq!(*known, None, "{table:?} told as {told:?} gives {cell} away");
                }
            }
        }
        assert!(hidden > 100, "there was something to hide");
    }

    #[test]
    fn whoever_knows_the_rules_computes_no_small_hour() {
        no_small_count_follows(
            || Box::new(tables(4, 14)),
            |table| publish_day(table).0,
            |table| [table, &[table.iter().sum()]].concat(),
            8,
        );
    }

    #[test]
    fn nor_from_the_total_of_days_told_before() {
        let publish = |table: &[u64]| -> Told {
            let (mut told, mut regions) = (Vec::new(), Vec::new());
            for hours in table.chunks(2) {
                let (day, region) = publish_day(hours);
                if day.last().is_some_and(Option::is_none) {
                    regions.push(region);
                }
                told.extend(day);
            }
            let total = table.iter().sum();
            told.push((!is_total_hidden(&[total], &regions)).then_some(total));
            told
        };
        let cells = |table: &[u64]| {
            let days = table
                .chunks(2)
                .flat_map(|day| [day, &[day.iter().sum()]].concat());
            days.chain([table.iter().sum()]).collect()
        };
        no_small_count_follows(|| Box::new(tables(6, 7)), publish, cells, 5);
    }

    #[test]
    fn a_total_is_told_where_hidden_parts_are_many_or_large() {
        for (hours, told) in [
            (vec![20, 3, 30], vec![Some(20), None, None, Some(53)]),
            (vec![20, 3, 0, 2], vec![Some(20), None, Some(0), None, Some(25)]),
            (vec![2, 1], vec![None, None, None]),
            (vec![1, 1, 1, 1, 1], vec![None; 6]),
            (vec![0, 0], vec![Some(0), Some(0), Some(0)]),
        ] {
            assert_eq!(publish_day(&hours).0, told, "{hours:?}");
        }
    }
}
