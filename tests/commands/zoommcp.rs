//! The scripts of contrib/zoommcp/ take the place of those of the Zoom MCP Server, and are run here as that server, its app
//! for the desktop, cron and people run them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;
use zoomtok::sandbox::{CLIENT_ID, Sandbox};

use crate::support::pages::{read, root};
use crate::support::{Ended, credentials, ended, sandbox};

const SCRIPTS: [&str; 4] =
    ["get_zoom_token.sh", "check_zoom_token.sh", "update_claude_config.sh", "restart_claude_app.sh"];

/// A directory of that server's, with a home beside it in which zoomtok was installed by cargo.
struct Project {
    root: TempDir,
    sandbox: Sandbox,
}

impl Project {
    /// One whose `.env` has what the sandbox asks for, and this behind it.
    fn with(more: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let sandbox = sandbox();
        let project = Self { root, sandbox };
        fs::create_dir_all(project.scripts()).unwrap();
        for script in SCRIPTS {
            fs::copy(root_of(script), project.scripts().join(script)).unwrap();
        }
        fs::create_dir_all(project.home().join(".cargo/bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_zoomtok"), project.home().join(".cargo/bin/zoomtok")).unwrap();
        fs::write(project.env_path(), credentials(&project.sandbox) + more).unwrap();
        project
    }

    /// Its name has blanks, as those of many people's directories have.
    fn path(&self) -> PathBuf {
        self.root.path().join("My Zoom Server")
    }

    fn scripts(&self) -> PathBuf {
        self.path().join("scripts")
    }

    fn env_path(&self) -> PathBuf {
        self.path().join(".env")
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home of somebody")
    }

    /// bash with these arguments in a directory, under the PATH that cron gives and with these variables.
    fn bash<A: AsRef<OsStr>>(
        &self,
        directory: &Path,
        arguments: impl IntoIterator<Item = A>,
        variables: &BTreeMap<String, String>,
    ) -> Ended {
        let output = Command::new("bash")
            .args(arguments)
            .current_dir(directory)
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", "/usr/bin:/bin")
            .envs(variables)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        ended(output)
    }

    /// A script, run as the server runs it: by its absolute path, in the server's directory.
    fn run(&self, script: &str, arguments: &[&str]) -> Ended {
        let path = self.scripts().join(script);
        let all = [&[path.to_str().unwrap()], arguments].concat();
        self.bash(&self.path(), all, &self.read_by_server())
    }

    /// The variables that the server reads in `.env`, and hands on: each line split at the first equals sign, blanks taken
    /// off the value, then one quote off each end.
    fn read_by_server(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.env_path()).unwrap_or_default();
        let lines = text.split('\n').map(str::trim).filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.split_once('='))
            .filter(|(name, value)| !name.is_empty() && !value.is_empty())
            .map(|(name, value)| {
                let value = value.trim();
                let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
                (name.trim().to_owned(), value.strip_suffix(['"', '\'']).unwrap_or(value).to_owned())
            })
            .collect()
    }

    fn token_of_server(&self) -> String {
        self.read_by_server()["ZOOM_ACCESS_TOKEN"].clone()
    }
}

fn root_of(script: &str) -> PathBuf {
    root().join("contrib/zoommcp").join(script)
}

fn none() -> BTreeMap<String, String> {
    BTreeMap::new()
}

#[test]
fn the_server_reads_the_token_of_each_refresh() {
    let project = Project::with("");
    let mut tokens = Vec::new();
    for _ in 0..3 {
        // The server has the values of the time before in its environment, the old token among them.
        project.run("get_zoom_token.sh", &["-f"]).expect(0).quietly();
        tokens.push(project.token_of_server());
        project.run("check_zoom_token.sh", &["-v"]).expect(0);
    }
    tokens.dedup();
    assert_eq!((tokens.len(), project.sandbox.token_requests().len()), (3, 3));
    assert!(project.sandbox.accepts(&tokens[2]));
    // Without the flag the token is kept.
    project.run("get_zoom_token.sh", &[]).expect(0);
    assert_eq!(project.token_of_server(), tokens[2]);
    assert!(fs::read_to_string(project.path().join("logs/zoom_token.log")).unwrap().contains("VALID"));
}

#[test]
fn comments_as_the_server_reads_them_do_not_count() {
    let project = Project::with("");
    let text = fs::read_to_string(project.env_path()).unwrap();
    let text = text.replace(CLIENT_ID, &format!("\"{CLIENT_ID}\" # of the app"));
    fs::write(project.env_path(), text + "export ZOOM_TOKEN_THRESHOLD=90  # seconds\n").unwrap();
    assert!(project.read_by_server()["ZOOM_CLIENT_ID"].contains("# of the app"));
    project.run("get_zoom_token.sh", &["-f"]).expect(0).quietly();
    project.run("check_zoom_token.sh", &[]).expect(0).quietly();
    // Variables that .env does not set are taken from the environment, as ever.
    let threshold = BTreeMap::from([("ZOOM_TOKEN_THRESHOLD".to_owned(), "7200".to_owned())]);
    let script = project.scripts().join("check_zoom_token.sh");
    project.bash(&project.path(), [&script], &threshold).expect(0);
    let text = fs::read_to_string(project.env_path()).unwrap().replace("export ZOOM_TOKEN_THRESHOLD", "#");
    fs::write(project.env_path(), text).unwrap();
    project.bash(&project.path(), [&script], &threshold).expect(1);
}

