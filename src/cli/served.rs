//! The command line of an MCP server in somebody's configuration, read as this program reads its own.

use clap::Parser as _;

use super::args::{Cli, Command, Global};
use crate::clients::{Behind, Served};
use crate::settings::configuration_directory;

/// The settings that `zoomtok` serves by when it is started with these arguments and finds the token for itself; none
/// where it would not serve, or where its server has to have a token already.
pub(super) fn served(args: &[String]) -> Option<Served> {
    read(args).filter(|(_, hands_token)| *hands_token).map(|(served, _)| served)
}

/// The same where it serves zoomtok's own tools.
pub(super) fn tools_served(args: &[String]) -> Option<Served> {
    started(args).filter(|served| served.behind.is_none())
}

/// The same where it is a gateway to an address.
pub(super) fn address_served(args: &[String]) -> Option<Served> {
    started(args).filter(|served| matches!(served.behind, Some(Behind::Address(_))))
}

/// The same whatever it serves.
pub(super) fn started(args: &[String]) -> Option<Served> {
    read(args).map(|(served, _)| served)
}

/// Also whether the token comes from it.
fn read(args: &[String]) -> Option<(Served, bool)> {
    let words = std::iter::once("zoomtok").chain(args.iter().map(String::as_str));
    let cli = Cli::try_parse_from(words).ok()?;
    let Global { env_file, profile, .. } = cli.global;
    let env_file = match (env_file, profile) {
        (Some(_), Some(_)) => return None,
        (None, Some(profile)) => Some(profile.file(&configuration_directory()?)),
        (env_file, None) => env_file,
    };
    match cli.command {
        Command::Mcp(mcp) if !mcp.install => {
            Some((Served { env_file, policy: mcp.policy, behind: None }, true))
        }
        Command::Gateway(gateway) if gateway.listen.is_none() => {
            let words = gateway.command.into_iter();
            let behind = match gateway.url {
                Some(url) => Behind::Address(url),
                None => Behind::Command(words.map(|word| word.into_string().ok()).collect::<Option<_>>()?),
            };
            Some((Served { env_file, policy: gateway.policy, behind: Some(behind) }, !gateway.no_token))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn only_what_would_serve_is_a_server() {
        let read = |line: &str| served(&words(line));
        let of = |env_file: Option<&str>, policy: Option<&str>| {
            Some(Served { env_file: env_file.map(Into::into), policy: policy.map(Into::into), behind: None })
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

    #[test]
    fn a_gateway_serves_what_is_behind_it() {
        let behind = |line: &str| started(&words(line)).map(|served| served.behind.unwrap());
        let command = |line: &str| Some(Behind::Command(words(line)));
        for (line, expected) in [
            ("gateway --url zoom/chat --policy p", Some(Behind::Address("zoom/chat".into()))),
            ("gateway --name a -- npx -y files --url x", command("npx -y files --url x")),
            ("gateway --no-token node -- x", command("node -- x")),
            ("gateway", None),
            ("gateway --listen 127.0.0.1:1 -- node", None),
        ] {
            assert_eq!(behind(line), expected, "{line}");
        }
        for (line, token, tools, address) in [
            ("mcp", true, true, false),
            ("gateway --url zoom", true, false, true),
            ("gateway -- node", true, false, false),
            ("gateway --no-token -- node", false, false, false),
        ] {
            let words = words(line);
            assert_eq!(served(&words).is_some(), token, "{line}");
            assert_eq!(tools_served(&words).is_some(), tools, "{line}");
            assert_eq!(address_served(&words).is_some(), address, "{line}");
        }
    }
}
