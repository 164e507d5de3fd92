//! The colours of a network's pages, derived from the one that its configuration names, so that text
//! keeps a contrast of 4.5 by day and by night whatever colour that is (WCAG 2.1, 1.4.3).

use crate::config::Color;

/// Least contrast, with a little to spare for rounding.
const ENOUGH: f64 = 4.6;
/// Grounds that coloured text stands on, by day; the same as in the style sheet.
const DAY: [Color; 2] = [Color([0xff, 0xff, 0xff]), Color([0xf0, 0xf4, 0xf8])];
/// The same by night.
const NIGHT: [Color; 2] = [Color([0x0b, 0x17, 0x23]), Color([0x17, 0x26, 0x36])];
const WHITE: Color = Color([0xff; 3]);
const BLACK: Color = Color([0; 3]);

/// The custom properties that the style sheet wants: `--c` ground of the button, `--d` the same under
/// the pointer, `--b` of the bar, `--l` links.
pub(super) fn css(color: Color) -> String {
    let (day, night) = (palette(color), night_palette(color));
    format!(
        ":root{{{}}}@media(prefers-color-scheme:dark){{:root{{{}}}}}",
        day.css(),
        night.css()
    )
}

struct Palette {
    button: Color,
    pressed: Color,
    bar: Color,
    link: Color,
}

impl Palette {
    fn css(&self) -> String {
        let Self {
            button,
            pressed,
            bar,
            link,
        } = self;
        format!("--c:{button};--d:{pressed};--b:{bar};--l:{link}")
    }
}

fn palette(color: Color) -> Palette {
    Palette {
        button: color,
        pressed: mix(color, BLACK, 25),
        bar: mix(color, BLACK, 30),
        link: readable_on(DAY, color, BLACK),
    }
}

fn night_palette(color: Color) -> Palette {
    let light = readable_on(NIGHT, color, WHITE);
    Palette {
        button: light,
        pressed: mix(light, WHITE, 30),
        bar: mix(color, BLACK, 60),
        link: light,
    }
}

/// The colour, moved towards `end` until it can be read on every one of the grounds.
fn readable_on(grounds: [Color; 2], color: Color, end: Color) -> Color {
    (0..=100)
        .step_by(5)
        .map(|share| mix(color, end, share))
        .find(|tone| grounds.iter().all(|ground| tone.contrast(*ground) >= ENOUGH))
        .unwrap_or(end)
}

/// A colour with `share` hundredths of another in it.
fn mix(color: Color, other: Color, share: u32) -> Color {
    let channel = |one: u8, two: u8| {
        let sum = u32::from(one) * (100 - share) + u32::from(two) * share;
        u8::try_from(sum / 100).unwrap_or(u8::MAX)
    };
    let ([red, green, blue], [r, g, b]) = (color.0, other.0);
    Color([channel(red, r), channel(green, g), channel(blue, b)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};

    use super::{DAY, NIGHT, WHITE, css, night_palette, palette};
    use crate::config::{Color, DEFAULT_COLOR};
    use crate::portal::pages::CSS;

    proptest! {
        #[test]
        fn everything_can_be_read_in_every_colour(channels in any::<[u8; 3]>()) {
            let color = Color(channels);
            // What the configuration accepts.
            if color.contrast(WHITE) >= 4.5 {
                let (day, night) = (palette(color), night_palette(color));
                for ground in DAY {
                    prop_assert!(day.link.contrast(ground) >= 4.5);
                }
                for ground in NIGHT {
                    prop_assert!(night.link.contrast(ground) >= 4.5);
                }
                for white_on in [day.button, day.pressed, day.bar, night.bar] {
                    prop_assert!(white_on.contrast(WHITE) >= 4.5);
                }
                // By night the button's text is the page's ground.
                prop_assert!(night.button.contrast(NIGHT[0]) >= 4.5);
                prop_assert!(night.pressed.contrast(NIGHT[0]) >= 4.5);
            }
        }
    }

    #[test]
    fn the_grounds_are_those_of_the_style_sheet() {
        for ground in DAY.iter().chain(&NIGHT) {
            let text = ground.to_string();
            let text = if text == "#ffffff" {
                "#fff".to_owned()
            } else {
                text
            };
            assert!(CSS.contains(&text), "{text}");
        }
    }

    #[test]
    fn the_default_is_designers_italias_blue() {
        assert!(css(DEFAULT_COLOR).starts_with(":root{--c:#0066cc;"));
    }
}
