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
