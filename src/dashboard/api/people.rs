//! Users and tokens: those who may administer, and the programs they let in.

use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::input::{Body, Named, NamedTwo};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes, Segment};
use crate::accounts::office::{self, Denied};
use crate::accounts::{ApiToken, Permission, Role, Spared, TokenName, User, UserName};
use crate::model::audit::More;

const USER: Segment = Segment {
    name: "user",
    about: "A user's name.",
    pattern: "^[a-z][a-z0-9._-]{0,31}$",
};
const TOKEN: Segment = Segment {
    name: "name",
    about: "A token's name.",
    pattern: "^[a-z0-9][a-z0-9._-]{0,39}$",
};

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let manages = Permission::ManageUsers;
    let routes = routes
        .add(
            Deed::get("/token", "getToken", "The token of this very request")
                .answers::<OwnToken>(StatusCode::OK, "Whose it is, what it may, and until when."),
            own_token,
        )
        .add(
            Deed::get("/users", "listUsers", "Those who may administer")
                .needs(manages)
                .answers_list::<UserTold>("By name."),
            list,
        )
        .add(
            Deed::get("/users/{user}", "getUser", "A user")
                .needs(manages)
                .of(USER)
                .answers::<UserTold>(StatusCode::OK, "The user."),
            one,
        );
    let changing = routes
        .add(
            Deed::patch(
                "/users/{user}",
                "changeUser",
                "Give a role that may less, or keep out",
            )
            .about(
                "The user's sessions end. The last admin who may enter stays one. What would give the user a right \
                 is refused (403): users are added, let in again and given roles that may more on the dashboard's \
                 page Users, or by `portico user`.",
            )
            .needs(manages)
            .of(USER)
            .takes::<UserChange>()
            .refuses(Kind::Conflict)
            .answers::<UserTold>(StatusCode::OK, "As the user stands now."),
            change,
        )
        .add(
            Deed::delete("/users/{user}", "removeUser", "Remove a user")
                .about("With sessions and tokens. The last admin who may enter stays.")
                .needs(manages)
                .of(USER)
                .refuses(Kind::Conflict)
                .answers_nothing("There is no such user any more."),
            remove,
        )
        .add(
            Deed::delete("/users/{user}/sessions", "endSessions", "End a user's sessions")
                .about("And revoke their tokens, unless they are the caller's own.")
                .needs(manages)
                .of(USER)
                .answers::<Ended>(StatusCode::OK, "How many there were."),
            end_sessions,
        );
    changing
        .add(
            Deed::get("/users/{user}/tokens", "listTokens", "A user's tokens")
                .needs(manages)
                .of(USER)
                .answers_list::<TokenTold>("By name. Their secrets are nowhere."),
            list_tokens,
        )
        .add(
            Deed::delete(
                "/users/{user}/tokens/{name}",
                "revokeToken",
                "Revoke a user's token",
            )
            .needs(manages)
            .of(USER)
            .of(TOKEN)
            .answers_nothing("It opens nothing any more."),
            revoke_token,
        )
}

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
struct UserTold {
    /// Name.
    #[schema(example = "anna")]
    name: String,
    /// Role.
    role: RoleName,
    /// Whether they may not enter for now.
    disabled: bool,
    /// Whether they have a second factor.
    second_factor: bool,
    /// Since when there is such a user.
    #[schema(format = DateTime)]
    created_at: String,
}

/// What a user is there for.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = Role)]
#[serde(rename_all = "lowercase")]
enum RoleName {
    /// Everything.
    Admin,
    /// Runs the hotspots.
    Operator,
    /// Writes the page.
    Editor,
    /// Takes figures away and reads the audit log.
    Auditor,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => Self::Admin,
            Role::Operator => Self::Operator,
            Role::Editor => Self::Editor,
            Role::Auditor => Self::Auditor,
        }
    }
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Admin => Self::Admin,
            RoleName::Operator => Self::Operator,
            RoleName::Editor => Self::Editor,
            RoleName::Auditor => Self::Auditor,
        }
    }
}

/// What is changed of a user; what is not said stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    /// A role that may nothing which the present one may not.
    role: Option<RoleName>,
    /// True keeps them out for now; false is refused.
    disabled: Option<bool>,
}

/// How many.
#[derive(Serialize, ToSchema)]
struct Ended {
    /// Sessions that ended.
    ended: u64,
}

/// A token of the API, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
struct TokenTold {
    /// In whose name it acts.
    owner: String,
    /// What its owner calls it.
    name: String,
    /// What it was made for.
    scopes: Vec<&'static str>,
    /// Since when.
    #[schema(format = DateTime)]
    created_at: String,
    /// Until when.
    #[schema(format = DateTime)]
    ends_at: String,
    /// The day of its last use, UTC.
    #[schema(format = Date)]
    used_on: Option<String>,
}

