//! Network namespaces without names: each is a file descriptor held by this process, so that the
//! kernel removes it, its interfaces and its rules with the last process in it, however this one
//! ends. The only file of the lab with `unsafe` code.

#![allow(
    unsafe_code,
    reason = "unshare, pre_exec and the link-layer socket address have no safe wrapper"
)]

use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::fs::{Gid, Uid};
use rustix::mount::{MountFlags, MountPropagationFlags};
use rustix::process::Signal;
use rustix::thread::{LinkNameSpaceType, UnshareFlags};
use socket2::{Domain, Protocol, SockAddr, SockAddrStorage, Socket, Type};

use super::daemon;

/// A network namespace. Cheap to clone; the namespace goes when the last clone, the last process
/// and the last socket in it have gone.
#[derive(Debug, Clone)]
pub struct Namespace {
    name: Arc<str>,
    file: Arc<File>,
}

/// An unprivileged user to run a program as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunAs {
    /// User.
    pub uid: u32,
    /// Group; the only one.
    pub gid: u32,
}

impl Namespace {
    /// A new, empty namespace (a loopback that is down); `name` is for messages only.
    ///
    /// # Errors
    /// The kernel does not allow it.
    pub fn new(name: &str) -> Result<Self> {
        let made = std::thread::scope(|scope| {
            scope
                .spawn(|| {
                    unshare(UnshareFlags::NEWNET)?;
                    File::open("/proc/thread-self/ns/net")
                })
                .join()
        });
        let Ok(made) = made else {
            bail!("the thread that makes the network namespace {name} ended early");
        };
        let file = made.with_context(|| format!("cannot make the network namespace {name}"))?;
        Ok(Self {
            name: name.into(),
            file: Arc::new(file),
        })
    }

    /// The name for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Path by which `ip link … netns PATH` finds it, as long as this process lives.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.file.as_raw_fd())
    }

    /// Does something inside the namespace, on a thread of its own: sockets opened there stay in it
    /// and may be used from anywhere afterwards.
    ///
    /// # Errors
    /// The namespace cannot be entered, or `work` panicked.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        let done = std::thread::scope(|scope| scope.spawn(|| enter(&self.file).map(|()| work())).join());
        match done {
            Ok(entered) => entered.with_context(|| format!("cannot enter the namespace {}", self.name)),
            Err(_) => bail!("work inside the namespace {} ended early", self.name),
        }
    }

    /// A command that will run inside the namespace and dies with the **thread** that spawns it:
    /// spawn from a thread that lives as long as the child should. No standard input.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        self.command_as(program, None)
    }

    /// [`Namespace::command`] under another user, without any capability.
    pub fn command_as(&self, program: impl AsRef<OsStr>, user: Option<RunAs>) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        let file = Arc::clone(&self.file);
        let parent = rustix::process::getpid();
        let prepare = move || {
            enter(&file)?;
            if let Some(user) = user {
                become_user(user)?;
            }
            // After the change of user, which would clear it.
            rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
            if rustix::process::getppid() == Some(parent) {
                Ok(())
            } else {
                Err(io::Error::other("the lab is gone"))
            }
        };
        // SAFETY: between fork and exec only system calls are made (setns, setgroups, setresgid,
        // setresuid, prctl, getppid); nothing allocates or takes a lock on the way to success.
        unsafe { command.pre_exec(prepare) };
        command
    }

    /// [`Namespace::command`] for a program that sees `file` where `place` is.
    pub fn command_seeing(&self, program: impl AsRef<OsStr>, file: CString, place: CString) -> Command {
        let mut command = self.command(program);
        let show = move || {
            unshare(UnshareFlags::NEWNS)?;
            rustix::mount::mount_bind(&file, &place)?;
            Ok(())
        };
        // SAFETY: between fork and exec only system calls are made (unshare, mount); the paths are
        // made before, nothing allocates or takes a lock.
        unsafe { command.pre_exec(show) };
        command
    }

    /// Writes a sysctl of the namespace, `net/ipv4/ip_forward` for example.
    ///
    /// # Errors
    /// The kernel does not know it or refuses the value.
    pub fn sysctl(&self, key: &str, value: &str) -> Result<()> {
        let path = format!("/proc/sys/{key}");
        self.within(|| std::fs::write(&path, value))?
            .with_context(|| format!("cannot set {key} to {value} in {}", self.name))
    }

    /// Runs a list of `ip` commands (without the word `ip`), all or an error.
    ///
    /// # Errors
    /// What `ip` wrote to standard error.
    pub fn ip(&self, commands: &[String]) -> Result<()> {
        use std::io::Write;
        let mut child = self
            .command("ip")
            .args(["-batch", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start `ip` (Debian package iproute2)")?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(commands.join("\n").as_bytes())?;
        }
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("ip in {}: {}\n{}", self.name, said.trim(), commands.join("\n"));
        }
        Ok(())
    }
}

