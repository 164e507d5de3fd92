//! Which parts of a total are not told, so that none of them follows from the rest.
//!
//! A part is a vector of counts that are told or hidden together (page views, grants, sessions of one
//! hour), each with the number of people behind it. A part in which a count is of one to four people is
//! hidden, however great the count: zero tells of nobody. Whoever knows the total and the parts told
//! knows the sum of the hidden ones. So there must be two of them at least, one of them of five people
//! or more (people of several parts may be the same ones, so small parts never add up to many), and
//! their sum must be such that it can be made up in several ways. Where it is not so, a further part is
//! hidden: the next one in order, since a choice by size would tell of the size. Where nothing is left
//! to tell, the people of the whole count: then there is nothing to subtract from the total. Where not
//! even the total is told, no part is, not even a zero.

/// Figures of fewer people are not told.
pub const LEAST: u64 = 5;

/// Counts, and how many people are behind each, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<const N: usize> {
    pub(super) counts: [u64; N],
    pub(super) people: [u64; N],
}

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
    /// The most people behind a count of one part.
    people: [u64; N],
    /// Whether something else is told, so that these are not all.
    is_rest: bool,
}

impl<const N: usize> Part<N> {
    /// Whether something in it is of so few that it is hidden.
    pub(super) fn is_small(&self) -> bool {
        self.each().any(|(count, people)| is_small(count, people))
    }

    fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| *count == 0)
    }

    fn each(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counts.into_iter().zip(self.people)
    }
}

impl<const N: usize> Region<N> {
    pub(super) const EMPTY: Self = Self {
        parts: 0,
        sums: [0; N],
        positive: [0; N],
        people: [0; N],
        is_rest: false,
    };

    fn add(&mut self, part: &Part<N>) {
        self.parts += 1;
        for (place, (count, people)) in part.each().enumerate() {
            self.sums[place] = self.sums[place].saturating_add(count);
            self.positive[place] += u64::from(count > 0);
            self.people[place] = self.people[place].max(people);
        }
    }

    /// Two regions without a told total between them.
    pub(super) fn join(&mut self, other: &Self) {
        self.parts += other.parts;
        for place in 0..N {
            self.sums[place] = self.sums[place].saturating_add(other.sums[place]);
            self.positive[place] += other.positive[place];
            self.people[place] = self.people[place].max(other.people[place]);
        }
        self.is_rest |= other.is_rest;
    }

    /// Whether its sums may be known. `whole` are the people of the total, who count where nothing else
    /// is told.
    pub(super) fn is_safe(&self, whole: &[u64; N]) -> bool {
        let may_be_known = |place: usize| {
            let (sum, positive) = (self.sums[place], self.positive[place]);
            sum == 0
                || if self.people[place] >= LEAST {
                    // One of five at least, the others of one at least, and one to spare.
                    sum >= LEAST + positive
                } else {
                    !self.is_rest && whole[place] >= LEAST && sum >= positive + 2
                }
        };
        self.parts == 0 || (self.parts > 1 && (0..N).all(may_be_known))
    }
}

/// Whether a count tells of so few people that it is hidden.
pub(super) const fn is_small(count: u64, people: u64) -> bool {
    count > 0 && (count < LEAST || people < LEAST)
}

/// Decides on the parts of one total. Those `forced` are hidden for a reason of their own; `whole` are
/// the people behind the total, where that is known of them.
pub(super) fn decide<const N: usize>(parts: &[Part<N>], forced: &[bool], whole: &[u64; N]) -> Cover<N> {
    let hidden = parts.iter().zip(forced);
    let mut hidden: Vec<bool> = hidden.map(|(part, forced)| *forced || part.is_small()).collect();
    let mut region = Region::EMPTY;
    for (part, _) in parts.iter().zip(&hidden).filter(|(_, hidden)| **hidden) {
        region.add(part);
    }
    let told = parts.iter().zip(&hidden);
    let mut told = told
        .filter(|(part, hidden)| !**hidden && !part.is_empty())
        .count();
    region.is_rest = told > 0;
    let first = hidden.iter().position(|hidden| *hidden).unwrap_or(0);
    let (before, after) = (0..first, first..parts.len());
    for place in after.chain(before) {
        if region.is_safe(whole) {
            break;
        }
        let Some((part, hidden)) = parts.get(place).zip(hidden.get_mut(place)) else {
            break;
        };
        if !*hidden && !part.is_empty() {
            *hidden = true;
            region.add(part);
            told -= 1;
            region.is_rest = told > 0;
        }
    }
    let mut sum = Region::EMPTY;
    for part in parts {
        sum.add(part);
    }
    let total = !region.is_safe(whole) || sum.is_small(whole);
    if total {
        // Nothing at all: beside the total of few people a zero would tell when they were not there.
        hidden.fill(true);
        region = sum;
    }
    Cover {
        parts: hidden,
        total,
        region,
    }
}

