//! Codes of six digits that change every half minute (RFC 6238), as every authenticator app makes them.

use std::fmt;

use jiff::Timestamp;
use totp_rs::{Builder, Totp};
use url::form_urlencoded::byte_serialize;
use zeroize::ZeroizeOnDrop;

use super::UserName;

/// RFC 4226, section 4: 160 bits are recommended.
const BYTES: usize = 20;
/// RFC 4648, section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret that the app and the gateway share.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct TotpSecret([u8; BYTES]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    /// A fresh one.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// From the store.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// For the store.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// To be typed into an app.
    #[must_use]
    pub fn base32(&self) -> String {
        let mut text = String::with_capacity(BYTES * 8 / 5);
        // 20 bytes are four groups of 5 bytes, or 8 digits.
        for group in self.0.chunks(5) {
            let bits = group
                .iter()
                .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
            for digit in (0..8).rev() {
                let value = usize::try_from((bits >> (5 * digit)) & 31).unwrap_or(0);
                text.push(char::from(BASE32[value]));
            }
        }
        text
    }

    /// From what was shown before.
    #[must_use]
    pub fn from_base32(text: &str) -> Option<Self> {
        let mut bytes = [0; BYTES];
        if text.len() != BYTES * 8 / 5 {
            return None;
        }
        for (group, digits) in bytes.chunks_mut(5).zip(text.as_bytes().chunks(8)) {
            let value = |digit: &u8| BASE32.iter().position(|known| known == digit);
            let bits = digits.iter().try_fold(0_u64, |bits, digit| {
                Some((bits << 5) | u64::try_from(value(digit)?).ok()?)
            })?;
            group.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        Some(Self(bytes))
    }

    /// What an app reads from a QR code.
    #[must_use]
    pub fn url(&self, user: &UserName, issuer: &str) -> String {
        // Not a form: a space is %20 here.
        let escaped: String = byte_serialize(issuer.as_bytes()).collect();
        let issuer = escaped.replace('+', "%20");
        format!(
            "otpauth://totp/{issuer}:{user}?secret={}&issuer={issuer}",
            self.base32()
        )
    }

    /// Which half minute a code belongs to, if it is one of the current, the last or the next. It must be
    /// taken only once, so after every earlier one.
    #[must_use]
    pub fn step(&self, code: &str, now: Timestamp) -> Option<i64> {
        let digits: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
        let now = u64::try_from(now.as_second()).ok()?;
        self.totp()
            .check(&digits, now)
            .and_then(|step| i64::try_from(step).ok())
    }

    /// The code of a time.
    #[must_use]
    pub fn code(&self, at: Timestamp) -> String {
        let at = u64::try_from(at.as_second()).unwrap_or(0);
        self.totp().generate(at).to_string()
    }

    fn totp(&self) -> Totp {
        Builder::new().with_secret(self.0).build_noncompliant()
    }
}

#[cfg(test)]
mod tests {
    use super::TotpSecret;
    use jiff::{SignedDuration, Timestamp};

    /// RFC 6238, appendix B: the secret of its SHA-1 examples.
    fn example() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            let at = Timestamp::from_second(second).unwrap();
            assert_eq!(example().code(at), code);
            assert_eq!(example().step(code, at), Some(second / 30));
            assert_eq!(
                example().step(&format!(" {} {}", &code[..3], &code[3..]), at),
                Some(second / 30)
            );
        }
    }

    #[test]
    fn a_code_is_good_for_a_minute_and_a_half() {
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let code = example().code(at);
        let later = |seconds| {
            example()
                .step(&code, at + SignedDuration::from_secs(seconds))
                .is_some()
        };
        assert!(later(0) && later(-1) && later(59));
        assert!(!later(60) && !later(-31));
        for bad in ["", "00000", "0000000", "abcdef", "+12345"] {
            assert_eq!(example().step(bad, at), None, "{bad}");
        }
    }

    #[test]
    fn an_app_reads_what_is_shown() {
        let user = "anna".parse().unwrap();
        assert_eq!(
            example().url(&user, "Comune di Arluno"),
            "otpauth://totp/Comune%20di%20Arluno:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Comune%20di%20Arluno"
        );
        let random = TotpSecret::random().unwrap();
        assert_eq!(TotpSecret::from_base32(&random.base32()), Some(random.clone()));
        assert_ne!(random, TotpSecret::random().unwrap());
        assert_eq!(TotpSecret::from_base32("GEZ"), None);
        assert_eq!(TotpSecret::from_base32(&"1".repeat(32)), None);
        assert_eq!(TotpSecret::from_bytes(b"short"), None);
    }
}
