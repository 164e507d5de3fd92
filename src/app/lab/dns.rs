//! A small DNS codec (RFC 1035, section 4): one question out, the addresses back.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use anyhow::{Context, Result, bail};

/// Record types A and AAAA (RFC 1035, 3.2.2; RFC 3596, 2.1).
const TYPE_A: u16 = 1;
const TYPE_AAAA: u16 = 28;
/// Class IN.
const CLASS_IN: u16 = 1;
/// Header length.
const HEADER: usize = 12;

/// Which of the two Internets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// IPv4
    V4,
    /// IPv6
    V6,
}

impl Family {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::V4, Self::V6];

    const fn record_type(self) -> u16 {
        match self {
            Self::V4 => TYPE_A,
            Self::V6 => TYPE_AAAA,
        }
    }
}

impl std::fmt::Display for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// A query for one name.
#[must_use]
pub fn query(id: u16, name: &str, family: Family) -> Vec<u8> {
    // Recursion desired, one question.
    let mut message = vec![0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    message[..2].copy_from_slice(&id.to_be_bytes());
    for label in name.trim_end_matches('.').split('.') {
        let label = &label.as_bytes()[..label.len().min(63)];
        message.push(u8::try_from(label.len()).unwrap_or(63));
        message.extend_from_slice(label);
    }
    message.push(0);
    message.extend_from_slice(&family.record_type().to_be_bytes());
    message.extend_from_slice(&CLASS_IN.to_be_bytes());
    message
}

/// The answer to any query: the address of the family that was asked for, nothing for other types.
/// `None` when it is not a query with one question.
#[must_use]
pub fn answer(query: &[u8], v4: Ipv4Addr, v6: Ipv6Addr) -> Option<Vec<u8>> {
    let questions = word(query, 4)?;
    if questions != 1 || query.get(2)? & 0x80 != 0 {
        return None;
    }
    let after_name = skip_name(query, HEADER)?;
    let kind = word(query, after_name)?;
    let question_end = after_name + 4;
    let mut message = query.get(..question_end)?.to_vec();
    // Response, recursion desired and available, no error.
    message[2] = 0x81;
    message[3] = 0x80;
    message[6..HEADER].fill(0);
    let data: Vec<u8> = match kind {
        TYPE_A => v4.octets().to_vec(),
        TYPE_AAAA => v6.octets().to_vec(),
        _ => return Some(message),
    };
    message[7] = 1;
    // The name as a pointer to the question's.
    message.extend_from_slice(&[0xc0, 0x0c]);
    message.extend_from_slice(&kind.to_be_bytes());
    message.extend_from_slice(&CLASS_IN.to_be_bytes());
    message.extend_from_slice(&30_u32.to_be_bytes());
    message.extend_from_slice(&u16::try_from(data.len()).ok()?.to_be_bytes());
    message.extend_from_slice(&data);
    Some(message)
}

/// The addresses of a response to the query `id`.
///
/// # Errors
/// It is not one, or the server answered with an error.
pub fn addresses(response: &[u8], id: u16) -> Result<Vec<IpAddr>> {
    read_addresses(response, id).context("the DNS answer cannot be read")?
}

fn read_addresses(response: &[u8], id: u16) -> Option<Result<Vec<IpAddr>>> {
    if word(response, 0)? != id {
        return Some(Err(anyhow::anyhow!("a DNS answer to another question")));
    }
    let code = response.get(3)? & 0x0f;
    if code != 0 {
        return Some(refusal(code));
    }
    let mut at = HEADER;
    for _ in 0..word(response, 4)? {
        at = skip_name(response, at)? + 4;
    }
    let mut found = Vec::new();
    for _ in 0..word(response, 6)? {
        at = skip_name(response, at)?;
        let kind = word(response, at)?;
        let length = usize::from(word(response, at + 8)?);
        let data = response.get(at + 10..at + 10 + length)?;
        if let (TYPE_A, Ok(octets)) = (kind, <[u8; 4]>::try_from(data)) {
            found.push(IpAddr::from(octets));
        }
        if let (TYPE_AAAA, Ok(octets)) = (kind, <[u8; 16]>::try_from(data)) {
            found.push(IpAddr::from(octets));
        }
        at += 10 + length;
    }
    Some(Ok(found))
}

fn refusal(code: u8) -> Result<Vec<IpAddr>> {
    bail!("the DNS server answered with error {code}")
}

fn word(message: &[u8], at: usize) -> Option<u16> {
    let bytes = message.get(at..at + 2)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

/// Where the name at `at` ends; a pointer ends it.
fn skip_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*message.get(at)?);
        if length & 0xc0 == 0xc0 {
            return Some(at + 2);
        }
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_what_is_answered() {
        let v4 = Ipv4Addr::new(198, 51, 100, 80);
        let v6: Ipv6Addr = "2001:db8::80".parse().unwrap();
        for (family, address) in [(Family::V4, IpAddr::V4(v4)), (Family::V6, IpAddr::V6(v6))] {
            let asked = query(7, "captive.apple.com", family);
            let answered = answer(&asked, v4, v6).unwrap();
            assert_eq!(addresses(&answered, 7).unwrap(), [address]);
            assert!(addresses(&answered, 8).is_err());
        }
    }

    #[test]
    fn cut_messages_are_refused_at_every_length() {
        let asked = query(7, "city.example", Family::V4);
        let answered = answer(&asked, Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST).unwrap();
        for length in 0..answered.len() {
            assert!(addresses(&answered[..length], 7).is_err(), "{length}");
        }
        for length in 0..asked.len() {
            assert!(answer(&asked[..length], Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST).is_none());
        }
    }
}
