//! From what a sheet says to where it stands: rows of known height (`rows`, `table`), put on pages.
//!
//! Invariants: whole numbers only; every text that a block holds stands on some page, wrapped, never cut; a row is on one
//! page; the head of a table stands above its rows on every page.

mod rows;
mod table;

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::block::{Block, Sheet, Style};
use crate::qr::Modules;
use crate::size::{Len, Measures, Size, pt};
use crate::text::{Measure, spell, wrap};

/// The least blank that is worth striking through.
const STRIKE_LEAST: Len = pt(24);

/// Something with its place: from the left edge and the top of its row, later of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub x: Len,
    pub y: Len,
    pub what: What,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A line of text; `y` is its base line.
    Text { text: String, size: Len, heavy: bool },
    /// A line to a point so far right and down.
    Line { dx: Len, dy: Len, thick: Len },
    /// A frame.
    Frame { width: Len, height: Len },
    /// A QR code.
    Code { modules: Rc<Modules>, side: Len },
}

/// Rows that stay together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unit {
    height: Len,
    items: Vec<Item>,
    /// Repeated above it when it begins a page.
    head: Option<Rc<Unit>>,
    fill: bool,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub width: Len,
    pub height: Len,
    pub items: Vec<Item>,
}

/// All pages, and what could not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    pub pages: Vec<Page>,
    pub lacking: BTreeSet<char>,
}

/// Puts a sheet on paper.
pub fn layout(sheet: &Sheet, size: Size, measure: &dyn Measure) -> Laid {
    let mut desk = Desk { measure, of: size.measures(), size, lacking: BTreeSet::new() };
    let mut units = Vec::new();
    for block in &sheet.blocks {
        desk.block(block, &mut units);
    }
    let running = desk.running(&sheet.running);
    let mut pages = desk.paginate(units, &running);
    desk.foot(&sheet.footer, &mut pages);
    Laid { pages, lacking: desk.lacking }
}

/// Lays out blocks for one size of paper.
pub(crate) struct Desk<'m> {
    measure: &'m dyn Measure,
    of: Measures,
    size: Size,
    lacking: BTreeSet<char>,
}

