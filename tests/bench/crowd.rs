//! Visitors: each a TLS connection of its own from a station's address, with the page's token in hand.

#![allow(
    dead_code,
    reason = "shared by several benchmarks, each of which needs its part"
)]

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::bed::{Bed, GATEWAY, HOST, address};
use crate::report::{ms_since, tick};

/// A person with the page open.
pub(crate) struct Visitor {
    stream: TlsStream<TcpStream>,
    answer: Vec<u8>,
    token: String,
}

impl Visitor {
    /// Connects and opens the page. Call it in the street's namespace.
    pub(crate) async fn arrive(tls: Arc<rustls::ClientConfig>, station: u32) -> Result<Self> {
        let socket = TcpSocket::new_v6()?;
        socket.bind(SocketAddr::new(address(station).into(), 0))?;
        socket.set_nodelay(true)?;
        let stream = socket.connect(SocketAddr::new(GATEWAY.into(), 443)).await?;
        let name = ServerName::try_from(HOST)?;
        let stream = TlsConnector::from(tls).connect(name, stream).await?;
        let mut visitor = Self {
            stream,
            answer: Vec::new(),
            token: String::new(),
        };
        let page = visitor
            .ask(&format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n"), 200)
            .await?;
        let (_, rest) = page.split_once("name=\"token\" value=\"").context("no form")?;
        let (token, _) = rest.split_once('"').context("no token")?;
        token.clone_into(&mut visitor.token);
        Ok(visitor)
    }

    /// Presses the button; returns when the answer is there.
    pub(crate) async fn press(&mut self) -> Result<()> {
        let form = format!("token={}", self.token);
        let request = format!(
            "POST /grant HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        self.ask(&request, 303).await.map(drop)
    }

    /// Asks for something small, so that the connection is not closed as an idle one.
    pub(crate) async fn fidget(&mut self) -> Result<()> {
        let request = format!("GET /assets/icon.svg HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
        self.ask(&request, 200).await.map(drop)
    }

    /// Opens the page once more, compressed; returns when all of it is there.
    pub(crate) async fn look(&mut self) -> Result<()> {
        let request =
            format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\nAccept-Language: it\r\n\r\n");
        self.ask(&request, 200).await.map(drop)
    }

    async fn ask(&mut self, request: &str, status: u16) -> Result<String> {
        self.stream.write_all(request.as_bytes()).await?;
        self.stream.flush().await?;
        self.answer.clear();
        loop {
            if let Some(whole) = whole_answer(&self.answer)? {
                let text = String::from_utf8_lossy(&self.answer[..whole]).into_owned();
                if !text.starts_with(&format!("HTTP/1.1 {status} ")) {
                    bail!("{text:.300}");
                }
                return Ok(text);
            }
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("the portal closed the connection");
            }
        }
    }
}

/// Visitors for all stations. Call it in the street's namespace.
pub(crate) async fn arrive(tls: &Arc<rustls::ClientConfig>, stations: &[u32]) -> Result<Vec<Visitor>> {
    /// Handshakes at once.
    const TOGETHER: usize = 64;
    let mut visitors = Vec::with_capacity(stations.len());
    for some in stations.chunks(TOGETHER) {
        let mut arriving = tokio::task::JoinSet::new();
        for &station in some {
            arriving.spawn(Visitor::arrive(Arc::clone(tls), station));
        }
        while let Some(visitor) = arriving.join_next().await {
            visitors.push(visitor??);
        }
    }
    Ok(visitors)
}

/// Once.
pub(crate) struct Look {
    pub(crate) begun: Duration,
    pub(crate) ms: f64,
}

/// What came of looking at the page again and again.
#[derive(Default)]
pub(crate) struct Looks {
    /// Also those that failed.
    pub(crate) each: Vec<Look>,
    /// Looks that the portal did not answer with the page, and what was wrong with one.
    pub(crate) failed: u32,
    error: Option<anyhow::Error>,
    /// From the first look to the end of the last.
    pub(crate) seconds: f64,
}

impl Looks {
    /// Milliseconds of each, where every one brought the page.
    pub(crate) fn all(self) -> Result<Vec<f64>> {
        let waits = self.within(Duration::ZERO..Duration::MAX);
        self.error.map_or(Ok(waits), Err)
    }

    /// Milliseconds of those that began then.
    pub(crate) fn within(&self, time: Range<Duration>) -> Vec<f64> {
        let looks = self.each.iter();
        let begun_then = looks.filter(|look| time.contains(&look.begun));
        begun_then.map(|look| look.ms).collect()
    }
}

/// All stations open the page and look at it for so long, with a pause after each look.
pub(crate) fn look(bed: &Bed, stations: Range<u32>, time: Duration, pause: Duration) -> Result<Looks> {
    let tls = Arc::clone(&bed.tls);
    let looking = look_together(&tls, stations, time, pause);
    bed.street.within(|| runtime(looking))?
}

async fn look_together(
    tls: &Arc<rustls::ClientConfig>,
    stations: Range<u32>,
    time: Duration,
    pause: Duration,
) -> Result<Looks> {
    let stations: Vec<u32> = stations.collect();
    let visitors = arrive(tls, &stations).await?;
    let count = u32::try_from(visitors.len())?;
    let begun = tick();
    let mut looking = tokio::task::JoinSet::new();
    for (place, mut visitor) in (0..).zip(visitors) {
        looking.spawn(async move {
            let mut looks = Looks::default();
            // Not all in step.
            let first: Duration = pause * place / count;
            if !first.is_zero() {
                tokio::time::sleep(first).await;
            }
            while tick().saturating_sub(begun) < time {
                let sent = tick();
                if let Err(error) = visitor.look().await {
                    looks.failed += 1;
                    looks.error = Some(error);
                }
                looks.each.push(Look {
                    begun: sent,
                    ms: ms_since(sent),
                });
                // Even the shortest sleep takes a millisecond.
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
            }
            looks
        });
    }
    let mut all = Looks::default();
    while let Some(looks) = looking.join_next().await {
        let looks = looks?;
        all.each.extend(looks.each);
        all.failed += looks.failed;
        all.error = looks.error.or(all.error);
    }
    all.seconds = ms_since(begun) / 1e3;
    Ok(all)
}

/// Runs something on this thread.
pub(crate) fn runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

/// Length of head and body, once both are there.
fn whole_answer(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&bytes[..end])?.to_ascii_lowercase();
    let length: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(Ok(0), |value| value.trim().parse())?;
    let whole = end + 4 + length;
    Ok((bytes.len() >= whole).then_some(whole))
}
