//! How everything stands, in rows of a word and a value: the page shows them, and what is live tells their
//! values again.

use super::findings::self_test_end;
use crate::config::{Config, Network};
use crate::core::{NetworkSnapshot, WaySnapshot};
use crate::dashboard::desk::{FastPathLook, FeedLook, Look, StockLook};
use crate::dashboard::live::Moment;
use crate::dashboard::units;
use crate::dashboard::words::Tongue;
use crate::doors::certificate::CertificateState;
use crate::model::figures::Histogram;
use crate::model::{Capacity, NetworkId};

/// Rows with something in common.
pub(in crate::dashboard) struct Section {
    /// Of its element, and the begin of its rows' keys.
    pub(in crate::dashboard) id: String,
    pub(in crate::dashboard) title: String,
    /// The page that tells more.
    pub(in crate::dashboard) link: Option<String>,
    pub(in crate::dashboard) rows: Vec<Row>,
}

/// One of them.
pub(in crate::dashboard) struct Row {
    /// Unlike all others.
    pub(in crate::dashboard) key: String,
    pub(in crate::dashboard) label: String,
    pub(in crate::dashboard) value: String,
}

/// Writes a section.
struct Pen<'a> {
    moment: &'a Moment,
    tongue: Tongue,
    section: Section,
}

impl<'a> Pen<'a> {
    fn new(moment: &'a Moment, tongue: Tongue, id: &str, title: String) -> Self {
        Self {
            moment,
            tongue,
            section: Section {
                id: id.to_owned(),
                title,
                link: None,
                rows: Vec::new(),
            },
        }
    }

    /// A row whose word is `row-WHAT`.
    fn row(&mut self, what: &str, value: String) {
        let label = self.tongue.say(&format!("row-{what}"));
        self.labelled(what, label, value);
    }

    fn labelled(&mut self, what: &str, label: String, value: String) {
        let key = format!("{}-{what}", self.section.id);
        self.section.rows.push(Row { key, label, value });
    }

    fn count(&mut self, what: &str, count: usize) {
        let count = units::count(self.tongue, u64::try_from(count).unwrap_or(u64::MAX));
        self.row(what, count);
    }

    fn say(&mut self, what: &str, key: &str) {
        self.row(what, self.tongue.say(key));
    }

    fn rate(&self, bytes_per_second: u64) -> String {
        units::rate(self.tongue, bytes_per_second)
    }

    /// Who is there, and how.
    fn stations(&mut self, networks: &[&NetworkSnapshot]) {
        let sum = |read: fn(&NetworkSnapshot) -> usize| -> usize {
            networks.iter().map(|network| read(network)).sum()
        };
        self.count("granted", sum(|of| of.granted));
        self.count("captive", sum(|of| of.captive));
        self.count("exempt", sum(|of| of.exempt));
        self.count("blocked", sum(|of| of.blocked));
    }

    /// What moves now.
    fn rates(&mut self, network: Option<NetworkId>) {
        let rates = self.moment.rates.get(&network).copied();
        let unknown = self.tongue.say("row-unknown");
        let written =
            |of: Option<u64>| of.map_or_else(|| unknown.clone(), |rate| units::rate(self.tongue, rate));
        let (down, up) = (
            written(rates.map(|rates| rates.down)),
            written(rates.map(|rates| rates.up)),
        );
        self.row("down", down);
        self.row("up", up);
    }

    /// From a station's first probe to the kernel's word that it is online.
    fn joining(&mut self, times: &Histogram) {
        let value = match (times.median(), times.quantile(950)) {
            (Some(half), Some(most)) => {
                let [half, most] = [half, most].map(|ms| units::seconds(self.tongue, ms).into());
                self.tongue
                    .with("row-to-online-times", &[("half", half), ("most", most)])
            }
            _ => self.tongue.say("row-nobody-yet"),
        };
        self.row("to-online", value);
    }
}

/// Everything, in the order of the page.
pub(in crate::dashboard) fn sections(moment: &Moment, tongue: Tongue) -> Vec<Section> {
    let mut sections = vec![all(moment, tongue)];
    for network in &moment.config.networks {
        if let Some(snapshot) = moment.look.figures.networks.get(&network.id) {
            let mut section = of_network(moment, tongue, network, snapshot);
            section.link = Some(format!("/networks/{}", network.id));
            sections.push(section);
        }
    }
    sections.extend([
        names(moment, tongue),
        machine(moment, tongue),
        kernel(moment, tongue),
    ]);
    sections
}

