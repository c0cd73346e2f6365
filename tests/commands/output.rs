//! The output of the program, and where it goes.
//!
//! Claim 12: a token that was printed lasts as long as was asked for.
//! Claim 13: stdout is data, stderr is talk, the exit status is the verdict.
//! Claim 14: no secret leaves by accident. Every run of every test is looked at for that, in `canaries`; those here are
//! made to say as much as they can.

use chrono::Utc;
use serde_json::Value;
use zoomtok::sandbox::{Options, Sandbox};

#[cfg(unix)]
use crate::support::canaries::{Shows, assert_clean};
#[cfg(unix)]
use crate::support::ended_showing;
use crate::support::rows::{every, exp, rows};
use crate::support::{Home, ended, sandbox};

// Claim 12

#[test]
fn a_printed_token_lasts_for_more_than_was_asked_for() {
    const ASKED: i64 = 100;
    for (life, fetched) in
        [(0, true), (ASKED - 1, true), (ASKED, true), (ASKED + 1, true), (ASKED + 60, false), (3600, false)]
    {
        for arguments in
            [&["get", "--print"][..], &["exec", "--", "/bin/sh", "-c", "echo $ZOOM_ACCESS_TOKEN"]]
        {
            let sandbox = sandbox();
            let mut home = Home::with_token(&sandbox, life);
            home.set("ZOOM_TOKEN_THRESHOLD", &ASKED.to_string());
            if arguments[0] == "exec" && !cfg!(unix) {
                continue;
            }
            let token = home.run_showing_token(arguments).expect(0).quietly().stdout;
            let left = exp(&token) * 1000 - Utc::now().timestamp_millis();
            assert!(left > ASKED * 1000, "{life}: {left} ms");
            assert!(sandbox.accepts(token.trim_end()));
            assert_eq!(sandbox.token_requests().len(), usize::from(fetched), "{life}");
        }
    }
}

#[test]
fn more_than_zoom_issues_is_an_error_and_no_loop() {
    for (token_life, asked, code) in [(3600, "4000", 2), (3600, "3600", 2), (3600, "3590", 0), (30, "60", 2)]
    {
        let sandbox = Sandbox::start(Options { token_life, ..Options::default() }).unwrap();
        let home = Home::of(&sandbox, "");
        let ended = home.run(["get", "--print", "-t", asked]).expect(code);
        assert_eq!(sandbox.token_requests().len(), 1, "{token_life} {asked}");
        let token = home.value("ZOOM_ACCESS_TOKEN").unwrap();
        assert!(sandbox.accepts(&token), "it is stored all the same");
        if code == 0 {
            assert_eq!(ended.quietly().stdout, format!("{token}\n"));
        } else {
            assert_eq!(ended.stdout, "");
            ended.says(&[&format!("more than {asked} s"), "-t", "ZOOM_TOKEN_THRESHOLD"]);
        }
    }
}

// Claim 13

#[test]
fn print_gives_the_token_and_a_newline() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    for arguments in
        [&["get", "--print"][..], &["get", "--print", "-f"], &["-q", "get", "--print", "--color=always"]]
    {
        let stdout = home.run(arguments).expect(0).quietly().stdout;
        assert_eq!(stdout, format!("{}\n", home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    }
}

#[test]
fn json_is_one_object_with_these_keys() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    for (arguments, action) in [(&["get", "--json"][..], "fetched"), (&["get", "--json", "-q"], "kept")] {
        let stdout = home.run(arguments).expect(0).quietly().stdout;
        assert_eq!(stdout.lines().count(), 1);
        let json: Value = serde_json::from_str(&stdout).unwrap();
        let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            ["action", "env_file", "expires_at", "seconds_left", "token", "version", "warnings"]
        );
        assert_eq!((json["version"].as_u64(), json["action"].as_str()), (Some(1), Some(action)));
        let token = home.value("ZOOM_ACCESS_TOKEN").unwrap();
        assert_eq!(json["token"], format!("{}...{}", &token[..4], &token[token.len() - 4..]));
        assert_eq!(json["warnings"], serde_json::json!([]));
    }
}

