//! The signs of the output, and what stands for them on a terminal that cannot show them.
//!
//! Bytes of UTF-8 in a terminal of another encoding are not only ugly: some of them are control characters there.

/// The text in place of each sign that has a meaning.
const STAND_INS: [(&str, &str); 10] = [
    ("✅", "[ok]"),
    ("⚠️", "[!]"),
    ("❌", "[!!]"),
    ("👉", "->"),
    ("→", "->"),
    ("━", "-"),
    ("▰", "#"),
    ("▱", "."),
    ("×", "x"),
    ("…", "..."),
];

/// Signs that only adorn what the words beside them say.
const ORNAMENTS: [&str; 19] = [
    "🙋", "🚪", "🔑", "📊", "⏳", "📝", "📋", "🔄", "⚙️", "🚀", "👋", "💾", "🔌", "🗑️", "💡", "⏰", "🔍",
    "📄", "📅",
];

/// Whether a terminal shows signs, as far as these variables tell: in a locale of UTF-8, but for the console of Linux,
/// which has few glyphs. On Windows consoles take Unicode from every program.
pub(super) fn can_be_shown(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default().to_lowercase();
    let is_utf8 = ["utf-8", "utf8"].iter().any(|name| locale.contains(name));
    cfg!(windows) || is_utf8 && set("TERM").is_none_or(|terminal| terminal != "linux")
}

/// The text in ASCII, as far as it is zoomtok's own: a path or the topic of a meeting stays as it is.
pub(super) fn without(text: &str) -> String {
    let text = STAND_INS.iter().fold(text.to_owned(), |text, (sign, words)| text.replace(sign, words));
    ORNAMENTS.iter().fold(text, |text, sign| {
        // With the spaces behind it.
        ["  ", " ", ""].iter().fold(text, |text, space| text.replace(&format!("{sign}{space}"), ""))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn the_locale_decides() {
        for (variables, expected) in [
            (&[][..], false),
            (&[("LANG", "C.UTF-8")], true),
            (&[("LANG", "de_DE.utf8")], true),
            (&[("LANG", "C")], false),
            (&[("LANG", "de_DE@euro")], false),
            (&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], false),
            (&[("LANG", "en_GB.UTF-8"), ("LC_CTYPE", "POSIX")], false),
            (&[("LANG", "C"), ("LC_CTYPE", "UTF-8")], true),
            (&[("LANG", "C.UTF-8"), ("LC_ALL", "")], true),
            (&[("LANG", "C.UTF-8"), ("TERM", "xterm")], true),
            (&[("LANG", "C.UTF-8"), ("TERM", "linux")], false),
        ] {
            let value = |name: &str| Some(variables.iter().find(|(of, _)| *of == name)?.1.to_owned());
            assert_eq!(can_be_shown(value), expected || cfg!(windows), "{variables:?}");
        }
    }

    #[test]
    fn ornaments_go_and_what_says_something_is_put_into_letters() {
        for (text, expected) in [
            ("🔑 Token Status: ⚠️ Expires in 4m", "Token Status: [!] Expires in 4m"),
            ("⚠️  hm\n   👉 look", "[!]  hm\n   -> look"),
            ("⚙️  Running", "Running"),
            ("🔑 a → b", "a -> b"),
            ("✅ /home/zoë/.env", "[ok] /home/zoë/.env"),
        ] {
            assert_eq!(without(text), expected);
        }
    }

    /// The sources below a directory, without those of tests.
    fn sources(directory: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let below = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
        let is_of_tests = |path: &Path| {
            ["tests", "generated", "signs"]
                .iter()
                .any(|name| path.file_stem().is_some_and(|stem| stem == *name))
        };
        entries.filter(|path| !is_of_tests(path)).flat_map(below).collect()
    }

    #[test]
    fn every_sign_of_the_sources_is_known() {
        let mut signs = 0;
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
            for line in text.lines().filter(|line| !line.is_ascii()) {
                let drawn = without(line);
                assert!(drawn.is_ascii() || line.contains("FRAMES"), "{}: {line}", path.display());
                signs += 1;
            }
        }
        assert!(signs > 40, "{signs}");
    }
}
