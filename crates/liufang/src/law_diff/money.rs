//! Money computed anew: every settlement that stands is quoted by the benefit schemes of both folders, a person's purchases in
//! the order of their time, each folder with accumulators of its own from the first purchase of the year on.
//!
//! What a settlement was computed from stands with it (lines, payment standards, balance of the account); registers count as they
//! are now. Reversed settlements and their reversals are left out. Invariant: a settlement that one of the folders cannot quote is
//! counted apart; the quotes of the first folder are compared with what was paid, which tells how far the replay can be trusted.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;
use lf_center::grants::of_place;
use lf_center::scheme::{Ask, Chosen, Level, chosen};
use lf_law::{Grant, Law};
use lf_ports::{PersonKey, Setl};
use lf_settle::{Accumulator, Case, Line, LineShare, Scheme, Shares, Used, quote};
use lf_store::Engine;
use lf_vocab::dict::{AcctUsedFlag, ChrgitmLv, Insutype, PsnType};
use lf_vocab::{Admdvs, Day, Fen, HiRxno, MedListCodg, Moment, Pric, PsnNo, Qty};

use super::tally::{Changed, Requoted};
use crate::scans::for_each_setl;

/// What a prescription says of its visit besides the lines, where it says anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// 病种.
    pub dise_codg: Option<String>,
    /// Prescribed during a stay.
    pub of_stay: bool,
}

/// By prescription; of most there is nothing to say.
pub type Visits = HashMap<HiRxno, Visit>;

/// A settlement as it is kept until its turn: a million of them are in memory at once.
struct Bill {
    at: Moment,
    hi_rxno: HiRxno,
    insutype: Insutype,
    med_type: Arc<str>,
    lines: Box<[BillLine]>,
    balance: Fen,
    paid: [Fen; 3],
}

struct BillLine {
    cnt: Qty,
    pric: Pric,
    fee: Fen,
    pric_uplmt: Option<Pric>,
    chrgitm_lv: ChrgitmLv,
    in_scope: bool,
}

/// Quotes every settlement that stands by both folders.
pub async fn requote(store: &Arc<dyn Engine>, laws: &[Law; 2], visits: &Visits) -> anyhow::Result<Requoted> {
    let (persons, code) = bills(store).await?;
    let mut told = Requoted::default();
    let Some(code) = code else { return Ok(told) };
    let mut desk = Desk {
        store: store.clone(),
        laws,
        visits,
        code,
        schemes: [HashMap::new(), HashMap::new()],
        grants: HashMap::new(),
        kinds: HashMap::new(),
    };
    for ((poolarea_no, psn_no), mut bills) in persons {
        told.settlements += bills.len() as u64;
        let key = PersonKey::PsnNo(poolarea_no, psn_no);
        let Some(person) = store.person(&key).await? else {
            told.not_requoted += bills.len() as u64;
            continue;
        };
        bills.sort_by_key(|bill| bill.at);
        let mut used = [Accumulators::default(), Accumulators::default()];
        for bill in &bills {
            let mut quotes = Vec::with_capacity(2);
            for (law, used) in used.iter_mut().enumerate() {
                quotes.push(desk.quote(law, (poolarea_no, person.psn_type), bill, used).await?);
            }
            let [old, new] = quotes.try_into().map_err(|_| anyhow::anyhow!("two folders have two quotes"))?;
            match (old, new) {
                (Some(old), Some(new)) => told.add_quotes(&changed(&old, &new), flows(&old) == bill.paid),
                _ => told.not_requoted += 1,
            }
        }
    }
    Ok(told)
}

/// Settlements that stand, by the person who was insured, and the code of some drug.
type Bills = (HashMap<(Admdvs, PsnNo), Vec<Bill>>, Option<MedListCodg>);

