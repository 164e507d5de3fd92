//! The comune's news: the list, and the page of one item.

use askama::Template;

use super::frame::Frame;
use super::login::Told;
use super::told::{Headline, Link};
use crate::model::{Block, Inline, NewsItem};

/// All news.
#[derive(Template)]
#[template(path = "portal/news.html")]
pub(in crate::portal) struct News<'a> {
    frame: Frame<'a>,
    told: Told<'a>,
}

impl<'a> News<'a> {
    pub(in crate::portal) fn new(frame: Frame<'a>) -> Self {
        Self {
            told: Told::news(&frame),
            frame,
        }
    }
}

/// One item.
#[derive(Template)]
#[template(path = "portal/article.html")]
pub(in crate::portal) struct Article<'a> {
    frame: Frame<'a>,
    headline: Headline<'a>,
    /// The page of the comune's site.
    link: Option<Link<'a>>,
}

impl<'a> Article<'a> {
    /// `item` is one that the network shows now.
    pub(in crate::portal) fn new(frame: Frame<'a>, item: &'a NewsItem) -> Self {
        Self {
            headline: Headline::new(&frame, item),
            link: item.link.as_deref().map(|href| frame.address(href)),
            frame,
        }
    }
}
