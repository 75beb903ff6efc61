//! Papers that an officer was handed: the database keeps what they hash to, the files stay with the agency.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};

/// The largest paper that is hashed, in bytes.
pub const PAPER_BYTES_MAX: u64 = 64 << 20;

/// The SM3 of a paper, in hexadecimal.
pub fn sm3_of(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot read {shown}"))?;
    // One byte more than may be: what is read is measured, not what a pipe or a file that grows says of itself.
    file.take(PAPER_BYTES_MAX + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {shown}"))?;
    if bytes.is_empty() || bytes.len() as u64 > PAPER_BYTES_MAX {
        bail!("{shown}: a paper has 1 to {PAPER_BYTES_MAX} bytes");
    }
    Ok(lf_gm::hex::lower(&lf_gm::sm3(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_has_something_and_not_more_than_is_hashed() {
        let path = std::env::temp_dir().join(format!("liufang-paper-{}", std::process::id()));
        let of = |bytes| {
            File::create(&path).unwrap().set_len(bytes).unwrap();
            sm3_of(&path)
        };
        for wrong in [0, PAPER_BYTES_MAX + 1] {
            assert!(of(wrong).unwrap_err().to_string().ends_with("1 to 67108864 bytes"), "{wrong}");
        }
        assert_eq!(of(1).unwrap(), lf_gm::hex::lower(&lf_gm::sm3(&[0])));
        assert_eq!(of(PAPER_BYTES_MAX).unwrap().len(), 64, "at the limit");
        std::fs::remove_file(&path).unwrap();
        assert!(sm3_of(&path).unwrap_err().to_string().starts_with("cannot read"));
    }
}
