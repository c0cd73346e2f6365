//! `zoomtok update-claude`: the configuration is somebody else's file (claim 15).

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use chrono::Utc;
use serde_json::{Value, json};

use crate::support::processes::Running;
use crate::support::rows::jwt;
use crate::support::{Ended, Home, names};

/// A `claude_desktop_config.json` that a person has edited.
pub(crate) const CONFIG: &str = r#"{
	"//": "the servers",
	"globalShortcut": "Ctrl+Space", "big": 123456789012345678901234,
	"mcpServers": {
		"zoom": {"command": "node", "args": ["index.js"], "env": {"ZOOM_ACCESS_TOKEN": "PUT-YOUR-TOKEN-HERE-PLEASE"}}
	}
}
"#;

/// A token with this many seconds left, unlike others with another id.
pub(crate) fn token(left: i64, id: u32) -> String {
    let now = Utc::now().timestamp();
    jwt(&json!({"iat": now - 10, "exp": now + left, "jti": id}))
}

/// A home with a token and Claude's configuration, the path of which is set.
pub(crate) fn home(token: &str, config: &str) -> Home {
    let mut home = Home::with_env(&format!("ZOOM_ACCESS_TOKEN={token}\n"));
    let path = home.config_path();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, config).unwrap();
    home.set("CLAUDE_CONFIG_FILE", path.to_str().unwrap());
    home
}

/// Runs `update-claude` and sees that no token is in what it says.
#[track_caller]
pub(crate) fn update(home: &Home, arguments: &[&str], code: i32) -> Ended {
    let ended = home.run([&["update-claude"], arguments].concat()).expect(code);
    for token in [home.value("ZOOM_ACCESS_TOKEN").unwrap_or_default().as_str(), "PUT-YOUR-TOKEN-HERE-PLEASE"]
    {
        assert!(token.is_empty() || !format!("{}{}", ended.stdout, ended.stderr).contains(token));
    }
    ended
}

#[test]
fn the_token_is_put_in_its_place_and_nothing_else_changes() {
    let token = token(3000, 1);
    let home = home(&token, CONFIG);
    let ended = update(&home, &[], 0).quietly();
    let new = CONFIG.replace("PUT-YOUR-TOKEN-HERE-PLEASE", &token);
    assert_eq!(home.config(), new);
    let (path, mask) = (home.config_path(), format!("{}...{}", &token[..4], &token[token.len() - 4..]));
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines[0], format!("⚙️  Claude's configuration updated: {}", path.display()));
    assert_eq!(lines[1], format!("🔑 mcpServers.zoom.env.ZOOM_ACCESS_TOKEN: PUT-...EASE → {mask}"));
    assert!(lines[2].contains("claude_desktop_config.json.zoomtok.bak") && lines.len() == 3, "{lines:?}");
    let backup = path.with_file_name("claude_desktop_config.json.zoomtok.bak");
    assert_eq!(fs::read_to_string(&backup).unwrap(), CONFIG);
    let all = ["claude_desktop_config.json", "claude_desktop_config.json.zoomtok.bak"];
    assert_eq!(names(path.parent().unwrap()), all);

    // The next one leaves the backup as it is, and says less with -q.
    home.write_env(&format!("ZOOM_ACCESS_TOKEN={}\n", self::token(3000, 2)));
    assert_eq!(update(&home, &["-q"], 0).quietly().stdout, "");
    assert_ne!(home.config(), new);
    assert_eq!(fs::read_to_string(&backup).unwrap(), CONFIG);
}

#[test]
fn a_configuration_that_holds_it_is_not_touched() {
    let token = token(3000, 1);
    let home = home(&token, &CONFIG.replace("PUT-YOUR-TOKEN-HERE-PLEASE", &token));
    let path = home.config_path();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
    let before = identity(&path);
    let ended = update(&home, &[], 0).quietly();
    assert!(ended.stdout.contains("holds this token already"), "{}", ended.stdout);
    assert_eq!(identity(&path), before);
    assert_eq!(names(path.parent().unwrap()), ["claude_desktop_config.json"]);
}

