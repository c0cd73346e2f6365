//! The tests and constants that the pages name, found in the sources by their names alone: a page does not change when a
//! file moves.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use crate::support::pages::root;
use crate::support::rows::tree;

/// A source of the program or of its tests.
pub(crate) struct Source {
    /// As in `src/store/state.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// As in `store::state`.
    pub(crate) fn module(&self) -> String {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path).strip_suffix(".rs").unwrap();
        path.strip_suffix("/mod").unwrap_or(path).replace('/', "::")
    }

    /// Whether it is part of the program, and its constants are none of a sandbox, a demo or a test.
    fn is_of_the_program(&self) -> bool {
        let made_up = ["src/sandbox", "demo", "tests", "oracle"];
        self.path.starts_with("src/") && !made_up.iter().any(|part| self.path.contains(part))
    }

    fn tests(&self) -> Vec<&str> {
        let mut is_test = false;
        let mut names = Vec::new();
        for line in self.text.lines().map(str::trim) {
            if line == "#[test]" || line.starts_with("#[tokio::test") {
                is_test = true;
            } else if let Some(at) = line.find("fn ").filter(|_| is_test && !line.starts_with("#[")) {
                names.extend(line[at + 3..].split('(').next());
                is_test = false;
            }
        }
        names
    }

    /// The names of the constants that are not local to a function or a type, with what follows the name.
    pub(crate) fn constants(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.text.lines().filter(|_| self.is_of_the_program());
        lines.filter_map(|line| {
            let (before, rest) = line.split_once("const ")?;
            let is_global = before.is_empty() || before.starts_with("pub");
            rest.split_once(": ").filter(|_| is_global)
        })
    }
}

pub(crate) static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let paths = ["src", "tests"].map(|directory| tree(&root().join(directory))).concat();
    let sources = paths.iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs"));
    sources
        .map(|path| Source {
            path: path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"),
            text: fs::read_to_string(path).unwrap(),
        })
        .collect()
});

/// The sources with a test of each name.
static TESTS: LazyLock<BTreeMap<&str, Vec<&Source>>> = LazyLock::new(|| {
    let mut sources = BTreeMap::<_, Vec<_>>::new();
    for source in &*SOURCES {
        for name in source.tests() {
            sources.entry(name).or_default().push(source);
        }
    }
    sources
});

/// The one source with a test of this name.
pub(crate) fn source_of_test(name: &str) -> Result<&'static Source, String> {
    match TESTS.get(name).map_or(&[][..], |sources| sources) {
        [source] => Ok(source),
        [] => Err(format!("there is no test {name}")),
        sources => {
            let paths: Vec<&str> = sources.iter().map(|source| &*source.path).collect();
            Err(format!("several tests are called {name}: {paths:?}"))
        }
    }
}

/// The sources with a constant of each name.
static CONSTANTS: LazyLock<BTreeMap<&str, Vec<&Source>>> = LazyLock::new(|| {
    let mut sources = BTreeMap::<_, Vec<_>>::new();
    for source in &*SOURCES {
        for (name, _) in source.constants() {
            sources.entry(name).or_default().push(source);
        }
    }
    sources
});

/// The one source that a constant is in: `NAME`, or where several have that name `module::NAME`, with as many modules as tell
/// them apart.
pub(crate) fn source_of_constant(reference: &str) -> Result<&'static Source, String> {
    let (module, name) = reference.rsplit_once("::").unwrap_or(("", reference));
    let is_in = |source: &&&Source| {
        let path = source.module();
        module.is_empty() || path == module || path.ends_with(&format!("::{module}"))
    };
    let sources: Vec<_> = CONSTANTS.get(name).into_iter().flatten().filter(is_in).collect();
    match sources[..] {
        [source] => Ok(source),
        [] => Err(format!("there is no constant {reference}")),
        _ => {
            let modules: Vec<String> = sources.iter().map(|source| source.module()).collect();
            Err(format!("several constants are called {reference}; say of which module: {modules:?}"))
        }
    }
}
