//! Names that somebody chose and that become names of files: words that are safe as one on every system. Pure.

/// The longest of them, in characters.
pub(crate) const LONGEST_WORD: usize = 64;

/// Names that Windows gives to devices, whatever follows a dot behind them.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Whether a word can have this character.
pub(crate) fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

/// Whether Windows takes a name for that of a device.
pub(crate) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let stem = stem.strip_suffix(|c: char| c.is_ascii_digit()).unwrap_or(&stem);
    DEVICES.contains(&stem)
}

/// Refuses a name that could lead out of its directory, or be hidden there, or be taken for a flag.
///
/// # Errors
///
/// Why it cannot be one, phrased to follow the name of the argument.
pub(crate) fn check_word(text: &str) -> Result<(), &'static str> {
    if text.is_empty() || text.len() > LONGEST_WORD || !text.bytes().all(is_of_word) {
        return Err("must be 1 to 64 letters, digits, dots, underscores and hyphens");
    }
    if text.starts_with(['.', '-']) || text.ends_with('.') {
        return Err("must not begin with a dot or a hyphen, or end with a dot");
    }
    if is_device(text) {
        return Err("is the name of a device on Windows; choose another");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_word_leads_out_of_its_directory(any in any::<String>(), near in "[a-z./\\\\: -]{0,9}") {
            for text in [&any, &near, &format!("../{near}"), &format!("{near}/{any}")] {
                if check_word(text).is_err() {
                    continue;
                }
                let path = Path::new("directory").join(format!("{text}.env"));
                let parts: Vec<Component<'_>> = path.components().collect();
                prop_assert_eq!(parts.len(), 2, "{}", text);
                prop_assert!(parts.iter().all(|part| matches!(part, Component::Normal(_))));
                prop_assert_eq!(path.file_stem().and_then(|stem| stem.to_str()), Some(text.as_str()));
            }
        }
    }
}
