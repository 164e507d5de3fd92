//! The TLS side of one door: files are watched, and a new certificate takes over without a
//! connection being dropped.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jiff::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::watch;

use super::certificate::{CertificateFault, CertificateState, Loaded, load};
use crate::config::TlsFiles;

/// How often the files are looked at; also how late an expiry is noticed.
pub const POLL: Duration = Duration::from_secs(3);

/// Hands out the certificate in service, whatever name the client asked for.
#[derive(Default)]
pub struct Resolver(ArcSwapOption<CertifiedKey>);

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolver(…)")
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.load_full()
    }
}

/// rustls for one door: ring, TLS 1.2 and 1.3 (AgID RACCSECTLS-01), HTTP/1.1 only.
///
/// # Errors
/// rustls refuses its own settings, or the system has no randomness.
pub fn server_config(resolver: Arc<Resolver>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.ticketer = ring::Ticketer::new()?;
    Ok(Arc::new(config))
}

/// What tells one version of a file from the next: device, inode, size, modification time.
type Fingerprint = Option<(u64, u64, u64, i64, i64)>;

fn fingerprint(file: &Path) -> Fingerprint {
    let meta = fs::metadata(file).ok()?;
    Some((
        meta.dev(),
        meta.ino(),
        meta.size(),
        meta.mtime(),
        meta.mtime_nsec(),
    ))
}

/// Keeps a door's certificate in service.
pub struct Keeper {
    files: Option<TlsFiles>,
    host: String,
    resolver: Arc<Resolver>,
    state: watch::Sender<CertificateState>,
    seen: Option<[Fingerprint; 2]>,
    loaded: Option<Loaded>,
    fault: Option<CertificateFault>,
}

impl Keeper {
    /// Nothing is read before [`Self::poll`].
    #[must_use]
    pub fn new(files: Option<TlsFiles>, host: String) -> Self {
        Self {
            files,
            host,
            resolver: Arc::default(),
            state: watch::Sender::new(CertificateState::Absent),
            seen: None,
            loaded: None,
            fault: None,
        }
    }

    /// What rustls asks for the certificate.
    #[must_use]
    pub fn resolver(&self) -> Arc<Resolver> {
        Arc::clone(&self.resolver)
    }

    /// How the certificate stands, now and from now on.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<CertificateState> {
        self.state.subscribe()
    }

    /// Other files or another host after a change of the configuration.
    pub fn configure(&mut self, files: Option<TlsFiles>, host: String, now: Timestamp) {
        if self.files != files {
            self.seen = None;
            self.files = files;
            if self.files.is_none() {
                self.loaded = None;
                self.fault = None;
                self.resolver.0.store(None);
            }
        }
        self.host = host;
        self.poll(now);
    }

    /// Looks at the files and at the time. Files that cannot serve leave the certificate before them
    /// in service: a renewal caught between its two files harms nobody.
    pub fn poll(&mut self, now: Timestamp) {
        if let Some(files) = &self.files {
            let found = [fingerprint(&files.certificate), fingerprint(&files.key)];
            if self.seen != Some(found) {
                self.seen = Some(found);
                match load(files) {
                    Ok(loaded) => {
                        self.resolver.0.store(Some(Arc::clone(&loaded.key)));
                        self.loaded = Some(loaded);
                        self.fault = None;
                    }
                    Err(fault) => {
                        tracing::warn!(host = self.host, %fault, "certificate files not usable");
                        self.fault = Some(fault);
                    }
                }
            }
        }
        let state = match (&self.loaded, &self.fault) {
            (Some(loaded), _) => loaded.judge(&self.host, now),
            (None, Some(fault)) => CertificateState::Invalid(fault.clone()),
            (None, None) => CertificateState::Absent,
        };
        let changed = self.state.send_if_modified(|old| {
            let changed = *old != state;
            old.clone_from(&state);
            changed
        });
        if changed {
            report(&self.host, &state);
        }
    }
}

fn report(host: &str, state: &CertificateState) {
    match state {
        CertificateState::Absent => tracing::info!(host, "no certificate"),
        CertificateState::Valid { until } => tracing::info!(host, %until, "certificate in service"),
        CertificateState::ExpiringSoon { until } => {
            tracing::warn!(host, %until, "certificate expires within a week");
        }
        CertificateState::Expiring { until } => {
            tracing::warn!(host, %until, "certificate expires within a day: no longer announced");
        }
        CertificateState::Invalid(fault) => {
            tracing::error!(host, %fault, "certificate not usable");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Keeper;
    use crate::config::TlsFiles;
    use crate::doors::certificate::{CertificateFault, CertificateState};

    fn pair(host: &str) -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec![host.to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn half_a_renewal_leaves_the_old_certificate_in_service() {
        let dir = tempfile::tempdir().unwrap();
        let files = TlsFiles {
            certificate: dir.path().join("chain.pem"),
            key: dir.path().join("key.pem"),
        };
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let mut keeper = Keeper::new(Some(files.clone()), "wifi.example.it".to_owned());
        let state = keeper.subscribe();
        let resolver = keeper.resolver();

        keeper.poll(now);
        assert!(matches!(
            *state.borrow(),
            CertificateState::Invalid(CertificateFault::Unreadable { .. })
        ));
        assert!(resolver.0.load().is_none());

        let (certificate, key) = pair("wifi.example.it");
        fs::write(&files.certificate, certificate).unwrap();
        fs::write(&files.key, key).unwrap();
        keeper.poll(now);
        assert!(matches!(*state.borrow(), CertificateState::Valid { .. }));
        let first = resolver.0.load_full().unwrap();

        let (certificate, key) = pair("wifi.example.it");
        let renewed = dir.path().join("renewed.pem");
        fs::write(&renewed, certificate).unwrap();
        fs::rename(&renewed, &files.certificate).unwrap();
        keeper.poll(now);
        assert!(matches!(*state.borrow(), CertificateState::Valid { .. }));
        assert_eq!(first.cert, resolver.0.load_full().unwrap().cert);

        fs::write(&renewed, key).unwrap();
        fs::rename(&renewed, &files.key).unwrap();
        keeper.poll(now);
        assert_ne!(first.cert, resolver.0.load_full().unwrap().cert);

        keeper.configure(None, "wifi.example.it".to_owned(), now);
        assert_eq!(*state.borrow(), CertificateState::Absent);
        assert!(resolver.0.load().is_none());
    }
}
