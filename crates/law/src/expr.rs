//! Conditions: a small closed vocabulary of predicates over the field dictionary, in three values.
//!
//! A table of field names is a conjunction: `{ long_rx_flag = true, rx_type_code = { in = ["3", "4"] } }`.
//! Operators of a field: `eq`, `ne`, `in`, `gt`, `ge`, `lt`, `le`, `prefix`, `has`, `present`, and for
//! times `day_lt`, `day_gt`; their right side is a constant,
//! `"$value"` (what the provision says that day) or `"$field"`. Words that are not fields: `all`, `any`,
//! `not`, `some`, `every` (over a node), `param` (what another provision says).
//!
//! Invariants: a comparison with an absent fact is *unknown*, never true or false; only `present` decides
//! absence. Every name is known and every comparison of one kind when the pack is loaded.

use std::borrow::Cow;

use lf_vocab::Moment;

use crate::facts::{Facts, Value};
use crate::field::{Field, Kind, Need, Scope};
use crate::value::{LawValue, Quantity};

/// True, false, or not known for want of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tri {
    True,
    False,
    Unknown,
}

impl From<bool> for Tri {
    fn from(holds: bool) -> Self {
        if holds { Tri::True } else { Tri::False }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cmp {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Cmp {
    pub(crate) fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Cmp::Eq => left == right,
            Cmp::Ne => left != right,
            Cmp::Gt => left > right,
            Cmp::Ge => left >= right,
            Cmp::Lt => left < right,
            Cmp::Le => left <= right,
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "eq" => Cmp::Eq,
            "ne" => Cmp::Ne,
            "gt" => Cmp::Gt,
            "ge" => Cmp::Ge,
            "lt" => Cmp::Lt,
            "le" => Cmp::Le,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Expr {
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    Some(Scope, Box<Expr>),
    Every(Scope, Box<Expr>),
    Present(Field, bool),
    /// A number, flag or time against a constant in the field's scale.
    Const(Field, Cmp, i64),
    /// Against the value of the provision, brought to the field's scale.
    Said(Field, Cmp, i64),
    /// Against another field of the same kind.
    Other(Field, Cmp, Field),
    /// The day of a time against the day of another.
    Days(Field, Cmp, Field),
    Word(Field, Box<str>),
    WordOther(Field, Field),
    WordIn(Field, Vec<Box<str>>),
    WordSaid(Field),
    Prefix(Field, Vec<Box<str>>),
    Has(Field, Vec<Box<str>>),
    HasSaid(Field),
    /// What another provision says that day: index into the law, and the value it should be.
    Param(usize, LawValue),
}

/// What an expression needs besides facts.
pub(crate) trait Saying {
    /// What the provision itself says.
    fn said(&self) -> Option<&LawValue>;
    /// What another provision says, by its index.
    fn param(&self, provision: usize) -> Option<&LawValue>;
}

impl Expr {
    pub(crate) fn eval(&self, facts: &Facts<'_>, line: usize, saying: &dyn Saying) -> Tri {
        let number = |field| facts.number(field, line);
        let known = |holds: Option<bool>| holds.map_or(Tri::Unknown, Tri::from);
        match self {
            Expr::All(parts) => conjunction(parts.iter().map(|part| part.eval(facts, line, saying))),
            Expr::Any(parts) => disjunction(parts.iter().map(|part| part.eval(facts, line, saying))),
            Expr::Not(inner) => negation(inner.eval(facts, line, saying)),
            Expr::Some(scope, inner) => {
                disjunction((0..facts.line_count(*scope)).map(|line| inner.eval(facts, line, saying)))
            }
            Expr::Every(scope, inner) => {
                conjunction((0..facts.line_count(*scope)).map(|line| inner.eval(facts, line, saying)))
            }
            Expr::Present(field, wanted) => (facts.is_present(*field, line) == *wanted).into(),
            Expr::Const(field, cmp, right) => known(number(*field).map(|left| cmp.holds(left, *right))),
            Expr::Said(field, cmp, power) => {
                let right = saying.said().and_then(LawValue::number).and_then(|said| said.checked_mul(*power));
                known(number(*field).zip(right).map(|(left, right)| cmp.holds(left, right)))
            }
            Expr::Other(field, cmp, other) => {
                known(number(*field).zip(number(*other)).map(|(left, right)| cmp.holds(left, right)))
            }
            Expr::Days(field, cmp, other) => {
                let day = |field| number(field).map(|micros| i64::from(Moment::from_micros(micros).day().number()));
                known(day(*field).zip(day(*other)).map(|(left, right)| cmp.holds(left, right)))
            }
            Expr::Word(field, word) => known(facts.text(*field, line).map(|text| text == &**word)),
            Expr::WordOther(field, other) => {
                let (left, right) = (facts.text(*field, line), facts.text(*other, line));
                known(left.zip(right).map(|(left, right)| left == right))
            }
            Expr::WordIn(field, words) => {
                known(facts.text(*field, line).map(|text| words.iter().any(|word| text == &**word)))
            }
            Expr::WordSaid(field) => {
                known(facts.text(*field, line).zip(saying.said()).map(|(text, said)| match said {
                    LawValue::Text(word) => word == text,
                    LawValue::Texts(words) => words.iter().any(|word| word == text),
                    _ => false,
                }))
            }
            Expr::Prefix(field, words) => {
                known(facts.text(*field, line).map(|text| words.iter().any(|word| text.starts_with(&**word))))
            }
            Expr::Has(field, words) => {
                let overlaps = |set: &[Cow<'_, str>]| set.iter().any(|had| words.iter().any(|word| **word == **had));
                known(facts.set_of(*field, line).map(overlaps))
            }
            Expr::HasSaid(field) => {
                known(facts.set_of(*field, line).zip(saying.said()).map(|(set, said)| match said {
                    LawValue::Text(word) => set.iter().any(|had| **had == **word),
                    LawValue::Texts(words) => set.iter().any(|had| words.iter().any(|word| **word == **had)),
                    _ => false,
                }))
            }
            Expr::Param(provision, wanted) => known(saying.param(*provision).map(|said| said == wanted)),
        }
    }

    /// Calls `visit` with every field that is compared, and whether only its presence is asked.
    pub(crate) fn fields(&self, visit: &mut dyn FnMut(Field, bool)) {
        match self {
            Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| part.fields(visit)),
            Expr::Not(inner) | Expr::Some(_, inner) | Expr::Every(_, inner) => inner.fields(visit),
            Expr::Present(field, _) => visit(*field, true),
            Expr::Other(field, _, other) | Expr::Days(field, _, other) | Expr::WordOther(field, other) => {
                visit(*field, false);
                visit(*other, false);
            }
            Expr::Const(field, ..)
            | Expr::Said(field, ..)
            | Expr::Word(field, _)
            | Expr::WordIn(field, _)
            | Expr::WordSaid(field)
            | Expr::Prefix(field, _)
            | Expr::Has(field, _)
            | Expr::HasSaid(field) => visit(*field, false),
            Expr::Param(..) => {}
        }
    }

    /// Calls `visit` with every other provision that is asked.
    pub(crate) fn params(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| part.params(visit)),
            Expr::Not(inner) | Expr::Some(_, inner) | Expr::Every(_, inner) => inner.params(visit),
            Expr::Param(provision, _) => visit(*provision),
            _ => {}
        }
    }

    /// The first threshold test against the provision's own value: field, comparison, scale.
    pub(crate) fn threshold(&self) -> Option<(Field, Cmp, i64)> {
        match self {
            Expr::Said(field, cmp, power) => Some((*field, *cmp, *power)),
            Expr::All(parts) | Expr::Any(parts) => parts.iter().find_map(Expr::threshold),
            _ => None,
        }
    }
}

fn conjunction(parts: impl Iterator<Item = Tri>) -> Tri {
    let mut result = Tri::True;
    for part in parts {
        match part {
            Tri::False => return Tri::False,
            Tri::Unknown => result = Tri::Unknown,
            Tri::True => {}
        }
    }
    result
}

fn disjunction(parts: impl Iterator<Item = Tri>) -> Tri {
    negation(conjunction(parts.map(negation)))
}

pub(crate) fn negation(tri: Tri) -> Tri {
    match tri {
        Tri::True => Tri::False,
        Tri::False => Tri::True,
        Tri::Unknown => Tri::Unknown,
    }
}

/// Why a condition is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExprError {
    UnknownField(String),
    WrongType(String),
    Shape(String),
    Dangling(String),
}

/// What the reader of conditions knows of its surroundings.
pub(crate) struct Reader<'r> {
    pub scope: Scope,
    pub quantity: Quantity,
    /// Finds another provision by id: its index and quantity.
    pub provision: &'r dyn Fn(&str) -> Option<(usize, Quantity)>,
}

