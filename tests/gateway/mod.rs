//! The gateway before a stand-in server, and before others.

pub(crate) mod approval;
pub(crate) mod audit;
#[cfg(unix)]
pub(crate) mod broken;
#[cfg(unix)]
pub(crate) mod clients;
pub(crate) mod doctor;
pub(crate) mod hosted;
#[cfg(unix)]
pub(crate) mod kept;
pub(crate) mod listen;
#[cfg(unix)]
pub(crate) mod mirrored;
pub(crate) mod passing;
pub(crate) mod pins;
pub(crate) mod policy;
#[cfg(unix)]
pub(crate) mod readers;
#[cfg(unix)]
pub(crate) mod real;
#[cfg(unix)]
pub(crate) mod restart;
#[cfg(unix)]
pub(crate) mod stateless;
pub(crate) mod token;
pub(crate) mod url;