async fn bills(store: &Arc<dyn Engine>) -> anyhow::Result<Bills> {
    let (mut persons, mut code) = (HashMap::<_, Vec<Bill>>::new(), None);
    let mut types: HashMap<String, Arc<str>> = HashMap::new();
    for pool in store.pools().await? {
        for_each_setl(store.as_ref(), pool, |setl, reversed_by| {
            if reversed_by.is_some() || setl.refd_setl_id.is_some() {
                return;
            }
            // What only the account paid is of no prescription, and no pack moves it: the fund has no part in it.
            let Some(hi_rxno) = setl.hi_rxno.clone() else { return };
            if code.is_none() {
                code = setl.shares.lines.first().map(|line| line.med_list_codg.clone());
            }
            let med_type = types.entry(setl.med_type.clone()).or_insert_with(|| setl.med_type.as_str().into()).clone();
            let person = (setl.accum_key.poolarea_no, setl.accum_key.psn_no.clone());
            persons.entry(person).or_default().push(bill(setl, hi_rxno, med_type));
        })
        .await?;
    }
    Ok((persons, code))
}

fn bill(setl: Setl, hi_rxno: HiRxno, med_type: Arc<str>) -> Bill {
    let shares = &setl.shares;
    Bill {
        at: setl.setl_time,
        insutype: setl.insutype,
        med_type,
        lines: shares.lines.iter().map(bill_line).collect(),
        balance: shares.balc.checked_add(shares.acct_pay).unwrap_or(shares.balc),
        paid: flows(shares),
        hi_rxno,
    }
}

fn bill_line(line: &LineShare) -> BillLine {
    // What is wholly the person's is of class C, or was outside the scope.
    let outside = line.fulamt_ownpay_amt == line.det_item_fee_sumamt && line.chrgitm_lv != ChrgitmLv::C;
    BillLine {
        cnt: line.cnt,
        pric: line.pric,
        fee: line.det_item_fee_sumamt,
        pric_uplmt: line.pric_uplmt_amt,
        chrgitm_lv: line.chrgitm_lv,
        in_scope: !outside,
    }
}

/// Fund, account, cash.
fn flows(shares: &Shares) -> [Fen; 3] {
    [shares.fund_pay_sumamt, shares.acct_pay, shares.psn_cash_pay]
}

/// What a person used of each scheme or limit in each year.
#[derive(Default)]
struct Accumulators(Vec<(String, Accumulator)>);

impl Accumulators {
    fn of(&self, code: &str, year: i16) -> Accumulator {
        let own = self.0.iter().find(|(known, one)| known == code && one.year() == year);
        own.map_or_else(|| Accumulator::new(year), |(_, one)| one.clone())
    }

    fn put(&mut self, code: &str, after: Accumulator) {
        self.0.retain(|(known, one)| known != code || one.year() != after.year());
        self.0.push((code.to_owned(), after));
    }
}

/// What is asked of the law once and kept.
struct Desk<'l> {
    store: Arc<dyn Engine>,
    laws: &'l [Law; 2],
    visits: &'l Visits,
    code: MedListCodg,
    schemes: [HashMap<String, Option<Arc<Scheme>>>; 2],
    grants: HashMap<(usize, Admdvs), Arc<[Grant]>>,
    kinds: HashMap<Asked, Option<Chosen>>,
}

/// Folder, place, day, 医疗类别 and whether it is of a stay: what decides the kind of scheme.
type Asked = (usize, Admdvs, Day, Arc<str>, bool);

