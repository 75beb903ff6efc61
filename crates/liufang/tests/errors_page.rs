//! `docs/ERRORS.md`: every code that a client can meet, from the tables in the code and from the packs.
//!
//! `LIUFANG_UPDATE_ERRORS=1 cargo test -p liufang --test errors_page` writes the page. Invariants: the page is current;
//! no two refusals share a code; no table of refusals and no code of the envelope is left out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use lf_center::{
    admission::AdmissionRefusal, ctx::CallerRefusal, duty::DutyRefusal, gate::LawRefusal, mdtrt::MdtrtRefusal,
    offers::OffersRefusal, once::OnceRefusal, outlist::OutlistRefusal, people::PersonRefusal,
    published::PublishedRefusal, reim::ReimRefusal, retain::RetainRefusal, t1101_person::CredentialRefusal,
    t1201_fixmedins::InstitutionRefusal, t1301_download::DownloadRefusal, t1312_hilist::HilistRefusal,
    t2101_paper::PaperRefusal, t2101_quote::PurchaseRefusal, t2601_undo::ReverseRefusal,
    t3201_statement::StatementRefusal, t3202_details::DetailRefusal, t3301_match::MatchRefusal,
    t3501_goods::GoodsRefusal, t3508_goods_query::GoodsQueryRefusal, t3513_traces::TraceRefusal,
    t5301_dises::FilingRefusal, t7101_precheck::PrecheckRefusal, t7102_sign::RxRefusal,
    t7201_authorise::AuthoriseRefusal, t7202_online::OnlineRefusal, t7203_qrcode::QrcodeRefusal,
    t7206_review::PharmacistRefusal, t7209_deliver::RecordRefusal, t7211_catalogue::CatalogueRefusal,
    t9002_signout::SignoutRefusal, t9101_file_upload::FileRefusal, t9102_file_download::NoFileRefusal,
};
use lf_rx::auth::TokenRefusal;
use lf_rx::decide::carry::{CarryRefusal, VerifyRefusal};
use lf_rx::decide::deliver::{DeliverRefusal, SignOffRefusal};
use lf_rx::decide::issue::{QueryRefusal, SignRefusal, UndoRefusal, UploadRefusal};
use lf_rx::decide::review::ReviewRefusal;
use lf_rx::decide::sale::{SaleRefusal, SaleUndoRefusal};
use lf_rx::decide::settle::{PairRefusal, RefundRefusal, SettleRefusal};
use lf_settle::Refusal as Amount;
use lf_stock::StockRefusal;
use lf_vocab::{Fen, Pric, Qty};

/// Code, source, sentence.
type Rows = &'static [(&'static str, &'static str, &'static str)];

macro_rules! tables {
    ($($name:ident => $title:literal),+ $(,)?) => { &[$((stringify!($name), $title, $name::TABLE)),+] };
}

