//! `portico news` and `portico notice`: the local editor's items and urgent notices. They work on the
//! editor's file, whether the service runs or not; it looks at the file every few seconds.

mod args;
mod input;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::json;

use args::{AddNews, AddNotice, Common, ListArgs, NewsCommand, NoticeCommand, Place};
pub(super) use args::{NewsArgs, NoticeArgs};
use input::{Edge, Refusal, instant, read_picture, read_text};

use crate::app::{audit, clock};
use crate::config::Config;
use crate::model::audit::More;
use crate::model::{ItemId, NetworkId, Scope};
use crate::news::editor::{self, Book, EditError, Editor, EditorError, Removed, Wish};

/// Exit status when what was asked for cannot be done as it was written.
const REFUSED: u8 = 2;

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
