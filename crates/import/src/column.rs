//! Columns and the headings by which they are known.
//!
//! Invariants: a heading names at most one column of a kind; blanks, underscores, case and the asterisk of required columns
//! do not matter; a required column without a heading is a defect of the heading row.

use crate::defect::Defects;
use crate::file::Table;

/// A column of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The national field name, or ours where there is none.
    pub name: &'static str,
    /// Other headings under which it comes.
    pub also: &'static [&'static str],
    /// Whether the file must have it and every row fill it.
    pub required: bool,
    /// What stands in it, as a phrase that follows "is not".
    pub what: &'static str,
}

/// A column that must be there.
pub(crate) const fn must(name: &'static str, also: &'static [&'static str], what: &'static str) -> Column {
    Column { name, also, required: true, what }
}

/// A column that may be there.
pub(crate) const fn may(name: &'static str, also: &'static [&'static str], what: &'static str) -> Column {
    Column { name, also, required: false, what }
}

/// Which cell of a row holds which column.
#[derive(Debug, Clone)]
pub struct Mapping {
    columns: &'static [Column],
    places: Vec<Option<usize>>,
    /// Headings that name no column.
    pub unused: Vec<String>,
    /// Cells that a row can have.
    pub width: usize,
}

impl Mapping {
    /// Finds the columns of a kind under a table's headings; `map` says where a heading is unheard of.
    pub fn new(
        columns: &'static [Column],
        table: &Table,
        map: &[(String, String)],
        defects: &mut Defects,
    ) -> Option<Self> {
        let row = table.heading_row;
        let before = defects.total();
        for (name, heading) in map {
            if !columns.iter().any(|column| column.name == name) {
                defects.push(row, "", format!("--map {name}=…: this kind has no such column"));
            } else if !table.headings.iter().any(|known| normal(known) == normal(heading)) {
                defects.push(row, "", format!("--map {name}={heading}: the file has no such heading"));
            }
        }
        let mut unused: Vec<bool> = table.headings.iter().map(|heading| !heading.is_empty()).collect();
        let mut places = Vec::with_capacity(columns.len());
        for column in columns {
            let found: Vec<usize> =
                (0..table.headings.len()).filter(|at| names(column, &table.headings[*at], map)).collect();
            found.iter().for_each(|at| unused[*at] = false);
            match found.len() {
                0 if column.required => {
                    defects.push(row, column.name, format!("no heading for it; accepted: {}", accepted(column)))
                }
                0 | 1 => {}
                _ => defects.push(row, column.name, "more than one heading for it; say which with --map"),
            }
            places.push(found.first().copied());
        }
        let unused =
            table.headings.iter().zip(unused).filter(|(_, unused)| *unused).map(|(heading, _)| heading.clone());
        let mapping = Self { columns, places, unused: unused.collect(), width: table.headings.len() };
        (defects.total() == before).then_some(mapping)
    }

    /// Whether the file has a column at all.
    pub fn has(&self, name: &str) -> bool {
        self.at(name).is_some()
    }

    pub(crate) fn at(&self, name: &str) -> Option<usize> {
        self.columns.iter().zip(&self.places).find(|(column, _)| column.name == name).and_then(|(_, place)| *place)
    }

    pub(crate) fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Whether a heading means a column. What `--map` says counts alone for its column and its heading.
fn names(column: &Column, heading: &str, map: &[(String, String)]) -> bool {
    let heading = normal(heading);
    if let Some((_, mapped)) = map.iter().find(|(name, _)| name == column.name) {
        return normal(mapped) == heading;
    }
    if map.iter().any(|(_, mapped)| normal(mapped) == heading) {
        return false;
    }
    std::iter::once(&column.name).chain(column.also).any(|known| normal(known) == heading)
}

fn normal(heading: &str) -> String {
    let letters = heading.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '*' | '＊'));
    letters.collect::<String>().to_lowercase()
}

/// All headings of a column.
pub fn accepted(column: &Column) -> String {
    std::iter::once(column.name).chain(column.also.iter().copied()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    const COLUMNS: &[Column] = &[must("med_list_codg", &["医保编码"], "a code"), may("memo", &["备注"], "a text")];

    fn table(headings: &[&str]) -> Table {
        Table { heading_row: 1, headings: headings.iter().map(|text| (*text).to_owned()).collect(), rows: vec![] }
    }

    fn found(headings: &[&str], map: &[(&str, &str)]) -> Result<Vec<Option<usize>>, String> {
        let map: Vec<_> = map.iter().map(|(name, heading)| ((*name).to_owned(), (*heading).to_owned())).collect();
        let mut defects = Defects::default();
        let mapping = Mapping::new(COLUMNS, &table(headings), &map, &mut defects);
        mapping.map(|mapping| mapping.places).ok_or_else(|| defects.list()[0].reason.clone())
    }

    #[test]
    fn headings_are_known_by_their_names() {
        assert_eq!(found(&["备注", "医保编码*"], &[]), Ok(vec![Some(1), Some(0)]));
        assert_eq!(found(&["medListCodg"], &[]), Ok(vec![Some(0), None]));
        assert_eq!(found(&["MED_LIST_CODG", "x"], &[]), Ok(vec![Some(0), None]));
        assert!(found(&["编码"], &[]).unwrap_err().contains("med_list_codg, 医保编码"));
        assert!(found(&["med_list_codg", "医保编码"], &[]).unwrap_err().contains("more than one"));
    }

    #[test]
    fn an_operator_may_say_what_a_heading_means() {
        assert_eq!(found(&["编码", "memo"], &[("med_list_codg", "编码")]), Ok(vec![Some(0), Some(1)]));
        assert_eq!(found(&["旧", "医保编码"], &[("med_list_codg", "旧")]), Ok(vec![Some(0), None]));
        assert!(found(&["编码"], &[("nonsense", "编码")]).unwrap_err().contains("no such column"));
        assert!(found(&["编码"], &[("med_list_codg", "名称")]).unwrap_err().contains("no such heading"));
    }

    #[test]
    fn no_heading_of_a_kind_means_two_columns() {
        for kind in Kind::all() {
            let mut seen = std::collections::BTreeSet::new();
            for column in kind.columns() {
                let own: std::collections::BTreeSet<_> =
                    std::iter::once(&column.name).chain(column.also).map(|heading| normal(heading)).collect();
                for heading in own {
                    assert!(seen.insert(heading.clone()), "{kind}: {heading} twice");
                }
            }
        }
    }
}
