//! `zoomtok doctor`
//!
//! Each part first looks and then judges what it saw; the judging touches nothing. They come from the outside in, so that
//! the first thing that is wrong is the likely cause of what follows.

mod desktop;
mod files;
mod finding;
mod gateways;
mod policy;
mod variables;
mod zoom;

use serde_json::json;

use self::finding::{Finding, Row};
use super::{Context, Run};
use crate::cli::args::Doctor;
use crate::cli::failure::Result;
use crate::error::Code;
use crate::files::resolve;
use crate::mcp::zoom::default::policy_source;
use crate::settings::{POLICY_FILE, exported_names};
use crate::store::{Identity, StateDirectory, Store as _};

/// The version of the JSON that `doctor` prints; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

impl Run for Doctor {
    fn reads_once(&self) -> bool {
        true
    }

    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, doctor: &Doctor) -> Result<Code> {
    let mut findings = examine(context, doctor)?;
    // They stand on no `.env`.
    findings.extend(gateways::judge(&gateways::look(context)));
    findings.extend(gateways::of_grants());
    let code = finding::code(&findings);
    if doctor.json {
        let rows: Vec<Row<'_>> = findings.iter().map(Finding::row).collect();
        context.output.json(&json!({"version": JSON_VERSION, "code": code.number(), "findings": rows}))?;
        return Ok(code);
    }
    for finding in &findings {
        for line in finding.lines() {
            // What is not well was asked for, also by who wants to hear nothing else.
            if finding.is_good() { context.output.text(&line)? } else { context.output.data(&line)? }
        }
    }
    Ok(code)
}

fn examine(context: &Context, doctor: &Doctor) -> Result<Vec<Finding>> {
    let mut findings = vec![of_program()];
    let look = context.keeper().look();
    let env_file = context.store.path();
    let real = resolve(env_file).ok();
    let state = StateDirectory::of(
        context.store.state_root(),
        &Identity::of_file(real.as_deref().unwrap_or(env_file)),
    );
    let (look, exists) = match look {
        Ok(look) => {
            let exists = look.env_file().exists();
            (Some(look), Ok(exists))
        }
        Err(error) => (None, Err(error)),
    };
    if context.store.is_stream() {
        findings.push(files::of_stream(env_file));
    } else {
        let read_only = look.as_ref().is_some_and(|look| look.read_only);
        let seen = files::look(env_file, &context.chosen, read_only, real, exists, &state);
        findings.extend(files::judge(&seen));
    }
    // All the rest goes by what stands in the `.env`.
    let Some(look) = look else { return Ok(findings) };
    let settings = &look.settings;
    let credentials = settings.credentials();
    let others = look.env_file().other_names().collect();
    let ignored = settings.ignored(look.held.origin.as_ref()).into_iter();
    let seen = variables::Seen {
        given: settings.survey(),
        others,
        // That of a policy is an error, and in the survey.
        ignored: ignored.filter(|ignored| ignored.name != POLICY_FILE).collect(),
        uncounted: settings.uncounted(),
        odd: settings.oddities(&exported_names()).into_iter().chain(settings.empty_policy()).collect(),
        credentials: &credentials,
    };
    findings.extend(variables::judge(&seen));
    findings.extend(policy::judge(&policy_source(None, settings)));

    let (seen, look) = zoom::look(&context.keeper(), look, credentials.is_ok(), doctor.fetch)?;
    findings.extend(zoom::judge(&seen));

    let token = look.held.state.token().filter(|_| look.held.state.lasts(0));
    findings.extend(desktop::judge(&desktop::look(&look.settings, look.env_file().real(), token)));
    Ok(findings)
}

fn of_program() -> Finding {
    let path = std::env::current_exe().map(|path| format!(", {}", path.display())).unwrap_or_default();
    Finding::good("program", format!("zoomtok {}{path}", env!("CARGO_PKG_VERSION")))
}
