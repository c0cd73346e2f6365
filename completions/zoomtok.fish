# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_zoomtok_global_optspecs
    string join \n env-file= profile= color= q/quiet read-only h/help V/version
end

function __fish_zoomtok_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_zoomtok_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_zoomtok_using_subcommand
    set -l cmd (__fish_zoomtok_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c zoomtok -n "__fish_zoomtok_needs_command" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_needs_command" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_needs_command" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_needs_command" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -s V -l version -d 'Print version'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "get" -d 'Make sure that .env holds a valid token'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "check" -d 'Check whether the token in .env is valid'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "exec" -d 'Run a command with a valid token in its environment'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "watch" -d 'Show the token\'s state every minute and refresh it in time'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "login" -d 'Log in to Zoom, and put the login into .env'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "logout" -d 'End the login at Zoom, and remove its tokens from .env'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "profile" -d 'List the accounts that have a .env of their own, or remove one'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "recordings" -d 'Download cloud recordings, resumed after a break'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "mcp" -d 'Serve Zoom\'s tools to an MCP client over stdin and stdout'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "gateway" -d 'Put a policy and a fresh token before any MCP server'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "policy" -d 'Check a policy for mcp, or explain what it does to a call'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "grant" -d 'Say who may connect to a gateway over HTTP'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "approval" -d 'Decide about calls that wait for a person'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "client" -d 'Put zoomtok into the configuration of any MCP client'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "update-claude" -d 'Put the token of .env into Claude Desktop\'s configuration'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "restart-claude" -d 'Restart Claude Desktop, with a valid token'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "setup" -d 'Set everything up: log in, clients, a service'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "service" -d 'Have the system run a watch or a gateway from each login on'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "doctor" -d 'Find out what is wrong, and how to fix it'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "demo" -d 'Show all of this in a minute, with a made-up Zoom'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "sandbox" -d 'Run the made-up Zoom of the demo alone, to try things out'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "completions" -d 'Print a script that completes zoomtok\'s commands and flags'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "man" -d 'Print the manual page'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "hold" -d 'Hold a server for the gateway'
complete -c zoomtok -n "__fish_zoomtok_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -s t -l threshold -d 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -s f -l force -d 'Fetch a new token even if the old one is valid'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l live -d 'Ask Zoom\'s API whether it accepts the token, and fetch a new one if it does not'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l leave-store -d 'Fetch a new token, and take the login out of the shared store into .env, for a machine that goes on alone'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l print -d 'Print the token and nothing else'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l export -d 'Print a line that sets ZOOM_ACCESS_TOKEN in a shell: eval "$(zoomtok get --export)"'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -l json -d 'Print a JSON object, with the token masked'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -s t -l threshold -d 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -l format -d 'Print one line, for a prompt or a status bar: text with {state} {left} {seconds} {expires} {profile} {icon}' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -s v -l verbose -d 'Report more, and append a line to the log'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -l live -d 'Also ask Zoom\'s API whether it accepts the token'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -l json -d 'Print a JSON object, with the token masked'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand exec" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand exec" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand exec" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand exec" -s t -l threshold -d 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand exec" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand exec" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l interval -d 'Seconds between two status lines; 0 shows none [default: ZOOM_TOKEN_DISPLAY_INTERVAL, or 60]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l threshold -d 'Refresh when fewer seconds than this are left [default: ZOOM_AUTO_REFRESH_THRESHOLD, or 300]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l kubernetes-secret -d 'Keep the token in this Secret of Kubernetes as well, from within a pod' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l service-account -d 'The directory of the service account with the right to do so [default: where Kubernetes mounts it]' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l on-event -d 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]' -r -f -a "(__fish_complete_command)"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l no-claude -d 'Leave Claude Desktop alone'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l no-restart -d 'Update Claude Desktop\'s configuration, but do not restart it'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l once -d 'Check once, refresh once if that is due, and exit: for cron'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l all -d 'Watch every profile, and the .env that is used without one'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l json -d 'Print a JSON object for each event, with tokens masked'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l plain -d 'Print lines alone, and redraw none, as where stdout is no terminal'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -l notify -d 'Show a notice on the desktop a minute after refreshing has stopped, and when it goes on'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l redirect-uri -d 'The app\'s own https address to which Zoom sends the browser back; for an app with a secret' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l port -d 'The port on 127.0.0.1 to which the browser comes back [default: any free one]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l client-id -d 'The app\'s client id; for --browser its Public Client ID [default: ZOOM_CLIENT_ID]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l server-to-server -d 'With the account id, the client id and the client secret of a Server-to-Server OAuth app'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l browser -d 'In a browser, with a General app'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l device -d 'With a code to be entered on another machine; the app needs "Use App on Device"'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l paste -d 'Let the person paste the address where the browser ends, and listen on no port'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l no-browser -d 'Show the address and open no browser'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l replace -d 'Replace the credentials of another app in .env without asking'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l check -d 'Check whether a login is needed, and ask nobody: 0 if it is not, 1 if it is'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -l json -d 'Print a JSON object, with the token masked'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand logout" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand logout" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand logout" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand logout" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand logout" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand logout" -l all -d 'Remove the app\'s credentials too'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand logout" -l force -d 'Remove them even if Zoom does not end the login'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -f -a "list" -d 'List the profiles: kind of app, token, account, file'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -f -a "path" -d 'Print where the .env of a profile is, or would be'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -f -a "remove" -d 'Remove a profile: its .env with credentials and tokens, its lock and its state'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and not __fish_seen_subcommand_from list path remove help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from list" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from list" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from list" -l json -d 'Print a JSON object, with accounts masked'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from list" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from path" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from path" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from path" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from path" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from remove" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from remove" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Remove it without asking'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from remove" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the profiles: kind of app, token, account, file'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print where the .env of a profile is, or would be'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a profile: its .env with credentials and tokens, its lock and its state'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and not __fish_seen_subcommand_from download help" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and not __fish_seen_subcommand_from download help" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and not __fish_seen_subcommand_from download help" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and not __fish_seen_subcommand_from download help" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and not __fish_seen_subcommand_from download help" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and not __fish_seen_subcommand_from download help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and not __fish_seen_subcommand_from download help" -f -a "download" -d 'Download all files of the recordings of a period'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and not __fish_seen_subcommand_from download help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -l from -d 'The first day, in UTC [default: 29 days before the last one]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -l to -d 'The last day, in UTC [default: 29 days after the first one, or today]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -l user -d 'Whose recordings: a user id, or an e-mail address [default: me, the owner of the token]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -l json -d 'Print a JSON object at the end'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from download" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from help" -f -a "download" -d 'Download all files of the recordings of a period'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand recordings; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l policy -d 'The policy to serve under [default: ZOOM_POLICY_FILE, or a limit on zoom_refresh_token alone]' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l on-event -d 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]' -r -f -a "(__fish_complete_command)"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l install -d 'Put this server into Claude Desktop\'s configuration, and exit'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l dry-run -d 'Show what --install would put there, and write nothing'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l watch -d 'Show on stderr what happens to the token; on a terminal this needs no flag'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -l no-watch -d 'Report nothing about the token, not even that it cannot be refreshed; it is still kept fresh'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand mcp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l url -d 'A server that is reached over HTTP: its address, or zoom, zoom/chat and so on for Zoom\'s own' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l header -d 'A header for it, with the value of a variable; may be repeated' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l send-token-to -d 'Send the token to this host, which is not Zoom\'s' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l listen -d 'Serve many clients over HTTP at /mcp, each with a grant, in place of one over stdin and stdout' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l policy -d 'The policy: a JSON file [default: ZOOM_POLICY_FILE, or every call is allowed]' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l name -d 'The name of the gateway, in messages and for its counts [default: by the command]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l token-env -d 'The variable in which the server gets the token' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l on-new-token -d 'When a server with a new token takes over' -r -f -a "idle\t'Between calls, and at the latest a minute before the old token ends'
now\t'At once; calls under way end on the old one'
never\t'Never: the server keeps state that a restart would lose'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l audit -d 'Write a line of JSON for each call to this file' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l on-event -d 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]' -r -f -a "(__fish_complete_command)"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l behind-proxy -d 'Listen on an address that other machines reach: a proxy with HTTPS is in front'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l no-token -d 'Give the server no token, and need no Zoom credentials'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l audit-arguments -d 'Write the values of arguments there too'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -l no-pin -d 'Let the server change its tools without asking'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand gateway" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -f -a "check" -d 'Check whether a policy is valid, and list everything that is wrong with it'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -f -a "explain" -d 'Explain what a policy does to a call, and by which rule'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -f -a "accept" -d 'Accept the tools of a gateway as they are now'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -f -a "suggest" -d 'Suggest a policy to start from, by what the tools of a server do'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -f -a "scopes" -d 'List the scopes that the tools of a policy need, and those that the token lacks'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -f -a "convert" -d 'Convert a policy of Intercept, which is YAML, into one of zoomtok\'s'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and not __fish_seen_subcommand_from check explain accept suggest scopes convert help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from check" -l tools -d 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from check" -l url -d 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from check" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from check" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from check" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from check" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from explain" -l tools -d 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from explain" -l url -d 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from explain" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from explain" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from explain" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from explain" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from explain" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from accept" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from accept" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from accept" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from accept" -s y -l yes -d 'Accept without asking'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from accept" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from accept" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from accept" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l tools -d 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l url -d 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from suggest" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from suggest" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from suggest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -l url -d 'One of Zoom\'s hosted servers: zoom, zoom/meeting, zoom/chat and so on [default: zoomtok\'s own tools]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -l manifest -d 'Print the app that a login needs, as the Marketplace takes it: these scopes, a public client, this machine as its redirect'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -l admin -d 'Print the scopes of an app for the whole account'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -l json -d 'Print a JSON object'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from scopes" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from convert" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from convert" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from convert" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from convert" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from convert" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from convert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "check" -d 'Check whether a policy is valid, and list everything that is wrong with it'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "explain" -d 'Explain what a policy does to a call, and by which rule'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "accept" -d 'Accept the tools of a gateway as they are now'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "suggest" -d 'Suggest a policy to start from, by what the tools of a server do'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "scopes" -d 'List the scopes that the tools of a policy need, and those that the token lacks'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "convert" -d 'Convert a policy of Intercept, which is YAML, into one of zoomtok\'s'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand policy; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -f -a "add" -d 'Add a grant and print its bearer token, which is shown this once'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -f -a "list" -d 'List the grants, without their tokens'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -f -a "remove" -d 'Remove a grant: its token is refused from the next request on'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -f -a "share" -d 'Put the grants of this machine\'s file into the shared store'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and not __fish_seen_subcommand_from add list remove share help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from add" -l policy -d 'The policy for its calls [default: that of the gateway]' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from add" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from add" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from add" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from add" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from list" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from list" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from list" -l json -d 'Print a JSON object'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from list" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from remove" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from remove" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from remove" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from share" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from share" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from share" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from share" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from share" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from share" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from help" -f -a "add" -d 'Add a grant and print its bearer token, which is shown this once'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the grants, without their tokens'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a grant: its token is refused from the next request on'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from help" -f -a "share" -d 'Put the grants of this machine\'s file into the shared store'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand grant; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -f -a "list" -d 'List the calls that wait, with their arguments; secrets in them are hidden'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -f -a "allow" -d 'Allow a call, this once'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -f -a "deny" -d 'Deny a call'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and not __fish_seen_subcommand_from list allow deny help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from list" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from list" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from list" -l json -d 'Print a JSON object'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from list" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from allow" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from allow" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from allow" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from allow" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from allow" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from allow" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from deny" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from deny" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from deny" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from deny" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from deny" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from deny" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the calls that wait, with their arguments; secrets in them are hidden'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from help" -f -a "allow" -d 'Allow a call, this once'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from help" -f -a "deny" -d 'Deny a call'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand approval; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -f -a "list" -d 'List the clients on this machine, and whether zoomtok is in them'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -f -a "install" -d 'Put zoomtok\'s server into the configurations of clients'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -f -a "uninstall" -d 'Take zoomtok\'s server out of the configurations of clients'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -f -a "wrap" -d 'Put a gateway before a server that a client has already'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -f -a "unwrap" -d 'Take the gateway out again'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -f -a "print" -d 'Print the entry for a client\'s configuration, to paste it there, or a link that adds it'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and not __fish_seen_subcommand_from list install uninstall wrap unwrap print help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from list" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from list" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from list" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from list" -l json -d 'Print a JSON object with all clients that zoomtok knows'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from list" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l url -d 'Serve what is at this address through a gateway, in place of zoomtok\'s own tools: zoom, zoom/chat and so on, or a URL' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l policy -d 'The policy to serve under [default: ZOOM_POLICY_FILE]' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l name -d 'The name of the server there [default: zoom, or by the address]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l all -d 'All clients that are on this machine'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l no-watch -d 'As mcp --no-watch: report nothing about the token'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l dry-run -d 'Show the change and write nothing'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from uninstall" -l name -d 'The name of the server there [default: zoom; in Claude Desktop CLAUDE_MCP_SERVER_NAME, or zoom]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from uninstall" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from uninstall" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from uninstall" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from uninstall" -l all -d 'All clients that are on this machine'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from uninstall" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from uninstall" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from uninstall" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -l client -d 'The client that has it [default: the only one that does]' -r -f -a "claude-desktop\t''
claude-code\t''
cursor\t''
vs-code\t''
codex\t''
gemini-cli\t''
copilot-cli\t''
windsurf\t''
cline\t''
roo\t''
zed\t''
kiro\t''
junie\t''
warp\t''
lm-studio\t''
opencode\t''"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -l policy -d 'The policy for its calls [default: ZOOM_POLICY_FILE when it runs, or every call is allowed]' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -l no-token -d 'Give the server no token, and need no Zoom credentials'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -l dry-run -d 'Say what would change and write nothing'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from wrap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from unwrap" -l client -d 'The client that has it [default: the only one that does]' -r -f -a "claude-desktop\t''
claude-code\t''
cursor\t''
vs-code\t''
codex\t''
gemini-cli\t''
copilot-cli\t''
windsurf\t''
cline\t''
roo\t''
zed\t''
kiro\t''
junie\t''
warp\t''
lm-studio\t''
opencode\t''"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from unwrap" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from unwrap" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from unwrap" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from unwrap" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from unwrap" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from unwrap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l url -d 'Serve what is at this address through a gateway, in place of zoomtok\'s own tools: zoom, zoom/chat and so on, or a URL' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l policy -d 'The policy to serve under [default: ZOOM_POLICY_FILE]' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l name -d 'The name of the server there [default: zoom, or by the address]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l no-watch -d 'As mcp --no-watch: report nothing about the token'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l link -d 'Print a link that adds it, where the client has one; the client then asks'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from print" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the clients on this machine, and whether zoomtok is in them'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "install" -d 'Put zoomtok\'s server into the configurations of clients'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "uninstall" -d 'Take zoomtok\'s server out of the configurations of clients'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "wrap" -d 'Put a gateway before a server that a client has already'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "unwrap" -d 'Take the gateway out again'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "print" -d 'Print the entry for a client\'s configuration, to paste it there, or a link that adds it'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand client; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l config -d 'The configuration [default: CLAUDE_CONFIG_FILE, or where Claude Desktop has it on this system]' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l server -d 'The server in it that needs the token [default: CLAUDE_MCP_SERVER_NAME, or zoom]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l key -d 'The variable of that server [default: CLAUDE_ZOOM_ENV_KEY, or ZOOM_ACCESS_TOKEN]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l restart -d 'Restart Claude Desktop if its configuration was changed'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -l dry-run -d 'Show the change, with the token masked, and write nothing'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand update-claude" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand restart-claude" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand restart-claude" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand restart-claude" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand restart-claude" -l app -d 'The name of the app, or the path of its executable [default: CLAUDE_APP_NAME, or Claude]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand restart-claude" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand restart-claude" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand restart-claude" -l app-only -d 'Leave the token alone'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand restart-claude" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l client-id -d 'The app\'s client id; for --browser its Public Client ID [default: ZOOM_CLIENT_ID]' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l client -d 'Put zoomtok into this client; may be repeated' -r -f -a "claude-desktop\t''
claude-code\t''
cursor\t''
vs-code\t''
codex\t''
gemini-cli\t''
copilot-cli\t''
windsurf\t''
cline\t''
roo\t''
zed\t''
kiro\t''
junie\t''
warp\t''
lm-studio\t''
opencode\t''"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l url -d 'Give the clients a server over HTTP through a gateway, such as zoom or zoom/chat, in place of zoomtok\'s own tools' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l policy -d 'The policy for what the clients call' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l server-to-server -d 'With the account id, the client id and the client secret of a Server-to-Server OAuth app'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l browser -d 'In a browser, with a General app'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l device -d 'With a code to be entered on another machine; the app needs "Use App on Device"'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l no-browser -d 'Show the address of Zoom\'s page and open no browser'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l replace -d 'Log in anew even if .env has all that is needed'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l no-clients -d 'Put zoomtok into no client'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l service -d 'Have the system keep the token fresh, whether a client runs or not'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l no-service -d 'Install no service'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l yes -d 'Ask nothing: all clients that are found, and a service if there is none'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -l undo -d 'Take it all back but .env: the servers in the clients, the services, what is remembered'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand setup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -f -a "install" -d 'Write a service, start it, and see it run'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -f -a "uninstall" -d 'Stop a service and remove it'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -f -a "status" -d 'List the services that zoomtok has installed, and whether they run'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and not __fish_seen_subcommand_from install uninstall status help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from install" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from install" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from install" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from install" -l dry-run -d 'Show the file and the commands, and change nothing'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from install" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from install" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from uninstall" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from uninstall" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from uninstall" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from uninstall" -l all -d 'Remove every service that zoomtok has installed'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from uninstall" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from uninstall" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from uninstall" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from status" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from status" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from status" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from status" -l json -d 'Print a JSON object'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from status" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from help" -f -a "install" -d 'Write a service, start it, and see it run'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from help" -f -a "uninstall" -d 'Stop a service and remove it'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from help" -f -a "status" -d 'List the services that zoomtok has installed, and whether they run'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand service; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -l fetch -d 'Fetch a new token if the existing one does not last or is not accepted'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -l all -d 'Check every profile, and the .env that is used without one'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -l json -d 'Print a JSON object'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand demo" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand demo" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand demo" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand demo" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand demo" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand demo" -l notes-server -d 'Be the made-up server that the demo puts behind a gateway'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand sandbox" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand sandbox" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand sandbox" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand sandbox" -l port -d 'The port on 127.0.0.1; 0 takes a free one' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand sandbox" -l token-life -d 'The lifetime of its tokens in seconds' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand sandbox" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand sandbox" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand sandbox" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand completions" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand completions" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand completions" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand completions" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand completions" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand man" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand man" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand man" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand man" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand man" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand hold" -l env-file -d 'The .env to use instead of the first one found' -r -F
complete -c zoomtok -n "__fish_zoomtok_using_subcommand hold" -l profile -d 'The account to use: its .env is profiles/NAME.env in the configuration directory' -r
complete -c zoomtok -n "__fish_zoomtok_using_subcommand hold" -l color -d 'When to use colour [default: auto]' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c zoomtok -n "__fish_zoomtok_using_subcommand hold" -s q -l quiet -d 'Print only errors and requested output'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand hold" -l read-only -d 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand hold" -l no-terminal -d 'Without a terminal, in a session of its own'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand hold" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "get" -d 'Make sure that .env holds a valid token'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "check" -d 'Check whether the token in .env is valid'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "exec" -d 'Run a command with a valid token in its environment'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "watch" -d 'Show the token\'s state every minute and refresh it in time'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "login" -d 'Log in to Zoom, and put the login into .env'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "logout" -d 'End the login at Zoom, and remove its tokens from .env'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "profile" -d 'List the accounts that have a .env of their own, or remove one'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "recordings" -d 'Download cloud recordings, resumed after a break'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "mcp" -d 'Serve Zoom\'s tools to an MCP client over stdin and stdout'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "gateway" -d 'Put a policy and a fresh token before any MCP server'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "policy" -d 'Check a policy for mcp, or explain what it does to a call'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "grant" -d 'Say who may connect to a gateway over HTTP'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "approval" -d 'Decide about calls that wait for a person'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "client" -d 'Put zoomtok into the configuration of any MCP client'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "update-claude" -d 'Put the token of .env into Claude Desktop\'s configuration'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "restart-claude" -d 'Restart Claude Desktop, with a valid token'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "setup" -d 'Set everything up: log in, clients, a service'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "service" -d 'Have the system run a watch or a gateway from each login on'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "doctor" -d 'Find out what is wrong, and how to fix it'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "demo" -d 'Show all of this in a minute, with a made-up Zoom'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "sandbox" -d 'Run the made-up Zoom of the demo alone, to try things out'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "completions" -d 'Print a script that completes zoomtok\'s commands and flags'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "man" -d 'Print the manual page'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "hold" -d 'Hold a server for the gateway'
complete -c zoomtok -n "__fish_zoomtok_using_subcommand help; and not __fish_seen_subcommand_from get check exec watch login logout profile recordings mcp gateway policy grant approval client update-claude restart-claude setup service doctor demo sandbox completions man hold help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
