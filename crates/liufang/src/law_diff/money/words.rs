//! What occurs in a million settlements again and again, as small numbers: words, and the thirty digits of a prescription's number.

use std::collections::HashMap;
use std::sync::Arc;

use lf_vocab::HiRxno;

/// Words by number.
#[derive(Default)]
pub struct Words {
    numbers: HashMap<Arc<str>, u32>,
    words: Vec<Arc<str>>,
}

impl Words {
    /// The number of a word, which it has from now on.
    pub fn of(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let word: Arc<str> = word.into();
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.words.push(word.clone());
        self.numbers.insert(word, number);
        number
    }

    /// The word of a number.
    pub fn word(&self, number: u32) -> Option<&Arc<str>> {
        self.words.get(number as usize)
    }

    /// The number here of each word there, in the order of its number there.
    pub fn join(&mut self, other: &Self) -> Vec<u32> {
        other.words.iter().map(|word| self.of(word)).collect()
    }
}

/// The digits of a number as two numbers; every number of the center begins with another digit than 0.
pub fn halves(hi_rxno: &HiRxno) -> [u64; 2] {
    let (high, low) = hi_rxno.as_str().split_at_checked(15).unwrap_or_default();
    [high, low].map(|digits| digits.parse().unwrap_or_default())
}

/// The number of two halves.
pub fn whole([high, low]: [u64; 2]) -> Option<HiRxno> {
    format!("{high:015}{low:015}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_number_and_another_one_elsewhere() {
        let [mut one, mut other] = [Words::default(), Words::default()];
        assert_eq!((one.of("甲"), one.of("乙"), one.of("甲")), (0, 1, 0));
        assert_eq!((other.of("丙"), other.of("乙")), (0, 1));
        assert_eq!(one.join(&other), [2, 1]);
        let words = [0, 1, 2, 3].map(|number| one.word(number).map(AsRef::as_ref));
        assert_eq!(words, [Some("甲"), Some("乙"), Some("丙"), None]);
    }

    #[test]
    fn a_number_is_whole_again() {
        let number = HiRxno::new("360900".parse().unwrap(), "2026-11-22".parse().unwrap(), 7).unwrap();
        assert_eq!(whole(halves(&number)), Some(number));
        assert_eq!(whole([0, 0]), None);
    }
}
