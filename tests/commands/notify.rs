//! Notices on the desktop, by stand-ins for the programs of the systems. When they come is shown by tables and properties in
//! src/event/notice.rs; here they come once, and as the text of one argument or variable.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use crate::support::canaries::{Shows, assert_clean};
use crate::support::processes::{Running, start};
use crate::support::{Home, credentials, sandbox};

/// Writes down its arguments, the variables for notices and the names of all of them. Nothing but the shell is on its path.
const STAND_IN: &str = r#"#!/bin/sh
for argument; do printf '<%s>\n' "$argument" >> shown; done
printf 'end <%s> <%s>\n' "$ZOOMTOK_NOTICE_TITLE" "$ZOOMTOK_NOTICE_TEXT" >> shown
export -p > environment
"#;

/// A directory that is the whole path of the home, with a program of this name and text in it.
fn put(home: &mut Home, name: &str, text: &str) {
    let directory = home.work().join("bin");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join(name), text).unwrap();
    fs::set_permissions(directory.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    home.set("PATH", directory.to_str().unwrap());
}

#[test]
fn without_a_program_that_shows_them_the_watch_does_not_start() {
    let sandbox = sandbox();
    let mut home = Home::with_token(&sandbox, 3600);
    home.set("PATH", "/nowhere");
    for arguments in [&["watch", "--notify"][..], &["watch", "--notify", "--all"]] {
        let ended = home.run(arguments).expect(2);
        assert_eq!(ended.stdout, "");
        ended.says(&["--notify", "notify-send, osascript, powershell", "libnotify-bin", "--on-event"]);
    }
    home.run(["watch", "--notify", "--once"]).expect(2);
}

/// Starts a watch whose credentials Zoom refuses.
fn refused(home: &Home) -> Running {
    start(home, &["watch", "--no-claude", "--interval", "0", "--notify"])
}

#[test]
fn a_stop_that_lasts_is_shown_once_by_the_program_that_is_there() {
    let sandbox = sandbox();
    let env = credentials(&sandbox).replace("ZOOM_CLIENT_SECRET=", "ZOOM_CLIENT_SECRET=x");
    let home_with = |name: &str, text: &str| {
        let mut home = Home::with_env(&env);
        put(&mut home, name, text);
        home
    };
    let homes = ["notify-send", "osascript", "powershell"].map(|name| home_with(name, STAND_IN));
    let failing = home_with("notify-send", "#!/bin/sh\nexit 3\n");
    let begun = Instant::now();
    let mut watches = homes.each_ref().map(refused);
    let mut hapless = refused(&failing);
    let shown = |home: &Home| fs::read_to_string(home.work().join("shown")).unwrap_or_default();
    // Three attempts with half a minute between them, and a minute of grace.
    let early = Duration::from_secs(118);
    while homes.iter().any(|home| !shown(home).contains("\nend <")) {
        assert!(begun.elapsed() < Duration::from_mins(3), "{:?}", homes.each_ref().map(shown));
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(begun.elapsed() > early, "{:?}", begun.elapsed());
    std::thread::sleep(Duration::from_secs(5));
    let [notify_send, osascript, powershell] = homes.each_ref().map(shown);
    let title = "<zoomtok has stopped>";
    let text = "The Zoom token is no longer refreshed: Zoom refused";
    let advice = "To recover, run: zoomtok get -f>";
    assert!(
        notify_send.starts_with(&format!("<--app-name=zoomtok>\n<-->\n{title}\n<{text}")),
        "{notify_send}"
    );
    assert!(osascript.starts_with("<-e>\n<on run argv>\n"), "{osascript}");
    assert!(osascript.contains(&format!("<end run>\n{title}\n<{text}")), "{osascript}");
    assert!(powershell.starts_with("<-NoProfile>\n<-NonInteractive>\n<-Command>\n"), "{powershell}");
    assert!(powershell.contains(&format!("\nend {title} <{text}")), "{powershell}");
    for (home, shown) in homes.iter().zip([&notify_send, &osascript, &powershell]) {
        assert!(shown.matches("\nend <").count() == 1 && shown.matches(advice).count() == 1, "{shown}");
        assert_clean(shown, Shows::Nothing, "a notice");
        let environment = fs::read_to_string(home.work().join("environment")).unwrap();
        assert_clean(&environment, Shows::Nothing, "the environment of a notice");
        assert!(!environment.contains("ZOOM_CLIENT_SECRET"), "{environment}");
    }
    for watch in &mut watches {
        watch.signal("TERM");
    }
    for watch in watches {
        watch.end().expect(0).quietly();
    }
    hapless.signal("TERM");
    let said = hapless.end().expect(0);
    said.says(&["the program for notices, notify-send, failed with exit code 3"]);
}
