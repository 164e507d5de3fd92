//! openNDS as Debian 12 has it (package opennds), with iptables-legacy, since it does not start with
//! iptables-nft; with a lease file, since it serves nobody whom DHCP does not know.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use portico::app::lab::daemon::Daemon;
use portico::app::lab::isolation::Namespace;
use socket2::{Domain, Socket, Type};

use super::bed;
use super::gateway::{Gateway, LAN_ADDRESS, address};
use super::report::{ms_since, say, tick};
use super::rules::first_in_the_middle;

/// Where openNDS answers.
const PORT: u16 = 2_050;
/// It starts in a few seconds, on a machine with nothing else to do.
const READY: Duration = Duration::from_mins(2);

/// It looks after its stations every 15 seconds, unless told to be quiet while others are measured; the
/// time-outs, in minutes, must be longer than twice that.
const CONFIG: &str = "gatewayinterface lan0
webroot /etc/opennds/htdocs
maxclients 1000
checkinterval 86400
preauthidletimeout 10000
authidletimeout 10000
";

/// The street takes what is addressed to any of its stations.
const EVERYBODY: &str = "table netdev everybody {
 chain in { type filter hook ingress device sta0 priority 0; meta pkttype set host; }
}
";

/// A running openNDS.
pub(crate) struct OpenNds {
    daemon: Daemon,
    // It reads what lies here.
    _directory: tempfile::TempDir,
}

/// Its own /tmp with the leases, and its own /run and /etc, since it also writes there: hosts, the settings
/// of dnsmasq, locks. Then the daemon itself.
const START: &str = r#"set -eu
PATH=$PATH:/usr/sbin:/sbin
for program in opennds ndsctl iptables-legacy nft; do
    command -v "$program" >/dev/null || { echo "there is no $program"; exit 1; }
done
mount -t tmpfs tmpfs /run
cp -a /etc /run/etc
mount --bind /run/etc /etc
mount --bind "$1" /tmp
cp /tmp/opennds.conf /etc/opennds/opennds.conf
mkdir /tmp/bin
for tool in iptables iptables-save iptables-restore; do
    ln -s "$(command -v "${tool/iptables/iptables-legacy}")" "/tmp/bin/$tool"
done
export PATH=/tmp/bin:$PATH
iptables -t nat -A POSTROUTING -o wan0 -j MASQUERADE
exec opennds -f -d 1
"#;

impl OpenNds {
    /// Starts it and lets so many stations online; milliseconds that `ndsctl auth` took for each.
    pub(crate) fn start(gateway: &mut Gateway, stations: u32) -> Result<(Self, Vec<f64>)> {
        let directory = tempfile::Builder::new().prefix("portico-bench").tempdir()?;
        write_files(directory.path(), stations)?;
        let mut command = gateway.router.command("unshare");
        command
            .args(["--mount", "--pid", "--mount-proc", "--fork", "--kill-child"])
            .args(["bash", "-c", START, "start"])
            .arg(directory.path());
        let log = directory.path().join("log");
        let mut this = Self {
            daemon: Daemon::start("openNDS (Debian packages opennds, iptables)", command, &log)?,
            _directory: directory,
        };
        let router = &gateway.router;
        let pid = this.daemon.pid();
        // Its web server answers before its rules stand and its socket is there.
        this.daemon.wait_until(READY, "answer of ndsctl", || {
            control(router, pid, &["status"]).is_ok()
        })?;
        let addresses: Vec<String> = (1..stations)
            .map(|station| format!("address add {}/14 dev sta0", address(station)))
            .collect();
        gateway.street.ip(&addresses)?;
        // The gateway answers each station under its own hardware address, of which sta0 has only one.
        bed::nft(&gateway.street, EVERYBODY)?;
        let mut taken = Vec::new();
        for (done, station) in first_in_the_middle(stations).enumerate() {
            if done % 50 == 0 {
                say(&format!("openNDS: {done} of {stations} stations"));
            }
            introduce(gateway, station)?;
            let begun = tick();
            control(&gateway.router, pid, &["auth", &address(station).to_string()])
                .with_context(|| format!("openNDS:\n{}", this.daemon.log_tail(30)))?;
            taken.push(ms_since(begun));
        }
        bed::nft(&gateway.street, "delete table netdev everybody\n")?;
        gateway.keep_flows()?;
        Ok((this, taken))
    }
}

/// Runs `ndsctl` where the daemon lives that was started by that process.
fn control(router: &Namespace, pid: u32, words: &[&str]) -> Result<()> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    let target = children.trim();
    ensure!(!target.is_empty(), "openNDS does not run yet");
    let output = router
        .command("nsenter")
        .args(["--target", target, "--mount", "--pid", "ndsctl"])
        .args(words)
        .output()?;
    ensure!(
        output.status.success(),
        "ndsctl {words:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    Ok(())
}

fn write_files(directory: &Path, stations: u32) -> Result<()> {
    let mut leases = String::new();
    for station in 0..stations {
        let (mac, address) = (bed::mac(station)?, address(station));
        writeln!(leases, "4000000000 {mac} {address} station{station} *")?;
    }
    std::fs::write(directory.join("dhcp.leases"), leases)?;
    std::fs::write(directory.join("opennds.conf"), CONFIG)?;
    Ok(())
}

/// A station's first request, again until openNDS knows its lease: it reads them some time after it answers.
fn introduce(gateway: &Gateway, station: u32) -> Result<()> {
    for _ in 0..20 {
        if contact(gateway, station).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    contact(gateway, station)
}

/// A station's first request, by which openNDS gets to know it.
fn contact(gateway: &Gateway, station: u32) -> Result<()> {
    let from = SocketAddr::from((address(station), 0));
    let mut stream: TcpStream = gateway.street.within(|| -> std::io::Result<TcpStream> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&from.into())?;
        socket.connect_timeout(
            &SocketAddr::from((LAN_ADDRESS, PORT)).into(),
            Duration::from_secs(5),
        )?;
        Ok(socket.into())
    })??;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream
        .write_all(b"GET /success.txt HTTP/1.1\r\nHost: detectportal.example\r\nConnection: close\r\n\r\n")?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).context("openNDS says nothing")?;
    // A redirection to its page; 403 to whom it finds no lease of.
    if !answer.ends_with(b" 307") && !answer.ends_with(b" 302") {
        bail!("openNDS answers {}", String::from_utf8_lossy(&answer));
    }
    Ok(())
}
