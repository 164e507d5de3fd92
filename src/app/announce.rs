//! Tells phones by DHCP and router advertisements where the captive portal API is (RFC 8910), as
//! long as the certificate is good: a broken API is worse than none.

use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::config::{Config, Network};
use crate::net::dnsmasq;
use crate::portal::Portal;
use crate::portal::certificate::CertificateState;

/// The running watch over all networks' certificates; ends when dropped. What was announced last
/// stays announced.
#[derive(Debug)]
pub(super) struct Announcer {
    _tasks: JoinSet<()>,
}

impl Announcer {
    /// Announces what can be announced now, and follows every change.
    pub(super) fn start(config: &Arc<Config>, portal: &Portal) -> Self {
        let mut tasks = JoinSet::new();
        for network in &config.networks {
            let Some(mut certificate) = portal.certificate(network.id) else { continue };
            let (network, run_dir) = (network.clone(), config.gateway.run_dir.clone());
            tasks.spawn(async move {
                loop {
                    let state = certificate.borrow_and_update().clone();
                    announce(&run_dir, &network, &state);
                    if certificate.changed().await.is_err() {
                        return;
                    }
                }
            });
        }
        Self { _tasks: tasks }
    }
}

fn announce(run_dir: &Path, network: &Network, state: &CertificateState) {
    let url = state.is_announceable().then(|| network.capport_url());
    match dnsmasq::announce(run_dir, network.id, url.as_deref()) {
        Ok(()) => tracing::info!(network = %network.id, announced = url.is_some(), "captive portal API in DHCP"),
        Err(error) => tracing::error!(network = %network.id, %error, "the DHCP option file cannot be written"),
    }
}
