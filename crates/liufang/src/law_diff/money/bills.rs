//! Settlements that stand, packed until it is their person's turn: a million of them are in memory at once.
//!
//! Invariant: when they take more than a limit, every second person is left for another pass over the store, so that memory does
//! not grow with what is stored.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::ops::Range;
use std::sync::Arc;

use anyhow::Context as _;
use lf_ports::Setl;
use lf_settle::{LineShare, Shares};
use lf_vocab::dict::{ChrgitmLv, Insutype};
use lf_vocab::{Admdvs, Fen, FixmedinsCode, HiRxno, Moment, Pric, PsnNo, Qty};

use super::packed::{Packed, pack, pack_text, unpack, unpack_text};
use super::words::{Words, halves, whole};

/// Bytes that packed settlements and their index take at most, but for one page.
pub const BYTES_MAX: usize = 192 << 20;

/// Into so many shares, one less, persons are divided at most: one person's purchases alone are never too many.
const SHARES_MAX: u64 = (1 << 20) - 1;

/// A settlement as it is computed anew.
pub struct Bill {
    pub at: Moment,
    pub poolarea_no: Admdvs,
    pub psn_no: PsnNo,
    pub prescribed: Prescribed,
    pub insutype: Insutype,
    pub med_type: Arc<str>,
    pub lines: Vec<BillLine>,
    /// The account before.
    pub balance: Fen,
    /// Fund, account, cash.
    pub paid: [Fen; 3],
}

/// On what a purchase was settled.
#[derive(Debug, PartialEq, Eq)]
pub enum Prescribed {
    /// A prescription of the center.
    Rx(HiRxno),
    /// A paper prescription of an institution; for which disease it was is not kept.
    Paper(FixmedinsCode),
    /// None: only the personal account paid.
    Not,
}

pub struct BillLine {
    pub cnt: Qty,
    pub pric: Pric,
    pub fee: Fen,
    pub pric_uplmt: Option<Pric>,
    pub chrgitm_lv: ChrgitmLv,
    pub in_scope: bool,
}

/// Fund, account, cash.
pub fn flows(shares: &Shares) -> [Fen; 3] {
    [shares.fund_pay_sumamt, shares.acct_pay, shares.psn_cash_pay]
}

/// Which persons a pass is about: those whose number ends in these bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    mask: u64,
    bits: u64,
}

impl Share {
    fn has(self, person: u64) -> bool {
        person & self.mask == self.bits
    }

    /// Both halves.
    fn halves(self) -> [Self; 2] {
        let next = self.mask + 1;
        let mask = self.mask | next;
        [Self { mask, ..self }, Self { mask, bits: self.bits | next }]
    }
}

/// Where a settlement lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    person: u64,
    at: i64,
    /// Of two at the same moment always the same one is first.
    tie: u64,
    place: u64,
}

/// The settlements of a share of the persons.
pub struct Bills {
    share: Share,
    bytes_max: usize,
    index: Vec<Entry>,
    packed: Packed,
    words: Words,
    left: Vec<Share>,
}

impl Bills {
    pub fn new(share: Share, bytes_max: usize) -> Self {
        let (index, packed, words, left) = (Vec::new(), Packed::default(), Words::default(), Vec::new());
        Self { share, bytes_max, index, packed, words, left }
    }

    /// Adds one, if it is of this share.
    pub fn add(&mut self, setl: &Setl) {
        let person = hash(&(setl.accum_key.poolarea_no, setl.accum_key.psn_no.as_str()));
        if !self.share.has(person) {
            return;
        }
        let mut bytes = Vec::with_capacity(128);
        self.pack(setl, &mut bytes);
        let place = self.packed.add(&bytes);
        self.index.push(Entry { person, at: setl.setl_time.micros(), tie: hash(&setl.setl_id), place });
        let bytes = self.packed.bytes() + self.index.len() * size_of::<Entry>();
        if bytes > self.bytes_max && self.share.mask < SHARES_MAX {
            self.halve();
        }
    }

    /// All added; ordered by person and time. What is left for other passes is told.
    pub fn sorted(mut self) -> (Self, Vec<Share>) {
        self.index.sort_unstable();
        let left = std::mem::take(&mut self.left);
        (self, left)
    }

    fn halve(&mut self) {
        let [own, other] = self.share.halves();
        (self.share, self.left) = (own, [std::mem::take(&mut self.left), vec![other]].concat());
        let mut packed = Packed::default();
        self.index.retain_mut(|entry| {
            let stays = own.has(entry.person);
            if stays {
                entry.place = packed.add(self.packed.at(entry.place));
            }
            stays
        });
        self.packed = packed;
    }

