//! Rates and rate plans.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A speed in bytes per second, from 1 kB/s (8 kbit/s) to 12.5 GB/s (100 Gbit/s).
///
/// ```
/// use portico::model::{Rate, RateError};
///
/// let bits: Rate = "10 Mbps".parse()?;
/// let bytes: Rate = "10 MB/s".parse()?;
/// assert_eq!((bits.bytes_per_second(), bytes.bytes_per_second()), (1_250_000, 10_000_000));
/// assert_eq!(bytes.to_string(), "80 Mbit/s");
/// # Ok::<(), RateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Rate(u64);

/// How many bytes may pass at once above the rate, from 2 KiB to 16 MiB.
///
/// The kernel adds one second of the rate to it (`nft_limit_init`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Burst(u32);

/// The limits of one station, each direction on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RatePlan {
    /// To the station.
    pub down: Rate,
    /// From the station.
    pub up: Rate,
    /// Burst of both directions.
    pub burst: Burst,
}

impl RatePlan {
    /// The same, but not faster than these.
    #[must_use]
    pub fn at_most(self, down: Rate, up: Rate) -> Self {
        Self {
            down: self.down.min(down),
            up: self.up.min(up),
            ..self
        }
    }
}

/// Why a text or number is not a rate or burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Unreadable.
    #[error("write a number and a unit, like \"10 Mbit/s\" or \"1.25 MB/s\"")]
    Format,
    /// The rate is outside the range.
    #[error("a rate lies between 8 kbit/s and 100 Gbit/s")]
    Range,
    /// Below nothing.
    #[error("a rate cannot be negative: it lies between 8 kbit/s and 100 Gbit/s")]
    Negative,
    /// Unreadable burst.
    #[error("write a burst as a number and a unit, like \"128 kB\"")]
    BurstFormat,
    /// The burst is outside the range.
    #[error("a burst lies between 2 KiB (more than one packet) and 16 MiB")]
    BurstRange,
}

impl Rate {
    /// Slowest rate, bytes per second.
    pub const MIN: u64 = 1_000;
    /// Fastest rate, bytes per second.
    pub const MAX: u64 = 12_500_000_000;

    /// # Errors
    /// [`RateError::Range`] outside [`Rate::MIN`]..=[`Rate::MAX`].
    pub const fn from_bytes_per_second(bytes: u64) -> Result<Self, RateError> {
        if bytes < Self::MIN || bytes > Self::MAX {
            Err(RateError::Range)
        } else {
            Ok(Self(bytes))
        }
    }

    /// Bytes per second.
    #[must_use]
    pub const fn bytes_per_second(self) -> u64 {
        self.0
    }
}

impl Burst {
    /// Smallest burst, bytes: above one full packet.
    pub const MIN: u32 = 2_048;
    /// Largest burst, bytes.
    pub const MAX: u32 = 16 * 1024 * 1024;

    /// # Errors
    /// [`RateError::BurstRange`] outside [`Burst::MIN`]..=[`Burst::MAX`].
    pub const fn from_bytes(bytes: u32) -> Result<Self, RateError> {
        if bytes < Self::MIN || bytes > Self::MAX {
            Err(RateError::BurstRange)
        } else {
            Ok(Self(bytes))
        }
    }

    /// Bytes.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        self.0
    }
}

impl TryFrom<u64> for Rate {
    type Error = RateError;
    fn try_from(bytes: u64) -> Result<Self, RateError> {
        Self::from_bytes_per_second(bytes)
    }
}

impl From<Rate> for u64 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

impl TryFrom<u32> for Burst {
    type Error = RateError;
    fn try_from(bytes: u32) -> Result<Self, RateError> {
        Self::from_bytes(bytes)
    }
}

impl From<Burst> for u32 {
    fn from(burst: Burst) -> Self {
        burst.0
    }
}

