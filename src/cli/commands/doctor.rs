//! `zoomtok doctor`
//!
//! Each part first looks and then judges what it saw; the judging touches nothing. They come from the outside in, so that
//! the first thing that is wrong is the likely cause of what follows.

mod clients;
mod desktop;
mod files;
mod finding;
mod gateways;
mod policy;
mod shared;
mod variables;
mod zoom;

use serde_json::json;

use self::finding::{Finding, Row};
use super::accounts::{self, Account};
use super::{Context, Run};
use crate::cli::args::Doctor;
use crate::cli::failure::Result;
use crate::clock::Clock as _;
use crate::error::Code;
use crate::files::resolve;
use crate::mcp::zoom::default::policy_source;
use crate::settings::{POLICY_FILE, exported_names, of_claude};
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
    let accounts = if doctor.all { accounts::all(context)? } else { vec![Account::of_context(context)] };
    let mut findings = vec![of_program()];
    if accounts.is_empty() {
        let message = "there is no account: neither a profile nor a .env";
        findings.push(Finding::doubtful("env_file", message, "docs/profiles.md says how to make a profile"));
    }
    for account in &accounts {
        let profile = account.profile.as_ref().map(ToString::to_string);
        let found = examine(context, account, doctor)?;
        findings.extend(found.into_iter().map(|finding| finding.of_profile(profile.as_deref())));
    }
    // They stand on no `.env`.
    findings.extend(gateways::judge(&gateways::look(context)));
    findings.extend(gateways::of_grants(context));
    let code = finding::code(&findings);
    if doctor.json {
        let rows: Vec<Row<'_>> = findings.iter().map(Finding::row).collect();
        context.output.json(&json!({"version": JSON_VERSION, "code": code.number(), "findings": rows}))?;
        return Ok(code);
    }
    for finding in &findings {
        for line in if doctor.all { finding.labelled() } else { finding.lines() } {
            // Findings that are not good are printed with `--quiet` too: the user has asked for them.
            if finding.is_good() { context.output.text(&line)? } else { context.output.data(&line)? }
        }
    }
    Ok(code)
}

/// Examines an account.
fn examine(context: &Context, account: &Account, doctor: &Doctor) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let (keeper, store) = (account.keeper(context), &account.store);
    let look = keeper.look();
    let env_file = store.path();
    let real = resolve(env_file).ok();
    let state =
        StateDirectory::of(store.state_root(), &Identity::of_file(real.as_deref().unwrap_or(env_file)));
    let (look, exists) = match look {
        Ok(look) => {
            let exists = look.env_file().exists();
            (Some(look), Ok(exists))
        }
        Err(error) => (None, Err(error)),
    };
    if store.is_stream() {
        findings.push(files::of_stream(env_file));
    } else {
        let read_only = look.as_ref().is_some_and(|look| look.read_only);
        let seen = files::look(env_file, &account.chosen, read_only, real, exists, &state);
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
        // An ignored policy is an error, and in the survey.
        ignored: ignored.filter(|ignored| ignored.name != POLICY_FILE).collect(),
        uncounted: settings.uncounted(),
        odd: settings.oddities(&exported_names()).into_iter().chain(settings.empty_policy()).collect(),
        credentials: &credentials,
        same_user: keeper.of_same_user(&look),
    };
    findings.extend(variables::judge(&seen));
    let shared = shared::judge(&shared::look(settings, context.clock.now()));
    // An address that cannot be one is in the survey.
    let shared: Vec<_> = shared.into_iter().filter(|it| !findings.iter().any(|told| told.says(it))).collect();
    findings.extend(shared);
    findings.extend(shared::of_files(settings));
    let source = policy_source(None, settings);
    findings.extend(policy::judge(&source));
    let needs = policy::needs(&source);

    let (seen, look) = zoom::look(&keeper, look, (credentials.is_ok(), doctor.fetch), needs)?;
    findings.extend(zoom::judge(&seen));

    // Usually one of several accounts has something to do with Claude.
    let is_of_claude = || of_claude().iter().any(|name| look.env_file().get(name).is_some());
    if doctor.all && account.profile.is_some() && !is_of_claude() {
        return Ok(findings);
    }
    let token = look.held.state.token().filter(|_| look.held.state.lasts(0));
    findings.extend(desktop::judge(&desktop::look(&look.settings, look.env_file().real(), token)));
    findings.extend(clients::judge(&clients::look(&look.settings)));
    Ok(findings)
}

fn of_program() -> Finding {
    let path = std::env::current_exe().map(|path| format!(", {}", path.display())).unwrap_or_default();
    Finding::good("program", format!("zoomtok {}{path}", env!("CARGO_PKG_VERSION")))
}
