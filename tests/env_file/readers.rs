//! The values that other readers of `.env` files find after a write: bash, and the dotenv packages of Python and Node.
//!
//! Each has a dialect of its own, so that a reader is asked about a new text only when it understood the old one.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot continue has failed")]

use std::io::{Seek, Write};
use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;
use zoomtok::store::EnvText;

use crate::support::needs::{needs, node, python};

#[expect(dead_code, reason = "the unit tests use the rest")]
#[path = "../../src/store/env/text/generated.rs"]
mod generated;

use generated::{CLIENT_AT_END, Case, EXPIRES, NEW_EXPIRES, NEW_TOKEN, OURS, TOKEN};

/// Reads texts, and for each writes a `+` and the value, or a `-`, for each name, all ended by NUL.
///
/// Without a path, in case a text makes it run something.
const BASH: &str = r#"
PATH=/nonexistent
while IFS= read -r -d '' text; do (
    set -a
    source <(printf '%s' "$text") </dev/null >/dev/null 2>&1
    set +a
    for name in ZOOM_ACCESS_TOKEN ZOOM_TOKEN_EXPIRES_AT ZOOM_CLIENT_ID; do
        if [[ ${!name@a} == *x* && -v $name ]]; then printf '+%s\0' "${!name}"; else printf -- '-\0'; fi
    done
) done
"#;

/// As [`BASH`]. A file would be read with its newlines translated, and so is this.
const PYTHON: &str = r#"
import io, sys
from dotenv import dotenv_values
for text in sys.stdin.buffer.read().decode().split("\0")[:-1]:
    values = dotenv_values(stream=io.StringIO(text, newline=None))
    for name in ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT", "ZOOM_CLIENT_ID"]:
        value = values.get(name)
        sys.stdout.buffer.write(b"-\0" if value is None else b"+%s\0" % value.encode())
"#;

/// As [`BASH`].
const NODE: &str = r#"
const { parse } = require("dotenv");
for (const text of require("fs").readFileSync(0, "utf8").split("\0").slice(0, -1)) {
    const values = parse(text);
    for (const name of ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT", "ZOOM_CLIENT_ID"])
        process.stdout.write(name in values ? `+${values[name]}\0` : "-\0");
}
"#;

/// The values that a reader found in a text.
struct Found {
    token: Option<String>,
    expires: Option<String>,
    client: Option<String>,
}

fn ask(mut reader: Command, texts: &[String]) -> Vec<Found> {
    let mut input = tempfile::tempfile().unwrap();
    input.write_all((texts.join("\0") + "\0").as_bytes()).unwrap();
    input.rewind().unwrap();
    let output = reader.stdin(input).output().unwrap();
    let output = String::from_utf8(output.stdout).unwrap();
    let mut values = output.split_terminator('\0').map(|value| value.strip_prefix('+').map(str::to_owned));
    let mut next = || values.next().expect("a text has no answer");
    texts.iter().map(|_| Found { token: next(), expires: next(), client: next() }).collect()
}

fn generate<T>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn written(text: &str) -> String {
    let env = EnvText::parse(text.as_bytes(), OURS).unwrap();
    env.with(&[(TOKEN, NEW_TOKEN), (EXPIRES, NEW_EXPIRES)]).unwrap().to_string()
}

/// Writes `cases` generated texts and has them read; at least this share of them, in percent, must have been understood
/// by the reader before.
fn check(reader: impl Fn() -> Command, readable: fn(&Case) -> bool, cases: usize, share: usize) {
    let cases = generate(generated::case(), cases);
    let old: Vec<String> = cases.iter().map(|case| case.old.clone()).collect();
    let new: Vec<String> = old.iter().map(|text| written(text)).collect();
    let before = ask(reader(), &old);
    let after = ask(reader(), &new);

    let mut asked = 0;
    for (index, case) in cases.iter().enumerate() {
        let (before, after) = (&before[index], &after[index]);
        let understood = if case.ends_in_client {
            before.client.as_deref() == Some(CLIENT_AT_END)
        } else {
            case.token.is_some() && before.token == case.token
        };
        if !understood || !readable(case) {
            continue;
        }
        asked += 1;
        let text = format!("{:?}\nbecame {:?}", case.old, new[index]);
        assert_eq!(after.token.as_deref(), Some(NEW_TOKEN), "{text}");
        assert_eq!(after.client, before.client, "{text}");
        if !case.old.contains(EXPIRES) {
            assert_eq!(after.expires.as_deref(), Some(NEW_EXPIRES), "{text}");
        }
    }
    assert!(asked * 100 >= cases.len() * share, "only {asked} of {} texts were understood", cases.len());
}

/// bash in a directory of its own, in case a text makes it write something.
fn bash(directory: &TempDir) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", BASH]).current_dir(directory.path());
    for name in OURS {
        command.env_remove(name);
    }
    command
}

#[test]
fn bash_reads_the_new_token() {
    let directory = tempfile::tempdir().unwrap();
    // For bash the CR of a CRLF belongs to the value, and `export A= 'b'` sets nothing, which may happen to be right.
    let readable = |case: &Case| {
        let misread: &[&str] = match case.token.as_deref() {
            Some("") => &["\r", "= '", "= \"", "\t '", "\t \"", " ="],
            _ => &["\r"],
        };
        !misread.iter().any(|text| case.old.contains(text))
    };
    check(|| bash(&directory), readable, 300, 25);
}

#[test]
fn python_dotenv_reads_the_new_token() {
    needs!(PythonDotenv);
    check(|| python(PYTHON), |_| true, 1000, 50);
}

#[test]
fn node_dotenv_reads_the_new_token() {
    needs!(NodeDotenv);
    check(|| node(NODE), |_| true, 1000, 50);
}

#[test]
fn bash_reads_each_value_that_is_accepted() {
    // No tilde: there a shell differs, and rightly so, in paths.
    let values = generate("([ -}é]|[a-z]{2}|['\"# \n\\\\$]){0,6}|'[ -}é\n]{0,8}'|\"[ -}é\n]{0,8}\"", 1500);
    let (texts, values): (Vec<String>, Vec<String>) = values
        .into_iter()
        // A blank behind the equals sign would make a command of the value.
        .filter(|value| !value.starts_with([' ', '\n']))
        .map(|value| format!("{TOKEN}={value}\n"))
        .filter_map(|text| {
            let env = EnvText::parse(text.as_bytes(), OURS).ok()?;
            let value = env.get(TOKEN)?.value.to_string();
            Some((text, value))
        })
        .unzip();
    assert!(texts.len() > 300, "only {} texts are accepted", texts.len());
    let directory = tempfile::tempdir().unwrap();
    for ((text, value), found) in texts.iter().zip(values).zip(ask(bash(&directory), &texts)) {
        assert_eq!(found.token, Some(value), "{text:?}");
    }
}
