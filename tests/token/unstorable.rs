//! No token is asked for that could not be stored, and one that cannot be stored after all is not thrown away
//! (claim 5); an interruption leaves everything as it was.

use std::fs::{self};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::support::canaries::Shows;
use crate::support::needs::{in_mount_namespace, needs};
use crate::support::processes::{Running, bound, in_flight, is_free, start};
use crate::support::{Ended, Home, ended, ended_showing, mode, names, sandbox, set_mode};

const REFRESH: &str = "ZOOM_REFRESH_TOKEN";
const TOKEN: &str = "ZOOM_ACCESS_TOKEN";
/// A `.env` that is not to be understood.
const BROKEN: &str = "ZOOM_ACCESS_TOKEN=\"no end\n";
/// Any user without rights; in most systems it is nobody.
/// Time enough to do something to the files while Zoom is being asked.
const SLOW: Fault = Fault::Slow(Duration::from_millis(700));

fn kept_for_later(home: &Home) -> Vec<PathBuf> {
    let root = home.state().join("zoomtok");
    let directories = names(&root).into_iter().map(|name| root.join(name));
    let files = directories.flat_map(|path| names(&path).into_iter().map(move |name| path.join(name)));
    // The memory beside them holds no token.
    files.filter(|path| !path.ends_with("state.json")).collect()
}

/// Starts a forced `get`, lets `act` happen while Zoom is being asked, and waits for its end.
fn meanwhile(sandbox: &Sandbox, home: &Home, act: impl FnOnce()) -> Ended {
    let running = in_flight(sandbox, home, &["get", "-f", "--print"], SLOW);
    act();
    running.end()
}

#[test]
fn nothing_is_asked_for_where_the_directory_cannot_be_written() {
    let sandbox = sandbox();
    // With a lock file that can be opened, and without.
    for lock in [true, false] {
        let home = Home::of(&sandbox, "# mine\n");
        if lock {
            fs::write(home.work().join(".env.lock"), "").unwrap();
        }
        let text = home.env_text();
        let mut get = bound(&home, &["get", "--print"]);
        set_mode(&home.work(), 0o555);
        let ended = ended(get.output().unwrap());
        set_mode(&home.work(), 0o755);
        assert_eq!(ended.expect(6).says(&[".env", "Permission denied"]).stdout, "");
        assert_eq!(home.env_text(), text);
        assert_eq!(sandbox.token_requests().len(), 0);
    }
}

/// Runs a script as root of a mount namespace, with the directory, the text of the `.env` and the program as its
/// arguments.
fn in_namespace(home: &Home, script: &str) -> Ended {
    let program = home.command(["get", "--print"]);
    let text = text_path(home);
    fs::copy(home.env_path(), &text).unwrap();
    let mut shell = in_mount_namespace();
    shell.args(["sh", "-c", script, "sh"]).arg(home.work()).arg(text).arg(program.get_program());
    shell.current_dir("/").env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    ended_showing(shell.output().unwrap(), Shows::AccessToken)
}

/// Where the text of the `.env` is for [`in_namespace`].
fn text_path(home: &Home) -> PathBuf {
    home.state().with_file_name("text.env")
}

/// Runs the program, and says with the code 99 that the `.env` has changed or something lies beside it.
const RUN_AND_COMPARE: &str = r#"
    cd "$1" || exit 98
    "$3" get --print; code=$?
    cmp -s "$2" .env || exit 99
    for file in .env.*; do case $file in .env.lock | '.env.*') ;; *) exit 99 ;; esac; done
    exit $code
"#;

