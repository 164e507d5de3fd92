//! Just enough HTTP/1.1 over blocking streams for the lab's web server, its phones and the window
//! into a phone (RFC 9112). Never part of what serves people: that is `portal`.

use std::io::{self, BufRead, Read, Write};

use anyhow::{Context, Result, bail};

/// Longest head and longest body that the lab takes in.
const MAX_HEAD: u64 = 64 * 1024;
const MAX_BODY: u64 = 8 * 1024 * 1024;

/// A request or a response, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Request line or status line, without the line end.
    pub start: String,
    /// Header fields in order, names as they came.
    pub headers: Vec<(String, String)>,
    /// Body, chunks joined.
    pub body: Vec<u8>,
}

impl Message {
    /// A request without a body.
    #[must_use]
    pub fn request(method: &str, path: &str, host: &str) -> Self {
        Self {
            start: format!("{method} {path} HTTP/1.1"),
            headers: vec![("Host".to_owned(), host.to_owned())],
            body: Vec::new(),
        }
    }

    /// The first value of a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Replaces a header field, or adds it.
    pub fn set_header(&mut self, name: &str, value: &str) {
        self.headers
            .retain(|(field, _)| !field.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Status of a response; 0 when there is none.
    #[must_use]
    pub fn status(&self) -> u16 {
        let status = self.start.split(' ').nth(1).unwrap_or_default();
        status.parse().unwrap_or(0)
    }

    /// Method and path of a request; `/` when there is none.
    #[must_use]
    pub fn target(&self) -> (&str, &str) {
        let mut words = self.start.split(' ');
        (words.next().unwrap_or_default(), words.next().unwrap_or("/"))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Start line and headers as they stand on the wire.
    #[must_use]
    pub fn head_bytes(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// Writes it with the length of its body.
    ///
    /// # Errors
    /// The stream's.
    pub fn write(&mut self, stream: &mut impl Write) -> io::Result<()> {
        let length = self.body.len().to_string();
        self.headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("transfer-encoding"));
        let has_body = !self.body.is_empty() || self.header("content-length").is_some();
        // A response without body needs its length too, unless its status forbids one (RFC 9110, 8.6).
        let is_response = self.start.starts_with("HTTP/") && !matches!(self.status(), 100..=199 | 204 | 304);
        if has_body || is_response {
            self.set_header("Content-Length", &length);
        }
        let mut bytes = self.head_bytes();
        bytes.extend_from_slice(&self.body);
        stream.write_all(&bytes)?;
        stream.flush()
    }
}

/// Reads start line and headers; `None` when the peer closed without sending anything.
///
/// # Errors
/// The stream's, or what came is not HTTP/1.1.
pub fn read_head(stream: &mut impl BufRead) -> Result<Option<Message>> {
    let mut head = stream.take(MAX_HEAD);
    let mut message = Message::default();
    let mut line = String::new();
    if head.read_line(&mut line).context("no start line")? == 0 {
        return Ok(None);
    }
    line.trim_end().clone_into(&mut message.start);
    if !message.start.contains("HTTP/1.") {
        bail!("not HTTP/1: {:?}", message.start);
    }
    loop {
        line.clear();
        if head.read_line(&mut line).context("the head stops short")? == 0 {
            bail!("the head stops short");
        }
        let field = line.trim_end();
        if field.is_empty() {
            return Ok(Some(message));
        }
        let Some((name, value)) = field.split_once(':') else {
            bail!("not a header field: {field:?}");
        };
        message.headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

/// Reads the body that goes with a head already read.
///
/// # Errors
/// The stream's, or wrong framing.
pub fn read_body(stream: &mut impl BufRead, message: &mut Message, is_response: bool) -> Result<()> {
    let chunked = message
        .header("transfer-encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    if chunked {
        return read_chunks(stream, &mut message.body);
    }
    if let Some(length) = message.header("content-length") {
        let length: u64 = length.parse().context("Content-Length is not a number")?;
        if length > MAX_BODY {
            bail!("a body of {length} bytes is too long for the lab");
        }
        let mut body = vec![0; usize::try_from(length)?];
        stream.read_exact(&mut body).context("the body stops short")?;
        message.body = body;
        return Ok(());
    }
    if is_response && !matches!(message.status(), 100..=199 | 204 | 304) {
        stream
            .take(MAX_BODY)
            .read_to_end(&mut message.body)
            .context("the body stops short")?;
    }
    Ok(())
}

fn read_chunks(stream: &mut impl BufRead, body: &mut Vec<u8>) -> Result<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).context("no chunk length")?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let length = u64::from_str_radix(digits, 16).context("the chunk length is not a number")?;
        let so_far = u64::try_from(body.len())?;
        if so_far.saturating_add(length) > MAX_BODY {
            bail!("the body is too long for the lab");
        }
        let copied = io::copy(&mut stream.take(length), body)?;
        line.clear();
        stream.read_line(&mut line).context("no end of chunk")?;
        if copied != length {
            bail!("a chunk stops short");
        }
        if length == 0 {
            return Ok(());
        }
    }
}

/// The parts of an `http` or `https` address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// `https`.
    pub secure: bool,
    /// Host name or literal address (IPv6 without brackets).
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path and query, from the slash on.
    pub path: String,
}

impl Url {
    /// # Errors
    /// It is not an absolute `http` or `https` address.
    pub fn parse(text: &str) -> Result<Self> {
        let (scheme, rest) = text
            .split_once("://")
            .with_context(|| format!("{text:?} is not a URL"))?;
        let secure = match scheme {
            "https" => true,
            "http" => false,
            _ => bail!("{text:?} is neither http nor https"),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = path.split('#').next().unwrap_or_default();
        let standard = if secure { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().context("not a port")?),
            _ => (authority, standard),
        };
        Ok(Self {
            secure,
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            path: if path.starts_with('/') {
                path.to_owned()
            } else {
                format!("/{path}")
            },
        })
    }

