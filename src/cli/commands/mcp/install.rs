//! `zoomtok mcp --install`: the entry of this server in Claude's configuration, and what a person reads about it.

use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context as _, Result};

use super::Context;
use crate::claude::{Config, Entry, Installed};
use crate::cli::args::Mcp;
use crate::error::{Code, Error};
use crate::mcp::{catalog, policy_file};
use crate::settings::{CLAUDE_SETTINGS, Settings};

pub(super) fn run(context: &Context, mcp: &Mcp) -> Result<Code> {
    let look = context.keeper().look()?;
    context.warn_of_oddities(&look);
    context.warn_of_ignored(&look, CLAUDE_SETTINGS);
    let (settings, file) = (Settings::new(&context.environment, &look.file), &look.file);
    let config = Config::of(&settings, None, None, None)?;
    let policy = policy(&settings, mcp.policy.as_deref())?;
    let program = program()?;
    let env_file = full(&context.env_file)?;
    let entry = entry(&program, &env_file, policy.as_deref(), mcp.no_watch)?;

    let installed =
        if mcp.dry_run { config.preview_install(&entry) } else { config.install(&entry, &context.stop) }?;
    context.warn(&warnings(&program, &env_file, file.exists()));
    for line in lines(&installed, &entry, mcp.dry_run)?.iter().flat_map(|text| text.lines()) {
        context.output.text(line)?;
    }
    Ok(Code::Done)
}

/// The policy to serve under, by its absolute path. A server would not start with one that is not valid.
fn policy(settings: &Settings<'_>, flag: Option<&Path>) -> Result<Option<PathBuf>, Error> {
    let named = flag.map_or_else(|| settings.policy_file(), |path| Ok(Some(path.to_owned())))?;
    let Some(path) = named.map(|path| full(&path)).transpose()? else { return Ok(None) };
    policy_file::read(&path, &catalog()).map(|_| Some(path))
}

/// The entry that has Claude run this server as it was asked for here: Claude starts it in another directory and with
/// another environment.
fn entry(program: &Path, env_file: &Path, policy: Option<&Path>, no_watch: bool) -> Result<Entry, Error> {
    let mut args = vec!["mcp".into(), "--env-file".into(), text("the path of .env", env_file)?];
    if let Some(policy) = policy {
        args.extend(["--policy".into(), text("the path of the policy", policy)?]);
    }
    if no_watch {
        args.push("--no-watch".into());
    }
    Ok(Entry { command: text("the path of zoomtok", program)?, args })
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
fn program() -> Result<PathBuf> {
    let running = env::current_exe().context("cannot tell where this program is")?;
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

fn warnings(program: &Path, env_file: &Path, env_file_exists: bool) -> Vec<String> {
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
    if !env_file_exists {
        warnings.push(format!(
            "{} is not there yet; until it is, the server will say so when a tool is called",
            env_file.display()
        ));
    }
    warnings
}

/// What a person reads.
fn lines(installed: &Installed, entry: &Entry, dry_run: bool) -> Result<Vec<String>> {
    let Installed { path, place, .. } = installed;
    let path = path.display();
    if !installed.changed {
        return Ok(vec![format!(
            "✅ Nothing to do: Claude's configuration runs this server already: {path}"
        )]);
    }
    let say = |done, would| if dry_run { would } else { done };
    let what = if installed.made { say("made", "would be made") } else { say("updated", "would be updated") };
    let mut lines = vec![format!("⚙️  Claude's configuration {what}: {path}")];
    let now =
        serde_json::to_string_pretty(entry).map_err(io::Error::from).context("cannot show the entry")?;
    lines.push(format!("🔌 {place} {}: {now}", say("is now", "would then be")));
    if let Some(before) = &installed.before {
        lines.push(format!(
            "🗑️  In place of: {before}, with its arguments, its variables and any token in them"
        ));
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

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = if cfg!(windows) { r"C:\here" } else { "/here" };

    #[test]
    fn the_entry_says_what_was_asked_for() {
        let [program, env_file, policy] =
            ["zoomtok", ".env", "policy.json"].map(|name| Path::new(HERE).join(name));
        let args = |policy, no_watch| entry(&program, &env_file, policy, no_watch).unwrap().args;
        let plain = ["mcp", "--env-file", env_file.to_str().unwrap()];
        assert_eq!(args(None, false), plain);
        let policed = [&plain[..], &["--policy", policy.to_str().unwrap()]].concat();
        assert_eq!(args(Some(&policy), false), policed);
        assert_eq!(args(Some(&policy), true), [&policed[..], &["--no-watch"]].concat());
        assert_eq!(entry(&program, &env_file, None, false).unwrap().command, program.to_str().unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_json_cannot_hold_is_named() {
        let odd = Path::new(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/here/\xff.env"));
        let good = Path::new("/here/zoomtok");
        for (error, name) in [
            (entry(odd, good, None, false), "the path of zoomtok ("),
            (entry(good, odd, None, false), "the path of .env ("),
            (entry(good, good, Some(odd), false), "the path of the policy ("),
        ] {
            let error = error.unwrap_err();
            assert!(error.to_string().starts_with(name) && error.to_string().contains("UTF-8"), "{error}");
            assert_eq!(error.code(), Code::Usage);
        }
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
    fn what_will_not_last_or_is_not_there_is_told() {
        let told = |program: &str, exists| warnings(Path::new(program), Path::new("/here/.env"), exists);
        assert!(told("/usr/bin/zoomtok", true).is_empty());
        assert!(told("/usr/bin/Zoomtok.exe", true).is_empty());
        assert!(told("/home/me/zoomtok/target/release/zoomtok", true)[0].contains("may go away"));
        assert!(told("/usr/bin/zt", true)[0].contains("is not called zoomtok"));
        assert!(told("/usr/bin/zoomtok", false)[0].contains("/here/.env is not there yet"));
    }
}
