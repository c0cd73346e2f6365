//! The loop: look, decide, act, report, nap.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::mirror::{Mirror, Mirrored};
use super::onlooker::Onlooker;
use super::recipient::Recipient;
use super::schedule::{MAX_FAILURES, Outcome, Plan, Schedule, View};
use super::waiting::Waiting;
use crate::clock::{Clock, ShutdownRequested, jitter};
use crate::error::{Code, Diagnostic, Error, Left, SharedError};
use crate::event::Event;
use crate::keeper::{How, Keeper, Kept, Look, Need, Unlike};
use crate::token::{Claims, Token, TokenState};

/// The nap after a look that failed, so that an edit of the `.env` can be finished.
const AFTER_FAILED_LOOK: Duration = Duration::from_secs(5);

/// A watch over one `.env`.
pub struct Watch<'a> {
    pub(super) keeper: Keeper<'a>,
    schedule: Schedule,
    recipient: Option<&'a dyn Recipient>,
    report: &'a mut dyn FnMut(&Event) -> Result<(), Error>,
    onlooker: Option<&'a dyn Onlooker>,
    /// The last warning about a failed look, which is not repeated.
    last_warning: Option<String>,
    /// The lifetime of tokens that was reported as shorter than the threshold.
    reported_life: Option<i64>,
    reported_forgetting: bool,
    /// Nobody hears what happens any more.
    pub(super) unread: bool,
    /// The last warning that a token could not be handed over, likewise.
    not_handed_over: Option<String>,
    /// The last failure, in a sentence without its hint.
    failure: Option<String>,
    jitter: fn() -> f64,
    /// Where somebody else has to renew the token.
    pub(super) waiting: Option<Waiting>,
    /// Whether it ends when its profile is removed.
    ends_with_profile: bool,
    /// The copy of the token somewhere else.
    pub(super) mirrored: Mirrored<'a>,
}

impl<'a> Watch<'a> {
    /// A watch that reports events to `report`, and hands new tokens to `recipient`.
    pub(crate) fn new(
        keeper: &Keeper<'a>,
        plan: Plan,
        recipient: Option<&'a dyn Recipient>,
        report: &'a mut dyn FnMut(&Event) -> Result<(), Error>,
    ) -> Self {
        let keeper = Keeper { watching: true, ..*keeper };
        Self {
            keeper,
            schedule: Schedule::new(plan),
            recipient,
            report,
            onlooker: None,
            last_warning: None,
            reported_life: None,
            reported_forgetting: false,
            unread: false,
            not_handed_over: None,
            failure: None,
            jitter,
            waiting: None,
            ends_with_profile: false,
            mirrored: Mirrored::default(),
        }
    }

    /// The same with somebody who sees each look.
    #[must_use]
    pub(crate) fn seen_by(self, onlooker: Option<&'a dyn Onlooker>) -> Self {
        Self { onlooker, ..self }
    }

    /// The same with a copy of the token that it keeps current.
    #[must_use]
    pub(crate) fn with_mirror(self, mirror: Option<&'a dyn Mirror>) -> Self {
        Self { mirrored: Mirrored::of(mirror), ..self }
    }

    /// Watches until a signal comes, or nobody reads its reports.
    ///
    /// # Errors
    ///
    /// The first look fails, or an event cannot be reported.
    pub fn run(self) -> Result<Code, Error> {
        self.keeper.look()?;
        self.run_past_failed_looks()
    }

    /// The same without ending at a failed first look: it is reported, and the next one follows.
    ///
    /// # Errors
    ///
    /// The event cannot be reported.
    pub fn run_past_failed_looks(mut self) -> Result<Code, Error> {
        loop {
            let nap = self.step()?;
            if self.unread {
                return Ok(Code::Done);
            }
            if let Some(onlooker) = self.onlooker {
                onlooker.naps(nap);
            }
            if let Err(ShutdownRequested { signal }) = self.clock().sleep(nap, self.keeper.stop) {
                self.emit(&Event::Ended { signal })?;
                return Ok(Code::Done);
            }
        }
    }

    /// As [`Watch::run_past_failed_looks`], until the profile that it is about is removed.
    ///
    /// # Errors
    ///
    /// [`Error::NoProfile`] then, and the event cannot be reported.
    pub fn run_while_profile_exists(self) -> Result<Code, Error> {
        Self { ends_with_profile: true, ..self }.run_past_failed_looks()
    }

