//! The log of `check`: a regular file, and lines that do nothing to a shell that is given them.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::files::opening::{ends, home, pipe};
use crate::support::{Home, sandbox};

#[test]
fn the_log_is_a_regular_file_that_no_link_leads_to() {
    let sandbox = sandbox();
    let home = home(&sandbox);
    let log = home.work().join("logs/zoom_token.log");
    let mine = home.work().join("profile");
    fs::create_dir(log.parent().unwrap()).unwrap();
    fs::write(&mine, "# mine\n").unwrap();
    symlink(&mine, &log).unwrap();
    ends(&home, &["check", "-v"]).expect(0).says(&["cannot append to", "symbolic link"]);
    assert_eq!(fs::read_to_string(&mine).unwrap(), "# mine\n");
    fs::remove_file(&log).unwrap();
    pipe(&log);
    ends(&home, &["check", "-v"]).expect(0).says(&["cannot append to", "not a regular file"]);
    fs::remove_file(&log).unwrap();
    symlink("nowhere", &log).unwrap();
    ends(&home, &["check", "-v"]).expect(0).says(&["cannot append to", "symbolic link"]);
    assert!(!log.with_file_name("nowhere").exists());
}

#[test]
fn a_log_that_a_shell_runs_does_nothing() {
    let home = Home::empty();
    // Each of these would make a file called "ran".
    for name in
        ["$(touch ran)", "`touch ran`", "a;touch ran;", "a|touch ran", "a&touch ran&", "a\ntouch ran\n"]
    {
        let directory = home.work().join(name);
        fs::create_dir(&directory).unwrap();
        let mut check = home.command(["check", "-v"]);
        check
            .arg("--env-file")
            .arg(directory.join(".env"))
            .env("ZOOM_CHECK_LOGFILE", home.work().join("log"));
        assert_eq!(check.output().unwrap().status.code(), Some(1));
    }
    let text = fs::read_to_string(home.work().join("log")).unwrap();
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(text.lines().all(|line| line.contains("MISSING")), "{text}");
    for shell in ["sh", "bash", "dash", "zsh"] {
        let _ = Command::new(shell).arg("log").current_dir(home.work()).output();
        assert!(!home.work().join("ran").exists(), "{shell} has run it: {text}");
    }
}
