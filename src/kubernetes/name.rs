//! The name of a Secret. Pure.

use std::fmt;

/// The longest name, and the longest namespace, in characters (RFC 1123).
const LONGEST_SECRET_NAME: usize = 253;
const LONGEST_NAMESPACE: usize = 63;

/// A Secret as a person names it: `[NAMESPACE/]NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretName {
    namespace: Option<String>,
    name: String,
}

/// A Secret, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) namespace: String,
    pub(super) name: String,
}

impl SecretName {
    /// Reads `[NAMESPACE/]NAME`.
    ///
    /// # Errors
    ///
    /// It is no name that Kubernetes allows.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (namespace, name) = match text.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, text),
        };
        if let Some(namespace) = namespace.filter(|namespace| !is_namespace(namespace)) {
            return Err(format!("{namespace:?} is no name of a namespace: {LABEL}"));
        }
        let is_name = name.len() <= LONGEST_SECRET_NAME && name.split('.').all(is_label);
        if !is_name {
            return Err(format!("{name:?} is no name of a Secret: {LABEL}, and dots"));
        }
        Ok(Self { namespace: namespace.map(str::to_owned), name: name.to_owned() })
    }

    /// Where it is for a pod of this namespace.
    pub(super) fn place(&self, own: &str) -> Place {
        let namespace = self.namespace.as_deref().unwrap_or(own);
        Place { namespace: namespace.to_owned(), name: self.name.clone() }
    }

    /// Whether it takes the namespace of the pod to know where it is.
    pub(super) fn is_relative(&self) -> bool {
        self.namespace.is_none()
    }
}

const LABEL: &str = "it has small letters, digits and, between them, hyphens";

/// Whether a text is a name of a namespace.
pub(super) fn is_namespace(text: &str) -> bool {
    text.len() <= LONGEST_NAMESPACE && is_label(text)
}

fn is_label(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(is_plain) && text.ends_with(is_plain) && text.chars().all(|c| is_plain(c) || c == '-')
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        f.write_str(&self.name)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_the_namespace_that_they_leave_out() {
        for (text, place) in [
            ("zoom", "own/zoom"),
            ("team/zoom", "team/zoom"),
            ("a-b-1/zoom.example.com", "a-b-1/zoom.example.com"),
        ] {
            let name = SecretName::parse(text).unwrap();
            assert_eq!(name.place("own").to_string(), place);
            assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn nothing_is_taken_that_could_lead_elsewhere() {
        let long = "a".repeat(254);
        for text in [
            "", "/", "a/", "/a", "a/b/c", "../a", "a/..", "a/.", ".a", "a.", "a..b", "A", "a_b", "-a", "a-",
            "a b", "a%2fb", "a?b", "a#b", "é", "a.b/c", &long,
        ] {
            let error = SecretName::parse(text).unwrap_err();
            assert!(error.contains("is no name of a"), "{text:?}: {error}");
        }
        assert!(SecretName::parse(&long[1..]).is_ok());
        assert!(SecretName::parse(&format!("{}/a", &long[..64])).is_err());
    }
}
