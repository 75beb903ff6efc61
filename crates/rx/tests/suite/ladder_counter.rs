//! Ladders of the pharmacy's side (7201–7208, 2102, 2103).

use lf_rx::basket::{Basket, Listed, Packing};
use lf_rx::decide::carry::{CarryRefusal, VerifyRefusal, may_carry, may_verify};
use lf_rx::decide::review::{CLOCK_AHEAD_SECONDS, ReviewRefusal, may_review};
use lf_rx::decide::sale::{Row, SaleRefusal, SaleUndoRefusal, check_rows, may_sell, may_undo_sale};
use lf_rx::decide::settle::{PairRefusal, RefundRefusal, SettleRefusal, may_bind, may_refund, may_settle};
use lf_vocab::Qty;

use crate::fixture::{OTHER_PHARMACY, PHARMACY, PSN_NO, TOKEN, at, code, drug, in_time, line, p, psn, too_late, with};
use crate::ladder_issue::climbs;

#[test]
fn t7201_carry() {
    let err = |state: &str, now| may_carry(&at(state), now).unwrap_err();
    climbs(
        &[
            &err("signed", too_late()),
            &err("revoked", too_late()),
            &err("active", too_late()),
            &err("sold", too_late()),
            &err("refunded", too_late()),
        ],
        CarryRefusal::CODES,
    );
    for state in ["self_paid", "settled"] {
        assert_eq!(err(state, too_late()), CarryRefusal::Used, "{state}");
    }
    for state in ["active", "carried", "verified", "chk_refused", "reviewed"] {
        assert!(may_carry(&at(state), in_time()).is_ok(), "{state}");
        assert_eq!(err(state, too_late()), CarryRefusal::Expired, "{state}");
    }
}

#[test]
fn t7205_verify() {
    // proves HB-2.1: what was not fetched here cannot be verified here
    let (mine, other) = (code(PHARMACY), code(OTHER_PHARMACY));
    let err = |state: &str, who, token, now| may_verify(&at(state), who, token, now).unwrap_err();
    climbs(
        &[
            &err("carried", &other, "x", too_late()),
            &err("carried", &mine, "x", too_late()),
            &err("carried", &mine, TOKEN, too_late()),
            // Trace code, file and signatures are compared by the use case, in this order.
            &VerifyRefusal::WrongTraceCode,
            &VerifyRefusal::FileChanged,
            &VerifyRefusal::BadSignature,
        ],
        VerifyRefusal::CODES,
    );
    assert_eq!(err("active", &mine, TOKEN, in_time()), VerifyRefusal::NotCarried);
    for state in ["carried", "verified", "reviewed"] {
        assert!(may_verify(&at(state), &mine, TOKEN, in_time()).is_ok(), "{state}");
    }
}

#[test]
fn t7206_review() {
    let (mine, other) = (code(PHARMACY), code(OTHER_PHARMACY));
    let limit = in_time().plus_seconds(CLOCK_AHEAD_SECONDS);
    let (ahead, now) = (too_late().plus_seconds(CLOCK_AHEAD_SECONDS + 1), too_late());
    let err = |state: &str, who, token, sn, chk, now| may_review(&at(state), who, token, sn, chk, now).unwrap_err();
    climbs(
        &[
            &err("reviewed", &other, "x", "x", ahead, now),
            &err("reviewed", &mine, "x", "x", ahead, now),
            &err("verified", &mine, "x", "x", ahead, now),
            &err("verified", &mine, TOKEN, "x", ahead, now),
            &err("verified", &mine, TOKEN, "verify-1", ahead, now),
            &err("verified", &mine, TOKEN, "verify-1", limit.plus_seconds(1), in_time()),
        ],
        ReviewRefusal::CODES,
    );
    assert!(may_review(&at("verified"), &mine, TOKEN, "verify-1", limit, in_time()).is_ok());
    for state in ["active", "carried"] {
        assert_eq!(err(state, &mine, TOKEN, "verify-1", in_time(), in_time()), ReviewRefusal::NotVerified, "{state}");
    }
    for state in ["chk_refused", "sold", "settled", "refunded"] {
        let got = err(state, &mine, TOKEN, "verify-1", in_time(), in_time());
        assert_eq!(got, ReviewRefusal::AlreadyReviewed, "{state}");
    }
}

