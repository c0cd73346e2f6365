//! The help of `zoomtok` alone, which lists the commands by what they are for. clap has one heading for all of them.

use super::each_command;

/// The line of the command that clap adds.
const HELP: (&str, &str) = ("help", "Print this message or the help of the given subcommand(s)");

macro_rules! headings {
    ($($heading:literal { $(#[doc = $about:literal] $(#[$more:meta])* $name:literal $command:ident,)+ })+) => {
        /// The commands below their headings, each with its line.
        const HEADINGS: &[(&str, &[(&str, &str)])] = &[$(($heading, &[$(($name, $about)),+])),+];
    };
}
each_command!(headings);

/// The template of the help, in clap's own styles.
pub(super) fn template() -> String {
    let names = HEADINGS.iter().flat_map(|(_, commands)| commands.iter().map(|(name, _)| name.len()));
    let widest = names.max().unwrap_or_default();
    let line = |(name, about): &(&str, &str)| {
        format!("  \u{1b}[1m{name:widest$}\u{1b}[0m  {}\n", about.trim_start())
    };
    let mut lists: Vec<(&str, String)> = HEADINGS
        .iter()
        .filter(|(heading, _)| !heading.is_empty())
        .map(|(heading, commands)| (*heading, commands.iter().map(line).collect()))
        .collect();
    if let Some((_, last)) = lists.last_mut() {
        last.push_str(&line(&HELP));
    }
    let lists =
        lists.iter().map(|(heading, lines)| format!("\u{1b}[1m\u{1b}[4m{heading}:\u{1b}[0m\n{lines}\n"));
    format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}\u{1b}[1m\u{1b}[4mOptions:\u{1b}[0m\n{{options}}{{after-help}}",
        lists.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::super::Cli;
    use super::template;

    #[test]
    fn every_command_is_listed_with_its_line() {
        let mut command = Cli::command();
        command.build();
        let plain = template().replace("\u{1b}[1m", "").replace("\u{1b}[4m", "").replace("\u{1b}[0m", "");
        let listed: Vec<(&str, &str)> =
            plain.lines().filter_map(|line| line.strip_prefix("  ")?.split_once("  ")).collect();
        let mut listed: Vec<_> =
            listed.into_iter().map(|(name, about)| (name.trim(), about.trim())).collect();
        let all = command.get_subcommands().filter(|command| !command.is_hide_set());
        let all: Vec<(String, String)> = all
            .map(|command| (command.get_name().to_owned(), command.get_about().unwrap().to_string()))
            .collect();
        let mut expected: Vec<(&str, &str)> =
            all.iter().map(|(name, about)| (name.as_str(), about.as_str())).collect();
        listed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(listed, expected);
    }
}
