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
    /// The number of the delivery of the standing sale and the word of its course.
    pub delivery: Option<(String, &'static str)>,
    /// What cannot be, in Chinese.
    pub defects: Vec<String>,
    closed: bool,
    paired: bool,
}

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
        self.delivery.as_ref().map_or("none", |(_, course)| course)
    }

    fn delivered(&mut self, number: u64, event: &Value) {
        let delv_no = event.pointer("/sheet/delv_no").and_then(Value::as_str).unwrap_or_default().to_owned();
        let course = match text(event, "delv_stas_codg").as_str() {
            "0" => "ordered",
            "1" => "on_way",
            "2" => "arrived",
            "3" => "cancelled",
            _ => "trouble",
        };
        if self.standing_sale.is_none() {
            self.defects.push(format!("第{number}条事件配送了不存在的出库"));
        }
        let possible = match &self.delivery {
            None => matches!(course, "ordered" | "on_way"),
            Some((known, "cancelled")) => *known != delv_no && matches!(course, "ordered" | "on_way"),
            Some((_, "signed")) => false,
            Some((known, "ordered")) => *known == delv_no && matches!(course, "ordered" | "on_way" | "cancelled"),
            Some((known, _)) => *known == delv_no && course != "ordered",
        };
        if !possible {
            self.defects.push(format!("第{number}条事件的配送状态不能在此发生"));
        }
        self.delivery = Some((delv_no, course));
    }

    fn delivery_signed(&mut self, number: u64) {
        match &mut self.delivery {
            Some((_, course)) if matches!(*course, "ordered" | "on_way" | "trouble" | "arrived") => *course = "signed",
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
        if matches!(self.course(), "on_way" | "trouble" | "arrived") {
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
