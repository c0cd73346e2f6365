//! Which account a command is about: that of `--profile`, else that of `ZOOMTOK_PROFILE`, and never two at once.

use std::fs;
use std::thread;
use std::time::Duration;

use proptest::prelude::{Strategy as _, any};
use proptest::test_runner::{Config, TestRunner};
use zoomtok::sandbox::{Endpoint, Fault};

use super::{directory, put, text, value};
use crate::support::mcp_session::Session;
use crate::support::rows::tree;
use crate::support::{ECHO_TOKEN, Home, assert_exchanges, credentials, exec_shell, names, sandbox};

#[test]
fn a_profile_has_its_token_its_lock_and_its_state_to_itself() {
    let (ours, theirs) = (sandbox(), sandbox());
    let mut home = Home::of(&ours, "");
    put(&home, "work", &credentials(&theirs));
    let before = home.env_text();
    home.run(["get", "--profile", "work", "--quiet"]).expect(0).quietly();
    assert_eq!(home.env_text(), before);
    assert_exchanges(&ours, 0);
    assert_exchanges(&theirs, 1);
    assert!(theirs.accepts(&value(&home, "work", "ZOOM_ACCESS_TOKEN").unwrap()));
    assert_eq!(names(&directory(&home)), ["work.env", "work.env.lock"]);
    assert_eq!(home.names(), [".env"]);

    // The variable does the same, for every command, and the flag goes before it.
    home.set("ZOOMTOK_PROFILE", "work");
    let checked = home.run(["check", "--json"]).expect(0).quietly();
    assert!(checked.stdout.contains("work.env"), "{}", checked.stdout);
    let token = value(&home, "work", "ZOOM_ACCESS_TOKEN").unwrap();
    let shown = home.run_showing_token(exec_shell(ECHO_TOKEN)).expect(0);
    assert_eq!(shown.stdout.trim(), token);
    put(&home, "home", "ZOOM_TOKEN_THRESHOLD=abc\n");
    home.run(["check", "--profile", "home"]).expect(2).says(&["home.env, line 1"]);
    home.run(["check", "--env-file", ".env"]).expect(1).quietly();
}

#[test]
fn two_accounts_at_once_are_refused_and_so_is_a_name_that_is_none() {
    let mut home = Home::empty();
    put(&home, "work", "");
    for line in ["check --profile work --env-file .env", "--profile work check --env-file .env"] {
        let ended = home.run(line.split(' ')).expect(2);
        assert!(
            ended.stderr.contains("--env-file") && ended.stderr.contains("--profile"),
            "{}",
            ended.stderr
        );
    }
    home.run(["check", "--profile", "../work"]).expect(2);
    home.set("ZOOMTOK_PROFILE", "../work");
    home.run(["check"]).expect(2).says(&["ZOOMTOK_PROFILE (set in the environment) must be 1 to 64 letters"]);
    home.set("ZOOMTOK_PROFILE", "work").set("ZOOM_ENV_FILE", ".env");
    home.run(["check"]).expect(2).says(&["ZOOMTOK_PROFILE", "and so does ZOOM_ENV_FILE"]);
}

#[test]
fn a_profile_that_does_not_exist_is_told_with_those_that_do_and_is_not_made() {
    let sandbox = sandbox();
    let mut home = Home::empty();
    for line in credentials(&sandbox).lines() {
        let (name, value) = line.split_once('=').unwrap();
        home.set(name, value);
    }
    let told = ["there is no profile wrok", "wrok.env does not exist", "none exists yet"];
    home.run(["get", "--profile", "wrok"]).expect(3).says(&told);
    assert!(!directory(&home).exists());
    put(&home, "work", "");
    put(&home, "home", "");
    let told = ["there is no profile wrok", "those that exist are home and work"];
    for line in [
        "get --profile wrok",
        "check --profile wrok",
        "exec --profile wrok -- true",
        "watch --once --no-claude --profile wrok",
        "update-claude --profile wrok",
        "mcp --install --profile wrok",
    ] {
        let ended = home.run(line.split(' ')).expect(3);
        for part in told {
            assert!(ended.stderr.contains(part), "{line}: {part:?} is not in {:?}", ended.stderr);
        }
    }
    assert_eq!(names(&directory(&home)), ["home.env", "work.env"]);
    assert_exchanges(&sandbox, 0);
}

