//! `zoomtok mcp` and clients of others, where they are installed: the MCP SDK for Python, and the MCP Inspector.

use std::process::Output;

use serde_json::Value;

use crate::support::mcp_session::all_tools;
use crate::support::needs::{inspector, needs, python_with_mcp};
use crate::support::{Home, ended, sandbox};

/// Runs a foreign program as one of ours would run, but where the system finds its own.
fn run(home: &Home, program: &str, arguments: &[&str]) -> Output {
    let mut command = home.foreign(program, arguments);
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

#[test]
fn the_sdk_for_python_finds_everything_as_it_must_be() {
    needs!(McpSdk);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/mcp_sdk.py");
    let sandbox = sandbox();
    for mode in ["legacy", "auto"] {
        let output = run(
            &Home::with_token(&sandbox, 3600),
            &python_with_mcp(),
            &[script, mode, &all_tools().to_string(), env!("CARGO_BIN_EXE_zoomtok")],
        );
        let stdout = ended(output).expect(0).stdout;
        assert!(stdout.contains("ada@example.com") && stdout.contains("[POLICY DENIED]"), "{stdout}");
    }
}

#[test]
fn the_inspector_lists_and_calls() {
    needs!(McpInspector);
    let sandbox = sandbox();
    let inspect = |arguments: &[&str]| -> Value {
        let program = ["--cli", env!("CARGO_BIN_EXE_zoomtok"), "mcp", "--method"];
        let printed =
            ended(run(&Home::with_token(&sandbox, 3600), &inspector(), &[&program, arguments].concat()))
                .expect(0)
                .stdout;
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
    };
    let listed = inspect(&["tools/list"]);
    assert_eq!(listed["tools"].as_array().unwrap().len(), all_tools());
    let user = inspect(&["tools/call", "--tool-name", "get_user", "--tool-arg", "user_id=me"]);
    assert_eq!(user["structuredContent"]["email"], "ada@example.com", "{user}");
    let nobody = inspect(&["tools/call", "--tool-name", "get_user", "--tool-arg", "user_id=nobody"]);
    assert_eq!(nobody["isError"], true, "{nobody}");
}
