//! A small deterministic mutator for the bounded run of the ordinary tests; hours of fuzzing are libFuzzer's.

/// A stream of numbers from a seed: xorshift64*.
pub struct Draw(u64);

/// The longest input that mutations lead to.
const LONGEST: usize = 4_096;

impl Draw {
    /// The same seed draws the same numbers, on every machine.
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.number() >> 33).unwrap_or(0).checked_rem(end).unwrap_or(0)
    }

    fn byte(&mut self) -> u8 {
        self.number().to_be_bytes()[0]
    }

    /// One of the seeds, changed in up to eight places.
    pub fn mutant(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds.get(self.below(seeds.len())).cloned().unwrap_or_default();
        for _ in 0..=self.below(8) {
            self.change(&mut bytes, seeds);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let at = self.below(bytes.len() + 1);
        match self.below(7) {
            0 => bytes.insert(at, self.byte()),
            1 => {
                let more = 1 + self.below(12);
                let new: Vec<u8> = (0..more).map(|_| self.byte()).collect();
                bytes.splice(at..at, new);
            }
            2 => {
                let end = (at + 1 + self.below(8)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                // A piece of another seed.
                let other = seeds.get(self.below(seeds.len())).cloned().unwrap_or_default();
                let from = self.below(other.len());
                let end = (from + 1 + self.below(64)).min(other.len());
                bytes.splice(at..at, other[from..end].iter().copied());
            }
            4 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = [0, 1, 0x7F, 0x80, 0xFF, b'"', b'\\', b'{'][self.below(8)];
                }
            }
            5 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = self.byte();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_mutants_and_they_differ() {
        let seeds = vec![b"seed".to_vec(), b"another".to_vec()];
        let draw = |seed| {
            let mut draw = Draw::new(seed);
            (0..64).map(|_| draw.mutant(&seeds)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(9));
        let mut distinct = draw(7);
        distinct.sort();
        distinct.dedup();
        assert!(distinct.len() > 48, "{}", distinct.len());
    }
}
