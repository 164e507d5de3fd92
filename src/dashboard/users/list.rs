//! Everybody who may administer, and whoever is new.

use axum::Form;
use axum::response::Response;
use serde::Deserialize;

use super::view::{ListPage, Row, role_views, row};
use super::{Wrong, confirm, put};
use crate::accounts::office;
use crate::accounts::{Permission, Role, StoreFailure, Ticket, User, UserName};
use crate::dashboard::frame::show;
use crate::dashboard::login::enter::chosen_password;
use crate::dashboard::login::visit::{Stop, Visit};

type Answer = Result<Response, Stop>;

pub(super) async fn page(visit: Visit) -> Answer {
    let ticket = visit.admit(Permission::ManageUsers).await?;
    answer(&visit, &ticket, Ok(None), &AddForm::default()).await
}

#[derive(Default, Deserialize)]
pub(super) struct AddForm {
    form: String,
    name: String,
    role: String,
    password: String,
    again: String,
    own: String,
}

pub(super) async fn add(visit: Visit, Form(form): Form<AddForm>) -> Answer {
    let ticket = visit.admit(Permission::ManageUsers).await?;
    visit.check_form(&form.form)?;
    let outcome = add_user(&visit, &ticket, &form).await?;
    if let Ok((name, role)) = &outcome {
        let what = format!("{name} role={role}");
        visit.note(ticket.user.name.as_str(), "user-add", &what).await;
        let done = visit.tongue.say("users-added");
        return answer(&visit, &ticket, Ok(Some(done)), &AddForm::default()).await;
    }
    answer(&visit, &ticket, outcome.map(|_| None), &form).await
}

async fn add_user(
    visit: &Visit,
    ticket: &Ticket,
    form: &AddForm,
) -> Result<Result<(UserName, Role), Wrong>, Stop> {
    let Ok(name) = form.name.trim().parse::<UserName>() else {
        return Ok(Err(Wrong::field(visit, "name", "setup-name-wrong")));
    };
    let Ok(role) = form.role.parse::<Role>() else {
        return Ok(Err(Wrong::field(visit, "role", "users-role-wrong")));
    };
    let password = match chosen_password(form.password.clone(), &form.again, &name) {
        Ok(password) => password,
        Err(key) => return Ok(Err(Wrong::field(visit, "password", key))),
    };
    if let Err(wrong) = confirm(visit, ticket, form.own.clone()).await? {
        return Ok(Err(wrong));
    }
    let hashed = visit.accounts.hash_for(password, visit.visitor()).await;
    let Ok(password) = hashed.map_err(|error| visit.fault(&error))? else {
        return Ok(Err(Wrong::field(visit, "", "busy")));
    };
    let user = User {
        name: name.clone(),
        role,
        password,
        disabled: false,
        totp: None,
        created_at: visit.accounts.now(),
    };
    let mut store = visit.accounts.store().await;
    let added = office::add(store.as_mut(), &user).await;
    let added = added.map_err(|error| visit.fault(&error.into()))?;
    Ok(added
        .map(|()| (name, role))
        .map_err(|denied| Wrong::of(visit, &denied)))
}

async fn answer(
    visit: &Visit,
    ticket: &Ticket,
    told: Result<Option<String>, Wrong>,
    form: &AddForm,
) -> Answer {
    let rows = rows(visit).await.map_err(|error| visit.fault(&error.into()))?;
    let mut frame = visit.frame("users-title", Some(ticket));
    let (status, fault) = put(&mut frame, told);
    let page = ListPage {
        frame,
        users: rows,
        roles: role_views(form.role.parse().ok(), visit.tongue),
        name: form.name.clone(),
        fault,
    };
    Ok(show(status, &page))
}

async fn rows(visit: &Visit) -> Result<Vec<Row>, StoreFailure> {
    let now = visit.accounts.now();
    let mut store = visit.accounts.store().await;
    let mut rows = Vec::new();
    for user in store.users().await? {
        let sessions = store.sessions(&user.name).await?;
        let good = sessions.iter().filter(|session| session.is_good(now));
        rows.push(row(&user, good.count(), visit.tongue));
    }
    Ok(rows)
}
