//! The Fluent files of the languages, each parsed when somebody first asks for it: most are never
//! asked for between two restarts, and a parsed one takes 100 KiB (150 with the legal texts), all of them
//! 2.7 MiB.

use std::sync::OnceLock;

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use unic_langid::LanguageIdentifier;

use crate::portal::lang::{Direction, Lang};

/// The messages of one language.
pub(super) type Bundle = FluentBundle<FluentResource>;

static BUNDLES: [OnceLock<Bundle>; Lang::ALL.len()] = [const { OnceLock::new() }; Lang::ALL.len()];

/// The messages of `lang`. `None` never comes; it spares an index that could panic.
pub(super) fn of(lang: Lang) -> Option<&'static Bundle> {
    let place = Lang::ALL.iter().position(|one| *one == lang)?;
    BUNDLES.get(place).map(|cell| cell.get_or_init(|| parse(lang)))
}

/// Broken messages are left out, and a test sees to it that there are none.
fn parse(lang: Lang) -> Bundle {
    let locale: LanguageIdentifier = lang.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // Isolation marks keep a Latin name or a number from turning the words around it about; among
    // letters that run the same way as names mostly do they would be dead weight in every page.
    bundle.set_use_isolating(lang.direction() == Direction::RightToLeft);
    for source in [Some(source(lang)), legal_source(lang)].into_iter().flatten() {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

macro_rules! locale {
    ($file:literal) => {
        include_str!(concat!("../../../templates/locales/", $file))
    };
}

/// The texts of the pages.
pub(super) const fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::It => locale!("it/portal.ftl"),
        Lang::En => locale!("en/portal.ftl"),
        Lang::Cs => locale!("cs/portal.ftl"),
        Lang::Da => locale!("da/portal.ftl"),
        Lang::De => locale!("de/portal.ftl"),
        Lang::Et => locale!("et/portal.ftl"),
        Lang::Es => locale!("es/portal.ftl"),
        Lang::Fr => locale!("fr/portal.ftl"),
        Lang::Ga => locale!("ga/portal.ftl"),
        Lang::Hr => locale!("hr/portal.ftl"),
        Lang::Lv => locale!("lv/portal.ftl"),
        Lang::Lt => locale!("lt/portal.ftl"),
        Lang::Hu => locale!("hu/portal.ftl"),
        Lang::Mt => locale!("mt/portal.ftl"),
        Lang::Nl => locale!("nl/portal.ftl"),
        Lang::Pl => locale!("pl/portal.ftl"),
        Lang::Pt => locale!("pt/portal.ftl"),
        Lang::Ro => locale!("ro/portal.ftl"),
        Lang::Sk => locale!("sk/portal.ftl"),
        Lang::Sl => locale!("sl/portal.ftl"),
        Lang::Fi => locale!("fi/portal.ftl"),
        Lang::Sv => locale!("sv/portal.ftl"),
        Lang::El => locale!("el/portal.ftl"),
        Lang::Bg => locale!("bg/portal.ftl"),
        Lang::Uk => locale!("uk/portal.ftl"),
        Lang::Ar => locale!("ar/portal.ftl"),
        Lang::Zh => locale!("zh/portal.ftl"),
    }
}

/// Terms, privacy notice and accessibility statement, of the languages that have them.
pub(super) const fn legal_source(lang: Lang) -> Option<&'static str> {
    match lang {
        Lang::It => Some(locale!("it/legal.ftl")),
        Lang::En => Some(locale!("en/legal.ftl")),
        _ => None,
    }
}
