//! Rows of figures: as a table where the paper is wide enough for every figure and a name, else one below the other.

use std::rc::Rc;

use super::{Desk, Item, Unit, What};
use crate::block::{Style, Table};
use crate::size::{Len, Size, pt};
use crate::text::wrap;

/// The name's column has room for so many characters, or the table is not drawn as one.
const NAME_LEAST: Len = 9;

impl Desk<'_> {
    pub(super) fn table(&mut self, table: &Table, units: &mut Vec<Unit>) {
        let size = self.of.letters.body;
        let pad = size / 2;
        let rows: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.iter().map(|cell| self.spell(cell)).collect()).collect();
        let mut widths: Vec<Len> = table.titles.iter().map(|title| self.measure.width(title, size) + pad).collect();
        for (width, at) in widths.iter_mut().zip(0..) {
            let cells = rows.iter().filter_map(|row| row.get(at));
            let widest = cells.map(|cell| self.measure.width(cell, size) + pad).max();
            *width = (*width).max(widest.unwrap_or_default());
        }
        let figures: Len = widths.iter().skip(1).sum();
        let name = self.of.inner() - figures;
        if name < NAME_LEAST * size {
            return self.stacked(table, &rows, units);
        }
        if let Some(first) = widths.first_mut() {
            *first = name;
        }
        let titles: Vec<_> = table.titles.iter().map(|title| (*title).to_owned()).collect();
        let mut head = self.table_row(&titles, &widths);
        let line = What::Line { dx: self.of.inner(), dy: 0, thick: 500 };
        head.items.push(Item { x: 0, y: head.height, what: line });
        head.height += pt(3);
        let head = Rc::new(head);
        units.push(head.as_ref().clone());
        for row in &rows {
            units.push(Unit { head: Some(head.clone()), ..self.table_row(row, &widths) });
        }
    }

    /// The first cell wraps at the left, the others stand at the right of their columns.
    fn table_row(&self, cells: &[String], widths: &[Len]) -> Unit {
        let size = self.of.letters.body;
        let row = self.line_height(size);
        let mut unit = Unit { height: row, ..Unit::default() };
        let mut x = 0;
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            if at == 0 {
                for (line, text) in (0..).zip(wrap(self.measure, cell, size, width - size / 2)) {
                    unit.items.push(self.text(0, line * row, Style::Body, text));
                    unit.height = (line + 1) * row;
                }
            } else {
                let right = x + width - self.measure.width(cell, size);
                unit.items.push(self.text(right, 0, Style::Body, cell.clone()));
            }
            x += width;
        }
        unit
    }

    /// Name and chief figure, below them the figures that are not nought.
    fn stacked(&mut self, table: &Table, rows: &[Vec<String>], units: &mut Vec<Unit>) {
        let columns = if self.size == Size::Slip { 4 } else { 6 };
        for row in rows {
            let cell = |at: usize| row.get(at).map_or("", String::as_str);
            let mut parts = vec![self.entry(Style::Strong, cell(0), cell(table.chief))];
            let says = |at: usize| at != table.chief && !matches!(cell(at), "" | "0.00");
            let titles = table.titles.iter().enumerate().skip(1).filter(|(at, _)| says(*at));
            let fields: Vec<_> = titles.map(|(at, title)| ((*title).to_owned(), cell(at).to_owned())).collect();
            self.fields(columns, &fields, &mut parts);
            parts.push(Unit { height: self.of.letters.body / 3, ..Unit::default() });
            units.push(super::joined(parts));
        }
    }
}
