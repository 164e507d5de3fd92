//! Where the processor's time goes: perf samples this thread while it sends, and since a veth pair hands a
//! packet on within the sender's system call, all of the gateway's work is in its stacks.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use rustix::thread::gettid;

use super::report::{Figure, quantile, say};
use super::small::{self, DIRECTIONS, Direction};
use super::{Farm, Kind, Scale, Visit};

/// Samples per second.
const FREQUENCY: &str = "20000";
/// Functions that are named for each case, the most costly ones.
const NAMED: usize = 15;
/// What is in no other group: the generator's system call, and what it copies and allocates.
const REST: &str = "cost_generator";
/// Nanoseconds of a packet by what the kernel does, and how the names of its functions begin. A sample
/// belongs to the group of the innermost function that has one.
const GROUPS: [(&str, &[&str]); 10] = [
    ("cost_limits_counters", &["nft_limit", "nft_counter"]),
    (
        "cost_set_lookups",
        &["nft_lookup", "nft_set_", "nft_rhash", "nft_hash"],
    ),
    ("cost_fib_in_rules", &["nft_fib"]),
    ("cost_netdev_chains", &["nft_do_chain_netdev"]),
    ("cost_other_chains", &["nft_do_chain_", "nft_nat_do_chain"]),
    ("cost_nat", &["nf_nat", "nf_xfrm", "__xfrm"]),
    (
        "cost_conntrack",
        &[
            "nf_conntrack",
            "__nf_conntrack",
            "ipv4_conntrack",
            "nf_confirm",
            "nf_ct",
        ],
    ),
    (
        "cost_routing",
        &["ip_route", "fib_", "__fib_", "fib4_", "ip_mkroute"],
    ),
    (
        "cost_ip",
        &[
            "ip_rcv",
            "ip_forward",
            "ip_output",
            "ip_finish",
            "ip_local",
            "udp_v4",
        ],
    ),
    (
        "cost_devices",
        &[
            "__netif_receive",
            "__dev_queue_xmit",
            "process_backlog",
            "__napi_poll",
            "net_rx_action",
            "handle_softirqs",
            "do_softirq",
            "veth",
            "neigh_",
        ],
    ),
];

/// What was sampled of one visit in one direction.
#[derive(Default)]
struct Profile {
    /// Nanoseconds of each packet, by round, without perf.
    cost: Vec<f64>,
    samples: f64,
    groups: BTreeMap<&'static str, f64>,
    functions: BTreeMap<String, f64>,
}

/// By visit and direction.
type Profiles = BTreeMap<(usize, Direction), Profile>;

/// Measures all rounds, prints the groups, and the most costly functions to the terminal.
pub(crate) fn measure(scale: &Scale, farm: &mut Farm) -> Result<()> {
    let directory = tempfile::Builder::new().prefix("portico-bench").tempdir()?;
    let (gateways, visits) = (&mut farm.gateways, &farm.visits);
    let mut trains = small::trains(gateways, visits)?;
    for visit in visits {
        small::open_flows(visit, &mut gateways[visit.gateway], &mut trains)?;
    }
    let mut profiles = Profiles::new();
    for round in 0..scale.rounds {
        say(&format!("profile: round {} of {}", round + 1, scale.rounds));
        for (index, visit) in visits.iter().enumerate() {
            let gateway = &mut gateways[visit.gateway];
            for direction in DIRECTIONS {
                let profile = profiles.entry((index, direction)).or_default();
                let rate = small::pass(scale, visit, direction, gateway, &mut trains)?;
                profile.cost.push(1e9 / rate);
                let file = directory.path().join("perf.data");
                let perf = record(&file)?;
                small::pass(scale, visit, direction, gateway, &mut trains)?;
                profile.add(&stacks(perf, &file)?)?;
            }
        }
    }
    tell(visits, &profiles);
    Ok(())
}

