//! The administrators' side with 10,000 stations online: how long its pages take, what fifty viewers of what is
//! live cost in memory, one of them reading nothing, and how fast a real Chromium answers when somebody searches,
//! sorts and pages; and how soon an order is in the kernel. Needs root, and the Debian packages chromium and nodejs.

#[path = "../bed.rs"]
mod bed;
mod orders;
#[path = "../report.rs"]
mod report;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use bed::Bed;
use orders::Orders;
use report::{Case, Goal, is_smoke, ms_since, quantile, say, tick};

/// The dashboard's own door.
const PORT: u16 = 9_443;
const PASSWORD: &str = "tram zaino nuvola";
/// The goals: milliseconds of a page and of an interaction, MiB of fifty viewers.
const PAGE: f64 = 50.0;
const INTERACTION: f64 = 100.0;
const GROWTH: f64 = 16.0;
/// Milliseconds until an order is in the kernel.
const ORDER: f64 = 1_000.0;
/// Viewers that read, beside one that does not.
const READERS: usize = 49;

/// How much is done.
struct Scale {
    stations: u32,
    pages: usize,
    watching: Duration,
    interactions: usize,
    /// About one station each.
    orders: u32,
}

const FULL: Scale = Scale {
    stations: 10_000,
    pages: 500,
    watching: Duration::from_mins(2),
    interactions: 40,
    orders: 200,
};
const SMOKE: Scale = Scale {
    stations: 100,
    pages: 5,
    watching: Duration::from_secs(5),
    interactions: 2,
    orders: 3,
};

fn main() -> Result<()> {
    let scale = if is_smoke() { SMOKE } else { FULL };
    let mut bed = Bed::build(scale.stations + 2_048, std::slice::from_ref(&(0..scale.stations)))?;
    bed.start_netd()?;
    bed.preload(0..scale.stations)?;
    bed.start_portico(u64::from(scale.stations))?;
    bed.wait_for_stored(i64::from(scale.stations))?;
    let name = format!("{} stations", scale.stations);
    let case = Case {
        bench: "dashboard",
        name: &name,
    };
    let link = std::fs::read_to_string(bed.path("state").join("first-setup"))?;
    let street = bed.gateway.clone();
    let admin = street.within(|| Admin::set_up(&link))??;
    for (path, told, metric, half) in [
        ("/now", "data-row", "now_p99", "now_median"),
        // More than one page of them.
        (
            "/stations",
            "id=\"page-after\"",
            "stations_p99",
            "stations_median",
        ),
    ] {
        say(&format!("{path}, {} times", scale.pages));
        let waits = street.within(|| admin.look(path, told, scale.pages))??;
        let goal = Some(Goal::AtMost(PAGE));
        case.figure(metric, quantile(&waits, 990), "ms", goal).print();
        case.figure(half, quantile(&waits, 500), "ms", None).print();
    }
    say("fifty viewers");
    let (_, before) = bed.resident()?;
    let watching = street.within(|| admin.watch(scale.watching))??;
    let (_, after) = bed.resident()?;
    case.figure(
        "growth_by_viewers",
        after - before,
        "MiB",
        Some(Goal::AtMost(GROWTH)),
    )
    .print();
    case.figure("events_of_the_least_served", watching.least, "1", None)
        .print();
    drop(watching);
    say("a real browser");
    for (what, waits) in play(&bed, scale.interactions)? {
        let case = Case {
            bench: "dashboard",
            name: &format!("{name}, {what} in Chromium"),
        };
        let goal = Some(Goal::AtMost(INTERACTION));
        case.figure("interaction_p95", quantile(&waits, 950), "ms", goal)
            .print();
        case.figure("interaction_median", quantile(&waits, 500), "ms", None)
            .print();
    }
    say("orders");
    street.within(|| tell_orders(&admin, &scale, case))?
}

/// How soon orders are in the kernel; nobody is online afterwards.
fn tell_orders(admin: &Admin, scale: &Scale, case: Case<'_>) -> Result<()> {
    let mut orders = Orders::open(admin)?;
    let waits = orders.end_each(0..scale.orders)?;
    let goal = Some(Goal::AtMost(ORDER));
    let left = scale.stations - scale.orders;
    let (slower, ended) = (
        orders.slow_down_all(left)?,
        orders.end_all(scale.orders..scale.stations)?,
    );
    for (metric, value) in [
        ("order_about_one_p99", quantile(&waits, 990)),
        ("order_about_one_median", quantile(&waits, 500)),
        ("plan_of_all", slower),
        ("end_of_all", ended),
    ] {
        case.figure(metric, value, "ms", goal).print();
    }
    Ok(())
}

/// Somebody who is in.
struct Admin {
    cookie: String,
}

/// What came back.
struct Answer {
    head: String,
    body: String,
}

/// Fifty connections, still open.
struct Watching {
    _viewers: Vec<TcpStream>,
    /// Events that the reader with the fewest got.
    least: f64,
}

