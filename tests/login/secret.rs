//! A client secret that a command prints: when that is run, what of it is kept, and each way in which it fails.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Consent, PUBLIC_CLIENT_ID, Sandbox};

use super::pointed;
use crate::support::browser::{Waiting, follow};
use crate::support::canaries::{Shows, assert_clean};
use crate::support::pages::read;
use crate::support::processes::crowd;
use crate::support::{Home, credentials, sandbox};

const COMMAND: &str = "ZOOMTOK_SECRET_COMMAND";

/// Prints the secret, and counts its runs.
const PRINTS: &str =
    "echo run >> \"${0%/*}/runs\"\necho \"$(cat \"${0%/*}/kept\")\"\necho the notes below it\n";

/// A home whose environment has all but the secret, for which it has a command that runs this script.
fn world(script: &str) -> (Sandbox, Home) {
    let sandbox = sandbox();
    let mut home = pointed(&sandbox, Home::empty());
    home.set("ZOOM_CLIENT_ID", CLIENT_ID).set("ZOOM_ACCOUNT_ID", ACCOUNT_ID).set("PATH", "/usr/bin:/bin");
    prepare(&home, script);
    let command = format!("sh '{}'", home.work().join("helper").display());
    home.set(COMMAND, &command);
    (sandbox, home)
}

fn prepare(home: &Home, script: &str) {
    let kept = home.work().join("kept");
    fs::write(&kept, CLIENT_SECRET).unwrap();
    home.is_for_secrets(&kept);
    fs::write(home.work().join("helper"), script).unwrap();
}

fn runs(home: &Home) -> usize {
    fs::read_to_string(home.work().join("runs")).unwrap_or_default().lines().count()
}

#[test]
fn it_is_run_just_before_an_exchange_and_at_no_other_time() {
    let (sandbox, home) = world(PRINTS);
    home.run(["check"]).expect(1);
    home.run(["login", "--check"]).expect(0);
    home.run(["doctor"]);
    assert_eq!(runs(&home), 0);
    home.run(["get"]).expect(0);
    assert_eq!(runs(&home), 1);
    for arguments in
        [&["get"][..], &["check"], &["check", "--live"], &["exec", "true"], &["doctor", "--fetch"]]
    {
        home.run(arguments);
    }
    assert_eq!(runs(&home), 1, "with a good token");
    home.run(["get", "-f"]).expect(0);
    assert_eq!(runs(&home), 2);
    assert_eq!(sandbox.token_requests().len(), 2);
    assert!(sandbox.token_requests().iter().all(|request| request.client_ok));
    // The files of the home are searched for the secret as well, at its end.
    assert!(!home.env_text().contains("SECRET"), "{}", home.env_text());
}

#[test]
fn a_crowd_runs_it_once_whether_or_not_it_prints() {
    let (sandbox, home) = world(PRINTS);
    let tokens = crowd(&home, &["get"], 10);
    assert!(tokens.into_iter().all(|one| one.code == Some(0)));
    assert_eq!((runs(&home), sandbox.token_requests().len()), (1, 1));

    let (sandbox, home) = world("echo run >> \"${0%/*}/runs\"\nsleep 1\nexit 1\n");
    let failures = crowd(&home, &["get"], 10);
    assert!(failures.iter().all(|one| one.code == Some(3) && one.stderr.contains(COMMAND)));
    // A process that was started after the failure tries again.
    assert!((1..10).contains(&runs(&home)), "{} runs", runs(&home));
    assert!(sandbox.token_requests().is_empty());
}

#[test]
fn each_failure_is_named_and_its_output_is_not() {
    for (script, problem) in [
        ("", "printed no secret: its first line is empty"),
        ("echo; echo notes", "printed no secret: its first line is empty"),
        ("cat \"${0%/*}/kept\"; exit 7", "failed with exit code 7"),
        ("kill -9 $$", "failed with exit code 137"),
        ("nowhere", "was not run: it is not found"),
        ("yes x | tr -d '\\n' | head -c 100000", "printed a first line that is too long for a secret"),
        ("echo a b", "printed a first line with white space in it"),
        ("cat \"${0%/*}/kept\"; sleep 600", "took longer than 3 s and was ended"),
        ("read -r x < /dev/tty", "failed with exit code"),
        ("x=$(cat \"${0%/*}/kept\"); echo \"$x\"; echo \"no $x here\" >&2; exit 1", "no **** here"),
        ("printf 'a\\033[31mb\\n' >&2; exit 1", "a\\u{1b}[31mb"),
        ("read -r x || exit 9", "failed with exit code 9"),
    ] {
        let (sandbox, home) = world(script);
        let ended = home.run(["get"]).expect(3);
        assert!(
            ended.stderr.contains(COMMAND) && ended.stderr.contains(problem),
            "{script}: {}",
            ended.stderr
        );
        assert_clean(&ended.stderr, Shows::Nothing, script);
        assert!(sandbox.token_requests().is_empty() && !home.env_path().exists());
    }
    for (command, code, words) in [
        ("/nowhere/at-all --canary", 3, "was not run: it is not found"),
        ("/", 3, "was not run: it cannot be run"),
        ("sh 'x", 2, "has a quote that is not closed"),
    ] {
        let (_sandbox, mut home) = world("");
        let ended = home.set(COMMAND, command).run(["get"]).expect(code);
        assert!(ended.stderr.contains(words) && !ended.stderr.contains("canary"), "{}", ended.stderr);
    }
}

