//! From blocks to a file.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, BBox, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::{Document, SerializeSettings};

use super::{About, Block, Fonts, HEIGHT, Ink, Line, Page, Shape, WIDTH};
use crate::report::ReportError;

/// Thickness of the strokes of a cross, points.
const STROKE: f32 = 1.2;

/// Makes the file.
///
/// # Errors
/// A rule of PDF/UA-1 is broken, which is a fault of ours.
pub(in crate::report) fn render(
    pages: &[Page],
    about: &About,
    fonts: &Fonts,
) -> Result<Vec<u8>, ReportError> {
    let fault = |what: String| ReportError::Format(format!("the pages cannot be made: {what}"));
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| fault(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        enable_tagging: true,
        ..SerializeSettings::default()
    });
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| fault("size".to_owned()))?;
    let mut tree = TagTree::new().with_lang(Some(about.language.clone()));
    let mut body = TagGroup::new(Tag::Part);
    for (number, blocks) in pages.iter().enumerate() {
        let mut page = document.start_page_with(size.clone());
        let mut easel = Easel {
            surface: page.surface(),
            fonts,
            page: number,
        };
        for block in blocks {
            if let Some(group) = easel.draw(block) {
                body.push(group);
            }
        }
        // The page goes on only when nobody draws on it any more.
        drop(easel);
        page.finish();
    }
    tree.push(body);
    document.set_outline(outline(pages));
    document.set_tag_tree(tree);
    document.set_metadata(metadata(about));
    document.finish().map_err(|error| fault(format!("{error:?}")))
}

/// The headings below the title, to jump to.
fn outline(pages: &[Page]) -> Outline {
    let mut outline = Outline::new();
    for (number, blocks) in pages.iter().enumerate() {
        for block in blocks {
            let Block::Heading(_, lines) = block else { continue };
            if let Some(line) = lines.first() {
                let to = XyzDestination::new(number, Point::from_xy(line.x, line.y - line.size));
                outline.push_child(OutlineNode::new(title(lines), to));
            }
        }
    }
    outline
}

fn title(lines: &[Line]) -> String {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    texts.join(" ")
}

fn metadata(about: &About) -> Metadata {
    let made = about.made.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or(0);
    let date = DateTime::new(u16::try_from(made.year()).unwrap_or(0))
        .month(small(made.month()))
        .day(small(made.day()))
        .hour(small(made.hour()))
        .minute(small(made.minute()))
        .second(small(made.second()))
        .utc_offset_hour(0);
    Metadata::new()
        .title(about.title.clone())
        .description(about.subject.clone())
        .authors(vec![about.author.clone()])
        .creator("Portico".to_owned())
        .language(about.language.clone())
        .creation_date(date)
}

struct Easel<'s, 'f> {
    surface: Surface<'s>,
    fonts: &'f Fonts,
    page: usize,
}

