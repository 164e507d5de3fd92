//! Pages of PDF for people who read and for people who listen: PDF/UA-1 (ISO 14289-1), that is, every piece of
//! text and every picture stands in a tree of headings, paragraphs, tables and figures, with words for
//! what is drawn.
//!
//! Fixed pages only: who writes places each thing. The library checks the rules of the standard and refuses to
//! write a file that breaks one.

mod font;
mod render;

pub(super) use font::{Face, Fonts};
pub(super) use render::render;

/// A4, points.
pub(super) const WIDTH: f32 = 595.0;
/// A4, points.
pub(super) const HEIGHT: f32 = 842.0;

/// Colours: all text stands out against white by 4.5:1 at least (WCAG 2.1, 1.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Of text.
    Black,
    /// Of what is secondary.
    Grey,
    /// Of headings and bars: the blue of Designers Italia.
    Blue,
    /// Of what went wrong.
    Red,
    /// In between.
    Amber,
    /// Lines and fields.
    Pale,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Where its letters begin.
    pub(super) x: f32,
    /// The line they stand on, from the top.
    pub(super) y: f32,
    pub(super) face: Face,
    pub(super) size: f32,
    pub(super) ink: Ink,
    pub(super) text: String,
}

/// A filled rectangle, or the strokes of a cross in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shape {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) ink: Ink,
    pub(super) is_cross: bool,
}

/// Something on a page; in the order in which it is read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// A heading and its level, from 1.
    Heading(u16, Vec<Line>),
    /// A paragraph.
    Paragraph(Vec<Line>),
    /// Rows of cells; the first row and the first cell of each row name the others.
    Table(Vec<Vec<Vec<Line>>>),
    /// A picture: what it shows in words, its shapes, its labels.
    Figure(String, Vec<Shape>, Vec<Line>),
    /// What only decorates or repeats itself on every page.
    Decoration(Vec<Shape>, Vec<Line>),
}

/// A page.
pub(super) type Page = Vec<Block>;

/// What the file says of itself.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub(super) title: String,
    pub(super) subject: String,
    pub(super) author: String,
    pub(super) language: String,
    pub(super) made: jiff::Timestamp,
}
