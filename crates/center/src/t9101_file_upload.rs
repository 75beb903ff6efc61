//! 9101 文件上传: an institution leaves a file for a transaction that names it. Kept byte for byte and not looked into.
//!
//! Invariants: a file is its institution's alone; it goes when its time is over; the same message again is the same
//! file.

use lf_ports::{ChangeSet, FileChange, FileOwner, IdemKey, StoredFile};
use lf_vocab::{FixmedinsCode, Moment};
use serde::{Deserialize, Serialize};

use crate::Center;
use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};

/// The largest file, in bytes.
pub const FILE_MAX: usize = 4 * 1024 * 1024;
/// Files of an institution that are kept at once. Of uploads that race at the limit a few more may be taken.
pub const FILES_MAX: u64 = 100;
/// Days for which a file is kept, that of the upload included.
pub const KEPT_DAYS: i32 = 30;

/// A file.
#[derive(Clone)]
pub struct Command {
    /// 医药机构编号.
    pub fixmedins_code: FixmedinsCode,
    /// 文件名.
    pub filename: String,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// What a file says stays out of every log.
impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command")
            .field("filename", &self.filename)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// 文件查询号.
    pub file_qury_no: String,
    /// 截止时间: from then on it is gone.
    pub until: Moment,
}

lf_rx::refusals! {
    /// Why a file is not taken (9101).
    FileRefusal {
        Empty = "RX-9101-01", "接口规范 9101 in", "文件没有内容";
        TooLarge = "RX-9101-02", "本中心 文件上限", "文件超过上限4194304字节，请分开上传";
        TooMany = "RX-9101-03", "本中心 文件上限", "本机构保存期内的文件已达上限100个，请待其到期后再上传";
    }
}

impl Center {
    /// 9101. Errors: [`FileRefusal`], the caller's.
    pub async fn t9101_file_upload(&self, ctx: &Ctx, command: &Command) -> Result<Answer<Reply>, Failure> {
        ctx.expect_kind(ctx.code().kind(), &command.fixmedins_code)?;
        if command.body.is_empty() {
            return refused(FileRefusal::Empty);
        }
        if command.body.len() > FILE_MAX {
            return refused(FileRefusal::TooLarge);
        }
        let key = ctx.exact_key("9101");
        self.attempts_once(ctx, &key, || self.try_keep(ctx, command, &key)).await
    }

    async fn try_keep(&self, ctx: &Ctx, command: &Command, key: &IdemKey) -> Result<Answer<Reply>, Attempt> {
        let owner = FileOwner::Fixmedins(command.fixmedins_code.clone());
        let (idem, kept) = tokio::try_join!(self.store.idem(key), self.store.file_count(&owner, ctx.now))?;
        if let Some(answered) = ctx.answered(idem)? {
            return Ok(answered);
        }
        if kept >= FILES_MAX {
            return Ok(refused(FileRefusal::TooMany)?);
        }
        let (file_qury_no, _) = self.setl_ids(ctx);
        let reply = Reply { file_qury_no, until: ctx.now.day().plus(KEPT_DAYS).start() };
        let file = StoredFile {
            owner,
            file_qury_no: reply.file_qury_no.clone(),
            filename: command.filename.clone(),
            row_cnt: 0,
            until: reply.until,
            body: command.body.clone(),
        };
        let mut changes = ChangeSet { file: Some(FileChange { file, now: ctx.now }), ..ChangeSet::default() };
        let answer = Answer::from(reply);
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }
}
