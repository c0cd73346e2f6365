//! A call that waits for a person, and the decision about it, which holds for that call alone, once, and not for long. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::approval_error::ApprovalError;
use super::id::Id;
use super::name::Name;

/// How far the clock may have been set back since a call began to wait; a larger step ends the wait.
const STEP_BACK: TimeDelta = TimeDelta::seconds(60);

/// All that an approval is bound to. A call that differs in any of it is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Binding {
    /// The grant of the client; empty for the one client of a gateway over standard input and output.
    pub(crate) grant: String,
    /// The name of the gateway.
    pub(crate) gateway: Name,
    pub(crate) tool: String,
    /// The digest of the arguments.
    pub(crate) arguments: String,
    /// The digest of the policy that asks.
    pub(crate) policy: String,
    /// The digest of the tool's definition.
    pub(crate) pin: String,
}

/// A call that waits, or that somebody has decided about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Approval {
    pub(crate) id: Id,
    pub(crate) binding: Binding,
    /// The rule of the policy that asks.
    pub(crate) rule: String,
    /// The arguments as they may be shown.
    pub(crate) arguments: Map<String, Value>,
    /// When it began to wait, or was decided.
    pub(crate) since: DateTime<Utc>,
    /// When it ends, whatever was decided.
    pub(crate) until: DateTime<Utc>,
    pub(crate) state: State,
    /// Whether the call has been answered meanwhile, so that only the same call made again can use the decision.
    pub(crate) has_left: bool,
}

/// The decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Waiting,
    Allowed,
    Denied,
}

impl Approval {
    /// Whether its time is over, or the clock was set back so far that nobody knows.
    pub(crate) fn is_over(&self, now: DateTime<Utc>) -> bool {
        now >= self.until || now < self.since - STEP_BACK
    }

    /// Whether this call may be made now because somebody has allowed it.
    pub(crate) fn allows(&self, call: &Binding, now: DateTime<Utc>) -> bool {
        self.state == State::Allowed && self.binding == *call && !self.is_over(now)
    }

    /// Whether the same call, made again, is what this is about: nobody has to be asked twice, nor has who has denied it.
    pub(crate) fn is_about(&self, call: &Binding, now: DateTime<Utc>) -> bool {
        self.has_left && self.binding == *call && !self.is_over(now)
    }

    /// Takes a decision. An allowed call has as long to be made again as it had to be allowed.
    ///
    /// # Errors
    ///
    /// It was decided already, or its time is over.
    pub(crate) fn decide(&mut self, allow: bool, now: DateTime<Utc>) -> Result<(), ApprovalError> {
        match self.state {
            _ if self.is_over(now) => return Err(ApprovalError::Over(self.id.clone())),
            State::Waiting => {}
            State::Allowed => return Err(ApprovalError::Decided { id: self.id.clone(), how: "allowed" }),
            State::Denied => return Err(ApprovalError::Decided { id: self.id.clone(), how: "denied" }),
        }
        self.state = if allow { State::Allowed } else { State::Denied };
        self.until = now + (self.until - self.since);
        self.since = now;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        "2026-03-04T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(seconds)
    }

    fn binding() -> Binding {
        let text = |text: &str| text.to_owned();
        Binding {
            grant: text("ci"),
            gateway: Name::parse("files").unwrap(),
            tool: text("write"),
            arguments: text("a0"),
            policy: text("p0"),
            pin: text("t0"),
        }
    }

    fn approval(state: State) -> Approval {
        Approval {
            id: Id::parse("K7Q2M9XD").unwrap(),
            binding: binding(),
            rule: "tools.write.approve".into(),
            arguments: Map::new(),
            since: at(0),
            until: at(120),
            state,
            has_left: true,
        }
    }

    #[test]
    fn an_approval_is_for_the_call_that_was_shown_and_no_other() {
        type Change = fn(&mut Binding, String);
        let changes: [(&str, Change); 6] = [
            ("grant", |call, other| call.grant = other),
            ("gateway", |call, other| call.gateway = Name::parse(&other).unwrap()),
            ("tool", |call, other| call.tool = other),
            ("arguments", |call, other| call.arguments = other),
            ("policy", |call, other| call.policy = other),
            ("pin", |call, other| call.pin = other),
        ];
        let allowed = approval(State::Allowed);
        assert!(allowed.allows(&binding(), at(10)) && allowed.is_about(&binding(), at(10)));
        for (what, change) in changes {
            let mut call = binding();
            change(&mut call, "other".to_owned());
            assert!(!allowed.allows(&call, at(10)), "{what}");
            assert!(!allowed.is_about(&call, at(10)), "{what}");
        }
    }

    #[test]
    fn it_holds_in_its_time_and_in_no_other() {
        for (now, holds) in [(-61, false), (-60, true), (0, true), (119, true), (120, false), (9999, false)] {
            assert_eq!(approval(State::Allowed).allows(&binding(), at(now)), holds, "{now}");
            assert_eq!(approval(State::Waiting).is_about(&binding(), at(now)), holds, "{now}");
            assert_eq!(approval(State::Waiting).decide(true, at(now)).is_ok(), holds, "{now}");
        }
    }

    #[test]
    fn it_is_decided_once() {
        for (allow, state) in [(true, State::Allowed), (false, State::Denied)] {
            let mut decided = approval(State::Waiting);
            assert!(!decided.allows(&binding(), at(100)));
            decided.decide(allow, at(100)).unwrap();
            assert_eq!((decided.state, decided.until), (state, at(220)));
            assert_eq!(decided.allows(&binding(), at(200)), allow);
            assert!(!decided.allows(&binding(), at(220)));
            for again in [true, false] {
                assert!(matches!(decided.decide(again, at(101)), Err(ApprovalError::Decided { .. })));
                assert_eq!(decided.state, state);
            }
        }
    }
}
