//! Figures as bytes: a number of the format, then postcard.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::figures::{Hour, HourFigures, Sketch};

/// The format that is written. A change of the types' fields makes another, and the old one stays
/// readable.
const FORMAT: u8 = 1;

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

fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CodecError> {
    match bytes.split_first() {
        Some((&FORMAT, rest)) => Ok(postcard::from_bytes(rest)?),
        Some((&format, _)) => Err(CodecError::Format(format)),
        None => Err(CodecError::Empty),
    }
}

/// An hour.
pub(super) fn hour_to_bytes(hour: &HourFigures) -> Result<Vec<u8>, CodecError> {
    to_bytes(hour)
}

/// See [`hour_to_bytes`].
pub(super) fn hour_from_bytes(bytes: &[u8]) -> Result<HourFigures, CodecError> {
    from_bytes(bytes)
}

/// The hours of a day.
pub(super) fn hours_to_bytes(hours: &[(Hour, HourFigures)]) -> Result<Vec<u8>, CodecError> {
    to_bytes(&hours)
}

/// See [`hours_to_bytes`].
pub(super) fn hours_from_bytes(bytes: &[u8]) -> Result<Vec<(Hour, HourFigures)>, CodecError> {
    from_bytes(bytes)
}

/// A sketch.
pub(super) fn sketch_to_bytes(sketch: &Sketch) -> Result<Vec<u8>, CodecError> {
    to_bytes(sketch)
}

/// See [`sketch_to_bytes`].
pub(super) fn sketch_from_bytes(bytes: &[u8]) -> Result<Sketch, CodecError> {
    from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::{CodecError, hour_from_bytes, hour_to_bytes, hours_from_bytes, hours_to_bytes};
    use crate::model::figures::{Hour, samples};
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
    fn a_later_format_is_named() {
        assert_eq!(hour_from_bytes(&[9, 0]), Err(CodecError::Format(9)));
        assert_eq!(hour_from_bytes(&[]), Err(CodecError::Empty));
    }
}
