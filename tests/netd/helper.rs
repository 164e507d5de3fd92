//! A helper in a network namespace of its own, and how to speak with it.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use portico::model::{AccessOp, Counter, Counters, Entry, KernelSession, OpError};
use portico::net::client::{Client, ClientError, SOCKET, ask_once};
use portico::net::ipc::{Reply, Request};
use tempfile::TempDir;

use crate::world::{Namespace, plan};

/// The helper is given this long for anything; only a failing test waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const STATION: &str = "02:00:5e:10:00:01";

pub(crate) struct Helper {
    pub(crate) gateway: Namespace,
    pub(crate) directory: TempDir,
    pub(crate) process: Child,
}

impl Helper {
    pub(crate) fn start() -> Self {
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

    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("run").join(SOCKET)
    }

    fn wait_until_it_serves(&self) {
        wait_until("the helper serves", || {
            ask_once(&self.socket(), &Request::Reload, PATIENCE).is_ok()
        });
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends it and waits; whether it ended well.
    pub(crate) fn end(&mut self, signal: &str) -> bool {
        self.signal(signal);
        self.process.wait().unwrap().success()
    }

    pub(crate) fn restart(&mut self) {
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

pub(crate) fn spawn(gateway: &Namespace, directory: &TempDir) -> Child {
    gateway
        .command(env!("CARGO_BIN_EXE_portico-netd"))
        .arg("--config")
        .arg(directory.path().join("portico.toml"))
        .stdin(Stdio::null())
        .spawn()
        .unwrap()
}

pub(crate) fn write_config(directory: &TempDir, networks: &[&str], first_interface: &str) {
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

pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..400 {
        if condition() {
            return;
        }
        std::thread::sleep(PATIENCE / 400);
    }
    panic!("did not happen: {what}");
}

pub(crate) fn grant(mac: &str, up: u64) -> AccessOp {
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

pub(crate) async fn connect(helper: &Helper, subscribe: bool) -> Client {
    Client::connect(&helper.socket(), subscribe).await.unwrap()
}

/// The next reply that is neither a sighting nor a count, nor tells how queues stand.
pub(crate) async fn next(client: &mut Client) -> Result<Reply, ClientError> {
    loop {
        let reply = tokio::time::timeout(PATIENCE, client.replies.next())
            .await
            .expect("an answer in time")?;
        if !matches!(
            reply,
            Reply::Seen(_)
                | Reply::AddressGone { .. }
                | Reply::Malformed { .. }
                | Reply::Dropped { .. }
                | Reply::Queued { .. }
        ) {
            return Ok(reply);
        }
    }
}

pub(crate) async fn ask(client: &mut Client, request: Request) -> Result<Reply, ClientError> {
    client.requests.send(&request).await?;
    next(client).await
}

pub(crate) async fn apply(client: &mut Client, ops: Vec<AccessOp>) -> Result<(), OpError> {
    match ask(client, Request::Apply { id: 7, ops }).await.unwrap() {
        Reply::Applied { id: 7, outcome } => outcome.map(|_| ()),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn sessions(client: &mut Client) -> Vec<KernelSession> {
    match ask(client, Request::ListSessions).await.unwrap() {
        Reply::Sessions { sessions, last: true } => sessions,
        other => panic!("{other:?}"),
    }
}
