//! What the town of the demo says on its pages: two items of news and an urgent notice, written the
//! way an editor writes them.

use std::path::Path;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};

use crate::app::clock;
use crate::model::{NoticeColor, Scope};
use crate::news::editor::{Editor, Wish};
use crate::news::picture;

const SQUARE: &[u8] = include_bytes!("square.png");
const LIBRARY: &[u8] = include_bytes!("library.png");
/// How long the notice stands.
const NOTICE: SignedDuration = SignedDuration::from_hours(24);

/// A piece of news.
struct Story {
    title: &'static str,
    text: &'static str,
    link: &'static str,
    picture: &'static [u8],
    shows: &'static str,
    pinned: bool,
}

const STORIES: [Story; 2] = [
    Story {
        title: "Molini Marzoli: la sala studio resta aperta fino alle 22",
        text: "Da lunedì a giovedì la sala studio dei Molini Marzoli chiude alle 22.\n\n\
            Ci sono sessanta posti, prese di corrente a ogni tavolo e il Wi-Fi gratuito del Comune. \
            Non serve prenotare.\n\n# Orari\n- da lunedì a giovedì: 9-22\n- venerdì e sabato: 9-18",
        link: "https://www.comune.bustoarsizio.va.it/",
        picture: LIBRARY,
        shows: "Scaffali di libri e un tavolo con una lampada accesa",
        pinned: false,
    },
    Story {
        title: "In piazza Vittorio Emanuele arrivano le bancarelle degli artigiani",
        text: "Sabato e domenica, dalle 9 alle 19, trenta artigiani del territorio espongono in piazza Vittorio \
            Emanuele: ceramica, legno, tessuti e dolci della tradizione.\n\n\
            Alle 16 laboratorio gratuito per bambini sotto il portico. In caso di pioggia le bancarelle si \
            spostano ai Molini Marzoli.",
        link: "https://www.comune.bustoarsizio.va.it/",
        picture: SQUARE,
        shows: "Disegno della piazza con le bancarelle",
        pinned: true,
    },
];

const CLOSED_ROAD: &str =
    "Domani via Milano è chiusa alle auto dalle 8 alle 13 per la corsa cittadina: seguire le deviazioni.";

/// Writes it.
///
/// # Errors
/// The editor's.
pub fn speak(state_dir: &Path) -> Result<()> {
    let now = clock::wall();
    let mut editor = Editor::open(state_dir)?;
    for story in &STORIES {
        let shows = Some(story.shows.to_owned());
        let wish = wish(story.title, Some(story.link), None);
        let id = editor.book.add_item(wish, story.text, shows, story.pinned, now)?;
        editor.set_picture(id, picture::shrink(story.picture)?);
    }
    let until = now.checked_add(NOTICE)?;
    let notice = wish(CLOSED_ROAD, None, Some(until));
    editor.book.add_notice(notice, NoticeColor::Yellow, now)?;
    editor.save()?;
    Ok(())
}

fn wish(line: &str, more: Option<&str>, until: Option<Timestamp>) -> Wish {
    Wish {
        line: line.to_owned(),
        link: more.map(str::to_owned),
        lang: "it".to_owned(),
        from: None,
        until,
        scope: Scope::All,
        source: "Comune di Busto Arsizio".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::news::editor;

    #[test]
    fn the_town_has_two_stories_with_pictures_and_a_notice() {
        let state = tempfile::tempdir().unwrap();
        super::speak(state.path()).unwrap();
        let local = editor::read(&editor::file(state.path())).unwrap();
        assert_eq!(
            (local.items.len(), local.pictures.len(), local.notices.len()),
            (2, 2, 1)
        );
        assert!(local.items.iter().all(|item| !item.summary.is_empty()));
    }
}
