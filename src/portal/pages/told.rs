//! Notices and news as the pages show them.

use super::frame::Frame;
use super::{NEWS_PATH, PICTURES_PATH};
use crate::model::{NewsItem, Notice, NoticeColor};
use crate::portal::lang::Lang;

/// An urgent notice.
pub(super) struct Warning<'a> {
    pub(super) text: &'a str,
    pub(super) lang: &'a str,
    /// Which way the text is written: the whole line goes with it, so that what is cut off is its end.
    pub(super) dir: &'static str,
    /// Name of the colour, for the style sheet.
    pub(super) color: &'static str,
    /// The name of the icon.
    pub(super) icon: &'static str,
    /// What the colour means, in a word.
    pub(super) word: String,
    pub(super) source: String,
    pub(super) until: Option<String>,
    pub(super) link: Option<Link<'a>>,
    alarming: bool,
}

/// An address that opens now, or that is only named.
pub(super) struct Link<'a> {
    pub(super) href: &'a str,
    pub(super) opens: bool,
}

impl Link<'_> {
    /// The host, or the number.
    pub(super) fn name(&self) -> &str {
        let rest = self.href.split_once(':').map_or(self.href, |(_, rest)| rest);
        let rest = rest.trim_start_matches('/');
        let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        host.strip_prefix("www.").unwrap_or(host)
    }
}

impl<'a> Warning<'a> {
    pub(super) fn new(frame: &Frame<'_>, notice: &'a Notice) -> Self {
        let color = color_name(notice.color);
        Self {
            text: &notice.text,
            lang: &notice.lang,
            dir: Lang::from_code(&notice.lang).map_or("auto", |lang| lang.direction().attribute()),
            color,
            icon: match notice.color {
                NoticeColor::Red | NoticeColor::Orange | NoticeColor::Yellow => "alert",
                NoticeColor::Green => "check",
                NoticeColor::Blue | NoticeColor::Purple => "info",
            },
            word: frame.t(&format!("notice-{color}")),
            source: frame.text.with("notice-source", "source", notice.source.as_str()),
            until: notice
                .ends
                .map(|end| frame.text.with("notice-until", "when", frame.date_and_time(end))),
            link: notice.link.as_deref().map(|href| frame.address(href)),
            alarming: matches!(notice.color, NoticeColor::Red | NoticeColor::Orange),
        }
    }

    pub(super) const fn is_alarming(&self) -> bool {
        self.alarming
    }
}

const fn color_name(color: NoticeColor) -> &'static str {
    match color {
        NoticeColor::Red => "red",
        NoticeColor::Orange => "orange",
        NoticeColor::Yellow => "yellow",
        NoticeColor::Green => "green",
        NoticeColor::Blue => "blue",
        NoticeColor::Purple => "purple",
    }
}

/// A piece of news in a list.
pub(super) struct Headline<'a> {
    pub(super) item: &'a NewsItem,
    pub(super) href: String,
    /// Day in words, and as machines read it.
    pub(super) day: Option<(String, String)>,
    pub(super) picture: Option<PictureLink<'a>>,
}

/// A picture of the news.
pub(super) struct PictureLink<'a> {
    pub(super) src: String,
    pub(super) alt: &'a str,
    /// Pixels.
    pub(super) width: u32,
    /// Pixels.
    pub(super) height: u32,
}

impl<'a> Headline<'a> {
    pub(super) fn new(frame: &Frame<'a>, item: &'a NewsItem) -> Self {
        let picture = item.picture.as_ref().and_then(|(id, alt)| {
            let picture = frame.scene.board.pictures.get(id)?;
            Some(PictureLink {
                src: format!("{PICTURES_PATH}{}", id.as_str()),
                alt,
                width: picture.width,
                height: picture.height,
            })
        });
        Self {
            item,
            href: frame.link(&format!("{NEWS_PATH}{}", item.id.as_str())),
            day: item.published.map(|at| (frame.date(at), at.to_string())),
            picture,
        }
    }
}

impl Frame<'_> {
    /// An address of somebody's text.
    pub(super) fn address<'l>(&self, href: &'l str) -> Link<'l> {
        Link {
            href,
            opens: self.opens(href),
        }
    }

    /// "Call 112".
    pub(super) fn call(&self, url: &str) -> String {
        let number = url.strip_prefix("tel:").unwrap_or(url);
        self.text.attribute("service-call", "number", number)
    }
}
