//! What a prescription says: every field of 7101 as it was accepted. Immutable from the pre-check on.
//!
//! Field names are the interface's. Fields that a rule or a number depends on are typed; the others
//! are texts that only travel (to 7105 and 7204). Absent and empty are the same: `None`.

use lf_vocab::dict::{BizTypeCode, RxItemTypeCode};
use lf_vocab::{Admdvs, Certno, Day, DrCode, Fen, FixmedinsCode, MedListCodg, Moment, Pric, PsnNo, Qty};
use serde::{Deserialize, Serialize};

/// A prescription's content (7101).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RxContent {
    /// The fields of the top level.
    pub head: RxHead,
    /// The drugs, in the doctor's order.
    pub rxdrugdetail: Vec<RxDrug>,
    /// The visit.
    pub mdtrtinfo: Mdtrtinfo,
    /// The diagnoses.
    pub diseinfo: Vec<Diseinfo>,
}

macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($field:ident : $ty:ty, $cn:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name { $(#[doc = $cn] pub $field: $ty,)+ }
    };
}

/// A text that only travels.
pub type Text = Option<String>;

record! {
    /// 表424, the top level of 7101.
    RxHead {
        mdtrt_cert_type: String, "就诊凭证类型";
        mdtrt_cert_no: Text, "就诊凭证编号";
        card_sn: Text, "卡识别码";
        biz_type_code: BizTypeCode, "业务类型代码";
        rx_exra_attr_code: Text, "处方附加属性代码: 01 双通道, 02 门诊统筹, 99/03 其他";
        ec_token: Text, "电子凭证令牌";
        auth_no: Text, "电子凭证线上身份核验流水号";
        insu_plc_no: Option<Admdvs>, "参保地编号";
        mdtrtarea_no: Option<Admdvs>, "就医地编号";
        hosp_rxno: String, "定点医疗机构处方编号";
        init_rxno: Text, "续方的原处方编号";
        rx_type_code: String, "处方类别代码";
        prsc_time: Moment, "开方时间";
        rx_drug_cnt: Qty, "药品类目数（剂数）";
        rx_used_way_codg: Text, "处方整剂用法编号";
        rx_used_way_name: Text, "处方整剂用法名称";
        rx_frqu_codg: Text, "处方整剂频次编号";
        rx_frqu_name: Text, "处方整剂频次名称";
        rx_dosunt: Text, "处方整剂剂量单位";
        rx_doscnt: Option<Qty>, "处方整剂单次剂量数";
        rx_drord_dscr: Text, "处方整剂医嘱说明";
        vali_days: i64, "处方有效天数";
        vali_end_time: Moment, "有效截止时间";
        rept_flag: Text, "复用（多次）使用标志（预留）";
        max_rept_cnt: Option<i64>, "最大使用次数（预留）";
        min_inrv_days: Option<i64>, "使用最小间隔（天数）";
        rx_cotn_flag: Text, "续方标志（预留）";
        long_rx_flag: bool, "长期处方标志";
    }
}

record! {
    /// 表425, a drug of the prescription.
    RxDrug {
        med_list_codg: MedListCodg, "医疗目录编码";
        fixmedins_hilist_id: Text, "定点医药机构目录编号";
        hosp_prep_flag: Text, "医疗机构制剂标志";
        rx_item_type_code: RxItemTypeCode, "处方项目分类代码";
        rx_item_type_name: Text, "处方项目分类名称";
        tcmdrug_type_code: Text, "中药类别代码";
        tcmdrug_type_name: Text, "中药类别名称";
        tcmherb_foote: Text, "草药脚注";
        medn_type_code: Text, "药物类型代码";
        medn_type_name: Text, "药物类型";
        main_medc_flag: Text, "主要用药标志";
        urgt_flag: Text, "加急标志";
        bas_medn_flag: Text, "基本药物标志";
        imp_drug_flag: Text, "是否进口药品";
        otc_flag: Text, "是否OTC药品";
        drug_genname: String, "药品通用名";
        drug_dosform: String, "药品剂型";
        drug_spec: String, "药品规格";
        drug_prodname: Text, "药品商品名";
        prdr_name: Text, "生产厂家";
        medc_way_codg: Text, "用药途径代码";
        medc_way_dscr: Text, "用药途径描述";
        medc_begntime: Moment, "用药开始时间";
        medc_endtime: Moment, "用药结束时间";
        medc_days: Qty, "用药天数";
        sin_dosunt: Text, "单次剂量单位";
        sin_doscnt: Option<Qty>, "单次用量";
        used_frqu_codg: Text, "使用频次编码";
        used_frqu_name: Text, "使用频次名称";
        drug_dosunt: String, "总用药量单位：最小制剂单位或最小包装单位";
        drug_cnt: Qty, "总用药量";
        drug_pric: Option<Pric>, "药品单价（院内）";
        drug_sumamt: Option<Fen>, "药品总金额（院内）";
        hosp_appr_flag: String, "医院审批标志";
        self_pay_rea: Text, "自费原因类型";
        real_dscr: Text, "自费原因描述";
        extras: Text, "扩展数据";
    }
}

record! {
    /// 表426, the visit.
    Mdtrtinfo {
        fixmedins_name: String, "定点医疗机构名称";
        fixmedins_code: FixmedinsCode, "定点医疗机构编号";
        mdtrt_id: String, "医保就诊ID";
        med_type: String, "医疗类别";
        ipt_otp_no: String, "住院/门诊号";
        otp_ipt_flag: Text, "门诊住院标识";
        psn_no: PsnNo, "医保人员编号";
        patn_name: String, "患者姓名";
        psn_cert_type: String, "人员证件类型";
        certno: Certno, "证件号码";
        patn_age: Qty, "年龄";
        patn_hgt: Option<Qty>, "患者身高";
        patn_wt: Option<Qty>, "患者体重";
        gend: String, "性别";
        birctrl_type: Text, "计划生育手术类别";
        birctrl_matn_date: Option<Day>, "计划生育手术或生育日期";
        matn_type: Text, "生育类别";
        geso_val: Option<i64>, "妊娠(孕周)";
        nwb_flag: Text, "新生儿标志";
        nwb_age: Text, "新生儿日、月龄";
        suck_prd_flag: Text, "哺乳期标志";
        algs_his: Text, "过敏史";
        prsc_dept_name: String, "开方科室名称";
        prsc_dept_code: String, "开方科室编号";
        dr_code: DrCode, "开方医保医师代码";
        prsc_dr_name: String, "开方医师姓名";
        prsc_dr_cert_type: Text, "开方医师证件类型";
        prsc_dr_certno: Option<Certno>, "开方医师证件号码";
        dr_profttl_codg: String, "医生职称编码";
        dr_profttl_name: String, "医生职称名称";
        dr_dept_code: String, "医生科室编码";
        dr_dept_name: String, "医生科室名称";
        caty: Text, "科别";
        mdtrt_time: Moment, "就诊时间";
        dise_codg: Text, "病种编码";
        dise_name: Text, "病种名称";
        sp_dise_flag: String, "特殊病种标志";
        maindiag_code: String, "主诊断代码";
        maindiag_name: String, "主诊断名称";
        dise_cond_dscr: Text, "疾病病情描述";
        hi_feesetl_type: Text, "医保费用结算类型";
        hi_feesetl_name: Text, "医保费用类别名称";
        rgst_fee: Option<Fen>, "挂号费";
        medfee_sumamt: Option<Fen>, "医疗费总额（不含处方药品）";
        fstdiag_flag: Text, "是否初诊";
        extras: Text, "扩展数据";
    }
}

record! {
    /// 表427, a diagnosis.
    Diseinfo {
        diag_type: String, "诊断类别";
        maindiag_flag: String, "主诊断标志";
        diag_srt_no: i64, "诊断排序号";
        diag_code: String, "诊断代码";
        diag_name: String, "诊断名称";
        diag_dept: String, "诊断科室";
        diag_dept_code: Text, "诊断科室代码";
        diag_dr_no: String, "诊断医生编码";
        diag_dr_name: String, "诊断医生姓名";
        diag_time: Moment, "诊断时间";
        tcm_dise_code: Text, "中医病名代码";
        tcm_dise_name: Text, "中医病名";
        tcmsymp_code: Text, "中医证候代码";
        tcmsymp: Text, "中医证候";
    }
}
