//! The apps that send messages: their prepared keys, and the sign form that last verified for each.
//!
//! The register is read at every message, so that a disabled app or a changed key takes effect at once; only
//! what is expensive to prepare is kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use lf_gm::{PublicKey, Signer, Sm4Key, Verifier, sec_key};
use lf_ports::App;
use lf_vocab::FixmedinsCode;
use lf_wire::{CodeStyle, ReplyKeys, SignForm};

/// How many apps' keys are kept; a verifier's tables take 25 KiB each.
const KEPT_MAX: usize = 4096;

/// Prepared keys by app.
pub struct Apps {
    kept_max: usize,
    kept: Mutex<BTreeMap<String, Arc<AppKeys>>>,
}

impl Default for Apps {
    fn default() -> Self {
        Self { kept_max: KEPT_MAX, kept: Mutex::default() }
    }
}

/// What is prepared once for an app.
pub struct AppKeys {
    /// What it was prepared from.
    made_from: (String, String, FixmedinsCode),
    /// Opens and seals payloads.
    pub sm4: Sm4Key,
    /// Verifies the app's signatures.
    pub verifier: Verifier,
    remembered: Mutex<Option<SignForm>>,
}

impl Apps {
    /// The prepared keys of a registered app; the register is broken when they cannot be made.
    pub fn prepared(&self, app: &App) -> Result<Arc<AppKeys>, String> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let made_from = (app.app_secret.clone(), app.public_key.clone(), app.fixmedins_code.clone());
        if let Some(keys) = kept.get(&app.app_id).filter(|keys| keys.made_from == made_from) {
            return Ok(keys.clone());
        }
        let sm4 = sec_key(&app.app_id, &app.app_secret).map_err(|error| error.to_string())?;
        let public_key: PublicKey = app.public_key.parse().map_err(|error: lf_gm::KeyError| error.to_string())?;
        let verifier = Verifier::new(&public_key);
        let keys = Arc::new(AppKeys { made_from, sm4, verifier, remembered: Mutex::new(None) });
        if kept.len() >= self.kept_max && !kept.contains_key(&app.app_id) {
            kept.clear();
        }
        kept.insert(app.app_id.clone(), keys.clone());
        Ok(keys)
    }
}

impl Apps {
    /// For whom an app spoke when its keys were prepared: whom to ask for together with it, not whom to believe.
    pub fn spoke_for(&self, app_id: &str) -> Option<FixmedinsCode> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(app_id).map(|keys| keys.made_from.2.clone())
    }
}

impl AppKeys {
    /// The form that verified last.
    pub fn remembered(&self) -> Option<SignForm> {
        *self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the form, and says so in the log when it is a new one.
    pub fn remember(&self, app: &App, form: SignForm) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.replace(form) != Some(form) {
            tracing::info!(app_id = app.app_id, sign_form = form.name(), "sign form of app");
        }
    }

    /// What seals and signs for the app.
    pub fn reply_keys<'k>(&'k self, app: &'k App, platform: &'k Signer) -> ReplyKeys<'k> {
        ReplyKeys { app_id: &app.app_id, app_secret: &app.app_secret, sm4: &self.sm4, signer: platform }
    }
}

/// How the app wants the `code` of a reply.
pub fn style(app: &App) -> CodeStyle {
    match app.code_style {
        lf_ports::CodeStyle::Number => CodeStyle::Number,
        lf_ports::CodeStyle::Text => CodeStyle::Text,
    }
}

#[cfg(test)]
mod tests {
    use lf_gm::PrivateKey;
    use lf_ports::CodeStyle;

    use super::*;

    fn app(nth: u8, seed: u8) -> App {
        App {
            app_id: format!("{nth:032X}"),
            app_secret: "0".repeat(32),
            public_key: PrivateKey::from_seed_bytes(&[seed; 32]).unwrap().public_key().to_base64(),
            fixmedins_code: "H36090200101".parse().unwrap(),
            code_style: CodeStyle::Number,
            disabled: false,
            gateway: None,
            limits: None,
        }
    }

    #[test]
    fn so_many_keys_are_kept_and_one_more_begins_anew() {
        let apps = Apps { kept_max: 3, ..Apps::default() };
        let kept = |apps: &Apps| apps.kept.lock().unwrap().len();
        let first = apps.prepared(&app(1, 1)).unwrap();
        for nth in 2..=3 {
            drop(apps.prepared(&app(nth, 1)).unwrap());
        }
        assert_eq!(kept(&apps), 3);
        assert!(Arc::ptr_eq(&first, &apps.prepared(&app(1, 1)).unwrap()), "what is kept is not made again");
        assert!(!Arc::ptr_eq(&first, &apps.prepared(&app(1, 2)).unwrap()), "a changed key takes effect at once");
        assert_eq!(kept(&apps), 3, "and takes the place of the old one");
        drop(apps.prepared(&app(4, 1)).unwrap());
        assert_eq!(kept(&apps), 1);
    }
}
