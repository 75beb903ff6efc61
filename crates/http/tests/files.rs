//! Files on the gateway front: 9101 in its two shapes, 9102, and the lists of 1301 … with versions and pages.

use lf_center::t9101_file_upload::{FILE_MAX, FILES_MAX, KEPT_DAYS};
use lf_http::Replied;
use lf_ports::lists::{Diagnosis, Opsp, PayStd, Printed, PrintedRow};
use lf_ports::{
    ChangeSet, Edition, EditionChange, EditionOf, GatewayScheme, Item, Lists, RegistryPut, RowEnd, Store as _,
};
use lf_wire::commands::ARRAY_MAX;
use lf_wire::gateway::Headers;
use lf_wire::gateway::client::{Call, GatewayKeys, envelope, headers};
use serde_json::{Value, json};

use crate::gateway_client::{CALL_SERVICE, Raw, code_of, registered};
use crate::messages as m;
use crate::support::{Client, World};

const UPLOAD: &str = "/fsi/api/fileupload/upload";
const DOWNLOAD: &str = "/fsi/api/fileupload/download";

/// Headers of a client with a content type.
fn signed(world: &World, client: &Client, infno: &str, content_type: &str) -> Headers {
    let secret_key = registered(client).secret_key;
    let keys = GatewayKeys { scheme: GatewayScheme::Csb, access_key: &client.app_id, secret_key: &secret_key };
    let all = headers(keys, infno, world.now_ms());
    let all = all.iter().map(|(name, value)| (*name, value.as_str()));
    Headers::of(all.chain([("Content-Type", content_type)]))
}

fn call<'c>(world: &World, client: &Client, infno: &'c str, msgid: &'c str) -> Call<'c> {
    Call { infno, msgid, fixmedins_code: code_of(world, client), inf_time: world.now() }
}

fn about(client_code: &str, bytes: Value) -> Value {
    json!({ "fsUploadIn": { "in": bytes, "filename": "明细.zip", "fixmedins_code": client_code } })
}

/// 9101 as a form.
async fn form(world: &World, client: &Client, msgid: &str, file: &[u8]) -> Value {
    let input = about(code_of(world, client), Value::Null).to_string();
    let json = envelope(call(world, client, "9101", msgid), input.as_bytes());
    let part = |head: &str, body: &[u8]| [b"--b1\r\n", head.as_bytes(), b"\r\n\r\n", body, b"\r\n"].concat();
    let body = [
        part("Content-Disposition: form-data; name=\"jsonStr\"", &json),
        part("Content-Disposition: form-data; name=\"file\"; filename=\"x.zip\"", file),
        b"--b1--\r\n".to_vec(),
    ]
    .concat();
    let headers = signed(world, client, "9101", "multipart/form-data; boundary=b1");
    let told: Value = serde_json::from_slice(&world.front.answer_gateway(UPLOAD, &headers, &body).await).unwrap();
    told
}

async fn fetch(world: &World, client: &Client, file_qury_no: &str, owner: &str) -> Replied {
    let input = json!({ "fsDownloadIn": { "file_qury_no": file_qury_no, "filename": "x", "fixmedins_code": owner } });
    let body = envelope(call(world, client, "9102", "d1"), input.to_string().as_bytes());
    let headers = signed(world, client, "9102", "application/json");
    world.front.reply_gateway(DOWNLOAD, &headers, &body).await
}

fn refusal(replied: &Replied) -> String {
    assert_eq!(replied.filename, None);
    let json: Value = serde_json::from_slice(&replied.bytes).unwrap();
    assert_eq!(json["infcode"], -1);
    json["err_msg"].as_str().unwrap().chars().take(12).collect()
}

