//! What pages load besides themselves: the banner, the icon, the typeface, municipal crests, and the
//! pictures of the news.
//!
//! An address that names the content (`?v=`, or the hash in the name of a typeface) is kept for a year, any
//! other for an hour, and then asked for again by its entity tag.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};

use super::compressed;
use super::pages;
use super::reply::{self, Reply};
use super::request::{Manner, field};
use super::sheets::fingerprint;
use crate::config::{Config, Network};
use crate::model::{Board, ItemId, NetworkId};

/// Largest crest, bytes.
const MOST_CREST: usize = 64 << 10;
/// Largest crest, as it is sent, with which the page's first view is there in one round trip.
const EASY_CREST: usize = 5 << 10;
/// A crest is the comune's file, not ours: whatever is in it runs nothing and loads nothing, even opened
/// by its address.
const CREST_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Something to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asset {
    media_type: &'static str,
    plain: Bytes,
    /// Where that is smaller.
    gzip: Option<Bytes>,
    version: String,
    policy: Option<&'static str>,
}

impl Asset {
    fn new(media_type: &'static str, plain: impl Into<Bytes>) -> Self {
        let plain = plain.into();
        let gzip = Some(compressed::gzip(&plain)).filter(|zipped| zipped.len() < plain.len());
        Self::of(media_type, plain, gzip)
    }

    /// Of something that is compressed already.
    fn of(media_type: &'static str, plain: Bytes, gzip: Option<Bytes>) -> Self {
        Self {
            media_type,
            version: fingerprint(&plain),
            plain,
            gzip,
            policy: None,
        }
    }

    /// Bytes on the wire for a browser that takes gzip.
    fn weight(&self) -> usize {
        self.gzip.as_ref().unwrap_or(&self.plain).len()
    }

    fn reply<B>(&self, request: &Request<B>, manner: &Manner, named: bool) -> Reply {
        let gzip = self.gzip.as_ref().filter(|_| manner.gzip);
        let tag = format!("\"{}{}\"", self.version, if gzip.is_some() { "-z" } else { "" });
        let mut reply = if manner.knows(&tag) {
            reply::unchanged()
        } else {
            let mut reply = reply::plain(
                StatusCode::OK,
                self.media_type,
                gzip.unwrap_or(&self.plain).clone(),
            );
            reply::code(&mut reply, gzip.is_some());
            reply
        };
        let query = request.uri().query().unwrap_or_default();
        let lasting = named || field(query, "v").is_some_and(|version| version == self.version);
        let keep = if lasting {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=3600"
        };
        reply::set(&mut reply, header::CACHE_CONTROL, keep);
        reply::set(&mut reply, header::ETAG, &tag);
        if let Some(policy) = self.policy {
            reply::set(&mut reply, header::CONTENT_SECURITY_POLICY, policy);
        }
        if self.gzip.is_some() {
            reply::vary(&mut reply, "Accept-Encoding");
        }
        reply
    }
}

static BANNER: LazyLock<Asset> = LazyLock::new(|| Asset::new("image/svg+xml", pages::BANNER));
static ICON: LazyLock<Asset> = LazyLock::new(|| Asset::new("image/svg+xml", pages::ICON));

/// The typeface, cut down to the characters of western Europe; others come from the phone's own. The
/// names hold the first digits of the content's hash.
const TYPEFACE: [(&str, &[u8]); 2] = [
    (
        "titillium-web-400.12843f5c.woff2",
        include_bytes!("../../templates/portal/fonts/titillium-web-400.12843f5c.woff2"),
    ),
    (
        "titillium-web-700.21c292f9.woff2",
        include_bytes!("../../templates/portal/fonts/titillium-web-700.21c292f9.woff2"),
    ),
];

static FONTS: LazyLock<[(&str, Asset); 2]> = LazyLock::new(|| {
    TYPEFACE.map(|(name, file)| (name, Asset::of("font/woff2", Bytes::from_static(file), None)))
});

/// The crests of the networks.
#[derive(Debug, Default)]
pub(super) struct Crests(BTreeMap<NetworkId, Asset>);

impl Crests {
    /// Reads them; a crest that cannot be used is left out, with a warning.
    pub(super) fn read(config: &Config) -> Self {
        let crest = |network: &Network| {
            let path = network.look.crest.as_deref()?;
            match read_crest(path) {
                Ok(crest) => {
                    if crest.weight() > EASY_CREST {
                        tracing::warn!(
                            network = %network.id, bytes = crest.weight(),
                            "the crest makes the page slow to appear; below {EASY_CREST} bytes it does not"
                        );
                    }
                    Some((network.id, crest))
                }
                Err(error) => {
                    tracing::warn!(network = %network.id, file = %path.display(), %error, "no crest is shown");
                    None
                }
            }
        };
        Self(config.networks.iter().filter_map(crest).collect())
    }

    /// Address of a network's crest, if it has one.
    pub(super) fn address(&self, network: NetworkId) -> Option<String> {
        let crest = self.0.get(&network)?;
        Some(format!("/assets/crest?v={}", crest.version))
    }
}

/// Why a crest is not shown.
#[derive(Debug, thiserror::Error)]
pub enum CrestError {
    /// There is no such file, or it is not ours to read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// Too many bytes.
    #[error("it is larger than {} KiB", MOST_CREST >> 10)]
    TooLarge,
    /// By its first bytes.
    #[error("it is neither SVG, PNG, JPEG nor WebP")]
    Unknown,
}

