//! Just enough understanding of Rust source for the checks.
//!
//! Everything works on text in which comments and literals are blanked out, byte
//! for byte, so that a word in a sentence is never taken for code and an offset
//! in the blanked text is an offset in the file.

use std::ops::Range;

/// A function with a body: where it starts and how many lines it takes.
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// `text` with the content of comments, strings and character literals replaced
/// by spaces; line breaks stay.
pub fn code_only(text: &str) -> String {
    blanked(text, |_| true)
}

/// `text` with the content of comments replaced by spaces, strings kept.
pub fn without_comments(text: &str) -> String {
    blanked(text, |start| start.starts_with("//") || start.starts_with("/*"))
}

/// Blanks every comment and literal for whose text `hides` says so.
fn blanked(text: &str, hides: fn(&str) -> bool) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let Some(end) = literal_or_comment(text, at) else {
            at += 1;
            continue;
        };
        if hides(&text[at..]) {
            for byte in &mut out[at..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        at = end;
    }
    // Whole literals were replaced, so no character is cut in two.
    String::from_utf8_lossy(&out).into_owned()
}

/// The byte ranges of `#[cfg(test)]` items that have a body.
pub fn test_regions(code: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (start, attribute) in code.match_indices("#[cfg(test)]") {
        let after = start + attribute.len();
        if let Some(open) = first_of(code, after, &['{', ';'])
            && code.as_bytes()[open] == b'{'
        {
            found.push(start..block_end(code, open));
        }
    }
    found
}

/// Every function with a body, in file order.
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("fn ") {
        if start > 0 && is_word(code.as_bytes()[start - 1]) {
            continue;
        }
        let name: String = code[start + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if name.is_empty() {
            continue;
        }
        if let Some(open) = body_start(code, start) {
            let end = block_end(code, open);
            found.push(Function {
                name,
                line: line_of(code, start),
                lines: code[start..end].matches('\n').count() + 1,
            });
        }
    }
    found
}

/// The 1-based line of a byte offset.
pub fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|b| **b == b'\n').count() + 1
}

/// Byte offsets at which `word` stands in `code` as a whole word.
pub fn words(code: &str, word: &str) -> Vec<usize> {
    let bytes = code.as_bytes();
    code.match_indices(word)
        .map(|(start, _)| start)
        .filter(|start| {
            let end = start + word.len();
            let before = *start == 0 || !is_word(bytes[start - 1]) || !is_word(bytes[*start]);
            let after = end >= bytes.len() || !is_word(bytes[end]) || !is_word(bytes[end - 1]);
            before && after
        })
        .collect()
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// If a comment or literal starts at `at`, where it ends.
fn literal_or_comment(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    if rest.starts_with(b"//") {
        return Some(text[at..].find('\n').map_or(text.len(), |n| at + n));
    }
    if rest.starts_with(b"/*") {
        return Some(block_comment_end(bytes, at));
    }
    match bytes[at] {
        b'"' => Some(string_end(bytes, at + 1)),
        b'r' if at == 0 || !is_word(bytes[at - 1]) || raw_prefix(bytes, at) => raw_end(text, at),
        b'\'' => char_end(text, at),
        _ => None,
    }
}

/// Whether the letter before `r` is the `b` or `c` of a byte or C string.
fn raw_prefix(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[at - 1], b'b' | b'c') && (at == 1 || !is_word(bytes[at - 2]))
}

fn block_comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn raw_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let hashes = rest.bytes().take_while(|b| *b == b'#').count();
    if rest.as_bytes().get(hashes) != Some(&b'"') {
        return None;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let body = at + 1 + hashes + 1;
    Some(text[body..].find(&close).map_or(text.len(), |n| body + n + close.len()))
}

/// A character literal, as opposed to a lifetime.
fn char_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let first = rest.chars().next()?;
    if first == '\\' {
        let skipped = at + 3;
        return text.get(skipped..)?.find('\'').map(|n| skipped + n + 1);
    }
    let after = first.len_utf8();
    (rest.as_bytes().get(after) == Some(&b'\'')).then_some(at + 1 + after + 1)
}

fn first_of(code: &str, from: usize, wanted: &[char]) -> Option<usize> {
    code[from..].find(wanted).map(|n| from + n)
}

/// The `{` that opens a function's body; `None` for a declaration.
fn body_start(code: &str, from: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(offset),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// One past the brace that closes the block opened at `open`.
fn block_end(code: &str, open: usize) -> usize {
    let mut depth = 0_i32;
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return offset + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blank_and_offsets_stay() {
        let text = "let a = \"fn x\"; // fn y\n/* fn /* z */ 中 */ let b = r#\"fn \"q\"#; let c = '{'; let d: &'static str = b'\\'';";
        let code = code_only(text);
        assert_eq!(code.len(), text.len());
        assert!(!code.contains("fn"), "{code}");
        assert!(!code.contains('{'), "{code}");
        assert!(code.contains("&'static str"), "{code}");
        assert_eq!(code.matches('\n').count(), 1);
    }

    #[test]
    fn comments_alone_can_be_blanked() {
        assert_eq!(without_comments("a(\"// b\"); // c"), "a(\"// b\");     ");
    }

    #[test]
    fn escaped_quotes_do_not_end_a_string() {
        let code = code_only(r#"x("a\"b{"); y('\u{1F600}', '"'); z("}")"#);
        assert_eq!(code.replace(' ', ""), "x();y(,);z()");
    }

    #[test]
    fn functions_are_measured_from_head_to_closing_brace() {
        let code = code_only("trait T { fn none(&self); }\nfn two(a: [u8; 3])\n{ if a { } }\npub fn f(g: fn(u8)) {}\n");
        let found: Vec<_> = functions(&code).into_iter().map(|f| (f.name, f.line, f.lines)).collect();
        assert_eq!(found, [("two".to_owned(), 2, 2), ("f".to_owned(), 4, 1)]);
    }

    #[test]
    fn a_test_region_is_a_module_with_a_body() {
        let code = code_only("#[cfg(test)]\nmod a;\nfn b() {}\n#[cfg(test)]\nmod c { fn d() {} }\nfn e() {}");
        let regions = test_regions(&code);
        assert_eq!(regions.len(), 1);
        assert!(code[regions[0].clone()].contains("fn d"));
        assert!(!code[regions[0].clone()].contains("fn e"));
    }

    #[test]
    fn words_are_whole() {
        assert_eq!(words("f64 xf64 f64_ (f64)", "f64").len(), 2);
        assert_eq!(words("std::fs::read std::fsx", "std::fs").len(), 1);
        assert_eq!(words("todo!() my_todo!()", "todo!(").len(), 1);
    }
}
