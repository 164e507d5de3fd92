//! The dashboard's page editor: the same file and the same checks as `portico news` and `portico notice`, and
//! the portal's own templates.

mod crests;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::dashboard::{Draft, Loaded, Objection, PageBook, PageError, Piece, Sight};
use crate::model::{Board, ItemId, NetworkId, NoticeColor, Scope};
use crate::news::editor::{self, Book, EditError, Editor, EditorError, Local, OwnItem, OwnNotice, Wish};
use crate::portal::lang::Lang;
use crate::portal::{self, Bulletin, NumbersOf};

/// Opens the editor's file below the state directory; `bulletin` and `numbers` are what people see.
#[must_use]
pub fn open(state_dir: PathBuf, bulletin: Bulletin, numbers: NumbersOf) -> Arc<dyn PageBook> {
    Arc::new(Page {
        state_dir,
        bulletin,
        numbers,
    })
}

struct Page {
    state_dir: PathBuf,
    bulletin: Bulletin,
    numbers: NumbersOf,
}

impl Page {
    fn change<T>(&self, change: impl FnOnce(&mut Book) -> Result<T, EditError>) -> Result<T, PageError> {
        let mut editor = Editor::open(&self.state_dir)?;
        let done = change(&mut editor.book)?;
        editor.save()?;
        Ok(done)
    }

    /// What people see, with the editor's own as they stand in `local`: the service looks at the file only every
    /// few seconds.
    fn board(&self, local: Local) -> Board {
        let mut board = Board::clone(&(self.bulletin)());
        let own: Vec<&ItemId> = local.items.iter().map(|item| &item.id).collect();
        board
            .items
            .retain(|item| !own.contains(&&item.id) && !local.hidden.contains(&item.id));
        let own: Vec<&ItemId> = local.notices.iter().map(|notice| &notice.id).collect();
        board
            .notices
            .retain(|notice| !own.contains(&&notice.id) && !local.hidden.contains(&notice.id));
        board.items.extend(local.items);
        board.notices.extend(local.notices);
        board.pictures.extend(local.pictures);
        board
            .items
            .sort_by_key(|item| (!item.pinned, Reverse(item.published)));
        board
            .notices
            .sort_by_key(|notice| (notice.color, Reverse(notice.starts)));
        board
    }
}

impl PageBook for Page {
    fn own(&self) -> Result<Vec<Draft>, PageError> {
        let book = editor::read_book(&self.state_dir)?;
        let notices = book.notices.iter().rev().map(of_notice);
        Ok(notices.chain(book.items.iter().rev().map(of_item)).collect())
    }

    fn shown(&self) -> Arc<Board> {
        (self.bulletin)()
    }

    fn publish(&self, config: &Config, draft: Draft, now: Timestamp) -> Result<ItemId, PageError> {
        self.change(|book| put(book, config, draft, now))
    }

    fn withdraw(&self, piece: Piece, id: &ItemId) -> Result<(), PageError> {
        self.change(|book| match piece {
            Piece::News => book.remove_item(id.as_str()).map(drop),
            Piece::Notice => book.remove_notice(id.as_str()).map(drop),
        })
    }

    fn pin(&self, id: &ItemId, first: bool) -> Result<(), PageError> {
        self.change(|book| book.pin(id.as_str(), first).map(drop))
    }

    fn preview(
        &self,
        config: &Config,
        sight: &Sight,
        draft: Option<Draft>,
        now: Timestamp,
    ) -> Result<String, PageError> {
        let mut local = editor::read(&editor::file(&self.state_dir))?;
        if let Some(draft) = draft {
            let mut book = editor::read_book(&self.state_dir)?;
            put(&mut book, config, draft, now)?;
            local.items = book.items.iter().map(OwnItem::to_news).collect();
            local.notices = book.notices.iter().map(OwnNotice::to_notice).collect();
        }
        let board = self.board(local);
        let sight = portal::Sight {
            network: sight.network,
            lang: &sight.lang,
            path: &sight.path,
            numbers: (self.numbers)(sight.network).is_some(),
        };
        portal::preview(config, &sight, &board, now)
            .ok_or_else(|| PageError::Fault("the page of people cannot be rendered".to_owned()))
    }

    fn languages(&self) -> Vec<(&'static str, &'static str)> {
        let all = Lang::ALL.iter();
        all.map(|lang| (lang.code(), lang.own_name())).collect()
    }

