//! Names that some readers take for the same: Go's `encoding/json` matches names without regard to case, and folds the
//! long s and the sign of the kelvin too (its `foldName`; source: golang.org/src/encoding/json/fold.go).

/// A name without what such readers disregard.
pub(crate) fn folded(name: &str) -> String {
    name.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// The name with the one of `known` that it would be taken for and is not.
pub(crate) fn folds_to<'n, 'k>(name: &'n str, known: &[&'k str]) -> Option<(&'n str, &'k str)> {
    if known.contains(&name) {
        return None;
    }
    // A character that folds to a letter of ASCII is never shorter than it.
    let is = |known: &&&str| known.len() <= name.len() && folded(name) == folded(known);
    known.iter().find(is).map(|known| (name, *known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_spelling_of_a_name_folds_to_it() {
        let known = ["params", "task"];
        for (name, expected) in [
            ("params", None),
            ("Params", Some("params")),
            ("PARAMS", Some("params")),
            ("param\u{17f}", Some("params")),
            ("tas\u{212a}", Some("task")),
            ("TA\u{17f}k", Some("task")),
            ("param", None),
            ("paramss", None),
            ("", None),
            ("parämѕ", None),
        ] {
            assert_eq!(folds_to(name, &known), expected.map(|known| (name, known)), "{name:?}");
        }
    }
}
