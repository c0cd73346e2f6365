//! Properties that must hold on every system, with any kind of locks, files and processes.

use std::time::Duration;

use zoomtok::sandbox::{Endpoint, Fault, Sandbox};

use crate::support::{ECHO_TOKEN, Home, ended, exec_shell, sandbox};

/// Longer than any of these waits takes where all is well.
const LONG: Duration = Duration::from_secs(20);

/// A home whose token has ended.
fn expired(sandbox: &Sandbox) -> Home {
    Home::with_token(sandbox, -60)
}

#[test]
fn ten_at_once_get_one_token_with_one_request() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(1)), 1);
    let all: Vec<_> = (0..10).map(|_| home.start(["get", "--print"])).collect();
    for running in all {
        let token = running.end().expect(0).quietly().stdout;
        assert_eq!(token.trim_end(), home.value("ZOOM_ACCESS_TOKEN").unwrap());
    }
    assert_eq!(sandbox.token_requests().len(), 1);
    assert_eq!(home.names(), [".env", ".env.lock"]);
}

#[test]
fn a_process_killed_while_it_asks_zoom_holds_up_nobody() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    let before = home.env_text();
    sandbox.fail(Endpoint::Token, Fault::Never, 1);
    let holder = home.start(["get"]);
    assert!(sandbox.wait_for_token_requests(1, LONG));
    let waiting = home.start(["get", "--print"]);
    assert_eq!(home.env_text(), before);
    holder.kill();
    let token = waiting.end().expect(0).quietly().stdout;
    assert_eq!(home.run(["get", "--print"]).expect(0).quietly().stdout, token);
    assert_eq!(sandbox.token_requests().len(), 2);
    assert_eq!(home.names(), [".env", ".env.lock"]);
}

#[test]
fn the_ends_of_lines_stay() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    home.write_env(&home.env_text().replace('\n', "\r\n"));
    let other = |text: &str| -> Vec<String> {
        text.split_inclusive('\n').filter(|line| !line.contains("TOKEN")).map(str::to_owned).collect()
    };
    let before = other(&home.env_text());
    home.run(["get"]).expect(0).quietly();
    let text = home.env_text();
    assert_eq!(other(&text), before);
    assert!(text.split_inclusive('\n').all(|line| line.ends_with("\r\n")), "{text:?}");
    assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
}

#[test]
fn exec_hands_the_token_on_and_the_exit_status_back() {
    let sandbox = sandbox();
    let home = expired(&sandbox);
    let printed = home.run_showing_token(exec_shell(ECHO_TOKEN)).expect(0).quietly().stdout;
    assert_eq!(printed.trim_end(), home.value("ZOOM_ACCESS_TOKEN").unwrap());
    home.run(exec_shell("exit 7")).expect(7).quietly();
    home.run(["exec", "--", "zoomtok-has-no-such-command"]).expect(127);
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn the_program_is_called_zoomtok_whatever_its_file_is() {
    let home = Home::empty();
    // On Windows it is called zoomtok.exe.
    let mut command = home.command(["get", "--help"]);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, "another-name");
    let help = ended(command.output().unwrap()).expect(0).quietly().stdout;
    assert!(help.contains("Usage: zoomtok get "), "{help}");
}

#[cfg(windows)]
mod windows {
    use std::fs::{self, File};
    use std::os::windows::fs::OpenOptionsExt as _;
    use std::thread;

    use super::*;

    /// Opens a file as most programs do: others may read and write it, but not remove or replace it.
    fn hold(home: &Home) -> File {
        File::options().read(true).share_mode(1 | 2).open(home.env_path()).unwrap()
    }