/// Every use of `lf_rx::refusals!`, in the order of a prescription's life.
const TABLES: &[(&str, &str, Rows)] = tables! {
    CallerRefusal => "Every transaction: the caller 调用机构",
    OnceRefusal => "Every transaction: a number used again 编号重复",
    PersonRefusal => "Every transaction with a person 参保人",
    RxRefusal => "Every transaction with a prescription 处方",
    LawRefusal => "Every gate: the law has no answer 规则无答案",
    PrecheckRefusal => "7101 预核验",
    SignRefusal => "7102 电子签名",
    UploadRefusal => "7103 上传",
    UndoRefusal => "7104 撤销",
    QueryRefusal => "7105, 7106, 7107 查询",
    CarryRefusal => "7201, 7203, 7204 流转",
    AuthoriseRefusal => "7201 流转授权",
    OnlineRefusal => "7202 线上流转查询",
    QrcodeRefusal => "7203 二维码解码",
    TokenRefusal => "7204 下载",
    VerifyRefusal => "7205 核验",
    ReviewRefusal => "7206 审核",
    PharmacistRefusal => "7206 审方药师",
    SaleRefusal => "7207 出库",
    SaleUndoRefusal => "7208 出库撤销",
    DeliverRefusal => "7209 药品配送信息同步",
    RecordRefusal => "7209, 7210 温度记录",
    SignOffRefusal => "7210 药品配送签收确认",
    CatalogueRefusal => "7211 目录查询",
    SettleRefusal => "2101, 2102 结算：处方与出库",
    PurchaseRefusal => "2101, 2102 结算：购药条件",
    PaperRefusal => "2101, 2102 结算：纸质处方",
    RefundRefusal => "2103, 2601, 5203 结算撤销、冲正、查询",
    MdtrtRefusal => "2201–2208 门诊路径",
    ReverseRefusal => "2601 冲正",
    DownloadRefusal => "1301, 1302, 1309, 1320 目录下载",
    HilistRefusal => "1304, 1312, 1316–1319 目录查询",
    MatchRefusal => "3301, 3302 目录对照",
    StatementRefusal => "3201, 3202 对账",
    DetailRefusal => "3202 对明细账",
    PairRefusal => "9101 签字件",
    FileRefusal => "9101 文件上传",
    NoFileRefusal => "9102 文件下载",
    StockRefusal => "3501–3507 进销存",
    GoodsRefusal => "3505, 3505A 按处方销售",
    GoodsQueryRefusal => "3508–3512 进销存查询",
    TraceRefusal => "3513 销售追溯查询",
    CredentialRefusal => "1101 人员信息获取",
    InstitutionRefusal => "1201 医药机构信息获取",
    FilingRefusal => "5301, 5302 人员备案查询",
    DutyRefusal => "9001, 9002 药师在岗登记",
    SignoutRefusal => "9002 签退",
    RetainRefusal => "Archive: how long a record is kept 保存年限",
    OffersRefusal => "The drug query of patients 药品查询",
    PublishedRefusal => "Published tables 公开的数据表",
    OutlistRefusal => "The report of an institution's list 目录对照报告",
    AdmissionRefusal => "`liufang admission` 准入办理",
    ReimRefusal => "`liufang claim` 零星报销",
};

/// What `crates/http/src/outcome.rs` answers; HTTP itself is always 200.
const ENVELOPE: &[(u16, &str, &str)] = &[
    (
        0,
        "accepted; `message` is `成功`, or `成功。提醒：…` with what the law reminds of or what it could not see",
        "go on; show reminders to the person at the counter",
    ),
    (
        400,
        "malformed: the envelope, the cipher text, or the payload; of a payload all defects at once, each with node, field and reason",
        "correct the message; the same message fails again",
    ),
    (
        401,
        "the sender is not proved: unknown or disabled `appId`, signature of no known form, `timestamp` outside of the window",
        "`liufang gm explain` says why a signature fails; set the clock and sign again",
    ),
    (
        403,
        "refused by the law or by the state: one or more stable codes of the tables below, each with its source",
        "tell the person; sending again changes nothing until the case changes",
    ),
    (404, "the path does not end in `/fixmedins/<method>`, or no such method", "correct the address"),
    (
        408,
        "the body did not come within `body_seconds` or was slower than `body_bytes_per_second`; answered unsealed",
        "send it again over a better line",
    ),
    (
        413,
        "the body is larger than the limit, which is named; answered unsealed, or sealed where the limit is the app's own",
        "send a smaller file",
    ),
    (
        429,
        "the app sends more a second than it may, or has shown too many codes in 7203 that were none; sealed",
        "send the same message again a little later, and fewer at once",
    ),
    (
        500,
        "our fault: nothing was accepted; the message holds only a reference number",
        "tell the operator the reference",
    ),
    (501, "a transaction of the interface that this center does not serve yet", "do without"),
    (
        503,
        "nobody can answer now; the message holds a reference number, or that the app has its limit of messages under way, or, unsealed, that `bodies_max` requests are in flight",
        "send the same message again a little later",
    ),
];

