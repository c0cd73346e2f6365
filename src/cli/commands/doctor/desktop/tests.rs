use std::io;

use super::super::finding::tests::{hold, text};
use super::*;
use crate::error::Code;

fn configured(reads_env: bool) -> Configured {
    Configured {
        place: "mcpServers.zoom".into(),
        command: Some("node --canary".into()),
        shown: "node".into(),
        reads_env,
        ..Configured::default()
    }
}

fn server(reads_env: bool) -> Server {
    Server {
        configured: configured(reads_env),
        program: Some("/bin/node".into()),
        runs: true,
        holds: Some(true),
        other_env: None,
    }
}

fn policy(allows: Result<(usize, usize), Error>) -> Vec<Named> {
    vec![Named { path: "/p.json".into(), allows }]
}

fn with(server: Server) -> Seen {
    Seen { server: Some(Ok(Some(server))), ..well() }
}

/// A server that has the token, and an app that runs.
fn well() -> Seen {
    Seen {
        config: Ok("/c/claude.json".into()),
        named: true,
        server: Some(Ok(Some(server(false)))),
        running: Some(Ok(true)),
        policies: policy(Ok((3, 14))),
    }
}

#[test]
fn what_is_well_is_told() {
    assert_eq!(
        text(&judge(&well())),
        "✅ /c/claude.json has mcpServers.zoom\n\
         ✅ the program of mcpServers.zoom is there: node\n\
         ✅ mcpServers.zoom has the token of .env\n\
         ✅ Claude Desktop runs\n\
         ✅ /p.json is a valid policy: 3 of 14 tools may be called"
    );
}

#[test]
fn what_is_wrong_with_the_configuration_is_told_with_what_to_do() {
    let missing = || Err(Error::ClaudeConfigMissing { looked: vec!["/c/claude.json".into()] });
    let unparseable =
        Error::Unparseable { path: "/c/claude.json".into(), line: Some(2), problem: "not JSON".into() };
    let no_command = Configured { command: None, ..configured(false) };
    for (name, seen, expected, told) in [
        (
            "no Claude",
            Seen { server: Some(missing()), named: false, running: None, ..well() },
            Code::Done,
            &["✅ Claude Desktop is not set up here"][..],
        ),
        (
            "named and missing",
            Seen { server: Some(missing()), ..well() },
            Code::Configuration,
            &["❌", "👉 Claude Desktop makes it"],
        ),
        (
            "broken",
            Seen { server: Some(Err(unparseable)), ..well() },
            Code::Configuration,
            &["line 2", "👉 Mend it"],
        ),
        (
            "no server",
            Seen { server: Some(Ok(None)), ..well() },
            Code::Done,
            &["no server of the name", "👉 zoomtok mcp --install"],
        ),
        (
            "no command",
            with(Server { configured: no_command, program: None, runs: false, ..server(false) }),
            Code::Done,
            &["since it has no command"],
        ),
        (
            "no program",
            with(Server { program: None, runs: false, ..server(false) }),
            Code::Done,
            &["is not found: node", "👉 Correct"],
        ),
        (
            "no executable",
            with(Server { runs: false, ..server(false) }),
            Code::Done,
            &["cannot be executed: node"],
        ),
        (
            "old token",
            with(Server { holds: Some(false), ..server(false) }),
            Code::Done,
            &["has another token", "👉 Run zoomtok update-claude"],
        ),
        (
            "reads .env",
            with(Server { holds: Some(false), ..server(true) }),
            Code::Done,
            &["reads .env by itself and needs no token"],
        ),
        (
            "reads another",
            with(Server { other_env: Some("/y/.env".into()), ..server(true) }),
            Code::Done,
            &["⚠️  mcpServers.zoom reads another .env than this: /y/.env"],
        ),
    ] {
        hold(name, &judge(&seen), expected, told);
    }
}

#[test]
fn what_is_wrong_with_the_app_or_a_policy_is_told_with_what_to_do() {
    let unreadable =
        Error::Unreadable { path: "/p.json".into(), source: io::Error::from(io::ErrorKind::NotFound) };
    let setting = || Error::Setting {
        name: "CLAUDE_APP_NAME".into(),
        place: "as it is set".into(),
        problem: "is no name".into(),
    };
    for (name, seen, expected, told) in [
        (
            "not running",
            Seen { running: Some(Ok(false)), ..well() },
            Code::Done,
            &["✅ Claude Desktop does not run"][..],
        ),
        ("wrong app", Seen { running: Some(Err(setting())), ..well() }, Code::Usage, &["❌ CLAUDE_APP_NAME"]),
        (
            "no policy",
            Seen { policies: policy(Err(unreadable)), ..well() },
            Code::Configuration,
            &["❌ cannot read /p.json", "👉 See to ZOOM_POLICY_FILE"],
        ),
        (
            "nowhere",
            Seen {
                config: Err(Error::ClaudeConfigMissing { looked: vec![] }),
                named: false,
                server: None,
                ..well()
            },
            Code::Done,
            &[],
        ),
    ] {
        hold(name, &judge(&seen), expected, told);
    }
}

#[test]
fn a_server_that_reads_env_is_not_asked_for_a_token() {
    assert!(!text(&judge(&with(Server { holds: Some(false), ..server(true) }))).contains("another token"));
}
