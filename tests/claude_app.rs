//! Restarts of an app, with real processes: those of the app, and bystanders that must survive.
//!
//! No test looks for Claude Desktop by its usual name or place: it may run on the machine that runs the tests.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use zoomtok::sandbox::{Options, Sandbox};

use crate::processes::Running;
use crate::support::{Ended, Home, names};

/// How long anything may take that is done in milliseconds; a busy machine is slow.
const SOON: Duration = Duration::from_secs(10);

/// A directory with apps in it, and a record of those that were started.
pub(crate) struct Apps {
    root: TempDir,
}

/// A line of the record.
#[derive(Debug, Clone)]
struct Record {
    pid: u32,
    rest: String,
}

impl Apps {
    fn new() -> Self {
        // Beside the program that is linked: a link cannot leave its file system.
        Self { root: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap() }
    }

    /// As processes see it.
    fn path(&self) -> PathBuf {
        fs::canonicalize(self.root.path()).unwrap()
    }

    fn record(&self) -> PathBuf {
        self.path().join("record")
    }

    /// A stand-in with this name and directory.
    fn app(&self, name: &str) -> PathBuf {
        let path = self.path().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let stand_in = Path::new(env!("CARGO_BIN_EXE_zoomtok"))
            .with_file_name("examples")
            .join(format!("stand_in_app{}", std::env::consts::EXE_SUFFIX));
        // A copy that is still open for writing in a process that another test is just starting cannot be run.
        fs::hard_link(&stand_in, &path).unwrap_or_else(|error| panic!("{}: {error}", stand_in.display()));
        path
    }

    /// Starts an app, and waits until it has recorded itself.
    #[track_caller]
    fn start(&self, app: &Path, arguments: &[&str]) -> Running {
        let known = self.started().len();
        let running = Running::new(
            Command::new(app)
                .arg("--record")
                .arg(self.record())
                .args(arguments)
                .env("MARK", "first")
                .env("ZOOM_ACCESS_TOKEN", "stale")
                .stdin(Stdio::null())
                .spawn()
                .unwrap(),
        );
        let expected = known + 1 + usize::from(arguments.contains(&"--helper"));
        self.wait_for(expected);
        running
    }

    fn started(&self) -> Vec<Record> {
        let text = fs::read_to_string(self.record()).unwrap_or_default();
        text.lines()
            .map(|line| {
                let (pid, rest) = line.split_once(' ').unwrap();
                Record { pid: pid.parse().unwrap(), rest: rest.into() }
            })
            .collect()
    }

