//! HTML → blocks, token by token. There is no tree, so nothing can nest too deep.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use url::Url;

use super::{harmless, link};
use crate::model::{Block, Inline};

/// Most blocks of a text, and most entries of a list.
pub(super) const MOST_BLOCKS: usize = 200;
/// Longest markup that is looked at, bytes.
const MOST_MARKUP: usize = 256 << 10;

/// Elements that vanish with all that is in them.
const VANISH: [&[u8]; 25] = [
    b"applet",
    b"audio",
    b"button",
    b"canvas",
    b"datalist",
    b"form",
    b"frameset",
    b"head",
    b"iframe",
    b"map",
    b"math",
    b"noembed",
    b"noframes",
    b"noscript",
    b"object",
    b"plaintext",
    b"script",
    b"select",
    b"style",
    b"svg",
    b"template",
    b"textarea",
    b"title",
    b"video",
    b"xmp",
];
/// Elements that end a paragraph where they begin and where they end.
const BREAK: [&[u8]; 29] = [
    b"address",
    b"article",
    b"aside",
    b"blockquote",
    b"br",
    b"caption",
    b"center",
    b"dd",
    b"details",
    b"dir",
    b"div",
    b"dl",
    b"dt",
    b"fieldset",
    b"figcaption",
    b"figure",
    b"footer",
    b"header",
    b"hr",
    b"main",
    b"nav",
    b"p",
    b"pre",
    b"section",
    b"summary",
    b"table",
    b"tbody",
    b"thead",
    b"tr",
];

/// Reads at most `most` characters of text.
pub(super) fn read(html: &str, base: Option<&Url>, most: usize) -> Vec<Block> {
    let mut builder = Builder::new(base, most);
    for token in tokens(html) {
        match token {
            Token::StartTag(tag) => builder.open(&tag),
            Token::EndTag(tag) => builder.close(&tag.name),
            Token::String(text) => builder.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
        if builder.is_full() {
            break;
        }
    }
    builder.finish()
}

/// The first picture with an address; not the points that count readers.
pub(super) fn picture(html: &str, base: Option<&Url>) -> Option<(String, String)> {
    tokens(html).find_map(|token| {
        let Token::StartTag(tag) = token else {
            return None;
        };
        let value = |name: &[u8]| {
            let value = tag.attributes.get(name);
            value.map(|value| String::from_utf8_lossy(value).into_owned())
        };
        let is_point =
            |name: &[u8]| value(name).is_some_and(|pixels| matches!(pixels.trim(), "0" | "1" | "2"));
        if *tag.name != *b"img".as_slice() || is_point(b"width") || is_point(b"height") {
            return None;
        }
        let address = link(&value(b"src")?, base)?;
        Some((address, value(b"alt").unwrap_or_default()))
    })
}

fn tokens(html: &str) -> impl Iterator<Item = Token<()>> {
    let mut end = html.len().min(MOST_MARKUP);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let mut emitter = DefaultEmitter::default();
    // Without a tree the tokenizer must be told that a script's text is no markup.
    emitter.naively_switch_states(true);
    // Reading from memory cannot fail.
    Tokenizer::new_with_emitter(&html[..end], emitter).map(|Ok(token)| token)
}

/// The text so far.
struct Builder<'a> {
    base: Option<&'a Url>,
    /// Characters that may still come.
    left: usize,
    blocks: Vec<Block>,
    /// The element that vanishes, and how often it has been opened inside itself.
    vanishing: Option<(Vec<u8>, usize)>,
    /// The list that is open, and how many are open inside each other: they become one.
    list: Option<(Vec<Vec<Inline>>, usize)>,
    heading: bool,
    strong: usize,
    emphasis: usize,
    href: Option<String>,
    /// The paragraph so far, and the text after its last mark.
    run: Vec<Inline>,
    words: String,
    /// Whether a space would follow another, or nothing.
    spaced: bool,
}

impl<'a> Builder<'a> {
    fn new(base: Option<&'a Url>, most: usize) -> Self {
        Self {
            base,
            left: most,
            blocks: Vec::new(),
            vanishing: None,
            list: None,
            heading: false,
            strong: 0,
            emphasis: 0,
            href: None,
            run: Vec::new(),
            words: String::new(),
            spaced: true,
        }
    }

