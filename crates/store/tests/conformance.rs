//! The suite by which a store is right: the same cases run on every engine that implements the ports.
//!
//! Proves idea 4 of the design, "two databases, one behaviour". An engine's test file gives a [`Ground`] and runs
//! [`each_case`]; nothing here knows SQL of its own except the tampering that a case asks the ground to do.

use std::sync::Arc;

use lf_ports::{AuditStore, Outbox, ReplayStore, Store};
use lf_store::{OpenError, Rotation, Sealer};

pub mod atomic;
pub mod consult;
pub mod duty;
pub mod files;
pub mod filings;
pub mod finders;
pub mod fixture;
pub mod grants;
pub mod list_match;
pub mod lists;
pub mod mdtrt;
pub mod memos;
pub mod model;
pub mod outbox;
pub mod races;
pub mod reim;
pub mod rotation;
pub mod scans;
pub mod stock;
pub mod tampered;

/// The ports of an engine, and what a rotation asks of it.
pub trait Full: Store + AuditStore + ReplayStore + Outbox + Rotation {}
impl<T: Store + AuditStore + ReplayStore + Outbox + Rotation> Full for T {}

/// An empty database of an engine, removed when dropped.
pub trait Ground: Send + Sync {
    /// One more store on the same database, as another process would open it.
    fn open(&self) -> Arc<dyn Full>;
    /// The same with a ring of one's own; `open` has the fixture's.
    fn open_with_ring(&self, sealer: Arc<Sealer>) -> Result<Arc<dyn Full>, OpenError>;
    /// The same with a queue of `queue` commands.
    fn open_with_queue(&self, queue: usize) -> Arc<dyn Full>;
    /// Executes SQL behind the stores' backs, without checks; answers how many rows it changed.
    fn alter(&self, sql: &str) -> usize;
    /// Whether a column holds values of its own type only, even behind the stores' backs.
    fn typed(&self) -> bool;
    /// Keeps every store from writing until the guard is dropped.
    fn hold_writers(&self) -> Box<dyn Send>;
}

/// Calls a macro with every case as `module::case`.
#[macro_export]
macro_rules! each_case {
    ($with:ident) => {
        $with! {
            finders::every_finder_answers_nothing_on_an_empty_store,
            finders::registers_are_found_and_replaced,
            finders::a_person_is_found_by_the_latest_keys_only,
            finders::drugs_are_paged_by_code_and_name,
            finders::a_prescription_is_found_whole,
            finders::only_live_prescriptions_of_a_person_newest_first,
            finders::batch_settlement_accumulator_account_claim_idem,
            atomic::a_conflict_in_any_part_leaves_nothing,
            atomic::stale_names_what_moved,
            atomic::the_same_owner_may_claim_again,
            atomic::releases_come_before_claims_and_only_by_the_owner,
            atomic::idem_comes_before_claims_and_versions,
            atomic::content_and_file_are_written_once,
            atomic::a_settlement_is_reversed_once,
            atomic::a_contradicting_change_set_is_refused,
            atomic::what_was_acknowledged_is_there_after_reopening,
            races::one_of_64_claims_wins_and_the_others_hear_of_it,
            races::one_of_64_equal_messages_wins,
            races::one_of_64_moves_wins,
            races::serials_are_unique_across_two_stores,
            races::a_thousand_commits_at_once,
            races::two_stores_write_to_one_database,
            races::a_full_queue_says_so,
            list_match::a_match_is_its_institutions_and_seen_since_its_change,
            list_match::a_match_is_withdrawn_once_and_may_come_again,
            scans::pages_join_without_gap_or_repetition,
            scans::the_claim_before_a_key_is_found,
            scans::cases_are_read_in_named_pages,
            scans::pools_are_all_partitions,
            scans::a_page_and_a_question_have_their_limits,
            tampered::every_disagreeing_column_is_named,
            rotation::a_database_opens_with_its_own_ring_only,
            rotation::every_cell_is_sealed_again_and_the_old_key_may_go,
            rotation::a_person_is_found_whichever_version_hashed_the_key,
            rotation::the_same_content_is_the_same_under_another_version,
            rotation::a_sweep_beside_writers_loses_nothing,
            rotation::what_does_not_open_is_told_and_left,
            model::random_changes_agree_with_a_map,
            outbox::a_letter_is_written_with_its_event_or_not_at_all,
            outbox::two_processes_never_claim_the_same,
            outbox::letters_of_a_prescription_go_in_order,
            outbox::a_lapsed_claim_changes_nothing,
            outbox::a_dead_letter_holds_the_queue_until_resent_or_given_up,
            outbox::a_letter_that_comes_while_the_last_goes_is_not_lost,
            outbox::queues_are_listed_in_pages_and_rest_by_institution,
            outbox::an_unreadable_letter_keeps_none_of_the_others,
            outbox::who_waits_hears_of_letters_only,
            files::a_file_is_its_institutions_until_its_time_is_over,
            files::a_number_is_a_files_once,
            consult::of_two_consultations_one_takes_the_number,
            consult::what_has_a_moment_in_common_is_found,
            consult::a_course_counts_while_its_prescription_stands,
            consult::the_longest_courses_of_a_person_are_read,
            consult::so_many_courses_are_looked_through_and_not_one_more,
            consult::all_numbers_of_a_person_are_read_in_pages,
            consult::earlier_courses_are_read_with_where_they_stand,
            consult::no_more_than_so_many_earlier_courses_are_read,
            grants::a_grant_is_read_by_its_place,
            grants::a_number_of_a_grant_is_given_once,
            grants::a_grant_ends_where_it_was_seen_to_end,
            grants::so_many_grants_of_a_place_are_read_and_one_more_is_refused,
            filings::a_filing_is_read_by_its_person,
            filings::a_number_of_a_filing_is_given_once_and_changed_as_it_was_seen,
            filings::a_filing_ends_where_it_was_seen_to_end,
            filings::so_many_filings_of_a_person_are_kept_and_one_more_is_not_entered,
            filings::of_commits_at_once_none_adds_one_filing_too_many,
            filings::who_has_too_many_filings_is_served_all_the_same,
            filings::so_many_filings_of_a_person_are_read_and_one_more_breaks,
            lists::designations_are_kept_of_each_side_by_itself,
            duty::duty_is_read_by_pharmacy_and_time,
            mdtrt::a_visit_is_its_pharmacys_and_moves_from_the_version_that_was_read,
            mdtrt::visits_are_scanned_by_their_place,
            reim::a_claim_is_its_pools_and_goes_on_from_where_it_was_seen,
            reim::one_of_64_settlements_and_claims_is_paid,
            reim::an_invoice_is_claimed_once_and_free_again,
            memos::memos_are_read_by_place_topic_and_key,
            memos::a_number_of_a_memo_is_given_once,
            lists::a_list_is_read_as_of_a_day,
            lists::all_rows_of_a_first_part_are_found,
            lists::a_download_goes_on_where_it_stopped,
            lists::prices_of_a_drug_are_those_of_its_place,
            lists::an_edition_comes_whole_or_not_at_all,
            lists::a_row_of_the_same_day_is_taken_back_or_replaced,
            lists::the_catalogue_is_read_as_of_a_day,
            stock::goods_are_found_by_their_institution_only,
            stock::a_stock_change_comes_whole_or_not_at_all,
            stock::a_number_stands_once_until_it_is_made_void,
            stock::one_of_32_sales_of_a_box_wins,
            stock::what_was_uploaded_is_found_by_when_it_was_taken,
            stock::a_case_goes_on_from_where_it_was_seen,
            stock::a_long_batch_and_its_leads_are_kept,
        }
    };
}
