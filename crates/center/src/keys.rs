//! The keys with which the center signs for institutions (7102) and checks what it signed (7205), prepared once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use lf_gm::{PrivateKey, PublicKey, Signer, Verifier};
use lf_ports::Fixmedins;
use lf_vocab::FixmedinsCode;

use crate::failure::Failure;

/// Prepared signers by institution and key text, so that a changed key is noticed.
#[derive(Default)]
pub struct InstitutionKeys(Mutex<BTreeMap<FixmedinsCode, Prepared>>);

#[derive(Clone)]
struct Prepared {
    sign_key_sm3: [u8; 32],
    signer: Arc<Signer>,
}

impl InstitutionKeys {
    /// The signer of an institution; broken when the register has none.
    pub fn of(&self, fixmedins: &Fixmedins) -> Result<Arc<Signer>, Failure> {
        let code = &fixmedins.fixmedins_code;
        let text = fixmedins.sign_key.as_deref().ok_or_else(|| Failure::Broken(format!("{code} has no sign_key")))?;
        let sign_key_sm3 = lf_gm::sm3(text.as_bytes());
        let mut signers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = signers.get(code).filter(|known| known.sign_key_sm3 == sign_key_sm3) {
            return Ok(known.signer.clone());
        }
        let key: PrivateKey =
            text.parse().map_err(|error| Failure::Broken(format!("{code} has an unusable sign_key: {error}")))?;
        let signer = Arc::new(Signer::new(&key));
        signers.insert(code.clone(), Prepared { sign_key_sm3, signer: signer.clone() });
        Ok(signer)
    }
}

/// How many verifiers are kept; the tables of one take 25 KiB.
const VERIFIERS_MAX: usize = 1024;

/// Prepared verifiers by the text of their key, as the history of a prescription holds it.
#[derive(Default)]
pub struct ProofKeys(Mutex<BTreeMap<String, Arc<Verifier>>>);

impl ProofKeys {
    /// The verifier of a key; `None` when the text is none.
    pub fn of(&self, public_key: &str) -> Option<Arc<Verifier>> {
        let mut verifiers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = verifiers.get(public_key) {
            return Some(known.clone());
        }
        let verifier = Arc::new(Verifier::new(&public_key.parse::<PublicKey>().ok()?));
        if verifiers.len() >= VERIFIERS_MAX {
            verifiers.clear();
        }
        verifiers.insert(public_key.to_owned(), verifier.clone());
        Some(verifier)
    }
}
