//! One TOML value → one checked value: the readers that several sections share.

use std::path::PathBuf;
use std::str::FromStr;

use toml::de::DeValue;

use super::interface::InterfaceName;
use super::nearest::{meant, nearest};
use super::reader::{Complaint, kind};
use super::words::{Explain, Words, words};
use crate::model::Mac;

/// Text.
pub(super) fn text<'v>(value: &'v DeValue<'_>) -> Result<&'v str, Complaint> {
    value.as_str().ok_or_else(|| {
        Complaint::new(
            words!(
                "a text is wanted here, not {kind}",
                "qui ci vuole un testo, non {kind}";
                kind = kind(value),
            ),
            words!(
                "write it between double quotes",
                "scriverlo tra virgolette doppie"
            ),
        )
    })
}

/// `true` or `false`.
pub(super) fn boolean(value: &DeValue<'_>) -> Result<bool, Complaint> {
    value.as_bool().ok_or_else(|| {
        Complaint::new(
            words!(
                "true or false is wanted here, not {kind}",
                "qui ci vuole true (sì) o false (no), non {kind}";
                kind = kind(value),
            ),
            words!(
                "write true or false, without quotes",
                "scrivere true (sì) o false (no), senza virgolette"
            ),
        )
    })
}

/// A whole number between two bounds, both included.
pub(super) fn integer(value: &DeValue<'_>, least: usize, most: usize) -> Result<usize, Complaint> {
    let hint = words!(
        "write a whole number from {least} to {most}, without quotes",
        "scrivere un numero intero da {least} a {most}, senza virgolette"
    );
    let Some(digits) = value.as_integer() else {
        let what = words!(
            "a whole number is wanted here, not {kind}",
            "qui ci vuole un numero intero, non {kind}";
            kind = kind(value),
        );
        return Err(Complaint::new(what, hint));
    };
    usize::from_str_radix(digits.as_str(), digits.radix())
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            Complaint::new(
                words!("{} is out of range", "{} è fuori dai limiti", digits.as_str()),
                hint,
            )
        })
}

/// A port that a process without privilege may open.
pub(super) fn listening_port(value: &DeValue<'_>) -> Result<u16, Complaint> {
    let number = integer(value, 1, 65_535)?;
    let port = u16::try_from(number).unwrap_or(u16::MAX);
    if port < 1_024 {
        return Err(Complaint::new(
            words!(
                "{port} is a privileged port and portico runs without privilege",
                "{port} è una porta privilegiata e portico lavora senza privilegi"
            ),
            words!(
                "write a port from 1024 to 65535; ports 80 and 443 of the gateway are redirected to it",
                "scrivere una porta da 1024 a 65535; le porte 80 e 443 del gateway vi sono reindirizzate"
            ),
        ));
    }
    Ok(port)
}

/// Anything that reads itself from text and explains itself when it cannot.
pub(super) fn parsed<T>(value: &DeValue<'_>) -> Result<T, Complaint>
where
    T: FromStr,
    T::Err: Explain,
{
    let text = text(value)?;
    text.parse::<T>().map_err(|error| Complaint {
        what: words!("{text:?} does not do", "{text:?} non va bene"),
        hint: Some(error.words()),
    })
}

/// One of the values in `all`, by its name; `kind_of` says what they are, for people.
pub(super) fn named<T: Copy>(
    value: &DeValue<'_>,
    all: &[T],
    name: fn(T) -> &'static str,
    kind_of: &Words,
) -> Result<T, Complaint> {
    let text = text(value)?;
    let found = all.iter().copied().find(|one| name(*one) == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        let near = nearest(text, names.iter().copied());
        Complaint::new(
            words!(
                "{text} is no kind of {of}",
                "{text} non è {of}";
                text = Words::same(format!("{text:?}")), of = kind_of,
            ),
            near.map_or_else(|| words!("one of: {}", "uno di: {}", names.join(", ")), meant),
        )
    })
}

/// The MAC address of a station.
pub(super) fn mac(value: &DeValue<'_>) -> Result<Mac, Complaint> {
    let text = text(value)?;
    text.parse().map_err(|error: crate::model::MacError| {
        Complaint::new(
            words!(
                "{text:?} is not the MAC address of a station",
                "{text:?} non è l'indirizzo MAC di un dispositivo"
            ),
            error.words(),
        )
    })
}

