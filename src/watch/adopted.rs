//! A watch over a `.env` that it may not or cannot write: it waits until another process renews the token, and continues.

use super::run::Watch;
use super::waiting::Waiting;
use crate::error::{Diagnostic as _, Error};
use crate::event::Event;
use crate::keeper::{Look, Need, Unlike};

impl Watch<'_> {
    /// Reports why a token that is due is not refreshed here, once until there is another.
    pub(super) fn wait(&mut self, look: &Look, error: &Error) -> Result<(), Error> {
        let message = error.report();
        let waiting = self.waiting.get_or_insert_default();
        waiting.seen = look.held.state.token().cloned();
        if waiting.reported.as_ref() == Some(&message) {
            return Ok(());
        }
        waiting.reported = Some(message.clone());
        self.emit(&Event::Warning { message })
    }

    /// Hands on a token that somebody else has put there, where this watch waits for that.
    pub(super) fn take(&mut self, look: &Look) -> Result<(), Error> {
        let present = look.held.state.token();
        let Some(waiting) = &mut self.waiting else {
            if look.read_only {
                self.waiting = Some(Waiting { reported: None, seen: present.cloned() });
            }
            return Ok(());
        };
        if waiting.seen.as_ref() == present || !look.held.state.lasts(0) {
            return Ok(());
        }
        let old = std::mem::replace(&mut waiting.seen, present.cloned());
        waiting.reported = None;
        let kept = match self.keeper.ensure(look, &Need { seconds: 0, unlike: Unlike::None }) {
            Ok(kept) => kept,
            Err(error) => return self.warn_of_failed_look(&error),
        };
        let (old, new) = (old.map(|token| token.to_string()), kept.token.to_string());
        self.emit(&Event::TokenUpdated { old, new, adopted: true })?;
        self.hand_over(&kept)?;
        self.emit(&Event::RefreshDone { state: look.held.state.clone() })
    }
}
