//! Checks of the effect of a line of a page on the project of its reader.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::pages::reader::Reader;
use crate::support::Ended;
use crate::support::pages::read;

pub(super) fn fetches_as_shown(page: &str, reader: &Reader, ended: &Ended) {
    let page = read(page);
    let shown: Vec<&str> = page
        .lines()
        .skip_while(|line| line.trim() != "$ zoomtok get")
        .skip(1)
        .take(2)
        .map(str::trim)
        .collect();
    let said = ended.stdout.replace(reader.home().to_str().unwrap(), "/home/you");
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said[0], shown[0]);
    let shape = |line: &str| -> String {
        let words = line.split(' ').map(|word| if word.contains("...") { "TOKEN" } else { word });
        let words: Vec<&str> = words.collect();
        words.join(" ").chars().filter(|c| !c.is_ascii_digit()).collect()
    };
    assert_eq!(shape(said[1]), shape(shown[1]));
}

/// A shell ends with its line, so that the line is said again before what uses it.
pub(super) fn is_in_the_shell(reader: &Reader, _: &Ended) {
    reader.bash(&reader.project(), "eval \"$(zoomtok get --export)\"\n./my-script").expect(0);
    assert_eq!(reader.ran(), "with a token\n");
}

/// Cron is quiet, and gets a new token where the old one ends too soon, and no other.
pub(super) fn is_fresh(reader: &Reader, ended: &Ended) {
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""));
    assert_eq!(reader.sandbox.token_requests().len(), 1);
    let text = fs::read_to_string(reader.project().join(".env")).unwrap();
    let token = text.lines().find_map(|line| line.strip_prefix("ZOOM_ACCESS_TOKEN=")).unwrap();
    assert!(reader.sandbox.accepts(token.trim_matches('"')));
}

pub(super) fn is_installed(reader: &Reader, _: &Ended) {
    let directory =
        if cfg!(target_os = "macos") { "Library/Application Support/Claude" } else { ".config/Claude" };
    let path = reader.home().join(directory).join("claude_desktop_config.json");
    let config: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(Path::new(config["mcpServers"]["zoom"]["command"].as_str().unwrap()).is_absolute());
}

/// The token is in the file that was named for it, and the credentials are not.
pub(super) fn finds_the_token_elsewhere(reader: &Reader, _: &Ended) {
    let text = fs::read_to_string(reader.home().join(".config/zoomtok/.env")).unwrap();
    assert!(text.contains("ZOOM_ACCESS_TOKEN=") && !text.contains("ZOOM_CLIENT_SECRET"), "{text}");
}

/// The text of a profile, where the page has it.
pub(super) fn of_profile(reader: &Reader, name: &str) -> String {
    fs::read_to_string(reader.home().join(format!(".config/zoomtok/profiles/{name}.env"))).unwrap()
}

pub(super) fn has_become_a_profile(reader: &Reader, _: &Ended) {
    assert!(!reader.project().join(".env").exists());
    assert!(of_profile(reader, "home").contains("ZOOM_CLIENT_ID="));
}

pub(super) fn claude_can_start_it(reader: &Reader, _: &Ended) {
    let arguments = fs::read_to_string(reader.project().join("claude")).unwrap();
    let command: Vec<&str> = arguments.lines().skip_while(|argument| *argument != "--").skip(1).collect();
    assert!(Path::new(command[0]).exists() && Path::new(command[3]).exists(), "{command:?}");
    // It is asked for nothing, and ends.
    let words = shell_words::join(command);
    assert_eq!(reader.shell("/bin/sh", Path::new("/"), "/usr/bin:/bin", &words).code, Some(0));
}

pub(super) fn scripts_are_there(reader: &Reader, _: &Ended) {
    let scripts = reader.home().join("zoommcp/scripts");
    assert_eq!(fs::read_dir(&scripts).unwrap().count(), 4);
    let mode = fs::metadata(scripts.join("get_zoom_token.sh")).unwrap().permissions().mode();
    assert_ne!(mode & 0o100, 0);
}
