//! `page`: "il Wi-Fi in numeri", the public page of a comune. Whole months that are over, each network for itself
//! and all together, as charts and as tables; it tells what the exports tell and no more.

mod figures;
mod html;

pub(super) use figures::Numbers;
pub(super) use html::standalone;
pub use html::{PublicPage, PublicText, public_page};

use crate::model::figures::{Day, Period};

/// The twelve whole months before the running one.
#[must_use]
pub fn twelve_months(today: Day) -> Period {
    let mut first = today.month();
    for _ in 0..12 {
        first = first.first().previous().month();
    }
    let last = today.month().first().previous();
    Period::new(first.first(), last).unwrap_or_else(|_| today.month().period())
}

#[cfg(test)]
mod tests {
    use super::twelve_months;

    #[test]
    fn the_running_month_is_not_among_them() {
        let period = twelve_months("2026-03-01".parse().unwrap());
        assert_eq!(
            (period.from().to_string(), period.to().to_string()),
            ("2025-03-01".to_owned(), "2026-02-28".to_owned())
        );
    }
}
