//! The text below the help: first steps, examples, exit statuses, settings and files; and how the help is marked.

use clap::builder::styling::{AnsiColor, Style, Styles};

use super::page::Page;
use crate::settings::TABLE;

/// The marks of help and of usage errors. Those of clap have yellow and green, which a light background swallows.
pub(in crate::cli) const STYLES: Styles = Styles::styled()
    .error(AnsiColor::Red.on_default().bold())
    .invalid(Style::new().bold())
    .valid(Style::new().bold());

/// The first commands to type, below the short help too.
pub const FIRST: &str = "\
First steps:
  zoomtok demo    shows all of this in a minute, and needs no account
  zoomtok setup   asks for what it needs, of an app from
                  marketplace.zoom.us, and puts the login into .env
  zoomtok get     keeps the token there valid
  zoomtok doctor  says what is wrong, and what to do";

pub(super) const GET: &str = "\
Examples:
  zoomtok get
  zoomtok get -f
  eval \"$(zoomtok get --export)\"
  TOKEN=$(zoomtok get --print)";

pub(super) const CHECK: &str = "\
Examples:
  zoomtok check
  zoomtok check -q --format '{icon} {left}'";

pub(super) const EXEC: &str = "\
Example:
  zoomtok exec -- ./my-script --a-flag-of-its-own";

pub(super) const WATCH: &str = "\
Examples:
  zoomtok watch
  zoomtok watch --once --threshold 600 --no-claude --quiet";

pub(super) const RECORDINGS: &str = "\
Examples:
  zoomtok recordings download ~/zoom
  zoomtok recordings download --from 2026-01-01 --to 2026-03-31 ~/zoom";

pub(super) const LOGIN: &str = "\
Examples:
  zoomtok login
  zoomtok login --browser --client-id ID --no-browser
  zoomtok login --paste --redirect-uri https://app.example.com/zoom
  zoomtok login --check";

pub(super) const INSTALL: &str = "\
Examples:
  zoomtok mcp --install --dry-run
  zoomtok mcp --install";

pub(super) const GATEWAY: &str = "\
Examples:
  zoomtok gateway -- node ~/zoom-mcp/index.js
  zoomtok gateway --url zoom/chat --policy chat.json
  zoomtok gateway --no-token --policy files.json -- npx -y @modelcontextprotocol/server-filesystem /data";

pub(super) const CLIENT: &str = "\
Examples:
  zoomtok client list
  zoomtok client install cursor codex --policy policy.json
  zoomtok client install --all --url zoom --dry-run
  zoomtok client wrap files --policy files.json";

pub(super) const SETUP: &str = "\
Examples:
  zoomtok setup
  zoomtok setup --browser --client cursor --url zoom/chat --no-service
  zoomtok setup --undo";

pub(super) const SERVICE: &str = "\
Examples:
  zoomtok service install
  zoomtok service install --profile work
  zoomtok service install gateway team -- --listen [::1]:8800 --url zoom
  zoomtok service status";

pub(super) const EXPLAIN: &str = "\
Example:
  zoomtok policy explain policy.json get_meeting '{\"meeting_id\": \"1\"}'";

pub(super) const SCOPES: &str = "\
Examples:
  zoomtok policy scopes policy.json
  zoomtok policy scopes --url zoom/chat chat.json --manifest";

pub(super) const SCRIPTS: &str = "\
Examples, for ~/.bashrc, zsh and fish:
  source <(zoomtok completions bash)
  zoomtok completions zsh > \"${fpath[1]}/_zoomtok\"
  zoomtok completions fish > ~/.config/fish/completions/zoomtok.fish";

/// The text below the help and in the manual page: sections of a heading and the lines of a table, short enough for the
/// indented page on a terminal of 80 columns.
pub const AFTER: &str = AFTER_PAGE.text();

static AFTER_PAGE: Page = {
    let mut page = Page::new();
    page.push(EXIT_STATUS);
    page.push("\n\nSettings:\n");
    let mut row = 0;
    while row < TABLE.len() {
        if !TABLE[row].help.is_empty() {
            page.row(TABLE[row].name, TABLE[row].help);
        }
        row += 1;
    }
    page.push(REST);
    page
};

const EXIT_STATUS: &str = "\
Exit status:
  0    done; for check: the token is valid for more than the threshold;
       for doctor: nothing is wrong
  1    check: no token, or none that lasts; policy explain: refused;
       recordings download: files are missing; others: a failure without
       a code of its own
  2    wrong flags, or a setting with an impossible value
  3    credentials missing, or a .env that cannot be read; Claude's
       configuration missing or not readable; a policy that is not valid
  4    Zoom refused: credentials, grant or app are wrong; trying again
       does not help
  5    Zoom unreachable, busy or broken; try again later
  6    the token, or a downloaded file, could not be stored
  7    another zoomtok holds the lock
  8    Claude could not be restarted
  doctor gives that of the first thing that is wrong
  exec gives the command's own; 126 when it cannot be run, 127 when it is
  not found";

const REST: &str = "  ZOOM_ENV_FILE                the .env; else the first of ./.env, a
                               parent's, the configuration directory's
  ZOOMTOK_PROFILE              as --profile
  LC_ALL, LC_CTYPE, LANG       where none names UTF-8, a terminal gets
                               letters for signs
  NO_COLOR, CLICOLOR_FORCE, HTTPS_PROXY, SSL_CERT_FILE   as everywhere

Files:
  .env                         the settings and the token
  .env.lock                    beside it: only who holds it fetches
  logs/zoom_token.log          beside it: the log of check -v
  ~/.local/state/zoomtok       the last failure, tokens that could not be
                               put into .env, counts of a policy; macOS,
                               Windows: in the local application data
  claude_desktop_config.json.zoomtok.bak
                               Claude's configuration, before the first
                               change";

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Cli;
    use super::*;

    #[test]
    fn what_stands_below_the_help_fits_on_a_terminal() {
        for line in FIRST.lines().chain(AFTER.lines()) {
            assert!(line.chars().count() <= 73, "{line}");
        }
    }

    #[test]
    fn the_examples_are_what_can_be_typed() {
        let mut examples = 0;
        for text in [
            GET, CHECK, EXEC, WATCH, RECORDINGS, LOGIN, INSTALL, CLIENT, SETUP, SERVICE, EXPLAIN, SCOPES,
            SCRIPTS,
        ] {
            for line in text.lines().skip(1) {
                let typed = line.split_once("zoomtok ").unwrap().1.split(['>', ')']).next().unwrap();
                let words = shell_words::split(&format!("zoomtok {typed}")).unwrap();
                Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
                assert!(line.chars().count() <= 73, "{line}");
                examples += 1;
            }
        }
        assert!(examples > 20, "{examples}");
    }
}
