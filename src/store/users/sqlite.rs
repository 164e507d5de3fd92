//! [`Store`] on SQLite: one connection; daemon and commands write at once, each call in one transaction.

use std::future::Future;
use std::os::unix::fs::{MetadataExt as _, lchown};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, SqlStr, Sqlite, Transaction};

use super::super::StoreError;
use super::super::sqlite::{create_private, migration_error, release};
use super::change::{self, Change, USER, end_others, id_of};
use super::{rows, tokens};
use crate::accounts::{
    Answer, ApiToken, ApiTokenId, PasswordHash, RecoveryHash, Role, Session, SessionId, Spared, Store,
    StoreFailure, TokenName, TotpSecret, User, UserName,
};

const USERS: &str = "SELECT name, role, password, disabled, totp, created_at FROM user ORDER BY name";
const ADD: &str = "INSERT OR IGNORE INTO user (name, role, password, disabled, totp, totp_step, created_at) \
    VALUES ($1, $2, $3, $4, $5, 0, $6)";
const ADD_FIRST: &str = "INSERT INTO user (name, role, password, disabled, totp, totp_step, created_at) \
    SELECT $1, $2, $3, $4, $5, 0, $6 WHERE NOT EXISTS (SELECT 1 FROM user)";
const BEGIN: &str = "INSERT INTO session (id, user, stage, created_at, seen_at, address, agent) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SESSION: &str = "SELECT s.id, s.user, s.stage, s.created_at, s.seen_at, s.address, s.agent, \
    u.name, u.role, u.password, u.disabled, u.totp, u.created_at \
    FROM session s JOIN user u ON u.name = s.user WHERE s.id = $1 AND u.disabled = 0";
const SESSIONS: &str = "SELECT id, user, stage, created_at, seen_at, address, agent FROM session \
    WHERE user = $1 ORDER BY created_at DESC, id";

/// One database file, one connection.
#[derive(Debug)]
pub struct SqliteUsers {
    connection: SqliteConnection,
    path: PathBuf,
}

impl SqliteUsers {
    /// Opens or creates the database, readable by the owner of its directory alone, and brings its schema up to
    /// date.
    ///
    /// # Errors
    /// [`StoreError`]; a damaged database stays where it is: nobody enters.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        create_private(path)?;
        give_to_directory_owner(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // A session that was ended stays ended after a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-256")
            .statement_cache_capacity(16)
            .disable_statement_logging();
        let connected = options.connect().await;
        let mut connection = connected.map_err(|source| StoreError::database(path, source))?;
        if let Err(source) = migrator().run(&mut connection).await {
            release(connection).await;
            return Err(migration_error(path, source));
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// Closes the database and waits for it.
    pub async fn close(self) {
        release(self.connection).await;
    }

    async fn begin(&mut self) -> Result<Transaction<'_, Sqlite>, sqlx::Error> {
        self.connection.begin_with("BEGIN IMMEDIATE").await
    }

    async fn change_user(&mut self, name: &UserName, change: Change<'_>) -> Result<bool, sqlx::Error> {
        let transaction = self.begin().await?;
        change.carry_out(transaction, name).await
    }
}

impl Store for SqliteUsers {
    fn users(&mut self) -> Answer<'_, Vec<User>> {
        answer(self.path.clone(), async {
            let rows = sqlx::query(USERS).fetch_all(&mut self.connection).await?;
            rows.iter().map(|row| rows::user(row, 0)).collect()
        })
    }

    fn user<'a>(&'a mut self, name: &'a UserName) -> Answer<'a, Option<User>> {
        answer(self.path.clone(), async {
            let row = sqlx::query(USER)
                .bind(name.as_str())
                .fetch_optional(&mut self.connection)
                .await?;
            row.map(|row| rows::user(&row, 0)).transpose()
        })
    }

    fn add<'a>(&'a mut self, user: &'a User) -> Answer<'a, bool> {
        answer(self.path.clone(), insert(&mut self.connection, ADD, user))
    }

    fn add_first<'a>(&'a mut self, user: &'a User) -> Answer<'a, bool> {
        answer(self.path.clone(), insert(&mut self.connection, ADD_FIRST, user))
    }

    fn remove<'a>(&'a mut self, name: &'a UserName) -> Answer<'a, bool> {
        answer(self.path.clone(), self.change_user(name, Change::Remove))
    }

