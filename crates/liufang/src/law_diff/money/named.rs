//! What a settlement's prescription says that decides its scheme: 病种 and whether it was written during a stay.
//!
//! Invariant: only prescriptions that say one of both take memory, 24 bytes each.

use std::collections::HashMap;
use std::sync::Arc;

use lf_center::scheme::of_stay;
use lf_rx::RxContent;
use lf_vocab::HiRxno;

/// Prescriptions that name a disease, or were written during a stay.
#[derive(Default)]
pub struct Named {
    dises: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
    said: Vec<(Number, Said)>,
}

/// Thirty digits.
type Number = [u64; 2];

#[derive(Clone, Copy)]
struct Said {
    /// One more than its place among the diseases.
    dise: u32,
    stay: bool,
}

impl Named {
    /// Keeps what a prescription says.
    pub fn note(&mut self, hi_rxno: &HiRxno, content: &RxContent) {
        let dise = content.mdtrtinfo.dise_codg.as_deref();
        let stay = of_stay(content.mdtrtinfo.otp_ipt_flag.as_deref());
        if dise.is_none() && !stay {
            return;
        }
        let dise = dise.map_or(0, |dise| self.number(dise) + 1);
        self.said.push((number(hi_rxno), Said { dise, stay }));
    }

    fn number(&mut self, dise: &str) -> u32 {
        if let Some(number) = self.numbers.get(dise) {
            return *number;
        }
        let number = u32::try_from(self.dises.len()).unwrap_or(u32::MAX);
        self.dises.push(dise.into());
        self.numbers.insert(dise.into(), number);
        number
    }

    /// Adds another reader's.
    pub fn add(&mut self, other: Self) {
        let own: Vec<u32> = other.dises.iter().map(|dise| self.number(dise) + 1).collect();
        let here = |dise: u32| dise.checked_sub(1).and_then(|at| own.get(at as usize).copied()).unwrap_or_default();
        self.said.extend(other.said.into_iter().map(|(of, said)| (of, Said { dise: here(said.dise), ..said })));
    }

    /// To be asked from now on.
    pub fn sort(&mut self) {
        self.said.sort_unstable_by_key(|(of, _)| *of);
    }

    /// 病种, and whether it was written during a stay.
    pub fn of(&self, hi_rxno: &HiRxno) -> (Option<&str>, bool) {
        let number = number(hi_rxno);
        let Ok(at) = self.said.binary_search_by_key(&number, |(of, _)| *of) else { return (None, false) };
        let said = self.said[at].1;
        let dise = said.dise.checked_sub(1).and_then(|at| self.dises.get(at as usize));
        (dise.map(AsRef::as_ref), said.stay)
    }
}

fn number(hi_rxno: &HiRxno) -> Number {
    let (high, low) = hi_rxno.as_str().split_at_checked(15).unwrap_or_default();
    [high, low].map(|digits| digits.parse().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use lf_testkit::TestCenter;

    use super::*;

    #[tokio::test]
    async fn what_was_noted_by_several_readers_is_found() {
        let center = TestCenter::new().await;
        let mut content = center.life(&center.people.active).content;
        let number = |serial| HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), serial).unwrap();
        let [mut one, mut other] = [Named::default(), Named::default()];
        one.note(&number(3), &content);
        content.mdtrtinfo.dise_codg = Some("M03900".to_owned());
        one.note(&number(1), &content);
        content.mdtrtinfo.dise_codg = Some("M01600".to_owned());
        other.note(&number(4), &content);
        content.mdtrtinfo.otp_ipt_flag = Some("2".to_owned());
        content.mdtrtinfo.dise_codg = None;
        other.note(&number(2), &content);
        one.add(other);
        one.sort();
        let found = [1, 2, 3, 4, 5].map(|serial| one.of(&number(serial)));
        assert_eq!(
            found,
            [(Some("M03900"), false), (None, true), (None, false), (Some("M01600"), false), (None, false)]
        );
        assert_eq!(one.said.len(), 3, "who says nothing takes no memory");
    }
}
