//! One request or one file, with all its tries.

use std::sync::Arc;

use serde_json::Value;

use super::next::{Next, next};
use super::place::Part;
use super::plan::Wanted;
use crate::clock::{jitter, pause};
use crate::error::Error;
use crate::tokens::Tokens;
use crate::tokens::reach::Reach;
use crate::tokens::tries::{CallFailure, Tries};
use crate::zoom::api::file::Rest;
use crate::zoom::api::{ApiFailure, Request};
use crate::zoom::budget::{Budget, CALL};

/// The bytes from which a request was worth it, so that the next one follows at once.
const WORTH_IT: u64 = 64 * 1024;

/// Why a file was not downloaded.
#[derive(Debug)]
pub(super) enum NotFetched {
    /// It cannot be had; the next one may. The part is of no use if so said.
    Missing { why: String, is_useless: bool },
    /// Nothing can be had any more.
    Ended(Error),
}

impl From<Error> for NotFetched {
    fn from(error: Error) -> Self {
        Self::Ended(error)
    }
}

/// Makes requests with the token that is kept.
pub(super) struct Fetcher {
    tokens: Arc<Tokens>,
    reach: Arc<Reach>,
}

impl Fetcher {
    pub(super) fn new(tokens: Arc<Tokens>) -> Self {
        Self { tokens, reach: Arc::default() }
    }

    /// Calls the API, with all tries.
    ///
    /// # Errors
    ///
    /// [`CallFailure`].
    pub(super) async fn call(&self, request: &Request) -> Result<Value, CallFailure> {
        let mut fruitless = 0;
        let mut tries = Tries::begin(&self.tokens, &self.reach, None).await?;
        loop {
            let failure = match tries.api.call(request, &tries.token, &Budget::new(CALL)).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            fruitless += 1;
            match next(&failure, fruitless) {
                Next::Again(time) => pause(time.mul_f64(1.0 + jitter() / 2.0)).await,
                Next::AsForCalls | Next::CheckToken | Next::GiveUp => tries.after(failure).await?,
            }
        }
    }

    /// Downloads the rest of a file. `seen` is told its bytes so far, again and again.
    ///
    /// # Errors
    ///
    /// [`NotFetched`].
    pub(super) async fn file(
        &self,
        wanted: &Wanted,
        part: &mut Part,
        seen: &mut dyn FnMut(u64),
    ) -> Result<(), NotFetched> {
        let address = wanted.address.as_ref().map_err(|why| missing(*why))?;
        let (mut fruitless, mut is_checked) = (0, false);
        let mut etag = None;
        let mut tries = self.tries().await?;
        loop {
            let before = part.size();
            let failure = match once(&tries, (address, wanted.size), part, &mut etag, seen).await {
                Ok(()) => return Ok(()),
                Err(Broke::Disk(error)) => return Err(error.into()),
                Err(Broke::Size(why)) => return Err(NotFetched::Missing { why, is_useless: true }),
                Err(Broke::Api(failure)) => failure,
            };
            fruitless = match part.size().saturating_sub(before) {
                0 => fruitless + 1,
                1..WORTH_IT => 1,
                WORTH_IT.. => 0,
            };
            // A large file may see more than one token end.
            is_checked &= part.size() <= before;
            match next(&failure, fruitless) {
                Next::AsForCalls => after(&mut tries, failure).await?,
                Next::CheckToken if !is_checked => {
                    is_checked = true;
                    // A token that the API does not take is replaced for this call.
                    let me = self.call(&Request::get(&["users", "me"])).await;
                    if let Err(CallFailure::NoToken(error)) = me {
                        return Err(error.into());
                    }
                    let refused = std::mem::replace(&mut tries, self.tries().await?);
                    if tries.token == refused.token {
                        return Err(given_up(&failure));
                    }
                }
                Next::Again(time) => {
                    pause(time.mul_f64(1.0 + jitter() / 2.0)).await;
                    // The token may have ended meanwhile.
                    tries = self.tries().await?;
                }
                Next::CheckToken | Next::GiveUp => return Err(given_up(&failure)),
            }
        }
    }

    async fn tries(&self) -> Result<Tries, Error> {
        Tries::begin(&self.tokens, &self.reach, None).await
    }
}

async fn after(tries: &mut Tries, failure: ApiFailure) -> Result<(), NotFetched> {
    tries.after(failure).await.map_err(|failure| match failure {
        CallFailure::NoToken(error) => error.into(),
        CallFailure::Api(failure) => given_up(&failure),
    })
}

fn missing(why: impl Into<String>) -> NotFetched {
    NotFetched::Missing { why: why.into(), is_useless: false }
}

fn given_up(failure: &ApiFailure) -> NotFetched {
    missing(failure.to_string())
}

/// Why one try ended.
enum Broke {
    Api(ApiFailure),
    Disk(Error),
    /// The file has another size than Zoom lists.
    Size(String),
}

impl From<ApiFailure> for Broke {
    fn from(failure: ApiFailure) -> Self {
        Self::Api(failure)
    }
}

impl From<Error> for Broke {
    fn from(error: Error) -> Self {
        Self::Disk(error)
    }
}

/// One try of a file.
async fn once(
    tries: &Tries,
    (address, size): (&str, Option<u64>),
    part: &mut Part,
    etag: &mut Option<String>,
    seen: &mut dyn FnMut(u64),
) -> Result<(), Broke> {
    if size == Some(part.size()) {
        return Ok(());
    }
    if size.is_some_and(|size| part.size() > size) {
        part.empty()?;
    }
    let rest = Rest { from: part.size(), etag: etag.clone() };
    let Some(mut body) = tries.api.file(address, &tries.token, &rest).await? else {
        part.empty()?;
        return Err(cut("the file has ended before the part that is there").into());
    };
    if let (Some(size), Some(total)) = (size, body.total)
        && size != total
    {
        return Err(Broke::Size(other_size(size, total)));
    }
    if body.from != part.size() {
        // The server knows no ranges, or has another version by now.
        part.empty()?;
    }
    etag.clone_from(&body.etag);
    let size = size.or(body.total);
    while let Some(bytes) = body.chunk().await? {
        let grown = part.size() + bytes.len() as u64;
        if let Some(size) = size.filter(|size| grown > *size) {
            return Err(Broke::Size(other_size(size, grown)));
        }
        part.append(&bytes)?;
        seen(part.size());
    }
    match size {
        Some(size) if size != part.size() => Err(cut("the file has ended early").into()),
        _ => Ok(()),
    }
}

fn cut(what: &str) -> ApiFailure {
    ApiFailure::Unanswered { what: what.into(), sent: true }
}

fn other_size(listed: u64, found: u64) -> String {
    format!("Zoom lists {listed} bytes, and has sent a file of {found} or more")
}
