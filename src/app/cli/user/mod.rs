//! `portico user`: who may administer. It works on the database of users, whether the service runs or not.

mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::accounts::office::{self, Denied};
use crate::accounts::{
    CODES, Password, PasswordHash, RecoveryCode, RecoveryHash, Role, Spared, Store, TotpSecret, User,
    UserName,
};
use crate::app::{audit, clock};
use crate::config::Config;
use crate::model::TimeZone;
use crate::model::audit::{Action, More};
use crate::store::users::{FILE, SqliteUsers};

const EXAMPLES: &str = "Examples:
  portico user add anna --role admin
  portico user totp anna                 a second factor, with its QR code and recovery codes
  portico user role bruno editor
  portico user sessions anna --end       ends all of them

Roles: admin, everything; operator, runs the hotspots; editor, the page alone; auditor, exports and audit log.
Passwords are asked for twice; when standard input is no terminal, its first line is the password. Each change
ends the user's sessions and is noted in the audit log; passwd, totp --off and sessions --end end the user's
tokens of the API too.";

/// Adds, changes and removes those who may administer.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Configuration file: it says where the state directory is.
    #[arg(long, global = true, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Adds a user.
    Add {
        /// Lower-case letters, digits, dots, hyphens, underscores.
        name: UserName,
        /// admin, operator, editor or auditor.
        #[arg(long)]
        role: Role,
    },
    /// Lists users.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Sets a password.
    Passwd {
        /// Whose.
        name: UserName,
    },
    /// Gives another role.
    Role {
        /// To whom.
        name: UserName,
        /// admin, operator, editor or auditor.
        role: Role,
    },
    /// Keeps a user out for now.
    Disable {
        /// Whom.
        name: UserName,
    },
    /// Lets a user in again.
    Enable {
        /// Whom.
        name: UserName,
    },
    /// Removes a user.
    Remove {
        /// Whom.
        name: UserName,
    },
    /// Sets up a second factor, codes of an app (TOTP).
    Totp {
        /// Whose.
        name: UserName,
        /// Take it away, as when the phone is lost.
        #[arg(long)]
        off: bool,
    },
    /// Lists a user's sessions.
    Sessions {
        /// Whose.
        name: UserName,
        /// End them all.
        #[arg(long)]
        end: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// The configuration or the database cannot be read or written, or what was asked for cannot be done.
pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let path = config.gateway.state_dir.join(FILE);
        let store = SqliteUsers::open(&path).await?;
        let mut office = Office { config, store };
        let outcome = office.serve(args.command).await;
        office.store.close().await;
        outcome
    })?;
    Ok(ExitCode::SUCCESS)
}

struct Office {
    config: Config,
    store: SqliteUsers,
}

impl Office {
    async fn serve(&mut self, command: Command) -> anyhow::Result<()> {
        match command {
            Command::Add { name, role } => self.add(name, role).await,
            Command::List { json } => self.list(json).await,
            Command::Passwd { name } => self.set_password(&name).await,
            Command::Role { name, role } => {
                office::set_role(&mut self.store, &name, Some(role), None).await??;
                self.note("user-role", &name, role_of(role))
            }
            Command::Disable { name } => {
                office::set_role(&mut self.store, &name, None, Some(true)).await??;
                self.note("user-disable", &name, More::new())
            }
            Command::Enable { name } => {
                office::set_role(&mut self.store, &name, None, Some(false)).await??;
                self.note("user-enable", &name, More::new())
            }
            Command::Remove { name } => {
                office::remove(&mut self.store, &name).await??;
                self.note("user-remove", &name, More::new())
            }
            Command::Totp { name, off: true } => {
                office::end_factor(&mut self.store, &name, Spared::Nothing).await??;
                self.note("user-totp-off", &name, More::new())
            }
            Command::Totp { name, off: false } => self.set_up_totp(&name).await,
            Command::Sessions { name, end } => self.sessions(&name, end).await,
        }
    }

    async fn add(&mut self, name: UserName, role: Role) -> anyhow::Result<()> {
        // Before anybody is asked for a password.
        if self.store.user(&name).await?.is_some() {
            return Err(Denied::Taken(name).into());
        }
        let user = User {
            password: new_password(&name)?,
            name: name.clone(),
            role,
            disabled: false,
            totp: None,
            created_at: clock::wall(),
        };
        office::add(&mut self.store, &user).await??;
        self.note("user-add", &name, role_of(role))
    }

