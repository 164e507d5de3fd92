//! `portico news` and `portico notice`: the local editor's items and urgent notices. They work on the
//! editor's file, whether the service runs or not; it looks at the file every few seconds.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::json;

use crate::app::{audit, clock};
use crate::config::Config;
use crate::model::audit::More;
use crate::model::{ItemId, NetworkId, NoticeColor, Scope, TimeZone};
use crate::news::editor::{self, Book, EditError, Editor, EditorError, Removed, Wish};
use crate::news::picture::{self, PictureError};

/// Exit status when what was asked for cannot be done as it was written.
const REFUSED: u8 = 2;

const NEWS_EXAMPLES: &str = "Examples:
  portico news add --title \"Mercato anticipato a venerdì\" --text \"Il mercato di sabato si tiene venerdì 24.\"
  portico news add --title \"Presepe vivente\" --text-file presepe.txt --picture presepe.jpg \\
      --picture-alt \"Il presepe in piazza\" --network piazza --pin --from 2026-12-08 --until 2026-12-24T20:00
  portico news list
  portico news remove 3fa9

A text has paragraphs apart by an empty line, lists of lines that begin with \"- \", headings with \"# \".";

const NOTICE_EXAMPLES: &str = "Examples:
  portico notice add \"Scuole chiuse domani per neve\" --color red --until 2026-12-05T14:00
  portico notice add \"Via Milano chiusa per lavori\" --color yellow --network piazza \\
      --link https://www.comune.example.it/viabilita
  portico notice list
  portico notice remove 81c0";

