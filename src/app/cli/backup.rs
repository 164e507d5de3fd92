//! `portico backup` and `portico restore`: the figures and the announced works, copied away and put back.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};

use crate::app::{audit, control, works};
use crate::config::Config;
use crate::model::WorksBook;
use crate::report::Written;
use crate::store::figures::{self, Enclosed};

/// Copies the figures and the announced works into a new file while the daemon runs. The copy holds aggregates
/// alone: no MAC, no key and no session is in it.
#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    /// Configuration file, which tells where the figures are.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
    /// The copy; must not exist yet.
    file: PathBuf,
}

/// Puts a backup in the place of the figures and announced works that are there, which are kept beside it. The
/// daemon must be stopped: systemctl stop portico.
#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    /// Configuration file, which tells where the figures are.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
    /// The backup.
    file: PathBuf,
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn back_up(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    let state_dir = &config.gateway.state_dir;
    // Figures are worth a copy whatever is wrong with the announced works.
    let announced = works::to_enclose(state_dir);
    let bytes = announced.as_ref().ok().and_then(Option::as_deref);
    let enclosed = bytes.map(|bytes| Enclosed {
        name: works::FILE,
        bytes,
    });
    let database = state_dir.join(figures::FILE);
    runtime()?.block_on(figures::back_up(&database, &args.file, enclosed))?;
    if let Err(error) = note(state_dir, "backup", &args.file) {
        // Of its own making, or there would have been none.
        std::fs::remove_file(&args.file).with_context(|| args.file.display().to_string())?;
        return Err(error.context("nothing was copied, since it cannot be noted in the audit log"));
    }
    let and_works = if enclosed.is_some() {
        " and the announced works"
    } else {
        ""
    };
    println!("the figures{and_works} are in {}", args.file.display());
    announced.context("the announced works are not in the backup")?;
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn restore(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    if UnixStream::connect(control::socket_path(&config.gateway.run_dir)).is_ok() {
        bail!("the daemon is running: stop it first (systemctl stop portico), and start it afterwards");
    }
    let state_dir = &config.gateway.state_dir;
    let runtime = runtime()?;
    // Looked at before anything is replaced.
    let announced = runtime.block_on(works::enclosed(&args.file))?;
    let announced = announced.transpose().map_err(|what| {
        anyhow!(
            "nothing was restored: the announced works in {} cannot be read: {what}",
            args.file.display()
        )
    })?;
    let database = state_dir.join(figures::FILE);
    note(state_dir, "restore", &args.file)
        .context("nothing was restored, since it cannot be noted in the audit log")?;
    let restored = runtime.block_on(figures::restore(&args.file, &database));
    if restored.is_err() {
        note(state_dir, "restore-failed", &args.file)?;
    }
    let before = restored?;
    keep_owner(state_dir, &database)?;
    println!("{} is restored from {}", database.display(), args.file.display());
    if let Some(before) = before {
        println!("what was there is in {}", before.display());
    }
    match announced {
        Some(book) => put_works_back(state_dir, book)?,
        None => println!("the backup tells of no announced works: those that are there stay"),
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
fn put_works_back(state_dir: &Path, book: WorksBook) -> anyhow::Result<()> {
    let put_back = works::put_back(state_dir, book, audit::whoever_runs_this());
    let put_back = put_back.context("the figures are restored, the announced works are not")?;
    println!("announced works restored: {}", put_back.works);
    if let Some(before) = put_back.before {
        println!("those that were there are in {}", before.display());
    }
    Ok(())
}

/// Into the audit log, with what tells the backup from any other.
fn note(state_dir: &Path, did: &'static str, file: &Path) -> anyhow::Result<()> {
    let who = audit::whoever_runs_this();
    audit::record_files(state_dir, who, (did, "figures"), &[Written::of(file)?])?;
    Ok(())
}

/// What root restores is the service's, like the directory it is in.
fn keep_owner(directory: &Path, database: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let wanted = std::fs::metadata(directory)?;
    let found = std::fs::metadata(database)?;
    if (wanted.uid(), wanted.gid()) != (found.uid(), found.gid()) {
        std::os::unix::fs::chown(database, Some(wanted.uid()), Some(wanted.gid()))
            .with_context(|| format!("{} cannot be given to the service's user", database.display()))?;
    }
    Ok(())
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("no runtime")
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};
    use std::process::ExitCode;

    use jiff::SignedDuration;

    use super::{BackupArgs, RestoreArgs, back_up, restore, runtime};
    use crate::app::{audit, clock, works};
    use crate::model::WorksWish;
    use crate::model::audit::Filter;
    use crate::report::Written;
    use crate::store::figures::{FILE, FigureStore};

    /// A gateway's directory: with figures, and a configuration that says where they are.
    fn gateway(folder: &Path) -> PathBuf {
        let (state, run, config) = (folder.join("state"), folder.join("run"), folder.join("p.toml"));
        std::fs::create_dir(&state).unwrap();
        let text = format!(
            "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{}\"\nrun_dir = \"{}\"\n[[network]]\nid = \"piazza\"\n\
             name = \"Piazza\"\ncomune = \"Comune\"\ninterface = \"br0\"\nhost = \"wifi.example.org\"\n",
            state.display(),
            run.display()
        );
        std::fs::write(&config, text).unwrap();
        let opened = async { FigureStore::open(&state.join(FILE)).await.unwrap().close().await };
        runtime().unwrap().block_on(opened);
        config
    }

    fn announce(state: &Path, days: i64) -> u32 {
        let now = clock::wall();
        let from = now + SignedDuration::from_hours(24 * days);
        let wish = WorksWish {
            network: None,
            from,
            until: from + SignedDuration::from_hours(1),
            reason: "nuovo switch".parse().unwrap(),
        };
        works::announce(state, wish, now, audit::whoever_runs_this())
            .unwrap()
            .number
    }

    fn numbers(state: &Path) -> Vec<u32> {
        let book = works::read(state).unwrap();
        book.all().map(|works| works.number).collect()
    }

    fn back_up_to(config: &Path, file: &Path) -> anyhow::Result<ExitCode> {
        back_up(&BackupArgs {
            config: config.to_owned(),
            file: file.to_owned(),
        })
    }

    fn restore_from(config: &Path, file: &Path) -> anyhow::Result<ExitCode> {
        restore(&RestoreArgs {
            config: config.to_owned(),
            file: file.to_owned(),
        })
    }

    /// What was noted, and the digest of the file with it.
    fn noted(state: &Path) -> Vec<(String, Option<String>)> {
        let mut noted = Vec::new();
        let mut take = |found: audit::Found<'_>| {
            let digest = found
                .entry
                .more
                .get("files")
                .and_then(|files| files[0]["sha256"].as_str());
            noted.push((found.entry.did.clone(), digest.map(str::to_owned)));
            Ok(())
        };
        audit::read(state, &Filter::default(), &mut take).unwrap();
        noted
    }

    #[test]
    fn who_copies_figures_away_or_puts_them_back_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        let (config, state) = (gateway(folder.path()), folder.path().join("state"));
        let (file, other) = (folder.path().join("away.db"), folder.path().join("empty"));
        back_up_to(&config, &file).unwrap();
        let digest = Some(Written::of(&file).unwrap().sha256);
        restore_from(&config, &file).unwrap();
        std::fs::write(&other, "").unwrap();
        restore_from(&config, &other).unwrap_err();
        let all = noted(&state);
        let dids: Vec<&str> = all.iter().map(|(did, _)| did.as_str()).collect();
        assert_eq!(dids, ["backup", "restore", "restore", "restore-failed"]);
        assert_eq!((&all[0].1, &all[1].1), (&digest, &digest));
        for did in dids {
            for words in [
                include_str!("../../../templates/locales/it/dashboard/audit.ftl"),
                include_str!("../../../templates/locales/en/dashboard/audit.ftl"),
            ] {
                assert!(words.contains(&format!("audit-did-{did} = ")), "{did}");
            }
        }

        // A log that is a folder takes nothing.
        let second = folder.path().join("second.db");
        std::fs::remove_file(state.join(audit::FILE)).unwrap();
        std::fs::create_dir(state.join(audit::FILE)).unwrap();
        back_up_to(&config, &second).unwrap_err();
        assert!(!second.exists(), "no copy that nobody knows of");
        restore_from(&config, &file).unwrap_err();
    }

    #[test]
    fn announced_works_go_along_and_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let (config, state) = (gateway(folder.path()), folder.path().join("state"));
        let (none, some) = (folder.path().join("none.db"), folder.path().join("some.db"));
        back_up_to(&config, &none).unwrap();
        assert_eq!((announce(&state, 1), announce(&state, 2)), (1, 2));
        back_up_to(&config, &some).unwrap();
        assert_eq!(announce(&state, 3), 3);

        restore_from(&config, &none).unwrap();
        assert_eq!(
            numbers(&state),
            [1, 2, 3],
            "a backup that tells of none takes none away"
        );
        restore_from(&config, &some).unwrap();
        assert_eq!(numbers(&state), [1, 2]);
        let aside = std::fs::read_to_string(state.join("works.json.before-restore-1")).unwrap();
        assert!(aside.contains("\"number\": 3"), "{aside}");
        assert_eq!(announce(&state, 4), 4, "no number comes twice");
        let noted: Vec<String> = noted(&state).into_iter().map(|(did, _)| did).collect();
        assert_eq!(
            noted,
            [
                "backup",
                "works-add",
                "works-add",
                "backup",
                "works-add",
                "restore",
                "restore",
                "works-restore",
                "works-add"
            ]
        );

        // As on a new machine.
        let other = folder.path().join("other");
        std::fs::create_dir(&other).unwrap();
        let anew = gateway(&other);
        restore_from(&anew, &some).unwrap();
        assert_eq!(numbers(&other.join("state")), [1, 2]);
    }

    #[test]
    fn works_that_cannot_be_read_are_told_and_figures_copied_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (config, state) = (gateway(folder.path()), folder.path().join("state"));
        let (first, second) = (folder.path().join("1.db"), folder.path().join("2.db"));
        announce(&state, 1);
        back_up_to(&config, &first).unwrap();
        std::fs::write(state.join("works.json"), "{").unwrap();
        let told = back_up_to(&config, &second).unwrap_err();
        assert!(
            format!("{told:#}").contains("works are not in the backup"),
            "{told:#}"
        );
        assert!(second.exists());
        restore_from(&config, &first).unwrap();
        assert_eq!(numbers(&state), [1]);
        let aside = std::fs::read_to_string(state.join("works.json.before-restore-1")).unwrap();
        assert_eq!(aside, "{");
    }
}
