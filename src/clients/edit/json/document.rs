//! Reading a text that is JSON with comments, once for what it says and once for where that stands.

use std::ops::Range;

use jsonc_parser::ast::Value as Node;
use jsonc_parser::tokens::Token;
use jsonc_parser::{CollectOptions, ParseOptions, Scanner, ScannerOptions, parse_to_ast};
use serde_json::Value;
use zeroize::Zeroizing;

use super::layout::New;
use crate::clients::edit::reading::value_at;
use crate::store::Fault;

/// The parts of JSON5 that go beyond comments and trailing commas, all of them switched off.
const STRICT: ScannerOptions = ScannerOptions {
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// A text that was read.
pub(in crate::clients) struct Document<'t> {
    /// The byte-order mark, if there is one.
    pub(in crate::clients) mark: &'static str,
    /// The text behind it.
    pub(in crate::clients) text: &'t str,
    /// The same with comments and trailing commas blanked out, byte for byte: JSON.
    pub(in crate::clients) strict: Zeroizing<String>,
    pub(in crate::clients) comments: Vec<Range<usize>>,
    pub(in crate::clients) trailing_commas: Vec<usize>,
    pub(in crate::clients) value: Value,
}

impl<'t> Document<'t> {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// It is not JSON with comments.
    pub(in crate::clients) fn read(text: &'t str) -> Result<Self, Fault> {
        const MARK: &str = "\u{feff}";
        let (mark, text) = text.strip_prefix(MARK).map_or(("", text), |text| (MARK, text));
        if text.trim().is_empty() {
            return Err(Fault::general("it is empty, which is not JSON"));
        }
        let (mut comments, mut trailing_commas) = (Vec::new(), Vec::new());
        // Whether the token before ends a value, and the comma behind such a one.
        let (mut behind_value, mut comma) = (false, None);
        let mut scanner = Scanner::new(text, &STRICT);
        // The scanner's message may repeat the text that stands there; the position is enough.
        while let Some(token) =
            scanner.scan().map_err(|error| not_json(error.line_display(), error.column_display(), ""))?
        {
            let range = scanner.token_start()..scanner.token_end();
            match token {
                Token::CommentLine(_) | Token::CommentBlock(_) => comments.push(range),
                Token::Comma => {
                    comma = behind_value.then_some(range.start);
                    behind_value = false;
                }
                Token::CloseBrace | Token::CloseBracket => {
                    trailing_commas.extend(comma.take());
                    behind_value = true;
                }
                other => {
                    comma = None;
                    behind_value = !matches!(other, Token::OpenBrace | Token::OpenBracket | Token::Colon);
                }
            }
        }
        let blanks = comments.iter().cloned().chain(trailing_commas.iter().map(|at| *at..at + 1));
        let strict = blanked(text, blanks);
        let value = serde_json::from_str(&strict).map_err(|error| {
            let problem = error.to_string();
            let problem = problem.split(" at line ").next().unwrap_or_default();
            not_json(error.line(), error.column(), problem)
        })?;
        Ok(Self { mark, text, strict, comments, trailing_commas, value })
    }

    /// The tree of the strict text, whose places are those of the text. `serde_json` has read it before and goes 128
    /// levels deep, so this goes no deeper.
    pub(in crate::clients) fn tree(&self) -> Result<Node<'_>, Fault> {
        let options = ParseOptions {
            allow_comments: false,
            allow_loose_object_property_names: false,
            allow_trailing_commas: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        let parsed = parse_to_ast(&self.strict, &CollectOptions::default(), &options)
            .map_err(|error| not_json(error.line_display(), error.column_display(), ""))?;
        parsed.value.ok_or_else(|| Fault::general("it is empty, which is not JSON"))
    }

    /// The value at a path, if there is one.
    pub(in crate::clients) fn value_at(&self, path: &[&str]) -> Option<&Value> {
        value_at(&self.value, path)
    }

    /// Whether `changed` says what this text says, comments included, and `new` at `path`. The comments in what is
    /// `gone` are gone with it.
    pub(in crate::clients) fn becomes(
        &self,
        changed: &str,
        path: &[&str],
        new: &New<'_>,
        gone: &Range<usize>,
    ) -> bool {
        let mut expected = self.value.clone();
        let mut at = &mut expected;
        for name in path {
            let Some(object) = at.as_object_mut() else { return false };
            at = object.entry(*name).or_insert_with(|| Value::Object(serde_json::Map::new()));
        }
        *at = new.into();
        self.is(&expected, changed, std::slice::from_ref(gone))
    }

    /// Whether `changed` says what this text says, comments included, but for what is at `path`. The comments in what is
    /// `gone` are gone with it.
    pub(in crate::clients) fn loses(&self, changed: &str, path: &[&str], gone: &[Range<usize>]) -> bool {
        let mut expected = self.value.clone();
        let Some((last, way)) = path.split_last() else { return false };
        let holder = way.iter().try_fold(&mut expected, |value, name| value.get_mut(*name));
        let removed = holder.and_then(Value::as_object_mut).and_then(|holder| holder.remove(*last));
        removed.is_some() && self.is(&expected, changed, gone)
    }

    fn is(&self, expected: &Value, changed: &str, gone: &[Range<usize>]) -> bool {
        let Ok(changed) = Document::read(changed) else { return false };
        changed.value == *expected
            && changed.mark == self.mark
            && changed.commented(&[]) == self.commented(gone)
    }

    /// The comments outside of these ranges.
    fn commented(&self, gone: &[Range<usize>]) -> Vec<&str> {
        let is_gone = |range: &&Range<usize>| gone.iter().any(|gone| gone.contains(&range.start));
        let kept = self.comments.iter().filter(|range| !is_gone(range));
        kept.map(|range| &self.text[range.clone()]).collect()
    }
}

/// The text with these ranges blanked out. Line breaks stay, so that a line has its number in both.
fn blanked(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Zeroizing<String> {
    let mut strict = Zeroizing::new(text.to_owned());
    for range in ranges {
        let blank: String = text[range.clone()]
            .chars()
            .flat_map(|c| std::iter::repeat_n(if matches!(c, '\n' | '\r') { c } else { ' ' }, c.len_utf8()))
            .collect();
        strict.replace_range(range, &blank);
    }
    strict
}

fn not_json(line: usize, column: usize, problem: &str) -> Fault {
    let what = if problem.is_empty() { String::new() } else { format!(": {problem}") };
    Fault::at(line, format!("not JSON at column {column}{what}"))
}
