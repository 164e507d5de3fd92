//! From the first frame to the tap, and back out again.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};

use super::{GARDEN_NAME, Journey, ping_both};
use crate::app::lab::dns::Family;
use crate::app::lab::phone::Phone;
use crate::app::lab::plan;
use crate::app::lab::probes::{PROBES, Verdict};
use crate::app::lab::traffic::Reach;

pub(super) fn join(journey: &mut Journey) -> Result<String> {
    let host = journey.anna.lan().host.clone();
    let lease = journey.anna.join()?.clone();
    let v6 = journey.anna.addresses_v6()?;
    let api = lease.captive_portal.context("the lease has no option 114")?;
    ensure!(
        api.starts_with(&format!("https://{host}/")),
        "option 114 says {api}"
    );
    let api_v6 = journey.anna.captive_portal_v6()?;
    ensure!(
        api_v6.as_deref() == Some(&api),
        "DHCPv6 option 103 says {api_v6:?}"
    );
    let v6 = v6.first().context("no IPv6 address")?;
    Ok(format!("{}, {v6}, {api}", lease.address))
}

pub(super) fn shut(journey: &mut Journey) -> Result<String> {
    let phone = &journey.anna;
    let mut attempts = 0;
    for family in Family::BOTH {
        let city = plan::city(family);
        ensure!(
            phone.ping(city)? != Reach::Answered,
            "ping over {family} was answered"
        );
        for port in plan::ECHO_PORTS {
            let to = SocketAddr::new(city, port);
            ensure!(phone.tcp(to) != Reach::Answered, "TCP to {to} was answered");
            ensure!(
                phone.udp_probe(to)? != Reach::Answered,
                "UDP to {to} was answered"
            );
            attempts += 2;
        }
        attempts += 1;
    }
    let dns = stray_dns(phone)?;
    Ok(format!("none of {attempts} attempts answered; {dns}"))
}

/// dnsmasq is asked by the forwarder, the kernel opens what it says, and only then the phone hears of
/// it: no waiting here.
pub(super) fn garden_by_name(journey: &mut Journey) -> Result<String> {
    let phone = &journey.anna;
    for family in Family::BOTH {
        let to = SocketAddr::new(plan::garden(family), 443);
        ensure!(
            phone.tcp(to) != Reach::Answered,
            "{to} was open before anybody asked"
        );
        let shut = phone.resolve(&format!("shut{}", plan::GARDEN_NAMES), family)?;
        ensure!(shut == to.ip(), "the other name gave {shut}");
        ensure!(
            phone.tcp(to) != Reach::Answered,
            "{to} was opened by a name that is not in the garden"
        );
        let found = phone.resolve(GARDEN_NAME, family)?;
        ensure!(found == to.ip(), "{GARDEN_NAME} gave {found}");
        ensure!(phone.tcp(to) == Reach::Answered, "{to} stays shut");
        let city = SocketAddr::new(phone.resolve("city.example", family)?, 443);
        ensure!(phone.tcp(city) != Reach::Answered, "{city} is open");
        ensure!(phone.udp_probe(to)? != Reach::Answered, "UDP to {to} is open");
    }
    Ok(format!(
        "{GARDEN_NAME}: {} and {}, TCP 443",
        plan::GARDEN_V4,
        plan::GARDEN_V6
    ))
}

/// The city server answers no DNS, so whoever answers in its name is the gateway.
fn stray_dns(phone: &Phone) -> Result<String> {
    for family in Family::BOTH {
        let nowhere = SocketAddr::new(plan::city(family), 53);
        let found = phone.resolve_at(nowhere, "stray.example", Family::V4)?;
        ensure!(found == [plan::CITY_V4], "stray DNS over {family} gave {found:?}");
    }
    Ok("stray DNS answered by the gateway itself".to_owned())
}