    fn is_full(&self) -> bool {
        self.left == 0 || self.blocks.len() >= MOST_BLOCKS
    }

    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        if let Some((vanishing, depth)) = &mut self.vanishing {
            if vanishing == name {
                *depth += 1;
            }
            return;
        }
        match name {
            b"b" | b"strong" => self.mark(|builder| builder.strong += 1),
            b"i" | b"em" | b"cite" => self.mark(|builder| builder.emphasis += 1),
            b"a" => {
                let href = tag.attributes.get(b"href".as_slice());
                let href = href.and_then(|href| link(&String::from_utf8_lossy(href), self.base));
                self.mark(|builder| builder.href = href);
            }
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                self.end_paragraph();
                self.heading = true;
            }
            b"ul" | b"ol" | b"menu" => self.open_list(),
            b"li" => self.end_entry(),
            b"td" | b"th" => self.text(" "),
            name if VANISH.contains(&name) => self.vanishing = Some((name.to_vec(), 1)),
            name if BREAK.contains(&name) => self.end_paragraph(),
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some((vanishing, depth)) = &mut self.vanishing {
            if vanishing == name {
                *depth -= 1;
                if *depth == 0 {
                    self.vanishing = None;
                }
            }
            return;
        }
        match name {
            b"b" | b"strong" => self.mark(|builder| builder.strong = builder.strong.saturating_sub(1)),
            b"i" | b"em" | b"cite" => {
                self.mark(|builder| builder.emphasis = builder.emphasis.saturating_sub(1));
            }
            b"a" => self.mark(|builder| builder.href = None),
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => self.end_paragraph(),
            b"ul" | b"ol" | b"menu" => self.close_list(),
            b"li" => self.end_entry(),
            name if BREAK.contains(&name) => self.end_paragraph(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.vanishing.is_some() {
            return;
        }
        for character in text.chars().filter_map(harmless) {
            if self.left == 0 {
                return;
            }
            let is_space = character.is_whitespace();
            if is_space && self.spaced {
                continue;
            }
            self.words.push(if is_space { ' ' } else { character });
            self.spaced = is_space;
            self.left -= 1;
        }
    }

    /// Ends the text under the marks so far, then changes them.
    fn mark(&mut self, change: impl FnOnce(&mut Self)) {
        self.end_words();
        change(self);
    }

    fn end_words(&mut self) {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return;
        }
        self.run.push(match &self.href {
            _ if words == " " => Inline::Text(words),
            Some(href) => Inline::Link {
                href: href.clone(),
                text: words,
            },
            None if self.strong > 0 => Inline::Strong(words),
            None if self.emphasis > 0 => Inline::Emphasis(words),
            None => Inline::Text(words),
        });
    }

    /// The run so far without the space at its end.
    fn take_run(&mut self) -> Vec<Inline> {
        self.end_words();
        self.spaced = true;
        let mut run = std::mem::take(&mut self.run);
        while let Some(
            Inline::Text(words)
            | Inline::Strong(words)
            | Inline::Emphasis(words)
            | Inline::Link { text: words, .. },
        ) = run.last_mut()
        {
            words.truncate(words.trim_end().len());
            if !words.is_empty() {
                break;
            }
            run.pop();
        }
        run
    }

    fn end_paragraph(&mut self) {
        if self.list.is_some() {
            // Entries have no paragraphs.
            return self.text(" ");
        }
        let run = self.take_run();
        // A link that was not closed would take the rest of the text with it.
        self.href = None;
        let heading = std::mem::take(&mut self.heading);
        if run.is_empty() {
            return;
        }
        self.blocks.push(if heading {
            let mut words = String::new();
            super::push_words(&mut words, &run);
            Block::Heading(words)
        } else {
            Block::Paragraph(run)
        });
    }

    fn open_list(&mut self) {
        if let Some((_, depth)) = &mut self.list {
            *depth += 1;
            return self.end_entry();
        }
        self.end_paragraph();
        self.list = Some((Vec::new(), 1));
    }

    fn end_entry(&mut self) {
        if self.list.is_none() {
            return self.end_paragraph();
        }
        let run = self.take_run();
        self.href = None;
        if let Some((entries, _)) = &mut self.list
            && !run.is_empty()
            && entries.len() < MOST_BLOCKS
        {
            entries.push(run);
        }
    }

    fn close_list(&mut self) {
        self.end_entry();
        let Some((entries, depth)) = &mut self.list else {
            return;
        };
        *depth -= 1;
        if *depth > 0 {
            return;
        }
        let entries = std::mem::take(entries);
        self.list = None;
        // A heading that was open when the list began ended there.
        self.heading = false;
        if !entries.is_empty() {
            self.blocks.push(Block::List(entries));
        }
    }

    fn finish(mut self) -> Vec<Block> {
        if let Some((_, depth)) = &mut self.list {
            *depth = 1;
            self.close_list();
        } else {
            self.end_paragraph();
        }
        self.blocks
    }
}
