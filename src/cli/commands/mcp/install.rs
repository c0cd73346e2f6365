//! `zoomtok mcp --install`: the entry of this server in Claude's configuration, and what a person reads about it.

mod wanted;

use std::collections::BTreeMap;
use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsStr;
use std::path::{Path, PathBuf, absolute};

use serde::Serialize;

use self::wanted::Wanted;
use super::surroundings::Surroundings;
use crate::cli::args::Mcp;
use crate::cli::commands::Context;
use crate::cli::commands::claude;
use crate::cli::failure::Result;
use crate::clients::{Entry, Existing, Installed, System};
use crate::error::{Code, Diagnostic as _, Error};
use crate::mcp::zoom::catalog::catalog;
use crate::policy::Against;
use crate::policy::file as policy_file;
use crate::settings::{CLAUDE_SETTINGS, Chosen, Given, Origin, Settings};

/// What Zoom is asked with.
const CREDENTIALS: [&str; 4] =
    ["ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID", "ZOOM_REFRESH_TOKEN"];

pub(super) fn run(context: &Context, mcp: &Mcp) -> Result<Code> {
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, CLAUDE_SETTINGS);
    let (settings, file) = (&look.settings, look.env_file());
    let config = claude::configuration(settings)?;
    let policy = policy(settings, mcp.policy.as_deref())?;
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

/// The policy to serve under, by its absolute path. A server would not start with one that is not valid.
fn policy(settings: &Settings, flag: Option<&Path>) -> Result<Option<PathBuf>> {
    let named = flag.map_or_else(|| settings.policy_file(), |path| Ok(Some(path.to_owned())))?;
    let Some(path) = named.map(|path| full(&path)).transpose()? else { return Ok(None) };
    policy_file::read(&path, Against::Own(&catalog()))?;
    Ok(Some(path))
}

/// A path as JSON can hold it.
fn text(name: &str, path: &Path) -> Result<String, Error> {
    path.to_str().map(str::to_owned).ok_or_else(|| Error::Setting {
        name: name.into(),
        place: path.display().to_string(),
        problem: "is not UTF-8, and Claude's configuration can hold nothing else".into(),
    })
}

/// The path from the root on, with its symbolic links.
fn full(path: &Path) -> Result<PathBuf, Error> {
    absolute(path)
        .map_err(|source| Error::Other { action: format!("tell where {} is", path.display()), source })
}

/// The path of this program, by a name that stays.
fn program() -> Result<PathBuf, Error> {
    let running = env::current_exe()
        .map_err(|source| Error::Other { action: "tell where this program is".into(), source })?;
    let typed = env::args_os().next().unwrap_or_default();
    Ok(lasting(&full(&running)?, env::var_os("PATH").as_deref(), Path::new(&typed)))
}

/// A name for the file `running` that lasts longer than its own. An installed program is often a link into a directory
/// that goes with the next version, as Homebrew's are, and Linux tells a program only where that leads. So a name in
/// the search path comes first, then what was typed.
fn lasting(running: &Path, search: Option<&OsStr>, typed: &Path) -> PathBuf {
    let name = format!("zoomtok{EXE_SUFFIX}");
    let Ok(real) = running.canonicalize() else { return running.to_owned() };
    let found = search.into_iter().flat_map(env::split_paths).map(|directory| directory.join(&name));
    let typed = absolute(typed).ok().filter(|path| path.file_name() == Some(OsStr::new(&name)));
    let is_running =
        |path: &PathBuf| path.is_absolute() && path.canonicalize().is_ok_and(|path| path == real);
    found.chain(typed).find(is_running).unwrap_or_else(|| running.to_owned())
}

fn warnings(program: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    if program.components().any(|part| part.as_os_str() == "target") {
        warnings.push(format!(
            "{} looks like a build of cargo's, which may go away; install zoomtok and run this again",
            program.display()
        ));
    }
    // It is by its name that they know it in Claude's configuration.
    if !program.file_stem().is_some_and(|name| name.eq_ignore_ascii_case("zoomtok")) {
        warnings.push(format!(
            "{} is not called zoomtok, so update-claude and watch take it for a server that needs a token",
            program.display()
        ));
    }
    warnings
}

