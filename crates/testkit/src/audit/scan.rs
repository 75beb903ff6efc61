//! Pages in key order that do not end at an unreadable row: the row is reported and stepped over.

use lf_ports::{
    AccumKey, AccumRow, AuditStore, Claim, ClaimKind, Mdtrt, MdtrtStore, ReimRow, ReimStore, Setl, StoreError,
};
use lf_rx::Prescription;
use lf_vocab::{Admdvs, Fen, HiRxno, PsnNo};

use super::PAGE;
use super::report::{Kind, Report};

/// One kind of rows in key order.
pub(super) trait Scan {
    /// A row.
    type Row;
    /// What it is ordered by.
    type Key;
    /// Rows after a key.
    async fn page(&self, after: Option<&Self::Key>, most: usize) -> Result<Vec<Self::Row>, StoreError>;
    /// The key of a row.
    fn key(row: &Self::Row) -> Self::Key;
    /// The key that an unreadable row is reported with, `统筹区/key…`.
    fn parse(&self, text: &str) -> Option<Self::Key>;
}

/// Where a scan stands.
pub(super) struct Cursor<K> {
    after: Option<K>,
    ended: bool,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Self { after: None, ended: false }
    }
}

/// The next page; `None` at the end. A page can be empty when the row behind it could not be read.
pub(super) async fn next_page<S: Scan>(
    scan: &S,
    cursor: &mut Cursor<S::Key>,
    report: &mut Report,
) -> Result<Option<Vec<S::Row>>, StoreError> {
    if cursor.ended {
        return Ok(None);
    }
    match scan.page(cursor.after.as_ref(), PAGE).await {
        Ok(rows) => {
            let Some(last) = rows.last() else { return Ok(None) };
            cursor.after = Some(S::key(last));
            Ok(Some(rows))
        }
        Err(StoreError::Inconsistent(_)) => around(scan, cursor, report).await.map(Some),
        Err(other) => Err(other),
    }
}

/// Row by row up to the unreadable one, and behind it.
async fn around<S: Scan>(
    scan: &S,
    cursor: &mut Cursor<S::Key>,
    report: &mut Report,
) -> Result<Vec<S::Row>, StoreError> {
    let mut rows = Vec::new();
    while rows.len() < PAGE {
        match scan.page(cursor.after.as_ref(), 1).await {
            Ok(one) => {
                let Some(row) = one.into_iter().next() else { break };
                cursor.after = Some(S::key(&row));
                rows.push(row);
            }
            Err(StoreError::Inconsistent(row)) => {
                report.unreadable(&row);
                match scan.parse(&row.key) {
                    Some(key) => cursor.after = Some(key),
                    None => {
                        report.differs(Kind::Row, format!("{} {}", row.table, row.key), "主键不可读，其后的行未核对");
                        cursor.ended = true;
                    }
                }
                break;
            }
            Err(other) => return Err(other),
        }
    }
    Ok(rows)
}

/// Prescriptions of a 统筹区.
pub(super) struct RxScan<'s, S: ?Sized>(pub &'s S, pub Admdvs);

impl<S: AuditStore + ?Sized> Scan for RxScan<'_, S> {
    type Row = Prescription;
    type Key = HiRxno;
    async fn page(&self, after: Option<&HiRxno>, most: usize) -> Result<Vec<Prescription>, StoreError> {
        self.0.scan_rx(self.1, after, most).await
    }
    fn key(row: &Prescription) -> HiRxno {
        row.hi_rxno.clone()
    }
    fn parse(&self, text: &str) -> Option<HiRxno> {
        text.split('/').nth(1)?.parse().ok()
    }
}

/// Settlements of a 统筹区.
pub(super) struct SetlScan<'s, S: ?Sized>(pub &'s S, pub Admdvs);

impl<S: AuditStore + ?Sized> Scan for SetlScan<'_, S> {
    type Row = (Setl, Option<String>);
    type Key = String;
    async fn page(&self, after: Option<&String>, most: usize) -> Result<Vec<Self::Row>, StoreError> {
        self.0.scan_setl(self.1, after.map(String::as_str), most).await
    }
    fn key(row: &Self::Row) -> String {
        row.0.setl_id.clone()
    }
    fn parse(&self, text: &str) -> Option<String> {
        text.split_once('/').map(|(_, setl_id)| setl_id.to_owned())
    }
}

