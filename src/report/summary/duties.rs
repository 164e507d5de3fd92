//! The duties of the grant agreement that can be measured, each with its state.

use std::time::Duration;

use super::figures::{SiteFigures, Summary};
use crate::model::Recognition;
use crate::report::text::Words;
use crate::report::usage::mbit_hundredths;
use crate::report::{Order, Site};

/// Users who must have connected to each network (Article 4.2).
const USERS: u64 = 10;
/// Days a year that a network may be out of service (Article 9).
const DAYS: u64 = 60;
/// What the line must carry at least, hundredths of a Mbit/s (Annex I, 2.3.2).
const LINE: u64 = 3_000;

/// A duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Duty {
    /// Ten users on each network.
    Users,
    /// Not out of service for more than sixty days a year.
    Days,
    /// A line of 30 Mbit/s.
    Line,
    /// A period of recognition of at most twelve hours, or until midnight.
    Period,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// Seen to be fulfilled.
    Met,
    /// Neither seen to be fulfilled nor broken.
    Open,
    /// Broken.
    Broken,
}

impl Duty {
    pub(super) const ALL: [Self; 4] = [Self::Users, Self::Days, Self::Line, Self::Period];

    /// End of the keys of its words.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Days => "days",
            Self::Line => "line",
            Self::Period => "period",
        }
    }

    /// How it stands on a network.
    pub(super) fn state(self, figures: &SiteFigures) -> State {
        let seen = |seen: bool| if seen { State::Met } else { State::Open };
        match self {
            Self::Users => seen(
                figures
                    .devices_day
                    .max(figures.devices_month)
                    .is_some_and(|count| count >= USERS),
            ),
            Self::Days if figures.days_lost.is_some_and(|lost| lost > DAYS) => State::Broken,
            // Where nobody has looked in the whole period, not even a January is a good one.
            Self::Days => {
                let worst = figures
                    .days_lost
                    .map(|lost| lost.saturating_add(figures.days_unknown));
                seen(figures.observed > 0 && worst.is_some_and(|worst| worst <= DAYS))
            }
            Self::Line => seen(mbit_hundredths(figures.best_down) >= LINE),
            // No other period can be configured.
            Self::Period => State::Met,
        }
    }

    /// What was measured on a network, in words.
    pub(super) fn measured(self, figures: &SiteFigures, site: &Site, words: &Words) -> String {
        match self {
            Self::Users => match figures.devices_day.max(figures.devices_month) {
                Some(count) => words.with("duty-users-measured", &[("count", words.count(count).into())]),
                None => words.say("duty-users-unknown"),
            },
            Self::Days => {
                let Some(lost) = figures.days_lost else {
                    return words.say("duty-days-unknown");
                };
                let [lost, unknown] = [lost, figures.days_unknown].map(|days| words.count(days).into());
                let key = if figures.days_unknown > 0 {
                    "duty-days-measured-partly"
                } else {
                    "duty-days-measured"
                };
                words.with(key, &[("count", lost), ("unknown", unknown)])
            }
            Self::Line => {
                let rate = words.tenths(mbit_hundredths(figures.best_down) / 10);
                words.with("duty-line-measured", &[("rate", rate.into())])
            }
            Self::Period => match site.recognition {
                None => words.say("duty-period-unknown"),
                Some(Recognition::Midnight) => words.say("duty-period-midnight"),
                Some(Recognition::Period(time)) => {
                    words.with("duty-period-hours", &[("time", hours(time).into())])
                }
            },
        }
    }

    /// What was measured and how it stands, of all networks: where they differ, the worst, and which.
    pub(super) fn told(self, order: &Order, summary: &Summary, words: &Words) -> (String, State, String) {
        let states = || summary.sites.iter().map(|figures| self.state(figures));
        let worst = states().max().unwrap_or(State::Open);
        let place = states().position(|state| state == worst).unwrap_or(0);
        let measured = match (summary.sites.get(place), order.sites.get(place)) {
            (Some(figures), Some(site)) => self.measured(figures, site, words),
            _ => String::new(),
        };
        let mut told = words.say(worst.key());
        if worst != State::Met && order.sites.len() > 1 {
            let all = order.sites.iter().zip(states());
            let names: Vec<&str> = all
                .filter(|(_, state)| *state == worst)
                .map(|(site, _)| site.name.as_str())
                .collect();
            told = format!("{told}: {}", names.join(", "));
        }
        (measured, worst, told)
    }
}

impl State {
    /// Key of its words.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Met => "state-met",
            Self::Open => "state-open",
            Self::Broken => "state-broken",
        }
    }
}

/// Hours and minutes.
fn hours(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Duty, SiteFigures, State};

    #[test]
    fn duties_have_the_limits_of_the_agreement() {
        let figures = |devices_day: Option<u64>, days_lost: u64, best_down: u64| SiteFigures {
            devices_day,
            days_lost: Some(days_lost),
            best_down,
            observed: 86_400,
            ..SiteFigures::default()
        };
        assert_eq!(Duty::Users.state(&figures(Some(10), 0, 0)), State::Met);
        assert_eq!(Duty::Users.state(&figures(Some(9), 0, 0)), State::Open);
        assert_eq!(Duty::Users.state(&figures(None, 0, 0)), State::Open);
        assert_eq!(Duty::Days.state(&figures(None, 60, 0)), State::Met);
        assert_eq!(Duty::Days.state(&figures(None, 61, 0)), State::Broken);
        let unknown = |days_lost, days_unknown| SiteFigures {
            days_lost: Some(days_lost),
            days_unknown,
            observed: 86_400,
            ..SiteFigures::default()
        };
        let nobody_looked = Duty::Days.state(&SiteFigures::default());
        assert_eq!(nobody_looked, State::Open);
        assert_eq!(
            Duty::Days.state(&unknown(20, 40)),
            State::Met,
            "at the worst sixty"
        );
        assert_eq!(Duty::Days.state(&unknown(20, 41)), State::Open);
        let never_known = SiteFigures {
            days_lost: None,
            ..unknown(0, 5)
        };
        assert_eq!(Duty::Days.state(&never_known), State::Open);
        assert_eq!(Duty::Days.state(&unknown(61, 300)), State::Broken);
        assert_eq!(Duty::Line.state(&figures(None, 0, 3_750_000)), State::Met);
        assert_eq!(Duty::Line.state(&figures(None, 0, 3_749_999)), State::Open);
        assert_eq!(Duty::Period.state(&figures(None, 0, 0)), State::Met);
    }
}