    fn set_password<'a>(
        &'a mut self,
        name: &'a UserName,
        password: &'a PasswordHash,
        spared: Spared,
        proved: Option<&'a User>,
    ) -> Answer<'a, bool> {
        let change = Change::Password(password, spared, proved);
        answer(self.path.clone(), self.change_user(name, change))
    }

    fn set_role<'a>(
        &'a mut self,
        name: &'a UserName,
        role: Option<Role>,
        disabled: Option<bool>,
    ) -> Answer<'a, bool> {
        let change = Change::Role {
            role,
            disabled,
            is_lowering: false,
        };
        answer(self.path.clone(), self.change_user(name, change))
    }

    fn lower<'a>(&'a mut self, name: &'a UserName, role: Option<Role>, disable: bool) -> Answer<'a, bool> {
        let change = Change::Role {
            role,
            disabled: disable.then_some(true),
            is_lowering: true,
        };
        answer(self.path.clone(), self.change_user(name, change))
    }

    fn set_totp<'a>(
        &'a mut self,
        name: &'a UserName,
        totp: Option<(&'a TotpSecret, &'a [RecoveryHash])>,
        spared: Spared,
        proved: Option<&'a User>,
    ) -> Answer<'a, bool> {
        let change = Change::Totp(totp, spared, proved);
        answer(self.path.clone(), self.change_user(name, change))
    }

    fn use_step<'a>(&'a mut self, name: &'a UserName, step: i64) -> Answer<'a, bool> {
        answer(self.path.clone(), async move {
            let done = sqlx::query("UPDATE user SET totp_step = $2 WHERE name = $1 AND totp_step < $2")
                .bind(name.as_str())
                .bind(step)
                .execute(&mut self.connection)
                .await?;
            Ok(done.rows_affected() > 0)
        })
    }

    fn use_recovery<'a>(&'a mut self, name: &'a UserName, code: RecoveryHash) -> Answer<'a, bool> {
        answer(self.path.clone(), async move {
            let done = sqlx::query("DELETE FROM recovery WHERE user = $1 AND hash = $2")
                .bind(name.as_str())
                .bind(code.0.to_vec())
                .execute(&mut self.connection)
                .await?;
            Ok(done.rows_affected() > 0)
        })
    }

    fn recovery_left<'a>(&'a mut self, name: &'a UserName) -> Answer<'a, u64> {
        answer(self.path.clone(), async {
            let row = sqlx::query("SELECT COUNT(*) FROM recovery WHERE user = $1")
                .bind(name.as_str())
                .fetch_one(&mut self.connection)
                .await?;
            Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
        })
    }

    fn begin_session<'a>(
        &'a mut self,
        session: &'a Session,
        of: &'a User,
        instead: Option<SessionId>,
    ) -> Answer<'a, bool> {
        answer(self.path.clone(), async move {
            let mut transaction = self.begin().await?;
            if !change::is_still(&mut transaction, of).await? {
                return Ok(false);
            }
            if instead.is_some() {
                let ended = sqlx::query("DELETE FROM session WHERE id = $1 AND user = $2")
                    .bind(id_of(instead))
                    .bind(session.user.as_str())
                    .execute(&mut *transaction)
                    .await?;
                if ended.rows_affected() == 0 {
                    return Ok(false);
                }
            }
            sqlx::query(BEGIN)
                .bind(session.id.0.to_vec())
                .bind(session.user.as_str())
                .bind(rows::stage_code(session.stage))
                .bind(session.created_at.as_millisecond())
                .bind(session.seen_at.as_millisecond())
                .bind(session.address.to_string())
                .bind(session.agent.as_str())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await.map(|()| true)
        })
    }

    fn session(&mut self, id: SessionId) -> Answer<'_, Option<(Session, User)>> {
        answer(self.path.clone(), async move {
            let row = sqlx::query(SESSION)
                .bind(id.0.to_vec())
                .fetch_optional(&mut self.connection)
                .await?;
            row.map(|row| Ok((rows::session(&row)?, rows::user(&row, 7)?)))
                .transpose()
        })
    }

    fn touch(&mut self, id: SessionId, at: Timestamp) -> Answer<'_, ()> {
        answer(self.path.clone(), async move {
            let query = sqlx::query("UPDATE session SET seen_at = $2 WHERE id = $1")
                .bind(id.0.to_vec())
                .bind(at.as_millisecond());
            query.execute(&mut self.connection).await.map(drop)
        })
    }

    fn sessions<'a>(&'a mut self, name: &'a UserName) -> Answer<'a, Vec<Session>> {
        answer(self.path.clone(), async {
            let rows = sqlx::query(SESSIONS)
                .bind(name.as_str())
                .fetch_all(&mut self.connection)
                .await?;
            rows.iter().map(rows::session).collect()
        })
    }

    fn end_session<'a>(&'a mut self, name: &'a UserName, id: SessionId) -> Answer<'a, bool> {
        answer(self.path.clone(), async move {
            let done = sqlx::query("DELETE FROM session WHERE user = $1 AND id = $2")
                .bind(name.as_str())
                .bind(id.0.to_vec())
                .execute(&mut self.connection)
                .await?;
            Ok(done.rows_affected() > 0)
        })
    }

    fn end_sessions<'a>(&'a mut self, name: &'a UserName, spared: Spared) -> Answer<'a, u64> {
        answer(self.path.clone(), async move {
            let mut transaction = self.begin().await?;
            let ended = end_others(&mut transaction, name, spared).await?;
            if spared == Spared::Nothing {
                tokens::revoke_all(&mut transaction, name).await?;
            }
            transaction.commit().await?;
            Ok(ended)
        })
    }

    fn sweep(&mut self, begun: Timestamp, seen: Timestamp) -> Answer<'_, ()> {
        answer(self.path.clone(), async move {
            let query = sqlx::query("DELETE FROM session WHERE created_at < $1 OR seen_at < $2")
                .bind(begun.as_millisecond())
                .bind(seen.as_millisecond());
            query.execute(&mut self.connection).await.map(drop)
        })
    }

    fn add_api_token<'a>(
        &'a mut self,
        token: &'a ApiToken,
        proved: Option<(SessionId, &'a User)>,
    ) -> Answer<'a, bool> {
        answer(self.path.clone(), async move {
            let mut transaction = self.begin().await?;
            if let Some((session, proved)) = proved
                && !change::goes_on(&mut transaction, session, proved).await?
            {
                return Ok(false);
            }
            let is_added = tokens::add(&mut transaction, token).await?;
            transaction.commit().await?;
            Ok(is_added)
        })
    }

    fn api_tokens<'a>(&'a mut self, owner: Option<&'a UserName>) -> Answer<'a, Vec<ApiToken>> {
        answer(self.path.clone(), tokens::list(&mut self.connection, owner))
    }

    fn api_token(&mut self, id: ApiTokenId) -> Answer<'_, Option<(ApiToken, User)>> {
        answer(self.path.clone(), tokens::find(&mut self.connection, id))
    }

    fn use_api_token(&mut self, id: ApiTokenId, day: Date) -> Answer<'_, ()> {
        answer(self.path.clone(), tokens::note_use(&mut self.connection, id, day))
    }

    fn revoke_api_token<'a>(&'a mut self, owner: &'a UserName, name: &'a TokenName) -> Answer<'a, bool> {
        answer(
            self.path.clone(),
            tokens::revoke(&mut self.connection, owner, name),
        )
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    statement: &'static str,
    user: &User,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(statement)
        .bind(user.name.as_str())
        .bind(user.role.code())
        .bind(user.password.as_str())
        .bind(i64::from(user.disabled))
        .bind(user.totp.as_ref().map(|totp| totp.bytes().to_vec()))
        .bind(user.created_at.as_millisecond())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

