//! The arguments of a call that are in its headers as well, so that somebody on its way can judge it by them. Pure.
//!
//! A tool marks them in its schema with `x-mcp-header`, since protocol version 2026-07-28
//! (source: modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http, "Custom Headers from Tool
//! Parameters").

use std::collections::HashMap;
use std::sync::Arc;

use hyper::header::{HeaderMap, HeaderName};
use serde_json::{Map, Number, Value};

use super::pins::name_of;
use super::routing::{decoded, encoded};

/// The keyword in a schema that marks an argument, with the rest of the name of its header.
const MARK: &str = "x-mcp-header";

/// The beginning of the names of such headers.
pub(crate) const PREFIX: &str = "mcp-param-";

/// The largest whole number of which every reader has the same: JavaScript has none between those beyond it.
const LARGEST: i64 = (1 << 53) - 1;

/// The marked arguments of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mirror(Vec<Marked>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Marked {
    /// The names that lead to it from the arguments on.
    path: Vec<String>,
    header: HeaderName,
}

/// The headers of a request that repeat arguments.
#[derive(Debug, Default)]
pub(crate) struct ParamHeaders {
    /// Each with its text; an error where that cannot be told.
    sent: Vec<(HeaderName, Result<String, ()>)>,
    /// Whether there must be one for each marked argument.
    are_required: bool,
}

impl ParamHeaders {
    /// Those among the headers of a request.
    pub(crate) fn of(headers: &HeaderMap, are_required: bool) -> Self {
        let names = headers.keys().filter(|name| name.as_str().starts_with(PREFIX));
        let text = |name: &HeaderName| {
            let mut all = headers.get_all(name).iter();
            let (Some(value), None) = (all.next(), all.next()) else { return None };
            decoded(value.to_str().ok()?)
        };
        Self { sent: names.map(|name| (name.clone(), text(name).ok_or(()))).collect(), are_required }
    }

    /// Whether there is nothing to compare.
    pub(crate) fn mean_nothing(&self) -> bool {
        self.sent.is_empty() && !self.are_required
    }

    fn get(&self, header: &HeaderName) -> Option<Result<&str, &()>> {
        let found = self.sent.iter().find(|(name, _)| name == header)?;
        Some(found.1.as_deref())
    }
}

/// The marked arguments of each tool that marks any, by its name, or why that cannot be told.
pub(crate) type Mirrors = HashMap<String, Result<Arc<Mirror>, String>>;

impl Mirror {
    /// The arguments that each of these tools marks.
    pub(crate) fn of_all(tools: &[Value]) -> Mirrors {
        let mirror = |tool: &Value| {
            let mirror = Self::of(&tool["inputSchema"]).transpose()?;
            Some((name_of(tool)?.to_owned(), mirror.map(Arc::new)))
        };
        tools.iter().filter_map(mirror).collect()
    }

    /// The arguments that a schema marks; none where it marks none.
    ///
    /// # Errors
    ///
    /// A mark that the protocol does not allow makes the whole tool invalid; the reason in words.
    pub(crate) fn of(schema: &Value) -> Result<Option<Self>, String> {
        let mut all = Vec::new();
        collect(schema, Some(&[]), &mut all)?;
        for (at, marked) in all.iter().enumerate() {
            if all[..at].iter().any(|other| other.header == marked.header) {
                return Err(format!("two arguments are marked for {}", marked.header));
            }
        }
        Ok((!all.is_empty()).then_some(Self(all)))
    }

    /// The headers of a call with these arguments.
    ///
    /// # Errors
    ///
    /// An argument is a number that not every reader of a header finds in it; in words.
    pub(crate) fn headers(&self, arguments: &Map<String, Value>) -> Result<HeaderMap, String> {
        let mut headers = HeaderMap::new();
        for marked in &self.0 {
            let Some(text) = marked.value(arguments).map(text_of).transpose().map_err(|()| {
                format!(
                    "the argument {} goes into a header ({}), where a whole number may have 53 bits",
                    marked.name(),
                    marked.header
                )
            })?
            else {
                continue;
            };
            if let Some(value) = text.and_then(|text| encoded(&text)) {
                headers.insert(marked.header.clone(), value);
            }
        }
        Ok(headers)
    }

