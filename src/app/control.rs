//! The administrator's socket: one JSON line in, one JSON line out.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};

use super::audit::login_of;
use super::reload::UNDER_WAY;
use super::settings::Reload;
use crate::core::StationAct;
use crate::model::NetworkId;
use crate::model::audit::{Origin, Who};

/// Longest line taken or given, bytes: 100,000 stations with some addresses each.
const MAX_LINE: u64 = 64 << 20;
/// Longest request line, bytes.
const MAX_REQUEST: u64 = 4_096;
/// Pause after a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(200);
/// How often a reload waits for [`PAUSE`] while another one is under way: longer than one may take.
const TURNS: usize = 150;
/// How long a client may take over its line, and waits for the answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an administrator's command asks the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlRequest {
    /// Figures of now.
    Status,
    /// Every station, with its addresses.
    Stations,
    /// Read the configuration file again.
    Reload,
    /// End a session.
    Revoke {
        /// Network; all of them without it.
        network: Option<NetworkId>,
        /// Station, as text.
        mac: String,
    },
    /// An order about a station.
    Act {
        /// Network; all of them without it.
        network: Option<NetworkId>,
        /// Station, as text.
        mac: String,
        /// What.
        act: StationAct,
    },
    /// Self-test of the Commission's snippet on a network's page.
    SelfTest {
        /// Network.
        network: NetworkId,
        /// What about it.
        wish: SelfTestWish,
    },
    /// Changed settings that wait for a word.
    Settings {
        /// What about them.
        wish: SettingsWish,
    },
}

/// What an administrator wants of changed settings that wait for a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsWish {
    /// Tell of them.
    Status,
    /// Let them stay.
    Confirm,
    /// Bring the former ones back.
    Undo,
}

/// What an administrator wants of a self-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfTestWish {
    /// Begin it, for an hour.
    On,
    /// End it.
    Off,
    /// Tell of it.
    Status,
}

/// What the daemon answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ControlReply {
    /// Done; with figures where the request asked for some.
    Ok(Value),
    /// Not done, and why.
    Error(String),
}

/// A request on its way to the event loop.
#[derive(Debug)]
pub(super) struct ControlAsk {
    pub(super) request: ControlRequest,
    /// Who asks, for the audit log.
    pub(super) by: (Who, Origin),
    pub(super) reply: oneshot::Sender<ControlReply>,
}

/// Where the socket of a run directory is.
#[must_use]
pub fn socket_path(run_dir: &Path) -> PathBuf {
    run_dir.join("control.sock")
}

/// Opens the socket, for its owner and root alone, and serves it until the event loop is gone.
pub(super) fn serve(run_dir: &Path, asks: mpsc::Sender<ControlAsk>) -> std::io::Result<()> {
    let path = socket_path(run_dir);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    tokio::spawn(async move {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Too many open files, for one: it passes.
                    tracing::warn!(%error, "the control socket cannot take a connection now");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            let asks = asks.clone();
            tokio::spawn(async move {
                if let Err(error) = converse(stream, asks).await {
                    tracing::debug!(%error, "a control connection broke off");
                }
            });
        }
    });
    Ok(())
}

async fn converse(stream: UnixStream, asks: mpsc::Sender<ControlAsk>) -> std::io::Result<()> {
    let by = whoever_asks(&stream);
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    let mut reader = tokio::io::BufReader::new(reader.take(MAX_REQUEST));
    tokio::time::timeout(PATIENCE, reader.read_line(&mut line)).await??;
    let answer = match serde_json::from_str(&line) {
        Err(error) => ControlReply::Error(format!("not a request: {error}")),
        Ok(request) => {
            let (reply, answer) = oneshot::channel();
            let stopping = || ControlReply::Error("the daemon is stopping".into());
            match asks.send(ControlAsk { request, by, reply }).await {
                Ok(()) => answer.await.unwrap_or_else(|_| stopping()),
                Err(_) => stopping(),
            }
        }
    };
    let mut text = serde_json::to_vec(&answer)?;
    text.push(b'\n');
    tokio::time::timeout(PATIENCE, writer.write_all(&text)).await?
}

/// Who is at the other end, by the kernel's word (SO_PEERCRED, unix(7)), and who had logged in before any `sudo`, where
/// the service may see that.
fn whoever_asks(stream: &UnixStream) -> (Who, Origin) {
    let Ok(peer) = stream.peer_cred() else {
        return (Who::User("console".to_owned()), Origin::Command { login: None });
    };
    let login = peer.pid().and_then(|pid| login_of(&pid.to_string()));
    let login = login.filter(|login| *login != peer.uid());
    (Who::Uid(peer.uid()), Origin::Command { login })
}

/// Reads the configuration file again, for those within the daemon who have changed it.
pub(super) fn reloader(asks: mpsc::Sender<ControlAsk>) -> Reload {
    Arc::new(move || {
        let asks = asks.clone();
        Box::pin(async move {
            for _ in 0..TURNS {
                match reload(&asks).await {
                    Err(error) if error == UNDER_WAY => tokio::time::sleep(PAUSE).await,
                    outcome => return outcome,
                }
            }
            Err(UNDER_WAY.to_owned())
        })
    })
}

async fn reload(asks: &mpsc::Sender<ControlAsk>) -> Result<(), String> {
    const STOPPING: &str = "the daemon is stopping";
    let (reply, answer) = oneshot::channel();
    let (request, by) = (ControlRequest::Reload, (Who::Portico, Origin::Service));
    let asked = asks.send(ControlAsk { request, by, reply }).await;
    asked.map_err(|_| STOPPING.to_owned())?;
    match answer.await {
        Ok(ControlReply::Ok(_)) => Ok(()),
        Ok(ControlReply::Error(error)) => Err(error),
        Err(_) => Err(STOPPING.to_owned()),
    }
}

/// Asks a running daemon, from a command.
///
/// # Errors
/// The daemon cannot be reached, or said no; the text tells what to do.
pub fn ask(run_dir: &Path, request: &ControlRequest) -> anyhow::Result<Value> {
    let path = socket_path(run_dir);
    let mut stream = BlockingStream::connect(&path).with_context(|| {
        format!(
            "{}: is the portico service running, and are you root?",
            path.display()
        )
    })?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    BufReader::new(stream.take(MAX_LINE)).read_line(&mut answer)?;
    match serde_json::from_str(&answer).context("the daemon's answer cannot be read")? {
        ControlReply::Ok(value) => Ok(value),
        ControlReply::Error(error) => Err(anyhow::anyhow!(error)),
    }
}
