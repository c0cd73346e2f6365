//! Clients whose configurations are not edited, since they are YAML or no file: an entry to paste.

use super::change::Entry;

/// Such a client.
#[derive(Debug)]
pub(crate) struct Printed {
    /// Its name on the command line.
    pub(crate) id: &'static str,
    /// Its name.
    pub(crate) title: &'static str,
    /// Where the entry is to be pasted.
    pub(crate) place: &'static str,
    /// The entry under this name, as its configuration has it.
    pub(crate) entry: fn(&str, &Entry) -> String,
    /// How it notices a change, as a sentence without its full stop.
    pub(crate) picks_up: &'static str,
    /// When this row was last compared with its source: year and month.
    pub(crate) verified: &'static str,
    /// Where it says so.
    pub(crate) source: &'static str,
}

/// All of them.
pub(crate) static PRINTED: &[Printed] = &[
    Printed {
        id: "goose",
        title: "Goose",
        place: "~/.config/goose/config.yaml (on Windows %APPDATA%\\Block\\goose\\config\\config.yaml)",
        entry: goose,
        picks_up: "Start a new session of Goose",
        verified: "2026-11",
        source: "https://github.com/nuoframework/darktrace-mcp/blob/main/docs/en/clients.md",
    },
    Printed {
        id: "continue",
        title: "Continue",
        place: "~/.continue/config.yaml",
        entry: continue_,
        picks_up: "Save the file",
        verified: "2026-11",
        source: "https://github.com/nuoframework/darktrace-mcp/blob/main/docs/en/clients.md",
    },
    Printed {
        id: "jetbrains",
        title: "JetBrains AI Assistant",
        place: "Settings, Tools, AI Assistant, Model Context Protocol: Add, As JSON",
        entry: json,
        picks_up: "Press Apply",
        verified: "2026-11",
        source: "https://github.com/nuoframework/darktrace-mcp/blob/main/docs/en/clients.md",
    },
];

/// A string of JSON is one of YAML too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The arguments and the variables of an entry, below names with so many blanks before them.
fn rest(entry: &Entry, blanks: &str, env: &str) -> String {
    let args = entry.args.iter().map(|arg| format!("{blanks}  - {}\n", quoted(arg)));
    let title = (!entry.env.is_empty()).then(|| format!("{blanks}{env}:\n"));
    let env = entry.env.iter().map(|(name, value)| format!("{blanks}  {name}: {}\n", quoted(value)));
    std::iter::once(format!("{blanks}args:\n")).chain(args).chain(title).chain(env).collect()
}

fn goose(name: &str, entry: &Entry) -> String {
    let command = quoted(&entry.command);
    let name = quoted(name);
    let rest = rest(entry, "    ", "envs");
    format!(
        "extensions:\n  {name}:\n    name: {name}\n    type: stdio\n    enabled: true\n    timeout: 300\n    cmd: {command}\n{rest}"
    )
}

fn continue_(name: &str, entry: &Entry) -> String {
    let rest = rest(entry, "    ", "env");
    format!("mcpServers:\n  - name: {}\n    command: {}\n{rest}", quoted(name), quoted(&entry.command))
}

fn json(name: &str, entry: &Entry) -> String {
    let mut server = serde_json::json!({"command": entry.command, "args": entry.args});
    if !entry.env.is_empty() {
        server["env"] = serde_json::json!(entry.env);
    }
    format!("{:#}", serde_json::json!({"mcpServers": {name: server}}))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn an_entry_is_printed_as_its_client_reads_it() {
        let entry = Entry {
            command: r"C:\bin\zoomtok.exe".into(),
            args: vec!["mcp".into(), "--policy".into(), "a: b".into()],
            env: BTreeMap::from([("HTTPS_PROXY".into(), "http://p:1".into())]),
        };
        let printed = |id: &str| (PRINTED.iter().find(|row| row.id == id).unwrap().entry)("zoom", &entry);
        assert_eq!(
            printed("goose"),
            "extensions:\n  \"zoom\":\n    name: \"zoom\"\n    type: stdio\n    enabled: true\n    timeout: 300\n    \
             cmd: \"C:\\\\bin\\\\zoomtok.exe\"\n    args:\n      - \"mcp\"\n      - \"--policy\"\n      - \"a: b\"\n    \
             envs:\n      HTTPS_PROXY: \"http://p:1\"\n"
        );
        assert_eq!(
            printed("continue"),
            "mcpServers:\n  - name: \"zoom\"\n    command: \"C:\\\\bin\\\\zoomtok.exe\"\n    args:\n      - \"mcp\"\n      \
             - \"--policy\"\n      - \"a: b\"\n    env:\n      HTTPS_PROXY: \"http://p:1\"\n"
        );
        let json: serde_json::Value = serde_json::from_str(&printed("jetbrains")).unwrap();
        let server = &json["mcpServers"]["zoom"];
        assert_eq!(server["command"], entry.command);
        assert_eq!(server["args"], serde_json::json!(entry.args));
        assert_eq!(server["env"], serde_json::json!(entry.env));
    }
}
