//! `zoomtok setup`: the whole story, by flags and by somebody who types, and all of it taken back.

use std::fs;
use std::path::PathBuf;

use zoomtok::sandbox::{ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, Sandbox};

use crate::login::pointed;
use crate::login::terminal::Typist;
use crate::service::{shows, unit, with_systemctl};
use crate::support::{Home, mode, sandbox};

/// A home without a `.env`, with a systemctl and these clients in it.
fn world(clients: &[&str]) -> (Sandbox, Home) {
    let sandbox = sandbox();
    let (home, _) = with_systemctl(pointed(&sandbox, Home::empty()));
    for client in clients {
        fs::create_dir_all(directory(&home, client)).unwrap();
    }
    (sandbox, home)
}

fn directory(home: &Home, name: &str) -> PathBuf {
    home.work().with_file_name(name)
}

fn cursor(home: &Home) -> PathBuf {
    directory(home, ".cursor").join("mcp.json")
}

/// All that is not the program's own state or a log.
fn written(home: &Home) -> Vec<PathBuf> {
    let places = [home.env_path(), cursor(home), unit(home, "zoomtok-watch")];
    places.into_iter().filter(|path| path.exists()).collect()
}

/// The credentials of the sandbox's app, in the environment.
fn with_app(mut home: Home) -> Home {
    home.set("ZOOM_ACCOUNT_ID", ACCOUNT_ID)
        .set("ZOOM_CLIENT_ID", CLIENT_ID)
        .set("ZOOM_CLIENT_SECRET", CLIENT_SECRET);
    home
}

#[test]
fn flags_answer_every_question() {
    let (sandbox, home) = world(&[".cursor", ".codex"]);
    let home = with_app(home);
    let flags = ["setup", "--server-to-server", "--client", "cursor", "--service"];
    let ended = home.run(flags).expect(0);
    shows(
        &ended,
        &[
            "✅ Logged in",
            "✅ Cursor: mcpServers.zoom added",
            "✅ zoomtok-watch runs",
            "🔍 What doctor finds:",
        ],
    );
    assert_eq!(mode(&home.env_path()), 0o600);
    assert!(fs::read_to_string(cursor(&home)).unwrap().contains("\"mcp\""));
    assert!(!directory(&home, ".codex").join("config.toml").exists());
    assert_eq!(sandbox.token_requests().len(), 1);

    // Again it finds all of it, and asks Zoom for nothing.
    let again = home.run(["setup", "--client", "cursor", "--service"]).expect(0);
    shows(&again, &["has all that a login needs", "nothing to do"]);
    assert_eq!(sandbox.token_requests().len(), 1);
}

#[test]
fn without_a_terminal_nothing_is_asked_and_nothing_is_written() {
    let (sandbox, home) = world(&[".cursor"]);
    home.run(["setup"]).expect(3);
    let home = with_app(home);
    home.run(["setup"]).expect(2).says(&["--client or --no-clients, or --yes"]);
    home.run(["setup", "--no-clients"]).expect(2).says(&["--service or --no-service, or --yes"]);
    assert_eq!(written(&home), Vec::<PathBuf>::new());
    assert_eq!(sandbox.token_requests().len(), 0);
}

#[test]
fn a_login_that_zoom_refuses_ends_it_before_anything_is_written() {
    let (_sandbox, home) = world(&[".cursor"]);
    let mut home = with_app(home);
    home.set("ZOOM_CLIENT_SECRET", "aSecretThatIsNotTheSandboxsOwn00");
    home.run(["setup", "--yes"]).expect(4);
    assert_eq!(written(&home), Vec::<PathBuf>::new());
}

#[test]
fn all_of_it_is_taken_back_but_the_file() {
    let (_sandbox, home) = world(&[".cursor"]);
    let home = with_app(home);
    let before = "{\n  \"mcpServers\": {\n    \"files\": {\"command\": \"files\", \"args\": [\"secret-of-files\"]}\n  }\n}\n";
    fs::write(cursor(&home), before).unwrap();
    home.run(["setup", "--yes", "--service"]).expect(0);
    home.run(["client", "wrap", "files"]).expect(0);
    let text = home.env_text();
    home.run(["setup", "--undo"]).expect(2).says(&["--yes"]);
    let ended = home.run(["setup", "--undo", "--yes"]).expect(0);
    shows(
        &ended,
        &["mcpServers.zoom is gone", "files is as it was", "zoomtok-watch was stopped", "stays as it is"],
    );
    assert_eq!(fs::read_to_string(cursor(&home)).unwrap(), before);
    assert_eq!(home.env_text(), text);
    assert!(!unit(&home, "zoomtok-watch").exists());
    home.run(["get"]).expect(0);
}

