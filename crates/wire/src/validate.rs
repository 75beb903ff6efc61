//! One validator for every transaction: a payload and a table in, a [`Node`] or all its defects out.
//!
//! Serves the border of each transaction. Clients differ, so it takes numbers as text and text as
//! numbers, codes without leading zeros, `T` in times, one object for a list, listed misspellings; what it
//! let pass is noted in [`Lint`]s for the log, not held against the sender.
//!
//! Invariants: null and "" are absent; the order of defects is the order of the table; no defect or
//! lint carries a value.

mod value;

use crate::Transaction;
use crate::defect::{Defect, DefectKind, Defects};
use crate::json::Value;
use crate::node::{FieldValue, Node};
use crate::table::{Field, Kind, Need, Table};

/// Most notes kept for one message.
pub const MAX_LINTS: usize = 50;

/// Something accepted that the interface does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// Node and field, as sent.
    pub place: String,
    /// What was tolerated, in Chinese.
    pub what: &'static str,
}

/// A valid message and what was tolerated in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Valid<'a> {
    /// The message.
    pub node: Node<'a>,
    /// What was tolerated.
    pub lints: Vec<Lint>,
}

/// What could be read of a message, whether it is valid or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked<'a> {
    /// The message without the values that are defective; `None` if it is no object.
    pub node: Option<Node<'a>>,
    /// What its table finds wrong.
    pub defects: Defects,
    /// What was tolerated.
    pub lints: Vec<Lint>,
}

impl<'a> Checked<'a> {
    /// The message if nothing is wrong with it.
    ///
    /// # Errors
    /// All [`Defects`].
    pub fn ok(self) -> Result<Valid<'a>, Defects> {
        match self.node {
            Some(node) if self.defects.is_empty() => Ok(Valid { node, lints: self.lints }),
            _ => Err(self.defects),
        }
    }
}

/// Checks a payload against the input table of its transaction.
///
/// # Errors
/// All [`Defects`].
pub fn validate<'a>(transaction: Transaction, data: &Value<'a>) -> Result<Valid<'a>, Defects> {
    validate_partial(transaction, data).ok()
}

/// The same, but what could be read is given even where something is wrong, so that
/// [`crate::commands::all_defects`] can look at the forms of the rest.
pub fn validate_partial<'a>(transaction: Transaction, data: &Value<'a>) -> Checked<'a> {
    check(transaction.spec().input, data, Side::Input)
}

/// Checks a payload against an output table, for the client's half: a reversal has negative amounts.
///
/// # Errors
/// All [`Defects`].
pub fn validate_table<'a>(table: &'static Table, data: &Value<'a>) -> Result<Valid<'a>, Defects> {
    check(table, data, Side::Output).ok()
}

fn check<'a>(table: &'static Table, data: &Value<'a>, side: Side) -> Checked<'a> {
    let mut check = Check { side, defects: Defects::new(), lints: Vec::new() };
    let members = check.root_members(table, data);
    let node = members.and_then(|members| check.node(table, String::new(), None, &members));
    Checked { node, defects: check.defects, lints: check.lints }
}

/// Which way a message goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Input,
    Output,
}

/// Names under which gateways lay the payload one level deeper: two of any transaction, then the nodes of 9001, 9002,
/// 1201, 9101 and 9102, which some clients leave out.
const WRAPPERS: [&str; 7] = ["input", "data", "signIn", "signOut", "medinsinfo", "fsUploadIn", "fsDownloadIn"];

struct Check {
    side: Side,
    defects: Defects,
    lints: Vec<Lint>,
}

