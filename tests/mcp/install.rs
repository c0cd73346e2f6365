//! `zoomtok mcp --install`: the server's entry in a configuration that is somebody else's.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

#[cfg(unix)]
use crate::support::mode;
use crate::support::processes::Running;
use crate::support::{Ended, Home, names, sandbox};

/// The entry of a server that needs a token, which Claude starts through node.
const NODE: &str = r#"{
			"command": "/usr/local/bin/node", // v22
			"args": ["index.js", "canary-argument"],
			"env": { "ZOOM_ACCESS_TOKEN": "canary-token" }
		}"#;

/// A configuration that a person has been at.
const CONFIG: &str = r#"{
	// the servers
	"globalShortcut": "Ctrl+Space", "big": 123456789012345678901234,
	"mcpServers": {
		"files": {"command": "npx", "args": ["-y", "files"]}, // mine
		"zoom": NODE,
		"last": {},
	},
}
"#;

const FILE: &str = "claude_desktop_config.json";
const BACKUP: &str = "claude_desktop_config.json.zoomtok.bak";

/// A home with a `.env`, and Claude's directory without a configuration, the path of which is set.
pub(crate) fn home() -> Home {
    let mut home = Home::with_env("ZOOM_ACCESS_TOKEN=canary-of-env\n");
    let path = home.config_path();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    home.set("CLAUDE_CONFIG_FILE", path.to_str().unwrap());
    home
}

pub(crate) fn home_with(config: &str) -> Home {
    let home = home();
    fs::write(home.config_path(), config).unwrap();
    home
}

fn config_names(home: &Home) -> Vec<String> {
    names(home.config_path().parent().unwrap())
}

/// Runs `mcp --install` and sees that nothing secret is in what it says.
#[track_caller]
pub(crate) fn install(home: &Home, arguments: &[&str], code: i32) -> Ended {
    let ended = home.run([&["mcp", "--install"], arguments].concat()).expect(code);
    assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("canary"), "{}", ended.stdout);
    ended
}