impl<const N: usize> Region<N> {
    /// Whether a sum of it is of few people.
    fn is_small(&self, whole: &[u64; N]) -> bool {
        (0..N).any(|place| is_small(self.sums[place], self.people[place].max(whole[place])))
    }
}

/// Decides on the total of parts that have been decided on before and stay as they are: it is told only
/// if that gives nothing away of those hidden. `regions` are those of the hidden parts with the people of
/// each; `rest` is whether anything else is told.
pub(super) fn is_total_hidden<const N: usize>(
    total: &Part<N>,
    regions: &[(Region<N>, [u64; N])],
    is_rest: bool,
) -> bool {
    // Neither the smallest parts may follow, nor what they come to where that was hidden.
    let (mut small, mut large) = (Region::EMPTY, Region::EMPTY);
    for (region, people) in regions {
        small.join(region);
        let mut part = Part {
            counts: region.sums,
            people: *people,
        };
        for (people, more) in part.people.iter_mut().zip(region.people) {
            *people = more.max(*people);
        }
        large.add(&part);
    }
    large.is_rest = is_rest;
    small.is_rest |= is_rest;
    !small.is_safe(&total.people) || !large.is_safe(&total.people) || total.is_small()
}

#[cfg(test)]
mod tests {
    use super::{LEAST, Part, Region, decide, is_total_hidden};
    use std::collections::HashMap;

    /// What is told of each hour, of the day, and of longer times after their parts.
    type Told = Vec<Option<u64>>;

    /// How often something happened in an hour, and how many people were behind it.
    type Cell = (u64, u64);

    /// A day: its hours, and how many people were behind all of them.
    #[derive(Debug, Clone)]
    struct Day {
        hours: Vec<Cell>,
        people: u64,
    }

    const fn part((count, people): Cell) -> Part<1> {
        Part {
            counts: [count],
            people: [people],
        }
    }

    impl Day {
        fn sum(&self) -> u64 {
            self.hours.iter().map(|(count, _)| count).sum()
        }

        /// What is told of it, what is hidden, and whether anything is told.
        fn publish(&self) -> (Told, Region<1>, bool) {
            let parts: Vec<Part<1>> = self.hours.iter().copied().map(part).collect();
            let cover = decide(&parts, &vec![false; parts.len()], &[self.people]);
            let hours = self.hours.iter().zip(&cover.parts);
            let mut told: Told = hours
                .map(|((count, _), hidden)| (!hidden).then_some(*count))
                .collect();
            told.push((!cover.total).then(|| self.sum()));
            (told, cover.region, !cover.total && self.sum() > 0)
        }

        /// Its counts, and of how many people each is.
        fn cells(&self) -> Vec<Cell> {
            [self.hours.as_slice(), &[(self.sum(), self.people)]].concat()
        }
    }

    /// Every hour with counts up to `most`: of five people it does not matter how many more they are.
    fn hours(most: u64) -> Vec<Cell> {
        let some = (1..=most).flat_map(|count| (1..=count.min(LEAST)).map(move |people| (count, people)));
        std::iter::once((0, 0)).chain(some).collect()
    }

    /// How many people can be behind a sum: the same ones, or all different ones.
    fn together(parts: impl Iterator<Item = u64> + Clone) -> Vec<u64> {
        let (same, different) = (parts.clone().max().unwrap_or(0), parts.sum::<u64>());
        let mut all = vec![same, different.min(LEAST).max(same)];
        all.dedup();
        all
    }

    /// Every day of so many hours with counts up to `most`.
    fn days(count: u32, most: u64) -> Vec<Day> {
        let hours = hours(most);
        let mut days = Vec::new();
        for number in 0..hours.len().pow(count) {
            let hours: Vec<Cell> = (0..count)
                .map(|place| hours[number / hours.len().pow(place) % hours.len()])
                .collect();
            for people in together(hours.iter().map(|(_, people)| *people)) {
                days.push(Day {
                    hours: hours.clone(),
                    people,
                });
            }
        }
        days
    }

