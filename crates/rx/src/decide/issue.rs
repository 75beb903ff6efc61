//! Moves of the institution: 7102 sign, 7103 upload, 7104 revoke, and who may look (7105–7107).

use lf_vocab::{DrCode, FixmedinsCode, Moment, RxTraceCode};
use serde::{Deserialize, Serialize};

use crate::content::RxContent;
use crate::event::Signed;
use crate::refusals;
use crate::state::{Prescription, State};

refusals! {
    /// Why the center does not sign (7102).
    SignRefusal {
        NotYours = "RX-7102-01", "接口规范 7102 fixmedinsCode", "该处方不是本机构开具的";
        WrongTraceCode = "RX-7102-02", "接口规范 7102 originalValue", "原文中的处方追溯码与该处方不符";
        Revoked = "RX-7102-03", "接口规范 7104", "处方已撤销";
        Expired = "RX-7102-04", "接口规范 7101 valiEndTime", "处方已超过有效截止时间";
        AlreadySigned = "RX-7102-05", "接口规范 7102", "处方已签名，且本次原文或文件与已签名的不同";
        FieldDiffers(String) = "RX-7102-06", "接口规范 7102 originalValue", "签名原文的字段{0}与预核验时不同";
    }
}

refusals! {
    /// Why an upload is refused (7103).
    UploadRefusal {
        NotYours = "RX-7103-01", "接口规范 7103 fixmedinsCode", "该处方不是本机构开具的";
        WrongTraceCode = "RX-7103-02", "接口规范 7103 rxTraceCode", "处方追溯码与医保处方编号不符";
        Revoked = "RX-7103-03", "接口规范 7104", "处方已撤销";
        AlreadyUploaded = "RX-7103-04", "接口规范 7103：每张处方只能使用一次", "处方追溯码已使用，且本次内容与已上传的不同";
        NotSigned = "RX-7103-05", "接口规范 7102", "处方尚未完成医保电子签名";
        Expired = "RX-7103-06", "接口规范 7101 valiEndTime", "处方已超过有效截止时间";
        FieldChanged(String) = "RX-7103-07", "接口规范 7102 originalValue", "字段{0}与签名时的原文不一致";
        DigestChanged = "RX-7103-08", "接口规范 7103 signDigest", "处方信息签名值与医保电子签名结果不一致";
        FileChanged = "RX-7103-09", "接口规范 7103 rxFile", "处方原件与医保电子签名后的文件不一致";
    }
}

refusals! {
    /// Why a revocation is refused (7104).
    UndoRefusal {
        NotYours = "RX-7104-01", "接口规范 7104 fixmedinsCode", "该处方不是本机构开具的";
        OtherDoctor = "RX-7104-02", "接口规范 7104 drCode", "撤销医师不是开方医师";
        AlreadyRevoked = "RX-7104-03", "接口规范 7104", "处方已撤销";
        Settled = "RX-7104-04", "接口规范 7104：仅限还未结算的处方", "处方已结算，不能撤销";
        Dispensed = "RX-7104-05", "接口规范 7104", "药品已出库，请取药机构先撤销出库明细";
        Refunded = "RX-7104-06", "接口规范 2103", "处方已退费并关闭";
    }
}

refusals! {
    /// Why a query is not answered (7105–7107).
    QueryRefusal {
        NotYours = "RX-7105-01", "接口规范 7105 fixmedinsCode", "该处方不是本机构开具的";
        OtherVisit = "RX-7105-02", "接口规范 7105 mdtrtId", "就诊ID与处方不符";
        OtherPerson = "RX-7105-03", "接口规范 7105 certno", "人员信息与处方不符";
        NotReviewed = "RX-7106-01", "接口规范 7106", "处方尚未经药店药师审核";
        NotSettled = "RX-7107-01", "接口规范 7107", "处方尚未取药结算";
    }
}

/// The twenty fields of 7103 that 7102 signs, as texts; absent and empty are the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SignedFields(pub Vec<(String, Option<String>)>);

impl SignedFields {
    /// The first field that differs, by name, of this side or of the other only. Compared by meaning: order
    /// and empties do not count.
    pub fn first_difference<'a>(&'a self, other: &'a SignedFields) -> Option<&'a str> {
        let differs = self.0.iter().chain(&other.0).find(|(name, _)| self.value(name) != other.value(name));
        differs.map(|(name, _)| name.as_str())
    }

    /// What a field says; empty is absent.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).and_then(|(_, value)| value.as_deref()).filter(|value| !value.is_empty())
    }
}