#[test]
fn t7207_sell() {
    let (mine, other) = (code(PHARMACY), code(OTHER_PHARMACY));
    let err = |state: &str, who, sn, now| may_sell(&at(state), who, sn, now).unwrap_err();
    let drugs = [drug("XA001", "阿莫西林胶囊", "2", "盒")];
    let zero = line("XA001", "阿莫西林胶囊", "0", Some("81000001"));
    let foreign = line("XB001", "布洛芬片", "1", Some("81000001"));
    let mut tomorrow = foreign.clone();
    tomorrow.stoout_time = in_time().plus_seconds(CLOCK_AHEAD_SECONDS + 1);
    let good = line("XA001", "阿莫西林胶囊", "1", Some("81000001"));
    let packing = Packing { min_pacunt: "盒".into(), min_prepunt: "粒".into(), min_pac_cnt: Qty::new(240_000) };
    let listed = |genname: &str| Listed {
        genname: genname.into(),
        dosform_name: "胶囊剂".into(),
        spec_name: "0.25g".into(),
        packing: packing.clone(),
    };
    let basket = Basket::new(&drugs, vec![Some(listed("阿莫西林胶囊"))]);
    let mut odd = good.clone();
    odd.drug_totlcnt_emp = "桶".into();
    let mut part = good.clone();
    part.drug_totlcnt_emp = "粒".into();
    let lines = |lines: &[&lf_rx::event::SaleLine]| {
        let rows = lines.iter().map(|line| Row { line, listed: Some(listed(&line.drug_genname)) });
        check_rows(&basket, &rows.collect::<Vec<_>>(), in_time()).map(|_| ())
    };
    climbs(
        &[
            &err("sold", &other, "x", too_late()),
            &err("sold", &mine, "x", too_late()),
            &err("sold", &mine, "chk-1", too_late()),
            &err("reviewed", &mine, "chk-1", too_late()),
            // The cash of a self-paid sale is asked by the use case.
            &SaleRefusal::CashMissing,
            &lines(&[&tomorrow, &foreign, &good, &zero]).unwrap_err(),
            &lines(&[&good, &foreign, &good, &tomorrow]).unwrap_err(),
            &lines(&[&good, &part, &odd, &foreign, &good]).unwrap_err(),
            &lines(&[&good, &part, &odd, &good]).unwrap_err(),
            &lines(&[&good, &part, &good]).unwrap_err(),
            &lines(&[&good, &good]).unwrap_err(),
            // Whether a code was sold before is known by the commit that claims it.
            &SaleRefusal::TracCodgSold("81000001".into()),
        ],
        SaleRefusal::CODES,
    );
    assert_eq!(lines(&[&good]), Ok(()));
    assert!(may_sell(&at("reviewed"), &mine, "chk-1", in_time()).is_ok());
    // proves JX-3.3: nothing is sold that a pharmacist of this pharmacy did not pass
    for state in ["active", "carried", "verified", "chk_refused", "revoked"] {
        assert_eq!(err(state, &mine, "chk-1", in_time()), SaleRefusal::NotReviewed, "{state}");
    }
    assert_eq!(err("refunded", &mine, "chk-1", in_time()), SaleRefusal::AlreadySold);
}