#[test]
fn the_exit_codes_are_those_that_the_scripts_had() {
    let project = Project::with("");
    project.run("check_zoom_token.sh", &[]).expect(1);
    project.run("check_zoom_token.sh", &["-x"]).expect(2);
    project.run("get_zoom_token.sh", &["--force"]).expect(0);
    project.run("check_zoom_token.sh", &["-t", "60"]).expect(0);
    project.run("check_zoom_token.sh", &["-t", "7200", "-v"]).expect(1);
    project.run("get_zoom_token.sh", &["-h"]).expect(0);
    fs::write(project.env_path(), "").unwrap();
    assert_ne!(project.run("get_zoom_token.sh", &["-f"]).code, Some(0));
}

#[test]
fn they_are_found_from_everywhere() {
    let project = Project::with("");
    let script = project.scripts().join("get_zoom_token.sh");
    let elsewhere = project.root.path().join("bin");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&script, elsewhere.join("absolute.sh")).unwrap();
    symlink("../My Zoom Server/scripts/get_zoom_token.sh", elsewhere.join("relative.sh")).unwrap();
    symlink("relative.sh", elsewhere.join("twice.sh")).unwrap();
    let mut asked = 0;
    let mut fetches = |directory: &Path, script: &OsStr| {
        asked += 1;
        project.bash(directory, [script, "-f".as_ref()], &none()).expect(0).quietly();
        assert_eq!(project.sandbox.token_requests().len(), asked, "{script:?} in {directory:?}");
        assert!(project.sandbox.accepts(&project.token_of_server()), "{script:?} in {directory:?}");
    };
    fetches(&project.path(), "scripts/get_zoom_token.sh".as_ref());
    fetches(&project.scripts(), "get_zoom_token.sh".as_ref());
    fetches(&project.scripts(), "./get_zoom_token.sh".as_ref());
    fetches(Path::new("/"), script.as_os_str());
    for link in ["absolute.sh", "relative.sh", "twice.sh"] {
        fetches(&elsewhere, link.as_ref());
        fetches(Path::new("/"), elsewhere.join(link).as_os_str());
    }
    // A link that lies in scripts/ and leads to where a package has put them.
    fs::remove_file(&script).unwrap();
    symlink(root_of("get_zoom_token.sh"), &script).unwrap();
    fetches(&project.path(), "scripts/get_zoom_token.sh".as_ref());
    assert!(!root().join("contrib/.env").exists());
    // As a program, and not by bash.
    project.bash(&project.path(), ["-c", "scripts/check_zoom_token.sh"], &none()).expect(0);
}

#[test]
fn a_zoomtok_that_is_not_there_is_said() {
    let project = Project::with("");
    let zoomtok = project.home().join(".cargo/bin/zoomtok");
    fs::rename(&zoomtok, project.scripts().join("zoomtok")).unwrap();
    project.run("check_zoom_token.sh", &[]).expect(1).quietly();
    fs::rename(project.scripts().join("zoomtok"), project.root.path().join("zoomtok")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_zoomtok")).parent().unwrap();
    if ["/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        .iter()
        .all(|directory| !Path::new(directory).join("zoomtok").exists())
    {
        for script in SCRIPTS {
            project.run(script, &[]).expect(127).says(&[script, "zoomtok is neither in PATH", "install it"]);
        }
    }
    let path = BTreeMap::from([("PATH".to_owned(), format!("/usr/bin:/bin:{}", program.display()))]);
    let script = project.scripts().join("check_zoom_token.sh");
    project.bash(&project.path(), [&script], &path).expect(1).quietly();
}

#[test]
fn claude_gets_the_token_of_a_refresh() {
    let project = Project::with("");
    let config = project.path().join("claude_desktop_config.json");
    let entry = json!({"mcpServers": {"zoom": {"command": "node", "args": ["index.js"], "env": {}}}});
    fs::write(&config, entry.to_string()).unwrap();
    let text = fs::read_to_string(project.env_path()).unwrap();
    fs::write(project.env_path(), format!("{text}CLAUDE_CONFIG_FILE='{}'\n", config.display())).unwrap();
    for _ in 0..2 {
        project.run("get_zoom_token.sh", &["-f"]).expect(0);
        project.run("update_claude_config.sh", &[]).expect(0);
        let config: Value = serde_json::from_str(&fs::read_to_string(&config).unwrap()).unwrap();
        assert_eq!(config["mcpServers"]["zoom"]["env"]["ZOOM_ACCESS_TOKEN"], project.token_of_server());
    }
    // There is no Claude where this test runs; what it says of that is zoomtok's.
    let said = project.run("restart_claude_app.sh", &["--app", "no-such-claude", "--app-only"]);
    assert_ne!(said.code, Some(0));
    assert!(said.stderr.contains("Claude"), "{}", said.stderr);
}

#[test]
fn the_scripts_differ_in_their_name_and_their_command() {
    let commands = ["get", "check", "update-claude", "restart-claude"];
    let plain = |(script, command): (&str, &str)| {
        let text = read(Path::new("contrib/zoommcp").join(script));
        assert!(
            text.ends_with(&format!("\nexec zoomtok --env-file \"$env\" {command} \"$@\"\n")),
            "{script}"
        );
        text.replace(script, "SCRIPT")
            .replace(&format!("zoomtok {command},"), "zoomtok COMMAND,")
            .replace(&format!("\"$env\" {command} "), "\"$env\" COMMAND ")
    };
    let texts: Vec<String> = SCRIPTS.into_iter().zip(commands).map(plain).collect();
    assert!(texts.iter().all(|text| *text == texts[0]));
    assert!(read("Cargo.toml").contains("contrib/zoommcp/*.sh"));
    assert!(
        read(".ci/run")
            .contains("shellcheck .ci/* contrib/release contrib/channels/packages contrib/zoommcp/*.sh")
    );
}
