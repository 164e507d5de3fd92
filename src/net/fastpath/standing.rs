//! Whether the fast path stands, and why not; told to the other process by a file in the run directory.

use std::fmt;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The file, in the run directory.
const FILE: &str = "fast-path.json";
/// While it is being written.
const PART: &str = ".fast-path.json.part";
/// For the service's group.
const MODE: u32 = 0o640;
/// Longer than any that was written here.
const LONGEST: u64 = 4_096;

/// Whether packets pass it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Standing {
    /// It stands at every interface that there is.
    Stands,
    /// `[forward] fast_path = false`.
    Off,
    /// `[forward] flowtable = true`: the kernel's own short cut is asked for.
    FlowTable,
    /// The kernel, or the processor, lacks something.
    Lacks {
        /// What.
        what: String,
    },
    /// The process may not load programs (`CAP_BPF`), as in a user namespace.
    Forbidden,
    /// The kernel did not do it.
    Failed {
        /// Its words.
        error: String,
    },
}

/// What the helper tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
    /// Connections that it knows.
    pub flows: u64,
}

impl Report {
    /// Tells it to whoever reads the run directory.
    ///
    /// # Errors
    /// The file cannot be written; an earlier one stands as it was.
    pub fn write(&self, run_dir: &Path) -> io::Result<()> {
        let part = run_dir.join(PART);
        fs::write(&part, serde_json::to_vec(self)?)?;
        fs::set_permissions(&part, Permissions::from_mode(MODE))?;
        fs::rename(&part, run_dir.join(FILE))
    }

    /// What was told last; `None` if nothing was, or nothing that can be read.
    #[must_use]
    pub fn read(run_dir: &Path) -> Option<Self> {
        let path = run_dir.join(FILE);
        let is_short = fs::metadata(&path).is_ok_and(|file| file.len() <= LONGEST);
        is_short
            .then(|| fs::read(&path).ok())
            .flatten()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stands => out.write_str("established connections skip the IP stack"),
            Self::Off => out.write_str("off: the configuration says so"),
            Self::FlowTable => out.write_str("off: the configuration wants the kernel's flow table"),
            Self::Lacks { what } => write!(out, "none: there is no {what}"),
            Self::Forbidden => out.write_str("none: portico-netd may not load programs (CAP_BPF)"),
            Self::Failed { error } => write!(out, "none: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FILE, Report, Standing};

    #[test]
    fn what_is_told_is_read() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Report::read(folder.path()), None);
        let lacks = Standing::Lacks {
            what: "BPF".to_owned(),
        };
        for (standing, flows) in [(Standing::Stands, 7), (lacks, 0), (Standing::Forbidden, 0)] {
            let report = Report { standing, flows };
            report.write(folder.path()).unwrap();
            assert_eq!(Report::read(folder.path()), Some(report));
        }
        for wrong in [&b"{\"state\":\"elsewhere\",\"flows\":1}"[..], &[b' '; 5_000], b""] {
            std::fs::write(folder.path().join(FILE), wrong).unwrap();
            assert_eq!(Report::read(folder.path()), None);
        }
    }
}
