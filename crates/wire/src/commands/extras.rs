//! `extras` as an object of scalars: what a client states for the law where the interface has no field.
//!
//! Names that nobody reads are the client's own. A statement that is there and cannot be read is a defect of the message.

use std::str::FromStr;

use crate::defect::Defect;
use crate::json::Value;
use crate::node::Node;

/// What a node's `extras` say.
pub(super) struct Extras<'n, 'a> {
    node: &'n Node<'a>,
    said: Vec<(String, String)>,
}

impl<'n, 'a> Extras<'n, 'a> {
    /// Of this node; none when they are no object.
    pub(super) fn of(node: &'n Node<'a>) -> Self {
        let value = node.free("extras").map(|text| Value::parse(text.as_bytes()).map(Value::into_owned));
        let Some(Ok(Value::Object(members))) = value else { return Self { node, said: Vec::new() } };
        let scalars =
            members.into_iter().filter_map(|(name, value)| Some((name.into_owned(), value.scalar()?.to_owned())));
        Self { node, said: scalars.filter(|(_, text)| !text.trim().is_empty()).collect() }
    }

    /// A word, if said.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        self.said.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str())
    }

    /// A word of at most so many characters.
    pub(super) fn short(&self, name: &str, most: usize) -> Result<Option<String>, Defect> {
        match self.word(name) {
            Some(text) if text.chars().count() > most => Err(self.wrong(&format!("{name}超过{most}个字符"))),
            word => Ok(word.map(str::to_owned)),
        }
    }

    /// Yes or no.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Defect> {
        match self.word(name) {
            None => Ok(None),
            Some("1" | "true") => Ok(Some(true)),
            Some("0" | "false") => Ok(Some(false)),
            Some(_) => Err(self.wrong(&format!("{name}应为1或0"))),
        }
    }

    /// A value of a type that parses itself.
    pub(super) fn parse<T: FromStr>(&self, name: &str) -> Result<Option<T>, Defect>
    where
        T::Err: std::fmt::Display,
    {
        self.word(name).map(str::parse).transpose().map_err(|error: T::Err| self.wrong(&format!("{name}{error}")))
    }

    /// SM3 in lower-case hex.
    pub(super) fn sm3(&self, name: &str) -> Result<Option<String>, Defect> {
        let Some(text) = self.word(name) else { return Ok(None) };
        match lf_gm::hex::decode(text.as_bytes()) {
            Ok(bytes) if bytes.len() == 32 => Ok(Some(lf_gm::hex::lower(&bytes))),
            _ => Err(self.wrong(&format!("{name}应为64位十六进制的SM3"))),
        }
    }

    pub(super) fn wrong(&self, what: &str) -> Defect {
        self.node.defect("extras", format!("中的{what}"))
    }
}
