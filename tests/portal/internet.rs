//! Two servers of the lab's Internet: the comune's site, with a feed and pictures, and the Commission's
//! collector, whose script tells what it was told.

use std::io::{BufReader, Cursor};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use image::ImageFormat;
use jiff::{SignedDuration, Timestamp};
use portico::app::clock;
use portico::app::lab::http::{self, Message};
use portico::app::lab::{Lab, plan};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The comune's site, as `firmware-config/examples/busto-arsizio.toml` names it.
pub(crate) const SITE: &str = "www.comune.bustoarsizio.va.it";
/// What its first page says.
pub(crate) const SITE_TITLE: &str = "Il Comune informa";
/// Items of its feed with a picture.
pub(crate) const PICTURES: usize = 2;
const COLLECTOR: &str = "collection.wifi4eu.ec.europa.eu";
/// Says with which settings it runs, in the place of the Commission's.
const SCRIPT: &str = "document.getElementById('wifi4eubanner').dataset.seen = [typeof wifi4euTimerStart, \
    wifi4euNetworkIdentifier, wifi4euLanguage, Boolean(window.selftestModus)].join(' ');";
const SQUARE: &[u8] = include_bytes!("../../src/app/demo/square.png");
const LIBRARY: &[u8] = include_bytes!("../../src/app/demo/library.png");
/// How long a connection may stand still.
const STILL: Duration = Duration::from_secs(20);

/// What a server answers to a path: the media type and the bytes.
type Answers = Arc<dyn Fn(&str) -> Option<(&'static str, Vec<u8>)> + Send + Sync>;

/// Opens both servers and leads their names to them.
pub(crate) fn furnish(lab: &Lab) {
    let device = plan::INTERNET_INTERFACE;
    lab.uplink()
        .namespace()
        .ip(&[
            format!("address add 203.0.113.110/32 dev {device}"),
            format!("address add 203.0.113.130/32 dev {device}"),
            format!("address add 2001:db8:5::110/128 dev {device} nodad"),
            format!("address add 2001:db8:5::130/128 dev {device} nodad"),
        ])
        .unwrap();
    let feed = feed(clock::wall());
    let jpeg = jpeg(LIBRARY);
    let site: Answers = Arc::new(move |path| match path {
        "/" => Some(("text/html; charset=utf-8", page())),
        "/feed" => Some(("application/rss+xml; charset=utf-8", feed.clone().into_bytes())),
        "/media/piazza.png" => Some(("image/png", SQUARE.to_vec())),
        "/media/molini.jpg" => Some(("image/jpeg", jpeg.clone())),
        _ => None,
    });
    let collector: Answers =
        Arc::new(|path| (path == "/wifi4eu.min.js").then(|| ("text/javascript", SCRIPT.as_bytes().to_vec())));
    open(lab, SITE, 110, &site);
    open(lab, COLLECTOR, 130, &collector);
}

/// A server with TLS at 203.0.113.N and 2001:db8:5::N, with a certificate of the lab's authority.
fn open(lab: &Lab, name: &str, number: u8, answers: &Answers) {
    let (v4, v6) = (
        Ipv4Addr::new(203, 0, 113, number),
        format!("2001:db8:5::{number}").parse::<Ipv6Addr>().unwrap(),
    );
    lab.uplink().name(name, v4, v6);
    let files = ["pem", "key"].map(|end| Lab::authority_path().with_file_name(format!("{name}.{end}")));
    lab.authority()
        .write_certificate(name, &files[0], &files[1])
        .unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(&files[0]).unwrap()],
            PrivateKeyDer::from_pem_file(&files[1]).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    for address in [SocketAddr::from((v4, 443)), SocketAddr::from((v6, 443))] {
        let listener = lab
            .uplink()
            .namespace()
            .within(|| TcpListener::bind(address))
            .unwrap()
            .unwrap();
        let (config, answers) = (Arc::clone(&config), Arc::clone(answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, answers) = (Arc::clone(&config), Arc::clone(&answers));
                // A browser that goes away in the middle is its own business.
                std::thread::spawn(move || serve(stream, config, &answers));
            }
        });
    }
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, answers: &Answers) -> anyhow::Result<()> {
    stream.set_read_timeout(Some(STILL))?;
    stream.set_write_timeout(Some(STILL))?;
    let mut reader = BufReader::new(StreamOwned::new(ServerConnection::new(config)?, stream));
    let Some(request) = http::read_head(&mut reader)? else {
        return Ok(());
    };
    let (status, kind, body) = match answers(request.target().1) {
        Some((kind, body)) => (200, kind, body),
        None => (404, "text/plain", b"Not found\n".to_vec()),
    };
    let mut answer = Message {
        start: format!("HTTP/1.1 {status} Lab"),
        headers: [("Content-Type", kind), ("Connection", "close")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body,
    };
    let stream = reader.get_mut();
    answer.write(stream)?;
    stream.conn.send_close_notify();
    stream.conn.complete_io(&mut stream.sock)?;
    Ok(())
}

fn page() -> Vec<u8> {
    format!("<!doctype html><html lang=\"it\"><title>{SITE_TITLE}</title><h1>{SITE_TITLE}</h1>").into_bytes()
}

/// RSS as the sites of comuni have it: pictures inside the text, with words for those who do not see them.
fn feed(now: Timestamp) -> String {
    let item = |days: i64, title: &str, name: &str, text: &str, picture: Option<(&str, &str)>| {
        let published = now - SignedDuration::from_hours(24 * days);
        let published = jiff::fmt::rfc2822::to_string(&published.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        let picture = picture.map_or_else(String::new, |(file, shows)| {
            format!("<p><img src=\"/media/{file}\" alt=\"{shows}\"></p>")
        });
        format!(
            "<item><title>{title}</title><link>https://{SITE}/novita/{name}</link><guid>{name}</guid>\
             <pubDate>{published}</pubDate><description><![CDATA[{picture}<p>{text}</p>]]></description></item>"
        )
    };
    let items = [
        item(
            1,
            "In piazza Vittorio Emanuele arrivano le bancarelle degli artigiani",
            "bancarelle",
            "Sabato e domenica, dalle 9 alle 19, trenta artigiani del territorio espongono ceramica, legno, \
             tessuti e dolci della tradizione.",
            Some(("piazza.png", "Disegno della piazza con le bancarelle")),
        ),
        item(
            2,
            "Molini Marzoli: la sala studio resta aperta fino alle 22",
            "sala-studio",
            "Da lunedì a giovedì la sala studio dei Molini Marzoli chiude alle 22. Ci sono sessanta posti e \
             prese di corrente a ogni tavolo.",
            Some((
                "molini.jpg",
                "Scaffali di libri e un tavolo con una lampada accesa",
            )),
        ),
        item(
            6,
            "Carta d’identità elettronica: sportello aperto anche il sabato",
            "cie",
            "Fino a Natale lo sportello anagrafe riceve anche il sabato dalle 9 alle 12, su appuntamento.",
            None,
        ),
    ];
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel>\
         <title>Comune di Busto Arsizio</title><link>https://{SITE}/</link>\
         <description>Novità</description>{}</channel></rss>",
        items.concat()
    )
}

fn jpeg(png: &[u8]) -> Vec<u8> {
    let picture = image::load_from_memory(png).unwrap().to_rgb8();
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}
