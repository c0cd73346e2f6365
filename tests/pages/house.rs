//! The house: its rooms, the arrows between them, and what keeps each file easy to read.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

use crate::support::pages::{quoted, read, root, rows};
use crate::support::sources::SOURCES;

/// No file has more lines.
const MOST_LINES: usize = 400;

/// Half of the files have fewer lines.
const MEDIAN_LINES: usize = 130;

/// The path of a module or of something in it, from the root of the crate on.
type ModulePath = Vec<String>;

/// The imports of a source file, and its exports of other files.
#[derive(Default)]
struct Imports {
    /// The module that is being read.
    module: ModulePath,
    used: BTreeSet<ModulePath>,
    /// Names that this module has from elsewhere.
    exported: BTreeMap<String, ModulePath>,
}

impl Imports {
    /// Reads a file of this module. Tests are no part of it.
    fn of(module: ModulePath, text: &str) -> Self {
        let mut imports = Self { module, ..Self::default() };
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{:?}: {error}", imports.module));
        imports.visit_file(&file);
        imports
    }

    /// A path from the root; none for one that leads out of the crate.
    fn absolute(&self, path: &[String]) -> Option<ModulePath> {
        let (first, rest) = path.split_first()?;
        let mut absolute = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.module.clone(),
            "super" => self.module[..self.module.len() - 1].to_vec(),
            child => [self.module.as_slice(), &[child.to_owned()]].concat(),
        };
        for part in rest {
            if part == "super" { drop(absolute.pop()) } else { absolute.push(part.clone()) }
        }
        Some(absolute)
    }

    fn import(&mut self, path: &[String], as_name: &str, is_exported: bool) {
        let Some(absolute) = self.absolute(path) else { return };
        if is_exported {
            self.exported.insert(as_name.to_owned(), absolute);
        } else {
            self.used.insert(absolute);
        }
    }

    fn import_tree(&mut self, tree: &UseTree, before: &[String], is_exported: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.import_tree(&path.tree, &with(&path.ident), is_exported),
            UseTree::Name(name) if name.ident == "self" => {
                let last = before.last().cloned().unwrap_or_default();
                self.import(before, &last, is_exported);
            }
            UseTree::Name(name) => self.import(&with(&name.ident), &name.ident.to_string(), is_exported),
            UseTree::Rename(name) => self.import(&with(&name.ident), &name.rename.to_string(), is_exported),
            UseTree::Glob(_) => self.import(before, "*", false),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import_tree(tree, before, is_exported);
                }
            }
        }
    }
}

impl Visit<'_> for Imports {
    fn visit_item(&mut self, item: &Item) {
        let attributes: &[Attribute] = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        self.import_tree(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
    }

    /// A restricted visibility is no import.
    fn visit_visibility(&mut self, _: &Visibility) {}

    fn visit_path(&mut self, path: &syn::Path) {
        let path_of_names: Vec<String> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if path_of_names.len() > 1 {
            self.import(&path_of_names, "", false);
        }
        visit::visit_path(self, path);
    }
}

/// Whether an attribute is `#[cfg(test)]` or the like.
fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.meta.require_list().is_ok_and(|list| {
            let condition = list.tokens.to_string();
            condition.split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
        })
}

/// The files of the program by their modules: not those of its tests.
fn program() -> BTreeMap<ModulePath, &'static str> {
    let is_of_tests =
        |path: &str| path.split('/').any(|part| part.starts_with("tests") || part.starts_with("oracle"));
    let sources =
        SOURCES.iter().filter(|source| source.path.starts_with("src/") && !is_of_tests(&source.path));
    let sources =
        sources.filter(|source| !["src/lib.rs", "src/bin/zoomtok.rs"].contains(&source.path.as_str()));
    sources
        .map(|source| (source.module().split("::").map(str::to_owned).collect(), source.text.as_str()))
        .collect()
}

