//! Lines that set a variable in another language than that of `.env` files: of a shell, of a program, of another format.
//!
//! Readers of `.env` files silently pass over most of them, and then a credential is missing that is before
//! everybody's eyes.

use super::scan::subject;

/// How a line begins that sets a variable elsewhere, and what does so. Longer beginnings come before shorter ones.
const BEGINNINGS: &[(&str, &str)] = &[
    ("${env:", "as PowerShell does (${env:NAME} = …)"),
    ("$env:", "as PowerShell does ($env:NAME = …)"),
    ("[System.Environment]::SetEnvironmentVariable(", "as PowerShell does (SetEnvironmentVariable)"),
    ("[Environment]::SetEnvironmentVariable(", "as PowerShell does (SetEnvironmentVariable)"),
    ("os.environ[", "as Python does (os.environ)"),
    ("process.env.", "as JavaScript does (process.env)"),
    ("Environment=", "as a unit of systemd does (Environment=)"),
    ("setx ", "as cmd.exe does (setx NAME …)"),
    ("setenv ", "as csh does (setenv NAME …)"),
    ("set -", "as fish does (set -x NAME …)"),
    ("set ", "as cmd.exe does (set NAME=…)"),
    ("declare ", "as bash does (declare NAME=…)"),
    ("typeset ", "as ksh does (typeset NAME=…)"),
    ("readonly ", "as a shell does (readonly NAME=…)"),
    ("local ", "as a function of a shell does (local NAME=…)"),
    ("let ", "as a programming language does (let)"),
    ("const ", "as a programming language does (const)"),
    ("env ", "as the command env does (env NAME=…)"),
    ("ENV ", "as a Dockerfile does (ENV NAME=…)"),
    ("ARG ", "as a Dockerfile does (ARG NAME=…)"),
    ("--env ", "as an option of docker run does (--env NAME=…)"),
    ("-e ", "as an option of docker run does (-e NAME=…)"),
    ("- ", "as a list of YAML does (- NAME=…)"),
];

/// Characters that nobody sees: a byte order mark in the middle, where two files were joined, and what web pages have.
const INVISIBLE: [char; 4] = ['\u{feff}', '\u{200b}', '\u{200e}', '\u{2060}'];

