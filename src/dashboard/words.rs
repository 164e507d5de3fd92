//! Words for administrators, from `templates/locales/{it,en}/dashboard.ftl` and a file for each screen beside it.

use std::sync::LazyLock;

use axum::http::{HeaderMap, header};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::config::Words;

/// All words of a language.
macro_rules! words {
    ($code:literal) => {
        concat!(
            include_str!(concat!("../../templates/locales/", $code, "/dashboard.ftl")),
            include_str!(concat!("../../templates/locales/", $code, "/dashboard/now.ftl")),
            include_str!(concat!(
                "../../templates/locales/",
                $code,
                "/dashboard/stations.ftl"
            )),
            include_str!(concat!(
                "../../templates/locales/",
                $code,
                "/dashboard/networks.ftl"
            )),
            include_str!(concat!("../../templates/locales/", $code, "/dashboard/page.ftl")),
            include_str!(concat!(
                "../../templates/locales/",
                $code,
                "/dashboard/figures.ftl"
            )),
            include_str!(concat!(
                "../../templates/locales/",
                $code,
                "/dashboard/settings.ftl"
            )),
            include_str!(concat!("../../templates/locales/", $code, "/dashboard/users.ftl")),
            include_str!(concat!("../../templates/locales/", $code, "/dashboard/audit.ftl")),
            include_str!(concat!(
                "../../templates/locales/",
                $code,
                "/dashboard/tokens.ftl"
            )),
        )
    };
}

/// Languages of the dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    It,
    En,
}

impl Tongue {
    /// The one the browser would rather have (RFC 9110, section 12.5.4); Italian when it says neither.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let wish = headers.get(header::ACCEPT_LANGUAGE);
        let wish = wish.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut best = (Self::It, 0.0);
        for range in wish.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|text| text.parse::<f32>().ok());
            let language = tag
                .trim()
                .split('-')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let tongue = match language.as_str() {
                "it" => Self::It,
                "en" => Self::En,
                _ => continue,
            };
            if let Some(weight) = weight.filter(|weight| *weight > best.1) {
                best = (tongue, weight);
            }
        }
        best.0
    }

    /// Its code (BCP 47).
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::En => "en",
        }
    }

    const fn source(self) -> &'static str {
        match self {
            Self::It => words!("it"),
            Self::En => words!("en"),
        }
    }

    /// A message.
    pub(super) fn say(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A message with a number.
    pub(super) fn count(self, key: &str, count: u64) -> String {
        self.with(key, &[("count", FluentValue::from(count))])
    }

    /// What is told of a configuration.
    pub(super) fn told(self, words: &Words) -> String {
        match self {
            Self::It => words.italian(),
            Self::En => words.english(),
        }
        .to_owned()
    }

    /// A message with what it tells.
    pub(super) fn with(self, key: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        static WORDS: LazyLock<[FluentBundle<FluentResource>; 2]> =
            LazyLock::new(|| [bundle(Tongue::It), bundle(Tongue::En)]);
        let [it, en] = &*WORDS;
        let bundle = match self {
            Self::It => it,
            Self::En => en,
        };
        let arguments: FluentArgs<'_> = arguments.iter().cloned().collect();
        let message = bundle.get_message(key);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let text = bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new());
        text.into_owned()
    }
}

fn bundle(tongue: Tongue) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = tongue.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    // Broken messages are left out, and a test sees to it that there are none.
    let resource = FluentResource::try_new(tongue.source().to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use super::Tongue;
    use axum::http::{HeaderMap, HeaderValue, header};
    use std::collections::BTreeSet;
    use std::path::Path;

    fn keys(tongue: Tongue) -> BTreeSet<String> {
        let parsed = fluent_syntax::parser::parse(tongue.source());
        let resource = parsed.unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", tongue.code()));
        let mut keys = BTreeSet::new();
        for entry in resource.body {
            if let fluent_syntax::ast::Entry::Message(message) = entry {
                assert!(
                    keys.insert(message.id.name.to_owned()),
                    "{} stands twice",
                    message.id.name
                );
            }
        }
        keys
    }

    #[test]
    fn both_languages_say_the_same() {
        assert_eq!(keys(Tongue::It), keys(Tongue::En));
        assert!(keys(Tongue::It).len() > 30);
    }

    #[test]
    fn every_word_of_the_pages_is_there() {
        let known = keys(Tongue::En);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/dashboard");
        let files = std::fs::read_dir(folder).unwrap();
        let files = files.map(|file| file.unwrap().path());
        let pages = files.filter(|path| path.extension().is_some_and(|end| end == "html"));
        let pages = pages.map(|path| std::fs::read_to_string(path).unwrap());
        for page in pages {
            for said in page.split("say(\"").skip(1) {
                let key = said.split('"').next().unwrap();
                assert!(known.contains(key), "{key}");
            }
        }
    }

    #[test]
    fn the_browser_chooses() {
        for (wish, tongue) in [
            ("", Tongue::It),
            ("de-DE,de;q=0.9", Tongue::It),
            ("en-GB,en;q=0.9,it;q=0.8", Tongue::En),
            ("de,en;q=0.5,it;q=0.7", Tongue::It),
            ("en;q=0", Tongue::It),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(wish));
            assert_eq!(Tongue::of(&headers), tongue, "{wish}");
        }
        assert_eq!(Tongue::of(&HeaderMap::new()), Tongue::It);
    }
}
