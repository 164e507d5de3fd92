//! `portico news` and `portico notice` as they are run; nobody else runs.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use portico::model::{NoticeColor, Scope};
use portico::news::editor::{self, Local};
use serde_json::Value;

use crate::firmware_config;

/// A comune with a state directory of its own, which belongs to the service's user.
struct Comune {
    dir: tempfile::TempDir,
}

impl Comune {
    const SERVICE: u32 = 65_534;

    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        std::fs::create_dir(&state).unwrap();
        std::os::unix::fs::chown(&state, Some(Self::SERVICE), Some(Self::SERVICE)).unwrap();
        let example = std::fs::read_to_string(firmware_config("examples/busto-arsizio.toml")).unwrap();
        let with_state = format!("[gateway]\nstate_dir = {:?}", state.display().to_string());
        let config = example.replacen("[gateway]", &with_state, 1);
        std::fs::write(dir.path().join("portico.toml"), config).unwrap();
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_portico"))
            .args(args)
            .arg("--config")
            .arg(self.path("portico.toml"))
            .output()
            .unwrap()
    }

    fn says(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {errors}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// What is said of input that is refused, with status 2.
    fn refuses(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        said
    }

    fn local(&self) -> Local {
        editor::read(&editor::file(&self.path("state"))).unwrap()
    }
}

fn write_picture(path: &Path) {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/app/demo/library.png");
    std::fs::copy(library, path).unwrap();
}

#[test]
fn an_item_is_written_pinned_listed_and_removed() {
    let comune = Comune::new();
    write_picture(&comune.path("presepe.png"));
    std::fs::write(
        comune.path("presepe.txt"),
        "Il presepe vivente.\n\n- alle 16\n- alle 18\n",
    )
    .unwrap();
    let (text, picture) = (comune.path("presepe.txt"), comune.path("presepe.png"));
    let id = comune.says(&[
        "news",
        "add",
        "--title",
        "Presepe vivente",
        "--text-file",
        text.to_str().unwrap(),
        "--picture",
        picture.to_str().unwrap(),
        "--picture-alt",
        "Il presepe",
        "--network",
        "piazza",
        "--from",
        "2099-12-08",
        "--until",
        "2099-12-24T20:00",
        "--pin",
    ]);
    let local = comune.local();
    let item = &local.items[0];
    assert_eq!(item.id.as_str(), id);
    assert_eq!((item.title.as_str(), item.pinned), ("Presepe vivente", true));
    assert_eq!(item.summary, "Il presepe vivente.");
    assert_eq!(item.body.len(), 2);
    assert_eq!(item.source, "Comune di Busto Arsizio");
    // The beginning of that day in Italy, which is then its date.
    assert_eq!(item.starts, "2099-12-07T23:00:00Z".parse().ok());
    assert_eq!(item.published, item.starts);
    assert_eq!(item.expires, "2099-12-24T19:00:00Z".parse().ok());
    assert_eq!(item.scope, Scope::Only(["piazza".parse().unwrap()].into()));
    let picture = &local.pictures[&item.id];
    assert_eq!(picture.width * 9, picture.height * 16);

    let list = comune.says(&["news", "list"]);
    assert_eq!(
        list,
        format!(
            "{id}  Presepe vivente  (pinned; only piazza; from 2099-12-08 00:00; until 2099-12-24 20:00)"
        )
    );
    let json: Value = serde_json::from_str(&comune.says(&["news", "list", "--json"])).unwrap();
    assert_eq!(json["items"][0]["id"], id);

    assert_eq!(
        comune.says(&["news", "unpin", &id[..5]]),
        format!("{id} unpinned")
    );
    assert!(!comune.local().items[0].pinned);
    assert_eq!(comune.says(&["news", "remove", &id]), format!("{id} removed"));
    assert_eq!(comune.local(), Local::default());
    assert_eq!(comune.says(&["news", "list"]), "no news written here");
}

