//! What was read out of the gateway, when and by whom: a line of JSON for each, appended to a file that only
//! the service's user may read (grant agreement, II.6.2).

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use jiff::Timestamp;
use serde_json::json;

use crate::report::Written;

/// The file in the state directory.
pub const FILE: &str = "audit.jsonl";

/// Notes an export.
///
/// # Errors
/// The line cannot be written.
pub fn record_export(state_dir: &Path, at: Timestamp, what: &str, files: &[Written]) -> io::Result<()> {
    let files: Vec<serde_json::Value> = files
        .iter()
        .map(|file| json!({"path": file.path, "sha256": file.sha256, "bytes": file.bytes}))
        .collect();
    let line = json!({
        "at": at.to_string(),
        "uid": rustix::process::getuid().as_raw(),
        "did": "export",
        "what": what,
        "files": files,
    });
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(state_dir.join(FILE))?;
    // At once, so that lines of two commands do not mix.
    file.write_all(format!("{line}\n").as_bytes())?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::{FILE, record_export};
    use crate::report::Written;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn each_export_is_a_line_that_others_do_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let written = Written {
            path: "/srv/usage.csv".into(),
            sha256: "ab".to_owned(),
            bytes: 7,
        };
        let at = "2026-11-22T10:00:00Z".parse().unwrap();
        for _ in 0..2 {
            record_export(folder.path(), at, "usage", std::slice::from_ref(&written)).unwrap();
        }
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["at"], "2026-11-22T10:00:00Z");
        assert_eq!(lines[0]["files"][0]["sha256"], "ab");
        assert!(lines[0]["uid"].is_u64());
        let mode = std::fs::metadata(folder.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(record_export(&folder.path().join("none"), at, "usage", &[]).is_err());
    }
}
