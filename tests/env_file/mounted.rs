//! A `.env` that can be written and not replaced, as containers have it when a single file is mounted, and one that cannot
//! be changed at all.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use zoomtok::sandbox::{Endpoint, Fault};

use crate::support::canaries::{self, Shows};
use crate::support::needs::needs;
use crate::support::rows::tree;
use crate::support::{Ended, Home, ended_showing, sandbox};

const TOKEN: &str = "ZOOM_ACCESS_TOKEN";
const REFRESH: &str = "ZOOM_REFRESH_TOKEN";

/// Runs a line of the shell where the `.env` is mounted by itself, or something like it: `$1` is its directory, `$2` the
/// program, `$3` a directory beside.
#[track_caller]
fn mounted(home: &Home, line: &str) -> Ended {
    let beside = home.work().with_file_name("beside");
    fs::create_dir_all(&beside).unwrap();
    let program = home.command(["get"]);
    let mut shell = Command::new("unshare");
    shell.args(["-m", "sh", "-c", &format!("cd \"$1\" || exit 98; {line}"), "sh"]);
    shell.arg(home.work().canonicalize().unwrap()).arg(program.get_program()).arg(beside);
    shell.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    ended_showing(shell.output().unwrap(), Shows::AccessToken)
}

const MOUNT: &str = "mount --bind .env .env || exit 97; ";

#[test]
fn a_mounted_file_is_written_where_it_is() {
    needs!(Root, Mounts);
    for home_of in [Home::of, Home::of_user] {
        let sandbox = sandbox();
        let home = home_of(&sandbox, "# mine\nA='b # c'\n");
        // Also where nothing can be made beside it.
        let read_only = "touch \"$3/.env\" && mount --bind .env \"$3/.env\" && mount --bind . . && cd \"$1\" \
            && mount -o remount,ro,bind . && mount --bind \"$3/.env\" .env || exit 96; ";
        for (before, asked) in [(MOUNT, 2), (read_only, 4)] {
            let line =
                format!("{before}\"$2\" get -f >/dev/null && \"$2\" get --print -f && ! ls .env.* 2>&1");
            let ended = mounted(&home, &line);
            let token = ended.expect(0).stdout.lines().next().unwrap().to_owned();
            assert_eq!(home.value(TOKEN).unwrap(), token);
            assert!(home.env_text().contains("# mine\nA='b # c'\n"));
            assert_eq!(sandbox.token_requests().len(), asked);
            if let Some(refresh) = home.value(REFRESH) {
                assert_eq!(refresh, sandbox.refresh_token());
            }
        }
        assert!(!tree(&home.state()).iter().any(|path| path.ends_with("rewrite.json")));
    }
}

#[test]
fn doctor_and_get_agree_on_what_can_be_stored() {
    needs!(Root, Mounts);
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    let text = home.env_text();
    let ended = mounted(&home, &format!("{MOUNT}\"$2\" doctor"));
    assert!(ended.stdout.contains("is mounted by itself"), "{}", ended.stdout);
    assert!(ended.stdout.contains("a new token can be stored"), "{}", ended.stdout);
    let gone = "mv .env \"$3/.env\"; touch .env; mount --bind \"$3/.env\" .env || exit 97; rm \"$3/.env\"; ";
    for (before, what) in [
        // Nowhere to keep the texts meanwhile.
        (MOUNT.to_owned() + "export XDG_STATE_HOME=/proc/none; ", "No such file"),
        (MOUNT.to_owned() + "mount -o remount,ro,bind .env; ", "Read-only file system"),
        // The host has put a new file in its place, as editors do.
        (gone.to_owned(), "it was replaced where it is mounted from"),
    ] {
        home.write_env(&text);
        let ended = mounted(&home, &format!("{before}\"$2\" get -f")).expect(6);
        assert!(ended.stderr.contains(what), "{}", ended.stderr);
        home.write_env(&text);
        let ended = mounted(&home, &format!("{before}\"$2\" doctor")).expect(6);
        assert!(ended.stdout.contains(what), "{}", ended.stdout);
    }
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn an_immutable_file_is_known_before_zoom_is_asked() {
    needs!(ImmutableFiles);
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    let chattr = |flag: &str, path: &std::path::Path| {
        assert!(Command::new("chattr").arg(flag).arg(path).status().unwrap().success());
    };
    let work = home.work();
    for (flag, path, what) in [
        ("i", home.env_path(), "chattr -i"),
        ("a", home.env_path(), "chattr -a"),
        ("a", work.clone(), "chattr -a"),
    ] {
        chattr(&format!("+{flag}"), &path);
        let (get, doctor) = (home.run(["get", "-f"]), home.run(["doctor"]));
        chattr(&format!("-{flag}"), &path);
        assert!(get.stderr.contains(what), "{}", get.stderr);
        assert!(doctor.stdout.contains(what), "{}", doctor.stdout);
        assert_eq!((get.code, doctor.code), (Some(6), Some(6)));
    }
    assert_eq!(sandbox.token_requests().len(), 0);
    home.run(["get", "-f"]).expect(0);
}

#[test]
fn two_containers_with_one_file_ask_once() {
    needs!(Root, Mounts);
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(700)), 1);
    let line = "mkdir \"$3/a\" \"$3/b\" && touch \"$3/a/.env\" \"$3/b/.env\" && mount --bind .env \"$3/a/.env\" \
        && mount --bind .env \"$3/b/.env\" || exit 97; \
        \"$2\" get --env-file \"$3/a/.env\" >/dev/null & \"$2\" get --env-file \"$3/b/.env\" >/dev/null; wait $!";
    let ended = mounted(&home, line);
    ended.expect(0);
    assert_eq!(sandbox.token_requests().len(), 1);
    assert_eq!(home.value(REFRESH).unwrap(), sandbox.refresh_token());
}