impl Namespace {
    /// Waits until an interface can carry frames: the kernel notices a moment after both ends are
    /// up, and frames sent before are lost.
    ///
    /// # Errors
    /// It stays down for five seconds.
    pub fn wait_for_carrier(&self, interface: &str) -> Result<()> {
        let is_up = || {
            let mut command = self.command("ip");
            let shown = command.args(["-oneline", "link", "show", interface]).output();
            let shown = shown.ok()?;
            String::from_utf8_lossy(&shown.stdout)
                .contains("state UP")
                .then_some(())
        };
        daemon::poll(Duration::from_secs(5), is_up)
            .with_context(|| format!("{interface} of {} does not come up", self.name))
    }
}

/// Puts the calling thread, and the threads and processes it starts from now on, into a mount
/// namespace where `/run` is an empty memory file system, gone with the last of them.
///
/// # Errors
/// The kernel does not allow it.
pub fn private_run() -> Result<()> {
    unshare(UnshareFlags::NEWNS).context("cannot make a mount namespace")?;
    rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .context("cannot make the mounts private")?;
    rustix::mount::mount(
        "lab",
        "/run",
        "tmpfs",
        MountFlags::NOSUID | MountFlags::NODEV,
        c"mode=0755,size=256m",
    )
    .context("cannot mount a memory file system on /run")
}

/// Shows `file` where `place` is to all that is in the mount namespace of [`private_run`].
///
/// # Errors
/// The kernel does not allow it.
pub fn show(file: &Path, place: &Path) -> Result<()> {
    rustix::mount::mount_bind(file, place)
        .with_context(|| format!("cannot put {} over {}", file.display(), place.display()))
}

/// Moves the process into a user namespace of its own in which it is root. Only while it has one
/// thread.
///
/// # Errors
/// The kernel does not allow it.
pub fn enter_user_namespace() -> io::Result<()> {
    let (uid, gid) = (rustix::process::geteuid(), rustix::process::getegid());
    unshare(UnshareFlags::NEWUSER)?;
    std::fs::write("/proc/self/setgroups", "deny")?;
    std::fs::write("/proc/self/uid_map", format!("0 {} 1", uid.as_raw()))?;
    std::fs::write("/proc/self/gid_map", format!("0 {} 1", gid.as_raw()))
}

/// Sends one frame, Ethernet header included, out of the interface.
///
/// # Errors
/// The kernel's.
pub fn send_frame(socket: &Socket, interface_index: u32, frame: &[u8]) -> io::Result<usize> {
    socket.send_to(frame, &link_address(interface_index))
}

/// Binds a packet socket to one interface.
///
/// # Errors
/// The kernel's.
pub fn bind_to_interface(socket: &Socket, interface_index: u32) -> io::Result<()> {
    socket.bind(&link_address(interface_index))
}

