//! The gateway put before a server that a client has, and taken out again. Pure: text in, text out.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;
use zeroize::Zeroizing;

use super::change::{Edited, Entry, Make, Old, Refused, Target};
use super::command_line::{Behind, Served};
use super::edit::{ADDRESSES, New, Part, address};
use super::kept::Original;
use super::lack::Lack;
use super::server::Server;

/// Properties of a server that runs elsewhere that say nothing but that.
const KINDS: [&str; 2] = ["type", "transport"];

impl Target {
    /// A text with the gateway before the server. None where it is there already.
    pub(super) fn wrapped(&self, text: &str, make: Make<'_>) -> Result<Edited, Refused> {
        let before = self.before(text)?;
        match &before.server {
            Server::Own(_, Served { behind: Some(_), .. }) => return Ok(before),
            Server::Own(..) => {
                return Err(Refused::Wrapping {
                    problem: "serves zoomtok's own tools, which need no gateway",
                    hint: "Give it a policy with zoomtok client install --policy FILE",
                });
            }
            Server::Lacking(Lack::OfThatName { .. }) => return Err(self.no_server(text)?),
            Server::Lacking(Lack::WithoutCommand) => {
                return Err(Refused::Wrapping {
                    problem: "has no command and no address",
                    hint: "Remove it, or give it a command",
                });
            }
            Server::Lacking(Lack::Remote) | Server::Other => {}
        }
        let format = &self.client.format;
        let server = format.server(text, self.whole())?.unwrap_or_default();
        let changed = if matches!(before.server, Server::Other) {
            let servers = format.servers(text, &self.client.shape)?;
            let found = servers.into_iter().find(|(name, _)| *name == self.server).map(|(_, server)| server);
            let found = found.unwrap_or_default();
            let line = found.command.into_iter().chain(found.args).collect();
            self.with_words(text, &make(&Old::Command(line)))?
        } else {
            let address = self.only_address(&server)?;
            self.with_entry(text, &make(&Old::Address(address)))?
        };
        // The piece that `unwrap` puts back has to be all that was changed.
        self.changed_piece(text, &changed)?.ok_or(Refused::Wrapping {
            problem: "cannot be changed in such a way that it can be changed back",
            hint: "Give it a table of its own",
        })?;
        Ok(Edited { text: Some(changed), ..before })
    }

    /// A text without the gateway before the server, and whether the server is as it was to the last byte. None where
    /// there is no gateway that was put before it.
    pub(super) fn unwrapped(&self, text: &str, kept: Option<&Original>) -> Result<(Edited, bool), Refused> {
        let before = self.before(text)?;
        let behind = match &before.server {
            Server::Own(_, Served { behind: Some(behind), .. }) => behind,
            Server::Lacking(Lack::OfThatName { .. }) => return Err(self.no_server(text)?),
            _ => return Ok((before, true)),
        };
        let span = (self.client.format.span)(text, self.whole())?;
        if let (Some(kept), Some(span)) = (kept, &span) {
            let is_same = text[span.start..].starts_with(&*kept.wrapped);
            if is_same || matches!(behind, Behind::Address(_)) {
                let end = if is_same { span.start + kept.wrapped.len() } else { span.end };
                let changed = self.spliced(text, span.start..end, &kept.original)?;
                return Ok((Edited { text: Some(changed), ..before }, is_same));
            }
        }
        match behind {
            Behind::Command(line) => {
                let (command, args) = line.split_first().ok_or_else(not_spliced)?;
                let entry = Entry { command: command.clone(), args: args.to_vec(), env: BTreeMap::new() };
                let changed = self.with_words(text, &entry)?;
                Ok((Edited { text: Some(changed), ..before }, false))
            }
            // It was installed, and nothing was there before.
            Behind::Address(_) => Ok((before, true)),
        }
    }

    /// The piece of a text that was changed, as it was and as it is: all of the server, and what of the text behind it was
    /// changed with that. None where something else was changed too.
    pub(super) fn changed_piece(&self, old: &str, new: &str) -> Result<Option<Original>, Refused> {
        let span = |text: &str| (self.client.format.span)(text, self.whole());
        let (Some(before), Some(after)) = (span(old)?, span(new)?) else { return Ok(None) };
        let behind = (old.len() - before.end).min(new.len() - after.end);
        let (old_head, old_tail) = (&old[..before.start], &old.as_bytes()[old.len() - behind..]);
        let (new_head, new_tail) = (&new[..after.start], &new.as_bytes()[new.len() - behind..]);
        if old_head != new_head || old_tail != new_tail {
            return Ok(None);
        }
        Ok(Some(Original {
            original: Zeroizing::new(old[before.start..old.len() - behind].to_owned()),
            wrapped: Zeroizing::new(new[after.start..new.len() - behind].to_owned()),
        }))
    }

    /// A text with other bytes in the place of the server's. All else has to say what it said before.
    fn spliced(&self, text: &str, range: Range<usize>, bytes: &str) -> Result<Zeroizing<String>, Refused> {
        let changed = Zeroizing::new([&text[..range.start], bytes, &text[range.end..]].concat());
        let others = |text: &str| {
            let mut root = (self.client.format.read)(text).ok()?;
            let holder =
                self.client.shape.root.iter().try_fold(&mut root, |value, name| value.get_mut(*name))?;
            let server = holder.as_object_mut()?.remove(&self.server)?;
            Some((root, server))
        };
        match (others(text), others(&changed)) {
            (Some((old, _)), Some((new, server))) if old == new && server.is_object() => Ok(changed),
            _ => Err(not_spliced()),
        }
    }

    /// The address of a server that has nothing else, so that nothing of it is lost to the gateway.
    fn only_address<'v>(&self, server: &'v Value) -> Result<&'v str, Refused> {
        let fixed = self.client.shape.fixed.iter().map(|(name, _)| *name);
        let known: Vec<&str> = ADDRESSES.into_iter().chain(KINDS).chain(fixed).collect();
        let mut names = server.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        if !names.all(|name| known.contains(&name)) {
            return Err(Refused::Wrapping {
                problem: "has more than an address, such as headers, which a gateway would not send",
                hint: "Add it anew with zoomtok client install --url, or run zoomtok gateway --url with --header",
            });
        }
        address(server)
            .and_then(Value::as_str)
            .ok_or(Refused::Wrapping { problem: "has an address that is no text", hint: "Correct it first" })
    }

    fn no_server(&self, text: &str) -> Result<Refused, Refused> {
        let servers = self.client.format.servers(text, &self.client.shape)?;
        Ok(Refused::NoSuchServer(servers.into_iter().map(|(name, _)| name).collect()))
    }

    /// A text with another command and other arguments of the server.
    fn with_words(&self, text: &str, entry: &Entry) -> Result<Zeroizing<String>, Refused> {
        let line = [std::slice::from_ref(&entry.command), &entry.args].concat();
        let steps = match self.client.shape.args {
            Some(_) => vec![(Part::Command, New::Text(&entry.command)), (Part::Args, New::List(&entry.args))],
            None => vec![(Part::Command, New::List(&line))],
        };
        let mut changed = Zeroizing::new(text.to_owned());
        for (part, new) in steps {
            let step = (self.client.format.edit)(&changed, self.place_of(part), &new)?;
            changed = step.text.unwrap_or(changed);
        }
        Ok(changed)
    }
}

fn not_spliced() -> Refused {
    Refused::Wrapping {
        problem: "cannot be put back without changing something else",
        hint: "Put its command back by hand: it stands behind the -- of its arguments",
    }
}
