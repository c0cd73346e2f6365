//! The help of `zoomtok` alone, which lists the commands by what they are for. clap has one heading for all of them.

/// Makes the template out of headings, names and lines, in clap's own styles.
macro_rules! help {
    ($($heading:literal { $($name:literal $about:literal;)* })*) => {
        concat!(
            "{about-with-newline}\n{usage-heading} {usage}\n\n",
            $("\u{1b}[1m\u{1b}[4m", $heading, ":\u{1b}[0m\n", $("  \u{1b}[1m", $name, "\u{1b}[0m  ", $about, "\n",)* "\n",)*
            "\u{1b}[1m\u{1b}[4mOptions:\u{1b}[0m\n{options}{after-help}",
        )
    };
}

pub(super) const TEMPLATE: &str = help! {
    "Token" {
        "get           " "Make sure that .env holds a valid token";
        "check         " "Check whether the token in .env is valid";
        "exec          " "Run a command with a valid token in its environment";
        "watch         " "Show the token's state every minute and refresh it in time";
        "login         " "Log in to Zoom, and put the login into .env";
        "logout        " "End the login at Zoom, and remove its tokens from .env";
        "profile       " "List the accounts that have a .env of their own, or remove one";
        "recordings    " "Download cloud recordings, resumed after a break";
    }
    "Agents and clients" {
        "mcp           " "Serve Zoom's tools to an MCP client over stdin and stdout";
        "gateway       " "Put a policy and a fresh token before any MCP server";
        "policy        " "Check a policy for mcp, or explain what it does to a call";
        "grant         " "Say who may connect to a gateway over HTTP";
        "approval      " "Decide about calls that wait for a person";
        "client        " "Put zoomtok into the configuration of any MCP client";
        "update-claude " "Put the token of .env into Claude Desktop's configuration";
        "restart-claude" "Restart Claude Desktop, with a valid token";
    }
    "Set-up and help" {
        "setup         " "Set everything up: log in, clients, a service";
        "service       " "Have the system run a watch or a gateway from each login on";
        "doctor        " "Find out what is wrong, and how to fix it";
        "demo          " "Show all of this in a minute, with a made-up Zoom";
        "sandbox       " "Run the made-up Zoom of the demo alone, to try things out";
        "completions   " "Print a script that completes zoomtok's commands and flags";
        "man           " "Print the manual page";
        "help          " "Print this message or the help of the given subcommand(s)";
    }
};

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::super::Cli;
    use super::TEMPLATE;

    #[test]
    fn every_command_is_listed_with_its_line() {
        let mut command = Cli::command();
        command.build();
        let plain = TEMPLATE.replace("\u{1b}[1m", "").replace("\u{1b}[4m", "").replace("\u{1b}[0m", "");
        let listed: Vec<(&str, &str)> =
            plain.lines().filter_map(|line| line.strip_prefix("  ")?.split_once("  ")).collect();
        let listed: Vec<_> = listed.into_iter().map(|(name, about)| (name.trim(), about.trim())).collect();
        let all = command.get_subcommands().filter(|command| !command.is_hide_set());
        let all: Vec<(String, String)> = all
            .map(|command| (command.get_name().to_owned(), command.get_about().unwrap().to_string()))
            .collect();
        let mut expected: Vec<(&str, &str)> =
            all.iter().map(|(name, about)| (name.as_str(), about.as_str())).collect();
        let mut sorted = listed.clone();
        sorted.sort_unstable();
        expected.sort_unstable();
        assert_eq!(sorted, expected);
    }
}
