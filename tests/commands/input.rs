//! Bad input gets an error that names what to fix, and nothing is lost.
//!
//! Claim 4: a file that cannot be read or parsed is never rewritten; only one that is not there counts as new.

use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::time::{Duration, Instant};

#[cfg(unix)]
use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET};

#[cfg(unix)]
use crate::support::ended;
use crate::support::{Home, credentials, sandbox};

/// A `.env` with these bytes stops `get` and `check` alike with this, and stays as it is.
#[track_caller]
fn refused(bytes: &[u8], code: i32, parts: &[&str]) {
    let home = Home::empty();
    fs::write(home.env_path(), bytes).unwrap();
    for arguments in [&["get"][..], &["get", "-f"], &["check"], &["exec", "--", "true"]] {
        let ended = home.run(arguments).expect(code).says(parts);
        assert_eq!(ended.stdout, "");
        assert!(ended.stderr.contains(&home.env_path().display().to_string()), "{}", ended.stderr);
        assert!(fs::read(home.env_path()).unwrap() == bytes, "{arguments:?} changed the file");
        assert_eq!(home.names(), [".env"]);
    }
}

#[test]
fn an_unparseable_file_is_reported_by_line_and_kept() {
    refused(b"A=1\nB=\xff\xfe\nC=3\n", 3, &["line 2", "not UTF-8"]);
    refused(b"\xff\xfeA\x00=\x001\x00", 3, &["line 1", "UTF-16 and not UTF-8"]);
    refused(b"A=1\n\nB=2\0\nC=3\n", 3, &["line 3", "NUL"]);
    refused(b"A=1\nZOOM_ACCESS_TOKEN=\"abc\nB=2\n", 3, &["line 2"]);
    refused(b"A=1\nB='abc\nZOOM_ACCESS_TOKEN=x\n", 3, &["line 2"]);
    refused(b"A=1\r\nZOOM_ACCESS_TOKEN=\"abc\r\n", 3, &["line 2"]);
    refused(b"A=1\n\n\nZOOM_ACCESS_TOKEN x\n", 3, &["line 4", "ZOOM_ACCESS_TOKEN"]);
    refused(b"ZOOM_CLIENT_SECRET=a$HOME\n", 3, &["line 1", "ZOOM_CLIENT_SECRET", "single quotes"]);
    refused(b"A=Ada's\nB=1\nC='c'\nZOOM_CLIENT_ID=x\n", 3, &["line 1", "apostrophe", "double quotes"]);
    refused(b"A=1\nset ZOOM_CLIENT_ID=x\n", 3, &["line 2", "ZOOM_CLIENT_ID", "cmd.exe"]);
    refused(b"A=1\nB\x00=\x002\x00\n\x00", 3, &["line 2", "UTF-16 and not UTF-8", "PowerShell"]);
    refused(
        b"ZOOM_CLIENT_SECRET=$(pass zoom)\n",
        3,
        &["line 1", "ZOOM_CLIENT_SECRET", "command for a shell"],
    );
}