/// 7102. Ok: it may be signed now.
pub fn may_sign(
    rx: &Prescription,
    caller: &FixmedinsCode,
    rx_trace_code: Option<&RxTraceCode>,
    now: Moment,
) -> Result<(), SignRefusal> {
    if rx.opened.fixmedins_code != *caller {
        return Err(SignRefusal::NotYours);
    }
    if rx_trace_code != Some(&rx.opened.rx_trace_code) {
        return Err(SignRefusal::WrongTraceCode);
    }
    match rx.state {
        State::Revoked { .. } => Err(SignRefusal::Revoked),
        _ if rx.expired(now) => Err(SignRefusal::Expired),
        State::PreChecked => Ok(()),
        _ => Err(SignRefusal::AlreadySigned),
    }
}

/// 7102: that the text speaks of the visit, the patient and the doctor whom 7101 judged. All of these are required in
/// the text. The institution's name is not compared: it is a label of its code. 7103 is bound through the signed text.
pub fn same_as_prechecked(content: &RxContent, fields: &SignedFields) -> Result<(), SignRefusal> {
    let visit = &content.mdtrtinfo;
    let compared = [
        ("mdtrt_id", visit.mdtrt_id.as_str()),
        ("patn_name", &visit.patn_name),
        ("psn_cert_type", &visit.psn_cert_type),
        ("certno", visit.certno.as_str()),
        ("fixmedins_code", visit.fixmedins_code.as_str()),
        ("dr_code", visit.dr_code.as_str()),
        ("prsc_dr_name", &visit.prsc_dr_name),
    ];
    // The texts come as the wire reads them; a certificate's x means X.
    let same = |name: &str, expected: &str| {
        fields.value(name).is_some_and(|said| match name {
            "certno" => said.eq_ignore_ascii_case(expected),
            _ => said == expected,
        })
    };
    match compared.into_iter().find(|(name, expected)| !same(name, expected)) {
        Some((name, _)) => Err(SignRefusal::FieldDiffers(name.to_owned())),
        None => Ok(()),
    }
}

/// 7103. Ok: the signature that the upload must match.
pub fn may_upload<'a>(
    rx: &'a Prescription,
    caller: &FixmedinsCode,
    rx_trace_code: &RxTraceCode,
    now: Moment,
) -> Result<&'a Signed, UploadRefusal> {
    if rx.opened.fixmedins_code != *caller {
        return Err(UploadRefusal::NotYours);
    }
    if rx.opened.rx_trace_code != *rx_trace_code {
        return Err(UploadRefusal::WrongTraceCode);
    }
    match &rx.state {
        State::Revoked { .. } => Err(UploadRefusal::Revoked),
        State::PreChecked => Err(UploadRefusal::NotSigned),
        State::Signed { .. } if rx.expired(now) => Err(UploadRefusal::Expired),
        State::Signed { signed } => Ok(signed),
        _ => Err(UploadRefusal::AlreadyUploaded),
    }
}

/// 7103: that what is uploaded is what was signed.
pub fn same_as_signed(
    signed: &Signed,
    signed_fields: &SignedFields,
    uploaded_fields: &SignedFields,
    sign_digest: &str,
    file_sm3: &str,
) -> Result<(), UploadRefusal> {
    if let Some(name) = uploaded_fields.first_difference(signed_fields) {
        return Err(UploadRefusal::FieldChanged(name.to_owned()));
    }
    if signed.sign_digest != sign_digest {
        return Err(UploadRefusal::DigestChanged);
    }
    if signed.file_sm3 != file_sm3 {
        return Err(UploadRefusal::FileChanged);
    }
    Ok(())
}

/// 7104. Ok: it may be revoked.
pub fn may_undo(rx: &Prescription, caller: &FixmedinsCode, dr_code: &DrCode) -> Result<(), UndoRefusal> {
    if rx.opened.fixmedins_code != *caller {
        return Err(UndoRefusal::NotYours);
    }
    if rx.opened.dr_code != *dr_code {
        return Err(UndoRefusal::OtherDoctor);
    }
    match rx.state {
        State::Revoked { .. } => Err(UndoRefusal::AlreadyRevoked),
        State::Settled { .. } => Err(UndoRefusal::Settled),
        State::Sold { .. } | State::SelfPaid { .. } => Err(UndoRefusal::Dispensed),
        State::Refunded { .. } => Err(UndoRefusal::Refunded),
        _ => Ok(()),
    }
}

/// 7105–7107. Ok: the asker may see it. `same_person` is the comparison of name and certificate.
pub fn may_query(
    rx: &Prescription,
    caller: &FixmedinsCode,
    mdtrt_id: &str,
    same_person: bool,
) -> Result<(), QueryRefusal> {
    if rx.opened.fixmedins_code != *caller {
        return Err(QueryRefusal::NotYours);
    }
    if rx.opened.mdtrt_id != mdtrt_id {
        return Err(QueryRefusal::OtherVisit);
    }
    if same_person { Ok(()) } else { Err(QueryRefusal::OtherPerson) }
}
