//! A gateway before a server, and taken out again.

use proptest::prelude::*;

use super::*;
use crate::clients::change::Old;
use crate::clients::change::Refused;
use crate::clients::edit::json::tests::configuration as json;
use crate::clients::edit::toml::tests::configuration as toml;
use crate::clients::file::wrap::Unwrapped;
use crate::clients::kept::Original;

/// Takes gateways too.
fn started(args: &[String]) -> Option<Served> {
    let (first, rest) = args.split_first()?;
    let behind = match rest.first().map(String::as_str) {
        Some("--") => Some(Behind::Command(rest[1..].to_vec())),
        Some("--url") => Some(Behind::Address(rest[1].clone())),
        _ => None,
    };
    matches!((first.as_str(), &behind), ("mcp", None) | ("gateway", Some(_)))
        .then(|| Served { behind, ..Served::default() })
}

fn gateway(old: &Old<'_>) -> Entry {
    let behind = match old {
        Old::Command(line) => [&["--".to_owned()], &line[..]].concat(),
        Old::Address(address) => vec!["--url".into(), (*address).to_owned()],
    };
    let args = [vec!["gateway".to_owned()], behind].concat();
    Entry { command: "/bin/zoomtok".into(), args, env: BTreeMap::new() }
}

fn target(id: &str) -> Target {
    let client = client(id).unwrap();
    let (server, key) = ("zoom".into(), "TOKEN".into());
    Target { client, server, key, system: System::Linux, reader: started }
}

/// Wraps, and makes sure that the server is behind a gateway and everything else as it was.
#[track_caller]
fn wrapped(target: &Target, text: &str) -> (String, Original) {
    let Ok(edited) = target.wrapped(text, &gateway) else { panic!("{text}") };
    let new = edited.text.unwrap();
    let piece = target.changed_piece(text, &new).ok().flatten().unwrap();
    let read = target.client.format.read;
    let without = |text: &str| {
        let mut root = read(text).unwrap();
        let servers = root.pointer_mut(&format!("/{}", target.client.shape.root.join("/"))).unwrap();
        servers.as_object_mut().unwrap().remove("zoom").unwrap();
        root
    };
    assert_eq!(without(&new), without(text));
    assert!(target.wrapped(&new, &gateway).ok().unwrap().text.is_none(), "{}", &*new);
    (new.to_string(), piece)
}

#[track_caller]
fn unwrapped(target: &Target, text: &str, kept: Option<&Original>) -> (String, bool) {
    let Ok((edited, exactly)) = target.unwrapped(text, kept) else { panic!("{text}") };
    (edited.text.unwrap().to_string(), exactly)
}

/// Texts with a server, and the clients that have such texts.
const SERVERS: &[(&str, &str)] = &[
    (
        "cursor",
        "{\"mcpServers\": {\"zoom\": {\"command\": \"npx\" /* c */, \"args\": [\"-y\", \"x\"], \"env\": {\"T\": \"c\"}}}}",
    ),
    (
        "cursor",
        "{\r\n\t\"mcpServers\": {\r\n\t\t\"zoom\": {\r\n\t\t\t\"command\": \"npx\", // no args\r\n\t\t},\r\n\t},\r\n}",
    ),
    ("cursor", "{\"mcpServers\":{\"zoom\":{\"url\":\"https://x/mcp\"},\"b\":{}}}"),
    ("vs-code", "{\"servers\": {\n  \"zoom\": {\"type\": \"http\", \"url\": \"https://x/mcp\"} // z\n}}"),
    (
        "opencode",
        "{\"mcp\": {\"zoom\": {\"type\": \"local\", \"command\": [ \"npx\", \"x\" ], \"environment\": {}}}}",
    ),
    ("opencode", "{\"mcp\": {\"zoom\": {\"type\": \"remote\", \"url\": \"https://x/mcp\"}}}"),
    ("codex", "[mcp_servers.zoom] # z\r\ncommand = 'npx' # c\r\n\r\n# d\r\n[tui]\r\n"),
    (
        "codex",
        "[mcp_servers.zoom]\ncommand = 'npx'\nargs = [\n 'x', # x\n]\n[mcp_servers.zoom.env]\nT = 'canary'",
    ),
    ("codex", "[mcp_servers.zoom]\ncommand = 'npx'"),
    ("codex", "[mcp_servers.zoom]\nurl = 'https://x/mcp'\n"),
    ("codex", "mcp_servers = { zoom = { command = 'npx' }, b = {} }"),
];

