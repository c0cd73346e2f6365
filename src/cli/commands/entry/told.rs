//! The sentences for a person about an entry.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::wanted::Wanted;
use crate::clients::{Entry, Installed};
use crate::error::Diagnostic as _;
use crate::mcp::zoom::catalog::catalog;
use crate::policy::Against;
use crate::policy::file as policy_file;
use crate::settings::{Given, Origin};

/// What Zoom is asked with.
const CREDENTIALS: [&str; 4] =
    ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID", "ZOOM_REFRESH_TOKEN"];

/// The sentences about the `.env` that the server reads.
pub(in crate::cli::commands) fn of_env_file(
    installed: &Installed,
    wanted: &Wanted,
    exists: impl Fn(&Path) -> bool,
) -> Vec<String> {
    let kept = installed.existing.as_ref().and_then(|existing| {
        let kept = existing.served.env_file.as_deref()?;
        (!wanted.changes_env_file(Some(existing))).then_some(kept)
    });
    let mut warnings = Vec::new();
    if let Some(kept) = kept.filter(|kept| *kept != Path::new(&wanted.env_file)) {
        warnings.push(format!(
            "the server goes on reading {}; for the one found here, name it: --env-file {}",
            kept.display(),
            wanted.env_file
        ));
    }
    let read = kept.unwrap_or(Path::new(&wanted.env_file));
    if !exists(read) {
        warnings.push(format!(
            "{} does not exist yet; until it does, the server will say so when a tool is called",
            read.display()
        ));
    }
    warnings
}

/// The sentences about a policy that was kept, which nobody has looked at before.
pub(in crate::cli::commands) fn of_policy(installed: &Installed, wanted: &Wanted) -> Vec<String> {
    let kept = installed.existing.as_ref().and_then(|existing| existing.served.policy.as_deref());
    let kept = kept.filter(|_| wanted.policy.is_none());
    let fault = kept.and_then(|path| policy_file::read(path, Against::Own(&catalog())).err());
    fault.map(|fault| format!("the policy that the server keeps: {}", fault.report())).into_iter().collect()
}

/// The sentences about credentials that only this shell has.
pub(in crate::cli::commands) fn of_credentials(
    given: &[Given],
    in_file: impl Fn(&str) -> bool,
    env_file: &Path,
) -> Vec<String> {
    let names: Vec<&str> = given
        .iter()
        .filter(|given| given.origin == Origin::Environment && CREDENTIALS.contains(&given.name))
        .map(|given| given.name)
        .filter(|name| !in_file(name))
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "only this shell has {}, and Claude does not hand that on: put it into {}",
        names.join(", "),
        env_file.display()
    )]
}

/// An entry to be shown: a word of another program's may hold a secret.
pub(in crate::cli::commands) fn shown(entry: &Entry) -> Shown<'_> {
    let secret = |word: &str| word.split_once('=').map(|(name, _)| format!("{name}=…"));
    // Those of zoomtok hold none, and they come last.
    let own = entry.args.iter().rposition(|arg| is_zoomtok(arg)).unwrap_or(0);
    let words = entry.args.iter().enumerate();
    let word =
        |(at, word): (usize, &String)| secret(word).filter(|_| at < own).unwrap_or_else(|| word.clone());
    Shown { command: &entry.command, args: words.map(word).collect(), env: &entry.env }
}

fn is_zoomtok(word: &str) -> bool {
    Path::new(word).file_stem().is_some_and(|name| name.eq_ignore_ascii_case("zoomtok"))
}

/// An entry as JSON has it.
#[derive(Serialize)]
pub(in crate::cli::commands) struct Shown<'a> {
    command: &'a str,
    args: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    env: &'a BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_program_is_given_is_not_shown() {
        let entry = |args: &[&str]| Entry {
            command: "env".into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            env: BTreeMap::new(),
        };
        let shown = |args: &[&str]| shown(&entry(args)).args.join(" ");
        assert_eq!(shown(&["A=canary", "/b/zoomtok", "mcp", "--policy=p"]), "A=… /b/zoomtok mcp --policy=p");
        assert_eq!(shown(&["mcp", "--policy=p"]), "mcp --policy=p");
    }
}
