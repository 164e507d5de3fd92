//! Recognises the connectivity probes of operating systems.
//!
//! A phone that joins a network asks a well-known address on port 80 and compares the answer with
//! the one it expects. One table lists those addresses; [`recognise`] looks a request up in it. The
//! function is total: any text gives an answer, mostly "no probe".

/// Whose probe it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProbeFamily {
    /// AOSP and everything built like it, when no vendor's own host is asked.
    Android,
    /// Samsung's own hosts.
    Samsung,
    /// Xiaomi.
    Xiaomi,
    /// Huawei.
    Huawei,
    /// Honor.
    Honor,
    /// OPPO, `OnePlus`, realme.
    Oppo,
    /// vivo.
    Vivo,
    /// Chromium and `ChromeOS` (shill).
    Chrome,
    /// iOS, iPadOS, macOS.
    Apple,
    /// Windows (NCSI).
    Windows,
    /// Microsoft Edge.
    Edge,
    /// Firefox.
    Firefox,
    /// GNOME and `NetworkManager` as its authors ship it.
    Gnome,
    /// Debian.
    Debian,
    /// Ubuntu.
    Ubuntu,
    /// Fedora.
    Fedora,
    /// Arch Linux.
    Arch,
    /// KDE.
    Kde,
    /// Steam and the Steam Deck.
    Steam,
    /// Kindle and Fire OS.
    Kindle,
    /// Nintendo consoles.
    Nintendo,
    /// `PlayStation`.
    PlayStation,
    /// Independent checks (Cloudflare, /e/, Kuketz).
    Independent,
}

/// How the portal best answers a captive station's probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// `302` to the portal.
    Redirect,
    /// `200` with a page that leads to the portal, for agents that take a redirect to a private
    /// address for a broken network (PacketFence issues 3419 and 5086).
    Page,
}

/// A recognised probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Whose.
    pub family: ProbeFamily,
    /// How to answer it.
    pub answer: ProbeAnswer,
}

/// Which paths of a host are probes.
enum Paths {
    /// Every path: the host serves nothing else.
    Any,
    /// These only: the host has other lives.
    Only(&'static [&'static str]),
}

struct Row {
    host: &'static str,
    paths: Paths,
    family: ProbeFamily,
    answer: ProbeAnswer,
}

const fn row(host: &'static str, paths: Paths, family: ProbeFamily) -> Row {
    Row {
        host,
        paths,
        family,
        answer: ProbeAnswer::Redirect,
    }
}

const fn page(host: &'static str, paths: Paths, family: ProbeFamily) -> Row {
    Row {
        host,
        paths,
        family,
        answer: ProbeAnswer::Page,
    }
}

/// The paths of the AOSP check and of all who took it over.
const GENERATE_204: &[&str] = &["/generate_204", "/gen_204"];

