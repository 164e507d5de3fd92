//! The figures of a network: of an hour, of a day, of a month.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};

use super::histogram::Histogram;
use super::outage::Outages;
use super::people::Stations;
use super::sketch::Sketch;
use super::tally::Tally;

/// Seconds of an hour.
const HOUR_SECONDS: u64 = 3_600;

/// What happened on one network within an hour, or within any time and on any networks when joined.
///
/// Sums are joined by adding; `peak`, `best_down`, `best_up` and stations by taking the greater, so of joined
/// hours they tell the best hour, and of joined networks the best network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourFigures {
    /// Times that a page of the portal with the button, or with the session, was shown.
    pub views: u64,
    /// Times that the button was pressed and let somebody in.
    pub grants: u64,
    /// Sessions that began.
    pub sessions: u64,
    /// Times that a station came back within its period, and was online without the portal.
    pub returning: u64,
    /// Sessions that ran at some time of the hour; of joined hours, session-hours.
    pub online: u64,
    /// Most sessions at the same time.
    pub peak: u64,
    /// Seconds of all sessions together; [`HourFigures::mean_concurrent`] comes of it.
    pub session_seconds: u64,
    /// IP bytes to stations.
    pub bytes_down: u64,
    /// IP bytes from stations.
    pub bytes_up: u64,
    /// How long sessions that ended in the hour had lasted, seconds.
    pub session_length: Histogram,
    /// How long the portal's page took to load, as it measured itself, milliseconds.
    pub load_time: Histogram,
    /// From a station's first probe or page to the kernel's word that it is online, milliseconds.
    pub to_online: Histogram,
    /// Views by the page's language; together they are `views`.
    pub languages: Tally<Language>,
    /// Sessions that began, by the kind of device; together they are `sessions`.
    pub families: Tally<DeviceFamily>,
    /// The Commission's snippet.
    pub snippet: Snippet,
    /// Times that the button was pressed by a blocked station.
    pub blocked: u64,
    /// Times that the button was pressed and could not let anybody in: the network was full, the kernel
    /// did not follow, or somebody pressed too often.
    pub refused: u64,
    /// Best rate to stations over a minute, bytes per second, of all networks on the line together: what the line
    /// proved that it carries. Networks with fewer than five stations that moved data in that minute are
    /// left out of it.
    pub best_down: u64,
    /// The same from stations.
    pub best_up: u64,
    /// What the line carried by its contract then, bytes per second to stations and from them; 0 where nobody told.
    /// Kept beside the other figures, since the first formats have none.
    #[serde(skip)]
    pub line: [u64; 2],
    /// Time out of service.
    pub outages: Outages,
    /// Seconds of which it is known whether the network was in service: 3,600 of a whole hour.
    pub observed: u64,
    /// How many different stations are behind the figures, at least.
    pub stations: Stations,
    /// The same of views by language; together not more than those who viewed. Joined by the greatest.
    pub language_stations: Tally<Language>,
    /// The same of sessions by kind of device.
    pub family_stations: Tally<DeviceFamily>,
}

/// How the Commission's snippet fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// Pages that told whether the visual identity was drawn.
    pub told: u64,
    /// Of these, where it was.
    pub shown: u64,
}

/// The language of a page, by its two letters (ISO 639-1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Language([u8; 2]);

/// Why a text is not a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a language is two letters of a-z")]
pub struct LanguageError;

/// What kind of device it is, as far as its connectivity probe tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceFamily {
    /// Android and what is made of it.
    Android,
    /// Phones, tablets and computers of Apple.
    Apple,
    /// Windows.
    Windows,
    /// Others, and those that did not probe.
    Other,
}

/// What is known of a network's day besides its hours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFigures {
    /// Different devices that were online, under the key of the day. Can be joined with other networks'
    /// of the same day alone.
    pub devices: Sketch,
}

/// What is known of a network's month besides its days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFigures {
    /// Different devices that were online, under the key of the month. Can be joined with other
    /// networks' of the same month alone.
    pub devices: Sketch,
}

impl HourFigures {
    /// Whether nothing happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Sessions at the same time on average over so many seconds, in hundredths.
    #[must_use]
    pub const fn mean_concurrent(&self, seconds: u64) -> u64 {
        match self.session_seconds.saturating_mul(100).checked_div(seconds) {
            Some(hundredths) => hundredths,
            None => 0,
        }
    }

    /// An hour that is not longer than one: what was told twice, by a start that was cut short, is cut off.
    #[must_use]
    pub fn within_an_hour(mut self) -> Self {
        self.outages = self.outages.within(HOUR_SECONDS);
        self.observed = self.observed.clamp(self.outages.total(), HOUR_SECONDS);
        self
    }

