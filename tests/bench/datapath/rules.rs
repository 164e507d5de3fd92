//! What a gateway does with the packets: nothing, masquerade, Portico, or one rule for each station.

use std::fmt::Write as _;

use anyhow::{Result, bail, ensure};
use portico::config::Config;
use portico::model::{AccessOp, Burst, Counters, Direction, Entry, Rate, RatePlan};
use portico::net::Kernel;
use portico::net::fastpath::{self, Hastened, Loaded, Standing};
use portico::net::nftables::Nftables;
use portico::net::ruleset::{self, Backstop};
use portico::net::trunk::Trunks;

use super::bed;
use super::gateway::{Gateway, address};

/// How long an answer to an old packet is still let in, so that a visit to the other gateways ends no flow.
const PATIENCE: &str = "900";
/// What the line carries where it is told: far more than passes here.
const LINE: &str = "10 Gbit/s";

impl Gateway {
    /// Connection tracking and one rule: what any router between private and public addresses does.
    pub(crate) fn masquerade(&mut self) -> Result<()> {
        let rules = r#"table ip router {
 chain share_address { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }
}
"#;
        bed::nft(&self.router, rules)?;
        self.keep_flows()
    }

    /// Portico's own ruleset and backstop, put in by its own code, and so many stations granted
    /// with a limit that nothing here reaches.
    pub(crate) fn portico(&mut self, granted: u32) -> Result<()> {
        self.portico_at(Rate::from_bytes_per_second(Rate::MAX)?, granted)
    }

    /// The same without the fast path.
    pub(crate) fn portico_plainly(&mut self, granted: u32) -> Result<()> {
        let config = config(granted, "[forward]\nfast_path = false\n")?;
        self.put_portico(&config, Rate::from_bytes_per_second(Rate::MAX)?, granted)
    }

    /// The same with that limit, either way.
    pub(crate) fn portico_at(&mut self, rate: Rate, granted: u32) -> Result<()> {
        self.put_portico(&config(granted, "")?, rate, granted)
    }

    /// The same with the queues that there are while a line is far from full: packets are led through them,
    /// and no station has one of its own.
    pub(crate) fn portico_with_line_told(&mut self, granted: u32) -> Result<()> {
        let line = format!("[uplink]\ndown = \"{LINE}\"\nup = \"{LINE}\"\n");
        let config = config(granted, &line)?;
        self.put_portico(&config, Rate::from_bytes_per_second(Rate::MAX)?, granted)?;
        self.router.within(|| -> Result<()> {
            let standing = Trunks::open()?.keep(&config);
            let stands = Direction::BOTH.iter().all(|&way| standing.of(way).stands());
            ensure!(stands, "no queues: {standing:?}");
            Ok(())
        })?
    }

    fn put_portico(&mut self, config: &Config, rate: Rate, granted: u32) -> Result<()> {
        let (backstop, kernel) = self
            .router
            .within(|| -> Result<(Backstop, Hastened<Nftables>)> {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?;
                runtime.block_on(ruleset::load(config))?;
                let mut backstop = Backstop::open()?;
                backstop.put(config)?;
                let fast_path = match fastpath::load(config).and_then(Loaded::start) {
                    Ok(mut fast_path) => {
                        let standing = fast_path.keep(config);
                        ensure!(*standing == Standing::Stands, "no fast path: {standing:?}");
                        Some(fast_path)
                    }
                    Err(Standing::Off) => None,
                    Err(why) => bail!("no fast path: {why:?}"),
                };
                let mut kernel = Hastened::new(Nftables::open()?, fast_path);
                grant(&mut kernel, rate, granted)?;
                Ok((backstop, kernel))
            })??;
        self.backstop = Some(backstop);
        self.kernel = Some(kernel);
        self.keep_flows()
    }

    /// One rule for each station and direction, found by walking the list: how portals without sets do
    /// it, here in its leanest form (a mark by MAC and address on the way up, a match by address on the
    /// way down, each with a counter, and no limit).
    pub(crate) fn one_rule_each(&mut self, stations: u32) -> Result<()> {
        let (mut up, mut down) = (String::new(), String::new());
        for station in first_in_the_middle(stations) {
            let (mac, address) = (bed::mac(station)?, address(station));
            writeln!(
                up,
                "ether saddr {mac} ip saddr {address} counter meta mark set 1 return"
            )?;
            writeln!(down, "ip daddr {address} counter accept")?;
        }
        let rules = format!(
            r#"table ip linear {{
 chain up_stations {{
{up} }}
 chain down_stations {{
{down} }}
 chain mark_stations {{ type filter hook prerouting priority mangle; iifname "lan0" jump up_stations; }}
 chain forward_stations {{ type filter hook forward priority filter; policy drop;
  iifname "lan0" meta mark 1 accept
  oifname "lan0" goto down_stations
 }}
}}
"#
        );
        bed::nft(&self.router, &rules)?;
        self.masquerade()
    }

    /// Flows are tracked, and remembered for as long as the benchmark may take.
    pub(crate) fn keep_flows(&mut self) -> Result<()> {
        for key in ["udp_timeout", "udp_timeout_stream"] {
            self.router
                .sysctl(&format!("net/netfilter/nf_conntrack_{key}"), PATIENCE)?;
        }
        self.translates = true;
        Ok(())
    }
}

fn config(granted: u32, line: &str) -> Result<Config> {
    let text = format!(
        r#"[gateway]
uplink = "wan0"
{line}[[network]]
id = "piazza"
name = "Piazza"
comune = "Comune di Prova"
interface = "lan0"
host = "wifi.bench.example.it"
max_stations = {room}
[network.rate]
down = "100 Mbit/s"
up = "100 Mbit/s"
"#,
        room = granted.max(1_000)
    );
    Config::parse(&text, "bench").map_err(|errors| anyhow::anyhow!("{errors:?}"))
}

fn grant(kernel: &mut impl Kernel, rate: Rate, stations: u32) -> Result<()> {
    let macs = (0..stations).collect::<Vec<_>>();
    for some in macs.chunks(4_096) {
        let grants = some
            .iter()
            .map(|&station| granted(rate, station))
            .collect::<Result<Vec<_>>>()?;
        let applied = kernel.apply(&grants)?;
        ensure!(applied.len() == grants.len(), "not all were granted");
    }
    Ok(())
}

/// All stations, and the first, which is the one with the TCP stream, in the middle: where rules are walked
/// one by one, its place decides what it pays.
pub(crate) fn first_in_the_middle(stations: u32) -> impl Iterator<Item = u32> {
    let half = stations / 2;
    (stations - half..stations).chain(0..stations - half)
}

/// Access, with the same limit either way.
pub(crate) fn granted(rate: Rate, station: u32) -> Result<AccessOp> {
    let entry = Entry {
        plan: Some(RatePlan {
            down: rate,
            up: rate,
            burst: Burst::from_bytes(131_072)?,
        }),
        timeout_ms: Some(40_000_000),
    };
    Ok(AccessOp::Grant {
        network: bed::network()?,
        mac: bed::mac(station)?,
        entry,
        seed: Counters::default(),
    })
}
