//! The store that many machines share, on a Redis of each test's own.

mod approvals;
pub(crate) mod connection;
pub(crate) mod counts;
pub(crate) mod doctor;
mod ends;
mod failures;
mod gateways;
mod inputs;
mod logins;
mod moves;
#[cfg(unix)]
mod rounds;
mod scripts;
#[cfg(target_os = "linux")]
mod secrecy;
mod tokens;