#[test]
fn t7208_undo_sale() {
    let (mine, other) = (code(PHARMACY), code(OTHER_PHARMACY));
    let err = |state: &str, who, sn, insured| may_undo_sale(&at(state), who, sn, insured).unwrap_err();
    climbs(
        &[
            &err("reviewed", &other, Some("x"), false),
            &err("settled", &other, Some("x"), false),
            &err("settled", &mine, Some("x"), false),
            &err("settled", &mine, Some("sale-1"), false),
            &err("settled", &mine, Some("sale-1"), true),
            &may_undo_sale(&with(at("sold"), &["delivery:on_way"]), &mine, None, true).unwrap_err(),
        ],
        SaleUndoRefusal::CODES,
    );
    assert_eq!(err("refunded", &mine, Some("sale-1"), true), SaleUndoRefusal::NotSold);
    assert_eq!(err("self_paid", &mine, None, true), SaleUndoRefusal::OtherKind);
    assert!(may_undo_sale(&at("sold"), &mine, None, true).is_ok());
    assert!(may_undo_sale(&at("self_paid"), &mine, Some("sale-1"), false).is_ok());
}

#[test]
fn t2102_settle() {
    // proves JX-3.1a: one settlement a prescription
    let (mine, other) = (code(PHARMACY), code(OTHER_PHARMACY));
    let (person, another) = (psn(PSN_NO), psn("2"));
    let err = |state: &str, who, whose| may_settle(&at(state), who, p("360900"), whose).unwrap_err();
    climbs(
        &[
            &err("settled", &other, &another),
            &err("settled", &other, &person),
            &err("self_paid", &other, &person),
            &err("refunded", &other, &person),
            &err("revoked", &other, &person),
            &err("reviewed", &other, &person),
            &err("sold", &other, &person),
            // The lines are compared by the use case, in this order.
            &SettleRefusal::LineForeign("XA".into()),
            &SettleRefusal::LinesDiffer("XA".into()),
            &SettleRefusal::TracCodgDiffers("8".into()),
            &SettleRefusal::AmountDiffers("8".into()),
        ],
        SettleRefusal::CODES,
    );
    assert!(may_settle(&at("sold"), &mine, p("360900"), &person).is_ok());
    // The same number in another 统筹区 is another person.
    assert_eq!(may_settle(&at("sold"), &mine, p("361100"), &person), Err(SettleRefusal::OtherPerson));
}

#[test]
fn t9101_pair() {
    // proves JX-3.6: one signed pair a settlement that stands
    let err = |state: &str, setl_id: &str| may_bind(&at(state), setl_id, "x").unwrap_err();
    let bound = with(at("settled"), &["pair_bound"]);
    climbs(
        &[
            // The form of the file's name is the use case's.
            &PairRefusal::Name,
            &err("settled", "setl-9"),
            &err("refunded", "setl-1"),
            &may_bind(&bound, "setl-1", "x").unwrap_err(),
        ],
        PairRefusal::CODES,
    );
    assert_eq!(err("sold", "setl-1"), PairRefusal::Unknown);
    assert_eq!(may_bind(&at("settled"), "setl-1", "x"), Ok(true));
    assert_eq!(may_bind(&bound, "setl-1", &"ab".repeat(32)), Ok(false), "the same copy again");
    // It stays with what was taken back.
    assert!(with(bound, &["refunded"]).state.pair().is_some());
}

#[test]
fn t2103_refund() {
    // proves JX-3.5b: only a settlement that stands can be taken back, and once
    let err = |state: &str, setl_id| may_refund(&at(state), setl_id).unwrap_err();
    climbs(
        &[
            &err("settled", "setl-9"),
            // Person and visit are compared by the use case with the settlement's row.
            &RefundRefusal::OtherPerson,
            &RefundRefusal::OtherVisit,
            &err("refunded", "setl-1"),
            &err("refunded", "setl-2"),
            &may_refund(&with(at("settled"), &["delivery:on_way"]), "setl-1").unwrap_err(),
        ],
        RefundRefusal::CODES,
    );
    assert_eq!(err("sold", "setl-1"), RefundRefusal::Unknown);
    assert!(may_refund(&at("settled"), "setl-1").is_ok());
}
