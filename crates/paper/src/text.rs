//! Text in lines: where Chinese and numbers may be broken, and how wide they are.
//!
//! Chinese breaks between any two characters, but no line begins with a closing mark or ends with an opening one; numbers,
//! codes and Latin words stay whole unless one alone is wider than the line.

use crate::size::Len;

/// How wide characters are.
pub trait Measure {
    /// The advance of a character in thousandths of its size; `None` when it cannot be written.
    fn advance(&self, c: char) -> Option<Len>;

    /// The width of a text that [`spell`] gave.
    fn width(&self, text: &str, size: Len) -> Len {
        let thousandths: i64 = text.chars().filter_map(|c| self.advance(c)).map(i64::from).sum();
        let width = thousandths * i64::from(size) / 1_000;
        Len::try_from(width).unwrap_or(Len::MAX)
    }
}

/// The text as it can be written: blanks for what separates, `[U+20BB7]` for what the font lacks; what it lacks is told.
pub fn spell(measure: &dyn Measure, text: &str, lacking: &mut impl FnMut(char)) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            out.push(' ');
        } else if measure.advance(c).is_some() {
            out.push(c);
        } else {
            lacking(c);
            out += &format!("[U+{:04X}]", u32::from(c));
        }
    }
    out
}

/// The lines of a text within a width; at least one.
pub fn wrap(measure: &dyn Measure, text: &str, size: Len, width: Len) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        let wide = measure.width(piece, size);
        if used + measure.width(piece.trim_end(), size) <= width {
            line += piece;
            used += wide;
            continue;
        }
        if !line.trim().is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        line.clear();
        used = 0;
        for c in piece.trim_start().chars() {
            let wide = measure.width(c.encode_utf8(&mut [0; 4]), size);
            if used + wide > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += wide;
        }
    }
    if !line.trim().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

const CLOSING: &str = "，。、；：！？）》」』】〕％%,.;:!?)]";
const OPENING: &str = "（《「『【〔([";

/// What is not broken: a Chinese character or a word, with the marks that belong to it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| breaks(before, c)) {
            pieces.push(&text[begin..at]);
            begin = at;
        }
        before = Some(c);
    }
    pieces.push(&text[begin..]);
    pieces
}

fn breaks(before: char, c: char) -> bool {
    if c == ' ' || CLOSING.contains(c) || OPENING.contains(before) {
        return false;
    }
    before == ' ' || !(in_word(before) && in_word(c))
}

fn in_word(c: char) -> bool {
    c.is_ascii_graphic() || ('\u{a1}'..'\u{2000}').contains(&c)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Half a square for ASCII, a square for others; no character beyond the basic plane.
    pub struct Squares;

    impl Measure for Squares {
        fn advance(&self, c: char) -> Option<Len> {
            (u32::from(c) < 0x1_0000).then_some(if c.is_ascii() { 500 } else { 1_000 })
        }
    }

    fn lines(text: &str, squares: Len) -> Vec<String> {
        wrap(&Squares, text, 1_000, squares * 1_000)
    }

    #[test]
    fn chinese_breaks_anywhere_and_words_do_not() {
        assert_eq!(lines("缬沙坦氨氯地平片", 4), ["缬沙坦氨", "氯地平片"]);
        assert_eq!(lines("规格80mg", 3), ["规格", "80mg"]);
        assert_eq!(lines("国药准字H20217019号", 5), ["国药准字", "H20217019", "号"]);
        assert_eq!(lines("", 3), [""]);
        assert_eq!(lines("每次 1粒 每日", 4), ["每次 1粒", "每日"]);
    }

    #[test]
    fn a_line_takes_what_just_fits_and_not_one_more() {
        assert_eq!(lines("一二三四", 4), ["一二三四"]);
        assert_eq!(lines("一二三四五", 4), ["一二三四", "五"]);
        assert_eq!(lines("12345678", 4), ["12345678"]);
        assert_eq!(lines("123456789", 4), ["12345678", "9"]);
    }

    #[test]
    fn no_line_begins_with_a_closing_mark_nor_ends_with_an_opening_one() {
        assert_eq!(lines("一二三四，五", 4), ["一二三", "四，五"]);
        assert_eq!(lines("一二三（四五）", 4), ["一二三", "（四五）"]);
    }

    #[test]
    fn nothing_is_lost_by_wrapping() {
        let text = "1.缬沙坦氨氯地平片(I)（倍博特）80mg:5mg×7片/盒，国药准字HJ20160364；每日1次，饭后30分钟服。";
        for squares in 1..30 {
            let joined: String = lines(text, squares).concat();
            assert_eq!(joined.replace(' ', ""), text.replace(' ', ""), "{squares}");
        }
    }

    #[test]
    fn what_the_font_lacks_is_written_as_its_number_and_told() {
        let mut lacking = Vec::new();
        let spelt = spell(&Squares, "王\u{20BB7}\t明\n", &mut |c| lacking.push(c));
        assert_eq!(spelt, "王[U+20BB7] 明 ");
        assert_eq!(lacking, ['\u{20BB7}']);
    }
}
