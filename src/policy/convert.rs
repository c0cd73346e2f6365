//! A policy of Intercept's, `PolicyLayer`'s open-source proxy, as one of zoomtok's. Pure.
//!
//! Its form and its meaning are those of its POLICY.md and of its sources at 77f0429. Every rule becomes one that allows
//! no call that Intercept refuses; a rule without a counterpart is a fault, and a change of meaning is a warning.

use std::collections::BTreeSet;

use self::converter::{Converter, Fields, Scope};
use self::yaml::{Kind, Node};
use crate::policy::check::Against;
use crate::policy::fault::{Place, PolicyFault};
use crate::policy::judge::Policy;
use crate::policy::written::{OtherTools, Written, WrittenRules};

mod converter;
mod limits;
mod rules;
mod values;
mod yaml;

/// A policy that was converted.
#[derive(Debug)]
pub(crate) struct Converted {
    /// The policy as JSON.
    pub(crate) text: String,
    /// The parts whose meaning has changed.
    pub(crate) warnings: Vec<PolicyFault>,
}

/// Converts a policy of Intercept's.
///
/// # Errors
///
/// Everything in it that has no counterpart, each with its place; or what is wrong with it.
pub(crate) fn convert(text: &str) -> Result<Converted, Vec<PolicyFault>> {
    let root = yaml::read(text).map_err(|fault| vec![fault])?;
    let mut converter = Converter::default();
    let written = converter.policy(&root);
    let Converter { faults, warnings } = converter;
    let (Some(written), true) = (written, faults.is_empty()) else { return Err(faults) };
    let text = written
        .text()
        .map_err(|error| vec![Place::default().fault(format!("cannot be written as JSON: {error}"))])?;
    // The result is read like any policy; its faults are those of the original.
    Policy::parse(&text, Against::Gateway(None))?;
    Ok(Converted { text, warnings })
}

impl Converter {
    fn policy(&mut self, root: &Node) -> Option<Written> {
        let known = ["version", "description", "default", "hide", "tools"];
        let policy = self.fields(root, &Place::default(), &known)?;
        if policy.text("version") != Some("1") {
            self.fault::<()>(&policy.place.field("version"), "must be \"1\"");
        }
        if policy.text("description").is_some() {
            self.warn(&policy.place.field("description"), "has no counterpart, and is left out");
        }
        let others = self.others(&policy);
        let hide = self.hide(&policy);
        let (mut all_tools, mut tools) = (WrittenRules::default(), Vec::new());
        let mut wildcard = None;
        match policy.get("tools").map(|node| &node.kind) {
            Some(Kind::Map(rows)) => {
                for (name, row) in rows {
                    let place = policy.place.field("tools").field(name);
                    if name == "*" {
                        wildcard = self.row(row, &place, Scope::AllTools);
                    } else if let Some(rules) = self.row(row, &place, Scope::Tool(name)) {
                        tools.push((name.clone(), rules));
                    }
                }
            }
            _ => self.fault(&policy.place.field("tools"), "must be a map of tools").unwrap_or_default(),
        }
        let mut written = Written::new(others);
        (written.hide, written.tools) = (hide, tools.into_iter().collect());
        if let Some(wildcard) = wildcard {
            all_tools.limits.clone_from(&wildcard.limits);
            self.spread(&wildcard, &policy.place.field("tools").field("*"), &mut written);
        }
        written.all_tools = all_tools;
        Some(written)
    }

    /// The rule for tools that are not named.
    fn others(&mut self, policy: &Fields<'_>) -> OtherTools {
        let place = policy.place.field("default");
        match policy.text("default") {
            Some("allow") => OtherTools::Allow,
            Some("deny") => OtherTools::Deny,
            None | Some("") => {
                self.warn(&place, "is left out, so every tool that the policy does not name may be called");
                OtherTools::Allow
            }
            Some(_) => self.fault(&place, "must be \"allow\" or \"deny\"").unwrap_or_default(),
        }
    }

    fn hide(&mut self, policy: &Fields<'_>) -> Vec<String> {
        let mut hidden = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, node) in self.list(policy, "hide").iter().enumerate() {
            let place = policy.place.field("hide").item(index);
            let name = match &node.kind {
                Kind::Scalar { text, .. } if text.trim().is_empty() => {
                    self.fault(&place, "must not be empty")
                }
                Kind::Scalar { text, .. } if !seen.insert(text) => {
                    self.fault(&place, format!("{text:?} is there twice"))
                }
                Kind::Scalar { text, .. } => Some(text.clone()),
                _ => self.fault(&place, "must be the name of a tool"),
            };
            hidden.extend(name);
        }
        hidden
    }

    /// Copies the rules for all tools, except limits, to each tool. This works only for tools that are named.
    fn spread(&mut self, wildcard: &WrittenRules, place: &Place, written: &mut Written) {
        if let Some(reason) = &wildcard.deny {
            if written.default == OtherTools::Allow {
                written.default = OtherTools::Deny;
                self.warn(place, "refuses every call, so default becomes \"deny\"; a tool that is not named is refused without the reason");
            }
            for rules in written.tools.values_mut() {
                let reason = rules.deny.take().unwrap_or_else(|| reason.clone());
                *rules = WrittenRules { deny: Some(reason), ..WrittenRules::default() };
            }
            return;
        }
        if wildcard.require.is_empty() {
            return;
        }
        if written.default == OtherTools::Allow {
            self.fault::<()>(
                place,
                "its conditions also hold for tools that the policy does not name, which has no counterpart: name every \
                 tool and set default to \"deny\"",
            );
        }
        for rules in written.tools.values_mut().filter(|rules| rules.deny.is_none()) {
            rules.require.extend_from_slice(&wildcard.require);
        }
    }
}

#[cfg(test)]
mod tests;
