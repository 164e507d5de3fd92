//! The intercept port: a captive station's port 80 to anywhere, and anybody's port 80 to the gateway.
//!
//! | who | asks | gets |
//! |---|---|---|
//! | captive, blocked | any page or probe | 302 to the portal, with a page that leads there |
//! | captive, blocked | a probe of an agent that dislikes redirects | 200 with that page |
//! | granted, exempt | a probe, on a connection redirected before the grant | 503: ask again |
//! | granted, exempt | any page, likewise | 307 to the same address, which is open now |
//! | anybody | the portal's host | the portal, or its https address |
//! | anybody | the gateway by its address, or another network's portal | 302 to the portal |
//! | anybody | anything but GET or HEAD elsewhere | 403 |
//!
//! Success is never faked: only the real server says 204. A granted station's late probe gets no
//! redirect either, since every agent takes that for a portal; a 5xx counts as "no answer yet" and is
//! repeated at once, by then on a connection that goes through.

use std::net::{IpAddr, UdpSocket};

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode, header};

use super::reply::{self, Reply};
use super::request::{Manner, Target, path_and_query};
use super::site::{self, Visit};
use crate::core::{Answer, Question, Standing};
use crate::model::figures::DeviceFamily;
use crate::wire::probe::{self, Probe, ProbeAnswer, ProbeFamily};

/// Answers one request on the intercept port. `local` is the gateway's end of the connection.
pub(super) async fn answer(visit: &Visit<'_>, local: IpAddr, request: Request<Incoming>) -> Reply {
    let Ok(target) = Target::of(&request) else {
        return reply::closing(reply::sentence(StatusCode::BAD_REQUEST, "Bad Host\n"));
    };
    if target.host() == visit.network.host {
        return own_host(visit, request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return reply::closing(reply::sentence(StatusCode::FORBIDDEN, "Sign in first\n"));
    }
    let Some(mac) = visit.mac else {
        return reply::closing(site::stranger(visit, &Manner::of(&request)));
    };
    let portal = visit.network.portal_url(visit.https);
    if leads_to_gateway(visit, target.host(), local) {
        return to_portal(&portal, StatusCode::FOUND);
    }
    let agent = request.headers().get(header::USER_AGENT);
    let agent = agent.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let probe = probe::recognise(target.host(), request.uri().path(), agent);
    let question = probe.map_or(Question::Status, |probe| Question::Probe(family(probe.family)));
    match visit.ask(mac, question).await {
        Some(Answer::Is(Standing::Granted { .. } | Standing::Exempt)) => {
            through(&target, path_and_query(request.uri()), probe)
        }
        _ => match probe {
            Some(Probe {
                answer: ProbeAnswer::Page,
                ..
            }) => to_portal(&portal, StatusCode::OK),
            _ => to_portal(&portal, StatusCode::FOUND),
        },
    }
}

/// What a device is, as far as the statistics want to know.
const fn family(probe: ProbeFamily) -> DeviceFamily {
    match probe {
        ProbeFamily::Android
        | ProbeFamily::Samsung
        | ProbeFamily::Xiaomi
        | ProbeFamily::Huawei
        | ProbeFamily::Honor
        | ProbeFamily::Oppo
        | ProbeFamily::Vivo
        | ProbeFamily::Kindle => DeviceFamily::Android,
        ProbeFamily::Apple => DeviceFamily::Apple,
        ProbeFamily::Windows | ProbeFamily::Edge => DeviceFamily::Windows,
        ProbeFamily::Chrome
        | ProbeFamily::Firefox
        | ProbeFamily::Gnome
        | ProbeFamily::Debian
        | ProbeFamily::Ubuntu
        | ProbeFamily::Fedora
        | ProbeFamily::Arch
        | ProbeFamily::Kde
        | ProbeFamily::Steam
        | ProbeFamily::Nintendo
        | ProbeFamily::PlayStation
        | ProbeFamily::Independent => DeviceFamily::Other,
    }
}

/// The portal's own host over http: only a stepping stone once there is a certificate.
async fn own_host(visit: &Visit<'_>, request: Request<Incoming>) -> Reply {
    if !visit.https {
        return site::answer(visit, request).await;
    }
    let host = &visit.network.host;
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let location = format!("https://{host}{}", path_and_query(request.uri()));
        return reply::closing(reply::redirect(StatusCode::TEMPORARY_REDIRECT, &location));
    }
    // A form token that travelled in clear text is not followed up.
    reply::closing(reply::redirect(
        StatusCode::SEE_OTHER,
        &format!("https://{host}/"),
    ))
}

/// Addresses that lead here whatever the firewall does: a redirect to "the same address" would turn in
/// circles.
fn leads_to_gateway(visit: &Visit<'_>, host: &str, local: IpAddr) -> bool {
    host.is_empty()
        || host
            .parse()
            .is_ok_and(|address| address == local || is_own_address(address))
        || visit.config.networks.iter().any(|network| network.host == host)
}

/// Whether the address is this machine's, on whatever interface: the kernel lets sockets have no other.
fn is_own_address(address: IpAddr) -> bool {
    match address {
        // These need a scope, which a host header cannot carry; nothing beyond the link is reached by
        // them, and of the link only what was sent to us comes here.
        IpAddr::V6(v6) if v6.is_unicast_link_local() => true,
        _ => UdpSocket::bind((address, 0)).is_ok(),
    }
}

/// A station that has access by now.
fn through(target: &Target, path: &str, probe: Option<Probe>) -> Reply {
    if probe.is_some() {
        let mut reply = reply::sentence(StatusCode::SERVICE_UNAVAILABLE, "Access is open: ask again\n");
        reply::set(&mut reply, header::RETRY_AFTER, "1");
        return reply::closing(reply);
    }
    let location = format!("http://{}{path}", target.authority);
    reply::closing(reply::redirect(StatusCode::TEMPORARY_REDIRECT, &location))
}

/// The way to the portal, for agents that follow redirects and for those that read pages. The body
/// must be longer than four bytes: Android takes less for a broken network.
fn to_portal(portal: &str, status: StatusCode) -> Reply {
    let body = format!(
        "<!doctype html><html lang=\"it\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"refresh\" content=\"0;url={portal}\"><title>WiFi</title></head>\
         <body><p><a href=\"{portal}\">{portal}</a></p></body></html>\n"
    );
    let mut reply = reply::plain(status, "text/html; charset=utf-8", body);
    if status.is_redirection() {
        reply::set(&mut reply, header::LOCATION, portal);
    }
    reply::closing(reply)
}
