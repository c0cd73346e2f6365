//! A format as data: what reads and changes a text of it.

use std::ops::Range;

use serde_json::Value;
use zeroize::Zeroizing;

use super::json::{self, New};
use super::place::{Edit, Place, Servers};
use super::reading::{path_in, servers, value_at};
use super::toml;
use crate::clients::shape::Shape;
use crate::store::Fault;

/// A range of a text, if there is one.
type Span = Result<Option<Range<usize>>, Fault>;

/// The functions that read and change texts of a format. Each fails for a text that is not of that format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    /// All that a text says.
    pub(in crate::clients) read: fn(&str) -> Result<Value, Fault>,
    /// Puts a value at a place.
    pub(in crate::clients) edit: fn(&str, Place<'_>, &New<'_>) -> Result<Edit, Fault>,
    /// Takes the server of a place out.
    pub(in crate::clients) remove: fn(&str, Place<'_>) -> Result<Edit, Fault>,
    /// Where the server of a place stands; none where it is in no piece of its own.
    pub(in crate::clients) span: fn(&str, Place<'_>) -> Span,
    /// The part of a text that the client does not understand, to be read after its name.
    pub(in crate::clients) not_understood: fn(&str) -> Result<Option<String>, Fault>,
    /// The text of a file that holds nothing.
    pub(in crate::clients) empty: &'static str,
}

impl Format {
    /// The value at a place, if it is a string.
    pub(in crate::clients) fn value(
        &self,
        text: &str,
        place: Place<'_>,
    ) -> Result<Option<Zeroizing<String>>, Fault> {
        let root = (self.read)(text)?;
        let value = value_at(&root, &path_in(&root, place));
        Ok(value.and_then(Value::as_str).map(|text| text.to_owned().into()))
    }

    /// All servers by their names, in the order of the names.
    pub(in crate::clients) fn servers(&self, text: &str, shape: &Shape) -> Result<Servers, Fault> {
        Ok(servers(&(self.read)(text)?, shape))
    }

    /// The server of a place, whatever it is.
    pub(in crate::clients) fn server(&self, text: &str, place: Place<'_>) -> Result<Option<Value>, Fault> {
        Ok(value_at(&(self.read)(text)?, &place.server_path()).cloned())
    }
}

/// JSON for a client that reads nothing but strict JSON. Comments and trailing commas are kept all the same.
pub(in crate::clients) const STRICT_JSON: Format = Format {
    read: json::read,
    edit: json::edit,
    remove: json::remove,
    span: json::span,
    not_understood: json::beyond_json,
    empty: "{}",
};

/// JSON for a client that reads comments and trailing commas too.
pub(in crate::clients) const JSON_WITH_COMMENTS: Format =
    Format { not_understood: |_| Ok(None), ..STRICT_JSON };

/// TOML.
pub(in crate::clients) const TOML: Format = Format {
    read: toml::read,
    edit: toml::edit,
    remove: toml::remove,
    span: toml::span,
    not_understood: |text| toml::read(text).map(|_| None),
    empty: "",
};