impl Desk<'_> {
    /// The quote of one folder, and what the person used afterwards; nothing where its packs do not say enough.
    async fn quote(
        &mut self,
        law: usize,
        person: (Admdvs, PsnType),
        bill: &Bill,
        used: &mut Accumulators,
    ) -> anyhow::Result<Option<Shares>> {
        let Some(scheme) = self.scheme(law, person, bill).await? else { return Ok(None) };
        let day = bill.at.day();
        let own = used.of(&scheme.code, day.year());
        let pots: Vec<_> = scheme.pots.iter().map(|pot| used.of(&pot.code, day.year())).collect();
        let case = self.case(bill, day);
        let Ok(shares) = quote(&scheme, Used { own: &own, pots: &pots }, &case) else { return Ok(None) };
        used.put(&scheme.code, own.after(&shares)?);
        for (pot, before) in scheme.pots.iter().zip(pots) {
            used.put(&pot.code, before.after_fund(&shares)?);
        }
        Ok(Some(shares))
    }

    fn case(&self, bill: &Bill, day: Day) -> Case {
        let lines = bill.lines.iter().enumerate().map(|(at, line)| Line {
            feedetl_sn: at.to_string(),
            med_list_codg: self.code.clone(),
            cnt: line.cnt,
            pric: line.pric,
            det_item_fee_sumamt: line.fee,
            chrgitm_lv: line.chrgitm_lv,
            pric_uplmt: line.pric_uplmt,
            in_scope: line.in_scope,
        });
        let acct = if bill.paid[1] > Fen::ZERO { AcctUsedFlag::Own } else { AcctUsedFlag::No };
        let medfee_sumamt = bill.lines.iter().fold(Fen::ZERO, |sum, line| sum.checked_add(line.fee).unwrap_or(sum));
        Case { lines: lines.collect(), day, medfee_sumamt, acct, acct_balance: bill.balance }
    }

    async fn scheme(
        &mut self,
        law: usize,
        (place, psn_type): (Admdvs, PsnType),
        bill: &Bill,
    ) -> anyhow::Result<Option<Arc<Scheme>>> {
        let Visit { dise_codg, of_stay } = self.visits.get(&bill.hi_rxno).cloned().unwrap_or_default();
        let dises: Vec<String> = dise_codg.into_iter().collect();
        let day = bill.at.day();
        let grants = self.grants(law, place).await?;
        let mut ask = Ask {
            place,
            day,
            insutype: bill.insutype,
            psn_type,
            med_type: &bill.med_type,
            level: None,
            dises: &dises,
            grants: &grants,
        };
        let known = &self.laws[law];
        let at = (law, place, day, bill.med_type.clone(), of_stay);
        let chosen = *self.kinds.entry(at).or_insert_with(|| chosen(known, &ask, of_stay).ok().flatten());
        let Some(chosen) = chosen else { return Ok(None) };
        if chosen.by_prescriber {
            let rx = self.store.rx(&bill.hi_rxno).await?.context("a prescription went away while it was read")?;
            let issuer = self.store.fixmedins(&rx.opened.fixmedins_code).await?;
            ask.level = issuer.and_then(|issuer| issuer.hosp_lv).and_then(|lv| Level::from_hosp_lv(&lv));
        }
        let key = format!("{chosen:?} {ask:?}");
        if let Some(scheme) = self.schemes[law].get(&key) {
            return Ok(scheme.clone());
        }
        let scheme = chosen.benefit(known, &ask).ok().map(Arc::new);
        self.schemes[law].insert(key, scheme.clone());
        Ok(scheme)
    }

    async fn grants(&mut self, law: usize, place: Admdvs) -> anyhow::Result<Arc<[Grant]>> {
        if let Some(grants) = self.grants.get(&(law, place)) {
            return Ok(grants.clone());
        }
        let grants: Arc<[Grant]> = of_place(self.store.as_ref(), &self.laws[law], place).await?.into();
        self.grants.insert((law, place), grants.clone());
        Ok(grants)
    }
}

/// What differs between two quotes of one purchase: the flows, and what each provision gave.
fn changed(old: &Shares, new: &Shares) -> Changed {
    let ([fund, acct, cash], after) = (flows(old), flows(new));
    let less = |before: Fen, after: Fen| after.get().saturating_sub(before.get());
    let mut gave: HashMap<&str, i64> = HashMap::new();
    for (shares, sign) in [(old, -1), (new, 1)] {
        for step in &shares.steps {
            let id = step.provision.split_once('@').map_or(step.provision.as_str(), |(id, _)| id);
            *gave.entry(id).or_default() += sign * step.amount.get();
        }
    }
    let gave = gave.into_iter().filter(|(_, fen)| *fen != 0).map(|(id, fen)| (id.to_owned(), fen)).collect();
    Changed { flows: [less(fund, after[0]), less(acct, after[1]), less(cash, after[2])], gave }
}

#[cfg(test)]
mod tests {
    use lf_testkit::life::Item;
    use lf_testkit::region::drugs;
    use lf_testkit::{Step, TestCenter, law_with};

    use super::*;

    fn laws(change: fn(&str, String) -> String) -> [Law; 2] {
        [law_with(|_, text| text), law_with(change)]
    }

