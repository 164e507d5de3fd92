//! What somebody wants to see: the query of the pages with charts.

use std::str::FromStr as _;

use serde::Deserialize;

use super::span::Span;
use crate::dashboard::records::Known;
use crate::model::NetworkId;
use crate::model::figures::Day;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    pub(super) network: String,
    pub(super) span: String,
    pub(super) at: String,
    /// A day in the period to compare with.
    pub(super) with: String,
}

/// What is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    /// `None` for all together.
    pub(super) network: Option<NetworkId>,
    pub(super) span: Span,
    pub(super) at: Day,
    pub(super) with: Day,
}

/// A field that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Network,
    Span,
    At,
    With,
}

impl Wish {
    /// What is meant; without a word of it, the month of the last day that is over, of all networks.
    pub(super) fn read(&self, known: &Known) -> Result<Meant, Wrong> {
        let network = match self.network.as_str() {
            "" => None,
            name => {
                let found = known.networks.iter().find(|(id, _)| id.as_str() == name);
                Some(found.ok_or(Wrong::Network)?.0)
            }
        };
        let span = match self.span.as_str() {
            "" => Span::Month,
            text => Span::read(text).ok_or(Wrong::Span)?,
        };
        let at = day(&self.at).map_err(|()| Wrong::At)?;
        let at = at.unwrap_or_else(|| known.today.previous());
        let with = day(&self.with).map_err(|()| Wrong::With)?;
        Ok(Meant {
            network,
            span,
            at,
            with: with.unwrap_or_else(|| span.period(at).from().previous()),
        })
    }
}

impl Meant {
    /// As it is when nobody says anything, or says what cannot be used.
    pub(super) fn nothing(known: &Known) -> Self {
        let at = known.today.previous();
        Self {
            network: None,
            span: Span::Month,
            at,
            with: Span::Month.period(at).from().previous(),
        }
    }

    /// The address of another page of the same kind.
    pub(super) fn link(&self, path: &str, span: Span, at: Day) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(network) = self.network {
            query.append_pair("network", network.as_str());
        }
        query.append_pair("span", span.code());
        query.append_pair("at", &at.to_string());
        format!("{path}?{}", query.finish())
    }
}

/// A day, `2026-11-22`, or none. Years are those of figures.
fn day(text: &str) -> Result<Option<Day>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() != "2026-11-22".len() {
        return Err(());
    }
    let day = Day::from_str(text).map_err(|_| ())?;
    let is_plausible = (2000..=2200).contains(&day.date().year());
    is_plausible.then_some(Some(day)).ok_or(())
}

#[cfg(test)]
mod tests {
    use super::{Meant, Wish, Wrong};
    use crate::dashboard::figures::span::Span;
    use crate::dashboard::records::Known;

    fn known() -> Known {
        Known {
            networks: vec![("piazza".parse().unwrap(), "Piazza".to_owned())],
            today: "2026-03-01".parse().unwrap(),
        }
    }

    fn read(network: &str, span: &str, at: &str, other: &str) -> Result<Meant, Wrong> {
        let wish = Wish {
            network: network.to_owned(),
            span: span.to_owned(),
            at: at.to_owned(),
            with: other.to_owned(),
        };
        wish.read(&known())
    }

    #[test]
    fn without_a_word_it_is_the_last_month_of_which_something_is_over() {
        let meant = read("", "", "", "").unwrap();
        assert_eq!(meant, Meant::nothing(&known()));
        assert_eq!(
            (meant.span, meant.at.to_string(), meant.with.to_string()),
            (Span::Month, "2026-02-28".to_owned(), "2026-01-31".to_owned())
        );
    }

    #[test]
    fn what_cannot_be_used_is_told_by_its_field() {
        assert_eq!(read("mercato", "", "", ""), Err(Wrong::Network));
        assert_eq!(read("../piazza", "", "", ""), Err(Wrong::Network));
        assert_eq!(read("piazza", "decade", "", ""), Err(Wrong::Span));
        for bad in [
            "31.10.2026",
            "2026-02-30",
            "9999-12-31",
            "0001-01-01",
            "2026-10-3x",
        ] {
            assert_eq!(read("", "", bad, ""), Err(Wrong::At), "{bad}");
            assert_eq!(read("", "", "", bad), Err(Wrong::With), "{bad}");
        }
        let meant = read("piazza", "year", "2025-07-01", "2024-07-01").unwrap();
        assert_eq!(
            meant.link("/figures", Span::Day, meant.with),
            "/figures?network=piazza&span=day&at=2024-07-01"
        );
    }
}
