//! The forms of orders: what was typed, as an order or as the field that is wrong.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use crate::core::StationAct;
use crate::model::{Rate, ReasonError, StationOrder, TimeZone};

/// The longest that a form extends, minutes.
const MOST_MINUTES: u32 = 12 * 60;
/// As browsers write it (HTML, local date and time).
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// What was typed into the form of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// Which order.
    pub(super) act: String,
    pub(super) minutes: String,
    pub(super) down: String,
    pub(super) up: String,
    pub(super) until: String,
    pub(super) reason: String,
    /// How many they are, where an order is about all that a search finds.
    pub(super) sure: String,
}

/// What is wrong: the field, and the word that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: &'static str,
    pub(super) word: &'static str,
}

const fn wrong(field: &'static str, word: &'static str) -> Wrong {
    Wrong { field, word }
}

impl Wrong {
    /// How many they are was not written, or there are others by now.
    pub(super) const NOT_SURE: Self = wrong("sure", "stations-wrong-sure");
}

impl Typed {
    /// What stands in the forms before anybody types.
    pub(super) fn usual(now: Timestamp, zone: &TimeZone) -> Self {
        let tomorrow = now.checked_add(SignedDuration::from_hours(24)).unwrap_or(now);
        Self {
            minutes: "60".to_owned(),
            until: local(tomorrow, zone),
            ..Self::default()
        }
    }

    /// Takes a field of a form in; whether it was one of these.
    pub(super) fn take(&mut self, name: &str, value: &str) -> bool {
        let place = match name {
            "act" => &mut self.act,
            "minutes" => &mut self.minutes,
            "down" => &mut self.down,
            "up" => &mut self.up,
            "until" => &mut self.until,
            "reason" => &mut self.reason,
            "sure" => &mut self.sure,
            _ => return false,
        };
        value.clone_into(place);
        true
    }

    /// What stands in a field.
    pub(super) fn value(&self, name: &str) -> &str {
        match name {
            "minutes" => &self.minutes,
            "down" => &self.down,
            "up" => &self.up,
            "until" => &self.until,
            "reason" => &self.reason,
            "sure" => &self.sure,
            _ => "",
        }
    }

    /// The order.
    ///
    /// # Errors
    /// The field that is wrong.
    pub(super) fn order(&self, now: Timestamp, zone: &TimeZone) -> Result<StationAct, Wrong> {
        match self.act.as_str() {
            "end" => Ok(StationAct::End),
            "extend" => self.extend(),
            "plan" => Ok(StationAct::Plan {
                down: rate(&self.down).ok_or(wrong("down", "stations-wrong-rate"))?,
                up: rate(&self.up).ok_or(wrong("up", "stations-wrong-rate"))?,
            }),
            "usual" => Ok(StationAct::UsualPlan),
            "block" => Ok(StationAct::Block {
                until: self.end(now, zone)?,
                reason: self.reason.parse().map_err(wrong_reason)?,
            }),
            "exempt" => Ok(StationAct::Exempt {
                until: self.end(now, zone)?,
                reason: match self.reason.parse() {
                    Ok(reason) => Some(reason),
                    Err(ReasonError::Empty) => None,
                    Err(error) => return Err(wrong_reason(error)),
                },
            }),
            "lift" => Ok(StationAct::Lift),
            _ => Err(wrong("act", "stations-wrong-act")),
        }
    }

    fn extend(&self) -> Result<StationAct, Wrong> {
        let minutes: Option<u32> = self.minutes.trim().parse().ok();
        let minutes = minutes.filter(|minutes| (1..=MOST_MINUTES).contains(minutes));
        let minutes = minutes.ok_or(wrong("minutes", "stations-wrong-minutes"))?;
        Ok(StationAct::Extend { minutes })
    }

    fn end(&self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Wrong> {
        let civil: Option<DateTime> = self.until.trim().parse().ok();
        let until = civil
            .and_then(|civil| civil.to_zoned(zone.jiff().clone()).ok())
            .map(|zoned| zoned.timestamp())
            .ok_or(wrong("until", "stations-wrong-until"))?;
        if until <= now {
            return Err(wrong("until", "stations-wrong-past"));
        }
        if until.duration_since(now) > StationOrder::LONGEST {
            return Err(wrong("until", "stations-wrong-far"));
        }
        Ok(until)
    }
}

/// An instant as browsers write it in such a field.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.jiff().clone()).strftime(LOCAL).to_string()
}

/// Megabits a second, with a point or a comma.
fn rate(text: &str) -> Option<Rate> {
    format!("{} Mbit/s", text.trim().replace(',', ".")).parse().ok()
}

const fn wrong_reason(error: ReasonError) -> Wrong {
    let word = match error {
        ReasonError::Empty => "stations-wrong-reason-empty",
        ReasonError::TooLong => "stations-wrong-reason-long",
        ReasonError::Control => "stations-wrong-reason-control",
    };
    wrong("reason", word)
}

#[cfg(test)]
mod tests {
    use super::{Typed, Wrong};
    use crate::core::StationAct;
    use crate::model::{Rate, TimeZone};

    fn typed(act: &str, fields: &[(&str, &str)]) -> Result<StationAct, Wrong> {
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut typed = Typed::usual(now, &TimeZone::rome());
        typed.take("act", act);
        for (name, value) in fields {
            assert!(typed.take(name, value), "{name}");
        }
        typed.order(now, &TimeZone::rome())
    }

    #[test]
    fn what_is_typed_becomes_an_order() {
        assert_eq!(typed("extend", &[]), Ok(StationAct::Extend { minutes: 60 }));
        let mbit = |mbit: u64| Rate::from_bytes_per_second(mbit * 125_000).unwrap();
        let half = Rate::from_bytes_per_second(62_500).unwrap();
        assert_eq!(
            typed("plan", &[("down", "2"), ("up", "0,5")]),
            Ok(StationAct::Plan {
                down: mbit(2),
                up: half
            })
        );
        assert_eq!(
            typed("block", &[("until", "2026-11-23T08:30"), ("reason", " Router ")]),
            Ok(StationAct::Block {
                until: "2026-11-23T07:30:00Z".parse().unwrap(),
                reason: "Router".parse().unwrap(),
            })
        );
        let exempt = StationAct::Exempt {
            until: "2026-11-23T10:00:00Z".parse().unwrap(),
            reason: None,
        };
        assert_eq!(typed("exempt", &[]), Ok(exempt));
    }

    #[test]
    fn the_wrong_field_is_named() {
        let long = "x".repeat(141);
        for (act, fields, field) in [
            ("extend", vec![("minutes", "0")], "minutes"),
            ("extend", vec![("minutes", "721")], "minutes"),
            ("plan", vec![("down", "-1"), ("up", "1")], "down"),
            ("plan", vec![("down", "1"), ("up", "")], "up"),
            ("block", vec![], "reason"),
            ("block", vec![("reason", "x"), ("until", "tomorrow")], "until"),
            (
                "block",
                vec![("reason", "x"), ("until", "2026-11-22T10:59")],
                "until",
            ),
            (
                "block",
                vec![("reason", "x"), ("until", "2027-11-22T10:59")],
                "until",
            ),
            ("exempt", vec![("reason", long.as_str())], "reason"),
            ("dance", vec![], "act"),
        ] {
            let outcome = typed(act, &fields);
            assert_eq!(
                outcome.map_err(|wrong| wrong.field),
                Err(field),
                "{act} {fields:?}"
            );
        }
    }
}