fn number(told: &Value) -> String {
    told["output"]["file_qury_no"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned()
}

#[tokio::test]
async fn a_file_comes_back_byte_for_byte_and_to_nobody_else() {
    let world = World::new().await;
    let (client, other) = (&world.pharmacy, &world.hospital);
    let bytes: Vec<u8> = (0..=255).chain(*b"\r\n--b\r\n").collect();
    let told = form(&world, client, "m1", &bytes).await;
    assert_eq!(told["output"]["filename"], "明细.zip");
    assert_eq!((&told["output"]["fixmedins_code"], number(&told).len()), (&json!(m::PHARMACY), 30));
    let again = form(&world, client, "m1", &bytes).await;
    assert_eq!(again["output"], told["output"], "the same message is the same file");
    let used = form(&world, client, "m1", b"other").await;
    assert!(used["err_msg"].as_str().unwrap().starts_with("[RX-0001-02]"), "{used}");
    let whole = format!("fsi/plc/{}", number(&told));
    for file_qury_no in [number(&told), whole] {
        let back = fetch(&world, client, &file_qury_no, m::PHARMACY).await;
        assert_eq!((back.bytes, back.filename.as_deref()), (bytes.clone(), Some("明细.zip")));
    }
    assert_eq!(refusal(&fetch(&world, other, &number(&told), m::HOSPITAL).await), "[RX-9102-01]");
    assert_eq!(refusal(&fetch(&world, other, &number(&told), m::PHARMACY).await), "[RX-0000-02]");
    assert_eq!(refusal(&fetch(&world, client, &number(&told), "plc").await), "[RX-9102-01]");
    // Kept to the last second of its last day.
    let kept = i64::from(KEPT_DAYS) * 86_400 - (9 * 60 + 30) * 60;
    world.clock.forward(kept - 1);
    assert_eq!(fetch(&world, client, &number(&told), m::PHARMACY).await.bytes, bytes);
    world.clock.forward(1);
    assert_eq!(refusal(&fetch(&world, client, &number(&told), m::PHARMACY).await), "[RX-9102-01]");
}

#[tokio::test]
async fn bytes_may_be_written_as_clients_libraries_do() {
    let world = World::new().await;
    let client = &world.pharmacy;
    for (at, (bytes, want)) in [
        (json!([80, 75, 255, 0]), Ok(vec![80, 75, 255, 0])),
        (json!([80, "75", -1, -128]), Ok(vec![80, 75, 255, 128])),
        (json!("UEsB"), Ok(vec![80, 75, 1])),
        (json!([]), Err("[RX-9101-01]")),
        (json!([256]), Err("报文有1处错误：in（文件数据）的第1项不是字节")),
        (json!([1, -129]), Err("报文有1处错误：in（文件数据）的第2项不是字节")),
        (json!("U"), Err("报文有1处错误：in（文件数据）不是合法的Base64")),
        (json!({ "a": 1 }), Err("报文有1处错误：in（文件数据）应为字节数组或Base64文本，实为对象")),
        (Value::Null, Err("报文有1处错误：in（文件数据）必填")),
        (json!(vec![7; ARRAY_MAX]), Ok(vec![7; ARRAY_MAX])),
        (json!(vec![7; ARRAY_MAX + 1]), Err("报文有1处错误：in（文件数据）以数组传入时最多150000字节")),
    ]
    .into_iter()
    .enumerate()
    {
        let raw = world.input(client, "9101", &format!("m{at}"), &about(m::PHARMACY, bytes)).await;
        match want {
            Ok(want) => {
                let file_qury_no = number(&raw.json);
                assert_eq!(fetch(&world, client, &file_qury_no, m::PHARMACY).await.bytes, want, "{at}");
            }
            Err(want) => assert!(raw.err_msg().starts_with(want), "{at}: {}", raw.err_msg()),
        }
    }
    let foreign = world.input(client, "9101", "f1", &about(m::HOSPITAL, json!([1]))).await;
    assert!(foreign.err_msg().starts_with("[RX-0000-02]"), "{}", foreign.err_msg());
    let path = json!({ "in": [1], "filename": "../x", "fixmedins_code": m::PHARMACY });
    let path = world.input(client, "9101", "f2", &path).await;
    assert!(path.err_msg().contains("filename（文件名）不能含有路径分隔符"), "{}", path.err_msg());
}

#[tokio::test]
async fn files_have_a_size_and_an_institution_has_so_many() {
    let world = World::new().await;
    let client = &world.pharmacy;
    let told = form(&world, client, "m1", &vec![1; FILE_MAX]).await;
    assert_eq!(told["infcode"], 0, "{told}");
    let told = form(&world, client, "m2", &vec![1; FILE_MAX + 1]).await;
    assert!(told["err_msg"].as_str().unwrap().starts_with("[RX-9101-02]"), "{told}");
    for at in 1..FILES_MAX {
        let told = form(&world, client, &format!("n{at}"), &at.to_be_bytes()).await;
        assert_eq!(told["infcode"], 0, "{told}");
    }
    let told = form(&world, client, "m3", b"one too many").await;
    assert!(told["err_msg"].as_str().unwrap().starts_with("[RX-9101-03]"), "{told}");
    // Another institution's are counted apart, and what is past its time is not counted.
    assert_eq!(form(&world, &world.hospital, "m1", b"x").await["infcode"], 0);
    world.clock.forward(i64::from(KEPT_DAYS) * 86_400);
    assert_eq!(form(&world, client, "m3", b"room again").await["infcode"], 0);
}

#[tokio::test]
async fn a_form_belongs_to_9101_and_must_be_one() {
    let world = World::new().await;
    let client = &world.pharmacy;
    let json = envelope(call(&world, client, "9001", "m1"), br#"{"opter_no":"1","mac":"x","ip":"y"}"#);
    let head = b"--b1\r\nContent-Disposition: form-data; name=";
    let with_file = [head, &b"\"jsonStr\"\r\n\r\n"[..], &json, b"\r\n", head, b"file\r\n\r\nx\r\n--b1--"].concat();
    let alone = [head, &b"\"jsonStr\"\r\n\r\n"[..], &json, b"\r\n--b1--"].concat();
    for (content_type, body, want) in [
        ("multipart/form-data; boundary=b1", &with_file, "只有9101可以在表单中带文件"),
        ("multipart/form-data; boundary=b1", &alone, ""),
        ("multipart/form-data", &alone, "multipart/form-data的请求头缺少boundary"),
        ("multipart/form-data; boundary=b2", &alone, "表单不完整：未见起始分隔"),
    ] {
        let headers = signed(&world, client, "9001", content_type);
        let told = world.front.answer_gateway(CALL_SERVICE, &headers, body).await;
        let told: Value = serde_json::from_slice(&told).unwrap();
        assert!(told["err_msg"].as_str().unwrap_or_default().starts_with(want), "{told}");
        assert_eq!(told["infcode"] == 0, want.is_empty(), "{told}");
    }
}

/// The lines of the one text in a ZIP, as a client reads them.
fn lines(zip: &[u8]) -> Vec<Vec<String>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut text = String::new();
    std::io::Read::read_to_string(&mut archive.by_index(0).unwrap(), &mut text).unwrap();
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

async fn ask(world: &World, infno: &str, input: Value) -> Raw {
    let msgid = crate::gateway_client::msgid(world, m::PHARMACY);
    world.input(&world.pharmacy, infno, &msgid, &json!({ "data": input })).await
}

/// Asks for what is younger than a version, and fetches it.
async fn download(world: &World, infno: &str, ver: &str) -> (Value, Vec<Vec<String>>) {
    let raw = ask(world, infno, json!({ "ver": ver })).await;
    assert_eq!(raw.infcode(), 0, "{}", raw.json);
    let file = fetch(world, &world.pharmacy, &number(&raw.json), "plc").await;
    (raw.output(), lines(&file.bytes))
}

fn edition(of: EditionOf, ver: i64, from: &str) -> EditionChange {
    let edition = Edition {
        of,
        edition: format!("第{ver}版"),
        from: from.parse().unwrap(),
        ver,
        file_sm3: "00".repeat(32),
        row_cnt: 1,
        imported: "2026-05-01 08:00:00".parse().unwrap(),
    };
    EditionChange { edition, ends: vec![], drugs: vec![], items: vec![] }
}

/// The second edition of the catalogue: one drug renamed, with what would break a line of its file.
async fn second_edition(world: &World) {
    let Some(RegistryPut::Drug(drug)) = m::registry().into_iter().find(|row| matches!(row, RegistryPut::Drug(_)))
    else {
        panic!("no drug")
    };
    let renamed = lf_ports::Drug { memo: Some("限\t二线\n用药".to_owned()), ..drug };
    let change = EditionChange {
        ends: vec![RowEnd { key: m::AMLODIPINE.to_owned(), from: lf_vocab::Day::FIRST }],
        drugs: vec![renamed],
        ..edition(EditionOf::Drug, 2, "2026-05-11")
    };
    world.store.commit(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await.unwrap();
}

#[tokio::test]
async fn a_catalogue_is_downloaded_by_versions() {
    let world = World::new().await;
    let (told, rows) = download(&world, "1301", "0").await;
    assert_eq!((&told["data_cnt"], &told["dld_end_time"]), (&json!(3), &json!("2026-05-17")));
    assert_eq!(told["filename"], "西药中成药目录_0_1.zip");
    assert!(rows.len() == 3 && rows.iter().all(|row| row.len() == 97), "{rows:?}");
    let column = |row: &[String], at: usize| row[at - 1].clone();
    assert_eq!(
        [1, 4, 79, 83, 92, 5].map(|at| column(&rows[0], at)),
        [m::AMLODIPINE, "苯磺酸氨氯地平片", "1", "1", "01", "null"]
    );
    second_edition(&world).await;
    let (told, rows) = download(&world, "1301", "1").await;
    assert_eq!(told["data_cnt"], 2, "the row that ended and the one that took its place");
    let shown: Vec<_> = rows.iter().map(|row| [1, 38, 69, 79, 83, 84].map(|at| column(row, at))).collect();
    assert_eq!(
        shown,
        [
            [m::AMLODIPINE, "2026-05-10", "null", "0", "2", "第2版"].map(str::to_owned),
            [m::AMLODIPINE, "null", "限 二线 用药", "1", "2", "第2版"].map(str::to_owned),
        ]
    );
    let everything = download(&world, "1301", "0").await;
    assert_eq!(everything.1.len(), 4);
    // Who has it all, or says to have more, gets an empty file.
    for ver in ["2", "9"] {
        assert_eq!(download(&world, "1301", ver).await.1, Vec::<Vec<String>>::new());
    }
    // The file was made once and is the same to whoever asks.
    let written = world.written();
    assert_eq!(download(&world, "1301", "0").await, everything);
    assert_eq!(world.written(), written);
    world.clock.forward(7 * 86_400);
    assert_eq!(download(&world, "1301", "0").await.1, everything.1, "made again when its time is over");
    for (infno, ver, want) in [
        ("1301", "F001", "[RX-1301-01]"),
        ("1301", "-1", "[RX-1301-01]"),
        ("1309", "0", "[RX-1301-02] 门诊慢特病种目录尚未发布"),
        ("1305", "0", "[RX-1301-02] 医疗服务项目目录尚未发布"),
    ] {
        let raw = ask(&world, infno, json!({ "ver": ver })).await;
        assert!(raw.err_msg().starts_with(want), "{infno} {ver}: {}", raw.err_msg());
    }
    for infno in ["1302", "1303", "1320"] {
        assert_eq!(download(&world, infno, "0").await.0["data_cnt"], 0, "{infno}");
    }
}

#[tokio::test]
async fn the_lists_of_diseases_have_sixteen_columns() {
    let world = World::new().await;
    let opsp =
        |code: &str, name: &str| Item::Opsp(Opsp { opsp_dise_code: code.to_owned(), opsp_dise_name: name.to_owned() });
    let items = vec![opsp("M03900", "高血压"), opsp("M01600", "糖尿病")];
    let change = EditionChange { items, ..edition(EditionOf::List(Lists::Opsp), 1, "2026-01-01") };
    world.store.commit(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await.unwrap();
    let (told, rows) = download(&world, "1309", "0").await;
    assert_eq!(told["data_cnt"], 2);
    let shown: Vec<_> =
        rows.iter().map(|row| (row.len(), row[0].as_str(), row[5].as_str(), row[14].as_str())).collect();
    assert_eq!(shown, [(16, "M01600", "1", "糖尿病"), (16, "M03900", "1", "高血压")]);
}

#[tokio::test]
async fn a_list_that_is_passed_on_has_the_columns_of_its_table() {
    let world = World::new().await;
    let publish = async |list: Lists, item: Item| {
        let change = EditionChange { items: vec![item], ..edition(EditionOf::List(list), 1, "2026-01-01") };
        world.store.commit(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await.unwrap();
    };
    let lists = ["1305", "1306", "1308", "1310", "1311", "1313", "1314", "1315"];
    for (infno, list) in lists.into_iter().zip(Printed::ALL) {
        let (code, name) = list.code_and_name();
        let cells =
            [(code, "C1"), (name, "某\t名"), ("说明书", "甲")].map(|(at, text)| (at.to_owned(), text.to_owned()));
        publish(Lists::Printed(list), Item::Printed(list, PrintedRow(cells.into()))).await;
        let (told, rows) = download(&world, infno, "0").await;
        assert_eq!((&told["data_cnt"], rows.len(), rows[0].len()), (&json!(1), 1, list.headings().len()), "{infno}");
        let cell = |heading: &str| {
            let at = list.headings().iter().position(|known| *known == heading);
            at.map(|at| rows[0][at].as_str())
        };
        assert_eq!((cell(code), cell(name), cell("有效标志")), (Some("C1"), Some("某 名"), Some("1")), "{infno}");
        assert_eq!((cell("版本号"), cell("唯一记录号")), (Some("1"), Some("C120260101")), "{infno}");
        // Only consumables have a manual; under no other heading does it appear.
        assert_eq!(rows[0].iter().any(|cell| cell == "甲"), infno == "1306", "{infno}");
        assert_eq!(download(&world, infno, "1").await.0["data_cnt"], 0, "{infno}");
    }
    let diagnosis = Diagnosis { diag_code: "I10.x00x002".to_owned(), diag_name: "高血压".to_owned() };
    publish(Lists::Diagnosis, Item::Diagnosis(diagnosis)).await;
    let (_, rows) = download(&world, "1307", "0").await;
    let shown = [11, 12, 19, 23, 24].map(|at| rows[0][at - 1].clone());
    assert_eq!((rows[0].len(), shown), (24, ["I10.x00x002", "高血压", "1", "1", "第1版"].map(str::to_owned)));
}

#[tokio::test]
async fn preparations_of_hospitals_stand_in_the_drug_catalogue() {
    let world = World::new().await;
    let mut preparation = world.store.drugs(&[m::AMLODIPINE.parse().unwrap()], "2026-05-01".parse().unwrap()).await;
    let mut preparation = preparation.as_mut().unwrap().remove(0).unwrap();
    preparation.list_type = "103".to_owned();
    preparation.med_list_codg = "XC08CAA000Z001".parse().unwrap();
    let put = vec![RegistryPut::Drug(preparation.clone())];
    world.store.commit(ChangeSet { registry: put, ..ChangeSet::default() }).await.unwrap();
    let (_, rows) = download(&world, "1303", "0").await;
    let shown = [1, 6, 41, 53, 65].map(|at| rows[0][at - 1].clone());
    let want = ["XC08CAA000Z001", &preparation.dosform_name, &preparation.prdr_name, &preparation.reg_name, "1"];
    assert_eq!((rows.len(), rows[0].len(), shown), (1, 83, want.map(str::to_owned)));
    // 民族药 are paged instead (1304), by the names of its table.
    let ethnic = lf_ports::Drug {
        list_type: "104".to_owned(),
        med_list_codg: "ZA04CAM0023010100166".parse().unwrap(),
        prodname: Some("仁青".to_owned()),
        genname: "仁青常觉".to_owned(),
        ..preparation
    };
    let put = vec![RegistryPut::Drug(ethnic)];
    world.store.commit(ChangeSet { registry: put, ..ChangeSet::default() }).await.unwrap();
    for (key, value, want) in [
        ("drug_genname", "常觉", 1),
        ("drug_genname", "氨氯地平", 0),
        ("drug_prodname", "仁青", 1),
        ("drug_prodname", "仁", 0),
    ] {
        let mut input = page("2020-01-01", 1, 9);
        input[key] = value.into();
        let rows = ask(&world, "1304", input).await.output()["data"].clone();
        assert_eq!(rows.as_array().unwrap().len(), want, "{key} {value}");
        assert!(want == 0 || rows[0]["drug_genname"] == "仁青常觉" && rows[0]["vali_flag"] == "1");
    }
    let mut input = page("2020-01-01", 1, 9);
    input["tcmherb_name"] = "x".into();
    assert!(ask(&world, "1304", input).await.err_msg().starts_with("[RX-1312-03]"));
}

fn page(updt_time: &str, page_num: u64, page_size: u64) -> Value {
    json!({ "updt_time": updt_time, "page_num": page_num, "page_size": page_size })
}

fn codes(raw: &Raw) -> Vec<String> {
    assert_eq!(raw.infcode(), 0, "{}", raw.json);
    let key = |row: &Value| row.get("hilist_code").unwrap().as_str().unwrap()[..7].to_owned();
    raw.output()["data"].as_array().unwrap().iter().map(key).collect()
}

#[tokio::test]
async fn changes_are_paged_by_the_time_of_their_edition() {
    let world = World::new().await;
    second_edition(&world).await;
    let all = codes(&ask(&world, "1312", page("2020-01-01", 1, 1_000)).await);
    assert_eq!(all, ["XC10AAA", "XG04BET", "XC08CAA", "XC08CAA"]);
    let mut joined = Vec::new();
    for at in 1..=3 {
        joined.extend(codes(&ask(&world, "1312", page("2020-01-01 00:00:00", at, 2)).await));
    }
    assert_eq!(joined, all, "pages join");
    assert_eq!(codes(&ask(&world, "1312", page("2026-05-01 07:59:59", 1, 9)).await).len(), 4);
    assert!(codes(&ask(&world, "1312", page("2026-05-01 08:00:00", 1, 9)).await).is_empty(), "the edition is known");
    let with = |key: &str, value: &str| {
        let mut input = page("2020-01-01", 1, 9);
        input[key] = value.into();
        input
    };
    for (infno, key, value, want) in [
        ("1312", "hilist_code", m::AMLODIPINE, 2),
        ("1316", "med_list_codg", m::AMLODIPINE, 2),
        ("1312", "query_date", "2026-05-11", 3),
        ("1312", "query_date", "2026-05-10", 3),
        ("1312", "vali_flag", "0", 1),
        ("1312", "chrgitm_lv", "02", 1),
        ("1312", "hilist_name", "他汀", 1),
        ("1312", "lmt_used_flag", "1", 1),
        ("1312", "begndate", "2026-05-11", 1),
        ("1312", "list_type", "102", 0),
        ("1312", "med_chrgitm_type", "11", 0),
        ("1312", "insu_admdvs", "360900", 4),
        ("1312", "insu_admdvs", "110000", 0),
        ("1319", "selfpay_prop_psn_type", "310", 4),
    ] {
        assert_eq!(codes(&ask(&world, infno, with(key, value)).await).len(), want, "{infno} {key} {value}");
    }
    let props = ask(&world, "1319", with("vali_flag", "1")).await.output();
    let props: Vec<_> = props["data"].as_array().unwrap().iter().map(|row| row["selfpay_prop"].to_string()).collect();
    assert_eq!(props, ["0.1000", "1.0000", "0.0000"], "乙, 目录外, 甲");
    for (infno, input, want) in [
        ("1312", page("2020-01-01", 0, 1), "[RX-1312-01]"),
        ("1312", page("2020-01-01", 1, 0), "[RX-1312-01]"),
        ("1312", page("2020-01-01", 1, 1_001), "[RX-1312-01]"),
        ("1312", page("2020-01-01", 5, 1_000), ""),
        ("1312", page("2020-01-01", 6, 1_000), "[RX-1312-02]"),
        ("1312", with("pinyin", "alp"), "[RX-1312-03] 本中心的目录没有拼音助记码"),
        ("1319", with("selfpay_prop_psn_type", "390"), "[RX-1312-03]"),
        ("1312", with("updt_time", "yesterday"), "报文有1处错误：updt_time"),
    ] {
        let raw = ask(&world, infno, input).await;
        assert!(raw.err_msg().starts_with(want) && (raw.infcode() == 0) == want.is_empty(), "{want}: {}", raw.json);
    }
}

/// A payment standard of its own list is a change of the rows that it prices.
#[tokio::test]
async fn a_payment_standard_that_came_later_is_shown() {
    let world = World::new().await;
    second_edition(&world).await;
    let shown = async |updt_time: &str| {
        let raw = ask(&world, "1318", page(updt_time, 1, 9)).await;
        let rows = raw.output()["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["hilist_pric_uplmt_amt"].to_string()).collect::<Vec<_>>()
    };
    assert!(shown("2026-05-02").await.is_empty());
    let standard = Item::PayStd(PayStd {
        med_list_codg: m::AMLODIPINE.parse().unwrap(),
        hi_pay_std: "9.87".parse().unwrap(),
        unt: None,
        memo: None,
    });
    let mut change =
        EditionChange { items: vec![standard], ..edition(EditionOf::List(Lists::PayStd), 1, "2026-01-01") };
    change.edition.imported = "2026-05-03 08:00:00".parse().unwrap();
    world.store.commit(ChangeSet { edition: Some(change), ..ChangeSet::default() }).await.unwrap();
    assert_eq!(shown("2026-05-02").await.iter().filter(|pric| pric.starts_with("9.87")).count(), 2);
    assert!(shown("2026-05-04").await.is_empty());
}

#[tokio::test]
async fn an_institutions_matches_are_uploaded_shown_and_withdrawn() {
    let world = World::new().await;
    let row = |id: &str| {
        json!({ "fixmedins_hilist_id": id, "fixmedins_hilist_name": "氨氯地平", "list_type": "101",
            "med_list_codg": m::AMLODIPINE, "begndate": "2026-05-01", "enddate": "2026-12-31", "spec": "5mg" })
    };
    assert_eq!(ask(&world, "3301", json!([row("A1"), row("A2")])).await.infcode(), 0);
    assert_eq!(ask(&world, "3301", row("A3")).await.infcode(), 0, "one row as an object");
    let shown = async |input: Value| {
        let raw = ask(&world, "1317", input).await;
        assert_eq!(raw.infcode(), 0, "{}", raw.json);
        let rows = raw.output()["data"].as_array().unwrap().clone();
        let short = |row: &Value| format!("{}{}", row["medins_list_codg"].as_str().unwrap(), row["vali_flag"]);
        (rows.iter().map(short).collect::<Vec<_>>().join(" "), rows)
    };
    let (all, rows) = shown(page("2026-05-01", 1, 10)).await;
    assert_eq!(all, r#"A1"1" A2"1" A3"1""#);
    assert_eq!(
        (&rows[0]["spec"], &rows[0]["begndate"], &rows[0]["insu_admdvs"]),
        (&json!("5mg"), &json!("2026-05-01"), &json!("360900"))
    );
    let mut back = row("A2");
    back["fixmedins_code"] = m::PHARMACY.into();
    assert_eq!(ask(&world, "3302", back.clone()).await.infcode(), 0);
    assert!(ask(&world, "3302", back).await.err_msg().starts_with("[RX-3302-01]"));
    assert_eq!(shown(page("2026-05-01", 1, 10)).await.0.matches(r#""0""#).count(), 1);
    let hospitals = with_code(m::HOSPITAL);
    assert!(ask(&world, "1317", hospitals).await.err_msg().starts_with("[RX-0000-02]"));
}

fn with_code(fixmedins_code: &str) -> Value {
    let mut input = page("2026-05-01", 1, 10);
    input["fixmedins_code"] = fixmedins_code.into();
    input
}

fn packed(text: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("明细.txt", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn t3202_details_go_up_by_9101_and_come_back_by_9102() {
    let world = World::new().await;
    let client = &world.pharmacy;
    let file =
        number(&form(&world, client, "m1", &packed("S9\tM9\t36090000002024000123\t100.00\t65.00\t0\t0\r\n")).await);
    let about = json!({
        "setl_optins": "360900", "clr_type": "41", "stmt_begndate": "2026-11-01", "stmt_enddate": "2026-11-30",
        "medfee_sumamt": "100.00", "fund_pay_sumamt": 65, "cash_payamt": 35, "acct_pay": 0, "fixmedins_setl_cnt": "1",
        "insutype": "310", "file_qury_no": file, "refd_setl_flag": "0", "fixmedins_refd_setl_flag": "0",
    });
    let totals = ask(&world, "3201", about.clone()).await.output();
    assert_eq!(totals["stmtinfo"]["stmt_rslt"], "1");
    let dscr = "医疗费总额机构100.00元，中心0.00元；基金支付总额机构65.00元，中心0.00元；笔数机构1，中心0";
    assert_eq!(totals["stmtinfo"]["stmt_rslt_dscr"], dscr);
    let told = ask(&world, "3202", about.clone()).await.output();
    let info = &told["fileinfo"];
    assert_eq!(info["dld_endtime"].as_str().unwrap().len(), "2026-12-22 00:00:00".len());
    let back = fetch(&world, client, info["file_qury_no"].as_str().unwrap(), m::PHARMACY).await;
    let want =
        ["36090000002024000123", "M9", "S9", "null", "1", "0", "机构端有，中心端没有", "100.00", "65.00", "0.00"];
    assert_eq!(lines(&back.bytes), [want]);
    // Nobody else's file, and none that is no statement.
    let mut other = about;
    other["file_qury_no"] = json!(number(&form(&world, client, "m2", b"no zip").await));
    let raw = ask(&world, "3202", other).await;
    assert!(raw.err_msg().starts_with("[RX-3202-01] 对账明细文件不能读取：不是ZIP压缩包"), "{}", raw.err_msg());
}
