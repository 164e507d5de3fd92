//! What is wrong, and how bad it is: a pure function of how everything stands. Words and what to do are in
//! `now.ftl` under `finding-KEY` and `finding-KEY-do`.

use fluent_bundle::FluentValue;
use jiff::{SignedDuration, Timestamp};

use crate::config::QueueWish;
use crate::core::NetworkSnapshot;
use crate::dashboard::desk::{FastPathLook, StockLook};
use crate::dashboard::live::Moment;
use crate::dashboard::units;
use crate::dashboard::words::Tongue;
use crate::doors::certificate::{CertificateFault, CertificateState};
use crate::model::{NetworkId, is_dated};

/// Kinds of queue that put packets in order.
const ORDERLY: [&str; 3] = ["cake", "fq_codel", "htb"];
/// Least queries, or pages, of which something can be said.
const ENOUGH: u64 = 10;

/// So many bytes are not scarce, whatever they are a part of.
const PLENTY: u64 = 4 << 30;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::dashboard) enum Weight {
    /// People cannot get online, or soon will not.
    Bad,
    /// Something does not work as it should.
    Doubtful,
    /// Good to know.
    Note,
}

impl Weight {
    /// Of its word, and of its style.
    pub(in crate::dashboard) const fn code(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Doubtful => "doubtful",
            Self::Note => "note",
        }
    }
}

/// Something that the words of a finding tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dashboard) enum Told {
    Text(String),
    /// A word of its own.
    Word(&'static str),
    Count(u64),
    Bytes(u64),
    At(Timestamp),
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dashboard) struct Finding {
    pub(in crate::dashboard) weight: Weight,
    /// Of its words.
    pub(in crate::dashboard) key: &'static str,
    pub(in crate::dashboard) told: Vec<(&'static str, Told)>,
    /// The network that it is about; all without one.
    pub(in crate::dashboard) network: Option<NetworkId>,
}

impl Finding {
    const fn new(weight: Weight, key: &'static str, told: Vec<(&'static str, Told)>) -> Self {
        Self {
            weight,
            key,
            told,
            network: None,
        }
    }

    const fn of(
        network: NetworkId,
        weight: Weight,
        key: &'static str,
        told: Vec<(&'static str, Told)>,
    ) -> Self {
        Self {
            weight,
            key,
            told,
            network: Some(network),
        }
    }

    /// What is wrong, and what to do.
    pub(in crate::dashboard) fn words(&self, tongue: Tongue, moment: &Moment) -> [String; 2] {
        let told: Vec<(&str, FluentValue<'_>)> = self
            .told
            .iter()
            .map(|(name, told)| (*name, value(told, tongue, moment)))
            .collect();
        let key = format!("finding-{}", self.key);
        [&key, &format!("{key}-do")].map(|key| tongue.with(key, &told))
    }
}

fn value(told: &Told, tongue: Tongue, moment: &Moment) -> FluentValue<'static> {
    match told {
        Told::Text(text) => text.clone().into(),
        Told::Word(key) => tongue.say(key).into(),
        Told::Count(count) => (*count).into(),
        Told::Bytes(bytes) => units::size(tongue, *bytes).into(),
        Told::At(at) => units::moment(*at, &moment.zone).into(),
    }
}

/// Everything that is wrong, the worst first.
pub(in crate::dashboard) fn findings(moment: &Moment) -> Vec<Finding> {
    let mut found = Vec::new();
    gateway(moment, &mut found);
    certificates(moment, &mut found);
    for (id, snapshot) in &moment.look.figures.networks {
        network(moment, *id, snapshot, &mut found);
    }
    resolver(moment, &mut found);
    feeds(moment, &mut found);
    storage(moment, &mut found);
    kernel(moment, &mut found);
    // Within a weight the order above stays.
    found.sort_by_key(|finding| finding.weight);
    found
}

/// What everybody's access hangs on.
fn gateway(moment: &Moment, found: &mut Vec<Finding>) {
    let look = &moment.look;
    if !look.figures.helper_linked {
        found.push(Finding::new(Weight::Bad, "helper", vec![]));
    }
    if look.uplink == Some(false) {
        found.push(Finding::new(Weight::Bad, "uplink", vec![]));
    }
    if !is_dated(moment.now.wall) {
        found.push(Finding::new(
            Weight::Bad,
            "clock",
            vec![("now", Told::At(moment.now.wall))],
        ));
    }
    let stocks = [("disk", look.machine.disk), ("memory", look.machine.memory)];
    for (key, stock) in stocks {
        let Some(stock) = stock else { continue };
        let Some(weight) = scarcity(stock) else { continue };
        let told = vec![
            ("free", Told::Bytes(stock.free)),
            ("total", Told::Bytes(stock.total)),
        ];
        found.push(Finding::new(weight, key, told));
    }
    let line = look.figures.line.as_ref();
    if line.is_some_and(|line| line.is_peak) {
        found.push(Finding::new(Weight::Note, "line", vec![]));
    }
}

/// Below a twentieth nothing may work any more, below a tenth somebody should look; of a large disk much is left
/// even then.
const fn scarcity(stock: StockLook) -> Option<Weight> {
    if stock.free >= PLENTY {
        None
    } else if stock.free < stock.total / 20 {
        Some(Weight::Bad)
    } else if stock.free < stock.total / 10 {
        Some(Weight::Doubtful)
    } else {
        None
    }
}

fn certificates(moment: &Moment, found: &mut Vec<Finding>) {
    for (host, state) in &moment.look.certificates {
        let host = || ("host", Told::Text(host.clone()));
        let finding = match state {
            CertificateState::Valid { .. } => continue,
            CertificateState::ExpiringSoon { until } => Finding::new(
                Weight::Doubtful,
                "soon",
                vec![host(), ("until", Told::At(*until))],
            ),
            CertificateState::Expiring { until } => {
                Finding::new(Weight::Bad, "ending", vec![host(), ("until", Told::At(*until))])
            }
            CertificateState::Absent => Finding::new(Weight::Doubtful, "plain", vec![host()]),
            CertificateState::Invalid(fault) => {
                let why = ("why", Told::Word(fault_key(fault)));
                Finding::new(Weight::Bad, "certificate", vec![host(), why])
            }
        };
        found.push(finding);
    }
}

/// Words of what is wrong with a certificate.
const fn fault_key(fault: &CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Unreadable { .. } => "certificate-unreadable",
        CertificateFault::NoCertificate => "certificate-none",
        CertificateFault::NoKey => "certificate-no-key",
        CertificateFault::KeyMismatch => "certificate-mismatch",
        CertificateFault::Unordered { .. } => "certificate-unordered",
        CertificateFault::WrongHost { .. } => "certificate-wrong-host",
        CertificateFault::NotYetValid { .. } => "certificate-early",
        CertificateFault::Expired { .. } => "certificate-expired",
    }
}

