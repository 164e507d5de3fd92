//! What the checks ask small programs, and what comes of it.

use std::time::Duration;

use crate::net::tool::{self, ToolError};

/// None of them needs a second.
const TIME_LIMIT: Duration = Duration::from_secs(10);

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
    let output = match tool::run(program, args, input, TIME_LIMIT).await {
        Ok(output) => output,
        Err(ToolError::Run(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return Outcome::Missing;
        }
        Err(ToolError::Run(error)) => return Outcome::Refused(error.to_string()),
        Err(ToolError::TimeLimit) => {
            let limit = TIME_LIMIT.as_secs();
            return Outcome::Refused(format!("{program} did not end within {limit} s"));
        }
    };
    if output.status.success() {
        return Outcome::Done(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Outcome::Refused(complaint.lines().next().unwrap_or("it failed").to_owned())
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
