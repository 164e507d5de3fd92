//! The one owner of `core::Gateway`: takes events from every source, carries its commands out.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use super::clock;
use super::control::{ControlAsk, ControlReply, ControlRequest};
use super::daemon::Services;
use super::perform::Hands;
use super::recorder::Recorder;
use crate::core::{Event, Gateway, RequestId};
use crate::model::{Mac, NetworkId, Now};
use crate::portal::desk::Ask;

/// Most events taken in before commands are carried out: many grants at once become one transaction,
/// and none waits long.
const BATCH: usize = 256;

/// The sources of events.
pub(super) struct Sources {
    pub(super) asks: mpsc::Receiver<Ask>,
    pub(super) helper: mpsc::Receiver<Event>,
    pub(super) control: mpsc::Receiver<ControlAsk>,
    pub(super) reload: mpsc::Receiver<()>,
    pub(super) stop: mpsc::Receiver<()>,
}

/// See the module.
pub(super) struct EventLoop {
    pub(super) gateway: Gateway,
    pub(super) hands: Hands,
    pub(super) services: Services,
    pub(super) recorder: Option<Recorder>,
    pub(super) last_request: u64,
}

impl EventLoop {
    /// Runs until `stop` says so.
    pub(super) async fn run(&mut self, sources: &mut Sources) {
        loop {
            self.perform();
            tokio::select! {
                biased;
                _ = sources.stop.recv() => return,
                Some(ask) = sources.asks.recv() => self.take_asks(ask, &mut sources.asks),
                Some(event) = sources.helper.recv() => self.take_helper_events(event, &mut sources.helper),
                Some(ask) = sources.control.recv() => self.take_control(ask).await,
                Some(()) = sources.reload.recv() => self.reload_and_log().await,
                () = self.timer() => self.take_timeout(),
            }
        }
    }

    /// Takes in events until the kernel's first inventory is in, or for `patience` at most.
    pub(super) async fn settle(&mut self, sources: &mut Sources, patience: Duration) {
        let settled = async {
            while !self.gateway.is_ready() {
                self.perform();
                let Some(event) = sources.helper.recv().await else {
                    return;
                };
                self.take_helper_events(event, &mut sources.helper);
            }
            self.perform();
        };
        if tokio::time::timeout(patience, settled).await.is_err() {
            tracing::warn!("portico-netd does not answer yet; serving pages all the same");
        }
    }

    pub(super) fn take(&mut self, event: Event) {
        let now = clock::now();
        self.record(Some(&event), now);
        self.gateway.handle(event, now);
    }

    fn take_timeout(&mut self) {
        let now = clock::now();
        self.record(None, now);
        self.gateway.handle_timeout(now);
    }

    fn record(&mut self, event: Option<&Event>, now: Now) {
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.write(event, now)
        {
            tracing::error!(%error, "the recording ends here");
            self.recorder = None;
        }
    }

    fn perform(&mut self) {
        while let Some(command) = self.gateway.next_command() {
            self.hands.perform(command);
        }
    }

    async fn timer(&self) {
        match self.gateway.poll_timeout() {
            Some(at) => tokio::time::sleep(Duration::from_millis(at.since(clock::boot()))).await,
            None => std::future::pending().await,
        }
    }

    fn take_asks(&mut self, first: Ask, more: &mut mpsc::Receiver<Ask>) {
        self.take_ask(first);
        for _ in 1..BATCH {
            let Ok(ask) = more.try_recv() else { return };
            self.take_ask(ask);
        }
    }

    fn take_ask(&mut self, ask: Ask) {
        self.last_request += 1;
        let id = RequestId(self.last_request);
        let Ask {
            network,
            mac,
            address,
            question,
            reply,
        } = ask;
        self.hands.waiting.insert(id, reply);
        self.take(Event::Asked {
            id,
            network,
            mac,
            address,
            question,
        });
    }

    fn take_helper_events(&mut self, first: Event, more: &mut mpsc::Receiver<Event>) {
        self.take(first);
        for _ in 1..BATCH {
            let Ok(event) = more.try_recv() else { return };
            self.take(event);
        }
    }

    async fn take_control(&mut self, ask: ControlAsk) {
        let reply = match ask.request {
            ControlRequest::Status => self.status(),
            ControlRequest::Stations => ok(json!(self.gateway.stations(clock::now()))),
            ControlRequest::Reload => match self.reload().await {
                Ok(()) => ok(json!("the configuration is in force")),
                Err(error) => ControlReply::Error(error),
            },
            ControlRequest::Revoke { network, mac } => self.revoke(network, &mac),
        };
        // The administrator may have gone meanwhile.
        let _ = ask.reply.send(reply);
    }

    fn status(&self) -> ControlReply {
        ok(json!({
            "figures": self.gateway.snapshot(),
            "services": self.services.status(),
        }))
    }

    fn revoke(&mut self, network: Option<NetworkId>, mac: &str) -> ControlReply {
        let Ok(mac) = mac.parse::<Mac>() else {
            return ControlReply::Error(format!("{mac:?} is not a station's MAC address"));
        };
        let networks: Vec<NetworkId> = match network {
            Some(network) => vec![network],
            None => self
                .services
                .config
                .networks
                .iter()
                .map(|network| network.id)
                .collect(),
        };
        for network in networks {
            self.take(Event::Revoke { network, mac });
        }
        ok(json!("done"))
    }

    async fn reload_and_log(&mut self) {
        match self.reload().await {
            Ok(()) => tracing::info!("the changed configuration is in force"),
            Err(error) => tracing::error!("the configuration was not changed: {error}"),
        }
    }

    /// Reads the file again; a bad one changes nothing. The helper goes first, so that the kernel has
    /// the sets of new networks before stations are put into them.
    async fn reload(&mut self) -> Result<(), String> {
        let config = self.services.read_config()?;
        self.hands.helper.reload().await?;
        let config = Arc::new(config);
        self.take(Event::Configured(Arc::new(config.policy())));
        self.services.reconfigure(config);
        Ok(())
    }

    /// Everything to the store, once, before the stop.
    pub(super) async fn stop(mut self) {
        self.gateway.keep_all(clock::now());
        self.perform();
        if self.hands.store.flush().await.is_err() {
            tracing::error!("the state could not be written; the kernel still holds every session");
        }
        self.services.stop().await;
    }
}

const fn ok(value: serde_json::Value) -> ControlReply {
    ControlReply::Ok(value)
}
