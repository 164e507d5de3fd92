//! The languages of the people's pages: the 24 of the European Union, and three that many guests of
//! Italian towns read. `negotiate` chooses among them.

mod negotiate;

/// A language with its own texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Italian.
    It,
    /// English.
    En,
    /// Czech.
    Cs,
    /// Danish.
    Da,
    /// German.
    De,
    /// Estonian.
    Et,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Irish.
    Ga,
    /// Croatian.
    Hr,
    /// Latvian.
    Lv,
    /// Lithuanian.
    Lt,
    /// Hungarian.
    Hu,
    /// Maltese.
    Mt,
    /// Dutch.
    Nl,
    /// Polish.
    Pl,
    /// Portuguese.
    Pt,
    /// Romanian.
    Ro,
    /// Slovak.
    Sk,
    /// Slovenian.
    Sl,
    /// Finnish.
    Fi,
    /// Swedish.
    Sv,
    /// Greek.
    El,
    /// Bulgarian.
    Bg,
    /// Ukrainian.
    Uk,
    /// Arabic.
    Ar,
    /// Chinese, in simplified characters.
    Zh,
}

/// Which way a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

impl Direction {
    /// The value of a `dir` attribute.
    #[must_use]
    pub const fn attribute(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

impl Lang {
    /// All, in the order in which pages list them: the language of the place, English, then the Latin
    /// letters by own name, then the others. People look for their own name or their own letters.
    pub const ALL: &[Self] = &[
        Self::It,
        Self::En,
        Self::Cs,
        Self::Da,
        Self::De,
        Self::Et,
        Self::Es,
        Self::Fr,
        Self::Ga,
        Self::Hr,
        Self::Lv,
        Self::Lt,
        Self::Hu,
        Self::Mt,
        Self::Nl,
        Self::Pl,
        Self::Pt,
        Self::Ro,
        Self::Sk,
        Self::Sl,
        Self::Fi,
        Self::Sv,
        Self::El,
        Self::Bg,
        Self::Uk,
        Self::Ar,
        Self::Zh,
    ];
    /// For people who asked for nothing.
    pub const LOCAL: Self = Self::It;
    /// For people none of whose languages is here.
    pub const INTERNATIONAL: Self = Self::En;

    /// Two letters (ISO 639-1), as in `lang` attributes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.names().0
    }

    /// The value of `wifi4euLanguage`: the Commission has its banner in the languages of the Union, so
    /// that readers of others get the English one.
    #[must_use]
    pub const fn wifi4eu_code(self) -> &'static str {
        match self {
            Self::Uk | Self::Ar | Self::Zh => Self::En.code(),
            _ => self.code(),
        }
    }

    /// What its speakers call it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        self.names().1
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::It => ("it", "Italiano"),
            Self::En => ("en", "English"),
            Self::Cs => ("cs", "Čeština"),
            Self::Da => ("da", "Dansk"),
            Self::De => ("de", "Deutsch"),
            Self::Et => ("et", "Eesti"),
            Self::Es => ("es", "Español"),
            Self::Fr => ("fr", "Français"),
            Self::Ga => ("ga", "Gaeilge"),
            Self::Hr => ("hr", "Hrvatski"),
            Self::Lv => ("lv", "Latviešu"),
            Self::Lt => ("lt", "Lietuvių"),
            Self::Hu => ("hu", "Magyar"),
            Self::Mt => ("mt", "Malti"),
            Self::Nl => ("nl", "Nederlands"),
            Self::Pl => ("pl", "Polski"),
            Self::Pt => ("pt", "Português"),
            Self::Ro => ("ro", "Română"),
            Self::Sk => ("sk", "Slovenčina"),
            Self::Sl => ("sl", "Slovenščina"),
            Self::Fi => ("fi", "Suomi"),
            Self::Sv => ("sv", "Svenska"),
            Self::El => ("el", "Ελληνικά"),
            Self::Bg => ("bg", "Български"),
            Self::Uk => ("uk", "Українська"),
            Self::Ar => ("ar", "العربية"),
            Self::Zh => ("zh", "中文"),
        }
    }

    /// Which way it is written.
    #[must_use]
    pub const fn direction(self) -> Direction {
        match self {
            Self::Ar => Direction::RightToLeft,
            _ => Direction::LeftToRight,
        }
    }

    /// The language in which its readers get the legal texts: there are an Italian and an English one,
    /// which the comune answers for.
    #[must_use]
    pub const fn legal(self) -> Self {
        match self {
            Self::It => Self::It,
            _ => Self::En,
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
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Direction, Lang};

    #[test]
    fn the_languages_of_the_union_and_three_more_are_there() {
        let wanted = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv uk ar zh";
        let codes: BTreeSet<&str> = Lang::ALL.iter().map(|lang| lang.code()).collect();
        assert_eq!(codes, wanted.split(' ').collect());
        let names: BTreeSet<&str> = Lang::ALL.iter().map(|lang| lang.own_name()).collect();
        assert_eq!(names.len(), Lang::ALL.len());
        assert_eq!(Lang::ALL[..2], [Lang::LOCAL, Lang::INTERNATIONAL]);
    }

    #[test]
    fn a_code_leads_back_to_its_language() {
        for lang in Lang::ALL.iter().copied() {
            assert_eq!(Lang::from_code(lang.code()), Some(lang));
            assert_eq!(Lang::from_code(&lang.code().to_uppercase()), Some(lang));
        }
        assert_eq!(Lang::from_code("nb"), None);
        assert_eq!(Lang::from_code("ita"), None);
    }

    #[test]
    fn the_commissions_banner_comes_in_a_language_of_the_union() {
        assert_eq!(Lang::Ga.wifi4eu_code(), "ga");
        assert_eq!(Lang::It.wifi4eu_code(), "it");
        for lang in [Lang::Uk, Lang::Ar, Lang::Zh] {
            assert_eq!(lang.wifi4eu_code(), "en");
        }
    }

    #[test]
    fn arabic_alone_is_written_from_right_to_left() {
        for lang in Lang::ALL.iter().copied() {
            let rtl = lang.direction() == Direction::RightToLeft;
            assert_eq!(rtl, lang == Lang::Ar, "{lang:?}");
        }
        assert_eq!(Lang::Ar.direction().attribute(), "rtl");
        assert_eq!(Lang::Lv.direction().attribute(), "ltr");
    }
}
