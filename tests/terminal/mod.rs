//! The program on a terminal.

pub(crate) mod controls;
#[cfg(target_os = "linux")]
pub(crate) mod live;
#[cfg(target_os = "linux")]
pub(crate) mod picture;
#[cfg(target_os = "linux")]
pub(crate) mod screen;
#[cfg(target_os = "linux")]
pub(crate) mod servers;