    fn crests(&self, file: &Path) -> Result<Vec<String>, PageError> {
        crests::list(file)
    }

    fn crest(&self, file: &Path, name: &str) -> Result<Option<Loaded>, PageError> {
        crests::read(file, name)
    }

    fn keep_crest(&self, file: &Path, name: &str, bytes: &[u8]) -> Result<String, PageError> {
        crests::keep(file, name, bytes)
    }

    fn asset(&self, name: &str) -> Option<Loaded> {
        let (media_type, bytes) = portal::loaded_by_preview(name)?;
        Some(Loaded {
            media_type,
            bytes: bytes.to_vec(),
        })
    }

    fn picture(&self, id: &ItemId) -> Result<Option<Loaded>, PageError> {
        let shown = (self.bulletin)().pictures.get(id).cloned();
        let picture = match shown {
            Some(picture) => Some(picture),
            // People do not see it yet.
            None => editor::read(&editor::file(&self.state_dir))?.pictures.remove(id),
        };
        Ok(picture.map(|picture| Loaded {
            media_type: picture.media_type,
            bytes: picture.bytes.clone(),
        }))
    }
}

fn put(book: &mut Book, config: &Config, draft: Draft, now: Timestamp) -> Result<ItemId, EditError> {
    let scope = if draft.networks.is_empty() {
        Scope::All
    } else {
        Scope::Only(draft.networks)
    };
    let network = config.networks.iter().find(|network| scope.includes(network.id));
    let wish = Wish {
        line: draft.line,
        link: draft.link,
        lang: draft.lang,
        from: draft.from,
        until: draft.until,
        scope,
        source: network.map(|network| network.comune.clone()).unwrap_or_default(),
    };
    match (draft.piece, draft.id) {
        (Piece::News, None) => book.add_item(wish, &draft.text, None, draft.pinned, now),
        (Piece::News, Some(id)) => book.change_item(id.as_str(), wish, &draft.text, draft.pinned, now),
        (Piece::Notice, None) => book.add_notice(wish, draft.color, now),
        (Piece::Notice, Some(id)) => book.change_notice(id.as_str(), wish, draft.color, now),
    }
}

fn of_notice(own: &OwnNotice) -> Draft {
    Draft {
        piece: Piece::Notice,
        id: Some(own.id.clone()),
        line: own.text.clone(),
        text: String::new(),
        color: own.color,
        link: own.link.clone(),
        lang: own.lang.clone(),
        from: own.from,
        until: own.until,
        pinned: false,
        networks: networks(&own.scope),
    }
}

fn of_item(own: &OwnItem) -> Draft {
    Draft {
        piece: Piece::News,
        id: Some(own.id.clone()),
        line: own.title.clone(),
        text: own.text.clone(),
        color: NoticeColor::Blue,
        link: own.link.clone(),
        lang: own.lang.clone(),
        from: None,
        until: own.until,
        pinned: own.pinned,
        networks: networks(&own.scope),
    }
}

fn networks(scope: &Scope) -> std::collections::BTreeSet<NetworkId> {
    match scope {
        Scope::All => std::collections::BTreeSet::new(),
        Scope::Only(networks) => networks.clone(),
    }
}

impl From<EditorError> for PageError {
    fn from(error: EditorError) -> Self {
        match error {
            EditorError::Busy => refused("", "page-busy", 0),
            other => Self::Fault(other.to_string()),
        }
    }
}

impl From<EditError> for PageError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Empty(_) => refused("line", "page-empty", 0),
            EditError::Long { what, characters, .. } => {
                let field = if what == "the text" { "text" } else { "line" };
                refused(field, "page-long", characters)
            }
            EditError::Link(_) => refused("link", "page-link-wrong", 0),
            EditError::Lang(_) => refused("lang", "page-lang-wrong", 0),
            EditError::Past => refused("end", "page-past", 0),
            EditError::Order => refused("end", "page-order", 0),
            EditError::Full { most, .. } => refused("", "page-full", most),
            EditError::Unknown(_) | EditError::Ambiguous(_) => refused("", "page-gone", 0),
        }
    }
}

const fn refused(field: &'static str, key: &'static str, count: usize) -> PageError {
    PageError::Refused(Objection { field, key, count })
}
