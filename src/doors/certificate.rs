//! Reads a door's certificate chain and key and judges them: order, signatures, key, host name,
//! dates. Whether the public trusts the chain's last certificate is not for the gateway to know; a
//! laboratory's own authority is as good here as a public one.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer;

use crate::config::TlsFiles;

/// Administrators are warned this long before the end.
pub const WARN_BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Phones are no longer told of the portal (RFC 8910) this long before the end, because DHCP leases
/// outlive it.
pub const WITHDRAW_BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// A chain and key are a few kilobytes.
const MAX_FILE_BYTES: u64 = 256 * 1_024;

/// How a network's certificate stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateState {
    /// None is configured.
    Absent,
    /// Good for longer than a week.
    Valid {
        /// End of the chain's shortest-lived certificate.
        until: Timestamp,
    },
    /// Good, but for less than a week ([`WARN_BEFORE`]).
    ExpiringSoon {
        /// See `Valid`.
        until: Timestamp,
    },
    /// Good for less than a day ([`WITHDRAW_BEFORE`]): served, but no longer announced.
    Expiring {
        /// See `Valid`.
        until: Timestamp,
    },
    /// Of no use.
    Invalid(CertificateFault),
}

impl CertificateState {
    /// Whether phones may be told of the https portal (DHCP option 114, 103, RA option 37).
    #[must_use]
    pub const fn is_announceable(&self) -> bool {
        matches!(self, Self::Valid { .. } | Self::ExpiringSoon { .. })
    }

    /// Whether the portal may send people to https.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        matches!(
            self,
            Self::Valid { .. } | Self::ExpiringSoon { .. } | Self::Expiring { .. }
        )
    }
}

impl fmt::Display for CertificateState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none: the portal works over http"),
            Self::Valid { until } => write!(f, "good until {until}"),
            Self::ExpiringSoon { until } => write!(f, "good until {until}: renew it"),
            Self::Expiring { until } => write!(
                f,
                "good until {until}: renew it now, phones are no longer told of it"
            ),
            Self::Invalid(fault) => write!(f, "of no use: {fault}"),
        }
    }
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// No PEM certificate, or one that does not parse.
    #[error("the certificate file holds no readable PEM certificate")]
    NoCertificate,
    /// No PEM key, or one of an unknown kind.
    #[error("the key file holds no readable PKCS#8, PKCS#1 or SEC1 key")]
    NoKey,
    /// The key belongs to another certificate.
    #[error("the key does not fit the certificate")]
    KeyMismatch,
    /// The chain is not leaf first, or a signature is wrong.
    #[error(
        "certificate {position} of the chain is not signed by the next one (leaf first, then its issuers)"
    )]
    Unordered {
        /// Counted from 1.
        position: usize,
    },
    /// The certificate does not name the portal's host.
    #[error("the certificate is not for {host}")]
    WrongHost {
        /// The portal's host.
        host: String,
    },
    /// Not yet valid; or the gateway's clock is wrong.
    #[error("the certificate is valid only from {from} (is the clock right?)")]
    NotYetValid {
        /// Begin.
        from: Timestamp,
    },
    /// No longer valid.
    #[error("the certificate expired at {since}")]
    Expired {
        /// End.
        since: Timestamp,
    },
}

/// A chain and key that fit together, and what is known of them.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// For rustls.
    pub key: Arc<CertifiedKey>,
    names: Vec<String>,
    from: Timestamp,
    until: Timestamp,
}

/// What `doctor` asks: how would these files serve this host now?
#[must_use]
pub fn check_files(files: Option<&TlsFiles>, host: &str, now: Timestamp) -> CertificateState {
    match files.map(load) {
        None => CertificateState::Absent,
        Some(Err(fault)) => CertificateState::Invalid(fault),
        Some(Ok(loaded)) => loaded.judge(host, now),
    }
}

