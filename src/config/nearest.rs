//! What somebody meant who has misspelt a word.

use super::words::{Words, words};

/// The hint that names what was probably meant.
pub(super) fn meant(near: &str) -> Words {
    words!("did you mean {near:?}?", "si intendeva {near:?}?")
}

/// The candidate that differs least from a misspelt word, if it is close enough to be meant.
pub(super) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let close_enough = (word.chars().count() / 3).max(1);
    candidates
        .map(|candidate| {
            (
                distance(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= close_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edit distance: insertions, deletions, replacements and swaps of neighbours (optimal string
/// alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().take(64).collect();
    let right: Vec<char> = right.chars().take(64).collect();
    let mut older: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in right.iter().enumerate() {
            let replaced = above[j] + usize::from(from != to);
            let mut best = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == right[j - 1] && left[i - 1] == *to {
                best = best.min(older[j - 1] + 1);
            }
            row.push(best);
        }
        older = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_slip_of_the_finger_is_close_and_another_word_is_not() {
        assert_eq!(distance("uplink", "upilnk"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("blocked", "block"), 2);
        let keys = ["uplink", "masquerade", "user"];
        assert_eq!(nearest("upilnk", keys.into_iter()), Some("uplink"));
        assert_eq!(nearest("Masquerad", keys.into_iter()), Some("masquerade"));
        assert_eq!(nearest("colour", keys.into_iter()), None);
    }
}