#[test]
fn nothing_is_asked_for_on_a_filesystem_that_is_read_only() {
    needs!(Mounts);
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let script =
        format!("mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" || exit 97{RUN_AND_COMPARE}");
    let ended = in_namespace(&home, &script);
    assert_eq!(ended.expect(6).says(&[".env", "Read-only file system"]).stdout, "");
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn nothing_is_asked_for_when_the_disk_is_full() {
    needs!(Mounts);
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    // Room for the .env, and not for a second one.
    let script = format!(
        "mount -t tmpfs -o size=64k none \"$1\" && cp \"$2\" \"$1/.env\" || exit 97{RUN_AND_COMPARE}"
    );
    let ended = in_namespace(&home, &script);
    assert_eq!(ended.expect(6).says(&[".env", "No space left on device"]).stdout, "");
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn a_disk_that_becomes_full_while_zoom_is_asked_takes_the_token() {
    /// Fills the disk when the room for the token has been made and Zoom is being asked.
    const RUN_AND_FILL: &str = r#"
        cd "$1" || exit 98
        "$3" get --print & pid=$!
        while [ ! -s .env.zoomtok-tmp ]; do kill -0 "$pid" || exit 96; done
        sleep 0.2
        dd if=/dev/zero of=full bs=1k 2>full.log && exit 95
        wait "$pid" || exit
        cat .env > "$2"
    "#;
    needs!(Mounts);
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    sandbox.fail(Endpoint::Token, SLOW, 1);
    let script =
        format!("mount -t tmpfs -o size=256k none \"$1\" && cp \"$2\" \"$1/.env\" || exit 97{RUN_AND_FILL}");
    let token = in_namespace(&home, &script).expect(0).quietly().stdout;
    assert!(sandbox.accepts(token.trim_end()));
    let env = fs::read_to_string(text_path(&home)).unwrap();
    for stored in [token.trim_end(), &sandbox.refresh_token()] {
        assert!(env.contains(stored));
    }
}

/// Breaks the `.env` while Zoom is being asked, fixes it, and checks that nothing was lost.
fn is_recovered(sandbox: &Sandbox, home: &Home, break_it: impl FnOnce(), fix: impl FnOnce()) {
    let ended = meanwhile(sandbox, home, break_it).expect(6);
    let kept = kept_for_later(home);
    let [recovery] = &kept[..] else { panic!("{kept:?}") };
    let ended = ended.says(&["saved only in", &recovery.display().to_string()]);
    assert_eq!(ended.stdout, "");
    assert_eq!(mode(recovery), 0o600);
    assert_eq!(mode(recovery.parent().unwrap()), 0o700);
    fix();

    let token = home.run(["get", "--print"]).expect(0).quietly().stdout;
    assert!(sandbox.accepts(token.trim_end()));
    assert_eq!(home.value(TOKEN).unwrap(), token.trim_end());
    assert_eq!(sandbox.token_requests().len(), 1);
    assert!(!recovery.exists());
    if let Some(refresh) = home.value(REFRESH) {
        assert_eq!(refresh, sandbox.refresh_token());
    }
    home.run(["get", "-f"]).expect(0).quietly();
    assert_eq!(home.names(), [".env", ".env.lock"]);
}

#[test]
fn a_token_whose_file_was_broken_meanwhile_waits_for_it() {
    for home_of in [Home::of, Home::of_user] {
        let sandbox = sandbox();
        let home = home_of(&sandbox, "");
        let text = home.env_text();
        is_recovered(
            &sandbox,
            &home,
            || home.write_env(BROKEN),
            || {
                assert_eq!(home.env_text(), BROKEN);
                home.run(["get"]).expect(3);
                home.write_env(&text);
            },
        );
    }
}

#[test]
fn a_token_whose_file_became_a_directory_waits_for_it() {
    for home_of in [Home::of, Home::of_user] {
        let sandbox = sandbox();
        let home = home_of(&sandbox, "");
        let text = home.env_text();
        let become_directory = || {
            fs::remove_file(home.env_path()).unwrap();
            fs::create_dir(home.env_path()).unwrap();
        };
        is_recovered(&sandbox, &home, become_directory, || {
            fs::remove_dir(home.env_path()).unwrap();
            home.write_env(&text);
        });
    }
}

#[test]
fn a_token_whose_directory_was_moved_goes_with_it() {
    for home_of in [Home::of, Home::of_user] {
        let sandbox = sandbox();
        let home = home_of(&sandbox, "");
        let away = home.work().with_file_name("away");
        let ended = meanwhile(&sandbox, &home, || fs::rename(home.work(), &away).unwrap()).expect(0);
        fs::rename(&away, home.work()).unwrap();
        assert_eq!(home.value(TOKEN).unwrap(), ended.quietly().stdout.trim_end());
        assert_eq!(home.names(), [".env", ".env.lock"]);
        home.run(["get", "-f"]).expect(0).quietly();
    }
}

#[test]
fn a_token_whose_directory_became_read_only_waits_for_it() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    let text = home.env_text();
    sandbox.fail(Endpoint::Token, SLOW, 1);
    let running = Running::new(bound(&home, &["get", "--print"]).spawn().unwrap());
    assert!(sandbox.wait_for_token_requests(1, Duration::from_secs(10)));
    set_mode(&home.work(), 0o555);
    assert_eq!(running.end().expect(6).says(&["recovery.json"]).stdout, "");
    assert_eq!(home.env_text(), text);
    set_mode(&home.work(), 0o755);
    let get = bound(&home, &["get", "--print"]).output().unwrap();
    let token = ended_showing(get, Shows::AccessToken).expect(0).quietly().stdout;
    assert!(sandbox.accepts(token.trim_end()));
    assert_eq!(home.value(REFRESH).unwrap(), sandbox.refresh_token());
    assert_eq!(sandbox.token_requests().len(), 1);
    assert_eq!(home.names(), [".env", ".env.lock"]);
}

#[test]
fn a_recovered_refresh_token_yields_to_one_that_was_put_there_since() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    let text = home.env_text();
    let spent = home.value(REFRESH).unwrap();
    meanwhile(&sandbox, &home, || home.write_env(BROKEN)).expect(6);
    home.write_env(&text.replace(&spent, "authorised-anew"));
    let token = home.run(["get", "--print"]).expect(0).quietly().stdout;
    assert!(sandbox.accepts(token.trim_end()));
    assert_eq!(home.value(REFRESH).unwrap(), "authorised-anew");
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn a_token_that_can_be_stored_nowhere_is_reported_as_lost() {
    for (home_of, what_to_do, code) in [
        (Home::of as fn(&Sandbox, &str) -> Home, "run zoomtok get -f", 0),
        (Home::of_user, "Log in again with zoomtok login", 4),
    ] {
        let sandbox = sandbox();
        let home = home_of(&sandbox, "");
        let text = home.env_text();
        fs::write(home.state(), "a file where a directory should be").unwrap();
        let ended = meanwhile(&sandbox, &home, || home.write_env(BROKEN)).expect(6);
        assert_eq!(ended.says(&["could not be stored", what_to_do]).stdout, "");
        home.write_env(&text);
        home.run(["get", "-f"]).expect(code);
    }
}

#[test]
fn changes_the_user_saves_while_zoom_is_asked_are_kept() {
    let sandbox = sandbox();
    // As editors save: into the file, and by a new file in its place.
    for replaced in [false, true] {
        let home = Home::of(&sandbox, &format!("{TOKEN}=x\nA=1\n# the end\n"));
        let edited = home.env_text().replace("A=1\n", "A=2\n# of mine\nNEW='three'\n");
        let ended = meanwhile(&sandbox, &home, || {
            if replaced {
                fs::write(home.work().join("saved"), &edited).unwrap();
                fs::rename(home.work().join("saved"), home.env_path()).unwrap();
            } else {
                home.write_env(&edited);
            }
        });
        let token = ended.expect(0).quietly().stdout;
        let expected = edited.replace(&format!("{TOKEN}=x"), &format!("{TOKEN}={}", token.trim_end()));
        let text: String = home
            .env_text()
            .split_inclusive('\n')
            .filter(|line| !line.starts_with("ZOOM_TOKEN_EXPIRES_AT="))
            .collect();
        assert_eq!(text, expected);
    }
}

#[test]
fn a_signal_ends_the_wait_for_zoom_and_changes_nothing() {
    let sandbox = sandbox();
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        for fault in [Fault::Never, Fault::Trickle(Duration::from_secs(1))] {
            let home = Home::of(&sandbox, &format!("{TOKEN}={}\n# the end", sandbox.mint(-10)));
            let text = home.env_text();
            let mut running = in_flight(&sandbox, &home, &["get", "-f", "--print"], fault);
            let sent = Instant::now();
            running.signal(signal);
            let ended = running.end().expect(code);
            assert!(sent.elapsed() < Duration::from_secs(1), "{:?}", sent.elapsed());
            assert_eq!(ended.says(&["interrupted"]).stdout, "");
            assert_eq!(home.env_text(), text);
            assert_eq!(home.names(), [".env", ".env.lock"]);
            let real = home.env_path().canonicalize().unwrap();
            assert!(is_free(&real));
            assert!(!home.state().exists(), "an interrupt is no failure to be remembered");
            home.run(["get"]).expect(0).quietly();
        }
    }
}

#[test]
fn an_answer_that_comes_right_after_a_signal_is_kept() {
    let sandbox = sandbox();
    let home = Home::of_user(&sandbox, "");
    let fault = Fault::Slow(Duration::from_millis(400));
    let mut running = in_flight(&sandbox, &home, &["get"], fault);
    std::thread::sleep(Duration::from_millis(50));
    running.signal("INT");
    running.end().expect(0).says(&["Waiting for Zoom's answer"]);
    assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token());
}