const ROWS: &[Row] = &[
    row("connectivitycheck.gstatic.com", Paths::Any, ProbeFamily::Android),
    row("connectivitycheck.android.com", Paths::Any, ProbeFamily::Android),
    row(
        "play.googleapis.com",
        Paths::Only(GENERATE_204),
        ProbeFamily::Android,
    ),
    row("www.google.com", Paths::Only(GENERATE_204), ProbeFamily::Android),
    row(
        "clients3.google.com",
        Paths::Only(GENERATE_204),
        ProbeFamily::Android,
    ),
    row("www.gstatic.com", Paths::Only(GENERATE_204), ProbeFamily::Chrome),
    row(
        "accounts.google.com",
        Paths::Only(GENERATE_204),
        ProbeFamily::Chrome,
    ),
    row(
        "www.googleapis.com",
        Paths::Only(GENERATE_204),
        ProbeFamily::Chrome,
    ),
    page("connectivity.samsung.com.cn", Paths::Any, ProbeFamily::Samsung),
    page("d2uzsrnmmf6tds.cloudfront.net", Paths::Any, ProbeFamily::Samsung),
    page("www.samsung.com", Paths::Only(&["/"]), ProbeFamily::Samsung),
    row("connect.rom.miui.com", Paths::Any, ProbeFamily::Xiaomi),
    row(
        "connectivitycheck.platform.hicloud.com",
        Paths::Any,
        ProbeFamily::Huawei,
    ),
    row(
        "connectivitycheck.platform.hihonorcloud.com",
        Paths::Any,
        ProbeFamily::Honor,
    ),
    row("conn1.oppomobile.com", Paths::Any, ProbeFamily::Oppo),
    row("wifi.vivo.com.cn", Paths::Any, ProbeFamily::Vivo),
    row("captive.apple.com", Paths::Any, ProbeFamily::Apple),
    row("netcts.cdn-apple.com", Paths::Any, ProbeFamily::Apple),
    row(
        "www.apple.com",
        Paths::Only(&["/library/test/success.html"]),
        ProbeFamily::Apple,
    ),
    row("www.appleiphonecell.com", Paths::Any, ProbeFamily::Apple),
    row("www.airport.us", Paths::Any, ProbeFamily::Apple),
    row("www.ibook.info", Paths::Any, ProbeFamily::Apple),
    row("www.itools.info", Paths::Any, ProbeFamily::Apple),
    row("www.thinkdifferent.us", Paths::Any, ProbeFamily::Apple),
    row("www.msftconnecttest.com", Paths::Any, ProbeFamily::Windows),
    row("ipv6.msftconnecttest.com", Paths::Any, ProbeFamily::Windows),
    row("www.msftncsi.com", Paths::Any, ProbeFamily::Windows),
    row("ipv6.msftncsi.com", Paths::Any, ProbeFamily::Windows),
    row(
        "edge-http.microsoft.com",
        Paths::Only(&["/captiveportal/generate_204"]),
        ProbeFamily::Edge,
    ),
    row("detectportal.firefox.com", Paths::Any, ProbeFamily::Firefox),
    row("nmcheck.gnome.org", Paths::Any, ProbeFamily::Gnome),
    row("network-test.debian.org", Paths::Any, ProbeFamily::Debian),
    row("connectivity-check.ubuntu.com", Paths::Any, ProbeFamily::Ubuntu),
    row(
        "fedoraproject.org",
        Paths::Only(&["/static/hotspot.txt"]),
        ProbeFamily::Fedora,
    ),
    row("ping.archlinux.org", Paths::Any, ProbeFamily::Arch),
    row("networkcheck.kde.org", Paths::Any, ProbeFamily::Kde),
    row("test.steampowered.com", Paths::Any, ProbeFamily::Steam),
    row(
        "spectrum.s3.amazonaws.com",
        Paths::Only(&["/kindle-wifi/wifistub.html", "/kindle-wifi/wifiredirect.html"]),
        ProbeFamily::Kindle,
    ),
    row("fireoscaptiveportal.com", Paths::Any, ProbeFamily::Kindle),
    row("ctest.cdn.nintendo.net", Paths::Any, ProbeFamily::Nintendo),
    row("conntest.nintendowifi.net", Paths::Any, ProbeFamily::Nintendo),
    row(
        "ena.net.playstation.net",
        Paths::Only(&["/netstart/ps4"]),
        ProbeFamily::PlayStation,
    ),
    row(
        "cp.cloudflare.com",
        Paths::Only(&["/", "/generate_204"]),
        ProbeFamily::Independent,
    ),
    row("captiveportal.kuketz.de", Paths::Any, ProbeFamily::Independent),
    row("204.ecloud.global", Paths::Any, ProbeFamily::Independent),
    row(
        "e.foundation",
        Paths::Only(&["/", "/net_status_http"]),
        ProbeFamily::Independent,
    ),
    row(
        "elementary.io",
        Paths::Only(&["/generate_204"]),
        ProbeFamily::Independent,
    ),
];

/// Agents that only probe, whatever host they ask.
const AGENTS: &[(&str, ProbeFamily)] = &[
    ("CaptiveNetworkSupport", ProbeFamily::Apple),
    ("Microsoft NCSI", ProbeFamily::Windows),
];

