//! What the local editor's file says, and the changes that the editor makes to it. Pure: files are
//! [`drawer`](crate::drawer)'s.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::own::{OwnItem, OwnNotice};
use super::wish::{EditError, MOST_ALT, MOST_TEXT, PICTURE_ALT, Wish, limit};
use crate::model::{ItemId, NOTICE_CHARACTERS, NoticeColor};
use crate::news::{MOST_TITLE, id_of};

/// Most own items.
pub const MOST_ITEMS: usize = 100;
/// Most own notices: more than a few at once and nobody reads any.
pub const MOST_NOTICES: usize = 20;
/// Most pins, and most hidden items, of feeds.
const MOST_MARKS: usize = 200;
/// The form that is written and read.
pub(super) const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// Of the form.
    pub(super) version: u32,
    /// Own items, the newest last.
    #[serde(default)]
    pub items: Vec<OwnItem>,
    /// Own notices, the newest last.
    #[serde(default)]
    pub notices: Vec<OwnNotice>,
    /// Items of feeds that are shown first.
    #[serde(default)]
    pub pinned: BTreeSet<ItemId>,
    /// Items and notices of feeds that are not shown.
    #[serde(default)]
    pub hidden: BTreeSet<ItemId>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            version: VERSION,
            items: Vec::new(),
            notices: Vec::new(),
            pinned: BTreeSet::new(),
            hidden: BTreeSet::new(),
        }
    }
}

/// What became of something that was to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// It was the editor's own and is gone.
    Own(ItemId),
    /// It is a feed's, which keeps sending it; it is not shown any more.
    Hidden(ItemId),
}

