//! What it takes to let one more station online: Portico's transaction against `ndsctl auth`.

use anyhow::{Context, Result};
use portico::model::Rate;
use portico::net::Kernel;
use portico::net::nftables::Nftables;

use super::report::{Figure, ms_since, quantile, tick};
use super::rules::granted;
use super::{Farm, Kind};

/// The last few of openNDS' stations, and as many of ours.
const LAST: usize = 25;
/// Stations that are not online yet.
const NEW: u32 = 2_000_000;

/// Prints the figures of each openNDS.
pub(crate) fn tell(farm: &Farm) -> Result<()> {
    let portico = farm
        .visits
        .iter()
        .find(|visit| matches!(visit.kind, Kind::Portico(stations) if stations >= 100))
        .context("no Portico")?;
    let ours = farm.gateways[portico.gateway]
        .router
        .within(|| -> Result<Vec<f64>> {
            let mut kernel = Nftables::open()?;
            let rate = Rate::from_bytes_per_second(Rate::MAX)?;
            let mut taken = Vec::new();
            for station in NEW..NEW + u32::try_from(LAST)? {
                let grant = [granted(rate, station)?];
                let begun = tick();
                kernel.apply(&grant)?;
                taken.push(ms_since(begun));
            }
            Ok(taken)
        })??;
    let ours = quantile(&ours, 500);
    Figure {
        bench: "datapath",
        case: &portico.case(),
        metric: "one_more_station",
        value: ours,
        unit: "ms",
        baseline: None,
        goal: None,
    }
    .print();
    for (stations, auths) in &farm.auths {
        let last = &auths[auths.len().saturating_sub(LAST)..];
        Figure {
            bench: "datapath",
            case: &Kind::OpenNds(*stations).case(*stations),
            metric: "one_more_station",
            value: quantile(last, 500),
            unit: "ms",
            baseline: Some(ours),
            goal: None,
        }
        .print();
    }
    Ok(())
}
