//! `portico demo`: the lab with phones that live through their day, windows into two of them, and
//! the scripted journey of `--check`.

pub mod chance;
mod door;
pub mod journey;
pub mod life;
pub mod programs;
pub mod report;
pub mod town;
pub mod window;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use self::door::Door;
use self::life::{Doing, Life};
use self::window::{Shared, Window};
use crate::app::clock;
use crate::app::lab::{Lab, Programs};
use crate::config::Config;

/// The configuration the demo runs: the documented example, two networks on one gateway.
pub const EXAMPLE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/firmware-config/examples/busto-arsizio.toml"
));
/// How often the status is told.
const STATUS: Duration = Duration::from_secs(10);

/// How the demo should be.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    /// Phones that live on their own.
    pub phones: u16,
    /// Seed of their lives.
    pub seed: u64,
    /// Ends by itself after that long.
    pub limit: Option<Duration>,
}

/// Runs the demo until Ctrl-C, or as long as wished.
///
/// # Errors
/// The lab or the daemons do not start.
pub fn run(programs: Programs, config: &str, wishes: Wishes, out: &mut impl Write) -> Result<()> {
    writeln!(out, "building the lab …")?;
    let mut lab = Lab::build(programs, config)?;
    town::speak(&Lab::state_dir()).context("the news of the demo")?;
    lab.start()?;
    let captive = window_phone(&mut lab, false)?;
    let online = window_phone(&mut lab, true)?;
    let windows = [Window::open(&captive)?, Window::open(&online)?];
    let dashboard = Door::open(&lab, Config::parse(config, "demo")?.management.port)?.first_setup()?;
    greet(&lab, &windows, &dashboard, wishes, out)?;
    let mut lives = Vec::new();
    for number in 0..wishes.phones {
        let networks = u16::try_from(lab.lans().len())?;
        let phone = lab.phone(usize::from(number.checked_rem(networks).unwrap_or(0)))?;
        lives.push(Life::begin(phone, wishes.seed.wrapping_add(u64::from(number))));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime to wait for Ctrl-C")?;
    let began = clock::boot();
    while !wait(&runtime, wishes, began) {
        tell(&lab, &lives, out)?;
    }
    writeln!(out, "taking the lab down; nothing is left behind")?;
    Ok(())
}

/// A phone for a window: joined, and online if wished.
fn window_phone(lab: &mut Lab, online: bool) -> Result<Shared> {
    let mut phone = lab.phone(0)?;
    phone.join()?;
    if online {
        phone.tap()?;
    }
    Ok(Arc::new(Mutex::new(phone)))
}

fn greet(
    lab: &Lab,
    windows: &[Window; 2],
    dashboard: &str,
    wishes: Wishes,
    out: &mut impl Write,
) -> Result<()> {
    let [captive, online] = windows;
    writeln!(out, "\nPortico runs on a gateway of this lab, with real packets:")?;
    for lan in lab.lans() {
        writeln!(
            out,
            "  network {:<14} {} on {}, {} and {}",
            lan.id,
            lan.host,
            lan.interface,
            lan.gateway_v4(),
            lan.gateway_v6()
        )?;
    }
    writeln!(
        out,
        "\nSee the portal in your own browser as a phone of the first network does:"
    )?;
    writeln!(
        out,
        "  {}  a phone that has just come (press the button)",
        captive.url()
    )?;
    writeln!(out, "  {}  a phone that is online", online.url())?;
    writeln!(
        out,
        "\nRun the hotspots from the dashboard; this link makes its first user, once:"
    )?;
    writeln!(out, "  {dashboard}")?;
    writeln!(
        out,
        "\n{} more phones live through their day (seed {}). Ctrl-C ends it and leaves nothing behind.\n",
        wishes.phones, wishes.seed
    )?;
    Ok(())
}

/// Waits for the next status; whether it is time to end.
fn wait(runtime: &tokio::runtime::Runtime, wishes: Wishes, began: crate::model::Boot) -> bool {
    let elapsed = Duration::from_millis(clock::boot().since(began));
    let rest = wishes.limit.map_or(STATUS, |limit| limit.saturating_sub(elapsed));
    let interrupted = runtime.block_on(async {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => true,
            () = tokio::time::sleep(rest.min(STATUS)) => false,
        }
    });
    interrupted || rest.is_zero()
}

fn tell(lab: &Lab, lives: &[Life], out: &mut impl Write) -> Result<()> {
    let glimpses: Vec<_> = lives.iter().map(Life::glimpse).collect();
    let count = |doing: Doing| glimpses.iter().filter(|glimpse| glimpse.doing == doing).count();
    let taps: u64 = glimpses.iter().map(|glimpse| glimpse.taps).sum();
    let bytes: u64 = glimpses.iter().map(|glimpse| glimpse.bytes).sum();
    writeln!(
        out,
        "phones: {} online, {} captive, {} away, {} stuck; {taps} taps, {} MB downloaded",
        count(Doing::Online),
        count(Doing::Captive),
        count(Doing::Away),
        count(Doing::Stuck),
        bytes / 1_000_000,
    )?;
    if let Some(trouble) = glimpses.iter().find_map(|glimpse| glimpse.trouble.as_deref()) {
        writeln!(out, "  last trouble: {trouble}")?;
    }
    match lab.control(&json!({"do": "status"})) {
        Ok(status) => writeln!(out, "  gateway: {}", summary(&status))?,
        Err(error) => writeln!(out, "  gateway does not answer: {error:#}")?,
    }
    Ok(())
}

/// One phrase for each network of a status.
fn summary(status: &Value) -> String {
    let networks = status["ok"]["figures"]["networks"].as_object();
    let phrases = networks.into_iter().flatten().map(|(id, network)| {
        let totals = &network["totals"];
        let megabytes = |way: &str| totals["usage"][way]["bytes"].as_u64().unwrap_or(0) / 1_000_000;
        format!(
            "{id} {} online of {} seen, {} grants, {} conflicts, {} MB down, {} MB up",
            network["granted"],
            network["known"],
            totals["grants"],
            totals["conflicts"],
            megabytes("down"),
            megabytes("up"),
        )
    });
    phrases.collect::<Vec<_>>().join("; ")
}
