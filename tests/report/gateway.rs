//! A gateway's folders, and the program run on them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use portico::model::figures::{Figure, Period};
use portico::store::figures::{FILE, FigureStore};

use crate::town::Town;
use crate::world::{network, period};

/// Two months of which everything is known of [`known`].
pub(crate) const DAYS: [&str; 4] = ["--from", "2026-09-01", "--to", "2026-10-31"];

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
pub(crate) fn known() -> Gateway {
    Gateway::with(Some(period("2026-08-20", "2026-11-02")))
}
