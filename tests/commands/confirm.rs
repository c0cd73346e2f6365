//! Questions with yes or no as the answer, as a person at a terminal meets them.

use std::fs;

use crate::login::terminal::Typist;
use crate::profiles::{directory, file, put, text};
use crate::support::{Home, credentials, names, sandbox};

const REMOVE: [&str; 3] = ["profile", "remove", "work"];

const QUESTION: &str = "with its credentials and tokens? [y/N] ";

fn home() -> Home {
    let (sandbox, home) = (sandbox(), Home::empty());
    put(&home, "work", &credentials(&sandbox));
    home
}

#[test]
fn yes_is_yes_and_everything_else_is_no() {
    for (answer, is_yes) in [
        ("y\n", true),
        (" YES \n", true),
        ("\n", false),
        ("n\n", false),
        ("yes please\n", false),
        // The end of the input.
        ("\u{4}", false),
    ] {
        let home = home();
        let before = text(&home, "work");
        let mut typist = Typist::start(&home, &REMOVE);
        typist.until(QUESTION);
        typist.types(answer);
        let shown = typist.end(i32::from(!is_yes));
        assert_eq!(shown.contains("Nothing was removed"), !is_yes, "{answer:?}: {shown}");
        assert_eq!(file(&home, "work").exists(), !is_yes, "{answer:?}");
        if !is_yes {
            assert_eq!(text(&home, "work"), before);
        }
    }
}

#[test]
fn a_signal_at_the_question_leaves_everything_as_it_was() {
    for (signal, code) in [("Ctrl-C", 130), ("TERM", 143)] {
        let home = home();
        let before = text(&home, "work");
        let mut typist = Typist::start(&home, &REMOVE);
        typist.until(QUESTION);
        match signal {
            "Ctrl-C" => typist.types("\u{3}"),
            signal => typist.signal(signal),
        }
        // It also checks that the terminal shows what is typed.
        let shown = typist.end(code);
        assert!(!shown.contains("Removed"), "{shown}");
        assert_eq!((text(&home, "work"), names(&directory(&home))), (before, vec!["work.env".to_owned()]));
    }
}

#[test]
fn a_question_that_nobody_would_see_is_not_asked() {
    let home = home();
    let said = home.work().join("said");
    let program = env!("CARGO_BIN_EXE_zoomtok");
    let line = format!("'{program}' {} 2> '{}'", REMOVE.join(" "), said.display());
    Typist::start_program(&home, "/bin/sh", &["-c", &line], "xterm").end(2);
    let said = fs::read_to_string(said).unwrap();
    assert!(said.contains("--yes") && said.contains("is needed where nobody can be asked"), "{said}");
    assert!(!said.contains("[y/N]") && file(&home, "work").exists());
}
