//! Goods again from what rows said: every quantity, every balance, every life of a code; the claims' other direction.
//!
//! Nothing of the ledger is called: quantities are read from the told texts and multiplied here, codes are folded here.

use std::collections::BTreeMap;

use lf_ports::{AuditStore, ClaimKind, MovesOf, StockCode, StockLot, StockMove, Store, StoreError};
use lf_stock::{CodeLife, Measure, Owner};
use lf_vocab::HiRxno;

use super::PAGE;
use super::report::{Kind, Report};

/// How the numbers of 3592B begin: they are on the shelf without a purchase.
const VIRTUAL: &str = "XN";

/// Everything of every institution, lot by lot.
pub(super) async fn audit<S: Store + AuditStore + ?Sized>(store: &S, report: &mut Report) -> Result<(), StoreError> {
    let mut holder = String::new();
    while let Some(found) = store.stock_holder_after(&holder).await? {
        holder = found.to_string();
        let mut after = String::new();
        loop {
            let page = report.readable(store.stock_lots_after(&found, &after, PAGE).await)?;
            let Some(last) = page.as_ref().and_then(|page| page.last()) else { break };
            after.clone_from(&last.fixmedins_bchno);
            for lot in page.unwrap_or_default() {
                report.stock_lots += 1;
                one(store, &lot, report).await?;
            }
        }
    }
    Ok(())
}

/// Where a code is, folded from rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Unseen,
    Held,
    Sold,
    Opened,
}

/// A lot folded from its moves.
struct Fold {
    place: String,
    per_pack: i64,
    sums: BTreeMap<&'static str, i64>,
    /// Sums of rows that stand, by kind: what a deletion takes back.
    standing: BTreeMap<&'static str, i64>,
    codes: BTreeMap<String, At>,
    whole_knowledge: bool,
    last: i64,
}

async fn one<S: Store + ?Sized>(store: &S, lot: &StockLot, report: &mut Report) -> Result<(), StoreError> {
    let per_pack = match lot.lot.measure {
        Measure::Packs(units) => units,
        Measure::Weighed => 10_000,
    };
    let mut fold = Fold {
        place: format!("{}批次{}", lot.fixmedins_code, lot.fixmedins_bchno),
        per_pack,
        sums: BTreeMap::new(),
        standing: BTreeMap::new(),
        codes: BTreeMap::new(),
        // Of weighed goods a code stands for no number of units.
        whole_knowledge: matches!(lot.lot.measure, Measure::Packs(_)),
        last: 0,
    };
    let of = MovesOf::Lot(lot.fixmedins_bchno.clone());
    loop {
        let read = store.stock_moves(&lot.fixmedins_code, &of, (&lot.fixmedins_bchno, fold.last), PAGE).await;
        let Some(page) = report.readable(read)? else { return Ok(()) };
        for moved in &page {
            report.stock_moves += 1;
            fold.step(lot, moved, report);
        }
        if page.len() < PAGE {
            break;
        }
    }
    fold.compare(lot, report);
    codes(store, lot, &fold, report).await
}

impl Fold {
    fn step(&mut self, lot: &StockLot, moved: &StockMove, report: &mut Report) {
        let place = format!("{}第{}条", self.place, moved.seq);
        report.unless(moved.seq == self.last + 1, Kind::Stock, &place, || "序号不连续".to_owned());
        self.last = moved.seq;
        let kind = moved.data_type.word();
        let told = |field: &str| moved.body.told(field).unwrap_or_default();
        let units = match moved.body.infno.trim_end_matches('A') {
            "3501" => Some(0),
            "3502" => {
                let out = matches!(told("inv_chg_type"), "102" | "104" | "105" | "107" | "109" | "111");
                self.units(told("cnt"), told("trdn_flag")).map(|units| if out { -units } else { units })
            }
            "3503" => self.units(told("purc_retn_cnt"), ""),
            "3504" => self.units(told("purc_retn_cnt"), "").map(|units| -units),
            "3505" => self.units(told("sel_retn_cnt"), told("trdn_flag")).map(|units| -units),
            "3506" => self.units(told("sel_retn_cnt"), told("trdn_flag")),
            "3507" => Some(-self.standing.get(kind).copied().unwrap_or(0)),
            _ => None,
        };
        let said = units.map_or_else(|| "不可读".to_owned(), |units| units.to_string());
        report
            .unless(units == Some(moved.units), Kind::Stock, &place, || format!("记{}，按所报应为{said}", moved.units));
        let deletes = moved.body.infno.starts_with("3507");
        *self.sums.entry(kind).or_default() += moved.units;
        let standing = self.standing.entry(kind).or_default();
        *standing = if deletes { 0 } else { *standing + moved.units };
        let balance: i64 = self.sums.values().sum();
        report.unless(balance >= 0, Kind::Stock, &place, || format!("账面余量{balance}为负"));
        if moved.body.infno.starts_with("3505") {
            let in_time = moved.at.day() <= lot.lot.goods.expy_end;
            report.unless(in_time, Kind::Stock, &place, || "销售日已过有效期".to_owned());
        }
        self.fold_codes(moved, &place, report);
    }

