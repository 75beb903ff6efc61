//! Lists that the center only passes on, kept as their files are printed: 1305, 1306, 1308, 1310, 1311, 1313, 1314, 1315.
//!
//! No decision reads them. A row has the printed columns by their headings; those that tell of edition and validity are
//! not among the row's own ([`of_edition`]), because the center writes them itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Printed {
    /// 医疗服务项目 (1305).
    ServiceItem,
    /// 医用耗材 (1306).
    Consumable,
    /// 手术操作 (1308).
    Operation,
    /// 按病种付费病种 (1310).
    DiseasePay,
    /// 日间手术治疗病种 (1311).
    DaySurgery,
    /// 肿瘤形态学 (1313).
    Morphology,
    /// 中医疾病 (1314).
    TcmDisease,
    /// 中医证候 (1315).
    TcmSyndrome,
}

/// A row: what stands under which heading; blank cells are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PrintedRow(pub BTreeMap<String, String>);

impl PrintedRow {
    /// What stands under a heading.
    pub fn cell(&self, heading: &str) -> Option<&str> {
        self.0.get(heading).map(String::as_str)
    }
}

/// Whether a heading tells of edition and validity, which the center writes when it makes a file.
pub fn of_edition(heading: &str) -> bool {
    OF_EDITION.contains(&heading)
}

const OF_EDITION: [&str; 10] = [
    "有效标志",
    "唯一记录号",
    "数据创建时间",
    "数据更新时间",
    "版本号",
    "版本名称",
    "开始日期",
    "结束日期",
    "下发标志",
    "生效时间",
];

impl Printed {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::ServiceItem,
        Self::Consumable,
        Self::Operation,
        Self::DiseasePay,
        Self::DaySurgery,
        Self::Morphology,
        Self::TcmDisease,
        Self::TcmSyndrome,
    ];

    /// The stored word, which is also the kind of `liufang import`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ServiceItem => "service_item",
            Self::Consumable => "consumable",
            Self::Operation => "operation",
            Self::DiseasePay => "disease_pay",
            Self::DaySurgery => "day_surgery",
            Self::Morphology => "morphology",
            Self::TcmDisease => "tcm_disease",
            Self::TcmSyndrome => "tcm_syndrome",
        }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ServiceItem => "医疗服务项目",
            Self::Consumable => "医用耗材",
            Self::Operation => "手术操作",
            Self::DiseasePay => "按病种付费病种",
            Self::DaySurgery => "日间手术治疗病种",
            Self::Morphology => "肿瘤形态学",
            Self::TcmDisease => "中医疾病",
            Self::TcmSyndrome => "中医证候",
        }
    }

    /// The headings of its file, in the printed order.
    pub const fn headings(self) -> &'static [&'static str] {
        match self {
            Self::ServiceItem => &SERVICE_ITEM,
            Self::Consumable => &CONSUMABLE,
            Self::Operation => &OPERATION,
            Self::DiseasePay => &DISEASE_PAY,
            Self::DaySurgery => &DAY_SURGERY,
            Self::Morphology => &MORPHOLOGY,
            Self::TcmDisease => &TCM_DISEASE,
            Self::TcmSyndrome => &TCM_SYNDROME,
        }
    }

    /// The heading of the code by which a row is known, and that of its name.
    pub const fn code_and_name(self) -> (&'static str, &'static str) {
        match self {
            Self::ServiceItem => ("医疗目录编码", "医疗服务项目名称"),
            Self::Consumable => ("医疗目录编码", "耗材名称"),
            Self::Operation => ("手术操作代码", "手术操作名称"),
            Self::DiseasePay => ("按病种结算病种目录代码", "按病种结算病种名称"),
            Self::DaySurgery => ("日间手术病种目录代码", "日间手术病种名称"),
            Self::Morphology => ("形态学分类代码", "形态学分类"),
            Self::TcmDisease => ("疾病分类代码", "疾病分类名称"),
            Self::TcmSyndrome => ("证候分类代码", "证候分类名称"),
        }
    }
}

const SERVICE_ITEM: [&str; 19] = [
    "医疗目录编码",
    "计价单位",
    "计价单位名称",
    "诊疗项目说明",
    "诊疗除外内容",
    "诊疗项目内涵",
    "有效标志",
    "备注",
    "服务项目类别",
    "医疗服务项目名称",
    "项目说明",
    "开始日期",
    "结束日期",
    "唯一记录号",
    "版本号",
    "版本名称",
    "下发标志",
    "传输数据ID",
    "生效时间",
];

