//! What `demo --credentials FILE` writes, so that any other client can be pointed at the demo.
//!
//! The only place where private keys leave the process, on the operator's own order. Amounts are decimal texts.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use serde::{Deserialize, Serialize};

use crate::law_cmd;

use super::{Doctor, Keys, Patient, Pharmacist, Region, StockDrug};
use lf_vocab::FixmedinsKind;

macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($field:ident : $ty:ty, $what:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name { $(#[doc = $what] pub $field: $ty,)+ }
    };
}

record! {
    /// All that a client needs.
    Credentials {
        rest_base: String, "…/epc/api";
        platform_public_key: String, "Base64 of 04||X||Y: the center signs its replies with its private half";
        apps: Vec<AppCredential>, "One an institution";
        doctors: Vec<DoctorCredential>, "医保医师";
        pharmacists: Vec<PharmacistCredential>, "医保药师";
        patients: Vec<PatientCredential>, "参保人";
        drugs: Vec<DrugCredential>, "目录";
    }
}

record! {
    /// An app and the institution it speaks for.
    AppCredential {
        app_id: String, "32 upper hex digits";
        app_secret: String, "32 upper hex digits";
        private_key: String, "Base64, 32 bytes";
        public_key: String, "Base64 of 04||X||Y";
        fixmedins_code: String, "定点医药机构编号";
        fixmedins_name: String, "Name";
        kind: String, "`hospital` or `pharmacy`";
        circ_ready: bool, "Takes flow prescriptions";
        oppool: bool, "门诊统筹";
        dualchnl: bool, "双通道";
    }
}

record! {
    /// A doctor.
    DoctorCredential {
        dr_code: String, "医保医师代码";
        dr_name: String, "Name";
        fixmedins_code: String, "Where registered";
        certno: String, "证件号码";
        dept_code: String, "科室编码";
        dept_name: String, "科室名称";
        dr_profttl_codg: String, "职称编码";
        dr_profttl_name: String, "职称名称";
        western: bool, "May prescribe 西药";
        tcm: bool, "May prescribe 中药";
        registered_until: Option<String>, "First day without registration";
    }
}

record! {
    /// A pharmacist.
    PharmacistCredential {
        phar_code: String, "医保药师代码";
        phar_name: String, "Name";
        fixmedins_code: String, "Where registered";
        certno: String, "证件号码";
        ec_token: String, "Token of the own credential";
        licensed: bool, "执业药师";
    }
}

record! {
    /// An insured person.
    PatientCredential {
        psn_no: String, "医保人员编号";
        psn_name: String, "Name";
        psn_cert_type: String, "人员证件类型";
        certno: String, "证件号码";
        ec_token: String, "电子凭证令牌";
        sscno: Option<String>, "社会保障卡卡号";
        card_sn: Option<String>, "卡识别码";
        insutype: String, "险种";
        psn_type: String, "人员类别";
        gend: String, "性别";
        brdy: String, "Birthday";
        insu_plc_no: String, "参保地";
        balc: String, "Account balance at start, yuan";
    }
}

record! {
    /// A drug.
    DrugCredential {
        med_list_codg: String, "医疗目录编码";
        drug_genname: String, "通用名";
        drug_spec: String, "规格";
        drug_dosform: String, "剂型";
        prdr_name: String, "生产厂家";
        min_pacunt: String, "最小包装单位";
        min_prepunt: String, "最小制剂单位";
        min_pac_cnt: String, "最小包装数量";
        pric: String, "Yuan per pack";
        chrgitm_lv: String, "01 甲, 02 乙, 03 丙";
        in_list: bool, "In the 医保目录";
        hi_nego: bool, "谈判药品";
        chld_medc: bool, "儿童专科用药";
        trac_exempt: bool, "Has no 追溯码";
        hi_pay_std: Option<String>, "支付标准, yuan per pack";
        code_made: bool, "Only the shape of the code is real";
    }
}

impl Credentials {
    /// Reads a file that [`Self`] was written to.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        serde_json::from_str(&law_cmd::text(file)?)
            .with_context(|| format!("{} is no credentials file of `liufang demo`", file.display()))
    }

    /// The app of an institution; the error names those that there are.
    pub fn app(&self, code: &str) -> anyhow::Result<&AppCredential> {
        let known = || self.apps.iter().map(|app| app.fixmedins_code.as_str()).collect::<Vec<_>>().join(", ");
        let app = self.apps.iter().find(|app| app.fixmedins_code == code);
        app.ok_or_else(|| anyhow!("--as: no app for {code}; there are {}", known()))
    }

    /// Puts together what the region and its keys say.
    pub fn new(region: &Region, keys: &Keys, rest_base: &str, platform_public_key: &str) -> Self {
        Self {
            rest_base: rest_base.to_owned(),
            platform_public_key: platform_public_key.to_owned(),
            apps: apps(region, keys),
            doctors: region.doctors.iter().map(doctor).collect(),
            pharmacists: region.pharmacists.iter().map(pharmacist).collect(),
            patients: region.patients.iter().map(patient).collect(),
            drugs: region.drugs.iter().map(drug).collect(),
        }
    }
}

