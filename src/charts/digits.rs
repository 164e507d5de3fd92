//! Numbers as people of a language write them.

/// The sign before decimals, and the one between thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signs {
    decimal: char,
    thousands: char,
}

impl Signs {
    /// `1.234,5`
    pub const ITALIAN: Self = Self {
        decimal: ',',
        thousands: '.',
    };
    /// `1,234.5`
    pub const ENGLISH: Self = Self {
        decimal: '.',
        thousands: ',',
    };

    /// A whole number.
    #[must_use]
    pub fn count(self, count: u64) -> String {
        let digits = count.to_string();
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(self.thousands);
            }
            text.push(digit);
        }
        text
    }

    /// A number with as many decimals as `per_one`, a power of ten, has noughts.
    #[must_use]
    pub fn fraction(self, value: u64, per_one: u64) -> String {
        let places = per_one
            .checked_ilog10()
            .and_then(|places| usize::try_from(places).ok());
        let (whole, rest) = (value / per_one.max(1), value % per_one.max(1));
        format!(
            "{}{}{rest:0places$}",
            self.count(whole),
            self.decimal,
            places = places.unwrap_or(0)
        )
    }

    /// A number of tenths.
    #[must_use]
    pub fn tenths(self, tenths: u64) -> String {
        self.fraction(tenths, 10)
    }
}

#[cfg(test)]
mod tests {
    use super::Signs;

    #[test]
    fn thousands_are_kept_apart() {
        assert_eq!(Signs::ITALIAN.count(0), "0");
        assert_eq!(Signs::ITALIAN.count(999), "999");
        assert_eq!(Signs::ENGLISH.count(1_234_567), "1,234,567");
        assert_eq!(Signs::ITALIAN.tenths(12_345), "1.234,5");
        assert_eq!(Signs::ITALIAN.fraction(123_405, 100), "1.234,05");
        assert_eq!(Signs::ENGLISH.fraction(7, 1_000), "0.007");
    }
}
