//! A long-running program of the lab: started in a namespace, its output in a file, killed when
//! dropped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal};

use crate::app::clock;

/// How often a condition is looked at while waiting for it.
const GLANCE: Duration = Duration::from_millis(20);

/// A running program.
#[derive(Debug)]
pub struct Daemon {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts it; standard output and error are appended to the log.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let output = File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("cannot open {}", log.display()))?;
        command.stdout(output.try_clone()?).stderr(output);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {name} ({})", command.get_program().display()))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
        })
    }

    /// Its process identifier.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `ready` holds; fails when the program ends before, or after `limit`.
    ///
    /// # Errors
    /// With the last lines of the log.
    pub fn wait_until(&mut self, limit: Duration, what: &str, mut ready: impl FnMut() -> bool) -> Result<()> {
        let began = clock::boot();
        loop {
            if ready() {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended ({status}):\n{}", self.name, self.log_tail(30));
            }
            if clock::boot().since(began) >= u64::try_from(limit.as_millis())? {
                bail!(
                    "{}: no {what} within {limit:?}:\n{}",
                    self.name,
                    self.log_tail(30)
                );
            }
            std::thread::sleep(GLANCE);
        }
    }

    /// `kill -9`, and waits for its end.
    ///
    /// # Errors
    /// The kernel's.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends a signal, `SIGHUP` for example.
    ///
    /// # Errors
    /// It is not running.
    pub fn signal(&mut self, signal: Signal) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} has ended ({status})", self.name);
        }
        rustix::process::kill_process(Pid::from_child(&self.child), signal)?;
        Ok(())
    }

    /// `SIGTERM`, and waits at most `limit` for its end.
    ///
    /// # Errors
    /// It did not end.
    pub fn stop(&mut self, limit: Duration) -> Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        self.wait_end(limit)
    }

    /// Waits at most `limit` for its end.
    ///
    /// # Errors
    /// It did not end.
    pub fn wait_end(&mut self, limit: Duration) -> Result<ExitStatus> {
        let began = clock::boot();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if clock::boot().since(began) >= u64::try_from(limit.as_millis())? {
                bail!("{} does not end within {limit:?}", self.name);
            }
            std::thread::sleep(GLANCE);
        }
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The last lines it wrote.
    #[must_use]
    pub fn log_tail(&self, lines: usize) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Already ended is as good.
        let _killed = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Waits until `ready` gives something; `None` after `limit`.
pub fn poll<T>(limit: Duration, mut ready: impl FnMut() -> Option<T>) -> Option<T> {
    let began = clock::boot();
    let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    loop {
        if let Some(found) = ready() {
            return Some(found);
        }
        if clock::boot().since(began) >= limit {
            return None;
        }
        std::thread::sleep(GLANCE);
    }
}
