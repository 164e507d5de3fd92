//! Signals that end a long export: it takes away what it has begun, and says so. A second one ends it where it stands, as
//! when its disk does not answer; what it has begun stays then, under a name that says so.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

/// Exit status of a command that a signal has ended: this and its number (POSIX, `sh`).
const BY_SIGNAL: i32 = 128;

/// Whether a signal has come.
pub(super) struct Interrupt(Arc<AtomicU8>);

impl Interrupt {
    /// The exit status, if so.
    pub(super) fn status(&self) -> Option<u8> {
        Some(self.0.load(Ordering::Relaxed)).filter(|status| *status != 0)
    }
}

/// Begins to listen to SIGINT and SIGTERM, which end nothing by themselves any more.
pub(super) fn watch() -> io::Result<Interrupt> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _within = runtime.enter();
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        (signal(kinds[0])?, signal(kinds[1])?)
    };
    let status = Arc::new(AtomicU8::new(0));
    let told = Arc::clone(&status);
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let mut next = || {
                let came = runtime.block_on(async {
                    tokio::select! {
                        _ = signals.0.recv() => SignalKind::interrupt(),
                        _ = signals.1.recv() => SignalKind::terminate(),
                    }
                });
                u8::try_from(BY_SIGNAL + came.as_raw_value()).unwrap_or(1)
            };
            told.store(next(), Ordering::Relaxed);
            std::process::exit(i32::from(next()));
        })?;
    Ok(Interrupt(status))
}