#[test]
fn the_page_of_errors_is_current() {
    let page = page();
    let path = root().join("docs/ERRORS.md");
    if std::env::var_os("LIUFANG_UPDATE_ERRORS").is_some() {
        fs::write(path, page).unwrap();
        return;
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(written == page, "docs/ERRORS.md is not current: LIUFANG_UPDATE_ERRORS=1 writes it");
}

#[test]
fn no_two_refusals_share_a_code() {
    let mut seen = BTreeSet::new();
    let tables = TABLES.iter().flat_map(|(_, _, rows)| rows.iter().map(|(code, _, _)| (*code).to_owned()));
    let amounts = amounts().into_iter().map(|refusal| refusal.code().to_owned());
    // Several provisions may speak with one code (a rule and its local exceptions), but never with a table's.
    let law: BTreeSet<String> = provisions().into_iter().map(|row| row.code).collect();
    let twice: Vec<_> = tables.chain(amounts).chain(law).filter(|code| !seen.insert(code.clone())).collect();
    assert_eq!(twice, [""; 0]);
}

#[test]
fn no_table_of_refusals_is_left_out() {
    let mut declared = BTreeSet::new();
    for folder in ["crates/rx/src", "crates/stock/src", "crates/center/src"] {
        for text in sources(&root().join(folder)) {
            for part in text.split("refusals! {").skip(1) {
                let name = part.lines().map(str::trim).find(|line| line.ends_with('{') && !line.starts_with("///"));
                declared.extend(name.map(|line| line.trim_end_matches('{').trim().to_owned()));
            }
        }
    }
    // The macro's own definition has no name.
    declared.retain(|name| name.chars().all(char::is_alphanumeric));
    let listed: BTreeSet<_> = TABLES.iter().map(|(name, _, _)| (*name).to_owned()).collect();
    assert_eq!(declared, listed);
}

#[test]
fn no_code_of_the_envelope_is_left_out() {
    let text = fs::read_to_string(root().join("crates/http/src/outcome.rs")).unwrap();
    // Its own tests play with other numbers.
    let text = text.split("#[cfg(test)]").next().unwrap();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut used: BTreeSet<u16> =
        words.filter(|word| word.len() == 3).filter_map(|word| word.parse().ok()).filter(|n| *n >= 400).collect();
    used.insert(0);
    assert_eq!(used, ENVELOPE.iter().map(|(code, _, _)| *code).collect());
}

#[test]
fn no_refusal_of_an_amount_is_left_out() {
    let text = fs::read_to_string(root().join("crates/settle/src/refusal.rs")).unwrap();
    let declared: BTreeSet<_> = text.split('"').filter(|part| part.starts_with("settle.")).collect();
    assert_eq!(declared, amounts().iter().map(Amount::code).collect());
}

fn page() -> String {
    let mut page = String::from(HEAD);
    page.push_str("\n## The envelope's code 报文code\n\n| code | means | what the client does |\n|---|---|---|\n");
    for (code, means, does) in ENVELOPE {
        row(&mut page, &[&code.to_string(), means, does]);
    }
    page.push_str("\n## Refusals by the state and the interface\n\n");
    page.push_str("In each table in the order of examination: the first that applies is the one answered.\n");
    for (_, title, rows) in TABLES {
        write!(page, "\n### {title}\n\n| code | 依据 | 说明 |\n|---|---|---|\n").unwrap();
        for (code, source, sentence) in *rows {
            row(&mut page, &[&format!("`{code}`"), source, &shown(sentence)]);
        }
    }
    page.push_str("\n### 2101, 2102 结算：金额\n\nThe sentences are examples with made-up figures; the source is 接口规范 2101/2102 金额勾稽关系.\n");
    page.push_str("\n| code | 说明 |\n|---|---|\n");
    for refusal in amounts() {
        row(&mut page, &[&format!("`{}`", refusal.code()), &refusal.to_string()]);
    }
    page.push_str(LAW_HEAD);
    for provision in provisions() {
        let [gate, severity, absent] = [&provision.gate, &provision.severity, &provision.absent];
        row(&mut page, &[&format!("`{}`", provision.code), &provision.sentence, severity, absent, gate, &provision.id]);
    }
    page
}

const HEAD: &str = "\
# Codes of refusal 错误代码

Generated by `LIUFANG_UPDATE_ERRORS=1 cargo test -p liufang --test errors_page` from the code and from `law/`; edit there.

Every answer of the interface is HTTP 200 with a sealed envelope (decision [0006](decisions/0006-envelope-codes.md)). A refusal
stands in `message` as `[CODE] sentence（依据：source）`, several of them joined by `；`. A client may branch on the code in brackets: it is stable.
Sentences may change.
";

const LAW_HEAD: &str = "
## Refusals and reminders by law 规则

From the packs in `law/`. All that apply are answered at once. *severity*: `refuse` stops the step, `remind` stands in the message of
a success, `record` is not told. *absent*: what follows when the fact that the rule needs is not known. Which of them holds where and when, with
article, quote and value: `liufang law explain <admdvs> <provision>`.

| code | 说明 | severity | absent | gate | provision |
|---|---|---|---|---|---|
";

fn row(page: &mut String, cells: &[&str]) {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
    writeln!(page, "| {} |", cells.join(" | ")).unwrap();
}

/// `{0}`, `{1}` and so on are filled with values of the case.
fn shown(sentence: &str) -> String {
    let mut rest = sentence;
    let mut shown = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        shown.push_str(before);
        match after.split_once('}') {
            Some((number, after)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                shown.push('…');
                rest = after;
            }
            _ => {
                shown.push('{');
                rest = after;
            }
        }
    }
    shown + rest
}

