//! The unprivileged end of the socket: used by `portico` for everything, and once by
//! `portico net down`.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use super::frame::{self, FrameError, FrameReader};
use super::ipc::{Reply, Request, VERSION};
use crate::model::NetworkId;

/// The helper's socket in the run directory.
pub const SOCKET: &str = "netd.sock";

/// Why the helper cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens, or this user may not speak.
    #[error("portico-netd cannot be reached: {0}")]
    Connect(#[source] std::io::Error),
    /// The connection broke.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The helper closed the connection.
    #[error("portico-netd closed the connection")]
    Closed,
    /// Another version of the protocol; restart both processes.
    #[error("portico-netd speaks version {0} of the protocol, this program {VERSION}")]
    Version(u32),
    /// Not what was asked for.
    #[error("portico-netd gave an answer that was not asked for")]
    Unexpected,
}

/// A connection on which both sides have said hello.
#[derive(Debug)]
pub struct Client {
    /// Networks of the helper's configuration.
    pub networks: Vec<NetworkId>,
    /// The helper's process, if it can be seen.
    pub helper: Option<i32>,
    /// For requests.
    pub requests: Requests,
    /// For replies.
    pub replies: Replies,
}

/// The sending half.
#[derive(Debug)]
pub struct Requests(OwnedWriteHalf);

/// The receiving half.
#[derive(Debug)]
pub struct Replies(FrameReader<OwnedReadHalf>);

impl Client {
    /// Connects and says hello.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(socket: &Path, subscribe: bool) -> Result<Self, ClientError> {
        let stream = UnixStream::connect(socket).await.map_err(ClientError::Connect)?;
        let helper = stream.peer_cred().ok().and_then(|peer| peer.pid());
        let (read, write) = stream.into_split();
        let (mut requests, mut replies) = (Requests(write), Replies(FrameReader::new(read)));
        let version = VERSION;
        requests.send(&Request::Hello { version, subscribe }).await?;
        let networks = welcomed(replies.next().await?)?;
        Ok(Self {
            networks,
            helper,
            requests,
            replies,
        })
    }
}

impl Requests {
    /// Sends one request.
    ///
    /// # Errors
    /// [`ClientError::Frame`].
    pub async fn send(&mut self, request: &Request) -> Result<(), ClientError> {
        Ok(frame::write(&mut self.0, request).await?)
    }
}

impl Replies {
    /// The next reply. Dropping the future loses nothing, so it may stand in a `select!`.
    ///
    /// # Errors
    /// [`ClientError::Closed`] when the helper has gone, [`ClientError::Frame`].
    pub async fn next(&mut self) -> Result<Reply, ClientError> {
        self.0.next().await?.ok_or(ClientError::Closed)
    }
}

/// One [`Request::Reload`] or [`Request::TearDown`] on a connection of its own, without a runtime:
/// the helper's answer.
///
/// # Errors
/// [`ClientError`]; also after `patience` without an answer.
pub fn ask_once(
    socket: &Path,
    request: &Request,
    patience: Duration,
) -> Result<Result<(), String>, ClientError> {
    let mut stream = std::os::unix::net::UnixStream::connect(socket).map_err(ClientError::Connect)?;
    stream
        .set_read_timeout(Some(patience))
        .map_err(ClientError::Connect)?;
    let hello = Request::Hello {
        version: VERSION,
        subscribe: false,
    };
    let mut buffer = Vec::new();
    send(&mut stream, &hello)?;
    welcomed(receive(&mut stream, &mut buffer)?)?;
    send(&mut stream, request)?;
    match receive(&mut stream, &mut buffer)? {
        Reply::Done(outcome) => Ok(outcome),
        _ => Err(ClientError::Unexpected),
    }
}

fn welcomed(reply: Reply) -> Result<Vec<NetworkId>, ClientError> {
    match reply {
        Reply::Welcome {
            version: VERSION,
            networks,
        } => Ok(networks),
        Reply::Welcome { version, .. } => Err(ClientError::Version(version)),
        _ => Err(ClientError::Unexpected),
    }
}

fn send(stream: &mut impl Write, request: &Request) -> Result<(), ClientError> {
    stream
        .write_all(&frame::encode(request)?)
        .map_err(|error| ClientError::Frame(error.into()))
}

fn receive(stream: &mut impl Read, buffer: &mut Vec<u8>) -> Result<Reply, ClientError> {
    let mut piece = [0; 4_096];
    loop {
        if let Some((reply, used)) = frame::decode(buffer)? {
            buffer.drain(..used);
            return Ok(reply);
        }
        let length = stream.read(&mut piece).map_err(FrameError::Io)?;
        if length == 0 {
            return Err(ClientError::Closed);
        }
        buffer.extend_from_slice(&piece[..length]);
    }
}
