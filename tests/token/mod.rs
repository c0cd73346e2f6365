//! How a token is asked for and obtained, whatever Zoom, the network, other processes and signals do meanwhile.

pub(crate) mod answers;
pub(crate) mod concurrency;
pub(crate) mod everywhere;
pub(crate) mod lost_answers;
pub(crate) mod network;
#[cfg(unix)]
pub(crate) mod signals;
pub(crate) mod turns;
#[cfg(unix)]
pub(crate) mod unstorable;
pub(crate) mod waits;