#[cfg(unix)]
#[test]
fn export_is_for_a_shell() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let script = "eval \"$(\"$0\" get --export)\" && /bin/sh -c 'echo \"$ZOOM_ACCESS_TOKEN\"'";
    let output = crate::support::rows::shell(&home, script).output().unwrap();
    let ended = ended_showing(output, Shows::AccessToken).expect(0).quietly();
    assert_eq!(ended.stdout, format!("{}\n", home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    assert_eq!(home.run(["get", "--export"]).expect(0).quietly().stdout.lines().count(), 1);
}

#[test]
fn quiet_leaves_errors_and_what_was_asked_for() {
    let sandbox = Sandbox::start(Options { clock_offset: 7200, ..Options::default() }).unwrap();
    let home = Home::of(&sandbox, "");
    assert_eq!(home.run(["get", "-q"]).expect(0).quietly().stdout, "");
    home.run(["get", "-f"]).expect(0).says(&["warning"]);
    Home::empty().run(["get", "-q"]).expect(3).says(&["no credentials"]);
}

#[test]
fn a_failure_prints_nothing_on_stdout_whatever_was_asked_for() {
    const CALLS: [&[&str]; 4] = [
        &["get", "--print"],
        &["get", "--json", "-f"],
        &["get", "--export", "-q"],
        &["exec", "--", "/bin/sh", "-c", "echo ran; : > ran"],
    ];
    every(&rows(), |row| {
        std::thread::scope(|scope| {
            for arguments in CALLS {
                scope.spawn(move || {
                    let (scene, _) = row.holds_for(arguments);
                    assert!(!scene.home.work().join("ran").exists());
                });
            }
        });
    });
}

#[test]
fn colour_is_for_those_who_asked() {
    let home = Home::empty();
    for (arguments, variable, coloured) in [
        (&["get"][..], None, false),
        (&["get", "--color", "always"], None, true),
        (&["get", "--color", "never"], Some("CLICOLOR_FORCE"), false),
        (&["get"], Some("CLICOLOR_FORCE"), true),
        (&["get"], Some("NO_COLOR"), false),
    ] {
        let mut command = home.command(arguments);
        command.envs(variable.map(|name| (name, "1")));
        let stderr = ended(command.output().unwrap()).expect(3).stderr;
        assert_eq!(stderr.contains('\u{1b}'), coloured, "{arguments:?} {variable:?}");
    }
}

#[test]
fn a_reader_that_left_is_no_failure() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    for arguments in [
        &["man"][..],
        &["completions", "bash"],
        &["--help"],
        &["get", "--print"],
        &["check"],
        &["get", "--json"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        ended(home.command(arguments).stdout(writer).output().unwrap()).expect(0).quietly();
    }
    assert!(home.value("ZOOM_ACCESS_TOKEN").is_some());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_stdout_is_reported() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    for arguments in [
        &["get", "--print"][..],
        &["get"],
        &["get", "--json"],
        &["get", "--export"],
        &["check"],
        &["check", "--json"],
        &["man"],
        &["completions", "zsh"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = home.command(arguments).stdout(full).output().unwrap();
        ended(output).expect(1).says(&["cannot write to stdout", "No space left"]);
    }
    assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()), "it was stored before");
    assert_eq!(sandbox.token_requests().len(), 1);
}

// Claim 14

/// Says as much as it can be made to say.
fn talkative(home: &mut Home) {
    home.set("RUST_BACKTRACE", "full").set("RUST_LOG", "trace").set("ZOOM_CHECK_VERBOSE", "1");
}

#[test]
fn no_failure_shows_a_secret() {
    const CALLS: [&[&str]; 5] = [
        &["get"],
        &["get", "--json", "--live", "-f"],
        &["watch", "--once", "--json", "--no-claude"],
        &["check", "-v", "--json"],
        &["exec", "--", "/bin/sh", "-c", "env"],
    ];
    every(&rows(), |row| {
        std::thread::scope(|scope| {
            for arguments in CALLS {
                scope.spawn(move || {
                    let mut scene = row.scene();
                    talkative(&mut scene.home);
                    let code = if arguments[0] == "check" { 1 } else { row.code };
                    scene.home.run(arguments).expect(code);
                });
            }
        });
    });
}

#[test]
fn no_success_shows_a_secret_but_where_it_was_asked_for() {
    let sandbox = sandbox();
    for mut home in [Home::of(&sandbox, ""), Home::of_user(&sandbox, "")] {
        talkative(&mut home);
        for arguments in [
            &["get"][..],
            &["get", "-f", "--json"],
            &["get", "--live"],
            &["check", "-v"],
            &["check", "--live", "--json", "-v"],
            &["man"],
            &["completions", "bash"],
            &["--help"],
        ] {
            home.run(arguments).expect(0);
        }
        let token = home.value("ZOOM_ACCESS_TOKEN").unwrap();
        for (arguments, expected) in [
            (&["get", "--print"][..], format!("{token}\n")),
            (&["get", "--export"], format!("export ZOOM_ACCESS_TOKEN='{token}'\n")),
        ] {
            assert_eq!(home.run(arguments).expect(0).quietly().stdout, expected);
        }
        #[cfg(unix)]
        {
            // The command gets the token, and of the secrets only what was in the environment before.
            let environment =
                home.run_showing_token(["exec", "--", "/bin/sh", "-c", "env"]).expect(0).quietly().stdout;
            assert!(environment.contains(&format!("ZOOM_ACCESS_TOKEN={token}\n")));
            assert_clean(environment.replace(&token, ""), Shows::Nothing, "the environment of the command");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_process_has_a_secret_in_its_arguments() {
    use std::fs;
    use std::io::ErrorKind;
    use std::path::PathBuf;
    use std::time::Duration;

    use zoomtok::sandbox::{Endpoint, Fault};

    for fault in [Fault::Slow(Duration::from_millis(500)), Fault::Status(503)] {
        let sandbox = sandbox();
        sandbox.fail(Endpoint::Token, fault, 1);
        let home = Home::of_user(&sandbox, &format!("ZOOM_ACCESS_TOKEN={}\n", sandbox.mint(-10)));
        let mut running = home.start(["exec", "--", "/bin/sh", "-c", "echo started; read line"]);
        assert!(sandbox.wait_for_token_requests(1, Duration::from_secs(10)));
        let process = PathBuf::from(format!("/proc/{}", running.id()));
        let look = |names: &[&str]| {
            for name in names {
                let text = match fs::read(process.join(name)) {
                    // It may be for root alone, which is better still.
                    Err(error) if error.kind() == ErrorKind::PermissionDenied => continue,
                    text => text.unwrap(),
                };
                assert_clean(text, Shows::Nothing, name);
            }
        };
        // Before the exchange has ended, then in the command. There the environment holds the token, as it should.
        look(&["cmdline", "environ", "comm"]);
        let mut first = [0; 8];
        std::io::Read::read_exact(&mut running.stdout(), &mut first).unwrap();
        look(&["cmdline", "comm"]);
        running.kill();
    }
}
