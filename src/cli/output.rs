//! The only printer: text, data, warnings, errors; colour or none.
//!
//! stdout is for what was asked for, stderr for all talk. A reader that went away is no failure: what the command
//! did is done, and its exit status says so.
//!
//! Every text that it is given is one line. Controls of a terminal in it, which paths and arguments may have, are shown
//! and not sent: see [`crate::controls`].

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};

use anstream::{AutoStream, ColorChoice};
use owo_colors::{OwoColorize as _, Style};
use serde::Serialize;

use super::args::{Color, Global};
use super::bar::Bar;
use super::live::{Style as LineStyle, above};
use super::signs;
use super::spinner::Spinner;
use crate::controls::{in_json, visible};
use crate::error::{Diagnostic, Error};
use crate::files::may_print;

/// Where a command puts what it has to say.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    quiet: bool,
    /// Whether it is an error that nobody reads stdout.
    must_be_read: bool,
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
        Self {
            quiet: global.quiet,
            must_be_read: false,
            color,
            signs: signs::can_be_shown(|name| std::env::var(name).ok()),
        }
    }

    /// The same for what goes on only as long as somebody reads it: everything that prints gives [`Error::Unread`] when
    /// nobody does.
    #[must_use]
    pub fn while_read(self) -> Self {
        Self { must_be_read: true, ..self }
    }

    /// A line for people, on stdout; nothing with `--quiet`.
    ///
    /// # Errors
    ///
    /// stdout cannot be written, as with a full disk.
    pub fn text(self, text: &str) -> Result<(), Error> {
        if self.quiet { Ok(()) } else { self.data(text) }
    }

    /// A line that was asked for, on stdout.
    ///
    /// # Errors
    ///
    /// stdout cannot be written.
    pub fn data(self, text: &str) -> Result<(), Error> {
        self.styled(text, Style::new())
    }

    /// The same in a style.
    ///
    /// # Errors
    ///
    /// stdout cannot be written.
    pub fn styled(self, text: &str, style: Style) -> Result<(), Error> {
        let text = self.drawn(text, io::stdout().is_terminal());
        self.raw(format!("{}\n", text.style(style)).as_bytes())
    }

    /// One JSON object on a line of its own, on stdout.
    ///
    /// # Errors
    ///
    /// stdout cannot be written.
    pub fn json(self, value: &impl Serialize) -> Result<(), Error> {
        let text = serde_json::to_string(value).map_err(|error| unwritable(error.into()))?;
        self.raw(format!("{}\n", in_json(&text)).as_bytes())
    }

    /// Bytes on stdout as they are.
    ///
    /// # Errors
    ///
    /// stdout cannot be written.
    pub fn raw(self, bytes: &[u8]) -> Result<(), Error> {
        let written = above(|| {
            let mut stdout = AutoStream::new(io::stdout().lock(), self.color);
            may_print(bytes.len()).and_then(|()| stdout.write_all(bytes)).and_then(|()| stdout.flush())
        });
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                if self.must_be_read {
                    Err(Error::Unread)
                } else {
                    Ok(())
                }
            }
            written => written.map_err(unwritable),
        }
    }

    /// A line for people where stdout belongs to somebody else: on stderr, and nothing with `--quiet`.
    pub fn talk(self, text: &str) {
        if !self.quiet {
            self.stderr(&self.drawn(text, io::stderr().is_terminal()));
        }
    }

    /// A line on stderr without which nothing goes on, also with `--quiet`.
    pub fn must(self, text: &str) {
        self.stderr(&self.drawn(text, io::stderr().is_terminal()));
    }

    /// A question on stderr, which the cursor stays behind.
    pub fn ask(self, question: &str) {
        let question = self.drawn(question, io::stderr().is_terminal());
        let mut stderr = AutoStream::new(io::stderr().lock(), self.color);
        // Where stderr cannot be written nobody answers either.
        let _ = write!(stderr, "{question}").and_then(|()| stderr.flush());
    }

    /// A warning, one line on stderr.
    pub fn warn(self, warning: &str) {
        if !self.quiet {
            let warning = self.drawn(warning, io::stderr().is_terminal());
            self.stderr(&format!("{} {warning}", "zoomtok: warning:".bold()));
        }
    }

    /// Reports the error that ended the command, with all causes and what to do next: one line on stderr, and two on a
    /// terminal.
    pub fn fail(self, error: &dyn Diagnostic) {
        let on_terminal = io::stderr().is_terminal();
        let (told, hint) = match error.hint() {
            Some(hint) if on_terminal => (error.with_causes(), Some(hint)),
            _ => (error.report(), None),
        };
        self.stderr(&format!("{} {}", "zoomtok:".red(), self.drawn(&told, on_terminal)));
        if let Some(hint) = hint {
            self.stderr(&self.drawn(&format!("   👉 {hint}"), on_terminal));
        }
    }

    /// Whether signs are shown, as far as the locale tells. This asks no terminal.
    pub(super) fn shows_signs(self) -> bool {
        self.signs
    }

    /// How lines look that are drawn in their place on the terminal on stdout. None with `--quiet`, and where that is no terminal
    /// which is known to let the cursor move.
    pub(super) fn style_of_lines(self) -> Option<LineStyle> {
        let moves =
            std::env::var_os("TERM").is_some_and(|terminal| !terminal.is_empty() && terminal != "dumb");
        // The console of Windows would have to be told to.
        let is_shown = !self.quiet && cfg!(unix) && moves && io::stdout().is_terminal();
        let colour = match self.color {
            ColorChoice::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            color => color != ColorChoice::Never,
        };
        is_shown.then_some(LineStyle { signs: self.signs, colour })
    }

    /// A moving sign of work on a terminal, until it is dropped; nothing with `--quiet` and where stderr is no terminal.
    pub(super) fn spinner(self) -> Spinner {
        Spinner::new(!self.quiet && io::stderr().is_terminal(), self.signs)
    }

    /// A bar that shows how far something is, in the same way.
    pub(super) fn bar(self) -> Bar {
        Bar::new(!self.quiet && io::stderr().is_terminal())
    }

    fn stderr(self, line: &str) {
        // Where stderr cannot be written there is nobody left to tell.
        let _ = above(|| writeln!(AutoStream::new(io::stderr().lock(), self.color), "{line}"));
    }

    /// A line as a terminal can show it, and as nothing in it can do anything there. Output for programs keeps its signs,
    /// whatever the locale.
    fn drawn(self, line: &str, on_terminal: bool) -> Cow<'_, str> {
        let line = visible(line);
        if self.signs || !on_terminal { line } else { signs::without(&line).into() }
    }
}

fn unwritable(source: io::Error) -> Error {
    Error::Other { action: "write to stdout".into(), source }
}
