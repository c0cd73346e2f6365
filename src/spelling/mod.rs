//! How arguments are spelt. Pure: a schema and what a client sent in, the arguments that are judged and sent out.
//!
//! Models write `30.0` for 30, `"true"` for true, an object as a JSON text, a meeting as its join link. Where only one
//! meaning is possible, it is taken; everything else is refused in words. All of that happens before a policy looks, and
//! the tools run on its result alone, so that no spelling is a way around a rule.
//!
//! A schema says more here than a client is shown: `x-form` names the form of a text, and `x-blank` says why a text
//! that is empty is refused rather than taken for an argument that was left out. An argument that is never missing when
//! it is judged, though a client may leave it out and there is no one default, has `x-filled`.

mod forms;
mod times;

use std::fmt;

use serde_json::{Map, Number, Value};

pub(crate) use self::forms::Form;
use self::forms::bare;

/// The largest whole number that every client sends as it was meant, 2^53: beyond it JavaScript rounds.
const EXACT: u64 = 9_007_199_254_740_992;

/// An argument whose spelling has no meaning, or more than one. Never holds the value: that may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misspelt {
    /// The argument, with dots into objects.
    pub(crate) path: String,
    /// The problem, to be read after the path.
    pub(crate) problem: String,
}

impl Misspelt {
    fn new(problem: &str) -> Self {
        Self { path: String::new(), problem: problem.to_owned() }
    }

    fn within(self, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{name}.{}", self.path) };
        Self { path, ..self }
    }
}

impl fmt::Display for Misspelt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}

/// The arguments as they are judged and sent: spelt as the schema has them, without values that count as left out, and
/// with the defaults. A value that cannot be converted is left for the tool to refuse.
///
/// # Errors
///
/// A spelling has no meaning, or more than one.
pub(crate) fn arguments(schema: &Value, given: Map<String, Value>) -> Result<Map<String, Value>, Misspelt> {
    let nothing = Map::new();
    let parts = schema.get("properties").and_then(Value::as_object).unwrap_or(&nothing);
    let mut spelt = Map::new();
    for (name, given) in given {
        let argument = match parts.get(&name) {
            Some(part) => {
                value(part, given, is_required(schema, &name)).map_err(|wrong| wrong.within(&name))?
            }
            // Unknown, which the tool refuses.
            None => Some(given).filter(|given| !given.is_null()),
        };
        spelt.extend(argument.map(|argument| (name, argument)));
    }
    for (name, part) in parts {
        if let Some(default) = part.get("default")
            && !spelt.contains_key(name)
        {
            spelt.insert(name.clone(), default.clone());
        }
    }
    Ok(spelt)
}

/// Whether an object of this schema cannot do without this field.
pub(crate) fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|one| one == name))
}

/// One argument as it is judged and sent; none where it is as good as left out.
///
/// # Errors
///
/// Its spelling has no meaning, or more than one.
pub(crate) fn value(schema: &Value, given: Value, is_required: bool) -> Result<Option<Value>, Misspelt> {
    if given.is_null() {
        return Ok(None);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => text(schema, given, is_required),
        Some("object") => object(schema, given, is_required),
        Some("integer") => Ok(scalar(given, is_required, whole_number)),
        Some("boolean") => Ok(scalar(given, is_required, truth)),
        _ => Ok(Some(given)),
    }
}

/// A number or a truth value, which may come as text.
fn scalar(given: Value, is_required: bool, read: fn(&Value) -> Option<Value>) -> Option<Value> {
    match given.as_str() {
        Some(text) if !is_required && is_nothing(text) => None,
        _ => Some(read(&given).unwrap_or(given)),
    }
}

/// `30`, `30.0`, `"30"` and `"30.0"`.
fn whole_number(given: &Value) -> Option<Value> {
    match given {
        Value::Number(number) => whole(number).map(Value::from),
        Value::String(text) => {
            let digits = text.trim().trim_end_matches('0').strip_suffix('.').unwrap_or(text.trim());
            let bare = digits.strip_prefix('-').unwrap_or(digits);
            let is_number = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { digits.parse::<i64>().ok().map(Value::from) } else { None }
        }
        _ => None,
    }
}

