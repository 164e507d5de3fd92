//! What may go wrong on a gateway without anybody at the fountain noticing.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::limits::keeps_to;
use super::{Journey, ping_both, rates, told_usage};
use crate::app::clock;
use crate::app::lab::daemon::poll;
use crate::app::lab::dns::Family;
use crate::app::lab::traffic::Reach;
use crate::app::lab::{Lab, plan};

/// How long a ruleset that somebody else removed may be gone.
const REPAIR: Duration = Duration::from_secs(3);
/// How long a restarted pair may take to answer again.
const SETTLE: Duration = Duration::from_secs(10);

pub(super) fn helper_killed(journey: &mut Journey) -> Result<String> {
    undisturbed(journey, |lab| {
        lab.netd()?.kill()?;
        std::thread::sleep(Duration::from_millis(500));
        lab.start_netd()
    })
}

pub(super) fn portal_killed(journey: &mut Journey) -> Result<String> {
    undisturbed(journey, |lab| {
        lab.portico()?.kill()?;
        std::thread::sleep(Duration::from_millis(500));
        lab.start_portico()
    })
}

pub(super) fn both_killed(journey: &mut Journey) -> Result<String> {
    undisturbed(journey, |lab| {
        lab.portico()?.kill()?;
        lab.netd()?.kill()?;
        std::thread::sleep(Duration::from_millis(500));
        lab.start()
    })
}

/// Does something to the gateway in the middle of a stream of packets and of a transfer; fails when
/// the station notices.
fn undisturbed(journey: &mut Journey, disturb: impl FnOnce(&mut Lab) -> Result<()>) -> Result<String> {
    let mac = journey.anna.mac();
    let (used, left) = (journey.usage(mac)?, seconds_left(journey)?);
    // Both well below the plan: a packet that does not come back was lost by the gateway's fault.
    let to = SocketAddr::new(plan::city(Family::V6), plan::ECHO_PORTS[0]);
    let mut transfer = journey.anna.connect(to, SETTLE)?;
    echo(&mut transfer)?;
    let stream = journey.anna.echo_stream(Family::V4)?;
    let disturbed = disturb(&mut journey.lab);
    let still_open = ping_both(&journey.anna, Reach::Answered);
    let count = stream.finish()?;
    disturbed?;
    still_open?;
    echo(&mut transfer).context("the open connection does not go on")?;
    ensure!(
        count.sent == count.returned,
        "{} of {} packets came back",
        count.returned,
        count.sent
    );
    let left_now = poll(SETTLE, || seconds_left(journey).ok()).context("the API does not answer")?;
    let used_now = journey.usage(mac)?;
    ensure!(used_now > used, "usage went from {used} to {used_now} bytes");
    ensure!(left_now <= left, "time left went from {left} to {left_now} s");
    ensure!(
        left - left_now < 120,
        "time left went from {left} to {left_now} s"
    );
    Ok(format!(
        "all of {} packets came back; usage {used} → {used_now} bytes; {left} → {left_now} s left",
        count.sent
    ))
}

/// One more piece of a conversation.
fn echo(stream: &mut TcpStream) -> Result<()> {
    let piece = [0x50; 4_096];
    let mut back = [0; 4_096];
    stream.write_all(&piece)?;
    stream.read_exact(&mut back)?;
    ensure!(back == piece, "another piece came back");
    Ok(())
}

fn seconds_left(journey: &Journey) -> Result<u64> {
    let said = journey.anna.capport()?;
    ensure!(!said.captive, "the API says captive");
    said.seconds_remaining.context("the API says no time")
}

pub(super) fn flush(journey: &mut Journey) -> Result<String> {
    let mac = journey.anna.mac();
    let used = told_usage(&journey.lab, mac)?;
    journey.lab.nft(&["flush", "ruleset"])?;
    let began = clock::boot();
    let repaired = poll(REPAIR, || journey.usage(mac).ok());
    let took = clock::boot().since(began);
    let Some(counted) = repaired else {
        bail!("the station is not back within {REPAIR:?}");
    };
    // What was counted between the last reading and the flush went with the elements; what had been
    // told must not be taken back.
    ensure!(
        counted >= used,
        "usage was told as {used} bytes, and counting went on at {counted}"
    );
    let told = told_usage(&journey.lab, mac)?;
    ensure!(told >= used, "the told usage went from {used} to {told} bytes");
    let seen = ping_both(&journey.anna, Reach::Answered)?;
    Ok(format!(
        "repaired in {took} ms; told usage {used} → {told} bytes; {seen}"
    ))
}

