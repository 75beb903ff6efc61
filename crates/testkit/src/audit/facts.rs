//! What a history says, read from the stored JSON without the types of `lf-rx`: a second folding that shares
//! nothing with the first but the words of the events.

use serde_json::Value;

/// What the events of one prescription add up to.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The word that the `phase` column should have.
    pub phase: &'static str,
    /// SM3 of the content, as the first event says.
    pub content_sm3: Option<String>,
    /// SM3 of the file, once signed.
    pub file_sm3: Option<String>,
    /// The pharmacy of the last download.
    pub pharmacy: Option<String>,
    /// The trace codes of the sale that stands; `None` without one.
    pub standing_sale: Option<Vec<String>>,
    /// Settlements: number, total, fund.
    pub settled: Vec<(String, i64, i64)>,
    /// Reversals: number, and what it reverses.
    pub refunded: Vec<(String, String)>,
    /// The delivery of the standing sale.
    delivery: Option<Trip>,
    /// What cannot be, in Chinese.
    pub defects: Vec<String>,
    closed: bool,
    paired: bool,
}

/// A delivery as its last event leaves it.
#[derive(Debug, Clone)]
struct Trip {
    delv_no: String,
    delv_way: String,
    /// To whom and where, as written.
    to: Value,
    /// The word of its course.
    course: &'static str,
}

/// 网订店取.
const FETCH: &str = "1";
/// 网订店送.
const SEND: &str = "2";

/// Folds the bodies of a history.
pub(super) fn read<'b>(bodies: impl Iterator<Item = &'b [u8]>) -> Facts {
    let mut facts = Facts { phase: "", ..Facts::default() };
    for (body, number) in bodies.zip(1u64..) {
        match serde_json::from_slice::<Value>(body) {
            Ok(event) => facts.take(number, &event),
            Err(_) => facts.defects.push(format!("第{number}条事件不是JSON")),
        }
    }
    if facts.settled.len() > 1 {
        facts.defects.push(format!("有{}次结算", facts.settled.len()));
    }
    if facts.refunded.len() > facts.settled.len() {
        facts.defects.push("撤销多于结算".to_owned());
    }
    facts
}