    /// A told quantity in minimal units, by decimal places and nothing else.
    fn units(&self, told: &str, trdn_flag: &str) -> Option<i64> {
        let (whole, behind) = told.split_once('.').unwrap_or((told, ""));
        let places = u32::try_from(behind.len()).ok()?;
        let digits: i64 = format!("{whole}{behind}").parse().ok()?;
        let one = 10_i64.checked_pow(places)?;
        let scaled = digits.checked_mul(if trdn_flag == "1" { 1 } else { self.per_pack })?;
        (scaled % one == 0).then_some(scaled / one)
    }

    fn fold_codes(&mut self, moved: &StockMove, place: &str, report: &mut Report) {
        let infno = moved.body.infno.trim_end_matches('A');
        let split = moved.body.told("trdn_flag") == Some("1");
        if infno.starts_with("3505") && (moved.body.codes.is_empty() || !moved.body.leads.is_empty()) {
            self.whole_knowledge = false;
        }
        if infno.starts_with("3506") && moved.body.codes.is_empty() {
            self.whole_knowledge = false;
        }
        for (code, _) in &moved.body.codes {
            let key = code.to_string();
            let first = if key.starts_with(VIRTUAL) { At::Held } else { At::Unseen };
            let at = self.codes.get(&key).copied().unwrap_or(first);
            let next = match (infno, at) {
                ("3503", At::Unseen) => Some(At::Held),
                ("3505", At::Unseen | At::Held) => Some(if split { At::Opened } else { At::Sold }),
                ("3505", At::Opened) if split => Some(At::Opened),
                ("3506", At::Sold) if !split => Some(At::Held),
                // Whether all of an open pack came back is counted below.
                ("3506", At::Opened) if split => Some(told_at(moved, &key)),
                ("3507", At::Sold | At::Opened | At::Held) => Some(told_at(moved, &key)),
                _ => None,
            };
            report.unless(next.is_some(), Kind::Code, &format!("{place}追溯码{code}"), || {
                format!("在{at:?}时不可能有{infno}")
            });
            self.codes.insert(key, next.unwrap_or(at));
        }
    }

    fn compare(&self, lot: &StockLot, report: &mut Report) {
        let sum = |kind: &str| self.sums.get(kind).copied().unwrap_or(0);
        let found = &lot.lot;
        for (kind, stored, folded) in [
            ("库存变更", found.changed, sum("change")),
            ("采购", found.bought, sum("purchase")),
            ("销售", found.sold, -sum("sale")),
        ] {
            report.unless(stored == folded, Kind::Stock, &self.place, || format!("{kind}合计记{stored}，应为{folded}"));
        }
        report.unless(self.last == lot.seq, Kind::Stock, &self.place, || {
            format!("应有{}条，实有{}条", lot.seq, self.last)
        });
    }
}

/// What a row says it left a code at.
fn told_at(moved: &StockMove, code: &str) -> At {
    let life = moved.body.codes.iter().find(|(told, _)| told.as_str() == code).map(|(_, life)| life);
    life.map_or(At::Unseen, at)
}

fn at(life: &CodeLife) -> At {
    match life {
        CodeLife::Unseen => At::Unseen,
        CodeLife::Held { .. } => At::Held,
        CodeLife::Opened { .. } => At::Opened,
        CodeLife::Sold { .. } => At::Sold,
    }
}

