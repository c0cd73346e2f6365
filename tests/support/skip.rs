//! The only way for a test to do nothing. The unit tests share it.

use std::env;
use std::io::{self, Write as _};
use std::thread;

/// The needs, separated by commas, without which a test fails instead of doing nothing: their names, or `all` for every one;
/// `-name` exempts one of them.
const VARIABLE: &str = "ZOOMTOK_TESTS_REQUIRE";

/// The names of all needs.
pub(crate) const NAMES: [&str; 24] = [
    "c-compiler",
    "core-dumps",
    "curl",
    "docker",
    "fish",
    "immutable-files",
    "mcp-conformance",
    "mcp-inspector",
    "mcp-sdk",
    "mcp-sdk-node",
    "mcp-servers-node",
    "mcp-servers-python",
    "mcpb",
    "mounts",
    "node-dotenv",
    "openssl",
    "python-dotenv",
    "redis",
    "release-tools",
    "root",
    "strace",
    "systemd",
    "tmux",
    "zsh",
];

/// Whether a need has to be met.
fn is_required(required: &str, need: &str) -> bool {
    let words = || required.split(',').map(str::trim).filter(|word| !word.is_empty());
    for word in words() {
        let name = word.strip_prefix('-').unwrap_or(word);
        assert!(name == "all" || NAMES.contains(&name), "{VARIABLE}: there is no need called {name}");
    }
    let is_exempt = words().any(|word| word.strip_prefix('-') == Some(need));
    !is_exempt && words().any(|word| word == "all" || word == need)
}

/// Reports that the running test does nothing for lack of something, or fails where that is required.
pub(crate) fn skip(need: &str, lacking: &str) {
    assert!(NAMES.contains(&need), "{need} is not in the list of needs");
    let required = env::var(VARIABLE).unwrap_or_default();
    assert!(!is_required(&required, need), "{lacking}, and {VARIABLE}={required} requires {need}");
    let test = thread::current().name().unwrap_or_default().to_owned();
    // Unlike what is printed, this is shown also when the test succeeds.
    let _ = writeln!(io::stderr(), "skipped: {test}: {lacking}");
}

#[test]
fn a_need_is_required_by_its_name_or_with_all() {
    for (required, strace, root) in [
        ("", false, false),
        ("all", true, true),
        ("strace", true, false),
        ("docker, strace", true, false),
        ("all,-root", true, false),
        ("-root,all", true, false),
        ("root,-root", false, false),
    ] {
        let found = [is_required(required, "strace"), is_required(required, "root")];
        assert_eq!(found, [strace, root], "{required}");
    }
    std::panic::catch_unwind(|| is_required("all,starce", "root")).unwrap_err();
}