impl Admin {
    /// Makes the first user by the link of the first set-up.
    fn set_up(link: &str) -> Result<Self> {
        let link = link.lines().next().context("no link")?;
        let (_, token) = link.rsplit_once("token=").context("no token in the link")?;
        let page = ask(&mut connect()?, &format!("GET /setup?token={token}"), "", "")?;
        let visit = cookie(&page)?;
        let form = between(&page.body, "name=\"form\" value=\"").context("no form")?;
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs([
            ("form", form),
            ("token", token),
            ("name", "anna"),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ]);
        let entered = ask(&mut connect()?, "POST /setup", &visit, &body.finish())?;
        ensure!(entered.head.contains(" 303 "), "not let in: {}", entered.head);
        Ok(Self {
            cookie: cookie(&entered)?,
        })
    }

    /// Milliseconds of each look at a page that tells this, on one connection.
    fn look(&self, path: &str, told: &str, times: usize) -> Result<Vec<f64>> {
        let mut stream = connect()?;
        let mut waits = Vec::new();
        for _ in 0..times {
            let begin = tick();
            let page = ask(&mut stream, &format!("GET {path}"), &self.cookie, "")?;
            waits.push(ms_since(begin));
            ensure!(page.head.contains(" 200 "), "{path}: {}", page.head);
            ensure!(page.body.contains(told), "{path} does not tell {told:?}");
        }
        Ok(waits)
    }

    /// One that reads nothing and those that read, for so long.
    fn watch(&self, time: Duration) -> Result<Watching> {
        let mut viewers = Vec::new();
        for _ in 0..=READERS {
            let mut stream = connect()?;
            stream.write_all(request("GET /live", &self.cookie, "").as_bytes())?;
            stream.set_read_timeout(Some(Duration::from_millis(50)))?;
            viewers.push(stream);
        }
        let begin = tick();
        let mut events = vec![0_u32; READERS];
        let mut bytes = vec![0; 64 * 1_024];
        while tick().saturating_sub(begin) < time {
            // The first one reads nothing.
            for (stream, events) in viewers.iter_mut().skip(1).zip(&mut events) {
                match stream.read(&mut bytes) {
                    Ok(0) => anyhow::bail!("a viewer was sent away"),
                    Ok(count) => {
                        let text = String::from_utf8_lossy(bytes.get(..count).unwrap_or_default());
                        *events += u32::try_from(text.matches("event: now").count())?;
                    }
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        let least = events.into_iter().min().unwrap_or(0);
        ensure!(least > 0, "somebody was told nothing");
        Ok(Watching {
            _viewers: viewers,
            least: f64::from(least),
        })
    }
}

fn connect() -> Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, PORT))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn request(what: &str, cookie: &str, body: &str) -> String {
    let form = if what.starts_with("POST") {
        format!(
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nSec-Fetch-Site: same-origin\r\n",
            body.len()
        )
    } else {
        String::new()
    };
    format!(
        "{what} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nAccept-Language: it\r\n{form}\r\n{body}"
    )
}

/// One request and its whole answer, which tells its length.
fn ask(stream: &mut TcpStream, what: &str, cookie: &str, body: &str) -> Result<Answer> {
    stream.write_all(request(what, cookie, body).as_bytes())?;
    let (mut text, mut bytes) = (Vec::new(), vec![0; 64 * 1_024]);
    let mut whole = None;
    while whole.is_none_or(|whole| text.len() < whole) {
        let count = stream.read(&mut bytes)?;
        ensure!(count > 0, "{what}: the answer ended early");
        text.extend_from_slice(bytes.get(..count).unwrap_or_default());
        if whole.is_none()
            && let Some(end) = text.windows(4).position(|end| end == b"\r\n\r\n")
        {
            let head = String::from_utf8_lossy(text.get(..end).unwrap_or_default()).to_ascii_lowercase();
            let length = between_lines(&head, "content-length:").unwrap_or("0");
            whole = Some(end + 4 + length.parse::<usize>()?);
        }
    }
    let text = String::from_utf8(text)?;
    let (head, body) = text.split_once("\r\n\r\n").context("no head")?;
    Ok(Answer {
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

fn between_lines<'t>(head: &'t str, name: &str) -> Option<&'t str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name))
        .map(str::trim)
}

fn between<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split('"').next()
}

/// The cookie that an answer sets, of those that it does not take away.
fn cookie(answer: &Answer) -> Result<String> {
    let lines = answer.head.lines().filter(|line| !line.contains("Max-Age=0"));
    let mut cookies = lines.filter_map(|line| line.split_once("set-cookie: "));
    let (_, cookie) = cookies.next().context("no cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

/// Milliseconds of each interaction, by what was done.
fn play(bed: &Bed, times: usize) -> Result<Vec<(String, Vec<f64>)>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/crowd.mjs");
    let output = bed
        .gateway
        .command("node")
        .arg(script)
        .arg(format!("http://127.0.0.1:{PORT}"))
        .arg(PASSWORD)
        .arg(times.to_string())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run node (Debian package nodejs)")?;
    ensure!(output.status.success(), "the browser did not get through");
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let told = told.as_object().context("not what was measured")?;
    told.iter()
        .map(|(what, waits)| {
            let waits = waits.as_array().context("no figures")?.iter();
            let waits: Option<Vec<f64>> = waits.map(Value::as_f64).collect();
            Ok((what.clone(), waits.context("not a number")?))
        })
        .collect()
}
