//! What pages tell of themselves, for the statistics: that they were shown, in which language, and how long
//! they took to load. To whom is told too, so that nobody counts twice, and is not kept beyond the hour.
//!
//! The page with the Commission's snippet has a script, so it can measure itself: when all of it is there it
//! posts two numbers, the milliseconds since the request and whether the visual identity was drawn
//! (`navigator.sendBeacon`, <https://www.w3.org/TR/beacon/>). Without scripts there is no figure. The number
//! is taken from the portal's own pages alone, from stations that were shown one, once for each; a false one
//! moves a median by one.

use hyper::body::Incoming;
use hyper::{Request, StatusCode};

use super::lang::Lang;
use super::reply::{self, Reply};
use super::request::is_from_own_page;
use super::site::{Visit, read_form};
use crate::core::Note;
use crate::model::Mac;

/// Where pages post to.
pub(super) const PATH: &str = "/measure";
/// Longer times are those of a page in the background, or made up; milliseconds.
const LONGEST: u32 = 120_000;
/// Longest body that is read: two numbers.
const BODY_BYTES: usize = 16;

/// A page with a button was shown to a station.
pub(super) fn count_view(visit: &Visit<'_>, mac: Mac, lang: Lang) {
    if let Ok(language) = lang.code().parse() {
        let note = Note::Viewed(language);
        visit.context.desk.note(visit.network.id, mac, note);
    }
}

/// Takes a page's measure. The answer is the same whatever becomes of it: nobody reads it.
pub(super) async fn take(visit: &Visit<'_>, request: Request<Incoming>) -> Reply {
    let own = is_from_own_page(request.headers(), &visit.network.host);
    let may = |mac: &Mac| own && visit.measures.attempt((visit.network.id, Some(*mac))).is_ok();
    let Some(mac) = visit.mac.filter(may) else {
        return reply::closing(nothing());
    };
    match read_form(request.into_body()).await {
        Ok(body) => {
            if let Some(note) = read(&body) {
                visit.context.desk.note(visit.network.id, mac, note);
            }
            nothing()
        }
        Err(status) => reply::closing(reply::sentence(status, "Not a measure\n")),
    }
}

fn nothing() -> Reply {
    reply::plain(StatusCode::NO_CONTENT, "text/plain; charset=utf-8", "")
}

/// `1234 1`: milliseconds, and whether the visual identity was drawn.
fn read(body: &[u8]) -> Option<Note> {
    let body = body.get(..body.len().min(BODY_BYTES + 1))?;
    let text = std::str::from_utf8(body)
        .ok()
        .filter(|text| text.len() <= BODY_BYTES)?;
    let (ms, banner) = text.split_once(' ')?;
    let banner = match banner {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    let is_number = !ms.is_empty() && ms.bytes().all(|byte| byte.is_ascii_digit());
    let ms = is_number
        .then(|| ms.parse().ok())
        .flatten()
        .filter(|ms| *ms <= LONGEST)?;
    Some(Note::Loaded {
        ms,
        banner: Some(banner),
    })
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, read};
    use crate::core::Note;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    #[test]
    fn two_numbers_and_nothing_else() {
        for bad in [
            "",
            "1",
            "1 2",
            "1  1",
            " 1 1",
            "-1 1",
            "+1 1",
            "1.5 1",
            "120001 0",
            "4294967296 1",
            "1 1 ",
            "00000000000000001 1",
        ] {
            assert_eq!(read(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(read(&[0xff, b' ', b'1']), None);
    }

    proptest! {
        #[test]
        fn what_the_page_posts_is_read(ms in 0..=LONGEST, shown in any::<bool>()) {
            let body = format!("{ms} {}", u8::from(shown));
            prop_assert_eq!(read(body.as_bytes()), Some(Note::Loaded { ms, banner: Some(shown) }));
        }
    }
}
