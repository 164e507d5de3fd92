//! Who reaches it: on real packets, with the real daemons.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::isolation::Namespace;
use portico::app::lab::phone::Phone;
use portico::app::lab::traffic::Reach;
use portico::app::lab::{Lab, Programs};
use serde_json::json;

use crate::metrics::{everything_asked_for_is_told, promtool};
use crate::{HOST, write_pair};

const PORT: u16 = 9_443;
const PATIENCE: Duration = Duration::from_secs(15);
/// The gateway in the network of management.
const OFFICE_V4: Ipv4Addr = Ipv4Addr::new(10, 99, 0, 1);
const OFFICE_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x99, 0, 0, 0, 0, 1);

/// The metrics of the real daemon, as the gateway itself gets them.
fn metrics(lab: &Lab) -> String {
    let connected = lab.gateway().within(|| TcpStream::connect(("127.0.0.1", PORT)));
    let mut stream = connected.unwrap().unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    body.to_owned()
}

/// Prometheus finds nothing wrong in what the real daemon tells, and nobody finds a station in it.
fn tells_no_station(lab: &Lab, phones: [&Phone; 2]) {
    let told = |line: &str| {
        poll(PATIENCE, || {
            metrics(lab).lines().find(|told| *told == line).map(drop)
        })
    };
    for line in [
        "portico_stations_in_sight{network=\"piazza\"} 1",
        "portico_stations{network=\"piazza\",state=\"granted\"} 0",
        "portico_sessions_started_total{network=\"piazza\"} 0",
        "portico_packet_path_linked 1",
    ] {
        assert!(told(line).is_some(), "{line}\n{}", metrics(lab));
    }
    let text = metrics(lab);
    assert_eq!(promtool(&["check", "metrics"], &text), Ok(String::new()));
    everything_asked_for_is_told(&text);
    for name in ["portico", "portico-netd"] {
        assert!(text.contains(&format!(
            "portico_process_resident_memory_bytes{{process=\"{name}\"}}"
        )));
    }
    for phone in phones {
        let mac = phone.mac().to_string();
        let mut traces = vec![
            mac.replace(':', ""),
            mac,
            phone.lease().unwrap().address.to_string(),
        ];
        traces.extend(phone.addresses_v6().unwrap().iter().map(ToString::to_string));
        for trace in traces {
            assert!(!text.contains(&trace), "{trace} in\n{text}");
        }
    }
}

/// A lab with a network of management, and somebody in it.
pub(crate) fn world() -> (Lab, Namespace, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    write_pair(folder.path());
    let open = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    open(folder.path(), 0o755);
    open(&folder.path().join("gateway.key"), 0o644);
    let config = format!(
        "[gateway]\nuplink = \"wan0\"\n[management]\ninterface = \"office0\"\nhost = \"{HOST}\"\n\
         certificate = \"{folder}/gateway.pem\"\nkey = \"{folder}/gateway.key\"\n\
         [[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\n\
         interface = \"br-piazza\"\nhost = \"piazza.wifi.example\"\n",
        folder = folder.path().display()
    );
    let programs = Programs {
        portico: env!("CARGO_BIN_EXE_portico").into(),
        netd: env!("CARGO_BIN_EXE_portico-netd").into(),
    };
    let mut lab = Lab::build(programs, &config).unwrap();
    let office = Namespace::new("office").unwrap();
    let gateway = lab.gateway();
    office
        .ip(&[
            format!(
                "link add desk0 type veth peer name office0 netns {}",
                gateway.path()
            ),
            "address add 10.99.0.2/24 dev desk0".to_owned(),
            "address add 2001:db8:99::2/64 dev desk0 nodad".to_owned(),
            "link set desk0 up".to_owned(),
        ])
        .unwrap();
    gateway
        .ip(&[
            format!("address add {OFFICE_V4}/24 dev office0"),
            format!("address add {OFFICE_V6}/64 dev office0 nodad"),
            "link set office0 up".to_owned(),
        ])
        .unwrap();
    office.wait_for_carrier("desk0").unwrap();
    lab.start().unwrap();
    (lab, office, folder)
}

