//! The go-live checklist: what the WiFi4EU grant agreement asks of a network before it is declared, each with its
//! state and the reason. Words are in `networks.ftl` under `duty-KEY` and `reason-KEY`.

use fluent_bundle::FluentValue;

use super::proof::Proof;
use crate::config::Network;
use crate::core::NetworkSnapshot;
use crate::dashboard::live::Moment;
use crate::dashboard::now::{capacities, certificate, self_test_end};
use crate::dashboard::units;
use crate::dashboard::words::Tongue;
use crate::doors::certificate::CertificateState;
use crate::model::Recognition;
use crate::model::figures::Role;

/// Users who must have connected (Article 4.2).
const USERS: u64 = 10;
/// What the line must carry at least, bytes per second: 30 Mbit/s (Annex I, 2.3.2).
const LINE: u64 = 3_750_000;

/// How a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dashboard) enum State {
    Met,
    Broken,
    /// Neither seen to be met nor broken.
    Unknown,
}

impl State {
    /// Of its word, and of its style.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Broken => "broken",
            Self::Unknown => "unknown",
        }
    }
}

/// One duty, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dashboard) struct Duty {
    pub(in crate::dashboard) key: &'static str,
    pub(in crate::dashboard) state: State,
    /// In words.
    pub(in crate::dashboard) reason: String,
}

/// What is judged.
pub(super) struct Case<'a> {
    pub(super) moment: &'a Moment,
    pub(super) network: &'a Network,
    pub(super) snapshot: &'a NetworkSnapshot,
    /// `None` when the figures on disk cannot be read.
    pub(super) proof: Option<Proof>,
    pub(super) tongue: Tongue,
}

/// The list, in the order in which one goes through it.
pub(super) fn judge(case: &Case<'_>) -> Vec<Duty> {
    vec![
        case.name(),
        case.period(),
        case.self_test(),
        case.banner(),
        case.users(),
        case.line(),
    ]
}