fn network(moment: &Moment, id: NetworkId, snapshot: &NetworkSnapshot, found: &mut Vec<Finding>) {
    let Some(network) = moment.config.network(id) else {
        return;
    };
    let name = || ("network", Told::Text(network.name.clone()));
    let most = network.policy.max_stations;
    if snapshot.granted >= most {
        let most = ("count", Told::Count(u64::try_from(most).unwrap_or(u64::MAX)));
        found.push(Finding::of(id, Weight::Bad, "full", vec![name(), most]));
    }
    let snippet = moment.lately.snippets.get(&id).copied().unwrap_or_default();
    if snippet.told >= ENOUGH && snippet.shown.saturating_mul(2) < snippet.told {
        let told = vec![
            name(),
            ("shown", Told::Count(snippet.shown)),
            ("count", Told::Count(snippet.told)),
        ];
        found.push(Finding::of(id, Weight::Doubtful, "collector", told));
    }
    let left = moment.look.self_tests.get(&id).copied().unwrap_or_default();
    if left > 0 {
        let until = ("until", Told::At(self_test_end(moment, left)));
        found.push(Finding::of(
            id,
            Weight::Doubtful,
            "self-test",
            vec![name(), until],
        ));
    }
}

/// When a self-test of so many seconds ends by itself.
pub(in crate::dashboard) fn self_test_end(moment: &Moment, left: u64) -> Timestamp {
    let left = SignedDuration::from_secs(i64::try_from(left).unwrap_or(0));
    moment.now.wall.checked_add(left).unwrap_or(moment.now.wall)
}