    #[test]
    fn a_read_only_file_is_reported_before_zoom_is_asked() {
        let sandbox = sandbox();
        let home = expired(&sandbox);
        let before = home.env_text();
        let set = |readonly| {
            let mut permissions = fs::metadata(home.env_path()).unwrap().permissions();
            permissions.set_readonly(readonly);
            fs::set_permissions(home.env_path(), permissions).unwrap();
        };
        set(true);
        let said = home.run(["get"]).expect(6).stderr;
        assert!(said.contains("it is read-only"), "{said}");
        assert_eq!(
            (home.env_text(), home.names()),
            (before, vec![".env".to_owned(), ".env.lock".to_owned()])
        );
        assert!(sandbox.token_requests().is_empty());
        set(false);
        home.run(["get"]).expect(0).quietly();
    }

    #[test]
    fn a_file_that_another_program_keeps_open_is_reported_before_zoom_is_asked() {
        let sandbox = sandbox();
        let home = expired(&sandbox);
        let held = hold(&home);
        home.run(["get"]).expect(6);
        assert!(sandbox.token_requests().is_empty());
        drop(held);
        home.run(["get"]).expect(0).quietly();
    }

    #[test]
    fn a_program_that_has_the_file_open_briefly_is_waited_for() {
        let sandbox = sandbox();
        let home = expired(&sandbox);
        sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(200)), 1);
        let running = home.start(["get"]);
        assert!(sandbox.wait_for_token_requests(1, LONG));
        let held = hold(&home);
        thread::sleep(Duration::from_secs(1));
        assert!(home.names().contains(&".env.zoomtok-tmp".to_owned()));
        drop(held);
        running.end().expect(0).quietly();
        assert!(sandbox.accepts(&home.value("ZOOM_ACCESS_TOKEN").unwrap()));
        assert_eq!(home.names(), [".env", ".env.lock"]);
    }

    #[test]
    fn a_token_that_cannot_be_stored_is_put_in_its_place_by_the_next_run() {
        let sandbox = sandbox();
        let home = Home::of_user(&sandbox, "");
        sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_millis(200)), 1);
        let running = home.start(["get"]);
        assert!(sandbox.wait_for_token_requests(1, LONG));
        let held = hold(&home);
        running.end().expect(6);
        drop(held);
        assert_eq!(home.names(), [".env", ".env.lock"]);
        home.run(["get"]).expect(0).quietly();
        assert_eq!(home.value("ZOOM_REFRESH_TOKEN").unwrap(), sandbox.refresh_token());
        assert_eq!(sandbox.token_requests().len(), 1);
    }

    #[test]
    fn the_lock_file_stays_while_it_is_held() {
        let sandbox = sandbox();
        let home = expired(&sandbox);
        sandbox.fail(Endpoint::Token, Fault::Slow(Duration::from_secs(1)), 1);
        let running = home.start(["get"]);
        assert!(sandbox.wait_for_token_requests(1, LONG));
        fs::remove_file(home.work().join(".env.lock")).unwrap_err();
        running.end().expect(0).quietly();
    }

    #[test]
    fn exec_gives_exit_codes_that_need_more_than_a_byte() {
        let home = Home::with_env(&format!("ZOOM_ACCESS_TOKEN={}\n", sandbox().mint(3600)));
        for code in [256, 65_536, -1_073_741_510] {
            home.run(exec_shell(&format!("exit {code}"))).expect(code).quietly();
        }
    }

    #[test]
    fn exec_finds_a_script_without_its_extension() {
        let sandbox = sandbox();
        let mut home = expired(&sandbox);
        let scripts = home.state().join("a place with blanks");
        fs::create_dir_all(&scripts).unwrap();
        fs::write(scripts.join("a-script.cmd"), "@echo %1 %ZOOM_ACCESS_TOKEN%\r\n@exit 3\r\n").unwrap();
        let path = std::env::var("PATH").unwrap();
        home.set("PATH", &format!("{};{path}", scripts.display()));
        let printed =
            home.run_showing_token(["exec", "--", "a-script", "argument"]).expect(3).quietly().stdout;
        assert_eq!(printed.trim_end(), format!("argument {}", home.value("ZOOM_ACCESS_TOKEN").unwrap()));
    }
}
