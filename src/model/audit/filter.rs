//! Which entries somebody wants to see.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Entry;
use crate::model::TimeZone;

/// Which entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Who, as it is written, or by the name alone.
    pub who: Option<String>,
    /// What kind of thing.
    pub did: Option<String>,
    /// What stands anywhere in it, in whatever case.
    pub text: Option<String>,
}

/// A day that has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is a day that has no end")]
pub struct EndlessDay(pub Date);

impl Filter {
    /// From the beginning of a first day to the end of a last one, in the zone of the place.
    ///
    /// # Errors
    /// [`EndlessDay`].
    pub fn within(from: Option<Date>, to: Option<Date>, zone: &TimeZone) -> Result<Self, EndlessDay> {
        let begin = |day: Date| {
            let begins = day.to_zoned(zone.jiff().clone());
            begins
                .map(|begins| begins.timestamp())
                .map_err(|_| EndlessDay(day))
        };
        let end = |day: Date| begin(day.tomorrow().map_err(|_| EndlessDay(day))?);
        Ok(Self {
            from: from.map(begin).transpose()?,
            until: to.map(end).transpose()?,
            ..Self::default()
        })
    }

    /// Whether an entry is meant.
    #[must_use]
    pub fn lets_through(&self, entry: &Entry) -> bool {
        let is_who = |who: &String| {
            let name = entry.who.split_once(' ').map(|(_, name)| name);
            entry.who == *who || name == Some(who)
        };
        self.from.is_none_or(|from| from <= entry.at)
            && self.until.is_none_or(|until| entry.at < until)
            && self.who.as_ref().is_none_or(is_who)
            && self.did.as_ref().is_none_or(|did| entry.did == *did)
            && self.text.as_ref().is_none_or(|text| has(entry, text))
    }
}

fn has(entry: &Entry, text: &str) -> bool {
    let text = text.to_lowercase();
    let is_in = |place: &str| place.to_lowercase().contains(&text);
    let Entry {
        who, from, did, what, ..
    } = entry;
    [who, from, did, what].into_iter().any(|place| is_in(place))
        || entry
            .more
            .iter()
            .any(|(name, value)| is_in(name) || is_in(&value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{EndlessDay, Filter};
    use crate::model::TimeZone;
    use crate::model::audit::{Entry, More};
    use jiff::civil::{Date, date};

    fn entry() -> Entry {
        let mut more = More::new();
        more.insert("sha256".to_owned(), "AB12".into());
        Entry {
            n: 7,
            at: "2026-11-22T10:00:00Z".parse().unwrap(),
            who: "user anna".to_owned(),
            from: "192.0.2.7".to_owned(),
            did: "export".to_owned(),
            what: "usage".to_owned(),
            more,
        }
    }

    #[test]
    fn a_filter_lets_through_what_is_meant() {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let filter = |from: &str, until: &str, who: &str, did: &str| Filter {
            from: from.parse().ok(),
            until: until.parse().ok(),
            who: some(who),
            did: some(did),
            text: None,
        };
        let text = |text: &str| Filter {
            text: some(text),
            ..Filter::default()
        };
        let at = "2026-11-22T10:00:00Z";
        let after = "2026-11-22T10:00:01Z";
        for (filter, expected) in [
            (Filter::default(), true),
            (filter(at, after, "anna", "export"), true),
            (filter("", "", "user anna", ""), true),
            (filter(after, "", "", ""), false),
            (filter("", at, "", ""), false),
            (filter("", "", "ann", ""), false),
            (filter("", "", "", "login"), false),
            (text("ANN"), true),
            (text("ab12"), true),
            (text("0.2.7"), true),
            (text("usages"), false),
        ] {
            assert_eq!(filter.lets_through(&entry()), expected, "{filter:?}");
        }
    }

    #[test]
    fn days_are_those_of_the_place() {
        let zone = TimeZone::rome();
        let day = date(2026, 10, 25);
        let filter = Filter::within(Some(day), Some(day), &zone).unwrap();
        assert_eq!(filter.from, "2026-10-24T22:00:00Z".parse().ok());
        assert_eq!(
            filter.until,
            "2026-10-25T23:00:00Z".parse().ok(),
            "of twenty-five hours"
        );
        assert_eq!(
            Filter::within(None, Some(Date::MAX), &zone),
            Err(EndlessDay(Date::MAX))
        );
    }
}
