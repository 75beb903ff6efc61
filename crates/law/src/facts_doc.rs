//! The dictionary of facts as a page: `docs/FACTS.md`, generated, for writers of packs and for `law decide --facts`.

use std::fmt::Write as _;

use crate::field::{Field, Kind, Need, Scope};

const HEAD: &str = "# Facts that rules may speak of

Generated from the field dictionary of `lf-law`; do not edit. Names are the national interface's in `snake_case`.
*must*: always there · *may*: a rule that uses it says what follows when it is absent (`absent`) · *derived*: computed,
never given. In JSON a decimal is a number or a text, a flag `true`/`false` or `\"1\"`/`\"0\"`, a time `yyyy-MM-dd` or
`yyyy-MM-dd HH:mm:ss` (+08:00), a set a list of texts; a node is a list of objects.

```json
{ \"gate\": \"precheck\", \"admdvs\": \"360902\",
  \"facts\": { \"prsc_time\": \"2026-11-20 09:00:00\", \"vali_days\": 3, \"maindiag_code\": \"I10.x00x002\",
             \"rxdrugdetail\": [{ \"drug_genname\": \"缬沙坦胶囊\", \"rx_item_type_code\": \"11\", \"medc_days\": \"7.5\" }] } }
```
";

/// The page.
pub fn facts_page() -> String {
    let mut page = HEAD.to_owned();
    for scope in [Scope::Case, Scope::Line, Scope::Dise, Scope::Sale] {
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {}\n\n| field | 中文 | kind | need |\n|---|---|---|---|\n", scope.name());
        for field in Field::ALL.iter().filter(|field| field.scope() == scope) {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} |",
                field.name(),
                field.cn(),
                kind(field.kind()),
                need(field.need())
            );
        }
    }
    page
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Flag => "flag".to_owned(),
        Kind::Int => "whole number".to_owned(),
        Kind::Dec(places) => format!("decimal, {places} places"),
        Kind::Fen => "money".to_owned(),
        Kind::Time => "time".to_owned(),
        Kind::Set => "set of texts".to_owned(),
    }
}

const fn need(need: Need) -> &'static str {
    match need {
        Need::Must => "must",
        Need::May => "may",
        Need::Derived => "derived",
    }
}
