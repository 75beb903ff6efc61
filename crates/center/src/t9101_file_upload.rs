//! 9101 文件上传: an institution leaves a file for a transaction that names it. Kept byte for byte and not looked into.
//!
//! A file named `PAIR_<结算ID>…` is the settlement sheet with its prescription as the person signed them (JX-3.6): its number and hash are
//! bound into the history. Such files have a limit of their own, because there is one for every settlement. Invariants: a file is its
//! institution's alone; it goes when its time is over; the same message again is the same file; a signed pair is kept once, under the
//! number that the history names.

use lf_ports::{ChangeSet, FileChange, FileOwner, IdemKey, RxChange, StoreError, StoredFile};
use lf_rx::Event;
use lf_rx::decide::settle::{self, PairRefusal};
use lf_rx::event::SignedPair;
use lf_vocab::{FixmedinsCode, Moment};
use serde::{Deserialize, Serialize};

use crate::ctx::{Answer, Ctx};
use crate::failure::{Attempt, Failure, refused};
use crate::{Center, journal};

/// The largest file, in bytes.
pub const FILE_MAX: usize = 4 * 1024 * 1024;
/// Files of an institution that are kept at once. Of uploads that race at the limit a few more may be taken.
pub const FILES_MAX: u64 = 100;
/// Signed pairs of an institution that are kept at once, besides: about a hundred settlements a day.
pub const PAIRS_MAX: u64 = 3_000;
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
        TooManyPairs = "RX-9101-04", "本中心 文件上限", "本机构保存期内的签字件已达上限3000个，请待其到期后再上传";
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
        let code = command.fixmedins_code.clone();
        let named = command.filename.strip_prefix(PAIR);
        let (owner, most, too_many) = match named {
            Some(_) => (FileOwner::Pairs(code), PAIRS_MAX, FileRefusal::TooManyPairs),
            None => (FileOwner::Fixmedins(code), FILES_MAX, FileRefusal::TooMany),
        };
        let (idem, kept) = tokio::try_join!(self.store.idem(key), self.store.file_count(&owner, ctx.now))?;
        if let Some(answered) = ctx.answered(idem)? {
            return Ok(answered);
        }
        let mut reply = Reply { file_qury_no: self.secret_id(ctx), until: ctx.now.day().plus(KEPT_DAYS).start() };
        let mut changes = ChangeSet::default();
        if let Some(named) = named {
            match self.bind_pair(ctx, command, named, &reply.file_qury_no).await? {
                Bound::New(change) => changes.rx.push(*change),
                Bound::Before(file_qury_no) => {
                    reply.file_qury_no = file_qury_no;
                    if let Some(until) = self.kept_until(ctx, &owner, &reply.file_qury_no).await? {
                        reply.until = until;
                        return self.answer_file(ctx, key, reply, changes).await;
                    }
                }
            }
        }
        if kept >= most {
            return Ok(refused(too_many)?);
        }
        // A recording or a record of temperatures is stated by its SM3 later; that of a signed pair stands in the history.
        let sm3 = named.is_none().then(|| lf_gm::sm3(&command.body));
        let file = StoredFile {
            owner,
            file_qury_no: reply.file_qury_no.clone(),
            filename: command.filename.clone(),
            row_cnt: 0,
            until: reply.until,
            body: command.body.clone(),
        };
        changes.file = Some(FileChange { file, now: ctx.now, sm3 });
        self.answer_file(ctx, key, reply, changes).await
    }

    async fn answer_file(
        &self,
        ctx: &Ctx,
        key: &IdemKey,
        reply: Reply,
        mut changes: ChangeSet,
    ) -> Result<Answer<Reply>, Attempt> {
        let answer = Answer::from(reply);
        ctx.remember(key.clone(), &answer, &mut changes);
        self.store.commit(changes).await?;
        Ok(answer)
    }

    /// Until when the copy that the history names is still here, by whatever name it stood.
    async fn kept_until(&self, ctx: &Ctx, owner: &FileOwner, file_qury_no: &str) -> Result<Option<Moment>, StoreError> {
        let before = FileOwner::Fixmedins(ctx.code().clone());
        let (pair, file) =
            tokio::try_join!(self.store.file_head(owner, file_qury_no), self.store.file_head(&before, file_qury_no))?;
        Ok(pair.or(file).map(|head| head.until).filter(|until| ctx.now < *until))
    }

    /// The person's signature under a settlement: a file named after it is bound into the history of its prescription.
    async fn bind_pair(&self, ctx: &Ctx, command: &Command, named: &str, file_qury_no: &str) -> Result<Bound, Attempt> {
        lf_vocab::covers!("JX-3.6", "JX-4.2b");
        let Some((setl_id, pair_no)) = pair_of(named) else { return Ok(refused(PairRefusal::Name)?) };
        let Some((setl, _)) = self.store.setl(ctx.code(), setl_id).await? else {
            return Ok(refused(PairRefusal::Unknown)?);
        };
        // What only the account paid, or was prescribed on paper, has no prescription into whose history it could go.
        let Some(hi_rxno) = &setl.hi_rxno else { return Ok(refused(PairRefusal::Unknown)?) };
        let Some(rx) = self.store.rx(hi_rxno).await? else { return Ok(refused(PairRefusal::Unknown)?) };
        let pair_sm3 = lf_gm::hex::lower(&lf_gm::sm3(&command.body));
        let new = settle::may_bind(&rx, setl_id, &pair_sm3).map_err(Failure::from_refusal)?;
        if let Some(bound) = rx.state.pair().filter(|_| !new) {
            return Ok(Bound::Before(bound.file_qury_no.clone()));
        }
        let bound = SignedPair {
            setl_id: setl_id.to_owned(),
            pair_sm3,
            file_qury_no: file_qury_no.to_owned(),
            pair_no: pair_no.map(str::to_owned),
            bound_time: ctx.now,
        };
        Ok(Bound::New(Box::new(journal::advance(&rx, &Event::PairBound(Box::new(bound)), ctx.now)?)))
    }
}

/// A signed pair beside the history of its prescription.
enum Bound {
    /// It is written down now.
    New(Box<RxChange>),
    /// The same copy is known under this number.
    Before(String),
}

/// How the name of a signed pair begins; then 结算ID, and where the paper lies.
const PAIR: &str = "PAIR_";
/// Characters of 档案号.
const PAIR_NO_MAX: usize = 30;

fn pair_of(named: &str) -> Option<(&str, Option<&str>)> {
    let (stem, suffix) = named.rsplit_once('.')?;
    let (setl_id, pair_no) = stem.split_once('_').map_or((stem, None), |(setl_id, pair_no)| (setl_id, Some(pair_no)));
    let fits = pair_no.is_none_or(|pair_no| (1..=PAIR_NO_MAX).contains(&pair_no.chars().count()));
    (!setl_id.is_empty() && !suffix.is_empty() && fits).then_some((setl_id, pair_no))
}
