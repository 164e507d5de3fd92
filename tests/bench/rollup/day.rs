//! What a day of a town writes to the flash: the state database with its sessions, and the figures. The day is
//! played through with the daemon's own `core` and databases and a clock wound by hand. What is counted is
//! `write_bytes` of the process (proc(5)): pages that were given to the disk, of 4 KiB each; the file
//! system's own journal comes on top. After each write the files are synced, as they would be between two.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use portico::core::{Event, Note};
use portico::model::{Boot, TimeZone};
use portico::store::figures::{FILE, FigureStore};
use portico::store::{Change, Pace, SqliteStore, Store as _, Subject};

use crate::report::{Goal, ms_since, quantile, say, tick};
use crate::world::{World, mac, millis, networks};
use crate::{case, number};

/// The most that may be written in a day, MB.
const GOAL: f64 = 20.0;
/// How many of 380 sessions of a network begin in each hour of the day.
const HOURLY: [u32; 24] = [
    2, 1, 0, 0, 0, 1, 3, 8, 14, 18, 20, 24, 28, 22, 18, 20, 26, 34, 40, 36, 28, 20, 12, 5,
];
/// How long a station moves data after its grant.
const STAYS: Duration = Duration::from_mins(25);
const HOUR_MS: u64 = 3_600_000;

/// How large a day.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    networks: u32,
    /// Grants of the day on each network.
    grants: u32,
    hours: usize,
}

pub(crate) const FULL: Scale = Scale {
    networks: 20,
    grants: 120,
    hours: 24,
};
pub(crate) const SMOKE: Scale = Scale {
    networks: 2,
    grants: 40,
    hours: 24,
};

/// Both databases, and what was written to each.
struct Disk {
    state: SqliteStore,
    figures: FigureStore,
    files: [PathBuf; 2],
    /// Changes that wait for others, and until when.
    waiting: BTreeMap<Subject, Change>,
    due: Option<Boot>,
    wipe_due: Option<Boot>,
    written: [u64; 2],
    commits: u64,
    /// Milliseconds of each write of figures: within an hour, at its end, and while the day before is put away.
    times: [Vec<f64>; 3],
}

pub(crate) fn measure(scale: Scale) -> Result<()> {
    let name = format!(
        "{} networks, {} grants",
        scale.networks,
        scale.networks * scale.grants
    );
    say(&format!("{name}: a day"));
    let folder = tempfile::tempdir_in(disk())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let disk = runtime.block_on(play(&scale, folder.path()))?;
    let case = case(&name);
    let megabytes = |bytes: u64| number(bytes / 1_000) / 1_000.0;
    let [state, figures] = disk.written.map(megabytes);
    case.figure("written_state", state, "MB a day", None).print();
    case.figure("written_figures", figures, "MB a day", None).print();
    let goal = Some(Goal::AtMost(GOAL));
    case.figure("written", state + figures, "MB a day", goal).print();
    case.figure("commits_of_state", number(disk.commits), "1", None)
        .print();
    let [minutes, hours, days] = &disk.times;
    for (metric, times, thousandths) in [
        ("save_p50", minutes, 500),
        ("turn_of_an_hour_p50", hours, 500),
        ("turn_of_the_day_most", days, 1_000),
    ] {
        case.figure(metric, quantile(times, thousandths), "ms", None)
            .print();
    }
    Ok(())
}

/// Where files lie on a disk: a file system in memory is never written to the flash.
fn disk() -> PathBuf {
    std::env::var_os("CARGO_TARGET_TMPDIR").map_or_else(std::env::temp_dir, PathBuf::from)
}

