//! What may be told of months, for pages that draw it themselves.

use super::usage::month_of;
use super::{Order, ReportError};
use crate::model::figures::Ledger;
use crate::model::figures::suppress::PublicMonth;

/// Gives the months that the order's period touches, of its networks one after the other: each with those of its
/// days that are over and known of. Months of which nothing is known are left out.
///
/// # Errors
/// The figures cannot be read.
pub fn public_months(
    order: &Order,
    ledger: &mut dyn Ledger,
    tell: &mut dyn FnMut(PublicMonth),
) -> Result<(), ReportError> {
    for site in &order.sites {
        let Some(span) = ledger.span(site.id)? else {
            continue;
        };
        for month in order.period.months() {
            if let Some(public) = month_of(order, site, span, month, ledger)? {
                tell(public);
            }
        }
    }
    Ok(())
}