#[test]
fn a_server_for_another_env_file_stays() {
    let (_sandbox, home) = world(&[".cursor"]);
    let home = with_app(home);
    home.run(["setup", "--yes", "--no-service"]).expect(0);
    let other = home.work().join("other.env");
    home.is_for_secrets(&other);
    fs::copy(home.env_path(), &other).unwrap();
    let entry = fs::read_to_string(cursor(&home)).unwrap();
    home.run(["setup", "--undo", "--yes", "--env-file", "other.env"]).expect(0);
    assert_eq!(fs::read_to_string(cursor(&home)).unwrap(), entry);
}

#[test]
fn whoever_types_answers_first_and_sees_it_done_then() {
    let (sandbox, home) = world(&[".cursor", ".codex"]);
    let mut typist = Typist::start(&home, &["setup"]);
    typist.answers("(2) a Server-to-Server OAuth app? [1] ", "2");
    typist.answers("Account ID: ", ACCOUNT_ID);
    typist.answers("Client ID: ", CLIENT_ID);
    typist.until("Client Secret (is not shown): ");
    typist.until_silent();
    typist.types(&format!("{CLIENT_SECRET}\n"));
    typist.answers("all or none [all] ", "5");
    typist.answers("Type numbers", "1");
    typist.until("also while no client runs? [y/N] ");
    assert_eq!(written(&home), Vec::<PathBuf>::new(), "nothing is written before the last answer");
    assert_eq!(sandbox.token_requests().len(), 0);
    typist.types("n\n");
    let shown = typist.end(0);
    assert!(shown.contains("✅ Logged in") && shown.contains("🔍 What doctor finds:"), "{shown}");
    assert_eq!(written(&home).len(), 2, "{shown}");
}

#[test]
fn whoever_has_logged_in_as_a_user_chooses_the_server_and_is_asked_again_after_a_slip() {
    let sandbox = sandbox();
    let (home, _) = with_systemctl(Home::of_user(&sandbox, ""));
    fs::create_dir_all(directory(&home, ".cursor")).unwrap();
    let mut typist = Typist::start(&home, &["setup"]);
    typist.answers("all or none [all] ", "all");
    typist.answers("(2) Zoom's hosted MCP server? [1] ", "3");
    typist.answers("Type 1 or 2", "2");
    typist.answers("also while no client runs? [y/N] ", "perhaps");
    typist.answers("Type y or n", "No");
    let shown = typist.end(0);
    assert!(shown.contains("✅ Cursor: mcpServers.zoom added"), "{shown}");
    let entry: serde_json::Value = serde_json::from_str(&fs::read_to_string(cursor(&home)).unwrap()).unwrap();
    let args = entry["mcpServers"]["zoom"]["args"].as_array().unwrap();
    assert_eq!(args[..3], ["gateway", "--url", "zoom"]);
    assert_eq!(written(&home).len(), 2);

    // An undo is asked about as well.
    let mut typist = Typist::start(&home, &["setup", "--undo"]);
    typist.answers("forget what is remembered of it?", "n");
    assert!(typist.end(1).contains("Nothing was removed"));
    assert!(fs::read_to_string(cursor(&home)).unwrap().contains("zoom"));
}

#[test]
fn an_interrupt_at_a_question_leaves_everything_as_it_was() {
    for answered in 0..2 {
        let (sandbox, home) = world(&[".cursor"]);
        let home = with_app(home);
        let mut typist = Typist::start(&home, &["setup"]);
        let questions = ["all or none [all] ", "also while no client runs? [y/N] "];
        for question in &questions[..answered] {
            typist.answers(question, "");
        }
        typist.until(questions[answered]);
        typist.types("\u{3}");
        typist.end(130);
        assert_eq!(written(&home), Vec::<PathBuf>::new());
        assert_eq!(sandbox.token_requests().len(), 0);
    }
}
