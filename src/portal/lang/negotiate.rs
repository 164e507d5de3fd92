//! Which language a visitor gets: `Accept-Language` (RFC 9110, section 12.5.4), by primary subtag.

use super::Lang;

/// Most ranges of an `Accept-Language` header that are read; browsers send a handful.
const MAX_RANGES: usize = 32;

/// Primary subtags of people who read one of the languages here with ease. Norwegian is not among
/// them: its readers are better off with English than with Danish.
const READ_AS: &[(&[&str], Lang)] = &[
    // The standards of one language, and its old common code.
    (&["bs", "cnr", "sh", "sr"], Lang::Hr),
    // Moldovan, a code withdrawn.
    (&["mo"], Lang::Ro),
    // Spoken forms whose speakers write the standard language.
    (&["aeb", "apc", "arb", "ary", "arz"], Lang::Ar),
    (&["cmn", "hak", "nan", "wuu", "yue"], Lang::Zh),
    (&["bar", "gsw", "lb"], Lang::De),
    (
        &["fur", "lij", "lld", "lmo", "nap", "pms", "sc", "scn", "vec"],
        Lang::It,
    ),
    // Languages of Spain and France beside the state's.
    (&["an", "ast", "ca", "eu", "gl"], Lang::Es),
    (&["br", "co", "oc"], Lang::Fr),
];

impl Lang {
    /// Best language for an `Accept-Language` header. Ties go to the one named first.
    #[must_use]
    pub fn negotiate(header: Option<&str>) -> Self {
        let mut named = false;
        let mut best: Option<(u16, Self)> = None;
        let mut refused = Vec::new();
        let mut wildcard = 0;
        for range in header.unwrap_or_default().split(',').take(MAX_RANGES) {
            let Some((tag, quality)) = parse_range(range) else {
                continue;
            };
            named = true;
            if tag == "*" {
                wildcard = quality;
                continue;
            }
            let Some(lang) = Self::read_by(tag) else {
                continue;
            };
            if quality == 0 {
                refused.push(lang);
            } else if best.is_none_or(|(found, _)| quality > found) {
                best = Some((quality, lang));
            }
        }
        if let Some((_, lang)) = best {
            return lang;
        }
        if !named || (wildcard > 0 && !refused.contains(&Self::LOCAL)) {
            return Self::LOCAL;
        }
        Self::INTERNATIONAL
    }

    /// The language that readers of a tag (BCP 47) read.
    fn read_by(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or(tag);
        Self::from_code(primary).or_else(|| {
            let kin = |code: &&str| code.eq_ignore_ascii_case(primary);
            let (_, lang) = READ_AS.iter().find(|(codes, _)| codes.iter().any(kin))?;
            Some(*lang)
        })
    }
}

/// One range and its quality in thousandths; `None` for what is no range.
fn parse_range(range: &str) -> Option<(&str, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let tag = parts.next().filter(|tag| !tag.is_empty())?;
    let mut quality = 1_000;
    for parameter in parts {
        let value = parameter
            .strip_prefix("q=")
            .or_else(|| parameter.strip_prefix("Q="))?;
        quality = parse_quality(value)?;
    }
    Some((tag, quality))
}

/// `qvalue` of RFC 9110, section 12.4.2: 0 to 1 with at most three decimals.
fn parse_quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::Lang;

    #[test]
    fn the_header_decides() {
        for (header, lang) in [
            (None, Lang::It),
            (Some(""), Lang::It),
            (Some("it-IT,it;q=0.9,en-US;q=0.8,en;q=0.7"), Lang::It),
            (Some("en-GB"), Lang::En),
            (Some("en;q=0.3, it;q=0.31"), Lang::It),
            (Some("it;q=0.30,en;q=0.301"), Lang::En),
            (Some("de-DE,de;q=0.9,en;q=0.5,it;q=0.4"), Lang::De),
            (Some("ar-EG,ar;q=0.9,en;q=0.8,it;q=0.7"), Lang::Ar),
            (Some("sq-AL,sq;q=0.9,en;q=0.5,it;q=0.4"), Lang::En),
            (Some("sq-AL,sq;q=0.9,it;q=0.8,en;q=0.7"), Lang::It),
            (Some("sq-AL"), Lang::En),
            (Some("sq,*;q=0.1"), Lang::It),
            (Some("de;q=0, *;q=0.1"), Lang::It),
            (Some("*;q=0"), Lang::En),
            (Some("it;q=0,*"), Lang::En),
            (Some("it;q=0, en;q=0.1"), Lang::En),
            (Some("EN"), Lang::En),
            (Some("en;q=2, it;q=0.1"), Lang::It),
            (Some("item, enx"), Lang::En),
            (Some(";;;,,,q=1"), Lang::En),
        ] {
            assert_eq!(Lang::negotiate(header), lang, "{header:?}");
        }
    }

    #[test]
    fn neighbours_get_what_they_read() {
        for (tag, lang) in [
            ("zh-TW", Lang::Zh),
            ("zh-Hant-HK", Lang::Zh),
            ("yue", Lang::Zh),
            ("pt-BR", Lang::Pt),
            ("de-CH-1996", Lang::De),
            ("gsw-CH", Lang::De),
            ("sr-Latn-RS", Lang::Hr),
            ("BS", Lang::Hr),
            ("mo", Lang::Ro),
            ("ary-MA", Lang::Ar),
            ("scn", Lang::It),
            ("ca-ES", Lang::Es),
            ("nb-NO", Lang::En),
            ("nn", Lang::En),
            ("no", Lang::En),
            ("he", Lang::En),
            ("iw", Lang::En),
        ] {
            assert_eq!(Lang::negotiate(Some(tag)), lang, "{tag}");
        }
        assert_eq!(Lang::negotiate(Some("sr-RS,sr;q=0.9,en;q=0.8")), Lang::Hr);
        assert_eq!(Lang::negotiate(Some("en;q=0.8,sr-RS;q=0.7")), Lang::En);
    }

    #[test]
    fn every_language_can_be_asked_for() {
        for lang in Lang::ALL.iter().copied() {
            let header = format!("xx-YY, {};q=0.4, it;q=0.3", lang.code());
            assert_eq!(Lang::negotiate(Some(&header)), lang);
        }
    }

    proptest! {
        #[test]
        fn any_header_gives_a_language(header in any::<String>()) {
            let _ = Lang::negotiate(Some(&header));
        }
    }
}