/// Reads both files and checks everything that does not depend on host and time.
///
/// # Errors
/// What is wrong with them.
pub fn load(files: &TlsFiles) -> Result<Loaded, CertificateFault> {
    let chain = read_bounded(&files.certificate)?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain)
        .collect::<Result<_, _>>()
        .map_err(|_| CertificateFault::NoCertificate)?;
    let key = read_bounded(&files.key)?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|_| CertificateFault::NoKey)?;

    let parsed = parse_chain(&chain)?;
    check_order(&parsed)?;
    let leaf = parsed.first().ok_or(CertificateFault::NoCertificate)?;
    let names = dns_names(leaf);
    let (from, until) = validity(&parsed)?;

    let signing = ring::sign::any_supported_type(&key).map_err(|_| CertificateFault::NoKey)?;
    let key = CertifiedKey::new(chain.clone(), signing);
    key.keys_match().map_err(|_| CertificateFault::KeyMismatch)?;
    Ok(Loaded {
        key: Arc::new(key),
        names,
        from,
        until,
    })
}

impl Loaded {
    /// How the certificate serves `host` at `now`.
    #[must_use]
    pub fn judge(&self, host: &str, now: Timestamp) -> CertificateState {
        let fault = if !self.names.iter().any(|name| name_covers(name, host)) {
            CertificateFault::WrongHost {
                host: host.to_owned(),
            }
        } else if now < self.from {
            CertificateFault::NotYetValid { from: self.from }
        } else if now >= self.until {
            CertificateFault::Expired { since: self.until }
        } else {
            let until = self.until;
            let left = until.duration_since(now);
            return if left < WITHDRAW_BEFORE {
                CertificateState::Expiring { until }
            } else if left < WARN_BEFORE {
                CertificateState::ExpiringSoon { until }
            } else {
                CertificateState::Valid { until }
            };
        };
        CertificateState::Invalid(fault)
    }
}

fn read_bounded(file: &Path) -> Result<Vec<u8>, CertificateFault> {
    let unreadable = |reason: String| CertificateFault::Unreadable {
        file: file.to_owned(),
        reason,
    };
    let size = fs::metadata(file)
        .map_err(|error| unreadable(error.to_string()))?
        .len();
    if size > MAX_FILE_BYTES {
        return Err(unreadable(format!("larger than {MAX_FILE_BYTES} bytes")));
    }
    fs::read(file).map_err(|error| unreadable(error.to_string()))
}

