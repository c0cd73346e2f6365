//! `zoomtok mcp --install`: the entry of this server in Claude's configuration, and what a person reads about it.

use std::path::Path;

use crate::cli::args::Mcp;
use crate::cli::commands::Context;
use crate::cli::commands::claude;
use crate::cli::commands::entry::program::{full, program, text, warnings};
use crate::cli::commands::entry::surroundings::Surroundings;
use crate::cli::commands::entry::told::{of_credentials, of_env_file, of_policy, shown};
use crate::cli::commands::entry::wanted::{Wanted, policy};
use crate::cli::failure::Result;
use crate::clients::{Existing, Installed, System};
use crate::error::{Code, Error};
use crate::settings::{Chosen, of_claude};

pub(super) fn run(context: &Context, mcp: &Mcp) -> Result<Code> {
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, &of_claude());
    let (settings, file) = (&look.settings, look.env_file());
    let config = claude::configuration_for_tools(settings)?;
    let policy = policy(settings, mcp.policy.as_deref(), false)?;
    let profile = context.environment.profile();
    let surroundings = Surroundings::of_process(profile.is_some());
    // A server would not start with one of them that makes no sense.
    settings.oauth_url().and(settings.api_url(None))?;
    let program = program()?;
    let env_file = full(context.store.path())?;
    let wanted = Wanted {
        program: text("the path of zoomtok", &program)?,
        env_file: text("the path of .env", &env_file)?,
        env_file_is_named: matches!(context.chosen, Chosen::ByFlag | Chosen::ByVariable | Chosen::Profile(_)),
        profile: profile.map(ToString::to_string),
        policy: policy.map(|policy| text("the path of the policy", &policy)).transpose()?,
        no_watch: mcp.no_watch,
        url: None,
        env: surroundings.variables,
    };

    let make = |existing: Option<&Existing>| wanted.entry(existing);
    let installed =
        if mcp.dry_run { config.preview_install(&make) } else { config.install(&make, &context.stop) }?;
    context.warn(&installed.warnings);
    context.warn(&surroundings.warnings);
    context.warn(&warnings(&program));
    context.warn(&of_env_file(&installed, &wanted, Path::exists));
    context.warn(&of_policy(&installed, &wanted));
    context.warn(&of_credentials(&settings.survey(), |name| file.get(name).is_some(), &env_file));
    for line in lines(&installed, &wanted, mcp.dry_run)?.iter().flat_map(|text| text.lines()) {
        context.output.text(line)?;
    }
    Ok(Code::Done)
}

/// The lines for a person.
fn lines(installed: &Installed, wanted: &Wanted, dry_run: bool) -> Result<Vec<String>, Error> {
    let Installed { path, place, entry, .. } = installed;
    let path = path.display();
    if !installed.changed {
        return Ok(vec![format!(
            "✅ Nothing to do: Claude's configuration runs this server already: {path}"
        )]);
    }
    let say = |done, would| if dry_run { would } else { done };
    let what = if installed.made { say("made", "would be made") } else { say("updated", "would be updated") };
    let mut lines = vec![format!("⚙️  Claude's configuration {what}: {path}")];
    let now = serde_json::to_string_pretty(&shown(entry))
        .map_err(|error| Error::Other { action: "show the entry".into(), source: error.into() })?;
    lines.push(format!("🔌 {place} {}: {now}", say("is now", "would then be")));
    if let Some(before) = &installed.before {
        lines.push(format!(
            "🗑️  In place of: {before}, with its arguments, its variables and any token in them"
        ));
    }
    if let Some(existing) = &installed.existing {
        let (changes, kept) = wanted.changes(existing, System::current());
        lines.extend(changes.iter().map(|change| format!("🔄 {change}")));
        if !kept.is_empty() {
            lines.push(format!("📋 {}: {}", say("Kept", "Would be kept"), kept.join("; ")));
        }
    }
    if !entry.env.is_empty() {
        let names: Vec<&str> = entry.env.keys().map(String::as_str).collect();
        let names = names.join(", ");
        lines.push(format!("🔌 From this shell, since Claude does not hand it on: {names}"));
    }
    if let Some(backup) = &installed.backup {
        let backup = backup.display();
        lines.push(if installed.backed_up {
            format!("💾 The version before {} in {backup}", say("is kept", "would be kept"))
        } else {
            format!("💾 An older version is in {backup} already, and {} as it is", say("stays", "would stay"))
        });
        if installed.before.is_some() {
            lines.push("🔑 It may hold a token or a secret of that server: remove it once all works".into());
        }
    }
    let next = say("Next", "After that");
    lines.push(format!("👉 {next}: quit Claude Desktop and open it again, or run zoomtok restart-claude"));
    lines.push(
        "💡 This server reads .env: zoomtok watch and update-claude have nothing to do for it in Claude"
            .into(),
    );
    Ok(lines)
}
