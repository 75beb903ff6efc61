//! Choices read off the front of the fuzzer's bytes. An exhausted feed gives zeros, so every input is a whole one.

/// What is left of an input.
#[derive(Clone, Copy)]
pub struct Feed<'b>(&'b [u8]);

impl<'b> Feed<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// Big-endian, so that the first byte moves far.
    pub fn word(&mut self) -> usize {
        usize::from(self.byte()) << 8 | usize::from(self.byte())
    }

    /// So many bytes, or what is left.
    pub fn take(&mut self, most: usize) -> &'b [u8] {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub fn rest(&mut self) -> &'b [u8] {
        self.take(usize::MAX)
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let at = usize::from(self.byte()).checked_rem(all.len())?;
        all.get(at).copied()
    }
}
