//! The statements that put a register row, and the texts by which registers are searched.
//!
//! Serves import and demo. Invariants: a put inserts or replaces; a person is found by the keys of the latest
//! put only; search texts are in lower case on both sides, so that `LIKE` means the same on every engine.

use lf_ports::{Drug, Person, RegistryPut, codec};
use lf_vocab::Day;

use super::{Must, Step, step};
use crate::sealed;
use crate::sealer::Sealer;
use crate::sql;
use crate::value::Value;

pub(super) fn put(put: &RegistryPut, sealer: &Sealer, steps: &mut Vec<Step>) {
    match put {
        RegistryPut::App(app) => {
            let mut params = vec![Value::from(app.app_id.as_str())];
            params.push(sealer.cell(&sealed::APP, &params, &codec::encode(app)));
            steps.push(step(sql::APP_PUT, params, Must::Any));
        }
        RegistryPut::Fixmedins(row) => {
            let mut params = vec![Value::from(row.fixmedins_code.as_str())];
            let body = sealer.cell(&sealed::FIXMEDINS, &params, &codec::encode(row));
            params.extend([row.poolarea_no.as_str().into(), body]);
            steps.push(step(sql::FIXMEDINS_PUT, params, Must::Any));
        }
        RegistryPut::Practitioner(row) => {
            let mut params = vec![Value::from(row.fixmedins_code.as_str()), row.prac_code.as_str().into()];
            params.push(sealer.cell(&sealed::PRACTITIONER, &params, &codec::encode(row)));
            steps.push(step(sql::PRACTITIONER_PUT, params, Must::Any));
        }
        RegistryPut::Person(row) => person(row, sealer, steps),
        // Of no edition: in force on every day, and in every download from version 0.
        RegistryPut::Drug(row) => steps.push(super::lists::drug(row, Day::FIRST, 1)),
    }
}

/// By what else than the number a person is found: kind and text.
pub(crate) fn found_by(person: &Person) -> Vec<(&'static str, String)> {
    let mut found_by = vec![("cert", cert_key(&person.psn_cert_type, &person.certno))];
    if !person.ec_token.is_empty() {
        found_by.push(("ec_token", person.ec_token.clone()));
    }
    if let Some(card) = &person.card {
        found_by.push(("card", card.sscno.as_str().to_owned()));
    }
    found_by
}

/// The text by which a certificate is looked up.
pub(crate) fn cert_key(psn_cert_type: &str, certno: &lf_vocab::Certno) -> String {
    format!("{psn_cert_type}:{}", certno.as_str())
}

/// The text in which 7211 searches.
pub(crate) fn drug_find_text(drug: &Drug) -> String {
    drug.genname.to_lowercase()
}

/// The `LIKE` pattern that finds a part of a name, its own wildcards taken literally.
pub(crate) fn like_part(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn person(person: &Person, sealer: &Sealer, steps: &mut Vec<Step>) {
    let key = || vec![Value::from(person.poolarea_no.as_str()), Value::from(person.psn_no.as_str())];
    let mut params = key();
    params.push(sealer.cell(&sealed::PERSON, &params, &codec::encode(person)));
    steps.push(step(sql::PERSON_PUT, params, Must::Any));
    steps.push(step(sql::PERSON_KEYS_DROP, key(), Must::Any));
    for (kind, text) in found_by(person) {
        let mut params = vec![Value::from(kind)];
        params.extend(sealer.lookups(kind, &text));
        steps.push(step(sql::PERSON_KEY_FREE, params, Must::Any));
        let mut params = vec![Value::from(kind), Value::from(sealer.lookup(kind, &text))];
        params.extend(key());
        steps.push(step(sql::PERSON_KEY_PUT, params, Must::Any));
    }
}

#[cfg(test)]
mod tests {
    use super::like_part;

    #[test]
    fn wildcards_of_the_asker_are_letters() {
        assert_eq!(like_part("阿莫西林"), "%阿莫西林%");
        assert_eq!(like_part("5%_A!"), "%5!%!_a!!%");
        assert_eq!(like_part(""), "%%");
    }
}