/// A number that is whole, whatever it was written as.
fn whole(number: &Number) -> Option<Number> {
    if number.is_i64() || number.is_u64() {
        return Some(number.clone());
    }
    let float = number.as_f64()?;
    // Every float in these bounds is a whole number of 64 bits when it has no fraction.
    #[expect(clippy::cast_precision_loss, reason = "2^53 is exact")]
    let is_exact = float.fract() == 0.0 && float.abs() <= EXACT as f64;
    #[expect(clippy::cast_possible_truncation, reason = "looked at before")]
    is_exact.then(|| Number::from(float as i64))
}

/// `true`, `"true"` and `"True"`.
fn truth(given: &Value) -> Option<Value> {
    let text = given.as_str()?.trim();
    let among = |word: &str| text.eq_ignore_ascii_case(word);
    if among("true") { Some(true.into()) } else { among("false").then(|| false.into()) }
}

/// An object, or one that comes as a JSON text.
fn object(schema: &Value, given: Value, is_required: bool) -> Result<Option<Value>, Misspelt> {
    let fields = match given {
        Value::Object(fields) => fields,
        Value::String(text) if !is_required && is_nothing(&text) => return Ok(None),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(fields)) => fields,
            _ => return Ok(Some(text.into())),
        },
        other => return Ok(Some(other)),
    };
    arguments(schema, fields).map(|fields| Some(fields.into()))
}

/// A text: one of some words, of a form, or free.
fn text(schema: &Value, given: Value, is_required: bool) -> Result<Option<Value>, Misspelt> {
    let form = schema.get("x-form").and_then(Value::as_str).and_then(Form::named);
    let words = schema.get("enum").and_then(Value::as_array);
    let is_free = form.is_none() && words.is_none();
    let text = match given {
        Value::String(text) => text,
        Value::Number(number) if is_free || form.is_some_and(|form| form.has_digits) => digits(&number)?,
        Value::Array(parts) => match form.and_then(|form| form.join).map(|join| join(&parts)) {
            Some(Some(text)) => text,
            _ => return Ok(Some(parts.into())),
        },
        other => return Ok(Some(other)),
    };
    let is_blank = if is_free { text.trim().is_empty() } else { is_nothing(&text) };
    if is_blank {
        return match schema.get("x-blank").and_then(Value::as_str) {
            Some(problem) => Err(Misspelt::new(problem)),
            // The tool reports the problem with an empty one, in the words of its form.
            None if is_required && text.trim().is_empty() => Ok(Some(text.into())),
            None => Ok(None),
        };
    }
    if let Some(form) = form {
        let read = (form.read)(bare(&text));
        return read.map(|text| Some(text.into())).map_err(Misspelt::new);
    }
    let word = words.and_then(|words| words.iter().find(|word| is_same_word(word, &text)));
    Ok(Some(word.cloned().unwrap_or_else(|| text.into())))
}

/// A number where a text is expected: its digits, as far as they can be trusted.
fn digits(number: &Number) -> Result<String, Misspelt> {
    let whole = whole(number).ok_or_else(|| Misspelt::new("must be a string"))?;
    let is_exact = whole.as_i128().is_some_and(|number| number.unsigned_abs() <= EXACT.into());
    if is_exact {
        Ok(whole.to_string())
    } else {
        Err(Misspelt::new("must be a string: a number this large may have lost digits, write it in quotes"))
    }
}

/// Whether a text stands for an argument that was left out.
fn is_nothing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || ["null", "none", "undefined"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a text means this word of an `enum`: case does not matter, nor whether words are parted by `_`, `-` or spaces.
fn is_same_word(word: &Value, text: &str) -> bool {
    let plain = |text: &str| {
        let parts = bare(text).split(['_', '-', ' ']).filter(|part| !part.is_empty());
        parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("_")
    };
    word.as_str().is_some_and(|word| plain(word) == plain(text))
}

#[cfg(test)]
mod tests;
