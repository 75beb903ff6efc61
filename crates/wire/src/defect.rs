//! What is wrong with a message: every defect with node, row, field and reason, so that a sender can mend
//! all of them at once (design: *Malformed*).
//!
//! Invariants: a defect never carries what was sent; a list never holds more than [`MAX_DEFECTS`] and says
//! when there were more.

use std::borrow::Cow;
use std::fmt;

/// Most defects that are listed for one message.
pub const MAX_DEFECTS: usize = 50;

/// What sort of defect it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DefectKind {
    /// Required and absent.
    Missing,
    /// Another type than the table says.
    Type,
    /// More characters, digits or decimals than the table says.
    Length,
    /// No number, or out of range.
    Number,
    /// No date or time.
    Time,
    /// Not in the dictionary.
    Code,
    /// Not Base64.
    Base64,
    /// More rows than are taken.
    Rows,
    /// It may not stand beside another field.
    Excluded,
    /// Its form is wrong for what it names.
    Form,
}

/// One defect of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The node, `rxdrugdetail`; empty for the top level; rows of outer lists in brackets, from 1.
    pub node: String,
    /// The row in the node, from 0, where the node is a list.
    pub index: Option<usize>,
    /// The field's name on the wire.
    pub field: Cow<'static, str>,
    /// The field's Chinese name.
    pub name_cn: &'static str,
    /// What is wrong, in Chinese.
    pub reason: Cow<'static, str>,
    /// Its sort.
    pub kind: DefectKind,
}

impl Defect {
    /// Whether both speak of one field of one row.
    fn same_place(&self, other: &Self) -> bool {
        (&self.node, self.index, &self.field) == (&other.node, other.index, &other.field)
    }
}

impl fmt::Display for Defect {
    /// `rxdrugdetail[2].drugCnt（药品总用药量）必填`, rows from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.node)?;
        if let Some(index) = self.index {
            write!(f, "[{}]", index + 1)?;
        }
        if !self.node.is_empty() && !self.field.is_empty() {
            f.write_str(".")?;
        }
        write!(f, "{}", self.field)?;
        if !self.name_cn.is_empty() {
            write!(f, "（{}）", self.name_cn)?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Defect {}

/// The defects of a message, in the order of its table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defects {
    list: Vec<Defect>,
    more: usize,
}

impl Defects {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one, or only counts it beyond [`MAX_DEFECTS`].
    pub fn push(&mut self, defect: Defect) {
        if self.list.len() < MAX_DEFECTS {
            self.list.push(defect);
        } else {
            self.more += 1;
        }
    }

    /// The listed ones.
    pub fn list(&self) -> &[Defect] {
        &self.list
    }

    /// How many there were in all.
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds those of a later look at the same message, except where a field already has its defect: of a value that
    /// was sent wrong the conversion can only say that it is missing. Once this list is full it stays as it is.
    pub fn merge(&mut self, later: Self) {
        if self.more > 0 {
            return;
        }
        for defect in later.list {
            let known = self.list.iter().any(|own| own.same_place(&defect));
            if !known {
                self.push(defect);
            }
        }
        self.more += later.more;
    }

    /// Keeps the value of a conversion, or notes its defect: so a conversion can go on and find the rest.
    pub fn keep<T>(&mut self, result: Result<T, Defect>) -> Option<T> {
        result.map_err(|defect| self.push(defect)).ok()
    }

    /// The value if there is no defect.
    ///
    /// # Errors
    /// The defects themselves.
    pub fn ok<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }
}

impl From<Defect> for Defects {
    fn from(defect: Defect) -> Self {
        Self { list: vec![defect], more: 0 }
    }
}

impl fmt::Display for Defects {
    /// `报文有2处错误：…；…`, saying when not all are listed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "报文有{}处错误：", self.count())?;
        for (index, defect) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("；")?;
            }
            write!(f, "{defect}")?;
        }
        if self.more > 0 {
            write!(f, "；其余{}处未列出", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for Defects {}

#[cfg(test)]
mod tests {
    use super::*;

    fn defect(node: &str, index: Option<usize>) -> Defect {
        Defect {
            node: node.to_owned(),
            index,
            field: "drugCnt".into(),
            name_cn: "药品总用药量",
            reason: "必填".into(),
            kind: DefectKind::Missing,
        }
    }

    #[test]
    fn a_defect_names_node_row_field_and_reason() {
        assert_eq!(defect("rxdrugdetail", Some(0)).to_string(), "rxdrugdetail[1].drugCnt（药品总用药量）必填");
        assert_eq!(defect("", None).to_string(), "drugCnt（药品总用药量）必填");
    }

    #[test]
    fn the_list_ends_at_its_limit_and_says_so() {
        let mut defects = Defects::new();
        for _ in 0..MAX_DEFECTS {
            defects.push(defect("", None));
        }
        assert_eq!((defects.list().len(), defects.count()), (MAX_DEFECTS, MAX_DEFECTS));
        assert!(!defects.to_string().contains("未列出"));
        defects.push(defect("", None));
        assert_eq!((defects.list().len(), defects.count()), (MAX_DEFECTS, MAX_DEFECTS + 1));
        assert!(defects.to_string().starts_with("报文有51处错误："));
        assert!(defects.to_string().ends_with("；其余1处未列出"));
    }

    #[test]
    fn a_field_has_one_defect_and_a_full_list_takes_no_more() {
        let of = |field: &'static str, index| Defect { field: field.into(), ..defect("n", index) };
        let list = |defects: &[Defect]| {
            let mut all = Defects::new();
            defects.iter().for_each(|defect| all.push(defect.clone()));
            all
        };
        let mut first = list(&[of("a", None)]);
        first.merge(list(&[of("a", None), of("b", None), of("a", Some(0)), of("b", None), defect("m", None)]));
        assert_eq!(first, list(&[of("a", None), of("b", None), of("a", Some(0)), defect("m", None)]));
        let mut full = list(&vec![of("a", None); MAX_DEFECTS]);
        full.merge(list(&[of("b", None)]));
        assert_eq!((full.list().len(), full.count()), (MAX_DEFECTS, MAX_DEFECTS + 1));
        full.merge(list(&[of("c", None)]));
        assert_eq!(full.count(), MAX_DEFECTS + 1);
    }

    #[test]
    fn a_conversion_goes_on_past_a_defect() {
        let mut defects = Defects::new();
        assert_eq!(defects.keep(Ok(1)), Some(1));
        assert_eq!(defects.keep::<u8>(Err(defect("", None))), None);
        assert_eq!(defects.clone().ok(Some(1)).unwrap_err().count(), 1);
        assert_eq!(Defects::new().ok(Some(1)), Ok(1));
    }
}
