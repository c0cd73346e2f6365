//! The committed files that are generated from the arguments match the program's present output.

use std::fs;
use std::path::Path;

use crate::support::Home;

#[track_caller]
fn same(arguments: &[&str], committed: &str) {
    let printed = Home::empty().run(arguments).expect(0).quietly().stdout;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(committed);
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        printed == there,
        "{committed} is not what the program prints; run: cargo run -- {} > {committed}",
        arguments.join(" ")
    );
}

#[test]
fn completions_are_current() {
    for (shell, file) in [
        ("bash", "zoomtok.bash"),
        ("elvish", "zoomtok.elv"),
        ("fish", "zoomtok.fish"),
        ("powershell", "_zoomtok.ps1"),
        ("zsh", "_zoomtok"),
    ] {
        same(&["completions", shell], &format!("completions/{file}"));
    }
}

#[test]
fn the_manual_page_is_current() {
    same(&["man"], "man/zoomtok.1");
}
