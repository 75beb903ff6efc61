//! The command of each step, from what the life knows. A test takes one, spoils it and sends it itself.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use lf_center::{
    t2101_quote, t2103_refund, t7101_precheck, t7102_sign, t7103_upload, t7104_undo, t7105_query, t7201_authorise,
    t7204_download, t7205_verify, t7206_review, t7207_sell, t7208_undo_sale, t7209_deliver, t7210_sign_off,
};
use lf_rx::decide::issue::SignedFields;
use lf_rx::delivery::{
    Carrier, CarrierLic, ColdChain, DeliverySigned, DeliveryStep, Delver, Destination, Receiver, Sheet,
};
use lf_rx::event::SaleLine;
use lf_vocab::dict::{DelvStasCodg, DelvWay, HiFeesetlFlag, RxChkStasCodg};
use lf_vocab::{DrugTracCodg, Fen, RxTraceCode};

use super::{Item, Life, parse};
use crate::region::{DOCTOR, PHARMACIST};

/// The signed text of a test is the encoded list itself.
fn read_signed(text: &[u8]) -> Option<SignedFields> {
    serde_json::from_slice(text).ok()
}

impl Life<'_> {
    /// The trace code of the box of an item, of this life only.
    pub fn drug_trac_codg(&self, at: usize) -> DrugTracCodg {
        parse(&format!("8{:015}{at:04}", self.number))
    }

    /// The file, as Base64.
    pub fn rx_file(&self) -> String {
        BASE64_STANDARD.encode(format!("%PDF-1.7 处方 {}", self.number))
    }

    /// The fields that are signed.
    pub fn signed_fields(&self) -> SignedFields {
        let visit = &self.content.mdtrtinfo;
        let fields = [
            ("hi_rxno", self.hi_rxno().to_string()),
            ("rx_trace_code", self.rx_trace_code().to_string()),
            ("mdtrt_id", visit.mdtrt_id.clone()),
            ("patn_name", visit.patn_name.clone()),
            ("psn_cert_type", visit.psn_cert_type.clone()),
            ("certno", visit.certno.as_str().to_owned()),
            ("fixmedins_name", visit.fixmedins_name.clone()),
            ("fixmedins_code", visit.fixmedins_code.to_string()),
            ("dr_code", visit.dr_code.to_string()),
            ("prsc_dr_name", visit.prsc_dr_name.clone()),
        ];
        SignedFields(fields.map(|(name, value)| (name.to_owned(), Some(value))).into())
    }

    /// 处方追溯码.
    ///
    /// # Panics
    /// Before 7101.
    pub fn rx_trace_code(&self) -> RxTraceCode {
        match &self.numbers {
            Some((_, rx_trace_code)) => rx_trace_code.clone(),
            None => panic!("7101 has not been answered yet"),
        }
    }

    /// 7101.
    pub fn precheck_command(&self) -> t7101_precheck::Command {
        t7101_precheck::Command { content: self.content.clone(), stated: self.stated.clone() }
    }

    /// 7102.
    pub fn sign_command(&self) -> t7102_sign::Command {
        self.sign_command_of(self.signed_fields())
    }

    /// 7102 over these fields.
    pub fn sign_command_of(&self, fields: SignedFields) -> t7102_sign::Command {
        let text = serde_json::to_vec(&fields).unwrap_or_default();
        t7102_sign::Command {
            fixmedins_code: parse(&self.hospital),
            hi_rxno: self.hi_rxno(),
            rx_trace_code: Some(self.rx_trace_code()),
            fields,
            original_value: BASE64_STANDARD.encode(text),
            original_rx_file: self.rx_file(),
        }
    }

    /// 7103.
    pub fn upload_command(&self) -> t7103_upload::Command {
        t7103_upload::Command {
            flags: self.upload_flags.clone(),
            fixmedins_code: parse(&self.hospital),
            hi_rxno: self.hi_rxno(),
            rx_trace_code: self.rx_trace_code(),
            phar_code: "HY360902000009".to_owned(),
            phar_name: "己药师".to_owned(),
            phar_chk_time: self.content.head.prsc_time,
            fields: self.signed_fields(),
            read_signed,
            sign_digest: self.sign_digest.clone(),
            rx_file: self.rx_file(),
        }
    }

    /// 7104.
    pub fn undo_command(&self) -> t7104_undo::Command {
        t7104_undo::Command {
            hi_rxno: self.hi_rxno(),
            fixmedins_code: parse(&self.hospital),
            dr_code: parse(DOCTOR),
            undo_dr_name: "丁医师".to_owned(),
            undo_rea: "更改用药".to_owned(),
            undo_time: self.content.head.prsc_time,
        }
    }

    /// 7105, 7106, 7107.
    pub fn query_command(&self) -> t7105_query::Command {
        t7105_query::Command {
            fixmedins_code: parse(&self.hospital),
            hi_rxno: self.hi_rxno(),
            mdtrt_id: self.content.mdtrtinfo.mdtrt_id.clone(),
            psn_name: self.person.psn_name.clone(),
            psn_cert_type: self.person.psn_cert_type.clone(),
            certno: self.person.certno.clone(),
        }
    }

    /// 7201.
    pub fn authorise_command(&self) -> t7201_authorise::Command {
        t7201_authorise::Command {
            fixmedins_code: parse(&self.pharmacy),
            psn_name: self.person.psn_name.clone(),
            psn_cert_type: self.person.psn_cert_type.clone(),
            certno: self.person.certno.clone(),
            ec_token: Some(self.person.ec_token.clone()),
            reg_sn: None,
            out_flag: false,
        }
    }

    /// 7204.
    pub fn download_command(&self) -> t7204_download::Command {
        t7204_download::Command {
            epc_token: self.token.0.clone(),
            auth_rxno: self.token.1.clone(),
            fixmedins_code: parse(&self.pharmacy),
            opter: "001".to_owned(),
        }
    }

    /// 7205.
    pub fn verify_command(&self) -> t7205_verify::Command {
        t7205_verify::Command {
            hi_rxno: self.hi_rxno(),
            fixmedins_code: parse(&self.pharmacy),
            rx_trace_code: self.rx_trace_code(),
            rx_file: self.rx_file(),
            epc_token: self.token.0.clone(),
        }
    }

    /// 7206.
    pub fn review_command(&self, rx_chk_stas_codg: RxChkStasCodg) -> t7206_review::Command {
        let pharmacist = crate::region::practitioner(&self.pharmacy, PHARMACIST, "戊药师");
        t7206_review::Command {
            hi_rxno: self.hi_rxno(),
            epc_token: self.token.0.clone(),
            ec_token: pharmacist.ec_token,
            fixmedins_code: parse(&self.pharmacy),
            phar_certno: pharmacist.certno.unwrap_or_else(|| panic!("the pharmacist has a certificate")),
            phar_name: pharmacist.prac_name,
            phar_code: parse(PHARMACIST),
            rx_chk_opnn: "合理".to_owned(),
            rx_chk_stas_codg,
            rx_chk_time: self.content.head.prsc_time,
            rx_sign_verify_sn: self.rx_sign_verify_sn.clone(),
        }
    }

    /// 7207: a row an item, each with a trace code of its own.
    pub fn sell_command(&self) -> t7207_sell::Command {
        let lines = self.items.iter().enumerate().map(|(at, item)| self.sale_line(at, item));
        t7207_sell::Command {
            hi_rxno: self.hi_rxno(),
            fixmedins_code: parse(&self.pharmacy),
            rx_chk_biz_sn: self.rx_chk_biz_sn.clone(),
            hi_feesetl_flag: self.hi_feesetl_flag,
            psn_cash_pay: (self.hi_feesetl_flag == HiFeesetlFlag::SelfPaid).then(|| self.medfee_sumamt()),
            lines: lines.collect(),
            print_time: None,
            appy_form_flag: None,
            rchk: None,
        }
    }

    fn sale_line(&self, at: usize, item: &Item) -> SaleLine {
        SaleLine {
            rtal_docno: format!("LS{:06}", self.number),
            stoout_time: self.content.head.prsc_time,
            med_list_codg: item.med_list_codg.clone(),
            medins_list_codg: format!("YD{at}"),
            drug_genname: item.genname.clone(),
            drug_prodname: None,
            drug_spec: "规格".to_owned(),
            drug_dosform: None,
            prdr_name: None,
            aprvno: None,
            manu_lotnum: Some("20260901".to_owned()),
            bchno: None,
            drug_trac_codg: Some(self.drug_trac_codg(at)),
            drug_totlcnt: item.packs,
            drug_totlcnt_emp: "盒".to_owned(),
            drug_sumamt: Some(item.det_item_fee_sumamt),
        }
    }

    /// 7209: a word of the one delivery, at this moment.
    pub fn deliver_command(&self, delv_way: DelvWay, delv_stas_codg: DelvStasCodg) -> t7209_deliver::Command {
        let sheet = Sheet {
            delv_no: format!("PS{}", self.number),
            delv_way,
            to: Destination {
                delv_addr: "宜春市示例路1号".to_owned(),
                delv_conner: self.person.psn_name.clone(),
                delv_con_tel: None,
                dlv_fixmedins_code: None,
            },
            delv_dtce: None,
            carrier: Carrier {
                delv_entp_no: Some("E1".to_owned()),
                delv_entp_name: "示例物流".to_owned(),
                lic: Some(CarrierLic { delv_entp_lic_no: "L1".to_owned(), delv_entp_lic_end: parse("2029-12-31") }),
            },
            hdov_name: Some("戊药师".to_owned()),
        };
        let step = DeliveryStep {
            sheet,
            delv_stas_codg,
            delv_stas_dscr: None,
            delv_stas_time: self.center.now(),
            delver: Some(Delver { delver_name: "送小样".to_owned(), delver_cert: None, delver_tel: None }),
            place: None,
            cold_chain: ColdChain::Unsaid,
        };
        t7209_deliver::Command { hi_rxno: self.hi_rxno(), fixmedins_code: parse(&self.pharmacy), step }
    }

    /// 7210.
    pub fn sign_off_command(&self) -> t7210_sign_off::Command {
        let signed = DeliverySigned {
            delver: Delver { delver_name: "送小样".to_owned(), delver_cert: None, delver_tel: None },
            rcvr: Some(Receiver { rcvr_name: self.person.psn_name.clone(), rcvr_rltn: Some("本人".to_owned()) }),
            delv_stas_time: self.center.now(),
            delv_stas_dscr: None,
            chk_way_codg: Some("2".to_owned()),
            place: None,
            cold_chain: ColdChain::Unsaid,
        };
        t7210_sign_off::Command { hi_rxno: self.hi_rxno(), delv_no: None, delv_entp_no: None, signed }
    }

    /// 7208.
    pub fn undo_sale_command(&self) -> t7208_undo_sale::Command {
        t7208_undo_sale::Command {
            hi_rxno: self.hi_rxno(),
            fixmedins_code: parse(&self.pharmacy),
            hi_feesetl_flag: self.hi_feesetl_flag,
            sel_stoout_sn: Some(self.sel_stoout_sn.clone()),
        }
    }

    /// 2101 and 2102, printed, matched and with a pharmacist on duty.
    pub fn settle_command(&self) -> t2101_quote::Command {
        let line = |(at, item): (usize, &Item)| t2101_quote::FeeLine {
            feedetl_sn: format!("{:06}{at:02}", self.number),
            rxno: Some(self.hi_rxno().to_string()),
            rx_circ_flag: true,
            med_list_codg: item.med_list_codg.clone(),
            det_item_fee_sumamt: item.det_item_fee_sumamt,
            cnt: item.drug_cnt,
            pric: item.pric,
            drug_trac_codg: vec![self.drug_trac_codg(at)],
            dlv_fee_flag: false,
        };
        t2101_quote::Command {
            psn_no: self.person.psn_no.clone(),
            mdtrt_cert_type: "01".to_owned(),
            mdtrt_cert_no: self.person.ec_token.clone(),
            card_sn: None,
            certno: Some(self.person.certno.clone()),
            psn_name: Some(self.person.psn_name.clone()),
            begntime: self.content.head.prsc_time,
            medfee_sumamt: self.medfee_sumamt(),
            insutype: self.person.insutype,
            med_type: "41".to_owned(),
            acct_used_flag: self.acct_used_flag,
            lines: self.items.iter().enumerate().map(line).collect(),
            paper: None,
            stated: t2101_quote::Stated {
                face_score: Some(92),
                psn_match_rea: None,
                media_sm3: Some("ab".repeat(32)),
                print_time: Some(self.content.head.prsc_time),
                psn_match_flag: Some(true),
                media_ref: Some("media-1".to_owned()),
                phar_duty_flag: Some(true),
            },
        }
    }

    /// 2103.
    pub fn refund_command(&self) -> t2103_refund::Command {
        t2103_refund::Command {
            setl_id: self.setl.0.clone(),
            mdtrt_id: self.setl.1.clone(),
            psn_no: self.person.psn_no.clone(),
        }
    }

    /// What everything costs.
    pub fn medfee_sumamt(&self) -> Fen {
        Fen::sum(self.items.iter().map(|item| item.det_item_fee_sumamt)).unwrap_or(Fen::ZERO)
    }
}
