//! Who shares the line out: nobody, the same limit for everybody always, the kernel's HTB with a class for
//! each station, or Portico.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use portico::app::lab::isolation::Namespace;

use super::bed::{self, Bed};
use super::line::{Line, MBIT};

/// What everybody has with limits that never move, Mbit/s.
const STATIC: u32 = 10;
/// HTB shares out so much of the line, kbit/s of Ethernet frames: the same 95 per cent as Portico does.
const SHARED: u32 = MBIT * 950;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Nothing,
    Static,
    Htb,
    Portico,
}

pub(crate) const ALL: [Method; 4] = [Method::Nothing, Method::Static, Method::Htb, Method::Portico];

impl Method {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "no limits",
            Self::Static => "10 Mbit/s each",
            Self::Htb => "HTB",
            Self::Portico => "portico",
        }
    }
}

/// A gateway of one kind on a line of its own.
pub(crate) struct Site {
    pub(crate) method: Method,
    pub(crate) bed: Bed,
    /// The last of them is for echoes.
    pub(crate) stations: u32,
    _line: Line,
}

impl Site {
    /// With so many stations online.
    pub(crate) fn build(method: Method, stations: u32) -> Result<Self> {
        let mut bed = Bed::build(1_000, std::slice::from_ref(&(0..stations)))?;
        let line = Line::lay(&bed)?;
        match method {
            // A plain router.
            Method::Nothing | Method::Htb => {}
            Method::Static => {
                let rate = format!("= \"{STATIC} Mbit/s\"");
                bed.amend_config(|config| config.replace("= \"100 Mbit/s\"", &rate))?;
            }
            Method::Portico => {
                let line = format!("check = []\ndown = \"{MBIT} Mbit/s\"\nup = \"{MBIT} Mbit/s\"");
                bed.amend_config(|config| config.replace("check = []", &line))?;
            }
        }
        if matches!(method, Method::Static | Method::Portico) {
            bed.start_netd()?;
            bed.preload(0..stations)?;
            bed.start_portico(u64::from(stations))?;
        }
        Ok(Self {
            method,
            bed,
            stations,
            _line: line,
        })
    }

    /// Before so many stations load the line: an administrator of HTB has to know how many there will be.
    pub(crate) fn prepare(&self, active: u32) -> Result<()> {
        if self.method == Method::Htb {
            classes(&self.bed.gateway, active, self.stations)?;
        }
        Ok(())
    }
}

/// A class for each station with the same part of the line, which may borrow what others leave; told apart
/// by address. In each class flows are kept apart where the kernel has fq_codel, as Portico's are.
fn classes(gateway: &Namespace, active: u32, stations: u32) -> Result<()> {
    let rate = SHARED / active;
    // A quarter of a second, but no less than a hundred packets: many flows have at least a few each on the way.
    let plain = format!("bfifo limit {}", (rate / 8 * 250).max(150_000));
    let queue = if has_fq_codel(gateway)? {
        "fq_codel"
    } else {
        &plain
    };
    let mut commands = String::new();
    for device in ["lan0", "wan0"] {
        // There is none the first time.
        let mut forget = gateway.command("tc");
        forget.args(["qdisc", "del", "dev", device, "root"]);
        forget.stderr(Stdio::null()).status()?;
        writeln!(commands, "qdisc add dev {device} root handle 1: htb")?;
        writeln!(
            commands,
            "class add dev {device} parent 1: classid 1:fff htb rate {SHARED}kbit ceil {SHARED}kbit quantum 1514"
        )?;
        for class in (0..stations).map(class) {
            writeln!(
                commands,
                "class add dev {device} parent 1:fff classid 1:{class:x} htb rate {rate}kbit ceil {SHARED}kbit quantum 1514"
            )?;
            writeln!(commands, "qdisc add dev {device} parent 1:{class:x} {queue}")?;
        }
    }
    let mut tc = gateway.command("tc");
    let mut child = tc.args(["-batch", "-"]).stdin(Stdio::piped()).spawn()?;
    let input = child.stdin.take().context("no stdin")?;
    { input }.write_all(commands.as_bytes())?;
    ensure!(child.wait()?.success(), "tc refused the classes");
    let mut elements = String::new();
    for station in 0..stations {
        write!(elements, "{} : 1:{:x}, ", bed::address(station), class(station))?;
    }
    let rules = format!(
        "table ip6 shape\ndelete table ip6 shape\ntable ip6 shape {{
 map class_of {{ type ipv6_addr : classid; elements = {{ {elements} }} }}
 chain forward {{ type filter hook forward priority 0;
  iifname lan0 meta priority set ip6 saddr map @class_of
  oifname lan0 meta priority set ip6 daddr map @class_of
 }}
}}\n"
    );
    bed::nft(gateway, &rules)
}

fn has_fq_codel(gateway: &Namespace) -> Result<bool> {
    let mut attempt = gateway.command("tc");
    attempt.args(["qdisc", "replace", "dev", "lo", "root", "fq_codel"]);
    Ok(attempt.stderr(Stdio::null()).status()?.success())
}

fn class(station: u32) -> u32 {
    station + 1
}
