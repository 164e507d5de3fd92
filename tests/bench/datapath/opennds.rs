//! openNDS as Debian 12 has it (package opennds), with iptables-legacy, since it does not start with
//! iptables-nft; with a lease file, since it serves nobody whom DHCP does not know.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use portico::app::lab::daemon::Daemon;
use socket2::{Domain, Socket, Type};

use super::bed;
use super::gateway::{Gateway, LAN_ADDRESS, address};
use super::report::{ms_since, say, tick};

/// Where openNDS answers.
const PORT: u16 = 2_050;
/// It starts in about ten seconds.
const READY: Duration = Duration::from_mins(2);

/// A running openNDS.
pub(crate) struct OpenNds {
    daemon: Daemon,
    // It reads what lies here.
    _directory: tempfile::TempDir,
}

/// Its own /tmp, where it looks for leases and puts its socket; then the daemon itself.
const START: &str = r#"set -eu
mount --make-rprivate /
mount --bind "$1" /tmp
mkdir /tmp/bin
for tool in iptables iptables-save iptables-restore; do
    ln -s "/usr/sbin/${tool/iptables/iptables-legacy}" "/tmp/bin/$tool"
done
export PATH=/tmp/bin:$PATH
iptables -t nat -A POSTROUTING -o wan0 -j MASQUERADE
exec opennds -f -d 1 -c /tmp/opennds.conf
"#;

impl OpenNds {
    /// Starts it and lets so many stations online; milliseconds that `ndsctl auth` took for each.
    pub(crate) fn start(gateway: &mut Gateway, stations: u32) -> Result<(Self, Vec<f64>)> {
        let directory = tempfile::Builder::new().prefix("portico-bench").tempdir()?;
        write_files(directory.path(), stations)?;
        let mut command = gateway.router.command("unshare");
        command
            .args(["--mount", "bash", "-c", START, "start"])
            .arg(directory.path());
        let log = directory.path().join("log");
        let mut daemon = Daemon::start("openNDS (Debian packages opennds, iptables)", command, &log)?;
        let addresses: Vec<String> = (1..stations)
            .map(|station| format!("address add {}/14 dev sta0", address(station)))
            .collect();
        gateway.street.ip(&addresses)?;
        daemon.wait_until(READY, "answer", || contact(gateway, 0).is_ok())?;
        let this = Self {
            daemon,
            _directory: directory,
        };
        let mut taken = Vec::new();
        for station in 0..stations {
            if station % 50 == 0 {
                say(&format!("openNDS: station {station} of {stations}"));
            }
            contact(gateway, station)?;
            let begun = tick();
            this.authorise(gateway, station)?;
            taken.push(ms_since(begun));
        }
        gateway.keep_flows()?;
        Ok((this, taken))
    }

    fn authorise(&self, gateway: &Gateway, station: u32) -> Result<()> {
        let pid = self.daemon.pid().to_string();
        let output = gateway
            .router
            .command("nsenter")
            .args(["--target", &pid, "--mount", "ndsctl", "auth"])
            .arg(address(station).to_string())
            .output()?;
        if !output.status.success() {
            bail!("ndsctl: {}", String::from_utf8_lossy(&output.stdout));
        }
        Ok(())
    }
}

fn write_files(directory: &Path, stations: u32) -> Result<()> {
    let mut leases = String::new();
    for station in 0..stations {
        let (mac, address) = (bed::mac(station)?, address(station));
        writeln!(leases, "4000000000 {mac} {address} station{station} *")?;
    }
    std::fs::write(directory.join("dhcp.leases"), leases)?;
    let config = "gatewayinterface lan0\nwebroot /etc/opennds/htdocs\nmaxclients 1000\n";
    std::fs::write(directory.join("opennds.conf"), config)?;
    Ok(())
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
