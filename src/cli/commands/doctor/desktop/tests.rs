use std::io;

use super::super::finding::tests::{hold, text};
use super::*;
use crate::clients::{CLAUDE_DESKTOP, Lack};
use crate::error::{Code, Error};

fn configured(reads_env: bool) -> Configured {
    Configured {
        place: "mcpServers.zoom".into(),
        command: "node --canary".into(),
        shown: "node".into(),
        own: reads_env.then(Served::default),
        ..Configured::default()
    }
}

fn server(reads_env: bool) -> Server {
    Server {
        configured: configured(reads_env),
        program: Some("/bin/node".into()),
        runs: true,
        holds: Some(true),
        differs: Differs::default(),
    }
}

fn no_server(place: String, lack: Lack) -> ClientError {
    ClientError::NoServer {
        path: "/c/claude.json".into(),
        place,
        lack: Box::new(lack),
        names_server: "CLAUDE_MCP_SERVER_NAME",
    }
}

fn missing_at(looked_for: Vec<PathBuf>) -> ClientError {
    ClientError::Missing { client: "Claude", looked_for, hint: CLAUDE_DESKTOP.if_missing }
}

fn contents(server: Result<Configured, ClientError>) -> Contents {
    Contents { server, halves: Vec::new(), beyond_json: None, writable: Ok(()) }
}

fn policy(allows: Result<(usize, usize), PolicyError>) -> Vec<Named> {
    vec![Named { path: "/p.json".into(), allows }]
}

fn with(server: Server) -> Seen {
    Seen { contents: Some(Ok(contents(Ok(server.configured.clone())))), server: Some(server), ..well() }
}

fn with_contents(contents: Result<Contents, ClientError>) -> Seen {
    let server = contents.as_ref().is_ok_and(|contents| contents.server.is_ok()).then(|| server(false));
    Seen { contents: Some(contents), server, ..well() }
}

