//! A temporary home with a `.env`, and the real program run in it with an environment of nothing else.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

use tempfile::TempDir;
use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Client, PUBLIC_CLIENT_ID, Sandbox};

use crate::support::canaries::{self, Shows, assert_clean};
use crate::support::processes::Running;
use crate::support::rows::tree;

/// A directory to run in, removed at the end.
pub(crate) struct Home {
    root: TempDir,
    environment: BTreeMap<String, String>,
    /// Files that hold secrets under a name of the test's own.
    for_secrets: Mutex<Vec<PathBuf>>,
}

/// How the names of the files end that are there to hold secrets: a `.env`, what a killed process leaves of its
/// replacement, tokens that wait for their place, Claude's configuration and the copy of it.
const FOR_SECRETS: [&str; 6] = [
    ".env",
    ".env.zoomtok-tmp",
    "recovery.json",
    "rewrite.json",
    "claude_desktop_config.json",
    "claude_desktop_config.json.zoomtok.bak",
];

/// How a run of the program ended.
pub(crate) struct Ended {
    /// The exit status; none when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    /// One without a `.env`.
    pub(crate) fn empty() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("work")).unwrap();
        Self { root, environment: BTreeMap::new(), for_secrets: Mutex::default() }
    }

    /// One whose `.env` has this text.
    pub(crate) fn with_env(text: &str) -> Self {
        let home = Self::empty();
        home.write_env(text);
        home
    }

    /// One whose `.env` has all that is needed to get tokens from a sandbox, and this text behind it.
    pub(crate) fn of(sandbox: &Sandbox, more: &str) -> Self {
        Self::with_env(&format!("{}{more}", credentials(sandbox)))
    }

    /// As above, for a user-authorised app: with the refresh token that is good now and no account.
    pub(crate) fn of_user(sandbox: &Sandbox, more: &str) -> Self {
        let text = credentials(sandbox).replace(
            &format!("ZOOM_ACCOUNT_ID={ACCOUNT_ID}"),
            &format!("ZOOM_REFRESH_TOKEN={}", sandbox.refresh_token()),
        );
        Self::with_env(&format!("{text}{more}"))
    }

    /// As above, for the public client of that app, which has no secret.
    pub(crate) fn of_public(sandbox: &Sandbox, more: &str) -> Self {
        let secret = format!("ZOOM_CLIENT_SECRET={CLIENT_SECRET}\n");
        let text = credentials(sandbox).replace(&secret, "").replace(CLIENT_ID, PUBLIC_CLIENT_ID).replace(
            &format!("ZOOM_ACCOUNT_ID={ACCOUNT_ID}"),
            &format!("ZOOM_REFRESH_TOKEN={}", sandbox.refresh_token_of(Client::Public)),
        );
        Self::with_env(&format!("{text}{more}"))
    }

    /// As [`Home::of`], with a token that has so many seconds left.
    pub(crate) fn with_token(sandbox: &Sandbox, left: i64) -> Self {
        Self::of(sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(left)))
    }

    /// The current directory of the program.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// Where the program keeps state.
    pub(crate) fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    pub(crate) fn env_path(&self) -> PathBuf {
        self.work().join(".env")
    }

    pub(crate) fn write_env(&self, text: &str) {
        canaries::learn(text);
        fs::write(self.env_path(), text).unwrap();
    }

    pub(crate) fn env_text(&self) -> String {
        fs::read_to_string(self.env_path()).unwrap()
    }

    /// The last value of a variable in `.env`, without its quotes.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let text = self.env_text();
        let line = text.lines().rfind(|line| line.starts_with(&format!("{name}=")))?;
        Some(line.split_once('=')?.1.trim_matches('"').to_owned())
    }

    /// Where the tests put a configuration of Claude Desktop.
    pub(crate) fn config_path(&self) -> PathBuf {
        self.work().join("Claude").join("claude_desktop_config.json")
    }

    pub(crate) fn config(&self) -> String {
        fs::read_to_string(self.config_path()).unwrap()
    }

    /// Where the program looks for configurations.
    pub(crate) fn config_home(&self) -> PathBuf {
        self.root.path().join("config")
    }

    /// The names in the current directory of the program, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.work())
    }

    /// Says that this file is a `.env` or a configuration of Claude's under a name of the test's own.
    pub(crate) fn is_for_secrets(&self, path: &Path) {
        self.for_secrets.lock().unwrap().push(path.to_owned());
    }

    /// Takes these out of the environment of every run from now on.
    #[cfg(target_os = "linux")]
    pub(crate) fn unset(&mut self, names: &[&str]) -> &mut Self {
        self.environment.retain(|name, _| !names.contains(&name.as_str()));
        self
    }

    /// Sets a variable for every run from now on.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        canaries::learn(&format!("{name}={value}"));
        self.environment.insert(name.into(), value.into());
        self
    }

    /// The program with these arguments, not started yet.
    pub(crate) fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zoomtok"));
        command
            .args(arguments)
            .current_dir(self.work())
            .env_clear()
            .env("HOME", self.root.path())
            .env("XDG_STATE_HOME", self.state())
            .env("XDG_CONFIG_HOME", self.config_home())
            .env("TZ", "UTC")
            .envs(of_system())
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for argument in command.get_args() {
            assert_clean(argument.as_encoded_bytes(), Shows::Nothing, "an argument");
        }
        command
    }

    /// Another program with these arguments, in the same environment but for `PATH`, which is that of the tests.
    #[cfg(unix)]
    pub(crate) fn foreign<A: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let ours = self.command([""; 0]);
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.work()).env_clear();
        command.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", env::var_os("PATH").unwrap_or_default()).env("NO_COLOR", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    #[track_caller]
    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ended {
        self.start(arguments).end()
    }

    /// The same for an `exec` whose command shows the token that it was handed.
    #[track_caller]
    pub(crate) fn run_showing_token<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ended {
        self.start(arguments).showing(Shows::AccessToken).end()
    }

    /// Starts the program.
    #[track_caller]
    pub(crate) fn start<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Running {
        let mut command = self.command(arguments);
        let shows = Shows::by_contract(&command);
        let running = |child| Running::new(child).showing(shows);
        // When many start at once wine now and then loses one before it begins, with ERROR_INTERNAL_ERROR.
        let lost = |error: &io::Error| cfg!(windows) && error.raw_os_error() == Some(1359);
        for _ in 0..3 {
            match command.spawn() {
                Err(error) if lost(&error) => {}
                started => return running(started.unwrap()),
            }
        }
        running(command.spawn().unwrap())
    }
}

