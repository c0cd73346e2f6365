//! A schema in the form for clients.
//!
//! Each client hands the list of tools to a model by way of an API that takes a part of JSON Schema, and refuses all tools
//! for a keyword of one that it does not know. Only keywords that all of them take are shown; the rest stands in words,
//! and the server checks it. The test names the source of each rule.

use serde_json::{Map, Value};

/// The schema of an object with the keywords that every client takes.
pub(super) fn schema(whole: &Value) -> Map<String, Value> {
    let mut shown = Map::new();
    for keyword in ["type", "required"] {
        shown.extend(whole.get(keyword).map(|value| (keyword.to_owned(), value.clone())));
    }
    let is_text = whole["type"] == "string";
    let one = whole.get("const").map(|value| Value::from([value.clone()].to_vec()));
    if let Some(words) = whole.get("enum").cloned().or(one).filter(|_| is_text) {
        shown.insert("enum".into(), words);
    }
    if let Some(parts) = whole.get("properties").and_then(Value::as_object) {
        let parts = parts.iter().map(|(name, part)| (name.clone(), Value::from(schema(part))));
        shown.insert("properties".into(), parts.collect::<Map<_, _>>().into());
    }
    if let Some(items) = whole.get("items") {
        shown.insert("items".into(), schema(items).into());
    }
    let said = whole.get("description").and_then(Value::as_str);
    let sentences: Vec<String> = said.map(str::to_owned).into_iter().chain(in_words(whole)).collect();
    if !sentences.is_empty() {
        shown.insert("description".into(), sentences.join(" ").into());
    }
    shown
}

/// The rules that are not shown as keywords and that a model should know.
fn in_words(whole: &Value) -> Vec<String> {
    let mut sentences = Vec::new();
    let number = |keyword: &str| whole.get(keyword).and_then(Value::as_i64);
    match (number("minimum"), number("maximum")) {
        // The words list those that there are.
        _ if whole.get("enum").is_some() => {}
        (Some(min), Some(max)) => sentences.push(format!("From {min} to {max}.")),
        (Some(min), None) if min > 0 => sentences.push(format!("At least {min}.")),
        _ => {}
    }
    // A form says itself how long its texts are.
    if let Some(max) = number("maxLength").filter(|_| whole.get("x-form").is_none()) {
        sentences.push(format!("At most {max} characters."));
    }
    match whole.get("default") {
        None | Some(Value::Null | Value::Bool(false)) => {}
        Some(Value::String(text)) => sentences.push(format!("By default `{text}`.")),
        Some(default) => sentences.push(format!("By default {default}.")),
    }
    sentences
}
