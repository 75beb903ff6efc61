//! Which facts the law may ask and nobody tells it: read from the sources of the use cases, so that a new provision on one of them
//! is known to remind only. What is asked of an application (gate `admit`) or of a destruction (`retain`) is stated there, not in a
//! message, and stands in the list too.

use std::fmt::Write as _;
use std::path::Path;

use expect_test::expect;
use lf_center::t7101_precheck::{LINE_FLAGS, VISIT_FLAGS, VISIT_TEXTS};
use lf_law::{Field, Need, Scope};

/// The sources of the use cases, without their tests.
fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            sources(&entry.path(), text);
        } else if entry.file_name().to_string_lossy().ends_with(".rs") {
            let source = std::fs::read_to_string(entry.path()).unwrap();
            text.push_str(source.split("#[cfg(test)]").next().unwrap());
        }
    }
}

/// Whether a use case puts the field into a case: by its name in the code, or as one that a client states by name.
fn supplied(field: Field, text: &str) -> bool {
    let named = format!("Field::{field:?}");
    let end = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
    let in_code = text.match_indices(&named).any(|(at, _)| end(&text[at + named.len()..]));
    let stated = match field.scope() {
        Scope::Case => VISIT_FLAGS.contains(&field.name()) || VISIT_TEXTS.contains(&field.name()),
        Scope::Line => LINE_FLAGS.contains(&field.name()),
        Scope::Dise | Scope::Sale => false,
    };
    in_code || stated
}

#[test]
fn facts_that_nobody_supplies_are_known() {
    let mut text = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let mut missing = String::new();
    for field in Field::ALL.iter().filter(|field| field.need() != Need::Derived) {
        if !supplied(*field, &text) {
            writeln!(missing, "{}.{} {}", field.scope().name(), field.name(), field.cn()).unwrap();
        }
    }
    expect![[r#"
        case.appy_type 申请的服务（双通道、门特、门诊统筹；定点医疗机构为单独支付）
        case.path_gene_flag 具有相应诊疗技术和病理或基因检测能力
        case.key_spec_flag 适用专科经省市卫健部门确定为临床重点专科
        case.phar_dsgn_flag 已取得定点零售药店资格
        case.pnlt_flag 曾受处罚或被暂停、中止、解除协议
        case.pnlt_time 最近一次处罚或暂停、中止、解除协议的日期
        case.canc_flag 曾被取消资格或退出
        case.canc_time 被取消资格或退出的日期
        case.canc_brch_flag 因违规被取消资格（自愿退出为否）
        case.inj_svc_flag 申请开通注射类药品服务
        case.setl_begn_time 启动医保结算业务的日期
        case.phar_lcs_cnt 在岗且登记有效的执业药师人数
        case.nego_share 配备的谈判药品占全部谈判药品的比例
        case.qlty_sys_flag 药品质量管理制度健全
        case.net_flag 按骨干网络建设指南接入
        case.intf_test_flag 接口改造和接入验收通过
        case.supv_flag 具备智能监管功能
        case.setl_func_flag 具备患者直接结算（待遇结算）功能
        case.psi_upld_flag 实时上传进销存
        case.psi_book_flag 进销存台账完整并定期盘点
        case.trac_upld_flag 能采集上传药品追溯码
        case.video_flag 结算区有视频监控和人脸识别设备
        case.itnt_rx_flag 承接互联网医院处方
        case.cons_area_flag 有单独的问诊区
        case.cons_dev_flag 问诊区设备齐备
        case.hi_area_flag 有独立的医保药品分区
        case.prom_psi_flag 已承诺全部药品进销存上传
        case.prom_pric_flag 已作价格和服务承诺
        case.prom_out_flag 已承诺不代理、不转让、不委托
        case.keep_role 保存者（医疗机构、零售药店）
        case.dstr_time 拟销毁的日期
        rx_sale_drug_detl.trdn_flag 拆零标志
    "#]]
    .assert_eq(&missing);
}
