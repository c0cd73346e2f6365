//! The judgement of one call.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value};

use super::condition::Condition;
use super::fault::{Place, PolicyFault};
use super::limit::{Charge, Limit, Window};
use super::path::Path;

/// The kinds of methods that pass under default deny only where a policy names them. Tools have rules of their own, and
/// everything else is what keeps a session going.
pub(super) const GOVERNED: [&str; 4] = ["prompts/", "resources/", "completion/", "sampling/"];

/// How long a call waits for a person where the policy does not say.
const APPROVE_WITHIN: Duration = Duration::from_mins(2);

/// The tools that may be called. The default is the strictest: nothing.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Whether a tool may be called that `tools` does not name.
    pub(super) allows_others: bool,
    pub(super) hide: Vec<Hidden>,
    /// Limits over every call together.
    pub(super) all_tools: Vec<Limit>,
    pub(super) tools: BTreeMap<String, Rules>,
    /// The methods that pass although the default is to deny: exact, or a kind with a `*`.
    pub(super) methods: Vec<String>,
    pub(super) approve_within: Option<Duration>,
    pub(super) audit_required: bool,
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

/// The rules for one tool.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    /// Why every call is refused, where it is. The tool stays in the list.
    pub(super) deny: Option<String>,
    pub(super) require: Vec<Condition>,
    pub(super) deny_if: Vec<Condition>,
    pub(super) limits: Vec<Limit>,
    pub(super) approve: Approve,
}

impl Rules {
    /// Whether a person is ever asked.
    pub(super) fn asks(&self) -> bool {
        !matches!(self.approve, Approve::Never)
    }
}

/// When a person has to allow a call.
#[derive(Debug, Clone, Default)]
pub(super) enum Approve {
    #[default]
    Never,
    Always,
    /// Where one of these holds.
    If(Vec<Condition>),
}

/// The judgement of one call.
pub type Judgement = Result<Allowed, Refusal>;

/// A call may pass, if its limits have room for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The place of the rule that allows it: `tools.create_meeting`, or `default`.
    pub rule: String,
    /// Its charges, at all its limits.
    pub charges: Vec<Charge>,
    /// The place of the rule by which a person has to allow it first: `tools.delete_meeting.approve`.
    pub approve: Option<String>,
}

/// A call may not pass. Shown, it is the message to the agent, and never repeats the value of an argument: it may be a
/// secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The tool that was called.
    pub tool: String,
    /// The place of the rule that refuses it: `tools.create_meeting.require[0]`.
    pub rule: String,
    /// Why, as a sentence without its full stop.
    pub sentence: String,
    /// The message of the author of the policy.
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
    /// The name of its counter.
    pub counter: &'static str,
    /// The highest value of the counter.
    pub max: u64,
    /// The period in which it counts.
    pub window: Window,
}

impl Policy {
    /// The policy in force without a policy file: every tool may be called, some within these limits.
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

    /// Parts that its author may not have meant: conditions that always hold, and names that are not the only ones.
    pub fn warnings(&self) -> &[PolicyFault] {
        &self.warnings
    }

    /// Whether a tool is left out of the list that the agent gets.
    pub fn hides(&self, tool: &str) -> bool {
        self.hidden_by(tool).is_some()
    }

    /// Whether a tool may be called at all, with some arguments at some time.
    pub fn allows(&self, tool: &str) -> bool {
        self.admits(tool).is_ok()
    }

    /// Whether a message with this method, not a call of a tool, may pass.
    pub fn lets_method(&self, method: &str) -> bool {
        let is = |named: &String| {
            let kind = named.strip_suffix('*').filter(|kind| kind.ends_with('/'));
            kind.map_or(named == method, |kind| method.starts_with(kind))
        };
        self.allows_others
            || !GOVERNED.iter().any(|kind| method.starts_with(kind))
            || self.methods.iter().any(is)
    }

