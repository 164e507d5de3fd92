//! `[network.look]`: how the pages of a network look.

use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::phrases::{self, Phrases};
use super::reader::{Complaint, Section};
use super::values;
use super::words::{Words, unopened, words};
use crate::model::NetworkId;

/// Designers Italia's blue.
pub const DEFAULT_COLOR: Color = Color([0x00, 0x66, 0xcc]);
/// Longest introduction, characters: it stands above the button.
const MOST_INTRO: usize = 140;
/// Least contrast of white text on the colour (WCAG 2.1, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;

/// A colour, red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color(pub [u8; 3]);

/// `[network.look]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// `crest`: file of the municipal crest (SVG, PNG, JPEG or WebP); none without.
    pub crest: Option<PathBuf>,
    /// `color`: of the bar and the button; white can be read on it.
    pub color: Color,
    /// `intro`: a line of welcome.
    pub intro: Option<Phrases>,
}

impl Look {
    /// What is wrong with the crest's file: the page does without it.
    pub(super) fn doubt(&self, network: NetworkId) -> Option<Complaint> {
        let crest = self.crest.as_ref()?;
        let error = std::fs::File::open(crest).err()?;
        Some(Complaint::new(
            words!(
                "{network}: the crest {crest} cannot be opened: {why}",
                "{network}: lo stemma {crest} non si può aprire: {why}";
                network = Words::same(network.as_str()),
                crest = Words::same(crest.display().to_string()),
                why = unopened(&error),
            ),
            words!(
                "put the file there, readable for the user portico, or leave crest out",
                "mettervi il file, leggibile dall'utente portico, oppure togliere lo stemma"
            ),
        ))
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            crest: None,
            color: DEFAULT_COLOR,
            intro: None,
        }
    }
}

impl Color {
    /// Contrast with another colour, 1 to 21 (WCAG 2.1, "contrast ratio").
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Relative luminance (WCAG 2.1).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        red.mul_add(0.2126, green.mul_add(0.7152, blue * 0.0722))
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Reads the section; `base` is the directory of the file.
pub(super) fn read(mut section: Section<'_, '_>, base: &Path) -> Look {
    let crest = section.optional("crest", values::any_path);
    let color = section.or("color", DEFAULT_COLOR, color);
    let intro = section.optional("intro", |value| phrases::read(value, MOST_INTRO));
    section.finish();
    Look {
        crest: crest.map(|path| base.join(path.value)),
        color,
        intro: intro.map(|intro| intro.value),
    }
}

fn color(value: &DeValue<'_>) -> Result<Color, Complaint> {
    let text = values::text(value)?;
    let channels = text
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let Some(channels) = channels else {
        return Err(Complaint::new(
            words!("{text:?} is not a colour", "{text:?} non è un colore"),
            words!(
                "write red, green and blue like \"#0066cc\"",
                "scrivere rosso, verde e blu come #0066cc"
            ),
        ));
    };
    let [_, red, green, blue] = channels.to_be_bytes();
    let color = Color([red, green, blue]);
    let contrast = color.contrast(Color([255; 3]));
    if contrast < LEAST_CONTRAST {
        return Err(Complaint::new(
            words!(
                "white text on {color} has a contrast of {contrast}, too little to be read by everybody",
                "il testo bianco su {color} ha un contrasto di {contrast}, troppo poco perché tutti lo leggano";
                color = Words::same(color.to_string()),
                contrast = decimal(contrast),
            ),
            words!(
                "take a darker colour, of at least {contrast} (WCAG 2.1, 1.4.3)",
                "prendere un colore più scuro, con almeno {contrast} (WCAG 2.1, 1.4.3)";
                contrast = decimal(LEAST_CONTRAST),
            ),
        ));
    }
    Ok(color)
}

/// A number with one decimal.
fn decimal(number: f64) -> Words {
    let english = format!("{number:.1}");
    let italian = english.replace('.', ",");
    Words::new(english, italian)
}
