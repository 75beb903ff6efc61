//! 7211 电子处方药品目录查询: the catalogue, for both sides.

use lf_ports::Drug;
use lf_ports::store::DrugQuery;
use lf_vocab::{FixmedinsCode, MedListCodg};

use crate::Center;
use crate::ctx::{Answer, CallerRefusal, Ctx};
use crate::failure::{Failure, refused};

/// The largest page (7211 pageSize).
pub const PAGE_MAX: u64 = 100;

/// A question.
#[derive(Debug, Clone)]
pub struct Command {
    /// Who asks.
    pub fixmedins_code: FixmedinsCode,
    /// These codes.
    pub codes: Vec<MedListCodg>,
    /// Part of the name.
    pub drug_name: Option<String>,
    /// Only 双通道 or only not.
    pub dualchnl: Option<bool>,
    /// Only 门诊统筹 or only not.
    pub oppool: Option<bool>,
    /// From 1.
    pub page_num: u64,
    /// At most [`PAGE_MAX`].
    pub page_size: u64,
}

/// A page.
#[derive(Debug, Clone)]
pub struct Reply {
    /// All that match.
    pub total: u64,
    /// Those of this page.
    pub list: Vec<Drug>,
}

lf_rx::refusals! {
    /// Why a page is not given (7211).
    CatalogueRefusal {
        NeitherCodeNorName = "RX-7211-01", "接口规范 7211：医疗目录编码和名称其中之一必传", "医疗目录编码和药品名称必须填写其一";
        PageSize = "RX-7211-02", "接口规范 7211 pageSize", "分页大小应从1开始";
        PageNum = "RX-7211-03", "接口规范 7211 pageNum", "分页码值应从1开始";
    }
}

impl Center {
    /// 7211. Errors: [`CatalogueRefusal`], the caller's.
    pub async fn t7211_catalogue(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        if *ctx.code() != command.fixmedins_code {
            return refused(CallerRefusal::OtherInstitution);
        }
        if command.codes.is_empty() && command.drug_name.is_none() {
            return refused(CatalogueRefusal::NeitherCodeNorName);
        }
        if command.page_size == 0 {
            return refused(CatalogueRefusal::PageSize);
        }
        // One client asks for the largest number there is: it gets the largest page.
        let page_size = command.page_size.min(PAGE_MAX);
        if command.page_num == 0 {
            return refused(CatalogueRefusal::PageNum);
        }
        let query = DrugQuery {
            on: ctx.now.day(),
            codes: command.codes.clone(),
            name_part: command.drug_name.clone(),
            dualchnl: command.dualchnl,
            oppool: command.oppool,
            offset: (command.page_num - 1).saturating_mul(page_size),
            limit: page_size,
        };
        let (total, mut list) = self.store.drug_page(&query).await?;
        self.price_page(&mut list, query.on).await?;
        Ok(Reply { total, list }.into())
    }
}
