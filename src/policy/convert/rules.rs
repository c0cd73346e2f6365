//! The rules of one tool, or of all.

use super::converter::{Converter, Fields, Scope};
use super::yaml::Node;
use crate::policy::fault::Place;
use crate::policy::written::WrittenRules;

/// The fields of a rule. `reason` is the word of `PolicyLayer`'s pages for `on_deny`.
const RULE_FIELDS: [&str; 7] = ["name", "action", "conditions", "on_deny", "reason", "state", "rate_limit"];

impl Converter {
    pub(super) fn row(&mut self, node: &Node, place: &Place, scope: Scope<'_>) -> Option<WrittenRules> {
        if node.is_null() {
            return Some(WrittenRules::default());
        }
        // PolicyLayer's pages speak of a rate limit and an action in the rule of a tool, which is that of its row.
        let row = self.fields(node, place, &["rules", "action", "on_deny", "reason", "rate_limit"])?;
        let mut rules = WrittenRules::default();
        if ["action", "rate_limit"].iter().any(|name| !row.is_null(name)) {
            self.rule(&row, scope, &mut rules);
        }
        for (index, node) in self.list(&row, "rules").iter().enumerate() {
            let place = place.field("rules").item(index);
            if let Some(rule) = self.fields(node, &place, &RULE_FIELDS) {
                self.rule(&rule, scope, &mut rules);
            }
        }
        if rules.deny.is_some() && !(rules.require.is_empty() && rules.limits.is_empty()) {
            self.warn(place, "one rule refuses every call, so the others are left out");
            rules = WrittenRules { deny: rules.deny, ..WrittenRules::default() };
        }
        Some(rules)
    }

    fn rule(&mut self, rule: &Fields<'_>, scope: Scope<'_>, rules: &mut WrittenRules) {
        let on_deny = rule.text("on_deny").or_else(|| rule.text("reason")).filter(|text| !text.is_empty());
        let has = |name: &str| !rule.is_null(name);
        match rule.text("action") {
            None | Some("" | "evaluate") => {}
            Some("deny") => {
                for name in ["conditions", "rate_limit"].into_iter().filter(|name| has(name)) {
                    self.fault::<()>(&rule.place.field(name), "does not go with action deny");
                }
                let named = rule.text("name").filter(|name| !name.is_empty());
                let reason = on_deny.or(named).unwrap_or("The policy denies it.");
                rules.deny.get_or_insert_with(|| reason.to_owned());
                return;
            }
            Some(_) => {
                self.fault::<()>(&rule.place.field("action"), "must be \"evaluate\" or \"deny\"");
                return;
            }
        }
        if has("rate_limit") {
            for name in ["conditions", "state"].into_iter().filter(|name| has(name)) {
                self.fault::<()>(
                    &rule.place.field(name),
                    "does not go with rate_limit; it needs a rule of its own",
                );
            }
            let limit = self.rate_limit(rule, scope);
            self.take_limit(limit, rule, on_deny, rules);
            return;
        }
        let conditions = self.list(rule, "conditions");
        if conditions.is_empty() {
            self.fault::<()>(&rule.place, "has no condition, no rate_limit, and does not deny");
            return;
        }
        let mut of_state = Vec::new();
        for (index, node) in conditions.iter().enumerate() {
            let place = rule.place.field("conditions").item(index);
            let Some(condition) = self.fields(node, &place, &["path", "op", "value"]) else { continue };
            if condition.text("path").is_some_and(|path| path.starts_with("state.")) {
                of_state.push(condition);
            } else if let Some(condition) = self.condition(&condition, on_deny) {
                rules.require.push(condition);
            }
        }
        if let Some(limit) = self.state(rule, &of_state, scope) {
            self.take_limit(Some(limit), rule, on_deny, rules);
        }
    }
}
