//! The pages and the files of the repository, for tests that compare them with the program.

use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(name: impl AsRef<Path>) -> String {
    let name = name.as_ref();
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{}: {error}", name.display()))
}

/// The cells of the rows below a heading of this text, without the heads of the tables.
pub(crate) fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, below) = page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let end = below.find("\n#").unwrap_or(below.len());
    let lines: Vec<&str> = below[..end].lines().collect();
    let is_body = |at: usize| {
        lines[at].starts_with("| ") && !lines.get(at + 1).is_some_and(|next| next.starts_with("|---"))
    };
    let cells = |line: &str| {
        let inner = line.trim_matches('|').replace("\\|", "\u{0}");
        inner.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
    };
    (0..lines.len()).filter(|at| is_body(*at)).map(|at| cells(lines[at])).collect()
}

/// The texts between single backquotes.
pub(crate) fn quoted(text: &str) -> Vec<&str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// The pages that all of this is about.
pub(crate) fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        ["README.md", "CHANGELOG.md", "SECURITY.md", "benches/README.md"].map(Into::into).into();
    let files = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    pages.extend(
        files
            .map(|name| Path::new("docs").join(name))
            .filter(|page| page.extension().is_some_and(|kind| kind == "md")),
    );
    pages.sort();
    pages
}

/// The commands that a help lists, but for `help` itself.
pub(crate) fn commands(help: &str) -> Vec<&str> {
    let listed = help.lines().skip_while(|line| *line != "Token:").take_while(|line| *line != "Options:");
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    names.filter(|name| *name != "help").collect()
}
