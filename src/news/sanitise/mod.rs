//! Foreign text → text that can do no harm on a page.
//!
//! Nothing of the markup survives but what [`Block`] and [`Inline`] can say, so
//! there is no list of what is forbidden that could be incomplete.

mod html;

use url::Url;

use crate::model::{Block, Inline};

/// Longest text of an item, characters.
pub const MOST_BODY: usize = 8_000;
/// Longest address of a link, bytes.
pub const MOST_LINK: usize = 2_048;

/// One line of at most `most` characters, cut at a word: white space becomes single spaces; control
/// characters and those that turn the direction of writing vanish.
#[must_use]
pub fn line(text: &str, most: usize) -> String {
    let kept: String = text.chars().filter_map(harmless).collect();
    cut(&kept.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

/// HTML as blocks: at most [`MOST_BODY`] characters. Links are resolved against `base`, and only those
/// to `http` and `https` stay.
#[must_use]
pub fn blocks(html: &str, base: Option<&Url>) -> Vec<Block> {
    html::read(html, base, MOST_BODY)
}

/// The address of the first picture of a text, and what it says that it shows.
#[must_use]
pub fn picture(html: &str, base: Option<&Url>) -> Option<(String, String)> {
    html::picture(html, base)
}

/// HTML as one [`line()`].
#[must_use]
pub fn plain(html: &str, most: usize) -> String {
    // Twice as much, so that `line` still sees that there was more.
    let blocks = html::read(html, None, most.saturating_mul(2));
    line(&words(&blocks), most)
}

/// Text without markup as blocks: a paragraph for each line.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<Block> {
    let mut left = MOST_BODY;
    let mut blocks = Vec::new();
    for text in text.lines() {
        let text = line(text, left);
        if text.is_empty() {
            continue;
        }
        left = left.saturating_sub(text.chars().count());
        blocks.push(Block::Paragraph(vec![Inline::Text(text)]));
        if left == 0 || blocks.len() == html::MOST_BLOCKS {
            break;
        }
    }
    blocks
}

/// The text of blocks, without their form.
#[must_use]
pub fn words(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        match block {
            Block::Heading(heading) => text.push_str(heading),
            Block::Paragraph(run) => push_words(&mut text, run),
            Block::List(entries) => {
                for entry in entries {
                    push_words(&mut text, entry);
                    text.push(' ');
                }
            }
        }
        text.push(' ');
    }
    text
}

fn push_words(text: &mut String, run: &[Inline]) {
    for inline in run {
        let (Inline::Text(words)
        | Inline::Strong(words)
        | Inline::Emphasis(words)
        | Inline::Link { text: words, .. }) = inline;
        text.push_str(words);
    }
}

/// An address that a page may link to: `http` or `https`, with a host, without a user's name before it
/// (which only ever deceives), relative ones resolved against `base`.
#[must_use]
pub fn link(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if href.len() > MOST_LINK {
        return None;
    }
    let url = match base {
        Some(base) => base.join(href),
        None => Url::parse(href),
    }
    .ok()?;
    let harmless = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= MOST_LINK;
    harmless.then(|| url.into())
}

/// The character, a space for one that ends lines, nothing for one that only deceives.
fn harmless(character: char) -> Option<char> {
    match character {
        // Line and paragraph separators are not control characters.
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        // Embeddings, overrides and isolates (Unicode UAX 9, section 2), zero-width characters, tags.
        '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{200b}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => None,
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
mod tests;
