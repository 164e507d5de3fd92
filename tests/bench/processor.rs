//! The processor's time that another process has used.

use anyhow::{Context, Result};

/// Ticks of the processor's clock in a second (proc(5), `_SC_CLK_TCK`).
const TICKS: f64 = 100.0;

/// Seconds that a process has used (proc(5), `stat`: `utime` and `stime`).
pub(crate) fn on_cpu(pid: u32) -> Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = text.rsplit_once(')').context("no name")?;
    let ticks = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>)
        .sum::<std::result::Result<f64, _>>()?;
    Ok(ticks / TICKS)
}

/// Seconds that a thread of a process has used, by its name (`schedstat`); none where there is none.
#[allow(dead_code, reason = "of one benchmark")]
pub(crate) fn of_thread(pid: u32, name: &str) -> Result<f64> {
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let task = task?.path();
        if std::fs::read_to_string(task.join("comm"))?.trim() == name {
            let told = std::fs::read_to_string(task.join("schedstat"))?;
            let ran = told.split_whitespace().next().context("no time")?;
            return Ok(ran.parse::<f64>()? / 1e9);
        }
    }
    Ok(0.0)
}