/// Visits in pharmacies of a 统筹区.
pub(super) struct MdtrtScan<'s, S: ?Sized>(pub &'s S, pub Admdvs);

impl<S: MdtrtStore + ?Sized> Scan for MdtrtScan<'_, S> {
    type Row = Mdtrt;
    type Key = String;
    async fn page(&self, after: Option<&String>, most: usize) -> Result<Vec<Mdtrt>, StoreError> {
        self.0.scan_mdtrt(self.1, after.map(String::as_str), most).await
    }
    fn key(row: &Mdtrt) -> String {
        row.mdtrt_id.clone()
    }
    fn parse(&self, text: &str) -> Option<String> {
        text.split_once('/').map(|(_, mdtrt_id)| mdtrt_id.to_owned())
    }
}

/// Claims with papers of a 统筹区.
pub(super) struct ReimScan<'s, S: ?Sized>(pub &'s S, pub Admdvs);

impl<S: ReimStore + ?Sized> Scan for ReimScan<'_, S> {
    type Row = ReimRow;
    type Key = String;
    async fn page(&self, after: Option<&String>, most: usize) -> Result<Vec<ReimRow>, StoreError> {
        self.0.reims(self.1, None, after.map_or("", String::as_str), most).await
    }
    fn key(row: &ReimRow) -> String {
        row.reim_no.clone()
    }
    fn parse(&self, text: &str) -> Option<String> {
        text.split_once('/').map(|(_, reim_no)| reim_no.to_owned())
    }
}

/// Accumulators of a 统筹区.
pub(super) struct AccumScan<'s, S: ?Sized>(pub &'s S, pub Admdvs);

impl<S: AuditStore + ?Sized> Scan for AccumScan<'_, S> {
    type Row = (AccumKey, AccumRow);
    type Key = AccumKey;
    async fn page(&self, after: Option<&AccumKey>, most: usize) -> Result<Vec<Self::Row>, StoreError> {
        self.0.scan_accum(self.1, after, most).await
    }
    fn key(row: &Self::Row) -> AccumKey {
        row.0.clone()
    }
    fn parse(&self, text: &str) -> Option<AccumKey> {
        let mut parts = text.split('/');
        Some(AccumKey {
            poolarea_no: parts.next()?.parse().ok()?,
            psn_no: parts.next()?.parse().ok()?,
            year: parts.next()?.parse().ok()?,
            scheme: parts.next()?.to_owned(),
        })
    }
}

/// Personal accounts of a 统筹区: whose, opening balance, balance now.
pub(super) struct AcctScan<'s, S: ?Sized>(pub &'s S, pub Admdvs);

impl<S: AuditStore + ?Sized> Scan for AcctScan<'_, S> {
    type Row = (PsnNo, Fen, Fen);
    type Key = PsnNo;
    async fn page(&self, after: Option<&PsnNo>, most: usize) -> Result<Vec<Self::Row>, StoreError> {
        self.0.scan_acct(self.1, after, most).await
    }
    fn key(row: &Self::Row) -> PsnNo {
        row.0.clone()
    }
    fn parse(&self, text: &str) -> Option<PsnNo> {
        text.split('/').nth(1)?.parse().ok()
    }
}

/// Claims of a kind.
pub(super) struct ClaimScan<'s, S: ?Sized>(pub &'s S, pub ClaimKind);

impl<S: AuditStore + ?Sized> Scan for ClaimScan<'_, S> {
    type Row = Claim;
    type Key = String;
    async fn page(&self, after: Option<&String>, most: usize) -> Result<Vec<Claim>, StoreError> {
        self.0.scan_claims(self.1, after.map(String::as_str), most).await
    }
    fn key(row: &Claim) -> String {
        row.key.clone()
    }
    fn parse(&self, text: &str) -> Option<String> {
        text.split_once('/').map(|(_, key)| key.to_owned())
    }
}
