//! A watch that keeps a copy of the token current.

use std::time::Duration;

use super::run::Watch;
use crate::error::{Code, Error};
use crate::event::Event;
use crate::token::{Token, TokenState};

/// How often a copy that is current is looked at: somebody may have removed it.
const MIRROR_RECHECK: Duration = Duration::from_mins(5);

impl Watch<'_> {
    /// Keeps the copy current, and gives the exit code where it is not. Each look tries again what has failed.
    pub(super) fn mirror(&mut self) -> Result<Option<Code>, Error> {
        let Some(mirror) = self.mirrored.mirror.filter(|_| !self.unread) else { return Ok(None) };
        // A look that fails is reported where it is what matters.
        let Ok(look) = self.keeper.look() else { return Ok(None) };
        let TokenState::Dated { token, expires_at, left: 1.., .. } = &look.held.state else {
            return Ok(None);
        };
        let now = self.clock().elapsed();
        let is_current =
            |(seen, at): &(Token, Duration)| seen == token && now.saturating_sub(*at) < MIRROR_RECHECK;
        if self.mirrored.seen.as_ref().is_some_and(is_current) {
            return Ok(None);
        }
        match mirror.keep(token, *expires_at) {
            Ok(event) => {
                self.mirrored.seen = Some((token.clone(), now));
                match event {
                    Some(Event::Warning { message }) => self.warn_of_mirror(message)?,
                    event => {
                        self.mirrored.warning = None;
                        event.map_or(Ok(()), |event| self.emit(&event))?;
                    }
                }
                Ok(None)
            }
            Err(error) => {
                let code = error.code();
                // The signal is reported when the loop sees it.
                if !matches!(code, Code::Signal(_)) {
                    self.warn_of_mirror(error.report())?;
                }
                Ok(Some(code))
            }
        }
    }

    fn warn_of_mirror(&mut self, message: String) -> Result<(), Error> {
        if self.mirrored.warning.as_ref() == Some(&message) {
            return Ok(());
        }
        self.mirrored.warning = Some(message.clone());
        self.emit(&Event::Warning { message })
    }
}
