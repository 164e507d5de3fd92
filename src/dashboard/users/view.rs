//! What is shown of users.

use askama::Template;

use super::Wrong;
use crate::accounts::{Role, User};
use crate::dashboard::frame::Frame;
use crate::dashboard::login::account::role_key;
use crate::dashboard::login::rows::{SessionRow, TokenRow};
use crate::dashboard::words::Tongue;

/// Everybody.
#[derive(Template)]
#[template(path = "dashboard/users.html")]
pub(super) struct ListPage {
    pub(super) frame: Frame,
    pub(super) users: Vec<Row>,
    pub(super) roles: Vec<RoleView>,
    /// What was typed for a new one.
    pub(super) name: String,
    pub(super) fault: Option<Fault>,
}

pub(super) struct Row {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) factor: String,
    pub(super) state: String,
    pub(super) sessions: usize,
}

pub(super) struct RoleView {
    pub(super) code: &'static str,
    pub(super) label: String,
    pub(super) about: String,
    pub(super) is_chosen: bool,
}

/// A mistake, and the field it is about.
pub(super) struct Fault {
    pub(super) field: &'static str,
    pub(super) text: String,
}

/// One of them.
#[derive(Template)]
#[template(path = "dashboard/users-user.html")]
pub(super) struct UserPage {
    pub(super) frame: Frame,
    pub(super) name: String,
    pub(super) about: String,
    pub(super) is_disabled: bool,
    pub(super) has_factor: bool,
    pub(super) is_must: bool,
    pub(super) roles: Vec<RoleView>,
    pub(super) sessions: Vec<SessionRow>,
    pub(super) tokens: Vec<TokenRow>,
    /// Which form was sent, where it was refused.
    pub(super) act: &'static str,
    pub(super) fault: Option<Fault>,
}

impl Fault {
    pub(super) fn of(wrong: &Wrong) -> Option<Self> {
        (!wrong.field.is_empty()).then(|| Self {
            field: wrong.field,
            text: wrong.text.clone(),
        })
    }
}

impl UserPage {
    /// What is wrong with a field of a form of this page.
    pub(super) fn wrong(&self, act: &str, field: &str) -> Option<&str> {
        let fault = self.fault.as_ref()?;
        (self.act == act && fault.field == field).then_some(fault.text.as_str())
    }
}

impl ListPage {
    /// What is wrong with a field.
    pub(super) fn wrong(&self, field: &str) -> Option<&str> {
        let fault = self.fault.as_ref()?;
        (fault.field == field).then_some(fault.text.as_str())
    }
}

pub(super) fn row(user: &User, sessions: usize, tongue: Tongue) -> Row {
    Row {
        name: user.name.to_string(),
        role: tongue.say(role_key(user.role)),
        factor: tongue.say(if user.totp.is_some() {
            "factor-on"
        } else {
            "factor-off"
        }),
        state: tongue.say(if user.disabled {
            "users-disabled"
        } else {
            "users-enabled"
        }),
        sessions,
    }
}

pub(super) fn role_views(chosen: Option<Role>, tongue: Tongue) -> Vec<RoleView> {
    let view = |role: Role| RoleView {
        code: role.code(),
        label: tongue.say(role_key(role)),
        about: tongue.say(&format!("users-role-{}", role.code())),
        is_chosen: chosen == Some(role),
    };
    Role::ALL.into_iter().map(view).collect()
}
