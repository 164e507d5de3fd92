//! A chart of rates as an SVG, for those without scripts and until theirs have begun; and the points of it, for
//! those with.

use std::fmt::Write as _;

use crate::dashboard::live::Point;
use crate::dashboard::units;
use crate::dashboard::words::Tongue;

/// Height of the drawing, in its own units; `chart.html` has it too.
const HEIGHT: u64 = 160;
/// Seconds from left to right, and the width of the drawing.
const SPAN: i64 = 600;
/// The least rate that the top stands for, bytes per second: 1 Mbit/s.
const LEAST_TOP: u64 = 125_000;

/// What a page shows of rates.
pub(in crate::dashboard) struct Chart {
    /// Which network's it is in the live events; empty for all together.
    pub(in crate::dashboard) name: String,
    /// Of the paths to stations and from them, and the line of what there is.
    pub(in crate::dashboard) down: String,
    pub(in crate::dashboard) up: String,
    pub(in crate::dashboard) capacity: Option<u64>,
    /// What the top stands for, in words.
    pub(in crate::dashboard) top: String,
    /// Everything in words, for those who do not see it.
    pub(in crate::dashboard) about: String,
    /// Seconds, and bytes per second down and up, for the script.
    pub(in crate::dashboard) points: String,
    /// What the line carries, for the script; 0 where nobody told.
    pub(in crate::dashboard) line: u64,
}

impl Chart {
    pub(in crate::dashboard) fn draw(
        tongue: Tongue,
        name: &str,
        points: &[Point],
        line: Option<u64>,
        now: i64,
    ) -> Self {
        let most = |read: fn(&Point) -> u64| points.iter().map(read).max().unwrap_or(0);
        let (down, up) = (most(|point| point.rates.down), most(|point| point.rates.up));
        let top = down.max(up).max(line.unwrap_or(0)).max(LEAST_TOP);
        let height = |rate: u64| {
            HEIGHT - u64::try_from(u128::from(rate) * u128::from(HEIGHT) / u128::from(top)).unwrap_or(HEIGHT)
        };
        let path = |read: fn(&Point) -> u64| {
            let mut path = String::new();
            for point in points {
                let across = (point.at - now + SPAN).clamp(0, SPAN);
                let command = if path.is_empty() { 'M' } else { 'L' };
                // Writing to a String cannot fail.
                let _ = write!(path, "{command}{across} {}", height(read(point)));
            }
            path
        };
        let told = [
            ("down", units::rate(tongue, down).into()),
            ("up", units::rate(tongue, up).into()),
        ];
        Self {
            name: name.to_owned(),
            down: path(|point| point.rates.down),
            up: path(|point| point.rates.up),
            capacity: line.map(height),
            top: units::rate(tongue, top),
            about: tongue.with("chart-about", &told),
            points: as_json(points),
            line: line.unwrap_or(0),
        }
    }
}

fn as_json(points: &[Point]) -> String {
    let rows: Vec<(i64, u64, u64)> = points
        .iter()
        .map(|point| (point.at, point.rates.down, point.rates.up))
        .collect();
    // Numbers alone cannot fail.
    serde_json::to_string(&rows).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Chart;
    use crate::dashboard::live::{Point, Rates};
    use crate::dashboard::words::Tongue;

    #[test]
    fn a_chart_is_drawn_from_ten_minutes_ago_to_now_and_up_to_what_the_line_carries() {
        let point = |at, down| Point {
            at,
            rates: Rates { down, up: down / 10 },
        };
        let points = [point(400, 0), point(700, 6_250_000), point(1_000, 12_500_000)];
        let chart = Chart::draw(Tongue::En, "", &points, Some(25_000_000), 1_000);
        assert_eq!(chart.down, "M0 160L300 120L600 80");
        assert_eq!(chart.up, "M0 160L300 156L600 152");
        assert_eq!((chart.capacity, chart.top.as_str()), (Some(0), "200 Mbit/s"));
        assert!(
            chart.about.contains("100 Mbit/s") && chart.about.contains("10.0 Mbit/s"),
            "{}",
            chart.about
        );
        assert_eq!(
            chart.points,
            "[[400,0,0],[700,6250000,625000],[1000,12500000,1250000]]"
        );
    }

    #[test]
    fn nothing_is_a_chart_too_and_so_is_too_much() {
        let chart = Chart::draw(Tongue::It, "piazza", &[], None, 0);
        assert_eq!(
            (chart.down.as_str(), chart.points.as_str(), chart.capacity),
            ("", "[]", None)
        );
        assert_eq!(chart.top, "1,0 Mbit/s");
        let rates = Rates {
            down: u64::MAX,
            up: 0,
        };
        let chart = Chart::draw(Tongue::It, "", &[Point { at: 9, rates }], None, 5_000);
        assert_eq!(chart.down, "M0 0");
    }
}
