//! Two periods beside each other. What is told of one of them in part alone is not compared: the difference
//! would be one of what was hidden.

use super::pen::{Pen, SILENT};
use super::told::Told;
use crate::model::figures::suppress::AtLeast;

/// A line of the comparison.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) now: String,
    pub(super) before: String,
    pub(super) difference: String,
    pub(super) per_cent: String,
}

/// A figure and how it is written.
type Write = fn(Pen, u64) -> String;
type Read = fn(&Told) -> Option<AtLeast>;

const FIGURES: [(&str, Read, Write); 9] = [
    ("figures-views", |told| Some(told.views), Pen::count),
    ("figures-sessions", |told| Some(told.sessions), Pen::count),
    ("figures-returning", |told| Some(told.returning), Pen::count),
    ("figures-devices", |told| told.devices, Pen::count),
    ("figures-peak", |told| told.peak.map(AtLeast::exactly), Pen::count),
    ("figures-down", |told| Some(told.down), Pen::bytes),
    ("figures-up", |told| Some(told.up), Pen::bytes),
    (
        "figures-out",
        |told| (told.observed > 0).then(|| AtLeast::exactly(told.outages.total())),
        Pen::time,
    ),
    (
        "figures-lost",
        |told| (told.observed > 0).then(|| AtLeast::exactly(told.lost_days)),
        Pen::count,
    ),
];

/// All lines.
pub(super) fn lines(now: Option<&Told>, before: Option<&Told>, pen: Pen) -> Vec<Line> {
    let lines = FIGURES.into_iter().map(|(key, read, write)| {
        let [now, before] = [now, before].map(|told| told.and_then(read));
        let written = |sum: Option<AtLeast>| {
            sum.map_or_else(
                || SILENT.to_owned(),
                |sum| pen.at_least(sum, |value| write(pen, value)),
            )
        };
        let whole = |sum: Option<AtLeast>| sum.filter(|sum| !sum.is_partial).map(|sum| sum.value);
        let both = whole(now).zip(whole(before));
        let [difference, per_cent] = both.map_or_else(
            || [SILENT, SILENT].map(str::to_owned),
            |(now, before)| differ(now, before, &|value| write(pen, value), pen),
        );
        Line {
            name: pen.0.say(key),
            now: written(now),
            before: written(before),
            difference,
            per_cent,
        }
    });
    lines.collect()
}

/// The difference, and what it is of what was before.
fn differ(now: u64, before: u64, write: &dyn Fn(u64) -> String, pen: Pen) -> [String; 2] {
    let sign = match now.cmp(&before) {
        std::cmp::Ordering::Less => "−",
        std::cmp::Ordering::Equal => "",
        std::cmp::Ordering::Greater => "+",
    };
    let difference = now.abs_diff(before);
    let share = u128::from(difference) * 1_000 + u128::from(before / 2);
    let per_mille = share
        .checked_div(u128::from(before))
        .and_then(|share| u64::try_from(share).ok());
    [
        format!("{sign}{}", write(difference)),
        per_mille.map_or_else(
            || SILENT.to_owned(),
            |share| format!("{sign}{}", pen.per_cent(share)),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::differ;
    use crate::dashboard::figures::pen::{Pen, SILENT};
    use crate::dashboard::words::Tongue;

    #[test]
    fn differences_are_told_absolutely_and_in_per_cent() {
        let pen = Pen(Tongue::En);
        let told = |now, before| differ(now, before, &|value| pen.count(value), pen);
        assert_eq!(told(1_500, 1_000), ["+500", "+50.0 %"]);
        assert_eq!(told(0, 3), ["−3", "−100.0 %"]);
        assert_eq!(told(2, 3), ["−1", "−33.3 %"]);
        assert_eq!(told(7, 7), ["0", "0.0 %"]);
        assert_eq!(told(7, 0), ["+7", SILENT]);
        assert_eq!(told(u64::MAX, 1)[1], SILENT, "beyond what can be written");
    }
}
