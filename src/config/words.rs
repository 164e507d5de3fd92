//! What is told of a configuration, in both languages of administrators.
//!
//! Commands, logs and the API have the English; the dashboard has the reader's. A sentence cannot be made without
//! its Italian: `words!("{text:?} is not a colour", "{text:?} non è un colore")`. What other sentences are put
//! together of stands behind a semicolon, as `words!("not {kind}", "non {kind}"; kind = kind(value))`.

use std::fmt;
use std::io;

use serde::{Serialize, Serializer};

use crate::model::{
    CoordinateError, MacError, NamePatternError, NetworkIdError, RateError, RecipientError, RecognitionError,
};

/// The same sentence in English and in Italian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    english: String,
    italian: String,
}

impl Words {
    /// A sentence.
    #[must_use]
    pub const fn new(english: String, italian: String) -> Self {
        Self { english, italian }
    }

    /// What is the same in both: names, numbers, signs.
    pub(crate) fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone(), text)
    }

    /// For commands, logs and programs.
    #[must_use]
    pub fn english(&self) -> &str {
        &self.english
    }

    /// For whoever reads the dashboard in Italian.
    #[must_use]
    pub fn italian(&self) -> &str {
        &self.italian
    }

    /// Without this beginning, where the English has it: the Italian has the same, for it is the name of a key.
    pub(super) fn without(&self, beginning: &str) -> Self {
        let cut = |text: &str| text.strip_prefix(beginning).unwrap_or(text).to_owned();
        Self::new(cut(&self.english), cut(&self.italian))
    }
}

impl fmt::Display for Words {
    /// The English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl Serialize for Words {
    /// The English.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.english)
    }
}

/// See the module.
macro_rules! words {
    ($english:literal, $italian:literal $(, $told:expr)* $(,)?) => {
        $crate::config::Words::new(format!($english $(, $told)*), format!($italian $(, $told)*))
    };
    ($english:literal, $italian:literal; $($name:ident = $part:expr),+ $(,)?) => {
        $crate::config::Words::new(
            format!($english, $($name = $part.english()),+),
            format!($italian, $($name = $part.italian()),+),
        )
    };
}
pub(crate) use words;

/// What `model` says of a text that it does not read.
pub(super) trait Explain: std::error::Error {
    /// What its `Display` says, in Italian.
    fn italian(&self) -> &'static str;

    /// Both.
    fn words(&self) -> Words {
        Words::new(self.to_string(), self.italian().to_owned())
    }
}

impl Explain for MacError {
    fn italian(&self) -> &'static str {
        match self {
            Self::Format => {
                "un indirizzo MAC è fatto di sei coppie di cifre esadecimali, come 02:00:5e:10:00:01"
            }
            Self::Group => "un indirizzo di gruppo (multicast o broadcast) non può essere di un dispositivo",
            Self::Zero => "l'indirizzo di soli zeri non può essere di un dispositivo",
        }
    }
}

impl Explain for CoordinateError {
    fn italian(&self) -> &'static str {
        match self {
            Self::Format => {
                "una o due cifre, un punto e cinque o sei cifre, come 45.611894: il portale non accetta altro"
            }
            Self::Latitude => "una latitudine sta tra -90 e 90 gradi",
        }
    }
}

impl Explain for RecognitionError {
    fn italian(&self) -> &'static str {
        match self {
            Self::Format => "scrivere midnight (mezzanotte), o un tempo come 4h o 90min",
            Self::Range => {
                "il periodo di riconoscimento è al massimo 12h e almeno 1min (convenzione di sovvenzione WiFi4EU, \
                 allegato I, 2.1.1)"
            }
        }
    }
}

impl Explain for RateError {
    fn italian(&self) -> &'static str {
        match self {
            Self::Format => "scrivere un numero e un'unità, come 10 Mbit/s o 1.25 MB/s",
            Self::Range => "una velocità sta tra 8 kbit/s e 100 Gbit/s",
            Self::Negative => "una velocità non può essere negativa: sta tra 8 kbit/s e 100 Gbit/s",
            Self::BurstFormat => "scrivere una raffica come numero e unità, per esempio 128 kB",
            Self::BurstRange => "una raffica sta tra 2 KiB (più di un pacchetto) e 16 MiB",
        }
    }
}

impl Explain for NamePatternError {
    fn italian(&self) -> &'static str {
        match self {
            Self::Form => {
                "scrivere un nome host come www.example.org, o *.example.org per tutti i nomi che vi stanno sotto"
            }
            Self::Wide => {
                "il nome ha troppe poche parti: non si può aprire un intero dominio di primo livello"
            }
            Self::Address => "questo è un indirizzo: va nel parametro address",
        }
    }
}

impl Explain for NetworkIdError {
    fn italian(&self) -> &'static str {
        "il nome breve di una rete ha da 1 a 15 caratteri tra a-z, 0-9 e _, e comincia con una lettera"
    }
}

