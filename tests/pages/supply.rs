//! The parts that zoomtok is built from: deny.toml fits Cargo.lock, and the licences of the crates.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use spdx::Expression;

use crate::support::pages::{read, root};

#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Ban>,
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
}

fn parsed<T: DeserializeOwned>(file: &str) -> T {
    toml::from_str(&read(file)).unwrap()
}

#[test]
fn the_lock_file_has_the_duplicates_and_sources_that_are_allowed() {
    let (rules, lock): (Rules, Lock) = (parsed("deny.toml"), parsed("Cargo.lock"));
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Package { name, version, source } in &lock.package {
        versions.entry(name).or_default().push(version);
        let registry = source.as_ref().map(|source| source.strip_prefix("registry+").unwrap_or(source));
        let is_allowed = |registry| rules.sources.allow_registry.iter().any(|allowed| allowed == registry);
        assert!(registry.map_or(name == "zoomtok", is_allowed), "{name}");
        assert!(rules.bans.deny.iter().all(|denied| denied.name != *name), "{name}");
    }
    let skipped: Vec<_> = rules.bans.skip.iter().map(|ban| ban.name.split_once('@').unwrap()).collect();
    let twice: Vec<_> = versions.iter().filter(|(_, versions)| versions.len() > 1).collect();
    assert_eq!(
        twice.iter().map(|(name, _)| **name).collect::<Vec<_>>(),
        skipped.iter().map(|(name, _)| *name).collect::<Vec<_>>()
    );
    for ((name, versions), (_, skipped)) in twice.into_iter().zip(skipped) {
        let old = versions.iter().filter(|version| version.starts_with(&format!("{skipped}.")));
        assert_eq!((old.count(), versions.len()), (1, 2), "{name}");
    }
}

/// Asks cargo, of the crates for this system. Those that only other systems need may not have been fetched.
#[test]
fn every_licence_is_one_that_is_allowed_and_no_other_is() {
    let rules: Rules = parsed("deny.toml");
    let asked = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let metadata: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let mut used = BTreeSet::new();
    let packages = metadata["packages"].as_array().unwrap();
    for package in packages {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap());
        // The old way to write OR is a stroke.
        let licence = Expression::parse_mode(licence, spdx::ParseMode::LAX).unwrap();
        let excepted = rules.licenses.exceptions.iter().find(|exception| exception.name == name);
        let is_allowed = |name: &str| {
            rules.licenses.allow.contains(name)
                || excepted.is_some_and(|exception| exception.allow.iter().any(|allowed| allowed == name))
        };
        let accepted = licence.evaluate(|required| {
            let required = required.license.to_string();
            used.insert(required.clone());
            is_allowed(&required)
        });
        assert!(accepted, "{name}: {licence}");
    }
    assert!(packages.len() > 100, "{}", packages.len());
    assert_eq!(rules.licenses.allow.difference(&used).collect::<Vec<_>>(), Vec::<&String>::new());
}
