//! A phone's browser without scripts: gets pages over both schemes, finds forms, presses buttons
//! and follows redirects.

use std::io::{BufReader, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::dns::Family;
use super::http::{self, Message, Url};
use super::phone::Phone;
use super::probes::{Probe, Verdict};

/// How long a connection may take to come about.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most redirects in a row.
const REDIRECTS: usize = 5;

/// A page as the browser shows it.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it is, after all redirects.
    pub url: Url,
    /// The response.
    pub response: Message,
    /// Its forms, in order.
    pub forms: Vec<Form>,
}

/// A form that a press of its button sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where to; as the page wrote it.
    pub action: String,
    /// Names and values of its inputs and of its button.
    pub fields: Vec<(String, String)>,
}

/// What the captive portal API says (RFC 8908, 5).
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Capport {
    /// Whether the station is captive.
    pub captive: bool,
    /// Where the portal is.
    pub user_portal_url: Option<String>,
    /// What the place offers.
    pub venue_info_url: Option<String>,
    /// Time left.
    pub seconds_remaining: Option<u64>,
    /// Whether the station may prolong it.
    pub can_extend_session: Option<bool>,
}

/// Anything that carries a conversation.
pub trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

impl Phone {
    /// Opens a connection to the host of an address: resolved by the phone's resolver, over IPv4
    /// unless told otherwise, with TLS verified against the lab's authority.
    ///
    /// # Errors
    /// No such host, no connection, or a certificate that is not the host's.
    pub fn open(&self, url: &Url, family: Family) -> Result<Box<dyn Stream>> {
        let address = match url.host.parse() {
            Ok(literal) => literal,
            Err(_) => self.resolve(&url.host, family)?,
        };
        let address = SocketAddr::new(address, url.port);
        let stream = self
            .connect(address, PATIENCE)
            .with_context(|| format!("{}: no connection to {url} ({address})", self.name()))?;
        if !url.secure {
            return Ok(Box::new(stream));
        }
        let host = ServerName::try_from(url.host.clone())?;
        let session = ClientConnection::new(Arc::clone(&self.tls()), host)?;
        Ok(Box::new(StreamOwned::new(session, stream)))
    }

    /// Sends one request on a connection of its own and reads the answer.
    ///
    /// # Errors
    /// No connection, or no whole answer.
    pub fn ask(&self, url: &Url, family: Family, request: &mut Message) -> Result<Message> {
        request.set_header("Connection", "close");
        let mut stream = self.open(url, family)?;
        request.write(&mut stream)?;
        let mut reader = BufReader::new(stream);
        let mut answer =
            http::read_head(&mut reader)?.with_context(|| format!("{url} closed without an answer"))?;
        http::read_body(&mut reader, &mut answer, true)?;
        Ok(answer)
    }

    /// Gets one address, without following redirects.
    ///
    /// # Errors
    /// As [`Phone::ask`].
    pub fn get(&self, url: &str, family: Family) -> Result<Message> {
        let url = Url::parse(url)?;
        self.ask(
            &url,
            family,
            &mut Message::request("GET", &url.path, &url.authority()),
        )
    }

    /// Asks what an operating system asks and concludes what it concludes.
    ///
    /// # Errors
    /// As [`Phone::ask`].
    pub fn probe(&self, probe: &Probe, family: Family) -> Result<Verdict> {
        let url = Url::parse(&format!("http://{}{}", probe.host, probe.path))?;
        let mut request = Message::request("GET", probe.path, probe.host);
        request.set_header("User-Agent", probe.agent);
        Ok(probe.judge(&self.ask(&url, family, &mut request)?))
    }

    /// Asks the captive portal API that DHCP named (option 114), as Android does.
    ///
    /// # Errors
    /// There is none, or its answer is not what RFC 8908 says.
    pub fn capport(&self) -> Result<Capport> {
        let api = self
            .lease()?
            .captive_portal
            .clone()
            .context("the lease has no option 114")?;
        let url = Url::parse(&api)?;
        let mut request = Message::request("GET", &url.path, &url.authority());
        request.set_header("Accept", "application/captive+json");
        let answer = self.ask(&url, Family::V4, &mut request)?;
        let kind = answer.header("content-type").unwrap_or_default();
        if answer.status() != 200 || !kind.starts_with("application/captive+json") {
            bail!("the captive portal API answered {} {kind:?}", answer.status());
        }
        serde_json::from_slice(&answer.body).context("the captive portal API's JSON")
    }

