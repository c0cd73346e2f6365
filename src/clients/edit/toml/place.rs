//! Where in a text of TOML a server stands, and what to cut there.

use toml_edit::{InlineTable, Item, Table, Value as Node};

use super::document::{Cut, Document};
use super::layout::{inline, key, lines};
use crate::clients::edit::json::New;

/// Where a server is.
pub(super) enum Found<'d> {
    /// Nowhere. The table that would hold it, if that is there.
    Nothing(Option<Holder<'d>>),
    /// In a table with a header.
    Table(&'d Table),
    /// In a value.
    Inline(&'d InlineTable),
    /// There, in another way.
    Odd,
}

/// A table that holds servers.
pub(super) enum Holder<'d> {
    Table(&'d Table),
    Inline(&'d InlineTable),
}

impl Document<'_> {
    pub(super) fn find(&self, path: &[&str]) -> Found<'_> {
        let Some((server, way)) = path.split_last() else { return Found::Odd };
        let mut holder = Holder::Table(self.tree.as_table());
        for name in way {
            holder = match holder {
                Holder::Table(table) => match table.get(name) {
                    None => return Found::Nothing(None),
                    Some(Item::Table(table)) => Holder::Table(table),
                    Some(Item::Value(Node::InlineTable(table))) => Holder::Inline(table),
                    Some(_) => return Found::Odd,
                },
                Holder::Inline(table) => match table.get(name) {
                    Some(Node::InlineTable(table)) => Holder::Inline(table),
                    _ => return Found::Odd,
                },
            };
        }
        match holder {
            Holder::Table(table) => match table.get(server) {
                None => Found::Nothing(Some(holder)),
                Some(Item::Table(table)) if !table.is_dotted() && !table.is_implicit() => Found::Table(table),
                Some(Item::Value(Node::InlineTable(table))) => Found::Inline(table),
                Some(_) => Found::Odd,
            },
            Holder::Inline(table) => match table.get(server) {
                None => Found::Nothing(Some(holder)),
                Some(Node::InlineTable(table)) if !table.is_dotted() => Found::Inline(table),
                Some(_) => Found::Odd,
            },
        }
    }

    /// A table for a new server, behind the tables of the others, or at the end.
    pub(super) fn new_server(
        &self,
        holder: Option<&Holder<'_>>,
        path: &[&str],
        new: &New<'_>,
    ) -> Option<Vec<Cut>> {
        let last = match holder {
            Some(Holder::Inline(table)) => return Self::in_inline(table, &path[path.len() - 1..], new),
            Some(Holder::Table(table)) => self.blocks(table).iter().map(|block| block.end).max(),
            None => None,
        };
        let newline = self.newline();
        let at = last.unwrap_or(self.text.len());
        let (head, tail) = self.text.split_at(at);
        let blank = if head.is_empty() { "" } else { newline };
        let behind = if tail.is_empty() || tail.starts_with(['\r', '\n']) { "" } else { newline };
        let names: Vec<String> = path.iter().map(|name| key(name)).collect();
        let (header, body) = (names.join("."), self.body(new));
        let put = format!("{}{blank}[{header}]{newline}{body}{behind}", self.ended(at));
        Some(vec![(at..at, put)])
    }

    /// The same header with another server below it, and none of the tables below that.
    pub(super) fn replaced(&self, table: &Table, new: &New<'_>) -> Option<Vec<Cut>> {
        let header = table.span()?;
        let mut blocks = self.blocks(table);
        let at = blocks.iter().position(|block| block.contains(&header.start))?;
        let own = blocks.remove(at);
        let start = self.line_end(header.end);
        let mut cuts: Vec<Cut> =
            blocks.into_iter().map(|block| (self.with_blank(block), String::new())).collect();
        cuts.push((start..own.end.max(start), format!("{}{}", self.ended(start), self.body(new))));
        Some(cuts)
    }

    /// A table and those below it, with their blank lines, cut out.
    pub(super) fn without(&self, table: &Table) -> Option<Vec<Cut>> {
        let blocks = self.blocks(table);
        let cuts = blocks.into_iter().map(|block| (self.with_blank(block), String::new()));
        Some(cuts.collect()).filter(|cuts: &Vec<Cut>| !cuts.is_empty())
    }

    /// Puts a value into a table with a header, or into one below it.
    pub(super) fn in_table(&self, table: &Table, path: &[&str], new: &New<'_>) -> Option<Vec<Cut>> {
        let (name, rest) = path.split_first()?;
        match (table.get(name), rest) {
            (Some(Item::Value(value)), []) => Some(vec![(value.span()?, inline(new))]),
            (Some(Item::Value(Node::InlineTable(below))), rest) => Self::in_inline(below, rest, new),
            (Some(Item::Table(below)), [_, ..]) if !below.is_dotted() && !below.is_implicit() => {
                self.in_table(below, rest, new)
            }
            (None, rest) => {
                let new = rest.iter().rev().fold(new.clone(), |new, name| New::Object(vec![(*name, new)]));
                let at = self.line_end(Self::end_of(table, table.span()?.end));
                let line = format!("{}{} = {}{}", self.ended(at), key(name), inline(&new), self.newline());
                Some(vec![(at..at, line)])
            }
            _ => None,
        }
    }

    /// Puts a value into a table that is a value.
    pub(super) fn in_inline(table: &InlineTable, path: &[&str], new: &New<'_>) -> Option<Vec<Cut>> {
        let (name, rest) = path.split_first()?;
        match (table.get(name), rest) {
            (Some(value), []) => Some(vec![(value.span()?, inline(new))]),
            (Some(Node::InlineTable(below)), rest) if !below.is_dotted() => Self::in_inline(below, rest, new),
            (None, rest) => {
                let new = rest.iter().rev().fold(new.clone(), |new, name| New::Object(vec![(*name, new)]));
                let put = format!("{} = {}", key(name), inline(&new));
                let last = table.iter().filter_map(|(_, value)| value.span()).map(|span| span.end).max();
                let cut = match last {
                    Some(end) => (end..end, format!(", {put}")),
                    None => (table.span()?, format!("{{ {put} }}")),
                };
                Some(vec![cut])
            }
            _ => None,
        }
    }

    /// The lines of a server below its header.
    fn body(&self, new: &New<'_>) -> String {
        let newline = self.newline();
        lines(new).into_iter().map(|line| line + newline).collect()
    }

    /// The line break that is missing before this offset, if one is.
    fn ended(&self, at: usize) -> &'static str {
        let head = &self.text[..at];
        if head.is_empty() || head.ends_with('\n') { "" } else { self.newline() }
    }
}
