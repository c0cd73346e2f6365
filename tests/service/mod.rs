//! `zoomtok service`, with a made-up systemctl, and with systemd itself.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::needs::needs;
use crate::support::{Ended, Home, ended, sandbox};

/// A systemctl that knows of one state: the file `running` beside it. It writes down what it is asked.
const SYSTEMCTL: &str = r#"#!/bin/sh
dir=${0%/*}
echo "$@" >> "$dir/asked"
case "$2" in
    restart) [ -e "$dir/refuses" ] && { echo "Failed to restart: refused" >&2; exit 1; }; touch "$dir/running" ;;
    disable) rm -f "$dir/running" ;;
    show)
        [ -e "$dir/is_mute" ] && exit 0
        [ -e "$dir/forgets" ] && { echo LoadState=not-found; exit 0; }
        echo LoadState=loaded
        if [ -e "$dir/running" ] && [ ! -e "$dir/ends" ]; then
            printf 'ActiveState=active\nSubState=running\nMainPID=4242\n'
        else
            printf 'ActiveState=failed\nSubState=failed\nResult=exit-code\n'
        fi ;;
esac
"#;

/// Fails unless stdout has all of these.
#[track_caller]
pub(crate) fn shows(ended: &Ended, parts: &[&str]) {
    for part in parts {
        assert!(ended.stdout.contains(part), "{part:?} is not in {:?}", ended.stdout);
    }
}

/// A home in which that systemctl is the first in the search path, and its directory.
pub(crate) fn with_systemctl(mut home: Home) -> (Home, PathBuf) {
    let directory = home.work().with_file_name("manager");
    fs::create_dir_all(&directory).unwrap();
    let program = directory.join("systemctl");
    fs::write(&program, SYSTEMCTL).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    home.set("PATH", &format!("{}:{path}", directory.display()));
    (home, directory)
}

pub(crate) fn unit(home: &Home, name: &str) -> PathBuf {
    home.config_home().join("systemd/user").join(format!("{name}.service"))
}

fn exec_start(unit: &Path) -> String {
    let text = fs::read_to_string(unit).unwrap();
    text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap().to_owned()
}

#[test]
fn a_watch_is_installed_looked_at_and_removed() {
    let sandbox = sandbox();
    let (home, manager) = with_systemctl(Home::of(&sandbox, ""));
    shows(&home.run(["service", "status"]).expect(1), &["No service"]);
    shows(&home.run(["service", "install"]).expect(0), &["zoomtok-watch runs (process 4242)", "linger"]);
    let unit = unit(&home, "zoomtok-watch");
    let line = exec_start(&unit);
    let env_file = format!("\"--env-file\" \"{}\"", home.env_path().display());
    assert!(line.contains(r#""watch" "--no-claude" "--interval" "0""#) && line.contains(&env_file), "{line}");
    assert!(fs::read_to_string(&unit).unwrap().contains("Environment=\"XDG_STATE_HOME="));
    shows(&home.run(["service", "status"]).expect(0), &["zoomtok-watch: running, process 4242"]);
    let asked = fs::read_to_string(manager.join("asked")).unwrap();
    assert!(
        asked.starts_with("--user daemon-reload\n--user enable zoomtok-watch.service\n--user restart "),
        "{asked}"
    );
    shows(&home.run(["service", "uninstall"]).expect(0), &["was stopped and removed"]);
    assert!(!unit.exists() && !manager.join("running").exists());
    shows(&home.run(["service", "uninstall"]).expect(0), &["is not installed"]);
}

#[test]
fn programs_read_the_services_and_all_of_them_are_removed_at_once() {
    let sandbox = sandbox();
    let (home, manager) = with_systemctl(Home::of(&sandbox, ""));
    let listed = |code| -> Value {
        let ended = home.run(["service", "status", "--json"]).expect(code);
        serde_json::from_str(&ended.stdout).unwrap()
    };
    assert_eq!(listed(1), json!({"version": 1, "services": []}));
    home.run(["service", "install"]).expect(0);
    let file = unit(&home, "zoomtok-watch");
    let row = |state: &str, pid: Value, words: &str| json!({"name": "zoomtok-watch", "file": file, "state": state, "pid": pid, "words": words});
    assert_eq!(listed(0)["services"], json!([row("running", json!(4242), "running, process 4242")]));
    fs::write(manager.join("ends"), "").unwrap();
    assert_eq!(listed(1)["services"], json!([row("stopped", Value::Null, "failed, failed (exit-code)")]));
    fs::write(manager.join("forgets"), "").unwrap();
    assert_eq!(listed(1)["services"], json!([row("absent", Value::Null, "unknown to its manager")]));
    fs::write(manager.join("is_mute"), "").unwrap();
    assert_eq!(listed(1)["services"][0]["state"], "unknown");
    for says in ["zoomtok-watch was stopped and removed", "No service of zoomtok's is installed"] {
        shows(&home.run(["service", "uninstall", "--all"]).expect(0), &[says]);
    }
}

#[test]
fn a_watch_of_a_profile_or_of_all_is_installed_as_that() {
    let sandbox = sandbox();
    let (mut home, _) = with_systemctl(Home::of(&sandbox, ""));
    home.run(["service", "install", "--", "--all", "--interval", "9"]).expect(0);
    let line = exec_start(&unit(&home, "zoomtok-watch"));
    assert!(line.ends_with(r#""watch" "--no-claude" "--all" "--interval" "9""#), "{line}");
    let profile = home.config_home().join("zoomtok/profiles/work.env");
    fs::create_dir_all(profile.parent().unwrap()).unwrap();
    fs::copy(home.env_path(), profile).unwrap();
    home.set("ZOOMTOK_PROFILE", "work");
    home.run(["service", "install"]).expect(0);
    let line = exec_start(&unit(&home, "zoomtok-watch-work"));
    assert!(line.ends_with(r#""watch" "--no-claude" "--interval" "0" "--profile" "work""#), "{line}");
}

#[test]
fn a_dry_run_shows_the_file_and_the_commands_and_changes_nothing() {
    let sandbox = sandbox();
    let (home, manager) = with_systemctl(Home::of(&sandbox, ""));
    let shown = home.run(["service", "install", "--dry-run"]).expect(0);
    for line in ["ExecStart=", "Restart=on-failure", "👉 systemctl --user restart zoomtok-watch.service"] {
        assert!(shown.stdout.contains(line), "{}", shown.stdout);
    }
    let shown = home.run(["service", "install", "--dry-run", "--", "--notify"]).expect(0);
    assert!(shown.stdout.contains(r#" "--notify""#), "{}", shown.stdout);
    assert!(!unit(&home, "zoomtok-watch").exists() && !manager.join("asked").exists());
}

#[test]
fn a_gateway_is_installed_with_its_options() {
    let sandbox = sandbox();
    let (home, _) = with_systemctl(Home::of(&sandbox, ""));
    let options = ["--listen", "127.0.0.1:0", "--url", "zoom", "--header", "X-A=HOME"];
    let install = ["service", "install", "gateway", "team", "--"];
    home.run(install.into_iter().chain(options)).expect(0);
    let line = exec_start(&unit(&home, "zoomtok-gateway-team"));
    assert!(line.contains(r#""gateway" "--name" "team""#), "{line}");
    assert!(line.ends_with(r#""--listen" "127.0.0.1:0" "--url" "zoom" "--header" "X-A=HOME""#), "{line}");
    shows(&home.run(["service", "uninstall", "--all"]).expect(0), &["zoomtok-gateway-team was stopped"]);
}

#[test]
fn options_that_cannot_serve_are_refused_before_anything_is_written() {
    let sandbox = sandbox();
    let (home, manager) = with_systemctl(Home::of(&sandbox, ""));
    for (arguments, says) in [
        (&["gateway", "team", "--", "--url", "zoom"][..], "lack --listen"),
        (&["gateway", "team", "--", "--listen", "127.0.0.1:0"], "not understood"),
        (&["watch", "--", "--no-such-flag"], "--no-such-flag"),
        (&["watch", "--", "--once"], "--once"),
        (&["gateway", "../team", "--", "--listen", "127.0.0.1:0", "--url", "zoom"], "NAME"),
        (&["watch", "team"], "--profile"),
    ] {
        home.run(["service", "install"].iter().chain(arguments)).expect(2).says(&[says]);
    }
    assert!(!manager.join("asked").exists());
}

#[test]
fn a_service_that_does_not_run_is_reported() {
    let sandbox = sandbox();
    let (home, manager) = with_systemctl(Home::of(&sandbox, ""));
    fs::write(manager.join("ends"), "").unwrap();
    let says = ["does not run: failed, failed (exit-code)", "journalctl --user -u zoomtok-watch"];
    home.run(["service", "install"]).expect(1).says(&says);
    shows(&home.run(["service", "status"]).expect(1), &["❌ zoomtok-watch: failed"]);
    home.run(["service", "uninstall"]).expect(0);

    fs::write(manager.join("refuses"), "").unwrap();
    home.run(["service", "install"]).expect(1).says(&["systemctl --user restart", "refused", "--dry-run"]);
    assert!(!unit(&home, "zoomtok-watch").exists());
}

#[test]
fn a_unit_that_somebody_wrote_is_left_alone() {
    let sandbox = sandbox();
    let (home, _) = with_systemctl(Home::of(&sandbox, ""));
    let unit = unit(&home, "zoomtok-watch");
    fs::create_dir_all(unit.parent().unwrap()).unwrap();
    fs::write(&unit, "[Service]\nExecStart=/bin/true\n").unwrap();
    for command in ["install", "uninstall"] {
        home.run(["service", command]).expect(3).says(&["did not write it", "remove it"]);
    }
    assert!(fs::read_to_string(&unit).unwrap().contains("/bin/true"));
}

#[test]
fn under_sudo_nothing_is_installed() {
    needs!(Root);
    let sandbox = sandbox();
    let (mut home, _) = with_systemctl(Home::of(&sandbox, ""));
    home.set("SUDO_UID", "1000");
    home.run(["service", "install"]).expect(2).says(&["without sudo"]);
}

/// Runs a script with a systemd of its own for the user, in a mount namespace in which the system looks booted with it.
/// `$1` is the program, `$2` an empty directory.
fn with_systemd(home: &Home, script: &str) -> Ended {
    let runtime = home.work().with_file_name("runtime");
    fs::create_dir_all(&runtime).unwrap();
    let program = home.command(["get"]);
    let begin = "mount -t tmpfs none /run && mkdir -p /run/systemd/system && chmod 700 \"$2\" || exit 97
        for group in /sys/fs/cgroup/systemd /sys/fs/cgroup; do
            mkdir -p $group/zoomtok-test-$$ 2>/dev/null && echo $$ >$group/zoomtok-test-$$/cgroup.procs && break
        done
        export XDG_RUNTIME_DIR=\"$2\"
        for systemd in /lib/systemd/systemd /usr/lib/systemd/systemd; do [ -x $systemd ] && break; done
        $systemd --user >\"$2/log\" 2>&1 & manager=$!
        trap 'kill $manager; wait $manager' EXIT
        for _ in $(seq 100); do systemctl --user list-units >/dev/null 2>&1 && break; sleep 0.1; done
        systemctl --user show-environment >/dev/null || { cat \"$2/log\" >&2; exit 96; }\n";
    let mut shell = Command::new("unshare");
    shell.args(["-m", "--propagation", "private", "bash", "-c", &format!("{begin}{script}"), "sh"]);
    shell.arg(program.get_program()).arg(&runtime).current_dir(home.work());
    shell.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    ended(shell.output().unwrap())
}

#[test]
fn systemd_itself_keeps_a_watch_running() {
    needs!(Root, Mounts, Systemd);
    let sandbox = sandbox();
    let home = Home::of(&sandbox, "");
    let script = r#"
        set -e
        "$1" service install
        "$1" service status
        one=$(systemctl --user show zoomtok-watch -P MainPID)
        kill -KILL "$one"
        sleep 0.3
        systemctl --user show zoomtok-watch -P ActiveState
        "$1" service install -- --threshold 600
        tr '\0' ' ' < "/proc/$(systemctl --user show zoomtok-watch -P MainPID)/cmdline"; echo
        "$1" service uninstall
        systemctl --user show zoomtok-watch -P LoadState
    "#;
    let ended = with_systemd(&home, script).expect(0);
    for line in [
        "✅ zoomtok-watch runs (process",
        "✅ zoomtok-watch: running",
        "activating",
        "--threshold 600",
        "not-found",
    ] {
        assert!(ended.stdout.contains(line), "{line}\n{}{}", ended.stdout, ended.stderr);
    }
    // The watch has fetched the token.
    assert!(home.value("ZOOM_ACCESS_TOKEN").is_some());
}
