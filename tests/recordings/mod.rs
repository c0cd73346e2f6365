//! `zoomtok recordings download`: all files of a period, each once and whole, whatever happens on the way.

pub(crate) mod many;
pub(crate) mod one;