/// Samples this thread from now on.
fn record(file: &Path) -> Result<Child> {
    let mut perf = Command::new("perf")
        .args(["record", "--quiet", "--event", "cpu-clock", "-g"])
        .args(["--freq", FREQUENCY, "--tid"])
        .arg(gettid().as_raw_nonzero().to_string())
        // It takes a while to begin, says so on standard output, and listens on standard input.
        .args(["--delay=-1", "--control=fd:0,1", "--output"])
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run perf (Debian package linux-perf)")?;
    tell_perf(&mut perf, "enable")?;
    Ok(perf)
}

/// Waits until it has obeyed.
fn tell_perf(perf: &mut Child, word: &str) -> Result<()> {
    let (input, output) = (perf.stdin.as_mut(), perf.stdout.as_mut());
    let (input, output) = input.zip(output).context("no pipes to perf")?;
    writeln!(input, "{word}")?;
    // Its answer ends with a zero.
    let mut answer = [0; 5];
    output.read_exact(&mut answer).context("perf has ended")?;
    ensure!(answer.starts_with(b"ack"), "perf answers {answer:?}");
    Ok(())
}

/// Stops it; a line for each function of a stack, innermost first, and an empty line between two.
fn stacks(mut perf: Child, file: &Path) -> Result<String> {
    tell_perf(&mut perf, "stop")?;
    perf.wait()?;
    let output = Command::new("perf")
        .args(["script", "--fields", "ip,sym", "--input"])
        .arg(file)
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "perf script: {}", output.status);
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Profile {
    fn add(&mut self, stacks: &str) -> Result<()> {
        let before = self.samples;
        for stack in stacks.split("\n\n") {
            // An address, then the name.
            let mut names = stack.lines().filter_map(|line| line.split_whitespace().nth(1));
            let Some(innermost) = names.clone().next() else {
                continue;
            };
            let group = names.find_map(group).unwrap_or(REST);
            self.samples += 1.0;
            *self.groups.entry(group).or_default() += 1.0;
            *self.functions.entry(innermost.to_owned()).or_default() += 1.0;
        }
        ensure!(self.samples > before, "perf took no samples");
        Ok(())
    }

    /// Nanoseconds of a packet in this group.
    fn nanoseconds(&self, group: &str) -> f64 {
        let samples = self.groups.get(group).copied().unwrap_or_default();
        quantile(&self.cost, 500) * samples / self.samples
    }
}

fn group(function: &str) -> Option<&'static str> {
    GROUPS
        .iter()
        .find(|(_, beginnings)| beginnings.iter().any(|beginning| function.starts_with(beginning)))
        .map(|&(name, _)| name)
}

fn tell(visits: &[Visit], profiles: &Profiles) {
    let masquerade = visits.iter().position(|visit| visit.kind == Kind::Masquerade);
    for (&(index, direction), profile) in profiles {
        let way = match direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        let case = format!("{}, {way}", visits[index].case());
        let theirs = masquerade
            .filter(|&baseline| baseline != index)
            .and_then(|baseline| profiles.get(&(baseline, direction)));
        print(
            &case,
            "cost_packet",
            quantile(&profile.cost, 500),
            theirs.map(|theirs| quantile(&theirs.cost, 500)),
        );
        for name in GROUPS.iter().map(|&(name, _)| name).chain([REST]) {
            let theirs = theirs.map(|theirs| theirs.nanoseconds(name));
            print(&case, name, profile.nanoseconds(name), theirs);
        }
        let mut functions: Vec<(&String, &f64)> = profile.functions.iter().collect();
        functions.sort_by(|one, other| other.1.total_cmp(one.1));
        let named: Vec<String> = functions
            .iter()
            .take(NAMED)
            .map(|(name, samples)| format!("{name} {:.1} %", *samples / profile.samples * 100.0))
            .collect();
        say(&format!("{case}: {}", named.join(", ")));
    }
}

fn print(case: &str, metric: &'static str, value: f64, baseline: Option<f64>) {
    Figure {
        bench: "datapath",
        case,
        metric,
        value,
        unit: "ns",
        // Of what they do not do at all there is no share.
        baseline: baseline.filter(|&baseline| baseline > 0.0),
        goal: None,
    }
    .print();
}
