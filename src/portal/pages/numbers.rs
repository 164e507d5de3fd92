//! "Il Wi-Fi in numeri": figures that somebody else has drawn, in the portal's frame.

use askama::Template;

use super::frame::{Access, Frame};
use crate::portal::lang::Lang;
use crate::portal::text::Text;
use crate::portal::{Numbers, NumbersText};

/// The page of figures, in the reader's language if it exists in it.
#[derive(Template)]
#[template(path = "portal/numbers.html")]
pub(in crate::portal) struct NumbersView<'a> {
    frame: Frame<'a>,
    words: Text,
    text: &'a NumbersText,
    style: &'static str,
}

impl<'a> NumbersView<'a> {
    pub(in crate::portal) fn new(frame: Frame<'a>, numbers: &'a Numbers) -> Self {
        let words = frame.text.legal();
        Self {
            words,
            text: if words.0 == Lang::It {
                &numbers.italian
            } else {
                &numbers.english
            },
            style: numbers.style,
            frame,
        }
    }

    fn is_foreign(&self) -> bool {
        self.words != self.frame.text
    }

    fn body(&self) -> &str {
        match self.frame.scene.access {
            Access::Captive => &self.text.captive,
            Access::Online => &self.text.online,
        }
    }
}
