//! How the words that were typed become a [`Cli`], or clap's error.

use std::ffi::OsString;

use clap::{Args, FromArgMatches, Parser as _};

use super::args::{Cli, Command, Global, STYLES, each_command};
use crate::controls::{is_control, visible};

/// The arguments, the first of which is the program's own name.
///
/// Only the command that stands right behind the name is built, with its own arguments. All commands together take clap
/// longer than a `check` takes for the rest of its work.
///
/// # Errors
///
/// Clap's, which repeats arguments with their control characters made [`visible`]. Help and the version are errors too.
pub(super) fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    typed(arguments).map_err(|error| legible(error, arguments))
}

fn typed(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    alone(arguments).unwrap_or_else(|| Cli::try_parse_from(arguments))
}

macro_rules! alone {
    ($($heading:literal { $($(#[$about:meta])+ $name:literal $command:ident,)+ })+) => {
        /// The command, where nothing stands before its name; none where all commands have to be looked at.
        fn alone(arguments: &[OsString]) -> Option<Result<Cli, clap::Error>> {
            let [_, name, behind @ ..] = arguments else { return None };
            Some(match name.to_str()? {
                $($($name => one($name, Command::$command, behind),)+)+
                _ => return None,
            })
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$($($name),+),+];
    };
}
each_command!(alone);

/// A command and what stands behind its name, with usage and help as if all commands had been built.
fn one<T: Args + FromArgMatches>(
    name: &'static str,
    of: fn(T) -> Command,
    behind: &[OsString],
) -> Result<Cli, clap::Error> {
    let command =
        clap::Command::new(name).bin_name(format!("zoomtok {name}")).no_binary_name(true).styles(STYLES);
    // No level above it hands them down, which takes a tenth of the time of a `check`.
    let mut command = T::augment_args(Global::augment_args(command));
    let mut matches = command.try_get_matches_from_mut(behind)?;
    let read = T::from_arg_matches_mut(&mut matches).and_then(|command| {
        let global = Global::from_arg_matches_mut(&mut matches)?;
        Ok(Cli { global, command: of(command) })
    });
    read.map_err(|error| error.format(&mut command))
}

/// An error of clap's with the arguments that it repeats made [`visible`].
fn legible(error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let shown = |argument: &OsString| visible(&argument.to_string_lossy()).into_owned().into();
    let is_legible = |argument: &OsString| !argument.to_string_lossy().contains(is_control);
    if error.exit_code() == 0 || arguments.iter().all(is_legible) {
        return error;
    }
    let legible = |argument| if is_legible(argument) { argument.clone() } else { shown(argument) };
    let again: Vec<OsString> = arguments.iter().map(legible).collect();
    // They are wrong in this form too.
    typed(&again).err().unwrap_or_else(|| clap::Error::raw(error.kind(), visible(&error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        std::iter::once("zoomtok").chain(line.split(' ')).map(OsString::from).collect()
    }

    #[test]
    fn a_command_alone_answers_like_one_among_all() {
        let mut lines: Vec<String> = Vec::new();
        for name in NAMES {
            for behind in
                ["", " -h", " --help", " --version", " --no-such-flag", " --color", " extra", " help"]
            {
                lines.push(format!("{name}{behind}"));
            }
        }
        for line in
            ["policy check", "policy check -h", "grant add --help", "get -t x", "check --color never -q"]
        {
            lines.push(line.into());
        }
        let shown = |parsed: Result<Cli, clap::Error>| match parsed {
            Ok(cli) => format!("{cli:?}"),
            Err(error) => error.render().ansi().to_string(),
        };
        for line in lines {
            let arguments = words(&line);
            assert!(alone(&arguments).is_some(), "{line}");
            assert_eq!(shown(typed(&arguments)), shown(Cli::try_parse_from(&arguments)), "zoomtok {line}");
        }
    }

    #[test]
    fn what_is_no_command_is_left_to_all_of_them() {
        for line in ["chekc", "-q check", "--help", "help check", "--color never get"] {
            assert!(alone(&words(line)).is_none(), "{line}");
        }
    }
}
