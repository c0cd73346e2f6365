//! Whether a condition says anything of its argument: one that holds always or never is a mistake, and in `deny_if` one
//! that nobody would notice.
//!
//! The schema of a tool says which values an argument can have: types, words, bounds, forms, and whether it is always
//! present. Values are compared with the spelling in which they are judged, and the one to write is named.

use std::fmt::Write as _;

use serde_json::{Number, Value};

use super::condition::{Test, same};
use crate::spelling::{self, Form};

/// The list that a condition stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Require,
    DenyIf,
}

/// The values that an argument can have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Argument<'s> {
    /// Its name.
    pub(super) name: &'s str,
    pub(super) schema: &'s Value,
    /// Whether it is present in every call: it must be given, or has a default.
    pub(super) is_always_there: bool,
}

/// The fault of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sense {
    /// Nothing.
    Good,
    /// It holds, and yet not as its author may think.
    Doubtful(String),
    /// It cannot serve its purpose.
    None(String),
}

/// The consequence of a condition that always holds, or never.
fn consequence(list: List, holds: bool) -> &'static str {
    if (list == List::Require) == holds { "so it refuses nothing" } else { "so every call would be refused" }
}

impl<'s> Argument<'s> {
    /// The argument at this path of a tool of this schema, where the schema says anything of it.
    pub(super) fn at(schema: &'s Value, names: &'s [String]) -> Option<Self> {
        let (mut at, mut is_always_there) = (schema, true);
        for name in names {
            let part = at.get("properties")?.get(name)?;
            let is_there = spelling::is_required(at, name) || part.get("default").is_some();
            is_always_there &= is_there || part.get("x-filled").is_some();
            at = part;
        }
        Some(Self { name: names.last()?, schema: at, is_always_there })
    }

    /// Whether it can be no number.
    pub(super) fn is_no_number(&self) -> bool {
        self.schema.get("type").is_some_and(|kind| kind != "integer")
    }

    /// Whether a test of this argument in this list makes sense.
    pub(super) fn sense(&self, test: &Test, list: List) -> Sense {
        if self.schema.get("type").is_none() {
            return Sense::Good;
        }
        if let Err(problem) = self.values(test) {
            return Sense::None(problem);
        }
        let Self { name, is_always_there, .. } = *self;
        match self.constant(test) {
            Some(false) => Sense::None(format!(
                "{name} {}: this never holds, {}",
                self.range(),
                consequence(list, false)
            )),
            Some(true) if is_always_there && list == List::Require => Sense::Doubtful(format!(
                "{name} {}: this always holds, {}",
                self.range(),
                consequence(list, true)
            )),
            Some(true) if is_always_there => Sense::None(format!(
                "{name} {}: this always holds, {}; a tool is closed by hide",
                self.range(),
                consequence(list, true)
            )),
            _ => self.doubts(test, list),
        }
    }

    /// The range of the argument, in words that follow its name.
    fn range(&self) -> String {
        let schema = self.schema;
        let mut range = match schema["type"].as_str() {
            Some("integer") => "is a whole number",
            Some("boolean") => "is true or false",
            Some("object") => "is an object",
            _ => "is a text",
        }
        .to_owned();
        let words = schema.get("enum").and_then(Value::as_array);
        if let Some(words) = words {
            let words: Vec<String> = words.iter().map(Value::to_string).collect();
            range = format!("is one of {}", words.join(", "));
        } else if let (Some(min), Some(max)) = (schema.get("minimum"), schema.get("maximum")) {
            let _ = write!(range, " from {min} to {max}");
        } else if let Some(min) = schema.get("minimum") {
            let _ = write!(range, " from {min} on");
        }
        if let Some(default) = schema.get("default") {
            let _ = write!(range, ", by default {default}");
        } else if self.is_always_there {
            range += ", there in every call";
        }
        range
    }

    /// Looks at the values that a test names, one by one.
    fn values(&self, test: &Test) -> Result<(), String> {
        match test {
            Test::Equal(value) | Test::Unequal(value) => self.value(value),
            Test::In(values) | Test::NotIn(values) if values.is_empty() => Err("names no value".into()),
            Test::In(values) | Test::NotIn(values) => values.iter().try_for_each(|value| self.value(value)),
            Test::Contains(part) => self.part(part),
            Test::Matches(pattern) => self.pattern(pattern.as_str()),
            _ => Ok(()),
        }
    }

