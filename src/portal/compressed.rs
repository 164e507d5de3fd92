//! Pages compressed once and sent many times, without ever compressing a secret.
//!
//! A page is rendered with [`Mark`]s where something belongs that differs from visit to visit, cut there, and
//! each piece deflated on its own. An answer joins the pieces with *stored* blocks (RFC 1951, section 3.2.4)
//! that hold what belongs at the marks:
//!
//! ```text
//!  gzip head │ deflated piece │ stored: nonce │ deflated piece │ stored: token │ deflated piece │ end │ CRC, length
//! ```
//!
//! No byte of a secret shares a compressed block with anything a stranger may have put into the page, so the
//! length of an answer tells nothing about it (BREACH), and a request costs a copy instead of a compression.

use std::borrow::Cow;
use std::io::Write as _;
use std::sync::LazyLock;

use crc32fast::Hasher;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use hyper::body::Bytes;

use super::token::encode_hex;

/// Head of a gzip member (RFC 1952, section 2.3): deflate, no flags, no time, slowest compression, no system.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];
/// A last block with nothing in it (RFC 1951, section 3.2.6).
const LAST_BLOCK: [u8; 2] = [3, 0];
/// Head of a stored block: one byte of flags, length, its complement.
const STORED_HEAD: usize = 5;

/// What is put into a page at each visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Form token.
    Token,
    /// Nonce of the content security policy.
    Nonce,
    /// Time left, in words.
    Left,
    /// The hour the session ends.
    Until,
    /// Data used, in words.
    Used,
    /// Speed to the station.
    Down,
    /// Speed from the station.
    Up,
    /// The day's volume, in words.
    Day,
}

/// A name in the marks that nobody outside this process can write into a page.
static PROCESS: LazyLock<String> = LazyLock::new(|| {
    let mut random = [0_u8; 16];
    // Without randomness no token could be made either; then a mark in the news would show itself.
    let _ = getrandom::fill(&mut random);
    encode_hex(&random)
});

static TEXTS: LazyLock<[String; Mark::ALL.len()]> =
    LazyLock::new(|| Mark::ALL.map(|mark| format!("@@{mark:?}-{}@@", *PROCESS)));

impl Mark {
    const ALL: [Self; 8] = [
        Self::Token,
        Self::Nonce,
        Self::Left,
        Self::Until,
        Self::Used,
        Self::Down,
        Self::Up,
        Self::Day,
    ];

    /// What stands for it in a rendered page; has no character that HTML escapes.
    pub(super) fn text(self) -> &'static str {
        let [token, nonce, left, until, used, down, up, day] = &*TEXTS;
        match self {
            Self::Token => token,
            Self::Nonce => nonce,
            Self::Left => left,
            Self::Until => until,
            Self::Used => used,
            Self::Down => down,
            Self::Up => up,
            Self::Day => day,
        }
    }

    /// The first mark in a text: where, and which.
    fn first_in(text: &str) -> Option<(usize, Self)> {
        let found = Self::ALL
            .into_iter()
            .filter_map(|mark| Some((text.find(mark.text())?, mark)));
        found.min_by_key(|(place, _)| *place)
    }
}

/// What belongs at the marks of one answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Filling<'a>(Vec<(Mark, Cow<'a, str>)>);

impl<'a> Filling<'a> {
    /// With one more.
    #[must_use]
    pub(super) fn with(mut self, mark: Mark, text: &'a str) -> Self {
        self.0.push((mark, escaped(text)));
        self
    }

    fn of(&self, mark: Mark) -> &[u8] {
        let found = self.0.iter().find(|(name, _)| *name == mark);
        found.map_or(b"", |(_, text)| text.as_bytes())
    }
}

/// A text as it may stand in HTML, in attributes too.
fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    Cow::Owned(safe)
}

/// What lies between two marks.
#[derive(Debug, Clone)]
struct Piece {
    plain: Bytes,
    /// Blocks that refer to nothing outside themselves and end at a byte.
    deflated: Bytes,
    checksum: Hasher,
}

