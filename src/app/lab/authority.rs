//! The lab's certificate authority: what a real one is to the comune's gateway.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

/// Signs the portals' certificates; phones of the lab trust it, and nobody else.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

impl Authority {
    /// A new one.
    ///
    /// # Errors
    /// No key can be made.
    pub fn new() -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "Portico lab authority");
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    /// Its own certificate, for whoever shall trust it.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Writes a certificate for a host name, and its key.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write_certificate(&self, host: &str, certificate: &Path, key: &Path) -> Result<()> {
        let mut params = CertificateParams::new([host.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, host);
        let pair = KeyPair::generate()?;
        let signed = params.signed_by(&pair, &self.issuer)?;
        std::fs::write(certificate, signed.pem())
            .with_context(|| format!("cannot write {}", certificate.display()))?;
        std::fs::write(key, pair.serialize_pem()).with_context(|| format!("cannot write {}", key.display()))
    }

    /// What a phone knows of TLS: this authority, HTTP/1.1.
    ///
    /// # Errors
    /// The provider lacks what rustls needs.
    pub fn client_config(&self) -> Result<Arc<rustls::ClientConfig>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}