#[test]
fn every_byte_comes_back() {
    for (id, text) in SERVERS {
        let target = target(id);
        let (new, kept) = wrapped(&target, text);
        let (back, exactly) = unwrapped(&target, &new, Some(&kept));
        assert_eq!((back.as_str(), exactly), (*text, true), "{id}");
        // Not even what was added behind it meanwhile is lost.
        let more = if *id == "codex" { "\n[more]\na = 1\n" } else { "\n// more\n" };
        let (back, exactly) = unwrapped(&target, &format!("{new}{more}"), Some(&kept));
        assert_eq!((back, exactly), (format!("{text}{more}"), true), "{id}");
    }
}

#[test]
fn what_was_changed_since_keeps_its_changes() {
    for (id, text) in SERVERS.iter().filter(|(_, text)| text.contains("npx")) {
        let target = target(id);
        let (new, kept) = wrapped(&target, text);
        let by_hand = new.replace("/bin/zoomtok", "/usr/bin/zoomtok");
        for kept in [Some(&kept), None] {
            let (back, exactly) = unwrapped(&target, &by_hand, kept);
            assert!(!exactly, "{id} {back}");
            let read = |text: &str| target.client.format.servers(text, &target.client.shape);
            let find = |servers: Vec<(String, _)>| servers.into_iter().find(|(name, _)| name == "zoom");
            assert_eq!(find(read(&back).unwrap()), find(read(text).unwrap()), "{id}");
        }
    }
}

