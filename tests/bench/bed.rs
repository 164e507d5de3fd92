//! A gateway with the real daemons between a street full of stations and the Internet, each in a
//! network namespace of its own.
//!
//! ```text
//!  street ── sta0 === lan0 ── gateway ── wan0 === net0 ── internet
//! ```
//!
//! One namespace plays all stations: it owns a whole IPv6 prefix, each station's frames leave under
//! the MAC that belongs to its address, and the gateway's neighbour table is filled beforehand. So
//! the gateway sees as many stations as there are addresses. State lies on a real disk, since a
//! commit costs something there.

#![allow(
    dead_code,
    reason = "shared by several benchmarks, each of which needs its part"
)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::Ipv6Addr;
use std::ops::Range;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use portico::app::lab::authority::Authority;
use portico::app::lab::daemon::{Daemon, poll};
use portico::app::lab::isolation::{Namespace, RunAs};
use portico::model::{AccessOp, Burst, Counters, Entry, Mac, NetworkId, Rate, RatePlan};
use portico::net::client::{Client, SOCKET};
use portico::net::ipc::{MAX_OPS, Reply, Request};
use serde_json::Value;

use crate::report::say;

/// The portal's name.
pub(crate) const HOST: &str = "wifi.bench.example.it";
/// The gateway on the LAN.
pub(crate) const GATEWAY: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x87, 0, 0, 0, 0, 1);
/// Somebody on the Internet.
pub(crate) const INTERNET: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 1);
const WAN: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 2);
const LAN_MAC: &str = "02:ee:00:00:00:01";
const STREET_MAC: &str = "02:ee:00:00:00:02";
/// `nobody` of every Debian.
const NOBODY: RunAs = RunAs {
    uid: 65_534,
    gid: 65_534,
};
const READY: Duration = Duration::from_mins(1);

/// See the module.
pub(crate) struct Bed {
    // Dropped in this order.
    portico: Option<Daemon>,
    netd: Option<Daemon>,
    pub(crate) gateway: Namespace,
    pub(crate) street: Namespace,
    pub(crate) internet: Namespace,
    pub(crate) tls: Arc<rustls::ClientConfig>,
    directory: tempfile::TempDir,
}

/// The network of every benchmark.
pub(crate) fn network() -> Result<NetworkId> {
    Ok("piazza".parse()?)
}

/// A station's MAC.
pub(crate) fn mac(station: u32) -> Result<Mac> {
    let [a, b, c, d] = station.to_be_bytes();
    Ok(Mac::new([2, 0, a, b, c, d])?)
}

/// A station's address.
pub(crate) fn address(station: u32) -> Ipv6Addr {
    let prefix = Ipv6Addr::new(0x2001, 0xdb8, 0x87, 0, 1, 0, 0, 0);
    Ipv6Addr::from_bits(prefix.to_bits() | u128::from(station))
}

/// A limit that no benchmark reaches.
pub(crate) fn entry() -> Result<Entry> {
    let rate = Rate::from_bytes_per_second(12_500_000)?;
    Ok(Entry {
        plan: Some(RatePlan {
            down: rate,
            up: rate,
            burst: Burst::from_bytes(131_072)?,
        }),
        timeout_ms: Some(40_000_000),
    })
}

