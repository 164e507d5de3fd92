//! Numbers, rates and times as people write them.

use std::time::Duration;

use jiff::Timestamp;

use super::words::Tongue;
use crate::model::TimeZone;

/// Names of a thousand of the one before.
const RATES: [&str; 4] = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"];
const SIZES: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];

/// Bytes per second as bits per second.
pub(super) fn rate(tongue: Tongue, bytes_per_second: u64) -> String {
    scaled(tongue, bytes_per_second.saturating_mul(8), &RATES)
}

/// Bytes.
pub(super) fn size(tongue: Tongue, bytes: u64) -> String {
    scaled(tongue, bytes, &SIZES)
}

/// With a tenth where it tells something.
fn scaled(tongue: Tongue, value: u64, names: &[&str]) -> String {
    let (mut unit, mut place) = (1_u64, 0);
    while value / unit >= 1_000 && place + 1 < names.len() {
        unit = unit.saturating_mul(1_000);
        place += 1;
    }
    let name = names.get(place).copied().unwrap_or_default();
    let tenths = value / unit * 10 + value % unit * 10 / unit;
    if place > 0 && tenths < 1_000 {
        format!("{} {name}", self::tenths(tongue, tenths))
    } else {
        format!("{} {name}", count(tongue, value / unit))
    }
}

/// Tenths as a decimal number.
pub(super) fn tenths(tongue: Tongue, tenths: u64) -> String {
    let point = match tongue {
        Tongue::It => ',',
        Tongue::En => '.',
    };
    format!("{}{point}{}", count(tongue, tenths / 10), tenths % 10)
}

/// A whole number, in groups of three from ten thousand on.
pub(super) fn count(tongue: Tongue, value: u64) -> String {
    let digits = value.to_string();
    if value < 10_000 {
        return digits;
    }
    let separator = match tongue {
        Tongue::It => '.',
        Tongue::En => ',',
    };
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

/// Milliseconds as seconds.
pub(super) fn seconds(tongue: Tongue, ms: u64) -> String {
    format!("{} s", tenths(tongue, ms / 100))
}

/// Hours and minutes.
pub(super) fn length(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// Day and time of day.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    written(at, zone, "%d.%m.%Y %H:%M")
}

/// Time of day.
pub(super) fn hour(at: Timestamp, zone: &TimeZone) -> String {
    written(at, zone, "%H:%M")
}

fn written(at: Timestamp, zone: &TimeZone, format: &str) -> String {
    at.to_zoned(zone.jiff().clone()).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{count, hour, length, moment, rate, seconds, size};
    use crate::dashboard::words::Tongue::{En, It};
    use crate::model::TimeZone;

    #[test]
    fn numbers_are_written_as_each_language_does() {
        for (bytes, english, italian) in [
            (0, "0 bit/s", "0 bit/s"),
            (124, "992 bit/s", "992 bit/s"),
            (125, "1.0 kbit/s", "1,0 kbit/s"),
            (1_562_500, "12.5 Mbit/s", "12,5 Mbit/s"),
            (12_500_000, "100 Mbit/s", "100 Mbit/s"),
            (2_500_000_000_000, "20,000 Gbit/s", "20.000 Gbit/s"),
        ] {
            assert_eq!(
                (rate(En, bytes).as_str(), rate(It, bytes).as_str()),
                (english, italian)
            );
        }
        assert_eq!(size(It, 1_550_000_000), "1,5 GB");
        assert_eq!(size(En, 999), "999 B");
        assert!(rate(En, u64::MAX).ends_with("Gbit/s") && size(En, u64::MAX).ends_with("TB"));
        assert_eq!(count(It, 9_999), "9999");
        assert_eq!(count(En, 1_234_567), "1,234,567");
        assert_eq!(seconds(It, 7_090), "7,0 s");
    }

    #[test]
    fn times_are_local() {
        let at = "2026-11-22T23:05:00Z".parse().unwrap();
        let rome = TimeZone::rome();
        assert_eq!(moment(at, &rome), "23.11.2026 00:05");
        assert_eq!(hour(at, &rome), "00:05");
        for (minutes, written) in [(30, "30 min"), (240, "4 h"), (90, "1 h 30 min")] {
            assert_eq!(length(Duration::from_mins(minutes)), written);
        }
    }
}