    #[expect(clippy::print_stdout, reason = "a command's answer")]
    async fn list(&mut self, is_json: bool) -> anyhow::Result<()> {
        let users = self.store.users().await?;
        if is_json {
            let users: Vec<serde_json::Value> = users
                .iter()
                .map(|user| {
                    json!({
                        "name": user.name.as_str(),
                        "role": user.role.code(),
                        "disabled": user.disabled,
                        "second_factor": user.totp.is_some(),
                        "created_at": user.created_at.to_string(),
                    })
                })
                .collect();
            println!("{}", serde_json::Value::from(users));
            return Ok(());
        }
        for user in users {
            let factor = if user.totp.is_some() {
                "second factor"
            } else {
                "password alone"
            };
            let state = if user.disabled { "  disabled" } else { "" };
            println!(
                "{:<20} {:<9} {factor}{state}",
                user.name.as_str(),
                user.role.code()
            );
        }
        Ok(())
    }

    async fn set_password(&mut self, name: &UserName) -> anyhow::Result<()> {
        self.user(name).await?;
        let password = new_password(name)?;
        office::set_password(&mut self.store, name, &password, Spared::Nothing).await??;
        self.note("user-password", name, More::new())
    }

    #[expect(clippy::print_stdout, reason = "a command's answer")]
    async fn set_up_totp(&mut self, name: &UserName) -> anyhow::Result<()> {
        self.user(name).await?;
        let secret = TotpSecret::random()?;
        let url = secret.url(name, &self.issuer());
        println!("{}\n{url}\n", terminal::qr(&url)?);
        let code = terminal::ask("The code that the app shows: ")?;
        let Some(step) = secret.step(&code, clock::wall()) else {
            bail!(
                "that is not the code of now; nothing was changed. Is the clock of phone and gateway right?"
            );
        };
        let codes = recovery_codes()?;
        let hashes: Vec<RecoveryHash> = codes.iter().map(RecoveryCode::hash).collect();
        let totp = Some((&secret, hashes.as_slice()));
        self.store.set_totp(name, totp, Spared::Nothing, None).await?;
        self.store.use_step(name, step).await?;
        self.note("user-totp", name, More::new())?;
        println!("Recovery codes, each good once; they are shown only now:");
        for code in codes {
            println!("  {code}");
        }
        Ok(())
    }

    #[expect(clippy::print_stdout, reason = "a command's answer")]
    async fn sessions(&mut self, name: &UserName, end: bool) -> anyhow::Result<()> {
        self.user(name).await?;
        if end {
            let ended = office::end_sessions(&mut self.store, name, Spared::Nothing).await??;
            println!("{ended} ended");
            return self.note("user-sessions-end", name, More::new());
        }
        let (now, zone) = (clock::wall(), &self.config.gateway.time_zone);
        for session in self.store.sessions(name).await? {
            if session.is_good(now) {
                let (since, seen) = (local(session.created_at, zone), local(session.seen_at, zone));
                println!(
                    "since {since}  last {seen}  {}  {}",
                    session.address, session.agent
                );
            }
        }
        Ok(())
    }

    async fn user(&mut self, name: &UserName) -> anyhow::Result<User> {
        Ok(office::find(&mut self.store, name).await??)
    }

    /// What an app shows beside the code.
    fn issuer(&self) -> String {
        let comune = self
            .config
            .networks
            .first()
            .map(|network| network.comune.as_str());
        format!("Portico {}", comune.unwrap_or_default())
            .trim_end()
            .to_owned()
    }

    fn note(&self, did: &'static str, name: &UserName, more: More) -> anyhow::Result<()> {
        let (who, from) = audit::whoever_runs_this();
        let action = Action {
            who,
            from,
            did,
            what: name.to_string(),
            more,
        };
        audit::record(&self.config.gateway.state_dir, &action)
            .map(drop)
            .context("done, but not noted in the audit log")
    }
}

fn new_password(name: &UserName) -> anyhow::Result<PasswordHash> {
    let password = Password::new(terminal::new_password()?);
    password.check(name)?;
    Ok(password.hash()?)
}

fn recovery_codes() -> Result<Vec<RecoveryCode>, getrandom::Error> {
    (0..CODES).map(|_| RecoveryCode::random()).collect()
}

fn role_of(role: Role) -> More {
    let mut more = More::new();
    more.insert("role".to_owned(), json!(role.code()));
    more
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.jiff().clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}
