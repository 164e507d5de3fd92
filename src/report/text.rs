//! Words for people, from `templates/locales/*/report.ftl`.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::charts::Signs;
use crate::model::figures::Day;

/// Languages that reports are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Italian.
    It,
    /// English.
    En,
}

impl Tongue {
    /// Both.
    pub const ALL: [Self; 2] = [Self::It, Self::En];

    /// Its code (BCP 47).
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::En => "en",
        }
    }

    const fn signs(self) -> Signs {
        match self {
            Self::It => Signs::ITALIAN,
            Self::En => Signs::ENGLISH,
        }
    }

    const fn source(self) -> &'static str {
        match self {
            Self::It => include_str!("../../templates/locales/it/report.ftl"),
            Self::En => include_str!("../../templates/locales/en/report.ftl"),
        }
    }
}

/// The words of one language.
pub(super) struct Words {
    bundle: FluentBundle<FluentResource>,
    tongue: Tongue,
}

impl Words {
    pub(super) fn new(tongue: Tongue) -> Self {
        let locale: LanguageIdentifier = tongue.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        bundle.set_use_isolating(false);
        // Broken messages are left out, and a test sees to it that there are none.
        let resource =
            FluentResource::try_new(tongue.source().to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
        Self { bundle, tongue }
    }

    /// A message.
    pub(super) fn say(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A message with what it speaks of.
    pub(super) fn with(&self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let arguments: FluentArgs<'_> = arguments.iter().cloned().collect();
        let message = self.bundle.get_message(key);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            return key.to_owned();
        };
        self.bundle
            .format_pattern(pattern, Some(&arguments), &mut Vec::new())
            .into_owned()
    }

    /// The title of a column.
    pub(super) fn title(&self, column: &str) -> String {
        self.say(&format!("col-{}", column.replace('_', "-")))
    }

    /// What a column tells.
    pub(super) fn about(&self, column: &str) -> String {
        let key = format!("col-{}", column.replace('_', "-"));
        let message = self.bundle.get_message(&key);
        let Some(about) = message.and_then(|message| message.get_attribute("about")) else {
            return key;
        };
        let text = self.bundle.format_pattern(about.value(), None, &mut Vec::new());
        text.into_owned()
    }

    /// A whole number with signs between thousands.
    pub(super) fn count(&self, count: u64) -> String {
        self.tongue.signs().count(count)
    }

    /// A day as people write it.
    pub(super) fn date(&self, day: Day) -> String {
        let format = match self.tongue {
            Tongue::It => "%d/%m/%Y",
            Tongue::En => "%-d %B %Y",
        };
        day.date().strftime(format).to_string()
    }

    /// A number with as many decimals as `per_one`, a power of ten, has noughts.
    pub(super) fn fraction(&self, value: u64, per_one: u64) -> String {
        self.tongue.signs().fraction(value, per_one)
    }

    /// A number of tenths.
    pub(super) fn tenths(&self, tenths: u64) -> String {
        self.fraction(tenths, 10)
    }
}

#[cfg(test)]
mod tests {
    use super::{Tongue, Words};
    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
    use std::collections::{BTreeMap, BTreeSet};

    fn variables(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            let PatternElement::Placeable { expression } = element else {
                continue;
            };
            let inline = match expression {
                Expression::Inline(inline) => inline,
                Expression::Select { selector, variants } => {
                    for variant in variants {
                        variables(&variant.value, found);
                    }
                    selector
                }
            };
            if let InlineExpression::VariableReference { id } = inline {
                found.insert(id.name.to_owned());
            }
        }
    }

    /// Messages with the variables they use, their attributes beside them.
    fn messages(tongue: Tongue) -> BTreeMap<String, BTreeSet<String>> {
        let parsed = fluent_syntax::parser::parse(tongue.source());
        let resource = parsed.unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", tongue.code()));
        let mut all = BTreeMap::new();
        for entry in &resource.body {
            let Entry::Message(message) = entry else { continue };
            let mut used = BTreeSet::new();
            if let Some(value) = &message.value {
                variables(value, &mut used);
            }
            used.extend(
                message
                    .attributes
                    .iter()
                    .map(|attribute| format!(".{}", attribute.id.name)),
            );
            let before = all.insert(message.id.name.to_owned(), used);
            assert!(before.is_none(), "{} stands twice", message.id.name);
        }
        all
    }

    #[test]
    fn both_languages_say_the_same_messages_of_the_same_things() {
        let (it, en) = (messages(Tongue::It), messages(Tongue::En));
        assert!(it.len() > 60);
        assert_eq!(it, en);
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let (it, en) = (Words::new(Tongue::It), Words::new(Tongue::En));
        assert_eq!(
            (it.count(1_234_567), en.count(1_234)),
            ("1.234.567".to_owned(), "1,234".to_owned())
        );
        assert_eq!(
            (it.count(999), en.tenths(12_345)),
            ("999".to_owned(), "1,234.5".to_owned())
        );
        assert_eq!(it.tenths(5), "0,5");
        assert_eq!(it.fraction(123_405, 100), "1.234,05");
        assert_eq!(en.fraction(7, 1_000), "0.007");
        assert_eq!(it.say("no-such-message"), "no-such-message");
    }
}