#[test]
fn one_that_hangs_is_ended_with_its_children_and_spends_nothing() {
    let (sandbox, mut home) = world("sleep 600 &\necho $! > \"${0%/*}/child\"\nwait\n");
    home.unset(&["ZOOM_ACCOUNT_ID"]);
    let refresh = sandbox.refresh_token();
    home.write_env(&format!("ZOOM_REFRESH_TOKEN={refresh}\n"));
    let began = Instant::now();
    home.run(["get"]).expect(3).says(&["took longer than 3 s"]);
    assert!(began.elapsed() < Duration::from_secs(20));
    let child = fs::read_to_string(home.work().join("child")).unwrap();
    let alive = fs::read_to_string(format!("/proc/{}/stat", child.trim()));
    assert!(alive.is_err() || alive.unwrap().contains(") Z"), "the child is still there");
    assert!(sandbox.token_requests().is_empty());
    prepare(&home, PRINTS);
    home.run(["get"]).expect(0);
    assert_ne!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), refresh);
}

#[test]
fn a_daemon_that_keeps_its_output_open_does_not_hold_it_up() {
    let (_sandbox, home) = world("setsid sleep 5 &\ncat \"${0%/*}/kept\"\n");
    let began = Instant::now();
    home.run(["get"]).expect(0);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[test]
fn of_a_secret_and_a_command_the_nearer_one_counts() {
    let sandbox = sandbox();
    let right = format!("{COMMAND}=\"sh helper\"\n");
    let all = credentials(&sandbox);
    let without = all.replace(&format!("ZOOM_CLIENT_SECRET={CLIENT_SECRET}\n"), "");
    for (env, exported, ran) in [
        (format!("{all}{right}"), &[][..], 0),
        (format!("{without}{right}"), &[], 1),
        (format!("{without}{right}"), &[("ZOOM_CLIENT_SECRET", CLIENT_SECRET)], 0),
        (all.replace(CLIENT_SECRET, "another"), &[(COMMAND, "sh helper")], 1),
        (without.clone(), &[(COMMAND, "sh helper"), ("ZOOM_CLIENT_SECRET", CLIENT_SECRET)], 0),
    ] {
        let mut home = Home::with_env(&env);
        prepare(&home, PRINTS.replace("${0%/*}", ".").as_str());
        for (name, value) in exported {
            home.set(name, value);
        }
        let named = home.env_path();
        home.set("PATH", "/usr/bin:/bin").set("ZOOM_ENV_FILE", named.to_str().unwrap());
        home.run(["get"]).expect(0);
        assert_eq!(runs(&home), ran, "{exported:?}");
        if env.contains(COMMAND) && env.contains("CLIENT_SECRET") {
            let told = home.run(["doctor"]).stdout;
            assert!(told.contains("ZOOM_CLIENT_SECRET and ZOOMTOK_SECRET_COMMAND are both set"), "{told}");
        }
    }
}

#[test]
fn one_from_a_found_env_is_not_run() {
    let sandbox = sandbox();
    let secret = format!("ZOOM_CLIENT_SECRET={CLIENT_SECRET}\n");
    for home in [Home::of(&sandbox, ""), Home::of_user(&sandbox, "")] {
        home.write_env(&format!("{}{COMMAND}='sh helper'\n", home.env_text().replace(&secret, "")));
        prepare(&home, &PRINTS.replace("${0%/*}", "."));
        // A client whose secret is not asked for is no public one either.
        let told = home.run(["get"]).expect(3).stderr;
        for part in ["ZOOMTOK_SECRET_COMMAND (", "that .env was found and not named", "--env-file"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(told.contains("no credentials: ZOOM_CLIENT_SECRET is not set"), "{told}");
        assert_eq!((runs(&home), sandbox.token_requests().len()), (0, 0));
    }
}

#[test]
fn an_exported_one_is_run_for_no_address_of_a_found_env() {
    let (theirs, mine) = (sandbox(), sandbox());
    let (_, mut home) = world(PRINTS);
    home.unset(&["ZOOM_CLIENT_ID", "ZOOM_ACCOUNT_ID"]).set(COMMAND, "sh ./helper");
    home.set("ZOOM_OAUTH_URL", &mine.oauth_url());
    let all = credentials(&theirs).replace(&format!("ZOOM_CLIENT_SECRET={CLIENT_SECRET}\n"), "");
    // Whoever writes the file may guess the command.
    home.write_env(&format!("{all}{COMMAND}='sh ./helper'\n"));
    home.run(["get"]).expect(0);
    home.unset(&["ZOOM_OAUTH_URL"]).set("HTTPS_PROXY", "http://127.0.0.1:9");
    let told = home.run(["get", "-f"]).expect(5).stderr;
    assert!(told.contains("does not count for the exported ZOOMTOK_SECRET_COMMAND"), "{told}");
    assert!(theirs.token_requests().is_empty());
}

#[test]
fn a_login_does_not_ask_for_it_and_does_not_store_it() {
    let (sandbox, home) = world(PRINTS);
    home.run(["login", "--server-to-server"]).expect(0).quietly();
    assert_eq!((runs(&home), sandbox.token_requests().len()), (1, 1));
    let text = home.env_text();
    assert!(text.contains(CLIENT_ID) && !text.contains("SECRET"), "{text}");
    home.run(["get", "-f"]).expect(0);
    home.run(["logout"]).expect(0);
    assert_eq!(runs(&home), 3);
    let (_sandbox, home) = world("exit 1");
    home.run(["login", "--server-to-server"]).expect(3).says(&[COMMAND, "failed with exit code 1"]);
    assert!(!home.env_path().exists());
}

#[test]
fn a_login_of_a_public_client_leaves_no_command_behind() {
    let (sandbox, mut home) = world(PRINTS);
    home.unset(&[COMMAND, "ZOOM_CLIENT_ID", "ZOOM_ACCOUNT_ID"]);
    let named = home.env_path();
    home.set("ZOOM_ENV_FILE", named.to_str().unwrap());
    let kept = format!("# mine\n{COMMAND}=\"sh helper\"\n");
    home.write_env(&kept);
    // An exported one would win over it.
    home.set(COMMAND, "true");
    let arguments = ["login", "--client-id", PUBLIC_CLIENT_ID, "--no-browser"];
    home.run(arguments).expect(3).says(&[COMMAND]);
    assert_eq!(home.env_text(), kept);
    home.unset(&[COMMAND]);
    sandbox.consent(Consent::Allow);
    let login = Waiting::start(&home, &arguments);
    follow(&login.address);
    login.end().expect(0);
    assert!(!home.env_text().contains(COMMAND) && home.env_text().starts_with("# mine\n"));
    home.run(["get", "-f"]).expect(0);
    home.write_env(&kept);
    home.run(["logout", "--all"]).expect(0);
    assert_eq!(home.env_text(), "# mine\n");
}

/// A program on PATH that prints the secret if it is called like this.
fn stand_in(directory: &Path, name: &str, arguments: &str) {
    fs::create_dir_all(directory).unwrap();
    let path = directory.join(name);
    let script = format!("#!/bin/sh\n[ \"$*\" = \"{arguments}\" ] || exit 64\ncat \"${{0%/*}}/../kept\"\n");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_recipes_of_the_page_run() {
    let page = read("docs/login.md");
    let section =
        page.split("## A secret from a password manager").nth(1).unwrap().split("\n## ").next().unwrap();
    let recipes: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| "))
        .filter_map(|line| line.split('`').nth(1))
        .filter(|cell| !cell.starts_with("ZOOMTOK"))
        .collect();
    let programs: Vec<&str> = recipes.iter().map(|recipe| recipe.split(' ').next().unwrap()).collect();
    assert_eq!(programs, ["pass", "op", "security", "secret-tool"]);
    for recipe in recipes {
        let (sandbox, mut home) = world("");
        let words = shell_words(recipe);
        stand_in(&home.work().join("bin"), &words[0], &words[1..].join(" "));
        let path = format!("{}:/usr/bin:/bin", home.work().join("bin").display());
        home.set("PATH", &path).set(COMMAND, recipe);
        home.run(["get"]).expect(0);
        assert!(sandbox.token_requests()[0].client_ok, "{recipe}");
    }
}

/// The words of a line without quotes but those around whole words.
fn shell_words(line: &str) -> Vec<String> {
    line.split(' ').map(|word| word.trim_matches(['\'', '"']).to_owned()).collect()
}
