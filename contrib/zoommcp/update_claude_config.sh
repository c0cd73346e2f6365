#!/usr/bin/env bash
# Replaces update_claude_config.sh of the Zoom MCP Server: zoomtok update-claude, with the .env beside the directory of this script.
script=${BASH_SOURCE[0]}
# scripts/ may contain a link to this script, or be reached by one.
while env=$(cd -- "$(dirname -- "$script")/.." && pwd)/.env && [[ ! -e $env && -L $script ]]; do
    link=$(readlink "$script")
    if [[ $link == /* ]]; then script=$link; else script=$(dirname -- "$script")/$link; fi
done
# The PATH of cron, launchd and Claude has few directories.
PATH=$PATH:${HOME:-}/.cargo/bin:$(dirname -- "$script"):/usr/local/bin:/opt/homebrew/bin
if ! command -v zoomtok >/dev/null; then
    echo "update_claude_config.sh: zoomtok is neither in PATH nor in ~/.cargo/bin nor beside this script; install it first" >&2
    exit 127
fi
# The server hands on what it makes of .env, comments and all. What .env says itself counts, as with the script of old.
while read -r name; do
    unset "$name"
done < <(sed -nE 's/^[[:space:]]*(export[[:space:]]+)?((ZOOM|CLAUDE)_[A-Z_]+)[[:space:]]*=.*/\2/p' "$env" 2>/dev/null)
exec zoomtok --env-file "$env" update-claude "$@"
