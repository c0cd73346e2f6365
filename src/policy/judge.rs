//! What a policy says of one call.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use super::condition::Condition;
use super::fault::PolicyFault;
use super::limit::{Charge, Limit, Window};

/// What may be called. The default is the strictest: nothing.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Whether a tool may be called that `tools` does not name.
    pub(super) allows_others: bool,
    pub(super) hide: Vec<Hidden>,
    /// Limits over every call together.
    pub(super) all_tools: Vec<Limit>,
    pub(super) tools: BTreeMap<String, Rules>,
    pub(super) warnings: Vec<PolicyFault>,
}

/// One entry of `hide`.
#[derive(Debug, Clone)]
pub(super) struct Hidden {
    /// Its place in the policy.
    pub(super) rule: String,
    /// A tool, or `*`.
    pub(super) name: String,
}

/// What holds for one tool.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    pub(super) require: Vec<Condition>,
    pub(super) deny_if: Vec<Condition>,
    pub(super) limits: Vec<Limit>,
}

/// What the policy says to one call.
pub type Judgement = Result<Allowed, Refusal>;

/// A call may pass, if its limits have room for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The place of the rule that allows it: `tools.create_meeting`, or `default`.
    pub rule: String,
    /// What it counts, at all its limits.
    pub charges: Vec<Charge>,
}

/// A call may not pass. Shown, it is what the agent is told, and never repeats the value of an argument: it may be a
/// secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The tool that was called.
    pub tool: String,
    /// The place of the rule that refuses it: `tools.create_meeting.require[0]`.
    pub rule: String,
    /// Why, as a sentence without its full stop.
    pub sentence: String,
    /// What the author of the policy has to say to it.
    pub on_deny: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[POLICY DENIED] {} by {}: {}.", self.tool, self.rule, self.sentence)?;
        self.on_deny.as_ref().map_or(Ok(()), |on_deny| write!(f, " {on_deny}"))
    }
}

/// A limit that a server has for one of its tools where there is no policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// The tool.
    pub tool: &'static str,
    /// What is counted.
    pub counter: &'static str,
    /// What it may come to.
    pub max: u64,
    /// In which time.
    pub window: Window,
}

impl Policy {
    /// What holds where there is no policy file: every tool may be called, some within these limits.
    pub fn built_in(limits: &[BuiltIn]) -> Self {
        let mut policy = Self { allows_others: true, ..Self::default() };
        for BuiltIn { tool, counter, max, window } in limits {
            policy.tools.entry((*tool).to_owned()).or_default().limits.push(Limit {
                rule: "the built-in policy".into(),
                counter: (*counter).to_owned(),
                window: *window,
                max: *max,
                increment_from: None,
            });
        }
        policy
    }

    /// What its author may not have meant: conditions that always hold, and names that are not the only ones.
    pub fn warnings(&self) -> &[PolicyFault] {
        &self.warnings
    }

    /// Whether a tool is left out of the list that the agent gets.
    pub fn hides(&self, tool: &str) -> bool {
        self.hidden_by(tool).is_some()
    }

    /// Whether a tool may be called at all, with some arguments at some time.
    pub fn allows(&self, tool: &str) -> bool {
        !self.hides(tool) && (self.allows_others || self.tools.contains_key(tool))
    }

    /// Says whether a tool may be called at all.
    ///
    /// # Errors
    ///
    /// Every call of it is refused, whatever its arguments.
    pub fn admits(&self, tool: &str) -> Result<(), Refusal> {
        let refuse = |rule: String, sentence: &str| {
            Err(Refusal { tool: tool.to_owned(), rule, sentence: sentence.to_owned(), on_deny: None })
        };
        if let Some(hidden) = self.hidden_by(tool) {
            return refuse(hidden.rule.clone(), "this tool is hidden");
        }
        if !self.allows(tool) {
            return refuse("default".to_owned(), "only the tools that the policy names are allowed");
        }
        Ok(())
    }

    /// Judges one call, with the arguments that it will run on.
    ///
    /// # Errors
    ///
    /// The call is refused.
    pub fn judge(&self, tool: &str, arguments: &Map<String, Value>) -> Judgement {
        self.admits(tool)?;
        let refuse = |rule: &str, sentence: String, on_deny: Option<&String>| Refusal {
            tool: tool.to_owned(),
            rule: rule.to_owned(),
            sentence,
            on_deny: on_deny.cloned(),
        };
        let (place, rules) = match self.tools.get(tool) {
            Some(rules) => (format!("tools.{tool}"), rules),
            None => ("default".into(), &Rules::default()),
        };
        for Condition { rule, path, test, on_deny } in &rules.require {
            let argument = path.find(arguments);
            if !test.holds(argument) {
                let missing = if argument.is_none() { " is missing, and" } else { "" };
                let sentence = format!("{path}{missing} must {test}");
                return Err(refuse(rule, sentence, on_deny.as_ref()));
            }
        }
        for Condition { rule, path, test, on_deny } in &rules.deny_if {
            if let Some(argument) = path.find(arguments)
                && test.holds(Some(argument))
            {
                let sentence = format!("{path} must not {test}");
                return Err(refuse(rule, sentence, on_deny.as_ref()));
            }
        }
        let charges = self
            .all_tools
            .iter()
            .chain(&rules.limits)
            .map(|limit| limit.charge(arguments).map_err(|sentence| refuse(&limit.rule, sentence, None)))
            .collect::<Result<_, _>>()?;
        Ok(Allowed { rule: place, charges })
    }

    /// The entry of `hide` that hides a tool.
    fn hidden_by(&self, tool: &str) -> Option<&Hidden> {
        self.hide.iter().find(|hidden| hidden.name == tool || hidden.name == "*")
    }
}
