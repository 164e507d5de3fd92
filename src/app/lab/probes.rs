//! What phones and computers ask to find out whether they are online, and what the real servers
//! answer. The uplink of the lab answers so; phones judge by it. The list is the lab's own, not the
//! portal's: a mistake in one must not hide in the other.

use super::http::Message;

/// The connectivity check of one operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Who asks.
    pub os: &'static str,
    /// Host name.
    pub host: &'static str,
    /// Path.
    pub path: &'static str,
    /// Status of the real server.
    pub status: u16,
    /// Body of the real server.
    pub body: &'static str,
    /// `User-Agent`.
    pub agent: &'static str,
}

const ANDROID: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.32 Safari/537.36";
const APPLE: &str = "CaptiveNetworkSupport-481.80.2 wispr";
const APPLE_SUCCESS: &str = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n";
const FIREFOX_SUCCESS: &str =
    r#"<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>"#;

const fn probe(
    os: &'static str,
    host: &'static str,
    path: &'static str,
    status: u16,
    body: &'static str,
    agent: &'static str,
) -> Probe {
    Probe {
        os,
        host,
        path,
        status,
        body,
        agent,
    }
}

/// One for each way of asking.
pub const PROBES: &[Probe] = &[
    probe(
        "Android",
        "connectivitycheck.gstatic.com",
        "/generate_204",
        204,
        "",
        ANDROID,
    ),
    probe("Android fallback", "www.google.com", "/gen_204", 204, "", ANDROID),
    probe(
        "Samsung",
        "connectivitycheck.android.com",
        "/generate_204",
        204,
        "",
        ANDROID,
    ),
    probe(
        "Xiaomi",
        "connect.rom.miui.com",
        "/generate_204",
        204,
        "",
        ANDROID,
    ),
    probe(
        "Huawei",
        "connectivitycheck.platform.hicloud.com",
        "/generate_204",
        204,
        "",
        ANDROID,
    ),
    probe("OPPO", "conn1.oppomobile.com", "/generate_204", 204, "", ANDROID),
    probe("ChromeOS", "www.gstatic.com", "/generate_204", 204, "", ANDROID),
    probe(
        "iOS",
        "captive.apple.com",
        "/hotspot-detect.html",
        200,
        APPLE_SUCCESS,
        APPLE,
    ),
    probe(
        "macOS",
        "www.apple.com",
        "/library/test/success.html",
        200,
        APPLE_SUCCESS,
        APPLE,
    ),
    probe(
        "Windows",
        "www.msftconnecttest.com",
        "/connecttest.txt",
        200,
        "Microsoft Connect Test",
        "Microsoft NCSI",
    ),
    probe(
        "Windows IPv6",
        "ipv6.msftconnecttest.com",
        "/connecttest.txt",
        200,
        "Microsoft Connect Test",
        "Microsoft NCSI",
    ),
    probe(
        "Windows 7",
        "www.msftncsi.com",
        "/ncsi.txt",
        200,
        "Microsoft NCSI",
        "Microsoft NCSI",
    ),
    probe(
        "Edge",
        "edge-http.microsoft.com",
        "/captiveportal/generate_204",
        204,
        "",
        ANDROID,
    ),
    probe(
        "Firefox",
        "detectportal.firefox.com",
        "/canonical.html",
        200,
        FIREFOX_SUCCESS,
        "Mozilla/5.0 Firefox/140.0",
    ),
    probe(
        "Firefox text",
        "detectportal.firefox.com",
        "/success.txt?ipv4",
        200,
        "success\n",
        "Mozilla/5.0 Firefox/140.0",
    ),
    probe(
        "GNOME",
        "nmcheck.gnome.org",
        "/check_network_status.txt",
        200,
        "NetworkManager is online\n",
        "NetworkManager/1.42",
    ),
    probe(
        "Debian",
        "network-test.debian.org",
        "/nm",
        200,
        "NetworkManager is online\n",
        "NetworkManager/1.42",
    ),
    probe(
        "Ubuntu",
        "connectivity-check.ubuntu.com",
        "/",
        204,
        "",
        "NetworkManager/1.46",
    ),
    probe(
        "Fedora",
        "fedoraproject.org",
        "/static/hotspot.txt",
        200,
        "OK",
        "NetworkManager/1.48",
    ),
    probe("KDE", "networkcheck.kde.org", "/", 200, "OK", "Mozilla/5.0"),
    probe(
        "Steam",
        "test.steampowered.com",
        "/204",
        204,
        "",
        "Valve/Steam HTTP Client 1.0",
    ),
    probe(
        "Kindle",
        "spectrum.s3.amazonaws.com",
        "/kindle-wifi/wifistub.html",
        200,
        "<html>81ce4465-7167-4dcb-835b-dcc9e44c112a</html>",
        "Mozilla/5.0 (Linux; U; en-US) Kindle",
    ),
    probe(
        "Nintendo Switch",
        "ctest.cdn.nintendo.net",
        "/",
        200,
        "ok",
        "Nintendo",
    ),
    probe(
        "PlayStation",
        "ena.net.playstation.net",
        "/netstart/ps4",
        403,
        "Forbidden",
        "PlayStation",
    ),
];

/// The probe of a name in [`PROBES`].
#[must_use]
pub fn named(os: &str) -> Option<&'static Probe> {
    PROBES.iter().find(|probe| probe.os == os)
}

/// What the real server of a host and path answers, if it is one of the probes.
#[must_use]
pub fn answer(host: &str, path: &str) -> Option<&'static Probe> {
    PROBES
        .iter()
        .find(|probe| probe.host == host && probe.path == path)
}

/// What a device concludes from an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The real server answered.
    Online,
    /// Sent to this address: the portal pops up.
    Portal(String),
    /// Answered, but neither one nor the other: no portal pops up.
    Neither(u16),
}

impl Probe {
    /// Judges an answer as strictly as Android does: a portal is a redirect whose body is longer
    /// than four bytes; 4xx and 5xx are a broken network.
    #[must_use]
    pub fn judge(&self, answer: &Message) -> Verdict {
        let status = answer.status();
        if status == self.status && answer.body == self.body.as_bytes() {
            return Verdict::Online;
        }
        match answer.header("location") {
            Some(location) if (300..400).contains(&status) && answer.body.len() > 4 => {
                Verdict::Portal(location.to_owned())
            }
            _ => Verdict::Neither(status),
        }
    }
}
