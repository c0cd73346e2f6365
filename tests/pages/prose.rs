//! The prose of comments: each sentence names its subject.

use crate::support::sources::SOURCES;

/// Words that must not stand in place of a noun, as in "What is left" for "The remains".
const PRONOUNS: [&str; 4] = ["What ", "That ", "Who ", "Of "];

/// The paragraphs of the comments in a source, each with the number of its first line.
fn paragraphs(text: &str) -> Vec<(usize, String)> {
    let mut paragraphs: Vec<(usize, String)> = Vec::new();
    let mut before = None;
    for (number, line) in text.lines().enumerate() {
        let comment = ["///", "//!", "//"].into_iter().find_map(|kind| {
            let words = line.trim_start().strip_prefix(kind)?.strip_prefix(' ')?;
            Some((kind, words))
        });
        match (comment, paragraphs.last_mut()) {
            (Some((kind, words)), Some((_, paragraph)))
                if before == Some(kind) && !words.starts_with(['-', '*', '#']) =>
            {
                paragraph.push(' ');
                paragraph.push_str(words);
            }
            (Some((_, words)), _) => paragraphs.push((number + 1, words.trim_start_matches("- ").to_owned())),
            (None, _) => {}
        }
        before = comment.map(|(kind, _)| kind);
    }
    paragraphs
}

/// The sentences of a paragraph, also those after a colon.
fn sentences(paragraph: &str) -> Vec<&str> {
    let ends = paragraph.match_indices(' ').map(|(at, _)| at);
    let ends = ends.filter(|at| paragraph[..*at].ends_with(['.', '!', '?', ':'])).chain([paragraph.len()]);
    let mut begin = 0;
    ends.map(|end| &paragraph[std::mem::replace(&mut begin, end + 1)..end]).collect()
}

/// Whether a pronoun stands in place of the subject. A question may begin with one.
fn lacks_its_subject(sentence: &str) -> bool {
    PRONOUNS.iter().filter_map(|word| sentence.strip_prefix(word)).any(|rest| {
        !sentence.ends_with('?') && rest.starts_with(|c: char| c.is_lowercase() || matches!(c, '`' | '['))
    })
}

/// The sentences in the comments of a source that lack their subject, each with the line where its paragraph begins.
fn lacking(text: &str) -> Vec<(usize, String)> {
    let mut lacking = Vec::new();
    for (line, paragraph) in paragraphs(text) {
        let found = sentences(&paragraph).into_iter().filter(|sentence| lacks_its_subject(sentence));
        lacking.extend(found.map(|sentence| (line, sentence.to_owned())));
    }
    lacking
}

#[test]
fn a_sentence_without_its_subject_is_found() {
    let lines = [
        "//! Of two the first.",
        "//!",
        "//! What is `x`? Here it",
        "//! stands: all of it. What",
        "//! comes next.",
        "/// What Zoom says.",
        "// Any. Of `a` nothing",
        "/// - Who asks",
        "let x = \"// What is\";",
    ];
    let expected =
        [(1, "Of two the first."), (3, "What comes next."), (7, "Of `a` nothing"), (8, "Who asks")];
    assert_eq!(lacking(&lines.join("\n")), expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn every_sentence_of_a_comment_names_its_subject() {
    let mut found = Vec::new();
    for source in SOURCES.iter() {
        let lacking = lacking(&source.text);
        found.extend(lacking.iter().map(|(line, sentence)| format!("{}:{line}: {sentence}", source.path)));
    }
    assert!(found.is_empty(), "name the subject of these sentences:\n{}", found.join("\n"));
}
