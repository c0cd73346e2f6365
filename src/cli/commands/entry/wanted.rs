//! The entry that an installation asks for, and what it makes of the one that is there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::program::{full, text};
use crate::cli::commands::Context;
use crate::cli::failure::Result;
use crate::clients::{Entry, Existing, System};
use crate::mcp::zoom::catalog::catalog;
use crate::policy::Against;
use crate::policy::file as policy_file;
use crate::settings::Settings;

/// The options that name an account. They exclude each other.
const ACCOUNTS: [&str; 2] = [ENV_FILE, PROFILE];
const ENV_FILE: &str = "--env-file";
const PROFILE: &str = "--profile";

/// The server that is wanted. A path is absolute, and in words that JSON can hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::cli::commands) struct Wanted {
    pub(in crate::cli::commands) program: String,
    pub(in crate::cli::commands) env_file: String,
    /// Whether that was named, and not only found: what was found takes no other's place.
    pub(in crate::cli::commands) env_file_is_named: bool,
    /// The profile whose file that is: the server gets its name, so that exported credentials of another account do not
    /// count there either.
    pub(in crate::cli::commands) profile: Option<String>,
    pub(in crate::cli::commands) policy: Option<String>,
    pub(in crate::cli::commands) no_watch: bool,
    /// The address that a gateway is to stand before; none where zoomtok's own tools are served.
    pub(in crate::cli::commands) url: Option<String>,
    pub(in crate::cli::commands) env: BTreeMap<String, String>,
}

impl Wanted {
    /// The entry that has Claude run this server as it was asked for here: Claude starts it in another directory and with
    /// another environment. Options that were not asked for stay as the present server has them.
    pub(in crate::cli::commands) fn entry(&self, existing: Option<&Existing>) -> Entry {
        let mut args = existing.map_or_else(|| self.start(), |existing| existing.args.clone());
        if let Some(url) = &self.url {
            set(&mut args, "--url", url);
        }
        if self.changes_env_file(existing) {
            let (option, value) = self.account();
            for other in ACCOUNTS.iter().filter(|other| **other != option) {
                unset(&mut args, other);
            }
            set(&mut args, option, value);
        }
        if let Some(policy) = &self.policy {
            set(&mut args, "--policy", policy);
        }
        if self.no_watch && !args.iter().any(|arg| arg == "--no-watch") {
            args.push("--no-watch".into());
        }
        let env = self.env.clone();
        match existing.and_then(|existing| existing.wrapper.split_first()) {
            Some((wrapper, words)) => {
                let args = [words, std::slice::from_ref(&self.program), &args].concat();
                Entry { command: wrapper.clone(), args, env }
            }
            None => Entry { command: self.program.clone(), args, env },
        }
    }

    /// The option that names the account, and its value.
    fn account(&self) -> (&'static str, &str) {
        self.profile.as_ref().map_or((ENV_FILE, &self.env_file), |profile| (PROFILE, profile))
    }

    fn start(&self) -> Vec<String> {
        vec![if self.url.is_some() { "gateway" } else { "mcp" }.into()]
    }

    /// Whether the server gets this `.env`.
    pub(in crate::cli::commands) fn changes_env_file(&self, existing: Option<&Existing>) -> bool {
        self.env_file_is_named || existing.is_none_or(|existing| existing.served.env_file.is_none())
    }

