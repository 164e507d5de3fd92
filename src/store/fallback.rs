//! The state database, or nothing while it cannot be reached: a disk that is full or read-only keeps nobody
//! from going online. The kernel's sets are the truth about who has access; what should be stored waits with
//! the writer, which tries again.

use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use super::{Change, SetAside, SqliteStore, Store, StoreError};
use crate::model::figures::{DeviceKey, KeyPeriod};
use crate::model::{StationOrder, StoredSession};

/// See the module.
#[derive(Debug)]
pub enum StateStore {
    /// It is open.
    Open(SqliteStore),
    /// It could not be opened yet.
    Shut {
        /// Where it is.
        path: PathBuf,
        /// Where the orders go that are found in it.
        late_orders: mpsc::Sender<Vec<StationOrder>>,
    },
}

/// How the state database was opened.
#[derive(Debug)]
pub struct Opened {
    /// The database.
    pub store: StateStore,
    /// The damaged one in whose place it is.
    pub aside: Option<SetAside>,
    /// Why it could not be opened.
    pub fault: Option<StoreError>,
    /// The orders of one that could not be opened, once it can be: those made or lifted since are as they are
    /// then.
    pub late_orders: mpsc::Receiver<Vec<StationOrder>>,
}

impl StateStore {
    /// Opens the database as [`SqliteStore::open_or_begin_anew`] does; one that is out of reach is opened
    /// later.
    ///
    /// # Errors
    /// [`StoreError`]; the database is of a newer release.
    pub async fn open(path: &Path) -> Result<Opened, StoreError> {
        let (found, late_orders) = mpsc::channel(1);
        match SqliteStore::open_or_begin_anew(path).await {
            Ok((store, aside)) => Ok(Opened {
                store: Self::Open(store),
                aside,
                fault: None,
                late_orders,
            }),
            Err(error) if error.is_passing() => Ok(Opened {
                store: Self::Shut {
                    path: path.to_owned(),
                    late_orders: found,
                },
                aside: None,
                fault: Some(error),
                late_orders,
            }),
            Err(error) => Err(error),
        }
    }
}

impl Store for StateStore {
    async fn sessions(&mut self) -> Result<Vec<StoredSession>, StoreError> {
        match self {
            Self::Open(store) => store.sessions().await,
            Self::Shut { .. } => Ok(Vec::new()),
        }
    }

    async fn orders(&mut self) -> Result<Vec<StationOrder>, StoreError> {
        match self {
            Self::Open(store) => store.orders().await,
            Self::Shut { .. } => Ok(Vec::new()),
        }
    }

    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        match self {
            Self::Open(store) => store.write(changes).await,
            Self::Shut { path, late_orders } => {
                let (mut store, aside) = SqliteStore::open_or_begin_anew(path).await?;
                if let Some(SetAside {
                    kept_as,
                    error,
                    orders,
                }) = aside
                {
                    tracing::error!(%error, kept_as = %kept_as.display(), ?orders, "the state database could not be used; a new one is begun");
                }
                // Every session since the start is among the changes; what is older has ended, or the kernel
                // has given it back.
                store.forget_sessions().await?;
                store.write(changes).await?;
                let orders = store.orders().await?;
                // Nobody listens any more when the daemon stops.
                let _ = late_orders.try_send(orders);
                tracing::info!("the state database is within reach");
                *self = Self::Open(store);
                Ok(())
            }
        }
    }

    async fn device_keys(&mut self) -> Result<Vec<(KeyPeriod, DeviceKey)>, StoreError> {
        match self {
            Self::Open(store) => store.device_keys().await,
            Self::Shut { .. } => Ok(Vec::new()),
        }
    }

    async fn secret(&mut self, name: &'static str) -> Result<[u8; 32], StoreError> {
        match self {
            Self::Open(store) => store.secret(name).await,
            Self::Shut { .. } => {
                let mut fresh = [0; 32];
                getrandom::fill(&mut fresh)?;
                Ok(fresh)
            }
        }
    }

    async fn wipe(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Open(store) => store.wipe().await,
            Self::Shut { .. } => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Opened, StateStore};
    use crate::model::{Boot, BootId, Counters, Ordered, StationOrder, StoredSession, Treatment};
    use crate::store::{Change, SqliteStore, Store as _};

    fn session(mac: &str) -> StoredSession {
        StoredSession {
            network: "piazza".parse().unwrap(),
            mac: mac.parse().unwrap(),
            granted_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            ends_at: "2026-11-22T23:00:00Z".parse().unwrap(),
            ends_boot: Boot(1),
            boot_id: BootId("b".into()),
            usage: Counters::default(),
            seen: Counters::default(),
            today: None,
            registered: false,
            ordered: Ordered::default(),
        }
    }

    fn block(mac: &str) -> StationOrder {
        StationOrder {
            network: "piazza".parse().unwrap(),
            mac: mac.parse().unwrap(),
            treatment: Treatment::Block,
            since: "2026-11-22T10:00:00Z".parse().unwrap(),
            until: "2026-11-23T10:00:00Z".parse().unwrap(),
            reason: None,
        }
    }

    #[tokio::test]
    async fn a_database_out_of_reach_is_opened_later_and_holds_what_is_true_then() {
        let folder = tempfile::tempdir().unwrap();
        let (away, place) = (folder.path().join("away"), folder.path().join("state"));
        std::fs::create_dir(&away).unwrap();
        let (kept, lifted) = (block("02:00:00:00:00:03"), block("02:00:00:00:00:04"));
        let before = [
            Change::Keep(session("02:00:00:00:00:01")),
            Change::KeepOrder(kept.clone()),
            Change::KeepOrder(lifted.clone()),
        ];
        let mut old = SqliteStore::open(&away.join("state.db")).await.unwrap();
        old.write(&before).await.unwrap();
        drop(old);
        let Opened {
            mut store,
            aside,
            fault,
            mut late_orders,
        } = StateStore::open(&place.join("state.db")).await.unwrap();
        assert!(aside.is_none() && fault.is_some());
        assert_eq!(store.sessions().await.unwrap(), Vec::new());
        assert_ne!(store.secret("form-token").await.unwrap(), [0; 32]);
        store.wipe().await.unwrap();
        let now = [
            Change::Keep(session("02:00:00:00:00:02")),
            Change::ForgetOrder {
                network: lifted.network,
                mac: lifted.mac,
            },
        ];
        store.write(&now).await.unwrap_err();
        assert!(late_orders.try_recv().is_err());
        std::fs::rename(&away, &place).unwrap();
        store.write(&now).await.unwrap();
        assert!(matches!(store, StateStore::Open(_)));
        assert_eq!(
            late_orders.try_recv().unwrap(),
            [kept],
            "the daemon is told of it"
        );
        assert_eq!(store.sessions().await.unwrap(), [session("02:00:00:00:00:02")]);
    }
}