fn answer<'a, T: 'a>(
    path: PathBuf,
    work: impl Future<Output = Result<T, sqlx::Error>> + Send + 'a,
) -> Answer<'a, T> {
    Box::pin(async move {
        let outcome = work.await;
        outcome.map_err(|source| StoreFailure(Box::new(StoreError::database(&path, source))))
    })
}

/// What root makes is the service's, like the directory it is in.
fn give_to_directory_owner(path: &Path) -> Result<(), StoreError> {
    let fault = |source| StoreError::File {
        path: path.to_owned(),
        source,
    };
    let directory = path.parent().unwrap_or(Path::new("."));
    let wanted = std::fs::metadata(directory).map_err(fault)?;
    let found = std::fs::symlink_metadata(path).map_err(fault)?;
    if (wanted.uid(), wanted.gid()) == (found.uid(), found.gid()) {
        return Ok(());
    }
    lchown(path, Some(wanted.uid()), Some(wanted.gid())).map_err(fault)
}

/// The schema's history, oldest first. A file once released is never edited.
pub(super) fn migrations() -> Vec<Migration> {
    let migration = |version, name: &'static str, text: &'static str| {
        let text = SqlStr::from_static(text);
        Migration::new(version, name.into(), MigrationType::Simple, text, false)
    };
    vec![
        migration(
            1,
            "users",
            include_str!("../migrations/sqlite/users/0001_users.sql"),
        ),
        migration(
            2,
            "api tokens",
            include_str!("../migrations/sqlite/users/0002_api_tokens.sql"),
        ),
    ]
}

fn migrator() -> Migrator {
    Migrator::with_migrations(migrations())
}