    /// The changes of the present server, and the parts that stay, in words. Values of variables may be secret.
    pub(in crate::cli::commands) fn changes(
        &self,
        existing: &Existing,
        system: System,
    ) -> (Vec<String>, Vec<String>) {
        let (mut changes, mut kept) = (Vec::new(), Vec::new());
        let before = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let (option, value) = self.account();
        let value = Some(value).filter(|_| self.changes_env_file(Some(existing)));
        let was = match value_of(&existing.args, PROFILE) {
            Some(profile) => (PROFILE, Some(profile.to_owned())),
            None => (ENV_FILE, before(&existing.served.env_file)),
        };
        let other = if value.is_some() && was.0 != option { was.1.clone() } else { None };
        changes.extend(other.map(|other| format!("{} {other}: removed", was.0)));
        let (option, was) = match value {
            Some(_) => (option, was.1.filter(|_| was.0 == option)),
            None => was,
        };
        for (option, old, new) in
            [(option, was, value), ("--policy", before(&existing.served.policy), self.policy.as_deref())]
        {
            match (old, new) {
                (Some(old), Some(new)) if old != new => changes.push(format!("{option}: {old} → {new}")),
                (Some(old), _) => kept.push(format!("{option} {old}")),
                (None, Some(new)) => changes.push(format!("{option}: none → {new}")),
                (None, None) => {}
            }
        }
        if existing.args.iter().any(|arg| arg == "--no-watch") {
            kept.push("--no-watch".into());
        } else if self.no_watch {
            changes.push("--no-watch: added".into());
        }
        let is_set = |name: &&str| system.spelling(name, self.env.keys().map(String::as_str)).is_some();
        let names: Vec<&str> = existing.env.iter().map(String::as_str).filter(|name| !is_set(name)).collect();
        if !names.is_empty() {
            kept.push(format!("its variables {}", names.join(", ")));
        }
        if let Some(wrapper) = existing.wrapper.first() {
            kept.push(format!("{wrapper}, which starts it"));
        }
        (changes, kept)
    }
}

/// The option that names the account of a context, and its value, for a command that starts elsewhere.
pub(in crate::cli::commands) fn account(context: &Context) -> Result<[String; 2]> {
    Ok(match context.environment.profile() {
        Some(profile) => [PROFILE.to_owned(), profile.to_string()],
        None => [ENV_FILE.to_owned(), text("the path of .env", &full(context.store.path())?)?],
    })
}

/// The value of an option, if it is there.
fn value_of<'a>(args: &'a [String], option: &str) -> Option<&'a str> {
    let joined = |arg: &'a String| arg.strip_prefix(option)?.strip_prefix('=');
    let next = |at: usize| args.get(at + 1).map(String::as_str);
    args.iter().position(|arg| arg == option).and_then(next).or_else(|| args.iter().find_map(joined))
}

/// Takes an option away, with its value.
fn unset(args: &mut Vec<String>, option: &str) {
    if let Some(at) = args.iter().position(|arg| arg == option) {
        args.drain(at..args.len().min(at + 2));
    }
    args.retain(|arg| arg.strip_prefix(option).is_none_or(|rest| !rest.starts_with('=')));
}

/// The policy to serve under, by its absolute path. A server would not start with one that is not valid.
pub(in crate::cli::commands) fn policy(
    settings: &Settings,
    flag: Option<&Path>,
    for_gateway: bool,
) -> Result<Option<PathBuf>> {
    let named = flag.map_or_else(|| settings.policy_file(), |path| Ok(Some(path.to_owned())))?;
    let Some(path) = named.map(|path| full(&path)).transpose()? else { return Ok(None) };
    let tools = catalog();
    let against = if for_gateway { Against::Gateway(None) } else { Against::Own(&tools) };
    policy_file::read(&path, against)?;
    Ok(Some(path))
}

