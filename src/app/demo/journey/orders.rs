//! What an administrator orders about one station, seen from that station.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::arrival::still_flows;
use super::{Journey, ping_both};
use crate::app::clock;
use crate::app::lab::dns::Family;
use crate::app::lab::phone::Phone;
use crate::app::lab::plan;
use crate::app::lab::probes::{PROBES, Verdict};
use crate::app::lab::traffic::Reach;

/// A phone of its own.
const PHONE: &str = "02:00:5e:10:00:77";

pub(super) fn orders(journey: &mut Journey) -> Result<String> {
    let phone = journey.station(PHONE)?;
    phone.tap()?;
    ping_both(&phone, Reach::Answered)?;
    let echo = SocketAddr::new(plan::city(Family::V4), plan::ECHO_PORTS[0]);
    let mut open = phone.connect(echo, Duration::from_secs(2))?;

    order(journey, &json!("end"))?;
    soon(&phone, Reach::Silent)?;
    ensure!(!still_flows(&mut open), "a connection made before goes on");
    phone.tap()?;
    ping_both(&phone, Reach::Answered)?;

    order(
        journey,
        &json!({"block": {"until": in_an_hour()?, "reason": "Journey"}}),
    )?;
    soon(&phone, Reach::Silent)?;
    let page = phone.open_portal()?;
    if !page.forms.is_empty() {
        phone.press(&page)?;
    }
    ping_both(&phone, Reach::Silent)?;
    order(journey, &json!("lift"))?;

    let exempt = json!({"exempt": {"until": in_an_hour()?, "reason": null}});
    order(journey, &exempt)?;
    soon(&phone, Reach::Answered)?;
    is_untouched(&phone)?;
    order(journey, &json!("lift"))?;
    let seen = soon(&phone, Reach::Silent)?;
    Ok(format!(
        "ended, blocked, exempt without a tap, and captive again: {seen}"
    ))
}

/// The kernel is told after the administrator: within a second, says the promise.
fn soon(phone: &Phone, wanted: Reach) -> Result<String> {
    let deadline = clock::boot().plus_ms(1_000);
    loop {
        match ping_both(phone, wanted) {
            Err(_) if clock::boot() < deadline => std::thread::sleep(Duration::from_millis(50)),
            outcome => return outcome,
        }
    }
}

/// Its probe is not sent to the portal.
fn is_untouched(phone: &Phone) -> Result<()> {
    let verdict = phone.probe(&PROBES[0], Family::V4)?;
    ensure!(verdict == Verdict::Online, "its probe sees {verdict:?}");
    Ok(())
}

fn order(journey: &Journey, act: &Value) -> Result<()> {
    let network = journey.lab.lans().first().map(|lan| lan.id.clone());
    let answer = journey
        .lab
        .control(&json!({"do": "act", "network": network, "mac": PHONE, "act": act}))?;
    ensure!(answer["ok"][0][1] == "done", "{act}: {answer}");
    Ok(())
}

fn in_an_hour() -> Result<String> {
    let until = clock::wall().checked_add(jiff::SignedDuration::from_hours(1))?;
    Ok(until.to_string())
}
