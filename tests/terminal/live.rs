//! The line of a watch, on real terminals: tmux shows what is on one, and a pseudo-terminal has the bytes that came.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use regex_lite::Regex;

use crate::login::terminal::Typist;
use crate::profiles::put;
use crate::support::needs::needs;
use crate::support::{Home, ended, sandbox};

const WATCH: [&str; 2] = ["watch", "--no-claude"];

/// The beginning of the line of a token with 49 minutes left, on a wide terminal and on a narrow one.
const BAR: &str = "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▱▱▱ 49m";
const SHORT_BAR: &str = "▰▰▰▰▰▰▰▰▰▱ 49m";

/// A shell in a terminal, with zoomtok on its path and everything of the home in its environment.
struct Pane {
    home: Home,
}

impl Pane {
    fn new(home: Home, columns: u16, variables: &[(&str, &str)]) -> Self {
        let pane = Self { home };
        let program = PathBuf::from(env!("CARGO_BIN_EXE_zoomtok"));
        let set = variables.iter().map(|(name, value)| format!("{name}={value}"));
        let path = format!("PATH={}:/usr/local/bin:/usr/bin:/bin", program.parent().unwrap().display());
        let shell: Vec<String> = ["env", "-u", "NO_COLOR", "PS1=:) ", "LC_ALL=C.UTF-8", &path]
            .into_iter()
            .map(str::to_owned)
            .chain(set)
            .chain(["bash", "--norc", "--noprofile"].map(str::to_owned))
            .collect();
        let columns = columns.to_string();
        let new = ["new-session", "-d", "-x", &columns, "-y", "12"].into_iter();
        pane.tmux(new.chain(shell.iter().map(String::as_str)));
        pane.until("a prompt", |shown| shown.contains(":)"));
        pane
    }

    fn tmux<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> String {
        let socket = self.home.work().join("tmux");
        let always = ["-u", "-f", "/dev/null", "-S", socket.to_str().unwrap()].map(str::to_owned);
        let arguments = always.into_iter().chain(arguments.into_iter().map(str::to_owned));
        let ended = ended(self.home.foreign("tmux", arguments).output().unwrap()).expect(0);
        ended.stdout
    }

    fn keys(&self, keys: &[&str]) {
        self.tmux([&["send-keys"], keys].concat());
    }

    fn runs(&self, line: &str) {
        self.keys(&[line, "Enter"]);
    }

    fn resize(&self, columns: &str) {
        self.tmux(["resize-window", "-x", columns]);
    }

    fn shown(&self) -> String {
        self.tmux(["capture-pane", "-p"]).trim_end().to_owned()
    }

    fn last(&self) -> String {
        self.shown().lines().last().unwrap_or_default().to_owned()
    }