/// The variable of `ours` that a line sets in another language, and in which.
pub(super) fn foreign(code: &str, ours: &[&'static str]) -> Option<(&'static str, &'static str)> {
    let visible = code.trim_start_matches(|c: char| INVISIBLE.contains(&c) || c.is_whitespace());
    let ours_at = |text: &str| ours.iter().copied().find(|ours| *ours == subject(text).0);
    if visible.len() < code.trim_start().len()
        && let Some(name) = ours_at(visible)
    {
        return Some((name, "behind a character that is not visible, such as a byte order mark"));
    }
    if let Some(inner) = visible.strip_prefix(['"', '\''])
        && let Some(name) = ours_at(inner)
    {
        let behind = subject(inner).1.trim_start_matches(['"', '\'', ' ', '\t']);
        return match behind.chars().next() {
            Some(':') => Some((name, "as JSON does (\"NAME\": …)")),
            Some('=') => Some((name, "with its name in quotes")),
            _ => None,
        };
    }
    let (beginning, what) = BEGINNINGS.iter().find(|(beginning, _)| begins(visible, beginning)).copied()?;
    let mut rest = visible[beginning.len()..].trim_start();
    // Options, such as the `x` of `declare -x` and the `--global` of fish.
    if beginning.ends_with('-') {
        rest = behind_word(rest);
    }
    while rest.starts_with(['-', '/']) {
        rest = behind_word(rest);
    }
    let name = ours_at(rest.trim_start_matches(['"', '\'']))?;
    Some((name, what))
}

/// Whether a line begins so. Windows ignores case.
fn begins(line: &str, beginning: &str) -> bool {
    let start = line.get(..beginning.len());
    let is_of_windows = beginning.contains("env:") || beginning.starts_with("set ") || beginning == "setx ";
    start.is_some_and(|start| {
        // A tab does as well as a blank.
        let start = start.replace('\t', " ");
        start == *beginning || (is_of_windows && start.eq_ignore_ascii_case(beginning))
    })
}

fn behind_word(text: &str) -> &str {
    text.split_once(|c: char| c.is_whitespace()).map_or("", |(_, rest)| rest.trim_start())
}

/// The problem with a line of one of our variables whose name is followed by this and not by an equals sign.
pub(super) fn without_equals(behind: &str) -> &'static str {
    if behind.is_empty() {
        "stands alone, by which Docker takes it over from its own environment; write NAME=value, or leave the line out"
    } else if behind.starts_with(":=") || behind.starts_with("?=") {
        "is set as a Makefile does; write NAME=value"
    } else if behind.starts_with(':') {
        "is set as YAML does (NAME: value); write NAME=value"
    } else if behind.starts_with("+=") {
        "is added to (+=), which only shells can; write NAME=value"
    } else {
        "is not followed by an equals sign"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &[&str] = &["ZOOM_CLIENT_ID"];

    #[test]
    fn a_line_of_another_language_is_reported_by_its_name() {
        let table = [
            ("set ZOOM_CLIENT_ID=x", "cmd.exe"),
            ("SET \"ZOOM_CLIENT_ID=x\"", "cmd.exe"),
            ("setx ZOOM_CLIENT_ID x", "cmd.exe"),
            ("setx /M ZOOM_CLIENT_ID x", "cmd.exe"),
            ("$env:ZOOM_CLIENT_ID = 'x'", "PowerShell"),
            ("$Env:ZOOM_CLIENT_ID=\"x\"", "PowerShell"),
            ("${env:ZOOM_CLIENT_ID} = 'x'", "PowerShell"),
            ("[Environment]::SetEnvironmentVariable('ZOOM_CLIENT_ID', 'x', 'User')", "PowerShell"),
            ("declare -x ZOOM_CLIENT_ID=\"x\"", "bash"),
            ("  declare\t-x ZOOM_CLIENT_ID='x'", "bash"),
            ("typeset -gx ZOOM_CLIENT_ID=x", "ksh"),
            ("readonly ZOOM_CLIENT_ID=x", "a shell"),
            ("setenv ZOOM_CLIENT_ID x", "csh"),
            ("set -gx ZOOM_CLIENT_ID x", "fish"),
            ("set -x -U ZOOM_CLIENT_ID x", "fish"),
            ("set --export --global ZOOM_CLIENT_ID x", "fish"),
            ("ENV ZOOM_CLIENT_ID=x", "Dockerfile"),
            ("ENV ZOOM_CLIENT_ID x", "Dockerfile"),
            ("-e ZOOM_CLIENT_ID=x", "docker run"),
            ("--env ZOOM_CLIENT_ID=x", "docker run"),
            ("- ZOOM_CLIENT_ID=x", "YAML"),
            ("  - \"ZOOM_CLIENT_ID=x\"", "YAML"),
            ("Environment=ZOOM_CLIENT_ID=x", "systemd"),
            ("Environment=\"ZOOM_CLIENT_ID=x\"", "systemd"),
            ("\"ZOOM_CLIENT_ID\": \"x\",", "JSON"),
            ("'ZOOM_CLIENT_ID'=x", "its name in quotes"),
            ("\"\u{a0}ZOOM_CLIENT_ID=x\"", "its name in quotes"),
            ("'export ZOOM_CLIENT_ID=x'", "its name in quotes"),
            ("\" ZOOM_CLIENT_ID\": \"x\"", "JSON"),
            ("os.environ[\"ZOOM_CLIENT_ID\"] = \"x\"", "Python"),
            ("process.env.ZOOM_CLIENT_ID = \"x\";", "JavaScript"),
            ("\u{feff}ZOOM_CLIENT_ID=x", "not visible"),
            (" \u{200b}ZOOM_CLIENT_ID=x", "not visible"),
        ];
        for (line, what) in table {
            let found = foreign(line, OURS).unwrap_or_else(|| panic!("{line:?} is passed over"));
            assert!(found.0 == "ZOOM_CLIENT_ID" && found.1.contains(what), "{line:?}: {found:?}");
        }
    }

    #[test]
    fn lines_of_others_are_passed_over() {
        for line in [
            "",
            "set -a",
            "set -e",
            "set OTHER=x",
            "set MY_ZOOM_CLIENT_ID=x",
            "declare -x ZOOM_CLIENT_ID_OLD=x",
            "declare -p",
            "env | grep ZOOM_CLIENT_ID",
            "echo \"$ZOOM_CLIENT_ID\"",
            "[ -n \"$ZOOM_CLIENT_ID\" ] || exit",
            "- OTHER=x",
            "\"OTHER\": \"ZOOM_CLIENT_ID\"",
            "\"ZOOM_CLIENT_ID\"",
            "$env:OTHER = 'x'",
            "{",
        ] {
            assert_eq!(foreign(line, OURS), None, "{line:?}");
        }
    }
}
