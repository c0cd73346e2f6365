//! `zoomtok mcp` and clients of others, where they are installed: the MCP SDK for Python, and the MCP Inspector.

use std::env;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::mcp_session::{home, sandbox};
use crate::support::processes::{note, works};
use crate::support::{Home, ended};

/// The Python whose `mcp` is meant, or the first one that has it. One that was named has to have it.
fn python() -> Option<String> {
    if let Ok(named) = env::var("ZOOMTOK_TEST_PYTHON") {
        return Some(named);
    }
    let mut probe = Command::new("python3");
    probe.args(["-c", "from mcp import Client; import jsonschema"]);
    works(probe).then(|| "python3".to_owned())
}

/// The Inspector that is meant, or the first one on the PATH.
fn inspector() -> Option<String> {
    if let Ok(named) = env::var("ZOOMTOK_TEST_INSPECTOR") {
        return Some(named);
    }
    let mut probe = Command::new("mcp-inspector");
    probe.args(["--cli", "--help"]);
    works(probe).then(|| "mcp-inspector".to_owned())
}

/// Runs a foreign program as one of ours would run, but where the system finds its own.
fn run(home: &Home, program: &str, arguments: &[&str]) -> Output {
    let ours = home.command([""; 0]);
    let mut command = Command::new(program);
    command.args(arguments).current_dir(home.work()).env_clear();
    command.envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env("PATH", env::var_os("PATH").unwrap_or_default()).env("NO_COLOR", "1");
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

#[test]
fn the_sdk_for_python_finds_everything_as_it_must_be() {
    let Some(python) = python() else {
        return note("skipped: no python3 with mcp and jsonschema; ZOOMTOK_TEST_PYTHON may name one");
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/mcp_sdk.py");
    let sandbox = sandbox();
    for mode in ["legacy", "auto"] {
        let output = run(&home(&sandbox, 3600), &python, &[script, mode, env!("CARGO_BIN_EXE_zoomtok")]);
        let told = ended(output).expect(0).stdout;
        assert!(told.contains("ada@example.com") && told.contains("[POLICY DENIED]"), "{told}");
    }
}

#[test]
fn the_inspector_lists_and_calls() {
    let Some(inspector) = inspector() else {
        return note("skipped: no mcp-inspector; ZOOMTOK_TEST_INSPECTOR may name one");
    };
    let sandbox = sandbox();
    let inspect = |arguments: &[&str]| -> Value {
        let program = ["--cli", env!("CARGO_BIN_EXE_zoomtok"), "mcp", "--method"];
        let printed =
            ended(run(&home(&sandbox, 3600), &inspector, &[&program, arguments].concat())).expect(0).stdout;
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    };
    let listed = inspect(&["tools/list"]);
    assert_eq!(listed["tools"].as_array().unwrap().len(), 14);
    let user = inspect(&["tools/call", "--tool-name", "get_user", "--tool-arg", "user_id=me"]);
    assert_eq!(user["structuredContent"]["email"], "ada@example.com", "{user}");
    let nobody = inspect(&["tools/call", "--tool-name", "get_user", "--tool-arg", "user_id=nobody"]);
    assert_eq!(nobody["isError"], true, "{nobody}");
}
