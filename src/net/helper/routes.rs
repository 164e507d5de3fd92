//! The watch over links, addresses and neighbours, opened again whenever it fails.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::net::neighbours::{RouteWatch, Watched};
use crate::net::netlink::NetlinkError;
use crate::wire::netlink::route::RouteEvent;

/// Before a watch that failed is opened again.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Routes {
    watch: Option<RouteWatch>,
    again: Instant,
}

impl Routes {
    /// Begins to watch, and appends everything that there is; if that cannot be listed now,
    /// [`Routes::next`] will bring it.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub(super) fn open(now: Instant, everything: &mut Vec<RouteEvent>) -> Result<Self, NetlinkError> {
        let mut watch = RouteWatch::open()?;
        let listed = watch.snapshot(everything);
        if let Err(error) = &listed {
            tracing::warn!(%error, "neighbours cannot be listed now");
        }
        Ok(Self {
            watch: listed.is_ok().then_some(watch),
            again: now,
        })
    }

    /// Waits for changes and appends them to `out`, or replaces it by everything that there is. Safe to
    /// cancel.
    pub(super) async fn next(&mut self, out: &mut Vec<RouteEvent>) -> Watched {
        loop {
            let outcome = if let Some(watch) = &mut self.watch {
                watch.next(out).await
            } else {
                sleep_until(self.again).await;
                open(out).map(|watch| {
                    self.watch = Some(watch);
                    Watched::Everything
                })
            };
            match outcome {
                Ok(news) => return news,
                Err(error) => self.fail(error, Instant::now()),
            }
        }
    }

    fn fail(&mut self, error: NetlinkError, now: Instant) {
        if self.watch.take().is_some() {
            tracing::error!(%error, "neighbours are not announced for a while");
        }
        self.again = now + PAUSE;
    }
}

fn open(everything: &mut Vec<RouteEvent>) -> Result<RouteWatch, NetlinkError> {
    let mut watch = RouteWatch::open()?;
    everything.clear();
    watch.snapshot(everything)?;
    Ok(watch)
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::Routes;
    use crate::net::neighbours::Watched;
    use crate::net::netlink::NetlinkError;
    use crate::wire::netlink::route::RouteEvent;

    #[tokio::test]
    async fn a_watch_that_failed_is_opened_again_and_brings_everything() {
        let mut events = Vec::new();
        let mut routes = Routes::open(Instant::now(), &mut events).unwrap();
        let has_loopback = |events: &[RouteEvent]| {
            events
                .iter()
                .any(|event| matches!(event, RouteEvent::Link(link) if link.name == "lo"))
        };
        assert!(has_loopback(&events));
        events.clear();
        routes.fail(NetlinkError::CutShort, Instant::now());
        assert_eq!(routes.next(&mut events).await, Watched::Everything);
        assert!(has_loopback(&events));
    }
}
