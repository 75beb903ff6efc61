//! A small real PDF for `rxFile`: one page, Chinese text, no embedded font, ASCII throughout.
//!
//! The font is one of the predefined CID fonts that every reader maps to a Chinese face of its own. A stream of
//! padding brings the file to the size that a scanned prescription has.

use std::fmt::Write as _;

/// The largest file that is built.
pub const PDF_MAX: usize = 3 * 1024 * 1024;

/// What the padding stream's object costs beside its bytes.
const PADDING_OVERHEAD: usize = 120;

/// A page with a title and lines; about `size_hint` bytes, never less than its content and never above [`PDF_MAX`].
pub fn rx_pdf(title: &str, lines: &[String], size_hint: usize) -> Vec<u8> {
    let page = page_text(title, lines);
    let bare = assemble(&page, 0).len();
    let padding = size_hint.min(PDF_MAX).saturating_sub(bare + PADDING_OVERHEAD);
    assemble(&page, padding).into_bytes()
}

fn assemble(page: &str, padding: usize) -> String {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        stream(page),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 \
         /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            .to_owned(),
    ];
    if padding > 0 {
        objects.push(stream(&filler(padding)));
    }
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::with_capacity(objects.len());
    for (at, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let xref = file.len();
    file += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        file += &format!("{offset:010} 00000 n \n");
    }
    file + &format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n", objects.len() + 1)
}

fn stream(content: &str) -> String {
    format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())
}

fn page_text(title: &str, lines: &[String]) -> String {
    let mut text = format!("BT /F1 16 Tf 40 545 Td {} Tj /F1 10 Tf 16 TL 0 -12 Td T*", hex_text(title));
    for line in lines {
        text += &format!(" {} Tj T*", hex_text(line));
    }
    text + " ET"
}

/// UCS-2 in hexadecimal, as the font's encoding wants it.
fn hex_text(text: &str) -> String {
    let mut hex = String::from("<");
    for unit in text.encode_utf16() {
        // Writing into a String does not fail.
        let _ = write!(hex, "{unit:04X}");
    }
    hex + ">"
}

/// Printable bytes that do not repeat soon, so that a size in a log means what it says even when compressed.
fn filler(length: usize) -> String {
    let mut state = 0x2545_F491u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(state >> 27) as usize])
    };
    (0..length).map(next).collect()
}
