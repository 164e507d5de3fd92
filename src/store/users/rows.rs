//! Rows and what they are. A row that makes no sense is a fault, not a user.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::accounts::{
    ApiToken, ApiTokenId, PasswordHash, Scopes, Session, SessionId, Stage, TotpSecret, User,
};

/// From the columns name, role, password, disabled, totp, created_at, beginning at `first`.
pub(super) fn user(row: &SqliteRow, first: usize) -> Result<User, sqlx::Error> {
    let totp: Option<Vec<u8>> = row.try_get(first + 4)?;
    let totp = match totp {
        Some(bytes) => Some(TotpSecret::from_bytes(&bytes).ok_or_else(|| senseless("a second factor"))?),
        None => None,
    };
    Ok(User {
        name: parsed(row, first, "a user's name")?,
        role: parsed(row, first + 1, "a role")?,
        password: PasswordHash::stored(row.try_get(first + 2)?),
        disabled: row.try_get::<i64, _>(first + 3)? != 0,
        totp,
        created_at: time(row, first + 5)?,
    })
}

/// From the first seven columns: id, user, stage, created_at, seen_at, address, agent.
pub(super) fn session(row: &SqliteRow) -> Result<Session, sqlx::Error> {
    let id: Vec<u8> = row.try_get(0)?;
    let stage: String = row.try_get(2)?;
    Ok(Session {
        id: SessionId(id.try_into().map_err(|_| senseless("a session's name"))?),
        user: parsed(row, 1, "a user's name")?,
        stage: [Stage::Second, Stage::Enrol, Stage::Full]
            .into_iter()
            .find(|known| stage_code(*known) == stage)
            .ok_or_else(|| senseless("a stage"))?,
        created_at: time(row, 3)?,
        seen_at: time(row, 4)?,
        address: parsed(row, 5, "an address")?,
        agent: row.try_get(6)?,
    })
}

/// From the first seven columns: id, user, name, scopes, created_at, ends_at, used_on.
pub(super) fn api_token(row: &SqliteRow) -> Result<ApiToken, sqlx::Error> {
    let id: Vec<u8> = row.try_get(0)?;
    let used_on: Option<String> = row.try_get(6)?;
    let used_on = used_on.map(|text| text.parse().map_err(|_| senseless("a day")));
    Ok(ApiToken {
        id: ApiTokenId(id.try_into().map_err(|_| senseless("a token's name"))?),
        owner: parsed(row, 1, "a user's name")?,
        name: parsed(row, 2, "a token's name")?,
        scopes: Scopes::kept(row.try_get(3)?),
        created_at: time(row, 4)?,
        ends_at: time(row, 5)?,
        used_on: used_on.transpose()?,
    })
}

/// How a stage is written.
pub(super) const fn stage_code(stage: Stage) -> &'static str {
    match stage {
        Stage::Second => "second",
        Stage::Enrol => "enrol",
        Stage::Full => "full",
    }
}

fn parsed<T: std::str::FromStr>(
    row: &SqliteRow,
    column: usize,
    what: &'static str,
) -> Result<T, sqlx::Error> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| senseless(what))
}

fn time(row: &SqliteRow, column: usize) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_millisecond(row.try_get(column)?).map_err(|_| senseless("a time"))
}

fn senseless(what: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(format!("{what} makes no sense").into())
}
