//! Figures as bytes: a number of the format, then postcard.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::first_format::FirstHour;
use crate::model::figures::{Hour, HourFigures, KeyNumber, Sketch};

/// The format that is written. A change of the types' fields makes another, and the old one stays
/// readable.
const FORMAT: u8 = 3;
/// The one before: hours without what the line should carry.
const SECOND: u8 = 2;
/// The first one: see `first_format`.
const FIRST: u8 = 1;

/// An hour, and [`HourFigures::line`].
type Whole<H> = (H, [u64; 2]);

/// Bytes that are no figures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CodecError {
    /// Of another release.
    #[error("figures in the unknown format {0}")]
    Format(u8),
    /// Damaged.
    #[error("damaged figures: {0}")]
    Damaged(#[from] postcard::Error),
    /// Nothing there.
    #[error("figures of no bytes")]
    Empty,
}

fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, CodecError> {
    Ok(postcard::to_extend(value, vec![FORMAT])?)
}

/// Reads the format that is written, or turns what earlier ones held into it.
fn from_bytes<T: DeserializeOwned, S: DeserializeOwned, O: DeserializeOwned>(
    bytes: &[u8],
    from_second: impl Fn(S) -> T,
    from_first: impl Fn(O) -> T,
) -> Result<T, CodecError> {
    match bytes.split_first() {
        Some((&FORMAT, rest)) => Ok(postcard::from_bytes(rest)?),
        Some((&SECOND, rest)) => Ok(from_second(postcard::from_bytes(rest)?)),
        Some((&FIRST, rest)) => Ok(from_first(postcard::from_bytes(rest)?)),
        Some((&format, _)) => Err(CodecError::Format(format)),
        None => Err(CodecError::Empty),
    }
}

/// An hour.
pub(super) fn hour_to_bytes(hour: &HourFigures) -> Result<Vec<u8>, CodecError> {
    to_bytes(&(hour, hour.line))
}

/// See [`hour_to_bytes`]; never longer than an hour.
pub(super) fn hour_from_bytes(bytes: &[u8]) -> Result<HourFigures, CodecError> {
    let whole: Whole<HourFigures> = from_bytes(
        bytes,
        |hour: HourFigures| (hour, [0; 2]),
        |hour: FirstHour| (hour.into(), [0; 2]),
    )?;
    Ok(joined(whole))
}

/// The hours of a day.
pub(super) fn hours_to_bytes(hours: &[(Hour, HourFigures)]) -> Result<Vec<u8>, CodecError> {
    let whole = hours
        .iter()
        .map(|(hour, figures)| (hour, (figures, figures.line)));
    to_bytes(&whole.collect::<Vec<_>>())
}

/// See [`hours_to_bytes`].
pub(super) fn hours_from_bytes(bytes: &[u8]) -> Result<Vec<(Hour, HourFigures)>, CodecError> {
    let from_second = |hours: Vec<(Hour, HourFigures)>| {
        let hours = hours.into_iter();
        hours.map(|(hour, figures)| (hour, (figures, [0; 2]))).collect()
    };
    let from_first = |hours: Vec<(Hour, FirstHour)>| {
        let hours = hours.into_iter();
        hours
            .map(|(hour, figures)| (hour, (figures.into(), [0; 2])))
            .collect()
    };
    let hours: Vec<(Hour, Whole<HourFigures>)> = from_bytes(bytes, from_second, from_first)?;
    let hours = hours.into_iter();
    Ok(hours.map(|(hour, whole)| (hour, joined(whole))).collect())
}

fn joined((mut figures, line): Whole<HourFigures>) -> HourFigures {
    figures.line = line;
    figures.within_an_hour()
}

/// A sketch.
pub(super) fn sketch_to_bytes(sketch: &Sketch) -> Result<Vec<u8>, CodecError> {
    to_bytes(sketch)
}

/// See [`sketch_to_bytes`]. Sketches of the first format do not tell their key: it is one of its own.
pub(super) fn sketch_from_bytes(bytes: &[u8]) -> Result<Sketch, CodecError> {
    let from_first = |registers: Vec<u16>| Sketch::from(vec![(KeyNumber::default(), registers)]);
    from_bytes(bytes, |sketch: Sketch| sketch, from_first)
}