/// What is to be said about the `.env` that the server reads.
fn of_env_file(installed: &Installed, wanted: &Wanted, exists: impl Fn(&Path) -> bool) -> Vec<String> {
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

/// What is to be said about a policy that was kept, which nobody has looked at before.
fn of_policy(installed: &Installed, wanted: &Wanted) -> Vec<String> {
    let kept = installed.existing.as_ref().and_then(|existing| existing.served.policy.as_deref());
    let kept = kept.filter(|_| wanted.policy.is_none());
    let fault = kept.and_then(|path| policy_file::read(path, Against::Own(&catalog())).err());
    fault.map(|fault| format!("the policy that the server keeps: {}", fault.report())).into_iter().collect()
}

/// What is to be said about credentials that only this shell has.
fn of_credentials(given: &[Given], in_file: impl Fn(&str) -> bool, env_file: &Path) -> Vec<String> {
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

/// What a person reads.
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

/// An entry to be shown: a word of another program's may hold a secret.
fn shown(entry: &Entry) -> Shown<'_> {
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
struct Shown<'a> {
    command: &'a str,
    args: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    env: &'a BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_that_json_cannot_hold_is_named() {
        let odd = Path::new(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/here/\xff.env"));
        let error = text("the path of .env", odd).unwrap_err();
        assert!(
            error.to_string().starts_with("the path of .env (") && error.to_string().contains("UTF-8"),
            "{error}"
        );
        assert_eq!(error.code(), Code::Usage);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_stays_is_taken() {
        use std::fs::{File, create_dir};
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let [versioned, bin, other] = ["1.2.3", "bin", "other"].map(|name| {
            create_dir(root.join(name)).unwrap();
            root.join(name).join("zoomtok")
        });
        for file in [&versioned, &other] {
            File::options().create_new(true).write(true).open(file).unwrap();
        }
        symlink("../1.2.3/zoomtok", &bin).unwrap();
        symlink("zoomtok", root.join("bin/alias")).unwrap();
        let search = |names: &[&str]| env::join_paths(names.iter().map(|name| root.join(name))).unwrap();
        for (names, typed, expected) in [
            (&["other", "bin", "1.2.3"][..], "zoomtok", &bin),
            (&["other", "none"], "zoomtok", &versioned),
            (&[], bin.to_str().unwrap(), &bin),
            (&["bin"], versioned.to_str().unwrap(), &bin),
            (&["1.2.3"], bin.to_str().unwrap(), &versioned),
            (&[], root.join("bin/alias").to_str().unwrap(), &versioned),
            (&[], other.to_str().unwrap(), &versioned),
        ] {
            let lasting = lasting(&versioned, Some(&search(names)), Path::new(typed));
            assert_eq!(&lasting, expected, "{names:?} {typed}");
        }
        assert_eq!(lasting(&versioned, None, Path::new("")), versioned);
        // What leads there only from here is no name to give.
        let here = env::current_dir().unwrap();
        let up: PathBuf = here.ancestors().skip(1).map(|_| "..").collect();
        let relative = up.join(bin.parent().unwrap().strip_prefix("/").unwrap());
        assert!(relative.join("zoomtok").exists());
        assert_eq!(lasting(&versioned, Some(relative.as_os_str()), Path::new("")), versioned);
    }

    #[test]
    fn a_program_that_will_not_last_is_told() {
        let told = |program: &str| warnings(Path::new(program));
        assert!(told("/usr/bin/zoomtok").is_empty());
        assert!(told("/usr/bin/Zoomtok.exe").is_empty());
        assert!(told("/home/me/zoomtok/target/release/zoomtok")[0].contains("may go away"));
        assert!(told("/usr/bin/zt")[0].contains("is not called zoomtok"));
    }

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