fn parse_chain<'a>(chain: &'a [CertificateDer<'_>]) -> Result<Vec<X509Certificate<'a>>, CertificateFault> {
    chain
        .iter()
        .map(|der| match X509Certificate::from_der(der) {
            Ok(([], certificate)) => Ok(certificate),
            _ => Err(CertificateFault::NoCertificate),
        })
        .collect()
}

/// Each certificate is issued and signed by the next (RFC 8446, section 4.4.2). The last one's issuer
/// is usually absent.
fn check_order(chain: &[X509Certificate<'_>]) -> Result<(), CertificateFault> {
    for (index, (certificate, issuer)) in chain.iter().zip(chain.iter().skip(1)).enumerate() {
        let named = certificate.issuer() == issuer.subject();
        let signed = certificate.verify_signature(Some(issuer.public_key())).is_ok();
        if !named || !signed {
            return Err(CertificateFault::Unordered { position: index + 1 });
        }
    }
    Ok(())
}

/// From the latest beginning to the earliest end.
fn validity(chain: &[X509Certificate<'_>]) -> Result<(Timestamp, Timestamp), CertificateFault> {
    let (mut from, mut until) = (Timestamp::MIN, Timestamp::MAX);
    for certificate in chain {
        let dates = certificate.validity();
        let read = |seconds| Timestamp::from_second(seconds).map_err(|_| CertificateFault::NoCertificate);
        from = from.max(read(dates.not_before.timestamp())?);
        until = until.min(read(dates.not_after.timestamp())?);
    }
    Ok((from, until))
}

fn dns_names(leaf: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = leaf.subject_alternative_name() else {
        return Vec::new();
    };
    extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

/// RFC 6125, section 6.4: equal, or `*` for exactly the left-most label.
fn name_covers(name: &str, host: &str) -> bool {
    if name == host {
        return true;
    }
    let Some(rest) = name.strip_prefix("*.") else {
        return false;
    };
    rest.contains('.') && host.split_once('.').is_some_and(|(_, parent)| parent == rest)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::{SignedDuration, Timestamp};
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

    use super::{CertificateFault, CertificateState, check_files, name_covers};
    use crate::config::TlsFiles;

    const HOST: &str = "wifi.comune.example.it";

    struct Lab {
        dir: tempfile::TempDir,
        leaf: String,
        issuer: String,
        key: String,
    }

    /// An authority, and a leaf for `*.comune.example.it` good for all of 2026.
    fn lab() -> Lab {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "Lab CA");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["*.comune.example.it".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2027, 1, 1);
        let leaf = params.signed_by(&key, &issuer).unwrap();
        Lab {
            dir: tempfile::tempdir().unwrap(),
            leaf: leaf.pem(),
            issuer: issuer.pem(),
            key: key.serialize_pem(),
        }
    }

    impl Lab {
        fn judge(&self, chain: &str, key: &str, host: &str, now: Timestamp) -> CertificateState {
            let files = TlsFiles {
                certificate: self.dir.path().join("chain.pem"),
                key: self.dir.path().join("key.pem"),
            };
            fs::write(&files.certificate, chain).unwrap();
            fs::write(&files.key, key).unwrap();
            check_files(Some(&files), host, now)
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_end_comes_in_steps() {
        let lab = lab();
        let until = at("2027-01-01T00:00:00Z");
        let chain = format!("{}{}", lab.leaf, lab.issuer);
        let judge = |now| lab.judge(&chain, &lab.key, HOST, now);
        let (day, second) = (SignedDuration::from_hours(24), SignedDuration::from_secs(1));
        assert_eq!(judge(until - day * 7), CertificateState::Valid { until });
        assert_eq!(
            judge(until - day * 7 + second),
            CertificateState::ExpiringSoon { until }
        );
        assert_eq!(judge(until - day), CertificateState::ExpiringSoon { until });
        let expiring = judge(until - day + second);
        assert_eq!(expiring, CertificateState::Expiring { until });
        assert!(expiring.is_usable() && !expiring.is_announceable());
        assert_eq!(
            judge(until),
            CertificateState::Invalid(CertificateFault::Expired { since: until })
        );
        let from = at("2026-01-01T00:00:00Z");
        assert_eq!(
            judge(from - second),
            CertificateState::Invalid(CertificateFault::NotYetValid { from })
        );
    }

    #[test]
    fn every_fault_has_its_name() {
        let lab = lab();
        let other = KeyPair::generate().unwrap().serialize_pem();
        let now = at("2026-06-01T00:00:00Z");
        let chain = format!("{}{}", lab.leaf, lab.issuer);
        let reversed = format!("{}{}", lab.issuer, lab.leaf);
        let fault = |chain: &str, key: &str, host: &str| match lab.judge(chain, key, host, now) {
            CertificateState::Invalid(fault) => fault,
            good => panic!("{good:?}"),
        };
        assert_eq!(fault(&chain, &other, HOST), CertificateFault::KeyMismatch);
        assert_eq!(fault(&chain, "", HOST), CertificateFault::NoKey);
        assert_eq!(fault("", &lab.key, HOST), CertificateFault::NoCertificate);
        assert_eq!(
            fault(&reversed, &lab.key, HOST),
            CertificateFault::Unordered { position: 1 }
        );
        assert_eq!(
            fault(&chain, &lab.key, "wifi.example.it"),
            CertificateFault::WrongHost {
                host: "wifi.example.it".to_owned()
            }
        );
        let missing = TlsFiles {
            certificate: "/nonexistent/chain.pem".into(),
            key: "/nonexistent/key.pem".into(),
        };
        assert!(matches!(
            check_files(Some(&missing), HOST, now),
            CertificateState::Invalid(CertificateFault::Unreadable { .. })
        ));
        assert_eq!(check_files(None, HOST, now), CertificateState::Absent);
    }

    #[test]
    fn a_star_stands_for_one_label() {
        assert!(name_covers("*.example.it", "wifi.example.it"));
        assert!(!name_covers("*.example.it", "a.wifi.example.it"));
        assert!(!name_covers("*.example.it", "example.it"));
        assert!(!name_covers("*.it", "example.it"));
        assert!(!name_covers("w*.example.it", "wifi.example.it"));
    }
}
