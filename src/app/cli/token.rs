//! `portico token`: what programs may do over the API, and until when. It works on the database of users,
//! whether the service runs or not.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::accounts::{
    ApiToken, MOST_DAYS, MOST_TOKENS, Scopes, Store as _, TokenName, USUAL_DAYS, UserName, end_of,
};
use crate::app::{audit, clock};
use crate::config::Config;
use crate::model::audit::{Action, More};
use crate::store::users::{FILE, SqliteUsers};

const EXAMPLES: &str = "Examples:
  portico token add anna grafana --scope see-status
  portico token add anna reports --scope export --days 366
  portico token list
  portico token revoke anna grafana
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:9443/api/v1/status

Scopes: see-status, see-stations, unmask-stations, act-on-stations, see-settings, change-settings, edit-page,
see-figures, export, read-audit, manage-users, which takes rights away and gives none. A token never may more than its owner's
role: who is demoted has tokens that may less, and a user who is disabled or removed has none. Tokens end when
somebody else sets their owner's password, takes the second factor away or ends all sessions. The token is printed once, on
standard output, and only its hash is kept. Making and revoking are noted in the audit log. What the API can do
is at /api/v1/openapi.json.";

/// Makes, lists and revokes tokens of the API.
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
    /// Makes a token and prints it.
    Add {
        /// In whose name it acts.
        owner: UserName,
        /// What it is called: lower-case letters, digits, dots, hyphens, underscores.
        name: TokenName,
        /// What it is for; several with commas between.
        #[arg(long, value_name = "SCOPES")]
        scope: Scopes,
        /// How many days it is good.
        #[arg(long, default_value_t = USUAL_DAYS, value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST_DAYS)))]
        days: u16,
    },
    /// Lists tokens.
    List {
        /// Of this user alone.
        owner: Option<UserName>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revokes a token: from now on it opens nothing.
    Revoke {
        /// Whose.
        owner: UserName,
        /// Which.
        name: TokenName,
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
        let mut store = SqliteUsers::open(&config.gateway.state_dir.join(FILE)).await?;
        let outcome = serve(&mut store, &config, args.command).await;
        store.close().await;
        outcome
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(store: &mut SqliteUsers, config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add {
            owner,
            name,
            scope,
            days,
        } => add(store, config, (owner, name), (scope, days)).await,
        Command::List { owner, json } => {
            list(&store.api_tokens(owner.as_ref()).await?, config, json);
            Ok(())
        }
        Command::Revoke { owner, name } => {
            if !store.revoke_api_token(&owner, &name).await? {
                bail!("{owner} has no token {name}");
            }
            note(config, "token-revoke", format!("{owner}/{name}"), More::new())
        }
    }
}

#[expect(clippy::print_stdout, reason = "a command's answer")]
async fn add(
    store: &mut SqliteUsers,
    config: &Config,
    (owner, name): (UserName, TokenName),
    (scopes, days): (Scopes, u16),
) -> anyhow::Result<()> {
    let user = store.user(&owner).await?;
    let user = user.with_context(|| format!("there is no user {owner}"))?;
    scopes.check(user.role)?;
    let now = clock::wall();
    let (token, secret) = ApiToken::random(&owner, name, scopes, (now, end_of(now, days)))?;
    if !store.add_api_token(&token, None).await? {
        bail!(
            "{owner} has a token {} already, or {MOST_TOKENS} of them",
            token.name
        );
    }
    note(
        config,
        "token-add",
        format!("{owner}/{}", token.name),
        more(&token),
    )?;
    println!("{secret}");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn list(tokens: &[ApiToken], config: &Config, is_json: bool) {
    let now = clock::wall();
    if is_json {
        let tokens: Vec<serde_json::Value> = tokens.iter().map(|token| in_json(token, now)).collect();
        println!("{}", serde_json::Value::from(tokens));
        return;
    }
    let zone = config.gateway.time_zone.jiff();
    for token in tokens {
        let until = token.ends_at.to_zoned(zone.clone()).date();
        let used = token
            .used_on
            .map_or_else(|| "never used".to_owned(), |day| format!("last used {day}"));
        let over = if token.is_over(now) { "  over" } else { "" };
        let (owner, name) = (token.owner.as_str(), token.name.as_str());
        println!(
            "{owner:<12} {name:<20} until {until}  {used}{over}  {}",
            token.scopes
        );
    }
}

fn in_json(token: &ApiToken, now: Timestamp) -> serde_json::Value {
    json!({
        "owner": token.owner.as_str(),
        "name": token.name.as_str(),
        "scopes": token.scopes.iter().map(crate::accounts::Permission::code).collect::<Vec<_>>(),
        "created_at": token.created_at.to_string(),
        "ends_at": token.ends_at.to_string(),
        "over": token.is_over(now),
        "used_on": token.used_on.map(|day| day.to_string()),
    })
}

/// What the audit log keeps of a token besides its name.
fn more(token: &ApiToken) -> More {
    let mut more = More::new();
    more.insert("scopes".to_owned(), json!(token.scopes.to_string()));
    more.insert("ends_at".to_owned(), json!(token.ends_at.to_string()));
    more
}

fn note(config: &Config, did: &'static str, what: String, more: More) -> anyhow::Result<()> {
    let (who, from) = audit::whoever_runs_this();
    let action = Action {
        who,
        from,
        did,
        what,
        more,
    };
    audit::record(&config.gateway.state_dir, &action)
        .map(drop)
        .context("done, but not noted in the audit log")
}

#[cfg(test)]
mod tests {
    use super::EXAMPLES;
    use crate::accounts::{Permission, SCOPES, Scopes};

    #[test]
    fn examples_and_the_list_name_the_scopes_that_there_are() {
        let examples = EXAMPLES.split("--scope ").skip(1);
        for scopes in examples.filter_map(|rest| rest.split_whitespace().next()) {
            assert!(scopes.parse::<Scopes>().is_ok(), "{scopes}");
        }
        let (_, list) = EXAMPLES.split_once("Scopes: ").unwrap();
        let list = list.split('.').next().unwrap().split([',', '\n']).map(str::trim);
        let named: Vec<&str> = list
            .filter(|word| word.contains('-') || *word == "export")
            .collect();
        assert_eq!(named, SCOPES.map(Permission::code));
    }
}
