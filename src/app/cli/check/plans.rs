//! What a configuration says of speeds: the line, and each network's plans by time and volume.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::model::{
    Capacity, Line, NetworkPolicy, Rate, RatePlan, Reserve, ScheduledPlan, Way, Week, format_bytes,
};

/// Minutes of an hour.
const HOUR: u16 = 60;

/// The line to the Internet and how it is shared.
pub(super) fn render_line(line: Option<Line>) -> String {
    let Some(Line { down, up }) = line else {
        return "its capacity is not told: nothing is shared at peak times".to_owned();
    };
    format!(
        "{}; {}; shared fairly",
        render_way("down", down),
        render_way("up", up)
    )
}

fn render_way(name: &str, way: Option<Way>) -> String {
    let Some(Way { capacity, reserve }) = way else {
        return format!("{name} not told");
    };
    let capacity = match capacity {
        Capacity::Known(rate) => format!("{rate} {name}"),
        Capacity::Measured { least } => format!("{name} measured, at least {least}"),
    };
    match reserve {
        Reserve::NONE => capacity,
        Reserve::Percent(percent) => format!("{capacity}, {percent}% of it kept back"),
        Reserve::Rate(rate) => format!("{capacity}, {rate} of it kept back"),
    }
}

/// The plans besides the network's own, a line each.
pub(super) fn render_plans(policy: &NetworkPolicy) -> String {
    let mut text = policy.schedule.iter().fold(String::new(), |mut text, entry| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "         {}", render_entry(entry));
        text
    });
    if let Some(slow) = policy.fair_use {
        let volume = format_bytes(slow.volume);
        let rates = render_rates(slow.down, slow.up);
        let _ = writeln!(text, "         after {volume} a day: {rates} until midnight");
    }
    text
}

fn render_entry(entry: &ScheduledPlan) -> String {
    let dates: Vec<String> = entry.dates.iter().map(ToString::to_string).collect();
    let days = match (dates.join(" "), entry.week) {
        (dates, Week::ALL) if dates.is_empty() => "every day".to_owned(),
        (dates, week) if dates.is_empty() => week.to_string(),
        (dates, Week::ALL) => dates,
        (dates, week) => format!("{week} of {dates}"),
    };
    let rates = render_rates(entry.plan.down, entry.plan.up);
    let (from, to) = (render_minute(entry.from), render_minute(entry.to));
    format!("{:?} {days} {from} to {to}: {rates}", entry.name)
}

fn render_rates(down: Rate, up: Rate) -> String {
    format!("{down} down, {up} up")
}

fn render_minute(minute: u16) -> String {
    format!("{:02}:{:02}", minute / HOUR, minute % HOUR)
}

/// For programs: the line, rates in bytes per second.
pub(super) fn line_json(line: Option<Line>) -> Value {
    line.map_or(
        Value::Null,
        |Line { down, up }| json!({ "down": way_json(down), "up": way_json(up) }),
    )
}

fn way_json(way: Option<Way>) -> Value {
    let Some(Way { capacity, reserve }) = way else {
        return Value::Null;
    };
    let (measured, whole) = match capacity {
        Capacity::Known(rate) => (false, rate),
        Capacity::Measured { least } => (true, least),
    };
    json!({
        "measured": measured,
        "bytes_per_second": whole,
        "kept_back_bytes_per_second": reserve.of(whole.bytes_per_second()),
    })
}

/// For programs: the plans besides the network's own.
pub(super) fn plans_json(policy: &NetworkPolicy) -> (Value, Value) {
    let schedule = policy.schedule.iter().map(|entry| {
        let RatePlan { down, up, burst } = entry.plan;
        json!({
            "name": entry.name,
            "days": entry.week.to_string(),
            "dates": entry.dates.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "from": render_minute(entry.from),
            "to": render_minute(entry.to),
            "down_bytes_per_second": down,
            "up_bytes_per_second": up,
            "burst_bytes": burst,
        })
    });
    let fair_use = policy.fair_use.map(|slow| {
        json!({
            "volume_bytes": slow.volume,
            "down_bytes_per_second": slow.down,
            "up_bytes_per_second": slow.up,
        })
    });
    (schedule.collect(), fair_use.unwrap_or(Value::Null))
}
