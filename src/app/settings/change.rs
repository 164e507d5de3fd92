//! A change on its way: applied, confirmed, undone.

use std::sync::{Arc, PoisonError};

use tokio::time::sleep;

use super::{Inner, PAUSE, by_hand, file, portico, told};
use crate::accounts::Token;
use crate::config::Config;
use crate::dashboard::{By, Refused, Waiting, Wish};

/// Digits of a change's name.
const ID: usize = 24;

impl Inner {
    pub(super) async fn apply(self: Arc<Self>, wish: Wish) -> Result<Option<Waiting>, Refused> {
        let _turn = self.turn.try_lock().map_err(|_| Refused::Busy)?;
        if self.waiting().is_some() || self.is_settling() {
            return Err(Refused::Busy);
        }
        if self.text()? != wish.former {
            return Err(Refused::Elsewhere);
        }
        let in_force = self.parts.in_force.beside(&wish.former, &self.name());
        if wish.new == wish.former && in_force.is_none() {
            return Ok(None);
        }
        Config::parse(&wish.new, &self.name()).map_err(|errors| Refused::Wrong(errors.to_string()))?;
        let waiting = self.waiting_of(&wish, in_force)?;
        self.write_change(&wish, &waiting)?;
        self.write_down(&wish.by, "settings-change", &wish.places, None)
            .await;
        if let Err(reason) = (self.parts.reload)().await {
            return Err(self.put_back_at_once(&wish.by, &waiting, reason).await);
        }
        self.set_waiting(Some(waiting.clone()));
        tokio::spawn(Arc::clone(&self).keep_watch(waiting.id.clone()));
        Ok(Some(waiting))
    }

    /// The note first: a crash at any moment after it leads back.
    fn write_change(&self, wish: &Wish, waiting: &Waiting) -> Result<(), Refused> {
        if waiting.former != wish.former {
            by_hand::keep(&self.parts.state_dir, wish.former.as_bytes()).map_err(told)?;
        }
        self.note.write(waiting).map_err(told)?;
        file::replace(&self.parts.file, &wish.new).map_err(|error| {
            self.forget();
            told(error)
        })
    }

    /// `in_force` is what comes back, where that is not the file.
    fn waiting_of(&self, wish: &Wish, in_force: Option<String>) -> Result<Waiting, Refused> {
        let mut id = Token::random()
            .map_err(|error| Refused::File(error.to_string()))?
            .reveal();
        id.truncate(ID);
        let since = (self.parts.clock)().wall;
        let until = since.checked_add(self.parts.patience).unwrap_or(since);
        Ok(Waiting {
            id,
            who: wish.by.who.to_string(),
            since,
            until,
            places: wish.places.clone(),
            of_page: wish.of_page && in_force.is_none(),
            former: in_force.unwrap_or_else(|| wish.former.clone()),
            new: wish.new.clone(),
        })
    }

    /// Nobody gets to confirm what is not taken.
    async fn put_back_at_once(self: &Arc<Self>, by: &By, change: &Waiting, reason: String) -> Refused {
        let first = reason.lines().next().unwrap_or_default();
        self.write_down(by, "settings-refused", &change.places, Some(first))
            .await;
        if let Err(error) = self.put_back(change).await {
            self.settle_later(&error.to_string());
            return Refused::NotYet(reason);
        }
        // What they have taken of the refused ones, if anything, goes too.
        match (self.parts.reload)().await {
            Ok(()) => {
                self.forget();
                Refused::Undone(reason)
            }
            Err(error) => {
                self.settle_later(&error);
                Refused::NotYet(reason)
            }
        }
    }

    pub(super) async fn confirm(&self, id: &str, by: &By) -> Result<(), Refused> {
        let _turn = self.turn.lock().await;
        let waiting = self.waiting().filter(|waiting| waiting.id == id);
        let places = waiting.ok_or(Refused::Over)?.places;
        self.note.remove().map_err(told)?;
        self.set_waiting(None);
        self.write_down(by, "settings-confirmed", &places, None).await;
        Ok(())
    }

    pub(super) async fn undo(self: &Arc<Self>, id: &str, by: &By, why: Option<&str>) -> Result<(), Refused> {
        let _turn = self.turn.lock().await;
        let waiting = self.waiting().filter(|waiting| waiting.id == id);
        let change = waiting.ok_or(Refused::Over)?;
        self.put_back(&change).await.map_err(told)?;
        self.set_waiting(None);
        let taken = (self.parts.reload)().await;
        self.write_down(by, "settings-undone", &change.places, why).await;
        // The note goes last: whatever happens until then, the next start finds the former file and goes on here.
        match taken {
            Ok(()) => {
                self.forget();
                Ok(())
            }
            Err(error) => {
                self.settle_later(&error);
                Err(Refused::NotYet(error))
            }
        }
    }

    /// Waits for the end of a change's time.
    async fn keep_watch(self: Arc<Self>, id: String) {
        sleep(self.parts.patience).await;
        loop {
            match self.undo(&id, &portico(), Some("not confirmed")).await {
                Err(Refused::File(error)) => {
                    tracing::error!(%error, "the former settings cannot be put back; it is tried again");
                }
                Ok(()) => {
                    tracing::warn!("changed settings were not confirmed: the former ones are back");
                    return;
                }
                Err(_) => return,
            }
            sleep(PAUSE).await;
        }
    }

    pub(super) fn waiting(&self) -> Option<Waiting> {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_waiting(&self, waiting: Option<Waiting>) {
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = waiting;
    }

    fn forget(&self) {
        if let Err(error) = self.note.remove() {
            tracing::error!(%error, "the note of a change that is over could not be removed");
        }
    }
}
