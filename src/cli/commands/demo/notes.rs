//! A made-up MCP server for the demo: notes that can be read, published and deleted.

use std::io::{BufRead as _, Write as _, stdin, stdout};

use serde_json::{Value, json};

use crate::token::{Token, mask};

/// Serves until its input ends.
pub(super) fn serve() {
    let mut out = stdout().lock();
    for line in stdin().lock().lines().map_while(Result::ok) {
        let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
        let Some(answer) = answer(&message) else { continue };
        // Whoever has asked may have gone.
        let _ = writeln!(out, "{answer}").and_then(|()| out.flush());
    }
}

fn answer(message: &Value) -> Option<Value> {
    let id = message.get("id")?;
    let result = match message["method"].as_str()? {
        "initialize" => json!({
            "protocolVersion": message["params"]["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "notes", "version": "1"},
        }),
        "tools/list" => json!({"tools": [
            tool("read_notes", "Reads the notes", true),
            tool("publish_notes", "Puts the notes on the web", false),
            tool("delete_all_notes", "Deletes all notes; this cannot be undone", false),
        ]}),
        "tools/call" => text(&called(message["params"]["name"].as_str()?)),
        _ => json!({}),
    };
    Some(json!({"jsonrpc": "2.0", "id": id, "result": result}))
}

fn tool(name: &str, description: &str, read_only: bool) -> Value {
    let hints = json!({"readOnlyHint": read_only, "destructiveHint": !read_only});
    json!({"name": name, "description": description, "inputSchema": {"type": "object"}, "annotations": hints})
}

fn text(text: &str) -> Value {
    json!({"content": [{"type": "text", "text": text}]})
}

fn called(tool: &str) -> String {
    match tool {
        "read_notes" => {
            let token = std::env::var("ZOOM_ACCESS_TOKEN").ok().and_then(|token| Token::new(token).ok());
            let token = token.map_or_else(|| "no token".into(), |token| mask(token.expose()));
            format!("2 notes, read with {token}")
        }
        "delete_all_notes" => "2 notes are deleted".into(),
        _ => "the notes are on the web".into(),
    }
}