impl Reader<'_> {
    pub(crate) fn read(&self, value: &toml::Value) -> Result<Expr, ExprError> {
        let table = value.as_table().ok_or_else(|| ExprError::Shape("条件应为表".to_owned()))?;
        let mut parts = Vec::with_capacity(table.len());
        for (key, value) in table {
            parts.push(self.read_word(key, value)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::All(parts) })
    }

    fn read_word(&self, key: &str, value: &toml::Value) -> Result<Expr, ExprError> {
        match key {
            "all" => self.read_list(value).map(Expr::All),
            "any" => self.read_list(value).map(Expr::Any),
            "not" => self.read(value).map(|inner| Expr::Not(Box::new(inner))),
            "some" | "every" => {
                let table = value.as_table().filter(|table| table.len() == 1);
                let (node, inner) = table
                    .and_then(|table| table.iter().next())
                    .ok_or_else(|| ExprError::Shape(format!("{key}应写明一个节点及其条件")))?;
                let scope = Scope::from_name(node).ok_or_else(|| ExprError::UnknownField(node.clone()))?;
                let inner = Box::new(Reader { scope, ..*self }.read(inner)?);
                Ok(if key == "some" { Expr::Some(scope, inner) } else { Expr::Every(scope, inner) })
            }
            "param" => self.read_param(value),
            _ => self.read_field(key, value),
        }
    }

    fn read_list(&self, value: &toml::Value) -> Result<Vec<Expr>, ExprError> {
        let items = value.as_array().filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| ExprError::Shape("all、any应为不空的列表".to_owned()))?;
        items.iter().map(|item| self.read(item)).collect()
    }

    fn read_param(&self, value: &toml::Value) -> Result<Expr, ExprError> {
        let table = value.as_table().filter(|table| table.len() == 1);
        let (id, wanted) = table
            .and_then(|table| table.iter().next())
            .ok_or_else(|| ExprError::Shape("param应写明一条规定及其取值".to_owned()))?;
        let (index, quantity) = (self.provision)(id).ok_or_else(|| ExprError::Dangling(id.clone()))?;
        let wanted = LawValue::read(quantity, wanted).map_err(|why| ExprError::WrongType(format!("{id}：{why}")))?;
        Ok(Expr::Param(index, wanted))
    }

    fn field(&self, name: &str) -> Result<Field, ExprError> {
        let own = Field::from_name(name, self.scope);
        own.or_else(|| Field::from_name(name, Scope::Case)).ok_or_else(|| ExprError::UnknownField(name.to_owned()))
    }

    fn read_field(&self, name: &str, value: &toml::Value) -> Result<Expr, ExprError> {
        let field = self.field(name)?;
        let Some(table) = value.as_table() else {
            return self.compare(field, "eq", value);
        };
        let mut parts = Vec::with_capacity(table.len());
        for (operator, right) in table {
            parts.push(self.compare(field, operator, right)?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::All(parts) })
    }

    fn compare(&self, field: Field, operator: &str, right: &toml::Value) -> Result<Expr, ExprError> {
        let wrong = |why: &str| ExprError::WrongType(format!("{}（{}）{why}", field.cn(), field.name()));
        if operator == "present" {
            return right
                .as_bool()
                .map(|wanted| Expr::Present(field, wanted))
                .ok_or_else(|| wrong("present应为true或false"));
        }
        let said = right.as_str() == Some("$value");
        match (field.kind(), operator) {
            (Kind::Text, "eq" | "in") if said => match self.quantity {
                Quantity::Text | Quantity::Texts => Ok(Expr::WordSaid(field)),
                _ => Err(wrong("只能与文字比较")),
            },
            (Kind::Text, "eq" | "ne") if right.as_str().is_some_and(|text| text.starts_with('$')) => {
                let other = self.field(right.as_str().unwrap_or_default().trim_start_matches('$'))?;
                if other.kind() != Kind::Text {
                    return Err(wrong("只能与文字字段比较"));
                }
                let same = Expr::WordOther(field, other);
                Ok(if operator == "eq" { same } else { Expr::Not(Box::new(same)) })
            }
            (Kind::Text, "eq") => Ok(Expr::Word(field, word(right).ok_or_else(|| wrong("只能与文字比较"))?)),
            (Kind::Text, "ne") => {
                let word = word(right).ok_or_else(|| wrong("只能与文字比较"))?;
                Ok(Expr::Not(Box::new(Expr::Word(field, word))))
            }
            (Kind::Text, "in") => Ok(Expr::WordIn(field, words(right).ok_or_else(|| wrong("in应为文字列表"))?)),
            (Kind::Text, "prefix") => Ok(Expr::Prefix(field, words(right).ok_or_else(|| wrong("prefix应为文字列表"))?)),
            (Kind::Set, "has") if said => match self.quantity {
                Quantity::Text | Quantity::Texts => Ok(Expr::HasSaid(field)),
                _ => Err(wrong("只能与文字比较")),
            },
            (Kind::Set, "has") => Ok(Expr::Has(field, words(right).ok_or_else(|| wrong("has应为文字列表"))?)),
            (Kind::Text | Kind::Set, _) => Err(wrong(&format!("不能用“{operator}”比较"))),
            (Kind::Time, "day_lt" | "day_gt") => {
                let cmp = if operator == "day_lt" { Cmp::Lt } else { Cmp::Gt };
                let name = right.as_str().and_then(|text| text.strip_prefix('$')).unwrap_or_default();
                let other = self.field(name)?;
                if other.kind() != Kind::Time {
                    return Err(wrong("只能与日期比较"));
                }
                Ok(Expr::Days(field, cmp, other))
            }
            (kind, _) => {
                let cmp = Cmp::from_name(operator).ok_or_else(|| wrong(&format!("不能用“{operator}”比较")))?;
                self.compare_number(field, kind, cmp, right, said).ok_or_else(|| wrong("与所比较的值不是同一类型"))
            }
        }
    }

    fn compare_number(&self, field: Field, kind: Kind, cmp: Cmp, right: &toml::Value, said: bool) -> Option<Expr> {
        if said {
            return match (kind, self.quantity) {
                (Kind::Int, Quantity::Days | Quantity::Count) | (Kind::Fen, Quantity::Fen) => {
                    Some(Expr::Said(field, cmp, 1))
                }
                // A ratio is kept in millionths, as a decimal of six places is.
                (Kind::Dec(6), Quantity::Ratio) => Some(Expr::Said(field, cmp, 1)),
                (Kind::Dec(places), Quantity::Days | Quantity::Count) => {
                    Some(Expr::Said(field, cmp, 10i64.pow(places)))
                }
                _ => None,
            };
        }
        if let Some(name) = right.as_str().and_then(|text| text.strip_prefix('$')) {
            let other = self.field(name).ok()?;
            return (other.kind() == kind).then_some(Expr::Other(field, cmp, other));
        }
        let value = crate::input::Input::from_toml(right)?.to_value(field)?;
        let mut facts = Facts::new();
        let number = constant(&mut facts, field, value)?;
        Some(Expr::Const(field, cmp, number))
    }
}