fn resolver(moment: &Moment, found: &mut Vec<Finding>) {
    let resolver = moment.lately.resolver;
    let failing = |times: u64| resolver.failed.saturating_mul(times) >= resolver.queries;
    if resolver.queries < ENOUGH || !failing(5) {
        return;
    }
    let weight = if failing(2) { Weight::Bad } else { Weight::Doubtful };
    let told = vec![
        ("failed", Told::Count(resolver.failed)),
        ("count", Told::Count(resolver.queries)),
    ];
    found.push(Finding::new(weight, "resolver", told));
}

fn feeds(moment: &Moment, found: &mut Vec<Finding>) {
    for feed in moment.look.feeds.iter().filter(|feed| feed.is_in_trouble) {
        let mut told = vec![("host", Told::Text(feed.host.clone()))];
        let key = if let Some(at) = feed.last_success {
            told.push(("since", Told::At(at)));
            "feed"
        } else {
            "feed-never"
        };
        found.push(Finding::new(Weight::Doubtful, key, told));
    }
}

/// What is kept on disk.
fn storage(moment: &Moment, found: &mut Vec<Finding>) {
    let look = &moment.look;
    if look.audit.is_failing {
        let told = vec![("count", Told::Count(look.audit.failures))];
        found.push(Finding::new(Weight::Bad, "audit", told));
    }
    // Why is told by the system in its own words, which the gateway's log has.
    if look.state_fault.is_some() {
        found.push(Finding::new(Weight::Bad, "state", vec![]));
    } else if look.state_write_failures > 0 {
        let told = vec![("count", Told::Count(look.state_write_failures))];
        found.push(Finding::new(Weight::Note, "state-before", told));
    }
    if let Some(aside) = &look.state_aside {
        let mut told = vec![("file", Told::Text(aside.kept_as.clone()))];
        let (weight, key) = match aside.orders {
            Some(count) => {
                told.push(("count", Told::Count(u64::try_from(count).unwrap_or(u64::MAX))));
                (Weight::Note, "state-aside")
            }
            None => (Weight::Doubtful, "state-lost"),
        };
        found.push(Finding::new(weight, key, told));
    }
    if let Some(aside) = &look.statistics.set_aside {
        let told = vec![("file", Told::Text(aside.clone()))];
        found.push(Finding::new(Weight::Doubtful, "statistics-aside", told));
    }
    if look.statistics.fault.is_some() {
        found.push(Finding::new(Weight::Doubtful, "statistics", vec![]));
    }
    if look.statistics.lost > 0 {
        let told = vec![("count", Told::Count(look.statistics.lost))];
        found.push(Finding::new(Weight::Doubtful, "statistics-lost", told));
    }
}

/// What the kernel lacks of what the configuration wants.
fn kernel(moment: &Moment, found: &mut Vec<Finding>) {
    let (look, config) = (&moment.look, &moment.config);
    let queue = look.machine.queue.as_ref();
    let is_plain = |kind: &str| !ORDERLY.contains(&kind);
    if config.uplink.queue != QueueWish::Off
        && queue.is_some_and(|queue| !queue.is_foreign && is_plain(&queue.kind))
    {
        let uplink = Told::Text(config.gateway.uplink.as_str().to_owned());
        found.push(Finding::new(Weight::Note, "queue", vec![("interface", uplink)]));
    }
    // Without the helper nobody knows what the kernel has.
    let [down, _] = config.queued_ways();
    if down && look.figures.helper_linked && look.figures.most_queued == 0 {
        found.push(Finding::new(Weight::Note, "station-queues", vec![]));
    }
    if look.machine.flowtable == Some(false) {
        found.push(Finding::new(Weight::Note, "flowtable", vec![]));
    }
    // A kernel without it, or a helper that may not, is as it was made: only what should work and does not is told.
    if look.machine.fast_path == Some(FastPathLook::Failed) {
        found.push(Finding::new(Weight::Note, "fast-path", vec![]));
    }
}
