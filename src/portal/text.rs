//! The portal's words, from Fluent files: `templates/locales/LANG/portal.ftl`.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::lang::Lang;

type Bundle = FluentBundle<FluentResource>;

/// Source of a language's texts.
const fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::It => include_str!("../../templates/locales/it/portal.ftl"),
        Lang::En => include_str!("../../templates/locales/en/portal.ftl"),
    }
}

static BUNDLES: LazyLock<Vec<(Lang, Bundle)>> =
    LazyLock::new(|| Lang::ALL.iter().map(|lang| (*lang, bundle(*lang))).collect());

/// A parsed file. Broken messages are left out, and a test sees to it that there are none.
fn bundle(lang: Lang) -> Bundle {
    let resource = FluentResource::try_new(source(lang).to_owned()).unwrap_or_else(|(partial, _)| partial);
    let locale: LanguageIdentifier = lang.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // No isolation marks: every language here is written from left to right.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

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

    /// A missing message shows its key in brackets that occur nowhere else, so tests find it.
    fn format(self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let found = BUNDLES.iter().find(|(lang, _)| *lang == self.0);
        let pattern = found.and_then(|(_, bundle)| Some((bundle, bundle.get_message(key)?.value()?)));
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
        let (unit, scale) = match bytes {
            1_000_000_000.. => ("GB", 1_000_000_000),
            1_000_000.. => ("MB", 1_000_000),
            _ => return format!("{} kB", bytes.div_ceil(1_000)),
        };
        let tenths = bytes / (scale / 10);
        let mark = self.get("decimal-mark");
        format!("{}{mark}{} {unit}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fluent_bundle::FluentResource;

    use super::{Text, source};
    use crate::portal::lang::Lang;

    fn keys(lang: Lang) -> BTreeSet<String> {
        source(lang)
            .lines()
            .filter(|line| line.starts_with(|ch: char| ch.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
            .collect()
    }

    #[test]
    fn every_language_parses_and_has_the_same_messages() {
        let reference = keys(Lang::LOCAL);
        assert!(reference.len() > 40, "{}", reference.len());
        for lang in Lang::ALL {
            let parsed = FluentResource::try_new(source(*lang).to_owned());
            assert!(
                parsed.is_ok(),
                "{lang:?}: {:?}",
                parsed.err().map(|(_, errors)| errors)
            );
            assert_eq!(keys(*lang), reference, "{lang:?}");
        }
    }

    #[test]
    fn a_missing_message_is_conspicuous() {
        assert_eq!(Text(Lang::It).get("no-such-message"), "⟦no-such-message⟧");
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let (it, en) = (Text(Lang::It), Text(Lang::En));
        assert_eq!(it.duration(3_600), "1 ora");
        assert_eq!(it.duration(7_500), "2 ore e 5 minuti");
        assert_eq!(it.duration(59), "1 minuto");
        assert_eq!(en.duration(3_660), "1 hour and 1 minute");
        assert_eq!(en.duration(43_200), "12 hours");
        assert_eq!(en.duration(0), "0 minutes");
    }

    #[test]
    fn amounts_have_the_languages_decimal_mark() {
        assert_eq!(Text(Lang::It).bytes(12_480_000), "12,4 MB");
        assert_eq!(Text(Lang::En).bytes(1_250_000_000), "1.2 GB");
        assert_eq!(Text(Lang::En).bytes(0), "0 kB");
        assert_eq!(Text(Lang::En).bytes(1), "1 kB");
    }
}
