//! The configuration file read again while everything goes on.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use super::answers::ok;
use super::control::ControlReply;
use super::event_loop::EventLoop;
use super::noted::reloaded;
use crate::config::Config;
use crate::core::Event;
use crate::model::audit::{Origin, Who};
use crate::register;

/// What a reload is told while another one is under way.
pub(super) const UNDER_WAY: &str = "another reload is under way";

/// Reloads that are not finished.
pub(super) struct Reloads {
    under_way: bool,
    finish: mpsc::Sender<Reloaded>,
    pub(super) finished: mpsc::Receiver<Reloaded>,
}

impl Reloads {
    pub(super) fn new() -> Self {
        let (finish, finished) = mpsc::channel(1);
        Self {
            under_way: false,
            finish,
            finished,
        }
    }
}

/// What became of a reload in the helper.
pub(super) struct Reloaded {
    /// What it has loaded, and its text.
    outcome: Result<(Arc<Config>, String), String>,
    reply: Option<oneshot::Sender<ControlReply>>,
}

/// Tells whoever asked for a reload, and the log.
fn answer_reload(reply: Option<oneshot::Sender<ControlReply>>, outcome: Result<(), String>) {
    match &outcome {
        Ok(()) => tracing::info!("the changed configuration is in force"),
        Err(error) => tracing::error!("the configuration was not changed: {error}"),
    }
    let Some(reply) = reply else { return };
    let told = match outcome {
        Ok(()) => ok(json!("the configuration is in force")),
        Err(error) => ControlReply::Error(error),
    };
    // The administrator may have gone meanwhile.
    let _ = reply.send(told);
}

impl EventLoop {
    /// Reads the file again; a bad one changes nothing. The helper goes first, so that the kernel has
    /// the sets of new networks before stations are put into them; meanwhile everything goes on.
    /// Whoever orders it is noted first; the line of what settings forms change is theirs.
    pub(super) fn begin_reload(&mut self, by: (Who, Origin), reply: Option<oneshot::Sender<ControlReply>>) {
        let (config, text) = match self.services.read_config() {
            Ok((config, text)) => (Arc::new(config), text),
            Err(error) => return answer_reload(reply, Err(error)),
        };
        if std::mem::replace(&mut self.reloads.under_way, true) {
            return answer_reload(reply, Err(UNDER_WAY.to_owned()));
        }
        let (helper, finish) = (self.hands.helper.clone(), self.reloads.finish.clone());
        let (audit, line) = (Arc::clone(&self.audit), reloaded(by));
        tokio::spawn(async move {
            if let Some(line) = line {
                // A disk that is full does not keep the gateway from being put right.
                let _ = tokio::task::spawn_blocking(move || audit(&line)).await;
            }
            let outcome = helper.reload().await.map(|()| (config, text));
            // The loop may have ended meanwhile.
            let _ = finish.send(Reloaded { outcome, reply }).await;
        });
    }

    pub(super) fn finish_reload(&mut self, reloaded: Reloaded) {
        self.reloads.under_way = false;
        let outcome = reloaded.outcome.map(|(config, text)| {
            self.take(Event::Configured(Arc::new(config.policy())));
            self.hands.register.reconfigure(register::Settings::of(&config));
            self.services.reconfigure(config, text);
        });
        answer_reload(reloaded.reply, outcome);
    }
}
