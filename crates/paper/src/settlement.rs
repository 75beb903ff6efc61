//! The settlement sheet (医保结算单): line by line, fund by fund, who paid what, and the provision behind each part.
//!
//! Serves JX-3.6: printed after payment, signed by the person, bound with the prescription. A reversal is a sheet of its own with
//! negative amounts. Every amount is one of the stored settlement; nothing is computed here.

use std::collections::BTreeSet;

use lf_rx::event::SaleLine;
use lf_settle::{FundKind, LineShare, Shares};
use lf_vocab::dict::Insutype;
use lf_vocab::{Fen, FixmedinsCode, HiRxno, MedListCodg, Moment, PaperNo, Pric, PsnNo, Ratio};

use crate::block::{Block, Fields, Head, Sheet, Style, Table};
use crate::draw::{DrawError, Paper, draw};
use crate::face::Face;
use crate::size::Size;
use crate::{NameOf, named};

/// On what it was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoughtOn {
    /// A prescription of the center.
    Rx(HiRxno),
    /// A paper prescription: who issued it and its printed number.
    Paper(FixmedinsCode, PaperNo),
    /// Nothing: the personal account paid.
    Nothing,
}

/// A drug as the sheet names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrugWords {
    /// 医疗目录编码.
    pub med_list_codg: MedListCodg,
    /// 通用名.
    pub drug_genname: String,
    /// 规格.
    pub drug_spec: String,
    /// 生产批号, where the sale says it.
    pub manu_lotnum: Option<String>,
}

impl From<&SaleLine> for DrugWords {
    fn from(line: &SaleLine) -> Self {
        Self {
            med_list_codg: line.med_list_codg.clone(),
            drug_genname: line.drug_genname.clone(),
            drug_spec: line.drug_spec.clone(),
            manu_lotnum: line.manu_lotnum.clone(),
        }
    }
}

/// What a printed settlement is made of.
pub struct SettlementSheet<'a> {
    /// 结算ID.
    pub setl_id: &'a str,
    /// 就诊ID.
    pub mdtrt_id: &'a str,
    /// On what.
    pub bought_on: &'a BoughtOn,
    /// The pharmacy.
    pub fixmedins_code: &'a FixmedinsCode,
    /// Its name.
    pub fixmedins_name: &'a str,
    /// Whose.
    pub psn_name: &'a str,
    /// Whose, in the 统筹区.
    pub psn_no: &'a PsnNo,
    /// 险种.
    pub insutype: Insutype,
    /// 医疗类别.
    pub med_type: &'a str,
    /// When.
    pub setl_time: Moment,
    /// The amounts.
    pub shares: &'a Shares,
    /// What was sold: names of the lines.
    pub sold: &'a [DrugWords],
    /// The settlement that this one takes back.
    pub refd_setl_id: Option<&'a str>,
    /// The settlement that took this one back.
    pub reversed_by: Option<&'a str>,
    /// The edition of the law.
    pub law_edition: &'a str,
    /// Names of codes.
    pub name_of: NameOf,
    /// When it is printed.
    pub printed: Moment,
}