fn text(event: &Value, name: &str) -> String {
    event.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn fen(event: &Value, name: &str) -> i64 {
    event.get(name).and_then(Value::as_i64).unwrap_or(i64::MIN)
}

impl Facts {
    fn take(&mut self, number: u64, event: &Value) {
        let kind = text(event, "kind");
        if self.closed {
            self.defects.push(format!("第{number}条事件{kind}发生在处方关闭之后"));
        }
        if (kind == "opened") != (number == 1) {
            self.defects.push(format!("第{number}条事件是{kind}"));
        }
        match kind.as_str() {
            "opened" => {
                self.phase = "pre_checked";
                self.content_sm3 = Some(text(event, "content_sm3"));
            }
            "signed" => {
                self.phase = "signed";
                self.file_sm3 = Some(text(event, "file_sm3"));
            }
            "uploaded" => self.phase = "active",
            "authorised" | "printed" => {}
            "pair_bound" => self.pair_bound(number, event),
            "downloaded" => {
                self.phase = "carried";
                self.pharmacy = Some(text(event, "fixmedins_code"));
            }
            "verified" => self.phase = "verified",
            "reviewed" => self.phase = if text(event, "rx_chk_stas_codg") == "1" { "reviewed" } else { "chk_refused" },
            "sold" => self.sold(number, event),
            "sale_undone" => {
                self.phase = "reviewed";
                if self.standing_sale.take().is_none() {
                    self.defects.push(format!("第{number}条事件撤销了不存在的出库"));
                }
                self.not_under_way(number);
                self.delivery = None;
            }
            "settled" => {
                self.phase = "settled";
                let amounts = (fen(event, "medfee_sumamt"), fen(event, "fund_pay_sumamt"));
                self.settled.push((text(event, "setl_id"), amounts.0, amounts.1));
                if self.standing_sale.is_none() {
                    self.defects.push(format!("第{number}条事件结算了不存在的出库"));
                }
            }
            "refunded" => {
                self.phase = "refunded";
                self.closed = true;
                self.refunded.push((text(event, "setl_id"), text(event, "refd_setl_id")));
                self.not_under_way(number);
                // A refund takes the sale back with it.
                self.standing_sale = None;
            }
            "delivery" => self.delivered(number, event),
            "delivery_signed" => self.delivery_signed(number),
            "revoked" => {
                self.phase = "revoked";
                self.closed = true;
            }
            other => self.defects.push(format!("第{number}条事件的种类{other}不认识")),
        }
    }

    /// The word of the course that the stored state should have.
    pub fn course(&self) -> &'static str {
        self.delivery.as_ref().map_or("none", |trip| trip.course)
    }

    fn delivered(&mut self, number: u64, event: &Value) {
        let of_sheet = |name: &str| event.pointer(&format!("/sheet/{name}")).cloned().unwrap_or_default();
        let words = |name: &str| of_sheet(name).as_str().unwrap_or_default().to_owned();
        let course = match text(event, "delv_stas_codg").as_str() {
            "0" => "ordered",
            "1" => "on_way",
            "2" => "arrived",
            "3" => "cancelled",
            "4" => "trouble",
            _ => "unknown",
        };
        let trip = Trip { delv_no: words("delv_no"), delv_way: words("delv_way"), to: of_sheet("to"), course };
        if self.standing_sale.is_none() {
            self.defects.push(format!("第{number}条事件配送了不存在的出库"));
        }
        if !may_follow(self.delivery.as_ref(), &trip) {
            self.defects.push(format!("第{number}条事件的配送状态不能在此发生"));
        }
        self.delivery = Some(trip);
    }

    fn delivery_signed(&mut self, number: u64) {
        match &mut self.delivery {
            Some(trip) if trip.under_way() || (trip.course == "ordered" && trip.delv_way == FETCH) => {
                trip.course = "signed";
            }
            _ => self.defects.push(format!("第{number}条事件签收了没有在途的配送单")),
        }
    }

    fn pair_bound(&mut self, number: u64, event: &Value) {
        let of_settlement = self.settled.iter().any(|(setl_id, _, _)| *setl_id == text(event, "setl_id"));
        if !of_settlement || std::mem::replace(&mut self.paired, true) {
            self.defects.push(format!("第{number}条事件归档的签字件没有对应的结算，或已归档过"));
        }
    }

    fn not_under_way(&mut self, number: u64) {
        if self.delivery.as_ref().is_some_and(Trip::under_way) {
            self.defects.push(format!("第{number}条事件撤回了还在配送途中的药品"));
        }
    }

    fn sold(&mut self, number: u64, event: &Value) {
        self.phase = if text(event, "hi_feesetl_flag") == "1" { "sold" } else { "self_paid" };
        let lines = event.get("lines").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let codes = lines.iter().filter_map(|line| line.get("drug_trac_codg")?.as_str().map(str::to_owned));
        if self.standing_sale.replace(codes.collect()).is_some() {
            self.defects.push(format!("第{number}条事件在已有出库时再次出库"));
        }
    }
}

impl Trip {
    fn under_way(&self) -> bool {
        matches!(self.course, "on_way" | "trouble" | "arrived")
    }
}

