//! Names of the walled garden.

use std::fmt;
use std::str::FromStr;

/// Longest host name, characters (RFC 1035, section 2.3.4).
const MOST_CHARACTERS: usize = 253;
/// Longest label, characters (RFC 1035, section 2.3.4).
const MOST_LABEL: usize = 63;

/// A host name, or every name below one: `www.example.org`, `*.example.org`.
///
/// In lower case, letters, digits and hyphens; a wildcard stands alone at the left, before at least two
/// labels, and does not include the name after it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamePattern {
    /// The name, or what every matching name ends with.
    name: String,
    /// Whether names below are meant.
    below: bool,
}

/// Why a text is not a [`NamePattern`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NamePatternError {
    /// Not a host name.
    #[error("write a host name like \"www.example.org\", or \"*.example.org\" for all names below it")]
    Form,
    /// A name of one label, or a wildcard before one.
    #[error("the name has too few labels: a whole top-level domain cannot be opened")]
    Wide,
    /// An address.
    #[error("this is an address: write it as address = \"…\"")]
    Address,
}

impl NamePattern {
    /// Whether `name` is meant: lower case, without the root's dot.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        if !self.below {
            return name == self.name;
        }
        name.strip_suffix(self.name.as_str())
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    }

    /// The name itself, without the wildcard.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it stands for the names below [`Self::name`].
    #[must_use]
    pub const fn is_wildcard(&self) -> bool {
        self.below
    }
}

impl FromStr for NamePattern {
    type Err = NamePatternError;
    fn from_str(text: &str) -> Result<Self, NamePatternError> {
        if text.parse::<std::net::IpAddr>().is_ok() {
            return Err(NamePatternError::Address);
        }
        let (name, below) = text.strip_prefix("*.").map_or((text, false), |rest| (rest, true));
        let label = |label: &str| {
            let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            (1..=MOST_LABEL).contains(&label.len())
                && label.bytes().all(legal)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if name.len() > MOST_CHARACTERS || !name.split('.').all(label) {
            return Err(NamePatternError::Form);
        }
        if !name.contains('.') {
            return Err(NamePatternError::Wide);
        }
        Ok(Self {
            name: name.to_owned(),
            below,
        })
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.below { "*." } else { "" }, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::NamePattern;

    #[test]
    fn a_wildcard_means_the_names_below_and_not_the_name() {
        let below: NamePattern = "*.example.org".parse().unwrap();
        for yes in ["a.example.org", "a.b.example.org"] {
            assert!(below.matches(yes), "{yes}");
        }
        for no in [
            "example.org",
            ".example.org",
            "badexample.org",
            "a.example.org.evil.net",
            "org",
            "",
        ] {
            assert!(!below.matches(no), "{no}");
        }
        let one: NamePattern = "www.example.org".parse().unwrap();
        assert!(one.matches("www.example.org") && !one.matches("a.www.example.org"));
        assert_eq!(
            (below.to_string(), one.to_string()),
            ("*.example.org".to_owned(), "www.example.org".to_owned())
        );
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in [
            "",
            "*",
            "*.",
            "*.it",
            "it",
            "a..b",
            "-a.it",
            "a-.it",
            "A.it",
            "a b.it",
            "*.*.it",
            "a.*.it",
            "192.0.2.1",
            "::1",
            "a.it.",
        ] {
            assert!(bad.parse::<NamePattern>().is_err(), "{bad}");
        }
        assert!(format!("{}.it", "a".repeat(64)).parse::<NamePattern>().is_err());
    }
}
