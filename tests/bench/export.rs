//! `portico export` over three years of twenty networks, hour by hour: time from the start of the command to
//! its end, and the most memory it held.

mod report;
#[path = "../report/town.rs"]
mod town;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Result, ensure};

use portico::model::NetworkId;
use portico::model::figures::Period;
use portico::store::figures::{FILE, FigureStore};
use report::{Figure, Goal, is_smoke, ms_since, quantile, say, tick};
use town::Town;

/// What is exported, and how long it may take, seconds.
const CASES: [(&str, &[&str], Option<f64>); 7] = [
    ("usage_csv", &["usage", "--format", "csv"], Some(1.0)),
    ("usage_xlsx", &["usage", "--format", "xlsx"], Some(4.0)),
    ("usage_json", &["usage", "--format", "json"], None),
    ("usage_by_day_csv", &["usage", "--by", "day"], None),
    ("availability_csv", &["availability"], None),
    ("summary_csv", &["summary", "--format", "csv"], None),
    ("summary_pdf", &["summary"], Some(2.0)),
];
/// The most memory, MiB.
const MEMORY: f64 = 64.0;
/// Each is done so many times, and the median told.
const TIMES: usize = 5;

fn main() -> Result<()> {
    let (networks, from, to) = if is_smoke() {
        (2, "2025-12-01", "2026-01-31")
    } else {
        (20, "2023-10-01", "2026-09-30")
    };
    let folder = tempfile::tempdir()?;
    let days = Period::new(from.parse()?, to.parse()?)?;
    prepare(folder.path(), networks, days)?;
    for (case, arguments, seconds) in CASES {
        let (mut times, mut peak) = (Vec::new(), 0.0_f64);
        for _ in 0..if is_smoke() { 1 } else { TIMES } {
            let (time, memory) = export(folder.path(), arguments, from, to)?;
            times.push(time);
            peak = peak.max(memory);
        }
        times.sort_by(f64::total_cmp);
        let time = quantile(&times, 500) / 1e3;
        print(case, "time", time, "s", seconds);
        print(case, "memory_peak", peak, "MiB", Some(MEMORY));
    }
    Ok(())
}

/// A configuration and the figures of some networks, as the daemon keeps them.
fn prepare(folder: &Path, networks: usize, days: Period) -> Result<()> {
    say(&format!(
        "{networks} networks from {} to {}",
        days.from(),
        days.to()
    ));
    let mut text = format!(
        "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{}\"\n",
        folder.display()
    );
    let mut ids: Vec<NetworkId> = Vec::new();
    for number in 0..networks {
        let _ = write!(
            text,
            "[[network]]\nid = \"net{number}\"\nname = \"Piazza della Repubblica {number}\"\n\
             comune = \"Comune di Busto Arsizio\"\ninterface = \"br{number}\"\n\
             host = \"wifi{number}.comune.example.it\"\nwifi4eu_id = \"a1b2c3d4e5f6g7h8i9j{number}\"\nistat = \"012026\"\n"
        );
        ids.push(format!("net{number}").parse()?);
    }
    std::fs::write(folder.join("portico.toml"), text)?;
    let town = Town::new(ids.clone(), days);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut store = FigureStore::open(&folder.join(FILE)).await?;
        for month in days.months() {
            for network in &ids {
                store.write(&town.figures(*network, month.period()), None).await?;
            }
        }
        store.close().await;
        Ok(())
    })
}

/// Runs the command; milliseconds, and the most memory it held, MiB.
fn export(folder: &Path, arguments: &[&str], from: &str, to: &str) -> Result<(f64, f64)> {
    let begin = tick();
    let mut child = Command::new(env!("CARGO_BIN_EXE_portico"))
        .arg("export")
        .args(arguments)
        .args(["--from", from, "--to", to, "--config"])
        .arg(folder.join("portico.toml"))
        .arg("--output")
        .arg(folder)
        .stdout(Stdio::null())
        .spawn()?;
    let (mut most, status) = (0.0, format!("/proc/{}/status", child.id()));
    let ended = loop {
        // The kernel keeps the most there was; what is missed is what came in the last milliseconds.
        if let Ok(text) = std::fs::read_to_string(&status) {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
            most = kib.unwrap_or(0.0).max(most);
        }
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let time = ms_since(begin);
    ensure!(ended.success(), "{arguments:?} failed");
    ensure!(most > 0.0, "no memory was seen");
    Ok((time, most / 1_024.0))
}

fn print(case: &str, metric: &'static str, value: f64, unit: &'static str, goal: Option<f64>) {
    let goal = goal.map(Goal::AtMost);
    Figure {
        bench: "export",
        case,
        metric,
        value,
        unit,
        baseline: None,
        goal,
    }
    .print();
}
