//! From places to a PDF: PDF/A-2u with the font's subset embedded, so that an archive can read it in twenty years.
//!
//! The only place with floats: the library's lengths are points. The bytes depend on the arguments alone.

#![allow(clippy::float_arithmetic, reason = "lengths of the PDF library; they were decided as whole numbers")]

use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use lf_vocab::Moment;
use thiserror::Error;

use crate::block::Sheet;
use crate::face::{Face, FaceError, Pen};
use crate::layout::{Item, Page, What, layout};
use crate::qr::{Modules, QUIET};
use crate::size::{Len, Size};
use crate::text::Measure as _;

/// A finished document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters that the font lacks, written as their code points.
    pub lacking: Vec<char>,
}

/// No document: our fault or the font's.
#[derive(Debug, Error)]
pub enum DrawError {
    /// The font.
    #[error(transparent)]
    Face(#[from] FaceError),
    /// The library.
    #[error("PDF: {0}")]
    Pdf(String),
}

/// Lays out and writes a sheet. `printed` is the moment that the document says it was made.
pub fn draw(sheet: &Sheet, size: Size, face: &Face, printed: Moment) -> Result<Paper, DrawError> {
    let pen = face.pen()?;
    let laid = layout(sheet, size, &pen);
    let pdf = |error: String| DrawError::Pdf(error);
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let configuration = configuration.map_err(|error| pdf(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(&sheet.title, printed));
    for page in &laid.pages {
        let settings = PageSettings::from_wh(points(page.width), points(page.height));
        let settings = settings.ok_or_else(|| pdf("a page without extent".to_owned()))?;
        let mut open = document.start_page_with(settings);
        let mut surface = open.surface();
        draw_page(&mut surface, page, face, &pen);
        surface.finish();
        open.finish();
    }
    let bytes = document.finish().map_err(|error| pdf(format!("{error:?}")))?;
    Ok(Paper { pdf: bytes, pages: laid.pages.len(), lacking: laid.lacking.into_iter().collect() })
}

fn metadata(title: &str, printed: Moment) -> Metadata {
    let (year, month, day) = printed.day().ymd();
    let second = printed.second_of_day();
    let small = |number: i64| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(year.unsigned_abs())
        .month(month.unsigned_abs())
        .day(day.unsigned_abs())
        .hour(small(second / 3_600))
        .minute(small(second / 60 % 60))
        .second(small(second % 60))
        .utc_offset_hour(8)
        .utc_offset_minute(0);
    Metadata::new()
        .title(title.to_owned())
        .language("zh-CN".to_owned())
        .creator("流方 Liufang".to_owned())
        .creation_date(date)
}

fn draw_page(surface: &mut Surface<'_>, page: &Page, face: &Face, pen: &Pen<'_>) {
    for item in &page.items {
        match &item.what {
            What::Text { text, size, heavy } => draw_text(surface, item, (text, *size, *heavy), face, pen),
            What::Line { dx, dy, thick } => {
                let mut path = PathBuilder::new();
                path.move_to(points(item.x), points(item.y));
                path.line_to(points(item.x + dx), points(item.y + dy));
                stroked(surface, path, *thick);
            }
            What::Frame { width, height } => {
                let mut path = PathBuilder::new();
                let rect = Rect::from_xywh(points(item.x), points(item.y), points(*width), points(*height));
                rect.into_iter().for_each(|rect| path.push_rect(rect));
                stroked(surface, path, 800);
            }
            What::Code { modules, side } => draw_code(surface, item, modules, *side),
        }
    }
}

/// Heavy letters are drawn with their outline: the system's font has one weight.
fn draw_text(surface: &mut Surface<'_>, item: &Item, what: (&str, Len, bool), face: &Face, pen: &Pen<'_>) {
    let (text, size, heavy) = what;
    let glyph = |(at, c): (usize, char)| {
        let id = pen.glyph(c)?.to_u32();
        let advance = pen.advance(c)? as f32 / 1_000.0;
        Some(KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, at..at + c.len_utf8(), None))
    };
    let glyphs: Vec<_> = text.char_indices().filter_map(glyph).collect();
    if glyphs.is_empty() {
        return;
    }
    surface.set_fill(Some(black()));
    surface.set_stroke(heavy.then(|| Stroke { width: points(size) / 40.0, ..ink() }));
    let start = Point::from_xy(points(item.x), points(item.y));
    surface.draw_glyphs(start, &glyphs, face.font.clone(), text, points(size), false);
}

/// Runs of dark modules in a row are one rectangle: no seams, and a smaller file.
fn draw_code(surface: &mut Surface<'_>, item: &Item, modules: &Modules, side: Len) {
    let module = points(side) / (modules.side + 2 * QUIET) as f32;
    let mut path = PathBuilder::new();
    for y in 0..modules.side {
        let row = &modules.dark[y * modules.side..(y + 1) * modules.side];
        let mut x = 0;
        while x < row.len() {
            let run = row[x..].iter().take_while(|dark| **dark).count();
            if run > 0 {
                let left = points(item.x) + (x + QUIET) as f32 * module;
                let top = points(item.y) + (y + QUIET) as f32 * module;
                let rect = Rect::from_xywh(left, top, run as f32 * module, module);
                rect.into_iter().for_each(|rect| path.push_rect(rect));
            }
            x += run.max(1);
        }
    }
    surface.set_fill(Some(black()));
    surface.set_stroke(None);
    path.finish().iter().for_each(|path| surface.draw_path(path));
}

fn stroked(surface: &mut Surface<'_>, path: PathBuilder, thick: Len) {
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { width: points(thick), ..ink() }));
    path.finish().iter().for_each(|path| surface.draw_path(path));
}

fn black() -> Fill {
    Fill { paint: krilla::color::luma::Color::new(0).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
}

fn ink() -> Stroke {
    Stroke { paint: krilla::color::luma::Color::new(0).into(), ..Stroke::default() }
}

fn points(length: Len) -> f32 {
    length as f32 / 1_000.0
}
