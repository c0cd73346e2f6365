//! docs/failures.md says what is printed: each answer of the token endpoint is tried on the program and compared, and
//! what an agent is told is what the tests of the server hold it to.

use crate::mcp::errors as mcp_errors;
use crate::support::pages::{quoted, read, root, rows};
use crate::support::rows::{every, rows as answers, tree};

/// Whether a text is the one of the page, in which `…` stands for what is different each time.
fn is_told(text: &str, page: &str) -> bool {
    let mut parts = page.split('…');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap()) else { return false };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

#[test]
fn every_answer_of_the_token_endpoint_is_reported_as_the_page_says() {
    let page = read("docs/failures.md");
    let mut told = rows(&page, "### Transient failures");
    told.extend(rows(&page, "### What Zoom refuses"));
    let answers = answers();
    let names: Vec<&str> = told.iter().map(|cells| cells[0].as_str()).collect();
    assert_eq!(names, answers.iter().map(|row| row.name).collect::<Vec<_>>());
    every(&answers, |row| {
        let cells = told.iter().find(|cells| cells[0] == row.name).unwrap();
        let [_, requests, code, words] = &cells[..] else { panic!("{cells:?}") };
        assert_eq!((requests, code), (&row.posts.to_string(), &row.code.to_string()), "{}", row.name);
        let (_, ended) = row.holds_for(&["get"]);
        let said = ended.stderr.trim_end().strip_prefix("zoomtok: ").unwrap();
        assert!(is_told(said, quoted(words)[0]), "{}\nsays: {said}\npage: {words}", row.name);
    });
}

#[test]
fn every_failure_under_mcp_is_reported_as_the_page_says() {
    let told = rows(&read("docs/failures.md"), "## Zoom, asked by a tool of the MCP server");
    let failures = mcp_errors::messages();
    let names: Vec<&str> = told.iter().map(|cells| cells[0].as_str()).collect();
    assert_eq!(names, failures.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
    for (cells, (name, [calls, exchanges], says)) in told.iter().zip(failures) {
        let [_, called, asked, words] = &cells[..] else { panic!("{cells:?}") };
        assert_eq!([called, asked], [&calls.to_string(), &exchanges.to_string()], "{name}");
        let mut rest = words.as_str();
        for part in says {
            let at = rest
                .find(part)
                .unwrap_or_else(|| panic!("{name}: {part:?} is not there, or not there: {words}"));
            rest = &rest[at + part.len()..];
        }
        assert_eq!(words == "it succeeds", says.is_empty(), "{name}");
    }
}

/// The other tables name a test each; here the codes are those of docs/reference.md, and the words stand in the sources.
#[test]
fn the_other_codes_and_words_are_those_of_the_program() {
    let (page, reference) = (read("docs/failures.md"), read("docs/reference.md"));
    let sources: Vec<String> =
        tree(&root().join("src")).iter().filter(|path| path.is_file()).map(read).collect();
    let of_system = ["Permission denied", "Read-only file system"];
    let mut told = 0;
    let mut is_said = |words: &str| {
        let parts = quoted(words).into_iter().flat_map(|words| words.split('…')).map(str::trim);
        for part in parts.filter(|part| part.len() > 2 && !of_system.iter().any(|said| part.contains(said))) {
            assert!(sources.iter().any(|source| source.contains(part)), "{part:?} is in no source");
            told += 1;
        }
    };
    for heading in [
        "## Logging in and out",
        "## The gateway",
        "## The disk",
        "## Settings, flags and the lock",
        "## Claude Desktop",
    ] {
        for cells in rows(&page, heading) {
            let [_, code, _, words, _] = &cells[..] else { panic!("{cells:?}") };
            let is_code = |cell: &str| cell.split(", ").any(|one| one.trim() == code);
            assert!(reference.lines().any(|line| line.split('|').nth(1).is_some_and(is_code)), "{cells:?}");
            is_said(words);
        }
    }
    for heading in ["### Before Zoom is asked", "### What a gateway answers"] {
        for cells in rows(&page, heading) {
            is_said(&cells[1]);
        }
    }
    assert!(told > 25, "{told}");
}
