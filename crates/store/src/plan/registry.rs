//! The statements that put a register row, and the texts by which registers are searched.
//!
//! Serves import and demo. Invariants: a put inserts or replaces; a person is found by the keys of the latest
//! put only; search texts are in lower case on both sides, so that `LIKE` means the same on every engine.

use lf_ports::{Drug, Person, RegistryPut};
use lf_vocab::Day;

use super::{Must, Step, step};
use crate::sql;
use crate::value::Value;

pub(super) fn put(put: &RegistryPut, steps: &mut Vec<Step>) {
    match put {
        RegistryPut::App(app) => {
            steps.push(step(sql::APP_PUT, vec![app.app_id.as_str().into(), Value::json(app)], Must::Any));
        }
        RegistryPut::Fixmedins(row) => {
            let params = vec![row.fixmedins_code.as_str().into(), row.poolarea_no.as_str().into(), Value::json(row)];
            steps.push(step(sql::FIXMEDINS_PUT, params, Must::Any));
        }
        RegistryPut::Practitioner(row) => {
            let params = vec![row.fixmedins_code.as_str().into(), row.prac_code.as_str().into(), Value::json(row)];
            steps.push(step(sql::PRACTITIONER_PUT, params, Must::Any));
        }
        RegistryPut::Person(row) => person(row, steps),
        // Of no edition: in force on every day, and in every download from version 0.
        RegistryPut::Drug(row) => steps.push(super::lists::drug(row, Day::FIRST, 1)),
    }
}

/// The stored key of a certificate.
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

fn person(person: &Person, steps: &mut Vec<Step>) {
    let key = || vec![Value::from(person.poolarea_no.as_str()), Value::from(person.psn_no.as_str())];
    let mut params = key();
    params.push(Value::json(person));
    steps.push(step(sql::PERSON_PUT, params, Must::Any));
    steps.push(step(sql::PERSON_KEYS_DROP, key(), Must::Any));
    let mut found_by = vec![("cert", cert_key(&person.psn_cert_type, &person.certno))];
    if !person.ec_token.is_empty() {
        found_by.push(("ec_token", person.ec_token.clone()));
    }
    for (kind, text) in found_by {
        let mut params = vec![Value::from(kind), Value::from(text)];
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
