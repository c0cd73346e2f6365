//! Reads the maps and lists of a document, each with its place, and continues after a fault.

use super::yaml::{Kind, Node};
use crate::policy::fault::{Place, PolicyFault, hint};

/// Continues after a fault. A None has its fault noted.
#[derive(Default)]
pub(super) struct Converter {
    pub(super) faults: Vec<PolicyFault>,
    pub(super) warnings: Vec<PolicyFault>,
}

impl Converter {
    pub(super) fn fault<T>(&mut self, place: &Place, problem: impl Into<String>) -> Option<T> {
        self.faults.push(place.fault(problem));
        None
    }

    pub(super) fn warn(&mut self, place: &Place, problem: impl Into<String>) {
        self.warnings.push(place.fault(problem));
    }

    /// The fields of a map; Intercept silently ignores those that it does not know.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, place: &Place, known: &[&str]) -> Option<Fields<'n>> {
        let Some(fields) = Fields::of(node, place) else {
            return self.fault(place, format!("must be a map, see line {}", node.line));
        };
        for (name, hint) in fields.unknown(known) {
            self.warn(
                &place.field(name),
                format!("Intercept does not know this field, and it is left out{hint}"),
            );
        }
        Some(fields)
    }

    /// A list; nothing where it is left out.
    pub(super) fn list<'n>(&mut self, fields: &Fields<'n>, name: &str) -> &'n [Node] {
        match fields.get(name).map(|node| &node.kind) {
            Some(Kind::List(items)) => items,
            Some(_) if !fields.is_null(name) => {
                self.faults.push(fields.place.field(name).fault("must be a list"));
                &[]
            }
            _ => &[],
        }
    }
}

/// The tools that these rules and their counters are for.
#[derive(Clone, Copy)]
pub(super) enum Scope<'n> {
    AllTools,
    Tool(&'n str),
}

impl Scope<'_> {
    /// As a path names it: `state._global.calls`.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::AllTools => "_global",
            Self::Tool(name) => name,
        }
    }
}

/// The fields of a map.
pub(super) struct Fields<'n> {
    fields: &'n [(String, Node)],
    pub(super) place: Place,
}

impl<'n> Fields<'n> {
    /// None where this is no map.
    pub(super) fn of(node: &'n Node, place: &Place) -> Option<Self> {
        let Kind::Map(fields) = &node.kind else { return None };
        Some(Self { fields, place: place.clone() })
    }

    pub(super) fn get(&self, name: &str) -> Option<&'n Node> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, node)| node)
    }

    /// Whether a field is left out, or as good as that.
    pub(super) fn is_null(&self, name: &str) -> bool {
        self.get(name).is_none_or(Node::is_null)
    }

    /// A scalar as a text, as it is read where a text is expected: `5` is `"5"`. None where it is left out or no scalar.
    pub(super) fn text(&self, name: &str) -> Option<&'n str> {
        match &self.get(name)?.kind {
            Kind::Scalar { .. } if self.is_null(name) => None,
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The names that are not among these, each with the one that may be meant.
    pub(super) fn unknown<'s>(&'s self, known: &'s [&str]) -> impl Iterator<Item = (&'n str, String)> + 's {
        let names = self.fields.iter().map(|(name, _)| name.as_str()).filter(|name| !known.contains(name));
        names.map(|name| (name, hint(name, known.iter().copied())))
    }
}
