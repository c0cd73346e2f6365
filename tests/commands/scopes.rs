//! `zoomtok policy scopes`: what the tools of a policy need, what the token lacks, and the app to make.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Ended, Home, credentials, sandbox};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs it with these arguments.
#[track_caller]
fn scopes(home: &Home, arguments: &[&str], code: i32) -> Ended {
    home.run([&["policy", "scopes"], arguments].concat()).expect(code)
}

#[track_caller]
fn lines(home: &Home, arguments: &[&str]) -> Vec<String> {
    scopes(home, arguments, 0).stdout.lines().map(str::to_owned).collect()
}

const READS: [&str; 10] = [
    "cloud_recording:read:list_recording_files",
    "cloud_recording:read:list_user_recordings",
    "meeting:read:list_meetings",
    "meeting:read:list_past_instances",
    "meeting:read:list_past_participants",
    "meeting:read:list_registrants",
    "meeting:read:meeting",
    "meeting:read:past_meeting",
    "meeting:read:summary",
    "user:read:user",
];
const WRITES: [&str; 8] = [
    "cloud_recording:delete:meeting_recording",
    "cloud_recording:update:recover_meeting_recordings",
    "meeting:delete:meeting",
    "meeting:update:meeting",
    "meeting:update:registrant_status",
    "meeting:update:status",
    "meeting:write:meeting",
    "meeting:write:registrant",
];

#[test]
fn each_policy_has_the_scopes_of_the_tools_that_it_allows() {
    let home = Home::empty();
    let policy = |name: &str| root().join("policies").join(name).to_str().unwrap().to_owned();
    let mut all: Vec<&str> = READS.iter().chain(&WRITES).copied().collect();
    all.sort_unstable();
    let of_file = |name: &str| lines(&home, &[policy(name).as_str()]);
    assert_eq!(lines(&home, &[]), all);
    // Its one tool asks for a token and calls nothing.
    assert_eq!(of_file("zoom_refresh_token.json"), [""; 0]);
    assert_eq!(of_file("read-only.json"), READS);
    // It limits what writes, and closes what deletes.
    let careful = of_file("nothing-dangerous.json");
    assert!(careful.contains(&"meeting:write:meeting".to_owned()), "{careful:?}");
    assert!(!careful.contains(&"meeting:delete:meeting".to_owned()), "{careful:?}");
    // Scopes that only an administrator's app can have are reported.
    scopes(&home, &[], 0);
    let told = scopes(&home, &[], 0).stderr;
    assert!(told.contains("list_users needs user:read:list_users:admin"), "{told}");
    let of_account = scopes(&home, &["--admin"], 0);
    assert!(!of_account.stderr.contains("warning"), "{}", of_account.stderr);
    assert_eq!(of_account.stdout.lines().count(), all.len() + 1);
    assert!(of_account.stdout.lines().all(|line| line.ends_with(":admin")), "{}", of_account.stdout);
}

#[test]
fn each_policy_for_a_hosted_server_has_scopes_and_reads_need_no_others() {
    let home = Home::empty();
    let mut policies = 0;
    for entry in fs::read_dir(root().join("policies/hosted")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (server, kind) = name.split_once('-').unwrap();
        let url = if server == "zoom" { "zoom".to_owned() } else { format!("zoom/{server}") };
        let all: BTreeSet<String> = lines(&home, &["--url", &url]).into_iter().collect();
        let of_policy = lines(&home, &[path.to_str().unwrap(), "--url", &url]);
        assert!(!of_policy.is_empty() && of_policy.iter().all(|scope| all.contains(scope)), "{name}");
        if kind == "read-only" {
            assert!(of_policy.iter().all(|scope| scope.contains(":read:")), "{name}: {of_policy:?}");
        }
        // By its whole address it is the same server.
        let address = format!("https://mcp.zoom.us/mcp/{server}/streamable");
        assert_eq!(lines(&home, &[path.to_str().unwrap(), "--url", &address]), of_policy);
        policies += 1;
    }
    assert_eq!(policies, 14);
    assert_eq!(
        lines(&home, &["--url", "zoom/docs"]),
        ["docs:read:export", "docs:write:import"],
        "as the hosted server has them"
    );
    for url in ["zoom/none", "https://example.com/mcp", "https://mcp.zoom.us/mcp/none/streamable"] {
        let told = scopes(&home, &["--url", url], 2).stderr;
        assert!(told.contains("--url") && told.contains("zoom/chat") || told.contains("chat"), "{told}");
    }
}