/// All networks together, and the line that they share.
fn all(moment: &Moment, tongue: Tongue) -> Section {
    let look = &moment.look;
    let mut pen = Pen::new(moment, tongue, "all", tongue.say("now-all"));
    let networks: Vec<&NetworkSnapshot> = look.figures.networks.values().collect();
    pen.stations(&networks);
    pen.rates(None);
    let capacities = capacities(look, &moment.config);
    for (what, capacity) in ["capacity-down", "capacity-up"].into_iter().zip(capacities) {
        let value = capacity.map_or_else(|| tongue.say("row-not-told"), |capacity| pen.rate(capacity));
        pen.row(what, value);
    }
    let mut to_online = Histogram::default();
    for network in networks {
        to_online.merge(&network.counted.to_online);
    }
    pen.joining(&to_online);
    pen.say(
        "uplink",
        match look.uplink {
            None => "row-uplink-unwatched",
            Some(true) => "row-uplink-up",
            Some(false) => "row-uplink-down",
        },
    );
    let helper = if look.figures.helper_linked {
        "row-helper-up"
    } else {
        "row-helper-down"
    };
    pen.say("helper", helper);
    pen.section
}

/// What the line carries, as far as anybody told or it was measured: to stations and from them.
pub(in crate::dashboard) fn capacities(look: &Look, config: &Config) -> [Option<u64>; 2] {
    let seen = look.figures.line.as_ref();
    let seen = seen.map_or([None; 2], |line| [line.down, line.up]);
    let told = config.uplink.line.map_or([None; 2], |line| [line.down, line.up]);
    let both = seen.into_iter().zip(told);
    let mut both = both.map(|(seen, told)| {
        let told = told.and_then(|way| match way.capacity {
            Capacity::Known(rate) => Some(rate.bytes_per_second()),
            Capacity::Measured { .. } => None,
        });
        seen.map(|way: WaySnapshot| way.capacity).or(told)
    });
    [both.next().flatten(), both.next().flatten()]
}

/// One network.
pub(in crate::dashboard) fn of_network(
    moment: &Moment,
    tongue: Tongue,
    network: &Network,
    snapshot: &NetworkSnapshot,
) -> Section {
    let id = format!("net-{}", network.id);
    let mut pen = Pen::new(moment, tongue, &id, network.name.clone());
    pen.stations(&[snapshot]);
    pen.rates(Some(network.id));
    pen.joining(&snapshot.counted.to_online);
    let value = tongue.with(
        "row-snippet-pages",
        &[
            ("shown", snapshot.counted.snippet.shown.into()),
            ("count", snapshot.counted.snippet.told.into()),
        ],
    );
    match &network.wifi4eu_id {
        Some(_) if snapshot.counted.snippet.told > 0 => pen.row("snippet", value),
        Some(_) => pen.say("snippet", "row-nobody-yet"),
        None => pen.say("snippet", "row-no-snippet"),
    }
    if let Some(left) = moment.look.self_tests.get(&network.id).filter(|left| **left > 0) {
        let until = units::hour(self_test_end(moment, *left), &moment.zone);
        pen.row("self-test", tongue.with("row-until", &[("until", until.into())]));
    }
    pen.section
}

/// Certificates and feeds.
fn names(moment: &Moment, tongue: Tongue) -> Section {
    let mut pen = Pen::new(moment, tongue, "names", tongue.say("now-names"));
    for (place, (host, state)) in moment.look.certificates.iter().enumerate() {
        let value = certificate(state, moment, tongue);
        pen.labelled(&format!("certificate-{place}"), host.clone(), value);
    }
    for (place, feed) in moment.look.feeds.iter().enumerate() {
        let label = tongue.with("row-feed", &[("host", feed.host.clone().into())]);
        pen.labelled(&format!("feed-{place}"), label, feed_state(feed, moment, tongue));
    }
    if moment.look.feeds.is_empty() {
        pen.say("feeds", "row-no-feeds");
    }
    pen.section
}