fn apps(region: &Region, keys: &Keys) -> Vec<AppCredential> {
    let named = keys.apps.iter().filter_map(|own| Some((own, region.institution(&own.fixmedins_code)?)));
    let app = |(own, institution): (&super::AppKeys, &super::Institution)| AppCredential {
        app_id: own.app_id.clone(),
        app_secret: own.app_secret.clone(),
        private_key: own.private_key.to_base64().to_string(),
        public_key: own.private_key.public_key().to_base64(),
        fixmedins_code: own.fixmedins_code.to_string(),
        fixmedins_name: institution.fixmedins.fixmedins_name.clone(),
        kind: match own.fixmedins_code.kind() {
            FixmedinsKind::Hospital => "hospital".to_owned(),
            FixmedinsKind::Pharmacy => "pharmacy".to_owned(),
        },
        circ_ready: institution.fixmedins.circ_ready,
        oppool: institution.fixmedins.oppool,
        dualchnl: institution.fixmedins.dualchnl,
    };
    named.map(app).collect()
}

fn doctor(doctor: &Doctor) -> DoctorCredential {
    let registered = &doctor.practitioner;
    DoctorCredential {
        dr_code: registered.prac_code.clone(),
        dr_name: registered.prac_name.clone(),
        fixmedins_code: registered.fixmedins_code.to_string(),
        certno: registered.certno.as_ref().map(|certno| certno.as_str().to_owned()).unwrap_or_default(),
        dept_code: doctor.dept.code.clone(),
        dept_name: doctor.dept.name.clone(),
        dr_profttl_codg: doctor.profttl.code.clone(),
        dr_profttl_name: doctor.profttl.name.clone(),
        western: registered.western,
        tcm: registered.tcm,
        registered_until: registered.registered.until().map(|day| day.to_string()),
    }
}

fn pharmacist(pharmacist: &Pharmacist) -> PharmacistCredential {
    let registered = &pharmacist.practitioner;
    PharmacistCredential {
        phar_code: registered.prac_code.clone(),
        phar_name: registered.prac_name.clone(),
        fixmedins_code: registered.fixmedins_code.to_string(),
        certno: registered.certno.as_ref().map(|certno| certno.as_str().to_owned()).unwrap_or_default(),
        ec_token: registered.ec_token.clone().unwrap_or_default(),
        licensed: registered.licensed,
    }
}

fn patient(patient: &Patient) -> PatientCredential {
    let person = &patient.person;
    PatientCredential {
        psn_no: person.psn_no.as_str().to_owned(),
        psn_name: person.psn_name.clone(),
        psn_cert_type: person.psn_cert_type.clone(),
        certno: person.certno.as_str().to_owned(),
        ec_token: person.ec_token.clone(),
        sscno: person.card.as_ref().map(|card| card.sscno.as_str().to_owned()),
        card_sn: person.card.as_ref().map(|card| card.card_sn.as_str().to_owned()),
        insutype: person.insutype.code().to_owned(),
        psn_type: person.psn_type.code().to_owned(),
        gend: person.gend.clone(),
        brdy: person.brdy.to_string(),
        insu_plc_no: person.poolarea_no.to_string(),
        balc: patient.balc.to_string(),
    }
}

fn drug(stock: &StockDrug) -> DrugCredential {
    let drug = &stock.drug;
    DrugCredential {
        med_list_codg: drug.med_list_codg.to_string(),
        drug_genname: drug.genname.clone(),
        drug_spec: drug.spec_name.clone(),
        drug_dosform: drug.dosform_name.clone(),
        prdr_name: drug.prdr_name.clone(),
        min_pacunt: drug.min_pacunt.clone(),
        min_prepunt: drug.min_prepunt.clone(),
        min_pac_cnt: drug.min_pac_cnt.to_string(),
        pric: stock.pric.to_string(),
        chrgitm_lv: drug.chrgitm_lv.code().to_owned(),
        in_list: drug.in_list.is_some(),
        hi_nego: drug.hi_nego,
        chld_medc: drug.chld_medc,
        trac_exempt: drug.trac_exempt,
        hi_pay_std: drug.hi_pay_std.map(|standard| standard.to_string()),
        code_made: stock.code_made,
    }
}
