//! What is asked of people at a terminal: passwords that nobody sees, and codes; and a QR code for their phone.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use qrcode::QrCode;

/// A new password: asked for twice at a terminal, else the first line of standard input.
pub(super) fn new_password() -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        return read_line();
    }
    let hidden = Hidden::begin()?;
    let first = ask("New password: ")?;
    let again = ask("\nOnce more: ")?;
    drop(hidden);
    ask_nothing("\n")?;
    if first != again {
        bail!("they are not the same");
    }
    Ok(first)
}

/// The answer to a question.
pub(super) fn ask(question: &str) -> anyhow::Result<String> {
    ask_nothing(question)?;
    read_line()
}

/// A QR code of half blocks, dark on light whatever the terminal's colours are.
pub(super) fn qr(text: &str) -> anyhow::Result<String> {
    let code = QrCode::new(text).context("no QR code")?;
    let width = code.width();
    let colors = code.to_colors();
    // Four modules of light around it (ISO/IEC 18004, 6.3.8).
    let is_dark = |row: usize, column: usize| {
        let (row, column) = (row.checked_sub(4), column.checked_sub(4));
        let place = row
            .zip(column)
            .filter(|(row, column)| *row < width && *column < width);
        place.is_some_and(|(row, column)| colors[row * width + column] == qrcode::Color::Dark)
    };
    let mut lines = String::new();
    for row in (0..width + 8).step_by(2) {
        lines.push_str("\u{1b}[30;107m");
        for column in 0..width + 8 {
            lines.push(match (is_dark(row, column), is_dark(row + 1, column)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        lines.push_str("\u{1b}[0m\n");
    }
    Ok(lines)
}

/// Questions go to standard error: standard output is the answer's.
fn ask_nothing(text: &str) -> io::Result<()> {
    let mut out = io::stderr();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn read_line() -> anyhow::Result<String> {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("nothing was said");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// While this is, the terminal does not show what is typed.
struct Hidden;

impl Hidden {
    fn begin() -> anyhow::Result<Self> {
        stty("-echo").context("the terminal would show the password: stty")?;
        Ok(Self)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // Who cannot be heard any more has no terminal left.
        let _ = stty("echo");
    }
}

fn stty(wish: &str) -> io::Result<()> {
    let status = Command::new("stty").arg(wish).stdin(Stdio::inherit()).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other("it said no"))
    }
}

#[cfg(test)]
mod tests {
    use super::qr;

    #[test]
    fn a_qr_code_has_its_corners_and_its_margin() {
        let text = qr("otpauth://totp/x:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x").unwrap();
        let lines: Vec<&str> = text
            .lines()
            .map(|line| {
                line.strip_prefix("\u{1b}[30;107m")
                    .unwrap()
                    .strip_suffix("\u{1b}[0m")
                    .unwrap()
            })
            .collect();
        assert!(lines[..2].iter().all(|line| line.trim().is_empty()));
        assert!(lines[2].starts_with("    █▀▀▀▀▀█ "), "{text}");
        assert!(
            lines
                .iter()
                .all(|line| line.chars().count() == lines[0].chars().count())
        );
        assert!(qr(&"x".repeat(5_000)).is_err());
    }
}
