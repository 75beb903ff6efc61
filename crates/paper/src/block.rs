//! What a sheet says, in the order it is read, before it has places: the plain content that a test compares.

/// A sheet of one or more pages.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Title of the document.
    pub title: String,
    /// What every further page begins with.
    pub running: String,
    /// Stands below every page, beside the page number.
    pub footer: String,
    /// From top to bottom.
    pub blocks: Vec<Block>,
}

/// How large a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// The institution's name.
    Title,
    /// Names of drugs, sums: heavier.
    Strong,
    /// Usual.
    Body,
    /// Notes.
    Small,
}

/// A part of a sheet.
#[derive(Debug, Clone)]
pub enum Block {
    /// QR code at the left, lines in the middle, a framed word at the right.
    Head(Head),
    /// A line across.
    Rule,
    /// A label and what it names, several in a row where they fit.
    Fields {
        /// How many short ones share a row.
        columns: i32,
        /// Label and value; no label, no colon.
        fields: Vec<(String, String)>,
    },
    /// A text of as many lines as it takes.
    Para {
        /// How.
        style: Style,
        /// What.
        text: String,
        /// Moved in by a character.
        indent: bool,
    },
    /// A text with a figure at the right margin.
    Entry {
        /// How.
        style: Style,
        /// At the left, wrapping.
        left: String,
        /// At the right of the first line.
        right: String,
    },
    /// Rows of figures.
    Table(Table),
    /// Empty lines to sign on.
    Sign(Vec<&'static str>),
    /// The blank of a page down to what must stand at its foot, struck through so that nobody adds a drug.
    Fill,
    /// A little room.
    Gap,
    /// Stays on one page if a page can hold it.
    Keep(Vec<Block>),
}

/// The head of a sheet.
#[derive(Debug, Clone)]
pub struct Head {
    /// Text of the QR code.
    pub code: Option<String>,
    /// In the middle.
    pub lines: Vec<(Style, String)>,
    /// Numbers: below the lines, on a slip below the code.
    pub numbers: Vec<String>,
    /// In a frame at the right: the kind of prescription, what is wrong with it.
    pub corner: Vec<String>,
}

/// Rows of figures; the first column is text and takes the room that figures leave.
#[derive(Debug, Clone)]
pub struct Table {
    /// Above the columns, repeated on every page.
    pub titles: Vec<&'static str>,
    /// As many cells as titles.
    pub rows: Vec<Vec<String>>,
    /// The column that stands beside the name where the paper is too narrow for a table.
    pub chief: usize,
}

/// The fields that have something to say, in their order.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// One more, unless it is empty.
    pub fn put(&mut self, label: &str, value: impl Into<String>) -> &mut Self {
        let value = value.into();
        if !value.trim().is_empty() {
            self.0.push((label.to_owned(), value));
        }
        self
    }

    /// As a block.
    pub fn block(self, columns: i32) -> Block {
        Block::Fields { columns, fields: self.0 }
    }
}

impl Block {
    /// A text.
    pub fn para(style: Style, text: impl Into<String>) -> Self {
        Self::Para { style, text: text.into(), indent: false }
    }

    /// The same, moved in.
    pub fn indented(style: Style, text: impl Into<String>) -> Self {
        Self::Para { style, text: text.into(), indent: true }
    }

    /// A text and a figure.
    pub fn entry(style: Style, left: impl Into<String>, right: impl Into<String>) -> Self {
        Self::Entry { style, left: left.into(), right: right.into() }
    }
}
