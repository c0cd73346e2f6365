//! docs/env.md says what zoomtok and others read in a `.env`: each is asked, and compared with the page.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;
use zoomtok::store::EnvText;

use crate::env_file::played::{docker, systemd};
use crate::support::needs::{Need, SYSTEMD_GENERATOR, needs, node, python};
use crate::support::pages::{quoted, read, rows};

/// The value of `X` by a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    Value(String),
    Unset,
    Fails,
}

impl Said {
    fn cell(&self) -> String {
        let shown = |text: &str| {
            let end = text.trim_end_matches(' ').len();
            let blanks = "␠".repeat(text.len() - end);
            (text[..end].to_owned() + &blanks).replace('\n', "⏎").replace('\r', "␍")
        };
        match self {
            Self::Value(value) if value.is_empty() => "empty".into(),
            Self::Value(value) => format!("`{}`", shown(value)),
            Self::Unset => "not set".into(),
            Self::Fails => "*error*".into(),
        }
    }
}

/// The text that the page writes in one cell.
fn text_of(cell: &str) -> String {
    let text = cell.replace('⏎', "\n").replace('␍', "\r").replace('␠', " ").replace("[BOM]", "\u{feff}");
    if text.ends_with('\n') { text } else { text + "\n" }
}

/// A program that is given files and prints for each a `+` and the value of `X`, a `-` or, where it fails, a `!`, and a NUL.
fn asked(mut command: Command, files: &[PathBuf]) -> Vec<Said> {
    let output = command.args(files).env("HOME", "/home/you").env_remove("X").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let each = said.split_terminator('\0').map(|said| match said.strip_prefix('+') {
        Some(value) => Said::Value(value.to_owned()),
        None if said == "-" => Said::Unset,
        None => Said::Fails,
    });
    let each: Vec<Said> = each.collect();
    assert_eq!(each.len(), files.len(), "{}", String::from_utf8_lossy(&output.stderr));
    each
}

/// Without programs, in case a text runs some.
fn by_bash(files: &[PathBuf]) -> Vec<Said> {
    const SCRIPT: &str = r#"
        PATH=/nonexistent
        for file; do (
            exec 3>&1 >/dev/null 2>&1 </dev/null
            trap '[[ -v X ]] && printf "+%s\\0" "$X" >&3 || printf "%s\\0" "$failed" >&3' EXIT
            failed=!
            set -a
            . "$file" && failed=-
        ) done
    "#;
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-c", SCRIPT, "bash"]).current_dir("/");
    asked(command, files)
}

fn by_python(files: &[PathBuf]) -> Vec<Said> {
    const SCRIPT: &str = r#"
import sys, dotenv
for file in sys.argv[1:]:
    value = dotenv.dotenv_values(file).get("X")
    sys.stdout.buffer.write(b"-\0" if value is None else b"+%s\0" % value.encode())
"#;
    asked(python(SCRIPT), files)
}

fn by_node(files: &[PathBuf]) -> Vec<Said> {
    const SCRIPT: &str = r#"
for (const file of process.argv.slice(1)) {
    const { X } = require("dotenv").parse(require("fs").readFileSync(file));
    process.stdout.write(X === undefined ? "-\0" : `+${X}\0`);
}
"#;
    asked(node(SCRIPT), files)
}

fn by_zoomtok(text: &str) -> Result<Said, String> {
    let env = EnvText::parse(text.as_bytes(), &["X"]).map_err(|fault| fault.to_string())?;
    Ok(env.get("X").map_or(Said::Unset, |entry| Said::Value(entry.value.to_string())))
}

/// The rows of the page: what is in the first cell, the text that this stands for, and a file with it.
fn forms(directory: &TempDir) -> Vec<(String, String, PathBuf)> {
    let page = rows(&read("docs/env.md"), "## What each reads");
    let form = |(at, cells): (usize, &Vec<String>)| {
        let form = quoted(&cells[0])[0].to_owned();
        let (text, path) = (text_of(&form), directory.path().join(at.to_string()));
        fs::write(&path, &text).unwrap();
        (form, text, path)
    };
    page.iter().enumerate().map(form).collect()
}

