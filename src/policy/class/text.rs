//! The evidence in a description.

use super::signal::{Class, Signal, gravest, is_conjunction};
use super::words::verb_in_text;
use crate::controls::is_control;

/// How many words from the beginning a sentence has its verb within: "This tool lets you …".
const BEGINNING: usize = 12;

/// Phrases that say that something is lost for good.
const FOR_GOOD: &[&str] =
    &["cannot be undone", "can't be undone", "can not be undone", "irreversibl", "permanently", "irrevocabl"];

/// Phrases that say that the arguments are a program.
const PROGRAMS: &[&str] = &[
    "arbitrary code",
    "arbitrary command",
    "arbitrary javascript",
    "arbitrary python",
    "arbitrary shell",
    "arbitrary sql",
    "execute sql",
    "executes sql",
    "raw sql",
    "run sql",
    "runs sql",
    "shell command",
    "sql query",
    "sql queries",
    "sql statement",
    "terminal command",
];

/// Phrases for a program that can only read.
const READS_ONLY: &[&str] = &["read-only", "readonly", "read only", "read mode"];

/// Phrases that only a model would be addressed with.
const INSTRUCTIONS: &[&str] = &[
    "<important>",
    "<system>",
    "before using any other tool",
    "before using this tool",
    "disregard",
    "do not mention",
    "do not tell",
    "don't tell",
    "ignore all",
    "ignore any",
    "ignore previous",
    "ignore the ",
    "instead of the",
    "must always call",
    "never mention",
    "never tell",
    "without telling",
];

/// The evidence in a description; more where the name says nothing.
pub(super) fn signals(text: &str, is_all: bool) -> Vec<Signal> {
    let place = "description";
    let lower = text.to_lowercase();
    let says = |phrases: &[&str]| {
        phrases.iter().find(|phrase| lower.contains(**phrase)).map(|phrase| (*phrase).trim().to_owned())
    };
    let mut signals = Vec::new();
    let words: Vec<String> = lower
        .split(['.', '\n', ':', ';'])
        .next()
        .unwrap_or_default()
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| !word.is_empty())
        .take(BEGINNING)
        .map(str::to_owned)
        .collect();
    let reads_only = says(READS_ONLY).is_some();
    if let Some((class, word)) = verbs(&words, is_all)
        && !(class == Class::Execute && reads_only)
    {
        signals.push(Signal::new(class, place, word));
    }
    if let Some(phrase) = says(FOR_GOOD) {
        signals.push(Signal::new(Class::Destructive, place, &phrase));
    }
    if let Some(phrase) = says(PROGRAMS).filter(|_| !reads_only) {
        signals.push(Signal::new(Class::Execute, place, &phrase));
    }
    if let Some(phrase) = says(INSTRUCTIONS) {
        signals.push(Signal {
            class: Class::Execute,
            evidence: format!("{place} speaks to the model: {phrase:?}"),
        });
    }
    if text.chars().any(is_hidden) {
        signals.push(Signal { class: Class::Execute, evidence: format!("{place} has hidden characters") });
    }
    signals
}

/// The first verb of a sentence and those that are added to it, the gravest of them. After `or`, and for what only writes,
/// it has to stand right after: "names and emails" are things.
fn verbs(words: &[String], is_all: bool) -> Option<(Class, &str)> {
    let verb = |word: &str| verb_in_text(word, is_all);
    let first = words.iter().position(|word| verb(word).is_some())?;
    let added = words.iter().enumerate().skip(first + 1).filter(|(index, word)| {
        let before = words[index - 1].as_str();
        let is_grave = verb(word).is_some_and(|class| class >= Class::Execute);
        is_conjunction(before) && (index - 2 == first || is_grave && before != "or")
    });
    let all = std::iter::once(&words[first]).chain(added.map(|(_, word)| word));
    gravest(all.filter_map(|word| Some((verb(word)?, word.as_str()))))
}

/// Whether a person does not see a character that a model reads.
fn is_hidden(c: char) -> bool {
    is_control(c) && !matches!(c, '\n' | '\r' | '\t')
}