    #[track_caller]
    fn wait_for(&self, n: usize) {
        let deadline = Instant::now() + SOON;
        while self.started().len() < n {
            assert!(Instant::now() < deadline, "{:?}", self.started());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Apps {
    /// Ends what was started from here and still runs, having looked that it was.
    fn drop(&mut self) {
        let mut system = sysinfo::System::new().unwrap();
        let all = sysinfo::ProcessRefreshKind::nothing().with_exe(sysinfo::UpdateKind::Always);
        for record in self.started() {
            let pid = sysinfo::Pid::from_u32(record.pid);
            system.refresh_processes_specifics(sysinfo::ProcessesToUpdate::Some(&[pid]), true, all);
            if let Some(process) = system.process(pid)
                && process.exe().is_some_and(|executable| executable.starts_with(self.path()))
            {
                process.kill();
            }
        }
    }
}

/// Restarts an app by the program, and leaves the token alone.
fn restart<A: AsRef<OsStr>>(home: &Home, app: A) -> Ended {
    home.run([OsStr::new("restart-claude"), OsStr::new("--app-only"), OsStr::new("--app"), app.as_ref()])
}

#[test]
fn an_app_that_does_not_run_is_started() {
    let (apps, mut home) = (Apps::new(), Home::empty());
    let app = apps.app("Claude");
    let (command, record) = (app.display(), apps.record());
    home.set("CLAUDE_APP_COMMAND", &format!("'{command}' --record '{}' 'two words'", record.display()));
    home.set("ZOOM_ACCESS_TOKEN", "not-for-the-app");
    let ended = restart(&home, &app).expect(0).quietly();
    assert!(ended.stdout.starts_with("🚀 Claude started in "), "{}", ended.stdout);
    let [started] = &apps.started()[..] else { panic!("{:?}", apps.started()) };
    assert!(started.rest.ends_with("two words") && started.rest.contains("token=false"), "{started:?}");
    assert_eq!(names(&home.work()), [""; 0], "nothing is left behind");
}

#[test]
fn an_app_that_cannot_be_started_is_told() {
    let (apps, mut home) = (Apps::new(), Home::empty());
    let nowhere = apps.path().join("Nowhere");
    restart(&home, &nowhere).expect(8).says(&["cannot be started", "Nowhere", "CLAUDE_APP_COMMAND"]);
    home.set("CLAUDE_APP_COMMAND", "'no end");
    restart(&home, &nowhere).expect(2).says(&["CLAUDE_APP_COMMAND", "a quote that is not closed"]);
    home.set("CLAUDE_APP_COMMAND", "true").set("CLAUDE_APP_NAME", "zoomtok");
    home.run(["restart-claude"]).expect(2).says(&["CLAUDE_APP_NAME", "not Claude Desktop"]);
    restart(&home, "").expect(2).says(&["--app", "no name of an app"]);
}

#[test]
fn a_token_that_does_not_last_is_fetched_first() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let (apps, mut home) = (Apps::new(), Home::of(&sandbox, ""));
    let app = apps.app("Claude");
    let command = format!("'{}' --record '{}'", app.display(), apps.record().display());
    home.set("CLAUDE_APP_COMMAND", &command).set("CLAUDE_APP_NAME", &app.to_string_lossy());
    let ended = home.run(["restart-claude"]).expect(0);
    assert!(ended.stdout.starts_with("📋 Token fetched"), "{}", ended.stdout);
    assert!(home.value("ZOOM_ACCESS_TOKEN").is_some());
    let ended = home.run(["restart-claude", "-q"]).expect(0).quietly();
    assert_eq!((ended.stdout.as_str(), sandbox.token_requests().len()), ("", 1));
    assert_eq!(apps.started().len(), 2);
}

#[cfg(windows)]
#[test]
fn a_running_app_is_ended_and_started_again() {
    let (apps, home) = (Apps::new(), Home::empty());
    let app = apps.app("AnthropicClaude/app-1.2.3/claude");
    let bystander = apps.app("claude");
    let mut first = apps.start(&app, &["as before"]);
    let mut other = apps.start(&bystander, &[]);
    // It has no window that could be closed, so it is forced.
    let ended = restart(&home, &app).expect(0).quietly();
    assert!(ended.stdout.contains("had to be forced"), "{}", ended.stdout);
    assert!(!first.runs() && other.runs());
    let started = apps.started();
    assert_eq!(started.len(), 3, "{started:?}");
    assert!(started[2].rest.ends_with("as before"), "{started:?}");
}

#[cfg(unix)]
mod unix {
    use std::io::Write as _;

    use zoomtok::claude::{Again, App, Force, Platform, Quit, Restarted, Start, Step};
    use zoomtok::clock::SystemClock;
    use zoomtok::error::Error;

    use super::*;

    #[test]
    fn only_the_app_is_ended_and_it_is_started_as_it_ran() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let mut first = apps.start(&app, &["--helper", "as before"]);
        let bystanders = ["claude", "claude-code", "NotClaude", "Claude-helper", "elsewhere/Claude"];
        let mut others: Vec<Running> =
            bystanders.iter().map(|name| apps.start(&apps.app(name), &["Claude"])).collect();
        let path = app.to_string_lossy().into_owned();
        let script = Command::new("sh").args(["-c", "sleep 60; :", "Claude", &path]).spawn().unwrap();
        others.push(Running::new(script));

        let ended = restart(&home, &app).expect(0).quietly();
        assert!(ended.stdout.starts_with("🚀 Claude restarted in "), "{}", ended.stdout);
        assert!(!ended.stdout.contains("forced"), "{}", ended.stdout);
        assert!(!first.runs());
        for (other, name) in others.iter_mut().zip(bystanders.iter().chain(&["script"])) {
            assert!(other.runs(), "{name} was ended");
        }
        // The app, its helper, the bystanders; and again the app and its helper.
        apps.wait_for(2 + bystanders.len() + 2);
        let started = apps.started();
        let [.., again, helper] = &started[..] else { panic!("{started:?}") };
        assert!(again.rest.contains("mark=first --record"), "{again:?}");
        assert!(again.rest.ends_with("--helper as before"), "{again:?}");
        assert!(again.rest.contains("token=false"), "{again:?}");
        assert!(helper.rest.contains("--type=renderer"), "{helper:?}");
    }

    #[test]
    fn a_name_is_the_whole_name() {
        let (apps, home) = (Apps::new(), Home::empty());
        let name = format!("Stand{}In", std::process::id());
        let app = apps.app(&format!("some/where/{name}"));
        let mut first = apps.start(&app, &[]);
        let others = [name.to_lowercase(), format!("{name}2"), format!("Not{name}"), format!("{name}/other")];
        let mut others: Vec<Running> =
            others.iter().map(|name| apps.start(&apps.app(name), &[&**name])).collect();
        restart(&home, &name).expect(0).quietly();
        assert!(!first.runs() && others.iter_mut().all(Running::runs));
        assert_eq!(apps.started().len(), 6, "{:?}", apps.started());
    }

    #[test]
    fn a_zoomtok_that_the_app_has_started_refuses() {
        let (apps, home) = (Apps::new(), Home::empty());
        // A shell in the place of the app: its zoomtok is its child.
        let app = apps.path().join("Claude");
        let shell = fs::canonicalize("/bin/sh").unwrap();
        let copied = Command::new("cp").args([&shell, &app]).status().unwrap();
        assert!(copied.success());
        let ours = home.command(["restart-claude", "--app-only", "--app"]);
        let mut theirs = Command::new(&app);
        theirs
            .args(["-c", "\"$@\"; exit $?", "Claude"])
            .arg(ours.get_program())
            .args(ours.get_args())
            .arg(&app)
            .current_dir(home.work())
            .stderr(Stdio::piped())
            .stdout(Stdio::piped());
        let ended = crate::support::ended(theirs.output().unwrap());
        ended.expect(8).says(&["was started by it", "outside of the app"]);
    }

    #[test]
    fn two_restarts_at_once_leave_the_app_running() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let mut first = apps.start(&app, &["--on-term", "1"]);
        let both: Vec<Running> = (0..2)
            .map(|_| {
                let arguments = ["restart-claude", "--app-only", "--app", app.to_str().unwrap()];
                crate::processes::start(&home, &arguments)
            })
            .collect();
        for one in both {
            one.end().expect(0);
        }
        assert!(!first.runs());
        let of_first = apps.started()[0].pid;
        // Those that were started are all there: none was ended by the other restart.
        let fresh: Vec<Record> = apps.started().split_off(1);
        assert!(!fresh.is_empty() && fresh.iter().all(|record| record.pid != of_first && runs(record.pid)));
    }

