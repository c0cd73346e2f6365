//! Root keeps the token of somebody else: what they may not read is not copied for them, and what root makes is theirs.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, lchown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use zoomtok::sandbox::Fault;

use crate::support::needs::needs;
use crate::support::processes::{NOBODY, in_flight};
use crate::support::rows::tree;
use crate::support::{Home, ended, names, sandbox};

const THEM: u32 = NOBODY;
/// A text that only root may read.
const OF_ROOT: &str = "OF_ROOT=only-root-may-read-this\n";
/// Time enough to do something to the files while Zoom is being asked.
const SLOW: Fault = Fault::Slow(Duration::from_millis(1500));

/// Gives everything in a home to them. Root takes a `.env` of theirs only where it is named.
fn give_to_them(home: &mut Home) {
    let env = home.env_path();
    home.set("ZOOM_ENV_FILE", env.to_str().unwrap());
    let root = home.work().parent().unwrap().to_owned();
    for path in tree(&root).into_iter().chain([root]) {
        lchown(path, Some(THEM), Some(THEM)).unwrap();
    }
}

/// They do something, in a shell and in the directory of the `.env`.
#[track_caller]
fn they(home: &Home, line: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-ec", line]).current_dir(home.work()).uid(THEM).gid(THEM);
    assert!(shell.status().unwrap().success(), "{line}");
}

fn all_text_of_theirs(home: &Home) -> String {
    let theirs =
        |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_file() && found.uid() == THEM);
    let files = tree(home.work().parent().unwrap()).into_iter().filter(|path| theirs(path));
    files.map(|path| fs::read_to_string(path).unwrap_or_default()).collect()
}

#[test]
fn a_file_that_was_exchanged_meanwhile_is_not_copied() {
    needs!(Root);
    let sandbox = sandbox();
    for (act, what) in [
        ("mv .env old; ln -s ../secret .env", "symbolic link"),
        // A file of root's that lies about in a directory of theirs.
        ("mv .env old; mv beside .env", "it belongs to somebody else than before"),
        ("rm .env; mkfifo .env", "it is a named pipe"),
    ] {
        let mut home = Home::of(&sandbox, "A=1\n");
        give_to_them(&mut home);
        let secret = home.work().with_file_name("secret");
        for path in [&secret, &home.work().join("beside")] {
            fs::write(path, OF_ROOT).unwrap();
            fs::set_permissions(path, PermissionsExt::from_mode(0o600)).unwrap();
        }
        let running = in_flight(&sandbox, &home, &["get", "-f"], SLOW);
        // It is not theirs before it has its text.
        let temporary = fs::metadata(home.work().join(".env.zoomtok-tmp")).unwrap();
        assert_eq!((temporary.uid(), temporary.mode() & 0o777), (0, 0o600));
        they(&home, act);
        running.end().expect(6).says(&["recovery.json", what]);
        assert!(!all_text_of_theirs(&home).contains("only-root"), "{act}");
        assert_eq!(fs::read_to_string(&secret).unwrap(), OF_ROOT);
        // Once it is theirs again the token takes its place.
        they(&home, "rm .env; if [ -e old ]; then mv old .env; else echo A=1 >.env; fi");
        if act.starts_with("mv") {
            home.run(["get"]).expect(0).quietly();
            assert!(home.env_text().contains("ZOOM_ACCESS_TOKEN=\"eyJ"));
            assert_eq!(fs::metadata(home.env_path()).unwrap().uid(), THEM);
        }
    }
}

#[test]
fn a_directory_that_was_exchanged_meanwhile_is_not_written_to() {
    needs!(Root);
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "A=1\n");
    give_to_them(&mut home);
    let of_root = home.work().with_file_name("of-root");
    fs::create_dir(&of_root).unwrap();
    fs::write(of_root.join(".env"), OF_ROOT).unwrap();
    let running = in_flight(&sandbox, &home, &["get", "-f"], SLOW);
    they(&home, "cd ..; mv work old; ln -s of-root work");
    running.end().expect(0);
    assert_eq!(fs::read_to_string(of_root.join(".env")).unwrap(), OF_ROOT);
    assert_eq!(names(&of_root), [".env"]);
    let text = fs::read_to_string(home.work().with_file_name("old").join(".env")).unwrap();
    assert!(text.contains("ZOOM_ACCESS_TOKEN=\"eyJ") && !text.contains("OF_ROOT"));
}

#[test]
fn files_that_root_makes_in_another_users_home_belong_to_that_user() {
    needs!(Root);
    let sandbox = sandbox();
    let mut home = Home::of(&sandbox, "");
    let config = home.work().join("claude.json");
    fs::write(&config, r#"{"mcpServers": {"zoom": {"command": "node", "env": {}}}}"#).unwrap();
    home.is_for_secrets(&config);
    home.is_for_secrets(&home.work().join("claude.json.zoomtok.bak"));
    home.set("CLAUDE_CONFIG_FILE", config.to_str().unwrap());
    give_to_them(&mut home);
    let lines: [&[&str]; 5] = [
        &["get", "-f"],
        &["watch", "--once", "--no-claude"],
        &["check", "-v"],
        &["update-claude"],
        &["doctor"],
    ];
    let run = |uid: Option<u32>, arguments: &[&str]| {
        let mut command = home.command(arguments);
        command.env_remove("XDG_STATE_HOME");
        if let Some(uid) = uid {
            command.uid(uid).gid(uid);
        }
        ended(command.output().unwrap()).expect(0);
    };
    for line in lines {
        run(None, line);
    }
    let all = tree(home.work().parent().unwrap());
    assert!(all.iter().any(|path| path.ends_with("state.json")));
    for path in &all {
        assert_eq!(path.symlink_metadata().unwrap().uid(), THEM, "{}", path.display());
    }
    for line in lines {
        run(Some(THEM), line);
    }
}
