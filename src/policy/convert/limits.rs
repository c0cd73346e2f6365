//! Rate limits and counters, as limits. Intercept's tools never share a counter: its name has that of its tool before it.

use serde_json::Value;

use super::converter::{Converter, Fields, Scope};
use super::yaml::{Kind, WHOLE, meant};
use crate::policy::fault::Place;
use crate::policy::limit::Window;
use crate::policy::path::Path;
use crate::policy::written::{WrittenLimit, WrittenRules};

impl Converter {
    /// Notes a limit of a tool.
    pub(super) fn take_limit(
        &mut self,
        limit: Option<WrittenLimit>,
        rule: &Fields<'_>,
        on_deny: Option<&str>,
        rules: &mut WrittenRules,
    ) {
        let Some(limit) = limit else { return };
        if on_deny.is_some() {
            let place = rule.place.field(if rule.is_null("on_deny") { "reason" } else { "on_deny" });
            self.warn(&place, "is not said by a limit, which says itself when the next call is allowed");
        }
        if rules.limits.iter().any(|other| other.counter == limit.counter) {
            self.fault::<()>(
                &rule.place,
                format!("another rule of this tool counts {:?} already", limit.counter),
            );
            return;
        }
        rules.limits.push(limit);
    }

    /// `5/hour`; or a map, as `PolicyLayer`'s pages have it.
    pub(super) fn rate_limit(&mut self, rule: &Fields<'_>, scope: Scope<'_>) -> Option<WrittenLimit> {
        let place = rule.place.field("rate_limit");
        let node = rule.get("rate_limit")?;
        let (max, window) = match &node.kind {
            Kind::Scalar { text, .. } => text.split_once('/').unwrap_or((text, "")),
            Kind::Map(_) => {
                let limit = self.fields(node, &place, &["max", "window"])?;
                (
                    limit.text("max").unwrap_or_default(),
                    limit.text("window").map(in_words).unwrap_or_default(),
                )
            }
            Kind::List(_) => return self.fault(&place, "must be a number and a window, as 5/hour"),
        };
        let is_count = max.bytes().all(|c| c.is_ascii_digit());
        let Some(max) = max.parse().ok().filter(|max| *max > 0 && is_count) else {
            return self.fault(&place, "must begin with a whole number from 1 on, as 5/hour");
        };
        let Some(window) = window_of(window) else {
            return self.fault(&place, "must be for a minute, an hour or a day, as 5/hour");
        };
        Some(WrittenLimit::new(format!("{}._rate_{window}", scope.name()), window, max))
    }