pub(in crate::dashboard) fn certificate(state: &CertificateState, moment: &Moment, tongue: Tongue) -> String {
    let until = match state {
        CertificateState::Valid { until }
        | CertificateState::ExpiringSoon { until }
        | CertificateState::Expiring { until } => until,
        CertificateState::Absent => return tongue.say("row-certificate-absent"),
        CertificateState::Invalid(_) => return tongue.say("row-certificate-bad"),
    };
    let until = units::moment(*until, &moment.zone);
    tongue.with("row-certificate-good", &[("until", until.into())])
}

fn feed_state(feed: &FeedLook, moment: &Moment, tongue: Tongue) -> String {
    let key = match (feed.last_success, feed.is_in_trouble) {
        (None, true) => return tongue.say("row-feed-never"),
        (None, false) => return tongue.say("row-feed-not-yet"),
        (Some(_), true) => "row-feed-bad",
        (Some(_), false) => "row-feed-good",
    };
    let at = feed.last_success.map(|at| units::moment(at, &moment.zone));
    tongue.with(key, &[("at", at.unwrap_or_default().into())])
}

/// Disk, memory, what is kept.
fn machine(moment: &Moment, tongue: Tongue) -> Section {
    let look = &moment.look;
    let mut pen = Pen::new(moment, tongue, "machine", tongue.say("now-machine"));
    let stocks = [("disk", look.machine.disk), ("memory", look.machine.memory)];
    for (what, stock) in stocks {
        pen.row(what, stock_words(stock, tongue));
    }
    for process in &look.processes {
        let size = units::size(tongue, process.resident_bytes);
        pen.labelled(process.name, process.name.to_owned(), size);
    }
    let state = if look.state_fault.is_none() {
        "row-kept"
    } else {
        "row-not-kept"
    };
    pen.say("state", state);
    let statistics = if look.statistics.fault.is_none() {
        "row-kept"
    } else {
        "row-not-kept"
    };
    pen.say("statistics", statistics);
    let resolver = moment.lately.resolver;
    let told = [
        ("failed", resolver.failed.into()),
        ("count", resolver.queries.into()),
    ];
    pen.row("resolver", tongue.with("row-queries", &told));
    pen.section
}

fn stock_words(stock: Option<StockLook>, tongue: Tongue) -> String {
    let Some(stock) = stock else {
        return tongue.say("row-unknown");
    };
    let [free, total] = [stock.free, stock.total].map(|bytes| units::size(tongue, bytes).into());
    tongue.with("row-stock", &[("free", free), ("total", total)])
}

/// What the kernel has of what makes the gateway good.
fn kernel(moment: &Moment, tongue: Tongue) -> Section {
    let look = &moment.look;
    let mut pen = Pen::new(moment, tongue, "kernel", tongue.say("now-kernel"));
    match &look.machine.queue {
        Some(queue) => pen.row("queue", queue.kind.clone()),
        None => pen.say("queue", "row-unknown"),
    }
    match (moment.config.queued_ways()[0], look.figures.most_queued) {
        (false, _) => pen.say("station-queues", "row-not-wanted"),
        (true, 0) => pen.say("station-queues", "row-absent"),
        (true, most) => pen.count("station-queues", most),
    }
    let flowtable = match (moment.config.forward.flowtable, look.machine.flowtable) {
        (false, _) => "row-not-wanted",
        (true, Some(true)) => "row-present",
        (true, Some(false)) => "row-absent",
        (true, None) => "row-unknown",
    };
    pen.say("flowtable", flowtable);
    match look.machine.fast_path {
        Some(FastPathLook::Stands(flows)) => {
            pen.row(
                "fast-path",
                tongue.with("row-connections", &[("count", flows.into())]),
            );
        }
        Some(FastPathLook::Unwanted) => pen.say("fast-path", "row-not-wanted"),
        Some(FastPathLook::Absent) => pen.say("fast-path", "row-absent"),
        Some(FastPathLook::Forbidden) => pen.say("fast-path", "row-not-allowed"),
        Some(FastPathLook::Failed) => pen.say("fast-path", "row-no-fast-path"),
        None => pen.say("fast-path", "row-unknown"),
    }
    pen.section
}
