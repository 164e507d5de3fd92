//! Tokens of the API in the database.

use jiff::civil::Date;
use sqlx::sqlite::SqliteConnection;

use super::rows;
use crate::accounts::{ApiToken, ApiTokenId, MOST_TOKENS, TokenName, User, UserName};

/// One statement, so that two at once do not pass the limit together.
const ADD: &str = "INSERT OR IGNORE INTO api_token (id, user, name, scopes, created_at, ends_at, used_on) \
    SELECT $1, $2, $3, $4, $5, $6, NULL \
    WHERE EXISTS (SELECT 1 FROM user WHERE name = $2) \
    AND (SELECT COUNT(*) FROM api_token WHERE user = $2) < $7";
const LIST: &str = "SELECT id, user, name, scopes, created_at, ends_at, used_on FROM api_token \
    WHERE $1 IS NULL OR user = $1 ORDER BY user, name";
const FIND: &str = "SELECT t.id, t.user, t.name, t.scopes, t.created_at, t.ends_at, t.used_on, \
    u.name, u.role, u.password, u.disabled, u.totp, u.created_at \
    FROM api_token t JOIN user u ON u.name = t.user WHERE t.id = $1 AND u.disabled = 0";

pub(super) async fn add(connection: &mut SqliteConnection, token: &ApiToken) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(ADD)
        .bind(token.id.0.to_vec())
        .bind(token.owner.as_str())
        .bind(token.name.as_str())
        .bind(token.scopes.to_string())
        .bind(token.created_at.as_millisecond())
        .bind(token.ends_at.as_millisecond())
        .bind(i64::try_from(MOST_TOKENS).unwrap_or(i64::MAX))
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn list(
    connection: &mut SqliteConnection,
    owner: Option<&UserName>,
) -> Result<Vec<ApiToken>, sqlx::Error> {
    let rows = sqlx::query(LIST)
        .bind(owner.map(UserName::as_str))
        .fetch_all(connection)
        .await?;
    rows.iter().map(rows::api_token).collect()
}

pub(super) async fn find(
    connection: &mut SqliteConnection,
    id: ApiTokenId,
) -> Result<Option<(ApiToken, User)>, sqlx::Error> {
    let row = sqlx::query(FIND)
        .bind(id.0.to_vec())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok((rows::api_token(&row)?, rows::user(&row, 7)?)))
        .transpose()
}

pub(super) async fn note_use(
    connection: &mut SqliteConnection,
    id: ApiTokenId,
    day: Date,
) -> Result<(), sqlx::Error> {
    let query = sqlx::query("UPDATE api_token SET used_on = $2 WHERE id = $1")
        .bind(id.0.to_vec())
        .bind(day.to_string());
    query.execute(connection).await.map(drop)
}

pub(super) async fn revoke_all(
    connection: &mut SqliteConnection,
    owner: &UserName,
) -> Result<(), sqlx::Error> {
    let query = sqlx::query("DELETE FROM api_token WHERE user = $1").bind(owner.as_str());
    query.execute(connection).await.map(drop)
}

pub(super) async fn revoke(
    connection: &mut SqliteConnection,
    owner: &UserName,
    name: &TokenName,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM api_token WHERE user = $1 AND name = $2")
        .bind(owner.as_str())
        .bind(name.as_str())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}
