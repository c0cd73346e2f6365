//! How messages of the protocol come and go.

mod lines;
pub(crate) mod raw;
pub(crate) mod stdio;
