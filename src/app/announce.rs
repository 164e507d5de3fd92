//! Tells phones by DHCP and router advertisements where the captive portal API is (RFC 8910), as
//! long as the certificate is good: a broken API is worse than none.

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::{Config, Network};
use crate::doors::certificate::CertificateState;
use crate::net::dnsmasq::{AnnounceError, OptionFiles};
use crate::portal::Portal;

/// The running watch over all networks' certificates; ends when dropped. What was announced last
/// stays announced.
#[derive(Debug)]
pub(super) struct Announcer {
    _tasks: JoinSet<()>,
}

impl Announcer {
    /// Announces what can be announced now, and follows every change.
    pub(super) fn start(config: &Config, portal: &Portal) -> Self {
        let mut tasks = JoinSet::new();
        match open(config) {
            Ok(files) => {
                for network in &config.networks {
                    if let Some(certificate) = portal.certificate(network.id) {
                        tasks.spawn(follow(files.clone(), network.clone(), certificate));
                    }
                }
            }
            Err(error) => tracing::error!(%error, "the captive portal API is not announced"),
        }
        Self { _tasks: tasks }
    }
}

fn open(config: &Config) -> Result<OptionFiles, AnnounceError> {
    let files = OptionFiles::open(&config.gateway.run_dir)?;
    let networks: Vec<_> = config.networks.iter().map(|network| network.id).collect();
    files.retain(&networks)?;
    Ok(files)
}

async fn follow(files: OptionFiles, network: Network, mut certificate: watch::Receiver<CertificateState>) {
    loop {
        let announceable = certificate.borrow_and_update().is_announceable();
        let url = announceable.then(|| network.capport_url());
        match files.announce(network.id, &network.interface, url.as_deref()) {
            Ok(false) => {}
            Ok(true) => {
                tracing::info!(network = %network.id, announceable, "captive portal API in DHCP changed");
            }
            Err(error) => {
                tracing::error!(network = %network.id, %error, "the DHCP option file cannot be written");
            }
        }
        if certificate.changed().await.is_err() {
            return;
        }
    }
}