    /// Where parts of about the same size end, so that no person is in two of them.
    pub fn parts(&self, parts: usize) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::with_capacity(parts);
        for part in 1..=parts {
            let from = ranges.last().map_or(0, |before| before.end);
            let mut end = from.max(self.index.len() * part / parts);
            while end > from && end < self.index.len() && self.index[end].person == self.index[end - 1].person {
                end += 1;
            }
            ranges.push(from..end);
        }
        ranges
    }

    /// The settlements of the next person of a part, in the order of their time.
    pub fn person(&self, part: &mut Range<usize>) -> anyhow::Result<Vec<Bill>> {
        let rest = &self.index[part.clone()];
        let same =
            rest.iter().take_while(|entry| rest.first().is_some_and(|first| entry.person == first.person)).count();
        let entries = &rest[..same];
        part.start += same;
        let mut bills = entries.iter().map(|entry| self.unpack(entry)).collect::<anyhow::Result<Vec<_>>>()?;
        // Two persons may share a hash.
        bills.sort_by(|a, b| (a.poolarea_no, a.psn_no.as_str()).cmp(&(b.poolarea_no, b.psn_no.as_str())));
        Ok(bills)
    }

    fn pack(&mut self, setl: &Setl, to: &mut Vec<u8>) {
        let shares = &setl.shares;
        pack_text(to, setl.accum_key.psn_no.as_str());
        for word in [setl.accum_key.poolarea_no.as_str(), setl.insutype.code(), &setl.med_type] {
            self.pack_word(word, to);
        }
        for half in setl.hi_rxno.as_ref().map(halves).unwrap_or_default() {
            pack(to, half.cast_signed());
        }
        pack(to, i64::from(setl.paper.is_some()));
        if let Some(paper) = &setl.paper {
            self.pack_word(paper.fixmedins_code.as_str(), to);
        }
        pack(to, shares.lines.len() as i64);
        for line in &shares.lines {
            self.pack_line(line, to);
        }
        let balance = shares.balc.checked_add(shares.acct_pay).unwrap_or(shares.balc);
        [balance].into_iter().chain(flows(shares)).for_each(|fen| pack(to, fen.get()));
    }

    fn pack_word(&mut self, word: &str, to: &mut Vec<u8>) {
        pack(to, self.words.of(word).into());
    }

    fn pack_line(&mut self, line: &LineShare, to: &mut Vec<u8>) {
        // What is wholly the person's is of class C, or was outside the scope.
        let outside = line.fulamt_ownpay_amt == line.det_item_fee_sumamt && line.chrgitm_lv != ChrgitmLv::C;
        for number in [line.cnt.get(), line.pric.get(), line.det_item_fee_sumamt.get()] {
            pack(to, number);
        }
        self.pack_word(line.chrgitm_lv.code(), to);
        pack(to, i64::from(outside) | i64::from(line.pric_uplmt_amt.is_some()) << 1);
        if let Some(uplmt) = line.pric_uplmt_amt {
            pack(to, uplmt.get());
        }
    }

    fn unpack(&self, entry: &Entry) -> anyhow::Result<Bill> {
        let mut from = self.packed.at(entry.place);
        self.read(Moment::from_micros(entry.at), &mut from).context("a packed settlement cannot be read")
    }

    fn read(&self, at: Moment, from: &mut &[u8]) -> Option<Bill> {
        let psn_no = unpack_text(from)?.parse().ok()?;
        let poolarea_no = self.word(from)?.parse().ok()?;
        let insutype = Insutype::from_code(self.word(from)?)?;
        let med_type = self.word(from)?.clone();
        let number = [unpack(from)?.cast_unsigned(), unpack(from)?.cast_unsigned()];
        let prescribed = match (number, unpack(from)?) {
            ([0, 0], 0) => Prescribed::Not,
            ([0, 0], _) => Prescribed::Paper(self.word(from)?.parse().ok()?),
            _ => Prescribed::Rx(whole(number)?),
        };
        let count = usize::try_from(unpack(from)?).ok()?;
        let lines = (0..count).map(|_| self.read_line(from)).collect::<Option<Vec<_>>>()?;
        let mut fen = || unpack(from).map(Fen::new);
        let (balance, paid) = (fen()?, [fen()?, fen()?, fen()?]);
        Some(Bill { at, poolarea_no, psn_no, prescribed, insutype, med_type, lines, balance, paid })
    }

    fn word(&self, from: &mut &[u8]) -> Option<&Arc<str>> {
        self.words.word(unpack(from)?.try_into().ok()?)
    }

    fn read_line(&self, from: &mut &[u8]) -> Option<BillLine> {
        let (cnt, pric, fee) = (Qty::new(unpack(from)?), Pric::new(unpack(from)?), Fen::new(unpack(from)?));
        let chrgitm_lv = ChrgitmLv::from_code(self.word(from)?)?;
        let marks = unpack(from)?;
        let pric_uplmt = if marks & 2 == 2 { Some(Pric::new(unpack(from)?)) } else { None };
        Some(BillLine { cnt, pric, fee, pric_uplmt, chrgitm_lv, in_scope: marks & 1 == 0 })
    }
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}