/// A packet socket that only sends, out of one interface: nothing that passes there costs a copy for it.
///
/// # Errors
/// The kernel's.
pub fn sender_on(interface_index: u32) -> io::Result<Socket> {
    let socket = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(0)))?;
    socket.bind(&link_address_for(interface_index, 0))?;
    Ok(socket)
}

/// Every EtherType, in network byte order (`ETH_P_ALL`, linux/if_ether.h).
pub const ALL_ETHER_TYPES: u16 = 3_u16.to_be();

/// `struct sockaddr_ll` (packet(7)).
#[repr(C)]
struct LinkAddress {
    family: u16,
    protocol: u16,
    index: i32,
    hardware: u16,
    packet_type: u8,
    length: u8,
    address: [u8; 8],
}

fn link_address(interface_index: u32) -> SockAddr {
    link_address_for(interface_index, ALL_ETHER_TYPES)
}

fn link_address_for(interface_index: u32, protocol: u16) -> SockAddr {
    const AF_PACKET: u16 = 17;
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: `LinkAddress` has the layout of the platform's `sockaddr_ll`, and every bit pattern,
    // all zeros included, is a valid value of it.
    let address = unsafe { storage.view_as::<LinkAddress>() };
    address.family = AF_PACKET;
    address.protocol = protocol;
    address.index = i32::try_from(interface_index).unwrap_or(0);
    let length = u32::try_from(size_of::<LinkAddress>()).unwrap_or(0);
    // SAFETY: the storage holds an AF_PACKET address of that length.
    unsafe { SockAddr::new(storage, length) }
}

fn enter(namespace: &File) -> io::Result<()> {
    rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?;
    Ok(())
}

fn become_user(user: RunAs) -> io::Result<()> {
    // From root to another user the kernel clears all capability sets (capabilities(7)).
    rustix::thread::set_thread_groups(&[])?;
    let gid = Gid::from_raw(user.gid);
    let uid = Uid::from_raw(user.uid);
    rustix::thread::set_thread_res_gid(gid, gid, gid)?;
    rustix::thread::set_thread_res_uid(uid, uid, uid)?;
    Ok(())
}

fn unshare(what: UnshareFlags) -> io::Result<()> {
    // SAFETY: the table of file descriptors is not unshared, so no thread loses sight of one.
    unsafe { rustix::thread::unshare_unsafe(what) }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_another_one_and_work_in_it_sees_only_its_own_interfaces() {
        let namespace = Namespace::new("test").unwrap();
        namespace
            .ip(&["link add lab0 type veth peer name lab1".to_owned()])
            .unwrap();
        let inside = namespace
            .within(|| std::fs::read_to_string("/proc/thread-self/net/dev").unwrap())
            .unwrap();
        let outside = std::fs::read_to_string("/proc/thread-self/net/dev").unwrap();
        assert!(inside.contains("lab0:"));
        assert!(!outside.contains("lab0:"));
    }

    #[test]
    fn a_child_under_another_user_has_no_capability() {
        let namespace = Namespace::new("test").unwrap();
        let user = RunAs {
            uid: 65_534,
            gid: 65_534,
        };
        let output = namespace
            .command_as("cat", Some(user))
            .arg("/proc/self/status")
            .output()
            .unwrap();
        let status = String::from_utf8(output.stdout).unwrap();
        assert!(status.contains("Uid:\t65534\t65534\t65534"), "{status}");
        assert!(status.contains("CapEff:\t0000000000000000"), "{status}");
        assert!(status.contains("CapPrm:\t0000000000000000"), "{status}");
    }

    #[test]
    fn a_child_dies_with_the_thread_that_spawned_it() {
        let namespace = Namespace::new("test").unwrap();
        let mut child = std::thread::spawn(move || namespace.command("sleep").arg("600").spawn().unwrap())
            .join()
            .unwrap();
        // Without the signal this would be the ten minutes of `sleep`.
        let status = child.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    }
}
