//! Properties of every text of a `.env`.

#![expect(clippy::panic, reason = "a property that does not hold ends a test")]

use super::*;

/// Changed by every write.
const TOKEN: &str = "A";
/// Changed by every write, or added behind the token.
const EXPIRES: &str = "B";
/// Never changed.
const CLIENT: &str = "C";
const OURS: &[&str] = &[TOKEN, EXPIRES, CLIENT];

const CHANGES: [(&str, &str); 2] = [(TOKEN, "eyJ.new-A_z~9+/=="), (EXPIRES, "2026-01-02T03:04:05Z")];

/// Takes a text with the variables `A`, which is written like a token, `B`, like its expiry, and `C`.
///
/// # Panics
///
/// dotenvy reads something else, a text that can be read cannot be written, or a write changes anything but `A` and `B`.
pub fn env_text(data: &[u8]) {
    let Ok(old) = EnvText::parse(data, OURS) else { return };
    assert_as_dotenvy(&old);
    let written = old.with(&CHANGES).unwrap_or_else(|fault| panic!("{:?}: {fault}", old.text));
    let new = EnvText::parse(written.as_bytes(), OURS).unwrap_or_else(|fault| panic!("{written:?}: {fault}"));
    assert_as_dotenvy(&new);
    for (name, value) in CHANGES {
        assert_eq!(value_of(&new, name), Some(value), "{written:?}");
    }
    assert_eq!(value_of(&new, CLIENT), value_of(&old, CLIENT), "{written:?}");
    assert_eq!(new.with(&CHANGES).as_ref(), Ok(&written), "a second write changes {written:?}");
    if [TOKEN, EXPIRES]
        .into_iter()
        .flat_map(|name| old.of(name))
        .all(|there| !there.entry.value.contains('\n'))
    {
        assert_eq!(lines_of_others(&old.text), lines_of_others(&written));
    }
    if let Some(back) = unwritten(&old) {
        assert_eq!(new.with(&back).as_ref(), Ok(&old.text), "{written:?} is not changed back");
    }
}

fn value_of<'e>(env: &'e EnvText, name: &str) -> Option<&'e str> {
    env.get(name).map(|entry| entry.value.as_str())
}

/// The value that dotenvy alone reads in the whole text.
pub(super) fn by_dotenvy(text: &str, name: &str) -> Option<String> {
    let text = format!("{}\n", text.strip_prefix(BOM).unwrap_or(text));
    let read = dotenvy::from_read_iter(text.as_bytes()).flatten();
    read.filter(|(key, _)| key == name).map(|(_, value)| value).last()
}

/// Whether dotenvy reads the text as it is meant: behind two blanks it takes a comment for code.
pub(super) fn is_for_dotenvy(text: &str) -> bool {
    let mut behind = text.match_indices('#').map(|(at, _)| text[..at].chars().rev());
    !behind.any(|mut before| {
        [before.next(), before.next()].into_iter().all(|c| c.is_some_and(|c| c.is_whitespace() && c != '\n'))
    })
}

fn assert_as_dotenvy(env: &EnvText) {
    if is_for_dotenvy(&env.text) {
        for name in OURS {
            assert_eq!(
                value_of(env, name),
                by_dotenvy(&env.text, name).as_deref(),
                "{name} in {:?}",
                env.text
            );
        }
    }
}

/// The lines that set neither of those that are changed, without the ends that a new last line gives them.
fn lines_of_others(text: &str) -> Vec<&str> {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    lines.filter(|line| !line.is_empty() && ![TOKEN, EXPIRES].contains(&scan::subject(line).0)).collect()
}

/// The values that undo the changes byte by byte, where there are any.
fn unwritten(old: &EnvText) -> Option<[(&str, &str); 2]> {
    let value = |name| {
        let value = Some(value_of(old, name)?).filter(|_| old.of(name).count() == 1)?;
        let may_be_written =
            value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+/=-:".contains(&byte));
        (!value.is_empty() && may_be_written).then_some((name, value))
    };
    Some([value(TOKEN)?, value(EXPIRES)?])
}
