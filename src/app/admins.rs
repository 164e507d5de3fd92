//! Those who administer: their database, the door of the dashboard, and the link of the first set-up.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{MissedTickBehavior, interval};

use super::{audit, clock};
use crate::accounts::{ABSOLUTE, Accounts, IDLE, Token};
use crate::config::Config;
use crate::dashboard::{Audit, AuditLook, Login, NotNoted};
use crate::model::audit::Action;
use crate::store::users::{FILE, SqliteUsers};

/// The link of the first set-up, in the state directory, for the service's user and root alone.
pub(super) const FIRST_SETUP: &str = "first-setup";
/// How long it is good.
const SETUP_TIME: SignedDuration = SignedDuration::from_hours(24);
/// How often sessions that are over are forgotten.
const SWEEP: Duration = Duration::from_mins(5);

/// Opens the users' database. One that cannot be opened keeps no station from going online: nobody gets into the
/// dashboard, and the log says why.
pub(super) async fn open(config: &Config, audit: Audit) -> Login {
    let state_dir = config.gateway.state_dir.clone();
    let accounts = match open_accounts(&state_dir).await {
        Ok(accounts) => Some(Arc::new(accounts)),
        Err(error) => {
            tracing::error!(%error, "nobody can log in to the dashboard");
            None
        }
    };
    if let Some(accounts) = &accounts {
        accounts.ask_second_factor_of(&config.management.second_factor);
        if config.management.enabled
            && let Err(error) = offer_setup(accounts, config).await
        {
            tracing::error!(%error, "there is no link for the first set-up; portico user add makes a user");
        }
        tokio::spawn(keep_house(Arc::clone(accounts), state_dir.join(FIRST_SETUP)));
    }
    Login { accounts, audit }
}

/// Whether the service's lines get into the audit log.
#[derive(Debug, Default)]
pub(super) struct AuditHealth {
    /// Whether the last one did not.
    is_failing: AtomicBool,
    /// How many did not since the start.
    failures: AtomicU64,
}

impl AuditHealth {
    /// For administrators.
    pub(super) fn look(&self) -> AuditLook {
        AuditLook {
            is_failing: self.is_failing.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }
}

/// Writes lines of the audit log of this state directory.
pub(super) fn audit(state_dir: &Path, health: &Arc<AuditHealth>) -> Audit {
    let (state_dir, health) = (state_dir.to_owned(), Arc::clone(health));
    Arc::new(move |action: &Action| {
        let written = audit::record(&state_dir, action);
        health.is_failing.store(written.is_err(), Ordering::Relaxed);
        written.map(drop).map_err(|error| {
            health.failures.fetch_add(1, Ordering::Relaxed);
            tracing::error!(%error, "the audit log lacks a line");
            NotNoted
        })
    })
}

async fn open_accounts(state_dir: &Path) -> anyhow::Result<Accounts> {
    let store = SqliteUsers::open(&state_dir.join(FILE)).await?;
    Ok(Accounts::new(Box::new(store), Arc::new(clock::now))?)
}

/// Where there is no user yet: a link, told in the log and in a file.
async fn offer_setup(accounts: &Accounts, config: &Config) -> anyhow::Result<()> {
    let path = config.gateway.state_dir.join(FIRST_SETUP);
    remove(&path)?;
    if !accounts.store().await.users().await?.is_empty() {
        return Ok(());
    }
    let (token, until) = (Token::random()?, accounts.now() + SETUP_TIME);
    let link = setup_link(config, &token);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    writeln!(file, "{link}\nuntil {until}")?;
    accounts.open_setup(&token, until);
    tracing::warn!(%link, %until, "the dashboard has no user yet: this link makes the first, once");
    Ok(())
}

fn setup_link(config: &Config, token: &Token) -> String {
    let port = config.management.port;
    let place = match &config.management.lan {
        Some(lan) => format!("https://{}:{port}", lan.host),
        None => format!("http://127.0.0.1:{port}"),
    };
    format!("{place}/setup?token={}", token.reveal())
}

async fn keep_house(accounts: Arc<Accounts>, link: PathBuf) {
    let mut turn = interval(SWEEP);
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turn.tick().await;
        if let Err(error) = sweep(&accounts, &link).await {
            tracing::warn!(%error, "sessions that are over could not be forgotten");
        }
    }
}

async fn sweep(accounts: &Accounts, link: &Path) -> anyhow::Result<()> {
    let now = accounts.now();
    let before = |length: Duration| -> anyhow::Result<Timestamp> { Ok(now.checked_sub(length)?) };
    let mut store = accounts.store().await;
    store.sweep(before(ABSOLUTE)?, before(IDLE)?).await?;
    if !store.users().await?.is_empty() {
        remove(link)?;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{AuditHealth, FIRST_SETUP, sweep};
    use crate::accounts::{Password, Token, Visitor};
    use crate::config::Config;
    use crate::dashboard::{AuditLook, Login};
    use crate::model::audit::{Action, More, Origin, Who};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::sync::Arc;

    async fn open(config: &Config) -> Login {
        super::open(config, Arc::new(|_| Ok(()))).await
    }

    fn config(state: &Path) -> Config {
        let text = format!(
            "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{}\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\n\
             comune = \"Comune\"\ninterface = \"br-piazza\"\nhost = \"wifi.comune.example.it\"\n",
            state.display()
        );
        Config::parse(&text, "portico.toml").unwrap()
    }

    #[tokio::test]
    async fn the_first_start_tells_a_link_that_makes_one_user() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FIRST_SETUP);
        let login = open(&config(folder.path())).await;
        let accounts = login.accounts.unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let permissions = std::fs::metadata(&file).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
        let link = text.lines().next().unwrap();
        let token = link.strip_prefix("http://127.0.0.1:9443/setup?token=").unwrap();
        let token: Token = token.parse().unwrap();
        assert!(accounts.is_setup(&token));
        let visitor = Visitor {
            address: "127.0.0.1".parse().unwrap(),
            agent: "",
        };
        let password = Password::new("tram zaino nuvola".to_owned());
        let outcome = accounts
            .set_up(&token, "anna".parse().unwrap(), password, visitor)
            .await;
        assert!(outcome.unwrap().is_ok());
        sweep(&accounts, &file).await.unwrap();
        assert!(!file.exists(), "it opens nothing any more");
        drop(accounts);
        let login = open(&config(folder.path())).await;
        assert!(!file.exists(), "there is a user");
        assert!(!login.accounts.unwrap().is_setup(&token));
    }

    #[test]
    fn a_line_that_cannot_be_written_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let (state, health) = (folder.path().join("state"), Arc::<AuditHealth>::default());
        let audit = super::audit(&state, &health);
        let line = Action {
            who: Who::Portico,
            from: Origin::Service,
            did: "reload",
            what: String::new(),
            more: More::new(),
        };
        assert!(
            audit(&line).is_err() && audit(&line).is_err(),
            "there is no directory"
        );
        let look = |is_failing, failures| AuditLook { is_failing, failures };
        assert_eq!(health.look(), look(true, 2));
        std::fs::create_dir(&state).unwrap();
        assert!(audit(&line).is_ok());
        assert_eq!(health.look(), look(false, 2));
    }

    #[tokio::test]
    async fn a_database_that_is_none_lets_nobody_in() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("users.db"), "nothing of the kind".repeat(99)).unwrap();
        assert!(open(&config(folder.path())).await.accounts.is_none());
    }
}
