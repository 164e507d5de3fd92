//! The fast path on real packets: known flows skip the kernel's stack, within their limits, counted to the byte, no longer
//! than the station has access; and without it everything goes on by the plain way.
//!
//! Needs root, a kernel with BPF and TCX, and the Debian packages iproute2, nftables, conntrack, dnsmasq-base, busybox and
//! clang-14; fails without them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a whole target of tests: a failure is a panic"
)]

mod object;

use std::fs;
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::dns::Family;
use portico::app::lab::phone::Phone;
use portico::app::lab::{Lab, Programs};
use portico::model::{Burst, Counters, NetworkId, Pace, Rate, RatePlan};
use portico::net::Kernel;
use portico::net::client::{Client, SOCKET};
use portico::net::ipc::Request;
use portico::net::nftables::Nftables;
use serde_json::json;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long something is looked at.
const A_WHILE: Duration = Duration::from_secs(1);
/// Bytes a second, either way.
const RATE: u64 = 2_500_000;
/// Packets that an echo stream has in [`A_WHILE`], each way.
const ECHOES: u64 = 180;

fn programs() -> Programs {
    Programs {
        portico: env!("CARGO_BIN_EXE_portico").into(),
        netd: env!("CARGO_BIN_EXE_portico-netd").into(),
    }
}

fn network() -> NetworkId {
    "piazza".parse().unwrap()
}

/// A network with the plan, running, after `prepare` was done to it.
fn town(prepare: impl FnOnce(&mut Lab)) -> Lab {
    let config = "[gateway]\nuplink = \"wan0\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\n\
         interface = \"br-piazza\"\nhost = \"wifi.example\"\n[network.rate]\ndown = \"20 Mbit/s\"\nup = \"20 Mbit/s\"\n";
    let mut lab = Lab::build(programs(), config).unwrap();
    prepare(&mut lab);
    lab.start().unwrap();
    lab
}

fn online(lab: &mut Lab) -> Phone {
    let mut phone = lab.phone(0).unwrap();
    phone.join().unwrap();
    phone.tap().unwrap();
    phone
}

/// What Portico tells of the station.
fn told(lab: &Lab, phone: &Phone) -> Option<Counters> {
    let stations = lab.control(&json!({"do": "stations"})).unwrap();
    let mac = phone.mac().to_string();
    let mut stations = stations["ok"].as_array()?.iter();
    let station = stations.find(|station| station["mac"] == mac.as_str())?;
    serde_json::from_value(station["standing"]["granted"]["usage"].clone()).ok()
}

/// What nftables has counted of the station: the plain way alone.
fn plainly(lab: &Lab, phone: &Phone) -> Counters {
    let read = || {
        let (mut out, mut missing) = (Vec::new(), Vec::new());
        let mut kernel = Nftables::open().unwrap();
        kernel
            .counters(network(), &[phone.mac()], &mut out, &mut missing)
            .unwrap();
        out.first().map(|(_, counters)| *counters).unwrap_or_default()
    };
    lab.gateway().within(read).unwrap()
}

/// Packets that the gateway's own stack has forwarded, of both families.
fn forwarded(lab: &Lab) -> u64 {
    let read = || {
        let snmp = fs::read_to_string("/proc/thread-self/net/snmp").unwrap();
        let mut ip = snmp.lines().filter(|line| line.starts_with("Ip: "));
        let (names, values) = (ip.next().unwrap(), ip.next().unwrap());
        let place = names.split(' ').position(|name| name == "ForwDatagrams").unwrap();
        let v4: u64 = values.split(' ').nth(place).unwrap().parse().unwrap();
        let snmp6 = fs::read_to_string("/proc/thread-self/net/snmp6").unwrap();
        let v6 = snmp6
            .lines()
            .find_map(|line| line.strip_prefix("Ip6OutForwDatagrams"));
        v4 + v6.unwrap().trim().parse::<u64>().unwrap()
    };
    lab.gateway().within(read).unwrap()
}

