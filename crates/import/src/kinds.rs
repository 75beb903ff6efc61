//! Each kind's columns and the reading of one row.

pub mod drug;
pub mod filing;
pub mod lists;
pub mod places;
pub mod registers;