    fn runs(pid: u32) -> bool {
        Command::new("kill").args(["-0", &pid.to_string()]).stderr(Stdio::null()).status().unwrap().success()
    }

    /// What takes as long as it takes, all at once.
    #[test]
    fn an_app_gets_the_time_it_may_take_and_no_more() {
        thread::scope(|scope| {
            for slow in [nine_seconds, never_by_itself, never_there, crashes_at_once, force_by_taskkill] {
                scope.spawn(slow);
            }
        });
    }

    fn nine_seconds() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let _first = apps.start(&app, &["--on-term", "9"]);
        let ended = restart(&home, &app).expect(0).quietly();
        assert!(!ended.stdout.contains("forced"), "{}", ended.stdout);
        assert_eq!(apps.started().len(), 2);
    }

    fn never_by_itself() {
        let (apps, home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let (mut first, start) = (apps.start(&app, &["--on-term", "ignore"]), Instant::now());
        let ended = restart(&home, &app).expect(0).quietly();
        assert!(ended.stdout.contains("had to be forced"), "{}", ended.stdout);
        assert!(!first.runs());
        assert!(start.elapsed() >= Duration::from_secs(10), "{:?}", start.elapsed());
        assert_eq!(apps.started().len(), 2);
    }

    fn never_there() {
        let (apps, mut home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        home.set("CLAUDE_APP_COMMAND", "true");
        let start = Instant::now();
        restart(&home, &app).expect(8).says(&["did not come up", "true ended with exit status: 0"]);
        assert!((15..20).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        let start = Instant::now();
        home.set("CLAUDE_APP_COMMAND", "sh -c 'exit 3'");
        restart(&home, &app).expect(8).says(&["did not come up", "sh ended with exit status: 3"]);
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }

    fn crashes_at_once() {
        let (apps, mut home) = (Apps::new(), Home::empty());
        let app = apps.app("Claude");
        let (path, record) = (app.display(), apps.record());
        let command = format!(
            "sh -c '\"{path}\" --record \"{}\" --on-term quit & sleep 0.5; kill $!'",
            record.display()
        );
        home.set("CLAUDE_APP_COMMAND", &command);
        restart(&home, &app).expect(8).says(&["it was there and went again (process "]);
    }

    /// A script that notes its arguments in a file of its own name, with `.log` behind it.
    fn script(apps: &Apps, name: &str, lines: &str) -> String {
        let path = apps.path().join(name).display().to_string();
        // Another process writes it: open in this one it could not be run, see above.
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

    fn log(script: &str) -> Vec<String> {
        let text = fs::read_to_string(format!("{script}.log")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Restarts an app of another system, and gives the steps too.
    fn restart_on(platform: Platform, name: &str) -> (Result<Restarted, Error>, Vec<Step>) {
        let mut steps = Vec::new();
        let app = App::on(platform, name, None).unwrap();
        let restarted = app.restart(&SystemClock::start(), &mut |step| steps.push(step));
        (restarted, steps)
    }

    /// The last component of the directory, which nothing else on this machine has.
    fn unique(apps: &Apps) -> String {
        apps.path().file_name().unwrap().to_string_lossy().into_owned()
    }

    /// macOS with stand-ins in `apps`: what `osascript` does is given, `open` starts the app.
    fn macos(apps: &Apps, app: &Path, osascript: &str) -> (Platform, String, String) {
        let open =
            script(apps, "open", &format!("'{}' --record '{}' &", app.display(), apps.record().display()));
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
        let app = apps.app("Claude.app/Contents/MacOS/Claude");
        let mut first = apps.start(&app, &[]);
        let mut code = apps.start(&apps.app("claude.app/Contents/MacOS/claude"), &[]);
        let (platform, osascript, open) = macos(&apps, &app, &format!("kill {}", apps.started()[0].pid));
        let (restarted, steps) = restart_on(platform, "Claude");
        let restarted = restarted.unwrap();
        assert!(restarted.was_running && !restarted.forced && !first.runs() && code.runs());
        assert_eq!(steps, [Step::Quitting, Step::Waiting, Step::Launching, Step::Confirming]);
        assert_eq!(log(&osascript), ["-e tell application id \"com.anthropic.claudefordesktop\" to quit"]);
        assert_eq!(log(&open), ["-b com.anthropic.claudefordesktop"]);
        assert_eq!(apps.started()[2].pid, restarted.pid);
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
        let mut code = apps.start(&apps.app("claude.exe"), &[]);
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

    fn force_by_taskkill() {
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
}
