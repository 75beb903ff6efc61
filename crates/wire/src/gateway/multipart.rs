//! The body of 9101 as a form: a part `jsonStr` with the envelope, a part `file` with the bytes (fsi.md §1.5).
//!
//! Only what 9101 needs of RFC 7578: parts between boundaries, their names and file names. Invariants: no input panics;
//! parts and header lines are limited; bytes of a part are borrowed, never copied or decoded.

/// Most parts looked at.
pub const MAX_PARTS: usize = 16;
/// Longest head of a part, in bytes.
pub const MAX_PART_HEAD: usize = 4_096;
/// Longest boundary, as the standard has it.
pub const MAX_BOUNDARY: usize = 70;

/// The parts that 9101 has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form<'b> {
    /// The envelope.
    pub json: &'b [u8],
    /// The file.
    pub file: Option<&'b [u8]>,
}

/// Why a form cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// No boundary, or none that is allowed.
    #[error("multipart/form-data的请求头缺少boundary，或其长度不在1至{MAX_BOUNDARY}之间")]
    Boundary,
    /// The body is no such form.
    #[error("表单不完整：未见{0}")]
    Broken(&'static str),
    /// More than [`MAX_PARTS`].
    #[error("表单的部分超过{MAX_PARTS}个")]
    TooMany,
    /// A head longer than [`MAX_PART_HEAD`].
    #[error("表单某部分的头超过{MAX_PART_HEAD}字节")]
    Head,
    /// A name that stands twice: two readers could see two messages.
    #[error("表单中有重复的部分{0}")]
    Twice(&'static str),
    /// There is no envelope.
    #[error("表单缺少jsonStr部分")]
    NoJson,
}

/// The boundary that a content type names; `None` if the body is no form.
///
/// # Errors
/// [`FormError::Boundary`].
pub fn boundary(content_type: &str) -> Result<Option<&str>, FormError> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Ok(None);
    }
    let named = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let found = named.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    let text = found.map(|(_, value)| value.trim().trim_matches('"')).unwrap_or_default();
    if (1..=MAX_BOUNDARY).contains(&text.len()) { Ok(Some(text)) } else { Err(FormError::Boundary) }
}

impl<'b> Form<'b> {
    /// Reads a body.
    ///
    /// # Errors
    /// [`FormError`].
    pub fn parse(body: &'b [u8], boundary: &str) -> Result<Self, FormError> {
        let delimiter = [b"\r\n--", boundary.as_bytes()].concat();
        // The first delimiter may stand at the very beginning, without the line's end before it.
        let first = delimiter.strip_prefix(b"\r\n").unwrap_or(&delimiter);
        let mut rest = match body.strip_prefix(first) {
            Some(rest) => rest,
            None => after(body, &delimiter).ok_or(FormError::Broken("起始分隔"))?,
        };
        let (mut json, mut file) = (None, None);
        for _ in 0..MAX_PARTS {
            if rest.starts_with(b"--") {
                return Ok(Self { json: json.ok_or(FormError::NoJson)?, file });
            }
            let part = after(rest, b"\r\n").ok_or(FormError::Broken("部分的头"))?;
            let (head, body_and_rest) = head(part)?;
            let end = find(body_and_rest, &delimiter).ok_or(FormError::Broken("结束分隔"))?;
            let content = &body_and_rest[..end];
            match name(head).as_deref() {
                Some("jsonStr") => once(&mut json, content, "jsonStr")?,
                Some("file") => once(&mut file, content, "file")?,
                // A field that the interface does not know is let pass, as in JSON.
                _ => {}
            }
            rest = &body_and_rest[end + delimiter.len()..];
        }
        if rest.starts_with(b"--") {
            return Ok(Self { json: json.ok_or(FormError::NoJson)?, file });
        }
        Err(FormError::TooMany)
    }
}

fn once<'b>(slot: &mut Option<&'b [u8]>, content: &'b [u8], name: &'static str) -> Result<(), FormError> {
    if slot.replace(content).is_some() { Err(FormError::Twice(name)) } else { Ok(()) }
}

/// The head of a part and what follows its empty line.
fn head(part: &[u8]) -> Result<(&[u8], &[u8]), FormError> {
    // A part without any header begins with its empty line.
    if let Some(body) = part.strip_prefix(b"\r\n") {
        return Ok((&[], body));
    }
    let seen = &part[..part.len().min(MAX_PART_HEAD + 4)];
    match find(seen, b"\r\n\r\n") {
        Some(end) if end <= MAX_PART_HEAD => Ok((&part[..end], &part[end + 4..])),
        _ if part.len() > MAX_PART_HEAD => Err(FormError::Head),
        _ => Err(FormError::Broken("部分的头")),
    }
}