/// The members of an object, or of two that a gateway laid inside each other.
type Members<'v, 'a> = Vec<(&'v str, &'v Value<'a>)>;

impl Check {
    /// The payload is an object, possibly with its fields a level or two down.
    fn root_members<'v, 'a>(&mut self, table: &Table, data: &'v Value<'a>) -> Option<Members<'v, 'a>> {
        let Some(outer) = single_object(data) else {
            self.defects.push(Defect {
                node: String::new(),
                index: None,
                field: "data".into(),
                name_cn: "业务数据",
                reason: format!("应为JSON对象，实为{}", data.kind_cn()).into(),
                kind: DefectKind::Type,
            });
            return None;
        };
        let mut members: Members<'v, 'a> = outer.iter().map(|(key, value)| (key.as_ref(), value)).collect();
        for wrapper in WRAPPERS.into_iter().filter(|wrapper| table.find(wrapper).is_none()) {
            let at = members.iter().position(|(key, _)| *key == wrapper);
            let inner = at.and_then(|at| single_object(members[at].1).map(|inner| (at, inner)));
            if let Some((at, inner)) = inner {
                members.remove(at);
                // What stands beside the wrapper is kept: some send the nodes there and the fields inside.
                members.splice(0..0, inner.iter().map(|(key, value)| (key.as_ref(), value)));
            }
        }
        Some(members)
    }

    /// `None` only where no node can be made of it; its defects are noted either way.
    fn node<'a>(
        &mut self,
        table: &'static Table,
        path: String,
        index: Option<usize>,
        members: &Members<'_, 'a>,
    ) -> Option<Node<'a>> {
        let sent = self.sort_members(table, &path, members);
        let mut node = Node { table, path, index, values: Vec::with_capacity(table.fields.len()) };
        for (field, sent) in table.fields.iter().zip(&sent) {
            let value = sent.and_then(|(_, value)| self.value(&node, field, value));
            node.values.push(value);
        }
        for (at, field) in table.fields.iter().enumerate() {
            let was_sent = sent.get(at).is_some_and(Option::is_some);
            self.conditions(&node, at, field, was_sent);
        }
        Some(node)
    }

    /// Each field's value as sent: the first spelling that says something wins.
    fn sort_members<'v, 'a>(
        &mut self,
        table: &Table,
        path: &str,
        members: &Members<'v, 'a>,
    ) -> Vec<Option<(&'v str, &'v Value<'a>)>> {
        let mut sent: Vec<Option<(&str, &Value<'_>)>> = vec![None; table.fields.len()];
        for (key, value) in members {
            let Some(at) = table.find(key) else {
                self.lint(path, key, "接口中没有此字段，已忽略");
                continue;
            };
            if value.is_absent() {
                continue;
            }
            let (field, slot) = (&table.fields[at], &mut sent[at]);
            if *key != field.wire {
                self.lint(path, key, "字段名拼写与接口不同，已按规范字段名处理");
            }
            // The name of the interface beats its other spellings.
            if slot.is_none() || *key == field.wire {
                *slot = Some((key, value));
            }
        }
        sent
    }

    /// What depends on other fields: required, required if, not beside.
    fn conditions(&mut self, node: &Node<'_>, at: usize, field: &'static Field, was_sent: bool) {
        let there = |index: usize| node.values.get(index).is_some_and(Option::is_some);
        if was_sent {
            // A value that was sent but is wrong has its own defect already.
            let other =
                field.excludes.iter().find(|index| there(**index)).and_then(|index| node.table.fields.get(*index));
            if let (true, Some(other)) = (there(at), other) {
                self.defect(node, field, DefectKind::Excluded, format!("不能与{}同时使用", other.wire));
            }
            return;
        }
        match field.need {
            Need::Optional => {}
            Need::Required => self.defect(node, field, DefectKind::Missing, "必填"),
            Need::When { field: other, is } => {
                let value = node.values.get(other).and_then(Option::as_ref);
                if let (Some(FieldValue::Text(code)), Some(other)) = (value, node.table.fields.get(other))
                    && is.contains(&code.as_ref())
                {
                    self.defect(node, field, DefectKind::Missing, format!("在{}为{code}时必填", other.wire));
                }
            }
            Need::Unless(others) => {
                if !others.iter().any(|other| there(*other)) {
                    let names: Vec<&str> = others
                        .iter()
                        .filter_map(|other| node.table.fields.get(*other))
                        .map(|other| other.wire)
                        .collect();
                    self.defect(node, field, DefectKind::Missing, format!("与{}须至少填一项", names.join("、")));
                }
            }
        }
    }

    fn children<'a>(&mut self, node: &Node<'_>, field: &'static Field, value: &Value<'a>) -> Option<FieldValue<'a>> {
        match field.kind {
            Kind::Node(table) => self.single(node, field, table, value),
            Kind::List { of, rows } => self.rows(node, field, of, rows, value),
            _ => None,
        }
    }

    fn single<'a>(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        table: &'static Table,
        value: &Value<'a>,
    ) -> Option<FieldValue<'a>> {
        let Some(members) = single_object(value) else {
            self.defect(node, field, DefectKind::Type, format!("应为对象，实为{}", value.kind_cn()));
            return None;
        };
        if matches!(value, Value::Array(_)) {
            self.lint(&node.path, field.wire, "单行节点以数组传入，已取其唯一一行");
        }
        let members = members.iter().map(|(key, value)| (key.as_ref(), value)).collect();
        self.node(table, path_of(node, field), None, &members).map(|node| FieldValue::Node(Box::new(node)))
    }

    fn rows<'a>(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        table: &'static Table,
        max: usize,
        value: &Value<'a>,
    ) -> Option<FieldValue<'a>> {
        let items: &[Value<'a>] = match value {
            Value::Array(items) => items,
            Value::Object(_) => {
                self.lint(&node.path, field.wire, "多行节点以单个对象传入，已作一行处理");
                std::slice::from_ref(value)
            }
            other => {
                self.defect(node, field, DefectKind::Type, format!("应为数组，实为{}", other.kind_cn()));
                return None;
            }
        };
        if items.len() > max {
            self.defect(node, field, DefectKind::Rows, format!("有{}行，最多{max}行", items.len()));
            return None;
        }
        if items.is_empty() {
            if matches!(field.need, Need::Required) {
                self.defect(node, field, DefectKind::Missing, "至少要有一行");
            }
            return None;
        }
        let path = path_of(node, field);
        let mut nodes = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let Value::Object(members) = item else {
                self.defects.push(Defect {
                    node: path.clone(),
                    index: Some(index),
                    field: "".into(),
                    name_cn: field.cn,
                    reason: format!("应为对象，实为{}", item.kind_cn()).into(),
                    kind: DefectKind::Type,
                });
                continue;
            };
            let members = members.iter().map(|(key, value)| (key.as_ref(), value)).collect();
            nodes.extend(self.node(table, path.clone(), Some(index), &members));
        }
        Some(FieldValue::Nodes(nodes))
    }

    fn defect(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        kind: DefectKind,
        reason: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        self.defects.push(Defect {
            node: node.path.clone(),
            index: node.index,
            field: field.wire.into(),
            name_cn: field.cn,
            reason: reason.into(),
            kind,
        });
    }

    fn lint(&mut self, path: &str, field: &str, what: &'static str) {
        if self.lints.len() < MAX_LINTS {
            let dot = if path.is_empty() { "" } else { "." };
            // A key is the sender's text: it is cut so that it cannot flood the log.
            let field: String = field.chars().take(40).collect();
            self.lints.push(Lint { place: format!("{path}{dot}{field}"), what });
        }
    }
}

/// The members of an object, or of the one object in an array.
fn single_object<'v, 'a>(value: &'v Value<'a>) -> Option<&'v [(std::borrow::Cow<'a, str>, Value<'a>)]> {
    match value {
        Value::Object(members) => Some(members),
        Value::Array(items) => match items.as_slice() {
            [Value::Object(members)] => Some(members),
            _ => None,
        },
        _ => None,
    }
}

/// Outer rows from 1, as people count.
fn path_of(node: &Node<'_>, field: &Field) -> String {
    match (node.path.is_empty(), node.index) {
        (true, _) => field.wire.to_owned(),
        (false, None) => format!("{}.{}", node.path, field.wire),
        (false, Some(index)) => format!("{}[{}].{}", node.path, index + 1, field.wire),
    }
}

#[cfg(test)]
mod tests;