    /// Checks that headers say what the arguments say.
    ///
    /// # Errors
    ///
    /// They do not: one says something else, or says something of an argument that is not there, or is lacking where it is
    /// required. The reason is in words without a value.
    pub(crate) fn check(&self, headers: &ParamHeaders, arguments: &Map<String, Value>) -> Result<(), String> {
        for marked in &self.0 {
            let fits = match (headers.get(&marked.header), marked.value(arguments)) {
                (None, None) => true,
                // An argument that no header can say is for the server to refuse.
                (None, Some(value)) => !headers.are_required || text_of(value) == Ok(None),
                (Some(_), None) => false,
                (Some(text), Some(value)) => text.is_ok_and(|text| says(text, value)),
            };
            if !fits {
                return Err(format!("{} must be the argument {}", marked.header, marked.name()));
            }
        }
        Ok(())
    }
}

impl Marked {
    fn new(path: Option<&[&str]>, schema: &Map<String, Value>, mark: &Value) -> Result<Self, String> {
        let path = path.filter(|path| !path.is_empty());
        let path = path.ok_or_else(|| format!("{MARK} marks something that is no argument by itself"))?;
        let name = path.join(".");
        let header = mark.as_str().filter(|mark| !mark.is_empty());
        let header =
            header.and_then(|mark| HeaderName::from_bytes(format!("{PREFIX}{mark}").as_bytes()).ok());
        let header = header.ok_or_else(|| format!("{MARK} of {name:?} is no name of a header"))?;
        if !schema
            .get("type")
            .is_some_and(|kind| ["string", "integer", "boolean"].iter().any(|one| kind == one))
        {
            return Err(format!("{MARK} marks {name:?}, which is no string, integer or boolean"));
        }
        Ok(Self { path: path.iter().map(|&name| name.to_owned()).collect(), header })
    }

    fn name(&self) -> String {
        self.path.join(".")
    }

    /// Its value; none where there is none, or null.
    fn value<'a>(&self, arguments: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, rest) = self.path.split_first()?;
        let value = rest.iter().try_fold(arguments.get(first)?, |value, name| value.get(name))?;
        Some(value).filter(|value| !value.is_null())
    }
}

/// Collects the marks of a schema. `path` leads to it; none where something else than properties is on the way.
fn collect(schema: &Value, path: Option<&[&str]>, all: &mut Vec<Marked>) -> Result<(), String> {
    let fields = match schema {
        Value::Object(fields) => fields,
        Value::Array(schemas) => return schemas.iter().try_for_each(|schema| collect(schema, None, all)),
        _ => return Ok(()),
    };
    for (keyword, value) in fields {
        match &**keyword {
            MARK => all.push(Marked::new(path, fields, value)?),
            // These hold values, and names.
            "default" | "const" | "enum" | "examples" | "dependentRequired" => {}
            "properties" => {
                for (name, schema) in value.as_object().into_iter().flatten() {
                    let path = path.map(|path| [path, &[name.as_str()]].concat());
                    collect(schema, path.as_deref(), all)?;
                }
            }
            "patternProperties" | "$defs" | "definitions" | "dependencies" | "dependentSchemas" => {
                value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .try_for_each(|(_, schema)| collect(schema, None, all))?;
            }
            _ => collect(value, None, all)?,
        }
    }
    Ok(())
}

/// A value as a header says it; none of one that no header can say.
///
/// # Errors
///
/// It is a whole number too large for some readers.
fn text_of(value: &Value) -> Result<Option<String>, ()> {
    Ok(match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(is_true) => Some(is_true.to_string()),
        Value::Number(number) => Some(match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) if (-LARGEST..=LARGEST).contains(&whole) => whole.to_string(),
            // There is a zero with a sign.
            (None, Some(float)) if is_exact(float) => format!("{:.0}", float + 0.0),
            (None, Some(float)) if float.fract() != 0.0 => number.to_string(),
            _ => return Err(()),
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

/// Whether a float is a whole number that every reader has.
fn is_exact(float: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "it is the largest one that loses none")]
    let largest = LARGEST as f64;
    float.fract() == 0.0 && float.abs() <= largest
}

/// Whether a text says this value.
fn says(text: &str, value: &Value) -> bool {
    match value {
        Value::String(string) => text == string,
        Value::Bool(is_true) => text == is_true.to_string(),
        Value::Number(number) => is_number(text, number),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// Whether a text is this number: 42 and 42.0 are one.
fn is_number(text: &str, number: &Number) -> bool {
    let Ok(Some(exact)) = text_of(&Value::from(number.clone())) else { return text == number.to_string() };
    let is_zero = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte == b'0');
    text == exact || text.strip_prefix(&*exact).and_then(|rest| rest.strip_prefix('.')).is_some_and(is_zero)
}

#[cfg(test)]
#[path = "mirror/tests.rs"]
mod tests;
