//! What a visit weighs on the wire, counted below TLS: the answers' heads, the records' own bytes and all.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use jiff::Timestamp;
use portico::model::{Block, Board, Inline, ItemId, NewsItem, Notice, NoticeColor, Picture, Scope};
use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use crate::lab::{HOST, Lab, OPENING, config, write_pair};
use crate::sending::gunzip;
use crate::tls::shake_hands;

/// Ten segments of 1460 bytes are 14.3 KiB: what a server may send before it hears anything back (RFC 6928).
const FIRST_VIEW: usize = 14 << 10;
const WHOLE_PAGE: usize = 60 << 10;
/// As large as the gateway makes them.
const PICTURE: usize = 6 << 10;

/// Counts what comes in.
struct Counted(TcpStream, Arc<AtomicUsize>);

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.0).poll_read(cx, buffer);
        self.1
            .fetch_add(buffer.filled().len() - before, Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Gets one thing; its body, and the bytes that came in for it after the handshake.
async fn fetch(lab: &Lab, trust: &CertificateDer<'static>, path: &str) -> (Vec<u8>, usize) {
    let count = Arc::new(AtomicUsize::new(0));
    let stream = Counted(lab.connect_to(lab.https(), 2).await, Arc::clone(&count));
    let mut stream = shake_hands(stream, trust).await.unwrap();
    let handshake = count.load(Ordering::Relaxed);
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip, deflate, br\r\n\
         Accept-Language: it-IT\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(
        answer.starts_with(b"HTTP/1.1 200 "),
        "{path}: {}",
        String::from_utf8_lossy(&answer)
    );
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    (answer.split_off(end), count.load(Ordering::Relaxed) - handshake)
}

/// A full board: notices, eight pieces of news, four of them with pictures that do not compress.
pub(crate) fn board() -> Board {
    let opening: Timestamp = OPENING.parse().unwrap();
    let mut board = Board::default();
    for number in 0..8_u8 {
        let id = ItemId::from_bytes([number; 8]);
        let picture = (number < 4).then(|| {
            let bytes =
                (0..PICTURE).map(|place| u8::try_from((place * 7919 + place * place / 13) % 251).unwrap());
            let picture = Picture {
                media_type: "image/jpeg",
                bytes: bytes.collect(),
                width: 320,
                height: 180,
            };
            board.pictures.insert(id.clone(), Arc::new(picture));
            (id.clone(), "La piazza in festa".to_owned())
        });
        let words = [
            "mercato",
            "biblioteca",
            "lavori",
            "concerto",
            "sportello",
            "scuole",
            "bando",
            "mostra",
        ];
        let word = words[usize::from(number)];
        board.items.push(NewsItem {
            id,
            title: format!("Il {word} di novembre: orari, luoghi e tutto quello che serve sapere"),
            summary: format!("Da lunedì il {word} cambia orario. L'Amministrazione informa che gli uffici restano aperti e che le prenotazioni di chi ha già scelto il {word} valgono ancora."),
            body: vec![Block::Paragraph(vec![Inline::Text(format!("Il {word} si tiene come sempre in centro."))])],
            link: Some(format!("https://www.comune.bustoarsizio.va.it/it/news/{word}")),
            published: Some(opening),
            starts: None,
            expires: None,
            lang: "it".to_owned(),
            source: "Comune di Busto Arsizio".to_owned(),
            picture,
            pinned: number == 0,
            scope: Scope::All,
        });
    }
    board.notices.push(Notice {
        id: ItemId::from_bytes([100; 8]),
        text: "Allerta arancione per vento forte fino alle 18: state lontani dagli alberi, parchi e cimiteri sono chiusi.".to_owned(),
        color: NoticeColor::Orange,
        starts: None,
        ends: None,
        link: Some("https://www.allertalom.regione.lombardia.it/".to_owned()),
        lang: "it".to_owned(),
        source: "AllertaLOM".to_owned(),
        scope: Scope::All,
    });
    board
}

/// What a page names to be loaded from the portal.
fn loads(html: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (before, after) in [("src=\"/", '"'), ("url(/", ')'), ("rel=\"icon\" href=\"/", '"')] {
        for rest in html.split(before).skip(1) {
            let path = rest.split(after).next().unwrap().replace("&#38;", "&");
            found.insert(format!("/{path}"));
        }
    }
    found
}

#[tokio::test]
async fn the_first_view_fits_the_first_window_and_the_whole_page_is_small() {
    let dir = tempfile::tempdir().unwrap();
    let (files, trust) = write_pair(dir.path());
    let mut config = config(Some(files));
    let crest = dir.path().join("crest.svg");
    std::fs::write(&crest, include_str!("crest.svg")).unwrap();
    config.networks[0].look.crest = Some(crest);
    let lab = Lab::open(config);
    *lab.board.lock().unwrap() = Arc::new(board());
    let (page, html) = fetch(&lab, &trust, "/").await;
    let page = gunzip(&page);
    let (mut first, mut whole) = (html, html);
    let mut tell = vec![format!("/ {html}")];
    let loads = loads(&page);
    for path in &loads {
        let (_, bytes) = fetch(&lab, &trust, path).await;
        tell.push(format!("{path} {bytes}"));
        whole += bytes;
        if path.starts_with("/assets/crest") {
            first += bytes;
        }
    }
    println!("first view {first}, whole page {whole}: {tell:?}");
    assert!(
        loads.iter().any(|path| path.starts_with("/assets/crest")),
        "{loads:?}"
    );
    assert_eq!(
        loads.iter().filter(|path| path.contains(".woff2")).count(),
        2,
        "{loads:?}"
    );
    assert!(first <= FIRST_VIEW, "the first view has {first} bytes: {tell:?}");
    assert!(whole <= WHOLE_PAGE, "the whole page has {whole} bytes: {tell:?}");
}
