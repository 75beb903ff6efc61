//! Dictionaries that the domain itself decides by, as enums. The full national code tables
//! live as data in `spec/` and are checked at the border; here are only the codes that change a decision.

use serde::{Deserialize, Serialize};

macro_rules! dict {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $cn:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = concat!($code, " ", $cn)] #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// The code as the interface writes it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The Chinese name of the code.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $cn,)+ }
            }

            /// The value of a code, if the domain knows it.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

dict! {
    /// 医保电子处方状态 `rx_stas_codg`.
    RxStasCodg { Valid = "1", "有效"; Invalid = "2", "已失效"; Revoked = "3", "已撤销"; }
}
dict! {
    /// 医保电子处方使用状态 `rx_used_stas_codg`.
    RxUsedStasCodg { Unused = "1", "未使用"; Used = "2", "已使用"; }
}
dict! {
    /// 处方审核状态 `rx_chk_stas_codg`.
    RxChkStasCodg { Refused = "0", "审核不通过"; Passed = "1", "审核通过"; }
}
dict! {
    /// 业务类型 `biz_type_code`.
    BizTypeCode { Visit = "01", "定点医疗机构就诊"; Internet = "02", "互联网医院问诊"; }
}
dict! {
    /// 处方项目分类 `rx_item_type_code`, those that a prescription of drugs can carry.
    RxItemTypeCode { Western = "11", "西药"; Patent = "12", "中成药"; Herb = "13", "中药饮片"; }
}
dict! {
    /// 险种类型 `insutype`, those that a scheme is formalised for or may be asked of.
    Insutype { Employee = "310", "职工基本医疗保险"; Resident = "390", "城乡居民基本医疗保险"; }
}
dict! {
    /// 人员类别 `psn_type` as far as a benefit depends on it.
    PsnType { Active = "11", "在职"; Retired = "12", "退休"; }
}
dict! {
    /// 收费项目等级 `chrgitm_lv`.
    ChrgitmLv { A = "01", "甲类"; B = "02", "乙类"; C = "03", "丙类"; }
}
dict! {
    /// 医保结算标志 `hi_feesetl_flag` of 7207.
    HiFeesetlFlag { SelfPaid = "0", "非医疗保险结算"; Insured = "1", "医疗保险结算"; }
}
dict! {
    /// 个人账户使用标志 `acct_used_flag`.
    AcctUsedFlag { No = "0", "不使用"; Own = "1", "使用本人个账"; Family = "2", "使用共济人个账"; }
}
dict! {
    /// 配送状态 `delv_stas_codg`.
    DelvStasCodg { Waiting = "0", "待配送"; OnWay = "1", "配送中"; Arrived = "2", "配送完成"; Cancelled = "3", "配送取消"; Trouble = "4", "配送异常"; }
}
dict! {
    /// How what was ordered online reaches the person (`delv_way`; the interface has no word for it).
    DelvWay { Fetch = "1", "网订店取"; Send = "2", "网订店送"; }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_values_agree() {
        assert_eq!(RxStasCodg::from_code("3"), Some(RxStasCodg::Revoked));
        assert_eq!(RxStasCodg::Revoked.name(), "已撤销");
        assert_eq!(Insutype::from_code("999"), None);
    }
}
