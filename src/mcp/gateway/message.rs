//! One message of JSON-RPC, read without being taken apart. Pure.
//!
//! A relay must not change what it does not govern, and a server must not read anything else in a message than what was
//! judged. So a message stays the text that it came as, with those of its parts known that are to be replaced; and a
//! text that two readers could understand differently is refused: a batch, a name that stands twice in an object, a name
//! that another reader would take for `method`, an id that is null or a fraction.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::value::RawValue;

use super::distinct::{self, Fields};
use super::fold::folds_to;

/// The code of JSON-RPC for a text that is no JSON.
const NOT_JSON: i32 = -32700;
/// The code of JSON-RPC for JSON that is no message.
pub(crate) const NOT_A_MESSAGE: i32 = -32600;
/// The code of JSON-RPC for parameters that the method does not take.
pub(crate) const WRONG_PARAMS: i32 = -32602;
/// The code of JSON-RPC for a fault of the server.
pub(crate) const INTERNAL: i32 = -32603;

/// The fields of a message that mean something.
const KNOWN: [&str; 6] = ["jsonrpc", "id", "method", "params", "result", "error"];

/// A message.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    text: &'a str,
    id: Option<&'a RawValue>,
    pub(crate) kind: Kind<'a>,
}

/// The kind of a message.
#[derive(Debug)]
pub(crate) enum Kind<'a> {
    /// It wants an answer.
    Request {
        /// Its id, in the one spelling of it.
        id: String,
        method: Cow<'a, str>,
        params: Option<&'a RawValue>,
    },
    Notification {
        method: Cow<'a, str>,
        params: Option<&'a RawValue>,
    },
    /// It is an answer.
    Answer {
        /// The id of the request, in the one spelling of it; none where the sender could not read that.
        id: Option<String>,
        outcome: Outcome<'a>,
    },
}

/// The content of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome<'a> {
    Result(&'a RawValue),
    Error(&'a RawValue),
}

/// A text that is not passed on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The id in it, as JSON, where its sender waits for an answer under that.
    pub(crate) id: Option<String>,
    pub(crate) code: i32,
    pub(crate) reason: String,
}

/// A part of a message that is to be replaced.
#[derive(Debug)]
pub(crate) struct Splice {
    at: Range<usize>,
    text: String,
}

impl Refused {
    fn new(code: i32, reason: impl Into<String>) -> Self {
        Self { id: None, code, reason: reason.into() }
    }

    /// The answer for its sender.
    pub(crate) fn answer(&self) -> String {
        error(self.id.as_deref(), self.code, &self.reason)
    }
}

