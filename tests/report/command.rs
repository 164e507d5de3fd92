//! `portico export`: what it writes, what it refuses, and that it leaves no half file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use portico::model::BootId;
use portico::model::figures::{Figure, Heartbeat, Period};
use portico::store::figures::{FILE, FigureStore};
use rustix::process::{Pid, Signal, kill_process};

use crate::town::Town;
use crate::world::{network, period, run};

/// A gateway's folders: configuration and figures.
pub(crate) struct Gateway {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) config: PathBuf,
}

impl Gateway {
    /// With the figures of some days.
    pub(crate) fn with(days: Option<Period>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        std::fs::create_dir(&state).unwrap();
        std::fs::create_dir(folder.path().join("out")).unwrap();
        let config = folder.path().join("portico.toml");
        let mut text = format!(
            "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{}\"\n",
            state.display()
        );
        for number in 0..2 {
            let _ = write!(
                text,
                "[[network]]\nid = \"net{number}\"\nname = \"Luogo {number}\"\ncomune = \"Comune\"\ninterface = \"br{number}\"\n\
                 host = \"wifi{number}.comune.example.it\"\nwifi4eu_id = \"id{number}\"\n"
            );
        }
        std::fs::write(&config, text).unwrap();
        if let Some(days) = days {
            fill(&state.join(FILE), days);
        }
        Self { folder, config }
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.out()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn export(&self, arguments: &[&str]) -> (i32, String, String) {
        let out = self.out();
        let output = ["--output", out.to_str().unwrap()];
        self.portico(&[&["export"], arguments, &output].concat())
    }

    pub(crate) fn portico(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_portico"))
            .args(arguments)
            .arg("--config")
            .arg(&self.config)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }
}

/// A database as the daemon leaves it.
fn fill(path: &Path, days: Period) {
    let networks = [network(0), network(1)];
    let town = Town::new(networks.to_vec(), days);
    let figures: Vec<Figure> = networks
        .into_iter()
        .flat_map(|network| town.figures(network, days))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut store = FigureStore::open(path).await.unwrap();
        store.write(&figures, None).await.unwrap();
        store.close().await;
    });
}

const DAYS: [&str; 4] = ["--from", "2026-09-01", "--to", "2026-10-31"];

pub(crate) fn known() -> Gateway {
    Gateway::with(Some(period("2026-08-20", "2026-11-02")))
}

#[test]
fn exports_of_other_rows_or_networks_have_other_names() {
    let gateway = known();
    let wishes: [&[&str]; 3] = [&[], &["--by", "day"], &["--by", "month", "--network", "net1"]];
    for more in wishes {
        let format = ["--format", "json"];
        let (status, _, complaints) = gateway.export(&[&["usage"][..], &DAYS, &format, more].concat());
        assert_eq!((status, complaints.as_str()), (0, ""));
    }
    let mut names = gateway.names();
    names.sort();
    assert_eq!(
        names,
        [
            "usage-2026-09-01_2026-10-31-day.json",
            "usage-2026-09-01_2026-10-31-month-net1.json",
            "usage-2026-09-01_2026-10-31.json",
        ]
    );
}

