//! The helper as a process: who may speak, what it does, and what it leaves behind.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use portico::model::{AccessOp, Counter, Counters, Entry, KernelSession, Mac, OpError};
use portico::net::client::{Client, ClientError, SOCKET, ask_once};
use portico::net::ipc::{MAX_OPS, Reply, Request};
use tempfile::TempDir;

use crate::world::{Namespace, plan};

/// The helper is given this long for anything; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
const STATION: &str = "02:00:5e:10:00:01";

struct Helper {
    gateway: Namespace,
    directory: TempDir,
    process: Child,
}

impl Helper {
    fn start() -> Self {
        let gateway = Namespace::new();
        gateway.run("ip link add br0 type bridge; ip link add br1 type bridge; ip link add wan0 type bridge");
        gateway.run("ip link set br0 up; ip address add 192.0.2.1/24 dev br0");
        let directory = tempfile::tempdir().unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        write_config(&directory, &["piazza"], "br0");
        let process = spawn(&gateway, &directory);
        let helper = Self {
            gateway,
            directory,
            process,
        };
        helper.wait_until_it_serves();
        helper
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("run").join(SOCKET)
    }

    fn wait_until_it_serves(&self) {
        wait_until("the helper serves", || {
            ask_once(&self.socket(), &Request::Reload, PATIENCE).is_ok()
        });
    }

    fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it and waits; whether it ended well.
    fn end(&mut self, signal: &str) -> bool {
        self.signal(signal);
        self.process.wait().unwrap().success()
    }

