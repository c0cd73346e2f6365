//! A home of tokens is changed only by the holder of its turn. The types enforce that within a room; this test checks
//! that nobody goes around them, by a file of their own.

use std::collections::BTreeSet;
use std::fs;

use crate::support::pages::root;
use crate::support::rows::tree;

/// The sources outside of tests that hold one of these words, by their paths below `src`.
fn users(words: &[&str]) -> BTreeSet<String> {
    let mut users = BTreeSet::new();
    let sources = root().join("src");
    for path in tree(&sources).into_iter().filter(|path| path.is_file()) {
        let name = path.strip_prefix(&sources).unwrap().to_str().unwrap().replace('\\', "/");
        if name.split('/').any(|part| part.trim_end_matches(".rs") == "tests") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        let code = code.split("\n#[cfg(all(test").next().unwrap();
        let is_used =
            |line: &str| !line.trim_start().starts_with("//") && words.iter().any(|word| line.contains(word));
        if code.lines().any(is_used) {
            users.insert(name);
        }
    }
    users
}

#[track_caller]
fn only(words: &[&str], allowed: &[&str]) {
    let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(users(words), allowed, "{words:?}");
}

#[test]
fn only_a_turn_writes_a_state_directory() {
    // The end of a `.env` comes under its lock as well.
    only(&[".for_turn("], &["store/env/turn.rs", "store/env/removal.rs"]);
}

#[test]
fn files_are_replaced_and_written_in_place_by_those_who_may() {
    only(
        &["Reservation::new(", "Reservation::in_directory("],
        &[
            "store/env/turn.rs",
            // For those who may write JSON: see below.
            "files/json.rs",
            "clients/file/write.rs",
            // No tokens: the file of a service.
            "service/install.rs",
            // The first `.env` of a scene that is made up, before anybody knows of it.
            "cli/commands/demo/stage.rs",
            "cli/commands/demo/watched.rs",
            "cli/commands/demo/gateway.rs",
        ],
    );
    only(
        &["write_json("],
        &[
            // By way of a turn.
            "store/state/file.rs",
            // Servers of clients as they were before a gateway was put before them, under a lock of their own.
            "clients/kept.rs",
            // No tokens: what a gateway keeps, each under its own lock.
            "mcp/gateway/approvals/directory.rs",
            "mcp/gateway/document.rs",
            "mcp/gateway/restarts.rs",
        ],
    );
    only(&["in_place::"], &["files/lock.rs", "store/env/rewrite.rs"]);
    only(&["Rewrite::new("], &["store/env/turn.rs"]);
}

#[test]
fn settings_are_made_in_one_place() {
    only(&["Settings::new("], &["keeper.rs", "settings/fleet.rs"]);
}
