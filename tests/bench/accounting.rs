//! What reading the counters of all stations costs, in CPU time, at 1,000, 10,000 and 100,000 stations:
//! ours (by key), the kernel's own dump, and a spawned `nft -j list set`, both directions each, in
//! turns in the same run. One JSON object per line. Needs root; runs in a network namespace of its own.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use portico::model::{AccessOp, Burst, Counters, Entry, Mac, NetworkId, Rate, RatePlan};
use portico::net::Kernel;
use portico::net::netlink::Socket;
use portico::net::nftables::Nftables;
use portico::wire::netlink::elements::{self, Role, SetName};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Rounds by size: the spawned process needs seconds at the largest.
const SIZES: [(u32, usize); 3] = [(1_000, 15), (10_000, 9), (100_000, 5)];
/// The goal at 10,000 stations, milliseconds of CPU; ten times it at 100,000.
const GOAL_10K: f64 = 40.0;
/// Stations in one read, as the helper asks.
const READ: usize = 1_024;

fn main() -> Outcome<()> {
    enter_namespace()?;
    for (size, rounds) in SIZES {
        measure(size, rounds)?;
    }
    Ok(())
}

fn enter_namespace() -> Outcome<()> {
    #[allow(unsafe_code, reason = "a network namespace for the benchmark alone")]
    // SAFETY: the file table is not unshared, so no descriptor becomes invalid in another thread.
    unsafe {
        rustix::thread::unshare_unsafe(rustix::thread::UnshareFlags::NEWNET)?;
    }
    Ok(())
}

fn measure(size: u32, rounds: usize) -> Outcome<()> {
    let network: NetworkId = "piazza".parse()?;
    let macs = (0..size).map(mac).collect::<Outcome<Vec<Mac>>>()?;
    load_sets(network, size)?;
    let mut kernel = Nftables::open()?;
    fill(&mut kernel, network, &macs)?;

    let (mut ours, mut whole, mut dumps, mut nfts, mut restarts) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut out, mut missing) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let process = cpu_ms(ClockId::ProcessCPUTime);
        ours.push(timed(|| {
            out.clear();
            for some in macs.chunks(READ) {
                kernel.counters(network, some, &mut out, &mut missing)?;
            }
            Ok(())
        })?);
        whole.push(cpu_ms(ClockId::ProcessCPUTime) - process);
        if out.len() != macs.len() || !missing.is_empty() {
            return Err("not every station was read".into());
        }
        dumps.push(timed(|| dump(network, macs.len()))?);
        restarts.push(timed(|| Ok(kernel.sessions(network).map(drop)?))?);
        nfts.push(spawn_nft("up", network)? + spawn_nft("down", network)?);
    }
    let goal = match size {
        10_000 => Some(GOAL_10K),
        100_000 => Some(GOAL_10K * 10.0),
        _ => None,
    };
    let ours = median(ours);
    report(size, "read_all_counters_cpu", ours, None, goal);
    report(size, "read_all_counters_process_cpu", median(whole), None, goal);
    report(size, "against_kernel_dump", ours, Some(median(dumps)), None);
    report(size, "against_nft_json", ours, Some(median(nfts)), None);
    report(size, "list_sessions_cpu", median(restarts), None, None);
    Ok(())
}

fn mac(number: u32) -> Outcome<Mac> {
    let [a, b, c, d] = number.to_be_bytes();
    Ok(Mac::new([2, 0, a, b, c, d])?)
}

/// Empty sets, in place of those of the size before.
fn load_sets(network: NetworkId, size: u32) -> Outcome<()> {
    let size = size * 2;
    let mut text = "table netdev portico\ndelete table netdev portico\ntable netdev portico {\n".to_owned();
    for (role, flags) in [
        ("auth", "timeout"),
        ("up", "dynamic,timeout"),
        ("down", "dynamic,timeout"),
    ] {
        writeln!(
            text,
            " set {role}_{network} {{ type ether_addr; flags {flags}; size {size}; }}"
        )?;
    }
    text += "}\n";
    let mut nft = Command::new("nft")
        .args(["-f", "-"])
        .stdin(Stdio::piped())
        .spawn()?;
    nft.stdin.take().ok_or("no stdin")?.write_all(text.as_bytes())?;
    if !nft.wait()?.success() {
        return Err("nft refused the sets".into());
    }
    Ok(())
}

fn fill(kernel: &mut Nftables, network: NetworkId, macs: &[Mac]) -> Outcome<()> {
    let rate = Rate::from_bytes_per_second(1_250_000)?;
    let plan = RatePlan {
        down: rate,
        up: rate,
        burst: Burst::from_bytes(131_072)?,
    };
    let entry = Entry {
        plan: Some(plan),
        timeout_ms: Some(43_200_000),
    };
    for some in macs.chunks(4_096) {
        let grants: Vec<AccessOp> = some
            .iter()
            .map(|mac| AccessOp::Grant {
                network,
                mac: *mac,
                entry,
                seed: Counters::default(),
            })
            .collect();
        kernel.apply(&grants)?;
    }
    Ok(())
}

/// The kernel's dump of both sets, read as fast as we can.
fn dump(network: NetworkId, expected: usize) -> Outcome<()> {
    let mut socket = Socket::open(Some(rustix::net::netlink::NETFILTER))?;
    for role in [Role::Up, Role::Down] {
        let set = SetName::new(role, network);
        let mut seen = 0;
        socket.dump(
            &mut seen,
            |out, seq| elements::dump(out, seq, &set),
            |seen| *seen = 0,
            |seen, message| *seen += elements::decode_elements(message).count(),
        )?;
        if seen != expected {
            return Err("the dump is not complete".into());
        }
    }
    Ok(())
}

/// Milliseconds of CPU of one `nft -j list set`.
fn spawn_nft(role: &str, network: NetworkId) -> Outcome<f64> {
    let mut child = Command::new("nft")
        .args([
            "-j",
            "list",
            "set",
            "netdev",
            "portico",
            &format!("{role}_{network}"),
        ])
        .stdout(Stdio::null())
        .spawn()?;
    let pid = Pid::from_child(&child);
    // It must have ended and not be reaped yet: then its scheduler statistics are final and readable.
    waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)?;
    let statistics = std::fs::read_to_string(format!("/proc/{}/schedstat", child.id()))?;
    if !child.wait()?.success() {
        return Err("nft could not list the set".into());
    }
    let on_cpu: f64 = statistics
        .split_whitespace()
        .next()
        .ok_or("empty schedstat")?
        .parse()?;
    Ok(on_cpu / 1e6)
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let before = cpu_ms(ClockId::ThreadCPUTime);
    work()?;
    Ok(cpu_ms(ClockId::ThreadCPUTime) - before)
}

fn cpu_ms(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    std::time::Duration::try_from(time).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn report(size: u32, metric: &str, value: f64, baseline: Option<f64>, goal: Option<f64>) {
    let round = |value: f64| (value * 1_000.0).round() / 1_000.0;
    let mut line = json!({
        "bench": "accounting",
        "case": format!("{}k", size / 1_000),
        "metric": metric,
        "value": round(value),
        "unit": "ms",
    });
    if let Some(baseline) = baseline {
        line["baseline"] = json!(round(baseline));
        line["ratio"] = json!(round(value / baseline));
    }
    if let Some(goal) = goal {
        line["goal"] = json!(goal);
        line["holds"] = json!(value <= goal);
    }
    let _ = writeln!(std::io::stdout(), "{line}");
}
