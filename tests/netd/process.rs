//! The helper as a process: how it starts, what it may, and what it leaves behind.

use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};

use portico::net::client::{SOCKET, ask_once};
use portico::net::ipc::Request;
use tempfile::TempDir;

use crate::helper::{
    Helper, PATIENCE, STATION, apply, connect, grant, sessions, spawn, wait_until, write_config,
};
use crate::world::Namespace;

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
    assert!(!helper.socket().exists());
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
        let serves = ask_once(&socket, &Request::Reload, PATIENCE).is_ok();
        found = mode().unwrap_or(0);
        serves
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
