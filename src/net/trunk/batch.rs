//! Many requests about one interface's queues as one datagram.

use rustix::io::Errno;

use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::htb::{self, Class};
use crate::wire::netlink::leaf::{self, FqCodel};
use crate::wire::netlink::message::{Meaning, Writer, flag, messages};

/// Requests in one datagram: the lock that they need is asked for once each anyhow.
const CHUNK: usize = 512;

/// A change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    PutClass(Class),
    DeleteClass(u32),
    /// A tree below a class whose packets go to its class 1.
    AddTree {
        parent: u32,
        handle: u32,
    },
    AddFlowFilter {
        handle: u32,
        bits: u32,
    },
    AddFifo {
        parent: u32,
        handle: u32,
        bytes: u32,
    },
    AddFqCodel {
        parent: u32,
        handle: u32,
        settings: FqCodel,
    },
    /// What hangs from a class.
    DeleteLeaf {
        parent: u32,
        handle: u32,
    },
}

impl Request {
    fn write(&self, out: &mut Writer, head: (u16, u32), interface: u32) {
        match *self {
            Self::PutClass(class) => htb::put_class(out, head, interface, &class),
            Self::DeleteClass(number) => htb::delete_class(out, head, interface, number),
            Self::AddTree { parent, handle } => htb::add_tree(out, head, (interface, parent, handle), 1),
            Self::AddFlowFilter { handle, bits } => {
                leaf::add_flow_filter(out, head, (interface, handle), bits);
            }
            Self::AddFifo {
                parent,
                handle,
                bytes,
            } => {
                leaf::add_fifo(out, head, (interface, parent, handle), bytes);
            }
            Self::AddFqCodel {
                parent,
                handle,
                settings,
            } => {
                leaf::add_fq_codel(out, head, (interface, parent, handle), &settings);
            }
            Self::DeleteLeaf { parent, handle } => leaf::delete(out, head, (interface, parent, handle)),
        }
    }
}

/// Sends one and tells how it went.
pub(super) fn send_one(socket: &mut Socket, interface: u32, request: Request) -> Result<(), NetlinkError> {
    socket.ask(|out, seq| request.write(out, (flag::ACK, seq), interface), |_| ())
}

/// Sends all, in order, also behind one that is refused; the positions of those that were.
pub(super) fn send(
    socket: &mut Socket,
    interface: u32,
    requests: &[Request],
) -> Result<Vec<(usize, Errno)>, NetlinkError> {
    let mut refused = Vec::new();
    let mut out = Writer::new();
    let mut begin = 0_usize;
    for chunk in requests.chunks(CHUNK) {
        out.clear();
        let count = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        let first = socket.reserve(count);
        let last = first.saturating_add(count).saturating_sub(1);
        for (seq, request) in (first..=last).zip(chunk) {
            // What is refused is told anyhow, before the last is acknowledged.
            let flags = if seq == last { flag::ACK } else { 0 };
            request.write(&mut out, (flags, seq), interface);
        }
        socket.send(out.bytes())?;
        read_refusals(socket, (first, last), begin, &mut refused)?;
        begin = begin.saturating_add(chunk.len());
    }
    Ok(refused)
}

fn read_refusals(
    socket: &mut Socket,
    (first, last): (u32, u32),
    begin: usize,
    refused: &mut Vec<(usize, Errno)>,
) -> Result<(), NetlinkError> {
    loop {
        for message in messages(socket.receive()?) {
            let Some(offset) = message.seq.checked_sub(first) else {
                continue;
            };
            if let Meaning::Failed(errno) = message.meaning() {
                let position = begin.saturating_add(usize::try_from(offset).unwrap_or(usize::MAX));
                refused.push((position, Errno::from_raw_os_error(errno)));
            }
            if message.seq == last {
                return Ok(());
            }
        }
    }
}
