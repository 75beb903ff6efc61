//! The index lock: every provision id and dated value on a line, so that a deletion is a visible diff.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::Law;

pub(super) fn render(law: &Law) -> String {
    let mut lines: Vec<String> = Vec::new();
    for provision in &law.provisions {
        let gates: Vec<&str> = provision.gates.iter().map(|gate| gate.name()).collect();
        for dated in &provision.values {
            let mut line = format!("{} [{}] {}..", provision.id, gates.join(","), dated.from);
            // Writing to a String cannot fail.
            let _ = match dated.until {
                Some(until) => write!(line, "{until}"),
                None => Ok(()),
            };
            let _ = write!(line, " = {}", dated.is);
            lines.push(line);
        }
    }
    lines.sort();
    format!("# 由 liufang law check 生成，请勿手改。\n{}\n", lines.join("\n"))
}

pub(super) fn differences(law: &Law) -> Vec<String> {
    let current = render(law);
    let Some(lock) = &law.index_lock else { return vec!["没有INDEX.lock".to_owned()] };
    let set = |text: &str| -> BTreeSet<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    let (old, new) = (set(lock), set(&current));
    let gone = old.difference(&new).map(|line| format!("- {line}"));
    let come = new.difference(&old).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}