impl Drop for Home {
    /// Fails if a file is left that holds a secret and is not one of those that are there to hold it.
    fn drop(&mut self) {
        // A test that has failed already has more to say.
        if std::thread::panicking() {
            return;
        }
        for path in tree(self.root.path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_meant_to = FOR_SECRETS.iter().any(|end| name.ends_with(end))
                || self.for_secrets.lock().unwrap().contains(&path);
            // The target of a link is searched in its own place.
            if path.is_file() && !path.is_symlink() && !is_meant_to {
                let bytes = fs::read(&path).unwrap_or_default();
                assert_clean(bytes, Shows::Nothing, &path.display().to_string());
            }
        }
    }
}

impl Ended {
    /// Fails unless the program exited with this status; shows what it said.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless stderr is one line that holds all of these.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "{part:?} is not in {:?}", self.stderr);
        }
        self
    }

    /// Fails unless the last line of stderr holds this.
    #[track_caller]
    pub(crate) fn says_at_last(self, part: &str) -> Self {
        let last = self.stderr.lines().last().unwrap_or_default();
        assert!(last.contains(part), "{part:?} is not in {last:?}");
        self
    }

    /// Fails unless nothing was printed on stderr.
    #[track_caller]
    pub(crate) fn quietly(self) -> Self {
        assert_eq!(self.stderr, "");
        self
    }
}

/// The variables that every program needs on Windows: the places of the system, of its libraries and of temporary files.
fn of_system() -> impl Iterator<Item = (&'static str, OsString)> {
    let names: &[_] = if cfg!(windows) { &["SystemRoot", "PATH", "TEMP", "TMP", "USERPROFILE"] } else { &[] };
    names.iter().filter_map(|name| Some((*name, env::var_os(name)?)))
}

/// A line for the shell of the system that prints the token it was handed.
pub(crate) const ECHO_TOKEN: &str =
    if cfg!(windows) { "echo %ZOOM_ACCESS_TOKEN%" } else { "echo $ZOOM_ACCESS_TOKEN" };

/// The arguments of the program that run a line in the shell of the system.
pub(crate) fn exec_shell(line: &str) -> [&str; 5] {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/c") } else { ("/bin/sh", "-c") };
    ["exec", "--", shell, flag, line]
}

/// The results of a finished process, which has shown no secret.
#[track_caller]
pub(crate) fn ended(output: Output) -> Ended {
    ended_showing(output, Shows::Nothing)
}

/// The same, of one that may have shown so much.
#[track_caller]
pub(crate) fn ended_showing(output: Output, shows: Shows) -> Ended {
    assert_clean(&output.stdout, shows, "stdout");
    assert_clean(&output.stderr, Shows::Nothing, "stderr");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The names in a directory, sorted; none when it does not exist.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The lines of a `.env` that point at a sandbox.
pub(crate) fn credentials(sandbox: &Sandbox) -> String {
    format!(
        "ZOOM_CLIENT_ID={CLIENT_ID}\nZOOM_CLIENT_SECRET={CLIENT_SECRET}\nZOOM_ACCOUNT_ID={ACCOUNT_ID}\n\
         ZOOM_OAUTH_URL={}\nZOOM_API_URL={}\n",
        sandbox.oauth_url(),
        sandbox.api_url()
    )
}