    /// Whether an argument can be this value.
    fn value(&self, value: &Value) -> Result<(), String> {
        let never = |problem: String| format!("{} {problem}", self.name);
        let spelt = spelling::value(self.schema, value.clone(), false).map_err(|wrong| {
            format!("never this value: {} {}", within(self.name, &wrong.path), wrong.problem)
        })?;
        let Some(spelt) = spelt else {
            return Err(never("is left out where it is null or empty; use the operator exists".into()));
        };
        fits(self.schema, &spelt).map_err(never)?;
        if same(&spelt, value) {
            return Ok(());
        }
        Err(if self.is_secret() {
            never("is never spelt like this: it is a text without spaces or quotes around it".into())
        } else {
            never(format!("is never spelt like this: write {spelt}"))
        })
    }

    /// Whether a text can have this part.
    fn part(&self, part: &Value) -> Result<(), String> {
        let name = self.name;
        if self.schema["type"] != "string" {
            return Err(format!("{name} {}: contains is for texts", self.range()));
        }
        let Value::String(part) = part else {
            return Err(format!("{name} is a text: write {}", Value::from(part.to_string())));
        };
        if part.is_empty() {
            return Err(format!("{name} always has nothing in it: name a text"));
        }
        let max = self.schema.get("maxLength").and_then(Value::as_u64);
        if max.is_some_and(|max| part.chars().count() as u64 > max) {
            return Err(format!("{name} {}", too_long(max)));
        }
        let form = self.form();
        if form.is_some_and(|form| !part.chars().all(form.holds)) {
            return Err(format!("{name} never has these characters"));
        }
        if is_user(form) && part.contains('@') && part.to_lowercase() != *part {
            let write = Value::from(part.to_lowercase());
            return Err(format!("{name} is judged with e-mail addresses in lower case: write {write}"));
        }
        Ok(())
    }

    /// Whether a pattern can match.
    fn pattern(&self, pattern: &str) -> Result<(), String> {
        if self.schema["type"] != "string" {
            return Err(format!("{} {}: regex is for texts", self.name, self.range()));
        }
        if is_user(self.form()) && has_capitals(pattern) && pattern.contains('@') && !pattern.contains('|') {
            return Err(format!("{} is judged with e-mail addresses in lower case", self.name));
        }
        Ok(())
    }

    /// Whether the test holds for every value of the argument, or for none; nothing where it depends.
    fn constant(&self, test: &Test) -> Option<bool> {
        if let Test::Exists(is_there) = test {
            return self.is_always_there.then_some(*is_there);
        }
        let all = |values: &[Value]| {
            let holds = values.iter().filter(|value| test.holds(Some(value))).count();
            if holds == 0 { Some(false) } else { (holds == values.len()).then_some(true) }
        };
        if let Some(words) = self.schema.get("enum").and_then(Value::as_array) {
            return all(words);
        }
        match (self.schema["type"].as_str(), test) {
            (Some("boolean"), _) => all(&[true.into(), false.into()]),
            (Some("integer"), _) => self.constant_number(test),
            (_, Test::Less(_) | Test::AtMost(_) | Test::More(_) | Test::AtLeast(_)) => Some(false),
            _ => None,
        }
    }

    /// The same for a whole number: what matters are its bounds, and the numbers around the one that is compared with.
    fn constant_number(&self, test: &Test) -> Option<bool> {
        let bound = |name| self.schema.get(name).and_then(Value::as_i64);
        let (min, max) = (bound("minimum").unwrap_or(0), bound("maximum").unwrap_or(u32::MAX.into()));
        let mut probes = vec![min, max, min.saturating_add(1), max.saturating_sub(1)];
        for number in numbers(test) {
            #[expect(clippy::cast_possible_truncation, reason = "a number beyond is beyond the bounds too")]
            let near = number.as_i64().or_else(|| number.as_f64().map(|float| float.floor() as i64));
            probes.extend(
                near.into_iter().flat_map(|near| [near.saturating_sub(1), near, near.saturating_add(1)]),
            );
        }
        let mut held = probes
            .into_iter()
            .filter(|probe| (min..=max).contains(probe))
            .map(|probe| test.holds(Some(&probe.into())));
        let first = held.next()?;
        held.all(|holds| holds == first).then_some(first)
    }

