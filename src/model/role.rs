//! Roles, and what each may do: one table, without exceptions elsewhere.

use std::fmt;
use std::str::FromStr;

/// What a user is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Everything.
    Admin,
    /// Runs the hotspots.
    Operator,
    /// Writes news, notices and services of the page.
    Editor,
    /// Takes figures away and reads the audit log.
    Auditor,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// See how the networks do.
    SeeStatus,
    /// See stations, their addresses masked.
    SeeStations,
    /// See the address of a station, which is noted.
    UnmaskStations,
    /// Disconnect, extend, block, exempt stations; change their plan.
    ActOnStations,
    /// See the settings.
    SeeSettings,
    /// Change them.
    ChangeSettings,
    /// Write news, notices, services and texts of the page.
    EditPage,
    /// See charts of the figures.
    SeeFigures,
    /// Take figures away.
    Export,
    /// Read and export the audit log.
    ReadAudit,
    /// Read the access register.
    ReadRegister,
    /// Add users, change and remove them, end their sessions.
    ManageUsers,
    /// Change one's own password and second factor, end one's own sessions.
    OwnAccount,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::SeeStatus,
        Self::SeeStations,
        Self::UnmaskStations,
        Self::ActOnStations,
        Self::SeeSettings,
        Self::ChangeSettings,
        Self::EditPage,
        Self::SeeFigures,
        Self::Export,
        Self::ReadAudit,
        Self::ReadRegister,
        Self::ManageUsers,
        Self::OwnAccount,
    ];

    /// Its name in commands, files and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SeeStatus => "see-status",
            Self::SeeStations => "see-stations",
            Self::UnmaskStations => "unmask-stations",
            Self::ActOnStations => "act-on-stations",
            Self::SeeSettings => "see-settings",
            Self::ChangeSettings => "change-settings",
            Self::EditPage => "edit-page",
            Self::SeeFigures => "see-figures",
            Self::Export => "export",
            Self::ReadAudit => "read-audit",
            Self::ReadRegister => "read-register",
            Self::ManageUsers => "manage-users",
            Self::OwnAccount => "own-account",
        }
    }
}

impl FromStr for Permission {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|permission| permission.code() == text);
        found.ok_or_else(|| format!("there is no permission {text:?}"))
    }
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Operator, Self::Editor, Self::Auditor];

    /// Whether the role may do it.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission::{
            ActOnStations, ChangeSettings, EditPage, Export, ManageUsers, OwnAccount, ReadAudit,
            ReadRegister, SeeFigures, SeeSettings, SeeStations, SeeStatus, UnmaskStations,
        };
        match permission {
            OwnAccount => true,
            ChangeSettings | ManageUsers | ReadRegister => matches!(self, Self::Admin),
            SeeStatus | SeeStations | UnmaskStations | ActOnStations | SeeSettings | SeeFigures => {
                matches!(self, Self::Admin | Self::Operator)
            }
            EditPage => matches!(self, Self::Admin | Self::Operator | Self::Editor),
            Export => matches!(self, Self::Admin | Self::Operator | Self::Auditor),
            ReadAudit => matches!(self, Self::Admin | Self::Auditor),
        }
    }

    /// Whether it may nothing that the other may not.
    #[must_use]
    pub fn is_within(self, other: Self) -> bool {
        let permissions = Permission::ALL.into_iter();
        permissions
            .filter(|permission| self.may(*permission))
            .all(|permission| other.may(permission))
    }

    /// Its name in commands and files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Editor => "editor",
            Self::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.code() == text);
        found.ok_or_else(|| "write admin, operator, editor or auditor".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{Permission, Role};

    /// Who may what, as the README has it: admin, operator, editor, auditor.
    const TABLE: [(Permission, [bool; 4]); 13] = [
        (Permission::SeeStatus, [true, true, false, false]),
        (Permission::SeeStations, [true, true, false, false]),
        (Permission::UnmaskStations, [true, true, false, false]),
        (Permission::ActOnStations, [true, true, false, false]),
        (Permission::SeeSettings, [true, true, false, false]),
        (Permission::ChangeSettings, [true, false, false, false]),
        (Permission::EditPage, [true, true, true, false]),
        (Permission::SeeFigures, [true, true, false, false]),
        (Permission::Export, [true, true, false, true]),
        (Permission::ReadAudit, [true, false, false, true]),
        (Permission::ReadRegister, [true, false, false, false]),
        (Permission::ManageUsers, [true, false, false, false]),
        (Permission::OwnAccount, [true, true, true, true]),
    ];

    #[test]
    fn every_role_may_exactly_what_the_table_says() {
        assert_eq!(TABLE.map(|(permission, _)| permission), Permission::ALL);
        for (permission, expected) in TABLE {
            assert_eq!(
                Role::ALL.map(|role| role.may(permission)),
                expected,
                "{permission:?}"
            );
        }
    }

    #[test]
    fn a_role_is_within_one_that_may_all_of_it() {
        let within = |role: Role| Role::ALL.map(|other| role.is_within(other));
        assert_eq!(within(Role::Admin), [true, false, false, false]);
        assert_eq!(within(Role::Operator), [true, true, false, false]);
        assert_eq!(within(Role::Editor), [true, true, true, false]);
        // The log is not the operator's.
        assert_eq!(within(Role::Auditor), [true, false, false, true]);
    }

    #[test]
    fn roles_are_read_as_they_are_written() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().is_err());
        for permission in Permission::ALL {
            assert_eq!(permission.code().parse(), Ok(permission));
        }
        assert!("everything".parse::<Permission>().is_err());
    }
}
