//! Objects in which no name stands twice. Pure.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The fields of one object, each value as it is written.
#[derive(Debug)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// Reads an object.
    ///
    /// # Errors
    ///
    /// The problem with the JSON; none where it is JSON and no object.
    pub(crate) fn read(text: &'a str) -> Result<Self, Option<String>> {
        serde_json::from_str(text).map_err(|error| (!error.is_data()).then(|| error.to_string()))
    }

    /// The value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| *value)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// A name that stands twice.
    pub(crate) fn twice(&self) -> Option<&str> {
        let repeats = |(at, (name, _)): (usize, &(Cow<'a, str>, _))| {
            self.0[..at].iter().any(|(other, _)| other == name)
        };
        self.0.iter().enumerate().find(|field| repeats(*field)).map(|(_, (name, _))| &**name)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(4);
                while let Some(Name(name)) = map.next_key()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A name, without a copy where that can be.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Checks that every reader finds the same in a text: its JSON is valid to the last string and number, and no object in it
/// has a name twice.
///
/// # Errors
///
/// Why it may not, in words.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Distinct.deserialize(&mut deserializer).map_err(|error| {
        let message = error.to_string();
        // The place would be that in a line that nobody sees.
        message.split(" at line ").next().unwrap_or_default().to_owned()
    })
}

#[derive(Clone, Copy)]
struct Distinct;

impl<'de> DeserializeSeed<'de> for Distinct {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Distinct {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut names = HashSet::<Cow<'de, str>>::new();
        while let Some(Name(name)) = map.next_key()? {
            if names.contains(&name) {
                return Err(A::Error::custom(format_args!("{name:?} is there twice in one object")));
            }
            names.insert(name);
            map.next_value_seed(self)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_stands_twice_is_found_at_any_depth_and_in_any_spelling() {
        for (text, problem) in [
            (r#"{"a": 1, "b": [{"a": 1}, {"a": 2}], "c": {"a": {"b": 1.5e3, "c": null, "d": true}}}"#, None),
            (r#"{"a": 1, "a": 1}"#, Some(r#""a" is there twice in one object"#)),
            (r#"[[{"b": {"a": 1, "\u0061": 1}}]]"#, Some(r#""a" is there twice in one object"#)),
            (r#"{"a": "\ud800"}"#, Some("unexpected end of hex escape")),
            (r#"{"a": 1e999}"#, Some("number out of range")),
        ] {
            assert_eq!(check(text).err().as_deref(), problem, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(check(&deep).err().as_deref(), Some("recursion limit exceeded"));
    }

    #[test]
    fn fields_are_as_they_are_written() {
        let fields = Fields::read(r#"{"a" : 1.50 , "\u0062":{ "c":1 },"d":[ ]}"#).unwrap();
        let value = |name| fields.get(name).map(RawValue::get);
        assert_eq!((value("a"), value("b"), value("d")), (Some("1.50"), Some(r#"{ "c":1 }"#), Some("[ ]")));
        assert_eq!((value("c"), fields.twice()), (None, None));
        assert_eq!(Fields::read(r#"{"a":1,"b":2,"\u0061":3}"#).unwrap().twice(), Some("a"));
        assert!(matches!(Fields::read("7"), Err(None)));
        assert!(matches!(Fields::read("{"), Err(Some(_))));
    }
}
