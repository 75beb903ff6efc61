//! Each mistake that a client is known to make is named.

use super::*;
use crate::client::{ClientKeys, Dialect, seal_request};
use lf_gm::{PrivateKey, Signer, sec_key};

const APP_ID: &str = "57E2D561E97141A3871DEFB410ADD920";
const SECRET: &str = "F30D0D261BA04063A0BCAEF19F8ADBCC";
const DATA: &str = r#"{"Zeta":"z","alpha":1.50,"empty":"","Beta":[{"b":2,"a":"1"}]}"#;

fn pair(seed: u8) -> (Signer, PublicKey) {
    let key = PrivateKey::from_seed_bytes(&[seed; 32]).unwrap();
    (Signer::new(&key), key.public_key())
}

/// Explains a body whose signature is made by a function of what should have been signed.
fn explained(make: impl Fn(&Signed<'_, '_>, &App<'_>, &Signer) -> String) -> Explanation {
    let ((signer, public_key), (_, platform)) = (pair(1), pair(2));
    let sm4 = sec_key(APP_ID, SECRET).unwrap();
    let app =
        App { app_id: APP_ID, app_secret: SECRET, sm4: &sm4, public_key: &public_key, platform_key: Some(&platform) };
    let verifier = Verifier::new(&platform);
    let keys = ClientKeys { app_id: APP_ID, app_secret: SECRET, sm4: &sm4, signer: &signer, platform: &verifier };
    let body = seal_request(Dialect::Official, keys, 1_795_307_954_172, DATA.as_bytes()).unwrap();
    let envelope = Envelope::parse(&body).unwrap();
    let data = Value::parse(DATA.as_bytes()).unwrap();
    let signed =
        Signed { members: envelope.members(), data: &data, plain: DATA.as_bytes(), enc_data: envelope.enc_data() };
    let signature = make(&signed, &app, &signer);
    let mut json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    json["signData"] = signature.into();
    explain(&serde_json::to_vec(&json).unwrap(), &app)
}

#[test]
fn a_right_body_is_shown_with_its_text() {
    let found =
        explained(|signed, app, signer| signer.sign(&sign_text(signed, app.app_secret, SignForm::Object)).to_base64());
    assert_eq!((found.defect, found.verified), (None, Some(SignForm::Object)));
    assert!(
        found
            .sign_text
            .unwrap()
            .contains(r#"&data={"Beta":[{"a":"1","b":"2"}],"Zeta":"z","alpha":"1.50"}&encType=SM4&"#)
    );
    assert_eq!(found.plain.as_deref(), Some(DATA));
    assert_eq!(found.digest.map(|digest| digest.len()), Some(64));
}

#[test]
fn every_odd_text_is_recognised_by_its_own_name() {
    let names: Vec<&'static str> = {
        let seen = std::sync::Mutex::new(Vec::new());
        explained(|signed, app, signer| {
            seen.lock().unwrap().extend(odd_texts(signed, app).into_iter().map(|(what, _)| what));
            signer.sign(b"").to_base64()
        });
        seen.into_inner().unwrap()
    };
    assert!(names.len() >= 15, "{names:?}");
    for name in names {
        let found = explained(|signed, app, signer| {
            let text = odd_texts(signed, app).into_iter().find(|(what, _)| *what == name).unwrap().1;
            signer.sign(&text).to_base64()
        });
        let accepted = found.verified.is_some();
        assert!(
            accepted || found.findings.iter().any(|finding| finding.ends_with(name)),
            "{name}: {:?}",
            found.findings
        );
    }
}

#[test]
fn mistakes_in_the_signature_are_named() {
    let hexed = explained(|signed, app, signer| {
        hex::lower(&signer.sign(&sign_text(signed, app.app_secret, SignForm::Object)).0)
    });
    assert_eq!(hexed.verified, None);
    assert!(hexed.findings.len() >= 2, "{:?}", hexed.findings);
    assert!(hexed.findings.iter().any(|finding| finding.contains("十六进制")), "{:?}", hexed.findings);
    let platform =
        explained(|signed, app, _| pair(2).0.sign(&sign_text(signed, app.app_secret, SignForm::Object)).to_base64());
    assert!(platform.findings.iter().any(|finding| finding.contains("平台密钥")), "{:?}", platform.findings);
    let unknown = explained(|_, _, signer| signer.sign(b"something else").to_base64());
    assert!(unknown.findings.iter().any(|finding| finding.contains("逐字比对")), "{:?}", unknown.findings);
}

#[test]
fn a_broken_body_is_explained_as_far_as_it_goes() {
    let (_, public_key) = pair(1);
    let sm4 = sec_key(APP_ID, SECRET).unwrap();
    let app = App { app_id: APP_ID, app_secret: SECRET, sm4: &sm4, public_key: &public_key, platform_key: None };
    let found = explain(b"{", &app);
    assert!(matches!(found.defect, Some(EnvelopeError::Body(_))));
    let body =
        br#"{"appId":"other","timestamp":1,"encType":"SM4","signType":"SM2","encData":"M7weOpl+","signData":"x"}"#;
    let found = explain(body, &app);
    assert!(matches!(found.defect, Some(EnvelopeError::Open(_))));
    assert!(found.findings.iter().any(|finding| finding.contains("Base64")), "{:?}", found.findings);
    assert!(found.findings.iter().any(|finding| finding.contains("appId与所给密钥")), "{:?}", found.findings);
}
