//! How files are opened, locked, written and replaced, whatever the system does meanwhile.

pub(crate) mod durability;
#[cfg(target_os = "linux")]
pub(crate) mod faults;
#[cfg(unix)]
pub(crate) mod known;
#[cfg(unix)]
pub(crate) mod limits;
#[cfg(unix)]
pub(crate) mod opening;
#[cfg(unix)]
pub(crate) mod other_users;
#[cfg(target_os = "linux")]
pub(crate) mod short_writes;
#[cfg(target_os = "linux")]
pub(crate) mod syscalls;
