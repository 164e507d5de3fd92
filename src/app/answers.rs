//! What is asked on the control socket: how it is answered, and noted before that.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::oneshot;

use super::clock;
use super::control::{ControlAsk, ControlReply, ControlRequest};
use super::event_loop::EventLoop;
use super::noted::{console_line, self_tested, unmasked};
use super::settings;
use crate::core::{Acted, StationAct};
use crate::dashboard::{Audit, By, NotNoted};
use crate::model::audit::{Action, Origin, Who};
use crate::model::{Mac, NetworkId};
use crate::net::fastpath::Report;
use crate::net::queue;

impl EventLoop {
    pub(super) fn take_control(&mut self, ask: ControlAsk) {
        let ControlAsk { request, by, reply } = ask;
        let answer = match request {
            ControlRequest::Status => self.status(),
            ControlRequest::Stations => {
                let told = json!(self.gateway.stations(clock::now()));
                let tell = |noted: Result<(), NotNoted>| match noted {
                    Ok(()) => ok(told),
                    Err(error) => ControlReply::Error(error.to_string()),
                };
                return note_first(Arc::clone(&self.audit), unmasked(by), tell, reply);
            }
            ControlRequest::Reload => return self.begin_reload(by, Some(reply)),
            ControlRequest::Revoke { network, mac } => {
                let tell = |told: Vec<(NetworkId, Acted)>| {
                    let count = |of: Acted| told.iter().filter(|(_, acted)| *acted == of).count();
                    match (count(Acted::Done), count(Acted::Waiting)) {
                        (0, 0) => ControlReply::Error(
                            "this station has no session there; nothing was ended".to_owned(),
                        ),
                        (ended, waiting) => ok(json!({ "ended": ended, "waiting": waiting })),
                    }
                };
                return self.act((network, &mac), StationAct::End, (by, reply), tell);
            }
            ControlRequest::Act { network, mac, act } => {
                return self.act((network, &mac), act, (by, reply), |told| ok(json!(told)));
            }
            ControlRequest::Settings { wish } => {
                let (keeper, by) = (
                    self.settings.clone(),
                    By {
                        who: by.0,
                        from: by.1,
                    },
                );
                // It may have this loop reload.
                tokio::spawn(async move {
                    let said = settings::say(&keeper, wish, by).await;
                    let _ = reply.send(said.map_or_else(ControlReply::Error, ControlReply::Ok));
                });
                return;
            }
            ControlRequest::SelfTest { network, wish } => match self.services.self_test(network, wish) {
                Ok(seconds) => {
                    let told = ok(json!({ "seconds": seconds }));
                    match self_tested(by, network, wish) {
                        Some(line) => {
                            return note_first(Arc::clone(&self.audit), line, |_| told, reply);
                        }
                        None => told,
                    }
                }
                Err(error) => ControlReply::Error(error),
            },
        };
        // The administrator may have gone meanwhile.
        let _ = reply.send(answer);
    }

    fn status(&self) -> ControlReply {
        let figures = self.gateway.snapshot();
        // The helper's word outlives the helper, and its fast path does not.
        let fast_path = figures
            .helper_linked
            .then(|| Report::read(&self.services.config.gateway.run_dir))
            .flatten();
        ok(json!({
            "figures": figures,
            "gardens": self.gateway.gardens(clock::now()),
            "forwarder": self.services.forwarded(),
            "services": self.services.status(),
            "news": self.services.news(),
            "uplink": self.services.uplink_seen(),
            "works": self.gateway.running_works(clock::now()),
            "statistics": self.hands.figures.health(),
            "register": self.hands.register.health(),
            "state": { "fault": *self.hands.state_fault.borrow(), "set_aside": self.state_aside },
            "fast_path": fast_path,
            "queue": queue::look(&self.services.config.gateway.uplink).ok().flatten(),
        }))
    }

    /// An order from the command line; what became of it on each network. It is in the audit log before that is
    /// told.
    fn act(
        &mut self,
        (network, mac): (Option<NetworkId>, &str),
        act: StationAct,
        (by, reply): ((Who, Origin), oneshot::Sender<ControlReply>),
        tell: impl FnOnce(Vec<(NetworkId, Acted)>) -> ControlReply + Send + 'static,
    ) {
        let Ok(mac) = mac.parse::<Mac>() else {
            let wrong = format!("{mac:?} is not a station's MAC address");
            // The administrator may have gone meanwhile.
            return drop(reply.send(ControlReply::Error(wrong)));
        };
        let networks = self.networks_of(network);
        let stations = networks.iter().map(|network| (*network, mac)).collect();
        let name = |network: &NetworkId| self.services.dashboard.name_of(*network, mac);
        let names: Vec<String> = networks.iter().map(name).collect();
        let audit = Arc::clone(&self.audit);
        let ordered = act.clone();
        let finish = move |acted: Vec<Acted>| {
            let line = console_line(by, &ordered, &names, &acted);
            let told = tell(networks.into_iter().zip(acted).collect());
            note_first(audit, line, |_| told, reply);
        };
        self.order(stations, act, Box::new(finish));
    }

    /// The one, or all.
    fn networks_of(&self, network: Option<NetworkId>) -> Vec<NetworkId> {
        let all = self.services.config.networks.iter().map(|network| network.id);
        network.map_or_else(|| all.collect(), |network| vec![network])
    }
}

/// Answers when the line is in the audit log, which may take its time, or cannot be.
fn note_first(
    audit: Audit,
    line: Action,
    tell: impl FnOnce(Result<(), NotNoted>) -> ControlReply + Send + 'static,
    reply: oneshot::Sender<ControlReply>,
) {
    tokio::task::spawn_blocking(move || {
        let told = tell(audit(&line));
        // The administrator may have gone meanwhile.
        reply.send(told)
    });
}

pub(super) const fn ok(value: serde_json::Value) -> ControlReply {
    ControlReply::Ok(value)
}
