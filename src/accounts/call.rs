//! Which program is let in by a token of the API, and who is given one.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::api_token::id_of_secret;
use super::login::{Accounts, Fault, Outcome, Refusal};
use super::{ApiToken, Caller, MOST_DAYS, Scopes, Ticket, TokenName};

impl Accounts {
    /// The program that has a secret. Wrong ones are counted by source, right ones by token: whoever guesses
    /// from a proxy that others come by too keeps none of them out.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn caller(&self, secret: &str, address: IpAddr) -> Outcome<Caller> {
        let now = self.now();
        let found = match id_of_secret(secret) {
            // Looked for by the hash of 256 random bits: how long it takes tells nothing of any of them.
            Some(id) => self.store().await.api_token(id).await?,
            None => None,
        };
        let Some((token, user)) = found.filter(|(token, _)| !token.is_over(now)) else {
            let wait = self.limits().wrong_token(address);
            return Ok(Err(wait.map_or_else(Refusal::TooMany, |()| Refusal::Wrong)));
        };
        if let Err(wait) = self.limits().call(token.id) {
            return Ok(Err(Refusal::TooMany(wait)));
        }
        let today = now.to_zoned(TimeZone::UTC).date();
        if token.used_on != Some(today) {
            self.store().await.use_api_token(token.id, today).await?;
        }
        Ok(Ok(Caller { token, user }))
    }

    /// Gives a user a token for some days from now, at most [`MOST_DAYS`]; its secret. `None` when the user has
    /// one of that name, or as many as may be, or the session has ended meanwhile.
    ///
    /// The caller has checked the scopes against the user's role; they are held to it at each use anyhow.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn give_token(
        &self,
        ticket: &Ticket,
        name: TokenName,
        scopes: Scopes,
        days: u16,
    ) -> Result<Option<(ApiToken, String)>, Fault> {
        let now = self.now();
        let Ticket { session, user } = ticket;
        let (token, secret) = ApiToken::random(&user.name, name, scopes, (now, end_of(now, days)))?;
        let proved = Some((session.id, user));
        let is_added = self.store().await.add_api_token(&token, proved).await?;
        Ok(is_added.then_some((token, secret)))
    }
}

/// The end of a token that is given now.
#[must_use]
pub fn end_of(now: Timestamp, days: u16) -> Timestamp {
    let days = i64::from(days.min(MOST_DAYS));
    now.checked_add(SignedDuration::from_hours(24 * days))
        .unwrap_or(now)
}
