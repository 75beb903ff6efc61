//! What a writer of packs reads when a pack is wrong: file, line and sentence of every defect, word for word.
//!
//! `UPDATE_EXPECT=1 cargo test -p lf-law --test refusals` writes the sentences anew; read them as a lawyer would.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests and their helpers fail by panicking")]

use expect_test::{Expect, expect};
use lf_law::{Law, PackError, PackErrorKind, Source};

const TEXT: &str = "第一条 每张处方不得超过五种药品。\n第二条 长期处方不\n超过十二周。\n";

const PACK: &str = r#"pack = "430000"
title = "示例"
edition = 1
formalised_from = 2023-04-01

[instrument.ex]
title = "示例办法"
doc_no = "示例〔2023〕7号"
in_force = { from = 2023-04-01, until = 2026-04-01 }
text = "texts/ex.md"
sm3 = "@SM3@"

[[provision]]
id = "rx.drugs_max"
title = "药品种数"
gate = "precheck"
quantity = "count"
reckoned = "prsc_time"
order = 1
violated_if = { rx_drug_kinds = { gt = "$value" } }
severity = "refuse"
field = "rx_drug_cnt"
code = "RX"
sentence = "超过{value}种。"
value = [
  { from = 2023-04-01, until = 2025-01-01, is = 5, cite = "ex 第一条", quote = "每张处方不得超过五种药品" },
  { from = 2025-01-01, until = 2026-04-01, is = 6, cite = "ex 第一条", quote = "每张处方不得超过五种药品" },
]

[[provision]]
id = "rx.long"
title = "长期处方"
quantity = "count"
relation = { exception_to = "430000/rx.drugs_max", mode = "loosen" }
when = { long_rx_flag = true }
value = [{ from = 2023-04-01, until = 2026-04-01, is = 12, cite = "ex 第二条", quote = "长期处方不超过十二周" }]

[[example]]
id = "rx.drugs_max/six"
source = "boundary"
given = { prsc_time = 2024-01-01 }
expect = { accepted = true, by = "430000/rx.drugs_max@2023-04-01" }
"#;

fn load(pack: &str, text: &str) -> Result<Law, Vec<PackError>> {
    Law::load(&[Source { path: "430000/ex.toml", text: pack }, Source { path: "430000/texts/ex.md", text }])
}

/// The pack with the digest of its text, which is learnt from the refusal.
fn pinned() -> String {
    let errors = load(PACK, TEXT).unwrap_err();
    let sentence = &errors.iter().find(|one| one.kind == PackErrorKind::TextChanged).unwrap().sentence;
    let digest: String = sentence.chars().filter(char::is_ascii_hexdigit).collect();
    PACK.replace("@SM3@", digest.get(digest.len() - 64..).unwrap())
}

/// Every change of the sound pack, each alone: what is written instead of what, and what is answered.
fn check(changes: &[(&str, &str)], expected: &Expect) {
    let sound = pinned();
    let mut told = String::new();
    for (from, to) in changes {
        assert!(sound.contains(from), "{from} is not in the pack");
        let Err(errors) = load(&sound.replacen(from, to, 1), TEXT) else { panic!("{to}: loaded") };
        told.push_str(&format!("{}\n", to.trim().lines().last().unwrap_or_default()));
        for error in errors {
            assert!(!error.sentence.contains('`'), "the parser's own words: {error}");
            told.push_str(&format!("  {:?} {error}\n", error.kind));
        }
    }
    expected.assert_eq(&told);
}

#[test]
fn the_sound_pack_loads() {
    load(&pinned(), TEXT).unwrap();
}

