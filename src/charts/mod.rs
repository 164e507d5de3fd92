//! What charts and their numbers are made of. At level 1, below the edges: exports draw them for paper and for
//! the comune's site, the dashboard for administrators, and edges do not import each other.

mod bars;
mod digits;
mod scale;

pub use bars::{Bar, Chart, Series};
pub use digits::Signs;
pub use scale::nice;
