//! The list of tools for clients, and the results of their calls.

mod arguments;
mod calls;
mod portable;
mod recordings;
mod spellings;
mod zoom;

use std::fs;
use std::path::Path;

use serde_json::json;

use super::*;

/// The list as clients see it is a face of the program: a change of it is looked at before it is kept.
#[test]
#[expect(clippy::disallowed_methods, reason = "a snapshot is renewed here, on demand")]
fn the_list_of_tools_is_the_one_that_was_looked_at() {
    let shown: Vec<Value> = all()
        .iter()
        .map(|tool| {
            let Hints { read_only, destructive, idempotent, open_world } = tool.hints;
            json!({
                "name": tool.name,
                "title": tool.title,
                "description": tool.description,
                "hints": {
                    "readOnly": read_only,
                    "destructive": destructive,
                    "idempotent": idempotent,
                    "openWorld": open_world,
                },
                "input": *tool.input,
                "output": tool.output.as_deref(),
                "long": tool.long,
            })
        })
        .collect();
    let shown = serde_json::to_string_pretty(&shown).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/mcp/zoom/tools/tests/tools.json");
    if std::env::var_os("RENEW").is_some() {
        fs::write(&path, &shown).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let how = "the tools differ from tools.json; to keep them as they are now: RENEW=1 cargo test --lib the_list_of_tools";
    assert!(kept == shown, "{how}");
}

/// The tools that may remove or overwrite something.
const DESTRUCTIVE: [&str; 5] = [
    "update_meeting",
    "delete_meeting",
    "end_meeting",
    "update_registrant_status",
    "delete_meeting_recordings",
];

#[test]
fn every_tool_says_what_a_client_has_to_know() {
    let tools = all();
    for tool in &tools {
        let name = tool.name;
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert_eq!(tools.iter().filter(|other| other.name == name).count(), 1, "{name} is there once");
        assert!(!tool.title.is_empty() && tool.title.len() < 40, "{name}");
        let sentences = tool.description.matches(". ").count() + 1;
        assert!(
            tool.description.ends_with('.') && (1..=4).contains(&sentences),
            "{name}: {}",
            tool.description
        );
        assert!(!tool.description.contains("  "), "{name}: a line break of the source is seen");
        assert!(!(tool.hints.read_only && tool.hints.destructive), "{name}");
        assert_eq!(tool.hints.destructive, DESTRUCTIVE.contains(&name), "{name}");
    }
}
