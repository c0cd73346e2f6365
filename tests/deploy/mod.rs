//! The examples in deploy/ are what the program understands, give no more rights than it needs, and work.

#[cfg(feature = "fleet")]
mod compose;
mod kubernetes;

use std::collections::BTreeSet;

use serde_json::Value;
use zoomtok::settings::{EXPORTED_ONLY, NAMES};

use crate::support::Home;

/// The image of a release.
const IMAGE: &str = concat!("example.com/zoomtok:", env!("CARGO_PKG_VERSION"));

/// The texts in a list.
fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

/// Fails unless the program understands these arguments.
#[track_caller]
fn assert_understood(arguments: &[&str]) {
    let asked = [arguments, &["--help"]].concat();
    let ended = Home::empty().run(&asked);
    assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
}

/// Fails unless each of these is a variable of the program.
#[track_caller]
fn assert_variables<'n>(names: impl IntoIterator<Item = &'n str>) {
    let known: BTreeSet<&str> = NAMES.iter().copied().chain(EXPORTED_ONLY).collect();
    for name in names {
        assert!(known.contains(name), "zoomtok has no variable {name}");
    }
}

#[test]
fn the_image_of_the_examples_is_that_of_this_version_with_its_user_and_its_directory() {
    assert!(IMAGE.ends_with(&format!(":{}", env!("CARGO_PKG_VERSION"))));
    let made = crate::support::pages::read("contrib/channels/Containerfile");
    for line in ["USER 65532:65532", "WORKDIR /data", "ENTRYPOINT [\"/usr/bin/zoomtok\"]"] {
        assert!(made.lines().any(|made| made == line), "{line}");
    }
}
