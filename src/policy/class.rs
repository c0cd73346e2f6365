//! Classes of tools by their servers' account: name, description, schemas and annotations. Pure.
//!
//! All of that is the server's word. So a signal only ever makes the class more severe, each class has the signal that
//! decided, and a tool of which nothing is understood counts as one that can do anything.

use std::fmt;

use serde_json::{Map, Value};

mod schema;
mod signal;
mod text;
mod words;

pub(crate) use self::signal::Class;
use self::signal::{Signal, gravest, is_conjunction};

/// How much can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Little.
    Low,
    /// The damage can be repaired, or something is read that should stay secret.
    Medium,
    /// The damage cannot be repaired.
    High,
}

/// A tool and its class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Classed {
    /// The tool.
    pub(crate) name: String,
    pub(crate) class: Class,
    /// How much can go wrong.
    pub(crate) severity: Severity,
    /// The signal that decided the class, with a quotation.
    pub(crate) evidence: String,
    /// Whether its result holds credentials.
    pub(crate) gives_secrets: bool,
}

/// Classes a tool as `tools/list` has it. None where it has no name.
pub(crate) fn classify(tool: &Value) -> Option<Classed> {
    let name = tool.get("name")?.as_str()?;
    let text = |field: &str| tool.get(field).and_then(Value::as_str).unwrap_or_default();
    let words = words::words(name);
    let named = by_name(&words).or_else(|| {
        let title = text("title");
        by_name(&words::words(title)).map(|signal| Signal::new(signal.class, "title", title))
    });
    let mut signals = schema::signals(tool.get("inputSchema").unwrap_or(&Value::Null));
    signals.extend(tool.get("annotations").and_then(Value::as_object).and_then(annotated));
    signals.extend(text::signals(text("description"), named.is_none()));
    signals.extend(named);
    // Where nothing is understood anything may happen.
    // Among several of the same class the last is the plainest.
    let signal = signals.into_iter().reduce(|one, other| if other.class >= one.class { other } else { one });
    let Signal { class, evidence } = signal
        .unwrap_or_else(|| Signal { class: Class::Execute, evidence: "nothing says what it does".into() });
    let gives_secrets = schema::names_a_secret(&words) || schema::gives_secrets(tool.get("outputSchema"));
    let severity = match class {
        Class::Read if gives_secrets => Severity::Medium,
        Class::Read => Severity::Low,
        Class::Write => Severity::Medium,
        Class::Execute | Class::Destructive | Class::Financial => Severity::High,
    };
    Some(Classed { name: name.to_owned(), class, severity, evidence, gives_secrets })
}

/// The evidence in a name. Its first verb decides, with those that `and` or `or` add: the words after it are its object.
/// Only where the first one may be the name of a thing, the last word decides.
fn by_name(words: &[String]) -> Option<Signal> {
    let signal = |class, word: &str| Some(Signal::new(class, "name", word));
    if let Some(word) = words.iter().find(|word| words::is_money(word)) {
        return signal(Class::Financial, word);
    }
    // A call of whatever the arguments name.
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    if has(&["api", "http", "rest", "graphql", "rpc"]) && has(&["call", "request"]) {
        return signal(Class::Execute, &words.join(" "));
    }
    let last = words.last()?;
    let Some(first) = words::first_verb(words) else {
        return signal(Class::Read, last).filter(|_| words::is_readable(last));
    };
    let added = words[first..].windows(2).filter(|pair| is_conjunction(&pair[0])).map(|pair| &pair[1]);
    let all = std::iter::once(&words[first]).chain(added);
    let (class, word) = gravest(all.filter_map(|word| Some((words::verb(word)?, word.as_str()))))?;
    match words::verb_at_end(&words[first], last) {
        Some(at_end) if first + 1 < words.len() && (at_end == Class::Read || at_end > class) => {
            signal(at_end, last)
        }
        _ => signal(class, word),
    }
}

/// The evidence in annotations. They only ever raise a class: they are the server's word, and often wrong.
fn annotated(annotations: &Map<String, Value>) -> Option<Signal> {
    let hint = |name: &str| annotations.get(name).and_then(Value::as_bool);
    let reads = hint("readOnlyHint");
    if hint("destructiveHint") == Some(true) && reads != Some(true) {
        return Some(Signal {
            class: Class::Destructive,
            evidence: "annotation destructiveHint true".into(),
        });
    }
    (reads == Some(false))
        .then(|| Signal { class: Class::Write, evidence: "annotation readOnlyHint false".into() })
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        })
    }
}

#[cfg(test)]
mod tests;