#[test]
fn a_notice_is_written_listed_and_removed() {
    let comune = Comune::new();
    let id = comune.says(&[
        "notice",
        "add",
        "Scuole chiuse per neve",
        "--color",
        "red",
        "--until",
        "2099-01-31",
    ]);
    let local = comune.local();
    assert_eq!(local.notices[0].color, NoticeColor::Red);
    // The end of that day in Italy.
    assert_eq!(local.notices[0].ends, "2099-01-31T23:00:00Z".parse().ok());
    let list = comune.says(&["notice", "list"]);
    assert!(
        list.starts_with(&format!("{id}  red     Scuole chiuse per neve")),
        "{list}"
    );
    comune.says(&["notice", "remove", &id[..4]]);
    assert_eq!(comune.local().notices, []);
    let log = std::fs::read_to_string(comune.path("state/audit.jsonl")).unwrap();
    for did in ["notice-add", "notice-withdraw"] {
        let line = log.lines().find(|line| line.contains(&format!("\"{did}\"")));
        assert!(line.is_some_and(|line| line.contains(&id)), "{did}: {log}");
    }
}

#[test]
fn the_service_may_read_and_write_what_root_wrote() {
    let comune = Comune::new();
    comune.says(&["notice", "add", "a", "--color", "blue"]);
    for file in ["state/news", "state/news/local.json", "state/news/local.lock"] {
        let metadata = std::fs::metadata(comune.path(file)).unwrap();
        assert_eq!(metadata.uid(), Comune::SERVICE, "{file}");
    }
}

#[test]
fn an_item_of_a_feed_is_hidden_and_shown_again() {
    let comune = Comune::new();
    let feed = "00112233445566ff";
    let said = comune.says(&["news", "remove", feed]);
    assert!(said.contains("stays in its feed"), "{said}");
    assert_eq!(comune.local().hidden.len(), 1);
    comune.says(&["news", "restore", feed]);
    assert_eq!(comune.local().hidden.len(), 0);
    comune.says(&["news", "pin", feed]);
    assert_eq!(comune.local().pinned.len(), 1);
}

#[test]
fn bad_input_is_refused_in_words_and_changes_nothing() {
    let comune = Comune::new();
    let long = "è".repeat(141);
    let notice = |rest: &[&str]| {
        let mut args = vec!["notice", "add"];
        args.extend_from_slice(rest);
        comune.refuses(&args)
    };
    let has = |said: String, wanted: &[&str]| {
        for word in wanted {
            assert!(said.contains(word), "{word} is not in: {said}");
        }
    };
    has(notice(&[&long, "--color", "red"]), &["141 characters", "140"]);
    has(notice(&["a", "--color", "pink"]), &["purple"]);
    has(
        notice(&["a", "--color", "red", "--network", "stazione"]),
        &["stazione", "piazza, molini"],
    );
    has(
        notice(&["a", "--color", "red", "--until", "2020-01-01T10:00"]),
        &["past"],
    );
    has(
        notice(&["a", "--color", "red", "--until", "domani"]),
        &["domani", "2026-12-24T20:00"],
    );
    has(
        notice(&["a", "--color", "red", "--link", "javascript:alert(1)"]),
        &["https://"],
    );
    has(comune.refuses(&["news", "remove", "abcd"]), &["abcd", "list"]);
    std::fs::write(comune.path("page.svg"), "<svg/>").unwrap();
    let svg = comune.path("page.svg");
    let with_svg = ["news", "add", "--title", "a", "--picture", svg.to_str().unwrap()];
    has(comune.refuses(&with_svg), &["page.svg", "JPEG, PNG or WebP"]);
    let missing = ["news", "add", "--title", "a", "--text-file", "/nonexistent"];
    has(comune.refuses(&missing), &["/nonexistent"]);
    assert_eq!(comune.local(), Local::default());
}

#[test]
fn help_shows_examples() {
    for command in ["news", "notice"] {
        let output = Command::new(env!("CARGO_BIN_EXE_portico"))
            .args([command, "--help"])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            said.contains("Examples:") && said.contains("--until 2026-12"),
            "{said}"
        );
    }
}
