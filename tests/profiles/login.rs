//! A login makes a profile, and the removal of a profile ends its login.

use std::fs;

use zoomtok::sandbox::{Client, Endpoint, Fault, Sandbox};

use super::{directory, file, put, value};
use crate::login::browser::LOGIN;
use crate::login::world;
use crate::support::browser::{Waiting, follow};
use crate::support::{Home, credentials, names};

/// Logs in to a profile, which need not exist.
fn log_in(home: &Home, name: &str) -> String {
    let login = Waiting::start(home, &[LOGIN, &["--profile", name]].concat());
    follow(&login.address);
    let ended = login.end().expect(0);
    ended.stdout + &ended.stderr
}

fn revocations(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|seen| seen.path == "/oauth/revoke").count()
}

#[test]
fn a_login_makes_the_profile_for_its_owner_alone() {
    let (sandbox, home) = world();
    home.run(["login", "--check", "--profile", "work"]).expect(1);
    assert!(!directory(&home).exists());
    log_in(&home, "work");
    assert!(sandbox.accepts(&value(&home, "work", "ZOOM_ACCESS_TOKEN").unwrap()));
    assert_eq!(home.names(), [""; 0], "no .env is made beside it");
    #[cfg(unix)]
    {
        use crate::support::mode;
        assert_eq!((mode(&directory(&home)), mode(&file(&home, "work"))), (0o700, 0o600));
    }
    home.run(["get", "-f", "--profile", "work"]).expect(0).quietly();
    home.run(["login", "--check", "--profile", "work"]).expect(0);
    home.run(["logout", "--profile", "work"]).expect(0);
    assert_eq!(value(&home, "work", "ZOOM_ACCESS_TOKEN"), None);
    home.run(["logout", "--profile", "wrok"])
        .expect(3)
        .says(&["there is no profile wrok", "login --profile wrok"]);
    assert_eq!(names(&directory(&home)), ["work.env", "work.env.lock"]);
}

#[test]
fn a_second_login_of_the_same_user_says_whom_it_has_logged_out() {
    let (_sandbox, home) = world();
    let said = log_in(&home, "work");
    assert!(!said.contains(".env was logged in with this app"), "{said}");
    let said = log_in(&home, "home");
    let line =
        said.lines().find(|line| line.contains("was logged in with this app as the same user, and is"));
    assert!(line.is_some_and(|line| line.contains("work.env")), "{said}");
}

#[test]
fn what_is_removed_is_ended_at_zoom_first() {
    let (sandbox, home) = world();
    log_in(&home, "work");
    let token = value(&home, "work", "ZOOM_ACCESS_TOKEN").unwrap();
    let refresh = sandbox.refresh_token_of(Client::Public);
    home.run(["profile", "remove", "-y", "work"]).expect(0).quietly();
    assert!(!sandbox.accepts(&token));
    assert_ne!(sandbox.refresh_token_of(Client::Public), refresh);
    assert_eq!(names(&directory(&home)), [""; 0]);

    // Where that cannot be done, it is said, and nothing is kept for it.
    put(&home, "away", &format!("{}ZOOM_ACCESS_TOKEN={}\n", credentials(&sandbox), sandbox.mint(3000)));
    let before = revocations(&sandbox);
    sandbox.fail(Endpoint::Login, Fault::Status(503), u32::MAX);
    let ended = home.run(["profile", "remove", "-y", "away"]).expect(0);
    assert!(ended.stderr.contains("the login was not ended at Zoom: "), "{}", ended.stderr);
    assert!(revocations(&sandbox) > before && !file(&home, "away").exists());

    // One that cannot be read is removed all the same.
    fs::write(file(&home, "broken"), "ZOOM_CLIENT_ID='\n").unwrap();
    home.run(["profile", "remove", "-y", "broken"]).expect(0).quietly();
}
