//! The way to the dashboard: a port of this machine's loopback that leads to the gateway's own.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::app::admins::FIRST_SETUP;
use crate::app::lab::Lab;
use crate::app::lab::daemon::poll;
use crate::app::lab::isolation::Namespace;

/// How long the daemon may take to write its link.
const PATIENCE: Duration = Duration::from_secs(15);

/// An open door; the threads behind it end with the process.
#[derive(Debug)]
pub(super) struct Door {
    address: SocketAddr,
}

impl Door {
    /// Opens one on a free port of the loopback, outside all namespaces of the lab.
    ///
    /// # Errors
    /// No port is free.
    pub(super) fn open(lab: &Lab, port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port for the dashboard")?;
        let address = listener.local_addr()?;
        let gateway = lab.gateway().clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let gateway = gateway.clone();
                std::thread::spawn(move || {
                    // A browser that goes away in the middle is its own business.
                    let _ended = relay(&stream, &gateway, port);
                });
            }
        });
        Ok(Self { address })
    }

    /// The link that makes the first user, once; without a user there is one.
    ///
    /// # Errors
    /// The daemon has not written it.
    pub(super) fn first_setup(&self) -> Result<String> {
        let path = Lab::state_dir().join(FIRST_SETUP);
        let token = poll(PATIENCE, || {
            let text = std::fs::read_to_string(&path).ok()?;
            let (_, token) = text.lines().next()?.split_once("token=")?;
            Some(token.to_owned())
        });
        let token = token.with_context(|| format!("{} does not come", path.display()))?;
        Ok(format!("http://{}/setup?token={token}", self.address))
    }
}

/// Carries bytes both ways until both sides have ended.
fn relay(browser: &TcpStream, gateway: &Namespace, port: u16) -> Result<()> {
    let dashboard = gateway.within(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port)))??;
    std::thread::scope(|scope| {
        scope.spawn(|| carry(browser, &dashboard));
        carry(&dashboard, browser)
    })?;
    Ok(())
}

fn carry(mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let carried = io::copy(&mut from, &mut to);
    to.shutdown(Shutdown::Write)?;
    carried.map(drop)
}