    /// The limit that a state block and the conditions on it come to.
    pub(super) fn state(
        &mut self,
        rule: &Fields<'_>,
        conditions: &[Fields<'_>],
        scope: Scope<'_>,
    ) -> Option<WrittenLimit> {
        let own = self.counter(rule, scope);
        if own.is_none() && !rule.is_null("state") {
            return None;
        }
        let mut max = None;
        for condition in conditions {
            let path = condition.text("path").unwrap_or_default();
            let is_own = own
                .as_ref()
                .is_some_and(|counter| path == format!("state.{}.{}", scope.name(), counter.name));
            if !is_own {
                let problem = "has no counterpart: only a limit on the counter of the same rule has";
                self.fault::<()>(&condition.place.field("path"), format!("{path} {problem}"));
            } else if max.is_some() {
                self.fault::<()>(&condition.place, "is the second one on this counter; a limit has one");
            } else {
                max = Some(self.max(condition));
            }
        }
        let counter = own?;
        let Some(max) = max else {
            self.warn(&rule.place.field("state"), "counts what nothing limits, and is left out");
            return None;
        };
        let max = max? / counter.increment;
        if max == 0 {
            return self.fault(&rule.place, "lets no call through; action deny says that");
        }
        let mut limit = WrittenLimit::new(format!("{}.{}", scope.name(), counter.name), counter.window, max);
        limit.increment_from = counter.increment_from.map(str::to_owned);
        Some(limit)
    }

    /// The highest value that a condition on a counter allows.
    fn max(&mut self, condition: &Fields<'_>) -> Option<u64> {
        let op = condition.text("op").unwrap_or_default();
        if !matches!(op, "lt" | "lte") {
            let problem = format!("{op} on a counter has no counterpart: a limit is lt or lte");
            return self.fault(&condition.place.field("op"), problem);
        }
        let place = condition.place.field("value");
        let value = match condition.get("value").map(|node| &node.kind) {
            Some(Kind::Scalar { text, is_plain: true }) => meant(text).map(|meant| meant.value),
            _ => Ok(Value::Null),
        };
        let value = match value {
            Ok(value) => value,
            Err(problem) => return self.fault(&place, problem),
        };
        let whole = match (value.as_u64(), value.as_f64()) {
            (Some(whole), _) => Some(whole),
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is in bounds")]
            (None, Some(number)) if (0.0..=WHOLE).contains(&number) => Some(number.floor() as u64),
            _ => None,
        };
        // As Intercept has it, less than 5.5 is up to 4.
        let max = whole.and_then(|whole| whole.checked_sub(u64::from(op == "lt")));
        max.map_or_else(|| self.fault(&place, "must be a number from 0 on"), Some)
    }

    fn counter<'n>(&mut self, rule: &Fields<'n>, scope: Scope<'_>) -> Option<Counter<'n>> {
        if rule.is_null("state") {
            return None;
        }
        let place = rule.place.field("state");
        let node = rule.get("state")?;
        let state = self.fields(node, &place, &["counter", "window", "increment", "increment_from"])?;
        let name = state.text("counter").filter(|name| !name.is_empty());
        if name.is_none() {
            self.fault::<()>(&place.field("counter"), "must be the name of a counter");
        }
        let window = state.text("window").and_then(window_of);
        if window.is_none() {
            self.fault::<()>(&place.field("window"), "must be \"minute\", \"hour\" or \"day\"");
        }
        let increment_from = self.increment_from(&state, scope);
        let increment = self.increment(&state, increment_from.is_some(), &place);
        Some(Counter { name: name?, window: window?, increment: increment?, increment_from })
    }

    fn increment_from<'n>(&mut self, state: &Fields<'n>, scope: Scope<'_>) -> Option<&'n str> {
        let path = state.text("increment_from").filter(|path| !path.is_empty())?;
        let place = state.place.field("increment_from");
        if Path::new(path).is_none() {
            return self.fault(&place, "must be args.<field>");
        }
        if matches!(scope, Scope::AllTools) {
            return self.fault(&place, "has no counterpart here: the tools have no argument in common");
        }
        self.warn(&place, "an argument that is negative or not whole is refused here; Intercept counts it, which makes room");
        Some(path)
    }

    /// How much a call counts, where that is no argument.
    fn increment(&mut self, state: &Fields<'_>, is_from_argument: bool, place: &Place) -> Option<u64> {
        let place = place.field("increment");
        let Some(text) = state.text("increment") else { return Some(1) };
        match text.parse() {
            Ok(0 | 1) => Some(1),
            Ok(_) if is_from_argument => {
                self.warn(&place, "does nothing beside increment_from");
                Some(1)
            }
            Ok(increment) => {
                self.warn(
                    &place,
                    "is taken into the limit: each call counts as 1, and the limit is divided by it",
                );
                Some(increment)
            }
            Err(_) => self.fault(&place, "must be a whole number from 1 on"),
        }
    }
}

/// The content of a state block.
struct Counter<'n> {
    name: &'n str,
    window: &'static str,
    increment: u64,
    increment_from: Option<&'n str>,
}

fn window_of(name: &str) -> Option<&'static str> {
    Window::NAMES.iter().map(|(window, _)| *window).find(|window| *window == name)
}

/// A window in seconds.
fn in_words(window: &str) -> &str {
    match window {
        "60" => "minute",
        "3600" => "hour",
        "86400" => "day",
        window => window,
    }
}