    /// A reference found on this page, made absolute (the cases that portals use).
    ///
    /// # Errors
    /// As [`Url::parse`].
    pub fn join(&self, reference: &str) -> Result<Self> {
        if reference.contains("://") {
            return Self::parse(reference);
        }
        let path = match reference {
            "" => self.path.clone(),
            _ if reference.starts_with('/') => reference.to_owned(),
            _ if reference.starts_with('?') => {
                format!("{}{reference}", self.path.split('?').next().unwrap_or("/"))
            }
            _ => format!("/{reference}"),
        };
        Ok(Self { path, ..self.clone() })
    }

    /// What the `Host` header says.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined() {
        let mut wire: &[u8] =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n";
        let mut response = read_head(&mut wire).unwrap().unwrap();
        read_body(&mut wire, &mut response, true).unwrap();
        assert_eq!((response.status(), response.text().as_str()), (200, "abcde"));
        assert!(wire.is_empty());
    }

    #[test]
    fn a_short_body_is_an_error_not_a_short_answer() {
        let mut wire: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc";
        let mut response = read_head(&mut wire).unwrap().unwrap();
        assert!(read_body(&mut wire, &mut response, true).is_err());
    }

    #[test]
    fn addresses_are_taken_apart_and_put_together() {
        for text in [
            "http://city.example/",
            "https://[2001:db8::1]:8443/a?b=c",
            "http://198.51.100.80:8080/x",
        ] {
            assert_eq!(Url::parse(text).unwrap().to_string(), text);
        }
        let page = Url::parse("https://wifi.example/it?x=1").unwrap();
        assert_eq!(
            page.join("/grant").unwrap().to_string(),
            "https://wifi.example/grant"
        );
        assert_eq!(page.join("?y").unwrap().to_string(), "https://wifi.example/it?y");
        assert!(Url::parse("ftp://x/").is_err());
    }
}