impl Case<'_> {
    fn duty(&self, key: &'static str, state: State, reason: &str, told: &[(&str, FluentValue<'_>)]) -> Duty {
        let reason = self.tongue.with(&format!("reason-{reason}"), told);
        Duty { key, state, reason }
    }

    fn count(&self, count: u64) -> FluentValue<'static> {
        units::count(self.tongue, count).into()
    }

    /// A name of its own and https (Annex I, 2.1.1). That the name is one, and nobody else's, the configuration
    /// was checked for.
    fn name(&self) -> Duty {
        let host = &self.network.host;
        let mut all = self.moment.look.certificates.iter();
        let state = all.find(|(name, _)| name == host).map(|(_, state)| state);
        let (duty, reason) = match state {
            Some(CertificateState::Valid { .. } | CertificateState::ExpiringSoon { .. }) => {
                (State::Met, "name-good")
            }
            Some(CertificateState::Expiring { .. }) => (State::Broken, "name-ending"),
            Some(CertificateState::Invalid(_)) => (State::Broken, "name-bad"),
            Some(CertificateState::Absent) | None => (State::Broken, "name-plain"),
        };
        let told = state.map(|state| certificate(state, self.moment, self.tongue));
        let told = [
            ("host", host.clone().into()),
            ("certificate", told.unwrap_or_default().into()),
        ];
        self.duty("name", duty, reason, &told)
    }

    /// Until midnight, or twelve hours at most (Annex I, 2.1.1). No other can be configured.
    fn period(&self) -> Duty {
        match self.network.policy.recognition {
            Recognition::Midnight => self.duty("period", State::Met, "period-midnight", &[]),
            Recognition::Period(time) => {
                let told = [("time", units::length(time).into())];
                self.duty("period", State::Met, "period-time", &told)
            }
        }
    }

    fn self_test(&self) -> Duty {
        let left = self.moment.look.self_tests.get(&self.network.id);
        match left.copied().filter(|left| *left > 0) {
            None => self.duty("self-test", State::Met, "self-test-off", &[]),
            Some(left) => {
                let until = units::hour(self_test_end(self.moment, left), &self.moment.zone);
                self.duty(
                    "self-test",
                    State::Broken,
                    "self-test-on",
                    &[("until", until.into())],
                )
            }
        }
    }

    /// The visual identity is displayed (Article 4.2). What was told since the start may not be on disk yet.
    fn banner(&self) -> Duty {
        if self.network.wifi4eu_id.is_none() {
            return self.duty("banner", State::Broken, "banner-no-id", &[]);
        }
        let (live, kept) = (self.snapshot.counted.snippet, self.proof.unwrap_or_default());
        let (told, shown) = if live.told > kept.told {
            (live.told, live.shown)
        } else {
            (kept.told, kept.shown)
        };
        let (state, reason) = match (told, shown) {
            (0, _) => (State::Unknown, "banner-nobody"),
            (told, shown) if shown.saturating_mul(2) >= told => (State::Met, "banner-seen"),
            _ => (State::Broken, "banner-missing"),
        };
        let told = [("shown", self.count(shown)), ("count", self.count(told))];
        self.duty("banner", state, reason, &told)
    }

    fn users(&self) -> Duty {
        let live = self.snapshot.counted.stations.of(Role::Granted);
        let kept = self.proof.map_or(0, |proof| proof.devices);
        let count = live.max(kept);
        let (state, reason) = match self.proof {
            _ if count >= USERS => (State::Met, "users-seen"),
            Some(_) => (State::Broken, "users-few"),
            None => (State::Unknown, "users-unread"),
        };
        self.duty("users", state, reason, &[("count", self.count(count))])
    }

    /// What was measured counts; what the contract says can only prove that it is too little.
    fn line(&self) -> Duty {
        let kept = self.proof.map_or(0, |proof| proof.best_down);
        let best = self.snapshot.counted.best_down.max(kept);
        let [told, _] = capacities(&self.moment.look, &self.moment.config);
        let (state, reason) = if best >= LINE {
            (State::Met, "line-seen")
        } else if told.is_some_and(|told| told < LINE) {
            (State::Broken, "line-slow")
        } else {
            (State::Unknown, "line-idle")
        };
        let rate = |of: u64| -> FluentValue<'_> { units::rate(self.tongue, of).into() };
        let told = [("rate", rate(best)), ("told", rate(told.unwrap_or(0)))];
        self.duty("line", state, reason, &told)
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, Duty, LINE, Proof, State, judge};
    use crate::dashboard::live::Moment;
    use crate::dashboard::now::sample;
    use crate::dashboard::words::Tongue;
    use crate::doors::certificate::{CertificateFault, CertificateState};
    use crate::model::figures::{Role, Snippet};

    /// A network that has everything.
    const WHOLE: Proof = Proof {
        devices: 10,
        best_down: LINE,
        told: 10,
        shown: 9,
    };

    fn duty(moment: &Moment, proof: Option<Proof>, key: &str) -> Duty {
        let network = &moment.config.networks[0];
        let case = Case {
            moment,
            network,
            snapshot: &moment.look.figures.networks[&network.id],
            proof,
            tongue: Tongue::En,
        };
        let mut duties = judge(&case).into_iter();
        duties.find(|duty| duty.key == key).unwrap()
    }

    fn changed(change: impl FnOnce(&mut Moment)) -> Moment {
        let mut moment = sample::moment();
        change(&mut moment);
        moment
    }

    fn state(moment: &Moment, key: &str) -> State {
        duty(moment, Some(WHOLE), key).state
    }

    #[test]
    fn all_are_met_where_everything_is_there() {
        let moment = sample::moment();
        for key in ["name", "period", "self-test", "banner", "users", "line"] {
            let duty = duty(&moment, Some(WHOLE), key);
            assert_eq!(duty.state, State::Met, "{duty:?}");
            assert!(!duty.reason.contains("reason-"), "{duty:?}");
        }
    }

    #[test]
    fn a_name_needs_a_certificate_that_holds() {
        let until = sample::moment().now.wall;
        let fault = CertificateFault::NoKey;
        for (certificate, expected) in [
            (CertificateState::Absent, State::Broken),
            (CertificateState::Invalid(fault), State::Broken),
            (CertificateState::Expiring { until }, State::Broken),
            (CertificateState::ExpiringSoon { until }, State::Met),
        ] {
            let moment = changed(|moment| moment.look.certificates[0].1 = certificate.clone());
            assert_eq!(state(&moment, "name"), expected, "{certificate:?}");
        }
        let nothing = changed(|moment| moment.look.certificates.clear());
        assert_eq!(state(&nothing, "name"), State::Broken);
    }

    #[test]
    fn a_self_test_is_told_with_its_hour() {
        let moment = changed(|moment| {
            let id = moment.config.networks[0].id;
            moment.look.self_tests.insert(id, 1_800);
        });
        let duty = duty(&moment, Some(WHOLE), "self-test");
        assert_eq!(duty.state, State::Broken);
        assert!(duty.reason.contains("11:30"), "{duty:?}");
    }

    #[test]
    fn the_banner_must_have_been_seen_on_most_pages() {
        let moment = sample::moment();
        let judged = |told, shown| duty(&moment, Some(Proof { told, shown, ..WHOLE }), "banner").state;
        assert_eq!(judged(10, 5), State::Met);
        assert_eq!(judged(10, 4), State::Broken);
        assert_eq!(judged(0, 0), State::Unknown);
        assert_eq!(duty(&moment, None, "banner").state, State::Unknown);
        let live = changed(|moment| {
            let id = moment.config.networks[0].id;
            let network = moment.look.figures.networks.get_mut(&id).unwrap();
            network.counted.snippet = Snippet { told: 20, shown: 20 };
        });
        assert_eq!(duty(&live, None, "banner").state, State::Met);
        let none = changed(|moment| {
            let mut config = (*moment.config).clone();
            config.networks[0].wifi4eu_id = None;
            moment.config = config.into();
        });
        assert_eq!(state(&none, "banner"), State::Broken);
    }

    #[test]
    fn ten_devices_are_enough() {
        let moment = sample::moment();
        let judged = |proof| duty(&moment, proof, "users").state;
        assert_eq!(judged(Some(Proof { devices: 9, ..WHOLE })), State::Broken);
        assert_eq!(judged(None), State::Unknown);
        let live = changed(|moment| {
            let id = moment.config.networks[0].id;
            let network = moment.look.figures.networks.get_mut(&id).unwrap();
            *network.counted.stations.of_mut(Role::Granted) = 10;
        });
        assert_eq!(duty(&live, None, "users").state, State::Met);
    }

    #[test]
    fn a_line_is_measured_and_a_contract_proves_nothing_good() {
        let slow = Proof {
            best_down: LINE - 1,
            ..WHOLE
        };
        let fast = sample::moment();
        assert_eq!(
            duty(&fast, Some(slow), "line").state,
            State::Unknown,
            "idle, not slow"
        );
        let poor = changed(|moment| {
            let line = moment.look.figures.line.as_mut().unwrap();
            line.down.as_mut().unwrap().capacity = LINE - 1;
        });
        assert_eq!(duty(&poor, Some(slow), "line").state, State::Broken);
        assert_eq!(duty(&poor, Some(WHOLE), "line").state, State::Met);
    }
}