    /// Someone who knows these rules, and everything that would have been told as this was, still knows
    /// no count that is of fewer than five people. What is near the greatest counts tried is left out,
    /// since what is beyond is not among the possible.
    fn no_count_of_few_follows<T>(
        all: &[T],
        publish: impl Fn(&T) -> Told,
        cells: impl Fn(&T) -> Vec<Cell>,
        inner: u64,
    ) where
        T: std::fmt::Debug,
    {
        let mut possible: HashMap<Told, Vec<Option<u64>>> = HashMap::new();
        for world in all {
            let cells = cells(world);
            let known = possible
                .entry(publish(world))
                .or_insert_with(|| cells.iter().map(|(count, _)| Some(*count)).collect());
            for (known, (count, _)) in known.iter_mut().zip(cells) {
                *known = known.filter(|value| *value == count);
            }
        }
        let (mut hidden, mut told_totals) = (0, 0);
        for world in all {
            let cells = cells(world);
            let told = publish(world);
            told_totals += usize::from(told.last().is_some_and(Option::is_some));
            for (((count, people), told_cell), known) in cells.iter().zip(&told).zip(&possible[&told]) {
                if *count > 0 && *people < LEAST {
                    hidden += 1;
                    assert_eq!(*told_cell, None, "{world:?} told as {told:?}");
                    let edge = cells
                        .iter()
                        .any(|(count, people)| *count > inner && *people <= *count);
                    assert!(
                        edge || known.is_none(),
                        "{world:?} told as {told:?} gives {count} away"
                    );
                }
            }
        }
        assert!(
            hidden > 100 && told_totals > 100,
            "there was something to hide and to tell"
        );
    }

    #[test]
    fn whoever_knows_the_rules_computes_no_hour_of_few() {
        let publish = |day: &Day| day.publish().0;
        no_count_of_few_follows(&days(3, 9), publish, Day::cells, 16);
    }

    /// Days that were told before, and then the total of them.
    fn publish_all((days, people): &(Vec<Day>, u64)) -> Told {
        let (mut told, mut regions, mut is_rest, mut most) = (Vec::new(), Vec::new(), false, 0);
        for day in days {
            let (cells, region, is_told) = day.publish();
            if cells.last().is_some_and(Option::is_none) {
                regions.push((region, [day.people]));
            }
            is_rest |= is_told;
            most = day.hours.iter().fold(most, |most, (_, people)| most.max(*people));
            told.extend(cells);
        }
        let total = days.iter().map(Day::sum).sum();
        let total_part = part((total, most.max(*people)));
        told.push((!is_total_hidden(&total_part, &regions, is_rest)).then_some(total));
        told
    }

    fn cells_of_all((days, people): &(Vec<Day>, u64)) -> Vec<Cell> {
        let cells: Vec<Cell> = days.iter().flat_map(Day::cells).collect();
        let sum = days.iter().map(Day::sum).sum();
        [cells.as_slice(), &[(sum, *people)]].concat()
    }

    fn months(days: &[Day], count: u32) -> Vec<(Vec<Day>, u64)> {
        let mut months = Vec::new();
        for number in 0..days.len().pow(count) {
            let chosen: Vec<Day> = (0..count)
                .map(|place| days[number / days.len().pow(place) % days.len()].clone())
                .collect();
            for people in together(chosen.iter().map(|day| day.people)) {
                months.push((chosen.clone(), people));
            }
        }
        months
    }

    #[test]
    fn nor_from_the_total_of_days_told_before() {
        no_count_of_few_follows(&months(&days(1, 8), 3), publish_all, cells_of_all, 12);
        no_count_of_few_follows(&months(&days(2, 4), 2), publish_all, cells_of_all, 5);
    }

    #[test]
    fn a_total_is_told_where_it_leaves_five_people_over() {
        let all = |hours: &[Cell], people| {
            Day {
                hours: hours.to_vec(),
                people,
            }
            .publish()
            .0
        };
        assert_eq!(
            all(&[(20, 9), (3, 3), (30, 9)], 20),
            [Some(20), None, None, Some(53)]
        );
        assert_eq!(
            all(&[(20, 9), (3, 3), (0, 0), (30, 9)], 20),
            [Some(20), None, Some(0), None, Some(53)]
        );
        assert_eq!(all(&[(2, 2), (1, 1)], 3), [None; 3]);
        assert_eq!(all(&[(0, 0), (0, 0)], 0), [Some(0); 3]);
        // Small hours of five people in all, and of one and the same.
        let small = [(2, 2), (3, 2), (4, 3)];
        assert_eq!(all(&small, 5), [None, None, None, Some(9)]);
        assert_eq!(all(&small, 3), [None; 4]);
        let five_taps = [(5, 1); 5];
        assert_eq!(all(&five_taps, 1), [None; 6]);
        assert_eq!(all(&[(5, 1), (9, 9)], 9), [None, None, Some(14)]);
    }
}
