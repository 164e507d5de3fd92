//! A text in several languages, as forms have it: a line for each of the two that most people read here, and the
//! others with their codes before them, one a line.

use super::form::Posted;
use crate::config::edit::Value;

/// Languages with a line of their own; the first is that of a text that says none.
const OWN: [&str; 2] = ["it", "en"];
/// The end of the name of those that have none.
const OTHERS: &str = "others";

/// Names of the parts of a text's form.
pub(super) fn names(name: &str) -> [String; 3] {
    let [first, second] = OWN;
    [first, second, OTHERS].map(|end| format!("{name}.{end}"))
}

/// What was typed, one language a line: `it: Benvenuti`. `None` when it was not in the form.
pub(super) fn typed(posted: &Posted, name: &str) -> Option<String> {
    let [first, second, others] = names(name).map(|name| posted.get(&name));
    first.or(second).or(others)?;
    let own = OWN.into_iter().zip([first, second]);
    let own = own.filter_map(|(code, text)| {
        let text = text?.trim();
        (!text.is_empty()).then(|| format!("{code}: {text}"))
    });
    let others = others.unwrap_or_default().lines().map(str::trim);
    let others = others.filter(|line| !line.is_empty()).map(|line| {
        let parts = line.split_once(':');
        parts.map_or_else(
            || line.to_owned(),
            |(code, text)| format!("{}: {}", code.trim(), text.trim()),
        )
    });
    Some(own.chain(others).collect::<Vec<_>>().join("\n"))
}

/// What stands in the file, in the same form.
pub(super) fn shown(value: &Value) -> String {
    let line = |code: &str, text: &Value| match text {
        Value::Text(text) => Some(format!("{code}: {text}")),
        _ => None,
    };
    let lines: Vec<String> = match value {
        Value::Table(pairs) => {
            let rank = |code: &str| OWN.iter().position(|own| *own == code).unwrap_or(OWN.len());
            let mut pairs: Vec<_> = pairs.iter().collect();
            pairs.sort_by_key(|(code, _)| rank(code));
            pairs.iter().filter_map(|(code, text)| line(code, text)).collect()
        }
        text => line(OWN[0], text).into_iter().collect(),
    };
    lines.join("\n")
}

/// As it is written: one text where it is in the language of the place alone. Lines without a code are for `config`
/// to refuse.
pub(super) fn wished(lines: &str) -> Value {
    let pairs = lines
        .lines()
        .map(|line| line.split_once(": ").unwrap_or((line, "")));
    let pairs: Vec<(String, Value)> = pairs
        .map(|(code, text)| (code.to_owned(), Value::Text(text.to_owned())))
        .collect();
    match pairs.as_slice() {
        [(code, text)] if code == OWN[0] => text.clone(),
        _ => Value::Table(pairs),
    }
}

/// The texts of the parts of its form.
pub(super) fn parts(lines: &str) -> [String; 3] {
    let mut parts: [String; 3] = Default::default();
    for line in lines.lines() {
        let own = line.split_once(": ");
        let own = own.and_then(|(code, text)| Some((OWN.iter().position(|own| *own == code)?, text)));
        match own {
            Some((place, text)) if parts[place].is_empty() => text.clone_into(&mut parts[place]),
            _ => {
                parts[OWN.len()].push_str(line);
                parts[OWN.len()].push('\n');
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Posted, parts, shown, typed, wished};
    use crate::config::edit::Value;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn what_was_typed_is_what_is_written_and_read_again() {
        let posted = |pairs: &[(&str, &str)]| {
            let owned = pairs
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            Posted(owned.collect())
        };
        let form = posted(&[
            ("x.it", " Ciao "),
            ("x.en", ""),
            ("x.others", "de:Hallo\r\n\r\nfr : Salut: toi\n"),
        ]);
        let lines = typed(&form, "x").unwrap();
        assert_eq!(lines, "it: Ciao\nde: Hallo\nfr: Salut: toi");
        let value = wished(&lines);
        assert_eq!(shown(&value), lines);
        assert_eq!(parts(&lines), ["Ciao", "", "de: Hallo\nfr: Salut: toi\n"]);
        assert_eq!(wished("it: Ciao"), text("Ciao"));
        assert_eq!(shown(&text("Ciao")), "it: Ciao");
        assert_eq!(
            wished("en: Hi"),
            Value::Table(vec![("en".to_owned(), text("Hi"))])
        );
        assert_eq!(
            wished("Hallo"),
            Value::Table(vec![("Hallo".to_owned(), text(""))])
        );
        let turned = Value::Table(vec![("de".to_owned(), text("d")), ("it".to_owned(), text("i"))]);
        assert_eq!(shown(&turned), "it: i\nde: d");
        assert_eq!(typed(&form, "y"), None);
    }
}
