//! `zoomtok client wrap` and `unwrap`

use std::collections::BTreeMap;

use super::several::{Problems, file};
use crate::cli::args::ClientWrap;
use crate::cli::commands::Context;
use crate::cli::commands::entry::program::{full, program, text, warnings};
use crate::cli::commands::entry::wanted::account;
use crate::cli::failure::Result;
use crate::cli::served::started;
use crate::clients::{CLIENTS, Client, ClientFile, Entry, Error as ClientError, Old, Unwrapped, client};
use crate::error::Code;
use crate::mcp::gateway::name::Name;
use crate::policy::Against;
use crate::policy::file as policy_file;
use crate::settings::Settings;

pub(super) fn wrap(context: &Context, flags: &ClientWrap) -> Result<Code> {
    let settings = context.keeper().look()?.settings;
    let (client, file) = find(context, &settings, &flags.name, flags.client.as_deref())?;
    let program = program()?;
    let mut before = vec!["gateway".to_owned()];
    if flags.no_token {
        before.push("--no-token".into());
    } else {
        before.extend(account(context)?);
    }
    if let Some(policy) = &flags.policy {
        let policy = full(policy)?;
        policy_file::read(&policy, Against::Gateway(None))?;
        before.extend(["--policy".into(), text("the path of the policy", &policy)?]);
    }
    let name = Name::of_text(&flags.name);
    before.extend(["--name".into(), name.to_string()]);
    let command = text("the path of zoomtok", &program)?;
    let make = |old: &Old<'_>| {
        let behind = match old {
            Old::Command(line) => [&["--".to_owned()], &line[..]].concat(),
            Old::Address(address) => vec!["--url".to_owned(), (*address).to_owned()],
        };
        Entry { command: command.clone(), args: [&before[..], &behind].concat(), env: BTreeMap::new() }
    };
    let changed = if flags.dry_run { file.preview_wrap(&make) } else { file.wrap(&make, &context.stop) }?;
    context.warn(&warnings(&program));
    let (title, path, server) = (client.title, file.path.display(), &flags.name);
    if !changed {
        context
            .output
            .text(&format!("✅ {title}: nothing to do, {server} is behind a gateway already: {path}"))?;
        return Ok(Code::Done);
    }
    if flags.dry_run {
        context.output.text(&format!("🔌 {title}: {server} would run behind the gateway {name}: {path}"))?;
        // The server's arguments may be secret.
        context.output.text(&format!("   {command} {} … and what it is now", before.join(" ")))?;
        return Ok(Code::Done);
    }
    context.output.text(&format!("✅ {title}: {server} runs behind the gateway {name}: {path}"))?;
    context.output.text(&format!("   👉 {}", client.picks_up))?;
    context.output.text(&format!("   💡 zoomtok client unwrap {server} takes it out again"))?;
    Ok(Code::Done)
}

pub(super) fn unwrap(context: &Context, name: &str, named: Option<&str>) -> Result<Code> {
    let settings = context.keeper().look()?.settings;
    let (client, file) = find(context, &settings, name, named)?;
    let unwrapped = file.unwrap_server(&context.stop)?;
    let (title, path) = (client.title, file.path.display());
    context.output.text(&match unwrapped {
        Unwrapped::NotWrapped => format!("✅ {title}: nothing to do, no gateway was put before {name}: {path}"),
        Unwrapped::Exactly => format!("✅ {title}: {name} is as it was, byte for byte: {path}"),
        Unwrapped::AsFarAsPossible => format!(
            "✅ {title}: {name} has its command and its arguments back: {path}. It was changed after the gateway was put \
             before it, or that is not known here, so the rest of it stays as it is"
        ),
    })?;
    if unwrapped != Unwrapped::NotWrapped {
        context.output.text(&format!("   👉 {}", client.picks_up))?;
    }
    Ok(Code::Done)
}

/// The client that has this server: the one that is named, or the only one.
fn find(
    context: &Context,
    settings: &Settings,
    name: &str,
    named: Option<&str>,
) -> Result<(&'static Client, ClientFile)> {
    if let Some(client) = named.and_then(client) {
        return Ok((client, file(client, settings, Some(name), started)?));
    }
    let mut problems = Problems::new(context);
    let mut found = Vec::new();
    for client in CLIENTS.iter().filter(|client| client.is_found()) {
        let Some(file) = problems.keep(file(client, settings, Some(name), started)) else { continue };
        let servers = match file.server_names() {
            Err(ClientError::Missing { .. }) => continue,
            servers => problems.keep(servers).unwrap_or_default(),
        };
        if servers.iter().any(|server| server == name) {
            found.push((*client, file));
        }
    }
    if found.len() > 1 {
        let clients = found.iter().map(|(client, _)| client.id.to_owned()).collect();
        return Err(ClientError::SeveralHave { name: name.to_owned(), clients }.into());
    }
    Ok(found.pop().ok_or_else(|| ClientError::NobodyHas(name.to_owned()))?)
}