/// A network interface.
pub(super) fn interface(value: &DeValue<'_>) -> Result<InterfaceName, Complaint> {
    let text = text(value)?;
    if text == "lo" {
        return Err(Complaint::new(
            words!(
                "lo is the machine's own loopback",
                "lo è il loopback della macchina stessa"
            ),
            words!(
                "write the name that `ip link` shows for the real interface",
                "scrivere il nome che `ip link` mostra per l'interfaccia vera"
            ),
        ));
    }
    InterfaceName::new(text).ok_or_else(|| {
        Complaint::new(
            words!(
                "{text:?} cannot be the name of an interface",
                "{text:?} non può essere il nome di un'interfaccia"
            ),
            words!(
                "1 to 15 letters, digits, \".\", \"_\" or \"-\", as `ip link` shows it",
                "da 1 a 15 lettere, cifre, \".\", \"_\" o \"-\", come lo mostra `ip link`"
            ),
        )
    })
}

/// A directory or file, as an absolute path.
pub(super) fn absolute_path(value: &DeValue<'_>) -> Result<PathBuf, Complaint> {
    let path = any_path(value)?;
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(Complaint::new(
            words!(
                "{:?} is a relative path",
                "{:?} è un percorso relativo",
                path.display().to_string()
            ),
            words!(
                "write the whole path, beginning with \"/\"",
                "scrivere il percorso intero, che comincia con \"/\""
            ),
        ))
    }
}

/// A path that may be relative.
pub(super) fn any_path(value: &DeValue<'_>) -> Result<PathBuf, Complaint> {
    let text = text(value)?;
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(Complaint::new(
            words!("this is not a path", "questo non è un percorso"),
            words!("write the path of a file", "scrivere il percorso di un file"),
        ));
    }
    Ok(PathBuf::from(text))
}

/// One line of text for people.
pub(super) fn line_of(value: &DeValue<'_>, most: usize) -> Result<String, Complaint> {
    let text = text(value)?;
    let length = text.chars().count();
    if text.trim() != text || text.is_empty() || text.chars().any(char::is_control) {
        return Err(Complaint::new(
            words!(
                "one line of text is wanted here, without spaces around it",
                "qui ci vuole una riga di testo, senza spazi prima e dopo"
            ),
            words!(
                "write the name as people should read it",
                "scriverla come la devono leggere le persone"
            ),
        ));
    }
    if length > most {
        return Err(Complaint::new(
            words!(
                "{length} characters are too many",
                "{length} caratteri sono troppi"
            ),
            words!("at most {most} characters", "al massimo {most} caratteri"),
        ));
    }
    Ok(text.to_owned())
}

/// A mail address, as far as it is shown and linked.
pub(super) fn mail(value: &DeValue<'_>) -> Result<String, Complaint> {
    let text = text(value)?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte);
    let right = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && name.bytes().all(legal) && host.contains('.') && host.bytes().all(legal)
    });
    if !right || text.len() > 254 {
        return Err(Complaint::new(
            words!(
                "{text:?} is not a mail address",
                "{text:?} non è un indirizzo di posta elettronica"
            ),
            words!(
                "write it like \"protocollo@comune.example.it\"",
                "scriverlo come protocollo@comune.example.it"
            ),
        ));
    }
    Ok(text.to_owned())
}

/// The address of a page of the comune.
pub(super) fn url(value: &DeValue<'_>) -> Result<String, Complaint> {
    let text = text(value)?;
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'`'));
    let host = rest.and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if !plain || host.is_empty() || host.contains('@') || text.len() > 2_000 {
        return Err(Complaint::new(
            words!(
                "{text:?} is not the address of a page",
                "{text:?} non è l'indirizzo di una pagina"
            ),
            words!(
                "write it like \"https://www.comune.example.it/privacy\"",
                "scriverlo come https://www.comune.example.it/privacy"
            ),
        ));
    }
    Ok(text.to_owned())
}

/// The code of a comune in the lists of the statistical office.
pub(super) fn istat(value: &DeValue<'_>) -> Result<String, Complaint> {
    let text = text(value)?;
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        words!(
            "{text:?} is not the ISTAT code of a comune",
            "{text:?} non è il codice ISTAT di un comune"
        ),
        words!(
            "six digits, for example \"012026\" (Busto Arsizio)",
            "sei cifre, per esempio 012026 (Busto Arsizio)"
        ),
    ))
}
