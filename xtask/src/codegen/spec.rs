//! `spec/` as it is written: transactions with their nodes and fields, and dictionaries.
//!
//! Invariant: what is returned is consistent: every dictionary, node and field that is named exists,
//! and no two names of a node collide.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Everything below `spec/`, in the order of codes and names.
pub struct Spec {
    pub transactions: Vec<Transaction>,
    pub dicts: BTreeMap<String, Dict>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    pub code: String,
    pub name: String,
    pub method: Option<String>,
    #[serde(default)]
    pub method_is_ours: bool,
    pub built: bool,
    /// The center sends it; nobody sends it to the center.
    #[serde(default)]
    pub callback: bool,
    pub input: Vec<Node>,
    pub output: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub node: String,
    pub fields: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub wire: String,
    /// Our name where it is not the wire name in snake case.
    name: Option<String>,
    pub cn: String,
    pub kind: Kind,
    #[serde(default)]
    pub len: u32,
    #[serde(default)]
    pub scale: u32,
    #[serde(default)]
    pub rows: u32,
    /// The node a `node` or `list` consists of, where it is not called like the field.
    of: Option<String>,
    #[serde(default)]
    pub required: bool,
    pub when: Option<When>,
    #[serde(default)]
    pub unless: Vec<String>,
    #[serde(default)]
    pub excludes: Vec<String>,
    pub dict: Option<String>,
    /// Codes outside the dictionary pass: the interface allows an institution's own.
    #[serde(default)]
    pub open: bool,
    /// Other spellings that clients send.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Other spellings that clients read, sent beside the first.
    #[serde(default)]
    pub also: Vec<String>,
    /// Where the other spellings were seen.
    pub seen: Option<String>,
    /// What the published table prints where we depart from it.
    pub printed: Option<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    File,
    Number,
    Moment,
    Day,
    Bool,
    Texts,
    Free,
    Node,
    List,
}

/// Required when the named field of the same node has one of these values.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    pub field: String,
    pub is: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dict {
    pub dict: String,
    pub name: String,
    pub values: Vec<Code>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    pub code: String,
    pub name: String,
    /// Other codes for the same thing that are accepted.
    #[serde(default)]
    pub aka: Vec<String>,
}

impl Field {
    /// The name below the wire.
    pub fn snake(&self) -> String {
        self.name.clone().unwrap_or_else(|| snake(&self.wire))
    }

    /// The node this field consists of, if it is a `node` or a `list`.
    pub fn child(&self) -> Option<&str> {
        matches!(self.kind, Kind::Node | Kind::List).then(|| self.of.as_deref().unwrap_or(&self.wire))
    }

    /// Every spelling accepted on the way in, the wire name first.
    pub fn spellings(&self) -> Vec<String> {
        let mut all = vec![self.wire.clone(), self.snake(), snake(&self.wire), camel(&self.wire)];
        for alias in &self.aliases {
            all.extend([alias.clone(), snake(alias), camel(alias)]);
        }
        let mut seen = BTreeSet::new();
        all.retain(|name| seen.insert(name.clone()));
        all
    }
}

/// Reads and checks the folder.
pub fn read(folder: &Path) -> Result<Spec> {
    let mut transactions: Vec<Transaction> = Vec::new();
    for part in ["epc", "fsi"] {
        transactions.extend(read_all(&folder.join(part))?);
    }
    transactions.sort_by(|a, b| a.code.cmp(&b.code));
    let dicts: Vec<Dict> = read_all(&folder.join("dict"))?;
    let spec = Spec { transactions, dicts: dicts.into_iter().map(|dict| (dict.dict.clone(), dict)).collect() };
    for transaction in &spec.transactions {
        for (side, nodes) in [("input", &transaction.input), ("output", &transaction.output)] {
            check_nodes(nodes, &spec.dicts).with_context(|| format!("{} {side}", transaction.code))?;
        }
    }
    Ok(spec)
}

fn read_all<T: for<'de> Deserialize<'de>>(folder: &Path) -> Result<Vec<T>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path)?;
            toml::from_str(&text).with_context(|| format!("parsing {}", path.display()))
        })
        .collect()
}

fn check_nodes(nodes: &[Node], dicts: &BTreeMap<String, Dict>) -> Result<()> {
    for node in nodes {
        let names: BTreeSet<String> = node.fields.iter().map(Field::snake).collect();
        let mut spellings = BTreeMap::new();
        for field in &node.fields {
            for spelling in field.spellings() {
                if let Some(other) = spellings.insert(spelling.clone(), field.snake()) {
                    bail!("{}: `{spelling}` is a spelling of both `{other}` and `{}`", node.node, field.snake());
                }
            }
            if let Some(name) = &field.dict {
                let Some(dict) = dicts.get(name) else {
                    bail!("{}.{}: no dictionary `{name}`", node.node, field.wire);
                };
                let longest = dict.values.iter().map(|value| value.code.chars().count()).max().unwrap_or_default();
                if field.kind == Kind::Text && longest > field.len as usize {
                    bail!("{}.{}: a code of `{name}` has {longest} characters", node.node, field.wire);
                }
            }
            if field.seen.is_none() && !(field.aliases.is_empty() && field.also.is_empty()) {
                bail!("{}.{}: say in `seen` where its other spellings were met", node.node, field.wire);
            }
            if let Some(child) = field.child()
                && !nodes.iter().any(|other| other.node == child)
            {
                bail!("{}.{}: no node `{child}`", node.node, field.wire);
            }
            let named = field.when.iter().map(|when| &when.field).chain(&field.unless).chain(&field.excludes);
            for name in named {
                if !names.contains(name) {
                    bail!("{}.{}: its condition names `{name}`, which is no field of the node", node.node, field.wire);
                }
            }
        }
    }
    Ok(())
}

/// `rxTypeCode` to `rx_type_code`; text in snake case stays.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut before_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && before_lower {
            out.push('_');
        }
        before_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// `rx_type_code` to `rxTypeCode`; text in camel case stays.
pub fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = true,
            c if upper => {
                out.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_case_and_back() {
        for (wire, ours) in [("rxTypeCode", "rx_type_code"), ("rxdrugdetail", "rxdrugdetail"), ("psnNo", "psn_no")] {
            assert_eq!(snake(wire), ours);
            assert_eq!(camel(ours), wire);
            assert_eq!(snake(ours), ours);
        }
    }

    #[test]
    fn a_spelling_belongs_to_one_field() {
        let field = |wire: &str, alias: &str| {
            format!(
                "{{ wire = \"{wire}\", cn = \"x\", kind = \"text\", len = 1, aliases = [\"{alias}\"], seen = \"x\" }}"
            )
        };
        let node = |fields: &str| toml::from_str::<Node>(&format!("node = \"data\"\nfields = [{fields}]")).unwrap();
        let clash = node(&format!("{}, {}", field("drCode", "a"), field("undoDrCode", "drCode")));
        assert!(check_nodes(&[clash], &BTreeMap::new()).is_err());
        let fine = node(&format!("{}, {}", field("drCode", "a"), field("undoDrCode", "b")));
        assert!(check_nodes(&[fine], &BTreeMap::new()).is_ok());
    }
}
