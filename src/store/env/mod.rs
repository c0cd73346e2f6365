//! The `.env` as the home of the tokens of one account.

pub(super) mod file;
pub(super) mod rewrite;
pub(crate) mod text;
