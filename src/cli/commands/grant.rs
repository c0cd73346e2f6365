//! `zoomtok grant add`, `list` and `remove`

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::gateways::stores;
use super::{Context, Run};
use crate::cli::args::{Grant as Flags, GrantCommand};
use crate::cli::failure::Result;
use crate::clock::{Clock as _, rfc3339};
use crate::error::{Code, Error};
use crate::files::open_regular;
use crate::mcp::gateway::grant::Grant;
use crate::mcp::gateway::grant_file::GrantFile;
use crate::mcp::gateway::name::Name;
use crate::policy::PolicyError;
use crate::settings::configuration_directory;
use crate::words;

/// The version of the JSON that `grant list` prints; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

impl Run for Flags {
    fn run(&self, context: &Context) -> Result<Code> {
        let file = GrantFile::new(configuration_directory().as_deref(), stores(context))?;
        match &self.command {
            GrantCommand::Add { name, policy, .. } => add(context, &file, named(name)?, policy.as_deref()),
            GrantCommand::List { json, .. } => list(context, &file, *json),
            GrantCommand::Remove { name, .. } => remove(context, &file, &named(name)?),
            GrantCommand::Share => share(context, &file),
        }
    }
}

fn named(name: &str) -> Result<Name, Error> {
    Name::parse(name).map_err(|problem| Error::Setting {
        name: "NAME".into(),
        place: "on the command line".into(),
        problem: problem.into(),
    })
}

fn add(context: &Context, file: &GrantFile, name: Name, policy: Option<&Path>) -> Result<Code> {
    let policy = policy.map(whole).transpose()?;
    let (grant, bearer) = Grant::new(name, policy, context.clock.now())?;
    file.add(&grant, &context.clock, &context.stop)?;
    // If stdout cannot be written, nobody has seen the token, and nobody ever will.
    if let Err(error) = context.output.data(&bearer) {
        file.remove(&grant.name, &context.clock, &context.stop)?;
        return Err(error.into());
    }
    context.output.talk(&format!("🔑 The bearer token of {} is shown only now: keep it safe", grant.name));
    Ok(Code::Done)
}

/// The whole path of a policy that can be read: a gateway may run in another directory.
fn whole(policy: &Path) -> Result<PathBuf, PolicyError> {
    let unreadable = |source| PolicyError::Unreadable { path: policy.to_owned(), source };
    open_regular(policy).map_err(unreadable)?;
    std::path::absolute(policy).map_err(unreadable)
}

fn list(context: &Context, file: &GrantFile, as_json: bool) -> Result<Code> {
    let list = file.read()?;
    let grants = &list.grants;
    if as_json {
        let grants: Vec<Value> = grants.iter().map(row).collect();
        context.output.json(&json!({"version": JSON_VERSION, "grants": grants}))?;
        return Ok(Code::Done);
    }
    if grants.is_empty() {
        context.output.text("There are no grants; zoomtok grant add NAME adds one")?;
    }
    for grant in grants {
        context.output.data(&line(grant))?;
    }
    Ok(Code::Done)
}

/// A grant as programs read it.
fn row(grant: &Grant) -> Value {
    json!({"name": grant.name, "created": rfc3339(grant.created), "policy": grant.policy})
}

/// A grant as a person reads it.
fn line(grant: &Grant) -> String {
    let policy = match &grant.policy {
        Some(policy) => format!("under {}", policy.display()),
        None => "under the policy of the gateway".into(),
    };
    format!("{}: added {}, {policy}", grant.name, words::local(grant.created))
}

fn remove(context: &Context, file: &GrantFile, name: &Name) -> Result<Code> {
    file.remove(name, &context.clock, &context.stop)?;
    context.output.text(&format!("✅ Grant {name} removed: its token is refused from now on"))?;
    Ok(Code::Done)
}

/// Puts the grants of this machine's file into the shared store, where their tokens go on to count.
fn share(context: &Context, file: &GrantFile) -> Result<Code> {
    let added = file.share(&context.clock, &context.stop)?;
    if added.is_empty() {
        context.output.text("✅ The shared store has all grants of this machine already")?;
        return Ok(Code::Done);
    }
    let names: Vec<String> = added.iter().map(Name::to_string).collect();
    context.output.text(&format!("✅ In the shared store now: {}", names.join(", ")))?;
    Ok(Code::Done)
}