    /// Joins the figures of another hour, or of another network.
    pub fn merge(&mut self, other: &Self) {
        for (sum, more) in self.sums_mut().into_iter().zip(other.sums()) {
            *sum = sum.saturating_add(more);
        }
        self.peak = self.peak.max(other.peak);
        // A best rate goes with the contract of its own hour.
        let best = |own: [u64; 2], other: [u64; 2]| own.max(other).into();
        (self.best_down, self.line[0]) =
            best([self.best_down, self.line[0]], [other.best_down, other.line[0]]);
        (self.best_up, self.line[1]) = best([self.best_up, self.line[1]], [other.best_up, other.line[1]]);
        self.stations.merge(&other.stations);
        self.language_stations.raise(&other.language_stations);
        self.family_stations.raise(&other.family_stations);
        self.session_length.merge(&other.session_length);
        self.load_time.merge(&other.load_time);
        self.to_online.merge(&other.to_online);
        self.languages.merge(&other.languages);
        self.families.merge(&other.families);
        self.outages.merge(&other.outages);
    }

    const fn sums(&self) -> [u64; 13] {
        [
            self.views,
            self.grants,
            self.sessions,
            self.returning,
            self.online,
            self.session_seconds,
            self.bytes_down,
            self.bytes_up,
            self.snippet.told,
            self.snippet.shown,
            self.blocked,
            self.refused,
            self.observed,
        ]
    }

    const fn sums_mut(&mut self) -> [&mut u64; 13] {
        [
            &mut self.views,
            &mut self.grants,
            &mut self.sessions,
            &mut self.returning,
            &mut self.online,
            &mut self.session_seconds,
            &mut self.bytes_down,
            &mut self.bytes_up,
            &mut self.snippet.told,
            &mut self.snippet.shown,
            &mut self.blocked,
            &mut self.refused,
            &mut self.observed,
        ]
    }
}

impl DayFigures {
    /// Joins another network's figures of the same day.
    pub fn merge(&mut self, other: &Self) {
        self.devices.merge(&other.devices);
    }
}

impl MonthFigures {
    /// Joins another network's figures of the same month.
    pub fn merge(&mut self, other: &Self) {
        self.devices.merge(&other.devices);
    }
}

impl DeviceFamily {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Android, Self::Apple, Self::Windows, Self::Other];

    /// Its name in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Apple => "apple",
            Self::Windows => "windows",
            Self::Other => "other",
        }
    }
}

impl Language {
    /// Its two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only letters are ever stored, so the fallback is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Language {
    type Err = LanguageError;
    fn from_str(text: &str) -> Result<Self, LanguageError> {
        let letters: [u8; 2] = text.as_bytes().try_into().map_err(|_| LanguageError)?;
        if letters.iter().all(u8::is_ascii_lowercase) {
            Ok(Self(letters))
        } else {
            Err(LanguageError)
        }
    }
}

