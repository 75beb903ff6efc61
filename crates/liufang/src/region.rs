//! The demo's region: a small true-to-life Yichun (360900) with institutions, people and 60 drugs.
//!
//! Serves `demo`, `bench`, the tests and `examples/`. The data are three TOML files beside this crate, embedded
//! and parsed at start. Invariants: people and institutions are invented, certificate numbers have right check
//! digits; keys are never data, they are drawn at start ([`Keys`]).

mod credentials;
mod crowd;
mod keys;
mod raw;

#[cfg(test)]
mod tests;

use anyhow::{Context, anyhow};
use lf_ports::{
    AcctChange, App, CodeStyle, Drug, Fixmedins, Gateway, GatewayScheme, Person, Practitioner, RegistryPut,
};
use lf_vocab::{Admdvs, Fen, FixmedinsCode, FixmedinsKind, Pric, Qty};

pub use credentials::Credentials;
pub use keys::{AppKeys, Keys};

/// Everything the demo's registers hold.
pub struct Region {
    /// 统筹区.
    pub poolarea_no: Admdvs,
    /// Hospitals first, then pharmacies, in file order.
    pub institutions: Vec<Institution>,
    /// Doctors.
    pub doctors: Vec<Doctor>,
    /// Pharmacists of pharmacies, then those of hospitals.
    pub pharmacists: Vec<Pharmacist>,
    /// Insured persons.
    pub patients: Vec<Patient>,
    /// The catalogue.
    pub drugs: Vec<StockDrug>,
    /// Diagnoses that the samples use.
    pub diagnoses: Vec<Named>,
}

/// A code and its name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A hospital or pharmacy.
pub struct Institution {
    /// As registered; the signing key is added by [`Region::registry`].
    pub fixmedins: Fixmedins,
    /// Departments; none for pharmacies.
    pub depts: Vec<Named>,
    /// Where its own pharmacists sit; none for pharmacies.
    pub phar_dept: Option<Named>,
}

/// A doctor with what a prescription prints.
pub struct Doctor {
    /// As registered.
    pub practitioner: Practitioner,
    /// Department.
    pub dept: Named,
    /// 职称.
    pub profttl: Named,
}

/// A pharmacist.
pub struct Pharmacist {
    /// As registered.
    pub practitioner: Practitioner,
    /// 执业药师资格证号.
    pub phar_prac_cert_no: Option<String>,
}

/// An insured person.
#[derive(Clone)]
pub struct Patient {
    /// As registered.
    pub person: Person,
    /// Account balance at start.
    pub balc: Fen,
}

/// A drug with its price on the shelf and its usual use.
pub struct StockDrug {
    /// As in the catalogue.
    pub drug: Drug,
    /// Yuan per pack.
    pub pric: Pric,
    /// Whether only the shape of the code is real.
    pub code_made: bool,
    /// 单次用量.
    pub sin_doscnt: Qty,
    /// Its unit.
    pub sin_dosunt: String,
    /// 使用频次.
    pub used_frqu_codg: String,
    /// 用药途径.
    pub medc_way_codg: String,
    /// Preparation units used up in a day; without it the drug is prescribed by the pack.
    pub day_cnt: Option<Qty>,
}

impl Patient {
    /// The account at start, new.
    pub fn account(&self) -> AcctChange {
        AcctChange {
            poolarea_no: self.person.poolarea_no,
            psn_no: self.person.psn_no.clone(),
            expect_version: 0,
            balc: self.balc,
        }
    }
}

/// Reads the embedded files.
///
/// # Errors
/// Names the file and the entry.
pub fn load() -> anyhow::Result<Region> {
    raw::load()
}

impl Region {
    /// All register rows: apps with their keys, institutions, practitioners, persons, drugs.
    ///
    /// # Errors
    /// When `keys` lack an institution.
    pub fn registry(&self, keys: &Keys) -> anyhow::Result<Vec<RegistryPut>> {
        let mut rows = Vec::new();
        for institution in &self.institutions {
            let code = &institution.fixmedins.fixmedins_code;
            let own = keys.of(code).with_context(|| format!("no keys for {code}"))?;
            rows.push(RegistryPut::Fixmedins(Fixmedins {
                sign_key: own.sign_key.as_ref().map(|key| key.to_base64().to_string()),
                ..institution.fixmedins.clone()
            }));
            rows.push(RegistryPut::App(App {
                app_id: own.app_id.clone(),
                app_secret: own.app_secret.clone(),
                public_key: own.private_key.public_key().to_base64(),
                fixmedins_code: code.clone(),
                code_style: CodeStyle::Number,
                disabled: false,
                // A demonstration shares one secret between the two fronts, so that one file of keys is enough.
                gateway: Some(Gateway {
                    secret_key: own.app_secret.clone(),
                    scheme: GatewayScheme::Csb,
                    output_text: false,
                    sealed: false,
                }),
                limits: None,
            }));
        }
        rows.extend(self.doctors.iter().map(|doctor| RegistryPut::Practitioner(doctor.practitioner.clone())));
        rows.extend(self.pharmacists.iter().map(|one| RegistryPut::Practitioner(one.practitioner.clone())));
        rows.extend(self.patients.iter().map(|patient| RegistryPut::Person(patient.person.clone())));
        rows.extend(self.drugs.iter().map(|stock| RegistryPut::Drug(stock.drug.clone())));
        Ok(rows)
    }

    /// The personal accounts at start, each new.
    pub fn accounts(&self) -> Vec<AcctChange> {
        self.patients.iter().map(Patient::account).collect()
    }

    /// An institution by code.
    pub fn institution(&self, code: &FixmedinsCode) -> Option<&Institution> {
        self.institutions.iter().find(|one| one.fixmedins.fixmedins_code == *code)
    }

    /// Hospitals, or pharmacies.
    pub fn of_kind(&self, kind: FixmedinsKind) -> impl Iterator<Item = &Institution> {
        self.institutions.iter().filter(move |one| one.fixmedins.fixmedins_code.kind() == kind)
    }

    /// The first drug of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn drug(&self, genname: &str) -> anyhow::Result<&StockDrug> {
        let found = self.drugs.iter().find(|stock| stock.drug.genname == genname);
        found.ok_or_else(|| anyhow!("the region has no drug {genname}"))
    }
}
