//! `zoomtok profile list`, `path` and `remove`.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use zoomtok::sandbox::{ACCOUNT_ID, Endpoint, Fault, Sandbox};

use super::{directory, file, put, text};
use crate::support::processes::Running;
use crate::support::{Home, assert_exchanges, credentials, names, sandbox};

/// The credentials of an app that a user has authorised, in a sandbox.
fn of_user(sandbox: &Sandbox) -> String {
    let account = format!("ZOOM_ACCOUNT_ID={ACCOUNT_ID}");
    credentials(sandbox).replace(&account, &format!("ZOOM_REFRESH_TOKEN={}", sandbox.refresh_token()))
}

fn listed(home: &Home) -> Vec<Value> {
    let stdout = home.run(["profile", "list", "--json"]).expect(0).quietly().stdout;
    let listed: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(listed["version"], 1);
    listed["profiles"].as_array().unwrap().clone()
}

#[test]
fn each_profile_is_listed_with_its_kind_its_token_its_account_and_its_file() {
    let sandbox = sandbox();
    let home = Home::empty();
    assert_eq!(listed(&home), Vec::<Value>::new());
    assert!(home.run(["profile", "list"]).expect(0).quietly().stdout.starts_with("There are no profiles"));
    put(&home, "a", &format!("{}ZOOM_ACCESS_TOKEN={}\n", credentials(&sandbox), sandbox.mint(3000)));
    put(&home, "b", &of_user(&sandbox));
    let public = of_user(&sandbox);
    let public: Vec<&str> = public.lines().filter(|line| !line.contains("SECRET")).collect();
    let public = public.join("\n");
    put(&home, "c", &format!("{public}\nZOOM_ACCESS_TOKEN={}\n", sandbox.mint(-5)));
    put(&home, "d", "ZOOM_CLIENT_ID=x\nZOOM_ACCESS_TOKEN='a b'\n");
    put(&home, "e", "ZOOM_CLIENT_ID='\n");
    let rows = listed(&home);
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("name"), ["a", "b", "c", "d", "e"]);
    assert_eq!(
        column("kind"),
        [json!("server-to-server"), json!("user"), json!("public-client"), json!("incomplete"), Value::Null]
    );
    assert_eq!(
        column("state"),
        [json!("valid"), json!("missing"), json!("expired"), json!("malformed"), Value::Null]
    );
    assert!(
        rows[0]["seconds_left"].as_i64().unwrap() > 2900 && rows[2]["seconds_left"].as_i64().unwrap() < 0
    );
    assert!(rows[0]["account"].is_string() && !rows[0].to_string().contains(ACCOUNT_ID));
    assert_eq!(rows[1]["env_file"], file(&home, "b").to_str().unwrap());
    assert!(rows[4]["problem"].as_str().unwrap().contains("line 1") && rows[0]["problem"].is_null());
    let said = home.run(["profile", "list"]).expect(0).quietly().stdout;
    assert!(said.contains("a: Server-to-Server OAuth app, token valid for 49m"), "{said}");
    assert!(said.contains("d: credentials missing or wrong, a token that cannot be used"), "{said}");
    assert!(said.contains("e: ❌ ") && !said.contains(ACCOUNT_ID), "{said}");
    assert_exchanges(&sandbox, 0);
}

#[test]
fn a_path_is_told_also_of_a_profile_that_does_not_exist() {
    let mut home = Home::empty();
    // Whatever is wrong with another one.
    home.set("ZOOMTOK_PROFILE", "../x");
    for name in ["work", "a.b-c_1"] {
        let said = home.run(["profile", "path", name]).expect(0).quietly().stdout;
        assert_eq!(said, format!("{}\n", file(&home, name).display()));
    }
    home.run(["profile", "path", "../work"]).expect(2);
    assert!(!directory(&home).exists());
}

#[test]
fn what_is_removed_leaves_neither_file_nor_lock_nor_state() {
    let sandbox = sandbox();
    let home = Home::empty();
    put(&home, "work", &of_user(&sandbox));
    home.run(["get", "--profile", "work", "-t", "5000"]).expect(2);
    let states = || names(&home.state().join("zoomtok"));
    assert_eq!(names(&directory(&home)), ["work.env", "work.env.lock"]);
    assert!(states().len() > 1, "{:?}", states());
    home.run(["profile", "remove", "work"]).expect(2).says(&["--yes", "is needed where nobody can be asked"]);
    assert!(text(&home, "work").contains("ZOOM_ACCESS_TOKEN="));
    let said = home.run(["profile", "remove", "--yes", "work"]).expect(0).quietly().stdout;
    assert!(said.contains("Removed the profile work"), "{said}");
    assert_eq!(names(&directory(&home)), [""; 0]);
    // Which users are logged in where is not by profile, and is checked when it is read.
    assert_eq!(states(), ["users"]);
    home.run(["profile", "remove", "--yes", "work"]).expect(3).says(&["there is no profile work"]);
    home.run(["profile", "remove", "--yes", "../work"]).expect(2);
}