#[test]
fn a_signal_between_two_tries_ends_the_wait_as_well() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let mut running = in_flight(&sandbox, &home, &["get"], Fault::Status(503));
    std::thread::sleep(Duration::from_millis(200));
    let sent = Instant::now();
    running.signal("INT");
    running.end().expect(130);
    assert!(sent.elapsed() < Duration::from_secs(1));
    assert_eq!(sandbox.token_requests().len(), 1);
    assert_eq!(home.names(), [".env", ".env.lock"]);
}

#[test]
fn a_signal_to_one_that_waits_for_another_ends_it_at_once() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let holder = in_flight(&sandbox, &home, &["get", "--print"], Fault::Slow(Duration::from_secs(2)));
    let mut waiting = start(&home, &["get", "--print"]);
    std::thread::sleep(Duration::from_millis(300));
    let sent = Instant::now();
    waiting.signal("INT");
    // By the signal itself: there is nothing to leave in order.
    assert_eq!(waiting.end().code, None);
    assert!(sent.elapsed() < Duration::from_secs(1));
    holder.end().expect(0).quietly();
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn a_signal_to_one_that_has_asked_zoom_and_waits_for_another_ends_it_at_once() {
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    home.run(["get"]).expect(0);
    sandbox.revoke_all();
    let holder = in_flight(&sandbox, &home, &["get", "-f"], Fault::Slow(Duration::from_secs(3)));
    let mut waiting = start(&home, &["get", "--live"]);
    std::thread::sleep(Duration::from_millis(500));
    let sent = Instant::now();
    waiting.signal("INT");
    assert_eq!(waiting.end().expect(130).says(&["interrupted"]).stdout, "");
    assert!(sent.elapsed() < Duration::from_secs(1), "{:?}", sent.elapsed());
    holder.end().expect(0).quietly();
}