#[test]
fn an_export_is_written_with_what_belongs_beside_it_and_noted() {
    let gateway = known();
    let (status, told, complaints) = gateway.export(&[&["usage"][..], &DAYS].concat());
    assert_eq!((status, complaints.as_str()), (0, ""));
    let file = "usage-2026-09-01_2026-10-31.csv";
    assert_eq!(
        gateway.names(),
        [file.to_owned(), format!("{file}-metadata.json")]
    );
    let rows = std::fs::read_to_string(gateway.out().join(file))
        .unwrap()
        .lines()
        .count();
    assert_eq!(
        rows,
        1 + 2 * (61 * 24 + 1),
        "two networks, two months, an hour more in October"
    );
    // What is printed is what sha256sum reads.
    let sums = gateway.folder.path().join("sums");
    std::fs::write(&sums, &told).unwrap();
    let (good, said) = run(Command::new("sha256sum")
        .arg("--check")
        .arg("--strict")
        .arg(&sums));
    assert!(good, "{said}");
    let audit = std::fs::read_to_string(gateway.folder.path().join("state/audit.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(audit.trim_end()).unwrap();
    assert_eq!(line["what"], "usage");
    assert!(told.starts_with(line["more"]["files"][0]["sha256"].as_str().unwrap()));
    assert_eq!(line["who"], format!("uid {}", rustix::process::getuid().as_raw()));
    let (status, _, complaints) = gateway.export(&[&["summary", "--lang", "en"][..], &DAYS].concat());
    assert_eq!((status, complaints.as_str()), (0, ""));
    assert!(
        gateway
            .names()
            .contains(&"summary-2026-09-01_2026-10-31.pdf".to_owned())
    );
}

#[test]
fn what_cannot_be_done_is_refused_with_words_and_a_status_of_its_own() {
    let gateway = known();
    for (arguments, status, words) in [
        (
            vec!["usage", "--from", "2026-10-31", "--to", "2026-10-01"],
            2,
            "2026-10-01 is before 2026-10-31",
        ),
        (vec!["usage", "--network", "nowhere"], 2, "there are: net0, net1"),
        (
            vec!["usage", "--from", "31/10/2026"],
            2,
            "write a day like 2026-10-31",
        ),
        (
            vec!["usage", "--format", "html"],
            2,
            "html is the format of \"page\"",
        ),
        (
            vec!["usage", "--format", "ods"],
            2,
            "possible values: csv, xlsx, json, pdf",
        ),
        (vec!["installation"], 2, "net1: no access point is declared"),
        (
            vec!["usage", "--from", "2020-01-01", "--to", "2020-12-31"],
            3,
            "nothing is known of net0, net1",
        ),
        (
            vec!["summary", "--from", "2020-01-01", "--to", "2020-12-31"],
            3,
            "nothing is known of net0, net1",
        ),
        (
            vec!["availability", "--from", "2999-01-01"],
            3,
            "nothing is known",
        ),
    ] {
        let (found, told, complaints) = gateway.export(&arguments);
        assert_eq!(
            (found, told.as_str()),
            (status, ""),
            "{arguments:?}: {complaints}"
        );
        assert!(complaints.contains(words), "{arguments:?}: {complaints}");
        assert!(gateway.names().is_empty(), "{arguments:?}");
    }
    assert!(!gateway.folder.path().join("state/audit.jsonl").exists());
    let (status, _, complaints) = Gateway::with(None).export(&["usage"]);
    assert!(
        status == 3 && complaints.contains("nothing is known yet"),
        "{complaints}"
    );
}

#[test]
fn the_declaration_has_the_portal_s_fields() {
    let gateway = Gateway::with(None);
    let text = std::fs::read_to_string(&gateway.config).unwrap();
    let point = "[[network.access_point]]\nlocation_type = \"Square\"\nlocation = \"Lato nord\"\nlatitude = 45.61189\n\
                 longitude = 8.850110\nplacement = \"outdoor\"\nbrand = \"Acme\"\nmodel = \"M1\"\nserial = \"S1\"\n\
                 mac = \"00:00:5e:00:53:01\"\n";
    let tls = "certificate = \"/none.pem\"\nkey = \"/none.key\"\n";
    let text = text.replace(
        "wifi4eu_id = \"id1\"\n",
        &format!("wifi4eu_id = \"id1\"\n{tls}{point}"),
    );
    std::fs::write(&gateway.config, text).unwrap();
    for (lang, note) in [
        ("en", "1 access points outside and 0 inside are fewer"),
        ("it", "1 punti di accesso fuori e 0 dentro sono meno"),
    ] {
        let arguments = ["installation", "--network", "net1", "--lang", lang];
        let (status, _, complaints) = gateway.export(&arguments);
        assert_eq!(status, 0, "{complaints}");
        assert!(complaints.contains(note), "{complaints}");
    }
    let written = std::fs::read_to_string(gateway.out().join("installation.csv")).unwrap();
    assert_eq!(
        written,
        "name,url,domain_name,network_identifier,number,location_type,location,latitude,longitude,indoor_outdoor,\
         device_brand,model_number,serial_number,mac_address\r\n\
         Luogo 1,https://wifi1.comune.example.it/,wifi1.comune.example.it,id1,1,Square,Lato nord,45.611890,8.850110,outdoor,\
         Acme,M1,S1,00:00:5E:00:53:01\r\n"
    );
}

#[test]
fn the_audit_log_is_verified_listed_and_exported() {
    let gateway = known();
    let export = [&["usage", "--by", "month"][..], &DAYS].concat();
    let (status, told, _) = gateway.portico(&["audit", "verify"]);
    assert!(
        status == 0 && told.contains("nothing has been recorded"),
        "{told}"
    );
    for _ in 0..3 {
        assert_eq!(gateway.export(&export).0, 0);
    }
    let (status, told, complaints) = gateway.portico(&["audit", "verify"]);
    assert_eq!((status, complaints.as_str()), (0, ""));
    let head = told.trim_end().rsplit_once("head ").unwrap().1.to_owned();
    assert!(told.contains("3 entries") && head.starts_with("3:"), "{told}");

    let (status, told, _) = gateway.portico(&["audit", "list", "--did", "export"]);
    assert_eq!((status, told.lines().count()), (0, 3), "{told}");
    let (status, told, _) = gateway.portico(&["audit", "list", "--to", "2020-01-01"]);
    assert_eq!((status, told.as_str()), (0, ""));
    let file = gateway.out().join("audit.csv");
    let (status, told, complaints) =
        gateway.portico(&["audit", "export", "--output", file.to_str().unwrap()]);
    assert_eq!((status, complaints.as_str()), (0, ""));
    let csv = std::fs::read_to_string(&file).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(
        csv.starts_with("number,at,who,from,did,what,more\r\n1,2"),
        "{csv}"
    );
    // The log has that it was taken away, with the hash of what was taken.
    let (_, listed, _) = gateway.portico(&["audit", "list"]);
    let last = listed.lines().last().unwrap();
    assert!(
        last.contains("export  audit") && last.contains(told.split(' ').next().unwrap()),
        "{last}"
    );

    let log = gateway.folder.path().join("state/audit.jsonl");
    let whole = std::fs::read_to_string(&log).unwrap();
    std::fs::write(
        &log,
        whole.replacen("\"what\":\"usage\"", "\"what\":\"usagE\"", 1),
    )
    .unwrap();
    let (status, told, complaints) = gateway.portico(&["audit", "verify"]);
    assert_eq!((status, told.as_str()), (1, ""));
    assert!(complaints.contains("line 1 does not follow"), "{complaints}");
    let kept: Vec<&str> = whole.split_inclusive('\n').take(3).collect();
    std::fs::write(&log, kept.concat()).unwrap();
    let (status, _, complaints) = gateway.portico(&["audit", "verify"]);
    assert!(
        status == 1 && complaints.contains("line 4 is missing"),
        "{complaints}"
    );
    // Log and head made anew: what was written down tells.
    std::fs::remove_file(&log).unwrap();
    std::fs::remove_file(gateway.folder.path().join("state/audit.head")).unwrap();
    for _ in 0..3 {
        assert_eq!(gateway.export(&export).0, 0);
    }
    assert_eq!(gateway.portico(&["audit", "verify"]).0, 0);
    let (status, _, complaints) = gateway.portico(&["audit", "verify", "--head", &head]);
    assert!(
        status == 1 && complaints.contains("line 3 is not the one"),
        "{complaints}"
    );
}

/// Does something to the figures' database as the daemon would.
fn with_store(path: &Path, beat: &str) {
    let beat = Heartbeat {
        at: beat.parse().unwrap(),
        boot_id: BootId("first".into()),
        stopped: false,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut store = FigureStore::open(path).await.unwrap();
        store.write(&[], Some(&beat)).await.unwrap();
        store.close().await;
    });
}

#[test]
fn a_day_that_the_daemon_has_not_outlived_is_not_told() {
    let gateway = known();
    let october = ["availability", "--from", "2026-10-01", "--to", "2026-10-31"];
    let rows = |beat: &str| {
        with_store(&gateway.folder.path().join("state").join(FILE), beat);
        let (status, told, complaints) = gateway.export(&october);
        assert_eq!(status, 0, "{complaints}");
        let file = told.split_whitespace().nth(1).unwrap();
        (
            std::fs::read_to_string(file).unwrap().lines().count() - 1,
            complaints,
        )
    };
    let (count, complaints) = rows("2026-10-20T10:00:00Z");
    assert_eq!(count, 2 * 19);
    assert!(complaints.contains("2026-10-20"), "{complaints}");
    assert_eq!(rows("2026-11-02T10:00:00Z"), (2 * 31, String::new()));
}

#[test]
fn figures_of_a_network_that_was_removed_are_still_exported() {
    let gateway = known();
    let text = std::fs::read_to_string(&gateway.config).unwrap();
    let second = text.match_indices("[[network]]").nth(1).unwrap().0;
    std::fs::write(&gateway.config, &text[..second]).unwrap();
    let (status, told, complaints) = gateway.export(&[&["usage", "--network", "net1"][..], &DAYS].concat());
    assert_eq!((status, complaints.as_str()), (0, ""));
    let file = told.split_whitespace().nth(1).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(
        text.lines()
            .skip(1)
            .all(|line| line.starts_with("net1,,net1,,")),
        "{text:.300}"
    );
    assert!(text.lines().count() > 1_000);
    let (status, _, complaints) = gateway.export(&["usage", "--network", "net2"]);
    assert!(
        status == 2 && complaints.contains("there are: net0, net1"),
        "{complaints}"
    );
    // It is declared nowhere any more.
    let (status, _, complaints) = gateway.export(&["installation", "--network", "net1"]);
    assert!(
        status == 2 && complaints.contains("there are: net0"),
        "{complaints}"
    );
}

#[test]
fn what_the_audit_log_cannot_take_does_not_leave_the_gateway() {
    let gateway = known();
    std::fs::create_dir(gateway.folder.path().join("state/audit.jsonl")).unwrap();
    let (status, told, complaints) = gateway.export(&[&["usage"][..], &DAYS].concat());
    assert_eq!((status, told.as_str()), (1, ""));
    assert!(
        complaints.contains("cannot be noted in the audit log"),
        "{complaints}"
    );
    assert!(gateway.names().is_empty());
}

/// On a terminal and without one: only there a bar is drawn, and nothing of it is left.
#[test]
fn nothing_is_drawn_where_nobody_looks() {
    let gateway = Gateway::with(Some(period("2024-01-01", "2026-10-31")));
    let whole = [
        "usage",
        "--format",
        "xlsx",
        "--from",
        "2024-01-01",
        "--to",
        "2026-10-31",
    ];
    let (status, _, complaints) = gateway.export(&whole);
    assert_eq!((status, complaints.as_str()), (0, ""));
    // On one processor it lasts several times as long as nobody is shown a bar for.
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let processors = status.split_once("Cpus_allowed_list:").unwrap().1.trim_start();
    let first = processors.split(|ch: char| !ch.is_ascii_digit()).next().unwrap();
    let command = format!(
        "taskset -c {first} {} export {} --config {} --output {}",
        env!("CARGO_BIN_EXE_portico"),
        whole.join(" "),
        gateway.config.display(),
        gateway.out().display()
    );
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let seen = String::from_utf8(output.stdout).unwrap();
    let (bar, after) = seen.rsplit_once(" %\r").unwrap();
    assert!(bar.contains("[#"), "{seen:?}");
    let (blank, sum) = after.split_once('\r').unwrap();
    assert!(blank.len() > 40 && blank.trim().is_empty(), "{seen:?}");
    assert!(sum.contains("usage-2024-01-01_2026-10-31.xlsx"), "{seen:?}");
}

#[test]
fn a_format_that_does_not_carry_the_report_is_refused_whatever_is_known() {
    let gateway = Gateway::with(None);
    let (status, _, complaints) = gateway.export(&["summary", "--format", "html"]);
    assert_eq!(status, 2, "{complaints}");
    assert!(
        complaints.contains("html is the format of \"page\""),
        "{complaints}"
    );
}

/// An export that has begun to write, ended by a signal; the exit status, and what was said. Nothing where it was
/// through before.
fn interrupted(gateway: &Gateway, kind: Signal) -> Option<(i32, String)> {
    let child = Command::new(env!("CARGO_BIN_EXE_portico"))
        .args([
            "export",
            "usage",
            "--from",
            "2024-01-01",
            "--to",
            "2026-10-31",
            "--config",
        ])
        .arg(&gateway.config)
        .arg("--output")
        .arg(gateway.out())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Where it is through already, the signal finds nobody.
    let begun = (0..20_000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        !gateway.names().is_empty()
    });
    assert!(begun, "it never began to write");
    let pid = Pid::from_raw(child.id().cast_signed()).unwrap();
    // It is not waited for yet, so the number is its own.
    kill_process(pid, kind).unwrap();
    let output = child.wait_with_output().unwrap();
    let status = output.status.code().expect("it ends by itself");
    (status != 0).then(|| (status, String::from_utf8(output.stderr).unwrap()))
}