const CONSUMABLE: [&str; 71] = [
    "医疗目录编码",
    "耗材名称",
    "医疗器械唯一标识码",
    "医保通用名代码",
    "医保通用名",
    "产品型号",
    "规格代码",
    "规格",
    "耗材分类",
    "规格型号",
    "材质代码",
    "耗材材质",
    "包装规格",
    "包装数量",
    "产品包装材质",
    "包装单位",
    "产品转换比",
    "最小使用单位",
    "生产地类别",
    "生产地类别名称",
    "产品标准",
    "产品有效期",
    "性能结构与组成",
    "适用范围",
    "产品使用方法",
    "产品图片编号",
    "产品质量标准",
    "说明书",
    "其他证明材料",
    "专机专用标志",
    "专机名称",
    "组套名称",
    "机套标志",
    "限制使用标志",
    "医保限用范围",
    "最小销售单位",
    "高值耗材标志",
    "医用材料分类代码",
    "植入材料和人体器官标志",
    "灭菌标志",
    "灭菌标志名称",
    "植入或介入类标志",
    "植入或介入类名称",
    "一次性使用标志",
    "一次性使用标志名称",
    "注册备案人名称",
    "开始日期",
    "结束日期",
    "医疗器械管理类别",
    "医疗器械管理类别名称",
    "注册备案号",
    "注册备案产品名称",
    "结构及组成",
    "其他内容",
    "批准日期",
    "注册备案人住所",
    "注册证有效期开始时间",
    "注册证有效期结束时间",
    "生产企业编号",
    "生产企业名称",
    "生产地址",
    "代理人企业",
    "代理人企业地址",
    "生产国或地区",
    "售后服务机构",
    "注册或备案证电子档案",
    "产品影像",
    "有效标志",
    "唯一记录号",
    "版本号",
    "版本名称",
];

const OPERATION: [&str; 24] = [
    "手术标准目录ID",
    "章",
    "章代码范围",
    "章名称",
    "类目代码",
    "类目名称",
    "亚目代码",
    "亚目名称",
    "细目代码",
    "细目名称",
    "手术操作代码",
    "手术操作名称",
    "使用标记",
    "团标版手术操作代码",
    "团标版手术操作名称",
    "临床版手术操作代码",
    "临床版手术操作名称",
    "备注",
    "有效标志",
    "唯一记录号",
    "数据创建时间",
    "数据更新时间",
    "版本号",
    "版本名称",
];

const DISEASE_PAY: [&str; 15] = [
    "病种结算目录ID",
    "按病种结算病种目录代码",
    "按病种结算病种名称",
    "限定手术操作代码",
    "限定手术操作名称",
    "有效标志",
    "唯一记录号",
    "数据创建时间",
    "数据更新时间",
    "版本号",
    "病种内涵",
    "备注",
    "版本名称",
    "诊疗指南页码",
    "诊疗指南电子档案",
];

const DAY_SURGERY: [&str; 15] = [
    "日间手术治疗目录ID",
    "日间手术病种目录代码",
    "日间手术病种名称",
    "有效标志",
    "唯一记录号",
    "数据创建时间",
    "数据更新时间",
    "版本号",
    "病种内涵",
    "备注",
    "版本名称",
    "诊疗指南页码",
    "诊疗指南电子档案",
    "手术操作名称",
    "手术操作代码",
];

const MORPHOLOGY: [&str; 11] = [
    "肿瘤形态学ID",
    "肿瘤/细胞类型代码",
    "肿瘤/细胞类型",
    "形态学分类代码",
    "形态学分类",
    "有效标志",
    "唯一记录号",
    "数据创建时间",
    "数据更新时间",
    "版本号",
    "版本名称",
];

const TCM_DISEASE: [&str; 14] = [
    "中医疾病诊断ID",
    "科别类目代码",
    "科别类目名称",
    "专科系统分类目代码",
    "专科系统分类目名称",
    "疾病分类代码",
    "疾病分类名称",
    "备注",
    "有效标志",
    "唯一记录号",
    "数据创建时间",
    "数据更新时间",
    "版本号",
    "版本名称",
];

const TCM_SYNDROME: [&str; 14] = [
    "中医证候ID",
    "证候类目代码",
    "证候类目名称",
    "证候属性代码",
    "证候属性",
    "证候分类代码",
    "证候分类名称",
    "备注",
    "有效标志",
    "唯一记录号",
    "数据创建时间",
    "数据更新时间",
    "版本号",
    "版本名称",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn headings_are_distinct_and_hold_code_and_name() {
        let counts = Printed::ALL.map(|list| list.headings().len());
        assert_eq!(counts, [19, 71, 24, 15, 15, 11, 14, 14]);
        for list in Printed::ALL {
            let headings: BTreeSet<_> = list.headings().iter().collect();
            assert_eq!(headings.len(), list.headings().len(), "{list:?}");
            let (code, name) = list.code_and_name();
            assert!(headings.contains(&code) && headings.contains(&name), "{list:?}");
            assert!(!of_edition(code) && !of_edition(name), "{list:?}");
            for told in ["有效标志", "版本号", "版本名称", "唯一记录号"] {
                assert!(headings.contains(&told), "{list:?} {told}");
            }
        }
    }
}
