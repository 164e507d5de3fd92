//! The portal's host name: what the grant agreement and the certificate authorities allow.

use std::net::IpAddr;

use toml::de::DeValue;

use super::reader::Complaint;
use super::values;
use super::words::{Words, words};

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

/// Where the programme says what a name may be.
const CLAUSE: &str = "WiFi4EU grant agreement, Annex I, 2.1.1";
/// The same.
const CLAUSE_IN_ITALIAN: &str = "convenzione di sovvenzione WiFi4EU, allegato I, 2.1.1";

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
    let own_name = || {
        words!(
            "the portal needs a domain name of its own ({CLAUSE})",
            "il portale vuole un nome di dominio proprio ({CLAUSE_IN_ITALIAN})"
        )
    };
    let refuse = |what: Words, hint: Words| {
        let told = Words::same(format!("{text:?}"));
        Err(Complaint::new(
            words!("{told} {what}", "{told} {what}"; told = told, what = what),
            hint,
        ))
    };
    if text.contains("://") || text.contains('/') {
        return refuse(
            words!("is not just a host name", "non è solo un nome host"),
            words!(
                "write the name alone, without http:// and without path",
                "scrivere solo il nome, senza http:// e senza percorso"
            ),
        );
    }
    if text.parse::<IpAddr>().is_ok() || text.starts_with('[') {
        return refuse(words!("is an address", "è un indirizzo"), own_name());
    }
    if text.contains(':') {
        return refuse(
            words!("carries a port", "contiene una porta"),
            words!(
                "write the name alone; the portal is always at port 443",
                "scrivere solo il nome; il portale è sempre alla porta 443"
            ),
        );
    }
    if !text.is_ascii()
        || text
            .split('.')
            .any(|label| label.to_ascii_lowercase().starts_with("xn--"))
    {
        return refuse(
            words!("is an internationalised name", "è un nome internazionalizzato"),
            words!(
                "use only a-z, 0-9 and hyphens ({CLAUSE}: a classic, non-IDN domain name)",
                "usare solo a-z, 0-9 e trattini ({CLAUSE_IN_ITALIAN}: un nome di dominio classico, non IDN)"
            ),
        );
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return refuse(
            words!("has capitals", "ha lettere maiuscole"),
            words!("write {:?}", "scrivere {:?}", text.to_ascii_lowercase()),
        );
    }
    if let Some(bare) = text.strip_suffix('.') {
        return refuse(
            words!("ends with a dot", "finisce con un punto"),
            words!("write {bare:?}", "scrivere {bare:?}"),
        );
    }
    let wrong = text.split('.').find(|label| !is_label(label));
    if wrong.is_some() || text.len() > MAX_HOST {
        return refuse(
            words!("is not a host name", "non è un nome host"),
            words!(
                "labels of 1 to 63 letters a-z, digits and inner hyphens, joined by dots",
                "parti da 1 a 63 caratteri tra a-z, cifre e trattini interni, unite da punti"
            ),
        );
    }
    if !text.contains('.') {
        return refuse(
            words!("is a single label", "è fatto di una parte sola"),
            words!(
                "write the full name, like \"wifi.comune.bustoarsizio.va.it\"",
                "scrivere il nome intero, come wifi.comune.bustoarsizio.va.it"
            ),
        );
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return refuse(
            words!("ends like an address", "finisce come un indirizzo"),
            own_name(),
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
