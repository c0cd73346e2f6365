//! `zoomtok policy`

mod convert;
mod print;
mod scopes;
mod suggest;
mod tools;

use std::path::Path;

use self::scopes::Asked;
use self::tools::Tools;
use super::accept::accept;
use super::{Context, Run};
use crate::cli::args::{Policy as Flags, PolicyCommand};
use crate::cli::failure::Result;
use crate::clock::Clock as _;
use crate::error::{Code, Error};
use crate::mcp::zoom::catalog::judged;
use crate::policy::file as policy_file;
use crate::policy::{Charge, PolicyError};

impl Run for Flags {
    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, flags: &Flags) -> Result<Code> {
    match &flags.command {
        PolicyCommand::Check { file, server, .. } => check(context, file, &Tools::of(context, server)?),
        PolicyCommand::Explain { file, tool, arguments, server, .. } => {
            explain(context, file, (tool, arguments), &Tools::of(context, server)?)
        }
        PolicyCommand::Accept { name, yes, .. } => accept(context, name, *yes),
        PolicyCommand::Scopes { file, url, manifest, admin, json, .. } => {
            let (file, url) = (file.as_deref(), url.as_deref());
            scopes::run(context, &Asked { file, url, manifest: *manifest, admin: *admin, json: *json })
        }
        PolicyCommand::Convert { file, .. } => convert::run(context, file),
        PolicyCommand::Suggest { server, .. } => suggest::run(context, &Tools::of(context, server)?),
    }
}

fn check(context: &Context, file: &Path, tools: &Tools) -> Result<Code> {
    let policy = match policy_file::read(file, tools.against()) {
        Err(PolicyError::Invalid { path, faults }) => {
            let many = if faults.len() == 1 { "is 1 fault" } else { &format!("are {} faults", faults.len()) };
            context.output.text(&format!("❌ INVALID: There {many} in {}", path.display()))?;
            for fault in faults {
                context.output.text(&fault)?;
            }
            return Ok(Code::Configuration);
        }
        read => read?,
    };
    let allowed = tools.catalog.keys().filter(|tool| policy.allows(tool)).count();
    let (file, all) = (file.display(), tools.catalog.len());
    context.output.text(&format!("✅ VALID: {file} lets an agent call {allowed} of {all} tools"))?;
    for warning in policy.warnings() {
        context.output.text(&format!("⚠️ {warning}"))?;
    }
    Ok(Code::Done)
}

fn explain(context: &Context, file: &Path, (tool, arguments): (&str, &str), tools: &Tools) -> Result<Code> {
    let policy = policy_file::read(file, tools.against())?;
    // The message of serde_json may repeat a value; the position is enough.
    let arguments = serde_json::from_str(arguments).map_err(|error| {
        wrong("JSON", format!("is no JSON object, see line {}, column {}", error.line(), error.column()))
    })?;
    let judged = if tools.is_own {
        judged(tool, arguments, context.clock.now())
    } else {
        // The meaning of another server's arguments is its own affair.
        tools.catalog.contains_key(tool).then_some(Ok(arguments))
    };
    let Some(judged) = judged else {
        return Err(wrong("TOOL", format!("is none of the tools: {}", tools.names())).into());
    };
    // As the server does it: a closed tool is closed whatever its arguments, and only what a tool takes is judged.
    let judgement = match (policy.admits(tool), judged) {
        (Err(refusal), _) => Err(refusal.to_string()),
        (Ok(()), Err(problem)) => Err(problem),
        (Ok(()), Ok(arguments)) => policy.judge(tool, &arguments).map_err(|refusal| refusal.to_string()),
    };
    match judgement {
        Ok(allowed) => {
            context.output.text(&format!("✅ ALLOWED: {tool} by {}", allowed.rule))?;
            for charge in &allowed.charges {
                context.output.text(&limit(charge))?;
            }
            if let Some(rule) = &allowed.approve {
                context.output.text(&format!("🙋 {rule}: a person has to allow it first"))?;
            }
            Ok(Code::Done)
        }
        Err(refusal) => {
            context.output.text(&format!("❌ REFUSED: {refusal}"))?;
            Ok(Code::Failed)
        }
    }
}

/// A limit that the call has to pass, by what stands in the counts.
fn limit(charge: &Charge) -> String {
    let Charge { rule, counter, window, max, amount } = charge;
    format!("📊 {rule}: {amount} of at most {max} {window}, counted as {counter}")
}

fn wrong(name: &str, problem: String) -> Error {
    Error::Setting { name: name.into(), place: "on the command line".into(), problem }
}