impl Easel<'_, '_> {
    /// Draws a block; its place in the tree, unless it only decorates.
    fn draw(&mut self, block: &Block) -> Option<TagGroup> {
        Some(match block {
            Block::Heading(level, lines) => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                self.group(Tag::Hn(level, Some(title(lines))), lines)
            }
            Block::Paragraph(lines) => self.group(Tag::P, lines),
            Block::Table(rows) => self.table(rows),
            Block::Figure(words, shapes, labels) => {
                let tag = Tag::Figure(Some(words.clone()))
                    .with_bbox(around(shapes, labels).map(|rect| BBox::new(self.page, rect)));
                let id = self.content(ContentTag::Other, shapes, labels);
                TagGroup::with_children(tag, vec![id.into()])
            }
            Block::Decoration(shapes, lines) => {
                let artifact = Artifact::with_kind(ArtifactType::PaginationOther);
                self.content(ContentTag::Artifact(artifact), shapes, lines);
                return None;
            }
        })
    }

    fn group(&mut self, tag: impl Into<krilla::tagging::TagKind>, lines: &[Line]) -> TagGroup {
        let id = self.content(ContentTag::Span(SpanTag::empty()), &[], lines);
        TagGroup::with_children(tag, vec![id.into()])
    }

    fn table(&mut self, rows: &[Vec<Vec<Line>>]) -> TagGroup {
        let mut groups = rows.iter().enumerate().map(|(number, row)| {
            let cells = row.iter().enumerate().map(|(column, lines)| -> Node {
                let group = match (number, column) {
                    (0, _) => self.group(Tag::TH(TableHeaderScope::Column), lines),
                    (_, 0) => self.group(Tag::TH(TableHeaderScope::Row), lines),
                    _ => self.group(Tag::TD, lines),
                };
                group.into()
            });
            TagGroup::with_children(Tag::TR, cells.collect()).into()
        });
        let head: Vec<Node> = groups.by_ref().take(1).collect();
        let body: Vec<Node> = groups.collect();
        let head = TagGroup::with_children(Tag::THead, head);
        let body = TagGroup::with_children(Tag::TBody, body);
        TagGroup::with_children(Tag::Table, vec![head.into(), body.into()])
    }

    fn content(&mut self, tag: ContentTag<'_>, shapes: &[Shape], lines: &[Line]) -> Identifier {
        let id = self.surface.start_tagged(tag);
        for shape in shapes {
            self.shape(shape);
        }
        for (place, line) in lines.iter().enumerate() {
            self.line(line, place + 1 < lines.len());
        }
        self.surface.end_tagged();
        id
    }

    /// A line of text; where another one follows, a space ends it, so that its last word ends too.
    fn line(&mut self, line: &Line, goes_on: bool) {
        let text = if goes_on {
            format!("{} ", line.text)
        } else {
            line.text.clone()
        };
        let (text, glyphs) = self.fonts.set(line.face, &text);
        self.surface.set_fill(Some(fill(line.ink)));
        self.surface.draw_glyphs(
            Point::from_xy(line.x, line.y),
            &glyphs,
            self.fonts.font(line.face),
            &text,
            line.size,
            false,
        );
    }

    fn shape(&mut self, shape: &Shape) {
        let mut path = PathBuilder::new();
        let (left, top) = (shape.left, shape.top);
        let (right, bottom) = (left + shape.width, top + shape.height);
        if shape.is_cross {
            for (from, to) in [(left, right - STROKE), (right - STROKE, left)] {
                path.move_to(from, top);
                path.line_to(from + STROKE, top);
                path.line_to(to + STROKE, bottom);
                path.line_to(to, bottom);
                path.close();
            }
        } else {
            path.move_to(left, top);
            path.line_to(right, top);
            path.line_to(right, bottom);
            path.line_to(left, bottom);
            path.close();
        }
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(fill(shape.ink)));
            self.surface.draw_path(&path);
        }
    }
}

/// What a picture covers.
fn around(shapes: &[Shape], labels: &[Line]) -> Option<Rect> {
    let boxes = shapes
        .iter()
        .map(|shape| {
            (
                shape.left,
                shape.top,
                shape.left + shape.width,
                shape.top + shape.height,
            )
        })
        .chain(
            labels
                .iter()
                .map(|line| (line.x, line.y - line.size, line.x + line.size, line.y)),
        );
    let all = boxes.reduce(|a, b| (a.0.min(b.0), a.1.min(b.1), a.2.max(b.2), a.3.max(b.3)))?;
    Rect::from_ltrb(all.0, all.1, all.2, all.3)
}

fn fill(ink: Ink) -> Fill {
    let (red, green, blue) = match ink {
        Ink::Black => (0x17, 0x32, 0x4d),
        Ink::Grey => (0x5b, 0x6f, 0x82),
        Ink::Blue => (0x00, 0x66, 0xcc),
        Ink::Red => (0xb2, 0x2a, 0x3e),
        Ink::Amber => (0xe0, 0x9f, 0x3e),
        Ink::Pale => (0xd6, 0xdc, 0xe3),
    };
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}
