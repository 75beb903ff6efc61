//! Single values: type, length, number, time, dictionary.

use std::borrow::Cow;

use lf_vocab::amount::{AmountError, parse_scaled};
use lf_vocab::{Day, Moment};

use super::{Check, Side};
use crate::defect::DefectKind;
use crate::json::Value;
use crate::node::{FieldValue, Node, Scaled};
use crate::table::{Field, Kind};

impl Check {
    /// `None` where nothing was sent or a defect was noted.
    pub(super) fn value<'a>(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        value: &Value<'a>,
    ) -> Option<FieldValue<'a>> {
        match field.kind {
            Kind::Text { len } => self.text(node, field, len, value).map(FieldValue::Text),
            Kind::File { len } => self.file(node, field, len, value),
            Kind::Number { len, scale } => self.number(node, field, len, scale, value),
            Kind::Moment | Kind::Day => self.time(node, field, value),
            Kind::Bool => self.boolean(node, field, value),
            Kind::Texts { len, rows } => self.texts(node, field, len, rows, value),
            Kind::Free { len } => self.free(node, field, len, value),
            Kind::Node(_) | Kind::List { .. } => self.children(node, field, value),
        }
    }

    fn scalar<'a>(&mut self, node: &Node<'_>, field: &'static Field, value: &Value<'a>) -> Option<Cow<'a, str>> {
        match value {
            Value::Text(text) | Value::Number(text) => Some(text.clone()),
            other => {
                self.defect(node, field, DefectKind::Type, format!("应为文本或数字，实为{}", other.kind_cn()));
                None
            }
        }
    }

    fn text<'a>(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        len: u32,
        value: &Value<'a>,
    ) -> Option<Cow<'a, str>> {
        let text = match (value, field.dict) {
            // Flags of two values are truth values to some clients.
            (Value::Bool(flag), Some(dict)) if dict.name == "flag" => {
                self.lint(&node.path, field.wire, "标志以布尔值传入，已按0/1处理");
                Cow::Borrowed(if *flag { "1" } else { "0" })
            }
            _ => self.scalar(node, field, value)?,
        };
        let length = text.chars().count();
        if length > len as usize {
            self.defect(node, field, DefectKind::Length, format!("长度为{length}，最多{len}个字符"));
            return None;
        }
        // A NUL names nothing, and not every database can keep it in a text.
        if text.contains('\0') {
            self.defect(node, field, DefectKind::Form, "含有空字符（U+0000）");
            return None;
        }
        let Some(dict) = field.dict else { return Some(text) };
        match dict.resolve(text.trim()) {
            Some(code) if code.means == text => Some(text),
            Some(code) => {
                self.lint(&node.path, field.wire, "代码写法与字典不同，已按字典代码处理");
                Some(Cow::Borrowed(code.means))
            }
            None if field.open => {
                self.lint(&node.path, field.wire, "代码不在字典内，此字段允许机构自有代码");
                Some(text)
            }
            None => {
                self.defect(node, field, DefectKind::Code, format!("的代码不在字典{}（{}）内", dict.name, dict.cn));
                None
            }
        }
    }

    fn file<'a>(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        len: u32,
        value: &Value<'a>,
    ) -> Option<FieldValue<'a>> {
        let Value::Text(text) = value else {
            self.defect(node, field, DefectKind::Type, format!("应为Base64文本，实为{}", value.kind_cn()));
            return None;
        };
        if text.len() > len as usize {
            self.defect(node, field, DefectKind::Length, format!("长度为{}，最多{len}个字符", text.len()));
            return None;
        }
        if !looks_like_base64(text.as_bytes()) {
            self.defect(node, field, DefectKind::Base64, "不是合法的Base64");
            return None;
        }
        Some(FieldValue::Text(text.clone()))
    }

    fn number<'a>(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        len: u32,
        scale: u32,
        value: &Value<'a>,
    ) -> Option<FieldValue<'a>> {
        let text = self.scalar(node, field, value)?;
        let parsed = parse_scaled(text.trim(), scale);
        let value = match parsed {
            Ok(value) => value,
            Err(AmountError::NotANumber) => {
                self.defect(node, field, DefectKind::Number, "不是十进制数字");
                return None;
            }
            Err(AmountError::TooPrecise(_)) => {
                self.defect(node, field, DefectKind::Length, format!("最多{scale}位小数"));
                return None;
            }
            Err(AmountError::TooLarge) => {
                self.defect(node, field, DefectKind::Length, format!("最多{}位整数", len.saturating_sub(scale)));
                return None;
            }
        };
        let fits = 10u64.checked_pow(len).is_none_or(|limit| value.unsigned_abs() < limit);
        if !fits {
            self.defect(node, field, DefectKind::Length, format!("最多{}位整数", len.saturating_sub(scale)));
            return None;
        }
        if value < 0 && self.side == Side::Input {
            self.defect(node, field, DefectKind::Number, "不能为负数");
            return None;
        }
        Some(FieldValue::Number(Scaled { value, scale }))
    }

    fn time<'a>(&mut self, node: &Node<'_>, field: &'static Field, value: &Value<'a>) -> Option<FieldValue<'a>> {
        let Value::Text(text) = value else {
            self.defect(node, field, DefectKind::Type, format!("应为时间文本，实为{}", value.kind_cn()));
            return None;
        };
        let text = text.trim();
        let whole = without_fraction(text);
        if whole.len() != text.len() {
            self.lint(&node.path, field.wire, "时间带有秒的小数，已舍去");
        }
        let parsed = if matches!(field.kind, Kind::Day) {
            // A whole moment where a day is asked for says which day it is.
            let day = whole.parse::<Day>().ok().or_else(|| whole.parse::<Moment>().ok().map(Moment::day));
            day.map(FieldValue::Day)
        } else {
            whole.parse::<Moment>().ok().map(FieldValue::Moment)
        };
        if parsed.is_none() {
            let form = if matches!(field.kind, Kind::Day) { "yyyy-MM-dd" } else { "yyyy-MM-dd HH:mm:ss" };
            self.defect(node, field, DefectKind::Time, format!("应为{form}格式的有效时间"));
        }
        parsed
    }

    fn boolean<'a>(&mut self, node: &Node<'_>, field: &'static Field, value: &Value<'a>) -> Option<FieldValue<'a>> {
        match (value, value.scalar()) {
            (Value::Bool(flag), _) => Some(FieldValue::Bool(*flag)),
            (_, Some("true" | "1")) => Some(FieldValue::Bool(true)),
            (_, Some("false" | "0")) => Some(FieldValue::Bool(false)),
            _ => {
                self.defect(node, field, DefectKind::Type, "应为true或false");
                None
            }
        }
    }

    fn texts<'a>(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        len: u32,
        rows: usize,
        value: &Value<'a>,
    ) -> Option<FieldValue<'a>> {
        let items: &[Value<'a>] = match value {
            Value::Array(items) => items,
            Value::Text(_) | Value::Number(_) => std::slice::from_ref(value),
            other => {
                self.defect(node, field, DefectKind::Type, format!("应为文本数组，实为{}", other.kind_cn()));
                return None;
            }
        };
        if items.len() > rows {
            self.defect(node, field, DefectKind::Rows, format!("有{}项，最多{rows}项", items.len()));
            return None;
        }
        let mut texts = Vec::with_capacity(items.len());
        for item in items.iter().filter(|item| !item.is_absent()) {
            let text = self.scalar(node, field, item)?;
            if text.chars().count() > len as usize {
                self.defect(node, field, DefectKind::Length, format!("每项最多{len}个字符"));
                return None;
            }
            texts.push(text);
        }
        (!texts.is_empty()).then_some(FieldValue::Texts(texts))
    }

    fn free<'a>(
        &mut self,
        node: &Node<'_>,
        field: &'static Field,
        len: u32,
        value: &Value<'a>,
    ) -> Option<FieldValue<'a>> {
        let written = value.to_json();
        let length = std::str::from_utf8(&written).map_or(written.len(), |text| text.chars().count());
        if length > len as usize {
            self.defect(node, field, DefectKind::Length, format!("序列化后长度为{length}，最多{len}个字符"));
            return None;
        }
        Some(FieldValue::Free(value.clone()))
    }
}

/// Four characters a group, padding only at the end; whether the last bits are zero is for the decoder.
fn looks_like_base64(text: &[u8]) -> bool {
    let body = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let digit = |byte: u8| byte.is_ascii_alphanumeric() | (byte == b'+') | (byte == b'/');
    !text.is_empty() && text.len().is_multiple_of(4) && body.iter().fold(true, |all, byte| all & digit(*byte))
}

/// `2025-01-02 03:04:05.0`, as Java prints a timestamp, without its fraction.
fn without_fraction(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, fraction)) if whole.len() == 19 && fraction.bytes().all(|byte| byte.is_ascii_digit()) => whole,
        _ => text,
    }
}
