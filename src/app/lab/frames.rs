//! Raw Ethernet frames: for phones that do not keep to the rules, and for listening.

use std::io::{self, Read};
use std::time::Duration;

use anyhow::{Context, Result};
use socket2::{Domain, Protocol, Socket, Type};

use super::isolation::{self, Namespace};
use super::phone::interface_index;

/// A packet socket on one interface.
#[derive(Debug)]
pub struct FrameSocket {
    socket: Socket,
    index: u32,
}

impl FrameSocket {
    /// Opens it; from now on every frame of the interface, either way, waits to be read.
    ///
    /// # Errors
    /// There is no such interface.
    pub fn open(namespace: &Namespace, interface: &str) -> Result<Self> {
        let opened = namespace.within(|| -> io::Result<Self> {
            let index = interface_index(interface)?;
            let protocol = Protocol::from(i32::from(isolation::ALL_ETHER_TYPES));
            let socket = Socket::new(Domain::PACKET, Type::RAW, Some(protocol))?;
            isolation::bind_to_interface(&socket, index)?;
            // Room for a burst while the reader is busy elsewhere.
            socket.set_recv_buffer_size(4 << 20)?;
            Ok(Self { socket, index })
        })?;
        opened.with_context(|| format!("cannot open {interface} of {}", namespace.name()))
    }

    /// Sends one frame, Ethernet header included.
    ///
    /// # Errors
    /// The interface is down, or the frame longer than its MTU.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        isolation::send_frame(&self.socket, self.index, frame).map(drop)
    }

    /// The next frame seen; `None` when none came for `patience`.
    ///
    /// # Errors
    /// The kernel's.
    pub fn next(&self, patience: Duration) -> io::Result<Option<Vec<u8>>> {
        self.socket.set_read_timeout(Some(patience))?;
        let mut frame = vec![0; 65_536];
        match (&self.socket).read(&mut frame) {
            Ok(length) => {
                frame.truncate(length);
                Ok(Some(frame))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}