/// Packets that have left by the uplink.
fn left(lab: &Lab) -> u64 {
    let read = || {
        let devices = fs::read_to_string("/proc/thread-self/net/dev").unwrap();
        let line = devices
            .lines()
            .find_map(|line| line.trim().strip_prefix("wan0:"))
            .unwrap();
        line.split_whitespace().nth(9).unwrap().parse::<u64>().unwrap()
    };
    lab.gateway().within(read).unwrap()
}

/// How much a reading grows in [`A_WHILE`].
fn grows(reading: impl Fn() -> u64) -> u64 {
    let before = reading();
    std::thread::sleep(A_WHILE);
    reading() - before
}

/// Waits until a running echo stream goes the fast way.
fn wait_until_known(lab: &Lab) {
    let known = poll(PATIENCE, || {
        (grows(|| forwarded(lab)) < ECHOES / 4 && grows(|| left(lab)) >= ECHOES).then_some(())
    });
    assert!(known.is_some(), "the flow goes the plain way: {}", lab.logs(20));
}

/// Within the limit, by a wide margin: the machine may be busy, and who reads waits for what was lost. Who were charged
/// twice would have half of it.
fn is_held(bytes_per_second: u64) -> bool {
    (RATE * 6 / 10..RATE * 112 / 100).contains(&bytes_per_second)
}

#[test]
fn known_flows_skip_the_stack_within_their_limits_and_are_counted() {
    let mut lab = town(|_| ());
    let phone = online(&mut lab);
    for family in [Family::V4, Family::V6] {
        let (before, stack, nft) = (
            told(&lab, &phone).unwrap(),
            forwarded(&lab),
            plainly(&lab, &phone),
        );
        let up = phone.upload(family, 6).unwrap();
        let down = phone.download(family, 6).unwrap();
        assert!(
            is_held(up.bytes_per_second) && is_held(down.bytes_per_second),
            "{family:?} {up:?} {down:?}"
        );
        let all = poll(PATIENCE, || {
            let now = told(&lab, &phone)?.since(before);
            (now.up.bytes >= up.bytes && now.down.bytes >= down.bytes).then_some(now)
        });
        let all = all.unwrap_or_else(|| panic!("told of {:?}, moved {up:?} {down:?}", told(&lab, &phone)));
        assert!(
            all.up.bytes + all.down.bytes < (up.bytes + down.bytes) * 12 / 10,
            "{all:?} {up:?} {down:?}"
        );
        let plain = plainly(&lab, &phone).since(nft);
        let few = |plain: u64, all: u64| plain * 4 < all;
        assert!(
            few(plain.up.bytes, all.up.bytes) && few(plain.down.bytes, all.down.bytes),
            "{family:?}: {plain:?} of {all:?} went the plain way"
        );
        let stack = forwarded(&lab) - stack;
        assert!(
            stack * 4 < all.up.packets + all.down.packets,
            "{family:?}: {stack} packets of {all:?}"
        );
    }
    // A connection that was closed is closed for connection tracking too.
    let closed = poll(PATIENCE, || {
        let mut list = lab.gateway().command("conntrack");
        let output = list
            .args(["-L", "-p", "tcp", "--dport", "80", "--state", "ESTABLISHED"])
            .output()
            .unwrap();
        output.stdout.is_empty().then_some(())
    });
    assert!(closed.is_some(), "connections that nobody has any more");
}

#[test]
fn access_ends_for_known_flows_at_once() {
    let mut lab = town(|_| ());
    let phone = online(&mut lab);
    for family in [Family::V4, Family::V6] {
        let stream = phone.echo_stream(family).unwrap();
        wait_until_known(&lab);
        let mac = phone.mac().to_string();
        lab.control(&json!({"do": "revoke", "network": null, "mac": mac}))
            .unwrap();
        let gone = grows(|| left(&lab));
        assert!(gone < ECHOES / 8, "{gone} packets left after the end of access");
        let count = stream.finish().unwrap();
        assert!(count.returned < count.sent, "{count:?}");
        phone.tap().unwrap();
    }
}

