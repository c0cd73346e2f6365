//! The pages are about what is there: the tests, constants, modules and files that they name,
//! and the pages that they link to.

pub(crate) mod failures;
pub(crate) mod files;
pub(crate) mod numbers;
pub(crate) mod opens;

use std::path::{Path, PathBuf};

use crate::support::pages::{pages, quoted, read, root, rows};
use crate::support::sources::{SOURCES, source_of_constant, source_of_test};

/// Whether this is written as tests are named, and as little else is: three words or more.
fn is_like_a_test(quoted: &str) -> bool {
    quoted.matches('_').count() >= 2
        && quoted.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The cells of a page's tables below `shown by`.
fn shown_by(page: &str) -> Vec<String> {
    let mut at = None;
    let mut cells = Vec::new();
    for line in page.lines() {
        let line = line.replace("\\|", "");
        let mut row = line.trim_matches('|').split('|').map(str::trim);
        if !line.starts_with('|') {
            at = None;
        } else if let Some(at) = at {
            cells.extend(
                row.nth(at).filter(|cell| !cell.is_empty() && !cell.starts_with("---")).map(str::to_owned),
            );
        } else {
            at = row.position(|cell| cell == "shown by");
        }
    }
    cells
}

#[test]
fn every_test_that_a_page_names_exists() {
    let (mut named, mut shown) = (0, 0);
    for page in pages() {
        let text = read(&page);
        for cell in shown_by(&text) {
            shown += 1;
            assert!(!quoted(&cell).is_empty(), "{}: nothing is named: {cell}", page.display());
            for name in quoted(&cell).into_iter().filter(|name| is_like_a_test(name)) {
                source_of_test(name).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
            }
        }
        // Tools, arguments and events of several words are words of the program.
        let is_a_word = |name: &str| {
            let word = format!("\"{name}\"");
            let mut sources = SOURCES.iter().filter(|source| source.path.starts_with("src/"));
            name == "zoom_refresh_token"
                || page != Path::new("docs/reliability.md")
                    && sources.any(|source| source.text.contains(&word))
        };
        for name in quoted(&text).into_iter().filter(|name| is_like_a_test(name) && !is_a_word(name)) {
            source_of_test(name).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
            named += 1;
        }
    }
    assert!(named > 300 && shown > 60, "{named}, {shown} in tables");
}

#[test]
fn no_page_names_the_file_of_a_test_or_a_constant() {
    for page in pages() {
        for reference in quoted(&read(&page)) {
            let names_file = reference.contains(".rs::")
                || reference.starts_with("tests/") && page != Path::new("docs/architecture.md");
            assert!(!names_file, "{}: {reference}: name the test or the constant alone", page.display());
        }
    }
}

#[test]
fn every_constant_that_a_page_names_exists() {
    let mut named = 0;
    for page in pages() {
        let text = read(&page);
        let is_constant = |reference: &&str| {
            let (modules, name) = reference.rsplit_once("::").unwrap_or_default();
            !modules.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase())
        };
        for reference in quoted(&text).into_iter().filter(is_constant) {
            source_of_constant(reference).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
            named += 1;
        }
    }
    // The page of numbers also names constants that no other module has; its own test holds those.
    assert!(named >= 4, "{named}");
}

/// What GitHub makes of a heading, to link to.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_matches(['#', ' ']).to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut links = 0;
    for page in pages() {
        let text = read(&page);
        // Not from blocks of code.
        let prose: Vec<&str> = text.split("\n```").step_by(2).collect();
        for target in prose.iter().flat_map(|part| part.split("](").skip(1)) {
            let target = target.split(')').next().unwrap();
            if target.contains("://") {
                continue;
            }
            links += 1;
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = root().join(&page).parent().unwrap().join(file);
            let path = if file.is_empty() { root().join(&page) } else { path };
            assert!(path.exists(), "{}: {target}", page.display());
            let is_heading = |line: &str| line.starts_with('#') && anchor(line) == heading;
            assert!(
                heading.is_empty() || read(&path).lines().any(is_heading),
                "{}: {target}",
                page.display()
            );
        }
    }
    assert!(links > 20, "{links}");
}

#[test]
fn the_changelogs_tell_of_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    assert!(read("CHANGELOG.md").lines().any(|line| line.starts_with(&format!("## {version}"))));
    assert!(read("contrib/debian/changelog").starts_with(&format!("zoomtok ({version}-1)")));
}

#[test]
fn every_page_is_in_the_index_and_the_readme_links_to_it() {
    assert!(read("README.md").contains("](docs/README.md)"));
    let index = read("docs/README.md");
    let is_listed =
        |page: &PathBuf| ![Path::new("README.md"), Path::new("docs/README.md")].contains(&page.as_path());
    for page in pages().iter().filter(|page| is_listed(page)) {
        let link = match page.strip_prefix("docs") {
            Ok(name) => format!("]({})", name.display()),
            Err(_) => format!("](../{})", page.display()),
        };
        assert!(index.contains(&link), "{} is not in docs/README.md", page.display());
    }
}

#[test]
fn the_figures_of_the_claims_are_those_of_the_tests() {
    let page = read("docs/reliability.md");
    let figures = rows(&page, "## The figures");
    for cells in &figures {
        let [figure, _, place] = &cells[..] else { panic!("{cells:?}") };
        let [test, snippet] = quoted(place)[..] else { panic!("{place}") };
        let source = source_of_test(test).unwrap();
        assert!(source.text.contains(snippet), "{figure}: {snippet} is not in {}", source.path);
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        assert!(digits(snippet).contains(&digits(figure)), "{figure}: {snippet}");
    }
    assert!(figures.len() >= 10);
    let claims = page
        .lines()
        .filter(|line| line.starts_with("## ") && line[3..].starts_with(|c: char| c.is_ascii_digit()));
    assert_eq!(claims.count(), 34);
    let rows = (crate::support::rows::transient().len(), crate::support::rows::refused().len());
    let told = format!("{} transient failures and {} verdicts", rows.0, rows.1);
    assert!(page.contains(&told), "docs/reliability.md does not say: {told}");
}
