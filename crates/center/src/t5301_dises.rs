//! 5301 人员慢特病备案查询: the diseases with which a person is registered today. Changes nothing.
//!
//! Serves DG-1.1 at a counter. Invariant: told only to institutions of the 统筹区 in which the person is insured, because the message names a person by
//! 人员编号 alone; a 统筹区 that keeps no such filings says so instead of showing none.

use lf_ports::filing::{Filed, FilingKind};
use lf_ports::{Person, PersonKey};
use lf_vocab::{Day, PsnNo};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Failure, refused};
use crate::filings::Filings;
use crate::people::PersonRefusal;

/// Whose diseases are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// 人员编号.
    pub psn_no: PsnNo,
}

/// The diseases, in the order of their filings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Those that count today.
    pub dises: Vec<Registered>,
}

/// A registered disease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// 门慢门特病种目录代码.
    pub opsp_dise_code: String,
    /// 门慢门特病种名称.
    pub opsp_dise_name: String,
    /// The first day.
    pub begndate: Day,
    /// The last day, where there is one.
    pub enddate: Option<Day>,
}

lf_rx::refusals! {
    /// Why nothing is told of a person's filings (5301, 5302).
    FilingRefusal {
        NotKept = "RX-5301-01", "接口规范 5301、5302", "本统筹区没有登记门诊慢特病备案，不能查询";
    }
}

impl Center {
    /// 5301. Errors: [`FilingRefusal`], [`PersonRefusal`], the caller's.
    pub async fn t5301_dises(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        let (_, filings) = self.filed_here(ctx, &command.psn_no).await?;
        let registered = filings.in_force(ctx.now.day()).filter_map(|row| match &row.body.filed {
            Filed::Opsp(opsp) => Some(Registered {
                opsp_dise_code: opsp.opsp_dise_code.clone(),
                opsp_dise_name: opsp.opsp_dise_name.clone(),
                begndate: row.from,
                enddate: row.until.map(|until| until.plus(-1)),
            }),
            Filed::Spay(_) => None,
        });
        Ok(Reply { dises: registered.collect() }.into())
    }

    /// A person of the caller's 统筹区 and what is filed of him there.
    pub(crate) async fn filed_here(&self, ctx: &Ctx, psn_no: &PsnNo) -> Result<(Person, Filings), Failure> {
        ctx.expect(ctx.code().kind(), ctx.code())?;
        let here = ctx.caller.fixmedins.poolarea_no;
        let key = PersonKey::PsnNo(here, psn_no.clone());
        let (person, filings) =
            tokio::try_join!(self.store.person(&key), self.filings(here, psn_no, ctx.now.day(), ctx.now))?;
        if !filings.kept(FilingKind::Opsp) {
            return refused(FilingRefusal::NotKept);
        }
        match person {
            Some(person) => Ok((person, filings)),
            None => refused(PersonRefusal::Unknown),
        }
    }
}