#[test]
fn exported_credentials_and_tokens_do_not_count_with_a_profile() {
    let (ours, theirs) = (sandbox(), sandbox());
    let mut home = Home::empty();
    put(&home, "work", &credentials(&theirs));
    for line in credentials(&ours).lines().filter(|line| !line.contains("_URL=")) {
        let (name, value) = line.split_once('=').unwrap();
        home.set(name, value);
    }
    home.set("ZOOM_CLIENT_SECRET", "another-canary").set("ZOOM_ACCESS_TOKEN", &ours.mint(3000));
    home.run(["check", "--profile", "work"]).expect(1).quietly();
    home.run(["get", "--profile", "work"]).expect(0).quietly();
    assert_exchanges(&theirs, 1);
    let told = home.run(["doctor", "--profile", "work"]).stdout;
    let unused =
        "ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET, ZOOM_ACCOUNT_ID, ZOOM_ACCESS_TOKEN of the environment: not used";
    assert!(told.contains(unused), "{told}");

    // One that lacks something says so, and does not take it from the environment.
    put(&home, "bare", "ZOOM_CLIENT_ID=mine\n");
    home.run(["get", "--profile", "bare"]).expect(3).says(&["are not set in ", "bare.env. Copy them there"]);
}

#[test]
fn two_profiles_are_refreshed_at_once_without_waiting_for_each_other() {
    let (slow, fast) = (sandbox(), sandbox());
    let home = Home::empty();
    put(&home, "slow", &credentials(&slow));
    put(&home, "fast", &credentials(&fast));
    slow.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(4)), 1);
    let mut first = home.start(["get", "--profile", "slow"]);
    while slow.token_requests().is_empty() {
        thread::sleep(Duration::from_millis(10));
    }
    home.run(["get", "--profile", "fast"]).expect(0).quietly();
    assert!(first.runs(), "the other profile was waited for");
    assert!(text(&home, "fast").contains("ZOOM_ACCESS_TOKEN="));
    assert!(!text(&home, "slow").contains("ZOOM_ACCESS_TOKEN="));
    first.end().expect(0).quietly();
    assert_exchanges(&slow, 1);
    assert_exchanges(&fast, 1);
}

#[test]
fn a_server_of_a_profile_that_is_made_later_works_once_it_is_there() {
    let sandbox = sandbox();
    let home = Home::empty();
    let mut session = Session::start(&home, &["--profile", "work"]);
    let told = session.call("zoom_token_status", serde_json::json!({})).text;
    assert!(told.contains("there is no profile work"), "{told}");
    put(&home, "work", &credentials(&sandbox));
    let told = session.call("list_meetings", serde_json::json!({})).text;
    assert!(!told.contains("there is no profile"), "{told}");
    assert_exchanges(&sandbox, 1);
}

#[test]
fn no_name_leads_out_of_the_directory_of_the_profiles() {
    let home = Home::with_env("");
    let root = home.work().parent().unwrap().to_owned();
    fs::write(root.join("outside.env"), "ZOOM_TOKEN_THRESHOLD=abc\n").unwrap();
    fs::create_dir_all(directory(&home)).unwrap();
    let before = tree(&root);
    let near = "(\\.\\./|/|\\./|\\\\){0,4}(work|\\.\\.|outside|zoomtok|profiles){0,3}";
    let names =
        proptest::prop_oneof![near, any::<String>().prop_filter("no NUL", |name| !name.contains('\0'))];
    let config = Config { cases: 60, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&names, |name| {
            let ended = home.run([format!("--profile={name}"), "get".into()]);
            // Refused as a name, or no such profile; an empty one is missing.
            assert!(matches!(ended.code, Some(2 | 3)), "{name:?}: {:?} {}", ended.code, ended.stderr);
            let is_name = ended.code == Some(3);
            assert!(!is_name || ended.stderr.contains("there is no profile"), "{name:?}: {}", ended.stderr);
            assert!(!ended.stderr.contains("outside.env, line 1"), "{name:?}");
            Ok(())
        })
        .unwrap();
    assert_eq!(tree(&root), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_check_of_a_profile_opens_its_file_and_no_other() {
    use crate::support::needs::needs;
    use crate::support::{ended, processes::within};
    needs!(Strace);
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 3000);
    put(&home, "work", &home.env_text());
    put(&home, "home", &home.env_text());
    let opened = |arguments: &[&str]| {
        let trace = home.state().with_file_name("trace");
        let mut strace = std::process::Command::new("strace");
        strace.args(["-f", "-e", "trace=open,openat,getdents64", "-o"]).arg(&trace);
        ended(within(strace, &home.command(arguments)).output().unwrap()).expect(0);
        let calls = fs::read_to_string(&trace).unwrap();
        let root = home.work().parent().unwrap().to_str().unwrap().to_owned();
        calls.lines().filter(|call| call.contains(&root)).map(str::to_owned).collect::<Vec<_>>()
    };
    let [found, profile] = [opened(&["check"]), opened(&["check", "--profile", "work"])];
    assert_eq!((found.len(), profile.len()), (1, 1), "{found:?} {profile:?}");
    assert!(profile[0].contains("/profiles/work.env\""), "{profile:?}");
}