    /// Looks once, refreshes if that is due, and gives the exit code: that of the refresh if it failed, else that of the copy
    /// if there is none, else whether there is a token that has not expired.
    ///
    /// # Errors
    ///
    /// The look fails, or an event cannot be reported.
    pub fn once(mut self) -> Result<Code, Error> {
        let look = self.keeper.look()?;
        let failed = self.turn(&look)?.1;
        if let Some(code) = failed {
            return Ok(code);
        }
        Ok(if self.keeper.look()?.held.state.lasts(0) { Code::Done } else { Code::Failed })
    }

    /// Reports an event. A report that fails ends the watch, once its current step is done.
    pub(super) fn emit(&mut self, event: &Event) -> Result<(), Error> {
        match (self.report)(event) {
            Err(Error::Unread) => self.unread = true,
            reported => reported?,
        }
        Ok(())
    }

    pub(super) fn clock(&self) -> &'a dyn Clock {
        self.keeper.clock
    }

    /// One look and what follows from it; gives the nap after it.
    fn step(&mut self) -> Result<Duration, Error> {
        match self.keeper.look() {
            Ok(look) => {
                self.last_warning = None;
                if let Some(onlooker) = self.onlooker {
                    onlooker.looked(&look.held.state);
                }
                Ok(self.turn(&look)?.0)
            }
            Err(error @ Error::NoProfile { .. }) if self.ends_with_profile => Err(error),
            Err(error) => {
                self.warn_of_failed_look(&error)?;
                Ok(AFTER_FAILED_LOOK)
            }
        }
    }

    /// Reports a look that failed, and the same failure again only after one that did not.
    pub(super) fn warn_of_failed_look(&mut self, error: &Error) -> Result<(), Error> {
        let message = error.report();
        if self.last_warning.as_ref() != Some(&message) {
            self.emit(&Event::Warning { message: message.clone() })?;
            self.last_warning = Some(message);
        }
        Ok(())
    }

    /// Reports why a token could not be handed over. A configuration that nobody has changed since is not reported again
    /// at each refresh.
    fn warn_of_recipient(&mut self, error: &dyn Diagnostic) -> Result<(), Error> {
        let message = error.report();
        if error.code() == Code::Configuration && self.not_handed_over.as_ref() == Some(&message) {
            return Ok(());
        }
        self.not_handed_over = Some(message.clone());
        self.emit(&Event::Warning { message })
    }

    fn turn(&mut self, look: &Look) -> Result<(Duration, Option<Code>), Error> {
        let view = self.view(look);
        let decision = self.schedule.decide(&view);
        self.warn_of_short_life()?;
        if decision.rearmed {
            self.emit(&Event::Rearmed)?;
        }
        self.take(look)?;
        let adopted = if decision.refresh { self.keeper.adopted(look) } else { None };
        let mut failed = adopted.as_ref().map(Error::code);
        if let Some(error) = &adopted {
            self.wait(look, error)?;
        }
        if decision.refresh && adopted.is_none() {
            self.waiting = None;
            failed = self.refresh(look)?;
        } else if decision.show {
            let disabled_since = self.schedule.stopped_since();
            let because = disabled_since.and(self.failure.clone());
            self.emit(&Event::Status { state: look.held.state.clone(), disabled_since, because })?;
        }
        let mirrored = self.mirror()?;
        Ok((decision.nap, failed.or(mirrored)))
    }

    fn view(&self, look: &Look) -> View {
        let memory = self.keeper.memory(look);
        View {
            now: look.now,
            elapsed: self.clock().elapsed(),
            left: left(look),
            fingerprint: look.settings.fingerprint(),
            last_attempt: memory.attempt,
            not_before: memory.failure.and_then(|failure| failure.not_before),
            life: self.keeper.short_life(look),
        }
    }

    /// The view after an attempt; the earlier look where a new one fails.
    fn view_after(&self, look: &Result<Look, Error>, before: &Look) -> View {
        View { now: self.clock().now(), ..self.view(look.as_ref().unwrap_or(before)) }
    }

    /// Makes one attempt, and gives the exit code of its failure.
    fn refresh(&mut self, look: &Look) -> Result<Option<Code>, Error> {
        self.emit(&Event::RefreshStarted { state: look.held.state.clone() })?;
        if self.unread {
            return Ok(None);
        }
        let kept = self.keeper.ensure(look, &Need { seconds: 0, unlike: Unlike::Present });
        self.warn_of_forgetting(look)?;
        let kept = match kept {
            Ok(kept) => kept,
            // The signal is reported when the loop sees it.
            Err(Error::Interrupted { signal, left: Left::Nothing }) => return Ok(Some(Code::Signal(signal))),
            Err(error) => return self.failed(look, &error).map(Some),
        };
        let old = look.held.state.token().map(Token::to_string);
        let adopted = kept.how != How::Fetched;
        self.emit(&Event::TokenUpdated { old, new: kept.token.to_string(), adopted })?;
        for message in &kept.warnings {
            self.emit(&Event::Warning { message: message.clone() })?;
        }
        self.hand_over(&kept)?;
        self.done(look, &kept)?;
        Ok(None)
    }

    /// Hands a new token over. A failure here is a warning: the token is stored.
    pub(super) fn hand_over(&mut self, kept: &Kept) -> Result<(), Error> {
        let Some(recipient) = self.recipient else { return Ok(()) };
        match recipient.hand_over(&kept.token, &mut |event| self.emit(&event)) {
            Ok(()) => {
                self.not_handed_over = None;
                Ok(())
            }
            Err(error) => self.warn_of_recipient(&*error),
        }
    }

    fn done(&mut self, before: &Look, kept: &Kept) -> Result<(), Error> {
        let look = self.keeper.look();
        let view = self.view_after(&look, before);
        self.schedule.record(Outcome::Done { left: kept.left }, &view, 0.0);
        match look {
            Ok(look) => self.emit(&Event::RefreshDone { state: look.held.state })?,
            // Whoever edits the `.env` while Claude restarts changes nothing in that there is a new token.
            Err(error) => {
                self.emit(&Event::RefreshDone { state: state(kept, view.now) })?;
                self.warn_of_failed_look(&error)?;
            }
        }
        if let Some(life) = self.schedule.short_life() {
            self.keeper.remember_short_life(before, life);
        }
        self.warn_of_short_life()
    }

    /// Warns once that tokens live no longer than the threshold.
    fn warn_of_short_life(&mut self) -> Result<(), Error> {
        let life = self.schedule.short_life();
        let is_new = self.reported_life.is_none();
        self.reported_life = life;
        let Some(life) = life.filter(|_| is_new) else { return Ok(()) };
        let message =
            format!("Zoom's tokens live {life} s, which is less than the threshold: refreshing at half");
        self.emit(&Event::Warning { message })
    }

    /// Warns once that the memory cannot be written down. This process keeps it all the same, but others lack it.
    fn warn_of_forgetting(&mut self, look: &Look) -> Result<(), Error> {
        let Some(problem) = self.keeper.forgets(look).filter(|_| !self.reported_forgetting) else {
            return Ok(());
        };
        self.reported_forgetting = true;
        let message = format!("{problem}; other zoomtoks do not learn of the attempts of this one");
        self.emit(&Event::Warning { message })
    }

    fn failed(&mut self, before: &Look, error: &Error) -> Result<Code, Error> {
        let code = error.code();
        let outcome = match (code, error) {
            (Code::Transient, Error::Shared(_)) => Outcome::NotAsked,
            // Another machine may bring a login.
            (_, Error::Shared(error)) if matches!(**error, SharedError::Ended | SharedError::TakenOut) => {
                Outcome::NotAsked
            }
            (Code::Transient, _) => Outcome::Transient,
            _ => Outcome::Final,
        };
        let view = self.view_after(&self.keeper.look(), before);
        let ended = self.schedule.record(outcome, &view, (self.jitter)());
        let failures = self.schedule.failures();
        self.emit(&Event::RefreshFailed {
            error: error.report(),
            code: code.number(),
            failures,
            limit: MAX_FAILURES,
        })?;
        self.failure = Some(error.to_string());
        if ended {
            let (because, probe_at) = (error.to_string(), self.schedule.next_probe());
            self.emit(&Event::Disabled { because, probe_at })?;
        }
        Ok(code)
    }
}

/// The state of a token that was obtained just before.
fn state(kept: &Kept, now: DateTime<Utc>) -> TokenState {
    let left = (kept.expires_at - now).num_seconds().min(kept.left);
    let (token, expires_at) = (kept.token.clone(), kept.expires_at);
    TokenState::Dated { token, claims: Claims::default(), expires_at, left }
}

/// The time that the token of a look has left, to the millisecond.
fn left(look: &Look) -> Option<TimeDelta> {
    let TokenState::Dated { expires_at, left, .. } = &look.held.state else { return None };
    let exact = *expires_at - look.now;
    // Unless its life is believed to be shorter than its end says, after a clock was set back.
    Some(if exact.num_seconds() == *left { exact } else { TimeDelta::seconds(*left) })
}

#[cfg(test)]
mod tests;
