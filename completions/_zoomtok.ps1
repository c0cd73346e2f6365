
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'zoomtok' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'zoomtok'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'zoomtok' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Make sure that .env holds a valid token')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether the token in .env is valid')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a valid token in its environment')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Show the token''s state every minute and refresh it in time')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to Zoom, and put the login into .env')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'End the login at Zoom, and remove its tokens from .env')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'List the accounts that have a .env of their own, or remove one')
            [CompletionResult]::new('recordings', 'recordings', [CompletionResultType]::ParameterValue, 'Download cloud recordings, resumed after a break')
            [CompletionResult]::new('mcp', 'mcp', [CompletionResultType]::ParameterValue, 'Serve Zoom''s tools to an MCP client over stdin and stdout')
            [CompletionResult]::new('gateway', 'gateway', [CompletionResultType]::ParameterValue, 'Put a policy and a fresh token before any MCP server')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Check a policy for mcp, or explain what it does to a call')
            [CompletionResult]::new('grant', 'grant', [CompletionResultType]::ParameterValue, 'Say who may connect to a gateway over HTTP')
            [CompletionResult]::new('approval', 'approval', [CompletionResultType]::ParameterValue, 'Decide about calls that wait for a person')
            [CompletionResult]::new('client', 'client', [CompletionResultType]::ParameterValue, 'Put zoomtok into the configuration of any MCP client')
            [CompletionResult]::new('update-claude', 'update-claude', [CompletionResultType]::ParameterValue, 'Put the token of .env into Claude Desktop''s configuration')
            [CompletionResult]::new('restart-claude', 'restart-claude', [CompletionResultType]::ParameterValue, 'Restart Claude Desktop, with a valid token')
            [CompletionResult]::new('setup', 'setup', [CompletionResultType]::ParameterValue, 'Set everything up: log in, clients, a service')
            [CompletionResult]::new('service', 'service', [CompletionResultType]::ParameterValue, 'Have the system run a watch or a gateway from each login on')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out what is wrong, and how to fix it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show all of this in a minute, with a made-up Zoom')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run the made-up Zoom of the demo alone, to try things out')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a script that completes zoomtok''s commands and flags')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page')
            [CompletionResult]::new('hold', 'hold', [CompletionResultType]::ParameterValue, 'Hold a server for the gateway')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;get' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]')
            [CompletionResult]::new('--threshold', '--threshold', [CompletionResultType]::ParameterName, 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Fetch a new token even if the old one is valid')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Fetch a new token even if the old one is valid')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Ask Zoom''s API whether it accepts the token, and fetch a new one if it does not')
            [CompletionResult]::new('--leave-store', '--leave-store', [CompletionResultType]::ParameterName, 'Fetch a new token, and take the login out of the shared store into .env, for a machine that goes on alone')
            [CompletionResult]::new('--print', '--print', [CompletionResultType]::ParameterName, 'Print the token and nothing else')
            [CompletionResult]::new('--export', '--export', [CompletionResultType]::ParameterName, 'Print a line that sets ZOOM_ACCESS_TOKEN in a shell: eval "$(zoomtok get --export)"')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object, with the token masked')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;check' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]')
            [CompletionResult]::new('--threshold', '--threshold', [CompletionResultType]::ParameterName, 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'Print one line, for a prompt or a status bar: text with {state} {left} {seconds} {expires} {profile} {icon}')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Report more, and append a line to the log')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Report more, and append a line to the log')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Also ask Zoom''s API whether it accepts the token')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object, with the token masked')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;exec' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]')
            [CompletionResult]::new('--threshold', '--threshold', [CompletionResultType]::ParameterName, 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;watch' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Seconds between two status lines; 0 shows none [default: ZOOM_TOKEN_DISPLAY_INTERVAL, or 60]')
            [CompletionResult]::new('--threshold', '--threshold', [CompletionResultType]::ParameterName, 'Refresh when fewer seconds than this are left [default: ZOOM_AUTO_REFRESH_THRESHOLD, or 300]')
            [CompletionResult]::new('--kubernetes-secret', '--kubernetes-secret', [CompletionResultType]::ParameterName, 'Keep the token in this Secret of Kubernetes as well, from within a pod')
            [CompletionResult]::new('--service-account', '--service-account', [CompletionResultType]::ParameterName, 'The directory of the service account with the right to do so [default: where Kubernetes mounts it]')
            [CompletionResult]::new('--on-event', '--on-event', [CompletionResultType]::ParameterName, 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--no-claude', '--no-claude', [CompletionResultType]::ParameterName, 'Leave Claude Desktop alone')
            [CompletionResult]::new('--no-restart', '--no-restart', [CompletionResultType]::ParameterName, 'Update Claude Desktop''s configuration, but do not restart it')
            [CompletionResult]::new('--once', '--once', [CompletionResultType]::ParameterName, 'Check once, refresh once if that is due, and exit: for cron')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Watch every profile, and the .env that is used without one')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object for each event, with tokens masked')
            [CompletionResult]::new('--plain', '--plain', [CompletionResultType]::ParameterName, 'Print lines alone, and redraw none, as where stdout is no terminal')
            [CompletionResult]::new('--notify', '--notify', [CompletionResultType]::ParameterName, 'Show a notice on the desktop a minute after refreshing has stopped, and when it goes on')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;login' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--redirect-uri', '--redirect-uri', [CompletionResultType]::ParameterName, 'The app''s own https address to which Zoom sends the browser back; for an app with a secret')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port on 127.0.0.1 to which the browser comes back [default: any free one]')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app''s client id; for --browser its Public Client ID [default: ZOOM_CLIENT_ID]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--server-to-server', '--server-to-server', [CompletionResultType]::ParameterName, 'With the account id, the client id and the client secret of a Server-to-Server OAuth app')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'In a browser, with a General app')
            [CompletionResult]::new('--device', '--device', [CompletionResultType]::ParameterName, 'With a code to be entered on another machine; the app needs "Use App on Device"')
            [CompletionResult]::new('--paste', '--paste', [CompletionResultType]::ParameterName, 'Let the person paste the address where the browser ends, and listen on no port')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Show the address and open no browser')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Replace the credentials of another app in .env without asking')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Check whether a login is needed, and ask nobody: 0 if it is not, 1 if it is')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object, with the token masked')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;logout' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Remove the app''s credentials too')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Remove them even if Zoom does not end the login')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;profile' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles: kind of app, token, account, file')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the .env of a profile is, or would be')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile: its .env with credentials and tokens, its lock and its state')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;profile;list' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object, with accounts masked')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;profile;path' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;profile;remove' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Remove it without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Remove it without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;profile;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles: kind of app, token, account, file')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the .env of a profile is, or would be')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a profile: its .env with credentials and tokens, its lock and its state')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;profile;help;list' {
            break
        }
        'zoomtok;profile;help;path' {
            break
        }
        'zoomtok;profile;help;remove' {
            break
        }
        'zoomtok;profile;help;help' {
            break
        }
        'zoomtok;recordings' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Download all files of the recordings of a period')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;recordings;download' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The first day, in UTC [default: 29 days before the last one]')
            [CompletionResult]::new('--to', '--to', [CompletionResultType]::ParameterName, 'The last day, in UTC [default: 29 days after the first one, or today]')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Whose recordings: a user id, or an e-mail address [default: me, the owner of the token]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object at the end')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;recordings;help' {
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Download all files of the recordings of a period')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;recordings;help;download' {
            break
        }
        'zoomtok;recordings;help;help' {
            break
        }
        'zoomtok;mcp' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy to serve under [default: ZOOM_POLICY_FILE, or a limit on zoom_refresh_token alone]')
            [CompletionResult]::new('--on-event', '--on-event', [CompletionResultType]::ParameterName, 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--install', '--install', [CompletionResultType]::ParameterName, 'Put this server into Claude Desktop''s configuration, and exit')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what --install would put there, and write nothing')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Show on stderr what happens to the token; on a terminal this needs no flag')
            [CompletionResult]::new('--no-watch', '--no-watch', [CompletionResultType]::ParameterName, 'Report nothing about the token, not even that it cannot be refreshed; it is still kept fresh')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;gateway' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'A server that is reached over HTTP: its address, or zoom, zoom/chat and so on for Zoom''s own')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'A header for it, with the value of a variable; may be repeated')
            [CompletionResult]::new('--send-token-to', '--send-token-to', [CompletionResultType]::ParameterName, 'Send the token to this host, which is not Zoom''s')
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Serve many clients over HTTP at /mcp, each with a grant, in place of one over stdin and stdout')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy: a JSON file [default: ZOOM_POLICY_FILE, or every call is allowed]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the gateway, in messages and for its counts [default: by the command]')
            [CompletionResult]::new('--token-env', '--token-env', [CompletionResultType]::ParameterName, 'The variable in which the server gets the token')
            [CompletionResult]::new('--on-new-token', '--on-new-token', [CompletionResultType]::ParameterName, 'When a server with a new token takes over')
            [CompletionResult]::new('--audit', '--audit', [CompletionResultType]::ParameterName, 'Write a line of JSON for each call to this file')
            [CompletionResult]::new('--on-event', '--on-event', [CompletionResultType]::ParameterName, 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--behind-proxy', '--behind-proxy', [CompletionResultType]::ParameterName, 'Listen on an address that other machines reach: a proxy with HTTPS is in front')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Give the server no token, and need no Zoom credentials')
            [CompletionResult]::new('--audit-arguments', '--audit-arguments', [CompletionResultType]::ParameterName, 'Write the values of arguments there too')
            [CompletionResult]::new('--no-pin', '--no-pin', [CompletionResultType]::ParameterName, 'Let the server change its tools without asking')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;policy' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether a policy is valid, and list everything that is wrong with it')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain what a policy does to a call, and by which rule')
            [CompletionResult]::new('accept', 'accept', [CompletionResultType]::ParameterValue, 'Accept the tools of a gateway as they are now')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Suggest a policy to start from, by what the tools of a server do')
            [CompletionResult]::new('scopes', 'scopes', [CompletionResultType]::ParameterValue, 'List the scopes that the tools of a policy need, and those that the token lacks')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Convert a policy of Intercept, which is YAML, into one of zoomtok''s')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;policy;check' {
            [CompletionResult]::new('--tools', '--tools', [CompletionResultType]::ParameterName, 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;policy;explain' {
            [CompletionResult]::new('--tools', '--tools', [CompletionResultType]::ParameterName, 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;policy;accept' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Accept without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Accept without asking')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;policy;suggest' {
            [CompletionResult]::new('--tools', '--tools', [CompletionResultType]::ParameterName, 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;policy;scopes' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'One of Zoom''s hosted servers: zoom, zoom/meeting, zoom/chat and so on [default: zoomtok''s own tools]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--manifest', '--manifest', [CompletionResultType]::ParameterName, 'Print the app that a login needs, as the Marketplace takes it: these scopes, a public client, this machine as its redirect')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Print the scopes of an app for the whole account')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;policy;convert' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;policy;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether a policy is valid, and list everything that is wrong with it')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain what a policy does to a call, and by which rule')
            [CompletionResult]::new('accept', 'accept', [CompletionResultType]::ParameterValue, 'Accept the tools of a gateway as they are now')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Suggest a policy to start from, by what the tools of a server do')
            [CompletionResult]::new('scopes', 'scopes', [CompletionResultType]::ParameterValue, 'List the scopes that the tools of a policy need, and those that the token lacks')
            [CompletionResult]::new('convert', 'convert', [CompletionResultType]::ParameterValue, 'Convert a policy of Intercept, which is YAML, into one of zoomtok''s')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;policy;help;check' {
            break
        }
        'zoomtok;policy;help;explain' {
            break
        }
        'zoomtok;policy;help;accept' {
            break
        }
        'zoomtok;policy;help;suggest' {
            break
        }
        'zoomtok;policy;help;scopes' {
            break
        }
        'zoomtok;policy;help;convert' {
            break
        }
        'zoomtok;policy;help;help' {
            break
        }
        'zoomtok;grant' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a grant and print its bearer token, which is shown this once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the grants, without their tokens')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a grant: its token is refused from the next request on')
            [CompletionResult]::new('share', 'share', [CompletionResultType]::ParameterValue, 'Put the grants of this machine''s file into the shared store')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;grant;add' {
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy for its calls [default: that of the gateway]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;grant;list' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;grant;remove' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;grant;share' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;grant;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add a grant and print its bearer token, which is shown this once')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the grants, without their tokens')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a grant: its token is refused from the next request on')
            [CompletionResult]::new('share', 'share', [CompletionResultType]::ParameterValue, 'Put the grants of this machine''s file into the shared store')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;grant;help;add' {
            break
        }
        'zoomtok;grant;help;list' {
            break
        }
        'zoomtok;grant;help;remove' {
            break
        }
        'zoomtok;grant;help;share' {
            break
        }
        'zoomtok;grant;help;help' {
            break
        }
        'zoomtok;approval' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the calls that wait, with their arguments; secrets in them are hidden')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Allow a call, this once')
            [CompletionResult]::new('deny', 'deny', [CompletionResultType]::ParameterValue, 'Deny a call')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;approval;list' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;approval;allow' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;approval;deny' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;approval;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the calls that wait, with their arguments; secrets in them are hidden')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Allow a call, this once')
            [CompletionResult]::new('deny', 'deny', [CompletionResultType]::ParameterValue, 'Deny a call')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;approval;help;list' {
            break
        }
        'zoomtok;approval;help;allow' {
            break
        }
        'zoomtok;approval;help;deny' {
            break
        }
        'zoomtok;approval;help;help' {
            break
        }
        'zoomtok;client' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the clients on this machine, and whether zoomtok is in them')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Put zoomtok''s server into the configurations of clients')
            [CompletionResult]::new('uninstall', 'uninstall', [CompletionResultType]::ParameterValue, 'Take zoomtok''s server out of the configurations of clients')
            [CompletionResult]::new('wrap', 'wrap', [CompletionResultType]::ParameterValue, 'Put a gateway before a server that a client has already')
            [CompletionResult]::new('unwrap', 'unwrap', [CompletionResultType]::ParameterValue, 'Take the gateway out again')
            [CompletionResult]::new('print', 'print', [CompletionResultType]::ParameterValue, 'Print the entry for a client''s configuration, to paste it there, or a link that adds it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;client;list' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object with all clients that zoomtok knows')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;client;install' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Serve what is at this address through a gateway, in place of zoomtok''s own tools: zoom, zoom/chat and so on, or a URL')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy to serve under [default: ZOOM_POLICY_FILE]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the server there [default: zoom, or by the address]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All clients that are on this machine')
            [CompletionResult]::new('--no-watch', '--no-watch', [CompletionResultType]::ParameterName, 'As mcp --no-watch: report nothing about the token')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the change and write nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;client;uninstall' {
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the server there [default: zoom; in Claude Desktop CLAUDE_MCP_SERVER_NAME, or zoom]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All clients that are on this machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;client;wrap' {
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'The client that has it [default: the only one that does]')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy for its calls [default: ZOOM_POLICY_FILE when it runs, or every call is allowed]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--no-token', '--no-token', [CompletionResultType]::ParameterName, 'Give the server no token, and need no Zoom credentials')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Say what would change and write nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;client;unwrap' {
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'The client that has it [default: the only one that does]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;client;print' {
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Serve what is at this address through a gateway, in place of zoomtok''s own tools: zoom, zoom/chat and so on, or a URL')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy to serve under [default: ZOOM_POLICY_FILE]')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The name of the server there [default: zoom, or by the address]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--no-watch', '--no-watch', [CompletionResultType]::ParameterName, 'As mcp --no-watch: report nothing about the token')
            [CompletionResult]::new('--link', '--link', [CompletionResultType]::ParameterName, 'Print a link that adds it, where the client has one; the client then asks')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;client;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the clients on this machine, and whether zoomtok is in them')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Put zoomtok''s server into the configurations of clients')
            [CompletionResult]::new('uninstall', 'uninstall', [CompletionResultType]::ParameterValue, 'Take zoomtok''s server out of the configurations of clients')
            [CompletionResult]::new('wrap', 'wrap', [CompletionResultType]::ParameterValue, 'Put a gateway before a server that a client has already')
            [CompletionResult]::new('unwrap', 'unwrap', [CompletionResultType]::ParameterValue, 'Take the gateway out again')
            [CompletionResult]::new('print', 'print', [CompletionResultType]::ParameterValue, 'Print the entry for a client''s configuration, to paste it there, or a link that adds it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;client;help;list' {
            break
        }
        'zoomtok;client;help;install' {
            break
        }
        'zoomtok;client;help;uninstall' {
            break
        }
        'zoomtok;client;help;wrap' {
            break
        }
        'zoomtok;client;help;unwrap' {
            break
        }
        'zoomtok;client;help;print' {
            break
        }
        'zoomtok;client;help;help' {
            break
        }
        'zoomtok;update-claude' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The configuration [default: CLAUDE_CONFIG_FILE, or where Claude Desktop has it on this system]')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'The server in it that needs the token [default: CLAUDE_MCP_SERVER_NAME, or zoom]')
            [CompletionResult]::new('--key', '--key', [CompletionResultType]::ParameterName, 'The variable of that server [default: CLAUDE_ZOOM_ENV_KEY, or ZOOM_ACCESS_TOKEN]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--restart', '--restart', [CompletionResultType]::ParameterName, 'Restart Claude Desktop if its configuration was changed')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the change, with the token masked, and write nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;restart-claude' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--app', '--app', [CompletionResultType]::ParameterName, 'The name of the app, or the path of its executable [default: CLAUDE_APP_NAME, or Claude]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--app-only', '--app-only', [CompletionResultType]::ParameterName, 'Leave the token alone')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;setup' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--client-id', '--client-id', [CompletionResultType]::ParameterName, 'The app''s client id; for --browser its Public Client ID [default: ZOOM_CLIENT_ID]')
            [CompletionResult]::new('--client', '--client', [CompletionResultType]::ParameterName, 'Put zoomtok into this client; may be repeated')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'Give the clients a server over HTTP through a gateway, such as zoom or zoom/chat, in place of zoomtok''s own tools')
            [CompletionResult]::new('--policy', '--policy', [CompletionResultType]::ParameterName, 'The policy for what the clients call')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--server-to-server', '--server-to-server', [CompletionResultType]::ParameterName, 'With the account id, the client id and the client secret of a Server-to-Server OAuth app')
            [CompletionResult]::new('--browser', '--browser', [CompletionResultType]::ParameterName, 'In a browser, with a General app')
            [CompletionResult]::new('--device', '--device', [CompletionResultType]::ParameterName, 'With a code to be entered on another machine; the app needs "Use App on Device"')
            [CompletionResult]::new('--no-browser', '--no-browser', [CompletionResultType]::ParameterName, 'Show the address of Zoom''s page and open no browser')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Log in anew even if .env has all that is needed')
            [CompletionResult]::new('--no-clients', '--no-clients', [CompletionResultType]::ParameterName, 'Put zoomtok into no client')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'Have the system keep the token fresh, whether a client runs or not')
            [CompletionResult]::new('--no-service', '--no-service', [CompletionResultType]::ParameterName, 'Install no service')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing: all clients that are found, and a service if there is none')
            [CompletionResult]::new('--undo', '--undo', [CompletionResultType]::ParameterName, 'Take it all back but .env: the servers in the clients, the services, what is remembered')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;service' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Write a service, start it, and see it run')
            [CompletionResult]::new('uninstall', 'uninstall', [CompletionResultType]::ParameterValue, 'Stop a service and remove it')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'List the services that zoomtok has installed, and whether they run')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;service;install' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the file and the commands, and change nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;service;uninstall' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Remove every service that zoomtok has installed')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;service;status' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;service;help' {
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Write a service, start it, and see it run')
            [CompletionResult]::new('uninstall', 'uninstall', [CompletionResultType]::ParameterValue, 'Stop a service and remove it')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'List the services that zoomtok has installed, and whether they run')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;service;help;install' {
            break
        }
        'zoomtok;service;help;uninstall' {
            break
        }
        'zoomtok;service;help;status' {
            break
        }
        'zoomtok;service;help;help' {
            break
        }
        'zoomtok;doctor' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--fetch', '--fetch', [CompletionResultType]::ParameterName, 'Fetch a new token if the existing one does not last or is not accepted')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Check every profile, and the .env that is used without one')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print a JSON object')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;demo' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--notes-server', '--notes-server', [CompletionResultType]::ParameterName, 'Be the made-up server that the demo puts behind a gateway')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;sandbox' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'The port on 127.0.0.1; 0 takes a free one')
            [CompletionResult]::new('--token-life', '--token-life', [CompletionResultType]::ParameterName, 'The lifetime of its tokens in seconds')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;completions' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;man' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;hold' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'The .env to use instead of the first one found')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The account to use: its .env is profiles/NAME.env in the configuration directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour [default: auto]')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and requested output')
            [CompletionResult]::new('--read-only', '--read-only', [CompletionResultType]::ParameterName, 'Use the token in .env as it is: fetch none, and write neither .env nor its lock')
            [CompletionResult]::new('--no-terminal', '--no-terminal', [CompletionResultType]::ParameterName, 'Without a terminal, in a session of its own')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'zoomtok;help' {
            [CompletionResult]::new('get', 'get', [CompletionResultType]::ParameterValue, 'Make sure that .env holds a valid token')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether the token in .env is valid')
            [CompletionResult]::new('exec', 'exec', [CompletionResultType]::ParameterValue, 'Run a command with a valid token in its environment')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Show the token''s state every minute and refresh it in time')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Log in to Zoom, and put the login into .env')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'End the login at Zoom, and remove its tokens from .env')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'List the accounts that have a .env of their own, or remove one')
            [CompletionResult]::new('recordings', 'recordings', [CompletionResultType]::ParameterValue, 'Download cloud recordings, resumed after a break')
            [CompletionResult]::new('mcp', 'mcp', [CompletionResultType]::ParameterValue, 'Serve Zoom''s tools to an MCP client over stdin and stdout')
            [CompletionResult]::new('gateway', 'gateway', [CompletionResultType]::ParameterValue, 'Put a policy and a fresh token before any MCP server')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Check a policy for mcp, or explain what it does to a call')
            [CompletionResult]::new('grant', 'grant', [CompletionResultType]::ParameterValue, 'Say who may connect to a gateway over HTTP')
            [CompletionResult]::new('approval', 'approval', [CompletionResultType]::ParameterValue, 'Decide about calls that wait for a person')
            [CompletionResult]::new('client', 'client', [CompletionResultType]::ParameterValue, 'Put zoomtok into the configuration of any MCP client')
            [CompletionResult]::new('update-claude', 'update-claude', [CompletionResultType]::ParameterValue, 'Put the token of .env into Claude Desktop''s configuration')
            [CompletionResult]::new('restart-claude', 'restart-claude', [CompletionResultType]::ParameterValue, 'Restart Claude Desktop, with a valid token')
            [CompletionResult]::new('setup', 'setup', [CompletionResultType]::ParameterValue, 'Set everything up: log in, clients, a service')
            [CompletionResult]::new('service', 'service', [CompletionResultType]::ParameterValue, 'Have the system run a watch or a gateway from each login on')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Find out what is wrong, and how to fix it')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show all of this in a minute, with a made-up Zoom')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run the made-up Zoom of the demo alone, to try things out')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a script that completes zoomtok''s commands and flags')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page')
            [CompletionResult]::new('hold', 'hold', [CompletionResultType]::ParameterValue, 'Hold a server for the gateway')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'zoomtok;help;get' {
            break
        }
        'zoomtok;help;check' {
            break
        }
        'zoomtok;help;exec' {
            break
        }
        'zoomtok;help;watch' {
            break
        }
        'zoomtok;help;login' {
            break
        }
        'zoomtok;help;logout' {
            break
        }
        'zoomtok;help;profile' {
            break
        }
        'zoomtok;help;recordings' {
            break
        }
        'zoomtok;help;mcp' {
            break
        }
        'zoomtok;help;gateway' {
            break
        }
        'zoomtok;help;policy' {
            break
        }
        'zoomtok;help;grant' {
            break
        }
        'zoomtok;help;approval' {
            break
        }
        'zoomtok;help;client' {
            break
        }
        'zoomtok;help;update-claude' {
            break
        }
        'zoomtok;help;restart-claude' {
            break
        }
        'zoomtok;help;setup' {
            break
        }
        'zoomtok;help;service' {
            break
        }
        'zoomtok;help;doctor' {
            break
        }
        'zoomtok;help;demo' {
            break
        }
        'zoomtok;help;sandbox' {
            break
        }
        'zoomtok;help;completions' {
            break
        }
        'zoomtok;help;man' {
            break
        }
        'zoomtok;help;hold' {
            break
        }
        'zoomtok;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