/// The probe that a request is, by its host (lower case, no port), path (no query) and user agent.
#[must_use]
pub fn recognise(host: &str, path: &str, agent: &str) -> Option<Probe> {
    let listed = ROWS.iter().find(|row| {
        row.host.eq_ignore_ascii_case(host)
            && match row.paths {
                Paths::Any => true,
                Paths::Only(paths) => paths.contains(&path),
            }
    });
    if let Some(row) = listed {
        return Some(Probe {
            family: row.family,
            answer: row.answer,
        });
    }
    let by_agent = AGENTS
        .iter()
        .find(|(mark, _)| agent.contains(mark))
        .map(|(_, family)| *family);
    // Builds of Android ask hosts of their own, but always by this path.
    let by_path = GENERATE_204.contains(&path).then_some(ProbeFamily::Android);
    by_agent.or(by_path).map(|family| Probe {
        family,
        answer: ProbeAnswer::Redirect,
    })
}

/// One request per line of the table that a test can send: host, path, family.
#[must_use]
pub fn samples() -> Vec<(&'static str, &'static str, ProbeFamily)> {
    ROWS.iter()
        .flat_map(|row| {
            let paths: &[&str] = match row.paths {
                Paths::Any => &["/"],
                Paths::Only(paths) => paths,
            };
            paths.iter().map(|path| (row.host, *path, row.family))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Probe, ProbeAnswer, ProbeFamily, recognise, samples};

    const CNA: &str = "CaptiveNetworkSupport-470 wispr";

    /// The requests of the reference table, written down independently of `ROWS`.
    const REQUESTS: &[(&str, ProbeFamily)] = &[
        ("connectivitycheck.gstatic.com/generate_204", ProbeFamily::Android),
        ("www.google.com/generate_204", ProbeFamily::Android),
        ("www.google.com/gen_204", ProbeFamily::Android),
        ("play.googleapis.com/generate_204", ProbeFamily::Android),
        ("connectivitycheck.android.com/generate_204", ProbeFamily::Android),
        ("www.gstatic.com/generate_204", ProbeFamily::Chrome),
        ("accounts.google.com/generate_204", ProbeFamily::Chrome),
        ("www.googleapis.com/generate_204", ProbeFamily::Chrome),
        ("connectivity.samsung.com.cn/generate_204", ProbeFamily::Samsung),
        ("d2uzsrnmmf6tds.cloudfront.net/", ProbeFamily::Samsung),
        ("www.samsung.com/", ProbeFamily::Samsung),
        ("connect.rom.miui.com/generate_204", ProbeFamily::Xiaomi),
        (
            "connectivitycheck.platform.hicloud.com/generate_204",
            ProbeFamily::Huawei,
        ),
        (
            "connectivitycheck.platform.hihonorcloud.com/generate_204",
            ProbeFamily::Honor,
        ),
        ("conn1.oppomobile.com/generate_204", ProbeFamily::Oppo),
        ("wifi.vivo.com.cn/generate_204", ProbeFamily::Vivo),
        ("captive.apple.com/hotspot-detect.html", ProbeFamily::Apple),
        ("www.apple.com/library/test/success.html", ProbeFamily::Apple),
        ("netcts.cdn-apple.com/", ProbeFamily::Apple),
        ("www.appleiphonecell.com/", ProbeFamily::Apple),
        ("www.airport.us/", ProbeFamily::Apple),
        ("www.ibook.info/", ProbeFamily::Apple),
        ("www.itools.info/", ProbeFamily::Apple),
        ("www.thinkdifferent.us/", ProbeFamily::Apple),
        ("www.msftconnecttest.com/connecttest.txt", ProbeFamily::Windows),
        ("www.msftconnecttest.com/redirect", ProbeFamily::Windows),
        ("ipv6.msftconnecttest.com/connecttest.txt", ProbeFamily::Windows),
        ("www.msftncsi.com/ncsi.txt", ProbeFamily::Windows),
        (
            "edge-http.microsoft.com/captiveportal/generate_204",
            ProbeFamily::Edge,
        ),
        ("detectportal.firefox.com/canonical.html", ProbeFamily::Firefox),
        ("detectportal.firefox.com/success.txt", ProbeFamily::Firefox),
        ("nmcheck.gnome.org/check_network_status.txt", ProbeFamily::Gnome),
        ("network-test.debian.org/nm", ProbeFamily::Debian),
        ("connectivity-check.ubuntu.com/", ProbeFamily::Ubuntu),
        ("fedoraproject.org/static/hotspot.txt", ProbeFamily::Fedora),
        ("ping.archlinux.org/nm-check.txt", ProbeFamily::Arch),
        ("networkcheck.kde.org/", ProbeFamily::Kde),
        ("test.steampowered.com/204", ProbeFamily::Steam),
        (
            "spectrum.s3.amazonaws.com/kindle-wifi/wifistub.html",
            ProbeFamily::Kindle,
        ),
        (
            "spectrum.s3.amazonaws.com/kindle-wifi/wifiredirect.html",
            ProbeFamily::Kindle,
        ),
        ("fireoscaptiveportal.com/", ProbeFamily::Kindle),
        ("ctest.cdn.nintendo.net/", ProbeFamily::Nintendo),
        ("conntest.nintendowifi.net/", ProbeFamily::Nintendo),
        ("ena.net.playstation.net/netstart/ps4", ProbeFamily::PlayStation),
        ("cp.cloudflare.com/generate_204", ProbeFamily::Independent),
        ("captiveportal.kuketz.de/", ProbeFamily::Independent),
        ("e.foundation/net_status_http", ProbeFamily::Independent),
        ("elementary.io/generate_204", ProbeFamily::Independent),
    ];

    #[test]
    fn every_listed_request_is_recognised() {
        for (url, family) in REQUESTS {
            let (host, path) = url.split_at(url.find('/').unwrap());
            let found = recognise(host, path, "").map(|probe| probe.family);
            assert_eq!(found, Some(*family), "{url}");
            let shouted = recognise(&host.to_uppercase(), path, "").map(|probe| probe.family);
            assert_eq!(shouted, Some(*family), "{url} in capitals");
        }
    }

    #[test]
    fn samples_cover_the_table_and_recognise_themselves() {
        let samples = samples();
        assert!(samples.len() >= super::ROWS.len());
        for (host, path, family) in samples {
            assert_eq!(
                recognise(host, path, "").map(|probe| probe.family),
                Some(family),
                "{host}{path}"
            );
        }
    }

    #[test]
    fn ordinary_pages_of_shared_hosts_are_not_probes() {
        for (host, path) in [
            ("www.google.com", "/search"),
            ("www.apple.com", "/"),
            ("fedoraproject.org", "/"),
            ("www.samsung.com", "/it/"),
            ("example.org", "/"),
            ("captive.apple.com.example.org", "/"),
            ("", ""),
        ] {
            assert_eq!(recognise(host, path, "Mozilla/5.0"), None, "{host}{path}");
        }
    }

    #[test]
    fn agents_and_the_common_path_count_on_unknown_hosts() {
        let family = |host, path, agent| recognise(host, path, agent).map(|probe| probe.family);
        assert_eq!(family("new.apple.example", "/x", CNA), Some(ProbeFamily::Apple));
        assert_eq!(
            family("x.example", "/y", "Microsoft NCSI"),
            Some(ProbeFamily::Windows)
        );
        assert_eq!(
            family("vendor.example", "/generate_204", "Dalvik/2.1.0"),
            Some(ProbeFamily::Android)
        );
    }

    #[test]
    fn only_hosts_that_need_it_get_a_page() {
        let pages: Vec<_> = samples()
            .into_iter()
            .filter(|(host, path, _)| {
                matches!(
                    recognise(host, path, ""),
                    Some(Probe {
                        answer: ProbeAnswer::Page,
                        ..
                    })
                )
            })
            .map(|(_, _, family)| family)
            .collect();
        assert_eq!(pages, [ProbeFamily::Samsung; 3]);
    }

    proptest! {
        #[test]
        fn any_text_gives_an_answer(host in any::<String>(), path in any::<String>(), agent in any::<String>()) {
            let _ = recognise(&host, &path, &agent);
        }
    }
}
