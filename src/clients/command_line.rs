//! Command lines that start zoomtok, by itself or through a program whose way of starting another one is known.

use std::path::PathBuf;

/// The settings of a server of zoomtok's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Served {
    /// The `.env` that it was given.
    pub(crate) env_file: Option<PathBuf>,
    /// The policy that it was given.
    pub(crate) policy: Option<PathBuf>,
    /// The server behind it, where it is a gateway.
    pub(crate) behind: Option<Behind>,
}

/// The server behind a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Behind {
    /// A command. It may hold what is secret.
    Command(Vec<String>),
    /// An address, or a short name of one.
    Address(String),
}

/// Reads the arguments of zoomtok; none where they do not start the MCP server.
pub(crate) type Reader = fn(&[String]) -> Option<Served>;

/// A command line that starts zoomtok.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OwnCommand {
    /// The words before the program, which give it something that it needs; mostly none.
    pub(super) wrapper: Vec<String>,
    /// The arguments of zoomtok.
    pub(super) args: Vec<String>,
}

/// How deep programs start one another.
const MAX_DEPTH: usize = 4;

/// Reads a command line; none where it does not start zoomtok, or is not known to.
pub(super) fn own_command(command: &str, args: &[String]) -> Option<OwnCommand> {
    unwrap(command, args, MAX_DEPTH)
}

fn unwrap(command: &str, args: &[String], depth: usize) -> Option<OwnCommand> {
    let name = command.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    if name == "zoomtok" {
        return Some(OwnCommand { wrapper: Vec::new(), args: args.to_vec() });
    }
    let depth = depth.checked_sub(1)?;
    // How many words of its own it has, and whether it gives the program anything.
    let (own, gives) = match name {
        "env" => (args.iter().take_while(|word| is_assignment(word)).count(), true),
        "op" | "dotenvx" if args.first().is_some_and(|word| word == "run") => {
            (args.iter().position(|word| word == "--")? + 1, true)
        }
        "cmd" => (args.iter().position(|word| word.eq_ignore_ascii_case("/c"))? + 1, false),
        "sh" | "bash" | "zsh" | "dash" => return unwrap_line(args, depth),
        _ => return None,
    };
    let (before, behind) = args.split_at(own);
    let (program, rest) = behind.split_first()?;
    let inner = unwrap(program, rest, depth)?;
    let wrapper =
        if gives { [&[command.to_owned()], before, &inner.wrapper].concat() } else { inner.wrapper };
    Some(OwnCommand { wrapper, args: inner.args })
}

/// The line of a shell's `-c`, where it is a plain command.
fn unwrap_line(args: &[String], depth: usize) -> Option<OwnCommand> {
    let [flags, line] = args else { return None };
    let is_plain = |c: char| c.is_alphanumeric() || " ./_-:=@%+,'\"".contains(c);
    if !flags.strip_prefix('-').is_some_and(|flags| flags.ends_with('c')) || !line.chars().all(is_plain) {
        return None;
    }
    let words = shell_words::split(line).ok()?;
    let words = if words.first().is_some_and(|word| word == "exec") { &words[1..] } else { &words };
    let (program, rest) = words.split_first()?;
    unwrap(program, rest, depth)
}

/// Whether it is `NAME=value`.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split('|').map(str::to_owned).collect()
    }

    #[track_caller]
    fn own(line: &str) -> Option<(String, String)> {
        let words = words(line);
        let (command, args) = words.split_first().unwrap();
        own_command(command, args).map(|own| (own.wrapper.join("|"), own.args.join("|")))
    }

    #[test]
    fn zoomtok_is_found_where_it_is_sure_to_be_started() {
        for (line, wrapper, args) in [
            ("zoomtok|mcp", "", "mcp"),
            ("/usr/bin/zoomtok|mcp|--no-watch", "", "mcp|--no-watch"),
            (r"C:\bin\Zoomtok.EXE|mcp", "", "mcp"),
            ("cmd|/c|zoomtok|mcp", "", "mcp"),
            (r"C:\Windows\System32\cmd.exe|/d|/C|C:\bin\zoomtok.exe|mcp", "", "mcp"),
            ("/usr/bin/env|A=b|zoomtok|mcp", "/usr/bin/env|A=b", "mcp"),
            ("op|run|--env-file=a.env|--|zoomtok|mcp", "op|run|--env-file=a.env|--", "mcp"),
            ("dotenvx|run|--|zoomtok|mcp", "dotenvx|run|--", "mcp"),
            ("env|A=b|op|run|--|zoomtok|mcp", "env|A=b|op|run|--", "mcp"),
            ("sh|-c|zoomtok mcp --env-file '/my files/.env'", "", "mcp|--env-file|/my files/.env"),
            ("/bin/bash|-lc|exec /opt/zoomtok mcp", "", "mcp"),
        ] {
            assert_eq!(own(line), Some((wrapper.to_owned(), args.to_owned())), "{line}");
        }
    }

    #[test]
    fn what_may_be_something_else_is_not_taken_for_it() {
        for line in [
            "node|zoomtok|mcp",
            "not-zoomtok|mcp",
            "npx|zoomtok|mcp",
            "npx|-y|zoomtok|mcp",
            "docker|run|zoomtok|mcp",
            "env|-i|zoomtok|mcp",
            "env",
            "op|read|--|zoomtok|mcp",
            "cmd|/k|zoomtok|mcp",
            "sh|zoomtok|mcp",
            "sh|-c|zoomtok mcp | tee log",
            "sh|-c|cd /x && zoomtok mcp",
            "sh|-c|zoomtok mcp --env-file $HOME/.env",
            "sh|-c",
            "cmd|/c|cmd|/c|cmd|/c|cmd|/c|cmd|/c|zoomtok|mcp",
        ] {
            assert_eq!(own(line), None, "{line}");
        }
    }
}
