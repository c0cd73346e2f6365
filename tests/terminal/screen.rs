//! Output on a terminal, where it differs from the output for a program.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::canaries::{Shows, assert_clean};
use crate::support::{Home, credentials, sandbox};

pub(crate) const UTF8: (&str, &str) = ("LC_ALL", "C.UTF-8");
const ASCII: (&str, &str) = ("LC_ALL", "C");

/// The output of the program on a terminal, and its exit status.
#[track_caller]
pub(crate) fn on_terminal(home: &Home, arguments: &[&str], locale: (&str, &str)) -> (i32, String) {
    shown(home, arguments, locale, None)
}

/// The same of somebody who types this.
#[track_caller]
pub(crate) fn answering(home: &Home, arguments: &[&str], typed: &str) -> (i32, String) {
    shown(home, arguments, UTF8, Some(typed))
}

#[track_caller]
fn shown(home: &Home, arguments: &[&str], locale: (&str, &str), typed: Option<&str>) -> (i32, String) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap().into_string().unwrap();
    let terminal = || Stdio::from(OpenOptions::new().read(true).write(true).open(&name).unwrap());
    let mut command = home.command(arguments);
    command.env(locale.0, locale.1).env("TERM", "xterm").stdout(terminal()).stderr(terminal());
    if typed.is_some() {
        command.stdin(terminal());
    }
    let mut child = command.spawn().unwrap();
    let mut screen = File::from(screen);
    // Input that is typed before it is asked for waits.
    screen.write_all(typed.unwrap_or_default().as_bytes()).unwrap();
    // It holds the last open ends of the terminal on this side.
    drop(command);
    let mut shown = Vec::new();
    // When the other side is closed, Linux says so with an error.
    let _ = screen.read_to_end(&mut shown);
    assert_clean(&shown, Shows::Nothing, "what a terminal shows");
    let code = child.wait().unwrap().code().unwrap();
    (code, String::from_utf8(shown).unwrap().replace("\r\n", "\n"))
}

#[test]
fn a_terminal_that_is_not_utf8_gets_ascii_and_everything_else_the_signs() {
    let home = Home::with_env("");
    for (arguments, code, sign, letters) in [
        (&["check"][..], 1, "❌ MISSING", "[!!] MISSING"),
        (&["watch", "--once", "--no-claude"], 3, "━━━\n🔑 Token Status: ❌ No", "---\nToken Status: [!!] No"),
        (&["doctor"], 3, "✅ zoomtok", "[ok] zoomtok"),
    ] {
        let (ended, shown) = on_terminal(&home, arguments, UTF8);
        assert!(ended == code && shown.contains(sign), "{arguments:?} {ended}: {shown}");
        let (ended, shown) = on_terminal(&home, arguments, ASCII);
        assert!(
            ended == code && shown.contains(letters) && shown.is_ascii(),
            "{arguments:?} {ended}: {shown}"
        );
        let piped = home.command(arguments).env(ASCII.0, ASCII.1).output().unwrap();
        assert!(String::from_utf8(piped.stdout).unwrap().contains(sign), "{arguments:?}");
    }
}

#[test]
fn advice_is_on_a_line_of_its_own() {
    let home = Home::with_env("");
    let (code, shown) = on_terminal(&home, &["get", "--color", "never"], UTF8);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(code == 3 && lines.len() == 2, "{shown}");
    assert!(lines[0].starts_with("zoomtok: no credentials") && lines[1].starts_with("   👉 "), "{shown}");
    // Elsewhere it is one line for the reader of a log.
    home.run(["get"]).expect(3).says(&["no credentials"]);
}

#[test]
fn colours_are_readable_on_light_and_dark_and_never_the_only_sign() {
    let sandbox = sandbox();
    let env = credentials(&sandbox).replace("ZOOM_CLIENT_SECRET=", "ZOOM_CLIENT_SECRET=x");
    let home = Home::with_env(&env);
    for (arguments, code) in [(&["get"][..], 4), (&["check"], 1), (&["--help"], 0), (&["gte"], 2)] {
        let (ended, shown) = on_terminal(&home, arguments, UTF8);
        assert_eq!(ended, code, "{shown}");
        let styles = shown.split("\u{1b}[").skip(1).map(|rest| rest.split_once('m').unwrap().0);
        // None of black, white, yellow and cyan as text, and nothing faint.
        for style in styles.flat_map(|style| style.split(';')) {
            assert!(["", "0", "1", "4", "22", "24", "31", "32", "39"].contains(&style), "{style}: {shown:?}");
        }
        let (_, plain) = on_terminal(&home, &[arguments, &["--color", "never"]].concat(), UTF8);
        assert!(!plain.contains('\u{1b}') || code == 2 || arguments == ["--help"], "{plain:?}");
    }
}