/// The token of a request.
#[derive(Serialize, ToSchema)]
struct OwnToken {
    /// In whose name it acts.
    owner: String,
    /// What its owner calls it.
    name: String,
    /// The owner's role now.
    role: RoleName,
    /// What it may now: no more than the role.
    scopes: Vec<&'static str>,
    /// Until when.
    #[schema(format = DateTime)]
    ends_at: String,
}

impl From<&User> for UserTold {
    fn from(user: &User) -> Self {
        Self {
            name: user.name.to_string(),
            role: user.role.into(),
            disabled: user.disabled,
            second_factor: user.totp.is_some(),
            created_at: user.created_at.to_string(),
        }
    }
}

impl From<&ApiToken> for TokenTold {
    fn from(token: &ApiToken) -> Self {
        Self {
            owner: token.owner.to_string(),
            name: token.name.to_string(),
            scopes: token.scopes.iter().map(Permission::code).collect(),
            created_at: token.created_at.to_string(),
            ends_at: token.ends_at.to_string(),
            used_on: token.used_on.map(|day| day.to_string()),
        }
    }
}

type Answer<T> = Result<Json<T>, Problem>;

async fn own_token(call: Call) -> Json<OwnToken> {
    let caller = &call.caller;
    Json(OwnToken {
        owner: caller.user.name.to_string(),
        name: caller.token.name.to_string(),
        role: caller.user.role.into(),
        scopes: caller.scopes().map(Permission::code).collect(),
        ends_at: caller.token.ends_at.to_string(),
    })
}

async fn list(call: Call) -> Answer<Vec<UserTold>> {
    let users = call.accounts.store().await.users().await?;
    Ok(Json(users.iter().map(UserTold::from).collect()))
}

async fn one(call: Call, Named(name): Named<UserName>) -> Answer<UserTold> {
    Ok(Json(UserTold::from(&user(&call, &name).await?)))
}

async fn change(call: Call, Named(name): Named<UserName>, Body(wish): Body<UserChange>) -> Answer<UserTold> {
    let role = wish.role.map(Role::from);
    if role.is_some() || wish.disabled.is_some() {
        let done = {
            let mut store = call.accounts.store().await;
            office::lower(store.as_mut(), &name, role, wish.disabled).await?
        };
        done.map_err(|denied| refused(&denied))?;
    }
    if let Some(role) = role {
        let mut more = More::new();
        more.insert("role".to_owned(), role.code().into());
        call.note("user-role", name.as_str(), more).await;
    }
    if wish.disabled.is_some() {
        call.note("user-disable", name.as_str(), More::new()).await;
    }
    Ok(Json(UserTold::from(&user(&call, &name).await?)))
}

async fn remove(call: Call, Named(name): Named<UserName>) -> Result<StatusCode, Problem> {
    let done = office::remove(call.accounts.store().await.as_mut(), &name).await?;
    done.map_err(|denied| refused(&denied))?;
    call.note("user-remove", name.as_str(), More::new()).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_sessions(call: Call, Named(name): Named<UserName>) -> Answer<Ended> {
    let spared = if call.caller.user.name == name {
        Spared::Own(None)
    } else {
        Spared::Nothing
    };
    let done = office::end_sessions(call.accounts.store().await.as_mut(), &name, spared).await?;
    let ended = done.map_err(|denied| refused(&denied))?;
    call.note("user-sessions-end", name.as_str(), More::new()).await;
    Ok(Json(Ended { ended }))
}

async fn list_tokens(call: Call, Named(name): Named<UserName>) -> Answer<Vec<TokenTold>> {
    user(&call, &name).await?;
    let tokens = call.accounts.store().await.api_tokens(Some(&name)).await?;
    Ok(Json(tokens.iter().map(TokenTold::from).collect()))
}

async fn revoke_token(
    call: Call,
    NamedTwo(owner, name): NamedTwo<UserName, TokenName>,
) -> Result<StatusCode, Problem> {
    if !call
        .accounts
        .store()
        .await
        .revoke_api_token(&owner, &name)
        .await?
    {
        return Err(Problem::new(Kind::NotFound));
    }
    call.note("token-revoke", format!("{owner}/{name}"), More::new())
        .await;
    Ok(StatusCode::NO_CONTENT)
}

async fn user(call: &Call, name: &UserName) -> Result<User, Problem> {
    let found = call.accounts.store().await.user(name).await?;
    found.ok_or_else(|| Problem::new(Kind::NotFound))
}

/// What the rules for users do not allow.
fn refused(denied: &Denied) -> Problem {
    let kind = match denied {
        Denied::Missing(_) => return Problem::new(Kind::NotFound),
        Denied::Gains(_) => Kind::Forbidden,
        Denied::LastAdmin(_) | Denied::Taken(_) => Kind::Conflict,
    };
    Problem::saying(kind, denied.to_string())
}
