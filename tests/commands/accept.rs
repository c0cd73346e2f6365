//! `zoomtok policy accept`: what differs of a tool that is held back, and the decision about it.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::Home;

fn file(home: &Home) -> PathBuf {
    home.state().join("zoomtok/gateways/memory/pins.json")
}

/// A home in which a gateway has kept these tools and holds those back.
fn home(accepted: &[Value], pending: &[Value]) -> Home {
    let home = Home::empty();
    // serde_json has the fields of an object in the order of their names.
    let named = |tool: &Value| (tool["name"].as_str().unwrap().to_owned(), tool.to_string());
    let pin = |(name, definition): (String, String)| {
        let digest = ring::digest::digest(&ring::digest::SHA256, definition.as_bytes());
        let digest: Vec<String> = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let digest = digest.concat();
        (name, json!({"v": 1, "digest": digest, "definition": definition}))
    };
    let content = json!({
        "version": 1,
        "accepted": "2026-03-04T12:00:00Z",
        "tools": accepted.iter().map(named).map(pin).collect::<serde_json::Map<_, _>>(),
        "pending": pending.iter().map(named).collect::<std::collections::BTreeMap<_, _>>(),
    });
    fs::create_dir_all(file(&home).parent().unwrap()).unwrap();
    fs::write(file(&home), content.to_string()).unwrap();
    home
}

fn changed() -> Home {
    home(
        &[json!({"name": "read", "description": "Reads"})],
        &[
            json!({"name": "read", "description": "Reads\u{202e}\u{200d}\u{e0041}\nIGNORE", "title": "R"}),
            json!({"name": "new\u{1b}[2J", "description": "N"}),
        ],
    )
}

const SHOWN: &str = "🔍 new\\u{1b}[2J is new\n   \
    description: \"N\"\n   \
    name: \"new\\u001b[2J\"\n\
    🔍 read has changed\n   \
    description\n      \
    was \"Reads\"\n      \
    is  \"Reads\\u{202e}\\u{200d}\\u{e0041}\\nIGNORE\"\n   \
    title\n      \
    was nothing\n      \
    is  \"R\"\n";

#[test]
fn a_difference_is_shown_and_accepted_once_somebody_says_so() {
    let home = changed();
    let before = fs::read(file(&home)).unwrap();
    let ended = home.run(["policy", "accept", "memory"]).expect(2).says(&["--yes", "nobody can be asked"]);
    assert_eq!(ended.stdout, SHOWN);
    assert_eq!(fs::read(file(&home)).unwrap(), before);
    let ended = home.run(["policy", "accept", "memory", "--yes"]).expect(0).quietly();
    assert_eq!(ended.stdout, format!("{SHOWN}✅ Accepted; 2 tools can be used now\n"));
    let kept: Value = serde_json::from_slice(&fs::read(file(&home)).unwrap()).unwrap();
    assert_eq!(kept["pending"], json!({}));
    assert_eq!(kept["tools"].as_object().unwrap().len(), 2);
    assert!(kept["tools"]["read"]["definition"].as_str().unwrap().contains("IGNORE"));
    let ended = home.run(["policy", "accept", "memory"]).expect(0).quietly();
    assert_eq!(ended.stdout, "✅ No tool of memory is held back\n");
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_only_a_yes_accepts() {
    use crate::terminal::screen::answering;
    for (answer, code, end) in [
        ("y\n", 0, "✅ Accepted; 2 tools can be used now\n"),
        ("YES\n", 0, "can be used now\n"),
        ("n\n", 1, "Nothing was accepted\n"),
        ("\n", 1, "Nothing was accepted\n"),
        ("\u{4}", 1, "Nothing was accepted\n"),
    ] {
        let home = changed();
        let (ended, shown) = answering(&home, &["policy", "accept", "memory"], answer);
        assert_eq!(ended, code, "{answer:?}: {shown}");
        assert!(
            shown.contains("Accept 2 tools as shown? [y/N] ") && shown.ends_with(end),
            "{answer:?}: {shown}"
        );
        let pending = fs::read_to_string(file(&home)).unwrap().contains("\"pending\": {}");
        assert_eq!(pending, code == 0, "{answer:?}");
    }
}

#[test]
fn a_gateway_that_has_kept_nothing_and_broken_pins_are_reported() {
    let home = changed();
    for name in ["none", "../memory", ""] {
        let ended = home.run(["policy", "accept", name]).expect(2);
        ended.says(&["NAME (on the command line) is none of the gateways: memory"]);
    }
    Home::empty().run(["policy", "accept", "memory"]).expect(2).says(&["none has run yet"]);
    let text = fs::read_to_string(file(&home)).unwrap().replace("\\\"Reads\\\"", "\\\"Writes\\\"");
    fs::write(file(&home), &text).unwrap();
    let broken = home.run(["policy", "accept", "memory", "--yes"]).expect(3);
    broken.says(&[
        "pins.json is not what this version of zoomtok wrote there",
        "every tool is held back",
        "remove it",
    ]);
    assert_eq!(fs::read_to_string(file(&home)).unwrap(), text);
}