/// The stored codes of a lot against the fold, the sum of what they say is gone, and who claims them.
async fn codes<S: Store + ?Sized>(
    store: &S,
    lot: &StockLot,
    fold: &Fold,
    report: &mut Report,
) -> Result<(), StoreError> {
    let (mut after, mut gone) = (String::new(), 0);
    loop {
        let read = store.stock_codes_of_lot(&lot.fixmedins_code, &lot.fixmedins_bchno, &after, PAGE).await;
        let Some(page) = report.readable(read)? else { return Ok(()) };
        let keys: Vec<&str> = page.iter().map(|code| code.drug_trac_codg.as_str()).collect();
        let claims = store.claims(ClaimKind::DrugTracCodg, &keys).await?;
        for (code, claim) in page.iter().zip(claims) {
            report.stock_codes += 1;
            let place = format!("{}追溯码{}", fold.place, code.drug_trac_codg);
            let first = if code.drug_trac_codg.as_str().starts_with(VIRTUAL) { At::Held } else { At::Unseen };
            let folded = fold.codes.get(code.drug_trac_codg.as_str()).copied().unwrap_or(first);
            report.unless(at(&code.life) == folded, Kind::Code, &place, || {
                format!("记{:?}，按各条应为{folded:?}", at(&code.life))
            });
            gone += match &code.life {
                CodeLife::Sold { .. } => fold.per_pack,
                CodeLife::Opened { out, .. } => *out,
                CodeLife::Unseen | CodeLife::Held { .. } => 0,
            };
            held(store, code, claim.map(|claim| claim.owner), &place, report).await?;
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = last.drug_trac_codg.to_string(),
            _ => break,
        }
    }
    let sold = lot.lot.sold;
    report.unless(!fold.whole_knowledge || gone == sold, Kind::Code, &fold.place, || {
        format!("各追溯码售出{gone}，账面售出{sold}")
    });
    Ok(())
}

/// A code that is gone is claimed by whom it went to.
async fn held<S: Store + ?Sized>(
    store: &S,
    code: &StockCode,
    holder: Option<String>,
    place: &str,
    report: &mut Report,
) -> Result<(), StoreError> {
    let own = &code.fixmedins_code;
    let want = match &code.life {
        CodeLife::Unseen | CodeLife::Held { .. } => return Ok(()),
        CodeLife::Opened { fixmedins_bchno, .. } => format!("open:{own}/{fixmedins_bchno}"),
        CodeLife::Sold { owner: Owner::Counter(visit), .. } => format!("sale:{own}/{visit}"),
        CodeLife::Sold { owner: Owner::Rx(hi_rxno), .. } => hi_rxno.clone(),
    };
    if holder.as_ref() == Some(&want) {
        return Ok(());
    }
    // A prescription gives its boxes up when its own sale is undone, before the goods are told to be back.
    let undone = match want.parse::<HiRxno>() {
        Ok(hi_rxno) => store.rx(&hi_rxno).await?.is_some_and(|rx| !rx.state.dispensed()),
        Err(_) => false,
    };
    report.unless(undone, Kind::Code, place, || format!("应归{want}，实归{}", holder.as_deref().unwrap_or("无")));
    Ok(())
}

/// A claim of a counter: its institution's own code must say so.
pub(super) async fn claim<S: Store + ?Sized>(
    store: &S,
    key: &str,
    owner: &str,
    place: &str,
    report: &mut Report,
) -> Result<(), StoreError> {
    let (kind, rest) = owner.split_once(':').unwrap_or_default();
    let (own, what) = rest.split_once('/').unwrap_or_default();
    let (Ok(own), Ok(code)) = (own.parse(), key.parse()) else {
        report.differs(Kind::Claim, place, "归属既不是医保处方编号，也不是机构的销售");
        return Ok(());
    };
    let Some(found) = report.readable(store.stock_codes(&own, &[&code]).await)? else { return Ok(()) };
    let agrees = found.into_iter().flatten().any(|code| match &code.life {
        CodeLife::Opened { fixmedins_bchno, .. } => kind == "open" && fixmedins_bchno == what,
        CodeLife::Sold { owner: Owner::Counter(visit), .. } => kind == "sale" && visit == what,
        _ => false,
    });
    // Sold on a paper prescription, and the goods are not told of yet (3505A).
    let paid = match report.readable(store.setl(&own, what).await)?.flatten() {
        Some((setl, None)) => setl.paper.is_some_and(|paper| paper.drug_trac_codg.contains(&code)),
        _ => false,
    };
    report.unless(agrees || paid, Kind::Claim, place, || format!("{own}的库存中不是{owner}售出的"));
    Ok(())
}
