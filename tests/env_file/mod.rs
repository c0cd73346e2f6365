//! The `.env`: which one is used, what is read in it, and what kinds of files it can be.

pub(crate) mod found;
#[cfg(target_os = "linux")]
pub(crate) mod mounted;
#[cfg(unix)]
pub(crate) mod page;
#[cfg(unix)]
pub(crate) mod played;
pub(crate) mod read_only;
#[cfg(unix)]
pub(crate) mod readers;
#[cfg(unix)]
pub(crate) mod streams;
