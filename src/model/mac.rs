//! The MAC address of a station.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A unicast, non-zero EUI-48 address: the key of a station (IEEE 802, section 8.2).
///
/// Multicast, broadcast and all-zero addresses cannot be built, so a value is always something a
/// station may use as its source address.
///
/// `Display` prints the whole address. It is personal data: log it at DEBUG at most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "[u8; 6]", into = "[u8; 6]")]
pub struct Mac([u8; 6]);

/// Why bytes or text are not the MAC of a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MacError {
    /// Not six hexadecimal pairs joined by `:` or `-`.
    #[error("a MAC address is six pairs of hexadecimal digits, like 02:00:5e:10:00:01")]
    Format,
    /// The group bit is set (multicast or broadcast).
    #[error("a multicast or broadcast address cannot be a station's")]
    Group,
    /// 00:00:00:00:00:00.
    #[error("the all-zero address cannot be a station's")]
    Zero,
}

impl Mac {
    /// Checks six bytes as they stand on the wire.
    ///
    /// # Errors
    /// [`MacError::Group`] or [`MacError::Zero`].
    pub const fn new(octets: [u8; 6]) -> Result<Self, MacError> {
        if octets[0] & 1 == 1 {
            return Err(MacError::Group);
        }
        if matches!(octets, [0, 0, 0, 0, 0, 0]) {
            return Err(MacError::Zero);
        }
        Ok(Self(octets))
    }

    /// The six bytes in wire order.
    #[must_use]
    pub const fn octets(self) -> [u8; 6] {
        self.0
    }

    /// Whether the address was made up by the device (private address, IEEE 802c).
    #[must_use]
    pub const fn is_local(self) -> bool {
        self.0[0] & 2 == 2
    }
}

impl TryFrom<[u8; 6]> for Mac {
    type Error = MacError;
    fn try_from(octets: [u8; 6]) -> Result<Self, MacError> {
        Self::new(octets)
    }
}

impl From<Mac> for [u8; 6] {
    fn from(mac: Mac) -> Self {
        mac.0
    }
}

impl FromStr for Mac {
    type Err = MacError;
    fn from_str(text: &str) -> Result<Self, MacError> {
        let mut octets = [0_u8; 6];
        let mut parts = text.split([':', '-']);
        for octet in &mut octets {
            let part = parts.next().ok_or(MacError::Format)?;
            if part.len() != 2 || !part.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(MacError::Format);
            }
            *octet = u8::from_str_radix(part, 16).map_err(|_| MacError::Format)?;
        }
        if parts.next().is_some() {
            return Err(MacError::Format);
        }
        Self::new(octets)
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, rest @ ..] = self.0;
        write!(f, "{first:02x}")?;
        rest.iter().try_for_each(|octet| write!(f, ":{octet:02x}"))
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mac, MacError};

    #[test]
    fn reads_both_separators_and_any_case() {
        let mac: Mac = "02:00:5E:10:00:0a".parse().unwrap();
        assert_eq!("02-00-5e-10-00-0A".parse::<Mac>().unwrap(), mac);
        assert_eq!(mac.to_string(), "02:00:5e:10:00:0a");
        assert!(mac.is_local());
    }

    #[test]
    fn refuses_what_no_station_can_be() {
        assert_eq!("01:00:5e:00:00:01".parse::<Mac>(), Err(MacError::Group));
        assert_eq!("ff:ff:ff:ff:ff:ff".parse::<Mac>(), Err(MacError::Group));
        assert_eq!("00:00:00:00:00:00".parse::<Mac>(), Err(MacError::Zero));
        for bad in [
            "",
            "02:00:5e:10:00",
            "02:00:5e:10:00:0a:0b",
            "+2:00:5e:10:00:0a",
            "2:0:5e:10:0:a",
        ] {
            assert_eq!(bad.parse::<Mac>(), Err(MacError::Format), "{bad}");
        }
    }
}
