//! Secrets that must never leave the program by accident.

#[cfg(target_os = "linux")]
pub(crate) mod bystanders;