/// From midnight to a few minutes after the next.
async fn play(scale: &Scale, folder: &Path) -> Result<Disk> {
    let networks = networks(scale.networks)?;
    let mut world = World::new(&networks, "2026-11-22T23:00:00Z".parse()?)?;
    let files = [folder.join("state.db"), folder.join(FILE)];
    let mut disk = Disk {
        state: SqliteStore::open(&files[0]).await?,
        figures: FigureStore::open(&files[1]).await?,
        files,
        waiting: BTreeMap::new(),
        due: None,
        wipe_due: None,
        written: [0; 2],
        commits: 0,
        times: [const { Vec::new() }; 3],
    };
    disk.take(&mut world).await?;
    disk.written = [0; 2];
    let began = world.now.boot;
    let (language, mut station) = ("it".parse()?, 0_u32);
    for (hour, share) in HOURLY.iter().enumerate().take(scale.hours) {
        let begins = began.plus_ms(u64::try_from(hour)? * HOUR_MS);
        let arrivals = scale.networks * scale.grants * share / HOURLY.iter().sum::<u32>();
        for arrival in 0..arrivals {
            let at = u64::from(arrival) * HOUR_MS / u64::from(arrivals);
            disk.go_on(&mut world, begins.plus_ms(at)).await?;
            let network = networks[usize::try_from(arrival)? % networks.len()];
            // In no order, as people come.
            let mac = mac(station.wrapping_mul(0x9e37_79b9) >> 4)?;
            let note = |note| Event::Noted { network, mac, note };
            world.tell(note(Note::Viewed(language)));
            world.tell(note(Note::Loaded {
                ms: 100 + station * 7 % 900,
                banner: Some(true),
            }));
            station += 1;
            world.arrive(network, mac, STAYS);
            disk.take(&mut world).await?;
        }
    }
    let midnight = began.plus_ms(u64::try_from(scale.hours)? * HOUR_MS);
    disk.go_on(&mut world, midnight.plus_ms(600_000)).await?;
    ensure!(
        station > 0 && disk.times.iter().all(|times| !times.is_empty()),
        "a whole day has passed"
    );
    Ok(disk)
}

impl Disk {
    /// Lets time pass, and writes what is due meanwhile.
    async fn go_on(&mut self, world: &mut World, until: Boot) -> Result<()> {
        while world.now.boot < until {
            let ours = [self.due, self.wipe_due].into_iter().flatten().min();
            let next = ours.map_or(world.due(), |due| due.min(world.due())).min(until);
            world.advance(next.max(world.now.boot));
            self.take(world).await?;
        }
        Ok(())
    }

    /// Does what the writers of both databases do.
    async fn take(&mut self, world: &mut World) -> Result<()> {
        let now = world.now.boot;
        for change in world.changes.drain(..) {
            let at = now.plus_ms(millis(Pace::DAEMON.of(&change)));
            self.due = Some(self.due.map_or(at, |due| due.min(at)));
            self.waiting.insert(change.subject(), change);
        }
        if self.due.is_some_and(|due| due <= now) {
            self.due = None;
            let changes: Vec<Change> = std::mem::take(&mut self.waiting).into_values().collect();
            let before = written()?;
            self.state.write(&changes).await?;
            self.commits += 1;
            self.written[0] += written()? - before;
            if changes.iter().any(Change::forgets) {
                self.wipe_due
                    .get_or_insert(now.plus_ms(millis(Pace::DAEMON.wipe)));
            }
        }
        if self.wipe_due.is_some_and(|due| due <= now) {
            self.wipe_due = None;
            let before = written()?;
            self.state.wipe().await?;
            self.written[0] += written()? - before;
        }
        let (figures, beat) = (std::mem::take(&mut world.figures), world.beat.take());
        if !figures.is_empty() || beat.is_some() {
            let (before, began) = (written()?, tick());
            self.figures.write(&figures, beat.as_ref()).await?;
            let time = ms_since(began);
            sync(&self.files[1])?;
            self.written[1] += written()? - before;
            self.times[turn(world.now.wall)].push(time);
        }
        Ok(())
    }
}

/// Which of the times a write belongs to.
fn turn(at: Timestamp) -> usize {
    let local = at.to_zoned(TimeZone::rome().jiff().clone());
    match (local.hour(), local.minute()) {
        (0, 0..10) => 2,
        (_, 0) => 1,
        _ => 0,
    }
}

/// Puts a database and its log on the disk.
fn sync(path: &Path) -> Result<()> {
    for suffix in ["", "-wal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        File::open(PathBuf::from(name))?.sync_data()?;
    }
    Ok(())
}

/// Bytes that this process has given to the disk.
fn written() -> Result<u64> {
    let text = std::fs::read_to_string("/proc/self/io")?;
    let line = text.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    Ok(line
        .context("the kernel does not count what is written")?
        .parse()?)
}
