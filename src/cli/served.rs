//! The command line of an MCP server in somebody's configuration, read as this program reads its own.

use clap::Parser as _;

use super::args::{Cli, Command, Global};
use crate::clients::Served;
use crate::settings::configuration_directory;

/// What `zoomtok` serves by when it is started with these arguments; none where it would not serve.
pub(super) fn served(args: &[String]) -> Option<Served> {
    let words = std::iter::once("zoomtok").chain(args.iter().map(String::as_str));
    let cli = Cli::try_parse_from(words).ok()?;
    let Global { env_file, profile, .. } = cli.global();
    let env_file = match (env_file, profile) {
        (Some(_), Some(_)) => return None,
        (None, Some(profile)) => Some(profile.file(&configuration_directory()?)),
        (env_file, None) => env_file,
    };
    match cli.command {
        Command::Mcp(mcp) if !mcp.install => Some(Served { env_file, policy: mcp.policy }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_serve_is_a_server() {
        let read = |line: &str| served(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let of = |env_file: Option<&str>, policy: Option<&str>| {
            Some(Served { env_file: env_file.map(Into::into), policy: policy.map(Into::into) })
        };
        let home = dirs::home_dir().unwrap().join("x/.env");
        let profiles = configuration_directory().unwrap().join("zoomtok/profiles");
        let (profile, home_profile) = (profiles.join("work.env"), profiles.join("home.env"));
        for (line, expected) in [
            ("mcp", of(None, None)),
            ("mcp --env-file ~/x/.env", of(home.to_str(), None)),
            ("mcp --env-file ~ada/x/.env", None),
            ("mcp --no-watch -q", of(None, None)),
            ("mcp --profile work", of(profile.to_str(), None)),
            ("--profile work mcp --profile=home --policy p.json", of(home_profile.to_str(), Some("p.json"))),
            ("mcp --profile ../work", None),
            ("mcp --profile work --env-file x", None),
            ("--profile work mcp --env-file x", None),
            ("mcp --env-file /x/.env --policy p.json", of(Some("/x/.env"), Some("p.json"))),
            ("mcp --env-file=/x/.env --policy=p.json", of(Some("/x/.env"), Some("p.json"))),
            ("--env-file /x/.env mcp", of(Some("/x/.env"), None)),
            ("exec -- npx server mcp", None),
            ("exec npx mcp", None),
            ("--env-file mcp watch", None),
            ("watch mcp", None),
            ("mcp --install", None),
            ("mcp --help", None),
            ("mcp --no-such-flag", None),
            ("mcp --env-file", None),
            ("mcp extra", None),
            ("help mcp", None),
            ("--version", None),
            ("", None),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }
}