    /// Waits until the terminal shows something, and gives what it shows.
    #[track_caller]
    fn until(&self, what: &str, is: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let shown = self.shown();
            if is(&shown) {
                return shown;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "no {what}:\n{shown}");
            sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the last line begins with this, and gives that line.
    #[track_caller]
    fn until_line(&self, begin: &str) -> String {
        let begins = |shown: &str| shown.lines().last().is_some_and(|line| line.starts_with(begin));
        self.until(begin, begins);
        self.last()
    }
}

impl Drop for Pane {
    fn drop(&mut self) {
        let socket = self.home.work().join("tmux");
        let _ = self.home.foreign("tmux", ["-S", socket.to_str().unwrap(), "kill-server"]).status();
    }
}

fn home() -> Home {
    Home::with_token(&sandbox(), 2999)
}

/// How often a line stands on the terminal.
fn bars(shown: &str) -> usize {
    shown.lines().filter(|line| line.contains('▰')).count()
}

#[test]
fn the_line_counts_down_in_its_place_and_follows_the_width() {
    needs!(Tmux);
    let pane = Pane::new(home(), 90, &[]);
    pane.runs("zoomtok watch --no-claude");
    let first = pane.until_line(BAR);
    assert!(Regex::new(r", next look in \d+s$").unwrap().is_match(&first), "{first}");
    pane.until("another second", |shown| shown.lines().last().is_some_and(|line| line != first));
    for (columns, begin) in [("40", SHORT_BAR), ("15", "49m"), ("24", SHORT_BAR), ("90", BAR)] {
        pane.resize(columns);
        let line = pane.until_line(begin);
        assert!(line.chars().count() < columns.parse().unwrap(), "{columns}: {line}");
        // No rest of a wider one stays.
        let shown = pane.shown();
        assert_eq!(bars(&shown), usize::from(columns != "15"), "{columns}:\n{shown}");
        assert_eq!(shown.matches("49m").count() - shown.matches("Expires in 49m").count(), 1, "{shown}");
    }
}

#[test]
fn it_stops_and_goes_on_with_a_clean_terminal() {
    needs!(Tmux);
    let pane = Pane::new(home(), 90, &[]);
    pane.runs("stty -a > before; zoomtok watch --no-claude");
    pane.until_line(BAR);
    pane.keys(&["C-z"]);
    let shown = pane.until("a prompt after Ctrl-Z", |shown| shown.lines().last() == Some(":)"));
    assert!(shown.contains("Stopped") && bars(&shown) == 0, "{shown}");
    pane.runs("stty -a > stopped; cmp before stopped && echo as it was");
    pane.until("the same terminal", |shown| shown.contains("\nas it was"));
    // In the background it leaves the terminal to the shell.
    pane.runs("bg");
    sleep(Duration::from_millis(2500));
    let shown = pane.shown();
    assert!(bars(&shown) == 0 && shown.ends_with(":)"), "{shown}");
    pane.runs("fg");
    pane.until_line(BAR);
    pane.keys(&["C-c"]);
    let shown = pane.until("its end", |shown| shown.ends_with("👋 Watch ended.\n:)"));
    assert!(bars(&shown) == 0 && !shown.contains("^C"), "{shown}");
    assert_eq!(pane.tmux(["display", "-p", "#{cursor_flag} #{cursor_x}"]), "1 3\n");
    pane.runs("stty -a > after; cmp before after && echo still as it was");
    pane.until("the same terminal", |shown| shown.contains("\nstill as it was"));
}

#[test]
fn a_signal_leaves_nothing_of_it() {
    needs!(Tmux);
    let pane = Pane::new(home(), 90, &[]);
    for signal in ["TERM", "HUP", "INT"] {
        pane.runs("clear; sh -c 'echo $$ > pid; exec zoomtok watch --no-claude'");
        pane.until_line(BAR);
        let pid = fs::read_to_string(pane.home.work().join("pid")).unwrap();
        ended(pane.home.foreign("kill", ["-s", signal, pid.trim()]).output().unwrap()).expect(0);
        let shown = pane.until("its end", |shown| shown.ends_with(":)") && shown.contains("👋"));
        assert!(shown.contains("👋 Watch ended.\n") && bars(&shown) == 0, "{signal}: {shown}");
        assert_eq!(pane.tmux(["display", "-p", "#{cursor_flag}"]), "1\n");
    }
}

#[test]
fn colours_and_signs_are_left_out_where_they_are_not_wanted() {
    needs!(Tmux);
    let escape = |pane: &Pane| pane.tmux(["capture-pane", "-p", "-e"]).contains("\u{1b}[");
    let pane = Pane::new(home(), 90, &[]);
    pane.runs("zoomtok watch --no-claude");
    pane.until_line(BAR);
    assert!(pane.tmux(["capture-pane", "-p", "-e"]).contains("\u{1b}[32m▰"));
    pane.keys(&["C-c"]);
    pane.until("its end", |shown| shown.contains("👋"));
    pane.runs("clear; zoomtok watch --no-claude --color never");
    pane.until_line(BAR);
    assert!(!escape(&pane));
    drop(pane);

    let pane = Pane::new(home(), 90, &[("NO_COLOR", "1"), ("LC_ALL", "C")]);
    pane.runs("zoomtok watch --no-claude");
    let line = pane.until_line("#################... 49m");
    assert!(line.is_ascii() && !escape(&pane), "{line}");
}

#[test]
fn each_account_has_a_line_of_its_own() {
    needs!(Tmux);
    let sandbox = sandbox();
    let home = Home::with_token(&sandbox, 2999);
    let profile = |left| Home::with_token(&sandbox, left).env_text();
    put(&home, "work", &profile(1900));
    put(&home, "a-profile-with-a-long-name", &profile(3500));
    let pane = Pane::new(home, 90, &[]);
    pane.runs("zoomtok watch --all --no-claude --interval 0");
    let shown = pane.until("three lines", |shown| bars(shown) == 3);
    let lines: Vec<&str> = shown.lines().collect();
    let [one, two, three] = lines[lines.len() - 3..] else { panic!("{shown}") };
    assert!(one.starts_with(&format!(".env             {BAR}")), "{shown}");
    assert!(two.starts_with("a-profile-with… ▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰ 58m"), "{shown}");
    assert!(three.starts_with("work             ▰▰▰▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱ 31m"), "{shown}");
    pane.resize("50");
    pane.until("three lines", |shown| bars(shown) == 3 && shown.lines().count() < 8);
    pane.keys(&["C-c"]);
    let shown = pane.until("its end", |shown| shown.ends_with("👋 Watch ended.\n:)"));
    assert_eq!(bars(&shown), 0, "{shown}");
}

#[test]
fn a_warning_is_not_glued_to_it() {
    let mut home = home();
    home.set("PATH", "/usr/bin:/bin");
    let typist = Typist::start(&home, &["watch", "--no-claude", "--on-event", "false"]);
    let shown = typist.until("failed with exit code 1");
    let warning = shown.lines().find(|line| line.contains("failed with exit code 1")).unwrap();
    // It begins where the line has been taken away.
    let warning = warning.rsplit("\r\u{1b}[J").next().unwrap();
    let plain = warning.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "").replace("\u{1b}[22m", "");
    assert_eq!(plain, "zoomtok: warning: the command for events, false, failed with exit code 1");
    typist.until("▰");
}

