//! `zoomtok grant`: who may connect to a gateway.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::Home;

fn file(home: &Home) -> PathBuf {
    home.state().with_file_name("config").join("zoomtok").join("grants.json")
}

fn add(home: &Home, name: &str) -> String {
    let stdout = home.run(["-q", "grant", "add", name]).expect(0).quietly().stdout;
    stdout.trim_end().to_owned()
}

fn listed(home: &Home) -> Vec<Value> {
    let stdout = home.run(["grant", "list", "--json"]).expect(0).quietly().stdout;
    let listed: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(listed["version"], 1);
    listed["grants"].as_array().unwrap().clone()
}

#[test]
fn a_token_is_shown_once_and_only_its_digest_is_kept() {
    let home = Home::empty();
    let ended =
        home.run(["grant", "add", "ci"]).expect(0).says(&["The bearer token of ci is shown only now"]);
    let token = ended.stdout.strip_suffix('\n').unwrap();
    assert!(token.starts_with("ztg_") && token.len() == 47 && !token.contains('\n'), "{token}");
    let kept = fs::read_to_string(file(&home)).unwrap();
    let shown = home.run(["grant", "list", "--json"]).expect(0).stdout
        + &home.run(["grant", "list"]).expect(0).stdout;
    for text in [kept, shown] {
        assert!(!text.contains(&token[4..12]), "{text}");
    }
    assert_ne!(add(&home, "other"), token);
}

#[test]
fn the_list_has_names_times_and_policies_until_they_are_removed() {
    let home = Home::empty();
    assert_eq!(listed(&home), Vec::<Value>::new());
    assert_eq!(
        home.run(["grant", "list"]).expect(0).quietly().stdout,
        "There are no grants; zoomtok grant add NAME adds one\n"
    );
    fs::write(home.work().join("p.json"), "{}").unwrap();
    add(&home, "ci");
    home.run(["grant", "add", "desk", "--policy", "p.json"]).expect(0);
    let grants = listed(&home);
    // On Windows the canonical form of a path is another spelling of it.
    let work = if cfg!(windows) { home.work() } else { fs::canonicalize(home.work()).unwrap() };
    let policy = work.join("p.json");
    assert_eq!((&grants[0]["name"], &grants[0]["policy"]), (&json!("ci"), &json!(null)));
    assert_eq!((&grants[1]["name"], &grants[1]["policy"]), (&json!("desk"), &json!(policy)));
    let created = grants[0]["created"].as_str().unwrap();
    assert!(created.parse::<chrono::DateTime<chrono::Utc>>().is_ok() && created.ends_with('Z'), "{created}");
    let text = home.run(["grant", "list"]).expect(0).quietly().stdout;
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with("ci: added ") && lines[0].ends_with("under the policy of the gateway"),
        "{text}"
    );
    assert!(lines[1].ends_with("p.json"), "{text}");
    home.run(["grant", "remove", "ci"]).expect(0).quietly();
    assert_eq!(listed(&home).len(), 1);
}

#[test]
fn an_impossible_change_is_refused_and_changes_nothing() {
    let home = Home::empty();
    add(&home, "ci");
    let before = fs::read(file(&home)).unwrap();
    for (arguments, code, parts) in [
        (&["add", "ci"][..], 2, &["there is a grant ci already", "zoomtok grant remove ci"][..]),
        (&["add", "../x"], 2, &["NAME (on the command line) must be 1 to 64 letters"]),
        (&["add", ".x"], 2, &["NAME (on the command line) must not begin with a dot"]),
        (&["add", "x", "--policy", "none.json"], 3, &["cannot read none.json"]),
        (&["add", "x", "--policy", "."], 3, &["it is a directory"]),
        (&["remove", "x"], 2, &["there is no grant x", "zoomtok grant list"]),
    ] {
        let ended = home.run([&["grant"], arguments].concat()).expect(code).says(parts);
        assert_eq!(ended.stdout, "", "{arguments:?}");
        assert_eq!(fs::read(file(&home)).unwrap(), before, "{arguments:?}");
    }
}

#[test]
fn a_broken_file_is_reported_and_left_alone() {
    let home = Home::empty();
    add(&home, "ci");
    fs::write(file(&home), "{").unwrap();
    for arguments in [&["grant", "list"][..], &["grant", "add", "x"], &["grant", "remove", "ci"]] {
        home.run(arguments).expect(3).says(&[
            "grants.json",
            "so every grant is refused",
            "zoomtok grant add",
        ]);
    }
    assert_eq!(fs::read(file(&home)).unwrap(), b"{");
}

#[test]
fn none_of_many_grants_added_at_once_is_lost() {
    let home = Home::empty();
    let running: Vec<_> = (0..12).map(|n| home.start(["-q", "grant", "add", &format!("g{n}")])).collect();
    let tokens: BTreeSet<String> = running.into_iter().map(|one| one.end().expect(0).stdout).collect();
    assert_eq!((tokens.len(), listed(&home).len()), (12, 12));
}

#[cfg(target_os = "linux")]
#[test]
fn a_token_that_nobody_could_read_is_taken_back() {
    let home = Home::empty();
    let mut command = home.command(["grant", "add", "ci"]);
    command.stdout(fs::File::options().write(true).open("/dev/full").unwrap());
    assert!(!command.status().unwrap().success());
    assert_eq!(listed(&home), Vec::<Value>::new());
}
