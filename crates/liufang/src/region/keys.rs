//! The key material of the demo's apps, drawn at start: nothing secret is in the repository.

use std::fmt;

use anyhow::anyhow;
use lf_gm::PrivateKey;
use lf_ports::Chance;
use lf_vocab::{FixmedinsCode, FixmedinsKind};
use zeroize::Zeroizing;

use super::Region;

/// One app an institution.
pub struct Keys {
    /// In the order of the region's institutions.
    pub apps: Vec<AppKeys>,
}

/// What an app and its institution need.
pub struct AppKeys {
    /// Whose.
    pub fixmedins_code: FixmedinsCode,
    /// 32 upper hex digits.
    pub app_id: String,
    /// 32 upper hex digits.
    pub app_secret: String,
    /// The app signs its messages with it.
    pub private_key: PrivateKey,
    /// The center signs for the institution with it (7102); hospitals only.
    pub sign_key: Option<PrivateKey>,
}

impl Keys {
    /// Draws keys for every institution.
    ///
    /// # Errors
    /// When the source of chance gives no usable key.
    pub fn draw(region: &Region, chance: &dyn Chance) -> anyhow::Result<Self> {
        let mut apps = Vec::with_capacity(region.institutions.len());
        for institution in &region.institutions {
            let fixmedins_code = institution.fixmedins.fixmedins_code.clone();
            let hospital = fixmedins_code.kind() == FixmedinsKind::Hospital;
            apps.push(AppKeys {
                app_id: upper_hex(&chance.draw()),
                app_secret: upper_hex(&chance.draw()),
                private_key: private_key(chance)?,
                sign_key: if hospital { Some(private_key(chance)?) } else { None },
                fixmedins_code,
            });
        }
        Ok(Self { apps })
    }

    /// The keys of an institution.
    pub fn of(&self, code: &FixmedinsCode) -> Option<&AppKeys> {
        self.apps.iter().find(|keys| keys.fixmedins_code == *code)
    }
}

/// A key is out of range once in four thousand million draws; a source that keeps failing is broken.
fn private_key(chance: &dyn Chance) -> anyhow::Result<PrivateKey> {
    for _ in 0..4 {
        let mut seed = Zeroizing::new([0u8; 32]);
        seed[..16].copy_from_slice(&chance.draw());
        seed[16..].copy_from_slice(&chance.draw());
        if let Ok(key) = PrivateKey::from_seed_bytes(&seed) {
            return Ok(key);
        }
    }
    Err(anyhow!("the source of chance gives no usable SM2 key"))
}

fn upper_hex(bytes: &[u8]) -> String {
    lf_gm::hex::lower(bytes).to_ascii_uppercase()
}

// Secrets: Debug shows the institutions only.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.apps.iter().map(|keys| &keys.fixmedins_code)).finish()
    }
}