impl Book {
    /// Adds an item; the name of the new one.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn add_item(
        &mut self,
        wish: Wish,
        text: &str,
        picture: Option<String>,
        pinned: bool,
        now: Timestamp,
    ) -> Result<ItemId, EditError> {
        self.forget_what_is_over(now);
        let wish = wish.check("the title", MOST_TITLE, now)?;
        let text = text.trim().replace("\r\n", "\n");
        limit("the text", &text, MOST_TEXT)?;
        if let Some(alt) = &picture {
            limit(PICTURE_ALT, alt, MOST_ALT)?;
        }
        if self.items.len() >= MOST_ITEMS {
            return Err(EditError::Full {
                what: "items",
                most: MOST_ITEMS,
            });
        }
        let id = self.new_id(&wish.line, now);
        self.items.push(OwnItem {
            id: id.clone(),
            title: wish.line,
            text,
            link: wish.link,
            picture,
            lang: wish.lang,
            pinned,
            published: now,
            from: wish.from,
            until: wish.until,
            scope: wish.scope,
            source: wish.source,
        });
        Ok(id)
    }

    /// Adds a notice; the name of the new one.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn add_notice(
        &mut self,
        wish: Wish,
        color: NoticeColor,
        now: Timestamp,
    ) -> Result<ItemId, EditError> {
        self.forget_what_is_over(now);
        let wish = wish.check("the notice", NOTICE_CHARACTERS, now)?;
        if self.notices.len() >= MOST_NOTICES {
            return Err(EditError::Full {
                what: "notices",
                most: MOST_NOTICES,
            });
        }
        let id = self.new_id(&wish.line, now);
        self.notices.push(OwnNotice {
            id: id.clone(),
            text: wish.line,
            color,
            link: wish.link,
            lang: wish.lang,
            published: now,
            from: wish.from,
            until: wish.until,
            scope: wish.scope,
            source: wish.source,
        });
        Ok(id)
    }

    /// Changes an own item; its picture and its date stay.
    ///
    /// # Errors
    /// See [`EditError`]; then nothing is changed.
    pub fn change_item(
        &mut self,
        name: &str,
        wish: Wish,
        text: &str,
        pinned: bool,
        now: Timestamp,
    ) -> Result<ItemId, EditError> {
        let wish = wish.check("the title", MOST_TITLE, now)?;
        let text = text.trim().replace("\r\n", "\n");
        limit("the text", &text, MOST_TEXT)?;
        let own = one(self.items.iter_mut(), |item| &item.id, name)?;
        let own = own.ok_or_else(|| EditError::Unknown(name.to_owned()))?;
        own.title = wish.line;
        own.text = text;
        own.link = wish.link;
        own.lang = wish.lang;
        own.pinned = pinned;
        own.from = wish.from;
        own.until = wish.until;
        own.scope = wish.scope;
        own.source = wish.source;
        Ok(own.id.clone())
    }

    /// Gives an own item a picture that shows this, in words, or takes it away. The picture itself is
    /// [`Editor::set_picture`](super::Editor::set_picture)'s.
    ///
    /// # Errors
    /// See [`EditError`]; then nothing is changed.
    pub fn set_picture(&mut self, name: &str, alt: Option<String>) -> Result<ItemId, EditError> {
        if let Some(alt) = &alt {
            limit(PICTURE_ALT, alt, MOST_ALT)?;
        }
        let own = one(self.items.iter_mut(), |item| &item.id, name)?;
        let own = own.ok_or_else(|| EditError::Unknown(name.to_owned()))?;
        own.picture = alt;
        Ok(own.id.clone())
    }

    /// Changes an own notice; its date stays.
    ///
    /// # Errors
    /// See [`EditError`]; then nothing is changed.
    pub fn change_notice(
        &mut self,
        name: &str,
        wish: Wish,
        color: NoticeColor,
        now: Timestamp,
    ) -> Result<ItemId, EditError> {
        let wish = wish.check("the notice", NOTICE_CHARACTERS, now)?;
        let own = one(self.notices.iter_mut(), |own| &own.id, name)?;
        let own = own.ok_or_else(|| EditError::Unknown(name.to_owned()))?;
        own.text = wish.line;
        own.color = color;
        own.link = wish.link;
        own.lang = wish.lang;
        own.from = wish.from;
        own.until = wish.until;
        own.scope = wish.scope;
        own.source = wish.source;
        Ok(own.id.clone())
    }

    /// Shows an item first, or no longer first; a feed's only by its whole name.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn pin(&mut self, name: &str, first: bool) -> Result<ItemId, EditError> {
        if let Some(own) = one(self.items.iter_mut(), |item| &item.id, name)? {
            own.pinned = first;
            return Ok(own.id.clone());
        }
        let id = whole(name)?;
        if first {
            add(&mut self.pinned, &id, "pins")?;
        } else if !self.pinned.remove(&id) {
            return Err(EditError::Unknown(name.to_owned()));
        }
        Ok(id)
    }

    /// Removes an own item, or hides one of a feed, by its whole name.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn remove_item(&mut self, name: &str) -> Result<Removed, EditError> {
        if let Some(id) = one(self.items.iter(), |item| &item.id, name)?.map(|item| item.id.clone()) {
            self.items.retain(|item| item.id != id);
            return Ok(Removed::Own(id));
        }
        self.hide(name)
    }

    /// Removes an own notice, or hides one of a feed, by its whole name.
    ///
    /// # Errors
    /// See [`EditError`].
    pub fn remove_notice(&mut self, name: &str) -> Result<Removed, EditError> {
        if let Some(id) = one(self.notices.iter(), |own| &own.id, name)?.map(|own| own.id.clone()) {
            self.notices.retain(|own| own.id != id);
            return Ok(Removed::Own(id));
        }
        self.hide(name)
    }

    /// Shows again what was hidden.
    ///
    /// # Errors
    /// It is not hidden.
    pub fn restore(&mut self, name: &str) -> Result<ItemId, EditError> {
        let id = one(self.hidden.iter(), |id| id, name)?.cloned();
        let id = id.ok_or_else(|| EditError::Unknown(name.to_owned()))?;
        self.hidden.remove(&id);
        Ok(id)
    }

    fn hide(&mut self, name: &str) -> Result<Removed, EditError> {
        let id = whole(name)?;
        add(&mut self.hidden, &id, "hidden items")?;
        Ok(Removed::Hidden(id))
    }

    fn forget_what_is_over(&mut self, now: Timestamp) {
        let lives = |until: Option<Timestamp>| until.is_none_or(|until| now < until);
        self.items.retain(|item| lives(item.until));
        self.notices.retain(|notice| lives(notice.until));
    }

    fn new_id(&self, line: &str, now: Timestamp) -> ItemId {
        let taken = |id: &ItemId| {
            self.items.iter().any(|item| item.id == *id) || self.notices.iter().any(|own| own.id == *id)
        };
        let mut again = 0_u32;
        loop {
            let id = id_of(&["local", &now.to_string(), line, &again.to_string()]);
            if !taken(&id) {
                return id;
            }
            again += 1;
        }
    }
}

/// The one whose name begins so; at least four digits of it.
fn one<T>(
    all: impl Iterator<Item = T>,
    id: impl Fn(&T) -> &ItemId,
    name: &str,
) -> Result<Option<T>, EditError> {
    if name.len() < 4 {
        return Err(EditError::Unknown(name.to_owned()));
    }
    let mut found = all.filter(|one| id(one).as_str().starts_with(name));
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(EditError::Ambiguous(name.to_owned())),
        (first, _) => Ok(first),
    }
}

fn whole(name: &str) -> Result<ItemId, EditError> {
    name.parse().map_err(|_| EditError::Unknown(name.to_owned()))
}

fn add(marks: &mut BTreeSet<ItemId>, id: &ItemId, what: &'static str) -> Result<(), EditError> {
    if marks.len() >= MOST_MARKS && !marks.contains(id) {
        return Err(EditError::Full {
            what,
            most: MOST_MARKS,
        });
    }
    marks.insert(id.clone());
    Ok(())
}

#[cfg(test)]
mod tests;
