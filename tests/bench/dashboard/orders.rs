//! How soon an order given on the list of stations is in the kernel: about one of them, and about all.

use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use portico::model::{Mac, NetworkId, Rate};
use portico::net::Kernel as _;
use portico::net::nftables::Nftables;

use super::report::{ms_since, tick};
use super::{Admin, ask, bed, between, connect};

/// Longer than any of them takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// An administrator, and a look into the kernel.
pub(crate) struct Orders<'a> {
    admin: &'a Admin,
    stream: TcpStream,
    form: String,
    network: NetworkId,
    kernel: Nftables,
}

impl<'a> Orders<'a> {
    /// To be made, and used, in the gateway's namespace.
    pub(crate) fn open(admin: &'a Admin) -> Result<Self> {
        let mut stream = connect()?;
        let page = ask(&mut stream, "GET /stations", &admin.cookie, "")?;
        let form = between(&page.body, "name=\"form\" value=\"").context("no form")?;
        Ok(Self {
            admin,
            stream,
            form: form.to_owned(),
            network: bed::network()?,
            kernel: Nftables::open()?,
        })
    }

    /// Milliseconds until one station's session is out of the kernel, for each of these.
    pub(crate) fn end_each(&mut self, stations: std::ops::Range<u32>) -> Result<Vec<f64>> {
        let mut waits = Vec::new();
        for station in stations {
            let mac = bed::mac(station)?;
            let wanted = mac.to_string();
            let begin = tick();
            self.give(&[("q", &wanted), ("sure", "1"), ("act", "end")])?;
            self.wait_until(begin, |orders| Ok(orders.missing(&[mac])? == 1))?;
            waits.push(ms_since(begin));
        }
        Ok(waits)
    }

    /// Milliseconds until everybody who is online has another plan in the kernel.
    pub(crate) fn slow_down_all(&mut self, count: u32) -> Result<f64> {
        let rate: Rate = "2 Mbit/s".parse()?;
        let begin = tick();
        self.give_all(count, &[("act", "plan"), ("down", "2"), ("up", "2")])?;
        self.wait_until(begin, |orders| {
            let held = orders.kernel.sessions(orders.network)?;
            let plans = held.iter().filter_map(|session| session.entry.plan);
            let count = usize::try_from(count)?;
            Ok(plans.filter(|plan| (plan.down, plan.up) == (rate, rate)).count() >= count)
        })
    }

    /// Milliseconds until the sessions of all these are out of the kernel.
    pub(crate) fn end_all(&mut self, stations: std::ops::Range<u32>) -> Result<f64> {
        let count = stations.end - stations.start;
        let macs = stations.map(bed::mac).collect::<Result<Vec<Mac>>>()?;
        let begin = tick();
        self.give_all(count, &[("act", "end")])?;
        self.wait_until(begin, |orders| Ok(orders.missing(&macs)? == macs.len()))
    }

    fn give_all(&mut self, count: u32, order: &[(&str, &str)]) -> Result<()> {
        let count = count.to_string();
        let all = [("state", "granted"), ("q", ""), ("sure", &count)];
        self.give(&[&all[..], order].concat())
    }

    /// Sends the form of an order about all that a search finds.
    fn give(&mut self, fields: &[(&str, &str)]) -> Result<()> {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs([("form", self.form.as_str()), ("all", "1")]);
        body.extend_pairs(fields);
        let answer = ask(
            &mut self.stream,
            "POST /stations/do",
            &self.admin.cookie,
            &body.finish(),
        )?;
        ensure!(answer.head.contains(" 200 "), "not done: {}", answer.head);
        Ok(())
    }

    /// How many of these the kernel does not hold.
    fn missing(&mut self, macs: &[Mac]) -> Result<usize> {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        self.kernel
            .counters(self.network, macs, &mut found, &mut missing)?;
        Ok(missing.len())
    }

    fn wait_until(
        &mut self,
        begin: Duration,
        mut is_so: impl FnMut(&mut Self) -> Result<bool>,
    ) -> Result<f64> {
        while !is_so(self)? {
            ensure!(
                tick().saturating_sub(begin) < PATIENCE,
                "the kernel does not follow"
            );
        }
        Ok(ms_since(begin))
    }
}