/// A constant goes through the same fitting as a fact, so both have one scale.
fn constant(facts: &mut Facts<'static>, field: Field, value: Value<'static>) -> Option<i64> {
    if field.need() == Need::Derived {
        return match value {
            Value::Int(number) => Some(number),
            Value::Flag(flag) => Some(i64::from(flag)),
            _ => None,
        };
    }
    match field.scope() {
        Scope::Case => drop(facts.set(field, value)),
        scope => drop(facts.push_line(scope).set(field, value)),
    }
    facts.number(field, 0)
}

fn word(value: &toml::Value) -> Option<Box<str>> {
    value.as_str().filter(|text| !text.starts_with('$')).map(Box::from)
}

fn words(value: &toml::Value) -> Option<Vec<Box<str>>> {
    let items = value.as_array().filter(|items| !items.is_empty())?;
    items.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Says(LawValue);
    impl Saying for Says {
        fn said(&self) -> Option<&LawValue> {
            Some(&self.0)
        }
        fn param(&self, _: usize) -> Option<&LawValue> {
            None
        }
    }

    fn read(text: &str) -> Result<Expr, ExprError> {
        let table = toml::from_str::<toml::Table>(&format!("c = {text}")).unwrap();
        Reader { scope: Scope::Case, quantity: Quantity::Days, provision: &|_| None }.read(&table["c"])
    }

    #[test]
    fn absence_is_unknown_unless_asked() {
        let facts = Facts::new();
        for (text, want) in [
            ("{ print_flag = false }", Tri::Unknown),
            ("{ not = { print_flag = false } }", Tri::Unknown),
            ("{ print_flag = { present = false } }", Tri::True),
            ("{ any = [{ print_flag = { present = false } }, { print_flag = true }] }", Tri::True),
            ("{ all = [{ print_flag = { present = true } }, { print_flag = true }] }", Tri::False),
            ("{ some = { rxdrugdetail = { medc_days = { gt = 7 } } } }", Tri::False),
            ("{ every = { rxdrugdetail = { medc_days = { gt = 7 } } } }", Tri::True),
        ] {
            assert_eq!(read(text).unwrap().eval(&facts, 0, &Says(LawValue::Int(7))), want, "{text}");
        }
    }

    #[test]
    fn words_compare_with_other_words() {
        let mut facts = Facts::new();
        facts.set(Field::IssPoolareaNo, "360900");
        let other = "{ iss_poolarea_no = { ne = \"$phar_poolarea_no\" } }";
        let eval = |facts: &Facts<'_>| read(other).unwrap().eval(facts, 0, &Says(LawValue::Int(0)));
        assert_eq!(eval(&facts), Tri::Unknown);
        facts.set(Field::PharPoolareaNo, "360900");
        assert_eq!(eval(&facts), Tri::False);
        facts.set(Field::PharPoolareaNo, "360100");
        assert_eq!(eval(&facts), Tri::True);
        assert!(read("{ iss_poolarea_no = \"$prsc_time\" }").is_err());
    }

    #[test]
    fn comparisons_share_one_scale() {
        let mut facts = Facts::new();
        facts.push_line(Scope::Line).set(Field::MedcDays, Value::Scaled(750, 2));
        let holds = |text: &str| read(text).unwrap().eval(&facts, 0, &Says(LawValue::Int(7)));
        assert_eq!(holds("{ some = { rxdrugdetail = { medc_days = { gt = \"$value\" } } } }"), Tri::True);
        assert_eq!(holds("{ some = { rxdrugdetail = { medc_days = { gt = \"7.5\" } } } }"), Tri::False);
        assert_eq!(holds("{ some = { rxdrugdetail = { medc_days = { ge = \"7.5\" } } } }"), Tri::True);
    }

    #[test]
    fn what_cannot_be_compared_is_refused_at_load() {
        for (text, unknown) in [
            ("{ no_such_field = 1 }", true),
            ("{ medc_days = 7 }", true),
            ("{ long_rx_flag = \"yes\" }", false),
            ("{ prsc_time = { gt = 7 } }", false),
            ("{ rx_type_code = { gt = \"1\" } }", false),
            ("{ vali_days = { gt = \"$prsc_time\" } }", false),
            ("{ rx_type_code = { in = [] } }", false),
        ] {
            match read(text) {
                Err(ExprError::UnknownField(_)) => assert!(unknown, "{text}"),
                Err(ExprError::WrongType(_)) => assert!(!unknown, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