#[test]
fn the_line_is_drawn_once_a_second_and_only_if_it_has_changed() {
    let frames = |shown: &str| shown.matches("\u{1b}[J\r").count();
    let counted = |columns: u16, left: i64| {
        let home = Home::with_token(&sandbox(), left);
        let typist = Typist::start(&home, &[&WATCH[..], &["--interval", "0"]].concat());
        typist.until("m ");
        typist.resize(columns);
        sleep(Duration::from_millis(300));
        let before = frames(&typist.shown());
        sleep(Duration::from_secs(4));
        frames(&typist.shown()) - before
    };
    let drawn = counted(80, 2999);
    assert!((2..=5).contains(&drawn), "{drawn} in 4 s");
    // Hours and minutes stay the same for a minute.
    let drawn = counted(19, 9030);
    assert!(drawn <= 1, "{drawn} in 4 s");
}

/// A watch that is ended after its first line, and all that it has printed.
#[track_caller]
fn piped(home: &Home, arguments: &[&str]) -> String {
    let mut running = home.start([&WATCH[..], arguments].concat());
    sleep(Duration::from_millis(1500));
    running.signal("TERM");
    running.end().expect(0).quietly().stdout
}

#[test]
fn elsewhere_every_byte_is_as_it_was() {
    let (home, lines) =
        (home(), r"🔑 Token Status: ✅ Expires in 49m \d+s \(at \d+:\d\d:\d\d [AP]M\)\n👋 Watch ended\.\n");
    let lines = Regex::new(&format!("^{lines}$")).unwrap();
    for arguments in [&[][..], &["--plain"], &["--color", "always"]] {
        let printed = piped(&home, arguments);
        assert!(lines.is_match(&printed), "{arguments:?}: {printed:?}");
    }
    assert_eq!(piped(&home, &["-q"]), "");
    for (arguments, terminal) in
        [(&["--plain"][..], "xterm"), (&[], "dumb"), (&[], ""), (&["--json"], "xterm"), (&["-q"], "xterm")]
    {
        let mut typist = Typist::start_on(&home, &[&WATCH[..], arguments].concat(), terminal);
        sleep(Duration::from_millis(1500));
        typist.signal("TERM");
        let shown = typist.end(0);
        assert!(!shown.contains(['\u{1b}', '\r']), "{arguments:?} {terminal}: {shown:?}");
        match arguments {
            ["--json"] => assert_eq!(shown.lines().count(), 2, "{shown:?}"),
            ["-q"] => assert_eq!(shown, ""),
            _ => assert!(lines.is_match(&shown), "{arguments:?} {terminal}: {shown:?}"),
        }
    }
}

#[test]
fn where_stderr_is_elsewhere_the_line_stays_on_the_terminal() {
    let home = home();
    let stderr = home.work().join("stderr");
    let line = format!(
        "exec '{}' watch --no-claude --on-event false 2>'{}'",
        env!("CARGO_BIN_EXE_zoomtok"),
        stderr.display()
    );
    let typist = Typist::start_program(&home, "/bin/sh", &["-c", &line], "xterm");
    let shown = typist.until("▰");
    assert!(!shown.contains("warning"), "{shown}");
    let begun = Instant::now();
    while !fs::read_to_string(&stderr).unwrap().contains("exit code 1\n") {
        assert!(begun.elapsed() < Duration::from_secs(20));
        sleep(Duration::from_millis(20));
    }
    let said = fs::read_to_string(&stderr).unwrap();
    assert!(said.starts_with("zoomtok: warning: ") && !said.contains('\u{1b}'), "{said:?}");
    // Without a terminal on stdout there is no line, wherever stderr goes.
    let mut piped = home.command(WATCH).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    sleep(Duration::from_millis(500));
    piped.kill().unwrap();
    assert!(!String::from_utf8(piped.wait_with_output().unwrap().stdout).unwrap().contains('▰'));
}
