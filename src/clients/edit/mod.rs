//! Edits of configuration files that keep every byte but those that they are about (pure).

pub(crate) mod json;
