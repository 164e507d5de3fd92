//! Whether established connections can skip the IP stack: what the running helper says, else what the kernel tells of
//! itself without privileges. Nothing fails without it, so nothing here is worse than a warning.

use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use tokio::net::UnixStream;

use super::Group;
use crate::config::{Config, Forward};
use crate::net::fastpath::{Report, Standing};

/// The first kernel with programs at interfaces that a process holds (TCX).
const LEAST: (u32, u32) = (6, 6);
/// What it must be built with.
const OPTIONS: [&str; 2] = ["CONFIG_BPF_SYSCALL", "CONFIG_NET_XGRESS"];
/// Longer than any kernel's configuration, bytes.
const LONGEST: u64 = 4 << 20;

/// What there is to judge by.
#[derive(Debug, Default)]
struct Signs {
    /// Of the helper, while it runs.
    told: Option<Report>,
    /// Of the kernel, such as `6.6.10-amd64`.
    release: String,
    /// What the kernel was built with, where that can be read.
    built_with: Option<String>,
    /// `net.core.bpf_jit_enable`, where there is one that can be read.
    jit: Option<String>,
}

/// Judges by the helper and the kernel of this machine.
pub(super) async fn examine(group: &mut Group<'_>, config: &Config) {
    let run_dir = &config.gateway.run_dir;
    // What it has told stays there when it has gone.
    let runs = UnixStream::connect(run_dir.join("netd.sock")).await.is_ok();
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let signs = Signs {
        told: runs.then(|| Report::read(run_dir)).flatten(),
        built_with: built_with(Path::new("/"), release.trim()),
        jit: std::fs::read_to_string("/proc/sys/net/core/bpf_jit_enable").ok(),
        release,
    };
    judge(group, config.forward, &signs);
}

fn judge(group: &mut Group<'_>, forward: Forward, signs: &Signs) {
    if forward.flowtable || !forward.fast_path {
        return group.ok("fast path: not wanted by [forward]");
    }
    match &signs.told {
        Some(Report {
            standing: Standing::Forbidden,
            ..
        }) => group.warn(
            format!("fast path: {}", Standing::Forbidden),
            "take systemd/portico-netd.service as it is shipped (CAP_BPF, and bpf in SystemCallFilter); or write \
             fast_path = false in [forward]",
        ),
        Some(Report {
            standing: failed @ Standing::Failed { .. },
            ..
        }) => group.warn(
            format!("fast path: {failed}"),
            "systemctl restart portico-netd, and see its log; or write fast_path = false in [forward]",
        ),
        Some(Report { standing, .. }) => group.ok(format!("fast path: {standing}")),
        None => match lacking(signs) {
            Some(lacking) => {
                return group.ok(format!(
                    "fast path: this kernel {lacking}, so all packets take the plain way"
                ));
            }
            None => group.ok("fast path: the kernel has what it needs"),
        },
    }
    if signs.jit.as_deref().is_some_and(|jit| jit.trim() == "0") {
        group.warn(
            "fast path: net.core.bpf_jit_enable = 0: the kernel reads its program word by word, which is slow",
            "sysctl net.core.bpf_jit_enable=1, and the same in /etc/sysctl.d",
        );
    }
}

/// What the kernel lacks, as far as it can be told.
fn lacking(signs: &Signs) -> Option<String> {
    if version(&signs.release).is_some_and(|version| version < LEAST) {
        return Some(format!("is older than Linux {}.{}", LEAST.0, LEAST.1));
    }
    let built_with = signs.built_with.as_ref()?;
    let is_set = |option: &str| built_with.lines().any(|line| line == format!("{option}=y"));
    let missing: Vec<&str> = OPTIONS.into_iter().filter(|option| !is_set(option)).collect();
    (!missing.is_empty()).then(|| format!("has no {}", missing.join(" and no ")))
}