impl Explain for RecipientError {
    fn italian(&self) -> &'static str {
        match self {
            Self::Secret => {
                "questa è la chiave segreta, che non deve stare sul gateway: fare una nuova coppia con `portico \
                 register keygen`, distruggere questa, e scrivere qui la riga che comincia con age1"
            }
            Self::Kind => {
                "solo chiavi che cominciano con age1 e hanno 62 caratteri, come le stampa `portico register keygen`"
            }
            Self::Checksum => {
                "un carattere della chiave è sbagliato: copiarla di nuovo, come l'ha stampata `portico register \
                 keygen`"
            }
        }
    }
}

/// Why the system does not open a file.
pub(super) fn unopened(error: &io::Error) -> Words {
    let italian = match error.kind() {
        io::ErrorKind::NotFound => "non c'è".to_owned(),
        io::ErrorKind::PermissionDenied => "il permesso manca".to_owned(),
        io::ErrorKind::IsADirectory => "è una cartella".to_owned(),
        io::ErrorKind::NotADirectory => "una parte del percorso non è una cartella".to_owned(),
        // The rest is the kernel's, which speaks English alone.
        _ => error.to_string(),
    };
    Words::new(error.to_string(), italian)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::Words;

    /// Words that an Italian sentence has none of.
    const ENGLISH: [&str; 12] = [
        "the", "is", "are", "not", "write", "add", "of", "and", "cannot", "must", "leave", "here",
    ];

    /// Every file that makes sentences.
    fn sources() -> Vec<PathBuf> {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let folders = [src.join("config"), src.join("config/edit")];
        let files = folders.iter().flat_map(|folder| folder.read_dir().unwrap());
        let files = files.map(|file| file.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|end| end == "rs"))
            .chain([src.join("dashboard/settings/files.rs")])
            .collect()
    }

    /// A literal at the beginning of a text, and what follows it.
    fn literal(text: &str) -> Option<(String, &str)> {
        let body = text.trim_start().strip_prefix('"')?;
        let mut is_escaped = false;
        let end = body.find(|ch| {
            let ends = ch == '"' && !is_escaped;
            is_escaped = ch == '\\' && !is_escaped;
            ends
        })?;
        Some((body[..end].to_owned(), &body[end + 1..]))
    }

    /// Every sentence of the sources, English and Italian.
    fn sentences() -> Vec<(String, String)> {
        let mut found = Vec::new();
        for path in sources() {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            for made in text.split("words!(").skip(1) {
                let Some((english, rest)) = literal(made) else {
                    assert!(
                        made.starts_with('$') || path.ends_with("words.rs"),
                        "{}: {made:.60}",
                        path.display()
                    );
                    continue;
                };
                let (italian, _) = literal(rest.strip_prefix(',').unwrap()).unwrap();
                found.push((english, italian));
            }
        }
        found
    }

    /// What is put into a sentence, by name.
    fn parts(sentence: &str) -> Vec<String> {
        let plain = sentence
            .replace("{{", "")
            .replace("}}", "")
            .replace("_IN_ITALIAN", "");
        let parts = plain.split('{').skip(1);
        let names = parts.map(|part| part.split(['}', ':']).next().unwrap().to_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn every_sentence_says_the_same_in_both_languages() {
        let sentences = sentences();
        assert!(sentences.len() > 150, "{}", sentences.len());
        for (english, italian) in sentences {
            assert_eq!(parts(&english), parts(&italian), "{english}");
            let plain: String = italian
                .split('{')
                .map(|part| part.rsplit('}').next().unwrap())
                .collect();
            let words: BTreeSet<String> = plain
                .split(|ch: char| !ch.is_alphabetic())
                .map(str::to_lowercase)
                .collect();
            let left = ENGLISH.iter().find(|word| words.contains(**word));
            assert_eq!(left, None, "{italian}");
            let is_told = english
                .split_whitespace()
                .any(|word| word.chars().all(char::is_lowercase));
            assert!(!is_told || english != italian, "{english}");
        }
    }

    #[test]
    fn a_sentence_is_put_together_in_each_language_by_itself() {
        let kind = Words::new("a number".to_owned(), "un numero".to_owned());
        let (wanted, least) = ("text", 3);
        let told = words!("{wanted} of {}, not {least}", "{wanted} di {}, non {least}", 4);
        assert_eq!(
            (told.english(), told.italian()),
            ("text of 4, not 3", "text di 4, non 3")
        );
        let told = words!("{wanted}, not {kind}", "{wanted}, non {kind}"; kind = kind);
        assert_eq!(
            (told.to_string().as_str(), told.italian()),
            ("text, not a number", "text, non un numero")
        );
        let told = words!("key: wrong", "key: sbagliato").without("key: ");
        assert_eq!((told.english(), told.italian()), ("wrong", "sbagliato"));
        assert_eq!(serde_json::to_string(&told).unwrap(), "\"wrong\"");
    }
}
