//! A whole comune on one machine: the Internet, the gateway with the real daemons, access points
//! and phones, each in a network namespace of this process.
//!
//! ```text
//!  uplink ── wan ── gateway ── bridge per network ── isolated ports ── access points ── phones
//!  (threads)        (dnsmasq, portico-netd, portico)                   (one namespace)  (one each)
//! ```
//!
//! Nothing has a name outside: namespaces are file descriptors, files lie in a memory file system
//! that only the lab's threads see, and every program dies with the thread that started it. So
//! nothing is left behind, even by `kill -9`.
//!
//! A [`Lab`] belongs to the thread that builds it and to the threads that this one starts
//! afterwards; others do not see its files.

mod adapt;
pub mod authority;
pub mod browser;
pub mod daemon;
pub mod dns;
pub mod frames;
pub mod gateway;
pub mod http;
pub mod isolation;
pub mod lease;
pub mod meter;
pub mod phone;
pub mod plan;
pub mod privilege;
pub mod probes;
mod resolvers;
pub mod settings;
pub mod tools;
pub mod traffic;
pub mod uplink;

#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use serde_json::Value;

use self::authority::Authority;
use self::daemon::Daemon;
use self::isolation::{Namespace, RunAs};
use self::phone::{Air, Phone};
use self::plan::Lan;
use self::uplink::Uplink;
use crate::model::Mac;

/// The lab's directory, in the memory file system.
const DIRECTORY: &str = "/run/portico-lab";
/// The user of `portico` when the lab is built by root: `nobody` of every Debian.
const NOBODY: RunAs = RunAs {
    uid: 65_534,
    gid: 65_534,
};
/// How long a daemon may take to be ready.
const READY: Duration = Duration::from_secs(15);
/// How long the control socket may take to answer.
const CONTROL: Duration = Duration::from_secs(10);

/// The programs under test.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `portico`
    pub portico: PathBuf,
    /// `portico-netd`
    pub netd: PathBuf,
}

/// A running lab.
#[derive(Debug)]
pub struct Lab {
    // Dropped in this order: first who serves, last who is served.
    portico: Option<Daemon>,
    netd: Option<Daemon>,
    dnsmasq: Daemon,
    uplink: Uplink,
    gateway: Namespace,
    air: Air,
    lans: Vec<Lan>,
    authority: Authority,
    config: toml::Table,
    programs: Programs,
    user: Option<RunAs>,
    phones: u16,
    /// Seconds that somebody has to confirm changed settings; as `portico` has it without.
    confirm_within: Option<u64>,
}

impl Lab {
    /// Builds everything but the daemons from a configuration file's text: its interfaces, networks
    /// and rates as they are, its directories, certificates and user replaced by the lab's.
    ///
    /// # Errors
    /// Missing privilege, a missing program, or a configuration that cannot be read.
    pub fn build(programs: Programs, config: &str) -> Result<Self> {
        privilege::check()?;
        tools::check()?;
        isolation::private_run()?;
        let user = privilege::maps_users().then_some(NOBODY);
        let mut config: toml::Table = config.parse().context("the lab's configuration")?;
        let authority = Authority::new()?;
        adapt::make_directories(user)?;
        let resolvers = resolvers::file()?;
        isolation::show(&resolvers::write("gateway", plan::RESOLVER_V4)?, &resolvers)?;
        std::fs::write(Self::authority_path(), authority.pem())?;
        let lans = adapt::adapt(&mut config, &authority, user)?;
        let uplink_interface = adapt::text(&config, "gateway", "uplink")?;

        let gateway = Namespace::new("gateway")?;
        let air = Air {
            namespace: Namespace::new("access points")?,
            script: path("phones/udhcpc"),
            resolvers,
            tls: authority.client_config()?,
        };
        lease::write_script(&air.script)?;
        gateway::build_lans(&gateway, &air.namespace, &lans)?;
        let uplink = Uplink::start(&gateway, &uplink_interface)?;
        gateway::address_uplink(&gateway, &uplink_interface)?;
        let dnsmasq = gateway::start_dnsmasq(&gateway, &lans, Path::new(DIRECTORY), &path("run/dnsmasq"))?;
        let lab = Self {
            portico: None,
            netd: None,
            dnsmasq,
            uplink,
            gateway,
            air,
            lans,
            authority,
            config,
            programs,
            user,
            phones: 0,
            confirm_within: None,
        };
        lab.write_config()?;
        Ok(lab)
    }

