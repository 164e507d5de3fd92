//! How much of a password is no guess: what everybody tries first counts for one character each.
//!
//! A list of whole passwords would have to be long and would still miss `Password2026!!`. So a password is
//! taken apart into the fewest pieces: a word of the list, a run (`1234`, `qwer`, `aaaa`), a year, what stood
//! there before, or a single character. Passwords on the lists of what is tried first come apart into a few.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words of which people make passwords, of Italian, English and of this trade, in lower case; made here.
static WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("words.txt").split_whitespace().collect());
/// Runs on keyboards, and the alphabet; each is a run backwards too.
const ROWS: [&str; 10] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "147258369",
    "!\"£$%&/()=",
    "!@#$%^&*()",
];
/// Shortest run, in characters.
const RUN: usize = 3;
/// Longest word.
const WORD: usize = 16;

/// Into how many pieces a password comes apart; `known` are words of its owner, as the name.
pub(super) fn pieces(password: &str, known: &[&str]) -> usize {
    let plain: Vec<char> = password.to_lowercase().chars().collect();
    let folded: Vec<char> = plain.iter().copied().map(fold).collect();
    let known: Vec<String> = known.iter().map(|word| word.to_lowercase()).collect();
    let known: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|word| word.len() >= RUN)
        .collect();
    // The fewest pieces up to each place.
    let mut fewest = vec![0; plain.len() + 1];
    for end in 1..=plain.len() {
        fewest[end] = fewest[end - 1] + 1;
        for start in (0..end.saturating_sub(1)).rev() {
            if fewest[start] + 1 < fewest[end] && is_piece(&plain, &folded, (start, end), &known) {
                fewest[end] = fewest[start] + 1;
            }
        }
    }
    fewest[plain.len()]
}

fn is_piece(plain: &[char], folded: &[char], (start, end): (usize, usize), known: &[&str]) -> bool {
    let piece = &plain[start..end];
    let is_word = |of: &[char]| {
        let word: String = of.iter().collect();
        of.len() >= RUN
            && ((of.len() <= WORD && WORDS.contains(word.as_str())) || known.contains(&word.as_str()))
    };
    is_run(piece)
        || is_year(piece)
        || is_word(piece)
        || is_word(&folded[start..end])
        || (piece.len() >= RUN && plain[..start].windows(piece.len()).any(|before| before == piece))
}

fn is_run(piece: &[char]) -> bool {
    if piece.len() < RUN {
        return false;
    }
    let forward: String = piece.iter().collect();
    let backward: String = piece.iter().rev().collect();
    piece.iter().all(|sign| *sign == piece[0])
        || ROWS
            .iter()
            .any(|row| row.contains(&forward) || row.contains(&backward))
}

fn is_year(piece: &[char]) -> bool {
    let text: String = piece.iter().collect();
    text.len() == 4 && text.parse().is_ok_and(|year: u16| (1800..2100).contains(&year))
}

/// The letter that a sign stands for in passwords.
const fn fold(sign: char) -> char {
    match sign {
        '0' | 'ò' => 'o',
        '1' | '!' | 'ì' => 'i',
        '3' | '€' | 'è' | 'é' => 'e',
        '4' | '@' | 'à' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        'ù' => 'u',
        sign => sign,
    }
}

#[cfg(test)]
mod tests {
    use super::{WORDS, pieces};

    #[test]
    fn what_everybody_tries_comes_apart_into_little() {
        for (password, most) in [
            ("Password1234", 2),
            ("P@ssw0rd2026!!", 4),
            ("123456789012", 2),
            ("qwertyuiop12345", 2),
            ("ciaociaociao", 3),
            ("aaaaaaaaaaaaaaaa", 1),
            ("Juventus1897!", 3),
            ("forzamilan2026", 3),
            ("comunedibusto1", 5),
            ("poiuytrewq987", 2),
            ("AnnaRossi2026", 3),
        ] {
            let found = pieces(password, &["anna", "rossi"]);
            assert!(found <= most, "{password}: {found}");
        }
    }

    #[test]
    fn what_is_chance_stays_whole() {
        assert_eq!(pieces("", &[]), 0);
        assert_eq!(pieces("xk2#vq9!mzt7", &[]), 12);
        assert!(pieces("tram giallo zaino nuvola", &[]) > 12);
        assert!(
            WORDS
                .iter()
                .all(|word| word.len() >= 3 && *word == word.to_lowercase())
        );
        assert!(WORDS.len() > 300, "{}", WORDS.len());
    }
}
