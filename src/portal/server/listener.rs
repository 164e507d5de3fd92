//! Who is let in at a network's door.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::{Addresses, Door, Shared, connection};
use crate::config::InterfaceName;
use crate::doors::listener::{Post, Spot, turn_away};

/// What one of a network's two listeners is made of.
pub(super) struct Entrance {
    pub(super) shared: Arc<Shared>,
    pub(super) door: Arc<Door>,
    pub(super) interface: InterfaceName,
    pub(super) port: u16,
    pub(super) secure: bool,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) addresses: watch::Sender<Addresses>,
}

impl Entrance {
    /// Opens it, and keeps it open until stopped.
    pub(super) fn open(self) {
        let Self {
            secure, addresses, ..
        } = &self;
        let (secure, addresses) = (*secure, addresses.clone());
        let publish = move |address: Option<SocketAddr>| {
            addresses.send_modify(|addresses| {
                if secure {
                    addresses.https = address;
                } else {
                    addresses.http = address;
                }
            });
        };
        let post = Post {
            spot: Spot {
                interface: self.interface.as_str().to_owned(),
                address: None,
                port: self.port,
            },
            name: format!("the portal of {}", self.door.network),
            stop: self.stop.clone(),
            admit: move |stream, peer| self.admit(stream, peer),
            publish,
        };
        let first = post.bind();
        tokio::spawn(post.run(first));
    }

    /// Gives the connection a place, or resets it at once.
    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        let peer = peer.ip().to_canonical();
        let network = self.door.network;
        let key = (network, (self.shared.context.lookup)(network, peer));
        let limits = self.shared.config.load().portal.clone();
        let place = self.shared.opens.attempt(key).ok().and_then(|()| {
            let (own, all) = (limits.max_connections_per_station, limits.max_connections);
            self.shared.connections.enter(key, own, all).ok()
        });
        let Some(place) = place else {
            return turn_away(&stream);
        };
        let guest = connection::Guest {
            shared: Arc::clone(&self.shared),
            door: Arc::clone(&self.door),
            peer,
            local: stream.local_addr().map(|local| local.ip().to_canonical()).ok(),
            stop: self.stop.clone(),
            _place: place,
        };
        let secure = self.secure;
        tokio::spawn(async move {
            if secure {
                guest.serve_tls(stream).await;
            } else {
                guest.serve_plain(stream).await;
            }
        });
    }
}
