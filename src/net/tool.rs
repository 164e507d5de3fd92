//! Runs a small program of the system: text in, text out, bounded in time.

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Where Debian keeps what administrators run, which the path of a plain user lacks.
const SYSTEM_PATHS: &str = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";

/// Why a program did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It could not be started or spoken to.
    #[error(transparent)]
    Run(std::io::Error),
    /// It was still running when its time was over, and was ended.
    #[error("it did not end in time")]
    TimeLimit,
}

/// Runs a program in the C locale with `input` on its standard input; how it ended and what it said.
///
/// # Errors
/// [`ToolError`]; a program that ends with an error is none.
pub async fn run(program: &str, args: &[&str], input: &str, limit: Duration) -> Result<Output, ToolError> {
    tokio::time::timeout(limit, run_unbounded(program, args, input))
        .await
        .map_err(|_| ToolError::TimeLimit)?
        .map_err(ToolError::Run)
}

async fn run_unbounded(program: &str, args: &[&str], input: &str) -> std::io::Result<Output> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut child = Command::new(program)
        .args(args)
        .env("PATH", format!("{path}:{SYSTEM_PATHS}"))
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stdin = child.stdin.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // An early end of the program closes the pipe; its exit status tells why.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
    };
    let ((), output) = tokio::join!(write, child.wait_with_output());
    output
}
