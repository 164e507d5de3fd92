//! Stations that load the line with TCP flows, come and go, and what arrives of each.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::bed::{Bed, INTERNET, address};

/// Up and down have a port each, so that the server knows which way it is to be.
const UP: u16 = 5_001;
const DOWN: u16 = 5_002;
/// Flows of the stations in turn: half of them have one, a quarter two, and so on up to 32.
const FLOWS: [u32; 16] = [1, 32, 2, 1, 4, 1, 2, 1, 8, 1, 2, 1, 4, 1, 2, 1];
/// A new attempt of a flow that could not begin.
const AGAIN: Duration = Duration::from_millis(200);

/// What arrived of each station, bytes of payload.
type Arrived = Arc<Vec<AtomicU64>>;

/// See the module.
pub(crate) struct Load<'a> {
    bed: &'a Bed,
    runtime: Runtime,
    arrived: Arrived,
    upward: bool,
    /// Of the stations that are active.
    flows: BTreeMap<u32, Vec<JoinHandle<()>>>,
    controls: &'a [&'static str],
}

impl<'a> Load<'a> {
    /// Begins to listen; nobody is active yet. `controls` take turns among the flows.
    pub(crate) fn new(
        bed: &'a Bed,
        stations: u32,
        upward: bool,
        controls: &'a [&'static str],
    ) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let arrived: Arrived = Arc::new((0..stations).map(|_| AtomicU64::new(0)).collect());
        let server = SocketAddr::from((INTERNET, if upward { UP } else { DOWN }));
        let listener = bed.internet.within(|| -> std::io::Result<TcpListener> {
            let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
            socket.set_reuse_address(true)?;
            socket.bind(&server.into())?;
            socket.listen(1_024)?;
            socket.set_nonblocking(true)?;
            Ok(socket.into())
        })??;
        let serving = serve(listener, upward, Arc::clone(&arrived));
        runtime.spawn(serving);
        Ok(Self {
            bed,
            runtime,
            arrived,
            upward,
            flows: BTreeMap::new(),
            controls,
        })
    }

    /// All flows of a station begin.
    pub(crate) fn come(&mut self, station: u32) -> Result<()> {
        let index = usize::try_from(station)?;
        let flows = FLOWS[index % FLOWS.len()];
        // Stations with one flow have either kind too.
        let first = index / 2;
        let server = SocketAddr::from((INTERNET, if self.upward { UP } else { DOWN }));
        let sockets = self.bed.street.within(|| -> std::io::Result<Vec<Socket>> {
            let open = |_| {
                let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
                socket.bind(&SocketAddr::from((address(station), 0)).into())?;
                socket.set_nonblocking(true)?;
                Ok(socket)
            };
            (0..flows).map(open).collect()
        })??;
        let mut tasks = Vec::new();
        for (number, socket) in sockets.into_iter().enumerate() {
            let control = (first + number) % self.controls.len();
            let arrived = Arc::clone(&self.arrived);
            let name = self.controls[control];
            socket.set_tcp_congestion(name.as_bytes())?;
            let flow = flow(socket, server, station, name, self.upward, arrived);
            tasks.push(self.runtime.spawn(async move {
                // One that the other side has given up is over.
                let _ = flow.await;
            }));
        }
        self.flows.insert(station, tasks);
        Ok(())
    }

    /// All flows of a station end at once.
    pub(crate) fn go(&mut self, station: u32) {
        for task in self.flows.remove(&station).into_iter().flatten() {
            task.abort();
        }
    }

    pub(crate) fn is_active(&self, station: u32) -> bool {
        self.flows.contains_key(&station)
    }

    /// What has arrived of each station, bytes of payload.
    pub(crate) fn arrived(&self) -> Vec<u64> {
        let arrived = self.arrived.iter();
        arrived.map(|bytes| bytes.load(Ordering::Relaxed)).collect()
    }
}

/// A flow as a station sees it. It says whose it is and by which control of congestion.
async fn flow(
    socket: Socket,
    server: SocketAddr,
    station: u32,
    control: &'static str,
    upward: bool,
    arrived: Arrived,
) -> Result<()> {
    let socket = TcpSocket::from_std_stream(socket.into());
    socket.set_zero_linger()?;
    let mut stream = socket.connect(server).await?;
    stream.write_u32(station).await?;
    stream.write_u8(u8::try_from(control.len())?).await?;
    stream.write_all(control.as_bytes()).await?;
    if upward {
        send(&mut stream).await
    } else {
        receive(&mut stream, station, &arrived).await
    }
}

async fn serve(listener: TcpListener, upward: bool, arrived: Arrived) -> Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(AGAIN).await;
            continue;
        };
        let arrived = Arc::clone(&arrived);
        tokio::spawn(async move {
            // Ends when the station has gone.
            let _ = answer(stream, upward, &arrived).await;
        });
    }
}

/// A flow as the server sees it.
async fn answer(mut stream: TcpStream, upward: bool, arrived: &Arrived) -> Result<()> {
    stream.set_zero_linger()?;
    let station = stream.read_u32().await?;
    let mut control = vec![0; usize::from(stream.read_u8().await?)];
    stream.read_exact(&mut control).await?;
    socket2::SockRef::from(&stream).set_tcp_congestion(&control)?;
    if upward {
        receive(&mut stream, station, arrived).await
    } else {
        send(&mut stream).await
    }
}

async fn send(stream: &mut TcpStream) -> Result<()> {
    let block = vec![0x50; 16_384];
    loop {
        stream.write_all(&block).await?;
    }
}

async fn receive(stream: &mut TcpStream, station: u32, arrived: &Arrived) -> Result<()> {
    let mine = arrived
        .get(usize::try_from(station)?)
        .context("no such station")?;
    let mut block = vec![0; 65_536];
    loop {
        let length = stream.read(&mut block).await?;
        ensure!(length > 0, "the other side has closed");
        mine.fetch_add(u64::try_from(length)?, Ordering::Relaxed);
    }
}