pub(super) fn reload(journey: &mut Journey) -> Result<String> {
    let plan = rates(0)?;
    let left = seconds_left(journey)?;
    let half = plan.down.bytes_per_second() / 2;
    set_rate_down(journey, half)?;
    let stream = journey.anna.echo_stream(Family::V6)?;
    let answer = portico_reload(journey)?;
    let count = stream.finish()?;
    ensure!(answer.0 == 0, "portico reload: {}", answer.1);
    ensure!(
        count.sent == count.returned,
        "{} of {} packets came back",
        count.returned,
        count.sent
    );
    let seen = keeps_to(rates(0)?.down, journey.anna.download(Family::V4, 6)?)?;
    let left_now = seconds_left(journey)?;
    ensure!(
        left_now <= left && left - left_now < 60,
        "{left} → {left_now} s left"
    );
    Ok(format!("{seen}; {left} → {left_now} s left"))
}

fn portico_reload(journey: &Journey) -> Result<(i32, String)> {
    let place = Lab::run_dir();
    let arguments = ["reload".as_ref(), "--run-dir".as_ref(), place.as_os_str()];
    journey.lab.portico_command(&arguments)
}

fn set_rate_down(journey: &mut Journey, bytes_per_second: u64) -> Result<()> {
    let rate = format!("{} bit/s", bytes_per_second * 8);
    journey.lab.edit_network(0, |network| {
        let section = network.entry("rate").or_insert_with(|| toml::Table::new().into());
        if let Some(section) = section.as_table_mut() {
            section.insert("down".to_owned(), rate.into());
        }
    })
}

pub(super) fn bad_reload(journey: &mut Journey) -> Result<String> {
    let plan = rates(0)?.down;
    let file = Lab::config_path();
    let good = std::fs::read_to_string(&file)?;
    std::fs::write(&file, good.replace("[gateway]", "[gateway]\nnonsense = 1"))?;
    let (code, said) = portico_reload(journey)?;
    let still_open = ping_both(&journey.anna, Reach::Answered);
    std::fs::write(&file, good)?;
    ensure!(code != 0, "portico reload took it: {said}");
    still_open?;
    let seen = keeps_to(plan, journey.anna.download(Family::V4, 5)?)?;
    let first = said.lines().next().unwrap_or_default();
    Ok(format!("refused ({first}); {seen}"))
}

/// The station is captive at this point.
pub(super) fn no_internet(journey: &mut Journey) -> Result<String> {
    let before = journey.anna.open_portal()?;
    journey.lab.uplink().set_deaf(true)?;
    let noticed = wait_for_uplink(&journey.lab, false);
    let refused = journey.anna.press(&before);
    let page = journey.anna.browse(&before.url.to_string());
    let captive = journey.anna.capport();
    journey.lab.uplink().set_deaf(false)?;
    let (lost, refused, page) = (noticed?, refused?, page?);
    ensure!(captive?.captive, "the captive portal API says online");
    ensure!(
        refused.response.status() == 503,
        "the tap led to status {}",
        refused.response.status()
    );
    ensure!(page.forms.is_empty(), "the page still offers the tap");
    let back = wait_for_uplink(&journey.lab, true)?;
    let page = journey.anna.browse(&before.url.to_string())?;
    ensure!(page.forms.len() == 1, "the page does not offer the tap again");
    Ok(format!(
        "noticed after {lost} ms, the tap refused; offered again {back} ms after the end"
    ))
}

/// Waits until the gateway thinks so of its uplink; milliseconds.
fn wait_for_uplink(lab: &Lab, up: bool) -> Result<u64> {
    /// Two looks, each with its patience, and the pause before the first.
    const PATIENCE: Duration = Duration::from_secs(90);
    let began = clock::boot();
    let thinks_so = || {
        let status = lab.control(&serde_json::json!({"do": "status"})).ok()?;
        (status["ok"]["uplink"] == up).then_some(())
    };
    poll(PATIENCE, thinks_so).with_context(|| format!("the gateway does not take its uplink as {up}"))?;
    Ok(clock::boot().since(began))
}

pub(super) fn net_down(journey: &mut Journey) -> Result<String> {
    journey.lab.portico()?.stop(SETTLE)?;
    let (code, said) = {
        let file = Lab::config_path();
        let arguments = [
            "net".as_ref(),
            "down".as_ref(),
            "--config".as_ref(),
            file.as_os_str(),
        ];
        journey.lab.portico_command(&arguments)?
    };
    ensure!(code == 0, "portico net down: {said}");
    journey.lab.netd()?.wait_end(SETTLE)?;
    let left = journey.lab.nft(&["list", "ruleset"])?;
    ensure!(!left.contains("portico"), "left behind:\n{left}");
    Ok("no table of Portico is left; portico-netd has ended".to_owned())
}
