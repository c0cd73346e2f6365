//! The evidence in the schemas of a tool.

use serde_json::{Map, Value};

use super::signal::{Class, Signal};
use super::words::words;

/// Arguments that are a program.
const PROGRAMS: &[&str] = &[
    "bash",
    "code",
    "cmd",
    "command",
    "commands",
    "cypher",
    "javascript",
    "js",
    "python",
    "script",
    "shell",
    "sql",
    "statement",
];

/// Arguments that choose what a request does.
const METHOD_ARGUMENTS: &[&str] = &["http_method", "httpmethod", "method"];

/// Where such a request goes, or what it takes along.
const REQUEST_ARGUMENTS: &[&str] = &["body", "endpoint", "path", "query", "uri", "url"];

/// Arguments that make what is done harder to undo.
const FORCES: &[&str] = &["force", "hard_delete", "permanent", "permanently"];

/// Names of credentials, which give access to other things.
const SECRETS: &[&str] =
    &["credential", "credentials", "env", "password", "passwords", "secret", "secrets", "token", "tokens"];

/// The keys that do, by the word before.
const KEYS: &[&str] = &["access", "anon", "api", "private", "publishable", "secret", "signing", "ssh"];

pub(super) fn signals(inputs: &Value) -> Vec<Signal> {
    let empty = Map::new();
    let properties = inputs.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let has = |names: &[&str]| properties.keys().find(|name| names.contains(&name.to_lowercase().as_str()));
    let mut signals = Vec::new();
    let mut say = |class, names: &[&str]| signals.push(Signal::new(class, "argument", &names.join(" + ")));
    if let Some(amount) = has(&["amount"])
        && let Some(currency) = has(&["currency", "currency_code", "payee", "recipient", "to"])
    {
        say(Class::Financial, &[amount, currency]);
    }
    if let Some(force) = has(FORCES) {
        say(Class::Destructive, &[force]);
    }
    if let Some(program) = has(PROGRAMS) {
        say(Class::Execute, &[program]);
    }
    if let (Some(method), Some(request)) = (has(METHOD_ARGUMENTS), has(REQUEST_ARGUMENTS)) {
        say(Class::Execute, &[method, request]);
    }
    signals
}

/// Whether what a name is about opens other doors: `get_env`, `list_api_keys`, `get_connection_string`.
pub(super) fn names_a_secret(words: &[String]) -> bool {
    match words {
        [.., before, last] if matches!(last.as_str(), "key" | "keys") => KEYS.contains(&before.as_str()),
        [.., before, last] if matches!(last.as_str(), "string" | "strings" | "uri" | "url") => {
            before == "connection"
        }
        [.., last] => SECRETS.contains(&last.as_str()),
        [] => false,
    }
}

/// Whether an answer has a text that does.
pub(super) fn gives_secrets(outputs: Option<&Value>) -> bool {
    let properties = outputs.and_then(|outputs| outputs.get("properties")).and_then(Value::as_object);
    let is_text = |schema: &Value| schema.get("type").is_none_or(|kind| kind == "string");
    let mut properties = properties.into_iter().flatten();
    properties.any(|(name, schema)| is_text(schema) && names_a_secret(&words(name)))
}
