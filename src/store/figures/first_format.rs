//! Hours as the first format held them, without what could not be known then.

use serde::Deserialize;

use crate::model::figures::{
    DeviceFamily, Histogram, HourFigures, Language, Outages, Snippet, Stations, Tally,
};

/// The fields in their order.
#[derive(Debug, Deserialize)]
pub(super) struct FirstHour {
    views: u64,
    grants: u64,
    sessions: u64,
    returning: u64,
    online: u64,
    peak: u64,
    session_seconds: u64,
    bytes_down: u64,
    bytes_up: u64,
    session_length: Histogram,
    load_time: Histogram,
    to_online: Histogram,
    languages: Tally<Language>,
    families: Tally<DeviceFamily>,
    snippet: Snippet,
    blocked: u64,
    refused: u64,
    /// Bytes of a minute over sixty seconds, however long they had taken: no proof of anything.
    _best_down: u64,
    outages: Outages,
}

impl From<FirstHour> for HourFigures {
    /// How many people were behind it is not known, so nobody is told of them; nor is how long the
    /// network was looked after, beyond the time it is known to have been off.
    fn from(hour: FirstHour) -> Self {
        Self {
            views: hour.views,
            grants: hour.grants,
            sessions: hour.sessions,
            returning: hour.returning,
            online: hour.online,
            peak: hour.peak,
            session_seconds: hour.session_seconds,
            bytes_down: hour.bytes_down,
            bytes_up: hour.bytes_up,
            session_length: hour.session_length,
            load_time: hour.load_time,
            to_online: hour.to_online,
            languages: hour.languages,
            families: hour.families,
            snippet: hour.snippet,
            blocked: hour.blocked,
            refused: hour.refused,
            best_down: 0,
            best_up: 0,
            line: [0; 2],
            observed: hour.outages.total(),
            outages: hour.outages,
            stations: Stations::default(),
            language_stations: Tally::default(),
            family_stations: Tally::default(),
        }
    }
}
