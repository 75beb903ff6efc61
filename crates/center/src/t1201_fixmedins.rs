//! 1201 医药机构信息获取: an institution of the register, by its code. Changes nothing.

use lf_ports::Fixmedins;
use lf_vocab::{FixmedinsCode, FixmedinsKind};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};

/// Which institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 定点医疗服务机构类型.
    pub kind: FixmedinsKind,
    /// 定点医药机构编号.
    pub fixmedins_code: Option<FixmedinsCode>,
    /// 名称 or a part of it.
    pub fixmedins_name: Option<String>,
}

/// The institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The row of the register.
    pub fixmedins: Fixmedins,
}

lf_rx::refusals! {
    /// Why no institution is told (1201).
    InstitutionRefusal {
        ByName = "RX-1201-01", "接口规范 1201 fixmedins_code", "暂不支持只按名称查询，请填写定点医药机构编号";
        Unknown = "RX-1201-02", "接口规范 1201", "查无此定点医药机构";
    }
}

impl Center {
    /// 1201. Errors: [`InstitutionRefusal`].
    pub async fn t1201_fixmedins(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(ctx.code().kind(), ctx.code())?;
        let Some(code) = &command.fixmedins_code else { return refused(InstitutionRefusal::ByName) };
        let Some(fixmedins) = self.store.fixmedins(code).await? else { return refused(InstitutionRefusal::Unknown) };
        let named = command.fixmedins_name.as_ref().is_none_or(|part| fixmedins.fixmedins_name.contains(part));
        if code.kind() != command.kind || !named {
            return refused(InstitutionRefusal::Unknown);
        }
        Ok(Reply { fixmedins }.into())
    }
}
