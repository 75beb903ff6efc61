//! The codes by which the domain decides are those of the interface's dictionaries.

use lf_vocab::dict::{
    AcctUsedFlag, BizTypeCode, ChrgitmLv, HiFeesetlFlag, Insutype, PsnType, RxChkStasCodg, RxItemTypeCode, RxStasCodg,
    RxUsedStasCodg,
};
use lf_wire::generated::dicts;
use lf_wire::table::Dict;

/// The domain's codes with their names, and whether the domain must know all of the dictionary.
fn check(dict: &Dict, whole: bool, known: impl Fn(&str) -> Option<(&'static str, &'static str)>) {
    let mut found = 0;
    for code in dict.codes.iter().filter(|code| code.code == code.means) {
        match known(code.code) {
            Some((ours, name)) => {
                found += 1;
                assert_eq!((ours, name), (code.code, code.name), "{}", dict.name);
            }
            None => assert!(!whole, "{} {}", dict.name, code.code),
        }
    }
    assert!(found > 0, "{}", dict.name);
}

#[test]
fn the_domain_and_the_interface_mean_the_same_by_a_code() {
    check(&dicts::RX_STAS_CODG, true, |code| RxStasCodg::from_code(code).map(|it| (it.code(), it.name())));
    check(&dicts::RX_USED_STAS_CODG, true, |code| RxUsedStasCodg::from_code(code).map(|it| (it.code(), it.name())));
    check(&dicts::RX_CHK_STAS_CODG, true, |code| RxChkStasCodg::from_code(code).map(|it| (it.code(), it.name())));
    check(&dicts::BIZ_TYPE_CODE, true, |code| BizTypeCode::from_code(code).map(|it| (it.code(), it.name())));
    check(&dicts::RX_ITEM_TYPE_CODE, false, |code| RxItemTypeCode::from_code(code).map(|it| (it.code(), it.name())));
    check(&dicts::INSUTYPE, false, |code| Insutype::from_code(code).map(|it| (it.code(), it.name())));
    check(&dicts::PSN_TYPE, false, |code| PsnType::from_code(code).map(|it| (it.code(), it.name())));
    check(&dicts::CHRGITM_LV, false, |code| ChrgitmLv::from_code(code).map(|it| (it.code(), it.name())));
    check(&dicts::ACCT_USED_FLAG, true, |code| AcctUsedFlag::from_code(code).map(|it| (it.code(), it.name())));
    for code in dicts::FLAG.codes {
        assert!(HiFeesetlFlag::from_code(code.code).is_some());
    }
}
