//! 9102 文件下载: a file of the institution's own, or one that the center made of a list (1301 …), under `plc`.
//!
//! Invariant: a file of another institution, one past its time and one that never was are told apart by nobody.

use lf_ports::{FileOwner, StoredFile};

use crate::Center;
use crate::ctx::{Answer, CallerRefusal, Ctx};
use crate::failure::{Failure, refused};

/// Which file.
#[derive(Debug, Clone)]
pub struct Command {
    /// 文件查询号, perhaps with the path of an object store before it.
    pub file_qury_no: String,
    /// 医药机构编号, or `plc`.
    pub owner: FileOwner,
}

lf_rx::refusals! {
    /// Why there is no file (9102).
    NoFileRefusal {
        Unknown = "RX-9102-01", "接口规范 9102 file_qury_no", "查无此文件，或文件已过保存期";
    }
}

impl Center {
    /// 9102. Errors: [`NoFileRefusal`], [`CallerRefusal::OtherInstitution`].
    pub async fn t9102_file_download(&self, ctx: &Ctx, command: &Command) -> Result<Answer<StoredFile>, Failure> {
        if command.owner.institution().is_some_and(|code| code != ctx.code()) {
            return refused(CallerRefusal::OtherInstitution);
        }
        // One province's clients send the whole path, others its last part; both were seen to work.
        let file_qury_no = command.file_qury_no.rsplit('/').next().unwrap_or_default();
        let found = match (self.store.file(&command.owner, file_qury_no).await?, &command.owner) {
            // What people signed stands apart, and is asked for as any other file.
            (None, FileOwner::Fixmedins(code)) => {
                self.store.file(&FileOwner::Pairs(code.clone()), file_qury_no).await?
            }
            (found, _) => found,
        };
        match found.filter(|file| ctx.now < file.until) {
            Some(file) => Ok(file.into()),
            None => refused(NoFileRefusal::Unknown),
        }
    }
}