pub(super) fn probes_are_answered(journey: &mut Journey) -> Result<String> {
    let host = journey.anna.lan().host.clone();
    let mut wrong = Vec::new();
    for family in Family::BOTH {
        for probe in PROBES {
            match journey.anna.probe(probe, family) {
                Ok(Verdict::Portal(address)) if address.contains(&host) => {}
                other => wrong.push(format!("{} over {family}: {other:?}", probe.os)),
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(format!(
        "{} systems, each over IPv4 and IPv6, sent to {host}",
        PROBES.len()
    ))
}

pub(super) fn probes_are_real(journey: &mut Journey) -> Result<String> {
    let mut wrong = Vec::new();
    for family in Family::BOTH {
        for probe in PROBES {
            match journey.anna.probe(probe, family) {
                Ok(Verdict::Online) => {}
                other => wrong.push(format!("{} over {family}: {other:?}", probe.os)),
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(format!(
        "{} systems, each over IPv4 and IPv6, see the real server",
        PROBES.len()
    ))
}

pub(super) fn api_says_captive(journey: &mut Journey) -> Result<String> {
    let said = journey.anna.capport()?;
    ensure!(said.captive, "it says {said:?}");
    let portal = said.user_portal_url.context("no user-portal-url")?;
    ensure!(portal.starts_with("https://"), "user-portal-url is {portal}");
    Ok(format!("captive, {portal}"))
}

pub(super) fn api_says_online(journey: &mut Journey) -> Result<String> {
    let said = journey.anna.capport()?;
    ensure!(!said.captive, "it says {said:?}");
    let left = said.seconds_remaining.context("no seconds-remaining")?;
    // Four hours, as the journey's configuration says.
    ensure!((3_600..=4 * 3_600).contains(&left), "seconds-remaining is {left}");
    Ok(format!("online, {left} s left"))
}

pub(super) fn page(journey: &mut Journey) -> Result<String> {
    let page = journey.anna.open_portal()?;
    ensure!(page.url.secure, "the portal is at {}", page.url);
    ensure!(page.response.status() == 200, "status {}", page.response.status());
    ensure!(page.forms.len() == 1, "the page has {} forms", page.forms.len());
    let store = page.response.header("cache-control").unwrap_or_default();
    ensure!(store.contains("no-store"), "Cache-Control is {store:?}");
    Ok(format!("{}, {} bytes", page.url, page.response.body.len()))
}

pub(super) fn wrong_token(journey: &mut Journey) -> Result<String> {
    let phone = &journey.anna;
    let page = phone.open_portal()?;
    let mut form = page.forms.first().context("the page has no form")?.clone();
    for (_, value) in &mut form.fields {
        *value = value.chars().rev().collect();
    }
    let forged = phone.submit(&page, &form)?;
    form.fields.clear();
    let empty = phone.submit(&page, &form)?;
    ensure!(
        phone.capport()?.captive,
        "the forged form ({}) let the station in",
        forged.response.status()
    );
    ping_both(phone, Reach::Silent)?;
    Ok(format!(
        "forged: {}, empty: {}, still captive",
        forged.response.status(),
        empty.response.status()
    ))
}

pub(super) fn tap(journey: &mut Journey) -> Result<String> {
    let phone = &journey.anna;
    let page = phone.tap()?;
    ensure!(
        page.response.status() == 200,
        "the tap led to status {}",
        page.response.status()
    );
    // The page is shown after the kernel has acknowledged: no waiting here.
    let seen = ping_both(phone, Reach::Answered)?;
    for family in Family::BOTH {
        let to = SocketAddr::new(plan::city(family), 443);
        ensure!(phone.tcp(to) == Reach::Answered, "TCP to {to} is not answered");
        ensure!(
            phone.udp_probe(to)? == Reach::Answered,
            "QUIC to {to} is not answered"
        );
    }
    Ok(format!("{}; {seen}; TCP and UDP 443 open", page.url))
}

pub(super) fn disconnect(journey: &mut Journey) -> Result<String> {
    let phone = &journey.anna;
    let mut open = phone.connect(
        SocketAddr::new(plan::city(Family::V6), plan::ECHO_PORTS[0]),
        std::time::Duration::from_secs(2),
    )?;
    let host = &phone.lan().host;
    let page = phone.browse(&format!("https://{host}/"))?;
    phone.press(&page)?;
    let seen = ping_both(phone, Reach::Silent)?;
    ensure!(phone.capport()?.captive, "the captive portal API says online");
    if still_flows(&mut open) {
        bail!("a connection made before goes on");
    }
    match phone.probe(&PROBES[0], Family::V4)? {
        Verdict::Portal(_) => Ok(format!("{seen}; captive again; the open connection is cut")),
        other => bail!("the probe sees {other:?}"),
    }
}

pub(super) fn still_flows(stream: &mut std::net::TcpStream) -> bool {
    use std::io::{Read, Write};
    let patience = Some(std::time::Duration::from_secs(2));
    let echoed = stream
        .set_read_timeout(patience)
        .and_then(|()| stream.write_all(b"still there?"))
        .and_then(|()| stream.read(&mut [0; 32]));
    echoed.is_ok_and(|length| length > 0)
}