    /// The deductible of employees from July 2023 on, 200 instead of 300 yuan.
    fn lower(path: &str, text: String) -> String {
        let said = "{ from = 2023-07-01, is = 30000, cite";
        assert!(path != "360000/mz_tc.toml" || text.contains(said), "the provision has moved");
        text.replace(said, "{ from = 2023-07-01, is = 20000, cite")
    }

    async fn told(center: &TestCenter, laws: &[Law; 2]) -> serde_json::Value {
        let store: Arc<dyn Engine> = center.store.clone();
        let told = requote(&store, laws, &Visits::new()).await.unwrap();
        serde_json::to_value(&told).unwrap()
    }

    #[tokio::test]
    async fn a_lower_deductible_moves_money_from_the_person_to_the_fund() {
        let center = TestCenter::new().await;
        let bought = |pric: &str| vec![Item::packs(drugs::AMOXICILLIN, "阿莫西林胶囊", "2", pric)];
        for pric in ["100", "100"] {
            center.life(&center.people.active).of(bought(pric)).up_to(Step::Settled).await;
            center.clock.advance_seconds(60);
        }
        // Taken back: it counts on neither side.
        center.life(&center.people.active).of(bought("500")).up_to(Step::Refunded).await;
        center.life(&center.people.retired).of(bought("50")).up_to(Step::Settled).await;
        let same = told(&center, &laws(|_, text| text)).await;
        assert_eq!((&same["settlements"], &same["as_paid"], &same["not_requoted"]), (&3.into(), &3.into(), &0.into()));
        assert_eq!(same["changed"]["settlements"], 0, "{same:#}");
        let told = told(&center, &laws(lower)).await;
        // 200 yuan fill the deductible; of the next 200 the fund pays 65 % of all instead of 65 % of half.
        assert_eq!((&told["settlements"], &told["as_paid"]), (&3.into(), &3.into()));
        let changed = &told["changed"];
        let flows = ["settlements", "fund_pay_fen", "acct_pay_fen", "psn_cash_fen"].map(|name| changed[name].clone());
        assert_eq!(flows.map(|flow| flow.as_i64().unwrap()), [1, 6_500, 0, -6_500], "{told:#}");
        let deductible = &told["by_provision"]["360000/mz_tc.deductible_fen"];
        assert_eq!((&deductible["amount_fen"], &deductible["fund_pay_fen"]), (&(-10_000).into(), &6_500.into()));
    }

    /// What inpatients buy outside becomes part of their stay, of which no shares are written.
    fn as_inpatient(path: &str, text: String) -> String {
        let said = "\n[[provision]]\nid = \"ipt.as_inpatient\"\ntitle = \"例\"\ngate = \"settle\"\nquantity = \"text\"\n\
                    reckoned = \"setl_time\"\nvalue = [{ from = 2023-07-01, is = \"inpatient\", cite = \"Q-例\", \
                    confidence = \"assumed\" }]\n";
        if path == "360000/mz_tc.toml" { text + said } else { text }
    }

    #[tokio::test]
    async fn what_was_prescribed_during_a_stay_is_quoted_as_the_counter_would_settle_it() {
        // proves GX-1.3c
        let center = TestCenter::new().await;
        let life = center.life(&center.people.active).up_to(Step::Settled).await;
        let store: Arc<dyn Engine> = center.store.clone();
        let visit = Visit { of_stay: true, ..Visit::default() };
        for (visits, not_requoted) in [(Visits::new(), 0), (Visits::from([(life.hi_rxno(), visit)]), 1)] {
            let told = requote(&store, &laws(as_inpatient), &visits).await.unwrap();
            assert_eq!((told.settlements, told.not_requoted), (1, not_requoted));
        }
    }

    #[tokio::test]
    async fn what_one_folder_cannot_quote_is_counted_apart() {
        let center = TestCenter::new().await;
        center.life(&center.people.active).up_to(Step::Settled).await;
        // The scheme no longer knows 医疗类别 11 and 41.
        let silent = |_: &str, text: String| text.replace("is = [\"11\", \"41\", \"110104\"]", "is = [\"99\"]");
        let told = told(&center, &laws(silent)).await;
        assert_eq!((&told["settlements"], &told["not_requoted"], &told["as_paid"]), (&1.into(), &1.into(), &0.into()));
    }
}
