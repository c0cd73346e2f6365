//! `zoomtok approval list`, `allow` and `deny`

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::gateways::Gateways;
use super::{Context, Run};
use crate::cli::args::{Approval as Flags, ApprovalCommand};
use crate::cli::failure::Result;
use crate::clock::{Clock as _, rfc3339};
use crate::controls::revealed;
use crate::error::{Code, Diagnostic as _, Error};
use crate::mcp::gateway::approval::{Approval, State};
use crate::mcp::gateway::approval_error::ApprovalError;
use crate::mcp::gateway::approvals::Approvals;
use crate::mcp::gateway::id::Id;
use crate::words;

/// The version of the JSON that `approval list` prints; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

impl Run for Flags {
    fn run(&self, context: &Context) -> Result<Code> {
        match &self.command {
            ApprovalCommand::List { json, .. } => list(context, *json),
            ApprovalCommand::Allow { id, .. } => decide(context, id, true),
            ApprovalCommand::Deny { id, .. } => decide(context, id, false),
        }
    }
}

/// The calls that wait, by gateways.
fn all_approvals(context: &Context) -> Result<Vec<Approvals>, Error> {
    let gateways = Gateways::of(context);
    Ok(gateways.names()?.iter().map(|name| gateways.approvals(context, name)).collect())
}

fn list(context: &Context, as_json: bool) -> Result<Code> {
    let (mut approvals, mut now) = (Vec::new(), context.clock.now());
    for of_gateway in all_approvals(context)? {
        let listed = of_gateway.list_here()?;
        now = listed.now;
        approvals.extend(listed.approvals);
        for error in listed.broken {
            context.output.warn(&format!("nobody can decide about this one: {}", error.with_causes()));
        }
    }
    if as_json {
        let approvals: Vec<Value> = approvals.iter().map(|approval| row(approval, now)).collect();
        context.output.json(&json!({"version": JSON_VERSION, "approvals": approvals}))?;
        return Ok(Code::Done);
    }
    if approvals.is_empty() {
        context.output.text("✅ No call waits for a decision")?;
    }
    for line in approvals.iter().flat_map(|approval| lines(approval, now)) {
        context.output.data(&line)?;
    }
    Ok(Code::Done)
}

/// A call as programs read it.
fn row(approval: &Approval, now: DateTime<Utc>) -> Value {
    let Approval { id, binding, rule, arguments, since, until, state, .. } = approval;
    json!({
        "id": id,
        "gateway": binding.gateway,
        "grant": binding.grant,
        "tool": binding.tool,
        "arguments": arguments,
        "rule": rule,
        "state": state,
        "since": rfc3339(*since),
        "until": rfc3339(*until),
        "seconds_left": (*until - now).num_seconds().max(0),
    })
}

/// A call as a person reads it. Every character of it is visible.
fn lines(approval: &Approval, now: DateTime<Utc>) -> Vec<String> {
    let state = match approval.state {
        State::Waiting => "⏳",
        State::Allowed => "✅ allowed:",
        State::Denied => "❌ denied:",
    };
    let left = words::left((approval.until - now).num_seconds());
    let mut lines = vec![format!("{state} {} {}, {left} left", approval.id, call(approval))];
    for (name, value) in &approval.arguments {
        lines.push(format!("   {}: {}", revealed(name), revealed(&value.to_string())));
    }
    lines
}

/// Which call it is, in words.
fn call(approval: &Approval) -> String {
    let binding = &approval.binding;
    let grant = Some(&binding.grant).filter(|grant| !grant.is_empty());
    let for_whom = grant.map(|grant| format!(" for {grant}")).unwrap_or_default();
    format!("{} of {}{for_whom}", revealed(&binding.tool), binding.gateway)
}

fn decide(context: &Context, typed: &str, allow: bool) -> Result<Code> {
    let unknown = || ApprovalError::Unknown(typed.to_owned());
    let id = Id::parse(typed).ok_or_else(unknown)?;
    let mut found = None;
    for approvals in all_approvals(context)? {
        if approvals.has(&id)? {
            found = Some(approvals);
            break;
        }
    }
    let of_gateway = found.ok_or_else(unknown)?;
    let decided = of_gateway.decide(&id, allow, &context.stop)?;
    let what = call(&decided);
    if allow {
        let until = words::local(decided.until);
        context.output.text(&format!("✅ Allowed, once and until {until}: {what}"))?;
    } else {
        context.output.text(&format!("❌ Denied: {what}"))?;
    }
    Ok(Code::Done)
}
