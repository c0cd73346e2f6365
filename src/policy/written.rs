//! A policy as it is written for a person to read and change.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// A policy to be written. Its fields are written in this order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Written {
    version: Version,
    pub(super) default: OtherTools,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hide: Vec<String>,
    #[serde(skip_serializing_if = "WrittenRules::is_empty")]
    pub(super) all_tools: WrittenRules,
    pub(super) tools: BTreeMap<String, WrittenRules>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
enum Version {
    #[default]
    #[serde(rename = "1")]
    One,
}

/// The rule for a tool that is not named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OtherTools {
    Allow,
    #[default]
    Deny,
}

/// The rules of one tool, or of all.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct WrittenRules {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deny: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) require: Vec<WrittenCondition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) limits: Vec<WrittenLimit>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) approve: bool,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct WrittenCondition {
    pub(super) path: String,
    pub(super) op: String,
    pub(super) value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on_deny: Option<String>,
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct WrittenLimit {
    pub(super) counter: String,
    pub(super) window: &'static str,
    pub(super) max: u64,
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) increment_from: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Scope {
    #[default]
    Grant,
}

impl Written {
    pub(super) fn new(default: OtherTools) -> Self {
        Self { default, ..Self::default() }
    }

    /// As JSON, with a line for each part and one at the end.
    ///
    /// # Errors
    ///
    /// It is not JSON, which cannot be.
    pub(crate) fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

impl WrittenRules {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl WrittenLimit {
    pub(super) fn new(counter: String, window: &'static str, max: u64) -> Self {
        Self { counter, window, max, scope: Scope::Grant, increment_from: None }
    }
}