/// The name in `Content-Disposition: form-data; name="…"`.
fn name(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let disposition = head.split("\r\n").find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case("content-disposition").then_some(value.to_owned())
    })?;
    disposition.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("name").then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn after<'b>(text: &'b [u8], what: &[u8]) -> Option<&'b [u8]> {
    find(text, what).map(|at| &text[at + what.len()..])
}

/// Where `what`, which is not empty, begins.
fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    let (first, mut from) = (what.first()?, 0);
    loop {
        // Files are long: the one byte is looked for first, which is fast.
        let at = from + text.get(from..)?.iter().position(|byte| byte == first)?;
        if text[at..].starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Form<'_>, FormError> {
        Form::parse(body.as_bytes(), "b1")
    }

    #[test]
    fn a_content_type_names_its_boundary() {
        for (content_type, want) in [
            ("application/json;charset=UTF-8", Ok(None)),
            ("", Ok(None)),
            ("multipart/form-data; boundary=b1", Ok(Some("b1"))),
            ("Multipart/Form-Data;charset=utf-8; Boundary=\"b 1\"", Ok(Some("b 1"))),
            ("multipart/form-data", Err(FormError::Boundary)),
            ("multipart/form-data; boundary=", Err(FormError::Boundary)),
        ] {
            assert_eq!(boundary(content_type), want, "{content_type}");
        }
        for (length, fits) in [(MAX_BOUNDARY, true), (MAX_BOUNDARY + 1, false)] {
            let content_type = format!("multipart/form-data; boundary={}", "x".repeat(length));
            assert_eq!(boundary(&content_type).is_ok(), fits, "{length}");
        }
    }

    #[test]
    fn a_form_has_an_envelope_and_perhaps_a_file() {
        let json = "--b1\r\nContent-Disposition: form-data; name=\"jsonStr\"\r\n\r\n{}\r\n";
        let file = "--b1\r\ncontent-type: application/zip\r\ncontent-disposition: form-data; filename=\"a;b.zip\"; name=file\r\n\r\nPK\r\n-b1\r\n";
        let other = "--b1\r\nContent-Disposition: form-data; name=\"more\"\r\n\r\nx\r\n";
        for (body, want) in [
            (format!("{json}{file}--b1--\r\n"), Some(&b"PK\r\n-b1"[..])),
            (format!("preamble\r\n{file}{other}{json}--b1--"), Some(&b"PK\r\n-b1"[..])),
            (format!("{json}--b1--"), None),
        ] {
            assert_eq!(parse(&body), Ok(Form { json: b"{}", file: want }), "{body}");
        }
    }

    #[test]
    fn what_is_no_such_form_is_told() {
        let json = "--b1\r\nContent-Disposition: form-data; name=\"jsonStr\"\r\n\r\n{}\r\n";
        let empty = "--b1\r\n\r\n\r\n";
        for (body, want) in [
            (String::new(), FormError::Broken("起始分隔")),
            ("{}".to_owned(), FormError::Broken("起始分隔")),
            ("--b1".to_owned(), FormError::Broken("部分的头")),
            ("--b1\r\nx: y".to_owned(), FormError::Broken("部分的头")),
            (json.to_owned(), FormError::Broken("结束分隔")),
            ("--b1--".to_owned(), FormError::NoJson),
            (format!("{empty}--b1--"), FormError::NoJson),
            (format!("{json}{json}--b1--"), FormError::Twice("jsonStr")),
        ] {
            assert_eq!(parse(&body), Err(want), "{body}");
        }
        for (parts, want) in [(MAX_PARTS - 1, None), (MAX_PARTS, Some(FormError::TooMany))] {
            let body = format!("{json}{}--b1--", empty.repeat(parts));
            assert_eq!(parse(&body).err(), want, "{parts}");
        }
        for (length, want) in [(MAX_PART_HEAD, None), (MAX_PART_HEAD + 1, Some(FormError::Head))] {
            let head = format!("x: {}", "y".repeat(length - 3));
            let body = format!("{json}--b1\r\n{head}\r\n\r\nz\r\n--b1--");
            assert_eq!(parse(&body).err(), want, "{length}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_form_panics(body in "(--b1|\r\n|jsonStr|Content-Disposition: form-data; name=|\"|--|[ -~]){0,40}") {
            let _ = Form::parse(body.as_bytes(), "b1");
        }
    }
}