/// Every hour that is read holds a few: none is copied into a text of its own.
impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Letters;
        impl Visitor<'_> for Letters {
            type Value = Language;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{LanguageError}")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Language, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Letters)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.as_str().to_owned()
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::{DeviceFamily, HourFigures, Language, Snippet};
    use crate::model::figures::{Histogram, Outages, Stations, Tally};
    use proptest::collection::vec;
    use proptest::prelude::{Strategy, any};

    fn histogram() -> impl Strategy<Value = Histogram> {
        vec(any::<u32>(), 0..6).prop_map(|values| {
            let mut histogram = Histogram::default();
            for value in values {
                histogram.record(u64::from(value));
            }
            histogram
        })
    }

    /// Any figures.
    pub(crate) fn hour() -> impl Strategy<Value = HourFigures> {
        let languages = vec(0_usize..4, 0..5);
        let families = vec(0_usize..4, 0..5);
        let sums = vec(any::<u32>().prop_map(u64::from), 17);
        let seconds = vec(0_u64..900, 5);
        (
            sums,
            seconds,
            [histogram(), histogram(), histogram()],
            languages,
            families,
        )
            .prop_map(|(n, seconds, [a, b, c], languages, families)| HourFigures {
                views: n[0],
                grants: n[1],
                sessions: n[2],
                returning: n[3],
                online: n[4],
                peak: n[5],
                session_seconds: n[6],
                bytes_down: n[7],
                bytes_up: n[8],
                session_length: a,
                load_time: b,
                to_online: c,
                languages: languages
                    .into_iter()
                    .map(|place| (["it", "en", "de", "uk"][place].parse::<Language>().unwrap(), 2))
                    .collect(),
                families: families
                    .into_iter()
                    .map(|place| (DeviceFamily::ALL[place], 3))
                    .collect(),
                snippet: Snippet {
                    told: n[9],
                    shown: n[10],
                },
                blocked: n[11],
                refused: n[12],
                best_down: n[13],
                best_up: n[14],
                line: [n[13], n[3]],
                outages: Outages {
                    uplink: seconds[0],
                    power: seconds[1],
                    daemon: seconds[2],
                    planned: seconds[3],
                },
                observed: seconds[..4].iter().sum::<u64>().max(seconds[4]),
                stations: {
                    let mut stations = Stations::all(n[15]);
                    *stations.of_mut(crate::model::figures::Role::Moved) = n[16];
                    stations
                },
                language_stations: Tally::default(),
                family_stations: [(DeviceFamily::Apple, n[15] % 7), (DeviceFamily::Other, n[16] % 7)]
                    .into_iter()
                    .collect(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::{HourFigures, Language, samples};
    use crate::model::figures::{Outage, Outages};
    use proptest::prelude::{prop_assert_eq, proptest};

    fn join(first: &HourFigures, second: &HourFigures) -> HourFigures {
        let mut first = first.clone();
        first.merge(second);
        first
    }

    proptest! {
        #[test]
        fn joining_is_in_any_order_and_loses_nothing(a in samples::hour(), b in samples::hour(), c in samples::hour()) {
            prop_assert_eq!(join(&a, &b), join(&b, &a));
            prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
            prop_assert_eq!(join(&a, &HourFigures::default()), a.clone());
            let both = join(&a, &b);
            prop_assert_eq!(both.bytes_up, a.bytes_up + b.bytes_up);
            prop_assert_eq!(both.refused, a.refused + b.refused);
            prop_assert_eq!(both.snippet.shown, a.snippet.shown + b.snippet.shown);
            prop_assert_eq!(both.outages.total(), a.outages.total() + b.outages.total());
            prop_assert_eq!(both.load_time.total(), a.load_time.total() + b.load_time.total());
            prop_assert_eq!(both.languages.total(), a.languages.total() + b.languages.total());
            prop_assert_eq!(both.peak, a.peak.max(b.peak));
            let read: HourFigures = serde_json::from_str(&serde_json::to_string(&a).unwrap()).unwrap();
            // What the line carries is not told there.
            prop_assert_eq!(read, HourFigures { line: [0; 2], ..a });
        }
    }

    #[test]
    fn a_best_rate_goes_with_the_contract_of_its_hour() {
        let hour = |best_down, line| HourFigures {
            best_down,
            line: [line, 0],
            ..HourFigures::default()
        };
        let before = hour(3_000_000, 0);
        for joined in [
            join(&before, &hour(1_000_000, 12_500_000)),
            join(&hour(1_000_000, 12_500_000), &before),
        ] {
            assert_eq!(
                (joined.best_down, joined.line),
                (3_000_000, [0; 2]),
                "nobody had told then"
            );
        }
        let raised = join(&hour(6_000_000, 6_250_000), &hour(1_000_000, 12_500_000));
        assert_eq!((raised.best_down, raised.line), (6_000_000, [6_250_000, 0]));
    }

    #[test]
    fn an_hour_has_3_600_seconds_whatever_was_told_of_it_twice() {
        let mut figures = HourFigures {
            observed: 7_000,
            ..HourFigures::default()
        };
        figures.outages.add(Outage::Power, 3_000);
        figures.outages.add(Outage::Uplink, 3_000);
        let told = figures.clone().within_an_hour();
        assert_eq!((told.observed, told.outages.total()), (3_600, 3_600));
        assert!(told.outages.of(Outage::Power) > 0, "of each cause its share");
        figures.outages = Outages::default();
        figures.outages.add(Outage::Power, 60);
        figures.observed = 0;
        let told = figures.within_an_hour();
        assert_eq!(
            (told.observed, told.outages.of(Outage::Power)),
            (60, 60),
            "it is known to have been off"
        );
    }

    #[test]
    fn the_mean_is_seconds_of_sessions_over_seconds() {
        let figures = HourFigures {
            session_seconds: 5_400,
            ..HourFigures::default()
        };
        assert_eq!(figures.mean_concurrent(3_600), 150);
        assert_eq!(figures.mean_concurrent(0), 0);
    }

    #[test]
    fn a_language_is_two_small_letters() {
        assert_eq!("it".parse::<Language>().unwrap().to_string(), "it");
        for bad in ["", "i", "ita", "IT", "è", "1t"] {
            assert!(bad.parse::<Language>().is_err(), "{bad}");
        }
    }
}