/// A server that has the token, and an app that runs.
fn well() -> Seen {
    Seen {
        config: Ok("/c/claude.json".into()),
        named: true,
        contents: Some(Ok(contents(Ok(configured(false))))),
        server: Some(server(false)),
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
    let missing = || Err(missing_at(vec!["/c/claude.json".into()]));
    let unparseable =
        ClientError::Unparseable { path: "/c/claude.json".into(), line: Some(2), problem: "not JSON".into() };
    let lacks = |lack| {
        let place = "mcpServers.zoom".into();
        Ok(contents(Err(no_server(place, lack))))
    };
    let well_and = || contents(Ok(configured(false)));
    for (name, seen, expected, told) in [
        (
            "no Claude",
            Seen { named: false, running: None, ..with_contents(missing()) },
            Code::Done,
            &["✅ Claude Desktop is not set up here"][..],
        ),
        (
            "named and missing",
            with_contents(missing()),
            Code::Configuration,
            &["❌", "👉 Claude Desktop creates it"],
        ),
        ("broken", with_contents(Err(unparseable)), Code::Configuration, &["line 2", "👉 Fix it"]),
        (
            "no server",
            with_contents(lacks(Lack::OfThatName { near: None, others: vec!["files".into()] })),
            Code::Done,
            &[
                "⚠️  /c/claude.json: there is no mcpServers.zoom",
                "the servers are files",
                "zoomtok mcp --install",
            ],
        ),
        (
            "near one",
            with_contents(lacks(Lack::OfThatName { near: Some("Zoom".into()), others: vec!["Zoom".into()] })),
            Code::Done,
            &["👉 If you mean Zoom, name it with CLAUDE_MCP_SERVER_NAME"],
        ),
        (
            "no command",
            with_contents(Ok(Contents {
                halves: vec!["mcpServers.zoom".into()],
                ..lacks(Lack::WithoutCommand).unwrap()
            })),
            Code::Done,
            &["mcpServers.zoom has no command", "👉 Remove mcpServers.zoom, give it a command"],
        ),
        (
            "other half",
            with_contents(Ok(Contents { halves: vec!["mcpServers.other".into()], ..well_and() })),
            Code::Done,
            &["⚠️  mcpServers.other in /c/claude.json has no command", "👉 Remove it", "has the token"],
        ),
        (
            "remote",
            with_contents(lacks(Lack::Remote)),
            Code::Done,
            &["mcpServers.zoom is reached by a URL", "👉 Name another server"],
        ),
        (
            "byte-order mark",
            with_contents(Ok(Contents {
                beyond_json: Some("begins with a byte-order mark".into()),
                ..well_and()
            })),
            Code::Done,
            &[
                "⚠️  /c/claude.json begins with a byte-order mark; Claude reads",
                "👉 Take that out before Claude",
            ],
        ),
    ] {
        hold(name, &judge(&seen), expected, told);
    }
}

#[test]
fn what_is_wrong_with_the_server_is_told_with_what_to_do() {
    for (name, seen, expected, told) in [
        (
            "no program",
            with(Server { program: None, runs: false, ..server(false) }),
            Code::Done,
            &["is not found: node", "👉 Correct"][..],
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
            with(Server {
                differs: Differs { env_file: Some("/y/.env".into()), ..Differs::default() },
                ..server(true)
            }),
            Code::Done,
            &["⚠️  mcpServers.zoom reads another .env than this: /y/.env", "--install --env-file PATH"],
        ),
        (
            "keeps its state elsewhere",
            with(Server {
                differs: Differs { state: Some(("/a".into(), "/b".into())), ..Differs::default() },
                ..server(true)
            }),
            Code::Done,
            &[
                "⚠️  mcpServers.zoom keeps its state in /a, and zoomtok here in /b",
                "👉 Set XDG_STATE_HOME alike",
            ],
        ),
        (
            "goes another way",
            with(Server {
                differs: Differs { variables: vec!["HTTPS_PROXY".into()], ..Differs::default() },
                ..server(true)
            }),
            Code::Done,
            &["⚠️  mcpServers.zoom does not have HTTPS_PROXY", "👉 zoomtok mcp --install writes"],
        ),
    ] {
        hold(name, &judge(&seen), expected, told);
    }
}

#[test]
fn what_cannot_be_done_is_not_advised() {
    let read_only = || {
        let source = io::Error::from(io::ErrorKind::PermissionDenied);
        Error::Store { action: "replace", path: "/c/claude.json".into(), source }
    };
    let old = || Server { holds: Some(false), ..server(false) };
    let seen = |server: Server| {
        let contents =
            Contents { writable: Err(read_only().into()), ..contents(Ok(server.configured.clone())) };
        Seen { contents: Some(Ok(contents)), ..with(server) }
    };
    let told = text(&judge(&seen(old())));
    let expected = "👉 Check the permissions and the free space of /c, since for now: cannot replace /c/claude.json: \
                    permission denied. Then: Run zoomtok update-claude --restart";
    assert!(told.contains(expected), "{told}");
    // Where nothing is to be done it is no matter.
    assert!(!text(&judge(&seen(server(false)))).contains("replace"));
}

#[test]
fn what_is_wrong_with_the_app_or_a_policy_is_told_with_what_to_do() {
    let unreadable =
        PolicyError::Unreadable { path: "/p.json".into(), source: io::Error::from(io::ErrorKind::NotFound) };
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
        (
            "wrong app",
            Seen { running: Some(Err(setting().into())), ..well() },
            Code::Usage,
            &["❌ CLAUDE_APP_NAME"],
        ),
        (
            "no policy",
            Seen { policies: policy(Err(unreadable)), ..well() },
            Code::Configuration,
            &["❌ cannot read /p.json", "👉 Check ZOOM_POLICY_FILE"],
        ),
        (
            "nowhere",
            Seen { config: Err(missing_at(vec![])), named: false, contents: None, server: None, ..well() },
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
