//! As many insured persons as a load run wants: with twelve, every settlement would wait for another's accumulator.

use anyhow::anyhow;
use lf_ports::Person;
use lf_vocab::dict::{Insutype, PsnType};
use lf_vocab::person::resident_check;
use lf_vocab::{Day, Fen, Span};

use super::{Patient, Region};

/// The most that can be told apart by their numbers.
pub const CROWD_MAX: u32 = 1_000_000;

/// Account balance of each.
const BALC: Fen = Fen::new(200_000);

impl Region {
    /// `count` employees, always the same for the same count.
    ///
    /// # Errors
    /// Above [`CROWD_MAX`].
    pub fn crowd(&self, count: u32) -> anyhow::Result<Vec<Patient>> {
        if count > CROWD_MAX {
            return Err(anyhow!("at most {CROWD_MAX} persons"));
        }
        let from = Day::from_ymd(2024, 1, 1).ok_or_else(|| anyhow!("no such day"))?;
        let insured = Span::new(from, None).ok_or_else(|| anyhow!("no such span"))?;
        (0..count).map(|number| self.one(number, insured)).collect()
    }

    fn one(&self, number: u32, insured: Span<Day>) -> anyhow::Result<Patient> {
        // 10 000 birthdays from 1966-05-01 on, and a hundred serials a birthday: no two certificates are equal.
        let first = Day::from_ymd(1966, 5, 1).ok_or_else(|| anyhow!("no such day"))?;
        let brdy = first.plus(i32::try_from(number % 10_000)?);
        let serial = 700 + number / 10_000;
        let digits = format!("{}{}{serial:03}", "360902", brdy.compact());
        let certno = format!("{digits}{}", char::from(resident_check(digits.as_bytes())));
        let person = Person {
            psn_no: format!("36090000003{number:09}").parse()?,
            psn_name: format!("样本{number}"),
            psn_cert_type: "01".to_owned(),
            certno: certno.parse()?,
            gend: if serial % 2 == 1 { "1" } else { "2" }.to_owned(),
            brdy,
            poolarea_no: self.poolarea_no,
            insutype: Insutype::Employee,
            psn_type: PsnType::Active,
            insured,
            cvlserv: false,
            ec_token: lf_gm::hex::lower(&lf_gm::sm3(digits.as_bytes()))[..48].to_owned(),
            card: None,
        };
        Ok(Patient { person, balc: BALC })
    }
}
