//! Every place in the sources that opens, makes, moves or removes a file is on the list in docs/files.md, with the reason
//! why it is safe; a new one is not without being put there.

use std::collections::BTreeMap;

use crate::support::pages::{quoted, read, rows};
use crate::support::sources::{SOURCES, Source};

/// The calls that open, make, move or remove something by its path, or in a directory.
const CALLS: [&str; 22] = [
    "File::open(",
    "File::options(",
    "File::create(",
    "OpenOptions::new(",
    "DirBuilder::new(",
    "fs::read(",
    "fs::read_to_string(",
    "fs::read_dir(",
    "fs::write(",
    "fs::copy(",
    "fs::rename(",
    "fs::hard_link(",
    "fs::remove_file(",
    "fs::remove_dir_all(",
    "fs::create_dir(",
    "fs::create_dir_all(",
    "fs::openat(",
    "fs::mkdirat(",
    "fs::renameat(",
    "fs::unlinkat(",
    "tempfile::tempdir(",
    "tempfile_in(",
];

/// The code of a source outside of its tests and comments.
fn without_tests(text: &str) -> String {
    let end = ["#[cfg(test)]\nmod ", "#[cfg(all(test"].iter().filter_map(|test| text.find(test)).min();
    let lines = text[..end.unwrap_or(text.len())].lines();
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_open_is_on_the_list() {
    let mut found = BTreeMap::new();
    let is_of_the_program =
        |source: &&Source| source.path.starts_with("src/") && !source.path.contains("/tests");
    for source in SOURCES.iter().filter(is_of_the_program) {
        let text = without_tests(&source.text);
        for call in CALLS {
            let times = text.matches(call).count();
            if times > 0 {
                found.insert((source.module(), call.trim_end_matches('(').to_owned()), times);
            }
        }
    }
    let listed: BTreeMap<_, usize> = rows(&read("docs/files.md"), "## How they are opened")
        .iter()
        .map(|cells| {
            let module = quoted(&cells[0])[0].to_owned();
            let call = quoted(&cells[1])[0].to_owned();
            assert!(cells[3].len() > 20, "why is {module} safe?");
            ((module, call), cells[2].parse().unwrap())
        })
        .collect();
    assert!(found.len() > 10, "{found:?}");
    assert_eq!(found, listed);
}
