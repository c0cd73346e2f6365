//! A `.env` that can be read only once: what a shell makes of `<(…)`, `<<` and `|`, and named pipes.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use zoomtok::sandbox::Sandbox;

use crate::support::{Ended, Home, credentials, ended, names, sandbox};

/// A home without a `.env`, and a text for one with a token that has so many seconds left.
fn with_token(left: i64) -> (Sandbox, Home, String) {
    let sandbox = sandbox();
    let token = sandbox.mint(left);
    let text = format!("{}ZOOM_ACCESS_TOKEN={token}\n", credentials(&sandbox));
    (sandbox, Home::empty(), text)
}

/// bash runs this line, in which `$zoomtok` is the program and `$text` the text.
fn bash(home: &Home, line: &str, text: &str) -> Ended {
    let zoomtok = home.command([""; 0]);
    let mut command = Command::new("bash");
    command.args(["-c", line]).current_dir(home.work()).env_clear().stdin(Stdio::null());
    for (name, value) in zoomtok.get_envs() {
        command.envs(value.map(|value| (name, value)));
    }
    command.env("PATH", "/usr/bin:/bin").env("zoomtok", env!("CARGO_BIN_EXE_zoomtok")).env("text", text);
    ended(command.output().unwrap())
}

/// How a shell hands a text over; `COMMAND` is the command with its flags, `REST` what stands behind all flags.
const FORMS: [&str; 7] = [
    "$zoomtok COMMAND --env-file <(printf '%s' \"$text\") REST",
    "printf '%s' \"$text\" | $zoomtok COMMAND --env-file /dev/stdin REST",
    "printf '%s' \"$text\" | $zoomtok --env-file /dev/fd/0 COMMAND REST",
    "ZOOM_ENV_FILE=<(printf '%s' \"$text\") $zoomtok COMMAND REST",
    "exec 3< <(printf '%s' \"$text\"); ZOOM_ENV_FILE=/dev/fd/3 $zoomtok COMMAND REST",
    "$zoomtok COMMAND --env-file /dev/stdin REST <<<\"$text\"",
    // A file that has lost its name.
    "printf '%s' \"$text\" >f; exec 3<f; rm f; $zoomtok COMMAND --env-file /dev/fd/3 REST",
];

#[test]
fn one_that_is_too_large_to_be_meant_is_refused_and_not_read_on() {
    let home = Home::empty();
    let line = "yes | $zoomtok check --env-file /dev/stdin";
    let ended = bash(&home, line, "").expect(3);
    assert!(ended.stderr.contains("it is larger than 1 MiB"), "{}", ended.stderr);
}

#[test]
fn a_valid_token_in_it_is_used() {
    let (sandbox, home, text) = with_token(3000);
    for form in FORMS {
        for (command, rest) in [("get", ""), ("check -t 60", ""), ("get --live", ""), ("exec", "-- true")] {
            let line = form.replace("COMMAND", command).replace("REST", rest);
            let ended = bash(&home, &line, &text);
            assert_eq!(ended.code, Some(0), "{line}\n{}{}", ended.stdout, ended.stderr);
            assert_eq!(ended.stderr, "", "{line}");
        }
        let line = form.replace("COMMAND", "update-claude --config none").replace("REST", "");
        let ended = bash(&home, &line, &text).expect(3);
        assert!(ended.stderr.contains("Claude"), "{line}\n{}", ended.stderr);
    }
    assert_eq!(sandbox.token_requests().len(), 0);
    assert_eq!(home.names(), Vec::<String>::new());
}

#[test]
fn a_new_token_has_no_place_in_it() {
    let (sandbox, home, text) = with_token(30);
    for form in FORMS {
        for command in ["get", "get -f"] {
            let line = form.replace("COMMAND", command).replace("REST", "");
            bash(&home, &line, &text).expect(6).says(&[
                "a new token is needed, but /dev/",
                "is a pipe",
                "name a file for the token with --env-file",
            ]);
        }
    }
    assert_eq!(sandbox.token_requests().len(), 0);
    assert_eq!((home.names(), names(&home.state())), (Vec::new(), Vec::new()));
    // Exported, and with a file for the token, they do.
    let line = "set -a; . <(printf '%s' \"$text\"); $zoomtok get --env-file token.env";
    bash(&home, line, &text).expect(0);
    home.is_for_secrets(&home.work().join("token.env"));
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn a_named_pipe_is_read_once_where_it_is_named() {
    let (_sandbox, mut home, text) = with_token(3000);
    let pipe = home.work().join(".env");
    crate::support::make_pipe(&pipe);
    // One that was found has nobody who writes into it, and is not waited for.
    let refused = home.run(["check"]).expect(3);
    assert!(
        refused.stderr.contains("it is a pipe") && refused.stderr.contains("--env-file"),
        "{}",
        refused.stderr
    );
    let put = |text: &str| {
        let (pipe, text) = (pipe.clone(), text.to_owned());
        thread::spawn(move || fs::write(pipe, text).unwrap())
    };
    for arguments in [&["get", "--env-file", ".env"][..], &["check", "-t", "60", "--env-file", ".env"]] {
        let writer = put(&text);
        home.run(arguments).expect(0).quietly();
        writer.join().unwrap();
    }
    home.set("ZOOM_ENV_FILE", pipe.to_str().unwrap());
    let writer = put(&text);
    let doctor = home.run(["doctor"]);
    writer.join().unwrap();
    assert!(doctor.stdout.contains("a new token cannot be put there"), "{}", doctor.stdout);
    // A text that makes no sense is reported as usual.
    let writer = put("ZOOM_CLIENT_ID: x\n");
    home.run(["get"]).expect(3).says(&[".env, line 1", "as YAML does"]);
    writer.join().unwrap();
    assert_eq!(home.names(), [".env"]);
    fs::remove_file(&pipe).unwrap();
}

#[test]
fn commands_that_read_repeatedly_refuse_a_pipe() {
    let (_sandbox, home, text) = with_token(3000);
    for form in &FORMS[..6] {
        for command in ["watch --once --no-claude", "mcp --install --dry-run"] {
            let line = form.replace("COMMAND", command).replace("REST", "");
            let ended = bash(&home, &line, &text).expect(3);
            assert!(ended.stderr.contains("it is a pipe"), "{line}\n{}", ended.stderr);
        }
    }
}

#[test]
fn a_signal_ends_the_wait_for_somebody_who_writes() {
    let (_sandbox, home, _) = with_token(3000);
    let pipe = home.work().join("pipe");
    crate::support::make_pipe(&pipe);
    let mut waiting = home.start(["get", "--env-file", "pipe"]);
    thread::sleep(Duration::from_millis(300));
    assert!(waiting.runs());
    waiting.signal("TERM");
    assert_eq!(waiting.end().code, None);
}