/// Gives an option this value, in the place where it has one.
fn set(args: &mut Vec<String>, option: &str, value: &str) {
    let joined = |arg: &String| arg.strip_prefix(option).is_some_and(|rest| rest.starts_with('='));
    if let Some(at) = args.iter().position(|arg| arg == option).filter(|at| at + 1 < args.len()) {
        value.clone_into(&mut args[at + 1]);
    } else if let Some(at) = args.iter().position(joined) {
        args[at] = format!("{option}={value}");
    } else {
        args.extend([option.to_owned(), value.to_owned()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted { program: "/bin/zoomtok".into(), env_file: "/here/.env".into(), ..Wanted::default() }
    }

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    fn existing(wrapper: &str, args: &str) -> Existing {
        let served = crate::cli::served::served(&words(args)).unwrap();
        Existing {
            wrapper: words(wrapper),
            args: words(args),
            served,
            env: vec!["A".into(), "HTTPS_PROXY".into()],
        }
    }

    #[test]
    fn the_entry_says_what_was_asked_for() {
        let args = |wanted: Wanted| wanted.entry(None).args.join(" ");
        assert_eq!(args(wanted()), "mcp --env-file /here/.env");
        let policed = Wanted { policy: Some("/p.json".into()), ..wanted() };
        assert_eq!(args(policed.clone()), "mcp --env-file /here/.env --policy /p.json");
        let quiet = Wanted { no_watch: true, ..policed };
        assert_eq!(args(quiet), "mcp --env-file /here/.env --policy /p.json --no-watch");
        assert_eq!(wanted().entry(None).command, "/bin/zoomtok");
    }

    #[test]
    fn what_was_not_asked_for_stays() {
        let policed = || Wanted { policy: Some("/new.json".into()), ..wanted() };
        let named = || Wanted { env_file_is_named: true, ..wanted() };
        let profile = || Wanted { profile: Some("work".into()), ..named() };
        let no_watch = || Wanted { no_watch: true, ..wanted() };
        for (wanted, args, expected) in [
            (
                wanted(),
                "mcp --env-file /old/.env --policy /old.json",
                "mcp --env-file /old/.env --policy /old.json",
            ),
            (wanted(), "mcp --policy=/old.json -q", "mcp --policy=/old.json -q --env-file /here/.env"),
            (wanted(), "--color never mcp --no-watch", "--color never mcp --no-watch --env-file /here/.env"),
            (named(), "--env-file /old/.env mcp", "--env-file /here/.env mcp"),
            (named(), "mcp --env-file=/old/.env --no-watch", "mcp --env-file=/here/.env --no-watch"),
            (
                policed(),
                "mcp --env-file /old/.env --policy /old.json",
                "mcp --env-file /old/.env --policy /new.json",
            ),
            (policed(), "mcp --env-file /old/.env", "mcp --env-file /old/.env --policy /new.json"),
            (wanted(), "mcp --profile home", "mcp --profile home"),
            (named(), "mcp --profile home -q", "mcp -q --env-file /here/.env"),
            (named(), "--profile=home mcp", "mcp --env-file /here/.env"),
            (profile(), "mcp --env-file /old/.env --no-watch", "mcp --no-watch --profile work"),
            (profile(), "mcp --env-file=/old/.env", "mcp --profile work"),
            (profile(), "mcp --profile=home", "mcp --profile=work"),
            (profile(), "mcp", "mcp --profile work"),
            (no_watch(), "mcp --env-file /old/.env", "mcp --env-file /old/.env --no-watch"),
            (no_watch(), "mcp --no-watch --env-file /o", "mcp --no-watch --env-file /o"),
        ] {
            let entry = wanted.entry(Some(&existing("", args)));
            assert_eq!((entry.command.as_str(), entry.args.join(" ").as_str()), ("/bin/zoomtok", expected));
        }
        let entry = wanted().entry(Some(&existing("op run --", "mcp --env-file /o")));
        assert_eq!(entry.command, "op");
        assert_eq!(entry.args.join(" "), "run -- /bin/zoomtok mcp --env-file /o");
    }

    #[test]
    fn changes_and_what_stays_are_told_apart() {
        let of_profile = Wanted { profile: Some("work".into()), env_file_is_named: true, ..wanted() };
        let env = BTreeMap::from([("HTTPS_PROXY".to_owned(), "http://p".to_owned())]);
        let wanted = Wanted { policy: Some("/new.json".into()), no_watch: true, env, ..wanted() };
        let told_by = |wanted: &Wanted, args: &str| {
            let (changes, kept) = wanted.changes(&existing("", args), System::Linux);
            (changes.join("; "), kept.join("; "))
        };
        let told = |args: &str| told_by(&wanted, args);
        for (args, changes) in [
            ("mcp --env-file /old/.env", "--env-file /old/.env: removed; --profile: none → work"),
            ("mcp --profile home", "--profile: home → work"),
            ("mcp --profile=work", ""),
            ("mcp", "--profile: none → work"),
        ] {
            assert_eq!(told_by(&of_profile, args).0, changes, "{args}");
        }
        assert!(told_by(&of_profile, "mcp --profile=work").1.contains("--profile work"));
        assert!(told("mcp --profile home").1.contains("--profile home"));
        assert_eq!(
            told("mcp --env-file /old/.env --policy /old.json"),
            (
                "--policy: /old.json → /new.json; --no-watch: added".to_owned(),
                "--env-file /old/.env; its variables A".to_owned()
            )
        );
        assert_eq!(
            told("mcp --no-watch --policy /new.json"),
            (
                "--env-file: none → /here/.env".to_owned(),
                "--policy /new.json; --no-watch; its variables A".to_owned()
            )
        );
    }
}