#[test]
fn a_reference_is_named_before_zoom_is_asked() {
    let sandbox = sandbox();
    for (value, tool) in [
        ("op://vault/zoom/secret", "op run --env-file .env -- zoomtok get"),
        ("encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3", "dotenvx run -- zoomtok get"),
        ("'${SECRET}'", "Write the value itself"),
        ("your-client-secret", "marketplace.zoom.us"),
    ] {
        let home = Home::of(&sandbox, &format!("ZOOM_CLIENT_SECRET={value}\n"));
        home.run(["get"]).expect(3).says(&["ZOOM_CLIENT_SECRET (", "line 6", tool]);
        let mut home = Home::of(&sandbox, "");
        home.set("ZOOM_CLIENT_SECRET", value.trim_matches('\'')).set("ZOOM_OAUTH_URL", &sandbox.oauth_url());
        home.run(["get"]).expect(3).says(&["ZOOM_CLIENT_SECRET (set in the environment)", tool]);
    }
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn the_text_of_a_file_is_not_repeated() {
    for text in [
        "ZOOM_CLIENT_SECRET=\"CANARY\n",
        "ZOOM_CLIENT_SECRET=CANARY$x\n",
        "ZOOM_ACCESS_TOKEN CANARY\n",
        "ZOOM_ACCESS_TOKEN='CANARY CANARY'\nZOOM_TOKEN_EXPIRES_AT=CANARY\n",
        "ZOOM_TOKEN_THRESHOLD=CANARY\n",
        "ZOOM_CLIENT_ID=a\nZOOM_CLIENT_SECRET='CANARY '\nZOOM_ACCOUNT_ID=b\n",
        "ZOOM_CLIENT_ID=a\nZOOM_CLIENT_SECRET=b\nZOOM_ACCOUNT_ID=c\nZOOM_OAUTH_URL=https://u:CANARY@zoom.invalid\n",
    ] {
        let home = Home::with_env(text);
        for command in ["get", "check"] {
            let ended = home.run([command]);
            assert_ne!(ended.code, Some(0), "{text}");
            assert!(!(ended.stdout + &ended.stderr).contains("CANARY"), "{text}");
        }
        assert_eq!(home.env_text(), text);
    }
}

#[test]
fn only_a_regular_file_is_taken_for_an_env_file() {
    let home = Home::empty();
    fs::create_dir(home.env_path()).unwrap();
    for command in ["get", "check"] {
        home.run([command]).expect(3).says(&["cannot read", ".env", "directory"]);
    }
    assert_eq!(home.names(), [".env"]);
}

#[test]
fn a_file_of_50_mib_is_not_read() {
    let home = Home::with_env("ZOOM_ACCESS_TOKEN=x\n");
    fs::File::options().write(true).open(home.env_path()).unwrap().set_len(50 * 1024 * 1024).unwrap();
    for command in ["get", "check"] {
        home.run([command]).expect(3).says(&["cannot read", "larger than 1 MiB"]);
    }
    assert_eq!(fs::metadata(home.env_path()).unwrap().len(), 50 * 1024 * 1024);
}

#[cfg(unix)]
#[test]
fn a_named_pipe_does_not_hang() {
    let home = Home::empty();
    crate::support::make_pipe(&home.env_path());
    for command in ["get", "check"] {
        let mut running = home.start([command]);
        let started = Instant::now();
        while running.runs() {
            assert!(started.elapsed() < Duration::from_secs(10), "{command} does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
        running.end().expect(3).says(&["cannot read", "not a regular file"]);
    }
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_does_not_hang() {
    let home = Home::empty();
    std::os::unix::fs::symlink(".env", home.env_path()).unwrap();
    for command in ["get", "check"] {
        home.run([command]).expect(3).says(&["cannot read"]);
    }
}

/// Root may read everything, so it hands the run to somebody who may not.
#[cfg(unix)]
#[test]
fn an_unreadable_file_is_not_taken_for_an_empty_one() {
    use std::os::unix::fs::PermissionsExt as _;

    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    for (name, value) in [
        ("ZOOM_CLIENT_ID", CLIENT_ID),
        ("ZOOM_CLIENT_SECRET", CLIENT_SECRET),
        ("ZOOM_ACCOUNT_ID", ACCOUNT_ID),
    ] {
        home.set(name, value);
    }
    home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url());
    let before = home.env_text();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&home.env_path(), 0o000);
    for arguments in [&["get"][..], &["get", "-f"], &["check"]] {
        let output = crate::support::processes::bound(&home, arguments).output().unwrap();
        ended(output).expect(3).says(&["cannot read", ".env", "denied"]);
    }
    mode(&home.env_path(), 0o600);
    assert_eq!(home.env_text(), before);
    assert_eq!(sandbox.requests().len(), 0);
}

#[test]
fn an_invalid_number_is_reported_with_the_place_it_was_set() {
    for number in ["abc", "-5", "+5", "1e9", "1.5", "18446744073709551616", "0x10", "1_000", "\u{663}", "5s"]
    {
        for arguments in [&["get"][..], &["check"], &["exec", "--", "true"]] {
            let mut home = Home::with_env("");
            home.set("ZOOM_TOKEN_THRESHOLD", number);
            let place = "ZOOM_TOKEN_THRESHOLD (set in the environment) is not a whole number of seconds";
            assert_eq!(home.run(arguments).expect(2).says(&[place]).stdout, "");

            let home = Home::with_env(&format!("# mine\nZOOM_TOKEN_THRESHOLD={number}\n"));
            let place = format!("ZOOM_TOKEN_THRESHOLD ({}, line 2) is not", home.env_path().display());
            home.run(arguments).expect(2).says(&[&place]);

            let flag = Home::with_env("").run([&arguments[..1], &["-t", number], &arguments[1..]].concat());
            assert_eq!(flag.expect(2).stdout, "", "{number}");
        }
    }
}

#[test]
fn a_number_may_have_white_space_around_it_and_an_empty_one_is_none() {
    for number in ["' 5 '", "005", "", "''"] {
        Home::with_env(&format!("ZOOM_TOKEN_THRESHOLD={number}\n")).run(["check"]).expect(1).quietly();
    }
}

#[test]
fn a_url_that_a_secret_must_not_be_sent_to_is_refused() {
    let sandbox = sandbox();
    let port = sandbox.port();
    for (url, problem) in [
        ("zoom.us".to_owned(), "is not a URL"),
        ("https://".into(), "is not a URL"),
        ("127.0.0.1:80".into(), "is not a URL"),
        ("http://zoom.us".into(), "must begin with https://"),
        ("http://127.0.0.1.zoom.invalid".into(), "must begin with https://"),
        ("http://localhost.invalid".into(), "must begin with https://"),
        ("http://10.0.0.1".into(), "must begin with https://"),
        ("http://0.0.0.0".into(), "must begin with https://"),
        ("ftp://zoom.us".into(), "must begin with https://"),
        ("file:///etc/passwd".into(), "must begin with https://"),
        ("https://user:pass@zoom.invalid".into(), "user name or a password"),
        (format!("http://user@127.0.0.1:{port}"), "user name or a password"),
        (format!("http://127.0.0.1:{port}/?a=b"), "must end with its path"),
        (format!("http://127.0.0.1:{port}/#a"), "must end with its path"),
    ] {
        let mut home = Home::of(&sandbox, "");
        let before = home.env_text();
        home.set("ZOOM_OAUTH_URL", &url);
        let place = "ZOOM_OAUTH_URL (set in the environment)";
        assert_eq!(home.run(["get"]).expect(2).says(&[place, problem]).stdout, "");
        assert_eq!(home.env_text(), before);

        let mut home = Home::with_token(&sandbox, 600);
        home.write_env(&home.env_text().replace(&sandbox.api_url(), &format!("'{url}'")));
        for command in ["get", "check"] {
            home.run([command, "--live"]).expect(2).says(&["ZOOM_API_URL", "line 5", problem]);
            home.run([command]).expect(0);
        }
        home.set("ZOOM_API_URL", &sandbox.api_url());
        home.run(["check", "--live"]).expect(0);
    }
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn a_url_of_this_machine_may_be_plain() {
    let sandbox = sandbox();
    for url in [
        format!("http://127.0.0.1:{}/", sandbox.port()),
        format!("http://127.0.0.1:{}//", sandbox.port()),
        format!(" {} ", sandbox.oauth_url()),
        format!("http://localhost:{}", sandbox.port()),
    ] {
        let mut home = Home::of(&sandbox, "");
        home.set("ZOOM_OAUTH_URL", &url);
        home.run(["get"]).expect(0).quietly();
    }
}

#[test]
fn missing_credentials_are_named_with_the_file() {
    let all = ["ZOOM_CLIENT_ID=value\n", "ZOOM_CLIENT_SECRET=value\n", "ZOOM_ACCOUNT_ID=value\n"];
    for present in 0..7_usize {
        let lines: Vec<&str> = (0..3).filter(|bit| present >> bit & 1 == 1).map(|bit| all[bit]).collect();
        let lines = lines.concat();
        let home = Home::with_env(&lines);
        for arguments in [&["get"][..], &["get", "-f"], &["exec", "--", "true"]] {
            let ended = home.run(arguments).expect(3).says(&[&home.env_path().display().to_string()]);
            assert_eq!(ended.stdout, "");
            for (bit, name) in all.iter().enumerate() {
                let is_named = ended.stderr.contains(name.trim_end_matches("=value\n"));
                assert_eq!(is_named, present >> bit & 1 == 0, "{present}: {}", ended.stderr);
            }
        }
        assert_eq!(home.env_text(), lines);
    }
    let home = Home::with_env("ZOOM_CLIENT_ID=a\nZOOM_CLIENT_SECRET=''\nZOOM_ACCOUNT_ID=\n");
    home.run(["get"]).expect(3).says(&["ZOOM_CLIENT_SECRET", "ZOOM_ACCOUNT_ID", "ZOOM_REFRESH_TOKEN"]);
    let home = Home::empty();
    let there_is_none = format!("{} does not exist, and ZOOM_CLIENT_ID", home.env_path().display());
    let ended = home.run(["get"]).expect(3).says(&[&there_is_none, "--env-file"]);
    assert_eq!(ended.stdout, "");
}

#[test]
fn wrong_arguments_are_a_usage_error() {
    let home = Home::with_env("");
    for arguments in [
        &[][..],
        &["refresh"],
        &["get", "--forse"],
        &["get", "-x"],
        &["get", "more"],
        &["get", "--print", "--json"],
        &["get", "--print", "--export"],
        &["get", "--json", "--export"],
        &["get", "-t"],
        &["get", "--color", "blue"],
        &["check", "--force"],
        &["exec"],
        &["exec", "--"],
        &["sandbox", "--port", "70000"],
        &["completions"],
        &["completions", "tcl"],
        &["get", "--env-file"],
    ] {
        let ended = home.run(arguments).expect(2);
        assert_eq!(ended.stdout, "", "{arguments:?}");
        let helps = ended.stderr.contains("Usage: zoomtok") || ended.stderr.contains("try '--help'");
        assert!(helps, "{arguments:?}: {}", ended.stderr);
    }
    assert_eq!(home.names(), [".env"]);
    for flag in ["-h", "--help", "-V", "--version"] {
        assert!(home.run([flag]).expect(0).quietly().stdout.contains("zoomtok"));
    }
}

/// The wrong threshold in a `.env` shows that `get` takes it for the right one.
#[track_caller]
fn uses(home: &Home, arguments: &[&str], file: &Path) {
    home.run([&["get"], arguments].concat()).expect(2).says(&[&format!("({}, line 1)", file.display())]);
}

#[test]
fn the_env_file_is_the_flags_then_the_variables_then_the_nearest() {
    const MARK: &str = "ZOOM_TOKEN_THRESHOLD=abc\n";
    let mut home = Home::empty();
    let root = home.work().parent().unwrap().to_owned();
    let put = |path: &Path| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, MARK).unwrap();
    };
    let configured = root.join("config/zoomtok/.env");
    put(&configured);
    if cfg!(target_os = "linux") {
        // Where else it is depends on the system.
        uses(&home, &[], &configured);
    }
    let above = root.join(".env");
    put(&above);
    uses(&home, &[], &above);
    put(&home.env_path());
    uses(&home, &[], &home.env_path());
    let named = root.join("other/named.env");
    put(&named);
    home.set("ZOOM_ENV_FILE", named.to_str().unwrap());
    uses(&home, &[], &named);
    uses(&home, &["--env-file", above.to_str().unwrap()], &above);
    home.set("ZOOM_ENV_FILE", "");
    uses(&home, &[], &home.env_path());
    // A file that was named and is not there is not looked for elsewhere.
    home.run(["get", "--env-file", "none.env"]).expect(3).says(&["no credentials: none.env does not exist"]);
    home.run(["check", "--env-file", "none.env"]).expect(1);
    assert_eq!(home.names(), [".env"]);
}

#[test]
fn without_a_file_one_is_made_for_the_token_and_said() {
    let sandbox = sandbox();
    let mut home = Home::empty();
    for line in credentials(&sandbox).lines() {
        let (name, value) = line.split_once('=').unwrap();
        home.set(name, value);
    }
    let ended = home.run(["get"]).expect(0).quietly();
    assert!(ended.stdout.contains(".env was made for it"), "{}", ended.stdout);
    let text = home.env_text();
    let names: Vec<&str> = text.lines().map(|line| line.split_once('=').unwrap().0).collect();
    assert_eq!(names, ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT"]);
    assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    #[cfg(unix)]
    {
        let mode = fs::metadata(home.env_path()).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    }
    let ended = home.run(["get", "-f"]).expect(0).quietly();
    assert!(!ended.stdout.contains("was made"), "{}", ended.stdout);
}

#[test]
fn the_environments_credentials_win_over_the_files() {
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    // An address that a found file names is for the credentials of that file.
    home.set("ZOOM_OAUTH_URL", &sandbox.oauth_url());
    home.set("ZOOM_ACCOUNT_ID", "another");
    home.run(["get"]).expect(4).says(&["ZOOM_ACCOUNT_ID"]);
    home.set("ZOOM_ACCOUNT_ID", "");
    home.run(["get"]).expect(0);
}