    /// Opens a page as a browser does, following redirects.
    ///
    /// # Errors
    /// As [`Phone::ask`], or too many redirects.
    pub fn browse(&self, url: &str) -> Result<Page> {
        let url = Url::parse(url)?;
        let request = Message::request("GET", &url.path, &url.authority());
        self.follow(url, request)
    }

    /// Opens what pops up on the phone: wherever an unknown page leads.
    ///
    /// # Errors
    /// As [`Phone::browse`].
    pub fn open_portal(&self) -> Result<Page> {
        self.browse("http://connectivitycheck.gstatic.com/generate_204")
    }

    /// Presses the button of the page's first form and follows where it leads.
    ///
    /// # Errors
    /// The page has no form, or as [`Phone::browse`].
    pub fn press(&self, page: &Page) -> Result<Page> {
        let form = page
            .forms
            .first()
            .with_context(|| format!("{} ({}) has no form", page.url, page.response.status()))?;
        self.submit(page, form)
    }

    /// Sends a form of the page, perhaps changed.
    ///
    /// # Errors
    /// As [`Phone::browse`].
    pub fn submit(&self, page: &Page, form: &Form) -> Result<Page> {
        let url = page.url.join(&form.action)?;
        let mut request = Message::request("POST", &url.path, &url.authority());
        let origin = Url {
            path: String::new(),
            ..page.url.clone()
        };
        request.set_header("Origin", &origin.to_string());
        request.set_header("Content-Type", "application/x-www-form-urlencoded");
        let fields: Vec<String> = form
            .fields
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)))
            .collect();
        request.body = fields.join("&").into_bytes();
        self.follow(url, request)
    }

    /// Joins the portal's page and the tap: what a person does.
    ///
    /// # Errors
    /// The portal does not open, or has no button.
    pub fn tap(&self) -> Result<Page> {
        let page = self.open_portal()?;
        self.press(&page)
    }

    fn follow(&self, mut url: Url, mut request: Message) -> Result<Page> {
        request.set_header("Accept", "text/html");
        request.set_header("Accept-Language", "en");
        for _ in 0..REDIRECTS {
            let response = self.ask(&url, Family::V4, &mut request)?;
            let location = response.header("location").map(str::to_owned);
            let is_redirect = matches!(response.status(), 301..=303 | 307 | 308);
            let Some(location) = location.filter(|_| is_redirect) else {
                let forms = forms(&response.text());
                return Ok(Page { url, response, forms });
            };
            url = url.join(&location)?;
            // A redirect after a form is a page to get (RFC 9110, 15.4.4).
            request = Message::request("GET", &url.path, &url.authority());
            request.set_header("Accept", "text/html");
            request.set_header("Accept-Language", "en");
        }
        bail!("too many redirects, the last to {url}")
    }
}

/// The POST forms of a page. Reads what servers write, not what people might.
fn forms(html: &str) -> Vec<Form> {
    html.split("<form")
        .skip(1)
        .filter_map(|rest| {
            let (tag, rest) = rest.split_once('>')?;
            if !attribute(tag, "method")?.eq_ignore_ascii_case("post") {
                return None;
            }
            let (inside, _) = rest.split_once("</form>")?;
            let fields = inside
                .split('<')
                .filter(|tag| tag.starts_with("input") || tag.starts_with("button"))
                .filter_map(|tag| {
                    let tag = tag.split('>').next()?;
                    Some((
                        attribute(tag, "name")?,
                        attribute(tag, "value").unwrap_or_default(),
                    ))
                })
                .collect();
            Some(Form {
                action: attribute(tag, "action").unwrap_or_default(),
                fields,
            })
        })
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}="))?;
    let value = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split(quote).next()?,
        _ => rest.split_ascii_whitespace().next()?,
    };
    Some(
        value
            .replace("&#47;", "/")
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', hex_digit(byte >> 4), hex_digit(byte & 15)]);
        }
    }
    encoded
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found_with_their_fields() {
        let html = r#"<p><form class=x action="/grant?a=1&amp;b=2" method="post">
            <input type="hidden" name="token" value="a+b/="><button name=go value=yes>Go</button></form>
            <form action=/search><input name=q></form>"#;
        let found = forms(html);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].action, "/grant?a=1&b=2");
        assert_eq!(
            found[0].fields,
            [
                ("token".to_owned(), "a+b/=".to_owned()),
                ("go".to_owned(), "yes".to_owned())
            ]
        );
        assert_eq!(percent_encoded("a+b/="), "a%2Bb%2F%3D");
    }
}
