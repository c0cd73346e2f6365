//! Restarts on other systems' platforms, with real processes and stand-ins for the programs that only they have.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use zoomtok::clients::{Again, App, Error, Force, Platform, Quit, Restarted, Start, Step};
use zoomtok::clock::{Shutdown, SystemClock};
use zoomtok::error::Diagnostic as _;

use crate::support::apps::Apps;

/// A script that notes its arguments in a file of its own name, with `.log` behind it.
pub(crate) fn script(apps: &Apps, name: &str, lines: &str) -> String {
    let path = apps.path().join(name).display().to_string();
    // Another process writes it: open in this one it could not be run, see `Apps::app`.
    let mut writer = Command::new("sh")
        .args(["-c", "cat > \"$1\" && chmod +x \"$1\"", "sh", &path])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!("#!/bin/sh\necho \"$@\" >> '{path}.log'\n{lines}\n");
    writer.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(writer.wait().unwrap().success());
    path
}

pub(crate) fn log(script: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("{script}.log")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Restarts an app of another system, and gives the steps too.
fn restart_on(platform: Platform, name: &str) -> (Result<Restarted, Error>, Vec<Step>) {
    let mut steps = Vec::new();
    let app = App::on(platform, name, None).unwrap();
    let restarted = app.restart(&SystemClock::start(), &Shutdown::never(), &mut |step| steps.push(step));
    (restarted, steps)
}

/// The last component of the directory, which nothing else on this machine has.
fn unique(apps: &Apps) -> String {
    apps.path().file_name().unwrap().to_string_lossy().into_owned()
}

/// macOS with stand-ins in `apps`: what `osascript` does is given, `open` starts the app.
fn macos(apps: &Apps, app: &Path, osascript: &str) -> (Platform, String, String) {
    let open = script(apps, "open", &format!("'{}' --record '{}' &", app.display(), apps.record().display()));
    let osascript = script(apps, "osascript", osascript);
    let mut platform = Platform::macos();
    platform.executables = vec![format!("{}/{}", unique(apps), platform.executables[0])];
    let Quit::AppleEvent { osascript: program, .. } = &mut platform.quit else { panic!() };
    program.clone_from(&osascript);
    platform.start[0].words[0].clone_from(&open);
    platform.start_named[0].clone_from(&open);
    (platform, osascript, open)
}

#[test]
fn macos_asks_by_apple_event_and_starts_by_bundle() {
    let apps = Apps::new();
    let app = apps.app("Applications/Claude.app/Contents/MacOS/Claude");
    let mut elsewhere = apps.start(&apps.app("games/Claude.app/Contents/MacOS/Claude"), &[]);
    let mut first = apps.start(&app, &[]);
    let mut code = apps.start(&apps.app("claude.app/Contents/MacOS/claude"), &[]);
    let (platform, osascript, open) = macos(&apps, &app, &format!("kill {}", apps.started()[1].pid));
    let (restarted, steps) = restart_on(platform, "Claude");
    let restarted = restarted.unwrap();
    assert!(restarted.was_running && !restarted.forced && !first.runs() && code.runs() && elsewhere.runs());
    assert_eq!(steps, [Step::Quitting, Step::Waiting, Step::Launching, Step::Confirming]);
    assert_eq!(log(&osascript), ["-e tell application id \"com.anthropic.claudefordesktop\" to quit"]);
    assert_eq!(log(&open), ["-b com.anthropic.claudefordesktop"]);
    assert_eq!(apps.started()[3].pid, restarted.pid);
}

#[test]
fn macos_without_leave_to_send_events_signals_at_once() {
    let apps = Apps::new();
    let name = format!("Stand\"In{}", std::process::id());
    let app = apps.app(&format!("{name}.app/Contents/MacOS/{name}"));
    let mut first = apps.start(&app, &[]);
    let (platform, osascript, open) = macos(&apps, &app, "exit 1");
    let (restarted, _) = restart_on(platform.clone(), &format!("{name}.app"));
    let restarted = restarted.unwrap();
    assert!(restarted.was_running && !restarted.forced && !first.runs());
    assert!(restarted.took < Duration::from_secs(10), "{restarted:?}");
    let quoted = name.replace('"', "\\\"");
    assert_eq!(log(&osascript), [format!("-e tell application \"{quoted}\" to quit")]);
    assert_eq!(log(&open), [format!("-a {name}")]);

    // The same one, by the path of its bundle, which need not be the only app of that name.
    let bundle = apps.path().join(format!("{name}.app"));
    let (again, _) = restart_on(platform, &bundle.to_string_lossy());
    assert!(again.unwrap().was_running);
    assert_eq!(log(&open)[1], format!("-a {}", bundle.display()));
}

#[test]
fn macos_says_when_there_is_no_such_app() {
    let apps = Apps::new();
    let app = apps.path().join("nothing");
    let (mut platform, ..) = macos(&apps, &app, "exit 1");
    let open = script(&apps, "open-nothing", "exit 1");
    platform.start[0].words[0] = open;
    let (restarted, steps) = restart_on(platform, "Claude");
    let error = restarted.unwrap_err();
    assert_eq!(error.code().number(), 8);
    assert!(error.to_string().ends_with("ended with exit status: 1"), "{error}");
    assert_eq!(steps, [Step::Launching, Step::Confirming]);
}

/// Windows with stand-ins in `apps`.
fn windows(apps: &Apps, taskkill: &str) -> (Platform, String) {
    let taskkill = script(apps, "taskkill", taskkill);
    let mut platform = Platform::windows(None);
    for pattern in &mut platform.executables {
        *pattern = format!("{}/{pattern}", unique(apps));
    }
    platform.quit = Quit::TaskKill(taskkill.clone());
    platform.force = Force::TaskKill(taskkill.clone());
    (platform, taskkill)
}

#[test]
fn windows_asks_the_main_process_by_taskkill() {
    let apps = Apps::new();
    let app = apps.app("AnthropicClaude/app-1.2.3/claude.exe");
    let mut first = apps.start(&app, &["--helper", "as before"]);
    let mut code = apps.start(&apps.app("Programs/Claude/claude.exe"), &[]);
    let (platform, taskkill) = windows(&apps, "kill $2");
    assert_eq!(platform.again, Again::AsItRan);
    let (restarted, _) = restart_on(platform, "claude");
    assert!(!restarted.unwrap().forced && !first.runs() && code.runs());
    assert_eq!(log(&taskkill), [format!("/PID {}", apps.started()[0].pid)]);
    assert!(apps.started()[3].rest.ends_with("as before"), "{:?}", apps.started());
}

#[test]
fn windows_starts_the_packaged_app_by_the_shell() {
    let apps = Apps::new();
    let app = apps.app("WindowsApps/Claude_1.2_x64__pzs8sxrjxfjjc/app/Claude.exe");
    let mut first = apps.start(&app, &[]);
    let (mut platform, _) = windows(&apps, "kill $2");
    let start = format!("'{}' --record '{}' & exit 1", app.display(), apps.record().display());
    let explorer = script(&apps, "explorer.exe", &start);
    let Some(Start { words, tells: false }) = platform.start.last_mut() else { panic!() };
    words[0].clone_from(&explorer);
    let (restarted, _) = restart_on(platform, "Claude");
    assert!(restarted.unwrap().was_running && !first.runs());
    assert_eq!(log(&explorer), [r"shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude"]);
}

/// Takes 10 s; see `claude_app`.
pub(crate) fn force_by_taskkill() {
    let apps = Apps::new();
    let app = apps.app("AnthropicClaude/app-1.2.3/claude.exe");
    let mut first = apps.start(&app, &["--helper"]);
    let (platform, taskkill) = windows(
        &apps,
        "test \"$1\" = /F || exit 1; shift; while test $# -gt 0; do kill -9 $2; shift 2; done",
    );
    let pids: Vec<u32> = apps.started().iter().map(|record| record.pid).collect();
    let (restarted, steps) = restart_on(platform, "Claude");
    assert!(restarted.unwrap().forced && !first.runs());
    assert_eq!(steps[..3], [Step::Quitting, Step::Waiting, Step::Forcing]);
    let log = log(&taskkill);
    assert_eq!((log.len(), &log[0]), (2, &format!("/PID {}", pids[0])));
    assert!(log[1].starts_with("/F /PID ") && pids.iter().all(|pid| log[1].contains(&pid.to_string())));
}