#[cfg(unix)]
fn identity(path: &Path) -> (SystemTime, u64) {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).unwrap();
    (metadata.modified().unwrap(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn a_dry_run_shows_the_change_and_writes_nothing() {
    let home = home(&token(3000, 1), CONFIG);
    let ended = update(&home, &["--dry-run"], 0).quietly();
    for part in ["would be updated", "claude_desktop_config.json", "PUT-...EASE → eyJ", "mcpServers.zoom.env"]
    {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    assert_eq!(home.config(), CONFIG);
    assert_eq!(names(home.config_path().parent().unwrap()), ["claude_desktop_config.json"]);
    assert_eq!(names(&home.state()), [""; 0]);
}

#[test]
fn flags_win_over_settings_and_settings_over_the_default() {
    let with = |name: &str| format!(r#"{{"mcpServers": {{"{name}": {{"command": "node"}}}}}}"#);
    let mut home = home(&token(3000, 1), &with("mine"));
    let other = home.work().join("other.json");
    fs::write(&other, with("yours")).unwrap();
    home.is_for_secrets(&other);
    home.set("CLAUDE_MCP_SERVER_NAME", "mine").set("CLAUDE_ZOOM_ENV_KEY", "KEY");
    let at = |path: &Path| {
        let root: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        root["mcpServers"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, server)| {
                let keys = server["env"].as_object().unwrap().keys();
                format!("{name}.{}", keys.cloned().collect::<Vec<_>>().join(","))
            })
            .collect::<Vec<_>>()
    };
    update(&home, &[], 0).quietly();
    assert_eq!(at(&home.config_path()), ["mine.KEY"]);
    let flags = ["--config", other.to_str().unwrap(), "--server", "yours", "--key", "VAR"];
    update(&home, &flags, 0);
    assert_eq!(at(&other), ["yours.VAR"]);
    assert_eq!(at(&home.config_path()), ["mine.KEY"]);
    update(&home, &["--server", ""], 2);
}

#[cfg(target_os = "linux")]
#[test]
fn on_linux_it_is_in_the_configuration_directory() {
    let home = Home::with_env(&format!("ZOOM_ACCESS_TOKEN={}\n", token(3000, 1)));
    let path = home.state().with_file_name("config").join("Claude/claude_desktop_config.json");
    update(&home, &[], 3).says(&["does not exist", path.to_str().unwrap(), "CLAUDE_CONFIG_FILE"]);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, CONFIG).unwrap();
    update(&home, &[], 0);
    assert!(fs::read_to_string(&path).unwrap().contains("ZOOM_ACCESS_TOKEN"));
}

#[test]
fn a_configuration_without_a_place_for_the_token_is_named_and_left_alone() {
    for (text, parts) in [
        ("{\n  \"mcpServers\": [\"canary\"]\n}", &["line 2", "mcpServers is not an object"][..]),
        ("{\"mcpServers\": {\"zoom\": {\"env\": \"canary\"}}}", &["mcpServers.zoom.env is not an object"]),
        ("{\"mcpServers\": {},\n\"mcpServers\": {}}", &["line 2", "mcpServers is there twice"]),
        ("{\n\n\"canary\": nonsense}", &["line 3", "not JSON at column 11"]),
        ("", &["empty"]),
    ] {
        let home = home(&token(3000, 1), text);
        let ended = update(&home, &[], 3).says(&["claude_desktop_config.json"]).says(parts);
        assert!(ended.stdout.is_empty() && !ended.stderr.contains("canary"), "{}", ended.stderr);
        assert_eq!(home.config(), text);
        assert_eq!(names(home.config_path().parent().unwrap()), ["claude_desktop_config.json"]);
    }
}

#[test]
fn only_what_is_a_token_is_handed_on() {
    for (text, part) in [
        ("", "ZOOM_ACCESS_TOKEN not found"),
        ("ZOOM_ACCESS_TOKEN=garbage\n", "says when it expires"),
        ("ZOOM_ACCESS_TOKEN=eyJhbGci\n", "cut off"),
    ] {
        let home = home("x", CONFIG);
        home.write_env(text);
        update(&home, &[], 1).says(&["no token to pass on", part, "zoomtok get"]);
        assert_eq!(home.config(), CONFIG);
    }
    let home = home(&token(-60, 1), CONFIG);
    update(&home, &[], 0).says(&["warning", "expired at"]);
    assert_ne!(home.config(), CONFIG);
}

#[test]
fn a_server_that_reads_the_env_file_needs_nothing() {
    let text = r#"{"mcpServers": {"zoom": {"command": "/opt/zoomtok", "args": ["mcp"]}}}"#;
    let home = home(&token(3000, 1), text);
    assert!(update(&home, &[], 0).quietly().stdout.contains("reads .env itself"));
    assert_eq!(home.config(), text);
}

#[cfg(unix)]
#[test]
fn links_and_modes_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let home = home(&token(3000, 1), CONFIG);
    let (path, real) = (home.config_path(), home.work().join("dotfiles.json"));
    fs::rename(&path, &real).unwrap();
    home.is_for_secrets(&real);
    symlink("../dotfiles.json", &path).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    update(&home, &[], 0).quietly();
    assert_eq!(fs::read_link(&path).unwrap(), Path::new("../dotfiles.json"));
    assert_eq!(mode(&real), 0o640);
    assert_ne!(fs::read_to_string(&real).unwrap(), CONFIG);
    assert_eq!(mode(&home.work().join("dotfiles.json.zoomtok.bak")), 0o600);
}

#[test]
fn ten_at_once_all_succeed_and_the_last_one_wins() {
    let home = home(&token(3000, 0), CONFIG);
    let tokens: Vec<String> = (0..10).map(|id| token(3000, id)).collect();
    for (id, token) in tokens.iter().enumerate() {
        fs::write(home.work().join(format!("{id}.env")), format!("ZOOM_ACCESS_TOKEN={token}\n")).unwrap();
    }
    for _ in 0..5 {
        let all: Vec<Running> =
            (0..10).map(|id| home.start(["update-claude", "--env-file", &format!("{id}.env")])).collect();
        for one in all {
            one.end().expect(0).quietly();
        }
        let text = home.config();
        let possible = tokens.iter().any(|token| text == CONFIG.replace("PUT-YOUR-TOKEN-HERE-PLEASE", token));
        assert!(possible, "{text}");
    }
    let all = ["claude_desktop_config.json", "claude_desktop_config.json.zoomtok.bak"];
    assert_eq!(names(home.config_path().parent().unwrap()), all);
    let backup = home.config_path().with_file_name(all[1]);
    assert_eq!(fs::read_to_string(backup).unwrap(), CONFIG);
}

/// Another program that writes the file all the time, as an editor does: by rename, from what it has read.
///
/// Between the last look at the file and the rename there are some microseconds in which nothing on any system keeps
/// others from writing it. Without that look it would be the time of an fsync, and nearly every update would cost a
/// version of the other program's.
// On Windows the other program's rename fails while zoomtok has the file open, which is another story.
#[cfg(unix)]
#[test]
fn another_writer_hardly_ever_loses_a_version() {
    use std::sync::atomic::{AtomicBool, Ordering};
    const UPDATES: u32 = 40;
    let home = home(&token(3000, 0), CONFIG);
    let (path, stop) = (home.config_path(), AtomicBool::new(false));
    let (mut updated, mut lost) = (0, 0);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let aside = path.with_file_name("aside");
            let (mut version, mut lost) = (0, 0);
            while !stop.load(Ordering::Relaxed) {
                let text = fs::read_to_string(&path).unwrap();
                let mine = format!("// version {version}\n");
                if version > 0 && !text.starts_with(&mine) {
                    lost += 1;
                }
                let rest = text.split_once('{').unwrap().1;
                version += 1;
                fs::write(&aside, format!("// version {version}\n{{{rest}")).unwrap();
                fs::rename(&aside, &path).unwrap();
                std::thread::sleep(Duration::from_millis(3));
            }
            lost
        });
        for id in 0..UPDATES {
            home.write_env(&format!("ZOOM_ACCESS_TOKEN={}\n", token(3000, id)));
            match home.run(["update-claude", "-q"]).code {
                Some(0) => updated += 1,
                // It did not stop changing.
                code => assert_eq!(code, Some(6)),
            }
        }
        stop.store(true, Ordering::Relaxed);
        lost = writer.join().unwrap();
    });
    assert!(lost <= UPDATES / 5, "{lost} versions were lost in {updated} updates");
    let text = home.config();
    assert!(text.contains("the servers") && text.contains("123456789012345678901234"), "{text}");
    update(&home, &[], 0);
}
