//! The clinic route of a life (2201–2208): the same purchase as 2101 and 2102, by the other way.

use lf_center::{Answer, Failure, t2102_settle, t2103_refund, t2201_register, t2203a_visit, t2204_fees, t2206_clinic};
use lf_ports::{Diag, MdtrtFee, MdtrtInfo};

use super::Life;

/// 收费批次号 of what a life buys.
pub const BATCH: &str = "PC0001";

impl Life<'_> {
    /// 2201.
    pub fn register_command(&self) -> t2201_register::Command {
        let settle = self.settle_command();
        t2201_register::Command {
            psn_no: settle.psn_no,
            insutype: settle.insutype,
            begntime: settle.begntime,
            mdtrt_cert_type: settle.mdtrt_cert_type,
            mdtrt_cert_no: settle.mdtrt_cert_no,
            card_sn: settle.card_sn,
            certno: settle.certno,
            psn_name: settle.psn_name,
            ipt_otp_no: format!("YD{:06}", self.number),
            dept_code: "A02".to_owned(),
            dept_name: "药店".to_owned(),
            caty: "A02".to_owned(),
        }
    }

    /// 2202.
    pub fn withdraw_command(&self) -> t2201_register::Withdrawal {
        t2201_register::Withdrawal {
            psn_no: self.person.psn_no.clone(),
            mdtrt_id: self.setl.1.clone(),
            ipt_otp_no: format!("YD{:06}", self.number),
        }
    }

    /// 2203A.
    pub fn visit_command(&self) -> t2203a_visit::Command {
        let diag = |at: usize, dise: &lf_rx::content::Diseinfo| Diag {
            diag_type: "1".to_owned(),
            diag_srt_no: at as i64 + 1,
            diag_code: dise.diag_code.clone(),
            diag_name: dise.diag_name.clone(),
            diag_dept: "A03".to_owned(),
            dise_dor_no: "D360902000001".to_owned(),
            dise_dor_name: "医师".to_owned(),
            diag_time: self.content.head.prsc_time,
            vali: true,
        };
        t2203a_visit::Command {
            mdtrt_id: self.setl.1.clone(),
            psn_no: self.person.psn_no.clone(),
            info: MdtrtInfo {
                med_type: self.settle_command().med_type,
                begntime: self.content.head.prsc_time,
                main_cond_dscr: None,
                dise_codg: self.content.mdtrtinfo.dise_codg.clone(),
                rx_fixmedins_code: self.hospital.parse().ok(),
                diags: self.content.diseinfo.iter().enumerate().map(|(at, dise)| diag(at, dise)).collect(),
            },
        }
    }

    /// 2204.
    pub fn fees_command(&self) -> t2204_fees::Command {
        let row = |line: lf_center::t2101_quote::FeeLine| t2204_fees::Row {
            mdtrt_id: self.setl.1.clone(),
            psn_no: self.person.psn_no.clone(),
            chrg_bchno: BATCH.to_owned(),
            fee: MdtrtFee {
                feedetl_sn: line.feedetl_sn,
                dise_codg: self.content.mdtrtinfo.dise_codg.clone(),
                rxno: line.rxno,
                rx_circ_flag: line.rx_circ_flag,
                fee_ocur_time: self.content.head.prsc_time,
                med_list_codg: line.med_list_codg,
                det_item_fee_sumamt: line.det_item_fee_sumamt,
                cnt: line.cnt,
                pric: line.pric,
                hosp_appr_flag: "0".to_owned(),
            },
        };
        t2204_fees::Command { rows: self.settle_command().lines.into_iter().map(row).collect() }
    }

    /// 2205.
    pub fn drop_fees_command(&self, chrg_bchno: &str) -> t2204_fees::Withdrawal {
        t2204_fees::Withdrawal {
            mdtrt_id: self.setl.1.clone(),
            chrg_bchno: chrg_bchno.to_owned(),
            psn_no: self.person.psn_no.clone(),
        }
    }

    /// 2206, 2207.
    pub fn clinic_command(&self) -> t2206_clinic::Command {
        let settle = self.settle_command();
        let scanned = |line: &lf_center::t2101_quote::FeeLine| {
            let scanned = |code: &lf_vocab::DrugTracCodg| t2206_clinic::Scanned {
                feedetl_sn: line.feedetl_sn.clone(),
                drug_trac_codg: code.clone(),
            };
            line.drug_trac_codg.iter().map(scanned).collect::<Vec<_>>()
        };
        t2206_clinic::Command {
            mdtrt_id: self.setl.1.clone(),
            chrg_bchno: BATCH.to_owned(),
            psn_no: settle.psn_no,
            mdtrt_cert_type: settle.mdtrt_cert_type,
            mdtrt_cert_no: settle.mdtrt_cert_no,
            card_sn: settle.card_sn,
            certno: settle.certno,
            psn_name: settle.psn_name,
            med_type: settle.med_type,
            medfee_sumamt: settle.medfee_sumamt,
            psn_setlway: "01".to_owned(),
            insutype: settle.insutype,
            acct_used_flag: settle.acct_used_flag,
            parts: None,
            drug_trac_info: settle.lines.iter().flat_map(scanned).collect(),
            stated: settle.stated,
        }
    }

    /// 2201, 2203A, 2204.
    ///
    /// # Errors
    /// The first use case's that refuses.
    pub async fn open_visit(&mut self) -> Result<(), Failure> {
        let center = &self.center.center;
        let command = self.register_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        self.setl.1 = center.t2201_register(&ctx, &command).await?.reply.mdtrt_id;
        let command = self.visit_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        center.t2203a_visit(&ctx, &command).await?;
        let command = self.fees_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        center.t2204_fees(&ctx, &command).await?;
        Ok(())
    }

    /// 2207.
    ///
    /// # Errors
    /// The use case's.
    pub async fn settle_clinic(&mut self) -> Result<Answer<t2102_settle::Reply>, Failure> {
        let command = self.clinic_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        let answer = self.center.center.t2207_clinic_settle(&ctx, &command).await?;
        self.setl.0.clone_from(&answer.reply.setl.setl_id);
        Ok(answer)
    }

    /// 2208.
    ///
    /// # Errors
    /// The use case's.
    pub async fn refund_clinic(&mut self) -> Result<Answer<t2103_refund::Reply>, Failure> {
        let command = self.refund_command();
        let ctx = self.ctx(&self.pharmacy, &command).await;
        self.center.center.t2208_clinic_refund(&ctx, &command).await
    }
}
