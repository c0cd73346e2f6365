//! The README says what the program does: its commands, variables, exit codes, and how it is tested.

use std::fs;
use std::path::Path;

use zoomtok::settings::NAMES;

use crate::support::Home;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The part of the README under a heading.
fn section(heading: &str) -> String {
    let readme = read("README.md");
    let start = readme.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let section = &readme[start + 1..];
    section[..section.find("\n## ").unwrap_or(section.len())].to_owned()
}

/// The first cells of the rows of the tables in a text.
fn first_cells(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| Some(line.strip_prefix("| ")?.split('|').next()?.trim().to_owned()))
        .collect()
}

#[test]
fn the_first_screen_runs_the_demo_and_the_tests_that_ci_runs() {
    let readme = read("README.md");
    let blocks: Vec<&str> =
        readme.split("```").skip(1).step_by(2).map(|block| block.trim_start_matches("sh").trim()).collect();
    assert_eq!(blocks[0], "cargo run --release -- demo");
    let ci = read(".ci/run");
    assert!(ci.lines().any(|line| line == blocks[1]), "{} is not a line of .ci/run", blocks[1]);
}

#[test]
fn every_variable_is_in_the_settings_and_in_the_help() {
    let (settings, help) = (section("Settings"), Home::empty().run(["--help"]).expect(0).stdout);
    for name in NAMES.iter().chain(&["ZOOM_ENV_FILE"]) {
        assert!(
            first_cells(&settings).iter().any(|cell| cell.contains(&format!("`{name}`"))),
            "{name}: README"
        );
        let written_by_zoomtok = ["ZOOM_ACCESS_TOKEN", "ZOOM_TOKEN_EXPIRES_AT"].contains(name);
        assert!(written_by_zoomtok || help.contains(name), "{name}: help");
    }
}

#[test]
fn every_command_is_in_the_table() {
    let (commands, help) = (section("Commands"), Home::empty().run(["--help"]).expect(0).stdout);
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<&str> = listed.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"get") && names.len() > 5, "{names:?}");
    for name in names.iter().filter(|name| **name != "help") {
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
    let of_readme: Vec<String> = first_cells(&section("Exit codes")).into_iter().skip(1).collect();
    assert_eq!(of_readme[..9], of_help);
    assert_eq!(of_readme[9..], ["126, 127", "130, 143"]);
}
