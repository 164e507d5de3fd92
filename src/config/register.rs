//! `[register]`: the optional access register, off unless a recipient is named.

use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::gateway::Gateway;
use super::reader::{Complaint, Report, Section};
use super::values;
use super::words::{Explain as _, words};
use crate::model::Recipient;

/// Days that entries are kept: as long as a complaint usually takes to arrive, not longer.
pub const DEFAULT_REGISTER_DAYS: u16 = 7;
/// Longest that may be configured; nothing asks for it (see the README).
pub const MOST_REGISTER_DAYS: u16 = 180;
/// From here on somebody should have written down why.
const MANY_DAYS: u16 = 30;
/// What stands after the name of the state directory in that of the register's own.
const SUFFIX: &str = "-register";

/// `[register]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// `recipient`: who can read it; without one nothing is collected.
    pub recipient: Option<Recipient>,
    /// `days`: how long entries are kept.
    pub days: u16,
    /// `dir`: where its files are, apart from everything else.
    pub dir: PathBuf,
}

impl Default for Register {
    fn default() -> Self {
        Self {
            recipient: None,
            days: DEFAULT_REGISTER_DAYS,
            dir: beside(Path::new(super::DEFAULT_STATE_DIR)),
        }
    }
}

impl Register {
    /// Whether it is kept.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.recipient.is_some()
    }
}

/// Reads the section.
pub(super) fn read(mut section: Section<'_, '_>, report: &Report<'_>, gateway: Option<&Gateway>) -> Register {
    let recipient = section.or("recipient", None, recipient);
    let days = section.optional("days", days);
    let dir = section.optional("dir", values::absolute_path);
    section.finish();
    if let Some(days) = days
        .as_ref()
        .filter(|days| recipient.is_some() && days.value > MANY_DAYS)
    {
        report.warn(
            &days.span,
            Complaint::new(
                words!(
                    "the access register is kept for {} days",
                    "il registro degli accessi viene conservato per {} giorni",
                    days.value
                ),
                words!(
                    "up to {MANY_DAYS} are usual; for more write down why in the assessment (GDPR, articles 5 and 35)",
                    "fino a {MANY_DAYS} è usuale; se di più, scriverne il motivo nella valutazione d'impatto (GDPR, articoli 5 e 35)"
                ),
            ),
        );
    }
    let beside = gateway.map_or_else(|| Register::default().dir, |gateway| beside(&gateway.state_dir));
    if let (Some(dir), Some(gateway)) = (&dir, gateway)
        && let Some(complaint) = complain_of(&dir.value, gateway)
    {
        report.error(&dir.span, complaint);
    }
    Register {
        recipient,
        days: days.map_or(DEFAULT_REGISTER_DAYS, |days| days.value),
        dir: dir.map_or(beside, |dir| dir.value),
    }
}

/// `/var/lib/portico-register` for `/var/lib/portico`.
fn beside(state_dir: &Path) -> PathBuf {
    let mut name = state_dir.file_name().unwrap_or_default().to_owned();
    name.push(SUFFIX);
    state_dir.with_file_name(name)
}

fn recipient(value: &DeValue<'_>) -> Result<Option<Recipient>, Complaint> {
    let text = values::text(value)?;
    if text.is_empty() {
        return Ok(None);
    }
    // What stands there may be the secret key: it is not repeated.
    text.parse()
        .map(Some)
        .map_err(|error: crate::model::RecipientError| {
            Complaint::new(
                words!(
                    "this is not the public key of an age pair",
                    "questa non è la chiave pubblica di una coppia age"
                ),
                error.words(),
            )
        })
}

fn days(value: &DeValue<'_>) -> Result<u16, Complaint> {
    let days = values::integer(value, 1, MOST_REGISTER_DAYS.into())?;
    Ok(u16::try_from(days).unwrap_or(MOST_REGISTER_DAYS))
}