#[test]
fn unknown_key() {
    check(
        &[
            ("edition = 1\n", "edition = 1\nediton = 2\n"),
            ("doc_no =", "docno ="),
            ("severity =", "sevrity ="),
            ("cite = \"ex 第二条\"", "site = \"ex 第二条\""),
            ("mode = \"loosen\"", "moda = \"loosen\""),
            ("expect = { accepted", "expect = { acepted"),
        ],
        &expect![[r#"
            editon = 2
              UnknownKey 430000/ex.toml:4：格式中没有“editon”这一项，请核对拼写
            docno =
              UnknownKey 430000/ex.toml:8：格式中没有“docno”这一项，请核对拼写
            sevrity =
              UnknownKey 430000/ex.toml:21：格式中没有“sevrity”这一项，请核对拼写
            site = "ex 第二条"
              UnknownKey 430000/ex.toml:36：格式中没有“site”这一项，请核对拼写
            moda = "loosen"
              UnknownKey 430000/ex.toml:34：格式中没有“moda”这一项，请核对拼写
            expect = { acepted
              UnknownKey 430000/ex.toml:42：格式中没有“acepted”这一项，请核对拼写
        "#]],
    );
}

#[test]
fn missing_key() {
    check(
        &[
            ("title = \"示例\"\n", ""),
            ("title = \"药品种数\"\n", ""),
            ("reckoned = \"prsc_time\"\n", ""),
            ("gate = \"precheck\"\n", ""),
            ("quantity = \"count\"\nreckoned", "reckoned"),
            ("code = \"RX\"\n", ""),
            ("is = 12, ", ""),
            (
                "value = [{ from = 2023-04-01, until = 2026-04-01, is = 12, cite = \"ex 第二条\", quote = \"长期处方不超过十二周\" }]",
                "value = []",
            ),
        ],
        &expect![[r#"

              MissingKey 430000/ex.toml:1：缺少“title”这一项

              MissingKey 430000/ex.toml:13：缺少“title”这一项

              MissingKey 430000/ex.toml:14：规定430000/rx.drugs_max没有写明以哪个日期为准（reckoned）

              MissingKey 430000/ex.toml:14：规定430000/rx.drugs_max没有写明在哪个环节适用（gate）
            reckoned
              MissingKey 430000/ex.toml:14：规定430000/rx.drugs_max没有写明是什么量（quantity）

              MissingKey 430000/ex.toml:14：规定430000/rx.drugs_max是判断规则，还须写明code

              MissingKey 430000/ex.toml:36：缺少“is”这一项
            value = []
              MissingKey 430000/ex.toml:36：规定430000/rx.long没有取值
        "#]],
    );
}

#[test]
fn missing_cite() {
    check(
        &[
            ("is = 6, cite = \"ex 第一条\",", "is = 6,"),
            ("is = 6, cite = \"ex 第一条\",", "is = 6, cite = \" \","),
            ("is = 6, cite = \"ex 第一条\",", "is = 6, cite = \"ey 第一条\","),
        ],
        &expect![[r#"
            is = 6,
              MissingCite 430000/ex.toml:27：规定430000/rx.drugs_max自2025-01-01起的取值没有写明出处（cite）
            is = 6, cite = " ",
              MissingCite 430000/ex.toml:27：规定430000/rx.drugs_max自2025-01-01起的取值没有写明出处（cite）
            is = 6, cite = "ey 第一条",
              MissingCite 430000/ex.toml:27：出处“ey”不是本目录登记的文件
        "#]],
    );
}

#[test]
fn quote_not_in_the_text() {
    check(
        &[
            ("quote = \"长期处方不超过十二周\"", "quote = \"长期处方不超过十周\""),
            (", quote = \"长期处方不超过十二周\"", ""),
            ("texts/ex.md", "texts/ey.md"),
            ("text = \"texts/ex.md\"\n", ""),
        ],
        &expect![[r#"
            quote = "长期处方不超过十周"
              QuoteNotFound 430000/ex.toml:36：引文“长期处方不超过十周”不见于《示例办法》的存本

              QuoteNotFound 430000/ex.toml:36：规定430000/rx.long自2023-04-01起的取值没有写引文（quote）
            texts/ey.md
              QuoteNotFound 430000/ex.toml:10：没有找到所引文件的存本430000/texts/ey.md

              QuoteNotFound 430000/ex.toml:25：《示例办法》没有登记存本（text），引文无从核对
              QuoteNotFound 430000/ex.toml:26：《示例办法》没有登记存本（text），引文无从核对
              QuoteNotFound 430000/ex.toml:35：《示例办法》没有登记存本（text），引文无从核对
        "#]],
    );
}

#[test]
fn text_changed() {
    let told = |pack: &str, text: &str| {
        let lines = load(pack, text).unwrap_err().into_iter().map(|error| format!("{error}\n"));
        lines.collect::<String>()
    };
    let pack = pinned();
    let unpinned: String =
        pack.lines().filter(|line| !line.starts_with("sm3")).map(|line| format!("{line}\n")).collect();
    expect![[r#"
        430000/ex.toml:11：存本430000/texts/ex.md已被改动：其SM3是4ad175fbf79b11db629cc820543fab75c7f810d223582289977963cc381df273，与登记的不同
        430000/ex.toml:10：存本430000/texts/ex.md没有登记SM3（5820af36253929ddea01f27b8b40d6b90b28f54a9bff82dc437bf57f2d045905）
    "#]].assert_eq(&(told(&pack, &TEXT.replace("十二周", "十二 周")) + &told(&unpinned, TEXT)));
}

#[test]
fn gap_and_overlap() {
    check(
        &[("{ from = 2025-01-01", "{ from = 2025-02-01"), ("{ from = 2025-01-01", "{ from = 2024-12-31")],
        &expect![[r#"
            { from = 2025-02-01
              Gap 430000/ex.toml:27：规定430000/rx.drugs_max在2025-01-01至2025-02-01之间没有取值；确无规定的请写is = "none"
            { from = 2024-12-31
              Overlap 430000/ex.toml:27：规定430000/rx.drugs_max自2024-12-31起与前一取值重叠
        "#]],
    );
}

#[test]
fn unknown_field() {
    check(
        &[
            ("{ rx_drug_kinds =", "{ rx_drug_kind ="),
            ("{ long_rx_flag =", "{ medc_days ="),
            ("field = \"rx_drug_cnt\"", "field = \"rx_drugs\""),
            ("超过{value}种", "{drug}超过{value}种"),
            ("reckoned = \"prsc_time\"", "reckoned = \"prsc_date\""),
            ("reckoned = \"prsc_time\"", "reckoned = \"vali_days\""),
            ("reckoned = \"prsc_time\"", "reckoned = \"prsc_time\"\neach = \"drugs\""),
            ("given = { prsc_time", "given = { prsc_day"),
        ],
        &expect![[r#"
            { rx_drug_kind =
              UnknownField 430000/ex.toml:20：规定430000/rx.drugs_max的条件用了“rx_drug_kind”，案件的字段中没有它（见docs/FACTS.md）
            { medc_days =
              UnknownField 430000/ex.toml:35：规定430000/rx.long的条件用了“medc_days”，案件的字段中没有它（见docs/FACTS.md）
            field = "rx_drugs"
              UnknownField 430000/ex.toml:22：field“rx_drugs”不在字段词典中
            {drug}超过{value}种
              UnknownField 430000/ex.toml:24：说明文字中的“{drug}”不是字段词典中的字段
            reckoned = "prsc_date"
              UnknownField 430000/ex.toml:18：reckoned“prsc_date”不是字段词典中的日期
            reckoned = "vali_days"
              UnknownField 430000/ex.toml:18：reckoned“vali_days”不是字段词典中的日期
            each = "drugs"
              UnknownField 430000/ex.toml:19：没有节点“drugs”，可写的有rxdrugdetail、diseinfo、rx_sale_drug_detl
            given = { prsc_day
              BadExample 430000/ex.toml:39：例“rx.drugs_max/six”：字段词典中没有“prsc_day”
        "#]],
    );
}

#[test]
fn exceptions() {
    check(
        &[
            ("exception_to = \"430000/rx.drugs_max\"", "exception_to = \"430000/rx.none\""),
            ("exception_to = \"430000/rx.drugs_max\"", "exception_to = \"430000/rx.long\""),
            ("when = { long_rx_flag = true }", "when = { param = { \"430000/rx.none\" = 5 } }"),
            ("when = { long_rx_flag = true }", "when = { param = { \"430000/rx.drugs_max\" = 5 } }"),
            ("mode = \"loosen\"", "mode = \"soften\""),
            ("order", "delegates = \"soften\"\norder"),
            ("text = \"texts/ex.md\"", "yields = \"national_newer\"\ntext = \"texts/ex.md\""),
        ],
        &expect![[r#"
            exception_to = "430000/rx.none"
              DanglingException 430000/ex.toml:34：430000/rx.long是“430000/rx.none”的例外，但没有这条规定
            exception_to = "430000/rx.long"
              CircularException 430000/ex.toml:31：430000/rx.long的例外关系绕成了圈
            when = { param = { "430000/rx.none" = 5 } }
              DanglingException 430000/ex.toml:35：规定430000/rx.long的条件引用了不存在的规定“430000/rx.none”
            when = { param = { "430000/rx.drugs_max" = 5 } }
              CircularException 430000/ex.toml:14：判断430000/rx.drugs_max时又要先判断它自己，永远得不出结论
            mode = "soften"
              WrongType 430000/ex.toml:34：mode“soften”应为tighten（收紧）、loosen（放宽）或replace（取代）
            order
              WrongType 430000/ex.toml:19：delegates“soften”应为tighten（收紧）、loosen（放宽）或replace（取代）
            text = "texts/ex.md"
              DanglingException 430000/ex.toml:10：《示例办法》的yields指向不存在的规定430000/national_newer
        "#]],
    );
}

#[test]
fn wrong_type() {
    check(
        &[
            ("is = 5", "is = \"五\""),
            ("is = 5", "is = 5.0"),
            ("is = 5", "is = -5"),
            ("quantity = \"count\"", "quantity = \"pieces\""),
            ("gate = \"precheck\"", "gate = \"prechek\""),
            ("gate = \"precheck\"", "gate = 7101"),
            ("severity = \"refuse\"", "severity = \"forbid\""),
            ("edition = 1", "edition = \"一\""),
            ("title = \"药品种数\"", "title = 5"),
            ("long_rx_flag = true", "long_rx_flag = \"是\""),
            ("gt = \"$value\"", "above = \"$value\""),
            ("violated_if = { rx_drug_kinds = { gt = \"$value\" } }", "violated_if = \"rx_drug_kinds > 5\""),
            ("cite = \"ex 第二条\"", "confidence = \"sure\", cite = \"ex 第二条\""),
            ("pack = \"430000\"", "pack = \"湖南\""),
            ("pack = \"430000\"", "pack = \"430100\""),
        ],
        &expect![[r#"
            is = "五"
              WrongType 430000/ex.toml:26：规定430000/rx.drugs_max的取值应为不小于零的整数
            is = 5.0
              WrongType 430000/ex.toml:26：规定430000/rx.drugs_max的取值应为不小于零的整数
            is = -5
              WrongType 430000/ex.toml:26：规定430000/rx.drugs_max的取值应为不小于零的整数
            quantity = "pieces"
              WrongType 430000/ex.toml:17：quantity“pieces”应为days、count、fen、ratio、flag、text、texts或scale
            gate = "prechek"
              WrongType 430000/ex.toml:16：没有环节“prechek”，可写的有precheck（预核验）、upload（上传）、authorise（流转授权）、download（下载）、review（审核）、sell（销售）、deliver（配送）、settle（结算）、refund（退费）、retain（存档）、admit（准入）、claim（零星报销）
            gate = 7101
              WrongType 430000/ex.toml:16：值的类型不对：应为文字，或文字的列表
            severity = "forbid"
              WrongType 430000/ex.toml:21：severity“forbid”应为refuse（拒绝）、remind（提醒）或record（记录）
            edition = "一"
              WrongType 430000/ex.toml:3：值的类型不对：应为不小于零的整数，写的却是文字“一”
            title = 5
              WrongType 430000/ex.toml:15：值的类型不对：应为文字，写的却是整数5
            long_rx_flag = "是"
              WrongType 430000/ex.toml:35：规定430000/rx.long的条件不成立：长期处方标志（long_rx_flag）与所比较的值不是同一类型
            above = "$value"
              WrongType 430000/ex.toml:20：规定430000/rx.drugs_max的条件不成立：西药和中成药种数（rx_drug_kinds）不能用“above”比较
            violated_if = "rx_drug_kinds > 5"
              Syntax 430000/ex.toml:20：规定430000/rx.drugs_max的条件写法不对：条件应为表
            confidence = "sure", cite = "ex 第二条"
              WrongType 430000/ex.toml:36：confidence应为press、secondary或assumed
            pack = "湖南"
              WrongType 430000/ex.toml:1：pack“湖南”不是6位行政区划代码
            pack = "430100"
              WrongType 430000/ex.toml:1：pack是430100，文件却放在目录430000下
        "#]],
    );
}

#[test]
fn bad_date() {
    check(
        &[
            ("{ from = 2025-01-01", "{ from = 2025-02-30"),
            ("{ from = 2025-01-01", "{ from = \"2025-01-01\""),
            ("{ from = 2025-01-01", "{ from = 2025-01-01T08:00:00"),
            ("{ from = 2025-01-01", "{ from = 2025年1月1日"),
            ("until = 2025-01-01", "until = 2023-04-01"),
            ("from = 2025-01-01, until = 2026-04-01", "from = 2025-01-01"),
            ("{ from = 2023-04-01, until = 2026-04-01 }\ntext", "{ from = 2023-04-01, until = 2022-04-01 }\ntext"),
            ("text = \"texts", "extended = [{ by = \"ey\", until = 2026-03-01 }]\ntext = \"texts"),
            ("formalised_from = 2023-04-01", "formalised_from = 2023-04-31"),
        ],
        &expect![[r#"
            { from = 2025-02-30
              BadDate 430000/ex.toml:27：没有这样的日期；日期应真实存在，写成2025-01-01且不加引号
            { from = "2025-01-01"
              BadDate 430000/ex.toml:27：值的类型不对：应为日期，如2025-01-01，写的却是文字“2025-01-01”
            { from = 2025-01-01T08:00:00
              BadDate 430000/ex.toml:27：“2025-01-01T08:00:00”不是日期yyyy-MM-dd
            { from = 2025年1月1日
              Syntax 430000/ex.toml:27：这里应是加了英文双引号的文字，或不加引号的日期、数字；文字写在英文双引号内，日期写成2025-01-01且不加引号，各项之间用英文逗号隔开
            until = 2023-04-01
              BadDate 430000/ex.toml:26：until应晚于from（含起日，不含止日）
            from = 2025-01-01
              BadDate 430000/ex.toml:27：规定430000/rx.drugs_max自2025-01-01起的取值超出了《示例办法》的施行期间
            text
              BadDate 430000/ex.toml:9：失效日期不是日期，或不在施行日期之后
            text = "texts
              BadDate 430000/ex.toml:10：“ey”的延长没有晚于原失效日期
              BadDate 430000/ex.toml:28：规定430000/rx.drugs_max自2025-01-01起的取值超出了《示例办法》的施行期间
              BadDate 430000/ex.toml:37：规定430000/rx.long自2023-04-01起的取值超出了《示例办法》的施行期间
            formalised_from = 2023-04-31
              BadDate 430000/ex.toml:4：没有这样的日期；日期应真实存在，写成2025-01-01且不加引号
        "#]],
    );
}

#[test]
fn duplicates() {
    check(
        &[("id = \"rx.long\"", "id = \"rx.drugs_max\""), ("edition = 1\n", "edition = 1\nedition = 2\n")],
        &expect![[r#"
            id = "rx.drugs_max"
              Duplicate 430000/ex.toml:31：规定430000/rx.drugs_max写了两次
            edition = 2
              Duplicate 430000/ex.toml:4：同一项写了两次
        "#]],
    );
}

#[test]
fn not_toml() {
    check(
        &[
            ("title = \"长期处方\"", "title = \"长期处方"),
            ("title = \"长期处方\"", "title = “长期处方”"),
            ("[[provision]]\nid = \"rx.long\"", "[[provision]\nid = \"rx.long\""),
            ("is = 12, cite", "is = 12 cite"),
        ],
        &expect![[r#"
            title = "长期处方
              Syntax 430000/ex.toml:32：文字的引号不成对；文字写在英文双引号内，日期写成2025-01-01且不加引号，各项之间用英文逗号隔开
            title = “长期处方”
              Syntax 430000/ex.toml:32：这里应是加了英文双引号的文字，或不加引号的日期、数字；文字写在英文双引号内，日期写成2025-01-01且不加引号，各项之间用英文逗号隔开
            id = "rx.long"
              Syntax 430000/ex.toml:30：方括号或花括号不成对；文字写在英文双引号内，日期写成2025-01-01且不加引号，各项之间用英文逗号隔开
            is = 12 cite
              Syntax 430000/ex.toml:36：两项之间缺少逗号；文字写在英文双引号内，日期写成2025-01-01且不加引号，各项之间用英文逗号隔开
        "#]],
    );
}

#[test]
fn examples() {
    check(
        &[
            ("id = \"rx.drugs_max/six\"", "id = \"rx.none/six\""),
            ("source = \"boundary\"", "source = \"official\""),
            ("source = \"boundary\"", "source = \"mine\""),
            ("source = \"boundary\"", "source = \"boundary\"\nbase = \"rx\""),
            ("source = \"boundary\"", "source = \"boundary\"\nwithout = [\"vali_days\"]"),
            ("given = { prsc_time = 2024-01-01 }", "given = { prsc_time = 2024-01-01, rx_drug_kinds = 5 }"),
            ("accepted = true", "value = \"六\""),
        ],
        &expect![[r#"
            id = "rx.none/six"
              BadExample 430000/ex.toml:39：例“rx.none/six”：没有规定430000/rx.none
            source = "official"
              BadExample 430000/ex.toml:39：例“rx.drugs_max/six”：official的例须写明cite
            source = "mine"
              BadExample 430000/ex.toml:39：例“rx.drugs_max/six”：source“mine”应为official、boundary或regression
            base = "rx"
              BadExample 430000/ex.toml:39：例“rx.drugs_max/six”：没有底稿“rx”
            without = ["vali_days"]
              BadExample 430000/ex.toml:39：例“rx.drugs_max/six”：底稿中没有“vali_days”可去掉
            given = { prsc_time = 2024-01-01, rx_drug_kinds = 5 }
              BadExample 430000/ex.toml:39：例“rx.drugs_max/six”：西药和中成药种数（rx_drug_kinds）不能在此处给出
            value = "六"
              BadExample 430000/ex.toml:39：例“rx.drugs_max/six”：value应为不小于零的整数
        "#]],
    );
}
