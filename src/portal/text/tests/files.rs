//! Every language has every message, whole, in all the forms that its plurals take.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey};
use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use unic_langid::LanguageIdentifier;

use crate::portal::lang::Lang;
use crate::portal::text::Text;
use crate::portal::text::bundle::{legal_source, source};

/// What a pattern holds, its variants included.
#[derive(Debug, Default)]
struct Content {
    placeables: BTreeSet<String>,
    texts: Vec<String>,
    /// Of each choice: its keys, the default's last.
    choices: Vec<Vec<String>>,
}

impl Content {
    fn of(pattern: &Pattern<&str>) -> Self {
        let mut content = Self::default();
        content.add(pattern);
        content
    }

    fn add(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.texts.push((*value).to_owned()),
                PatternElement::Placeable {
                    expression: Expression::Inline(inline),
                } => self.name(inline),
                PatternElement::Placeable {
                    expression: Expression::Select { selector, variants },
                } => {
                    self.name(selector);
                    self.choose(variants);
                }
            }
        }
    }

    fn name(&mut self, expression: &InlineExpression<&str>) {
        let InlineExpression::VariableReference { id } = expression else {
            panic!("only arguments and choices are wanted, not {expression:?}");
        };
        self.placeables.insert(id.name.to_owned());
    }

    fn choose(&mut self, variants: &[Variant<&str>]) {
        let mut keys = Vec::new();
        for variant in variants {
            let (VariantKey::Identifier { name: key } | VariantKey::NumberLiteral { value: key }) =
                variant.key;
            keys.push(key.to_owned());
            self.add(&variant.value);
        }
        let default = variants.iter().position(|variant| variant.default);
        assert_eq!(
            default,
            Some(variants.len() - 1),
            "the default is not the last of {keys:?}"
        );
        self.choices.push(keys);
    }
}

/// The messages of a source. Panics on what does not parse.
fn messages(source: &str) -> BTreeMap<String, Content> {
    let parsed = FluentResource::try_new(source.to_owned());
    let resource = parsed.unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let mut messages = BTreeMap::new();
    for entry in resource.entries() {
        match entry {
            Entry::Message(message) => {
                assert!(message.attributes.is_empty(), "{}", message.id.name);
                let value = message.value.as_ref().unwrap();
                let before = messages.insert(message.id.name.to_owned(), Content::of(value));
                assert!(before.is_none(), "{} stands twice", message.id.name);
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("{other:?}"),
        }
    }
    messages
}

fn names(messages: &BTreeMap<String, Content>) -> BTreeSet<&str> {
    messages.keys().map(String::as_str).collect()
}

fn rules(lang: Lang) -> PluralRules {
    let locale: LanguageIdentifier = lang.code().parse().unwrap();
    PluralRules::create(locale, PluralRuleType::CARDINAL).unwrap()
}

const fn word(category: &PluralCategory) -> &'static str {
    match category {
        PluralCategory::ZERO => "zero",
        PluralCategory::ONE => "one",
        PluralCategory::TWO => "two",
        PluralCategory::FEW => "few",
        PluralCategory::MANY => "many",
        PluralCategory::OTHER => "other",
    }
}

#[test]
fn every_language_has_the_same_messages_with_the_same_arguments() {
    let reference = messages(source(Lang::LOCAL));
    assert!(reference.len() > 60, "{}", reference.len());
    for lang in Lang::ALL.iter().copied() {
        let own = messages(source(lang));
        let (ours, theirs) = (names(&own), names(&reference));
        let missing: Vec<_> = theirs.difference(&ours).collect();
        let extra: Vec<_> = ours.difference(&theirs).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{lang:?}: no {missing:?}, unwanted {extra:?}"
        );
        for (key, content) in &own {
            let arguments = |content: &Content| -> BTreeSet<String> {
                // Each language writes the hour in one of two ways.
                let same = |name: &String| name.trim_start_matches("padded-").to_owned();
                content.placeables.iter().map(same).collect()
            };
            assert_eq!(arguments(content), arguments(&reference[key]), "{key} ({lang:?})");
        }
    }
}

#[test]
fn the_legal_texts_are_the_same_in_the_languages_that_have_them() {
    let reference = messages(legal_source(Lang::LOCAL).unwrap());
    for lang in Lang::ALL.iter().copied() {
        let has_own = lang.legal() == lang;
        assert_eq!(legal_source(lang).is_some(), has_own, "{lang:?}");
        if let Some(source) = legal_source(lang) {
            let own = messages(source);
            assert_eq!(names(&own), names(&reference), "{lang:?}");
            for (key, content) in &own {
                assert_eq!(content.placeables, reference[key].placeables, "{key} ({lang:?})");
            }
        }
    }
}