/// For each file the files that it imports.
fn arrows() -> BTreeMap<ModulePath, BTreeSet<ModulePath>> {
    let imports: BTreeMap<ModulePath, Imports> =
        program().into_iter().map(|(module, text)| (module.clone(), Imports::of(module, text))).collect();
    let file_of = |path: &ModulePath| {
        let mut path = path.clone();
        // A name that is exported again is imported from its own file.
        for _ in 0..5 {
            let at = (0..=path.len()).rev().find(|at| imports.contains_key(&path[..*at]))?;
            let (module, rest) = path.split_at(at);
            match rest.first().and_then(|name| imports[module].exported.get(name)) {
                Some(exported) => path = [exported, &rest[1..]].concat(),
                None => return Some(module.to_vec()),
            }
        }
        None
    };
    let arrows = imports.iter().map(|(module, imports)| {
        let mut used: BTreeSet<ModulePath> = imports.used.iter().filter_map(file_of).collect();
        used.remove(module);
        (module.clone(), used)
    });
    arrows.collect()
}

/// The rooms of the house, by the map in lib.rs.
fn rooms() -> BTreeSet<String> {
    read("src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        // It exists for tests and for fuzzing only.
        .filter(|room| room != "oracles")
        .collect()
}

#[test]
fn no_two_files_import_each_other() {
    let arrows = arrows();
    assert!(arrows.len() > 150 && arrows.values().map(BTreeSet::len).sum::<usize>() > 500);
    let mut circles = Vec::new();
    for (one, used) in &arrows {
        for other in used.iter().filter(|other| one < other && arrows[*other].contains(one)) {
            circles.push(format!("{} and {}", one.join("::"), other.join("::")));
        }
    }
    assert!(circles.is_empty(), "these import each other:\n{}", circles.join("\n"));
}

#[test]
fn no_arrow_runs_up() {
    let page = read("docs/architecture.md");
    let table = rows(&page, "## The rooms");
    let order: Vec<&str> = table.iter().map(|cells| quoted(&cells[0])[0]).collect();
    assert_eq!(order.iter().map(|room| (*room).to_owned()).collect::<BTreeSet<_>>(), rooms());
    let map = read("src/lib.rs");
    let mut used_by: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let arrows = arrows();
    for (file, imported) in &arrows {
        used_by.entry(&file[0]).or_default().extend(imported.iter().map(|file| file[0].as_str()));
    }
    for (at, cells) in table.iter().enumerate() {
        let [room, _, uses] = &cells[..] else { panic!("{cells:?}") };
        let room = quoted(room)[0];
        let documented: BTreeSet<&str> = quoted(uses).into_iter().collect();
        let mut expected = used_by.remove(room).unwrap_or_default();
        expected.remove(room);
        let above: Vec<&&str> = order[..at].iter().filter(|above| expected.contains(*above)).collect();
        let runs_up = |file: &&ModulePath| {
            file[0] == room && arrows[*file].iter().any(|used| above.contains(&&used[0].as_str()))
        };
        let files: Vec<String> = arrows.keys().filter(runs_up).map(|file| file.join("::")).collect();
        assert!(above.is_empty(), "{room} uses {above:?}, which stand above it: in {}", files.join(", "));
        assert_eq!(documented, expected, "{room} in docs/architecture.md");
        assert!(map.contains(&format!("//! | [`{room}`] |")), "{room} is not in the map of lib.rs");
    }
}

#[test]
fn every_path_on_the_page_is_there() {
    let page = read("docs/architecture.md");
    let paths =
        quoted(&page).into_iter().filter(|path| path.starts_with("src/") || path.starts_with("tests/"));
    let missing: Vec<&str> = paths.filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_file_is_short() {
    let lines = |text: &str| text.lines().count();
    let long: Vec<String> = SOURCES
        .iter()
        .filter(|source| lines(&source.text) > MOST_LINES)
        .map(|source| format!("{}: {}", source.path, lines(&source.text)))
        .collect();
    assert!(long.is_empty(), "more than {MOST_LINES} lines: {}", long.join(", "));
    let mut all: Vec<usize> = program().values().map(|text| lines(text)).collect();
    all.sort_unstable();
    assert!(all[all.len() / 2] < MEDIAN_LINES, "the median is {}", all[all.len() / 2]);
}