fn complain_of(dir: &Path, gateway: &Gateway) -> Option<Complaint> {
    let shares = |other: &Path| dir.starts_with(other) || other.starts_with(dir);
    if shares(&gateway.state_dir) {
        let apart = beside(&gateway.state_dir);
        let hint = words!(
            "it is kept apart: write another directory, like \"{}\"",
            "va tenuto a parte: scrivere un'altra cartella, come \"{}\"",
            apart.display()
        );
        return Some(Complaint::new(
            words!(
                "dir: the register shares a directory with state_dir",
                "dir: il registro sta nella stessa cartella di state_dir"
            ),
            hint,
        ));
    }
    shares(&gateway.run_dir).then(|| {
        let hint = words!(
            "run_dir is emptied at every boot; write a directory that outlives it",
            "run_dir viene vuotata a ogni avvio; scrivere una cartella che resta"
        );
        Complaint::new(
            words!(
                "dir: the register shares a directory with run_dir",
                "dir: il registro sta nella stessa cartella di run_dir"
            ),
            hint,
        )
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;
    use crate::config::tests::{refused, warned, with};

    /// Made for this test; its secret half was never written down.
    const RECIPIENT: &str = "age12jc3sc427zmqyeu02lnlj3mdu6rpndv5q90xcn3xe06zd70seq3qpys008";

    fn section(lines: &str) -> String {
        with(&format!("[register]\n{lines}"))
    }

    #[test]
    fn it_is_off_unless_a_key_is_named() {
        for text in [
            with(""),
            section(""),
            section("days = 3"),
            section("recipient = \"\""),
        ] {
            assert!(!Config::parse(&text, "p.toml").unwrap().register.is_on());
        }
        let text = section(&format!(
            "recipient = \"{RECIPIENT}\"\ndays = 30\ndir = \"/srv/register\""
        ));
        let register = Config::parse(&text, "p.toml").unwrap().register;
        assert!(register.is_on());
        assert_eq!(register.recipient.unwrap().as_str(), RECIPIENT);
        assert_eq!(
            (register.days, register.dir.as_path()),
            (30, Path::new("/srv/register"))
        );
    }

    #[test]
    fn it_is_beside_the_state_and_never_in_it() {
        let state = |state: &str, line: &str| {
            with("").replace("[gateway]", &format!("[gateway]\nstate_dir = \"{state}\""))
                + "[register]\n"
                + line
        };
        let config = Config::parse(&state("/srv/state", ""), "p.toml").unwrap();
        assert_eq!(config.register.dir, Path::new("/srv/state-register"));
        for dir in ["/srv/state", "/srv/state/register", "/srv", "/run/portico/x"] {
            let found = refused(&state("/srv/state", &format!("dir = \"{dir}\"")));
            assert!(
                found.len() == 1 && found[0].contains("shares a directory"),
                "{dir}: {found:?}"
            );
        }
        assert!(refused(&state("/srv/state", "dir = \"/srv/state-register\"")).is_empty());
        assert_eq!(refused(&section("dir = \"register\"")).len(), 1);
    }

    #[test]
    fn mistakes_have_their_place_and_the_secret_key_is_not_repeated() {
        let secret = "AGE-SECRET-KEY-1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQQPZRY9X8GF2TVDW0S3JN54KH";
        let text = section(&format!("recipient = \"{secret}\"\ndays = 0\nday = 3\n"));
        let errors = Config::parse(&text, "p.toml").unwrap_err();
        let lines: Vec<_> = errors
            .findings()
            .iter()
            .map(|finding| finding.position.as_ref().unwrap().line)
            .collect();
        let first = text
            .lines()
            .position(|line| line.starts_with("recipient"))
            .unwrap()
            + 1;
        assert_eq!(lines, [first, first + 1, first + 2]);
        let told = errors.to_string();
        assert!(told.contains("secret key") && !told.contains("QQPZRY"), "{told}");
        for line in [
            "days = 181",
            "days = -1",
            "days = \"7\"",
            "recipient = 7",
            "recipient = \"age1abc\"",
        ] {
            assert_eq!(refused(&section(line)).len(), 1, "{line}");
        }
    }

    #[test]
    fn many_days_want_a_reason() {
        let doubted = |lines: &str| {
            let doubts = warned(&section(lines));
            doubts.iter().any(|what| what.contains("access register"))
        };
        let days = |days: u16| doubted(&format!("recipient = \"{RECIPIENT}\"\ndays = {days}"));
        assert!(!days(30) && days(31));
        assert!(!doubted("days = 180"), "it is off");
    }
}