/// Writes news for the pages, pins it, removes it.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = NEWS_EXAMPLES)]
pub(super) struct NewsArgs {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: NewsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum NewsCommand {
    /// Adds an item and prints its name.
    Add(Box<AddNews>),
    /// Lists the items written here, and what of the feeds is pinned or hidden.
    List(ListArgs),
    /// Shows an item before the others: an own one, or a feed's by its whole name.
    Pin(Named),
    /// Shows an item where its date puts it.
    Unpin(Named),
    /// Removes an own item, or hides one of a feed by its whole name.
    Remove(Named),
    /// Shows again what was hidden.
    Restore(Named),
}

/// Writes urgent notices, which stand above everything else.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = NOTICE_EXAMPLES)]
pub(super) struct NoticeArgs {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: NoticeCommand,
}

#[derive(Debug, clap::Subcommand)]
enum NoticeCommand {
    /// Adds a notice and prints its name.
    Add(AddNotice),
    /// Lists the notices written here.
    List(ListArgs),
    /// Removes an own notice, or hides one of a feed by its whole name.
    Remove(Named),
}

#[derive(Debug, clap::Args)]
struct Place {
    /// Configuration file: it says where the state directory is and which networks there are.
    #[arg(long, global = true, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
}

#[derive(Debug, clap::Args)]
struct AddNews {
    /// One line, at most 160 characters.
    #[arg(long)]
    title: String,
    /// The text.
    #[arg(long, conflicts_with = "text_file")]
    text: Option<String>,
    /// File with the text, UTF-8.
    #[arg(long, value_name = "FILE")]
    text_file: Option<PathBuf>,
    /// Picture: JPEG, PNG or WebP of at most 4 MiB. It is cut to 16:9 and made small.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// What the picture shows, for those who do not see it.
    #[arg(long, value_name = "TEXT", requires = "picture", default_value = "")]
    picture_alt: String,
    /// Show it before the others.
    #[arg(long)]
    pin: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct AddNotice {
    /// One line, at most 140 characters.
    text: String,
    /// red and orange: danger; yellow: attention; green: all clear; blue: information; purple: other.
    #[arg(long, value_parser = color)]
    color: NoticeColor,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct Common {
    /// Address of a page with more, https://…
    #[arg(long, value_name = "URL")]
    link: Option<String>,
    /// Language of the text, two letters.
    #[arg(long, default_value = "it")]
    lang: String,
    /// From when on it is shown: 2026-12-20T08:00 in the gateway's time zone, or a day, from its beginning.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until when it is shown: 2026-12-24T20:00 in the gateway's time zone, or a day, its end included.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only on this network; may be said again for others.
    #[arg(long = "network", value_name = "ID")]
    networks: Vec<String>,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Named {
    /// Its name as `list` shows it; of own ones the first four digits or more.
    id: String,
}

/// What was asked for cannot be done as it was written.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error("{0}")]
    Input(String),
    #[error("{}: {problem}", path.display())]
    Picture { path: PathBuf, problem: PictureError },
}

/// Runs `portico news`.
///
/// # Errors
/// The configuration or the file cannot be read, or the file cannot be written.
pub(super) fn news(args: NewsArgs) -> anyhow::Result<ExitCode> {
    let desk = Desk::new(&args.place)?;
    told(match args.command {
        NewsCommand::Add(add) => desk.add_news(*add),
        NewsCommand::List(list) => desk.list_news(&list),
        NewsCommand::Pin(named) => desk.change(|book| book.pin(&named.id, true), ("news-pin", "pinned")),
        NewsCommand::Unpin(named) => {
            desk.change(|book| book.pin(&named.id, false), ("news-unpin", "unpinned"))
        }
        NewsCommand::Remove(named) => desk.remove(|book| book.remove_item(&named.id), "news-withdraw"),
        NewsCommand::Restore(named) => {
            desk.change(|book| book.restore(&named.id), ("news-restore", "restored"))
        }
    })
}

/// Runs `portico notice`.
///
/// # Errors
/// As [`news`].
pub(super) fn notice(args: NoticeArgs) -> anyhow::Result<ExitCode> {
    let desk = Desk::new(&args.place)?;
    told(match args.command {
        NoticeCommand::Add(add) => desk.add_notice(add),
        NoticeCommand::List(list) => desk.list_notices(&list),
        NoticeCommand::Remove(named) => desk.remove(|book| book.remove_notice(&named.id), "notice-withdraw"),
    })
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's answer")]
fn told(outcome: anyhow::Result<String>) -> anyhow::Result<ExitCode> {
    match outcome {
        Ok(answer) => {
            print!("{answer}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.is::<Refusal>() => {
            eprintln!("portico: {error}");
            Ok(ExitCode::from(REFUSED))
        }
        Err(error) => Err(error),
    }
}

/// What the commands have in common.
struct Desk {
    config: Config,
    now: Timestamp,
}

impl Desk {
    fn new(place: &Place) -> anyhow::Result<Self> {
        Ok(Self {
            config: Config::load(&place.config)?,
            now: clock::wall(),
        })
    }

    fn state_dir(&self) -> &Path {
        &self.config.gateway.state_dir
    }

    fn add_news(&self, args: AddNews) -> anyhow::Result<String> {
        let wish = self.wish(args.title, args.common)?;
        let text = match (args.text, &args.text_file) {
            (Some(text), _) => text,
            (None, Some(path)) => read_text(path)?,
            (None, None) => String::new(),
        };
        // Before the lock is taken: this may take a second.
        let picture = args.picture.as_deref().map(read_picture).transpose()?;
        let alt = picture.is_some().then_some(args.picture_alt);
        let mut editor = Editor::open(self.state_dir())?;
        let added = editor.book.add_item(wish, &text, alt, args.pin, self.now);
        let id = added.map_err(Refusal::from)?;
        if let Some(picture) = picture {
            editor.set_picture(id.clone(), picture);
        }
        self.save(editor, "news-add", &id)?;
        Ok(format!("{}\n", id.as_str()))
    }

    fn add_notice(&self, args: AddNotice) -> anyhow::Result<String> {
        let wish = self.wish(args.text, args.common)?;
        let mut editor = Editor::open(self.state_dir())?;
        let added = editor.book.add_notice(wish, args.color, self.now);
        let id = added.map_err(Refusal::from)?;
        self.save(editor, "notice-add", &id)?;
        Ok(format!("{}\n", id.as_str()))
    }

    fn change(
        &self,
        change: impl FnOnce(&mut Book) -> Result<ItemId, EditError>,
        (did, done): (&'static str, &str),
    ) -> anyhow::Result<String> {
        let mut editor = Editor::open(self.state_dir())?;
        let id = change(&mut editor.book).map_err(Refusal::from)?;
        self.save(editor, did, &id)?;
        Ok(format!("{} {done}\n", id.as_str()))
    }

    /// The audit log knows of it before it is done.
    fn save(&self, editor: Editor, did: &'static str, id: &ItemId) -> anyhow::Result<()> {
        let what = id.as_str().to_owned();
        audit::record_command(self.state_dir(), did, what, More::new())
            .context("nothing is changed: the audit log could not be written")?;
        Ok(editor.save()?)
    }

    fn remove(
        &self,
        change: impl FnOnce(&mut Book) -> Result<Removed, EditError>,
        did: &'static str,
    ) -> anyhow::Result<String> {
        let mut editor = Editor::open(self.state_dir())?;
        let removed = change(&mut editor.book).map_err(Refusal::from)?;
        let (Removed::Own(id) | Removed::Hidden(id)) = &removed;
        self.save(editor, did, id)?;
        Ok(match removed {
            Removed::Own(id) => format!("{} removed\n", id.as_str()),
            Removed::Hidden(id) => format!(
                "{id} hidden: it is not one of those written here, so it stays in its feed;\n\
                 \"portico news restore {id}\" shows it again\n",
                id = id.as_str()
            ),
        })
    }

    fn list_news(&self, args: &ListArgs) -> anyhow::Result<String> {
        let book = self.book()?;
        if args.json {
            let answer = json!({"items": book.items, "pinned": book.pinned, "hidden": book.hidden});
            return Ok(format!("{answer:#}\n"));
        }
        let mut text = String::new();
        for item in book.items.iter().rev() {
            let mut marks = self.marks((item.from, item.until), &item.scope);
            if item.pinned {
                marks.insert(0, "pinned".to_owned());
            }
            let _ = writeln!(text, "{}  {}{}", item.id.as_str(), item.title, render(&marks));
        }
        for (ids, what) in [(&book.pinned, "pinned"), (&book.hidden, "hidden")] {
            for id in ids {
                let _ = writeln!(text, "{}  (of a feed: {what})", id.as_str());
            }
        }
        Ok(or_nothing(text, "no news written here\n"))
    }

    fn list_notices(&self, args: &ListArgs) -> anyhow::Result<String> {
        let book = self.book()?;
        if args.json {
            return Ok(format!("{:#}\n", json!({"notices": book.notices})));
        }
        let mut text = String::new();
        for notice in book.notices.iter().rev() {
            let marks = self.marks((notice.from, notice.until), &notice.scope);
            let (id, color) = (notice.id.as_str(), format!("{:?}", notice.color).to_lowercase());
            let _ = writeln!(text, "{id}  {color:<6}  {}{}", notice.text, render(&marks));
        }
        Ok(or_nothing(text, "no notices written here\n"))
    }

    fn book(&self) -> Result<Book, EditorError> {
        editor::read_book(self.state_dir())
    }

    fn wish(&self, line: String, common: Common) -> Result<Wish, Refusal> {
        let zone = &self.config.gateway.time_zone;
        let from = common
            .from
            .as_deref()
            .map(|text| instant(text, zone, Edge::Begin));
        let until = common.until.as_deref().map(|text| instant(text, zone, Edge::End));
        let scope = self.scope(&common.networks)?;
        Ok(Wish {
            line,
            link: common.link,
            lang: common.lang,
            from: from.transpose()?,
            until: until.transpose()?,
            source: self.source(&scope),
            scope,
        })
    }

    fn scope(&self, wanted: &[String]) -> Result<Scope, Refusal> {
        let known = || self.config.networks.iter().map(|network| network.id);
        let mut networks = BTreeSet::new();
        for name in wanted {
            let id = name.parse::<NetworkId>().ok();
            let Some(id) = id.filter(|id| known().any(|network| network == *id)) else {
                let names: Vec<String> = known().map(|id| id.to_string()).collect();
                return Err(Refusal::Input(format!(
                    "there is no network {name:?} in the configuration; there are: {}",
                    names.join(", ")
                )));
            };
            networks.insert(id);
        }
        Ok(if networks.is_empty() {
            Scope::All
        } else {
            Scope::Only(networks)
        })
    }

    /// The comune whose networks these are.
    fn source(&self, scope: &Scope) -> String {
        let mut networks = self.config.networks.iter();
        let network = networks.find(|network| scope.includes(network.id));
        network.map(|network| network.comune.clone()).unwrap_or_default()
    }

    fn marks(&self, (from, until): (Option<Timestamp>, Option<Timestamp>), scope: &Scope) -> Vec<String> {
        let mut marks = Vec::new();
        if let Scope::Only(networks) = scope {
            let names: Vec<&str> = networks.iter().map(NetworkId::as_str).collect();
            marks.push(format!("only {}", names.join(", ")));
        }
        let zone = self.config.gateway.time_zone.jiff();
        let mut mark = |word: &str, at: Timestamp| {
            let local = at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M");
            marks.push(format!("{word} {local}"));
        };
        if let Some(from) = from.filter(|from| *from > self.now) {
            mark("from", from);
        }
        if let Some(until) = until {
            mark(if until <= self.now { "over since" } else { "until" }, until);
        }
        marks
    }
}

fn render(marks: &[String]) -> String {
    if marks.is_empty() {
        return String::new();
    }
    format!("  ({})", marks.join("; "))
}

fn or_nothing(text: String, nothing: &str) -> String {
    if text.is_empty() { nothing.to_owned() } else { text }
}

fn color(text: &str) -> Result<NoticeColor, String> {
    serde_json::from_value(json!(text))
        .map_err(|_| "one of red, orange, yellow, green, blue, purple".to_owned())
}

/// Which end of a day is meant where a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Begin,
    End,
}

/// An instant, a time of day in the zone, or an edge of a day.
fn instant(text: &str, zone: &TimeZone, edge: Edge) -> Result<Timestamp, Refusal> {
    let zone = zone.jiff();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local = match text.parse::<Date>() {
        // A date and time is a date as well, for those who do not look further.
        Ok(day) if !text.contains(['T', 't', ' ', ':']) => match edge {
            Edge::Begin => Ok(day.into()),
            Edge::End => day.tomorrow().map(Date::into),
        },
        _ => text.parse::<DateTime>(),
    };
    let instant = local.and_then(|local: DateTime| local.to_zoned(zone.clone()));
    instant.map(|instant| instant.timestamp()).map_err(|_| {
        Refusal::Input(format!(
            "{text:?} is no time: write it like 2026-12-24T20:00, or a day like 2026-12-24"
        ))
    })
}

fn read_text(path: &Path) -> Result<String, Refusal> {
    let bytes = read_file(path, editor::MOST_TEXT * 4)?;
    String::from_utf8(bytes).map_err(|_| Refusal::Input(format!("{} is not UTF-8", path.display())))
}

fn read_picture(path: &Path) -> Result<crate::model::Picture, Refusal> {
    let bytes = read_file(path, picture::MOST_SOURCE_BYTES)?;
    picture::shrink(&bytes).map_err(|problem| Refusal::Picture {
        path: path.to_owned(),
        problem,
    })
}

/// A file, no more of it than can be used.
fn read_file(path: &Path, most: usize) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: std::io::Error| Refusal::Input(format!("{}: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, limit), &mut bytes).map_err(unreadable)?;
    if bytes.len() > most {
        let message = format!("{} is too large: at most {most} bytes", path.display());
        return Err(Refusal::Input(message));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Edge, color, instant};
    use crate::model::{NoticeColor, TimeZone};

    #[test]
    fn times_are_the_comune_s() {
        let zone = TimeZone::rome();
        let edge = |text: &str, edge| instant(text, &zone, edge).map(|instant| instant.to_string());
        let at = |text: &str| edge(text, Edge::End);
        assert_eq!(edge("2026-12-24", Edge::Begin).unwrap(), "2026-12-23T23:00:00Z");
        assert_eq!(at("2026-12-24T20:00").unwrap(), "2026-12-24T19:00:00Z");
        assert_eq!(at("2026-08-24 20:00").unwrap(), "2026-08-24T18:00:00Z");
        assert_eq!(at("2026-12-24").unwrap(), "2026-12-24T23:00:00Z");
        assert_eq!(at("2026-12-24T20:00+00:00").unwrap(), "2026-12-24T20:00:00Z");
        for bad in ["", "tomorrow", "24/12/2026", "2026-13-01", "2026-12-24T25:00"] {
            let error = at(bad).unwrap_err().to_string();
            assert!(error.contains("2026-12-24T20:00"), "{error}");
        }
    }

    #[test]
    fn colours_have_names() {
        assert_eq!(color("red"), Ok(NoticeColor::Red));
        assert!(color("Rosso").unwrap_err().contains("purple"));
    }
}
