//! The tables below the help: exit statuses and settings.

/// What stands below the help and in the manual page: sections of a heading and the lines of a table, short enough for the
/// indented page on a terminal of 80 columns.
pub const AFTER: &str = "\
Exit status:
  0    done; for check: the token is valid for more than the threshold;
       for doctor: nothing is wrong
  1    check: no token, or none that lasts; policy explain: refused;
       others: a failure without a code of its own
  2    wrong flags, or a setting with an impossible value
  3    credentials missing, or a .env that cannot be read; Claude's
       configuration missing or not readable; a policy that is not valid
  4    Zoom refused: credentials, grant or app are wrong; trying again
       does not help
  5    Zoom unreachable, busy or broken; try again later
  6    the token could not be stored
  7    another zoomtok holds the lock
  8    Claude could not be restarted
  doctor gives that of the first thing that is wrong
  exec gives the command's own; 126 when it cannot be run, 127 when it is
  not found

Settings:
  ZOOM_CLIENT_ID,
  ZOOM_CLIENT_SECRET           the app's, from marketplace.zoom.us
  ZOOM_ACCOUNT_ID              of a Server-to-Server OAuth app
  ZOOM_REFRESH_TOKEN           of a user-authorised app, where there is
                               no account id
  ZOOM_TOKEN_THRESHOLD         seconds that a token must have left; 60
  ZOOM_AUTO_REFRESH_THRESHOLD  seconds below which watch and mcp refresh;
                               300
  ZOOM_TOKEN_DISPLAY_INTERVAL  seconds between the status lines of watch
                               and mcp; 60, and 0 shows none
  ZOOM_CHECK_VERBOSE           as check -v, when not empty
  ZOOM_CHECK_LOGFILE           the log of check -v; logs/zoom_token.log
                               beside .env
  CLAUDE_CONFIG_FILE           Claude Desktop's configuration; else where
                               it is on this system
  CLAUDE_MCP_SERVER_NAME       the server in it that gets the token, or
                               that mcp --install puts there; zoom
  CLAUDE_ZOOM_ENV_KEY          the variable of that server;
                               ZOOM_ACCESS_TOKEN
  CLAUDE_APP_NAME              the name or the path of the Claude app;
                               Claude
  CLAUDE_APP_COMMAND           the command that starts it; how it ran
                               before, or as the system does
  ZOOM_POLICY_FILE             the policy that mcp serves under; else
                               only refreshes have a limit
  ZOOM_ENV_FILE                the .env; else the first of ./.env, a
                               parent's, the configuration directory's
  ZOOM_OAUTH_URL               https://zoom.us
  ZOOM_API_URL                 https://api.zoom.us/v2
  NO_COLOR, CLICOLOR_FORCE, HTTPS_PROXY, SSL_CERT_FILE   as everywhere";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_the_help_fits_on_a_terminal() {
        for line in AFTER.lines() {
            assert!(line.chars().count() <= 73, "{line}");
        }
    }
}