/// The texts of a rewrite that was stopped.
fn texts(home: &Home) -> (String, String) {
    let path = tree(&home.state()).into_iter().find(|path| path.ends_with("rewrite.json")).unwrap();
    let json: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let text = |name: &str| json[name].as_str().unwrap().to_owned();
    (text("old"), text("new"))
}

/// Has a `get` killed in this call about the `.env`.
#[track_caller]
fn kill_in(home: &Home, call: &str) {
    let line = format!(
        "{MOUNT}strace -f -qq -o \"$3/trace\" -P \"$1/.env\" -e inject={call}:signal=KILL \"$2\" get -f; \
         grep -q 'killed by SIGKILL' \"$3/trace\""
    );
    mounted(home, &line).expect(0);
    fs::remove_file(home.work().with_file_name("beside/trace")).unwrap();
}

#[test]
fn an_interrupted_write_is_finished_by_the_next_run() {
    needs!(Root, Mounts, Strace);
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "# mine\n");
    home.run(["get"]).expect(0);
    for (call, parts) in [("write", 0), ("write", 3), ("write", 10), ("ftruncate", 0), ("fsync", 0)] {
        kill_in(&home, call);
        let (old, new) = texts(&home);
        canaries::learn(&new);
        if parts > 0 {
            // As much of the new text as got there, at the beginning or in the middle.
            let at = new.len() * parts / 11;
            let torn = format!("{}{}", &new[..at], old.get(at..).unwrap_or_default());
            home.write_env(&torn);
        }
        let asked = sandbox.token_requests().len();
        home.run(["check"]).expect(0).quietly();
        let ended = mounted(&home, &format!("{MOUNT}\"$2\" get --print")).expect(0);
        assert_eq!(home.env_text(), new, "{call} {parts}");
        assert_eq!(home.value(TOKEN).unwrap(), ended.stdout.trim_end());
        assert_eq!(home.value(REFRESH).unwrap(), sandbox.refresh_token());
        assert_eq!(sandbox.token_requests().len(), asked);
        assert!(!tree(&home.state()).iter().any(|path| path.ends_with("rewrite.json")));
    }
}

#[test]
fn changes_made_after_an_interrupted_write_are_kept() {
    needs!(Root, Mounts, Strace);
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    home.run(["get"]).expect(0);
    kill_in(&home, "write");
    home.write_env(&format!("{}MINE=1\n", home.env_text()));
    let asked = sandbox.token_requests().len();
    mounted(&home, &format!("{MOUNT}\"$2\" get")).expect(0);
    assert!(home.env_text().ends_with("MINE=1\n"), "{}", home.env_text());
    assert_eq!(home.value(REFRESH).unwrap(), sandbox.refresh_token());
    assert_eq!(sandbox.token_requests().len(), asked);
    mounted(&home, &format!("{MOUNT}\"$2\" get -f")).expect(0);
}

#[test]
fn a_disk_that_is_full_gets_its_old_text_back() {
    needs!(Root, Mounts);
    let sandbox = sandbox();
    // A text to which a page comes with the tokens.
    let home = Home::of_user(&sandbox, "");
    let text = home.env_text();
    home.write_env(&format!("{text}#{}\n", "-".repeat(4090 - text.len())));
    let text = home.env_text();
    let line = "cp .env \"$3/text\"; mkdir \"$3/disk\"; mount -t tmpfs -o size=64k none \"$3/disk\" || exit 97; \
        cp .env \"$3/disk/.env\"; mount --bind \"$3/disk/.env\" .env || exit 97; \
        dd if=/dev/zero of=\"$3/disk/full\" bs=1k 2>\"$3/log\" && exit 95; \
        \"$2\" get -f; code=$?; cmp .env \"$3/text\" || exit 94; [ $code = 6 ] || exit 93; \
        rm \"$3/disk/full\"; \"$2\" get >/dev/null || exit 92; cat .env >\"$3/text\"";
    let ended = mounted(&home, line);
    assert!(ended.expect(0).stderr.contains("No space left on device"));
    assert_eq!(home.env_text(), text);
    assert_eq!(sandbox.token_requests().len(), 1);
    let kept = home.work().with_file_name("beside/text");
    let text = fs::read_to_string(&kept).unwrap();
    assert!(text.contains(&sandbox.refresh_token()));
    fs::remove_file(kept).unwrap();
}
