//! What administrators do with users: the same rules whether by command or by dashboard. Each change ends the
//! user's sessions.

use super::store::{SessionId, Store, StoreFailure, User};
use super::{PasswordHash, Role, UserName};

/// Why it is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The name is taken.
    #[error("there is a user {0} already")]
    Taken(UserName),
    /// Nobody has that name.
    #[error("there is no user {0}")]
    Missing(UserName),
    /// Nobody would be left who may administer.
    #[error("{0} is the last admin who may enter")]
    LastAdmin(UserName),
}

/// What became of it.
pub type Done<T> = Result<Result<T, Denied>, StoreFailure>;

/// Adds a user.
///
/// # Errors
/// [`StoreFailure`].
pub async fn add(store: &mut dyn Store, user: &User) -> Done<()> {
    let is_added = store.add(user).await?;
    Ok(if is_added {
        Ok(())
    } else {
        Err(Denied::Taken(user.name.clone()))
    })
}

/// Sets role and whether the user may enter.
///
/// # Errors
/// [`StoreFailure`].
pub async fn set_role(store: &mut dyn Store, name: &UserName, role: Role, disabled: bool) -> Done<()> {
    if let Err(denied) = find(store, name).await? {
        return Ok(Err(denied));
    }
    let is_set = store.set_role(name, role, disabled).await?;
    Ok(unless_last(is_set, name))
}

/// Removes a user.
///
/// # Errors
/// [`StoreFailure`].
pub async fn remove(store: &mut dyn Store, name: &UserName) -> Done<()> {
    if let Err(denied) = find(store, name).await? {
        return Ok(Err(denied));
    }
    let is_removed = store.remove(name).await?;
    Ok(unless_last(is_removed, name))
}

/// Sets a password that [`Password::check`](super::Password::check) allows; a session of whoever does it to
/// themselves stays.
///
/// # Errors
/// [`StoreFailure`].
pub async fn set_password(
    store: &mut dyn Store,
    name: &UserName,
    hash: &PasswordHash,
    but: Option<SessionId>,
) -> Done<()> {
    let is_set = store.set_password(name, hash, but).await?;
    Ok(if is_set {
        Ok(())
    } else {
        Err(Denied::Missing(name.clone()))
    })
}

/// Takes the second factor away, as when the phone is lost.
///
/// # Errors
/// [`StoreFailure`].
pub async fn end_factor(store: &mut dyn Store, name: &UserName) -> Done<()> {
    if let Err(denied) = find(store, name).await? {
        return Ok(Err(denied));
    }
    store.set_totp(name, None, None).await?;
    Ok(Ok(()))
}

/// Ends all sessions; how many.
///
/// # Errors
/// [`StoreFailure`].
pub async fn end_sessions(store: &mut dyn Store, name: &UserName, but: Option<SessionId>) -> Done<u64> {
    if let Err(denied) = find(store, name).await? {
        return Ok(Err(denied));
    }
    store.end_sessions(name, but).await.map(Ok)
}

/// The user of a name.
///
/// # Errors
/// [`StoreFailure`].
pub async fn find(store: &mut dyn Store, name: &UserName) -> Done<User> {
    let user = store.user(name).await?;
    Ok(user.ok_or_else(|| Denied::Missing(name.clone())))
}

fn unless_last(is_done: bool, name: &UserName) -> Result<(), Denied> {
    if is_done {
        Ok(())
    } else {
        Err(Denied::LastAdmin(name.clone()))
    }
}
