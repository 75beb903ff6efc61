//! A published table as a page, as CSV and as JSON.
//!
//! Serves the public pages and `liufang publish`. Invariants: no cell is taken for markup, and none for a formula by a spreadsheet.

use lf_center::published::Table;
use serde_json::{Map, Value, json};

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page for people.
    Html,
    /// For spreadsheets, UTF-8 with its mark.
    Csv,
    /// For programs.
    Json,
}

impl Form {
    /// By the ending of a file's name.
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "html" => Some(Self::Html),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// Writes a table.
pub fn written(table: &Table, form: Form) -> String {
    match form {
        Form::Html => page(&table.title, &body(table)),
        Form::Csv => csv(table),
        Form::Json => {
            let rows: Vec<Value> = table.rows.iter().map(|row| object(table, row)).collect();
            json!({ "title": table.title, "rows": rows, "notes": table.notes }).to_string()
        }
    }
}

fn object(table: &Table, row: &[String]) -> Value {
    let fields = table.columns.iter().zip(row).map(|((field, _), cell)| ((*field).to_owned(), cell.as_str().into()));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn csv(table: &Table) -> String {
    let headings = table.columns.iter().map(|(_, heading)| cell(heading)).collect::<Vec<_>>();
    let rows = table.rows.iter().map(|row| row.iter().map(|text| cell(text)).collect::<Vec<_>>());
    let lines = std::iter::once(headings).chain(rows).map(|cells| cells.join(",") + "\r\n");
    std::iter::once("\u{feff}".to_owned()).chain(lines).collect()
}

fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn body(table: &Table) -> String {
    let mut html = String::from("<table><thead><tr>");
    for (_, heading) in table.columns {
        html += &format!("<th>{}</th>", escaped(heading));
    }
    html += "</tr></thead><tbody>";
    for row in &table.rows {
        html += "<tr>";
        for cell in row {
            html += &format!("<td>{}</td>", escaped(cell));
        }
        html += "</tr>";
    }
    html += "</tbody></table>";
    if table.rows.is_empty() {
        html += "<p>没有记录。</p>";
    }
    for note in &table.notes {
        html += &format!("<p>{}</p>", escaped(note));
    }
    html
}

/// A whole page without script.
pub(crate) fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}</title>\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
        <style>body{{font-family:sans-serif;margin:1em}}table{{border-collapse:collapse}}\
        th,td{{border:1px solid #999;padding:.3em .6em;text-align:left}}</style></head>\
        <body><h1>{title}</h1>{body}</body></html>"
    )
}

/// Text that is no markup.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_neither_markup_nor_a_formula() {
        let row = ["=1+1", "甲,\"乙\"", "<b>&'"].map(str::to_owned).to_vec();
        let columns = &[("a", "一"), ("b", "二"), ("c", "三")];
        let table =
            Table { name: "t", title: "<t>".to_owned(), columns, rows: vec![row], notes: vec!["注".to_owned()] };
        assert_eq!(written(&table, Form::Csv), "\u{feff}一,二,三\r\n'=1+1,\"甲,\"\"乙\"\"\",<b>&'\r\n");
        let html = written(&table, Form::Html);
        assert!(html.contains("<td>&lt;b&gt;&amp;&#39;</td>") && html.contains("<h1>&lt;t&gt;</h1>"), "{html}");
        let told: Value = serde_json::from_str(&written(&table, Form::Json)).unwrap();
        assert_eq!((&told["rows"][0]["a"], &told["notes"][0]), (&"=1+1".into(), &"注".into()));
        for (ending, form) in [("html", Form::Html), ("csv", Form::Csv), ("json", Form::Json)] {
            assert_eq!(Form::of_ending(ending), Some(form));
        }
        assert_eq!(Form::of_ending("exe"), None);
    }
}
