
use builtin;
use str;

set edit:completion:arg-completer[zoomtok] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'zoomtok'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'zoomtok'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand get 'Make sure that .env holds a valid token'
            cand check 'Check whether the token in .env is valid'
            cand exec 'Run a command with a valid token in its environment'
            cand watch 'Show the token''s state every minute and refresh it in time'
            cand login 'Log in to Zoom, and put the login into .env'
            cand logout 'End the login at Zoom, and remove its tokens from .env'
            cand profile 'List the accounts that have a .env of their own, or remove one'
            cand recordings 'Download cloud recordings, resumed after a break'
            cand mcp 'Serve Zoom''s tools to an MCP client over stdin and stdout'
            cand gateway 'Put a policy and a fresh token before any MCP server'
            cand policy 'Check a policy for mcp, or explain what it does to a call'
            cand grant 'Say who may connect to a gateway over HTTP'
            cand approval 'Decide about calls that wait for a person'
            cand client 'Put zoomtok into the configuration of any MCP client'
            cand update-claude 'Put the token of .env into Claude Desktop''s configuration'
            cand restart-claude 'Restart Claude Desktop, with a valid token'
            cand setup 'Set everything up: log in, clients, a service'
            cand service 'Have the system run a watch or a gateway from each login on'
            cand doctor 'Find out what is wrong, and how to fix it'
            cand demo 'Show all of this in a minute, with a made-up Zoom'
            cand sandbox 'Run the made-up Zoom of the demo alone, to try things out'
            cand completions 'Print a script that completes zoomtok''s commands and flags'
            cand man 'Print the manual page'
            cand hold 'Hold a server for the gateway'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;get'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -t 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]'
            cand --threshold 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -f 'Fetch a new token even if the old one is valid'
            cand --force 'Fetch a new token even if the old one is valid'
            cand --live 'Ask Zoom''s API whether it accepts the token, and fetch a new one if it does not'
            cand --leave-store 'Fetch a new token, and take the login out of the shared store into .env, for a machine that goes on alone'
            cand --print 'Print the token and nothing else'
            cand --export 'Print a line that sets ZOOM_ACCESS_TOKEN in a shell: eval "$(zoomtok get --export)"'
            cand --json 'Print a JSON object, with the token masked'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;check'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -t 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]'
            cand --threshold 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]'
            cand --format 'Print one line, for a prompt or a status bar: text with {state} {left} {seconds} {expires} {profile} {icon}'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -v 'Report more, and append a line to the log'
            cand --verbose 'Report more, and append a line to the log'
            cand --live 'Also ask Zoom''s API whether it accepts the token'
            cand --json 'Print a JSON object, with the token masked'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;exec'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -t 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]'
            cand --threshold 'Seconds that the token must have left [default: ZOOM_TOKEN_THRESHOLD, or 60]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;watch'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --interval 'Seconds between two status lines; 0 shows none [default: ZOOM_TOKEN_DISPLAY_INTERVAL, or 60]'
            cand --threshold 'Refresh when fewer seconds than this are left [default: ZOOM_AUTO_REFRESH_THRESHOLD, or 300]'
            cand --kubernetes-secret 'Keep the token in this Secret of Kubernetes as well, from within a pod'
            cand --service-account 'The directory of the service account with the right to do so [default: where Kubernetes mounts it]'
            cand --on-event 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --no-claude 'Leave Claude Desktop alone'
            cand --no-restart 'Update Claude Desktop''s configuration, but do not restart it'
            cand --once 'Check once, refresh once if that is due, and exit: for cron'
            cand --all 'Watch every profile, and the .env that is used without one'
            cand --json 'Print a JSON object for each event, with tokens masked'
            cand --plain 'Print lines alone, and redraw none, as where stdout is no terminal'
            cand --notify 'Show a notice on the desktop a minute after refreshing has stopped, and when it goes on'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;login'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --redirect-uri 'The app''s own https address to which Zoom sends the browser back; for an app with a secret'
            cand --port 'The port on 127.0.0.1 to which the browser comes back [default: any free one]'
            cand --client-id 'The app''s client id; for --browser its Public Client ID [default: ZOOM_CLIENT_ID]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --server-to-server 'With the account id, the client id and the client secret of a Server-to-Server OAuth app'
            cand --browser 'In a browser, with a General app'
            cand --device 'With a code to be entered on another machine; the app needs "Use App on Device"'
            cand --paste 'Let the person paste the address where the browser ends, and listen on no port'
            cand --no-browser 'Show the address and open no browser'
            cand --replace 'Replace the credentials of another app in .env without asking'
            cand --check 'Check whether a login is needed, and ask nobody: 0 if it is not, 1 if it is'
            cand --json 'Print a JSON object, with the token masked'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;logout'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --all 'Remove the app''s credentials too'
            cand --force 'Remove them even if Zoom does not end the login'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;profile'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the profiles: kind of app, token, account, file'
            cand path 'Print where the .env of a profile is, or would be'
            cand remove 'Remove a profile: its .env with credentials and tokens, its lock and its state'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;profile;list'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --json 'Print a JSON object, with accounts masked'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;profile;path'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;profile;remove'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -y 'Remove it without asking'
            cand --yes 'Remove it without asking'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;profile;help'= {
            cand list 'List the profiles: kind of app, token, account, file'
            cand path 'Print where the .env of a profile is, or would be'
            cand remove 'Remove a profile: its .env with credentials and tokens, its lock and its state'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;profile;help;list'= {
        }
        &'zoomtok;profile;help;path'= {
        }
        &'zoomtok;profile;help;remove'= {
        }
        &'zoomtok;profile;help;help'= {
        }
        &'zoomtok;recordings'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand download 'Download all files of the recordings of a period'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;recordings;download'= {
            cand --from 'The first day, in UTC [default: 29 days before the last one]'
            cand --to 'The last day, in UTC [default: 29 days after the first one, or today]'
            cand --user 'Whose recordings: a user id, or an e-mail address [default: me, the owner of the token]'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --json 'Print a JSON object at the end'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;recordings;help'= {
            cand download 'Download all files of the recordings of a period'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;recordings;help;download'= {
        }
        &'zoomtok;recordings;help;help'= {
        }
        &'zoomtok;mcp'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --policy 'The policy to serve under [default: ZOOM_POLICY_FILE, or a limit on zoom_refresh_token alone]'
            cand --on-event 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --install 'Put this server into Claude Desktop''s configuration, and exit'
            cand --dry-run 'Show what --install would put there, and write nothing'
            cand --watch 'Show on stderr what happens to the token; on a terminal this needs no flag'
            cand --no-watch 'Report nothing about the token, not even that it cannot be refreshed; it is still kept fresh'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;gateway'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --url 'A server that is reached over HTTP: its address, or zoom, zoom/chat and so on for Zoom''s own'
            cand --header 'A header for it, with the value of a variable; may be repeated'
            cand --send-token-to 'Send the token to this host, which is not Zoom''s'
            cand --listen 'Serve many clients over HTTP at /mcp, each with a grant, in place of one over stdin and stdout'
            cand --policy 'The policy: a JSON file [default: ZOOM_POLICY_FILE, or every call is allowed]'
            cand --name 'The name of the gateway, in messages and for its counts [default: by the command]'
            cand --token-env 'The variable in which the server gets the token'
            cand --on-new-token 'When a server with a new token takes over'
            cand --audit 'Write a line of JSON for each call to this file'
            cand --on-event 'Run this command for each event, which it gets as JSON on its standard input [default: ZOOMTOK_ON_EVENT]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --behind-proxy 'Listen on an address that other machines reach: a proxy with HTTPS is in front'
            cand --no-token 'Give the server no token, and need no Zoom credentials'
            cand --audit-arguments 'Write the values of arguments there too'
            cand --no-pin 'Let the server change its tools without asking'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;policy'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand check 'Check whether a policy is valid, and list everything that is wrong with it'
            cand explain 'Explain what a policy does to a call, and by which rule'
            cand accept 'Accept the tools of a gateway as they are now'
            cand suggest 'Suggest a policy to start from, by what the tools of a server do'
            cand scopes 'List the scopes that the tools of a policy need, and those that the token lacks'
            cand convert 'Convert a policy of Intercept, which is YAML, into one of zoomtok''s'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;policy;check'= {
            cand --tools 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway'
            cand --url 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;policy;explain'= {
            cand --tools 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway'
            cand --url 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;policy;accept'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -y 'Accept without asking'
            cand --yes 'Accept without asking'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;policy;suggest'= {
            cand --tools 'A file with the tools of another server, as its answer to tools/list has them: the policy is for a gateway'
            cand --url 'The address of another server, or zoom, zoom/chat and so on: it is asked for its tools'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;policy;scopes'= {
            cand --url 'One of Zoom''s hosted servers: zoom, zoom/meeting, zoom/chat and so on [default: zoomtok''s own tools]'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --manifest 'Print the app that a login needs, as the Marketplace takes it: these scopes, a public client, this machine as its redirect'
            cand --admin 'Print the scopes of an app for the whole account'
            cand --json 'Print a JSON object'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;policy;convert'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;policy;help'= {
            cand check 'Check whether a policy is valid, and list everything that is wrong with it'
            cand explain 'Explain what a policy does to a call, and by which rule'
            cand accept 'Accept the tools of a gateway as they are now'
            cand suggest 'Suggest a policy to start from, by what the tools of a server do'
            cand scopes 'List the scopes that the tools of a policy need, and those that the token lacks'
            cand convert 'Convert a policy of Intercept, which is YAML, into one of zoomtok''s'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;policy;help;check'= {
        }
        &'zoomtok;policy;help;explain'= {
        }
        &'zoomtok;policy;help;accept'= {
        }
        &'zoomtok;policy;help;suggest'= {
        }
        &'zoomtok;policy;help;scopes'= {
        }
        &'zoomtok;policy;help;convert'= {
        }
        &'zoomtok;policy;help;help'= {
        }
        &'zoomtok;grant'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand add 'Add a grant and print its bearer token, which is shown this once'
            cand list 'List the grants, without their tokens'
            cand remove 'Remove a grant: its token is refused from the next request on'
            cand share 'Put the grants of this machine''s file into the shared store'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;grant;add'= {
            cand --policy 'The policy for its calls [default: that of the gateway]'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;grant;list'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --json 'Print a JSON object'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;grant;remove'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;grant;share'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;grant;help'= {
            cand add 'Add a grant and print its bearer token, which is shown this once'
            cand list 'List the grants, without their tokens'
            cand remove 'Remove a grant: its token is refused from the next request on'
            cand share 'Put the grants of this machine''s file into the shared store'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;grant;help;add'= {
        }
        &'zoomtok;grant;help;list'= {
        }
        &'zoomtok;grant;help;remove'= {
        }
        &'zoomtok;grant;help;share'= {
        }
        &'zoomtok;grant;help;help'= {
        }
        &'zoomtok;approval'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the calls that wait, with their arguments; secrets in them are hidden'
            cand allow 'Allow a call, this once'
            cand deny 'Deny a call'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;approval;list'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --json 'Print a JSON object'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;approval;allow'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;approval;deny'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;approval;help'= {
            cand list 'List the calls that wait, with their arguments; secrets in them are hidden'
            cand allow 'Allow a call, this once'
            cand deny 'Deny a call'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;approval;help;list'= {
        }
        &'zoomtok;approval;help;allow'= {
        }
        &'zoomtok;approval;help;deny'= {
        }
        &'zoomtok;approval;help;help'= {
        }
        &'zoomtok;client'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the clients on this machine, and whether zoomtok is in them'
            cand install 'Put zoomtok''s server into the configurations of clients'
            cand uninstall 'Take zoomtok''s server out of the configurations of clients'
            cand wrap 'Put a gateway before a server that a client has already'
            cand unwrap 'Take the gateway out again'
            cand print 'Print the entry for a client''s configuration, to paste it there, or a link that adds it'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;client;list'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --json 'Print a JSON object with all clients that zoomtok knows'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;client;install'= {
            cand --url 'Serve what is at this address through a gateway, in place of zoomtok''s own tools: zoom, zoom/chat and so on, or a URL'
            cand --policy 'The policy to serve under [default: ZOOM_POLICY_FILE]'
            cand --name 'The name of the server there [default: zoom, or by the address]'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --all 'All clients that are on this machine'
            cand --no-watch 'As mcp --no-watch: report nothing about the token'
            cand --dry-run 'Show the change and write nothing'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;client;uninstall'= {
            cand --name 'The name of the server there [default: zoom; in Claude Desktop CLAUDE_MCP_SERVER_NAME, or zoom]'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --all 'All clients that are on this machine'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;client;wrap'= {
            cand --client 'The client that has it [default: the only one that does]'
            cand --policy 'The policy for its calls [default: ZOOM_POLICY_FILE when it runs, or every call is allowed]'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --no-token 'Give the server no token, and need no Zoom credentials'
            cand --dry-run 'Say what would change and write nothing'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;client;unwrap'= {
            cand --client 'The client that has it [default: the only one that does]'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;client;print'= {
            cand --url 'Serve what is at this address through a gateway, in place of zoomtok''s own tools: zoom, zoom/chat and so on, or a URL'
            cand --policy 'The policy to serve under [default: ZOOM_POLICY_FILE]'
            cand --name 'The name of the server there [default: zoom, or by the address]'
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --no-watch 'As mcp --no-watch: report nothing about the token'
            cand --link 'Print a link that adds it, where the client has one; the client then asks'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;client;help'= {
            cand list 'List the clients on this machine, and whether zoomtok is in them'
            cand install 'Put zoomtok''s server into the configurations of clients'
            cand uninstall 'Take zoomtok''s server out of the configurations of clients'
            cand wrap 'Put a gateway before a server that a client has already'
            cand unwrap 'Take the gateway out again'
            cand print 'Print the entry for a client''s configuration, to paste it there, or a link that adds it'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;client;help;list'= {
        }
        &'zoomtok;client;help;install'= {
        }
        &'zoomtok;client;help;uninstall'= {
        }
        &'zoomtok;client;help;wrap'= {
        }
        &'zoomtok;client;help;unwrap'= {
        }
        &'zoomtok;client;help;print'= {
        }
        &'zoomtok;client;help;help'= {
        }
        &'zoomtok;update-claude'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --config 'The configuration [default: CLAUDE_CONFIG_FILE, or where Claude Desktop has it on this system]'
            cand --server 'The server in it that needs the token [default: CLAUDE_MCP_SERVER_NAME, or zoom]'
            cand --key 'The variable of that server [default: CLAUDE_ZOOM_ENV_KEY, or ZOOM_ACCESS_TOKEN]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --restart 'Restart Claude Desktop if its configuration was changed'
            cand --dry-run 'Show the change, with the token masked, and write nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;restart-claude'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --app 'The name of the app, or the path of its executable [default: CLAUDE_APP_NAME, or Claude]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --app-only 'Leave the token alone'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;setup'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --client-id 'The app''s client id; for --browser its Public Client ID [default: ZOOM_CLIENT_ID]'
            cand --client 'Put zoomtok into this client; may be repeated'
            cand --url 'Give the clients a server over HTTP through a gateway, such as zoom or zoom/chat, in place of zoomtok''s own tools'
            cand --policy 'The policy for what the clients call'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --server-to-server 'With the account id, the client id and the client secret of a Server-to-Server OAuth app'
            cand --browser 'In a browser, with a General app'
            cand --device 'With a code to be entered on another machine; the app needs "Use App on Device"'
            cand --no-browser 'Show the address of Zoom''s page and open no browser'
            cand --replace 'Log in anew even if .env has all that is needed'
            cand --no-clients 'Put zoomtok into no client'
            cand --service 'Have the system keep the token fresh, whether a client runs or not'
            cand --no-service 'Install no service'
            cand --yes 'Ask nothing: all clients that are found, and a service if there is none'
            cand --undo 'Take it all back but .env: the servers in the clients, the services, what is remembered'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;service'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand install 'Write a service, start it, and see it run'
            cand uninstall 'Stop a service and remove it'
            cand status 'List the services that zoomtok has installed, and whether they run'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;service;install'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --dry-run 'Show the file and the commands, and change nothing'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;service;uninstall'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --all 'Remove every service that zoomtok has installed'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;service;status'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --json 'Print a JSON object'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;service;help'= {
            cand install 'Write a service, start it, and see it run'
            cand uninstall 'Stop a service and remove it'
            cand status 'List the services that zoomtok has installed, and whether they run'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;service;help;install'= {
        }
        &'zoomtok;service;help;uninstall'= {
        }
        &'zoomtok;service;help;status'= {
        }
        &'zoomtok;service;help;help'= {
        }
        &'zoomtok;doctor'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --fetch 'Fetch a new token if the existing one does not last or is not accepted'
            cand --all 'Check every profile, and the .env that is used without one'
            cand --json 'Print a JSON object'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;demo'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --notes-server 'Be the made-up server that the demo puts behind a gateway'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;sandbox'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand --port 'The port on 127.0.0.1; 0 takes a free one'
            cand --token-life 'The lifetime of its tokens in seconds'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;completions'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;man'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;hold'= {
            cand --env-file 'The .env to use instead of the first one found'
            cand --profile 'The account to use: its .env is profiles/NAME.env in the configuration directory'
            cand --color 'When to use colour [default: auto]'
            cand -q 'Print only errors and requested output'
            cand --quiet 'Print only errors and requested output'
            cand --read-only 'Use the token in .env as it is: fetch none, and write neither .env nor its lock'
            cand --no-terminal 'Without a terminal, in a session of its own'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'zoomtok;help'= {
            cand get 'Make sure that .env holds a valid token'
            cand check 'Check whether the token in .env is valid'
            cand exec 'Run a command with a valid token in its environment'
            cand watch 'Show the token''s state every minute and refresh it in time'
            cand login 'Log in to Zoom, and put the login into .env'
            cand logout 'End the login at Zoom, and remove its tokens from .env'
            cand profile 'List the accounts that have a .env of their own, or remove one'
            cand recordings 'Download cloud recordings, resumed after a break'
            cand mcp 'Serve Zoom''s tools to an MCP client over stdin and stdout'
            cand gateway 'Put a policy and a fresh token before any MCP server'
            cand policy 'Check a policy for mcp, or explain what it does to a call'
            cand grant 'Say who may connect to a gateway over HTTP'
            cand approval 'Decide about calls that wait for a person'
            cand client 'Put zoomtok into the configuration of any MCP client'
            cand update-claude 'Put the token of .env into Claude Desktop''s configuration'
            cand restart-claude 'Restart Claude Desktop, with a valid token'
            cand setup 'Set everything up: log in, clients, a service'
            cand service 'Have the system run a watch or a gateway from each login on'
            cand doctor 'Find out what is wrong, and how to fix it'
            cand demo 'Show all of this in a minute, with a made-up Zoom'
            cand sandbox 'Run the made-up Zoom of the demo alone, to try things out'
            cand completions 'Print a script that completes zoomtok''s commands and flags'
            cand man 'Print the manual page'
            cand hold 'Hold a server for the gateway'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'zoomtok;help;get'= {
        }
        &'zoomtok;help;check'= {
        }
        &'zoomtok;help;exec'= {
        }
        &'zoomtok;help;watch'= {
        }
        &'zoomtok;help;login'= {
        }
        &'zoomtok;help;logout'= {
        }
        &'zoomtok;help;profile'= {
        }
        &'zoomtok;help;recordings'= {
        }
        &'zoomtok;help;mcp'= {
        }
        &'zoomtok;help;gateway'= {
        }
        &'zoomtok;help;policy'= {
        }
        &'zoomtok;help;grant'= {
        }
        &'zoomtok;help;approval'= {
        }
        &'zoomtok;help;client'= {
        }
        &'zoomtok;help;update-claude'= {
        }
        &'zoomtok;help;restart-claude'= {
        }
        &'zoomtok;help;setup'= {
        }
        &'zoomtok;help;service'= {
        }
        &'zoomtok;help;doctor'= {
        }
        &'zoomtok;help;demo'= {
        }
        &'zoomtok;help;sandbox'= {
        }
        &'zoomtok;help;completions'= {
        }
        &'zoomtok;help;man'= {
        }
        &'zoomtok;help;hold'= {
        }
        &'zoomtok;help;help'= {
        }
    ]
    $completions[$command]
}
