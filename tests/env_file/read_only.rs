//! A `.env` that is only read: its token is used while it lasts and read again, nothing is fetched, nothing written.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::json;
use zoomtok::sandbox::Sandbox;

use crate::support::mcp_session::{Session, wait_until};
use crate::support::processes::Running;
use crate::support::{Home, assert_exchanges, replace_token, sandbox};

/// A home whose token has so many seconds left, in a `.env` that is to be read only.
fn home(sandbox: &Sandbox, left: i64) -> Home {
    let mut home = Home::with_token(sandbox, left);
    home.set("ZOOMTOK_READ_ONLY", "1");
    home
}

/// The output of a process so far.
struct Heard(Arc<Mutex<String>>);

impl Heard {
    fn from(running: &mut Running) -> Self {
        let (heard, stdout) = (Arc::new(Mutex::new(String::new())), running.stdout());
        let text = Arc::clone(&heard);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                text.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self(heard)
    }

    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

#[test]
fn a_token_is_used_while_it_lasts_and_none_is_fetched() {
    let sandbox = sandbox();
    let home = home(&sandbox, 500);
    let text = home.env_text();
    home.run(["get"]).expect(0).quietly();
    home.run(["check"]).expect(0).quietly();
    home.run(["watch", "--once", "--no-claude"]).expect(0).quietly();
    for arguments in
        [&["get", "-f", "--print"][..], &["get", "-t", "600"], &["exec", "-t", "600", "--", "true"]]
    {
        let ended = home.run(arguments).expect(6).says(&[
            "a new token is needed, but ",
            ".env is read-only (--read-only, ZOOMTOK_READ_ONLY). The program that writes it has to put a new token there.",
        ]);
        assert_eq!(ended.stdout, "");
    }
    let ended = home.run(["watch", "--once", "--no-claude", "--threshold", "600"]).expect(6);
    assert!(
        ended.stdout.contains("a new token is needed") && !ended.stdout.contains("refresh"),
        "{}",
        ended.stdout
    );
    let doctor = home.run(["doctor", "--fetch"]);
    assert!(doctor.stdout.contains("✅ its token is used while it lasts"), "{}", doctor.stdout);
    assert_eq!((home.env_text(), home.names()), (text, vec![".env".to_owned()]));
    assert!(!home.state().exists());
    assert_exchanges(&sandbox, 0);
}

#[test]
fn the_flag_and_the_file_itself_say_so_too() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    home.run(["get", "--read-only"]).expect(6);
    home.run(["--read-only", "get"]).expect(6);
    home.write_env(&format!("{}ZOOMTOK_READ_ONLY=yes\n", home.env_text()));
    home.run(["get"]).expect(6);
    home.write_env(&home.env_text().replace("=yes", "=perhaps"));
    for command in [&["get"][..], &["watch", "--once"]] {
        home.run(command).expect(2).says(&["ZOOMTOK_READ_ONLY (", "is neither 1 nor 0"]);
    }
    assert_exchanges(&sandbox, 0);
    home.write_env(&home.env_text().replace("=perhaps", "=no"));
    home.run(["get"]).expect(0).quietly();
}

#[test]
fn a_watch_waits_until_another_process_renews_the_token_and_hands_it_on() {
    let sandbox = sandbox();
    let mut home = home(&sandbox, -10);
    let config = home.work().join("claude_desktop_config.json");
    fs::write(&config, r#"{"mcpServers": {"zoom": {"command": "x"}}}"#).unwrap();
    home.set("CLAUDE_CONFIG_FILE", config.to_str().unwrap());
    home.set("CLAUDE_APP_NAME", home.work().join("no-app").to_str().unwrap());
    let mut watch = home.start(["watch", "--interval", "1"]);
    let stdout = Heard::from(&mut watch);
    wait_until("the warning", || stdout.text().contains("a new token is needed"));
    let new = sandbox.mint(3000);
    replace_token(&home, &new);
    wait_until("the hand-over", || fs::read_to_string(&config).unwrap().contains(&new));
    wait_until("the news", || stdout.text().contains("✅ Token refresh complete!"));
    assert!(watch.runs());
    let text = stdout.text();
    assert!(text.contains("📋 Token fetched by another zoomtok"), "{text}");
    assert_eq!(text.matches("a new token is needed").count(), 1, "{text}");
    assert!(!text.contains("CRITICAL") && !text.contains("Automatically"), "{text}");
    watch.kill();
    assert_exchanges(&sandbox, 0);
    assert!(!home.names().iter().any(|name| name.starts_with(".env.")), "{:?}", home.names());
}

#[test]
fn a_server_continues_and_reads_the_file_again() {
    let sandbox = sandbox();
    let home = home(&sandbox, -10);
    let mut session = Session::start(&home, &[]);
    for tool in ["list_meetings", "zoom_refresh_token"] {
        session.call(tool, json!({})).fails(&["a new token is needed", "is read-only"]);
    }
    let given =
        json!({"zoom_refresh_token": "canary-r", "zoom_client_id": "id", "zoom_client_secret": "canary-s"});
    session.call("zoom_refresh_token", given).fails(&["is read-only"]);
    replace_token(&home, &sandbox.mint(3000));
    session.call("list_meetings", json!({})).ok();
    session.close();
    assert_exchanges(&sandbox, 0);
}

/// In a directory that cannot be written, as those of mounted secrets.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_used_while_its_token_lasts() {
    use std::os::unix::fs::PermissionsExt as _;

    use crate::support::processes::bound;
    let set_mode = |home: &Home, mode| {
        fs::set_permissions(home.work(), fs::Permissions::from_mode(mode)).unwrap();
    };
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 500);
    let run = |arguments: &[&str]| {
        let mut command = bound(&home, arguments);
        set_mode(&home, 0o555);
        let ended = crate::support::ended(command.output().unwrap());
        set_mode(&home, 0o755);
        ended
    };
    run(&["get"]).expect(0).quietly();
    run(&["get", "-f"]).expect(6).says(&[
        "a new token is needed, but ",
        ".env cannot be written: cannot open ",
        "Permission denied",
        "or have the program that writes it put a new token there",
    ]);
    let mut command = bound(&home, &["watch", "--no-claude", "--threshold", "600", "--interval", "1"]);
    set_mode(&home, 0o555);
    let mut watch = Running::new(command.spawn().unwrap());
    let stdout = Heard::from(&mut watch);
    wait_until("the warning", || stdout.text().contains("a new token is needed"));
    replace_token(&home, &sandbox.mint(3000));
    wait_until("the new token", || stdout.text().contains("Token fetched by another zoomtok"));
    assert!(!stdout.text().contains("Automatically"), "{}", stdout.text());
    assert!(watch.runs());
    watch.kill();
    set_mode(&home, 0o755);
    assert_exchanges(&sandbox, 0);
}
