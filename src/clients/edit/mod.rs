//! Changes to the texts of configurations, a module for each format. Pure: text in, text out.

mod format;
pub(crate) mod json;
mod place;
mod reading;
pub(crate) mod toml;

pub(super) use format::{Format, JSON_WITH_COMMENTS, STRICT_JSON, TOML};
pub(super) use json::{New, name};
pub(super) use place::{Listed, Part, Place};
pub(super) use reading::{ADDRESSES, address};