    /// The doubt about a test that may not do what its author means.
    fn doubts(&self, test: &Test, list: List) -> Sense {
        let Some(form) = self.form() else { return Sense::Good };
        let names_what_is_refused = match test {
            Test::Equal(_) | Test::In(_) | Test::Contains(_) | Test::Matches(_) => list == List::DenyIf,
            Test::Unequal(_) | Test::NotIn(_) => list == List::Require,
            _ => false,
        };
        let capitals = match test {
            Test::Contains(Value::String(part)) => part.chars().any(char::is_uppercase),
            Test::Matches(pattern) => has_capitals(pattern.as_str()),
            _ => false,
        };
        if capitals && is_user(Some(form)) {
            return Sense::Doubtful(format!(
                "{} is judged with e-mail addresses in lower case, so capitals are those of ids",
                self.name
            ));
        }
        match form.aliases {
            Some(aliases) if names_what_is_refused => Sense::Doubtful(aliases.to_owned()),
            _ => Sense::Good,
        }
    }

    fn form(&self) -> Option<&'static Form> {
        self.schema.get("x-form").and_then(Value::as_str).and_then(Form::named)
    }

    /// Whether what is compared with it is not repeated.
    fn is_secret(&self) -> bool {
        self.form().is_some_and(|form| form.is_secret) || self.name == "password"
    }
}

fn within(name: &str, path: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{name}.{path}") }
}

fn is_user(form: Option<&Form>) -> bool {
    form.is_some_and(|form| form.name == "user")
}

/// Whether a pattern asks for a capital, outside of classes and escapes.
fn has_capitals(pattern: &str) -> bool {
    let (mut in_class, mut is_escaped) = (false, false);
    let capital = pattern.chars().any(|c| {
        let was_escaped = is_escaped;
        is_escaped = !was_escaped && c == '\\';
        match c {
            _ if was_escaped => false,
            '[' => {
                in_class = true;
                false
            }
            ']' => {
                in_class = false;
                false
            }
            c => !in_class && c.is_uppercase(),
        }
    });
    capital && !pattern.contains("(?i")
}

/// The numbers that a test compares with.
fn numbers(test: &Test) -> Vec<&Number> {
    match test {
        Test::Less(number) | Test::AtMost(number) | Test::More(number) | Test::AtLeast(number) => {
            vec![number]
        }
        Test::Equal(Value::Number(number)) | Test::Unequal(Value::Number(number)) => vec![number],
        Test::In(values) | Test::NotIn(values) => values.iter().filter_map(Value::as_number).collect(),
        _ => Vec::new(),
    }
}

fn too_long(max: Option<u64>) -> String {
    format!("has at most {} characters", max.unwrap_or_default())
}

/// Whether a value, in the spelling in which it is judged, is one of a schema; the problem follows the name.
fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    let type_is = |name: &str, is: bool| if is { Ok(()) } else { Err(format!("is {name}")) };
    match schema["type"].as_str() {
        Some("integer") => type_is("a whole number", value.is_i64() || value.is_u64())?,
        Some("boolean") => type_is("true or false", value.is_boolean())?,
        Some("string") => type_is("a text", value.is_string())?,
        Some("object") => {
            type_is("an object", value.is_object())?;
            for (name, value) in value.as_object().into_iter().flatten() {
                let part = schema["properties"].get(name).ok_or_else(|| format!("has no field {name:?}"))?;
                fits(part, value).map_err(|problem| format!("has a field {name:?} that {problem}"))?;
            }
        }
        _ => return Ok(()),
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.iter().any(|word| same(word, value))
    {
        let words: Vec<String> = words.iter().map(Value::to_string).collect();
        return Err(format!("is one of {}", words.join(", ")));
    }
    let bound = |name| schema.get(name).and_then(Value::as_i64);
    if let Some(number) = value.as_i64() {
        if let Some(min) = bound("minimum").filter(|min| number < *min) {
            return Err(format!("is at least {min}"));
        }
        let max = bound("maximum").unwrap_or(u32::MAX.into());
        if number > max {
            return Err(format!("is at most {max}"));
        }
    }
    if let Some(text) = value.as_str() {
        let length = text.chars().count() as u64;
        let bound = |name| schema.get(name).and_then(Value::as_u64);
        if let Some(min) = bound("minLength").filter(|min| length < *min) {
            return Err(format!("has at least {min} characters"));
        }
        if let Some(max) = bound("maxLength").filter(|max| length > *max) {
            return Err(too_long(Some(max)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
