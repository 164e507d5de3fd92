//! The languages of the people's pages and the choice among them.

/// A language with its own texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Italian.
    It,
    /// English.
    En,
}

/// Most ranges of an `Accept-Language` header that are read; browsers send a handful.
const MAX_RANGES: usize = 32;

impl Lang {
    /// All, in the order in which pages list them. The first is the language of the place.
    pub const ALL: &[Self] = &[Self::It, Self::En];
    /// For people who asked for nothing.
    pub const LOCAL: Self = Self::It;
    /// For people none of whose languages is here.
    pub const INTERNATIONAL: Self = Self::En;

    /// Two letters (ISO 639-1), as in `lang` attributes and `wifi4euLanguage`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::En => "en",
        }
    }

    /// What its speakers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::It => "Italiano",
            Self::En => "English",
        }
    }

    /// The language of a two-letter code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|lang| lang.code().eq_ignore_ascii_case(code))
    }

    /// Best language for an `Accept-Language` header (RFC 9110, section 12.5.4, matched by primary
    /// subtag). Ties go to the one named first.
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
            let primary = tag.split('-').next().unwrap_or(tag);
            let Some(lang) = Self::from_code(primary) else {
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
            (Some("de-DE,de;q=0.9,en;q=0.5,it;q=0.4"), Lang::En),
            (Some("de-DE"), Lang::En),
            (Some("de,*;q=0.1"), Lang::It),
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

    proptest! {
        #[test]
        fn any_header_gives_a_language(header in any::<String>()) {
            let _ = Lang::negotiate(Some(&header));
        }
    }
}