impl SettlementSheet<'_> {
    /// As a PDF.
    ///
    /// # Errors
    /// [`DrawError`].
    pub fn draw(&self, size: Size, face: &Face) -> Result<Paper, DrawError> {
        draw(&self.sheet(), size, face, self.printed)
    }

    pub(crate) fn sheet(&self) -> Sheet {
        let mut blocks = vec![self.head(), Block::Rule, self.about(), Block::Rule];
        blocks.push(Block::Table(self.lines()));
        blocks.push(Block::Rule);
        blocks.push(Block::Keep(self.fee()));
        blocks.push(Block::Rule);
        blocks.push(Block::Keep(self.paid()));
        blocks.push(Block::Rule);
        blocks.extend(self.reasons());
        blocks.push(Block::Keep(vec![
            Block::Sign(vec!["参保人签名", "收款人", "日期"]),
            Block::para(Style::Small, self.asks()),
        ]));
        Sheet {
            title: format!("医保结算单 {}", self.setl_id),
            running: format!("{} 结算单 {}（续）", self.fixmedins_name, self.setl_id),
            footer: format!("打印于 {}", self.printed),
            blocks,
        }
    }

    fn asks(&self) -> &'static str {
        match self.bought_on {
            BoughtOn::Nothing => "请参保人核对药品、数量和金额后签名。",
            BoughtOn::Rx(_) | BoughtOn::Paper(..) => "请参保人核对药品、数量和金额后签名；本单与处方一并归档。",
        }
    }

    fn head(&self) -> Block {
        let corner = match (self.refd_setl_id, self.reversed_by) {
            (Some(_), _) => "退费",
            (None, Some(_)) => "已退费",
            (None, None) => "结算",
        };
        let lines = vec![(Style::Title, self.fixmedins_name.to_owned()), (Style::Strong, "医保结算单".to_owned())];
        let on = match self.bought_on {
            BoughtOn::Rx(hi_rxno) => format!("处方编号 {hi_rxno}"),
            BoughtOn::Paper(code, paper_no) => format!("纸质处方 {code} {paper_no}"),
            BoughtOn::Nothing => "没有处方，个人账户支付".to_owned(),
        };
        let numbers = vec![format!("结算编号 {}", self.setl_id), on];
        Block::Head(Head { code: Some(self.setl_id.to_owned()), lines, numbers, corner: vec![corner.to_owned()] })
    }

    fn about(&self) -> Block {
        let mut fields = Fields::default();
        fields
            .put("姓名", self.psn_name)
            .put("人员编号", self.psn_no.as_str())
            .put("险种", self.insutype.name())
            .put("医疗类别", named(self.name_of, "med_type", self.med_type))
            .put("机构编号", self.fixmedins_code.as_str())
            .put("结算时间", self.setl_time.to_string())
            .put("就诊编号", self.mdtrt_id)
            .put("被退结算编号", self.refd_setl_id.unwrap_or_default())
            .put("退费结算编号", self.reversed_by.unwrap_or_default());
        fields.block(6)
    }

    fn lines(&self) -> Table {
        let titles = vec!["药品", "类别", "数量", "单价", "金额", "先行自付", "超限价", "全自费", "符合范围"];
        let row = |(number, line): (usize, &LineShare)| {
            vec![
                format!("{number}. {}", self.drug_words(line)),
                class(line),
                line.cnt.to_string(),
                price(line.pric),
                line.det_item_fee_sumamt.to_string(),
                line.preselfpay_amt.to_string(),
                line.overlmt_amt.to_string(),
                line.fulamt_ownpay_amt.to_string(),
                line.inscp_scp_amt.to_string(),
            ]
        };
        Table { titles, rows: (1..).zip(&self.shares.lines).map(row).collect(), chief: 4 }
    }

    fn drug_words(&self, line: &LineShare) -> String {
        let mut of_drug = self.sold.iter().filter(|sold| sold.med_list_codg == line.med_list_codg);
        let Some(sold) = of_drug.next() else { return line.med_list_codg.to_string() };
        let mut words = vec![sold.drug_genname.as_str(), sold.drug_spec.as_str()];
        // A line of the bill may have been filled from several lots; each is named once.
        let lots: BTreeSet<&str> =
            std::iter::once(sold).chain(of_drug).filter_map(|sold| sold.manu_lotnum.as_deref()).collect();
        let lots = lots.into_iter().collect::<Vec<_>>().join("、");
        let lots = if lots.is_empty() { lots } else { format!("批号{lots}") };
        words.extend((!lots.is_empty()).then_some(lots.as_str()));
        words.join(" ")
    }

    /// What the fee is made of.
    fn fee(&self) -> Vec<Block> {
        let shares = self.shares;
        let mut fields = Fields::default();
        fields
            .put("全自费", shares.fulamt_ownpay_amt.to_string())
            .put("超限价自费", shares.overlmt_selfpay.to_string())
            .put("先行自付", shares.preselfpay_amt.to_string())
            .put("符合政策范围", shares.inscp_scp_amt.to_string())
            .put("本次起付线", shares.act_pay_dedc.to_string())
            .put("统筹支付比例", percent(shares.pool_prop_selfpay));
        vec![Block::entry(Style::Strong, "医疗费总额", yuan(shares.medfee_sumamt)), fields.block(6)]
    }

    /// Who paid: every fund, the account, the person.
    fn paid(&self) -> Vec<Block> {
        let shares = self.shares;
        let mut blocks = vec![Block::entry(Style::Strong, "基金支付总额", yuan(shares.fund_pay_sumamt))];
        for fund in shares.fund_details.iter().filter(|fund| fund.kind == FundKind::Fund) {
            let limit = fund.crt_payb_lmt_amt.map(|limit| format!("，支付前可用限额 {limit}")).unwrap_or_default();
            let left = format!("  {}（{}{limit}）", fund.name, fund.fund_pay_type);
            blocks.push(Block::entry(Style::Body, left, yuan(fund.fund_payamt)));
        }
        blocks.push(Block::entry(Style::Strong, "个人负担总额", yuan(shares.psn_part_amt)));
        let own = shares.acct_pay.checked_sub(shares.acct_mulaid_pay).unwrap_or(shares.acct_pay);
        blocks.push(Block::entry(Style::Body, "  个人账户支付", yuan(own)));
        if shares.acct_mulaid_pay != Fen::ZERO {
            blocks.push(Block::entry(Style::Body, "  家庭共济账户支付", yuan(shares.acct_mulaid_pay)));
        }
        let cash = if shares.psn_cash_pay.is_negative() { "  退还现金" } else { "  现金支付" };
        blocks.push(Block::entry(Style::Strong, cash, yuan(shares.psn_cash_pay)));
        if shares.hosp_part_amt != Fen::ZERO {
            blocks.push(Block::entry(Style::Body, "医疗机构负担", yuan(shares.hosp_part_amt)));
        }
        blocks.push(Block::entry(Style::Body, "个人账户余额", yuan(shares.balc)));
        blocks
    }

    /// Which provision gave which amount.
    fn reasons(&self) -> Vec<Block> {
        let mut blocks = vec![Block::para(Style::Strong, "计算依据")];
        for step in self.shares.steps.iter().filter(|step| step.amount != Fen::ZERO) {
            blocks.push(Block::para(Style::Small, step.to_string()));
        }
        blocks.push(Block::para(Style::Small, format!("规则版本 {}", self.law_edition)));
        blocks
    }
}

/// 甲, 乙 with its first self-payment, 丙.
fn class(line: &LineShare) -> String {
    let name = line.chrgitm_lv.name().trim_end_matches('类');
    match line.selfpay_prop.get() {
        0 => name.to_owned(),
        _ => format!("{name} {}", percent(line.selfpay_prop)),
    }
}

/// At most two decimals, and none where there are none.
fn percent(ratio: Ratio) -> String {
    let hundredths = ratio.get() / 100;
    match hundredths % 100 {
        0 => format!("{}%", hundredths / 100),
        rest => format!("{}.{rest:02}%", hundredths / 100),
    }
}

/// At least two decimals.
fn price(pric: Pric) -> String {
    let text = pric.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    match decimals {
        0 => format!("{text}.00"),
        1 => format!("{text}0"),
        _ => text,
    }
}

fn yuan(amount: Fen) -> String {
    format!("{amount} 元")
}

#[cfg(test)]
mod tests;
