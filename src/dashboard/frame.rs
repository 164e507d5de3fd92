//! What every page has around its own matter: the menu, who is in, what was done or went wrong.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::words::Tongue;
use crate::accounts::{Permission, Role};

/// The screens in the order of the menu: path, word, and what one must be allowed to do to see it.
const SCREENS: [(&str, &str, Permission); 9] = [
    ("/now", "menu-now", Permission::SeeStatus),
    ("/stations", "menu-stations", Permission::SeeStations),
    ("/networks", "menu-networks", Permission::SeeStatus),
    ("/page", "menu-page", Permission::EditPage),
    ("/figures", "menu-figures", Permission::Export),
    ("/settings", "menu-settings", Permission::SeeSettings),
    ("/users", "menu-users", Permission::ManageUsers),
    ("/audit", "menu-audit", Permission::ReadAudit),
    ("/account", "menu-account", Permission::OwnAccount),
];

/// See the module.
pub(super) struct Frame {
    pub(super) tongue: Tongue,
    pub(super) title: String,
    /// Who is in, for the button that leads out.
    pub(super) user: Option<String>,
    /// The screens this user may see; none before the login is complete.
    pub(super) menu: Vec<Entry>,
    /// Proof that a form was on a page of this browser's.
    pub(super) form: String,
    /// What went wrong.
    pub(super) wrong: Option<String>,
    /// What was done.
    pub(super) done: Option<String>,
}

impl Frame {
    /// With what was done, or what went wrong.
    pub(super) fn telling(mut self, told: Option<Result<String, String>>) -> Self {
        match told {
            Some(Ok(done)) => self.done = Some(done),
            Some(Err(wrong)) => self.wrong = Some(wrong),
            None => {}
        }
        self
    }
}

/// One line of the menu.
pub(super) struct Entry {
    pub(super) path: &'static str,
    pub(super) word: &'static str,
    /// Whether it is the screen that is shown.
    pub(super) is_here: bool,
}

/// The menu of a role, seen at `path`.
pub(super) fn menu(role: Role, path: &str) -> Vec<Entry> {
    let allowed = SCREENS.into_iter().filter(|&(_, _, needed)| role.may(needed));
    let entry = |(screen, word, _): (&'static str, &'static str, Permission)| Entry {
        path: screen,
        word,
        is_here: path
            .strip_prefix(screen)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    };
    allowed.map(entry).collect()
}

/// Where a role begins.
pub(super) fn first_screen(role: Role) -> &'static str {
    let mut screens = SCREENS.into_iter();
    screens
        .find(|&(_, _, needed)| role.may(needed))
        .map_or("/account", |(path, _, _)| path)
}

/// A page as an answer.
pub(super) fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{first_screen, menu};
    use crate::accounts::Role;

    #[test]
    fn a_role_sees_what_it_may() {
        let seen = |role| -> Vec<&str> { menu(role, "/now").iter().map(|entry| entry.path).collect() };
        assert_eq!(seen(Role::Admin).len(), 9);
        assert_eq!(seen(Role::Editor), ["/page", "/account"]);
        assert_eq!(seen(Role::Auditor), ["/figures", "/audit", "/account"]);
        assert_eq!(first_screen(Role::Operator), "/now");
        assert_eq!(first_screen(Role::Editor), "/page");
    }

    #[test]
    fn the_menu_says_where_one_is() {
        let here = |path: &str| -> Vec<&str> {
            let menu = menu(Role::Admin, path);
            menu.iter()
                .filter(|entry| entry.is_here)
                .map(|entry| entry.path)
                .collect()
        };
        assert_eq!(here("/page"), ["/page"]);
        assert_eq!(here("/page/preview"), ["/page"]);
        assert_eq!(here("/pages"), [""; 0]);
    }
}
