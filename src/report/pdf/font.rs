//! The type of the pages: Titillium Web in two weights (OFL 1.1, `templates/report/OFL.txt`), cut down to the
//! letters of European languages in Latin script. It has no ligatures and no kerning, so a letter is a
//! glyph and a line is as long as its letters.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};

use crate::report::ReportError;

static REGULAR: &[u8] = include_bytes!("../../../templates/report/titillium-web-400.ttf");
static STRONG: &[u8] = include_bytes!("../../../templates/report/titillium-web-600.ttf");
/// Stands for letters that the type does not have.
const UNKNOWN: char = '?';

/// A weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Face {
    Regular,
    Strong,
}

/// Both weights.
pub(in crate::report) struct Fonts {
    regular: Loaded,
    strong: Loaded,
}

struct Loaded {
    font: Font,
    letters: Charmap<'static>,
    /// Widths in parts of the type's size.
    widths: GlyphMetrics<'static>,
}

impl Fonts {
    /// # Errors
    /// Never with the files that are shipped.
    pub(in crate::report) fn load() -> Result<Self, ReportError> {
        Ok(Self {
            regular: Loaded::new(REGULAR)?,
            strong: Loaded::new(STRONG)?,
        })
    }

    fn of(&self, face: Face) -> &Loaded {
        match face {
            Face::Regular => &self.regular,
            Face::Strong => &self.strong,
        }
    }

    /// The font itself, for the file.
    pub(super) fn font(&self, face: Face) -> Font {
        self.of(face).font.clone()
    }

    /// The text as it can be set, and its glyphs.
    pub(super) fn set(&self, face: Face, text: &str) -> (String, Vec<KrillaGlyph>) {
        let loaded = self.of(face);
        let (mut out, mut glyphs) = (String::with_capacity(text.len()), Vec::new());
        for letter in text.chars() {
            let (letter, glyph) = loaded.glyph(letter);
            let from = out.len();
            out.push(letter);
            let width = loaded.widths.advance_width(glyph).unwrap_or(0.0);
            let id = GlyphId::new(glyph.to_u32());
            glyphs.push(KrillaGlyph::new(id, width, 0.0, 0.0, 0.0, from..out.len(), None));
        }
        (out, glyphs)
    }

    /// How long a line is, points.
    pub(in crate::report) fn width(&self, face: Face, size: f32, text: &str) -> f32 {
        let loaded = self.of(face);
        let widths = text
            .chars()
            .map(|letter| loaded.widths.advance_width(loaded.glyph(letter).1).unwrap_or(0.0));
        widths.sum::<f32>() * size
    }

    /// Breaks a text into lines of at most so many points, between words; a longer word stands alone.
    pub(in crate::report) fn wrap(&self, face: Face, size: f32, text: &str, most: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if line.is_empty() || self.width(face, size, &longer) <= most {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// The beginning of a text that fits into so many points, with an ellipsis where something is missing.
    pub(in crate::report) fn cut(&self, face: Face, size: f32, text: &str, most: f32) -> String {
        if self.width(face, size, text) <= most {
            return text.to_owned();
        }
        let mut short = String::new();
        for letter in text.chars() {
            short.push(letter);
            if self.width(face, size, &format!("{short}…")) > most {
                short.pop();
                break;
            }
        }
        format!("{}…", short.trim_end())
    }
}

impl Loaded {
    fn new(bytes: &'static [u8]) -> Result<Self, ReportError> {
        let broken = || ReportError::Format("the type of the pages cannot be read".to_owned());
        let font = Font::new(bytes.to_vec().into(), 0).ok_or_else(broken)?;
        let face = FontRef::new(bytes).map_err(|_| broken())?;
        Ok(Self {
            font,
            letters: face.charmap(),
            widths: face.glyph_metrics(Size::new(1.0), LocationRef::default()),
        })
    }

    fn glyph(&self, letter: char) -> (char, skrifa::GlyphId) {
        let found = self.letters.map(letter).map(|glyph| (letter, glyph));
        found.unwrap_or_else(|| (UNKNOWN, self.letters.map(UNKNOWN).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Face, Fonts};

    #[test]
    fn every_letter_of_european_languages_in_latin_script_is_there() {
        let fonts = Fonts::load().unwrap();
        let text = "Città, Pëz, Škofja Loka, Łódź, Țara, Gżira, Õhtu, Århus, Þór, ß, × – — “” ‘’ • … € ≥ ≤ −";
        for face in [Face::Regular, Face::Strong] {
            assert_eq!(fonts.set(face, text).0, text);
            assert_eq!(fonts.set(face, "Αθήνα 1").0, "????? 1");
        }
    }

    #[test]
    fn lines_break_between_words_and_are_cut_with_an_ellipsis() {
        let fonts = Fonts::load().unwrap();
        let text = "one two three four five";
        let most = fonts.width(Face::Regular, 10.0, "one two three");
        let lines = fonts.wrap(Face::Regular, 10.0, text, most);
        assert_eq!(lines.join(" "), text);
        assert_eq!(lines[0], "one two three");
        assert!(
            lines
                .iter()
                .all(|line| fonts.width(Face::Regular, 10.0, line) <= most)
        );
        let cut = fonts.cut(Face::Regular, 10.0, text, most);
        assert!(
            cut.ends_with('…') && fonts.width(Face::Regular, 10.0, &cut) <= most,
            "{cut}"
        );
    }
}
