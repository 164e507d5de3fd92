//! One's own tokens of the API: made, shown once, listed, revoked.

use askama::Template;
use axum::Form;
use axum::extract::RawForm;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use url::form_urlencoded;

use super::rows::TokenRow;
use super::visit::{Stop, Visit};
use crate::accounts::{
    MOST_DAYS, MOST_TOKENS, Permission, Role, SCOPES, Scopes, Ticket, TokenName, USUAL_DAYS,
};
use crate::dashboard::frame::Frame;
use crate::model::audit::More;

type Answer = Result<Response, Stop>;

/// How many days a token may be good, on the page.
const DAYS: [u16; 4] = [7, 30, USUAL_DAYS, MOST_DAYS];

#[derive(Template)]
#[template(path = "dashboard/tokens.html")]
struct TokensPage {
    frame: Frame,
    tokens: Vec<TokenRow>,
    scopes: Vec<ScopeBox>,
    days: Vec<DaysChoice>,
    name: String,
    /// The token that was just made, this once.
    fresh: Option<String>,
    /// Which field is wrong: `name`, `scope` or `password`.
    wrong_field: &'static str,
    /// Whether there is room for another.
    has_room: bool,
}

struct ScopeBox {
    code: &'static str,
    word: String,
    is_chosen: bool,
}

struct DaysChoice {
    days: u16,
    is_chosen: bool,
}

/// What was typed.
struct Wish {
    form: String,
    name: String,
    scopes: Vec<Permission>,
    days: u16,
    password: String,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            form: String::new(),
            name: String::new(),
            scopes: Vec::new(),
            days: USUAL_DAYS,
            password: String::new(),
        }
    }
}

impl Wish {
    /// A box that is ticked is one `scope` among several.
    fn read(body: &[u8]) -> Self {
        let mut wish = Self::default();
        for (key, value) in form_urlencoded::parse(body) {
            match &*key {
                "form" => wish.form = value.into_owned(),
                "name" => value.trim().clone_into(&mut wish.name),
                "scope" => wish.scopes.extend(value.parse::<Permission>()),
                "days" => wish.days = value.parse().unwrap_or(USUAL_DAYS).clamp(1, MOST_DAYS),
                "password" => wish.password = value.into_owned(),
                _ => {}
            }
        }
        wish
    }
}

/// What is told above the page.
enum Told {
    Nothing,
    Done(&'static str),
    Fresh(String),
    Wrong(&'static str, String),
}

pub(super) async fn page(visit: Visit) -> Answer {
    let ticket = visit.admit(Permission::OwnAccount).await?;
    show(&visit, &ticket, StatusCode::OK, (Wish::default(), Told::Nothing)).await
}

pub(super) async fn add(visit: Visit, RawForm(body): RawForm) -> Answer {
    let ticket = visit.admit(Permission::OwnAccount).await?;
    let mut wish = Wish::read(&body);
    visit.check_form(&wish.form)?;
    let user = &ticket.user;
    let (name, scopes) = match read_wish(&wish, user.role) {
        Ok(read) => read,
        Err((field, key)) => {
            let told = Told::Wrong(field, visit.tongue.say(key));
            return show(&visit, &ticket, StatusCode::UNPROCESSABLE_ENTITY, (wish, told)).await;
        }
    };
    // Whoever finds an open browser takes no way in with them.
    let password = std::mem::take(&mut wish.password);
    if let Err(refusal) = visit.confirm(&ticket, password).await? {
        let (status, text) = visit.refusal(refusal, "password-wrong");
        return show(&visit, &ticket, status, (wish, Told::Wrong("password", text))).await;
    }
    let given = visit.accounts.give_token(&ticket, name, scopes, wish.days).await;
    let Some((token, secret)) = given.map_err(|error| visit.fault(&error))? else {
        let told = Told::Wrong("name", visit.tongue.say("tokens-name-taken"));
        return show(&visit, &ticket, StatusCode::CONFLICT, (wish, told)).await;
    };
    let mut more = More::new();
    more.insert("scopes".to_owned(), token.scopes.to_string().into());
    more.insert("ends_at".to_owned(), token.ends_at.to_string().into());
    let what = format!("{}/{}", user.name, token.name);
    visit
        .note_more(user.name.as_str(), "token-add", &what, more)
        .await;
    show(
        &visit,
        &ticket,
        StatusCode::OK,
        (Wish::default(), Told::Fresh(secret)),
    )
    .await
}

fn read_wish(wish: &Wish, role: Role) -> Result<(TokenName, Scopes), (&'static str, &'static str)> {
    let name = wish.name.parse().map_err(|_| ("name", "tokens-name-wrong"))?;
    let scopes = Scopes::new(wish.scopes.iter().copied()).map_err(|_| ("scope", "tokens-scope-none"))?;
    scopes
        .check(role)
        .map_err(|_| ("scope", "tokens-scope-forbidden"))?;
    Ok((name, scopes))
}

#[derive(Deserialize)]
pub(super) struct RevokeForm {
    form: String,
    name: String,
}

pub(super) async fn revoke(visit: Visit, Form(form): Form<RevokeForm>) -> Answer {
    let ticket = visit.admit(Permission::OwnAccount).await?;
    visit.check_form(&form.form)?;
    let user = &ticket.user.name;
    if let Ok(name) = form.name.parse::<TokenName>() {
        let revoked = visit.accounts.store().await.revoke_api_token(user, &name).await;
        if revoked.map_err(|error| visit.fault(&error.into()))? {
            visit
                .note(user.as_str(), "token-revoke", &format!("{user}/{name}"))
                .await;
        }
    }
    let told = Told::Done("tokens-revoked");
    show(&visit, &ticket, StatusCode::OK, (Wish::default(), told)).await
}

async fn show(visit: &Visit, ticket: &Ticket, status: StatusCode, (wish, told): (Wish, Told)) -> Answer {
    let tokens = visit
        .accounts
        .store()
        .await
        .api_tokens(Some(&ticket.user.name))
        .await;
    let tokens = tokens.map_err(|error| visit.fault(&error.into()))?;
    let mut frame = visit.frame("tokens-title", Some(ticket));
    let (mut fresh, mut wrong_field) = (None, "");
    match told {
        Told::Nothing => {}
        Told::Done(key) => frame.done = Some(visit.tongue.say(key)),
        Told::Fresh(secret) => fresh = Some(secret),
        Told::Wrong(field, text) => {
            wrong_field = field;
            frame.wrong = Some(text);
        }
    }
    let role = ticket.user.role;
    let offered = SCOPES.into_iter().filter(|scope| role.may(*scope));
    let page = TokensPage {
        frame,
        scopes: offered
            .map(|scope| ScopeBox {
                code: scope.code(),
                word: visit.tongue.say(&format!("scope-{}", scope.code())),
                is_chosen: wish.scopes.contains(&scope),
            })
            .collect(),
        days: DAYS
            .map(|days| DaysChoice {
                days,
                is_chosen: days == wish.days,
            })
            .into(),
        name: wish.name,
        fresh,
        wrong_field,
        has_room: tokens.len() < MOST_TOKENS,
        tokens: TokenRow::all(visit, &tokens, role),
    };
    Ok(visit.answer(status, &page))
}
