//! Figures, as screens may see them.

use std::path::PathBuf;

use crate::app::{clock, export};
use crate::config::Config;
use crate::dashboard::{FigureBook, Known, RecordError};
use crate::model::NetworkId;
use crate::model::figures::Period;
use crate::model::figures::suppress::PublicMonth;
use crate::report::{self, Format, Kind, Order, Step, Tongue};

/// Of the figures' database.
pub(super) struct DiskBook {
    pub(super) database: PathBuf,
}

impl FigureBook for DiskBook {
    fn known(&self, config: &Config) -> Result<Known, RecordError> {
        let known = export::Known::read(&self.database).map_err(RecordError::new)?;
        let sites = known.sites(config).into_iter();
        Ok(Known {
            networks: sites.map(|site| (site.id, site.name)).collect(),
            today: known.today(config, clock::wall()),
        })
    }

    fn months(
        &self,
        config: &Config,
        network: NetworkId,
        period: Period,
        tell: &mut dyn FnMut(PublicMonth),
    ) -> Result<(), RecordError> {
        if !self.database.exists() {
            return Ok(());
        }
        let known = export::Known::read(&self.database).map_err(RecordError::new)?;
        let now = clock::wall();
        let mut sites = known.sites(config);
        sites.retain(|site| site.id == network);
        let order = Order {
            kind: Kind::Usage,
            format: Format::Csv,
            period,
            step: Step::Day,
            sites,
            is_everything: false,
            works: std::sync::Arc::default(),
            tongue: Tongue::It,
            zone: config.gateway.time_zone.clone(),
            today: known.today(config, now),
            now,
            published_at: None,
        };
        let mut ledger = export::open(&self.database).map_err(RecordError::new)?;
        report::public_months(&order, &mut ledger, tell).map_err(RecordError::new)
    }
}