impl Bed {
    /// Namespaces, cables and the configuration, with room for so many stations, as an administrator
    /// would set it: the kernel makes its sets as large. `stations` get an address that the gateway
    /// knows.
    pub(crate) fn build(room: u32, stations: &[Range<u32>]) -> Result<Self> {
        raise_file_limit()?;
        let directory = tempfile::Builder::new().prefix("portico-bench").tempdir()?;
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755))?;
        let authority = Authority::new()?;
        let bed = Self {
            portico: None,
            netd: None,
            gateway: Namespace::new("gateway")?,
            street: Namespace::new("street")?,
            internet: Namespace::new("internet")?,
            tls: authority.client_config()?,
            directory,
        };
        bed.lay_cables()?;
        bed.settle_stations(stations)?;
        bed.write_config(&authority, room)?;
        Ok(bed)
    }

    fn lay_cables(&self) -> Result<()> {
        for namespace in [&self.gateway, &self.street, &self.internet] {
            namespace.sysctl("net/ipv6/conf/default/accept_dad", "0")?;
            namespace.sysctl("net/ipv6/conf/default/router_solicitations", "0")?;
            namespace.ip(&["link set lo up".to_owned()])?;
        }
        self.gateway.sysctl("net/ipv6/conf/all/forwarding", "1")?;
        self.street.sysctl("net/ipv6/ip_nonlocal_bind", "1")?;
        self.gateway.ip(&[
            format!(
                "link add lan0 address {LAN_MAC} type veth peer name sta0 address {STREET_MAC} netns {}",
                self.street.path()
            ),
            format!(
                "link add wan0 type veth peer name net0 netns {}",
                self.internet.path()
            ),
            format!("address add {GATEWAY}/64 dev lan0 nodad"),
            format!("address add {WAN}/64 dev wan0 nodad"),
            "link set lan0 up".to_owned(),
            "link set wan0 up".to_owned(),
            format!("route add default via {INTERNET}"),
        ])?;
        self.street.ip(&[
            "link set sta0 up".to_owned(),
            "route add 2001:db8:87::/64 dev sta0".to_owned(),
            // Every address of the stations is ours.
            format!("route add local {}/80 dev lo", address(0)),
            format!("neighbour replace {GATEWAY} lladdr {LAN_MAC} dev sta0 nud permanent"),
            format!("route add default via {GATEWAY}"),
        ])?;
        self.internet.ip(&[
            format!("address add {INTERNET}/64 dev net0 nodad"),
            "link set net0 up".to_owned(),
            format!("route add default via {WAN}"),
        ])?;
        self.gateway.wait_for_carrier("lan0")?;
        self.gateway.wait_for_carrier("wan0")
    }

    /// Neighbour entries at the gateway; in the street, each frame gets the MAC of its sender's
    /// address, and frames to any of them are taken as our own.
    fn settle_stations(&self, stations: &[Range<u32>]) -> Result<()> {
        let mut neighbours = Vec::new();
        let mut elements = Vec::new();
        for station in stations.iter().cloned().flatten() {
            let (mac, address) = (mac(station)?, address(station));
            neighbours.push(format!(
                "neighbour replace {address} lladdr {mac} dev lan0 nud permanent"
            ));
            elements.push(format!("{address} : {mac}"));
        }
        self.gateway.ip(&neighbours)?;
        let mut rules = "table netdev street {
 map mac_of { type ipv6_addr : ether_addr; }
 chain out { type filter hook egress device sta0 priority 0; ether saddr set ip6 saddr map @mac_of; }
 chain in { type filter hook ingress device sta0 priority 0; meta pkttype set unicast; }
}\n"
        .to_owned();
        for some in elements.chunks(1_000) {
            writeln!(
                rules,
                "add element netdev street mac_of {{ {} }}",
                some.join(", ")
            )?;
        }
        nft(&self.street, &rules)
    }

    fn write_config(&self, authority: &Authority, room: u32) -> Result<()> {
        for name in ["run", "state"] {
            std::fs::create_dir(self.path(name))?;
            chown(self.path(name), Some(NOBODY.uid), Some(NOBODY.gid))?;
        }
        let (certificate, key) = (self.path("portal.pem"), self.path("portal.key"));
        authority.write_certificate(HOST, &certificate, &key)?;
        chown(&key, Some(NOBODY.uid), Some(NOBODY.gid))?;
        let text = format!(
            r#"[gateway]
uplink = "wan0"
user = "nobody"
state_dir = "{directory}/state"
run_dir = "{directory}/run"
[uplink]
check = []
[portal]
max_connections = 60000
[[network]]
id = "piazza"
name = "Piazza"
comune = "Comune di Prova"
interface = "lan0"
host = "{HOST}"
certificate = "{directory}/portal.pem"
key = "{directory}/portal.key"
recognition = "12h"
max_stations = {room}
[network.rate]
down = "100 Mbit/s"
up = "100 Mbit/s"
"#,
            directory = self.directory.path().display(),
        );
        std::fs::write(self.path("portico.toml"), text)?;
        Ok(())
    }

    /// Changes the configuration, before anything is started.
    pub(crate) fn amend_config(&self, amend: impl FnOnce(&str) -> String) -> Result<()> {
        let path = self.path("portico.toml");
        let config = std::fs::read_to_string(&path)?;
        let amended = amend(&config);
        ensure!(
            config != amended,
            "there was nothing to amend in the configuration"
        );
        Ok(std::fs::write(path, amended)?)
    }

    /// A path in the bed's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Starts `portico-netd` and waits until it takes requests.
    pub(crate) fn start_netd(&mut self) -> Result<()> {
        self.spawn_netd()?;
        let socket = self.path("run").join(SOCKET);
        let netd = self.netd.as_mut().context("just started")?;
        netd.wait_until(READY, "socket", || UnixStream::connect(&socket).is_ok())
    }

    /// Starts `portico-netd` without waiting.
    pub(crate) fn spawn_netd(&mut self) -> Result<()> {
        let mut command = self.gateway.command(env!("CARGO_BIN_EXE_portico-netd"));
        command.arg("--config").arg(self.path("portico.toml"));
        self.netd = Some(Daemon::start("portico-netd", command, &self.path("netd.log"))?);
        Ok(())
    }

    /// Starts `portico` and waits until it knows `sessions` of them.
    pub(crate) fn start_portico(&mut self, sessions: u64) -> Result<()> {
        self.spawn_portico()?;
        self.wait_for_sessions(sessions)
    }

    /// Starts `portico`, without any capability, and does not wait.
    pub(crate) fn spawn_portico(&mut self) -> Result<()> {
        let mut command = self
            .gateway
            .command_as(env!("CARGO_BIN_EXE_portico"), Some(NOBODY));
        command.args(["run", "--config"]).arg(self.path("portico.toml"));
        self.portico = Some(Daemon::start("portico", command, &self.path("portico.log"))?);
        Ok(())
    }

    /// Waits until the kernel holds so many sessions and `portico` knows it.
    pub(crate) fn wait_for_sessions(&mut self, sessions: u64) -> Result<()> {
        let run = self.path("run");
        let portico = self.portico.as_mut().context("portico has not been started")?;
        portico.wait_until(READY, "sessions", || granted(&run) == Some(sessions))
    }

    /// Sessions that `portico` says the kernel has acknowledged.
    pub(crate) fn granted(&self) -> Option<u64> {
        granted(&self.path("run"))
    }

    /// The running `portico`.
    pub(crate) fn portico(&mut self) -> Result<&mut Daemon> {
        self.portico.as_mut().context("portico has not been started")
    }

    /// The running `portico-netd`.
    pub(crate) fn netd(&mut self) -> Result<&mut Daemon> {
        self.netd.as_mut().context("portico-netd has not been started")
    }

    /// Puts sessions into the kernel through the helper, as a `portico` before this one had.
    pub(crate) fn preload(&self, stations: Range<u32>) -> Result<()> {
        self.preload_as(stations, entry()?)
    }

    /// The same with another timeout in the kernel, milliseconds.
    pub(crate) fn preload_for(&self, stations: Range<u32>, timeout_ms: u64) -> Result<()> {
        let timeout_ms = Some(timeout_ms);
        self.preload_as(
            stations,
            Entry {
                timeout_ms,
                ..entry()?
            },
        )
    }

    fn preload_as(&self, stations: Range<u32>, entry: Entry) -> Result<()> {
        let network = network()?;
        let macs = stations.map(mac).collect::<Result<Vec<Mac>>>()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let mut client = Client::connect(&self.path("run").join(SOCKET), false).await?;
            for (id, some) in (0..).zip(macs.chunks(MAX_OPS)) {
                let grant = |mac: &Mac| AccessOp::Grant {
                    network,
                    mac: *mac,
                    entry,
                    seed: Counters::default(),
                };
                let ops = some.iter().map(grant).collect();
                client.requests.send(&Request::Apply { id, ops }).await?;
                match client.replies.next().await? {
                    Reply::Applied { outcome: Ok(_), .. } => {}
                    other => bail!("the sessions were not taken in: {other:?}"),
                }
            }
            Ok(())
        })
    }

    /// Sessions on the disk.
    pub(crate) fn stored_sessions(&self) -> Result<i64> {
        use sqlx::{ConnectOptions, Connection};
        let path = self.path("state").join("state.db");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(path)
                .read_only(true);
            let mut database = options.connect().await?;
            let count = sqlx::query_scalar("SELECT count(*) FROM session")
                .fetch_one(&mut database)
                .await?;
            database.close().await?;
            Ok(count)
        })
    }

    /// Waits until so many sessions are on the disk.
    pub(crate) fn wait_for_stored(&self, sessions: i64) -> Result<()> {
        poll(READY, || {
            self.stored_sessions()
                .is_ok_and(|stored| stored == sessions)
                .then_some(())
        })
        .with_context(|| format!("{:?} sessions on disk", self.stored_sessions()))
    }

    /// Resident memory of `portico-netd` and of `portico`, MiB.
    pub(crate) fn resident(&mut self) -> Result<(f64, f64)> {
        Ok((resident(self.netd()?.pid())?, resident(self.portico()?.pid())?))
    }
}

