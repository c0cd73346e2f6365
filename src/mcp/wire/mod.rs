//! How messages of the protocol come and go.

mod lines;
pub(crate) mod raw;
pub(crate) mod session;
pub(crate) mod stdio;