    fn restart(&mut self) {
        self.process = spawn(&self.gateway, &self.directory);
        self.wait_until_it_serves();
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(gateway: &Namespace, directory: &TempDir) -> Child {
    gateway
        .command(env!("CARGO_BIN_EXE_portico-netd"))
        .arg("--config")
        .arg(directory.path().join("portico.toml"))
        .stdin(Stdio::null())
        .spawn()
        .unwrap()
}

fn write_config(directory: &TempDir, networks: &[&str], first_interface: &str) {
    let path = directory.path().display();
    let mut text = format!(
        "[gateway]\nuplink = \"wan0\"\nrun_dir = \"{path}/run\"\nstate_dir = \"{path}/state\"\nuser = \"daemon\"\n"
    );
    for (index, id) in networks.iter().enumerate() {
        let interface = if index == 0 { first_interface } else { "br1" };
        let network = format!(
            "[[network]]\nid = \"{id}\"\nname = \"Piazza\"\ncomune = \"Comune\"\ninterface = \"{interface}\"\nhost = \"{id}.example.org\"\n"
        );
        text.push_str(&network);
    }
    std::fs::write(directory.path().join("portico.toml"), text).unwrap();
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..400 {
        if condition() {
            return;
        }
        std::thread::sleep(PATIENCE / 400);
    }
    panic!("did not happen: {what}");
}

fn grant(mac: &str, up: u64) -> AccessOp {
    AccessOp::Grant {
        network: "piazza".parse().unwrap(),
        mac: mac.parse().unwrap(),
        entry: Entry {
            plan: Some(plan()),
            timeout_ms: Some(3_600_000),
        },
        seed: Counters {
            up: Counter {
                packets: 1,
                bytes: up,
            },
            down: Counter::default(),
        },
    }
}

async fn connect(helper: &Helper, subscribe: bool) -> Client {
    Client::connect(&helper.socket(), subscribe).await.unwrap()
}

/// The next reply that is not a sighting.
async fn next(client: &mut Client) -> Result<Reply, ClientError> {
    loop {
        let reply = tokio::time::timeout(PATIENCE, client.replies.next())
            .await
            .expect("an answer in time")?;
        if !matches!(
            reply,
            Reply::Seen(_) | Reply::AddressGone { .. } | Reply::Malformed { .. }
        ) {
            return Ok(reply);
        }
    }
}

async fn ask(client: &mut Client, request: Request) -> Result<Reply, ClientError> {
    client.requests.send(&request).await?;
    next(client).await
}

async fn apply(client: &mut Client, ops: Vec<AccessOp>) -> Result<(), OpError> {
    match ask(client, Request::Apply { id: 7, ops }).await.unwrap() {
        Reply::Applied { id: 7, outcome } => outcome.map(|_| ()),
        other => panic!("{other:?}"),
    }
}

async fn sessions(client: &mut Client) -> Vec<KernelSession> {
    match ask(client, Request::ListSessions).await.unwrap() {
        Reply::Sessions { sessions, last: true } => sessions,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_session_is_granted_counted_listed_and_revoked() {
    let helper = Helper::start();
    let mut client = connect(&helper, true).await;
    assert_eq!(client.networks, ["piazza".parse().unwrap()]);
    apply(&mut client, vec![grant(STATION, 700)]).await.unwrap();
    let held = sessions(&mut client).await;
    assert_eq!(held.len(), 1);
    assert_eq!(
        (held[0].entry.plan, held[0].counters.up.bytes),
        (Some(plan()), 700)
    );
    let mac: Mac = STATION.parse().unwrap();
    let other: Mac = "02:00:5e:10:00:02".parse().unwrap();
    let read = Request::ReadCounters {
        network: "piazza".parse().unwrap(),
        macs: vec![mac, other],
    };
    let Reply::Counters {
        readings, missing, ..
    } = ask(&mut client, read).await.unwrap()
    else {
        panic!("counters");
    };
    assert_eq!((readings[0].1.up.bytes, missing), (700, vec![other]));
    let revoke = AccessOp::Revoke {
        network: "piazza".parse().unwrap(),
        mac,
    };
    apply(&mut client, vec![revoke]).await.unwrap();
    assert_eq!(sessions(&mut client).await, []);
}

#[tokio::test]
async fn a_batch_with_a_wrong_field_changes_nothing() {
    let helper = Helper::start();
    let mut client = connect(&helper, false).await;
    let own = helper
        .gateway
        .run("cat /proc/net/if_inet6 >/dev/null; ip -o link show br0");
    let own = own.split("link/ether ").nth(1).unwrap()[..17].to_owned();
    let elsewhere = AccessOp::Revoke {
        network: "molini".parse().unwrap(),
        mac: STATION.parse().unwrap(),
    };
    let mut endless = grant(STATION, 0);
    if let AccessOp::Grant { entry, .. } = &mut endless {
        entry.timeout_ms = Some(u64::MAX);
    }
    for wrong in [grant(&own, 0), elsewhere, endless] {
        let outcome = apply(&mut client, vec![grant(STATION, 0), wrong]).await;
        assert!(
            matches!(outcome, Err(OpError::Refused { index: 1, .. })),
            "{outcome:?}"
        );
    }
    let many = vec![grant(STATION, 0); MAX_OPS + 1];
    assert!(matches!(
        apply(&mut client, many).await,
        Err(OpError::Refused { .. })
    ));
    assert_eq!(sessions(&mut client).await, []);
}

#[tokio::test]
async fn bytes_that_are_no_request_end_that_connection_alone() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let helper = Helper::start();
    let mut good = connect(&helper, false).await;
    let hello = portico::net::frame::encode(&Request::Hello {
        version: 1,
        subscribe: false,
    })
    .unwrap();
    let too_long = [0xff_u8; 4].to_vec();
    let nonsense = [&hello[..], &[3, 0, 0, 0, 250, 250, 250]].concat();
    let before_hello = portico::net::frame::encode(&Request::ListSessions).unwrap();
    for bytes in [too_long, nonsense, before_hello] {
        let mut stream = tokio::net::UnixStream::connect(helper.socket()).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        let mut rest = Vec::new();
        let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(end.is_ok(), "the helper closes it");
    }
    assert_eq!(sessions(&mut good).await, []);
}

#[tokio::test]
async fn only_root_and_the_user_may_speak_and_only_root_tears_down() {
    let helper = Helper::start();
    std::fs::set_permissions(helper.socket(), std::fs::Permissions::from_mode(0o666)).unwrap();
    let ask_as = |uid: u32, request: Request| {
        let socket = helper.socket();
        let asking = std::thread::spawn(move || {
            // Of this thread alone, which ends right after.
            rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(uid))
                .expect("tests/netd needs root");
            ask_once(&socket, &request, PATIENCE)
        });
        asking.join().unwrap()
    };
    let (daemon, nobody) = (1, 65_534);
    assert_eq!(ask_as(daemon, Request::Reload).unwrap(), Ok(()));
    let refused = ask_as(nobody, Request::Reload);
    assert!(refused.is_err(), "neither root nor the user: {refused:?}");
    let refused = ask_as(daemon, Request::TearDown).unwrap();
    assert_eq!(refused, Err("only root may ask for this".to_owned()));
    assert!(helper.gateway.run("nft list tables").contains("inet portico"));
}

#[tokio::test]
async fn a_flushed_ruleset_stands_again_and_the_daemon_is_told() {
    let helper = Helper::start();
    let mut client = connect(&helper, true).await;
    let before = helper.gateway.run("nft -s -t list ruleset");
    for disturbance in [
        "nft flush ruleset",
        "nft delete table inet portico",
        "nft flush chain netdev portico from_stations_piazza",
        "nft insert rule inet portico forward_stations accept",
    ] {
        apply(&mut client, vec![grant(STATION, 0)]).await.unwrap();
        helper.gateway.run(disturbance);
        assert_eq!(
            next(&mut client).await.unwrap(),
            Reply::RulesetRebuilt,
            "{disturbance}"
        );
        assert_eq!(
            helper.gateway.run("nft -s -t list ruleset"),
            before,
            "{disturbance}"
        );
    }
    helper.gateway.run("nft flush set netdev portico auth_piazza");
    assert_eq!(next(&mut client).await.unwrap(), Reply::RulesetRebuilt);
}

#[tokio::test]
async fn a_removed_routing_rule_stands_again() {
    let helper = Helper::start();
    for family in ["-4", "-6"] {
        let before = helper.gateway.run(&format!("ip {family} rule show"));
        assert!(before.contains("iif br0 prohibit"), "{before}");
        helper
            .gateway
            .run(&format!("ip {family} rule delete priority 10"));
        wait_until("the rule stands again", || {
            helper.gateway.run(&format!("ip {family} rule show")) == before
        });
    }
}

#[tokio::test]
async fn a_restart_keeps_the_elements_and_tear_down_leaves_nothing() {
    let mut helper = Helper::start();
    let mut client = connect(&helper, false).await;
    apply(&mut client, vec![grant(STATION, 700)]).await.unwrap();
    for (signal, well) in [("TERM", true), ("KILL", false)] {
        assert_eq!(helper.end(signal), well);
        assert!(
            helper.gateway.run("nft list ruleset").contains(STATION),
            "{signal}"
        );
        helper.restart();
        let mut client = connect(&helper, false).await;
        let held = sessions(&mut client).await;
        assert_eq!((held.len(), held[0].counters.up.bytes), (1, 700), "{signal}");
    }
    let done = ask_once(&helper.socket(), &Request::TearDown, PATIENCE).unwrap();
    assert_eq!(done, Ok(()));
    assert!(helper.process.wait().unwrap().success());
    assert_eq!(helper.gateway.run("nft list ruleset"), "");
    assert!(
        !helper
            .gateway
            .run("ip rule show; ip -6 rule show")
            .contains("prohibit")
    );
    assert!(!helper.socket().exists());
}

#[tokio::test]
async fn a_reload_is_whole_or_nothing() {
    let helper = Helper::start();
    let mut client = connect(&helper, false).await;
    apply(&mut client, vec![grant(STATION, 0)]).await.unwrap();
    let before = helper.gateway.run("nft -s -t list ruleset");
    std::fs::write(helper.directory.path().join("portico.toml"), "nonsense").unwrap();
    let bad = ask(&mut client, Request::Reload).await.unwrap();
    assert!(matches!(bad, Reply::Done(Err(_))), "{bad:?}");
    assert_eq!(helper.gateway.run("nft -s -t list ruleset"), before);
    write_config(&helper.directory, &["piazza", "molini"], "br0");
    helper.signal("HUP");
    wait_until("the second network is loaded", || {
        helper
            .gateway
            .run("nft -s -t list ruleset")
            .contains("auth_molini")
    });
    assert_eq!(sessions(&mut client).await.len(), 1);
    assert_eq!(connect(&helper, false).await.networks.len(), 2);
}

#[tokio::test]
async fn the_helper_keeps_two_capabilities_and_gains_none() {
    let helper = Helper::start();
    let status = std::fs::read_to_string(format!("/proc/{}/status", helper.process.id())).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    // CAP_NET_ADMIN is 12, CAP_NET_RAW 13.
    for set in ["CapPrm:", "CapEff:", "CapBnd:"] {
        assert_eq!(field(set), format!("{:016x}", (1 << 12) | (1 << 13)), "{set}");
    }
    assert_eq!(field("NoNewPrivs:"), "1");
}

#[tokio::test]
async fn a_second_helper_is_refused_and_the_first_goes_on() {
    let helper = Helper::start();
    let mut second = spawn(&helper.gateway, &helper.directory);
    assert!(!second.wait().unwrap().success());
    let mut client = connect(&helper, false).await;
    assert_eq!(sessions(&mut client).await, []);
}

#[tokio::test]
async fn an_interface_that_appears_later_is_guarded_then() {
    let helper = Helper::start();
    helper.gateway.run("ip link delete br0");
    helper
        .gateway
        .run("ip link add br0 type bridge; ip link set br0 up");
    wait_until("the chain hooks the new interface", || {
        helper
            .gateway
            .run("nft list chain netdev portico from_stations_piazza")
            .contains(r#"device "br0""#)
    });
}

#[tokio::test]
async fn stations_that_speak_are_told_to_the_subscriber() {
    let helper = Helper::start();
    let phone = Namespace::new();
    phone.cable("eth0", &helper.gateway, "port0");
    helper.gateway.run("ip link set port0 master br0");
    phone.run(&format!(
        "ip link set eth0 address {STATION}; ip address add 192.0.2.9/24 dev eth0"
    ));
    let mut client = connect(&helper, true).await;
    assert!(phone.succeeds("ping -c 2 -i 0.2 -W 2 192.0.2.1"));
    let mac: Mac = STATION.parse().unwrap();
    let seen = async {
        loop {
            if let Reply::Seen(sightings) = client.replies.next().await.unwrap()
                && sightings
                    .iter()
                    .any(|seen| seen.mac == mac && seen.address == Some("192.0.2.9".parse().unwrap()))
            {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.expect("seen");
}

/// A helper without the right to give files away, as its systemd unit starts it: another user, the
/// configured user's group.
fn start_as_a_service(run_dir_owner: u32) -> (Namespace, TempDir, Child) {
    let gateway = Namespace::new();
    gateway.run("ip link add br0 type bridge; ip link add wan0 type bridge");
    let directory = tempfile::tempdir().unwrap();
    std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    write_config(&directory, &["piazza"], "br0");
    let run = directory.path().join("run");
    std::fs::create_dir_all(&run).unwrap();
    std::fs::write(run.join("netd.lock"), "").unwrap();
    std::fs::set_permissions(run.join("netd.lock"), std::fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::chown(run.join("netd.lock"), Some(run_dir_owner), None).unwrap();
    std::os::unix::fs::chown(&run, Some(2), Some(1)).unwrap();
    // The program must be found by a user who cannot look into the build directory.
    let program = directory.path().join("portico-netd");
    std::fs::copy(env!("CARGO_BIN_EXE_portico-netd"), &program).unwrap();
    let process = gateway
        .command("setpriv")
        .args(["--reuid=2", "--regid=1", "--clear-groups"])
        .args([
            "--inh-caps=-all,+net_admin,+net_raw",
            "--ambient-caps=-all,+net_admin,+net_raw",
        ])
        .args(["--bounding-set=-all,+net_admin,+net_raw", "--"])
        .arg(program)
        .arg("--config")
        .arg(directory.path().join("portico.toml"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    (gateway, directory, process)
}

#[tokio::test]
async fn as_a_service_the_socket_is_for_the_group_and_not_for_everybody() {
    let (_gateway, directory, mut process) = start_as_a_service(2);
    let socket = directory.path().join("run").join(SOCKET);
    let mode = || std::fs::metadata(&socket).map(|meta| meta.permissions().mode() & 0o777);
    let mut found = 0;
    wait_until("the helper serves", || {
        found = mode().unwrap_or(0);
        ask_once(&socket, &Request::Reload, PATIENCE).is_ok()
    });
    let _ = process.kill();
    let _ = process.wait();
    assert_eq!(format!("{found:o}"), "660");
}

#[tokio::test]
async fn a_lock_that_root_has_left_is_named_with_its_cure() {
    use std::io::Read;
    let (_gateway, _directory, mut process) = start_as_a_service(0);
    assert!(!process.wait().unwrap().success());
    let mut said = String::new();
    process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(
        said.contains("run/netd.lock") && said.contains("remove the file"),
        "{said}"
    );
}

#[tokio::test]
async fn a_helper_of_root_leaves_the_lock_to_the_owner_of_the_directory() {
    use std::os::unix::fs::MetadataExt;
    let mut helper = Helper::start();
    assert!(helper.end("TERM"));
    let run = helper.directory.path().join("run");
    std::os::unix::fs::chown(&run, Some(2), Some(1)).unwrap();
    helper.restart();
    assert_eq!(std::fs::metadata(run.join("netd.lock")).unwrap().uid(), 2);
    let socket = std::fs::metadata(helper.socket()).unwrap();
    assert_eq!((socket.uid(), socket.permissions().mode() & 0o777), (1, 0o600));
}
