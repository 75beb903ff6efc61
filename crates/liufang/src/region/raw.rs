//! The region's files as written, and their reading: every entry is checked and named when it is wrong.

use std::fmt::Display;
use std::str::FromStr;

use anyhow::{Context, anyhow, ensure};
use lf_ports::{Card, Consult, Drug, Fixmedins, Person, Practitioner, PractitionerKind, SpecialClass};
use lf_vocab::dict::{ChrgitmLv, Insutype, PsnType};
use lf_vocab::{Admdvs, Certno, Day, Fen, FixmedinsCode, FixmedinsKind, MedListCodg, Pric, PsnNo, Qty, Span};
use serde::{Deserialize, Deserializer};

use super::{Doctor, Institution, Named, Patient, Pharmacist, Region, StockDrug};

const INSTITUTIONS: &str = include_str!("../../region/institutions.toml");
const PEOPLE: &str = include_str!("../../region/people.toml");
const DRUGS: &str = include_str!("../../region/drugs.toml");

/// 统筹区: Yichun.
const POOLAREA: &str = "360900";
/// From when agreements, registrations, insurance and the catalogue hold.
const FROM: &str = "2024-01-01";

/// 居民身份证.
const RESIDENT_CARD: &str = "01";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Institutions {
    fixmedins: Vec<RawFixmedins>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFixmedins {
    fixmedins_code: FixmedinsCode,
    fixmedins_name: String,
    hosp_lv: Option<String>,
    circ_ready: bool,
    oppool: bool,
    dualchnl: bool,
    #[serde(default)]
    depts: Vec<Named>,
    phar_dept: Option<Named>,
    consult: Option<RawConsult>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConsult {
    parent_fixmedins_code: FixmedinsCode,
    #[serde(deserialize_with = "text")]
    licence_from: Day,
    #[serde(deserialize_with = "text")]
    supplement_from: Day,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    doctors: Vec<RawDoctor>,
    pharmacists: Vec<RawPharmacist>,
    patients: Vec<RawPatient>,
    diagnoses: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDoctor {
    prac_code: String,
    prac_name: String,
    fixmedins_code: FixmedinsCode,
    dept_code: String,
    dept_name: String,
    profttl_codg: String,
    profttl_name: String,
    western: bool,
    tcm: bool,
    certno: Certno,
    #[serde(default, deserialize_with = "maybe")]
    until: Option<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPharmacist {
    prac_code: String,
    prac_name: String,
    fixmedins_code: FixmedinsCode,
    licensed: bool,
    phar_prac_cert_no: Option<String>,
    certno: Certno,
    ec_token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPatient {
    psn_no: PsnNo,
    psn_name: String,
    certno: Certno,
    gend: String,
    #[serde(deserialize_with = "text")]
    brdy: Day,
    insutype: Insutype,
    psn_type: PsnType,
    #[serde(deserialize_with = "text")]
    balc: Fen,
    #[serde(default)]
    cvlserv: bool,
    ec_token: String,
    /// 社会保障卡, of those who have one.
    card: Option<Card>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drugs {
    drugs: Vec<RawDrug>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDrug {
    med_list_codg: MedListCodg,
    genname: String,
    dosform_name: String,
    spec_name: String,
    prdr_name: String,
    aprvno: Option<String>,
    min_pacunt: String,
    min_prepunt: String,
    #[serde(deserialize_with = "text")]
    min_pac_cnt: Qty,
    #[serde(deserialize_with = "text")]
    pric: Pric,
    list_type: String,
    chrgitm_lv: ChrgitmLv,
    #[serde(default = "yes")]
    in_list: bool,
    #[serde(default)]
    chld_medc: bool,
    #[serde(default)]
    hi_nego: bool,
    #[serde(default)]
    dualchnl: bool,
    #[serde(default, deserialize_with = "maybe")]
    hi_pay_std: Option<Pric>,
    special: Option<SpecialClass>,
    memo: Option<String>,
    #[serde(default)]
    trac_exempt: bool,
    #[serde(default)]
    code_made: bool,
    #[serde(deserialize_with = "text")]
    sin_doscnt: Qty,
    sin_dosunt: String,
    used_frqu_codg: String,
    medc_way_codg: String,
    #[serde(default, deserialize_with = "maybe")]
    day_cnt: Option<Qty>,
}

fn yes() -> bool {
    true
}

/// Types whose own encoding is a bare integer are written as the interface writes them.
fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn maybe<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    text(deserializer).map(Some)
}

/// What every entry shares.
struct Common {
    poolarea_no: Admdvs,
    from: Day,
}

impl Common {
    fn until(&self, until: Option<Day>) -> anyhow::Result<Span<Day>> {
        since(self.from, until)
    }
}

fn since(from: Day, until: Option<Day>) -> anyhow::Result<Span<Day>> {
    Span::new(from, until).ok_or_else(|| anyhow!("ends before it begins"))
}

pub(super) fn load() -> anyhow::Result<Region> {
    let common = Common { poolarea_no: POOLAREA.parse()?, from: FROM.parse()? };
    let institutions: Institutions = toml::from_str(INSTITUTIONS).context("region/institutions.toml")?;
    let people: People = toml::from_str(PEOPLE).context("region/people.toml")?;
    let drugs: Drugs = toml::from_str(DRUGS).context("region/drugs.toml")?;
    let region = Region {
        poolarea_no: common.poolarea_no,
        institutions: each(institutions.fixmedins, |raw| raw.fixmedins_code.to_string(), |raw| raw.read(&common))?,
        doctors: each(people.doctors, |raw| raw.prac_code.clone(), |raw| raw.read(&common))?,
        pharmacists: each(people.pharmacists, |raw| raw.prac_code.clone(), |raw| raw.read(&common))?,
        patients: each(people.patients, |raw| raw.psn_no.as_str().to_owned(), |raw| raw.read(&common))?,
        drugs: each(drugs.drugs, |raw| raw.med_list_codg.to_string(), |raw| raw.read(&common))?,
        diagnoses: people.diagnoses,
    };
    ensure!(!region.diagnoses.is_empty(), "region/people.toml: no diagnoses");
    references(&region)?;
    Ok(region)
}

/// That everybody works in an institution and every doctor in a department that exist.
fn references(region: &Region) -> anyhow::Result<()> {
    for doctor in &region.doctors {
        let registered = &doctor.practitioner;
        let house = region.institution(&registered.fixmedins_code);
        ensure!(house.is_some_and(|house| house.depts.contains(&doctor.dept)), "no place for {}", registered.prac_code);
    }
    for pharmacist in &region.pharmacists {
        let registered = &pharmacist.practitioner;
        ensure!(region.institution(&registered.fixmedins_code).is_some(), "no place for {}", registered.prac_code);
    }
    Ok(())
}

fn each<R, T>(
    raws: Vec<R>,
    name: impl Fn(&R) -> String,
    read: impl Fn(R) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    let one = |raw: R| {
        let key = name(&raw);
        read(raw).with_context(|| format!("region: entry {key}"))
    };
    raws.into_iter().map(one).collect()
}

fn resident(certno: &Certno, brdy: Option<Day>) -> anyhow::Result<()> {
    certno.check_resident().map_err(|defect| anyhow!("certno: {defect}"))?;
    ensure!(brdy.is_none() || certno.birthday() == brdy, "certno and brdy differ");
    Ok(())
}

impl RawFixmedins {
    fn read(self, common: &Common) -> anyhow::Result<Institution> {
        let hospital = self.fixmedins_code.kind() == FixmedinsKind::Hospital;
        ensure!(hospital == (!self.depts.is_empty() && self.phar_dept.is_some()), "departments belong to hospitals");
        let consult = self.consult.map(|raw| {
            Ok::<_, anyhow::Error>(Consult {
                licence: since(raw.licence_from, None)?,
                parent_fixmedins_code: raw.parent_fixmedins_code,
                supplement: since(raw.supplement_from, None)?,
            })
        });
        // The number of a demo certificate needs no authority, only to stay the same.
        let serial = lf_gm::hex::lower(&lf_gm::sm3(self.fixmedins_code.as_str().as_bytes()))[..32].to_owned();
        let fixmedins = Fixmedins {
            open_hours: None,
            medins_natu: None,
            fixmedins_name: self.fixmedins_name,
            poolarea_no: common.poolarea_no,
            hosp_lv: self.hosp_lv,
            agreement: common.until(None)?,
            circ_ready: self.circ_ready,
            dualchnl: self.dualchnl,
            oppool: self.oppool,
            consult: consult.transpose()?,
            sign_key: None,
            sign_cert_sn: hospital.then_some(serial),
            callback: None,
            fixmedins_code: self.fixmedins_code,
        };
        Ok(Institution { fixmedins, depts: self.depts, phar_dept: self.phar_dept })
    }
}

impl RawDoctor {
    fn read(self, common: &Common) -> anyhow::Result<Doctor> {
        resident(&self.certno, None)?;
        self.prac_code.parse::<lf_vocab::DrCode>()?;
        let practitioner = Practitioner {
            prac_code: self.prac_code,
            prac_name: self.prac_name,
            kind: PractitionerKind::Doctor,
            fixmedins_code: self.fixmedins_code,
            registered: common.until(self.until)?,
            tcm: self.tcm,
            western: self.western,
            licensed: false,
            certno: Some(self.certno),
            ec_token: None,
        };
        Ok(Doctor {
            practitioner,
            dept: Named { code: self.dept_code, name: self.dept_name },
            profttl: Named { code: self.profttl_codg, name: self.profttl_name },
        })
    }
}

impl RawPharmacist {
    fn read(self, common: &Common) -> anyhow::Result<Pharmacist> {
        resident(&self.certno, None)?;
        self.prac_code.parse::<lf_vocab::PharCode>()?;
        let practitioner = Practitioner {
            prac_code: self.prac_code,
            prac_name: self.prac_name,
            kind: PractitionerKind::Pharmacist,
            fixmedins_code: self.fixmedins_code,
            registered: common.until(None)?,
            tcm: false,
            western: false,
            licensed: self.licensed,
            certno: Some(self.certno),
            ec_token: Some(self.ec_token),
        };
        Ok(Pharmacist { practitioner, phar_prac_cert_no: self.phar_prac_cert_no })
    }
}

impl RawPatient {
    fn read(self, common: &Common) -> anyhow::Result<Patient> {
        resident(&self.certno, Some(self.brdy))?;
        let person = Person {
            psn_no: self.psn_no,
            psn_name: self.psn_name,
            psn_cert_type: RESIDENT_CARD.to_owned(),
            certno: self.certno,
            gend: self.gend,
            brdy: self.brdy,
            poolarea_no: common.poolarea_no,
            insutype: self.insutype,
            psn_type: self.psn_type,
            insured: common.until(None)?,
            cvlserv: self.cvlserv,
            ec_token: self.ec_token,
            card: self.card,
        };
        Ok(Patient { person, balc: self.balc })
    }
}

impl RawDrug {
    fn read(self, common: &Common) -> anyhow::Result<StockDrug> {
        ensure!(self.min_pac_cnt > Qty::ZERO && self.pric > Pric::ZERO, "counts and prices are above nothing");
        let in_list = if self.in_list { Some(common.until(None)?) } else { None };
        let drug = Drug {
            med_list_codg: self.med_list_codg,
            reg_name: self.genname.clone(),
            genname: self.genname,
            prodname: None,
            dosform_name: self.dosform_name,
            spec_name: self.spec_name,
            prdr_name: self.prdr_name,
            aprvno: self.aprvno,
            min_pacunt: self.min_pacunt,
            min_prepunt: self.min_prepunt,
            min_pac_cnt: self.min_pac_cnt,
            list_type: self.list_type,
            chrgitm_lv: self.chrgitm_lv,
            in_list,
            chld_medc: self.chld_medc,
            hi_nego: self.hi_nego,
            dualchnl: self.dualchnl,
            oppool: self.in_list,
            hi_pay_std: self.hi_pay_std,
            special: self.special,
            memo: self.memo,
            trac_exempt: self.trac_exempt,
        };
        Ok(StockDrug {
            drug,
            pric: self.pric,
            code_made: self.code_made,
            sin_doscnt: self.sin_doscnt,
            sin_dosunt: self.sin_dosunt,
            used_frqu_codg: self.used_frqu_codg,
            medc_way_codg: self.medc_way_codg,
            day_cnt: self.day_cnt,
        })
    }
}
