//! A format as data: what reads and changes a text of it.

use serde_json::Value;
use zeroize::Zeroizing;

use super::json::{self, New};
use super::place::{Edit, Place, Servers};
use crate::clients::shape::Shape;
use crate::store::Fault;

/// What reads something of a text.
type Read<T> = fn(&str, Place<'_>) -> Result<T, Fault>;

/// What reads and changes texts of a format. Each fails for a text that is not of that format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Format {
    /// Puts a value at a place.
    pub(in crate::clients) edit: fn(&str, Place<'_>, &New<'_>) -> Result<Edit, Fault>,
    /// What stands at a place, if it is a string.
    pub(in crate::clients) value: Read<Option<Zeroizing<String>>>,
    /// All servers by their names.
    pub(in crate::clients) servers: fn(&str, &Shape) -> Result<Servers, Fault>,
    /// The server of a place, whatever it is.
    pub(in crate::clients) server: Read<Option<Value>>,
    /// What of a text the client does not understand, to be read after its name.
    pub(in crate::clients) not_understood: fn(&str) -> Result<Option<String>, Fault>,
    /// The text of a file that holds nothing.
    pub(in crate::clients) empty: &'static str,
}

/// JSON for a client that reads nothing but strict JSON. Comments and trailing commas are kept all the same.
pub(in crate::clients) const STRICT_JSON: Format = Format {
    edit: json::edit,
    value: json::value,
    servers: json::servers,
    server: json::server,
    not_understood: json::beyond_json,
    empty: "{}",
};
