//! Each recipe of docs/prompt.md is read from the page and run by the program that it is for, or parsed as that program
//! would parse it and its command run by a shell.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::pages::reader::Reader;
use crate::support::canaries::{Shows, assert_clean};
use crate::support::needs::needs;
use crate::support::pages::read;

/// The recipe below a heading: the text of the one block there.
fn recipe(heading: &str) -> String {
    let page = read("docs/prompt.md");
    let section = page.split("\n## ").find(|section| section.lines().next() == Some(heading));
    let section = section.unwrap_or_else(|| panic!("no recipe for {heading}"));
    let mut blocks = section.split("\n```").skip(1).step_by(2);
    let block = blocks.next().unwrap().split_once('\n').unwrap().1;
    assert!(blocks.next().is_none(), "{heading}: more than one block");
    block.to_owned()
}

/// Somebody with a token that lasts so many seconds, in a locale of UTF-8.
struct Prompter(Reader);

impl Prompter {
    fn new(left: i64) -> Self {
        let reader = Reader::new();
        let token = reader.sandbox.mint(left);
        reader.write(".env", &format!("ZOOM_ACCESS_TOKEN={token}\n"));
        Self(reader)
    }

    fn command(&self, program: &str, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory).env_clear().env("HOME", self.0.home()).env("TZ", "UTC");
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.0.home().join(".cargo/bin").display());
        command.env("PATH", path).env("LC_ALL", "C.UTF-8").env("TERM", "xterm").env("USER", "you");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The text that such a program prints in the project, or elsewhere, when it is given this input.
    fn shows(&self, program: &str, arguments: &[&str], input: &str, directory: &Path) -> String {
        let mut child = self.command(program, directory).args(arguments).process_group(0).spawn().unwrap();
        match child.stdin.take().unwrap().write_all(input.as_bytes()) {
            // It need not read its input, and may have ended by now.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written.unwrap(),
        }
        let output = child.wait_with_output().unwrap();
        assert_clean(&output.stdout, Shows::Nothing, "stdout");
        assert_clean(&output.stderr, Shows::Nothing, "stderr");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(output.status.success(), "{program}: {said}");
        said
    }

    fn project(&self) -> std::path::PathBuf {
        self.0.project()
    }
}

