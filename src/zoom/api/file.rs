//! A file of a recording, as a stream: from its beginning, or from where an earlier download broke off.

use std::time::Duration;

use hyper::body::Bytes;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, RANGE};
use reqwest::{Response, Url};

use super::answer::Reading;
use super::client::{Api, MAX_REDIRECTS, Way};
use super::{ApiFailure, quoted::quoted};
use crate::clock::{Clock as _, pause};
use crate::token::Token;
use crate::zoom::answer::{Answer, Silence, Times};
use crate::zoom::budget::Budget;
use crate::zoom::http::{bearer, head};

/// The longest silence on a connection, before the head of an answer and between two parts of a file.
const FILE_SILENCE: Duration = Duration::from_secs(30);

/// The bytes that are read of an answer which is not the file. Zoom's errors have fewer than a hundred.
const ERROR_BODY: usize = 64 * 1024;

/// The part of a file that is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rest {
    /// The first byte.
    pub(crate) from: u64,
    /// The version that the bytes before it are of, if the server named one.
    pub(crate) etag: Option<String>,
}

/// A file on its way.
pub(crate) struct FileBody {
    response: Response,
    /// The bytes that were looked at before anything was made of them.
    first: Option<Bytes>,
    /// The place of the next byte in the file; 0 if the server ignored the range.
    pub(crate) from: u64,
    /// The size of the whole file, if the server says it.
    pub(crate) total: Option<u64>,
    /// The version of the file, if the server names one that a range can be asked for with.
    pub(crate) etag: Option<String>,
}

impl FileBody {
    /// The next bytes; none at the end.
    ///
    /// # Errors
    ///
    /// [`ApiFailure::Unanswered`] if the connection broke off or fell silent.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, ApiFailure> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => Ok(within(async { self.response.chunk().await.map_err(Silence::from) }).await?),
        }
    }
}

impl Api {
    /// Requests a file from the `download_url` of a recording, through at most 5 redirects. None if it has no bytes from
    /// there on (416).
    ///
    /// The token goes to Zoom's own hosts alone. A redirect may lead to a storage host, which gets none.
    ///
    /// # Errors
    ///
    /// [`ApiFailure::Elsewhere`] if the address is not Zoom's, or a redirect leads away from https; nothing was sent there.
    /// [`ApiFailure::Broken`] with a status below 300 if the answer is a page or an error instead of the file; Zoom sends a
    /// sign-in page with status 200 if it does not accept the token (forum thread 53338). Otherwise as with [`Api::call`].
    pub(crate) async fn file(
        &self,
        address: &str,
        token: &Token,
        rest: &Rest,
    ) -> Result<Option<FileBody>, ApiFailure> {
        let mut url = self.first_address(address, token)?;
        let mut way = Way::WithToken;
        for _ in 0..=MAX_REDIRECTS {
            let asked = self.clock().now();
            let response = self.request(&url, token, way, rest).await?;
            let times = Times { asked, answered: self.clock().now() };
            let answer = head(response.status().as_u16(), response.headers());
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                return examined(response, answer, (token, times), way, rest).await;
            }
            let next = answer.location.as_deref().and_then(|location| url.join(location).ok());
            let budget = Budget::new(0);
            let reading = Reading { answer: &answer, token, times, budget: &budget };
            url = next.ok_or_else(|| reading.broken("the file is behind a redirect to nowhere"))?;
            way = self.way(&url).map_err(|problem| ApiFailure::Elsewhere {
                problem: quoted(&problem, token),
                redirected: true,
            })?;
        }
        Err(ApiFailure::Broken {
            status: 302,
            what: "the file is behind too many redirects".into(),
            tracking_id: None,
        })
    }

    async fn request(&self, url: &Url, token: &Token, way: Way, rest: &Rest) -> Result<Response, ApiFailure> {
        // Compressed bytes have another size, and no ranges.
        let mut request = self.client().get(url.clone()).header(ACCEPT_ENCODING, "identity");
        if way == Way::WithToken {
            request = request.header(AUTHORIZATION, bearer(token));
        }
        if rest.from > 0 {
            request = request.header(RANGE, format!("bytes={}-", rest.from));
            if let Some(etag) = &rest.etag {
                request = request.header(IF_RANGE, etag);
            }
        }
        Ok(within(async { request.send().await.map_err(Silence::from) }).await?)
    }
}

/// Waits for something on a connection, but for no longer silence than is usual.
async fn within<T>(work: impl Future<Output = Result<T, Silence>>) -> Result<T, Silence> {
    tokio::select! {
        biased;
        done = work => done,
        () = pause(FILE_SILENCE) => {
            Err(Silence { what: "the connection has fallen silent".into(), sent: true })
        }
    }
}

impl From<Silence> for ApiFailure {
    fn from(Silence { what, sent }: Silence) -> Self {
        Self::Unanswered { what, sent }
    }
}

/// The file in an answer, after a look at its beginning.
async fn examined(
    mut response: Response,
    mut answer: Answer,
    (token, times): (&Token, Times),
    way: Way,
    rest: &Rest,
) -> Result<Option<FileBody>, ApiFailure> {
    let headers = response.headers();
    let range = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok()).and_then(content_range);
    let (etag, length) = (strong_etag(headers), response.content_length());
    if answer.status == 416 && rest.from > 0 {
        return Ok(None);
    }
    let place = match (answer.status, range) {
        (200, _) => Some((0, length)),
        (206, Some((from, total))) if from == rest.from => Some((from, total)),
        _ => None,
    };
    // The first part of a file; all of an error.
    let most = if place.is_some() && length.is_none_or(|length| length > ERROR_BODY as u64) {
        1
    } else {
        ERROR_BODY
    };
    let mut first = Vec::new();
    while first.len() < most
        && let Some(chunk) = within(async { response.chunk().await.map_err(Silence::from) }).await?
    {
        first.extend_from_slice(&chunk);
    }
    answer.body.extend_from_slice(&first[..first.len().min(ERROR_BODY)]);
    let budget = Budget::new(4 * ERROR_BODY);
    let reading = Reading { answer: &answer, token, times, budget: &budget };
    if answer.status == 206 && place.is_none() {
        return Err(reading.broken("another part of the file came than was asked for"));
    }
    if way == Way::WithoutToken && place.is_none() {
        // It knows no token, so that its status says nothing about one.
        return Err(
            reading.broken(format!("the host that stores the file answered with HTTP {}", answer.status))
        );
    }
    let (from, total) = place.unwrap_or_default();
    reading.is_file(from == 0)?;
    let first = (!first.is_empty()).then(|| first.into());
    Ok(Some(FileBody { response, first, from, total, etag }))
}

/// The first byte and the size of the whole in `bytes 5-9/10`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (from, _) = range.split_once('-')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    Some((from.trim().parse().ok()?, total))
}

/// The entity tag of an answer, if ranges can be asked for with it: a weak one stands for several versions (RFC 9110, 13.1.5).
fn strong_etag(headers: &HeaderMap) -> Option<String> {
    headers.get(ETAG)?.to_str().ok().filter(|etag| etag.starts_with('"')).map(str::to_owned)
}

#[cfg(test)]
mod tests;