#[test]
fn every_value_of_a_sentence_is_shown_as_a_gap() {
    for (sentence, want) in
        [("配送状态不能由{0}变为{1}", "配送状态不能由…变为…"), ("{10}", "…"), ("没有", "没有"), ("{字}{", "{字}{")]
    {
        assert_eq!(shown(sentence), want);
    }
    let raw: Vec<_> =
        TABLES.iter().flat_map(|(_, _, rows)| rows.iter()).filter(|row| shown(row.2).contains('{')).collect();
    assert!(raw.is_empty(), "{raw:?}");
}

/// One of each, with figures.
fn amounts() -> Vec<Amount> {
    let feedetl_sn = || "FD1".to_owned();
    let (claimed, computed) = (Fen::new(1_000), Fen::new(1_260));
    vec![
        Amount::NoLines,
        Amount::TooManyLines { count: 501 },
        Amount::DuplicateLine { feedetl_sn: feedetl_sn() },
        Amount::CountNotPositive { feedetl_sn: feedetl_sn(), cnt: Qty::ZERO },
        Amount::PriceNotPositive { feedetl_sn: feedetl_sn(), pric: Pric::ZERO },
        Amount::StandardNegative { feedetl_sn: feedetl_sn() },
        Amount::AmountNotPositive { feedetl_sn: feedetl_sn(), claimed: Fen::ZERO },
        Amount::LineBeyondLimit { feedetl_sn: feedetl_sn() },
        Amount::LineMismatch { feedetl_sn: feedetl_sn(), claimed, computed },
        Amount::TotalBeyondLimit,
        Amount::TotalMismatch { claimed, computed },
        Amount::NegativeBalance,
        Amount::WrongYear { accumulator: 2025, case: 2026 },
        Amount::ClassNotFormalised { feedetl_sn: "1".into(), class: "乙类" },
        Amount::PotsDiffer { pots: 1, given: 0 },
    ]
}

/// A rule of a pack.
struct Provision {
    code: String,
    id: String,
    gate: String,
    severity: String,
    absent: String,
    sentence: String,
}

/// The rules of all packs, by code. An exception says only what differs; the rest is its upper provision's.
fn provisions() -> Vec<Provision> {
    let mut written: BTreeMap<String, toml::Table> = BTreeMap::new();
    for path in files(&root().join("law")).into_iter().filter(|path| path.extension().is_some_and(|e| e == "toml")) {
        let file: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        let pack = file["pack"].as_str().unwrap();
        for provision in file.get("provision").and_then(toml::Value::as_array).into_iter().flatten() {
            let provision = provision.as_table().unwrap().clone();
            let id = format!("{pack}/{}", provision["id"].as_str().unwrap());
            written.insert(id, provision);
        }
    }
    let mut rows: Vec<_> = written.keys().filter_map(|id| provision(&written, id)).collect();
    rows.sort_by(|a, b| (&a.code, &a.id).cmp(&(&b.code, &b.id)));
    rows
}

fn provision(written: &BTreeMap<String, toml::Table>, id: &str) -> Option<Provision> {
    let said = |key: &str| said(written, id, key).map(words).unwrap_or_default();
    let code = said("code");
    (!code.is_empty()).then(|| Provision {
        code,
        id: id.to_owned(),
        gate: said("gate"),
        severity: said("severity"),
        absent: said("absent"),
        sentence: said("sentence"),
    })
}

fn said<'a>(written: &'a BTreeMap<String, toml::Table>, id: &str, key: &str) -> Option<&'a toml::Value> {
    let provision = written.get(id)?;
    provision.get(key).or_else(|| {
        let upper = provision.get("relation")?.as_table()?.values().filter_map(toml::Value::as_str);
        upper.into_iter().find_map(|upper| said(written, upper, key))
    })
}

/// A text, or several joined.
fn words(value: &toml::Value) -> String {
    match value {
        toml::Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path) -> Vec<String> {
    let rust = files(folder).into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    rust.map(|path| fs::read_to_string(path).unwrap()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