    /// Starts both daemons.
    ///
    /// # Errors
    /// One does not become ready; with the last lines of its log.
    pub fn start(&mut self) -> Result<()> {
        self.start_netd()?;
        self.start_portico()
    }

    /// Starts `portico-netd`, or starts it anew, and waits until it listens.
    ///
    /// # Errors
    /// It does not become ready.
    pub fn start_netd(&mut self) -> Result<()> {
        self.netd = None;
        let mut command = self.gateway.command(&self.programs.netd);
        command.arg("--config").arg(Self::config_path());
        let mut netd = Daemon::start("portico-netd", command, &path("logs/netd.log"))?;
        netd.wait_until(READY, "socket", || {
            UnixStream::connect(path("run/netd.sock")).is_ok()
        })?;
        self.netd = Some(netd);
        let Some(portico) = &mut self.portico else {
            return Ok(());
        };
        if portico.is_running() {
            portico.wait_until(READY, "link to portico-netd", is_linked)?;
        }
        Ok(())
    }

    /// Starts `portico` without any privilege, or starts it anew, and waits until its control
    /// socket answers.
    ///
    /// # Errors
    /// It does not become ready.
    pub fn start_portico(&mut self) -> Result<()> {
        self.portico = None;
        let mut command = self.gateway.command_as(&self.programs.portico, self.user);
        command.args(["run", "--config"]).arg(Self::config_path());
        if let Some(seconds) = self.confirm_within {
            command.arg("--confirm-within").arg(seconds.to_string());
        }
        let mut portico = Daemon::start("portico", command, &path("logs/portico.log"))?;
        portico.wait_until(READY, "link to portico-netd", is_linked)?;
        self.portico = Some(portico);
        self.tell_dnsmasq()
    }

    /// From the next start of `portico` on, somebody has so many seconds to confirm changed settings.
    pub const fn confirm_within(&mut self, seconds: u64) {
        self.confirm_within = Some(seconds);
    }

    /// Waits until Portico has written its option files and lets dnsmasq read them: what the
    /// path unit of systemd does on a real gateway.
    ///
    /// # Errors
    /// A file is missing after a while.
    pub fn tell_dnsmasq(&mut self) -> Result<()> {
        let files: Vec<PathBuf> = self
            .lans
            .iter()
            .map(|lan| path(&format!("run/dnsmasq/{}.opts", lan.id)))
            .collect();
        let written = || files.iter().all(|file| file.exists()).then_some(());
        daemon::poll(READY, written).context("portico does not write its option files for dnsmasq")?;
        self.dnsmasq.signal(Signal::HUP)
    }

    /// The running `portico`.
    ///
    /// # Errors
    /// It has not been started.
    pub fn portico(&mut self) -> Result<&mut Daemon> {
        self.portico.as_mut().context("portico has not been started")
    }

    /// The running `portico-netd`.
    ///
    /// # Errors
    /// It has not been started.
    pub fn netd(&mut self) -> Result<&mut Daemon> {
        self.netd.as_mut().context("portico-netd has not been started")
    }

    /// The running dnsmasq.
    pub const fn dnsmasq(&mut self) -> &mut Daemon {
        &mut self.dnsmasq
    }

    /// Says something on the control socket and gives back the answer.
    ///
    /// # Errors
    /// Nobody listens, or the answer is not JSON.
    pub fn control(&self, message: &Value) -> Result<Value> {
        control(message)
    }

