//! What a settlement's prescription says that decides its scheme: 病种 and whether it was written during a stay.
//!
//! Invariant: only prescriptions that say one of both take memory, 24 bytes each.

use lf_center::scheme::of_stay;
use lf_rx::RxContent;
use lf_vocab::HiRxno;

use super::words::{Words, halves};

/// Prescriptions that name a disease, or were written during a stay.
#[derive(Default)]
pub struct Named {
    dises: Words,
    said: Vec<([u64; 2], Said)>,
}

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
        let dise = dise.map_or(0, |dise| self.dises.of(dise) + 1);
        self.said.push((halves(hi_rxno), Said { dise, stay }));
    }

    /// Adds another reader's.
    pub fn add(&mut self, other: Self) {
        let own = self.dises.join(&other.dises);
        let here = |dise: u32| dise.checked_sub(1).and_then(|at| own.get(at as usize)).map_or(0, |own| own + 1);
        self.said.extend(other.said.into_iter().map(|(of, said)| (of, Said { dise: here(said.dise), ..said })));
    }

    /// To be asked from now on.
    pub fn sort(&mut self) {
        self.said.sort_unstable_by_key(|(of, _)| *of);
    }

    /// 病种, and whether it was written during a stay.
    pub fn of(&self, hi_rxno: &HiRxno) -> (Option<&str>, bool) {
        let number = halves(hi_rxno);
        let Ok(at) = self.said.binary_search_by_key(&number, |(of, _)| *of) else { return (None, false) };
        let said = self.said[at].1;
        let dise = said.dise.checked_sub(1).and_then(|at| self.dises.word(at));
        (dise.map(AsRef::as_ref), said.stay)
    }
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
