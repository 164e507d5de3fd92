//! What administrators do with users: the same rules whether by command, by dashboard or by API. Each change ends
//! the user's sessions.

use super::store::{Spared, Store, StoreFailure, User};
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
    /// It would give a right, where rights are only taken away.
    #[error("{0} would gain a right by it")]
    Gains(UserName),
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

/// Sets role, whether the user may enter, or both; what is not said stays.
///
/// # Errors
/// [`StoreFailure`].
pub async fn set_role(
    store: &mut dyn Store,
    name: &UserName,
    role: Option<Role>,
    disabled: Option<bool>,
) -> Done<()> {
    if let Err(denied) = find(store, name).await? {
        return Ok(Err(denied));
    }
    let is_set = store.set_role(name, role, disabled).await?;
    Ok(unless_last(is_set, name))
}

/// The same for those who may take rights away and give none.
///
/// # Errors
/// [`StoreFailure`].
pub async fn lower(
    store: &mut dyn Store,
    name: &UserName,
    role: Option<Role>,
    disabled: Option<bool>,
) -> Done<()> {
    let before = match find(store, name).await? {
        Ok(user) => user,
        Err(denied) => return Ok(Err(denied)),
    };
    let gains = |user: &User| role.is_some_and(|role| !role.is_within(user.role));
    if disabled == Some(false) || gains(&before) {
        return Ok(Err(Denied::Gains(name.clone())));
    }
    if store.lower(name, role, disabled.is_some()).await? {
        return Ok(Ok(()));
    }
    // Somebody else may have lowered them in between.
    Ok(Err(match find(store, name).await? {
        Ok(user) if gains(&user) => Denied::Gains(name.clone()),
        Ok(_) => Denied::LastAdmin(name.clone()),
        Err(denied) => denied,
    }))
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

/// Sets a password that [`Password::check`](super::Password::check) allows.
///
/// # Errors
/// [`StoreFailure`].
pub async fn set_password(
    store: &mut dyn Store,
    name: &UserName,
    hash: &PasswordHash,
    spared: Spared,
) -> Done<()> {
    let is_set = store.set_password(name, hash, spared, None).await?;
    Ok(unless_missing(is_set, name))
}

/// Takes the second factor away, as when the phone is lost.
///
/// # Errors
/// [`StoreFailure`].
pub async fn end_factor(store: &mut dyn Store, name: &UserName, spared: Spared) -> Done<()> {
    let is_set = store.set_totp(name, None, spared, None).await?;
    Ok(unless_missing(is_set, name))
}

/// Ends all sessions; how many.
///
/// # Errors
/// [`StoreFailure`].
pub async fn end_sessions(store: &mut dyn Store, name: &UserName, spared: Spared) -> Done<u64> {
    if let Err(denied) = find(store, name).await? {
        return Ok(Err(denied));
    }
    store.end_sessions(name, spared).await.map(Ok)
}

/// The user of a name.
///
/// # Errors
/// [`StoreFailure`].
pub async fn find(store: &mut dyn Store, name: &UserName) -> Done<User> {
    let user = store.user(name).await?;
    Ok(user.ok_or_else(|| Denied::Missing(name.clone())))
}

fn unless_missing(is_done: bool, name: &UserName) -> Result<(), Denied> {
    if is_done {
        Ok(())
    } else {
        Err(Denied::Missing(name.clone()))
    }
}

fn unless_last(is_done: bool, name: &UserName) -> Result<(), Denied> {
    if is_done {
        Ok(())
    } else {
        Err(Denied::LastAdmin(name.clone()))
    }
}