    /// Changes the configuration file; nobody is told.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn edit_config(&mut self, edit: impl FnOnce(&mut toml::Table)) -> Result<()> {
        edit(&mut self.config);
        self.write_config()
    }

    /// Changes one network of the configuration file, by position; nobody is told.
    ///
    /// # Errors
    /// There is no such network, or the file cannot be written.
    pub fn edit_network(&mut self, position: usize, edit: impl FnOnce(&mut toml::Table)) -> Result<()> {
        let network = adapt::network_tables(&mut self.config)?
            .get_mut(position)
            .and_then(toml::Value::as_table_mut)
            .with_context(|| format!("there is no network {position}"))?;
        edit(network);
        self.write_config()
    }

    /// The directory of the daemons' sockets.
    #[must_use]
    pub fn run_dir() -> PathBuf {
        path("run")
    }

    /// The directory of what outlives a restart of the daemons.
    #[must_use]
    pub fn state_dir() -> PathBuf {
        path("state")
    }

    /// The configuration file.
    #[must_use]
    pub fn config_path() -> PathBuf {
        path("portico.toml")
    }

    /// The certificate of the lab's authority, PEM.
    #[must_use]
    pub fn authority_path() -> PathBuf {
        path("tls/authority.pem")
    }

    /// The lab's authority, for servers of a test's own.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Runs a command of `portico` as an administrator in the gateway; gives back its exit code and
    /// what it wrote, standard error last.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn portico_command(&self, arguments: &[&OsStr]) -> Result<(i32, String)> {
        let output = self
            .gateway
            .command(&self.programs.portico)
            .args(arguments)
            .output()?;
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok((output.status.code().unwrap_or(-1), said))
    }

    /// Runs `nft` in the gateway and gives back its output.
    ///
    /// # Errors
    /// What `nft` wrote to standard error.
    pub fn nft(&self, arguments: &[&str]) -> Result<String> {
        let output = self.gateway.command("nft").args(arguments).output()?;
        if !output.status.success() {
            bail!(
                "nft {arguments:?}: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The networks, in file order.
    #[must_use]
    pub fn lans(&self) -> &[Lan] {
        &self.lans
    }

    /// The gateway's namespace.
    #[must_use]
    pub const fn gateway(&self) -> &Namespace {
        &self.gateway
    }

    /// The namespace of the access points, for an attacker at their cables.
    #[must_use]
    pub const fn access_points(&self) -> &Namespace {
        &self.air.namespace
    }

    /// The Internet.
    #[must_use]
    pub const fn uplink(&self) -> &Uplink {
        &self.uplink
    }

    /// A new phone near a network, by position; its MAC is [`Lab::mac`] of its number.
    ///
    /// # Errors
    /// There is no such network.
    pub fn phone(&mut self, network: usize) -> Result<Phone> {
        let lan = self
            .lans
            .get(network)
            .with_context(|| format!("there is no network {network}"))?;
        self.phones += 1;
        Phone::new(&self.air, lan, self.phones, Self::mac(self.phones)?)
    }

    /// The MAC of the phone of a number, from 1 in the order they are made.
    ///
    /// # Errors
    /// Never: the address is unicast.
    pub fn mac(number: u16) -> Result<Mac> {
        let [high, low] = number.to_be_bytes();
        Ok(Mac::new([0x02, 0x00, 0x5e, 0x10, high, low])?)
    }

    /// The last lines of every log, for a report of what went wrong.
    #[must_use]
    pub fn logs(&self, lines: usize) -> String {
        let daemons = [self.netd.as_ref(), self.portico.as_ref(), Some(&self.dnsmasq)];
        let tails: Vec<String> = daemons
            .iter()
            .flatten()
            .map(|daemon| daemon.log_tail(lines))
            .collect();
        tails.join("\n--\n")
    }

    /// Asks `portico` to read its configuration again.
    ///
    /// # Errors
    /// It is not running.
    pub fn hang_up(&mut self) -> Result<()> {
        self.portico()?.signal(Signal::HUP)
    }

    fn write_config(&self) -> Result<()> {
        let text = toml::to_string(&self.config)?;
        std::fs::write(Self::config_path(), text).context("cannot write the configuration")
    }
}

/// A path in the lab's directory.
fn path(relative: &str) -> PathBuf {
    Path::new(DIRECTORY).join(relative)
}

fn is_linked() -> bool {
    control(&serde_json::json!({"do": "status"}))
        .is_ok_and(|status| status["ok"]["figures"]["helper_linked"] == true)
}

fn control(message: &Value) -> Result<Value> {
    let mut stream = UnixStream::connect(path("run/control.sock")).context("no control socket")?;
    stream.set_read_timeout(Some(CONTROL))?;
    writeln!(stream, "{message}")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    serde_json::from_str(&line).with_context(|| format!("the control socket answered {line:?}"))
}
