//! Parses JSON while counting the memory that its value takes: seven bytes of JSON may become 700.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::zoom::budget::{Budget, TooMuch};

/// The memory of a value in an array, whose capacity grows by doubling.
const fn of_value() -> usize {
    2 * size_of::<Value>()
}

/// The most memory that a field of an object takes. The first one allocates room for eleven, of which at least five are
/// used once there is more.
const fn of_field(is_first: bool) -> usize {
    let eleven = 11 * (size_of::<String>() + size_of::<Value>()) + 32;
    if is_first { eleven } else { eleven / 5 }
}

/// The memory of a text.
const fn of_text(text: &str) -> usize {
    text.len() + 32
}

/// The value, or none if the text is not JSON.
///
/// # Errors
///
/// The value would exceed the budget.
pub(super) fn value(json: &[u8], budget: &Budget) -> Result<Option<Value>, TooMuch> {
    let before = budget.held();
    let mut json = serde_json::Deserializer::from_slice(json);
    let too_much = std::cell::Cell::new(None);
    let read = Counted { budget, too_much: &too_much }.deserialize(&mut json);
    let read = read.and_then(|value| json.end().map(|()| value)).ok();
    if read.is_none() {
        budget.shrink(before);
    }
    too_much.into_inner().map_or(Ok(read), Err)
}

#[derive(Clone, Copy)]
struct Counted<'a> {
    budget: &'a Budget,
    too_much: &'a std::cell::Cell<Option<TooMuch>>,
}

impl Counted<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        self.budget.take(bytes).map_err(|why| {
            self.too_much.set(Some(why));
            E::custom("too much")
        })
    }
}

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.take(of_text(value))?;
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = entries.next_element_seed(self)? {
            self.take(of_value())?;
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            self.take(of_text(&name) + of_field(fields.is_empty()))?;
            fields.insert(name, entries.next_value_seed(self)?);
        }
        Ok(fields.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_that_exceeds_the_budget_is_not_built() {
        for json in [
            format!("[{}1]", "0,".repeat(100_000)),
            format!("[{}1]", r#"{"":0},"#.repeat(100_000)),
            format!("[{}1]", "[[]],".repeat(100_000)),
            serde_json::to_string(
                &(0..100_000).map(|n| (n, 0)).collect::<std::collections::BTreeMap<u32, u8>>(),
            )
            .unwrap(),
            format!("\"{}\"", "x".repeat(2_000_000)),
        ] {
            let budget = Budget::new(1_000_000);
            assert!(value(json.as_bytes(), &budget).is_err(), "{}", &json[..20]);
            assert_eq!(budget.held(), 0);
            assert!(value(json.as_bytes(), &Budget::new(200_000_000)).unwrap().is_some());
        }
    }

    #[test]
    fn text_that_is_not_json_has_no_value() {
        for json in ["", "{", "[1,]", "{\"a\":1} x", "nul", "\"\\ud800\"", "1e999", "\u{feff}1"] {
            assert_eq!(value(json.as_bytes(), &Budget::new(1000)).unwrap(), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn the_value_is_the_one_that_serde_json_parses(json in "[\\[\\]{},:\"a0-9.eE+\\- ]{0,40}", text in any::<String>()) {
            for json in [json, serde_json::json!({&text: [text, 1, -1, 0.5, true, null, {}]}).to_string()] {
                let expected = serde_json::from_str::<Value>(&json).ok();
                prop_assert_eq!(value(json.as_bytes(), &Budget::new(1_000_000)).unwrap(), expected);
            }
        }
    }
}
