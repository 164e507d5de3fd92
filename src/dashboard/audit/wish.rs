//! What somebody wants to see of the log: the query of the page.

use jiff::civil::Date;
use serde::Deserialize;

use crate::model::TimeZone;
use crate::model::audit::Filter;

/// The fields as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) who: String,
    pub(super) did: String,
    pub(super) text: String,
    before: String,
}

/// A field that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    From,
    To,
    /// The last day is before the first.
    Reversed,
}

impl Wish {
    /// Which entries are meant.
    pub(super) fn read(&self, zone: &TimeZone) -> Result<Filter, Wrong> {
        let from = day(&self.from).map_err(|()| Wrong::From)?;
        let to = day(&self.to).map_err(|()| Wrong::To)?;
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(Wrong::Reversed);
        }
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Filter {
            who: some(&self.who),
            did: some(&self.did),
            text: some(&self.text),
            ..Filter::within(from, to, zone).map_err(|_| Wrong::To)?
        })
    }

    /// The line before which the page begins; the newest page without it.
    pub(super) fn before(&self) -> Option<u64> {
        self.before.parse().ok()
    }

    /// The address of another page of the same entries.
    pub(super) fn link(&self, before: Option<u64>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.fields() {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some(line) = before {
            query.append_pair("before", &line.to_string());
        }
        let query = query.finish();
        if query.is_empty() {
            "/audit".to_owned()
        } else {
            format!("/audit?{query}")
        }
    }

    fn fields(&self) -> [(&'static str, &str); 5] {
        [
            ("from", &self.from),
            ("to", &self.to),
            ("who", &self.who),
            ("did", &self.did),
            ("text", &self.text),
        ]
    }
}

/// A day, `2026-11-22`, or none.
fn day(text: &str) -> Result<Option<Date>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() != "2026-11-22".len() {
        return Err(());
    }
    text.parse().map(Some).map_err(|_| ())
}

#[cfg(test)]
mod tests {
    use super::{Wish, Wrong};
    use crate::model::TimeZone;

    fn wish(from: &str, to: &str) -> Wish {
        Wish {
            from: from.to_owned(),
            to: to.to_owned(),
            who: " anna ".to_owned(),
            ..Wish::default()
        }
    }

    #[test]
    fn a_day_that_is_none_is_told_by_its_field() {
        let read = |from, to| wish(from, to).read(&TimeZone::rome()).map(|filter| filter.who);
        assert_eq!(read("2026-11-01", "2026-11-01"), Ok(Some("anna".to_owned())));
        assert_eq!(read("", ""), Ok(Some("anna".to_owned())));
        assert_eq!(read("1.11.2026", ""), Err(Wrong::From));
        assert_eq!(read("", "2026-02-30"), Err(Wrong::To));
        assert_eq!(read("", "9999-12-31"), Err(Wrong::To));
        assert_eq!(read("2026-11-02", "2026-11-01"), Err(Wrong::Reversed));
    }

    #[test]
    fn a_link_keeps_what_was_asked_for() {
        assert_eq!(Wish::default().link(None), "/audit");
        let text = Wish {
            text: "a&b=\"c\"".to_owned(),
            ..Wish::default()
        };
        assert_eq!(text.link(Some(7)), "/audit?text=a%26b%3D%22c%22&before=7");
    }
}
