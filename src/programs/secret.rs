//! A command that prints a secret, in the way of git's credential helpers.
//!
//! It has no terminal and no input, so that one which wants to ask somebody fails at once. The first line that it prints is the
//! secret, as in a store where a password has notes below it.

use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::program::{Exit, Program};
use crate::clock::{Shutdown, ShutdownRequested, pause, runtime};
use crate::controls::visible;
use crate::token::mask;

/// How long the command may take.
const SECRET_PATIENCE: Duration = Duration::from_secs(3);

/// How long its output is still read once it has ended. A daemon that it has left behind may keep that open.
const SECRET_REST: Duration = Duration::from_millis(200);

/// The longest secret, in bytes. Those of Zoom have 32.
const LONGEST_PRINTED: usize = 1024;

/// The room for its output, and for what it says on its standard error.
const SECRET_OUTPUT: usize = 4096;

/// How many characters of that are quoted.
const SECRET_QUOTED: usize = 200;

/// Why there is no secret.
#[derive(Debug)]
pub(crate) struct NoSecret {
    /// Phrased to follow the name of the setting, without what was printed.
    pub(crate) problem: String,
    /// The last line of its standard error.
    pub(crate) complaint: Option<String>,
}

/// Runs the command and gives the secret that it prints.
///
/// # Errors
///
/// A stop is requested meanwhile; and inside of that, there is no secret.
pub(crate) fn printed_secret(
    words: &[String],
    stop: &Shutdown,
) -> Result<Result<SecretString, NoSecret>, ShutdownRequested> {
    let not_run = |error: &dyn std::fmt::Display| NoSecret {
        problem: format!("was not run: {error}"),
        complaint: None,
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return Ok(Err(not_run(&error))),
    };
    runtime.block_on(async {
        let program = Program {
            command: words.iter().map(Into::into).collect(),
            token_env: None,
            variables: Vec::new(),
            has_terminal: false,
        };
        let streams = [Stdio::null(), Stdio::piped(), Stdio::piped()];
        let mut process = match program.start(None, streams) {
            Ok(process) => process,
            Err(error) => return Ok(Err(not_run(&error))),
        };
        let (mut printed, mut said) = (Kept::default(), Kept::default());
        let (stdout, stderr) = (process.stdout(), process.stderr());
        let ended = CancellationToken::new();
        let ends = async {
            let read = async { tokio::join!(printed.read(stdout), said.read(stderr)) };
            let read_rest = async {
                ended.cancelled().await;
                pause(SECRET_REST).await;
            };
            let read = async {
                tokio::select! {
                    _ = read => {}
                    () = read_rest => {}
                }
            };
            let wait = async {
                let status = process.wait().await;
                ended.cancel();
                status
            };
            tokio::join!(wait, read).0
        };
        let late = tokio::select! {
            status = ends => {
                let code = status.map(|status| status.code());
                return Ok(code.map_err(|error| not_run(&error)).and_then(|code| judged(code, &printed, &said)));
            }
            () = pause(SECRET_PATIENCE) => {
                let problem = format!("took longer than {} s and was ended", SECRET_PATIENCE.as_secs());
                Ok(Err(problem))
            }
            signal = stop.requested() => Err(ShutdownRequested { signal }),
        };
        process.end().await;
        late.map(|late| late.map_err(|problem| NoSecret { problem, complaint: complaint(&printed, &said) }))
    })
}

/// The beginning of what a program has written, which is wiped. The rest is read and forgotten, so that it can go on.
struct Kept {
    bytes: Zeroizing<Vec<u8>>,
}

impl Default for Kept {
    fn default() -> Self {
        // A buffer that outgrows its place leaves a copy behind.
        Self { bytes: Zeroizing::new(Vec::with_capacity(SECRET_OUTPUT)) }
    }
}

impl Kept {
    async fn read(&mut self, stream: Option<impl AsyncRead + Unpin>) {
        let Some(mut stream) = stream else { return };
        let mut part = Zeroizing::new([0; 512]);
        // An error is the end of it.
        while let Ok(length @ 1..) = stream.read(&mut *part).await {
            let room = SECRET_OUTPUT - self.bytes.len();
            self.bytes.extend_from_slice(&part[..length.min(room)]);
        }
    }

