//! The figures of the page: of each month what may be told of it, and sums of that.

use crate::model::NetworkId;
use crate::model::figures::suppress::{AtLeast, Distribution, Measure, PublicMonth};
use crate::model::figures::{Ledger, Month, Outages, Period};
use crate::report::usage::month_of;
use crate::report::{Ledgers, Order, Progress, ReportError, pipeline};

/// What is told of a month, or of all of them.
#[derive(Debug, Clone, Default)]
pub(in crate::report) struct Told {
    pub(super) sessions: AtLeast,
    /// About how many different devices; of several networks those of each, of several months nothing.
    pub(super) devices: AtLeast,
    /// To and from devices.
    pub(super) bytes: AtLeast,
    pub(super) session_length: Distribution,
    /// Time out of service, and all the time that is known of, in seconds.
    pub(super) out: Outages,
    pub(super) known: u64,
}

/// A network, or all of them.
#[derive(Debug, Clone)]
pub(in crate::report) struct Part {
    /// `None` for all together.
    pub(super) network: Option<NetworkId>,
    pub(super) name: String,
    /// In the order of [`Numbers::months`]; `None` where nothing is known.
    pub(super) months: Vec<Option<Told>>,
}

/// Everything on the page.
#[derive(Debug, Clone)]
pub(in crate::report) struct Numbers {
    pub(super) months: Vec<Month>,
    /// All together first, where there are several networks.
    pub(super) parts: Vec<Part>,
    /// Whole months.
    pub(super) period: Period,
}

impl Told {
    fn of(public: &PublicMonth) -> Self {
        let bytes = [Measure::BytesDown, Measure::BytesUp].map(|way| public.told(way));
        let devices = public.devices.map(AtLeast::exactly);
        Self {
            sessions: public.told(Measure::Sessions),
            devices: devices.unwrap_or(AtLeast {
                value: 0,
                is_partial: true,
            }),
            bytes: bytes.into_iter().sum(),
            session_length: public.total.session_length.clone(),
            out: public.total.outages,
            known: public.total.observed,
        }
    }

    /// Joins another month or network.
    pub(super) fn join(&mut self, other: &Self) {
        self.sessions = [self.sessions, other.sessions].into_iter().sum();
        self.devices = [self.devices, other.devices].into_iter().sum();
        self.bytes = [self.bytes, other.bytes].into_iter().sum();
        self.session_length.merge(&other.session_length);
        self.out.merge(&other.out);
        self.known = self.known.saturating_add(other.known);
    }

    /// In service, in thousandths of the time, rounded down; `None` when nothing is known.
    pub(super) fn service(&self) -> Option<u64> {
        self.out.service(self.known)
    }
}

impl Part {
    /// All months together.
    pub(super) fn total(&self) -> Told {
        let mut total = Told::default();
        for month in self.months.iter().flatten() {
            total.join(month);
        }
        total
    }
}

impl Numbers {
    /// Reads them.
    pub(in crate::report) fn gather(
        order: &Order,
        ledgers: &Ledgers<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<Self, ReportError> {
        let nothing = || ReportError::NoData(order.nothing_known());
        let whole: Vec<Month> = order
            .period
            .months()
            .filter(|month| order.period.contains(month.first()) && order.period.contains(month.last()))
            .filter(|month| order.today > month.last())
            .collect();
        let (Some(first), Some(last)) = (whole.first(), whole.last()) else {
            return Err(nothing());
        };
        let period = Period::new(first.first(), last.last()).map_err(|_| nothing())?;
        let (spans, months) = (order.spans(ledgers)?, whole.len());
        let mut told: Vec<Option<Told>> = Vec::new();
        let make = |part: usize, ledger: &mut dyn Ledger| {
            let place = part / months;
            let (Some(site), Some(Some(span)), Some(month)) =
                (order.sites.get(place), spans.get(place), whole.get(part % months))
            else {
                return Ok(None);
            };
            let public = month_of(order, site, *span, *month, ledger)?;
            Ok(public.map(|public| Told::of(&public)))
        };
        let count = order.sites.len() * months;
        pipeline::each(count, ledgers, progress, &make, &mut |month| {
            told.push(month);
            Ok(())
        })?;
        let of_sites = order.sites.iter().zip(told.chunks(months));
        let mut parts: Vec<Part> = of_sites
            .map(|(site, months)| Part {
                network: Some(site.id),
                name: site.name.clone(),
                months: months.to_vec(),
            })
            .collect();
        if parts.iter().all(|part| part.months.iter().all(Option::is_none)) {
            return Err(nothing());
        }
        if parts.len() > 1 {
            parts.insert(0, together(&parts, whole.len()));
        }
        Ok(Self {
            months: whole,
            parts,
            period,
        })
    }
}

fn together(parts: &[Part], months: usize) -> Part {
    let month = |place: usize| {
        let mut all: Option<Told> = None;
        for told in parts.iter().filter_map(|part| part.months.get(place)?.as_ref()) {
            match &mut all {
                Some(all) => all.join(told),
                None => all = Some(told.clone()),
            }
        }
        all
    };
    Part {
        network: None,
        name: String::new(),
        months: (0..months).map(month).collect(),
    }
}