#[test]
fn what_the_token_lacks_is_told_once_zoom_has_said_what_it_has() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let told = scopes(&home, &[], 0);
    assert!(told.stderr.contains("is not known before zoomtok has fetched one"), "{}", told.stderr);
    // The credentials are those of a Server-to-Server app.
    assert!(told.stdout.lines().all(|line| line.ends_with(":admin")), "{}", told.stdout);
    sandbox.grant_scopes("meeting:read:meeting:admin user:read:user:admin");
    home.run(["get"]).expect(0);
    let told = scopes(&home, &[], 0).stderr;
    assert!(
        told.contains("The token lacks ") && told.contains("meeting:write:meeting (create_meeting)"),
        "{told}"
    );
    assert!(!told.contains("(get_meeting)") && !told.contains("(get_user)"), "{told}");
    let found: Value = serde_json::from_str(&scopes(&home, &["--json"], 0).stdout).unwrap();
    assert_eq!(
        (&found["version"], &found["server"], &found["policy"]),
        (&json!(1), &json!("zoomtok mcp"), &Value::Null)
    );
    assert_eq!(found["granted"], json!(["meeting:read:meeting:admin", "user:read:user:admin"]));
    let lacking = found["lacking"].as_array().unwrap();
    assert_eq!(lacking.len(), found["tools"].as_array().unwrap().len() - 2);
    assert!(lacking.contains(&json!({"tool": "delete_meeting", "scope": "meeting:delete:meeting:admin"})));

    // The policy in force says which tools count, here and for doctor.
    let policy = r#"{"version": "1", "default": "deny", "tools": {"get_meeting": {}, "get_user": {}}}"#;
    fs::write(home.work().join("policy.json"), policy).unwrap();
    home.write_env(&format!(
        "{}ZOOM_POLICY_FILE=policy.json\nZOOM_ACCESS_TOKEN={}\n",
        credentials(&sandbox),
        sandbox.mint(3000)
    ));
    let told = scopes(&home, &[], 0);
    assert_eq!(told.stdout, "meeting:read:meeting:admin\nuser:read:user:admin\n");
    assert!(
        told.stderr.contains("The token has them all") && told.stderr.contains("policy.json"),
        "{}",
        told.stderr
    );
    let said = home.run(["doctor"]).stdout;
    assert!(said.contains("✅ the token has the scopes of all tools that zoomtok mcp may call"), "{said}");
}

#[test]
fn the_app_has_the_scopes_of_the_policy_and_no_others() {
    let home = Home::empty();
    let policy = root().join("policies/hosted/chat-read-only.json");
    let policy = policy.to_str().unwrap();
    let app = scopes(&home, &["--url", "zoom/chat", policy, "--manifest"], 0).quietly();
    let app: Value = serde_json::from_str(&app.stdout).unwrap();
    let oauth = &app["manifest"]["oauth_information"];
    let of_app: Vec<&str> =
        oauth["scopes"].as_array().unwrap().iter().map(|scope| scope["scope"].as_str().unwrap()).collect();
    assert_eq!(of_app, lines(&home, &["--url", "zoom/chat", policy]));
    assert!(oauth["scopes"].as_array().unwrap().iter().all(|scope| scope["optional"] == false));
    assert_eq!(oauth["oauth_allow_list"], json!(["http://127.0.0.1/callback"]));
    assert_eq!(oauth["enable_public_pkce_client"], true);
    assert_eq!(app["manifest"]["features"]["products"], json!(["ZOOM_CHAT"]));

    // For one's own tools too, and never a scope for the whole account.
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let app = scopes(&home, &["--manifest"], 0);
    assert!(app.stderr.contains("list_users needs"), "{}", app.stderr);
    let app: Value = serde_json::from_str(&app.stdout).unwrap();
    let of_app = app["manifest"]["oauth_information"]["scopes"].as_array().unwrap();
    assert_eq!(of_app.len(), READS.len() + WRITES.len());
    assert!(!app.to_string().contains(":admin"));
    for pair in [["--manifest", "--json"], ["--manifest", "--admin"]] {
        scopes(&home, &pair, 2);
    }
    scopes(&home, &["--admin", "--url", "zoom/chat"], 2);
    home.run(["policy", "scopes", "--profile", "none"]).expect(3);
}
