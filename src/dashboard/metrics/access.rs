//! Who may read the metrics, and how often.

use std::io::Read as _;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use governor::Quota;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::config::{Config, is_open_to_all};
use crate::dashboard::gate::{Peer, bearer};
use crate::limits::{Rate, source};
use crate::model::Clock;

/// Scrapes of one source a minute: two Prometheus servers that ask every five seconds.
const PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(23);
/// Shortest token, characters: 128 random bits have 22 in base64.
const SHORTEST: usize = 20;
/// Longest file, bytes.
const LONGEST: u64 = 1_024;

/// Why somebody is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No token, a wrong one, or none is configured.
    Stranger,
    /// Again too soon.
    TooOften,
}

impl axum::response::IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        let (status, field, value): (StatusCode, HeaderName, &str) = match self {
            Self::Stranger => (StatusCode::UNAUTHORIZED, header::WWW_AUTHENTICATE, "Bearer"),
            Self::TooOften => (StatusCode::TOO_MANY_REQUESTS, header::RETRY_AFTER, "5"),
        };
        (status, [(field, value)], "Not told\n").into_response()
    }
}

/// See the module.
pub(in crate::dashboard) struct Readers {
    config: Arc<ArcSwap<Config>>,
    each: Rate<IpAddr>,
}

impl Readers {
    pub(super) fn new(config: Arc<ArcSwap<Config>>, clock: Clock) -> Self {
        Self {
            config,
            each: Rate::new(Quota::per_minute(PER_MINUTE), clock),
        }
    }

    pub(super) fn tidy(&self) {
        self.each.tidy();
    }

    /// Whether the metrics may be told to this peer now. Each source has a limit of its own, so that no stranger
    /// keeps anybody else out.
    pub(super) fn admit(&self, peer: Peer, headers: &HeaderMap) -> Result<(), Refusal> {
        self.each
            .attempt(&source(peer.address), NonZeroU32::MIN)
            .map_err(|_| Refusal::TooOften)?;
        if !peer.secure {
            // The machine's own door.
            return Ok(());
        }
        let config = self.config.load();
        let wanted = config.management.metrics_token.as_deref().and_then(read_token);
        let told = bearer(headers);
        match (wanted, told) {
            (Some(wanted), Some(told)) if is_same(&wanted, told) => Ok(()),
            _ => Err(Refusal::Stranger),
        }
    }
}

/// In a time that tells nothing of the difference, not even the lengths.
fn is_same(wanted: &str, told: &str) -> bool {
    let [wanted, told] = [wanted, told].map(|token| Sha256::digest(token.as_bytes()));
    wanted.ct_eq(&told).into()
}

/// The token of a file; none while everybody could read it, or anybody guess it. Read each time, so that a
/// new one is in force at once.
fn read_token(file: &Path) -> Option<String> {
    if is_open_to_all(file) {
        tracing::warn!(file = %file.display(), "everybody on this machine can read it: nobody is told metrics by it");
        return None;
    }
    let mut text = String::new();
    let opened = std::fs::File::open(file).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
    if let Err(error) = opened {
        tracing::warn!(file = %file.display(), %error, "the token of the metrics cannot be read");
        return None;
    }
    let token = text.trim();
    if token.chars().count() < SHORTEST {
        tracing::warn!(file = %file.display(), "shorter than {SHORTEST} characters: nobody is told metrics by it");
        return None;
    }
    Some(token.to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::Arc;

    use arc_swap::ArcSwap;
    use axum::http::{HeaderMap, header};
    use jiff::Timestamp;

    use super::{PER_MINUTE, Readers, Refusal, is_same, read_token};
    use crate::config::Config;
    use crate::dashboard::gate::Peer;
    use crate::model::{Boot, Now};

    const TOKEN: &str = "0123456789abcdefghij";

    #[test]
    fn a_token_that_others_could_know_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        assert_eq!(read_token(&file), None);
        for (text, mode, told) in [
            ("0123456789abcdefghij\n", 0o640, Some("0123456789abcdefghij")),
            ("0123456789abcdefghij\n", 0o644, None),
            ("0123456789abcdefghij\n", 0o601, None),
            ("short\n", 0o600, None),
            ("", 0o600, None),
        ] {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_token(&file).as_deref(), told, "{text:?} {mode:o}");
        }
    }

    #[test]
    fn strangers_keep_nobody_out_who_has_the_token() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, TOKEN).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let text = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\n\
                    comune = \"Comune\"\ninterface = \"br-piazza\"\nhost = \"wifi.comune.example.it\"\n";
        let mut config = Config::parse(text, "portico.toml").unwrap();
        config.management.metrics_token = Some(file);
        let config = Arc::new(ArcSwap::from_pointee(config));
        let now = Now {
            boot: Boot(1_000),
            wall: Timestamp::UNIX_EPOCH,
        };
        let readers = Readers::new(config, Arc::new(move || now));
        let peer = |last: u8| Peer {
            secure: true,
            address: [192, 0, 2, last].into(),
        };
        let mut known = HeaderMap::new();
        known.insert(header::AUTHORIZATION, format!("Bearer {TOKEN}").parse().unwrap());
        for last in 1..100 {
            let outcome = readers.admit(peer(last), &HeaderMap::new());
            assert_eq!(outcome, Err(Refusal::Stranger), "{last}");
        }
        for _ in 0..PER_MINUTE.get() * 2 {
            let _ = readers.admit(peer(200), &HeaderMap::new());
        }
        assert_eq!(readers.admit(peer(200), &known), Err(Refusal::TooOften));
        assert_eq!(readers.admit(peer(201), &known), Ok(()));
    }

    #[test]
    fn tokens_are_the_same_or_not() {
        assert!(is_same("abc", "abc") && !is_same("abc", "abcd") && !is_same("abc", ""));
    }
}
