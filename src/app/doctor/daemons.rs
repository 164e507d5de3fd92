//! Both processes: their sockets, and the portal as stations reach it.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::net::UnixStream;

use super::Group;
use super::tool::{self, Outcome};
use crate::app::control::{self, ControlRequest};
use crate::config::{Config, InterfaceName, Network};

/// The gateway answers itself at once or never.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);

/// Examines both processes and the portal.
pub(super) async fn examine(group: &mut Group<'_>, config: &Config) {
    let run_dir = &config.gateway.run_dir;
    socket(group, "portico-netd", &run_dir.join("netd.sock")).await;
    socket(group, "portico", &run_dir.join("control.sock")).await;
    running(group, run_dir).await;
    for network in &config.networks {
        let mut ports = vec![(80, config.portal.http_port)];
        if network.tls.is_some() {
            ports.push((443, config.portal.https_port));
        }
        // Where there is no address the interfaces' own check says so.
        for family in ["-4", "-6"] {
            let Some(address) = address_of(&network.interface, family).await else {
                continue;
            };
            for &(public, port) in &ports {
                try_portal(group, network, public, SocketAddr::new(address, port)).await;
            }
        }
    }
}

/// What the running portal tells of itself. When it does not answer, the sockets' own checks have said so.
async fn running(group: &mut Group<'_>, run_dir: &Path) {
    let run_dir = run_dir.to_owned();
    let asked = tokio::task::spawn_blocking(move || control::ask(&run_dir, &ControlRequest::Status)).await;
    let Ok(Ok(status)) = asked else { return };
    match status["uplink"].as_bool() {
        Some(false) => group.fail(
            "no address of [uplink] check answers: the pages say that there is no Internet",
            "look at the uplink; if those addresses are blocked there, name others in [uplink] check",
        ),
        Some(true) => group.ok("the Internet is reached"),
        None => {}
    }
    if let Some(fault) = status["register"]["fault"].as_str() {
        group.fail(
            format!("the access register: {fault}"),
            "make its directory writable and make room; what waits in memory is then written",
        );
    }
    let networks = status["services"].as_object().into_iter().flatten();
    for (id, network) in networks {
        if network["self_test_seconds"].as_u64().unwrap_or(0) > 0 {
            group.warn(
                format!("{id}: the snippet is in self-test: the Commission counts nobody"),
                format!("portico selftest {id} off; it ends by itself after an hour"),
            );
        }
    }
}

async fn try_portal(group: &mut Group<'_>, network: &Network, public: u16, at: SocketAddr) {
    let (id, interface) = (network.id, network.interface.clone());
    let version = if at.is_ipv4() { "IPv4" } else { "IPv6" };
    let answered = tokio::task::spawn_blocking(move || connect(at, &interface)).await;
    match answered {
        Ok(Ok(())) => group.ok(format!(
            "{id}: the portal answers behind port {public} over {version}"
        )),
        Ok(Err(error)) => group.fail(
            format!("{id}: the portal does not answer at {at} (behind port {public}): {error}"),
            "systemctl status portico",
        ),
        Err(_) => group.warn(format!("{id}: the portal was not tried"), "try again"),
    }
}

async fn socket(group: &mut Group<'_>, process: &str, path: &Path) {
    match UnixStream::connect(path).await {
        Ok(_) => group.ok(format!("{process} listens")),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => group.warn(
            format!("{process}: not tried, this user may not speak to it"),
            "run portico doctor as root",
        ),
        Err(error) => group.fail(
            format!("{process} does not listen at {}: {error}", path.display()),
            format!("systemctl start {process}"),
        ),
    }
}

/// Connects as if the connection came in by the interface: the portal's listeners are bound to it,
/// and the kernel delivers a local connection of a bound socket by that interface.
fn connect(at: SocketAddr, interface: &InterfaceName) -> std::io::Result<()> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    socket.bind_device(Some(interface.as_str().as_bytes()))?;
    socket.connect_timeout(&SockAddr::from(at), CONNECT_LIMIT)
}

/// The gateway's address on an interface; `family` as an option of `ip`.
async fn address_of(interface: &InterfaceName, family: &str) -> Option<IpAddr> {
    let Outcome::Done(text) = tool::run(
        "ip",
        &[
            family,
            "-j",
            "addr",
            "show",
            "dev",
            interface.as_str(),
            "scope",
            "global",
        ],
        "",
    )
    .await
    else {
        return None;
    };
    let links: serde_json::Value = serde_json::from_str(&text).ok()?;
    links
        .get(0)?
        .get("addr_info")?
        .get(0)?
        .get("local")?
        .as_str()?
        .parse()
        .ok()
}
