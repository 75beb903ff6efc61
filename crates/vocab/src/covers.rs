//! The mark that ties a decision in code to the row of the requirements it serves.
//!
//! `cargo xtask requirements` reads these marks from the source text; at run time they cost nothing.

/// Marks the place where one or more requirement rows are decided: `covers!("JX-3.1a")`.
#[macro_export]
macro_rules! covers {
    ($($id:literal),+ $(,)?) => {
        const _: &[&str] = &[$($id),+];
    };
}