/// Whether TCP can be told to use BBR; says where it cannot.
pub(crate) fn has_bbr() -> Result<bool> {
    let known = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control")?;
    let has = known.split_whitespace().any(|name| name == "bbr");
    if !has {
        say("this kernel has no BBR: left out");
    }
    Ok(has)
}

/// Runs nft on a text.
pub(crate) fn nft(namespace: &Namespace, text: &str) -> Result<()> {
    let mut child = namespace
        .command("nft")
        .args(["-f", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot run nft (Debian package nftables)")?;
    child
        .stdin
        .take()
        .context("no stdin")?
        .write_all(text.as_bytes())?;
    if !child.wait()?.success() {
        bail!("nft refused {text:.200}");
    }
    Ok(())
}

/// Sessions that `portico` says the kernel has acknowledged.
fn granted(run: &Path) -> Option<u64> {
    let mut stream = UnixStream::connect(run.join("control.sock")).ok()?;
    stream.set_read_timeout(Some(READY)).ok()?;
    stream.write_all(b"{\"do\":\"status\"}\n").ok()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    let status: Value = serde_json::from_str(&line).ok()?;
    let figures = &status["ok"]["figures"];
    let linked = figures["helper_linked"] == Value::Bool(true);
    linked.then(|| figures["networks"]["piazza"]["granted"].as_u64())?
}

/// `VmRSS` (proc(5)): also counts pages of the program itself and of shared libraries.
fn resident(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|rest| rest.split_whitespace().next())
        .context("no VmRSS")?
        .parse()?;
    Ok(kib / 1_024.0)
}

/// Bytes in MiB.
pub(crate) fn mib(bytes: u64) -> f64 {
    u32::try_from(bytes / 1_024).map_or(f64::NAN, |kib| f64::from(kib) / 1_024.0)
}

/// Thousands of connections at both ends: as many files as this user may open.
fn raise_file_limit() -> Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, limit).context("cannot raise the limit of open files")
}