#[cfg(test)]
mod tests {
    use super::{
        CodecError, hour_from_bytes, hour_to_bytes, hours_from_bytes, hours_to_bytes, sketch_from_bytes,
        sketch_to_bytes,
    };
    use crate::model::figures::{
        DeviceFamily, Histogram, Hour, HourFigures, KeyNumber, Outages, Snippet, Stations, samples,
    };
    use proptest::collection::vec;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn what_was_written_is_read(hours in vec(samples::hour(), 0..5)) {
            let day: Vec<_> = (0..).map(Hour::from_number).zip(hours).collect();
            prop_assert_eq!(hours_from_bytes(&hours_to_bytes(&day).unwrap()).unwrap(), day.clone());
            for (_, hour) in day {
                prop_assert_eq!(hour_from_bytes(&hour_to_bytes(&hour).unwrap()).unwrap(), hour);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..200)) {
            let _ = hours_from_bytes(&bytes);
        }
    }

    #[test]
    fn hours_of_the_second_format_are_read_and_tell_nothing_of_the_contract() {
        let hour = HourFigures {
            views: 40,
            best_down: 3_000_000,
            line: [12_500_000, 0],
            ..HourFigures::default()
        };
        let second = postcard::to_extend(&hour, vec![super::SECOND]).unwrap();
        let read = hour_from_bytes(&second).unwrap();
        assert_eq!((read.views, read.best_down, read.line), (40, 3_000_000, [0; 2]));
        let day = [(Hour::from_number(7), hour.clone())];
        let second = postcard::to_extend(&day.to_vec(), vec![super::SECOND]).unwrap();
        assert_eq!(hours_from_bytes(&second).unwrap()[0].1.views, 40);
        assert_eq!(
            hour_from_bytes(&hour_to_bytes(&hour).unwrap()).unwrap().line,
            [12_500_000, 0]
        );
    }

    /// What the release with the first format wrote.
    const FIRST_HOUR: [u8; 49] = [
        1, 40, 31, 30, 7, 172, 2, 29, 160, 153, 2, 128, 228, 151, 208, 18, 149, 154, 239, 58, 1, 70, 1, 1,
        58, 1, 1, 97, 1, 1, 2, 100, 101, 40, 1, 1, 30, 12, 11, 1, 2, 240, 240, 228, 1, 60, 70, 80, 90,
    ];
    const FIRST_SKETCH: [u8; 10] = [1, 3, 226, 120, 161, 188, 2, 163, 181, 3];

    fn first_hour() -> HourFigures {
        let one = |value| {
            let mut histogram = Histogram::default();
            histogram.record(value);
            histogram
        };
        HourFigures {
            views: 40,
            grants: 31,
            sessions: 30,
            returning: 7,
            online: 300,
            peak: 29,
            session_seconds: 36_000,
            bytes_down: 5_000_000_000,
            bytes_up: 123_456_789,
            session_length: one(1_800),
            load_time: one(700),
            to_online: one(19_000),
            languages: [("de".parse().unwrap(), 40)].into_iter().collect(),
            families: [(DeviceFamily::Apple, 30)].into_iter().collect(),
            snippet: Snippet { told: 12, shown: 11 },
            blocked: 1,
            refused: 2,
            outages: Outages {
                uplink: 60,
                power: 70,
                daemon: 80,
                planned: 90,
            },
            observed: 300,
            ..HourFigures::default()
        }
    }

    #[test]
    fn what_the_first_format_held_is_read_and_what_it_did_not_know_stays_unknown() {
        let read = hour_from_bytes(&FIRST_HOUR).unwrap();
        assert_eq!(read, first_hour());
        assert_eq!((read.best_down, read.stations), (0, Stations::default()));
        // Two hours of a day: their number, and each with its own before it.
        let mut day = vec![1, 2, 160, 229, 60];
        day.extend_from_slice(&FIRST_HOUR[1..]);
        day.extend([162, 229, 60]);
        day.extend_from_slice(&[0; 23]);
        let hours = hours_from_bytes(&day).unwrap();
        let empty = (Hour::from_number(498_001), HourFigures::default());
        assert_eq!(hours, vec![(Hour::from_number(498_000), first_hour()), empty]);

        let mut sketch = sketch_from_bytes(&FIRST_SKETCH).unwrap();
        assert_eq!((sketch.estimate(), sketch.at_least()), (Some(3), 3));
        sketch.insert(KeyNumber(7), u64::MAX);
        assert_eq!(sketch.estimate(), None, "nobody knows which key it was");
        let written = sketch_to_bytes(&sketch).unwrap();
        assert_eq!(
            (written[0], sketch_from_bytes(&written).unwrap()),
            (super::FORMAT, sketch)
        );
    }

    #[test]
    fn an_hour_that_was_told_twice_is_read_as_one() {
        let mut hour = HourFigures::default();
        hour.outages.power = 5_000;
        let read = hour_from_bytes(&hour_to_bytes(&hour).unwrap()).unwrap();
        assert_eq!((read.outages.power, read.observed), (3_600, 3_600));
        let day = [(Hour::from_number(1), hour)];
        assert_eq!(
            hours_from_bytes(&hours_to_bytes(&day).unwrap()).unwrap()[0].1,
            read
        );
    }

    #[test]
    fn a_later_format_is_named() {
        assert_eq!(hour_from_bytes(&[9, 0]), Err(CodecError::Format(9)));
        assert_eq!(hour_from_bytes(&[]), Err(CodecError::Empty));
    }
}
