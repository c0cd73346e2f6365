//! Reading a text of TOML, once for what it says and once for where that stands.

use std::ops::Range;

use serde_json::Value;
use toml_edit::{Item, Table};
use zeroize::Zeroizing;

use crate::clients::edit::place::Place;
use crate::store::Fault;

/// A range, and what is to stand there.
pub(super) type Cut = (Range<usize>, String);

/// A text that was read.
pub(super) struct Document<'t> {
    /// The byte-order mark, if there is one.
    pub(super) mark: &'static str,
    /// The text behind it.
    pub(super) text: &'t str,
    pub(super) tree: toml_edit::Document<&'t str>,
    pub(super) value: Value,
}

impl<'t> Document<'t> {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// It is not TOML.
    pub(super) fn read(text: &'t str) -> Result<Self, Fault> {
        const MARK: &str = "\u{feff}";
        let (mark, text) = text.strip_prefix(MARK).map_or(("", text), |text| (MARK, text));
        // An error may repeat what stands there; where it is, is enough.
        let fault = |span: Option<Range<usize>>| match span {
            Some(span) => {
                let line = text.get(..span.start).unwrap_or_default().matches('\n').count() + 1;
                Fault::at(line, "not TOML")
            }
            None => Fault::general("not TOML"),
        };
        let table: toml::Table = toml::from_str(text).map_err(|error| fault(error.span()))?;
        let value = serde_json::to_value(table).map_err(|_| fault(None))?;
        let tree = toml_edit::Document::parse(text).map_err(|error| fault(error.span()))?;
        Ok(Self { mark, text, tree, value })
    }

    /// The text with other pieces in some places, which do not overlap.
    pub(super) fn with(&self, cuts: &[Cut]) -> Zeroizing<String> {
        let mut cuts: Vec<&Cut> = cuts.iter().collect();
        cuts.sort_by_key(|(range, _)| (range.start, range.end));
        let mut changed = Zeroizing::new(self.mark.to_owned());
        let mut at = 0;
        for (range, put) in cuts {
            changed.push_str(self.text.get(at..range.start).unwrap_or_default());
            changed.push_str(put);
            at = at.max(range.end);
        }
        changed.push_str(&self.text[at..]);
        changed
    }

    /// Whether `changed` says what is expected. A table of servers that is empty may be gone.
    pub(super) fn becomes(&self, changed: &str, mut expected: Value, place: Place<'_>) -> bool {
        let Ok(changed) = Document::read(changed) else { return false };
        let mut says = changed.value;
        prune(&mut expected, place.shape.root);
        prune(&mut says, place.shape.root);
        says == expected && changed.mark == self.mark
    }

    pub(super) fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Behind the line of this offset.
    pub(super) fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |end| at + end + 1)
    }

    /// The lines of a table and of those below it: from the header to the last value, each.
    pub(super) fn blocks(&self, table: &Table) -> Vec<Range<usize>> {
        let own = table.span().filter(|_| !table.is_implicit() && !table.is_dotted()).map(|header| {
            let start = self.text[..header.start].rfind('\n').map_or(0, |end| end + 1);
            start..self.line_end(Self::end_of(table, header.end))
        });
        let below = table.iter().flat_map(|(_, item)| match item {
            Item::Table(below) => self.blocks(below),
            Item::ArrayOfTables(tables) => tables.iter().flat_map(|table| self.blocks(table)).collect(),
            _ => Vec::new(),
        });
        own.into_iter().chain(below).collect()
    }

    /// A block with the blank line before it, unless something would then stand right behind something else.
    pub(super) fn with_blank(&self, block: Range<usize>) -> Range<usize> {
        let (head, tail) = (&self.text[..block.start], &self.text[block.end..]);
        let blank =
            |text: &str| ["\r\n", "\n"].iter().find(|end| text.starts_with(**end)).map_or(0, |end| end.len());
        let is_free = tail.is_empty() || blank(tail) > 0;
        let before = ["\n\r\n", "\n\n"].iter().find(|end| is_free && head.ends_with(**end));
        match before {
            Some(end) => block.start - (end.len() - 1)..block.end,
            None if head.is_empty() => block.start..block.end + blank(tail),
            None => block,
        }
    }

    /// The end of the line of a table's last value.
    pub(super) fn end_with_comment(&self, table: &Table, header: usize) -> usize {
        let end = Self::end_of(table, header);
        end + self.text[end..].find(['\r', '\n']).unwrap_or(self.text.len() - end)
    }

    /// Where the last value of a table ends, those below it not counted; `header` where it has none.
    pub(super) fn end_of(table: &Table, header: usize) -> usize {
        let ends = table.iter().filter_map(|(_, item)| match item {
            Item::Value(value) => value.span().map(|span| span.end),
            Item::Table(below) if below.is_dotted() => Some(Self::end_of(below, header)),
            _ => None,
        });
        ends.fold(header, usize::max)
    }
}

/// Takes the table of servers out where it is empty.
fn prune(root: &mut Value, path: &[&str]) {
    let Some((last, way)) = path.split_last() else { return };
    let holder = way.iter().try_fold(root, |value, name| value.get_mut(*name));
    if let Some(holder) = holder.and_then(Value::as_object_mut)
        && holder.get(*last).and_then(Value::as_object).is_some_and(serde_json::Map::is_empty)
    {
        holder.remove(*last);
    }
}
