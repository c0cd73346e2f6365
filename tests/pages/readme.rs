//! The README says how to try and to test the program; docs/reference.md has its commands, variables and exit codes, docs/mcp.md its
//! tools and docs/policies.md its policies.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use zoomtok::settings::NAMES;

use crate::support::Home;
use crate::support::mcp_session::Session;
use crate::support::pages::{commands as listed, read};

/// The part of the reference under a heading.
fn section(heading: &str) -> String {
    let page = read("docs/reference.md");
    let start = page.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let section = &page[start + 1..];
    section[..section.find("\n## ").unwrap_or(section.len())].to_owned()
}

/// The first cells of the rows of the tables in a text.
fn first_cells(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| Some(line.strip_prefix("| ")?.split('|').next()?.trim().to_owned()))
        .collect()
}

/// The blocks of code in a text, each with its language.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    text.split("\n```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap()).collect()
}

#[test]
fn the_first_screen_runs_the_demo_and_the_tests_that_ci_runs() {
    let readme = read("README.md");
    let blocks: Vec<&str> =
        readme.split("```").skip(1).step_by(2).map(|block| block.trim_start_matches("sh").trim()).collect();
    assert_eq!(blocks[0], "cargo run --release -- demo");
    let ci = read(".ci/run");
    assert!(ci.lines().any(|line| line.trim() == blocks[1]), "{} is not a line of .ci/run", blocks[1]);
}

#[test]
fn every_variable_is_in_the_settings_and_in_the_help() {
    let (settings, help) = (section("Settings"), Home::empty().run(["--help"]).expect(0).stdout);
    for name in NAMES.iter().chain(&["ZOOM_ENV_FILE"]) {
        assert!(
            first_cells(&settings).iter().any(|cell| cell.contains(&format!("`{name}`"))),
            "{name}: docs/reference.md"
        );
        let written_by_zoomtok = ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT"].contains(name);
        assert!(written_by_zoomtok || help.contains(name), "{name}: help");
    }
}

#[test]
fn every_command_is_in_the_table() {
    let (commands, help) = (section("Commands"), Home::empty().run(["--help"]).expect(0).stdout);
    let names = listed(&help);
    assert!(names.contains(&"get") && names.len() > 5, "{names:?}");
    for name in names {
        assert!(commands.contains(&format!("zoomtok {name}")), "{name}");
    }
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let help = Home::empty().run(["--help"]).expect(0).stdout;
    let of_help: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Exit status:")
        .skip(1)
        .filter_map(|line| line.split_whitespace().next().filter(|word| word.parse::<u8>().is_ok()))
        .take(9)
        .collect();
    let of_page: Vec<String> = first_cells(&section("Exit codes")).into_iter().skip(1).collect();
    assert_eq!(of_page[..9], of_help);
    assert_eq!(of_page[9..], ["126, 127", "129, 130, 143"]);
}

/// The row of a tool: its name, its arguments, and what clients are told of it.
fn row(tool: &Value) -> (String, BTreeSet<String>, &str) {
    let (input, hints) = (&tool["inputSchema"], &tool["annotations"]);
    let required: Vec<&str> =
        input["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let arguments = input["properties"].as_object().into_iter().flatten().map(|(name, _)| {
        let optional = if required.contains(&name.as_str()) { "" } else { "?" };
        format!("`{name}{optional}`")
    });
    let hint = match (&hints["readOnlyHint"], &hints["destructiveHint"]) {
        (Value::Bool(true), Value::Bool(false)) => "read-only",
        (Value::Bool(false), Value::Bool(true)) => "destructive",
        (Value::Bool(false), Value::Bool(false)) => "writes",
        hints => panic!("{hints:?}"),
    };
    (format!("`{}`", tool["name"].as_str().unwrap()), arguments.collect(), hint)
}

#[test]
fn the_tools_are_those_that_the_server_lists() {
    let server = read("docs/mcp.md");
    let rows: Vec<Vec<&str>> = server
        .lines()
        .skip_while(|line| !line.starts_with("| tool |"))
        .skip(2)
        .map_while(|line| Some(line.strip_prefix("| ")?.split('|').map(str::trim).collect()))
        .collect();
    let of_page: Vec<_> = rows
        .iter()
        .map(|cells| {
            let arguments = cells[1].split(", ").filter(|name| !name.is_empty()).map(str::to_owned);
            (cells[0].to_owned(), arguments.collect(), cells[3])
        })
        .collect();
    let home = Home::with_env("");
    let listed = Session::start(&home, &[]).ask("tools/list", &json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap();
    assert_eq!(of_page, tools.iter().map(row).collect::<Vec<_>>());
}

#[test]
fn the_policies_are_valid_and_the_commands_on_them_say_what_is_shown() {
    let (home, page) = (Home::empty(), read("docs/policies.md"));
    let (mut policies, mut commands) = (0, 0);
    for (language, text) in blocks(&page) {
        if language == "json" && text.contains("\"version\"") {
            policies += 1;
            let is_the_first = text == read("policies/zoom_refresh_token.json").trim_end();
            assert_eq!(is_the_first, policies == 1, "{text}");
            fs::write(home.work().join("policy.json"), text).unwrap();
            home.run(["policy", "check", "policy.json"]).expect(0).quietly();
        }
        if language == "yaml" {
            fs::write(home.work().join("intercept.yaml"), text).unwrap();
        }
        for shown in text.split("$ zoomtok ").skip(1).filter(|_| language == "console") {
            commands += 1;
            let (command, said) = shown.split_once('\n').unwrap();
            let ended = home.run(shell_words::split(command).unwrap());
            assert_eq!(ended.quietly().stdout.trim_end(), said.trim_end(), "{command}");
        }
    }
    assert_eq!((policies, commands), (2, 3));
}

#[test]
fn the_entries_for_other_clients_have_absolute_paths_and_flags_that_there_are() {
    let server = read("docs/mcp.md");
    let mut names = Vec::new();
    for (_, text) in blocks(&server).into_iter().filter(|(_, text)| text.contains("\"command\"")) {
        let configuration: Value = serde_json::from_str(text).unwrap();
        for (name, servers) in configuration.as_object().unwrap() {
            let entry = &servers["zoom"];
            let arguments: Vec<&str> =
                entry["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect();
            for path in arguments[1..].iter().skip(1).step_by(2).chain(&entry["command"].as_str()) {
                assert!(path.starts_with("/home/you/") || path.starts_with("C:\\Users\\you\\"), "{path}");
            }
            Home::empty().run([&arguments[..], &["--help"]].concat()).expect(0).quietly();
            names.push(name.clone());
        }
    }
    assert_eq!(names, ["mcpServers", "servers"]);
}
