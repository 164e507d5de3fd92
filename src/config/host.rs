//! The portal's host name: what the grant agreement and the certificate authorities allow.

use std::net::IpAddr;

use toml::de::DeValue;

use super::reader::Complaint;
use super::values;

/// Longest host name, bytes (RFC 1035, section 2.3.4, without the root's dot).
const MAX_HOST: usize = 253;
/// Longest label, bytes (RFC 1035, section 2.3.4).
const MAX_LABEL: usize = 63;
/// Ends of names for which no public authority gives a certificate (RFC 6761, RFC 6762, RFC 8375,
/// ICANN resolution of 2024 on `.internal`).
const PRIVATE_ENDS: [&str; 9] = [
    "local",
    "lan",
    "home",
    "internal",
    "test",
    "invalid",
    "localhost",
    "example",
    "arpa",
];

/// Reads a host name.
pub(super) fn host(value: &DeValue<'_>) -> Result<String, Complaint> {
    let text = values::text(value)?;
    check(text)?;
    Ok(text.to_owned())
}

/// Whether a public certificate can be had for the name.
pub(super) fn is_public(host: &str) -> bool {
    let end = host.rsplit('.').next().unwrap_or_default();
    !PRIVATE_ENDS.contains(&end)
}

fn check(text: &str) -> Result<(), Complaint> {
    let clause = "WiFi4EU grant agreement, Annex I, 2.1.1";
    let refuse = |what: &str, hint: String| Err(Complaint::new(format!("{text:?} {what}"), hint));
    if text.contains("://") || text.contains('/') {
        return refuse(
            "is not just a host name",
            "write the name alone, without http:// and without path".into(),
        );
    }
    if text.parse::<IpAddr>().is_ok() || text.starts_with('[') {
        return refuse(
            "is an address",
            format!("the portal needs a domain name of its own ({clause})"),
        );
    }
    if text.contains(':') {
        return refuse(
            "carries a port",
            "write the name alone; the portal is always at port 443".into(),
        );
    }
    if !text.is_ascii()
        || text
            .split('.')
            .any(|label| label.to_ascii_lowercase().starts_with("xn--"))
    {
        return refuse(
            "is an internationalised name",
            format!("use only a-z, 0-9 and hyphens ({clause}: a classic, non-IDN domain name)"),
        );
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return refuse("has capitals", format!("write {:?}", text.to_ascii_lowercase()));
    }
    if let Some(bare) = text.strip_suffix('.') {
        return refuse("ends with a dot", format!("write {bare:?}"));
    }
    let wrong = text.split('.').find(|label| !is_label(label));
    if wrong.is_some() || text.len() > MAX_HOST {
        return refuse(
            "is not a host name",
            "labels of 1 to 63 letters a-z, digits and inner hyphens, joined by dots".into(),
        );
    }
    if !text.contains('.') {
        return refuse(
            "is a single label",
            "write the full name, like \"wifi.comune.bustoarsizio.va.it\"".into(),
        );
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse(
            "ends like an address",
            format!("the portal needs a domain name of its own ({clause})"),
        );
    }
    Ok(())
}

fn is_label(label: &str) -> bool {
    let legal = label
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    legal && !label.is_empty() && label.len() <= MAX_LABEL && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::{check, is_public};

    #[test]
    fn only_classic_domain_names_pass() {
        for good in ["wifi.comune.bustoarsizio.va.it", "a.b", "9.wifi-1.example.org"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            ".",
            "wifi",
            "192.0.2.1",
            "2001:db8::1",
            "[2001:db8::1]",
            "1.2.3.400",
            "Wifi.example.org",
            "wifi.example.org.",
            "https://wifi.example.org",
            "wifi.example.org/p",
            "wifi.example.org:443",
            "città.example.org",
            "xn--citt-4ka.example.org",
            "-a.example.org",
            "a-.example.org",
            "a..example.org",
            "a_b.example.org",
            "a b.example.org",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check(&format!("{}.example.org", "a".repeat(64))).is_err());
        assert!(check(&format!("{}org", "abcdefg.".repeat(33))).is_err());
    }

    #[test]
    fn names_without_public_certificates_are_told_apart() {
        assert!(is_public("wifi.comune.arluno.mi.it"));
        assert!(!is_public("wifi.lan"));
        assert!(!is_public("wifi.home.arpa"));
    }
}
