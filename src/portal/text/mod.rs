//! The portal's words, from Fluent files: `templates/locales/LANG/portal.ftl`, and `legal.ftl` in
//! Italian and English.

use fluent_bundle::{FluentArgs, FluentValue};

use super::lang::Lang;
use crate::model::Rate;

mod bundle;
mod calendar;
#[cfg(test)]
mod tests;

/// The texts of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text(pub(super) Lang);

impl Text {
    /// The message `key`.
    pub(super) fn get(self, key: &str) -> String {
        self.format(key, None)
    }

    /// The message `key` with one argument.
    pub(super) fn with<'a>(self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        let mut arguments = FluentArgs::with_capacity(1);
        arguments.set(name, value);
        self.format(key, Some(&arguments))
    }

    /// The same for an attribute, without Fluent's isolation marks (U+2068, U+2069), which some browsers
    /// and screen readers show or speak there.
    pub(super) fn attribute<'a>(self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        self.with(key, name, value).replace(['\u{2068}', '\u{2069}'], "")
    }

    /// A missing message shows its key in brackets that occur nowhere else, so tests find it.
    fn format(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let pattern = bundle::of(self.0).and_then(|bundle| Some((bundle, bundle.get_message(key)?.value()?)));
        let Some((bundle, pattern)) = pattern else {
            return format!("⟦{key}⟧");
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, arguments, &mut errors);
        if errors.is_empty() {
            text.into_owned()
        } else {
            format!("⟦{key}⟧")
        }
    }

    /// A length of time in hours and minutes, rounded up to the minute: "2 hours and 5 minutes".
    pub(super) fn duration(self, seconds: u64) -> String {
        let minutes = seconds.div_ceil(60);
        let (hours, minutes) = (minutes / 60, minutes % 60);
        match (hours, minutes) {
            (0, _) => self.with("minutes", "count", minutes),
            (_, 0) => self.with("hours", "count", hours),
            _ => {
                let mut arguments = FluentArgs::with_capacity(2);
                arguments.set("hours", self.with("hours", "count", hours));
                arguments.set("minutes", self.with("minutes", "count", minutes));
                self.format("hours-and-minutes", Some(&arguments))
            }
        }
    }

    /// An amount of data in decimal units, as contracts and phones count: "12,4 MB".
    pub(super) fn bytes(self, bytes: u64) -> String {
        let (key, scale) = match bytes {
            1_000_000_000.. => ("gigabytes", 1_000_000_000),
            1_000_000.. => ("megabytes", 1_000_000),
            _ => return self.with("kilobytes", "amount", bytes.div_ceil(1_000)),
        };
        let tenths = bytes / (scale / 10);
        let mark = self.get("decimal-mark");
        self.with(key, "amount", format!("{}{mark}{}", tenths / 10, tenths % 10))
    }

    /// So much of so much: "1,2 GB / 2,0 GB".
    pub(super) fn of(self, part: u64, whole: u64) -> String {
        format!("{} / {}", self.bytes(part), self.bytes(whole))
    }

    /// A speed, with the reader's decimal mark.
    pub(super) fn rate(self, rate: Rate) -> String {
        rate.to_string().replace('.', &self.get("decimal-mark"))
    }

    /// The words in which this reader gets the legal texts; pages mark them with their language.
    pub(super) const fn legal(self) -> Self {
        Self(self.0.legal())
    }
}