#[test]
fn a_known_flow_is_its_station_s_alone() {
    let mut lab = town(|_| ());
    let phone = online(&mut lab);
    let mut other = lab.phone(0).unwrap();
    other.join().unwrap();
    let stream = phone.echo_stream(Family::V4).unwrap();
    wait_until_known(&lab);
    // The same addresses and ports, from another MAC: what a bridge would hand on.
    let frames = frames_of(&phone);
    assert!(!frames.is_empty(), "no packet of the flow was seen");
    let forged = other.frames().unwrap();
    let before = left(&lab);
    for frame in frames.iter().cycle().take(1_000) {
        let mut frame = frame.clone();
        frame[6..12].copy_from_slice(&other.mac().octets());
        forged.send(&frame).unwrap();
    }
    let count = stream.finish().unwrap();
    let sent = left(&lab) - before;
    assert!(sent <= count.sent + ECHOES / 4, "{sent} packets left, {count:?}");
}

/// Frames that the phone sends in a while.
fn frames_of(phone: &Phone) -> Vec<Vec<u8>> {
    let ears = phone.frames().unwrap();
    let mut frames = Vec::new();
    // Both ways: about as many as there are in that time.
    for _ in 0..2 * ECHOES {
        let heard = ears.next(Duration::from_millis(100)).unwrap();
        frames.extend(heard.filter(|frame| frame.get(6..12) == Some(&phone.mac().octets()[..])));
    }
    frames
}

/// Tells the helper a limit ahead.
fn tell_ahead(phone: &Phone, rate: &str) {
    let rate: Rate = rate.parse().unwrap();
    let plan = RatePlan {
        down: rate,
        up: rate,
        burst: Burst::from_bytes(131_072).unwrap(),
    };
    let pace = Pace {
        network: network(),
        mac: phone.mac(),
        plan: Some(plan),
    };
    let elsewhere = Pace {
        network: "elsewhere".parse().unwrap(),
        ..pace
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let socket = Lab::run_dir().join(SOCKET);
        let mut client = Client::connect(&socket, false).await.unwrap();
        client.requests.send(&Request::Pace(vec![pace])).await.unwrap();
        // Of these nothing is carried out.
        let wrong = Pace { plan: None, ..pace };
        client
            .requests
            .send(&Request::Pace(vec![wrong, elsewhere]))
            .await
            .unwrap();
        // The answer to this comes when those before it have been looked at.
        client.requests.send(&Request::ListSessions).await.unwrap();
        client.replies.next().await.unwrap();
    });
}

#[test]
fn a_limit_told_ahead_holds_known_flows_and_lets_nobody_in() {
    let mut lab = town(|_| ());
    let phone = online(&mut lab);
    let mut captive = lab.phone(0).unwrap();
    captive.join().unwrap();
    tell_ahead(&phone, "10 Mbit/s");
    tell_ahead(&captive, "10 Mbit/s");
    for way in [Phone::upload, Phone::download] {
        let moved = way(&phone, Family::V4, 6).unwrap();
        assert!(
            (RATE * 3 / 10..RATE * 7 / 10).contains(&moved.bytes_per_second),
            "{moved:?}"
        );
    }
    let echoes = captive.echo_stream(Family::V4).unwrap();
    assert!(grows(|| left(&lab)) < ECHOES / 8, "a limit is no access");
    echoes.finish().unwrap();
    // The end of access is what it was.
    let mac = phone.mac().to_string();
    let stream = phone.echo_stream(Family::V4).unwrap();
    wait_until_known(&lab);
    lab.control(&json!({"do": "revoke", "network": null, "mac": mac}))
        .unwrap();
    tell_ahead(&phone, "100 Mbit/s");
    let gone = grows(|| left(&lab));
    assert!(gone < ECHOES / 8, "{gone} packets left after the end of access");
    stream.finish().unwrap();
}

