//! The only printer: text, data, warnings, errors; colour or none.
//!
//! stdout is for what was asked for, stderr for all talk. A reader that went away is no failure: what the command
//! did is done, and its exit status says so.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use owo_colors::OwoColorize as _;
use serde::Serialize;

use super::args::{Color, Global};
use super::signs;
use super::spinner::Spinner;
use crate::error::Error;

/// Where a command puts what it has to say.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    quiet: bool,
    color: ColorChoice,
    /// Whether a terminal shows signs.
    signs: bool,
}

impl Output {
    /// As the flags have it.
    pub fn new(global: &Global) -> Self {
        let color = match global.color {
            None | Some(Color::Auto) => ColorChoice::Auto,
            Some(Color::Always) => ColorChoice::Always,
            Some(Color::Never) => ColorChoice::Never,
        };
        Self { quiet: global.quiet, color, signs: signs::can_be_shown(|name| std::env::var(name).ok()) }
    }

    /// Text for people, on stdout; nothing with `--quiet`.
    ///
    /// # Errors
    ///
    /// stdout cannot be written, as with a full disk.
    pub fn text(self, text: &str) -> Result<(), Error> {
        if self.quiet { Ok(()) } else { self.data(text) }
    }

    /// What was asked for, on stdout, with a newline.
    ///
    /// # Errors
    ///
    /// stdout cannot be written.
    pub fn data(self, text: &str) -> Result<(), Error> {
        let text = self.drawn(text, io::stdout().is_terminal());
        self.raw(format!("{text}\n").as_bytes())
    }

    /// One JSON object on a line of its own, on stdout.
    ///
    /// # Errors
    ///
    /// stdout cannot be written.
    pub fn json(self, value: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(value).map_err(|error| unwritable(error.into()))?;
        self.raw(format!("{text}\n").as_bytes())
    }

    /// Bytes on stdout as they are.
    ///
    /// # Errors
    ///
    /// stdout cannot be written.
    pub fn raw(self, bytes: &[u8]) -> Result<(), Error> {
        let mut stdout = AutoStream::new(io::stdout().lock(), self.color);
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(error)),
            _ => Ok(()),
        }
    }

    /// Text for people where stdout belongs to somebody else: on stderr, and nothing with `--quiet`.
    pub fn talk(self, text: &str) {
        if !self.quiet {
            self.stderr(text);
        }
    }

    /// A warning, one line on stderr.
    pub fn warn(self, warning: &str) {
        if !self.quiet {
            self.stderr(&format!("{} {warning}", "zoomtok: warning:".bold()));
        }
    }

    /// What ended the command, with all causes and what to do next: one line on stderr, and two on a terminal.
    pub fn fail(self, error: &anyhow::Error) {
        let ours = error.downcast_ref::<Error>();
        let told = match ours.and_then(Error::hint) {
            Some(hint) if io::stderr().is_terminal() => format!("{error:#}\n   👉 {hint}"),
            _ => ours.map_or_else(|| format!("{error:#}"), Error::told),
        };
        self.stderr(&format!("{} {told}", "zoomtok:".red()));
    }

    /// A moving sign of work on a terminal, until it is dropped; nothing with `--quiet` and where stderr is no terminal.
    pub(super) fn spinner(self) -> Spinner {
        Spinner::new(!self.quiet && io::stderr().is_terminal(), self.signs)
    }

    fn stderr(self, line: &str) {
        let line = self.drawn(line, io::stderr().is_terminal());
        // Where stderr cannot be written there is nobody left to tell.
        let _ = writeln!(AutoStream::new(io::stderr().lock(), self.color), "{line}");
    }

    /// As a terminal can show it. What is read by programs keeps its signs, whatever the locale.
    fn drawn(self, text: &str, on_terminal: bool) -> Cow<'_, str> {
        if self.signs || !on_terminal { text.into() } else { signs::without(text).into() }
    }
}

fn unwritable(source: io::Error) -> Error {
    Error::Other { action: "write to stdout".into(), source }
}