/// The first two numbers of a release.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.trim().split(|letter: char| !letter.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// What the kernel was built with: by itself, or by the file that Debian puts beside it.
fn built_with(root: &Path, release: &str) -> Option<String> {
    let mut text = String::new();
    if let Ok(file) = std::fs::File::open(root.join("proc/config.gz")) {
        let unpacked = GzDecoder::new(file).take(LONGEST).read_to_string(&mut text);
        return unpacked.is_ok().then_some(text);
    }
    let file = std::fs::File::open(root.join("boot").join(format!("config-{release}"))).ok()?;
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::{Signs, built_with, judge};
    use crate::app::doctor::{Report, State};
    use crate::config::Forward;
    use crate::net::fastpath::{self, Standing};

    const WHOLE: &str = "CONFIG_BPF=y\nCONFIG_BPF_SYSCALL=y\nCONFIG_NET_XGRESS=y\n";
    const WANTED: Forward = Forward {
        flowtable: false,
        fast_path: true,
    };

    fn told(forward: Forward, signs: &Signs) -> Vec<(State, String)> {
        let mut report = Report::default();
        judge(&mut report.group("kernel"), forward, signs);
        report
            .lines
            .into_iter()
            .map(|line| (line.state, line.what))
            .collect()
    }

    /// The one line.
    fn only(signs: &Signs) -> (State, String) {
        let mut lines = told(WANTED, signs);
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }

    fn kernel(release: &str, built_with: Option<&str>) -> Signs {
        Signs {
            release: format!("{release}\n"),
            built_with: built_with.map(str::to_owned),
            ..Signs::default()
        }
    }

    #[test]
    fn a_kernel_has_what_it_takes_or_the_plain_way_is_told() {
        let fit = (State::Ok, "fast path: the kernel has what it needs".to_owned());
        for signs in [
            kernel("6.6.0", Some(WHOLE)),
            kernel("6.12.41+deb13-amd64", None),
            kernel("7.0-rc1", Some(WHOLE)),
            kernel("nonsense", None),
        ] {
            assert_eq!(only(&signs), fit, "{signs:?}");
        }
        for (signs, why) in [
            (kernel("6.1.0-37-amd64", Some(WHOLE)), "is older than Linux 6.6"),
            (kernel("5.15", None), "is older than Linux 6.6"),
            (
                kernel(
                    "6.12.1",
                    Some("# CONFIG_NET_XGRESS is not set\nCONFIG_BPF_SYSCALL=y\n"),
                ),
                "has no CONFIG_NET_XGRESS",
            ),
            (
                kernel("6.12.1", Some("CONFIG_BPF_SYSCALLS=y\n")),
                "has no CONFIG_BPF_SYSCALL and no CONFIG_NET_XGRESS",
            ),
        ] {
            let what = format!("fast path: this kernel {why}, so all packets take the plain way");
            assert_eq!(only(&signs), (State::Ok, what));
        }
    }

    #[test]
    fn the_helper_knows_better_than_the_kernels_papers() {
        let says = |standing| Signs {
            told: Some(fastpath::Report { standing, flows: 0 }),
            ..kernel("5.15", None)
        };
        let (state, what) = only(&says(Standing::Stands));
        assert_eq!(
            (state, what.as_str()),
            (State::Ok, "fast path: established connections skip the IP stack")
        );
        let (state, what) = only(&says(Standing::Forbidden));
        assert_eq!(
            (state, what.as_str()),
            (
                State::Warn,
                "fast path: none: portico-netd may not load programs (CAP_BPF)"
            )
        );
        let error = "no room".to_owned();
        let (state, what) = only(&says(Standing::Failed { error }));
        assert_eq!((state, what.as_str()), (State::Warn, "fast path: none: no room"));
    }

    #[test]
    fn a_program_that_is_not_compiled_is_told_where_there_is_one() {
        let with = |jit: &str, release| Signs {
            jit: Some(jit.to_owned()),
            ..kernel(release, None)
        };
        for jit in ["1\n", "2\n"] {
            assert_eq!(told(WANTED, &with(jit, "6.12")).len(), 1);
        }
        let lines = told(WANTED, &with("0\n", "6.12"));
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert_eq!(lines[1].0, State::Warn);
        assert!(lines[1].1.contains("net.core.bpf_jit_enable = 0"), "{lines:?}");
        assert_eq!(told(WANTED, &with("0\n", "6.1")).len(), 1, "there is none");
    }

    #[test]
    fn what_is_not_wanted_is_not_judged() {
        for (flowtable, fast_path) in [(true, true), (true, false), (false, false)] {
            let forward = Forward { flowtable, fast_path };
            let signs = Signs {
                jit: Some("0\n".to_owned()),
                ..kernel("5.15", None)
            };
            assert_eq!(
                told(forward, &signs),
                [(State::Ok, "fast path: not wanted by [forward]".to_owned())]
            );
        }
    }

    #[test]
    fn what_the_kernel_was_built_with_is_read_where_it_stands() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(built_with(root.path(), "6.12"), None);
        std::fs::create_dir(root.path().join("boot")).unwrap();
        std::fs::write(root.path().join("boot/config-6.12"), "beside\n").unwrap();
        assert_eq!(built_with(root.path(), "6.12").as_deref(), Some("beside\n"));
        assert_eq!(built_with(root.path(), "6.13"), None);
        std::fs::create_dir(root.path().join("proc")).unwrap();
        let packed = root.path().join("proc/config.gz");
        std::fs::write(&packed, "not packed").unwrap();
        assert_eq!(built_with(root.path(), "6.12"), None);
        let mut encoder = GzEncoder::new(std::fs::File::create(&packed).unwrap(), Compression::fast());
        encoder.write_all(b"of itself\n").unwrap();
        encoder.finish().unwrap();
        assert_eq!(built_with(root.path(), "6.12").as_deref(), Some("of itself\n"));
    }
}