#[test]
fn every_plural_form_that_a_language_has_is_written() {
    for lang in Lang::ALL.iter().copied() {
        let rules = rules(lang);
        let categories: BTreeSet<&str> = (0..=200_u64).map(|n| word(&rules.select(n).unwrap())).collect();
        let mut chosen = 0;
        for (key, content) in messages(source(lang)) {
            for keys in &content.choices {
                chosen += 1;
                assert_eq!(keys.last().map(String::as_str), Some("other"), "{key} ({lang:?})");
                // A choice of certain numbers only, as of the first of the month.
                if keys[..keys.len() - 1]
                    .iter()
                    .all(|key| key.parse::<u64>().is_ok())
                    && key == "date"
                {
                    continue;
                }
                for category in &categories {
                    assert!(
                        keys.iter().any(|key| key == category),
                        "{key} ({lang:?}) has no [{category}]"
                    );
                }
            }
        }
        let needed = if categories.len() == 1 { 0 } else { 3 };
        assert!(
            chosen >= needed,
            "{lang:?}: minutes, hours and notices depend on their number"
        );
    }
}

#[test]
fn every_number_takes_the_form_of_its_category() {
    for lang in Lang::ALL.iter().copied() {
        let rules = rules(lang);
        for key in ["minutes", "hours"] {
            let mut forms: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
            for number in 0..=200_u64 {
                let said = Text(lang).attribute(key, "count", number);
                assert!(!said.contains('⟦'), "{said}");
                // The number itself may be part of the word ("دقيقتان" is two minutes).
                let form = said.replace(&number.to_string(), "#");
                let category = word(&rules.select(number).unwrap());
                assert!(
                    form.contains('#') || number < 3,
                    "{number} is not said in {said:?} ({lang:?})"
                );
                forms.entry(category).or_default().insert(form);
            }
            for (category, forms) in forms {
                assert_eq!(forms.len(), 1, "{key} [{category}] ({lang:?}): {forms:?}");
            }
        }
    }
}

/// Marks that have no place in a text: of markup, of other formats' arguments, of haste.
const LEFTOVERS: &[&str] = &[
    "<", ">", "&", "{", "}", "[", "]", "*", "_", "|", "\\", "$", "%", "\"", "'", "`", "  ", "⟦", "⟧", "TODO",
    "???", "\u{2068}", "\u{2069}", "\u{fffd}",
];

#[test]
fn no_text_has_leftovers() {
    for lang in Lang::ALL.iter().copied() {
        let sources = [Some(source(lang)), legal_source(lang)];
        for (key, content) in sources.into_iter().flatten().flat_map(messages) {
            assert!(!content.texts.is_empty(), "{key} ({lang:?}) says nothing");
            for text in &content.texts {
                for leftover in LEFTOVERS {
                    assert!(
                        !text.contains(leftover),
                        "{key} ({lang:?}) has {leftover:?}: {text:?}"
                    );
                }
            }
        }
    }
}

/// Letters of the languages that are not written in Latin ones.
fn own_letters(lang: Lang) -> Option<std::ops::RangeInclusive<char>> {
    match lang {
        Lang::Bg | Lang::Uk => Some('\u{400}'..='\u{4ff}'),
        Lang::El => Some('\u{370}'..='\u{3ff}'),
        Lang::Ar => Some('\u{600}'..='\u{6ff}'),
        Lang::Zh => Some('\u{4e00}'..='\u{9fff}'),
        _ => None,
    }
}

#[test]
fn no_text_was_left_in_another_language() {
    let said = |lang: Lang| -> BTreeMap<String, String> {
        let join = |(key, content): (String, Content)| (key, content.texts.join("#"));
        messages(source(lang)).into_iter().map(join).collect()
    };
    let others: Vec<_> = Lang::ALL.iter().map(|lang| (*lang, said(*lang))).collect();
    for (lang, texts) in &others {
        for (key, text) in texts {
            let letters = text.chars().filter(|letter| letter.is_alphabetic());
            if let Some(own) = own_letters(*lang)
                && letters.clone().count() > 12
            {
                let foreign = letters.clone().filter(|letter| !own.contains(letter)).count();
                assert!(foreign * 4 < letters.count() * 3, "{key} ({lang:?}): {text:?}");
            }
            if text.split_whitespace().count() < 4 {
                continue;
            }
            for (other, texts) in &others {
                assert!(
                    lang == other || &texts[key] != text,
                    "{key} is the same in {lang:?} and {other:?}"
                );
            }
        }
    }
}

#[test]
fn a_button_fits_a_small_phone() {
    for lang in Lang::ALL.iter().copied() {
        let label = Text(lang).get("login-button");
        assert!(label.chars().count() <= 28, "{lang:?}: {label}");
    }
}
