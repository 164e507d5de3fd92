//! Changes of a user, each as a whole or not at all.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Row as _, Sqlite, Transaction};

use super::{rows, tokens};
use crate::accounts::{PasswordHash, RecoveryHash, Role, SessionId, Spared, TotpSecret, User, UserName};

pub(super) const USER: &str =
    "SELECT name, role, password, disabled, totp, created_at FROM user WHERE name = $1";
const ADMINS: &str = "SELECT COUNT(*) FROM user WHERE role = 'admin' AND disabled = 0";
const HAS_SESSION: &str = "SELECT 1 FROM session WHERE id = $1 AND user = $2";
const END_OTHERS: &str = "DELETE FROM session WHERE user = $1 AND id <> $2";
/// One statement, so that two who change one half each do not undo each other's. The last is the roles that it is
/// for, with blanks around each.
const ROLE: &str = "UPDATE user SET role = COALESCE($2, role), disabled = COALESCE($3, disabled) \
    WHERE name = $1 AND ($4 IS NULL OR instr($4, ' ' || role || ' ') > 0)";

/// A change of a user, after which their sessions end.
pub(super) enum Change<'a> {
    Remove,
    Password(&'a PasswordHash, Spared, Option<&'a User>),
    Role {
        role: Option<Role>,
        disabled: Option<bool>,
        /// Whether it is done only where nobody gains by it.
        is_lowering: bool,
    },
    Totp(
        Option<(&'a TotpSecret, &'a [RecoveryHash])>,
        Spared,
        Option<&'a User>,
    ),
}

impl Change<'_> {
    /// Whether it was done, whole; otherwise nothing was.
    pub(super) async fn carry_out(
        self,
        mut transaction: Transaction<'_, Sqlite>,
        name: &UserName,
    ) -> Result<bool, sqlx::Error> {
        if !self.is_proved(&mut transaction).await? || !self.apply(&mut transaction, name).await? {
            return Ok(false);
        }
        if self.may_lose_an_admin() {
            let admins: i64 = sqlx::query(ADMINS)
                .fetch_one(&mut *transaction)
                .await?
                .try_get(0)?;
            if admins == 0 {
                // Dropped, it is undone.
                return Ok(false);
            }
        }
        end_others(&mut transaction, name, self.spared()).await?;
        if self.ends_tokens() {
            tokens::revoke_all(&mut transaction, name).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Whether those who do it to themselves still are who they proved to be, in the session that they did it in.
    async fn is_proved(&self, connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        let (Self::Password(_, spared, Some(proved)) | Self::Totp(_, spared, Some(proved))) = self else {
            return Ok(true);
        };
        match spared {
            Spared::Own(Some(session)) => goes_on(connection, *session, proved).await,
            Spared::Own(None) | Spared::Nothing => is_still(connection, proved).await,
        }
    }

    const fn may_lose_an_admin(&self) -> bool {
        matches!(self, Self::Remove | Self::Role { .. })
    }

    const fn spared(&self) -> Spared {
        match self {
            Self::Remove | Self::Role { .. } => Spared::Nothing,
            Self::Password(_, spared, _) | Self::Totp(_, spared, _) => *spared,
        }
    }

    /// Those of a removed user go with it; another role cuts them down by itself.
    const fn ends_tokens(&self) -> bool {
        matches!(
            self,
            Self::Password(_, Spared::Nothing, _) | Self::Totp(None, Spared::Nothing, _)
        )
    }

    /// `false` when there is no such user.
    async fn apply(&self, connection: &mut SqliteConnection, name: &UserName) -> Result<bool, sqlx::Error> {
        let query = match self {
            Self::Remove => sqlx::query("DELETE FROM user WHERE name = $1").bind(name.as_str()),
            Self::Password(password, ..) => sqlx::query("UPDATE user SET password = $2 WHERE name = $1")
                .bind(name.as_str())
                .bind(password.as_str()),
            Self::Role {
                role,
                disabled,
                is_lowering,
            } => sqlx::query(ROLE)
                .bind(name.as_str())
                .bind(role.map(Role::code))
                .bind(disabled.map(i64::from))
                .bind(role.filter(|_| *is_lowering).map(roles_around)),
            Self::Totp(totp, ..) => sqlx::query("UPDATE user SET totp = $2, totp_step = 0 WHERE name = $1")
                .bind(name.as_str())
                .bind(totp.map(|(secret, _)| secret.bytes().to_vec())),
        };
        let is_there = query.execute(&mut *connection).await?.rows_affected() > 0;
        if let (Self::Totp(totp, ..), true) = (self, is_there) {
            sqlx::query("DELETE FROM recovery WHERE user = $1")
                .bind(name.as_str())
                .execute(&mut *connection)
                .await?;
            for hash in totp.map_or(&[][..], |(_, hashes)| hashes) {
                sqlx::query("INSERT INTO recovery (user, hash) VALUES ($1, $2)")
                    .bind(name.as_str())
                    .bind(hash.0.to_vec())
                    .execute(&mut *connection)
                    .await?;
            }
        }
        Ok(is_there)
    }
}

/// Whether a session has not ended, and its user is what somebody proved to be in it.
pub(super) async fn goes_on(
    connection: &mut SqliteConnection,
    session: SessionId,
    proved: &User,
) -> Result<bool, sqlx::Error> {
    let row = sqlx::query(HAS_SESSION)
        .bind(id_of(Some(session)))
        .bind(proved.name.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    Ok(row.is_some() && is_still(connection, proved).await?)
}

/// Whether a user may enter and is what somebody proved to be.
pub(super) async fn is_still(connection: &mut SqliteConnection, proved: &User) -> Result<bool, sqlx::Error> {
    let row = sqlx::query(USER)
        .bind(proved.name.as_str())
        .fetch_optional(connection)
        .await?;
    let user = row.map(|row| rows::user(&row, 0)).transpose()?;
    Ok(user.is_some_and(|user| user.is_still(proved)))
}

/// Ends the sessions of a user that are not spared; how many.
pub(super) async fn end_others(
    connection: &mut SqliteConnection,
    name: &UserName,
    spared: Spared,
) -> Result<u64, sqlx::Error> {
    let but = match spared {
        Spared::Nothing => None,
        Spared::Own(but) => but,
    };
    let done = sqlx::query(END_OTHERS)
        .bind(name.as_str())
        .bind(id_of(but))
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// No session has the empty name.
pub(super) fn id_of(session: Option<SessionId>) -> Vec<u8> {
    session.map_or_else(Vec::new, |id| id.0.to_vec())
}

/// The roles that may all of what this one may, as [`ROLE`] has them.
fn roles_around(role: Role) -> String {
    let around = Role::ALL.into_iter().filter(|other| role.is_within(*other));
    around.fold(" ".to_owned(), |codes, other| format!("{codes}{} ", other.code()))
}
