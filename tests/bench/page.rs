//! The login page as a crowd gets it: compressed, over TLS, connections kept alive; against nginx in the
//! same namespace, on the same port, with the same certificate, sending the very same bytes from a
//! file. Both take turns in one run; the figures are medians. Needs root.

mod bed;
mod crowd;
mod report;

use std::fmt::Write as _;
use std::io::Read;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portico::app::lab::daemon::Daemon;

use bed::{Bed, GATEWAY, HOST, address};
use report::{Figure, Goal, is_smoke, quantile, say};

/// The crowd: many, for the kernel lets each captive station send 300 packets/s and no more.
const STATIONS: std::ops::Range<u32> = 1..129;
/// Where both listen behind the redirect of port 443.
const PORT: u16 = 8_443;
const READY: Duration = Duration::from_secs(20);

/// How much is done.
struct Scale {
    turns: usize,
    time: Duration,
}

const FULL: Scale = Scale {
    turns: 5,
    time: Duration::from_secs(5),
};
const SMOKE: Scale = Scale {
    turns: 1,
    time: Duration::from_secs(1),
};

/// Seen by the crowd in one turn.
#[derive(Default)]
struct Seen {
    per_second: Vec<f64>,
    p99_ms: Vec<f64>,
}

fn main() -> Result<()> {
    let scale = if is_smoke() { SMOKE } else { FULL };
    let mut bed = Bed::build(1_000, std::slice::from_ref(&STATIONS))?;
    bed.street.ip(&[format!(
        "address add {}/128 dev sta0 nodad",
        address(STATIONS.start)
    )])?;
    std::fs::write(bed.path("hosts"), format!("{GATEWAY} {HOST}\n"))?;
    bed.start_netd()?;
    let (mut ours, mut theirs) = (Seen::default(), Seen::default());
    let mut bytes = 0;
    for turn in 1..=scale.turns {
        say(&format!("turn {turn} of {}: portico", scale.turns));
        bed.start_portico(0)?;
        bytes = keep_page(&bed)?;
        look_at(&bed, scale.time, &mut ours)?;
        bed.portico()?.stop(READY)?;
        say(&format!("turn {turn} of {}: nginx", scale.turns));
        let mut nginx = start_nginx(&bed)?;
        look_at(&bed, scale.time, &mut theirs)?;
        nginx.stop(READY)?;
    }
    let case = format!("{bytes} bytes, gzip, TLS 1.3, {} stations", STATIONS.len());
    tell(&case, &ours, &theirs);
    Ok(())
}

fn tell(case: &str, ours: &Seen, theirs: &Seen) {
    let median = |values: &[f64]| quantile(values, 500);
    let (ours_rate, theirs_rate) = (median(&ours.per_second), median(&theirs.per_second));
    for (metric, value, unit, baseline, goal) in [
        ("pages", ours_rate, "1/s", Some(theirs_rate), None),
        (
            "share_of_nginx",
            ours_rate / theirs_rate,
            "1",
            None,
            Some(Goal::AtLeast(0.7)),
        ),
        (
            "page_p99",
            median(&ours.p99_ms),
            "ms",
            Some(median(&theirs.p99_ms)),
            None,
        ),
    ] {
        Figure {
            bench: "page",
            case,
            metric,
            value,
            unit,
            baseline,
            goal,
        }
        .print();
    }
}

/// Gets the page as fast as it comes.
fn look_at(bed: &Bed, time: Duration, seen: &mut Seen) -> Result<()> {
    let looks = crowd::look(bed, STATIONS, time, Duration::ZERO)?;
    let (seconds, waits) = (looks.seconds, looks.all()?);
    let looks = u32::try_from(waits.len()).context("too many")?;
    seen.per_second.push(f64::from(looks) / seconds);
    seen.p99_ms.push(quantile(&waits, 990));
    Ok(())
}

/// A command in the street that finds the portal by its name.
fn in_street(bed: &Bed, program: &str) -> std::process::Command {
    let mut command = bed.street.command("unshare");
    let script = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
    command
        .args(["--mount", "sh", "-c", script])
        .arg(bed.path("hosts"))
        .arg(program);
    command
}

/// Keeps what `portico` sends for nginx to send, compressed and not; its length.
fn keep_page(bed: &Bed) -> Result<usize> {
    let output = in_street(bed, "curl")
        .args(["--silent", "--show-error", "--insecure", "--fail"])
        .args(["-H", "Accept-Encoding: gzip", "-H", "Accept-Language: it"])
        .arg("--dump-header")
        .arg(bed.path("head"))
        .arg(format!("https://{HOST}/"))
        .output()
        .context("cannot run curl")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut page = String::new();
    flate2::read::GzDecoder::new(output.stdout.as_slice()).read_to_string(&mut page)?;
    ensure!(page.contains("name=\"token\""), "not the login page: {page:.300}");
    let root = bed.path("www");
    std::fs::create_dir_all(&root)?;
    std::fs::write(root.join("index.html"), &page)?;
    std::fs::write(root.join("index.html.gz"), &output.stdout)?;
    Ok(output.stdout.len())
}

/// Headers of `portico`'s answer that nginx does not make by itself.
fn extra_headers(bed: &Bed) -> Result<String> {
    let head = std::fs::read_to_string(bed.path("head"))?;
    let own = [
        "content-type",
        "content-length",
        "content-encoding",
        "date",
        "etag",
        "last-modified",
    ];
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let extra = lines.filter(|(name, _)| !own.contains(&name.to_ascii_lowercase().as_str()));
    Ok(extra.fold(String::new(), |mut text, (name, value)| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "add_header {name} \"{value}\";");
        text
    }))
}

fn start_nginx(bed: &Bed) -> Result<Daemon> {
    let directory = bed.path("");
    let directory = directory.display();
    let text = format!(
        "daemon off; worker_processes 2; error_log {directory}/nginx-error.log; pid {directory}/nginx.pid;
         events {{ worker_connections 1024; }}
         http {{
           access_log off; sendfile on; tcp_nopush on; keepalive_timeout 75s; keepalive_requests 1000000000;
           open_file_cache max=100 inactive=1h; types {{ text/html html; }}
           client_body_temp_path {directory}/t1; proxy_temp_path {directory}/t2; fastcgi_temp_path {directory}/t3;
           uwsgi_temp_path {directory}/t4; scgi_temp_path {directory}/t5;
           server {{
             listen [::]:{PORT} ssl; server_name {HOST}; root {directory}/www; gzip_static on; etag off;
             ssl_certificate {directory}/portal.pem; ssl_certificate_key {directory}/portal.key;
             ssl_protocols TLSv1.3;
             {extra}
           }}
         }}",
        extra = extra_headers(bed)?
    );
    std::fs::write(bed.path("nginx.conf"), text)?;
    let mut command = bed.gateway.command("nginx");
    command
        .arg("-c")
        .arg(bed.path("nginx.conf"))
        .arg("-p")
        .arg(bed.path(""));
    let mut nginx = Daemon::start("nginx", command, &bed.path("nginx.log"))?;
    let port = std::net::SocketAddr::new(std::net::Ipv6Addr::LOCALHOST.into(), PORT);
    nginx.wait_until(READY, "port", || {
        let tried = bed.gateway.within(|| std::net::TcpStream::connect(port).is_ok());
        matches!(tried, Ok(true))
    })?;
    Ok(nginx)
}