fn read_crest(path: &Path) -> Result<Asset, CrestError> {
    let limit = u64::try_from(MOST_CREST).unwrap_or(0).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    let media_type = crest_type(&bytes)?;
    Ok(Asset {
        policy: Some(CREST_POLICY),
        ..Asset::new(media_type, bytes)
    })
}

/// The media type of a crest as pages would show it.
///
/// # Errors
/// They would not.
pub fn crest_type(bytes: &[u8]) -> Result<&'static str, CrestError> {
    if bytes.len() > MOST_CREST {
        return Err(CrestError::TooLarge);
    }
    media_type(bytes).ok_or(CrestError::Unknown)
}

/// By the first bytes, as browsers tell.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => std::str::from_utf8(bytes)
            .is_ok_and(|text| text.contains("<svg"))
            .then_some("image/svg+xml"),
    }
}

/// Answers below `/assets/`.
pub(super) fn answer<B>(
    name: &str,
    request: &Request<B>,
    manner: &Manner,
    crests: &Crests,
    network: NetworkId,
) -> Option<Reply> {
    if name == "crest" {
        return Some(crests.0.get(&network)?.reply(request, manner, false));
    }
    let (asset, named) = built_in(name)?;
    Some(asset.reply(request, manner, named))
}

/// What the program brings itself, and whether its name names its content.
fn built_in(name: &str) -> Option<(&'static Asset, bool)> {
    match name {
        "wifi4eu.svg" => Some((&BANNER, false)),
        "icon.svg" => Some((&ICON, false)),
        _ => {
            let (_, font) = FONTS.iter().find(|(font, _)| *font == name)?;
            Some((font, true))
        }
    }
}

/// The same for somebody else's door: media type and content.
pub(super) fn loaded(name: &str) -> Option<(&'static str, Bytes)> {
    let (asset, _) = built_in(name)?;
    Some((asset.media_type, asset.plain.clone()))
}

/// The crest of a network as it is now, as an address that holds it; nothing where none is shown.
pub(super) fn crest_in_place(network: &Network) -> Option<String> {
    let crest = read_crest(network.look.crest.as_deref()?).ok()?;
    let content = pages::base64(&crest.plain);
    Some(format!("data:{};base64,{content}", crest.media_type))
}

/// Answers below `/pictures/`: the name of a picture of the news, with whatever ending.
pub(super) fn picture<B>(
    name: &str,
    request: &Request<B>,
    manner: &Manner,
    board: &Arc<Board>,
) -> Option<Reply> {
    let id: ItemId = name.split('.').next()?.parse().ok()?;
    let picture = board.pictures.get(&id)?;
    let bytes = Bytes::copy_from_slice(&picture.bytes);
    Some(Asset::of(picture.media_type, bytes, None).reply(request, manner, false))
}

#[cfg(test)]
mod tests {
    use super::{
        Asset, Bytes, CREST_POLICY, CrestError, MOST_CREST, Manner, Request, TYPEFACE, fingerprint,
        media_type, read_crest,
    };

    #[test]
    fn typefaces_are_small_and_named_by_their_content() {
        for (name, file) in TYPEFACE {
            let version = name.split('.').nth(1).unwrap();
            assert!(
                fingerprint(file).starts_with(version),
                "{name} is another file now"
            );
            assert!(file.starts_with(b"wOF2") && file.len() <= 13 << 10, "{name}");
            assert!(
                super::pages::CSS.contains(name),
                "the style sheet does not use {name}"
            );
        }
    }

    #[test]
    fn a_crest_is_small_and_a_picture() {
        let dir = tempfile::tempdir().unwrap();
        let put = |bytes: &[u8]| {
            let path = dir.path().join("crest");
            std::fs::write(&path, bytes).unwrap();
            read_crest(&path)
        };
        let svg = put(b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
        assert_eq!(
            (svg.media_type, svg.policy),
            ("image/svg+xml", Some(CREST_POLICY))
        );
        assert!(matches!(put(b"<html><script>"), Err(CrestError::Unknown)));
        assert!(matches!(put(b"\xff\xfe<svg"), Err(CrestError::Unknown)));
        let mut large = b"\x89PNG".to_vec();
        large.resize(MOST_CREST, 0);
        assert!(put(&large).is_ok());
        large.push(0);
        assert!(matches!(put(&large), Err(CrestError::TooLarge)));
        assert!(matches!(
            read_crest(&dir.path().join("none")),
            Err(CrestError::Unreadable(_))
        ));
        assert_eq!(media_type(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
    }

    #[test]
    fn what_names_its_content_is_kept_for_long() {
        let asset = Asset::of("image/png", Bytes::from_static(b"x"), None);
        let keep = |uri: &str| {
            let request = Request::builder().uri(uri).body(()).unwrap();
            let reply = asset.reply(&request, &Manner::of(&request), false);
            reply.headers()["cache-control"].to_str().unwrap().to_owned()
        };
        assert!(keep(&format!("/assets/crest?v={}", asset.version)).contains("immutable"));
        for other in ["/assets/crest", "/assets/crest?v=0"] {
            assert_eq!(keep(other), "public, max-age=3600");
        }
        let changed = Asset::of("image/png", Bytes::from_static(b"y"), None);
        assert_ne!(changed.version, asset.version, "another content has another name");
    }
}
