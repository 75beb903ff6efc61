//! The keys with which the center signs for institutions (7102) and checks what it signed (7205), prepared once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lf_gm::{PrivateKey, Signer, Verifier};
use lf_ports::Fixmedins;
use lf_vocab::FixmedinsCode;

use crate::failure::Failure;

/// Prepared pairs by institution and key text, so that a changed key is noticed.
#[derive(Default)]
pub struct InstitutionKeys(Mutex<BTreeMap<FixmedinsCode, Prepared>>);

#[derive(Clone)]
struct Prepared {
    sign_key_sm3: [u8; 32],
    pair: Arc<InstitutionPair>,
}

/// A signer and the verifier of its public key.
pub struct InstitutionPair {
    /// Signs for the institution.
    pub signer: Signer,
    /// Verifies what it signed.
    pub verifier: Verifier,
}

impl InstitutionKeys {
    /// The pair of an institution; broken when the register has none.
    pub fn of(&self, fixmedins: &Fixmedins) -> Result<Arc<InstitutionPair>, Failure> {
        let code = &fixmedins.fixmedins_code;
        let text = fixmedins.sign_key.as_deref().ok_or_else(|| Failure::Broken(format!("{code} has no sign_key")))?;
        let sign_key_sm3 = lf_gm::sm3(text.as_bytes());
        let mut pairs = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = pairs.get(code).filter(|known| known.sign_key_sm3 == sign_key_sm3) {
            return Ok(known.pair.clone());
        }
        let key: PrivateKey =
            text.parse().map_err(|error| Failure::Broken(format!("{code} has an unusable sign_key: {error}")))?;
        let pair = Arc::new(InstitutionPair { signer: Signer::new(&key), verifier: Verifier::new(&key.public_key()) });
        pairs.insert(code.clone(), Prepared { sign_key_sm3, pair: pair.clone() });
        Ok(pair)
    }
}