#[test]
fn every_cell_is_what_its_reader_says() {
    let directory = tempfile::tempdir().unwrap();
    let forms = forms(&directory);
    let files: Vec<PathBuf> = forms.iter().map(|(.., path)| path.clone()).collect();
    let texts = || forms.iter().map(|(_, text, _)| text.as_str());
    // Where one of them is missing, the cells of the others are still compared.
    let if_installed =
        |need: Need, ask: fn(&[PathBuf]) -> Vec<Said>| (!need.is_missing()).then(|| ask(&files));
    let readers = [
        Some(by_bash(&files)),
        if_installed(Need::PythonDotenv, by_python),
        if_installed(Need::NodeDotenv, by_node),
        Some(texts().map(docker).collect()),
        Some(texts().map(systemd).collect()),
    ];
    let (mut wrong, mut refused) = (Vec::new(), Vec::new());
    for (at, cells) in rows(&read("docs/env.md"), "## What each reads").iter().enumerate() {
        let (form, text, _) = &forms[at];
        let zoomtok = by_zoomtok(text);
        let mut right: Vec<String> = readers
            .iter()
            .zip(&cells[1..])
            .map(|(reader, cell)| reader.as_ref().map_or_else(|| cell.clone(), |said| said[at].cell()))
            .collect();
        right.push(zoomtok.as_ref().map_or("*refused*".into(), Said::cell));
        if right != cells[1..] {
            wrong.push(format!("| `{form}` | {} |", right.join(" | ")));
        }
        refused.extend(zoomtok.err().map(|problem| vec![format!("`{form}`"), problem]));
    }
    let listed = rows(&read("docs/env.md"), "## What is refused, and why");
    let right: Vec<String> = refused.iter().map(|cells| format!("| {} |", cells.join(" | "))).collect();
    let all = format!("{}\n\n{}", wrong.join("\n"), right.join("\n"));
    assert!(wrong.is_empty() && listed == refused, "these rows of docs/env.md should read\n{all}");
    assert!(forms.len() > 40 && refused.len() > 15);
}

/// Compares the played Docker of the page with the program itself.
#[test]
fn docker_itself_reads_what_is_played() {
    needs!(Docker);
    let directory = tempfile::tempdir().unwrap();
    let daemon = crate::env_file::played::Daemon::start();
    for (_, text, path) in forms(&directory) {
        assert_eq!(daemon.ask(&path), docker(&text), "{text:?}");
    }
}

/// The generator for `environment.d` has the parser of `EnvironmentFile=`. After it, it expands variables and leaves out
/// empty values.
#[test]
fn systemd_itself_reads_what_is_played() {
    needs!(Systemd);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("environment.d/a.conf");
    fs::create_dir(file.parent().unwrap()).unwrap();
    // It writes the end of a line in a way of its own, and a tilde without quotes.
    let is_the_same = |text: &str| match systemd(text) {
        Said::Value(value) => !value.is_empty() && !value.contains(['\n', '~']) && !text.contains('$'),
        _ => !text.contains('$'),
    };
    let forms = forms(&directory);
    for (_, text, _) in forms.iter().filter(|(_, text, _)| is_the_same(text)) {
        fs::write(&file, text).unwrap();
        let run = Command::new(SYSTEMD_GENERATOR)
            .env_clear()
            .env("XDG_CONFIG_HOME", directory.path())
            .output()
            .unwrap();
        // It writes what a shell reads.
        let read = directory.path().join("read");
        fs::write(&read, run.stdout).unwrap();
        assert_eq!(by_bash(&[read]), [systemd(text)], "{text:?}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

/// The list before the table of the page.
#[test]
fn zoomtok_reads_values_as_others_do_but_for_these() {
    let mut exceptions = Vec::new();
    for cells in rows(&read("docs/env.md"), "## What each reads") {
        let [form, bash, python, node, _, _, zoomtok] = &cells[..] else { panic!("{cells:?}") };
        let is_like = |other: &str| other == zoomtok || other == "*error*";
        if zoomtok != "*refused*" && !(is_like(bash) && python == zoomtok && node == zoomtok) {
            exceptions.push(quoted(form)[0].to_owned());
        }
    }
    assert_eq!(exceptions, ["X=a#b", "X=a␍⏎", "[BOM]X=a", "X=~/a"]);
}

#[test]
fn the_versions_are_those_that_are_installed() {
    let (page, installed) = (read("docs/env.md"), read(".ci/run"));
    for (name, directory) in
        [("python-dotenv 1.2.2", "python-dotenv-1.2.2"), ("dotenv 18.0.10", "node-dotenv-18.0.10")]
    {
        assert!(page.contains(name) && installed.contains(directory), "{name}");
    }
}
