//! The rows of a sheet: its head, labelled fields, entries with a figure, lines to sign on.

use std::rc::Rc;

use super::{Desk, Item, Unit, What};
use crate::block::{Head, Style};
use crate::qr::modules;
use crate::size::{Len, Size, pt};
use crate::text::wrap;

impl Desk<'_> {
    pub(super) fn rule(&self) -> Unit {
        let line = What::Line { dx: self.of.inner(), dy: 0, thick: 800 };
        Unit { height: pt(5), items: vec![Item { x: 0, y: pt(2), what: line }], ..Unit::default() }
    }

    /// On a page the code stands left and the frame right of the lines and numbers; on a slip one stands below the other.
    pub(super) fn head(&mut self, head: &Head) -> Unit {
        let code = head.code.as_deref().and_then(modules).map(Rc::new);
        let (corner, corner_width, corner_height) = self.corner(&head.corner);
        let side = self.of.code;
        let on_page = self.size != Size::Slip;
        let left = if on_page && code.is_some() { side + pt(6) } else { 0 };
        let right = if corner.is_empty() { 0 } else { corner_width + pt(6) };
        let room = self.of.inner() - left - right;
        let mut items = Vec::new();
        let mut top = 0;
        for (style, text) in &head.lines {
            let (size, text) = (self.size_of(*style), self.spell(text));
            for line in wrap(self.measure, &text, size, room) {
                let x = left + (room - self.measure.width(&line, size)) / 2;
                items.push(self.text(x, top, *style, line));
                top += self.line_height(size);
            }
        }
        let at = self.of.inner() - corner_width;
        items.extend(corner.into_iter().map(|item| Item { x: item.x + at, ..item }));
        if !on_page {
            top = top.max(corner_height);
        }
        if let Some(modules) = code {
            let (x, y) = if on_page { (0, 0) } else { ((self.of.inner() - side) / 2, top) };
            items.push(Item { x, y, what: What::Code { modules, side } });
            top = if on_page { top } else { y + side };
        }
        let (x, room) = if on_page { (left, self.of.inner() - left - right) } else { (0, self.of.inner()) };
        let small = self.of.letters.small;
        for number in &head.numbers {
            let number = self.spell(number);
            for line in wrap(self.measure, &number, small, room) {
                let at = x + (room - self.measure.width(&line, small)) / 2;
                items.push(self.text(at, top, Style::Small, line));
                top += self.line_height(small);
            }
        }
        if on_page {
            top = top.max(corner_height).max(if left > 0 { side } else { 0 });
        }
        Unit { height: top + pt(2), items, ..Unit::default() }
    }

    /// The framed words, their width and height.
    fn corner(&mut self, words: &[String]) -> (Vec<Item>, Len, Len) {
        if words.is_empty() {
            return (Vec::new(), 0, 0);
        }
        let words: Vec<_> = words.iter().map(|word| self.spell(word)).collect();
        let (size, pad) = (self.of.letters.strong, pt(4));
        let widest = words.iter().map(|word| self.measure.width(word, size)).max().unwrap_or_default();
        let (width, row) = (widest + 2 * pad, self.line_height(size));
        let mut items = Vec::new();
        let mut top = pad / 2;
        for word in words {
            let x = (width - self.measure.width(&word, size)) / 2;
            items.push(self.text(x, top, Style::Strong, word));
            top += row;
        }
        let height = top + pad / 2;
        items.push(Item { x: 0, y: 0, what: What::Frame { width, height } });
        (items, width, height)
    }

    /// A field takes as many columns as it needs; one longer than a row wraps behind its label.
    pub(super) fn fields(&mut self, columns: i32, fields: &[(String, String)], units: &mut Vec<Unit>) {
        let size = self.of.letters.body;
        let (row, inner) = (self.line_height(size), self.of.inner());
        let columns = columns.max(1);
        let column = inner / columns;
        let mut unit = Unit::default();
        let mut taken = 0;
        for (label, value) in fields {
            let label = if label.is_empty() { String::new() } else { self.spell(&format!("{label}：")) };
            let value = self.spell(value);
            let behind = self.measure.width(&label, size);
            let natural = behind + self.measure.width(&value, size) + size / 2;
            let wants = ((natural + column - 1) / column).clamp(1, columns);
            if taken + wants > columns {
                units.push(std::mem::take(&mut unit));
                taken = 0;
            }
            let x = taken * column;
            if !label.is_empty() {
                unit.items.push(self.text(x, 0, Style::Body, label));
            }
            let room = if wants == columns { inner - behind } else { wants * column - behind };
            for (at, line) in (0..).zip(wrap(self.measure, &value, size, room)) {
                unit.items.push(self.text(x + behind, at * row, Style::Body, line));
                unit.height = unit.height.max((at + 1) * row);
            }
            taken += wants;
        }
        if !unit.items.is_empty() {
            units.push(unit);
        }
    }

    pub(super) fn entry(&mut self, style: Style, left: &str, right: &str) -> Unit {
        let size = self.size_of(style);
        let (left, right) = (self.spell(left), self.spell(right));
        let figure = self.measure.width(&right, size);
        let row = self.line_height(size);
        let mut unit = Unit::default();
        for line in wrap(self.measure, &left, size, self.of.inner() - figure - size) {
            unit.items.push(self.text(0, unit.height, style, line));
            unit.height += row;
        }
        unit.items.push(self.text(self.of.inner() - figure, 0, style, right));
        unit
    }

    /// Labels with a line behind each, as many in a row as leave room to write a name.
    pub(super) fn sign(&mut self, labels: &[&'static str]) -> Unit {
        let size = self.of.letters.body;
        let row = size * 9 / 5;
        let labels: Vec<_> = labels.iter().map(|label| self.spell(&format!("{label}："))).collect();
        let widest = labels.iter().map(|label| self.measure.width(label, size)).max().unwrap_or_default();
        let columns = (self.of.inner() / (widest + size * 5)).clamp(1, 3);
        let column = self.of.inner() / columns;
        let mut unit = Unit::default();
        for (at, label) in (0..).zip(labels) {
            let (x, top) = (at % columns * column, at / columns * row);
            let behind = self.measure.width(&label, size);
            unit.items.push(self.text(x, top + size / 2, Style::Body, label));
            let line = What::Line { dx: column - behind - size / 2, dy: 0, thick: 500 };
            unit.items.push(Item { x: x + behind, y: top + row - size / 5, what: line });
            unit.height = top + row;
        }
        unit.height += size / 3;
        unit
    }

    /// On a slip the blank is said, on a page it is struck through once its height is known.
    pub(super) fn fill(&mut self) -> Unit {
        if self.size != Size::Slip {
            return Unit { fill: true, ..Unit::default() };
        }
        let text = self.spell("—— 以下空白 ——");
        let size = self.of.letters.body;
        let x = (self.of.inner() - self.measure.width(&text, size)) / 2;
        let items = vec![self.text(x, 0, Style::Body, text)];
        Unit { height: self.line_height(size), items, ..Unit::default() }
    }
}
