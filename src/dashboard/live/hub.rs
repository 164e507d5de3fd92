//! The one task that asks the gateway, however many watch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use hyper::body::Bytes;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::history::{History, Lately, Point, Rates};
use crate::config::Config;
use crate::dashboard::desk::{Desk, Look};
use crate::dashboard::words::Tongue;
use crate::dashboard::{ANSWER_TIME, DashboardContext, now};
use crate::model::{Clock, NetworkId, Now, TimeZone};

/// Between two moments.
const EVERY: Duration = Duration::from_secs(2);
/// Most viewers at once.
pub(super) const PLACES: usize = 64;

/// How everything stood at one time, and the texts of it, made when the first viewer wants them.
pub(in crate::dashboard) struct Moment {
    pub(in crate::dashboard) look: Box<Look>,
    pub(in crate::dashboard) lately: Lately,
    pub(in crate::dashboard) rates: BTreeMap<Option<NetworkId>, Rates>,
    pub(in crate::dashboard) config: Arc<Config>,
    pub(in crate::dashboard) zone: TimeZone,
    pub(in crate::dashboard) now: Now,
    texts: [OnceLock<Bytes>; 2],
}

impl Moment {
    pub(in crate::dashboard) fn new(
        look: Box<Look>,
        lately: Lately,
        rates: BTreeMap<Option<NetworkId>, Rates>,
        config: Arc<Config>,
        now: Now,
    ) -> Self {
        Self {
            look,
            lately,
            rates,
            zone: config.gateway.time_zone.clone(),
            config,
            now,
            texts: Default::default(),
        }
    }

    /// The event that tells it.
    pub(super) fn told(&self, tongue: Tongue) -> Bytes {
        let [italian, english] = &self.texts;
        let text = match tongue {
            Tongue::It => italian,
            Tongue::En => english,
        };
        text.get_or_init(|| now::event(self, tongue).into()).clone()
    }
}

struct Shared {
    history: Mutex<History>,
    places: Arc<Semaphore>,
    /// Somebody begins to watch.
    come: Notify,
    clock: Clock,
    config: Arc<ArcSwap<Config>>,
}

impl Shared {
    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_watched(&self) -> bool {
        self.places.available_permits() < PLACES
    }

    fn moment(&self, look: Box<Look>) -> Moment {
        let (config, now) = (self.config.load_full(), (self.clock)());
        let history = self.history();
        let (lately, rates) = (history.lately(now.boot), history.rates());
        drop(history);
        Moment::new(look, lately, rates, config, now)
    }
}

/// Where viewers come in. Cheap to clone.
#[derive(Clone)]
pub(in crate::dashboard) struct Hub {
    shared: Arc<Shared>,
    newest: watch::Receiver<Option<Arc<Moment>>>,
}

/// The task's end.
pub(in crate::dashboard) struct Pulse {
    shared: Arc<Shared>,
    newest: watch::Sender<Option<Arc<Moment>>>,
    desk: Desk,
}

/// Somebody who watches.
pub(super) struct Viewer {
    newest: watch::Receiver<Option<Arc<Moment>>>,
    /// Given back at the end.
    _place: OwnedSemaphorePermit,
}

impl Hub {
    /// A hub and what keeps it going.
    pub(in crate::dashboard) fn new(
        context: &DashboardContext,
        config: Arc<ArcSwap<Config>>,
    ) -> (Self, Pulse) {
        let shared = Arc::new(Shared {
            history: Mutex::default(),
            places: Arc::new(Semaphore::new(PLACES)),
            come: Notify::new(),
            clock: Arc::clone(&context.clock),
            config,
        });
        let (sender, newest) = watch::channel(None);
        let pulse = Pulse {
            shared: Arc::clone(&shared),
            newest: sender,
            desk: context.desk.clone(),
        };
        (Self { shared, newest }, pulse)
    }

    /// A place to watch from; `None` when all are taken.
    pub(super) fn enter(&self) -> Option<Viewer> {
        let place = Arc::clone(&self.shared.places).try_acquire_owned().ok()?;
        let mut newest = self.newest.clone();
        // What the others see already.
        newest.mark_changed();
        self.shared.come.notify_one();
        Some(Viewer {
            newest,
            _place: place,
        })
    }

    /// What a page shows that is asked for now.
    pub(in crate::dashboard) fn moment(&self, look: Box<Look>) -> Moment {
        self.shared.moment(look)
    }

    /// Rates of the last ten minutes, of a network or of all together.
    pub(in crate::dashboard) fn points(&self, network: Option<NetworkId>, now: Now) -> Vec<Point> {
        self.shared.history().points(network, now)
    }
}

impl Viewer {
    /// The newest moment that it has not seen; `None` when the gateway stops.
    pub(super) async fn next(&mut self) -> Option<Arc<Moment>> {
        loop {
            self.newest.changed().await.ok()?;
            if let Some(moment) = &*self.newest.borrow_and_update() {
                return Some(Arc::clone(moment));
            }
        }
    }
}

impl Pulse {
    /// Asks and publishes until the gateway stops.
    pub(in crate::dashboard) async fn keep(self) {
        let mut turn = interval(EVERY);
        turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_turn = tokio::select! {
                _ = turn.tick() => true,
                () = self.shared.come.notified() => false,
            };
            // A moment is there already for whoever comes between two turns.
            if !is_turn && self.newest.borrow().is_some() {
                continue;
            }
            match timeout(ANSWER_TIME, self.desk.pulse()).await {
                Ok(Some(pulse)) => self.shared.history().take((self.shared.clock)().boot, &pulse),
                Ok(None) => return,
                // The next turn may be answered.
                Err(_) => continue,
            }
            self.publish().await;
        }
    }

    async fn publish(&self) {
        if !self.shared.is_watched() {
            self.newest.send_replace(None);
            return;
        }
        if let Ok(Some(look)) = timeout(ANSWER_TIME, self.desk.look()).await {
            let moment = self.shared.moment(look);
            self.newest.send_replace(Some(Arc::new(moment)));
        }
    }
}
