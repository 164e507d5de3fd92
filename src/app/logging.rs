//! Logs on standard error, where journald and procd take them.

use tracing_subscriber::EnvFilter;

/// Starts logging. `PORTICO_LOG` chooses levels (`debug`, `portico::net=trace` …); `info` without it.
/// Personal data is never logged above DEBUG.
pub fn start() {
    let filter = EnvFilter::try_from_env("PORTICO_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let format = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // The journal stamps every line itself.
    let outcome = if std::env::var_os("JOURNAL_STREAM").is_some() {
        format.without_time().with_ansi(false).try_init()
    } else {
        format.with_ansi(false).try_init()
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "logging was already started");
    }
}
