//! A window into a phone: a port of this machine's loopback behind which the developer's own
//! browser sees the portal as that phone sees it. Host, Origin and Location are translated, and each
//! connection carries one request; nothing else changes.

use std::io::BufReader;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::app::lab::dns::Family;
use crate::app::lab::http::{self, Message, Url};
use crate::app::lab::phone::Phone;

/// How long a browser may take to send its request.
const PATIENCE: Duration = Duration::from_secs(10);

/// A phone that its life and its window share.
pub type Shared = Arc<Mutex<Phone>>;

/// An open window; the thread behind it ends with the process.
#[derive(Debug)]
pub struct Window {
    address: SocketAddr,
}

impl Window {
    /// Opens one on a free port of the loopback, outside all namespaces of the lab.
    ///
    /// # Errors
    /// No port is free.
    pub fn open(phone: &Shared) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port for a window")?;
        let address = listener.local_addr()?;
        let phone = Arc::clone(phone);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let phone = Arc::clone(&phone);
                std::thread::spawn(move || {
                    // A browser that goes away in the middle is its own business.
                    let _served = serve(&stream, address, &phone);
                });
            }
        });
        Ok(Self { address })
    }

    /// What to type into the browser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

fn serve(mut stream: &TcpStream, window: SocketAddr, phone: &Shared) -> Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    let Some(mut request) = http::read_head(&mut reader)? else {
        return Ok(());
    };
    http::read_body(&mut reader, &mut request, false)?;
    let mut answer = ask(&mut request, window, phone).unwrap_or_else(|error| unavailable(&error));
    answer.set_header("Connection", "close");
    answer.write(&mut stream)?;
    Ok(())
}

fn ask(request: &mut Message, window: SocketAddr, phone: &Shared) -> Result<Message> {
    let phone = phone.lock().unwrap_or_else(PoisonError::into_inner);
    let portal = format!("https://{}", phone.lan().host);
    inward(request, &portal, &phone.lan().host);
    let url = Url::parse(&portal)?.join(request.target().1)?;
    let mut answer = phone.ask(&url, Family::V4, request)?;
    outward(&mut answer, &portal, &format!("http://{window}"));
    Ok(answer)
}

/// From the browser to the portal.
fn inward(request: &mut Message, portal: &str, host: &str) {
    request.set_header("Host", host);
    if request.header("origin").is_some_and(|origin| origin != "null") {
        request.set_header("Origin", portal);
    }
}

/// From the portal to the browser.
fn outward(answer: &mut Message, portal: &str, window: &str) {
    let moved = answer
        .header("location")
        .and_then(|location| location.strip_prefix(portal))
        .map(|path| format!("{window}{path}"));
    if let Some(moved) = moved {
        answer.set_header("Location", &moved);
    }
}

fn unavailable(error: &anyhow::Error) -> Message {
    Message {
        start: "HTTP/1.1 502 Phone".to_owned(),
        headers: vec![("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned())],
        body: format!("The phone cannot show the portal now: {error:#}\n").into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_translated_both_ways_and_nothing_else() {
        let mut request = Message::request("POST", "/grant", "127.0.0.1:4000");
        request.set_header("Origin", "http://127.0.0.1:4000");
        request.set_header("Cookie", "a=b");
        inward(&mut request, "https://wifi.example", "wifi.example");
        assert_eq!(request.header("host"), Some("wifi.example"));
        assert_eq!(request.header("origin"), Some("https://wifi.example"));
        assert_eq!(request.header("cookie"), Some("a=b"));

        let mut answer = Message::default();
        answer.set_header("Location", "https://wifi.example/online");
        outward(&mut answer, "https://wifi.example", "http://127.0.0.1:4000");
        assert_eq!(answer.header("location"), Some("http://127.0.0.1:4000/online"));
        answer.set_header("Location", "https://www.comune.example/");
        outward(&mut answer, "https://wifi.example", "http://127.0.0.1:4000");
        assert_eq!(answer.header("location"), Some("https://www.comune.example/"));
    }
}
