//! The Chinese font: given as bytes, read once, subset when it is embedded.

use std::sync::Arc;

use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, GlyphId, MetadataProvider as _};
use thiserror::Error;

use crate::size::Len;
use crate::text::Measure;

/// Characters that every sheet needs; a font without them is no Chinese one.
const NEEDED: &str = "处方医师药盒年月日元：（）0123456789";

/// The bytes are no font that a prescription can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FaceError {
    /// No TrueType, OpenType or collection, or one without that member.
    #[error("not a TrueType or OpenType font")]
    NoFont,
    /// It has no Chinese characters.
    #[error("the font has no Chinese characters (it lacks {0})")]
    NotChinese(char),
}

/// A font, ready to measure and to embed. Cheap to share.
#[derive(Clone)]
pub struct Face {
    data: Arc<Vec<u8>>,
    index: u32,
    pub(crate) font: Font,
}

impl Face {
    /// Reads a font file; of a collection its first member.
    ///
    /// # Errors
    /// [`FaceError`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, FaceError> {
        let (data, index) = (Arc::new(bytes), 0);
        let font = Font::new(data.clone().into(), index).ok_or(FaceError::NoFont)?;
        let face = Self { data, index, font };
        let pen = face.pen()?;
        match NEEDED.chars().find(|c| pen.glyph(*c).is_none()) {
            Some(lacking) => Err(FaceError::NotChinese(lacking)),
            None => Ok(face),
        }
    }

    pub(crate) fn pen(&self) -> Result<Pen<'_>, FaceError> {
        let font = FontRef::from_index(&self.data, self.index).map_err(|_| FaceError::NoFont)?;
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let units = i32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
        Ok(Pen { charmap: font.charmap(), metrics, units })
    }
}

/// Measures with a font.
pub(crate) struct Pen<'f> {
    charmap: skrifa::charmap::Charmap<'f>,
    metrics: GlyphMetrics<'f>,
    units: i32,
}

impl Pen<'_> {
    pub(crate) fn glyph(&self, c: char) -> Option<GlyphId> {
        self.charmap.map(c).filter(|glyph| *glyph != GlyphId::NOTDEF)
    }
}

impl Measure for Pen<'_> {
    fn advance(&self, c: char) -> Option<Len> {
        let glyph = self.glyph(c)?;
        // Advances are whole numbers of the font's units; the library only keeps them as floats.
        let advance = self.metrics.advance_width(glyph)?.round() as i32;
        Some(advance * 1_000 / self.units)
    }
}
