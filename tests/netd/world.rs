//! Namespaces, cables between them, and configurations for them.

use std::fs::File;
use std::process::{Child, Command, Output, Stdio};

use portico::config::{Config, InterfaceName, Network};
use portico::model::RatePlan;

/// A network namespace that lives as long as this value.
pub(crate) struct Namespace {
    holder: Child,
}

impl Namespace {
    /// A new one, with its loopback up.
    pub(crate) fn new() -> Self {
        let holder = Command::new("unshare")
            .args(["--net", "--", "sh", "-c", "echo ready; exec sleep 900"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("`unshare` (util-linux) starts");
        let mut namespace = Self { holder };
        let mut ready = [0; 5];
        let stdout = namespace.holder.stdout.as_mut().expect("piped");
        std::io::Read::read_exact(stdout, &mut ready).expect("tests/netd needs root: unshare --net failed");
        // An interface is of no use for IPv6 while it still asks whether its address is taken.
        namespace.run(
            "ip link set lo up; sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0",
        );
        namespace
    }

    /// The process that holds it.
    pub(crate) fn pid(&self) -> u32 {
        self.holder.id()
    }

    /// A command inside, not started yet.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--net=/proc/{}/ns/net", self.pid()))
            .arg("--")
            .arg(program);
        command
    }

    /// A shell line inside.
    pub(crate) fn output(&self, line: &str) -> Output {
        self.command("sh")
            .args(["-c", line])
            .output()
            .expect("`nsenter` (util-linux) starts")
    }

    /// A shell line that must succeed; what it printed.
    pub(crate) fn run(&self, line: &str) -> String {
        let output = self.output(line);
        assert!(
            output.status.success(),
            "{line}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// Whether a shell line succeeds.
    pub(crate) fn succeeds(&self, line: &str) -> bool {
        self.output(line).status.success()
    }

    /// Runs a closure in a thread of its own that is inside; sockets it makes stay inside.
    pub(crate) fn inside<T: Send>(&self, closure: impl FnOnce() -> T + Send) -> T {
        let path = format!("/proc/{}/ns/net", self.pid());
        std::thread::scope(|scope| {
            scope
                .spawn(move || {
                    let file = File::open(path).expect("the namespace lives");
                    rustix::thread::move_into_link_name_space(
                        std::os::fd::AsFd::as_fd(&file),
                        Some(rustix::thread::LinkNameSpaceType::Network),
                    )
                    .expect("setns needs root");
                    closure()
                })
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Runs a future inside.
    pub(crate) fn block_on<T: Send>(&self, future: impl Future<Output = T> + Send) -> T {
        self.inside(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(future)
        })
    }

    /// A cable from `here` in this namespace to `there` in the other.
    pub(crate) fn cable(&self, here: &str, other: &Self, there: &str) {
        self.run(&format!(
            "ip link add {here} type veth peer name {there} netns {}",
            other.pid()
        ));
        self.run(&format!("ip link set {here} up"));
        other.run(&format!("ip link set {there} up"));
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

/// One network with the uplink `wan0`; the unit tests of the ruleset start from the same file.
fn sample() -> Config {
    Config::parse(include_str!("sample.toml"), "sample.toml").expect("a configuration")
}

/// A network of a configuration, with limits of 10 and 5 Mbit/s.
pub(crate) fn network(id: &str, interface: &str) -> Network {
    Network {
        id: id.parse().expect("an identifier"),
        interface: InterfaceName::new(interface).expect("a name"),
        host: format!("{id}.example.it"),
        ..sample().networks.remove(0)
    }
}

/// 10 Mbit/s down, 5 up.
pub(crate) fn plan() -> RatePlan {
    sample().networks.remove(0).policy.plan
}

/// A configuration of these networks with the uplink `wan0`.
pub(crate) fn config(networks: Vec<Network>) -> Config {
    Config { networks, ..sample() }
}