/// An answer with an error, for the request of this id.
pub(crate) fn error(id: Option<&str>, code: i32, message: &str) -> String {
    let message = serde_json::Value::from(message);
    let id = id.map(|id| format!(r#""id":{id},"#)).unwrap_or_default();
    format!(r#"{{"jsonrpc":"2.0",{id}"error":{{"code":{code},"message":{message}}}}}"#)
}

impl<'a> Message<'a> {
    /// Reads a message of a client. Names are distinct in all of its objects, so every reader finds the same in it.
    ///
    /// # Errors
    ///
    /// It is no message, or could be read in several ways.
    pub(crate) fn from_client(bytes: &'a [u8]) -> Result<Self, Refused> {
        let message = Self::read(bytes)?;
        match distinct::check(message.text) {
            Ok(()) => Ok(message),
            Err(reason) => Err(Refused { id: message.waits_under(), code: NOT_A_MESSAGE, reason }),
        }
    }

    /// Reads a message of a server: what is inside of its results is for the client to read.
    ///
    /// # Errors
    ///
    /// It is no message.
    pub(crate) fn from_server(bytes: &'a [u8]) -> Result<Self, Refused> {
        Self::read(bytes)
    }

    fn read(bytes: &'a [u8]) -> Result<Self, Refused> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = str::from_utf8(bytes).map_err(|_| Refused::new(NOT_JSON, "the message is not UTF-8"))?;
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        if text.starts_with('[') {
            return Err(Refused::new(NOT_A_MESSAGE, "batches are not accepted; send one message at a time"));
        }
        let fields = Fields::read(text).map_err(|reason| match reason {
            None => Refused::new(NOT_A_MESSAGE, "a message is a JSON object"),
            Some(reason) => Refused::new(NOT_JSON, format!("the message is not JSON: {reason}")),
        })?;
        let raw_id = fields.get("id");
        let id = raw_id.map(spelt);
        let waits_under = id.clone().and_then(Result::ok).filter(|_| fields.get("method").is_some());
        let wrong = |code, reason: String| Refused { id: waits_under.clone(), code, reason };
        if let Some(name) = fields.twice() {
            return Err(wrong(NOT_A_MESSAGE, format!("{name:?} is there twice")));
        }
        if let Some((name, known)) = fields.names().find_map(|name| folds_to(name, &KNOWN)) {
            return Err(wrong(NOT_A_MESSAGE, format!("{name:?} would be read as {known:?} by some servers")));
        }
        if fields.get("jsonrpc").is_none_or(|version| version.get() != r#""2.0""#) {
            return Err(wrong(NOT_A_MESSAGE, "\"jsonrpc\" must be \"2.0\"".into()));
        }
        let method = match fields.get("method").map(|method| serde_json::from_str::<Text<'_>>(method.get())) {
            None => None,
            Some(Ok(Text(method))) => Some(method),
            Some(Err(_)) => return Err(wrong(NOT_A_MESSAGE, "\"method\" must be a string".into())),
        };
        let params = fields.get("params");
        let outcome = match (fields.get("result"), fields.get("error")) {
            (None, None) => None,
            (Some(result), None) => Some(Outcome::Result(result)),
            (None, Some(error)) => Some(Outcome::Error(error)),
            (Some(_), Some(_)) => {
                return Err(wrong(NOT_A_MESSAGE, "it has a result and an error".into()));
            }
        };
        let kind = match (method, outcome, id) {
            (Some(method), None, id) => {
                if params.is_some_and(|params| !params.get().starts_with('{') && params.get() != "null") {
                    return Err(wrong(WRONG_PARAMS, "params must be an object".into()));
                }
                match id {
                    Some(Ok(id)) => Kind::Request { id, method, params },
                    Some(Err(reason)) => return Err(wrong(NOT_A_MESSAGE, reason)),
                    None => Kind::Notification { method, params },
                }
            }
            (None, Some(outcome), Some(Ok(id))) => Kind::Answer { id: Some(id), outcome },
            (None, Some(outcome @ Outcome::Error(_)), None) => Kind::Answer { id: None, outcome },
            (None, Some(outcome @ Outcome::Error(_)), Some(Err(_)))
                if raw_id.is_some_and(|id| id.get() == "null") =>
            {
                Kind::Answer { id: None, outcome }
            }
            _ => {
                let reason = "it must be a request, a notification or an answer".into();
                return Err(wrong(NOT_A_MESSAGE, reason));
            }
        };
        Ok(Self { text, id: raw_id, kind })
    }

    /// The id under which its sender waits for an answer.
    fn waits_under(&self) -> Option<String> {
        match &self.kind {
            Kind::Request { id, .. } => Some(id.clone()),
            Kind::Notification { .. } | Kind::Answer { .. } => None,
        }
    }

    /// The replacement of its id by this one.
    pub(crate) fn with_id(&self, id: impl std::fmt::Display) -> Option<Splice> {
        self.id.map(|raw| self.replace(raw, id.to_string()))
    }

    /// The replacement of one of its parts by this text.
    pub(crate) fn replace(&self, part: &RawValue, text: String) -> Splice {
        let start = part.get().as_ptr().addr() - self.text.as_ptr().addr();
        Splice { at: start..start + part.get().len(), text }
    }

    /// Its text in one line, with some parts replaced.
    pub(crate) fn spliced(&self, splices: impl IntoIterator<Item = Splice>) -> String {
        let mut parts: Vec<Splice> = splices.into_iter().collect();
        parts.sort_by_key(|part| part.at.start);
        let more = parts.iter().map(|part| part.text.len()).sum::<usize>();
        let mut line = String::with_capacity(self.text.len() + more + 1);
        let mut from = 0;
        for Splice { at, text } in parts {
            line.push_str(&self.text[from..at.start]);
            line.push_str(&text);
            from = at.end;
        }
        line.push_str(&self.text[from..]);
        // Between the parts of a message a line may end; inside of a string it cannot.
        if line.contains(['\n', '\r']) { line.replace(['\n', '\r'], " ") } else { line }
    }

    /// An id that stands in parameters, in its one spelling; none where it is no id.
    pub(crate) fn id(raw: &RawValue) -> Option<String> {
        spelt(raw).ok()
    }

    /// Its text as it came.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }
}

/// The token in the parameters of a request under which its sender wants to hear of progress.
pub(crate) fn progress_token(params: &RawValue) -> Option<&RawValue> {
    let meta = Fields::read(params.get()).ok()?.get("_meta")?;
    Fields::read(meta.get()).ok()?.get("progressToken")
}

/// A string of JSON, without a copy where that can be.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An id in its one spelling.
fn spelt(id: &RawValue) -> Result<String, String> {
    let text = id.get();
    if text.starts_with('"') {
        let id: String = serde_json::from_str(text).map_err(|error| error.to_string())?;
        return Ok(serde_json::Value::from(id).to_string());
    }
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_whole { Ok(text.to_owned()) } else { Err("an id must be a string or a whole number".into()) }
}

#[cfg(any(test, fuzzing))]
#[path = "message/oracle.rs"]
pub(crate) mod oracle;

#[cfg(test)]
#[path = "message/tests.rs"]
mod tests;