impl Desk<'_> {
    fn block(&mut self, block: &Block, units: &mut Vec<Unit>) {
        match block {
            Block::Head(head) => units.push(self.head(head)),
            Block::Rule => units.push(self.rule()),
            Block::Fields { columns, fields } => self.fields(*columns, fields, units),
            Block::Para { style, text, indent } => {
                let x = if *indent { self.size_of(*style) } else { 0 };
                self.para(*style, text, x, units);
            }
            Block::Entry { style, left, right } => units.push(self.entry(*style, left, right)),
            Block::Table(table) => self.table(table, units),
            Block::Sign(labels) => units.push(self.sign(labels)),
            Block::Fill => units.push(self.fill()),
            Block::Gap => units.push(Unit { height: self.of.letters.body / 3, ..Unit::default() }),
            Block::Keep(blocks) => {
                let mut inner = Vec::new();
                for block in blocks {
                    self.block(block, &mut inner);
                }
                let height: Len = inner.iter().map(|unit| unit.height).sum();
                if height <= self.room() - self.line_height(self.of.letters.small) * 2 {
                    units.push(joined(inner));
                } else {
                    units.extend(inner);
                }
            }
        }
    }

    /// Height between the margins, above the foot.
    fn room(&self) -> Len {
        self.of.height - self.of.top - self.of.bottom - self.line_height(self.of.letters.small)
    }

    fn size_of(&self, style: Style) -> Len {
        let letters = &self.of.letters;
        match style {
            Style::Title => letters.title,
            Style::Strong => letters.strong,
            Style::Body => letters.body,
            Style::Small => letters.small,
        }
    }

    fn line_height(&self, size: Len) -> Len {
        size * self.of.line / 100
    }

    fn spell(&mut self, text: &str) -> String {
        let lacking = &mut self.lacking;
        spell(self.measure, text, &mut |c| lacking.extend([c]))
    }

    /// A line of text whose row begins at `top`.
    fn text(&self, x: Len, top: Len, style: Style, text: String) -> Item {
        let size = self.size_of(style);
        // The letters of a square font hang 0.88 above the base line; the rest of the row is air, half of it above.
        let base = top + (self.line_height(size) - size) / 2 + size * 88 / 100;
        let heavy = matches!(style, Style::Title | Style::Strong);
        Item { x, y: base, what: What::Text { text, size, heavy } }
    }

    fn para(&mut self, style: Style, text: &str, x: Len, units: &mut Vec<Unit>) {
        let size = self.size_of(style);
        let text = self.spell(text);
        for line in wrap(self.measure, &text, size, self.of.inner() - x) {
            let item = self.text(x, 0, style, line);
            units.push(Unit { height: self.line_height(size), items: vec![item], ..Unit::default() });
        }
    }

    fn running(&mut self, text: &str) -> Unit {
        let mut units = Vec::new();
        self.para(Style::Small, text, 0, &mut units);
        units.push(Unit { height: self.of.letters.small / 2, ..Unit::default() });
        joined(units)
    }

    fn paginate(&self, units: Vec<Unit>, running: &Unit) -> Vec<Page> {
        let mut pages = vec![Vec::new()];
        let mut used = 0;
        // What follows a blank stands at the foot of the page, so its height is wanted before.
        let mut rest: Len = units.iter().map(|unit| unit.height).sum();
        for mut unit in units {
            rest -= unit.height;
            if unit.fill && self.size != Size::Slip {
                let blank = self.room() - used;
                unit = self.struck(if rest <= blank { blank - rest } else { blank });
            }
            if used + unit.height > self.room() && used > 0 {
                pages.push(Vec::new());
                used = place(running, 0, pages.last_mut());
                if let Some(head) = &unit.head {
                    used = place(head, used, pages.last_mut());
                }
            }
            used = place(&unit, used, pages.last_mut());
        }
        let foot = self.line_height(self.of.letters.small);
        let shift = |item: Item| Item { x: item.x + self.of.side, y: item.y + self.of.top, ..item };
        let page = |items: Vec<Item>| {
            let height = match self.size {
                Size::Slip => lowest(&items) + self.of.top + self.of.bottom + foot,
                Size::A5 | Size::A4 => self.of.height,
            };
            Page { width: self.of.width, height, items: items.into_iter().map(shift).collect() }
        };
        pages.into_iter().map(page).collect()
    }

    /// The blank of a page from its upper right to its lower left corner; none when there is no room.
    fn struck(&self, height: Len) -> Unit {
        let gap = pt(6);
        if height < STRIKE_LEAST {
            return Unit { height: height.max(0), ..Unit::default() };
        }
        let line = What::Line { dx: -self.of.inner() / 2, dy: height - 2 * gap, thick: 500 };
        let items = vec![Item { x: self.of.inner() * 3 / 4, y: gap, what: line }];
        Unit { height, items, ..Unit::default() }
    }

    fn foot(&mut self, footer: &str, pages: &mut [Page]) {
        let count = pages.len();
        let footer = self.spell(footer);
        for (at, page) in pages.iter_mut().enumerate() {
            let number = format!("第{}页 共{count}页", at + 1);
            let small = self.of.letters.small;
            let top = page.height - self.of.bottom - self.line_height(small);
            let room = self.of.inner() - self.measure.width(&number, small) - small;
            // A footer is one line: what does not fit beside the page number is not worth a second.
            let left = wrap(self.measure, &footer, small, room).into_iter().next().unwrap_or_default();
            let right = self.of.width - self.of.side - self.measure.width(&number, small);
            let items = [(self.of.side, left), (right, number)];
            page.items.extend(items.map(|(x, text)| self.text(x, top, Style::Small, text)));
        }
    }
}

/// Puts a unit on a page below what is used; what is used then.
fn place(unit: &Unit, used: Len, page: Option<&mut Vec<Item>>) -> Len {
    if let Some(page) = page {
        page.extend(unit.items.iter().map(|item| Item { y: item.y + used, ..item.clone() }));
    }
    used + unit.height
}

fn joined(units: Vec<Unit>) -> Unit {
    let mut whole = Unit::default();
    for unit in units {
        whole.items.extend(unit.items.into_iter().map(|item| Item { y: item.y + whole.height, ..item }));
        whole.height += unit.height;
        whole.fill |= unit.fill;
    }
    whole
}

fn lowest(items: &[Item]) -> Len {
    let bottom = |item: &Item| match &item.what {
        What::Text { size, .. } => item.y + size / 3,
        What::Line { dy, .. } => item.y + (*dy).max(0),
        What::Frame { height, .. } => item.y + height,
        What::Code { side, .. } => item.y + side,
    };
    items.iter().map(bottom).max().unwrap_or_default()
}

#[cfg(test)]
mod tests;