    /// Its first line, without the end of it.
    fn first_line(&self) -> &[u8] {
        let line = self.bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}

/// The secret in the output of a command that has ended with this exit code.
fn judged(code: Option<i32>, printed: &Kept, said: &Kept) -> Result<SecretString, NoSecret> {
    let problem = match Exit::of(code) {
        Exit::Done => match usable(printed.first_line()) {
            Ok(secret) => return Ok(secret),
            Err(problem) => problem.to_owned(),
        },
        Exit::Failed(code) => format!("failed with exit code {code}"),
        Exit::NotRun(why) => format!("was not run: {why}"),
    };
    Err(NoSecret { problem, complaint: complaint(printed, said) })
}

/// The secret that a line is. Zoom answers anything else with "Bad Request" and no more.
fn usable(line: &[u8]) -> Result<SecretString, &'static str> {
    match line {
        [] => Err("printed no secret: its first line is empty"),
        line if line.len() > LONGEST_PRINTED => Err("printed a first line that is too long for a secret"),
        line if !line.is_ascii() => Err("printed a first line with a character that is not ASCII"),
        line if line.iter().any(|byte| !byte.is_ascii_graphic()) => {
            Err("printed a first line with white space in it")
        }
        line => Ok(std::str::from_utf8(line).unwrap_or_default().into()),
    }
}

/// The last line that the command has said on its standard error, without what it has printed.
fn complaint(printed: &Kept, said: &Kept) -> Option<String> {
    let said = Zeroizing::new(String::from_utf8_lossy(&said.bytes).into_owned());
    let printed = Zeroizing::new(String::from_utf8_lossy(&printed.bytes).into_owned());
    let mut said = Zeroizing::new(said.lines().map(str::trim).rfind(|line| !line.is_empty())?.to_owned());
    for secret in printed.lines().map(str::trim).filter(|line| !line.is_empty()) {
        *said = said.replace(secret, &mask(""));
    }
    let quoted: String = said.chars().take(SECRET_QUOTED).collect();
    Some(visible(&quoted).into_owned())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn kept(text: &[u8]) -> Kept {
        Kept { bytes: Zeroizing::new(text.to_vec()) }
    }

    #[test]
    fn the_first_line_is_the_secret() {
        let long = "x".repeat(LONGEST_PRINTED);
        let too_long = format!("{long}y\n");
        for (output, expected) in [
            ("canary", Ok("canary")),
            ("canary\n", Ok("canary")),
            ("canary\r\n", Ok("canary")),
            ("canary\nlogin: ada\n", Ok("canary")),
            (&long, Ok(long.as_str())),
            ("", Err("printed no secret: its first line is empty")),
            ("\ncanary\n", Err("printed no secret: its first line is empty")),
            (&too_long, Err("printed a first line that is too long for a secret")),
            ("can ary\n", Err("printed a first line with white space in it")),
            ("canary \n", Err("printed a first line with white space in it")),
            ("can\u{7}ary\n", Err("printed a first line with white space in it")),
            ("\u{feff}canary\n", Err("printed a first line with a character that is not ASCII")),
        ] {
            let found = judged(Some(0), &kept(output.as_bytes()), &kept(b""));
            let found = found.as_ref().map(ExposeSecret::expose_secret).map_err(|why| why.problem.as_str());
            assert_eq!(found, expected, "{output:?}");
        }
    }

    #[test]
    fn a_failure_says_how_the_command_ended_and_not_what_it_printed() {
        for (code, problem) in [
            (Some(1), "failed with exit code 1"),
            (Some(137), "failed with exit code 137"),
            (Some(126), "was not run: it cannot be run"),
            (Some(127), "was not run: it is not found"),
            (None, "was not run: the process that holds it was killed"),
        ] {
            let why = judged(code, &kept(b"canary\nnotes\n"), &kept(b"+ echo canary\n\x1b[31mno canary\n\n"));
            let why = why.unwrap_err();
            assert_eq!(why.problem, problem);
            assert_eq!(why.complaint.as_deref(), Some("\\u{1b}[31mno ****"));
        }
        let long = judged(Some(1), &kept(b""), &kept("e".repeat(900).as_bytes())).unwrap_err();
        assert_eq!(long.complaint.map(|text| text.len()), Some(SECRET_QUOTED));
    }
}
