//! A property taken out of a text.

use std::ops::Range;

use jsonc_parser::ast::Object;
use jsonc_parser::common::Ranged as _;
use zeroize::Zeroizing;

use super::document::Document;
use super::layout::New;
use super::names::name;
use super::{Found, find};
use crate::clients::edit::place::{Edit, Place};
use crate::clients::edit::reading::{command, value_at};
use crate::store::Fault;

/// Takes the server of `place` out. Nothing changes where there is none.
///
/// # Errors
///
/// The text is not JSON with comments, or the server cannot be taken out without harm to something else.
pub(in crate::clients) fn remove(text: &str, place: Place<'_>) -> Result<Edit, Fault> {
    let document = Document::read(text)?;
    let path = place.server_path();
    let root = document.tree()?;
    let Found::Value { node, holder, .. } = find(&document, &root, &path, &New::Object(Vec::new()))? else {
        return Ok(Edit { text: None, before: None });
    };
    let before = value_at(&document.value, &path).and_then(|server| command(server, place.shape));
    let before = before.map(|command| command.to_owned().into());
    let gone = document.cuts(holder, node.end());
    let mut changed = Zeroizing::new(document.mark.to_owned());
    let mut at = 0;
    for cut in &gone {
        changed.push_str(&document.text[at..cut.start]);
        at = cut.end;
    }
    changed.push_str(&document.text[at..]);
    if !document.loses(&changed, &path, &gone) {
        let problem = format!("{} cannot be taken out without changing something else", name(&path));
        return Err(Fault::general(problem));
    }
    Ok(Edit { text: Some(changed), before })
}

impl Document<'_> {
    /// The ranges to cut so that `object` loses the property that ends at `end`, in order: that, its comma, and the blanks
    /// that would be left of its lines.
    fn cuts(&self, object: &Object<'_>, end: usize) -> Vec<Range<usize>> {
        let (text, inside) = (self.text, object.start() + 1..object.end() - 1);
        let properties = &object.properties;
        let Some(index) = properties.iter().position(|property| property.end() == end) else {
            return Vec::new();
        };
        let own = properties[index].start()..end;
        let is_among = |range: &Range<usize>| range.start >= inside.start && range.end <= inside.end;
        let has_comment =
            self.comments.iter().any(|comment| is_among(comment) && !own.contains(&comment.start));
        if properties.len() == 1 && !has_comment {
            return vec![inside];
        }
        let comma = |from: usize, to: usize| self.strict[from..to].find(',').map(|at| from + at);
        let following = properties.get(index + 1).and_then(|next| comma(end, next.start()));
        let trailing = || self.trailing_commas.iter().copied().find(|at| (end..inside.end).contains(at));
        let behind = following.or_else(trailing);
        let is_blank = |range: Range<usize>| text[range].trim_matches([' ', '\t']).is_empty();
        // The comma with what is between, if that is nothing.
        let (main, apart) = match behind {
            Some(comma) if is_blank(end..comma) => (own.start..comma + 1, None),
            comma => (own, comma),
        };
        let line = text[..main.start].trim_end_matches([' ', '\t']).len();
        let begins = line == 0 || text[..line].ends_with(['\n', '\r']);
        let rest = &text[main.end..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let break_len =
            ["\r\n", "\n", "\r"].iter().find(|end| rest[blanks..].starts_with(**end)).map(|end| end.len());
        let main = match break_len {
            Some(length) if begins => line..main.end + blanks + length,
            _ if behind.is_some() && apart.is_none() && !begins => main.start..main.end + blanks,
            _ => main,
        };
        let before = index.checked_sub(1).filter(|_| behind.is_none()).map(|index| properties[index].end());
        let before = before.and_then(|from| comma(from, main.start));
        match before {
            Some(comma) if is_blank(comma + 1..main.start) && !begins => {
                let both = comma..main.end;
                vec![both]
            }
            Some(comma) => vec![comma..comma + 1, main],
            None => std::iter::once(main).chain(apart.map(|comma| comma..comma + 1)).collect(),
        }
    }
}
