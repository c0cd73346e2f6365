//! The commands, as people and scripts run them.

pub(crate) mod accept;
pub(crate) mod approval;
pub(crate) mod check;
pub(crate) mod check_format;
// Windows has the home of a user from no variable.
#[cfg(unix)]
pub(crate) mod client;
#[cfg(target_os = "linux")]
mod confirm;
pub(crate) mod demo;
pub(crate) mod doctor;
#[cfg(unix)]
pub(crate) mod exec;
pub(crate) mod get;
pub(crate) mod grant;
pub(crate) mod input;
#[cfg(unix)]
pub(crate) mod log;
#[cfg(target_os = "linux")]
pub(crate) mod notify;
#[cfg(target_os = "linux")]
pub(crate) mod on_event;
pub(crate) mod output;
pub(crate) mod policy;
pub(crate) mod scopes;
pub(crate) mod watch;
// Windows has the home of a user from no variable.
#[cfg(unix)]
pub(crate) mod wrap;
#[cfg(unix)]
pub(crate) mod zoommcp;
