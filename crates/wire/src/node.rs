//! A validated node: typed values under our names, for short conversions into commands of the center.
//!
//! Invariants: a node comes from [`crate::validate`] alone, so a value has the kind its table says; an
//! absent, null or empty value is `None`; asking for a name that the table does not have is a mistake of
//! the programmer, caught in debug builds.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lf_vocab::{Day, Fen, Moment, Pric, Qty};

use crate::defect::{Defect, DefectKind};
use crate::json;
use crate::table::{Field, Table};

/// A decimal number as an integer scaled by `10^scale`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scaled {
    /// The integer.
    pub value: i64,
    /// Digits behind the point.
    pub scale: u32,
}

/// Plainly, without zeros at the end.
impl fmt::Display for Scaled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0least$}", self.value.unsigned_abs(), least = self.scale as usize + 1);
        let (whole, behind) = digits.split_at(digits.len() - self.scale as usize);
        let behind = behind.trim_end_matches('0');
        let sign = if self.value < 0 { "-" } else { "" };
        let point = if behind.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{behind}")
    }
}

/// A validated value.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue<'a> {
    /// Text, code or file.
    Text(Cow<'a, str>),
    /// A number.
    Number(Scaled),
    /// A point in time.
    Moment(Moment),
    /// A day.
    Day(Day),
    /// Yes or no.
    Bool(bool),
    /// Several texts.
    Texts(Vec<Cow<'a, str>>),
    /// Whatever the sender put there.
    Free(json::Value<'a>),
    /// One node.
    Node(Box<Node<'a>>),
    /// Rows.
    Nodes(Vec<Node<'a>>),
}

/// A validated node. `PartialEq` compares values, not tables.
#[derive(Clone)]
pub struct Node<'a> {
    pub(crate) table: &'static Table,
    pub(crate) path: String,
    pub(crate) index: Option<usize>,
    pub(crate) values: Vec<Option<FieldValue<'a>>>,
}

impl<'a> Node<'a> {
    /// Whether the field is there.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A text, the code of a dictionary field included.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            FieldValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text, or the empty one.
    pub fn text_or_empty(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// A text of its own.
    pub fn string(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A text that the caller needs.
    ///
    /// # Errors
    /// [`DefectKind::Missing`] if it is absent.
    pub fn need(&self, name: &str) -> Result<&str, Defect> {
        self.text(name).ok_or_else(|| self.missing(name))
    }

    /// A text parsed into a type of the domain.
    ///
    /// # Errors
    /// [`DefectKind::Missing`] if it is absent, [`DefectKind::Form`] with the type's own reason.
    pub fn parse<T>(&self, name: &str) -> Result<T, Defect>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        self.parse_opt(name)?.ok_or_else(|| self.missing(name))
    }

    /// A text parsed into a type of the domain, if it is there.
    ///
    /// # Errors
    /// [`DefectKind::Form`] with the type's own reason.
    pub fn parse_opt<T>(&self, name: &str) -> Result<Option<T>, Defect>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        self.text(name)
            .map(|text| text.parse().map_err(|error: T::Err| self.defect(name, error.to_string())))
            .transpose()
    }

    /// A code turned into a value of the domain by a function such as `Insutype::from_code`.
    ///
    /// # Errors
    /// [`DefectKind::Missing`] if it is absent, [`DefectKind::Code`] if the domain does not know it.
    pub fn code<T>(&self, name: &str, from_code: impl FnOnce(&str) -> Option<T>) -> Result<T, Defect> {
        let code = self.need(name)?;
        from_code(code)
            .ok_or_else(|| Defect {
                kind: DefectKind::Code, ..self.defect(name, "的代码本中心不支持".to_owned())
            })
    }

    /// Whether a flag is `1`; absent means no.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("1")
    }

    /// A number as it stands, with the scale of its field.
    pub fn number(&self, name: &str) -> Option<Scaled> {
        match self.value(name)? {
            FieldValue::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A whole number; a fraction is cut off, which only a field with decimals can have.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.rescaled(name, 0)
    }

    /// An amount of money; halves of a fen of a finer field go away from zero.
    pub fn fen(&self, name: &str) -> Option<Fen> {
        self.rescaled(name, 2).map(Fen::new)
    }

    /// A quantity.
    pub fn qty(&self, name: &str) -> Option<Qty> {
        self.rescaled(name, 4).map(Qty::new)
    }

    /// A unit price.
    pub fn pric(&self, name: &str) -> Option<Pric> {
        self.rescaled(name, 6).map(Pric::new)
    }

    /// A point in time.
    pub fn moment(&self, name: &str) -> Option<Moment> {
        match self.value(name)? {
            FieldValue::Moment(moment) => Some(*moment),
            _ => None,
        }
    }

    /// A day.
    pub fn day(&self, name: &str) -> Option<Day> {
        match self.value(name)? {
            FieldValue::Day(day) => Some(*day),
            _ => None,
        }
    }

    /// A truth value.
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            FieldValue::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Several texts; empty where they are absent.
    pub fn texts(&self, name: &str) -> &[Cow<'a, str>] {
        match self.value(name) {
            Some(FieldValue::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// Free content as compact JSON.
    pub fn free(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            FieldValue::Free(value) => String::from_utf8(value.to_json()).ok(),
            _ => None,
        }
    }

    /// The bytes of a Base64 field; the validator has proved a file field to be Base64.
    ///
    /// # Errors
    /// [`DefectKind::Missing`] if it is absent, [`DefectKind::Base64`] for a text field that is none.
    pub fn base64(&self, name: &str) -> Result<Vec<u8>, Defect> {
        let text = self.need(name)?;
        BASE64_STANDARD
            .decode(text)
            .map_err(|_| Defect { kind: DefectKind::Base64, ..self.defect(name, "不是合法的Base64".to_owned()) })
    }

    /// A single node.
    pub fn node(&self, name: &str) -> Option<&Node<'a>> {
        match self.value(name)? {
            FieldValue::Node(node) => Some(node),
            _ => None,
        }
    }

    /// A single node that the caller needs.
    ///
    /// # Errors
    /// [`DefectKind::Missing`] if it is absent.
    pub fn need_node(&self, name: &str) -> Result<&Node<'a>, Defect> {
        self.node(name).ok_or_else(|| self.missing(name))
    }

    /// Rows; none where they are absent.
    pub fn nodes(&self, name: &str) -> &[Node<'a>] {
        match self.value(name) {
            Some(FieldValue::Nodes(nodes)) => nodes,
            _ => &[],
        }
    }

    /// A value that the caller needs, of whatever getter: `node.required("cnt", node.qty("cnt"))`.
    ///
    /// # Errors
    /// [`DefectKind::Missing`] if it is absent.
    pub fn required<T>(&self, name: &str, value: Option<T>) -> Result<T, Defect> {
        value.ok_or_else(|| self.missing(name))
    }

    /// A defect of one of its fields, found by a conversion.
    pub fn defect(&self, name: &str, reason: impl Into<Cow<'static, str>>) -> Defect {
        let field = self.table.field(name);
        Defect {
            node: self.path.clone(),
            index: self.index,
            field: field.map_or_else(|| Cow::Owned(name.to_owned()), |field| field.wire.into()),
            name_cn: field.map_or("", |field| field.cn),
            reason: reason.into(),
            kind: DefectKind::Form,
        }
    }

    /// Whether its table has such a field, sent or not.
    pub fn knows(&self, name: &str) -> bool {
        self.table.field(name).is_some()
    }

    /// The Chinese name of one of its fields.
    pub fn cn(&self, name: &str) -> &'static str {
        self.table.field(name).map_or("", |field| field.cn)
    }

    /// Its row in a list, from 0.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The fields of its table with their values, absent ones left out.
    pub fn present(&self) -> impl Iterator<Item = (&'static Field, &FieldValue<'a>)> {
        self.table.fields.iter().zip(&self.values).filter_map(|(field, value)| Some((field, value.as_ref()?)))
    }

    fn missing(&self, name: &str) -> Defect {
        Defect { kind: DefectKind::Missing, ..self.defect(name, "必填") }
    }

    fn value(&self, name: &str) -> Option<&FieldValue<'a>> {
        let index = self.table.find(name);
        debug_assert!(index.is_some(), "`{name}` is no field of node `{}`", self.table.node);
        self.values.get(index?)?.as_ref()
    }

    fn rescaled(&self, name: &str, scale: u32) -> Option<i64> {
        let number = self.number(name)?;
        if number.scale <= scale {
            return number.value.checked_mul(10i64.checked_pow(scale - number.scale)?);
        }
        let power = 10i64.checked_pow(number.scale - scale)?;
        let (whole, rest) = (number.value / power, number.value % power);
        let up = scale > 0 && rest.unsigned_abs() * 2 >= power.unsigned_abs();
        Some(if up { whole + rest.signum() } else { whole })
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.index == other.index && self.values == other.values
    }
}

impl fmt::Debug for Node<'_> {
    /// Names of what is there, never the values: they are patients' data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.present().map(|(field, _)| field.name).collect();
        f.debug_struct("Node").field("path", &self.path).field("index", &self.index).field("present", &names).finish()
    }
}