impl Piece {
    fn new(plain: &[u8]) -> Self {
        let mut checksum = Hasher::new();
        checksum.update(plain);
        Self {
            plain: Bytes::copy_from_slice(plain),
            deflated: deflate(plain).into(),
            checksum,
        }
    }
}

/// Blocks for `plain`, ended by a flush. Writing to memory cannot fail; should it, they are stored.
fn deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    if encoder.write_all(plain).and_then(|()| encoder.flush()).is_ok() {
        return encoder.get_ref().clone();
    }
    let mut blocks = Vec::new();
    store(&mut blocks, plain);
    blocks
}

/// Appends stored blocks.
fn store(blocks: &mut Vec<u8>, plain: &[u8]) {
    for part in plain.chunks(usize::from(u16::MAX)) {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        blocks.push(0);
        blocks.extend(length.to_le_bytes());
        blocks.extend((!length).to_le_bytes());
        blocks.extend(part);
    }
}

/// A text cut at its marks.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    first: Piece,
    /// What belongs before each further piece.
    rest: Vec<(Mark, Piece)>,
}

impl Cut {
    pub(super) fn new(text: &str) -> Self {
        let Some((place, mark)) = Mark::first_in(text) else {
            return Self {
                first: Piece::new(text.as_bytes()),
                rest: Vec::new(),
            };
        };
        let (first, mut left) = (&text[..place], &text[place + mark.text().len()..]);
        let mut rest = Vec::new();
        let mut before = mark;
        while let Some((place, mark)) = Mark::first_in(left) {
            rest.push((before, Piece::new(&left.as_bytes()[..place])));
            left = &left[place + mark.text().len()..];
            before = mark;
        }
        rest.push((before, Piece::new(left.as_bytes())));
        Self {
            first: Piece::new(first.as_bytes()),
            rest,
        }
    }

    /// Whether it is the same at each visit.
    pub(super) const fn is_whole(&self) -> bool {
        self.rest.is_empty()
    }

    /// Memory it takes, about, in bytes.
    pub(super) fn size(&self) -> usize {
        let pieces = std::iter::once(&self.first).chain(self.rest.iter().map(|(_, piece)| piece));
        pieces.map(|piece| piece.plain.len() + piece.deflated.len()).sum()
    }

    /// The text itself.
    pub(super) fn plain(&self, filling: &Filling<'_>) -> Bytes {
        if self.is_whole() {
            return self.first.plain.clone();
        }
        let mut text = Vec::with_capacity(self.size());
        text.extend(&self.first.plain);
        for (mark, piece) in &self.rest {
            text.extend(filling.of(*mark));
            text.extend(&piece.plain);
        }
        text.into()
    }

    /// The text as one gzip member.
    pub(super) fn gzip(&self, filling: &Filling<'_>) -> Bytes {
        let deflated = |pieces: usize, piece: &Piece| pieces + piece.deflated.len();
        let pieces = self
            .rest
            .iter()
            .map(|(_, piece)| piece)
            .fold(self.first.deflated.len(), deflated);
        let filled: usize = self
            .rest
            .iter()
            .map(|(mark, _)| filling.of(*mark).len() + STORED_HEAD)
            .sum();
        let mut member = Vec::with_capacity(GZIP_HEAD.len() + pieces + filled + LAST_BLOCK.len() + 8);
        member.extend(GZIP_HEAD);
        member.extend(&self.first.deflated);
        let mut checksum = self.first.checksum.clone();
        let mut length = self.first.plain.len();
        for (mark, piece) in &self.rest {
            let text = filling.of(*mark);
            store(&mut member, text);
            checksum.update(text);
            member.extend(&piece.deflated);
            checksum.combine(&piece.checksum);
            length += text.len() + piece.plain.len();
        }
        member.extend(LAST_BLOCK);
        member.extend(checksum.finalize().to_le_bytes());
        // Modulo 2^32 by RFC 1952, section 2.3.1.
        let length = u32::try_from(length & 0xffff_ffff).unwrap_or(0);
        member.extend(length.to_le_bytes());
        member.into()
    }
}

