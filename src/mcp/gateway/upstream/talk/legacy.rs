//! A session over the transport before streamable HTTP: one stream for each, begun again when it breaks or the token changes.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::attempt::Attempt;
use super::super::envelope::{explained, failed};
use super::super::legacy::LegacyStream;
use super::super::listen::{LONGEST_PAUSE, next_pause};
use super::super::wire::Outbound;
use super::{NOT_REPEATED, Report, Session, Talk, is_result};
use crate::clock::{jitter, pause};
use crate::mcp::gateway::seam::Received;
use crate::token::Token;

impl Talk {
    /// Begins a session over a new stream, and gives the answer to `initialize`. `refusal` is how the server has answered
    /// that message over streamable HTTP; none where it is known to have the older transport only.
    pub(super) async fn initialize_legacy(
        self: &Arc<Self>,
        session: &mut Session,
        initialize: &Outbound,
        refusal: Option<String>,
        report: &mut Report,
    ) -> Attempt {
        let stream = match self.open_legacy().await {
            Ok(stream) => Arc::new(stream),
            // Then it is no server of either kind.
            Err(Attempt::NotSent(reason) | Attempt::Unsuitable(reason)) => {
                return Attempt::Failed(refusal.unwrap_or(reason));
            }
            Err(attempt) => return attempt,
        };
        let token = stream.token.clone();
        let answered = stream.attempt(&self.wire, initialize, token.as_ref(), &mut || report.given()).await;
        if let Attempt::Answered { text, .. } = &answered {
            session.begun(text, None);
            session.legacy = Some(Arc::clone(&stream));
            self.keep_open(session, stream);
        }
        answered
    }

    /// Opens a stream, and once more with another token if the server does not take the one of now.
    async fn open_legacy(&self) -> Result<LegacyStream, Attempt> {
        let token = self.token().await.map_err(Attempt::NotSent)?;
        match LegacyStream::open(&self.wire, token.as_ref()).await {
            Err(Attempt::TokenRefused(_)) => {
                let renewed = self.renewed(token).await.map_err(Attempt::Failed)?;
                LegacyStream::open(&self.wire, Some(&renewed)).await.map_err(|attempt| match attempt {
                    Attempt::TokenRefused(_) => Attempt::Failed(self.refused_anew()),
                    attempt => attempt,
                })
            }
            opened => opened,
        }
    }

    /// Passes a message on. A stream that has ended, or that was opened with another token, is replaced first. Requests under
    /// way keep the stream on which they wait.
    pub(super) async fn pass_legacy(self: &Arc<Self>, message: &Outbound, report: &mut Report) -> Attempt {
        let (mut is_begun_again, mut is_renewed) = (false, false);
        loop {
            let token = match self.token().await {
                Ok(token) => token,
                Err(reason) => return Attempt::NotSent(reason),
            };
            let (stream, generation) = match self.legacy_stream(token.as_ref()).await {
                Ok(found) => found,
                Err(reason) => return Attempt::NotSent(self.not_begun(&reason)),
            };
            let attempt = stream.attempt(&self.wire, message, token.as_ref(), &mut || report.given()).await;
            match attempt {
                Attempt::SessionLost if is_begun_again => {
                    let host = self.wire.host();
                    return Attempt::Failed(format!("{host} does not know the session it has just begun"));
                }
                Attempt::SessionLost => {
                    is_begun_again = true;
                    if let Err(reason) = self.begin_again(generation).await {
                        return Attempt::Failed(self.not_begun(&reason));
                    }
                }
                Attempt::TokenRefused(_) if is_renewed => return Attempt::Failed(self.refused_anew()),
                Attempt::TokenRefused(refusal) => {
                    is_renewed = true;
                    if let Err(reason) = self.renewed(token).await {
                        return Attempt::Failed(reason);
                    }
                    if let Some(id) = message.id.as_ref().filter(|_| !message.may_repeat) {
                        let refusal =
                            refusal.unwrap_or_else(|| failed(id, "the server did not take the token"));
                        return Attempt::Answered { text: explained(&refusal, NOT_REPEATED), session: None };
                    }
                }
                attempt => return attempt,
            }
        }
    }

    /// The stream that is open with this token, with the generation of its session.
    async fn legacy_stream(
        self: &Arc<Self>,
        token: Option<&Token>,
    ) -> Result<(Arc<LegacyStream>, u64), String> {
        for _ in 0..2 {
            let (stream, generation) = {
                let session = self.session.lock().await;
                (session.legacy.clone(), session.established.generation)
            };
            match stream {
                Some(stream) if !stream.ended.is_cancelled() && stream.token.as_ref() == token => {
                    return Ok((stream, generation));
                }
                _ => self.begin_again(generation).await.map(drop)?,
            }
        }
        // The token has changed again meanwhile: the one that the stream was opened with is as good.
        let session = self.session.lock().await;
        let stream = session.legacy.clone().ok_or("it has no stream")?;
        Ok((stream, session.established.generation))
    }

    /// Begins the session again whenever its stream ends, so that what the server says unasked is heard.
    fn keep_open(self: &Arc<Self>, session: &mut Session, stream: Arc<LegacyStream>) {
        session.listening.cancel();
        session.listening = self.wire.stop.child_token();
        let (this, stop) = (Arc::clone(self), session.listening.clone());
        let (generation, ended) = (session.established.generation, stream.ended.clone());
        // The requests that wait on it, and the session, are all that keeps it open.
        drop(stream);
        tokio::spawn(async move {
            let begins_again = async {
                tokio::select! {
                    () = ended.cancelled() => {}
                    () = pause(LONGEST_PAUSE) => {
                        this.fruitless.store(0, Ordering::Relaxed);
                        ended.cancelled().await;
                    }
                }
                loop {
                    let fruitless = this.fruitless.fetch_add(1, Ordering::Relaxed);
                    pause(next_pause(fruitless, None, jitter())).await;
                    // A task of its own: the new session ends this one.
                    let again = Arc::clone(&this);
                    let begun = tokio::spawn(async move { again.begin_again(generation).await });
                    if matches!(begun.await, Ok(Ok(_))) {
                        return;
                    }
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = begins_again => {}
            }
        });
    }

    /// Begins a new session in place of one over an older stream.
    ///
    /// # Errors
    ///
    /// The server does not begin one; in words.
    pub(super) async fn begin_legacy_again(self: &Arc<Self>, session: &mut Session) -> Result<(), String> {
        let initialize = session.initialize.clone().ok_or("the client had begun none")?;
        match self.initialize_legacy(session, &initialize, None, &mut Report(None)).await {
            Attempt::Answered { text, .. } if is_result(&text) => {}
            attempt => return Err(attempt.reason()),
        }
        if let (Some(initialized), Some(stream)) = (session.initialized.clone(), session.legacy.clone()) {
            match stream.attempt(&self.wire, &initialized, stream.token.as_ref(), &mut || {}).await {
                Attempt::Accepted => {}
                attempt => return Err(attempt.reason()),
            }
        }
        self.wire.report(Received::BegunAgain).await;
        Ok(())
    }

    fn not_begun(&self, reason: &str) -> String {
        format!("{} has lost the session, and a new one did not begin: {reason}", self.wire.host())
    }
}