/// Whether a word of 7209 can follow what was said before: the pairs of courses, one number a sale until it is called off, and
/// what has left keeps its way and its destination.
fn may_follow(before: Option<&Trip>, after: &Trip) -> bool {
    let pair = match (before.map_or("none", |trip| trip.course), after.course) {
        ("none" | "ordered" | "cancelled", "ordered") => matches!(after.delv_way.as_str(), FETCH | SEND),
        // What is fetched in the shop is with no carrier.
        ("none" | "ordered" | "cancelled", "on_way") => after.delv_way == SEND,
        ("ordered" | "arrived", "cancelled") | ("arrived", "trouble") => true,
        ("on_way" | "trouble", "on_way" | "trouble" | "arrived" | "cancelled") => true,
        _ => false,
    };
    let Some(before) = before else { return pair };
    let another = before.delv_no != after.delv_no;
    let kept = before.delv_way == after.delv_way && before.to == after.to;
    pair && another == (before.course == "cancelled") && (kept || !before.under_way())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word of 7209: its status, its way, its number and where it goes.
    type Word = (&'static str, &'static str, &'static str, &'static str);

    fn defects(words: &[Word], signed: bool) -> Vec<String> {
        let mut bodies = vec![r#"{"kind":"opened"}"#.to_owned(), r#"{"kind":"sold","hi_feesetl_flag":"1"}"#.to_owned()];
        bodies.extend(words.iter().map(|(code, way, no, to)| {
            let sheet = format!(r#"{{"delv_no":"{no}","delv_way":"{way}","to":{{"delv_addr":"{to}"}}}}"#);
            format!(r#"{{"kind":"delivery","sheet":{sheet},"delv_stas_codg":"{code}"}}"#)
        }));
        bodies.extend(signed.then(|| r#"{"kind":"delivery_signed"}"#.to_owned()));
        read(bodies.iter().map(String::as_bytes)).defects
    }

    #[test]
    fn only_the_pairs_of_the_table_follow_each_other() {
        const COURSES: [&str; 5] = ["0", "1", "2", "3", "4"];
        // How each course is reached by its own way, and what may follow it.
        let table: [(&str, &[&str], &str, &[&str]); 8] = [
            ("none, sent", &[], SEND, &["0", "1"]),
            ("none, fetched", &[], FETCH, &["0"]),
            ("ordered, sent", &["0"], SEND, &["0", "1", "3"]),
            ("ordered, fetched", &["0"], FETCH, &["0", "3"]),
            ("on its way", &["1"], SEND, &["1", "2", "3", "4"]),
            ("in trouble", &["1", "4"], SEND, &["1", "2", "3", "4"]),
            ("arrived", &["1", "2"], SEND, &["3", "4"]),
            ("called off", &["0", "3"], SEND, &[]),
        ];
        for (what, so_far, way, may) in table {
            for code in COURSES {
                let words: Vec<Word> = so_far.iter().chain([&code]).map(|code| (*code, way, "D1", "here")).collect();
                assert_eq!(defects(&words, false).is_empty(), may.contains(&code), "{what}, then {code}");
            }
        }
        assert!(defects(&[("0", SEND, "D1", "a"), ("3", SEND, "D1", "a"), ("1", SEND, "D2", "b")], false).is_empty());
        assert!(!defects(&[("9", SEND, "D1", "a")], false).is_empty(), "a status that there is not");
    }

    #[test]
    fn what_was_tampered_with_is_a_defect() {
        let honest: [Word; 3] = [("0", SEND, "D1", "a"), ("1", SEND, "D1", "a"), ("2", SEND, "D1", "a")];
        assert_eq!(defects(&honest, true), [""; 0]);
        let tampered = |at: usize, word: Word| {
            let mut words = honest;
            words[at] = word;
            defects(&words, true).len()
        };
        assert_eq!(tampered(1, ("1", FETCH, "D1", "a")), 2, "with a carrier, though fetched, and changed on its way");
        assert_eq!(tampered(2, ("2", FETCH, "D1", "a")), 1, "the way changed under way");
        assert_eq!(tampered(2, ("2", SEND, "D1", "b")), 1, "the destination changed under way");
        assert_eq!(tampered(2, ("2", SEND, "D2", "a")), 1, "another number");
        assert_eq!(tampered(0, ("0", FETCH, "D1", "b")), 0, "an order may be changed before it leaves");
        let waits = |way: &'static str| [("0", way, "D1", "a")];
        assert_eq!(defects(&waits(FETCH), true), [""; 0], "signed for in the shop");
        assert_eq!(defects(&waits(SEND), true).len(), 1, "never sent and signed for");
        assert_eq!(defects(&[], true).len(), 1, "nothing to sign for");
    }
}
