//! `extras` and `exp_content` as an object of scalars: what a client states for the law where the interface has no field.
//!
//! Names that nobody reads are the client's own, and so is content that is no object. A statement that is there and cannot be read
//! is a defect of the message, never a no.

use std::str::FromStr;

use crate::defect::Defect;
use crate::json::Value;
use crate::node::Node;

/// What a text says, whoever holds it.
#[derive(Default)]
pub(super) struct Words(
    /// By name; nothing where a list or an object stands.
    Vec<(String, Option<String>)>,
);

impl Words {
    /// Nothing, where the text is no object.
    pub(super) fn of(text: Option<&str>) -> Self {
        let value = text.map(|text| Value::parse(text.as_bytes()));
        let Some(Ok(Value::Object(members))) = value else { return Self::default() };
        let said = members.iter().filter(|(_, value)| !says_nothing(value));
        Self(said.map(|(name, value)| (name.to_string(), value.scalar().map(str::to_owned))).collect())
    }

    /// A word, if said; what is wrong begins with the name.
    pub(super) fn word(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.iter().find(|(own, _)| own == name) {
            None => Ok(None),
            Some((_, Some(text))) => Ok(Some(text)),
            Some((_, None)) => Err(format!("{name}应为文字或数字")),
        }
    }

    /// Yes or no.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        match self.word(name)? {
            None => Ok(None),
            Some("1" | "true") => Ok(Some(true)),
            Some("0" | "false") => Ok(Some(false)),
            Some(_) => Err(format!("{name}应为1或0")),
        }
    }
}

/// What a node says in a free field.
pub(super) struct Extras<'n, 'a> {
    node: &'n Node<'a>,
    field: &'static str,
    said: Words,
}

impl<'n, 'a> Extras<'n, 'a> {
    /// The `extras` of this node.
    pub(super) fn of(node: &'n Node<'a>) -> Self {
        Self { node, field: "extras", said: Words::of(node.free("extras").as_deref()) }
    }

    /// The `exp_content` of this node, which is a text.
    pub(super) fn of_exp_content(node: &'n Node<'a>) -> Self {
        Self { node, field: "exp_content", said: Words::of(node.text("exp_content")) }
    }

    /// A word, if said.
    pub(super) fn word(&self, name: &str) -> Result<Option<&str>, Defect> {
        self.said.word(name).map_err(|wrong| self.wrong(&wrong))
    }

    /// A word of at most so many characters.
    pub(super) fn short(&self, name: &str, most: usize) -> Result<Option<String>, Defect> {
        match self.word(name)? {
            Some(text) if text.chars().count() > most => Err(self.wrong(&format!("{name}超过{most}个字符"))),
            word => Ok(word.map(str::to_owned)),
        }
    }

    /// Yes or no.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Defect> {
        self.said.flag(name).map_err(|wrong| self.wrong(&wrong))
    }

    /// A value of a type that parses itself.
    pub(super) fn parse<T: FromStr>(&self, name: &str) -> Result<Option<T>, Defect>
    where
        T::Err: std::fmt::Display,
    {
        self.word(name)?.map(str::parse).transpose().map_err(|error: T::Err| self.wrong(&format!("{name}{error}")))
    }

    /// SM3 in lower-case hex.
    pub(super) fn sm3(&self, name: &str) -> Result<Option<String>, Defect> {
        let Some(text) = self.word(name)? else { return Ok(None) };
        match lf_gm::hex::decode(text.as_bytes()) {
            Ok(bytes) if bytes.len() == 32 => Ok(Some(lf_gm::hex::lower(&bytes))),
            _ => Err(self.wrong(&format!("{name}应为64位十六进制的SM3"))),
        }
    }

    pub(super) fn wrong(&self, what: &str) -> Defect {
        self.node.defect(self.field, format!("中的{what}"))
    }
}

/// An empty text is how many clients leave a field out.
fn says_nothing(value: &Value<'_>) -> bool {
    value.is_absent() || value.scalar().is_some_and(|text| text.trim().is_empty())
}