#[test]
fn an_interrupted_export_leaves_nothing_and_says_so() {
    let gateway = Gateway::with(Some(period("2024-01-01", "2026-10-31")));
    for (kind, expected) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        // It may be faster than the signal.
        let (status, said) = (0..20)
            .find_map(|_| {
                for name in gateway.names() {
                    std::fs::remove_file(gateway.out().join(name)).unwrap();
                }
                interrupted(&gateway, kind)
            })
            .expect("always through before the signal");
        assert_eq!(status, expected, "{said}");
        assert!(said.contains("interrupted; nothing is written"), "{said}");
        assert_eq!(gateway.names(), [""; 0]);
    }
}

/// A disk of 64 KiB, in a mount namespace of its own.
#[test]
fn a_disk_that_fills_up_leaves_no_half_file() {
    let gateway = known();
    for format in ["csv", "xlsx", "json"] {
        let script = "mount -t tmpfs -o size=64k none \"$OUT\" && { \"$@\"; status=$?; ls -A \"$OUT\"; exit $status; }";
        let output = Command::new("unshare")
            .args(["--mount", "sh", "-c", script, "sh"])
            .arg(env!("CARGO_BIN_EXE_portico"))
            .args(["export", "usage", "--format", format, "--config"])
            .arg(&gateway.config)
            .args(DAYS)
            .arg("--output")
            .arg(gateway.out())
            .env("OUT", gateway.out())
            .output()
            .unwrap();
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{complaints}");
        assert!(
            complaints.contains("cannot be written: No space left on device"),
            "{complaints}"
        );
        assert!(
            output.stdout.is_empty(),
            "{format}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    assert!(
        !gateway.folder.path().join("state/audit.jsonl").exists(),
        "nothing left the gateway"
    );
}
