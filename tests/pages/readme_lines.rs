//! Every line of the README and of the other pages that can be copied is run as its reader would run it: in bash after
//! `cargo install`, by cron under cron's environment. A line that is not run says why.

use serde_json::Value;

use crate::pages::line_checks::{
    claude_can_start_it, fetches_as_shown, finds_the_token_elsewhere, has_become_a_profile, is_fresh,
    is_in_the_shell, is_installed, of_profile, scripts_are_there,
};
use crate::pages::reader::Reader;
use crate::support::needs::Need;
use crate::support::pages::{pages, quoted, read, root};
use crate::support::{Ended, Home, credentials, sandbox};

/// The check of a line.
enum Is {
    /// Run in the reader's project by bash, and looked at.
    Run(fn(&Reader, &Ended)),
    /// The same, in a clone of the repository.
    RunInClone(fn(&Reader, &Ended)),
    /// Run by cron, and looked at.
    Cron(fn(&Reader, &Ended)),
    /// A line of a `.env`, with a place to fill in.
    OfEnv,
    /// Not run here, for this reason.
    NotRun(&'static str),
}

/// A line in a page, without the comment behind it.
type Line = (&'static str, Is);

const CRON: &str = "*/10 * * * *  cd ~/project && ~/.cargo/bin/zoomtok get -q -t 900";
const INSTALL: Line = ("zoomtok mcp --install", Is::Run(is_installed));
const SCRIPTS: Line = ("cp contrib/zoommcp/*.sh ~/zoommcp/scripts/", Is::RunInClone(scripts_are_there));
const SERVES: Is = Is::NotRun("it serves a client, and other tests have one");
const ELSEWHERE: Is = Is::NotRun("another test does");
const MEASURES: Is = Is::NotRun("it measures for minutes");

/// The lines of each page that has some.
const LINES: &[(&str, &[Line])] = &[
    (
        "README.md",
        &[
            ("cargo run --release -- demo", Is::NotRun("it builds for minutes; a test runs the demo")),
            ("cargo test --locked", Is::NotRun("it is what runs this")),
            ("zoomtok setup", ELSEWHERE),
            ("zoomtok get", Is::Run(|reader, ended| fetches_as_shown("README.md", reader, ended))),
            ("zoomtok gateway --url zoom/chat", SERVES),
            ("zoomtok gateway --policy policy.json -- node ~/zoom-mcp/index.js", SERVES),
            ("zoomtok gateway --listen 127.0.0.1:8080 --url zoom/meeting", SERVES),
            (CRON, Is::Cron(is_fresh)),
            INSTALL,
            SCRIPTS,
        ],
    ),
    (
        "benches/README.md",
        &[
            ("cargo bench", MEASURES),
            ("cargo bench --no-fail-fast -- --check", MEASURES),
            ("cargo bench --bench mcp", MEASURES),
        ],
    ),
    ("docs/clients.md", &[("zoomtok client list", ELSEWHERE), ("zoomtok client install --all", ELSEWHERE)]),
    (
        "docs/cron.md",
        &[
            (CRON, Is::Cron(is_fresh)),
            (
                "*/5 * * * *  ~/.cargo/bin/zoomtok --env-file ~/project/.env -q watch --once --threshold 600 --no-claude",
                Is::Cron(is_fresh),
            ),
        ],
    ),
    (
        "docs/env.md",
        &[
            ("mkdir -p ~/.config/zoomtok", Is::Run(|_, _| ())),
            (
                "op run --env-file .env.op -- zoomtok get --env-file ~/.config/zoomtok/.env",
                Is::Run(finds_the_token_elsewhere),
            ),
        ],
    ),
    (
        "docs/gateway.md",
        &[
            (
                "zoomtok gateway --no-token --policy files.json -- npx -y @modelcontextprotocol/server-filesystem /data",
                SERVES,
            ),
            ("zoomtok gateway --url zoom/chat --policy policies/hosted/chat-careful.json", SERVES),
            ("zoomtok gateway --url http://127.0.0.1:3001/sse", ELSEWHERE),
            ("zoomtok grant add ci --policy read-only.json", ELSEWHERE),
            ("zoomtok gateway --listen 127.0.0.1:8080 --url zoom/meeting", SERVES),
            ("zoomtok policy suggest -- npx -y @modelcontextprotocol/server-filesystem /data", ELSEWHERE),
            (
                "zoomtok policy check files.json -- npx -y @modelcontextprotocol/server-filesystem /data",
                ELSEWHERE,
            ),
            ("zoomtok policy accept files", ELSEWHERE),
            ("zoomtok approval list", ELSEWHERE),
            ("zoomtok approval allow K7Q2M9XD", ELSEWHERE),
        ],
    ),
    ("docs/login.md", &[("zoomtok login --client-id YOUR_PUBLIC_CLIENT_ID", ELSEWHERE)]),
    (
        "docs/mcp.md",
        &[
            INSTALL,
            (
                "claude mcp add --scope user zoom -- ~/.cargo/bin/zoomtok mcp --env-file ~/project/.env",
                Is::Run(claude_can_start_it),
            ),
        ],
    ),
    (
        "docs/policies.md",
        &[
            ("zoomtok policy check policy.json", Is::NotRun("another test does")),
            (
                "zoomtok policy explain policy.json create_meeting '{\"topic\": \"Review\", \"duration\": 180}'",
                Is::NotRun("another test does"),
            ),
            ("zoomtok policy scopes policy.json", Is::NotRun("another test does")),
            (
                "zoomtok policy scopes policies/hosted/chat-careful.json --url zoom/chat",
                Is::RunInClone(|_, ended| assert!(ended.stdout.contains("team_chat:write:user_message\n"))),
            ),
            (
                "zoomtok policy scopes policies/hosted/chat-careful.json --url zoom/chat --manifest",
                Is::RunInClone(|_, ended| assert!(ended.stdout.contains("enable_public_pkce_client"))),
            ),
            ("zoomtok policy convert intercept.yaml", Is::NotRun("another test does")),
        ],
    ),
    (
        "docs/profiles.md",
        &[
            ("zoomtok login --profile work", Is::NotRun("another test does, with a browser")),
            (
                "zoomtok get --profile work",
                Is::Run(|reader, _| assert!(of_profile(reader, "work").contains("ACCESS"))),
            ),
            (
                "zoomtok exec --profile home -- ./my-script",
                Is::Run(|reader, _| assert_eq!(reader.ran(), "with a token\n")),
            ),
            (
                "mkdir -p ~/.config/zoomtok/profiles && mv .env ~/.config/zoomtok/profiles/home.env",
                Is::Run(has_become_a_profile),
            ),
            ("zoomtok profile list", Is::Run(|_, ended| assert_eq!(ended.stdout.lines().count(), 2))),
            ("zoomtok watch --all", Is::NotRun("it goes on until Ctrl-C; another test runs it")),
            (
                "zoomtok doctor --all",
                Is::Run(|_, ended| assert!(ended.stdout.contains("work: ✅"), "{}", ended.stdout)),
            ),
        ],
    ),
    (
        "docs/recordings.md",
        &[("zoomtok recordings download --from 2026-01-01 --to 2026-03-31 ~/zoom", ELSEWHERE)],
    ),
    ("docs/scripts.md", &[SCRIPTS]),
    ("docs/setup.md", &[("zoomtok setup", ELSEWHERE), ("zoomtok setup --undo", ELSEWHERE)]),
    (
        "docs/start.md",
        &[
            ("cargo install --locked cargo-deb", Is::NotRun("it builds another program from the network")),
            ("cargo deb --locked", Is::NotRun("it builds for minutes, by a program of others")),
            ("sudo apt install ./target/debian/zoomtok_*.deb", Is::NotRun("it changes the system")),
            ("ZOOM_ACCOUNT_ID=your-account-id", Is::OfEnv),
            ("ZOOM_CLIENT_ID=your-client-id", Is::OfEnv),
            ("ZOOM_CLIENT_SECRET=your-client-secret", Is::OfEnv),
            ("zoomtok get", Is::Run(|reader, ended| fetches_as_shown("docs/start.md", reader, ended))),
            ("zoomtok exec -- ./my-script", Is::Run(|reader, _| assert_eq!(reader.ran(), "with a token\n"))),
            ("eval \"$(zoomtok get --export)\"", Is::Run(is_in_the_shell)),
            (
                "zoomtok check && ./my-script",
                Is::Run(|reader, _| assert_eq!(reader.ran(), "without a token\n")),
            ),
            (
                "zoomtok get --print | sed 's/^/Authorization: Bearer /' | curl -H @- https://api.zoom.us/v2/users/me",
                Is::Run(|_, ended| {
                    let user: Value = serde_json::from_str(&ended.stdout).unwrap();
                    assert!(user["email"].is_string(), "{}", ended.stdout);
                }),
            ),
        ],
    ),
    (
        "docs/release.md",
        &[("contrib/release", Is::NotRun("it builds for minutes; other tests make a release of a stand-in"))],
    ),
    (
        "docs/watch.md",
        &[
            ("zoomtok service install", ELSEWHERE),
            ("zoomtok service status", ELSEWHERE),
            ("zoomtok service uninstall", ELSEWHERE),
            (
                "zoomtok service install gateway team -- --listen 127.0.0.1:8800 --url zoom --policy team.json",
                ELSEWHERE,
            ),
        ],
    ),
];

/// The lines in the blocks of a page that are to be copied. In a `console` these are the ones behind a `$`.
fn lines(page: &str) -> Vec<String> {
    let (mut language, mut lines) = (None, Vec::new());
    for line in page.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("```") {
            language = if language.is_some() { None } else { Some(name.to_owned()) };
            continue;
        }
        let command = match language.as_deref() {
            Some("sh" | "crontab") => Some(line),
            Some("console") => line.strip_prefix("$ "),
            _ => None,
        };
        let command = command.filter(|command| !command.is_empty() && !command.starts_with('#'));
        lines.extend(command.map(|command| command.split("  #").next().unwrap().trim_end().to_owned()));
    }
    lines
}

#[test]
fn every_line_that_can_be_copied_is_in_the_table_of_this_test() {
    for page in pages() {
        let name = page.to_str().unwrap();
        let listed = LINES.iter().find(|(page, _)| *page == name).map_or(&[][..], |(_, lines)| lines);
        let listed: Vec<&str> = listed.iter().map(|(line, _)| *line).collect();
        assert_eq!(
            lines(&read(&page)),
            listed,
            "a line of {name} belongs into the table of this test, in its place"
        );
    }
}

#[expect(clippy::print_stderr, reason = "who runs the tests should know which lines are not run")]
#[test]
fn every_line_that_can_be_copied_does_what_it_says() {
    let (mut run, mut by_cron) = (0, 0);
    for (line, is) in LINES.iter().flat_map(|(_, lines)| *lines) {
        let reader = Reader::new();
        // The first command is the one that fetches the first token.
        if !matches!(is, Is::Cron(_)) && *line != "zoomtok get" {
            assert_eq!(reader.bash(&reader.project(), "zoomtok get").code, Some(0));
        }
        let (ended, check) = match is {
            Is::NotRun(reason) => {
                eprintln!("not run: {line}: {reason}");
                continue;
            }
            Is::OfEnv => {
                is_filled_in(line);
                continue;
            }
            Is::Run(_) if line.contains("curl") && Need::Curl.is_missing() => continue,
            Is::Run(check) => (reader.bash(&reader.project(), line), check),
            Is::RunInClone(check) => (reader.bash(&root(), line), check),
            Is::Cron(check) => {
                by_cron += 1;
                (reader.cron(line), check)
            }
        };
        run += 1;
        let ended = ended.expect(0);
        check(&reader, &ended);
    }
    assert!(run >= 15 && by_cron == 3, "{run}, {by_cron} by cron");
}

/// With nothing filled in, the program says so; it does not ask Zoom.
fn is_filled_in(line: &str) {
    let (name, _) = line.split_once('=').unwrap();
    let sandbox = sandbox();
    let home = Home::of(&sandbox, &format!("{line}\n"));
    home.run(["get"]).expect(3).says(&[name, "placeholder", "marketplace.zoom.us"]);
    assert_eq!(sandbox.token_requests().len(), 0);
}

/// A token that ends within what the line of cron says is replaced, and one that lasts longer is kept.
#[test]
fn cron_asks_zoom_only_when_it_has_to() {
    let lines = LINES.iter().flat_map(|(_, lines)| *lines).filter(|(_, is)| matches!(is, Is::Cron(_)));
    for ((line, _), reach) in lines.zip([900, 900, 600]) {
        for (left, asked) in [(reach - 60, 1), (reach + 60, 0)] {
            let reader = Reader::new();
            let token = reader.sandbox.mint(left);
            reader.write(".env", &format!("{}ZOOM_ACCESS_TOKEN={token}\n", credentials(&reader.sandbox)));
            reader.cron(line).expect(0).quietly();
            assert_eq!(reader.sandbox.token_requests().len(), asked, "{line} with {left} s");
        }
    }
}

/// A value for a placeholder in a command of a page.
fn filled_in(word: &str) -> &str {
    match word {
        "SECS" | "SECONDS" | "N" => "60",
        "SHELL" => "bash",
        "COMMAND" => "true",
        "CLIENT" | "CLIENT..." => "cursor",
        word => word,
    }
}

#[test]
fn every_command_in_the_text_is_one() {
    let mut commands = 0;
    // The page of failures has messages of the program, and some of them begin with its name.
    for page in pages().iter().filter(|page| !page.ends_with("failures.md")) {
        for span in quoted(&read(page)) {
            let Ok(words) = shell_words::split(span) else { continue };
            let mut words = words.iter().map(String::as_str).skip_while(|word| word.contains('='));
            if words.next() != Some("zoomtok") {
                continue;
            }
            let arguments: Vec<&str> = words.map(filled_in).collect();
            // The name may stand there alone, as in "`zoomtok` alone".
            if arguments.is_empty() || arguments.contains(&"…") {
                continue;
            }
            let at = arguments.iter().position(|word| *word == "--").unwrap_or(arguments.len());
            let asked = [&arguments[..at], &["--help"], &arguments[at..]].concat();
            let ended = Home::empty().run(&asked);
            assert_eq!(ended.code, Some(0), "{}: {span}: {}", page.display(), ended.stderr);
            commands += 1;
        }
    }
    assert!(commands > 40, "{commands}");
}