/// The line carries so much.
fn line_of(rate: &'static str) -> impl Fn(&mut Lab) {
    move |lab| {
        lab.edit_config(|config| {
            let line = config
                .get_mut("uplink")
                .and_then(toml::Value::as_table_mut)
                .unwrap();
            for way in ["down", "up"] {
                line.insert(way.to_owned(), rate.into());
            }
        })
        .unwrap();
    }
}

#[test]
fn queues_take_nothing_off_a_limit() {
    let mut lab = town(line_of("200 Mbit/s"));
    let phone = online(&mut lab);
    for way in [Phone::upload, Phone::download] {
        for family in [Family::V4, Family::V6] {
            let moved = way(&phone, family, 9).unwrap();
            assert!(is_held(moved.bytes_per_second), "{family:?} {moved:?}");
        }
    }
}

#[test]
fn a_scarce_line_is_shared_by_those_who_go_the_fast_way_too() {
    // Half of what one may have, for both.
    let mut lab = town(line_of("10 Mbit/s"));
    let (anna, bruno) = (online(&mut lab), online(&mut lab));
    let stack = forwarded(&lab);
    for way in [Phone::upload, Phone::download] {
        let both = std::thread::scope(|scope| {
            let run = |phone| scope.spawn(move || way(phone, Family::V4, 12).unwrap());
            [run(&anna), run(&bruno)].map(|running| running.join().unwrap().bytes_per_second)
        });
        let sum: u64 = both.iter().sum();
        assert!((RATE * 3 / 10..RATE * 6 / 10).contains(&sum), "{both:?}");
        assert!(both.iter().all(|own| own * 10 > sum * 3), "{both:?}");
    }
    let moved =
        [&anna, &bruno].map(|phone| told(&lab, phone).map_or(0, |all| all.up.packets + all.down.packets));
    let stack = forwarded(&lab) - stack;
    assert!(
        stack * 3 < moved.iter().sum(),
        "{stack} packets of {moved:?} went the plain way"
    );
}

#[test]
fn without_the_helper_known_flows_go_on_by_the_plain_way_and_nothing_is_counted_twice() {
    let mut lab = town(|_| ());
    let phone = online(&mut lab);
    let stream = phone.echo_stream(Family::V4).unwrap();
    wait_until_known(&lab);
    lab.netd().unwrap().kill().unwrap();
    assert!(
        grows(|| forwarded(&lab)) > ECHOES,
        "the program has gone with the process"
    );
    lab.start_netd().unwrap();
    wait_until_known(&lab);
    let count = stream.finish().unwrap();
    assert!(count.returned + 5 >= count.sent, "{count:?}");
    std::thread::sleep(A_WHILE * 12);
    let all = told(&lab, &phone).unwrap();
    // What was counted since the last reading before the kill is lost, and nothing else; the phone's own chatter is more.
    assert!(
        all.up.packets < count.sent * 12 / 10 && all.up.packets > count.sent / 3,
        "{all:?} {count:?}"
    );
}

#[test]
fn a_shorter_uplink_is_told_and_a_configuration_without_it_has_none() {
    let narrow = |lab: &mut Lab| {
        let short = ["link set wan0 mtu 1400".to_owned()];
        lab.gateway().ip(&short).unwrap();
    };
    let mut lab = town(narrow);
    let phone = online(&mut lab);
    let up = phone.upload(Family::V4, 5).unwrap();
    assert!(is_held(up.bytes_per_second), "{up:?}");
    lab.edit_config(|config| {
        let forward = toml::Table::from_iter([("fast_path".to_owned(), false.into())]);
        config.insert("forward".to_owned(), forward.into());
    })
    .unwrap();
    let stream = phone.echo_stream(Family::V4).unwrap();
    wait_until_known(&lab);
    let answer = lab.control(&json!({"do": "reload"})).unwrap();
    assert!(answer.get("error").is_none(), "{answer}");
    assert!(grows(|| forwarded(&lab)) > ECHOES);
    let count = stream.finish().unwrap();
    assert_eq!(count.returned, count.sent);
}
