//! The application: one module a transaction, each load, decide, commit.
//!
//! A use case takes `(Ctx, command)`, loads the little it needs through [`lf_ports::Store`], asks the law and the
//! prescription, and commits one change set. It knows no HTTP, no SQL and no JSON. Conflicts between clients come
//! back as refusals: a stale commit is decided again on fresh data.

pub mod admission;
mod catalogue;
pub mod consult;
pub mod ctx;
mod delivery;
pub mod duty;
pub mod failure;
pub mod filings;
mod fresh;
pub mod gate;
mod goods_found;
pub mod grants;
pub mod journal;
pub mod keys;
pub mod limit;
pub mod mdtrt;
pub mod med_file;
pub mod offers;
pub mod once;
pub mod outlist;
pub mod people;
pub mod published;
pub mod reconcile;
pub mod registers;
pub mod reim;
pub mod replayed;
pub mod retain;
pub mod scheme;
pub mod serial;
pub mod stock_pages;
pub mod supervised;
mod tell;
pub mod till;
pub mod transition;

pub mod t1101_person;
pub mod t1201_fixmedins;
pub mod t1301_download;
pub mod t1312_hilist;
pub mod t1317_matches;
pub mod t2101_account;
pub mod t2101_paper;
pub mod t2101_quote;
pub mod t2101_without_rx;
pub mod t2102_settle;
pub mod t2103_refund;
pub mod t2201_register;
pub mod t2203a_visit;
pub mod t2204_fees;
pub mod t2206_clinic;
pub mod t2601_undo;
pub mod t3201_statement;
pub mod t3202_details;
pub mod t3301_match;
pub mod t3501_goods;
pub mod t3508_goods_query;
pub mod t3513_traces;
pub mod t3592b_virtual;
pub mod t5203_settlement;
pub mod t5301_dises;
pub mod t5302_chosen;
pub mod t7101_precheck;
pub mod t7102_sign;
pub mod t7103_upload;
pub mod t7104_undo;
pub mod t7105_query;
pub mod t7106_review_query;
pub mod t7107_settlement_query;
pub mod t7201_authorise;
pub mod t7202_online;
pub mod t7203_qrcode;
pub mod t7204_download;
pub mod t7205_verify;
pub mod t7206_review;
pub mod t7207_sell;
pub mod t7208_undo_sale;
pub mod t7209_deliver;
pub mod t7210_sign_off;
pub mod t7211_catalogue;
pub mod t9001_signin;
pub mod t9002_signout;
pub mod t9101_file_upload;
pub mod t9102_file_download;

use std::sync::Arc;

use lf_law::{Grant, Law};
use lf_ports::{Chance, Store};
use lf_vocab::{Admdvs, Day};

use fresh::Fresh;

pub use ctx::{Answer, Caller, Ctx};
pub use failure::Failure;

/// What the operator may choose; no law stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How long a token opens a prescription (7201, 7203), in minutes.
    pub token_minutes: i64,
    /// How often a command is decided again when another moved first.
    pub attempts_max: usize,
    /// Rows of a file that is made of a list (1301 …).
    pub download_rows_max: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { token_minutes: 30, attempts_max: 8, download_rows_max: 500_000 }
    }
}

/// The center.
pub struct Center {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) law: Arc<Law>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) settings: Settings,
    pub(crate) keys: keys::InstitutionKeys,
    pub(crate) proofs: keys::ProofKeys,
    pub(crate) serials: serial::Serials,
    pub(crate) grants: Fresh<Admdvs, Arc<[Grant]>>,
    pub(crate) registers: Fresh<(Admdvs, Day), Arc<registers::Kept>>,
    /// Held while a file is made of a list.
    pub(crate) downloads: tokio::sync::Mutex<()>,
}

impl Center {
    /// Puts the center on its ports.
    pub fn new(store: Arc<dyn Store>, law: Arc<Law>, chance: Arc<dyn Chance>, settings: Settings) -> Self {
        Self {
            store,
            law,
            chance,
            settings,
            keys: keys::InstitutionKeys::default(),
            proofs: keys::ProofKeys::default(),
            serials: serial::Serials::default(),
            grants: Fresh::new(grants::GRANTS_FRESH_SECONDS),
            registers: Fresh::new(registers::KEPT_FRESH_SECONDS),
            downloads: tokio::sync::Mutex::default(),
        }
    }

    /// The store, for the edge.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The law, for the edge.
    pub fn law(&self) -> &Law {
        &self.law
    }
}
