//! `zoomtok client list`

use serde_json::{Value, json};

use super::several::{Problems, file};
use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::cli::served::started;
use crate::clients::{Behind, CLIENTS, ClientFile, Inventory, Own, PRINTED, Printed};
use crate::error::{Code, Diagnostic as _};

/// The version of the JSON that `client list` prints; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

pub(super) fn run(context: &Context, as_json: bool) -> Result<Code> {
    let settings = context.keeper().look()?.settings;
    let mut problems = Problems::new(context);
    let files = CLIENTS.iter().filter_map(|client| problems.keep(file(client, &settings, None, started)));
    let files: Vec<ClientFile> = files.collect();
    let seen: Vec<(bool, Inventory)> =
        files.iter().map(|file| (file.is_found(), file.inventory(started))).collect();
    if as_json {
        let rows: Vec<Value> = seen.iter().map(|(found, inventory)| row(*found, inventory)).collect();
        let printed: Vec<Value> = PRINTED.iter().map(only_printed).collect();
        context.output.json(&json!({"version": JSON_VERSION, "clients": rows, "printed": printed}))?;
        return Ok(problems.code());
    }
    for (_, inventory) in seen.iter().filter(|(found, _)| *found) {
        match &inventory.own {
            Ok(own) => context.output.data(&line(inventory, own))?,
            Err(error) => problems.report(error),
        }
    }
    let others = seen.iter().filter(|(found, _)| !found).map(|(_, inventory)| inventory.client.id);
    let others: Vec<&str> = others.collect();
    if !others.is_empty() {
        context.output.text(&format!("Not found: {}", others.join(", ")))?;
    }
    let printed: Vec<&str> = PRINTED.iter().map(|printed| printed.id).collect();
    context.output.text(&format!("Only printed (zoomtok client print): {}", printed.join(", ")))?;
    Ok(problems.code())
}

/// A client as programs read it.
fn row(found: bool, inventory: &Inventory) -> Value {
    let servers = inventory.own.as_ref().map(|own| own.iter().map(server).collect::<Vec<_>>());
    json!({
        "id": inventory.client.id,
        "name": inventory.client.title,
        "found": found,
        "file": inventory.path,
        "exists": inventory.path.exists(),
        "servers": servers.as_ref().ok(),
        "problem": servers.as_ref().err().map(|error| error.with_causes()),
        "verified": inventory.client.verified,
        "source": inventory.client.source,
    })
}

/// A client whose entry can only be printed.
fn only_printed(printed: &Printed) -> Value {
    let Printed { id, title, place, verified, source, .. } = printed;
    json!({"id": id, "name": title, "place": place, "verified": verified, "source": source})
}

fn server(own: &Own) -> Value {
    json!({"name": own.name, "kind": kind(own)})
}

/// The kind of a server of zoomtok's own.
fn kind(own: &Own) -> &'static str {
    match own.served.behind {
        None => "mcp",
        Some(Behind::Address(_)) => "gateway",
        Some(Behind::Command(_)) => "wrapped",
    }
}

/// A client as a person reads it.
fn line(inventory: &Inventory, own: &[Own]) -> String {
    let Inventory { client, path, .. } = inventory;
    let has: Vec<String> = own.iter().map(|own| format!("{} ({})", own.name, kind(own))).collect();
    let (sign, has) = if has.is_empty() { ("🔍", "no zoomtok".into()) } else { ("✅", has.join(", ")) };
    let there = if path.exists() { "" } else { ", which does not exist yet" };
    let (id, title, path, verified) = (client.id, client.title, path.display(), client.verified);
    format!("{sign} {id}: {title}, {has}: {path}{there} (checked {verified})")
}