    /// Checks whether a message with this method, not a call of a tool, may pass.
    ///
    /// # Errors
    ///
    /// It may not.
    pub fn admits_method(&self, method: &str) -> Result<(), Refusal> {
        if self.lets_method(method) {
            return Ok(());
        }
        let (tool, rule) = (method.to_owned(), "default".to_owned());
        Err(Refusal { tool, rule, sentence: "methods does not name this method".into(), on_deny: None })
    }

    /// How long a call may wait for a person.
    pub fn approve_within(&self) -> Duration {
        self.approve_within.unwrap_or(APPROVE_WITHIN)
    }

    /// Whether a call that cannot be written to the audit log has to be refused.
    pub fn audit_required(&self) -> bool {
        self.audit_required
    }

    /// Says whether a tool may be called at all.
    ///
    /// # Errors
    ///
    /// Every call of it is refused, whatever its arguments.
    pub fn admits(&self, tool: &str) -> Result<(), Refusal> {
        let refuse = |rule: String, sentence: &str, on_deny: Option<&String>| {
            let (tool, sentence) = (tool.to_owned(), sentence.to_owned());
            Err(Refusal { tool, rule, sentence, on_deny: on_deny.cloned() })
        };
        if let Some(hidden) = self.hidden_by(tool) {
            return refuse(hidden.rule.clone(), "this tool is hidden", None);
        }
        match self.tools.get(tool) {
            Some(Rules { deny: Some(reason), .. }) => {
                let rule = place(tool).field("deny").to_string();
                refuse(rule, "every call of this tool is refused", Some(reason))
            }
            None if !self.allows_others => {
                refuse("default".to_owned(), "only the tools that the policy names are allowed", None)
            }
            _ => Ok(()),
        }
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
        // A second spelling that the server may read in place of the argument that is judged.
        let one_spelling = |rule: &str, path: &Path| {
            path.look_alike(arguments).map_or(Ok(()), |sentence| Err(refuse(rule, sentence, None)))
        };
        let (rule, rules) = match self.tools.get(tool) {
            Some(rules) => (place(tool).to_string(), rules),
            None => ("default".into(), &Rules::default()),
        };
        for Condition { rule, path, test, on_deny } in &rules.require {
            one_spelling(rule, path)?;
            let argument = path.find(arguments);
            if !test.holds(argument) {
                let missing = if argument.is_none() { " is missing, and" } else { "" };
                let sentence = format!("{path}{missing} must {test}");
                return Err(refuse(rule, sentence, on_deny.as_ref()));
            }
        }
        for Condition { rule, path, test, on_deny } in &rules.deny_if {
            one_spelling(rule, path)?;
            if let Some(argument) = path.find(arguments)
                && test.holds(Some(argument))
            {
                let sentence = format!("{path} must not {test}");
                return Err(refuse(rule, sentence, on_deny.as_ref()));
            }
        }
        let mut charges = Vec::new();
        for limit in self.all_tools.iter().chain(&rules.limits) {
            if let Some(path) = &limit.increment_from {
                one_spelling(&limit.rule, path)?;
            }
            let charge = limit.charge(arguments);
            charges.push(charge.map_err(|sentence| refuse(&limit.rule, sentence, None))?);
        }
        let approve = match &rules.approve {
            Approve::Never => None,
            Approve::Always => Some(place(tool).field("approve").to_string()),
            Approve::If(conditions) => {
                conditions.iter().try_for_each(|condition| one_spelling(&condition.rule, &condition.path))?;
                let holds = |condition: &&Condition| condition.test.holds(condition.path.find(arguments));
                conditions.iter().find(holds).map(|condition| condition.rule.clone())
            }
        };
        Ok(Allowed { rule, charges, approve })
    }

    /// The entry of `hide` that hides a tool.
    fn hidden_by(&self, tool: &str) -> Option<&Hidden> {
        self.hide.iter().find(|hidden| hidden.name == tool || hidden.name == "*")
    }
}

/// The place of a tool's rules.
fn place(tool: &str) -> Place {
    Place::default().field("tools").field(tool)
}
