//! The whole download: the lists of all days first, then each file.

use std::path::PathBuf;
use std::sync::Arc;

use super::error::DownloadError;
use super::fetch::{Fetcher, NotFetched};
use super::place::{Place, There};
use super::plan::{Plan, Wanted};
use crate::clock::{Shutdown, runtime};
use crate::error::{Error, Left};
use crate::tokens::Tokens;
use crate::tokens::tries::CallFailure;
use crate::zoom::api::Request;
use crate::zoom::days::Range;

/// The recordings in a page of a list, the most that Zoom gives (its `OpenAPI` description of `/users/{userId}/recordings`).
const PAGE_SIZE: u32 = 300;

/// The recordings to download, and where to.
pub(crate) struct Job {
    /// The days, in UTC.
    pub(crate) days: Range,
    /// Whose: a user id, an e-mail address, or `me`.
    pub(crate) user: String,
    /// The directory.
    pub(crate) directory: PathBuf,
}

/// Something that has happened.
#[derive(Debug)]
pub(crate) enum News<'a> {
    /// All lists are there: so many files, of so many bytes.
    Listed { files: usize, bytes: u64 },
    /// A file was there already.
    Kept { name: &'a str, size: u64 },
    /// A file goes on from so many bytes.
    Begun { name: &'a str, at: u64 },
    /// So many bytes of a file are there.
    Grown { name: &'a str, at: u64 },
    /// A file is whole.
    Done { name: &'a str, size: u64 },
    /// A file cannot be had.
    Missing(&'a Missing),
}

/// A file that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// The name that it would have.
    pub(crate) name: String,
    /// Why.
    pub(crate) why: String,
}

/// The files in the end.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Those that were downloaded.
    pub(crate) downloaded: usize,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// Those that were there before.
    pub(crate) kept: usize,
    /// Those that are missing.
    pub(crate) missing: Vec<Missing>,
}

/// Downloads all files of the recordings. `stop` ends it; the next run then goes on.
///
/// # Errors
///
/// [`DownloadError`]. The files that were whole by then are there. A file that cannot be had is none: it is in the summary.
pub(crate) fn download(
    job: &Job,
    tokens: &Arc<Tokens>,
    stop: &Shutdown,
    tell: &mut dyn FnMut(&News<'_>),
) -> Result<Summary, DownloadError> {
    stop.listen()?;
    let place = Place::open(&job.directory)?;
    let runtime =
        runtime().map_err(|source| Error::Other { action: "set up the download".into(), source })?;
    let fetcher = Fetcher::new(Arc::clone(tokens));
    let done = runtime.block_on(async {
        tokio::select! {
            biased;
            signal = stop.requested() => {
                // An exchange under way may bring the only good refresh token.
                tokens.settle().await;
                Err(Error::Interrupted { signal, left: Left::Nothing }.into())
            }
            done = run(job, &place, &fetcher, tell) => done,
        }
    });
    // A lookup of a name runs in a thread of its own and cannot be cancelled.
    runtime.shutdown_background();
    done
}

async fn run(
    job: &Job,
    place: &Place,
    fetcher: &Fetcher,
    tell: &mut dyn FnMut(&News<'_>),
) -> Result<Summary, DownloadError> {
    let plan = list(job, fetcher).await?;
    tell(&News::Listed { files: plan.len(), bytes: plan.bytes() });
    let mut summary = Summary::default();
    for (name, wanted) in plan.iter() {
        match one(place, fetcher, (name, wanted), tell).await {
            Ok(Got::Before(size)) => {
                summary.kept += 1;
                tell(&News::Kept { name, size });
            }
            Ok(Got::Now(size)) => {
                summary.downloaded += 1;
                summary.bytes += size;
                tell(&News::Done { name, size });
            }
            Err(NotFetched::Missing { why, .. }) => {
                let missing = Missing { name: name.to_owned(), why };
                tell(&News::Missing(&missing));
                summary.missing.push(missing);
            }
            Err(NotFetched::Ended(error)) => return Err(error.into()),
        }
    }
    Ok(summary)
}

/// The files of all days.
async fn list(job: &Job, fetcher: &Fetcher) -> Result<Plan, CallFailure> {
    let mut plan = Plan::default();
    for days in job.days.windows() {
        let mut token: Option<String> = None;
        loop {
            let request = Request::get(&["users", &job.user, "recordings"])
                .with("from", Some(days.from))
                .with("to", Some(days.to))
                .with("page_size", Some(PAGE_SIZE))
                .with("next_page_token", token.as_ref());
            let page = fetcher.call(&request).await?;
            plan.add(&page);
            let next = page["next_page_token"].as_str().filter(|next| !next.is_empty()).map(str::to_owned);
            if next.is_none() || next == token {
                break;
            }
            token = next;
        }
    }
    Ok(plan)
}

/// A file that is there, with its bytes.
enum Got {
    Before(u64),
    Now(u64),
}

async fn one(
    place: &Place,
    fetcher: &Fetcher,
    (name, wanted): (&str, &Wanted),
    tell: &mut dyn FnMut(&News<'_>),
) -> Result<Got, NotFetched> {
    let missing = |why: String| Err(NotFetched::Missing { why, is_useless: false });
    match (place.look(name)?, wanted.size) {
        (There::Nothing, _) => {}
        (There::File(size), listed) if listed.is_none_or(|listed| listed == size) => {
            return Ok(Got::Before(size));
        }
        (There::File(size), Some(listed)) => {
            return missing(format!(
                "a file of {size} bytes has its name, and Zoom lists {listed}; move it away"
            ));
        }
        (There::File(_) | There::Else, _) => {
            return missing("something that is no file has its name; move it away".into());
        }
    }
    if let Err(why) = wanted.address {
        return missing(why.to_owned());
    }
    let mut part = match place.part(name) {
        Err(Error::Store { source, .. })
            if matches!(source.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::InvalidInput) =>
        {
            return missing(source.to_string());
        }
        part => part?,
    };
    tell(&News::Begun { name, at: part.size() });
    let mut seen = |at| tell(&News::Grown { name, at });
    match fetcher.file(wanted, &mut part, &mut seen).await {
        Ok(()) => {
            let size = part.size();
            place.finish(part, name)?;
            Ok(Got::Now(size))
        }
        Err(failure) => {
            let is_useless = matches!(failure, NotFetched::Missing { is_useless: true, .. });
            if is_useless || part.size() == 0 {
                place.discard(part, name);
            }
            Err(failure)
        }
    }
}