/// The present server: its command and its arguments, and where it keeps its state.
#[track_caller]
pub(crate) fn server(home: &Home, name: &str) -> (PathBuf, Vec<String>) {
    let root: Value = serde_json::from_str(&home.config()).unwrap();
    let server = root["mcpServers"][name].as_object().unwrap();
    assert_eq!(server.keys().collect::<Vec<_>>(), ["args", "command", "env"]);
    assert_eq!(server["env"], json!({"XDG_STATE_HOME": home.state()}));
    let args = server["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap().to_owned());
    (server["command"].as_str().unwrap().into(), args.collect())
}

/// The lines of the entry as the file with tabs has it.
fn entry(home: &Home) -> String {
    let path = |path: &Path| json!(path.canonicalize().unwrap()).to_string().replace(r"\\\\?\\", "");
    let (program, env) = (path(Path::new(env!("CARGO_BIN_EXE_zoomtok"))), path(&home.env_path()));
    format!(
        "{{\n\t\t\t\"command\": {program},\n\t\t\t\"args\": [\n\t\t\t\t\"mcp\",\n\t\t\t\t\"--env-file\",\n\t\t\t\t{env}\n\
         \t\t\t],\n\t\t\t\"env\": {{\n\t\t\t\t\"XDG_STATE_HOME\": {}\n\t\t\t}}\n\t\t}}",
        json!(home.state())
    )
}

#[test]
fn a_file_is_made_where_claude_has_none_yet() {
    let home = home();
    let stdout = install(&home, &[], 0).stdout;
    let path = home.config_path();
    assert!(
        stdout.starts_with(&format!("⚙️  Claude's configuration made: {}\n", path.display())),
        "{stdout}"
    );
    assert!(stdout.contains("🔌 mcpServers.zoom is now: {\n  \"command\": "), "{stdout}");
    assert!(stdout.contains("restart-claude") && stdout.contains("update-claude"), "{stdout}");
    assert!(!stdout.contains("In place of") && !stdout.contains("💾"), "{stdout}");
    let (command, args) = server(&home, "zoom");
    assert!(command.is_absolute() && command.exists(), "{}", command.display());
    assert_eq!(args[..2], ["mcp", "--env-file"]);
    assert_eq!(Path::new(&args[2]).canonicalize().unwrap(), home.env_path().canonicalize().unwrap());
    assert!(Path::new(&args[2]).is_absolute() && args.len() == 3, "{args:?}");
    assert_eq!(config_names(&home), [FILE]);
    #[cfg(unix)]
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn another_server_of_that_name_is_replaced_and_nothing_else_changes() {
    let old = CONFIG.replace("NODE", NODE);
    let home = home_with(&old);
    let stdout = install(&home, &[], 0).stdout;
    assert_eq!(home.config(), CONFIG.replace("NODE", &entry(&home)));
    assert!(!home.config().contains("canary"));
    assert!(stdout.contains("In place of: /usr/local/bin/node, with its arguments"), "{stdout}");
    // The replaced version is in the copy, with the token, and the output says so.
    let backup = home.config_path().with_file_name(BACKUP);
    assert_eq!(fs::read_to_string(&backup).unwrap(), old);
    for part in ["The version before is kept in", BACKUP, "It may hold a token"] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    #[cfg(unix)]
    assert_eq!(mode(&backup), 0o600);

    // A copy from before is left as it is, and reported as one.
    fs::write(home.config_path(), old.replace("the servers", "later")).unwrap();
    let stdout = install(&home, &[], 0).stdout;
    assert!(stdout.contains("An older version is in") && stdout.contains("It may hold a token"), "{stdout}");
    assert_eq!(fs::read_to_string(&backup).unwrap(), old);
    assert_eq!(config_names(&home), [FILE, BACKUP]);
}

#[test]
fn the_same_again_writes_nothing() {
    let home = home_with(&CONFIG.replace("NODE", NODE));
    install(&home, &[], 0);
    let text = home.config();
    let modified = fs::metadata(home.config_path()).unwrap().modified().unwrap();
    fs::remove_file(home.config_path().with_file_name(BACKUP)).unwrap();
    for flags in [&[][..], &["--dry-run"]] {
        assert!(install(&home, flags, 0).stdout.starts_with("✅ Nothing to do: "));
    }
    assert_eq!(home.config(), text);
    assert_eq!(fs::metadata(home.config_path()).unwrap().modified().unwrap(), modified);
    assert_eq!(config_names(&home), [FILE]);
    // With another argument it is another server.
    install(&home, &["--no-watch", "-q"], 0);
    assert_eq!(home.config().replace(",\n\t\t\t\t\"--no-watch\"", ""), text);
}

#[test]
fn a_dry_run_shows_the_change_and_writes_nothing() {
    let old = CONFIG.replace("NODE", NODE);
    let home = home_with(&old);
    let stdout = install(&home, &["--dry-run"], 0).stdout;
    for part in ["would be updated", "would then be: {", "/usr/local/bin/node", "would be kept in", BACKUP] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    assert_eq!((home.config(), config_names(&home)), (old, vec![FILE.to_owned()]));
    fs::remove_file(home.config_path()).unwrap();
    assert!(install(&home, &["--dry-run"], 0).stdout.contains("would be made"));
    assert_eq!((config_names(&home), names(&home.state())), (vec![], vec![]));
    home.run(["mcp", "--dry-run"]).expect(2);
}

#[test]
fn without_claude_installed_it_reports_where_it_looked() {
    let home = home();
    fs::remove_dir(home.config_path().parent().unwrap()).unwrap();
    for flags in [&[][..], &["--dry-run"]] {
        let path = home.config_path();
        install(&home, flags, 3).says(&["does not exist", path.to_str().unwrap(), "CLAUDE_CONFIG_FILE"]);
    }
    assert_eq!(home.names(), [".env"]);
}

#[test]
fn a_configuration_that_cannot_be_edited_is_named_and_left_alone() {
    for (text, part) in [
        ("{\n  \"mcpServers\": [\"canary\"]\n}", "line 2: mcpServers is not an object"),
        ("{\"mcpServers\": {\"zoom\": \"canary\"}}", "mcpServers.zoom is not an object"),
        ("{\"mcpServers\": {\"zoom\": {}, \"zoom\": {}}}", "mcpServers.zoom is there twice"),
        ("{\n\n\"canary\": nonsense}", "line 3: not JSON at column 11"),
        ("", "empty"),
    ] {
        let home = home_with(text);
        let ended = install(&home, &[], 3).says(&[FILE, part]);
        assert!(ended.stdout.is_empty(), "{}", ended.stdout);
        assert_eq!((home.config(), config_names(&home)), (text.to_owned(), vec![FILE.to_owned()]));
    }
}

#[test]
fn many_at_once_all_succeed_and_one_of_them_stays() {
    let old = CONFIG.replace("NODE", NODE);
    let home = home_with(&old);
    let all: Vec<Running> = [&["mcp", "--install"][..], &["mcp", "--install", "--no-watch"]]
        .repeat(4)
        .into_iter()
        .map(|arguments| home.start(arguments))
        .collect();
    for one in all {
        one.end().expect(0);
    }
    let text = home.config().replace(",\n\t\t\t\t\"--no-watch\"", "");
    assert_eq!(text, CONFIG.replace("NODE", &entry(&home)));
    assert_eq!(config_names(&home), [FILE, BACKUP]);
    assert_eq!(fs::read_to_string(home.config_path().with_file_name(BACKUP)).unwrap(), old);

    // Where there is no file yet, one of them makes it.
    let home = self::home();
    let all: Vec<Running> = (0..4).map(|_| home.start(["mcp", "--install"])).collect();
    for one in all {
        one.end().expect(0);
    }
    assert_eq!(config_names(&home), [FILE]);
    server(&home, "zoom");
}

#[test]
fn the_name_the_policy_and_the_env_file_come_from_settings_and_flags() {
    let mut home = home();
    home.set("CLAUDE_MCP_SERVER_NAME", "mine");
    for name in ["policy.json", "flag.json"] {
        fs::write(home.work().join(name), r#"{ "version": "1", "default": "deny" }"#).unwrap();
    }
    fs::write(home.work().join("faulty.json"), r#"{ "version": "1", "default": "perhaps" }"#).unwrap();
    home.write_env("ZOOM_POLICY_FILE=policy.json\n");
    let names = |home: &Home| -> Vec<String> {
        let args = server(home, "mine").1;
        let paths = args.iter().filter(|arg| !["mcp", "--env-file", "--policy"].contains(&arg.as_str()));
        paths.map(|path| path_in(home, path)).collect()
    };
    install(&home, &[], 0);
    assert_eq!(names(&home), [".env", "policy.json"]);
    install(&home, &["--policy", "flag.json", "--env-file", "other.env"], 0)
        .stderr
        .lines()
        .find(|line| line.contains("other.env does not exist yet"))
        .unwrap();
    assert_eq!(names(&home), ["other.env", "flag.json"]);

    // A policy that no server would start with is reported now.
    let before = home.config();
    install(&home, &["--policy", "none.json"], 3).says(&["cannot read", "none.json"]);
    install(&home, &["--policy", "faulty.json"], 3).says(&["faulty.json", "default: must be"]);
    install(&home, &["--policy", "."], 3).says(&["it is a directory"]);
    assert_eq!(home.config(), before);
}

/// An absolute path, from the home's directory on.
#[track_caller]
pub(crate) fn path_in(home: &Home, path: &str) -> String {
    let (path, work) = (Path::new(path), home.work());
    assert!(path.is_absolute(), "{}", path.display());
    let parent = path.parent().unwrap().canonicalize().unwrap();
    assert_eq!(parent, work.canonicalize().unwrap());
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The program under a name that stays, as a package manager installs it, and a `.env` behind a link.
#[cfg(unix)]
#[test]
fn links_are_named_as_they_are() {
    use std::os::unix::fs::symlink;
    let mut home = home();
    let bin = home.work().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_zoomtok"), bin.join("zoomtok")).unwrap();
    fs::rename(home.env_path(), home.work().join("real.env")).unwrap();
    symlink("real.env", home.env_path()).unwrap();
    assert!(install(&home, &["--dry-run"], 0).says(&["target", "may go away"]).stdout.contains("would"));
    home.set("PATH", bin.to_str().unwrap());
    install(&home, &[], 0).quietly();
    let (command, args) = server(&home, "zoom");
    assert_eq!((command, path_in(&home, &args[2]).as_str()), (bin.join("zoomtok"), ".env"));
}

#[test]
fn with_it_in_place_nobody_puts_a_token_there_or_restarts_claude() {
    let sandbox = sandbox();
    let home = home_with(r#"{"mcpServers": {}}"#);
    home.write_env(&format!(
        "{}ZOOM_ACCESS_TOKEN={}\n",
        crate::support::credentials(&sandbox),
        sandbox.mint(-60)
    ));
    install(&home, &[], 0);
    let before = home.config();
    let events = home.run(["watch", "--once", "--json"]).expect(0).stdout;
    let events: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert!(names.contains(&"refresh_done") && names.contains(&"claude_reads_env"), "{names:?}");
    assert!(!names.contains(&"restarting_claude") && !names.contains(&"warning"), "{names:?}");
    let stdout = home.run(["update-claude"]).expect(0).quietly().stdout;
    assert!(stdout.contains("Nothing to do") && stdout.contains("reads .env itself"), "{stdout}");
    assert_eq!(home.config(), before);
}
