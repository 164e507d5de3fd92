//! The dashboard's page editor: the same file and the same checks as `portico news` and `portico notice`, and
//! the portal's own templates.

mod crests;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::dashboard::{Draft, Fed, Loaded, Objection, PageBook, PageError, Piece, SentPicture, Sight};
use crate::model::{Board, ItemId, NetworkId, NoticeColor, Scope};
use crate::news::editor::{
    self, Book, EditError, Editor, EditorError, Local, OwnItem, OwnNotice, PICTURE_ALT, Wish,
};
use crate::news::picture::{self, PictureError};
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

    fn fed(&self) -> Result<Vec<Fed>, PageError> {
        let book = editor::read_book(&self.state_dir)?;
        let board = (self.bulletin)();
        let fed = |piece: Piece, id: &ItemId, line: &str, source: &str| Fed {
            piece,
            line: line.to_owned(),
            source: source.to_owned(),
            pinned: book.pinned.contains(id),
            hidden: book.hidden.contains(id),
            id: id.clone(),
        };
        let is_fed = |id: &ItemId| board.fed.contains_key(id);
        let notices = board.notices.iter().filter(|notice| is_fed(&notice.id));
        let notices = notices.map(|notice| fed(Piece::Notice, &notice.id, &notice.text, &notice.source));
        let items = board.items.iter().filter(|item| is_fed(&item.id));
        let items = items.map(|item| fed(Piece::News, &item.id, &item.title, &item.source));
        // As long as the board has it still, it stands there.
        let is_shown = |id: &ItemId| {
            let mut notices = board.notices.iter();
            notices.any(|notice| notice.id == *id) || board.items.iter().any(|item| item.id == *id)
        };
        let hidden = board.fed.iter().filter(|(id, _)| !is_shown(id));
        let hidden = hidden.map(|(id, line)| {
            let piece = if line.is_notice {
                Piece::Notice
            } else {
                Piece::News
            };
            fed(piece, id, &line.text, "")
        });
        Ok(notices.chain(items).chain(hidden).collect())
    }

    fn restore(&self, id: &ItemId) -> Result<(), PageError> {
        self.change(|book| book.restore(id.as_str()).map(drop))
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

    fn set_picture(&self, id: &ItemId, picture: Option<SentPicture>) -> Result<(), PageError> {
        // Before the lock is taken: this may take a second.
        let small = picture.as_ref().map(|sent| picture::shrink(&sent.bytes));
        let small = small.transpose().map_err(|error| no_picture(&error))?;
        let mut editor = Editor::open(&self.state_dir)?;
        let alt = picture.map(|sent| sent.alt.trim().to_owned());
        let id = editor.book.set_picture(id.as_str(), alt)?;
        if let Some(small) = small {
            editor.set_picture(id, small);
        }
        Ok(editor.save()?)
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

    fn unused_crests(&self, file: &Path, used: &[PathBuf]) -> Result<Vec<String>, PageError> {
        crests::unused(file, used)
    }

    fn remove_crest(&self, file: &Path, name: &str, used: &[PathBuf]) -> Result<(), PageError> {
        crests::remove(file, name, used)
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
        picture: None,
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
        from: own.from,
        until: own.until,
        pinned: own.pinned,
        networks: networks(&own.scope),
        picture: own.picture.clone(),
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
                let field = match what {
                    "the text" => "text",
                    PICTURE_ALT => "alt",
                    _ => "line",
                };
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

fn no_picture(error: &PictureError) -> PageError {
    match error {
        PictureError::Long(_) | PictureError::Large(..) | PictureError::Heavy => {
            refused("picture", "page-picture-large", 0)
        }
        PictureError::Kind | PictureError::Small(..) | PictureError::Damaged(_) => {
            refused("picture", "page-picture-wrong", 0)
        }
    }
}

const fn refused(field: &'static str, key: &'static str, count: usize) -> PageError {
    PageError::Refused(Objection { field, key, count })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use crate::dashboard::{Fed, PageBook, Piece};
    use crate::model::{Board, FedLine, ItemId, NewsItem, Scope};

    fn item(number: u8) -> NewsItem {
        NewsItem {
            id: ItemId::from_bytes([number; 8]),
            title: format!("item {number}"),
            summary: String::new(),
            body: Vec::new(),
            link: None,
            published: None,
            starts: None,
            expires: None,
            lang: "it".to_owned(),
            source: "Comune".to_owned(),
            picture: None,
            pinned: false,
            scope: Scope::All,
        }
    }

    #[test]
    fn what_feeds_send_is_pinned_hidden_and_shown_again() {
        let folder = tempfile::tempdir().unwrap();
        let (fed, own) = (item(1), item(2));
        let line = |text: &str, is_notice| FedLine {
            text: text.to_owned(),
            is_notice,
        };
        let board = Arc::new(Board {
            fed: BTreeMap::from([(fed.id.clone(), line(&fed.title, false))]),
            items: vec![own, fed.clone()],
            ..Board::default()
        });
        let notice = ItemId::from_bytes([9; 8]);
        let hiding = Arc::new(Board {
            fed: BTreeMap::from([
                (fed.id.clone(), line(&fed.title, false)),
                (notice.clone(), line("Allerta", true)),
            ]),
            items: Vec::new(),
            ..Board::clone(&board)
        });
        let open = |board: Arc<Board>| -> Arc<dyn PageBook> {
            let bulletin = move || Arc::clone(&board);
            super::open(folder.path().to_owned(), Arc::new(bulletin), Arc::new(|_| None))
        };
        let (page, later) = (open(board), open(hiding));
        let told = |page: &Arc<dyn PageBook>| -> Vec<(String, bool, bool)> {
            let fed = page.fed().unwrap().into_iter();
            fed.map(
                |Fed {
                     line, pinned, hidden, ..
                 }| (line, pinned, hidden),
            )
            .collect()
        };
        let title = || "item 1".to_owned();
        assert_eq!(
            told(&page),
            [(title(), false, false)],
            "the editor's own is not among them"
        );
        page.pin(&fed.id, true).unwrap();
        assert_eq!(told(&page), [(title(), true, false)]);
        page.withdraw(Piece::News, &fed.id).unwrap();
        assert_eq!(told(&page), [(title(), true, true)]);
        assert_eq!(told(&later)[0], (title(), true, true), "also once nobody sees it");
        let pieces: Vec<Piece> = later.fed().unwrap().iter().map(|fed| fed.piece).collect();
        assert_eq!(pieces, [Piece::News, Piece::Notice], "each is what it was");
        later.restore(&fed.id).unwrap();
        page.pin(&fed.id, false).unwrap();
        assert_eq!(told(&page), [(title(), false, false)]);
    }
}