/// Bytes that never change, as one gzip member.
pub(super) fn gzip(plain: &[u8]) -> Bytes {
    let cut = Cut {
        first: Piece::new(plain),
        rest: Vec::new(),
    };
    cut.gzip(&Filling::default())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
    use proptest::sample::select;

    use super::{Cut, Filling, Mark, escaped};

    fn gunzip(member: &[u8]) -> Vec<u8> {
        let mut decoder = GzDecoder::new(member);
        let mut plain = Vec::new();
        decoder.read_to_end(&mut plain).unwrap();
        assert!(decoder.into_inner().is_empty(), "nothing follows the member");
        plain
    }

    fn pieces() -> impl Strategy<Value = Vec<(String, Mark)>> {
        let piece = prop_oneof![any::<String>(), "[a-c<>]{0,400}", select(vec![String::new()])];
        vec((piece, select(Mark::ALL.to_vec())), 0..8)
    }

    proptest! {
        #[test]
        fn what_is_unzipped_is_the_page(
            pieces in pieces(),
            last in any::<String>(),
            (token, nonce, left) in ("[0-9a-f]{80}", "[A-Za-z0-9+/=]{0,24}", any::<String>()),
        ) {
            let filling = Filling::default()
                .with(Mark::Token, &token)
                .with(Mark::Nonce, &nonce)
                .with(Mark::Left, &left);
            let (mut rendered, mut page) = (String::new(), String::new());
            for (piece, mark) in &pieces {
                rendered.push_str(piece);
                rendered.push_str(mark.text());
                page.push_str(piece);
                page.push_str(std::str::from_utf8(filling.of(*mark)).unwrap());
            }
            rendered.push_str(&last);
            page.push_str(&last);
            let cut = Cut::new(&rendered);
            prop_assert_eq!(cut.is_whole(), pieces.is_empty());
            prop_assert_eq!(&cut.plain(&filling)[..], page.as_bytes());
            prop_assert_eq!(gunzip(&cut.gzip(&filling)), page.as_bytes());
        }

        #[test]
        fn the_length_tells_nothing_about_a_secret(guess in "[0-9a-f]{80}", token in "[0-9a-f]{80}") {
            // A stranger's text in the page, once equal to the secret and once not.
            let cut = Cut::new(&format!("<p>{guess}{guess}</p><input value=\"{}\"><p>{guess}", Mark::Token.text()));
            let length = |token: &str| cut.gzip(&Filling::default().with(Mark::Token, token)).len();
            prop_assert_eq!(length(&token), length(&guess));
            let member = cut.gzip(&Filling::default().with(Mark::Token, &token));
            prop_assert!(member.windows(80).any(|bytes| bytes == token.as_bytes()), "stored as it is");
        }
    }

    #[test]
    fn texts_longer_than_a_block_are_whole_too() {
        let left = "x".repeat(200_000);
        let cut = Cut::new(&format!("a{}b", Mark::Left.text()));
        let filling = Filling::default().with(Mark::Left, &left);
        assert_eq!(gunzip(&cut.gzip(&filling)), format!("a{left}b").as_bytes());
        assert!(super::gzip(left.as_bytes()).len() < 1_000);
    }

    #[test]
    fn nothing_is_put_into_a_page_as_markup() {
        assert_eq!(escaped("2 h 5 min"), "2 h 5 min");
        assert_eq!(escaped("<\"&'>"), "&lt;&quot;&amp;&#39;&gt;");
        let cut = Cut::new(&format!("<b>{}</b>", Mark::Used.text()));
        let plain = cut.plain(&Filling::default().with(Mark::Used, "<script>"));
        assert_eq!(&plain[..], b"<b>&lt;script&gt;</b>");
    }
}
