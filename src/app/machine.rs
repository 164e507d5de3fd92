//! The machine that the gateway runs on: disk, memory, and what its kernel has. Looked at every now and then
//! on a thread of its own, so that a disk that hangs holds nobody up.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::config::Config;
use crate::dashboard::{FastPathLook, MachineLook, QueueLook, StockLook};
use crate::net::fastpath::{Report, Standing};
use crate::net::queue::{self, Owner};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(10);
/// What the kernel calls its flow tables.
const FLOW_TABLE: &str = "nf_flow_table";

/// Looks until it is dropped.
#[derive(Debug)]
pub(super) struct Machine {
    config: watch::Sender<Arc<Config>>,
    seen: Arc<ArcSwap<MachineLook>>,
    task: JoinHandle<()>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Machine {
    /// Begins. Must be called within a tokio runtime.
    pub(super) fn start(config: Arc<Config>) -> Self {
        let (config, watched) = watch::channel(config);
        let seen = Arc::default();
        let task = tokio::spawn(keep_looking(watched, Arc::clone(&seen)));
        Self { config, seen, task }
    }

    /// Looks at what another configuration names from now on.
    pub(super) fn reconfigure(&self, config: &Arc<Config>) {
        self.config.send_replace(Arc::clone(config));
    }

    /// What was seen last.
    pub(super) fn look(&self) -> MachineLook {
        (**self.seen.load()).clone()
    }
}

async fn keep_looking(mut config: watch::Receiver<Arc<Config>>, seen: Arc<ArcSwap<MachineLook>>) {
    loop {
        let current = Arc::clone(&config.borrow_and_update());
        match tokio::task::spawn_blocking(move || look(&current)).await {
            Ok(look) => seen.store(Arc::new(look)),
            Err(error) => tracing::error!(%error, "the machine could not be looked at"),
        }
        tokio::select! {
            () = sleep(EVERY) => {}
            changed = config.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

fn look(config: &Config) -> MachineLook {
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    MachineLook {
        disk: disk(&config.gateway.state_dir),
        memory: memory_of(&memory),
        queue: queue::look(&config.gateway.uplink)
            .ok()
            .flatten()
            .map(|standing| QueueLook {
                kind: standing.kind,
                is_foreign: standing.owner == Owner::Other,
            }),
        flowtable: config.forward.flowtable.then(has_flow_tables).flatten(),
        fast_path: Report::read(&config.gateway.run_dir).map(|report| match report.standing {
            Standing::Stands => FastPathLook::Stands(report.flows),
            Standing::Off | Standing::FlowTable => FastPathLook::Unwanted,
            Standing::Lacks { .. } => FastPathLook::Absent,
            Standing::Forbidden => FastPathLook::Forbidden,
            Standing::Failed { .. } => FastPathLook::Failed,
        }),
    }
}

/// What the service's user may still write there.
fn disk(folder: &Path) -> Option<StockLook> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(StockLook {
        free: found.f_bavail.saturating_mul(found.f_frsize),
        total: found.f_blocks.saturating_mul(found.f_frsize),
    })
}

/// By `/proc/meminfo` (proc(5)).
fn memory_of(text: &str) -> Option<StockLook> {
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kibibytes.saturating_mul(1_024))
    };
    Some(StockLook {
        free: field("MemAvailable:")?,
        total: field("MemTotal:")?,
    })
}

/// Whether the kernel has flow tables: as a module, loaded with the ruleset that asks for one, or built in.
/// `None` where neither can be told.
fn has_flow_tables() -> Option<bool> {
    if Path::new("/sys/module").join(FLOW_TABLE).exists() {
        return Some(true);
    }
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    let list = Path::new("/lib/modules")
        .join(release.trim())
        .join("modules.builtin");
    let built_in = std::fs::read_to_string(list).ok()?;
    Some(built_in.contains(FLOW_TABLE))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{disk, memory_of};
    use crate::dashboard::StockLook;

    #[test]
    fn memory_is_what_the_kernel_says() {
        let text = "MemTotal:        1024 kB\nMemFree:           10 kB\nMemAvailable:     512 kB\n";
        let expected = StockLook {
            free: 512 * 1_024,
            total: 1_024 * 1_024,
        };
        assert_eq!(memory_of(text), Some(expected));
        assert_eq!(memory_of("MemTotal: 1 kB\n"), None);
    }

    #[test]
    fn a_disk_has_no_more_left_than_there_is() {
        let folder = tempfile::tempdir().unwrap();
        let disk = disk(folder.path()).unwrap();
        assert!(disk.total > 0 && disk.free <= disk.total, "{disk:?}");
        assert_eq!(super::disk(Path::new("/nowhere at all")), None);
    }
}