#[test]
fn a_refresh_that_is_under_way_is_waited_for_and_another_does_not_bring_it_back() {
    let sandbox = sandbox();
    let home = Home::empty();
    put(&home, "work", &of_user(&sandbox));
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(2)), 1);
    let refreshing = home.start(["get", "--profile", "work"]);
    while sandbox.token_requests().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let waiting: Vec<Running> = (0..3).map(|_| home.start(["get", "-f", "--profile", "work"])).collect();
    home.run(["profile", "remove", "--yes", "work"]).expect(0).quietly();
    refreshing.end().expect(0);
    for one in waiting {
        let ended = one.end();
        // Those that had their turn before it, and those that came after it.
        assert!(matches!(ended.code, Some(0 | 3)), "{:?}: {}", ended.code, ended.stderr);
    }
    assert!(!file(&home, "work").exists());
}

#[cfg(unix)]
#[test]
fn a_link_goes_and_stays_what_it_leads_to() {
    let home = Home::with_env("ZOOM_CLIENT_ID=x\n");
    fs::create_dir_all(directory(&home)).unwrap();
    std::os::unix::fs::symlink(home.env_path(), file(&home, "here")).unwrap();
    assert_eq!(listed(&home)[0]["name"], "here");
    let said = home.run(["profile", "remove", "-y", "here"]).expect(0).quietly().stdout;
    assert!(said.contains("It was a symbolic link"), "{said}");
    assert_eq!(names(&directory(&home)), [""; 0]);
    assert_eq!(home.env_text(), "ZOOM_CLIENT_ID=x\n");
}

#[test]
fn limits_that_are_used_up_stay_so_for_a_profile_of_the_same_name() {
    use crate::support::mcp_session::Session;
    let sandbox = sandbox();
    let home = Home::empty();
    let policy = r#"{"version": "1", "default": "allow", "tools": {"list_meetings": {"limits": [{"counter": "calls", "window": "hour", "max": 1, "scope": "grant"}]}}}"#;
    fs::write(home.work().join("policy.json"), policy).unwrap();
    let call = || {
        put(&home, "work", &credentials(&sandbox));
        let mut session = Session::start(&home, &["--profile", "work", "--policy", "policy.json"]);
        session.call("list_meetings", json!({})).text
    };
    assert!(!call().contains("[POLICY DENIED]"));
    home.run(["profile", "remove", "-y", "work"]).expect(0);
    let told = call();
    assert!(told.contains("[POLICY DENIED]"), "{told}");
}

#[test]
fn two_of_the_same_user_and_app_are_told_wherever_they_are() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    home.run(["get"]).expect(0).quietly();
    assert!(!home.run(["doctor"]).stdout.contains("same user"));
    put(&home, "work", &of_user(&sandbox));
    home.run(["get", "--profile", "work"]).expect(0).quietly();
    let other = home.env_path();
    let same = listed(&home)[0]["same_user"].clone();
    // The form that Windows gives a real path by begins with `\\?\`, which zoomtok does not show.
    let real = if cfg!(windows) { other } else { fs::canonicalize(&other).unwrap() };
    assert_eq!(same, json!([real]));
    let said = home.run(["profile", "list"]).expect(0).stdout;
    assert!(
        said.contains("the same user of the same app as") && said.contains("logs the other out"),
        "{said}"
    );
    for (arguments, other) in [(&["doctor"][..], "work.env"), (&["doctor", "--profile", "work"], "work/.env")]
    {
        let said = home.run(arguments).stdout;
        let line = said.lines().find(|line| line.contains("same user")).unwrap_or_else(|| panic!("{said}"));
        assert!(line.replace('\\', "/").contains(other), "{line}");
    }
    // Those of a Server-to-Server app get on with each other.
    put(&home, "a", &credentials(&sandbox));
    put(&home, "b", &credentials(&sandbox));
    for name in ["a", "b"] {
        home.run(["get", "--profile", name]).expect(0).quietly();
    }
    assert_eq!(listed(&home)[0]["same_user"], json!([]));
}
