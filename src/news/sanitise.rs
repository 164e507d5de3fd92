//! Foreign text → text that can do no harm on a page.

/// One line of at most `most` characters, cut at a word: white space becomes single spaces; control
/// characters and those that turn the direction of writing vanish.
#[must_use]
pub fn line(text: &str, most: usize) -> String {
    let kept: String = text.chars().filter_map(harmless).collect();
    cut(&kept.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// The character, a space for one that ends lines, nothing for one that only deceives.
fn harmless(character: char) -> Option<char> {
    match character {
        // Line and paragraph separators are not control characters.
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        // Embeddings, overrides and isolates (Unicode UAX 9, section 2), zero-width characters, tags.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}' => None,
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => None,
        character if character.is_control() => None,
        character => Some(character),
    }
}

/// At most `most` characters, cut after a word where there is one in the last third.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    let third = kept
        .char_indices()
        .nth(most * 2 / 3)
        .map_or(0, |(index, _)| index);
    let end = kept
        .rfind(' ')
        .filter(|space| *space >= third)
        .unwrap_or(kept.len());
    let kept = kept[..end].trim_end_matches(|character: char| {
        character.is_whitespace() || matches!(character, ',' | ';' | ':' | '.' | '-' | '–')
    });
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_is_one_line_and_cut_at_a_word() {
        assert_eq!(
            line("  Strada\r\n\tchiusa\u{2028}oggi ", 40),
            "Strada chiusa oggi"
        );
        assert_eq!(line("gpj.\u{202e}exe\u{0}\u{200b}", 40), "gpj.exe");
        assert_eq!(line("Allerta per vento forte", 20), "Allerta per vento…");
        assert_eq!(line("Allerta per vento", 17), "Allerta per vento");
        assert_eq!(line(&"a".repeat(30), 10), format!("{}…", "a".repeat(9)));
        assert_eq!(line("abc", 0), "…");
    }
}