/// Splits `12.5 Mbit/s` into thousandths of the number and the unit text.
fn split_number(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text
        .find(|ch: char| !ch.is_ascii_digit() && ch != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || fraction.len() > 3 || number.ends_with('.') {
        return None;
    }
    let fraction: u64 = format!("{fraction:0<3}").parse().ok()?;
    let thousandths = whole
        .parse::<u64>()
        .ok()?
        .checked_mul(1_000)?
        .checked_add(fraction)?;
    Some((thousandths, unit.trim()))
}

impl FromStr for Rate {
    type Err = RateError;

    /// Reads bits (`kbit/s`, `kbps`, `Mb/s` …) and bytes (`kB/s`, `MB/s` …); a small `b` is a bit,
    /// a capital `B` a byte, as networks write it.
    fn from_str(text: &str) -> Result<Self, RateError> {
        if text.trim_start().starts_with('-') {
            return Err(RateError::Negative);
        }
        let (thousandths, unit) = split_number(text).ok_or(RateError::Format)?;
        let bits: u64 = match unit {
            "bit/s" | "bps" | "b/s" => 1,
            "kbit/s" | "Kbit/s" | "kbps" | "Kbps" | "kb/s" => 1_000,
            "Mbit/s" | "Mbps" | "Mb/s" => 1_000_000,
            "Gbit/s" | "Gbps" | "Gb/s" => 1_000_000_000,
            "B/s" => 8,
            "kB/s" | "KB/s" => 8_000,
            "MB/s" => 8_000_000,
            "GB/s" => 8_000_000_000,
            _ => return Err(RateError::Format),
        };
        let bytes = thousandths.checked_mul(bits).ok_or(RateError::Range)? / 8_000;
        Self::from_bytes_per_second(bytes)
    }
}

/// Reads an amount of data like `128 kB` or `1.5 GB`; `None` if it is none or too large to count.
#[must_use]
pub fn parse_bytes(text: &str) -> Option<u64> {
    let (thousandths, unit) = split_number(text)?;
    let scale: u64 = match unit {
        "B" => 1,
        "kB" | "KB" => 1_000,
        "KiB" => 1_024,
        "MB" => 1_000_000,
        "MiB" => 1_048_576,
        "GB" => 1_000_000_000,
        "GiB" => 1_073_741_824,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    Some(thousandths.checked_mul(scale)? / 1_000)
}

impl FromStr for Burst {
    type Err = RateError;
    fn from_str(text: &str) -> Result<Self, RateError> {
        let bytes = parse_bytes(text).ok_or(RateError::BurstFormat)?;
        Self::from_bytes(u32::try_from(bytes).map_err(|_| RateError::BurstRange)?)
    }
}

impl fmt::Display for Rate {
    /// Always in bits, the unit of contracts and speed tests.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.0 * 8;
        let (unit, scale) = match bits {
            1_000_000_000.. => ("Gbit/s", 1_000_000_000),
            1_000_000.. => ("Mbit/s", 1_000_000),
            _ => ("kbit/s", 1_000),
        };
        write!(f, "{} {unit}", hundredths(bits, scale))
    }
}

/// An amount of data as [`parse_bytes`] reads it, rounded down to hundredths of its unit.
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    let (unit, scale) = match bytes {
        1_000_000_000_000.. => ("TB", 1_000_000_000_000),
        1_000_000_000.. => ("GB", 1_000_000_000),
        1_000_000.. => ("MB", 1_000_000),
        _ => ("kB", 1_000),
    };
    format!("{} {unit}", hundredths(bytes, scale))
}

/// `value / scale` with at most two places after the point.
fn hundredths(value: u64, scale: u64) -> String {
    let (whole, rest) = (value / scale, value % scale * 100 / scale);
    match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Burst, Rate, RateError, format_bytes, parse_bytes};

    #[test]
    fn bits_and_bytes_are_told_apart() {
        let bits: Rate = "10 Mbps".parse().unwrap();
        let bytes: Rate = "10 MB/s".parse().unwrap();
        assert_eq!(bits.bytes_per_second(), 1_250_000);
        assert_eq!(bytes.bytes_per_second(), 10_000_000);
        assert_eq!(
            (bits.to_string(), bytes.to_string()),
            ("10 Mbit/s".into(), "80 Mbit/s".into())
        );
        assert_eq!("1.5Mbit/s".parse::<Rate>().unwrap().to_string(), "1.5 Mbit/s");
    }

    #[test]
    fn amounts_are_shown_as_they_are_written() {
        for text in ["10 MB", "2 GB", "1.5 GB", "1.05 TB", "128 kB", "999.99 MB"] {
            assert_eq!(format_bytes(parse_bytes(text).unwrap()), text);
        }
        assert_eq!(format_bytes(parse_bytes("1 GiB").unwrap()), "1.07 GB");
        assert_eq!(format_bytes(u64::MAX), "18446744.07 TB");
    }

    #[test]
    fn nonsense_and_extremes_are_refused() {
        for bad in [
            "",
            "10",
            "fast",
            "1.2345 Mbit/s",
            "1. Mbit/s",
            ".5 Mbit/s",
            "10 mbit/s",
        ] {
            assert_eq!(bad.parse::<Rate>(), Err(RateError::Format), "{bad}");
        }
        assert_eq!("-1 Mbit/s".parse::<Rate>(), Err(RateError::Negative));
        for bad in ["0 Mbit/s", "1 kbit/s", "101 Gbit/s", "18446744073709551 GB/s"] {
            assert_eq!(bad.parse::<Rate>(), Err(RateError::Range), "{bad}");
        }
        assert_eq!("1 kB".parse::<Burst>(), Err(RateError::BurstRange));
        assert_eq!("128 kB".parse::<Burst>().unwrap().bytes(), 128_000);
    }
}
