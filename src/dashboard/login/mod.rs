//! Who gets in by the browser: first set-up, name and password, second factor, one's own account, the way out.
//!
//! | file | holds |
//! |---|---|
//! | `visit` | who asks, and what they may |
//! | `cookies` | the browser's secrets, and the proof that a form is its own |
//! | `enter` | first set-up, login, second step, logout |
//! | `factor` | setting the second factor up and taking it away |
//! | `account` | one's own password and sessions |
//! | `tokens` | one's own tokens of the API |
//! | `pages` | what is shown |
//! | `rows` | sessions and tokens in lists |

pub(super) mod account;
mod cookies;
pub(super) mod enter;
mod factor;
mod pages;
pub(super) mod rows;
mod tokens;
pub(super) mod visit;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::{get, post};

use crate::accounts::Accounts;
use crate::config::Config;
use crate::dashboard::room::Room;
use crate::model::audit::Action;

/// A line of the audit log was not written. Why is in the log of whoever writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit log could not be written")]
pub struct NotNoted;

/// Writes a line of the audit log; may take its time.
pub type Audit = Arc<dyn Fn(&Action) -> Result<(), NotNoted> + Send + Sync>;

/// Longest form, bytes.
const FORM: usize = 8 * 1_024;

/// What the login is built from.
#[derive(Clone)]
pub struct Login {
    /// The users; `None` when their database cannot be opened, and nobody gets in.
    pub accounts: Option<Arc<Accounts>>,
    /// Where it is written what happens.
    pub audit: Audit,
}

/// What an authenticator app shows beside a code.
fn issuer(config: &Config) -> String {
    let comune = config.networks.first().map(|network| network.comune.as_str());
    format!("Portico {}", comune.unwrap_or_default())
        .trim_end()
        .to_owned()
}

impl Login {
    /// Writes a line of the audit log, and waits until it is on the disk.
    pub(super) async fn write(&self, action: Action) -> Result<(), NotNoted> {
        let audit = Arc::clone(&self.audit);
        let written = tokio::task::spawn_blocking(move || audit(&action)).await;
        written.unwrap_or_else(|error| {
            tracing::error!(%error, "a line of the audit log was not written");
            Err(NotNoted)
        })
    }
}

/// Its paths.
pub(super) fn router<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    Room: FromRef<S>,
{
    Router::new()
        .route("/", get(enter::home))
        .route("/setup", get(enter::setup_page).post(enter::set_up))
        .route("/login", get(enter::login_page).post(enter::log_in))
        .route("/login/second", get(enter::second_page).post(enter::second))
        .route("/login/enrol", get(factor::enrol_page).post(factor::enrol))
        .route("/logout", post(enter::log_out))
        .route("/account", get(account::page))
        .route("/account/password", post(account::change_password))
        .route("/account/factor/end", post(factor::end))
        .route("/account/sessions/end", post(account::end_sessions))
        .route("/account/tokens", get(tokens::page).post(tokens::add))
        .route("/account/tokens/revoke", post(tokens::revoke))
        .layer(DefaultBodyLimit::max(FORM))
}