/// A prompter for each verdict, and the sign that stands for it.
fn verdicts() -> [(Prompter, &'static str); 2] {
    [(Prompter::new(3000), "✅ 49m "), (Prompter::new(-10), "❌ 0s")]
}

#[test]
fn bash_shows_it_in_its_prompt() {
    for (prompter, sign) in verdicts() {
        fs::write(prompter.0.home().join(".bashrc"), format!("PS1='<prompt>'\n{}", recipe("bash"))).unwrap();
        let said = prompter.shows("bash", &["-i"], "(exit 7)\necho code $?\n", &prompter.project());
        assert!(said.contains(sign) && said.contains(" <prompt>") && said.contains("code 7"), "{said}");
        let said = prompter.shows("bash", &["-i"], "", &prompter.0.home());
        assert!(!said.contains(sign) && said.contains("<prompt>"), "{said}");
    }
}

#[test]
fn zsh_shows_it_in_its_prompt() {
    needs!(Zsh);
    for (prompter, sign) in verdicts() {
        fs::write(prompter.0.home().join(".zshrc"), recipe("zsh")).unwrap();
        let script = "false; print -rP -- \"<$RPROMPT>\"";
        let said = prompter.shows("zsh", &["-ic", script], "", &prompter.project());
        assert!(said.contains(&format!("<{sign}")), "{said}");
        let said = prompter.shows("zsh", &["-ic", script], "", &prompter.0.home());
        assert!(said.contains("<>"), "{said}");
    }
}

#[test]
fn fish_shows_it_in_its_prompt() {
    needs!(Fish);
    for (prompter, sign) in verdicts() {
        let functions = prompter.0.home().join(".config/fish/functions");
        fs::create_dir_all(&functions).unwrap();
        fs::write(functions.join("fish_right_prompt.fish"), recipe("fish")).unwrap();
        let said = prompter.shows("fish", &["-c", "fish_right_prompt; true"], "", &prompter.project());
        assert!(said.starts_with(sign), "{said}");
        assert_eq!(prompter.shows("fish", &["-c", "fish_right_prompt; true"], "", &prompter.0.home()), "\n");
    }
}

#[test]
fn tmux_shows_it_in_its_status_line() {
    needs!(Tmux);
    for (prompter, sign) in verdicts() {
        let configuration = prompter.0.home().join(".tmux.conf");
        fs::write(&configuration, recipe("tmux")).unwrap();
        let tmux = |server: &str, arguments: &[&str]| {
            let socket = prompter.0.home().join(server);
            let always = ["-u", "-S", socket.to_str().unwrap(), "-f", configuration.to_str().unwrap()];
            prompter.shows("tmux", &[&always[..], arguments].concat(), "", Path::new("/"))
        };
        // The terminal of one tmux is the other, so that there is a screen to look at.
        tmux("inner", &["new-session", "-d", "sleep 60"]);
        let attach = format!("env -u TMUX tmux -u -S {}/inner attach", prompter.0.home().display());
        tmux("outer", &["new-session", "-d", "-x", "80", "-y", "10", &attach]);
        let (deadline, mut said) = (Instant::now() + Duration::from_secs(30), String::new());
        while !said.contains(sign.trim_end()) && Instant::now() < deadline {
            said = tmux("outer", &["capture-pane", "-p"]);
            thread::sleep(Duration::from_millis(50));
        }
        let interval = tmux("inner", &["show", "-gv", "status-interval"]);
        tmux("outer", &["kill-server"]);
        tmux("inner", &["kill-server"]);
        assert!(said.contains(sign.trim_end()) && interval == "15\n", "{said}");
    }
}

#[test]
fn the_command_for_powershell_is_one_line_without_signs() {
    let recipe = recipe("PowerShell");
    let command = recipe.lines().find_map(|line| line.trim().strip_prefix("$zoom = ")).unwrap();
    for (prompter, line) in [(Prompter::new(3000), "valid 49m "), (Prompter::new(-10), "expired 0s ")] {
        let command = format!("{}; true", command.replace("$null", "/dev/null"));
        let said = prompter.shows("sh", &["-c", &command], "", &prompter.project());
        assert!(said.starts_with(line) && said.is_ascii() && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn starship_has_a_command_that_prints_it_and_succeeds() {
    let recipe: toml::Table = recipe("starship").parse().unwrap();
    let module = &recipe["custom"]["zoom"];
    assert!(module["format"].as_str().unwrap().contains("$output") && module["when"].as_bool() == Some(true));
    assert_eq!(module["shell"].as_array().unwrap()[0].as_str(), Some("sh"));
    for (prompter, sign) in verdicts() {
        // Starship hands the command to the standard input of such a shell.
        let command = module["command"].as_str().unwrap();
        assert!(prompter.shows("sh", &[], command, &prompter.project()).starts_with(sign));
        assert_eq!(prompter.shows("sh", &[], command, &prompter.0.home()), "\n");
    }
}

#[test]
fn waybar_has_a_command_that_prints_json_and_succeeds() {
    let recipe: Value = serde_json::from_str(&recipe("waybar")).unwrap();
    let module = &recipe["custom/zoom"];
    assert_eq!(module["return-type"], "json");
    for ((prompter, sign), class) in verdicts().into_iter().zip(["valid", "expired"]) {
        let command = module["exec"].as_str().unwrap();
        let said = prompter.shows("sh", &["-c", command], "", Path::new("/"));
        let shown: Value = serde_json::from_str(&said).unwrap();
        assert!(shown["text"].as_str().unwrap().starts_with(sign), "{said}");
        assert_eq!(shown["class"], class);
        assert!(shown["tooltip"].as_str().unwrap().starts_with(&format!("Zoom {class} ")));
    }
}

#[test]
fn claude_code_has_a_command_that_prints_it_whatever_it_is_sent() {
    let recipe: Value = serde_json::from_str(&recipe("Claude Code")).unwrap();
    let line = &recipe["statusLine"];
    assert_eq!(line["type"], "command");
    for (prompter, sign) in verdicts() {
        let command = line["command"].as_str().unwrap();
        let session = r#"{"model":{"display_name":"Some"},"workspace":{"current_dir":"/"}}"#;
        let said = prompter.shows("sh", &["-c", command], session, &prompter.project());
        assert!(said.starts_with(&format!("Zoom {sign}")) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn the_page_has_a_row_for_every_field_in_the_order_of_the_program() {
    let page = read("docs/prompt.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `{")?.split_once("}`"));
    let fields: Vec<String> = rows.map(|(name, _)| format!("{{{name}}}")).collect();
    let help = crate::support::Home::empty().run(["check", "--help"]).expect(0).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains(&fields.join(" ")), "{fields:?}: {help}");
}