#[test]
fn what_could_not_be_taken_back_is_refused() {
    for (id, text, expected) in [
        (
            "cursor",
            r#"{"mcpServers": {"zoom": {"url": "https://x", "headers": {"A": "canary"}}}}"#,
            "more than an address",
        ),
        ("cursor", r#"{"mcpServers": {"zoom": {"url": 1}}}"#, "no text"),
        ("cursor", r#"{"mcpServers": {"zoom": {}}}"#, "no command"),
        ("cursor", r#"{"mcpServers": {"zoom": {"command": "zoomtok", "args": ["mcp"]}}}"#, "own tools"),
        (
            "codex",
            "[mcp_servers.zoom]\nurl = 'https://x'\nbearer_token_env_var = 'T'\n",
            "more than an address",
        ),
    ] {
        match target(id).wrapped(text, &gateway) {
            Err(Refused::Wrapping { problem, .. }) => assert!(problem.contains(expected), "{problem}"),
            _ => panic!("{text}"),
        }
    }
    for text in ["{}", r#"{"mcpServers": {"a": {}}}"#] {
        assert!(matches!(target("cursor").wrapped(text, &gateway), Err(Refused::NoSuchServer(_))));
    }
    // One that was never put there has nothing to be taken back.
    for text in [
        r#"{"mcpServers": {"zoom": {"command": "x"}}}"#,
        r#"{"mcpServers": {"zoom": {"command": "zoomtok", "args": ["gateway", "--url", "zoom"]}}}"#,
    ] {
        assert!(target("cursor").unwrapped(text, None).ok().unwrap().0.text.is_none());
    }
}

#[test]
fn the_original_is_kept_for_its_owner_until_it_is_back() {
    let text = OLD.replace("\"old\"", "\"canary\"");
    let mut place = Place::new(&text);
    place.file.target.reader = started;
    assert!(place.file.preview_wrap(&gateway).unwrap());
    assert_eq!(place.text(), text);
    let kept = place.root.path().join("state/wrapped.json");
    assert!(!kept.exists());
    assert!(place.file.wrap(&gateway, &Shutdown::never()).unwrap());
    assert!(!place.file.wrap(&gateway, &Shutdown::never()).unwrap());
    assert!(fs::read_to_string(&kept).unwrap().contains("canary"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(kept.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(place.file.unwrap_server(&Shutdown::never()).unwrap(), Unwrapped::Exactly);
    assert_eq!(place.text(), text);
    assert!(!fs::read_to_string(&kept).unwrap().contains("canary"));
    assert_eq!(place.file.unwrap_server(&Shutdown::never()).unwrap(), Unwrapped::NotWrapped);
    // The kept server is for this name in this file alone.
    place.file.wrap(&gateway, &Shutdown::never()).unwrap();
    fs::remove_file(&kept).unwrap();
    assert_eq!(place.file.unwrap_server(&Shutdown::never()).unwrap(), Unwrapped::AsFarAsPossible);
    assert_eq!(
        place.text(),
        text.replace("\"x\"", "\"x\", \"args\": []").replace(
            "\"command\": \"x\", \"args\": [], \"env\": {\"TOKEN\": \"canary\"}",
            "\"command\": \"x\", \"env\": {\"TOKEN\": \"canary\"}, \"args\": []",
        )
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_gateway_leaves_no_trace_in_json(text in json(), args in prop::option::of(prop::collection::vec(any::<String>(), 0..3))) {
        let target = target("cursor");
        let entry = Entry { command: "npx".into(), args: args.clone().unwrap_or_default(), env: BTreeMap::new() };
        let text = target.with_entry(&text, &entry).ok().unwrap().to_string();
        let (new, kept) = wrapped(&target, &text);
        prop_assert_eq!(unwrapped(&target, &new, Some(&kept)), (text, true));
    }

    #[test]
    fn a_gateway_leaves_no_trace_in_toml(text in toml(), by_hand in any::<bool>()) {
        let target = target("codex");
        let has = || target.client.format.servers(&text, &target.client.shape).unwrap();
        let is_there = has().iter().any(|(name, server)| name == "zoom" && server.command.is_some());
        let entry = Entry { command: "npx".into(), args: vec!["\"é".into()], env: BTreeMap::new() };
        let text = if is_there && by_hand {
            text
        } else {
            let Ok(text) = target.with_entry(&text, &entry) else { return Ok(()) };
            text.to_string()
        };
        let (new, kept) = wrapped(&target, &text);
        prop_assert_eq!(unwrapped(&target, &new, Some(&kept)), (text, true));
    }
}

#[test]
fn a_piece_that_is_no_server_is_not_put_back() {
    let target = target("cursor");
    let text = r#"{"a": 1, "mcpServers": {"zoom": {"command": "node"}, "b": {"command": "x"}}}"#;
    let (new, kept) = wrapped(&target, text);
    for piece in ["1", r#"{"command": "node"}, "b": {}, "c": {"command": "y"}"#, "{", ""] {
        let broken = Original { original: piece.to_owned().into(), wrapped: kept.wrapped.clone() };
        match target.unwrapped(&new, Some(&broken)) {
            Err(Refused::Wrapping { problem, hint }) => {
                assert!(problem.contains("without changing something else") && hint.contains("by hand"));
            }
            _ => panic!("{piece}"),
        }
    }
    assert_eq!(unwrapped(&target, &new, Some(&kept)), (text.to_owned(), true));
    // A change that is not of the server alone is no piece.
    let other = new.replace("\"a\": 1", "\"a\": 2");
    assert!(target.changed_piece(text, &other).ok().unwrap().is_none());
    assert!(target.changed_piece("{}", &new).ok().unwrap().is_none());
}
