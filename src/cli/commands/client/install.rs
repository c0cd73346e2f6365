//! `zoomtok client install`

use std::path::Path;

use super::several::{Problems, chosen, file, server_name};
use super::wanted::wanted;
use crate::cli::args::ClientInstall;
use crate::cli::commands::Context;
use crate::cli::commands::entry::told::{of_credentials, of_env_file, shown};
use crate::cli::commands::entry::wanted::Wanted;
use crate::cli::failure::Result;
use crate::cli::served::{address_served, started, tools_served};
use crate::clients::{Client, ClientFile, Entry, Error as ClientError, Existing, Installed, Reader, System};
use crate::error::{Code, Error};
use crate::settings::of_claude;

pub(super) fn run(context: &Context, flags: &ClientInstall) -> Result<Code> {
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, &of_claude());
    let (wanted, mut warnings) = wanted(context, &look, &flags.server)?;
    let (settings, env_file) = (&look.settings, look.env_file());
    warnings.extend(of_credentials(&settings.survey(), |name| env_file.get(name).is_some(), env_file.path()));
    context.warn(&warnings);

    let mut problems = Problems::new(context);
    let reader: Reader = if wanted.url.is_some() { address_served } else { tools_served };
    let make = |existing: Option<&Existing>| wanted.entry(existing);
    let mut could = Vec::new();
    // An installation that is impossible is reported before anything is done.
    for client in chosen(&flags.which)? {
        let Some(client) = problems.keep(client) else { continue };
        let (name, url) = (flags.server.name.as_deref(), flags.server.url.as_deref());
        let name = server_name(Some(client), name, url, context.environment.profile());
        let file = file(client, settings, name.as_deref(), reader);
        let previewed = file.and_then(|file| {
            file.check_kind(started)?;
            let preview = file.preview_install(&make)?;
            Ok((file, preview))
        });
        could.extend(problems.keep(previewed).map(|(file, preview)| (client, file, preview)));
    }
    let mut said = Vec::new();
    for (client, file, preview) in could {
        let installed = if flags.dry_run { Ok(preview) } else { install(context, &file, &make) };
        let Some(installed) = problems.keep(installed) else { continue };
        let of_file = of_env_file(&installed, &wanted, Path::exists);
        let warnings: Vec<String> = installed.warnings.iter().cloned().chain(of_file).collect();
        context.warn(&warnings.into_iter().filter(|warning| !said.contains(warning)).collect::<Vec<_>>());
        said.extend(installed.warnings.iter().cloned());
        for line in lines(client, &installed, &wanted, flags.dry_run)? {
            context.output.text(&line)?;
        }
    }
    Ok(problems.code())
}

fn install(
    context: &Context,
    file: &ClientFile,
    make: &dyn Fn(Option<&Existing>) -> Entry,
) -> Result<Installed, ClientError> {
    file.install(make, &context.stop)
}

/// The lines for a person about one client.
fn lines(
    client: &Client,
    installed: &Installed,
    wanted: &Wanted,
    dry_run: bool,
) -> Result<Vec<String>, Error> {
    let Installed { path, place, entry, .. } = installed;
    let (title, path) = (client.title, path.display());
    if !installed.changed {
        return Ok(vec![format!("✅ {title}: nothing to do, {place} runs this already: {path}")]);
    }
    let say = |done, would| if dry_run { would } else { done };
    let sign = say("✅", "🔌");
    let what = match (&installed.existing, &installed.before) {
        (Some(_), _) => say("updated", "would be updated").to_owned(),
        (None, Some(before)) => format!("{} {before}", say("put in place of", "would be put in place of")),
        (None, None) => say("added", "would be added").to_owned(),
    };
    let mut lines = vec![format!("{sign} {title}: {place} {what}: {path}")];
    if dry_run {
        let entry = serde_json::to_string(&shown(entry))
            .map_err(|error| Error::Other { action: "show the entry".into(), source: error.into() })?;
        lines.push(format!("   {entry}"));
    }
    if let Some(existing) = &installed.existing {
        let (changes, kept) = wanted.changes(existing, System::current());
        lines.extend(changes.iter().map(|change| format!("   🔄 {change}")));
        if !kept.is_empty() {
            lines.push(format!("   📋 {}: {}", say("Kept", "Would be kept"), kept.join("; ")));
        }
    }
    if let Some(backup) = installed.backup.as_ref().filter(|_| installed.backed_up) {
        lines.push(format!(
            "   💾 The version before {} in {}",
            say("is kept", "would be kept"),
            backup.display()
        ));
    }
    if installed.before.is_some() {
        lines.push("   🔑 It may hold a token or a secret of that server: remove it once all works".into());
    }
    if !dry_run {
        lines.push(format!("   👉 {}", client.picks_up));
    }
    Ok(lines)
}
