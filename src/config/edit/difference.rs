//! Two texts, line by line.

/// Most pairs of lines that are compared: beyond that everything in between counts as replaced.
const MOST_PAIRS: usize = 4_000_000;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It stands in both.
    Same,
    /// It stands in the former one alone.
    Gone,
    /// It stands in the new one alone.
    New,
}

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'t> {
    /// What became of it.
    pub sign: Sign,
    /// Its number in the new text, in the former one if it is gone; counted from 1.
    pub number: usize,
    /// Without its end.
    pub text: &'t str,
}

/// The places where two texts differ, each with up to `around` lines before and after it that are the same;
/// none when they are equal. Lines that differ by their ends alone differ.
#[must_use]
pub fn difference<'t>(former: &'t str, new: &'t str, around: usize) -> Vec<Vec<Line<'t>>> {
    let lines = compare(former, new);
    let is_shown = |index: usize| {
        let near = lines.iter().skip(index.saturating_sub(around));
        let window = index.min(around) + around + 1;
        near.take(window).any(|line| line.sign != Sign::Same)
    };
    let mut hunks: Vec<Vec<Line<'t>>> = Vec::new();
    let mut is_open = false;
    for (index, line) in lines.iter().enumerate() {
        let shown = is_shown(index);
        if shown && !is_open {
            hunks.push(Vec::new());
        }
        if let Some(hunk) = hunks.last_mut().filter(|_| shown) {
            let text = line.text.trim_end_matches(['\n', '\r']);
            hunk.push(Line { text, ..*line });
        }
        is_open = shown;
    }
    hunks
}

fn compare<'t>(former: &'t str, new: &'t str) -> Vec<Line<'t>> {
    let old: Vec<&str> = former.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - head;
    let both = old.iter().rev().zip(new.iter().rev()).take(rest);
    let tail = both.take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);

    let line = |sign, number: usize, text| Line { sign, number, text };
    let mut lines: Vec<Line<'t>> = Vec::new();
    for (index, text) in new.iter().take(head).enumerate() {
        lines.push(line(Sign::Same, index + 1, *text));
    }
    for (sign, index) in script(&old[head..old_end], &new[head..new_end]) {
        let number = head + index;
        let text = if sign == Sign::Gone {
            old[number]
        } else {
            new[number]
        };
        lines.push(line(sign, number + 1, text));
    }
    for (index, text) in new.iter().enumerate().skip(new_end) {
        lines.push(line(Sign::Same, index + 1, *text));
    }
    lines
}

/// What leads from one to the other, with as much kept as can be: the longest common subsequence. What is gone is
/// told by its place in the old one, all else by that in the new one.
pub(super) fn script<T: PartialEq>(old: &[T], new: &[T]) -> Vec<(Sign, usize)> {
    let gone = |index: usize| (Sign::Gone, index);
    let fresh = |index: usize| (Sign::New, index);
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        return (0..old.len())
            .map(gone)
            .chain((0..new.len()).map(fresh))
            .collect();
    }
    // common[i][j]: how many lines old[i..] and new[j..] can keep.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut steps = Vec::new();
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            steps.push((Sign::Same, j));
            (i, j) = (i + 1, j + 1);
        } else if common[i + 1][j] >= common[i][j + 1] {
            steps.push(gone(i));
            i += 1;
        } else {
            steps.push(fresh(j));
            j += 1;
        }
    }
    steps.extend((i..old.len()).map(gone));
    steps.extend((j..new.len()).map(fresh));
    steps
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::{Sign, compare, difference};

    fn shown(former: &str, new: &str) -> String {
        let mut text = String::new();
        for hunk in difference(former, new, 1) {
            text.push_str("@\n");
            for line in hunk {
                let sign = match line.sign {
                    Sign::Same => ' ',
                    Sign::Gone => '-',
                    Sign::New => '+',
                };
                writeln!(text, "{sign}{} {}", line.number, line.text).unwrap();
            }
        }
        text
    }

    #[test]
    fn what_changed_is_shown_with_what_is_around_it() {
        let former = "a\nb\nc\nd\ne\nf\ng\n";
        assert_eq!(
            shown(former, "a\nB\nc\nd\ne\nf\nnew\ng\n"),
            "@\n 1 a\n-2 b\n+2 B\n 3 c\n@\n 6 f\n+7 new\n 8 g\n"
        );
        assert_eq!(shown(former, former), "");
        assert_eq!(shown("", "a"), "@\n+1 a\n");
        assert_eq!(shown("a\r\n", "a\n"), "@\n-1 a\n+1 a\n");
    }

    proptest! {
        #[test]
        fn both_texts_can_be_told_from_it(former in "[ab\n]{0,40}", new in "[ab\n]{0,40}") {
            let lines = compare(&former, &new);
            let told = |without: Sign| -> String {
                lines.iter().filter(|line| line.sign != without).map(|line| line.text).collect()
            };
            prop_assert_eq!(told(Sign::New), former.as_str());
            prop_assert_eq!(told(Sign::Gone), new.as_str());
        }
    }
}
