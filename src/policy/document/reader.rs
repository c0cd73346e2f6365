//! Reads the objects, lists, texts and words of a document, each with its place, and continues after a fault.

use serde_json::{Map, Value};

use crate::policy::fault::{Place, PolicyFault, hint};
use crate::policy::path::Path;

/// A path, and where it stands.
#[derive(Debug)]
pub(in crate::policy) struct PlacedPath {
    pub(in crate::policy) tool: String,
    pub(in crate::policy) place: Place,
    pub(in crate::policy) path: Path,
}

/// The findings about parts that only a gateway applies, for where there is none.
#[derive(Debug, Default)]
pub(in crate::policy) struct ForGateway {
    pub(in crate::policy) faults: Vec<PolicyFault>,
    pub(in crate::policy) warnings: Vec<PolicyFault>,
}

/// Continues after a fault. A None has its fault noted.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<PolicyFault>,
    /// Parts that are valid, and may not do what their author thinks.
    pub(super) warnings: Vec<PolicyFault>,
    pub(super) for_gateway: ForGateway,
    pub(super) paths: Vec<PlacedPath>,
    /// The tool whose rules are being read.
    pub(super) tool: Option<String>,
    pub(super) faults_to_hide: usize,
}

/// An object of the policy.
pub(super) struct Object<'v> {
    pub(super) fields: &'v Map<String, Value>,
    pub(super) place: Place,
}

impl Reader {
    pub(super) fn note(&mut self, place: &Place, problem: impl Into<String>) {
        self.faults.push(place.fault(problem));
    }

    /// Notes a fault where something could not be read.
    pub(super) fn fault<T>(&mut self, place: &Place, problem: impl Into<String>) -> Option<T> {
        self.note(place, problem);
        None
    }

    pub(super) fn path(&mut self, text: &str, place: &Place) -> Option<Path> {
        let Some(path) = Path::new(text) else { return self.fault(place, "must be args.<field>") };
        if let Some(tool) = self.tool.clone() {
            self.paths.push(PlacedPath { tool, place: place.clone(), path: path.clone() });
        }
        Some(path)
    }

    pub(super) fn object<'v>(
        &mut self,
        value: &'v Value,
        place: Place,
        known: &[&str],
    ) -> Option<Object<'v>> {
        let Some(fields) = value.as_object() else { return self.fault(&place, "must be an object") };
        for name in fields.keys().filter(|name| !known.contains(&name.as_str())) {
            let hint = hint(name, known.iter().copied());
            self.note(&place.field(name), format!("unknown field{hint}"));
        }
        Some(Object { fields, place })
    }

    pub(super) fn list<T>(
        &mut self,
        object: &Object<'_>,
        name: &str,
        mut read: impl FnMut(&mut Self, &Value, &Place) -> Option<T>,
    ) -> Vec<T> {
        let place = object.place.field(name);
        match object.fields.get(name) {
            None => Vec::new(),
            Some(Value::Array(values)) => values
                .iter()
                .enumerate()
                .filter_map(|(index, value)| read(self, value, &place.item(index)))
                .collect(),
            Some(_) => {
                self.note(&place, "must be an array");
                Vec::new()
            }
        }
    }

    pub(super) fn text<'v>(&mut self, object: &Object<'v>, name: &str) -> Option<&'v str> {
        match object.fields.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(text),
            Some(_) => self.fault(&object.place.field(name), "must be a text that is not empty"),
            None => self.fault(&object.place.field(name), "is missing"),
        }
    }

    /// A field that has one of a few words, each of which means something.
    pub(super) fn word<T: Copy>(
        &mut self,
        object: &Object<'_>,
        name: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let value = object.fields.get(name);
        let meant = words.iter().find(|(word, _)| value.is_some_and(|value| value == word));
        if let Some((_, meaning)) = meant {
            return Some(*meaning);
        }
        let list: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let missing = if value.is_none() { "is missing; it " } else { "" };
        self.fault(&object.place.field(name), format!("{missing}must be {}", list.join(" or ")))
    }
}
