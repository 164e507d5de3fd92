//! Runs the small programs that the checks ask, with a limit of time.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// None of them needs a second.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Where Debian keeps what administrators run, which the path of a plain user lacks.
const SYSTEM_PATHS: &str = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";

/// How a program ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Well; its standard output.
    Done(String),
    /// With an error; the first line of its standard error.
    Refused(String),
    /// It is not installed.
    Missing,
}

/// Runs a program to its end.
pub(super) async fn run(program: &str, args: &[&str], input: &str) -> Outcome {
    match tokio::time::timeout(TIME_LIMIT, start(program, args, input)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Outcome::Missing,
        Ok(Err(error)) => Outcome::Refused(error.to_string()),
        Err(_) => Outcome::Refused(format!("{program} did not end within {} s", TIME_LIMIT.as_secs())),
    }
}

async fn start(program: &str, args: &[&str], input: &str) -> std::io::Result<Outcome> {
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
    if let Some(mut stdin) = child.stdin.take() {
        // An early end of the program closes the pipe; its exit status tells why.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let output = child.wait_with_output().await?;
    if output.status.success() {
        return Ok(Outcome::Done(
            String::from_utf8_lossy(&output.stdout).into_owned(),
        ));
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Ok(Outcome::Refused(
        complaint.lines().next().unwrap_or("it failed").to_owned(),
    ))
}

/// The processes of this name.
pub(super) fn processes(name: &str) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| {
            std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name)
        })
        .collect()
}
