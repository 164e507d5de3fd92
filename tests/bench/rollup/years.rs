//! How large five years of figures are on the disk.

use anyhow::Result;
use portico::model::figures::Period;
use portico::store::figures::{FILE, FigureStore};

use crate::bed::mib;
use crate::case;
use crate::report::{Goal, is_smoke, say};
use crate::town::Town;
use crate::world::networks;

/// The device, MiB.
const GOAL: f64 = 4_000.0;

pub(crate) fn measure(count: u32) -> Result<()> {
    let (from, to) = if is_smoke() {
        ("2026-01-01", "2026-01-31")
    } else {
        ("2022-01-01", "2026-12-31")
    };
    let name = format!("{count} networks from {from} to {to}");
    say(&name);
    let days = Period::new(from.parse()?, to.parse()?)?;
    let networks = networks(count)?;
    let town = Town::new(networks.clone(), days);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(FILE);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut store = FigureStore::open(&path).await?;
        for month in days.months() {
            for network in &networks {
                let figures = town.figures(*network, month.period());
                store.write(&figures, None).await?;
            }
        }
        store.close().await;
        anyhow::Ok(())
    })?;
    let size = mib(std::fs::metadata(&path)?.len());
    case(&name)
        .figure("size_on_disk", size, "MiB", Some(Goal::AtMost(GOAL)))
        .print();
    Ok(())
}
