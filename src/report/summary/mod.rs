//! `summary`: what the comune signs: use, service and duties of its networks on two pages, or the same as a table.

mod chart;
mod duties;
mod figures;
mod pages;
mod rows;

pub(super) use figures::Summary;
pub(super) use pages::pages;
pub(super) use rows::SummaryRows;