/// Where the gateway could be asked: its addresses on the phone's network and on the other interface.
fn places(lab: &Lab) -> [IpAddr; 4] {
    let lan = &lab.lans()[0];
    [
        lan.gateway_v4().into(),
        lan.gateway_v6().into(),
        OFFICE_V4.into(),
        OFFICE_V6.into(),
    ]
}

/// How many packets the ruleset has refused so far.
fn refused(lab: &Lab) -> u64 {
    let text = lab
        .nft(&["list", "counter", "inet", "portico", "refused"])
        .unwrap();
    let mut words = text.split_whitespace();
    words.find(|word| *word == "packets").unwrap();
    words.next().unwrap().parse().unwrap()
}

/// The ruleset itself says no, at each address.
fn is_refused_by_rule(lab: &Lab, phone: &Phone, who: &str) {
    for place in places(lab) {
        let before = refused(lab);
        let reach = phone.tcp(SocketAddr::new(place, PORT));
        assert_eq!(reach, Reach::Refused, "{who} at {place}");
        assert!(refused(lab) > before, "{who} at {place}: not by the ruleset");
    }
}

fn from_office(office: &Namespace, address: SocketAddr) -> bool {
    let connected = office.within(|| TcpStream::connect_timeout(&address, Duration::from_secs(2)));
    connected.unwrap().is_ok()
}

#[test]
fn no_station_reaches_it_by_any_address_of_the_gateway() {
    let (mut lab, office, _folder) = world();
    let [captive, granted] = [(), ()].map(|()| {
        let mut phone = lab.phone(0).unwrap();
        phone.join().unwrap();
        phone
    });
    granted.tap().unwrap();
    tells_no_station(&lab, [&captive, &granted]);
    for address in [OFFICE_V4.into(), OFFICE_V6.into()] {
        let address = SocketAddr::new(address, PORT);
        assert!(
            poll(PATIENCE, || from_office(&office, address).then_some(())).is_some(),
            "{address}"
        );
    }
    is_refused_by_rule(&lab, &captive, "captive");
    is_refused_by_rule(&lab, &granted, "granted");

    // Somebody else's listener on all interfaces, in its place: the ruleset does not look at who listens.
    lab.edit_config(|config| {
        config["management"]
            .as_table_mut()
            .unwrap()
            .insert("enabled".to_owned(), false.into());
    })
    .unwrap();
    assert!(lab.control(&json!({"do": "reload"})).unwrap().get("ok").is_some());
    let wide = poll(PATIENCE, || {
        lab.gateway()
            .within(|| TcpListener::bind(("::", PORT)))
            .unwrap()
            .ok()
    });
    let wide = wide.unwrap();
    assert!(from_office(&office, SocketAddr::new(OFFICE_V4.into(), PORT)));
    is_refused_by_rule(&lab, &captive, "captive, a wide listener");
    is_refused_by_rule(&lab, &granted, "granted, a wide listener");
    drop(wide);
}

/// The second line: without any rule there is still nobody at that port on the interface of a network.
#[test]
fn without_any_ruleset_it_is_bound_to_its_interface() {
    let (mut lab, office, _folder) = world();
    let mut phone = lab.phone(0).unwrap();
    phone.join().unwrap();
    lab.netd().unwrap().kill().unwrap();
    lab.nft(&["flush", "ruleset"]).unwrap();
    let left = lab.nft(&["list", "ruleset"]).unwrap();
    for line in left.lines().filter(|line| line.starts_with("table ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        lab.nft(&["delete", "table", words[1], words[2]]).unwrap();
    }
    for place in places(&lab) {
        assert_eq!(
            phone.ping(place).unwrap(),
            Reach::Answered,
            "{place}: the way is open"
        );
        assert_eq!(phone.tcp(SocketAddr::new(place, PORT)), Reach::Refused, "{place}");
    }
    // The portal has no such scruples on its own interface, so the phone can connect.
    let portal = SocketAddr::new(places(&lab)[0], 8_443);
    assert_eq!(phone.tcp(portal), Reach::Answered);
    assert!(from_office(&office, SocketAddr::new(OFFICE_V4.into(), PORT)));
}
