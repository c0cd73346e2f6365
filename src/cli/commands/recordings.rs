//! `zoomtok recordings`

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{Context, Run};
use crate::cli::args::{Recordings, RecordingsCommand};
use crate::cli::bar::Bar;
use crate::cli::failure::Result;
use crate::clock::Clock as _;
use crate::error::{Code, Error};
use crate::recordings::{Job, News, Summary, download};
use crate::store::Store as _;
use crate::tokens::Tokens;
use crate::words;
use crate::zoom::days::Range;

/// The version of the JSON that `recordings download` prints; it changes when a field is renamed or removed.
const RECORDINGS_JSON_VERSION: u32 = 1;

impl Run for Recordings {
    fn run(&self, context: &Context) -> Result<Code> {
        let RecordingsCommand::Download { from, to, user, json, directory } = &self.command;
        let days = Range::asked_for(*from, *to, context.clock.now());
        if days.from > days.to {
            return Err(Error::Setting {
                name: "--from".into(),
                place: days.from.to_string(),
                problem: format!("is after the last day, {}", days.to),
            }
            .into());
        }
        let user = user.as_deref().unwrap_or("me").to_owned();
        run(context, &Job { days, user, directory: directory.clone() }, *json)
    }
}

fn run(context: &Context, job: &Job, as_json: bool) -> Result<Code> {
    let tokens = Arc::new(Tokens::new(
        context.environment.clone(),
        context.store.path().to_owned(),
        context.store.state_root().map(Path::to_owned),
        context.clock,
        context.stop.clone(),
    ));
    let mut teller =
        Teller { context, bar: context.output.bar(), as_json, unread: None, so_far: SoFar::default() };
    let done = download(job, &tokens, &context.stop, &mut |news| teller.tell(news));
    teller.bar.clear();
    let Teller { unread, so_far, .. } = teller;
    let summary = done.inspect_err(|_| {
        // An error before there is a list of files says itself what to do.
        if so_far.since.is_some() {
            context.output.talk("👉 The same command again goes on where this one has ended");
        }
    })?;
    if let Some(error) = unread {
        return Err(error.into());
    }
    if as_json {
        context.output.json(&json!({
            "version": RECORDINGS_JSON_VERSION,
            "from": job.days.from,
            "to": job.days.to,
            "user": job.user,
            "directory": job.directory,
            "downloaded": summary.downloaded,
            "bytes": summary.bytes,
            "kept": summary.kept,
            "missing": summary.missing.iter()
                .map(|missing| json!({"name": missing.name, "reason": missing.why}))
                .collect::<Vec<_>>(),
        }))?;
    } else {
        context.output.text(&in_words(&summary))?;
    }
    Ok(if summary.missing.is_empty() { Code::Done } else { Code::Failed })
}

fn in_words(Summary { downloaded, bytes, kept, missing }: &Summary) -> String {
    let files = |count: usize| if count == 1 { "1 file".into() } else { format!("{count} files") };
    let there = if *kept == 0 { String::new() } else { format!(", {} there before", files(*kept)) };
    let size = words::size(*bytes);
    match missing.len() {
        0 => format!("✅ {} downloaded ({size}){there}", files(*downloaded)),
        count => format!("⚠️  {} missing; {} downloaded ({size}){there}", files(count), files(*downloaded)),
    }
}

/// The figures that the bar shows.
#[derive(Default)]
struct SoFar {
    files: usize,
    all_files: usize,
    /// The bytes of the files before this one.
    before: u64,
    all: u64,
    /// The bytes received in this run, and those of the part when it was last heard of.
    received: u64,
    at: u64,
    since: Option<Duration>,
}

/// Says how the download is getting on: by the bar on a terminal, else by lines.
struct Teller<'a> {
    context: &'a Context,
    bar: Bar,
    as_json: bool,
    /// Why stdout cannot be written.
    unread: Option<Error>,
    so_far: SoFar,
}

impl Teller<'_> {
    fn tell(&mut self, news: &News<'_>) {
        let now = self.context.clock.elapsed();
        let so_far = &mut self.so_far;
        let name = match *news {
            News::Listed { files, bytes } => {
                (so_far.all_files, so_far.all, so_far.since) = (files, bytes, Some(now));
                ""
            }
            News::Begun { name, at } => {
                so_far.at = at;
                name
            }
            News::Grown { name, at } => {
                so_far.received += at.saturating_sub(so_far.at);
                so_far.at = at;
                name
            }
            News::Kept { name, size } | News::Done { name, size } => {
                (so_far.files, so_far.before, so_far.at) = (so_far.files + 1, so_far.before + size, 0);
                name
            }
            News::Missing(missing) => {
                (so_far.files, so_far.at) = (so_far.files + 1, 0);
                self.bar.clear();
                self.context.output.must(&format!("zoomtok: missing: {}: {}", missing.name, missing.why));
                &missing.name
            }
        };
        let done = so_far.before + so_far.at;
        let seconds = so_far.since.map_or(0, |since| now.saturating_sub(since).as_secs());
        let rate = so_far.received.checked_div(seconds).map(|rate| format!(", {}/s", words::size(rate)));
        let text = format!(
            "{}/{} files, {} of {}{}  {name}",
            so_far.files,
            so_far.all_files,
            words::size(done),
            words::size(so_far.all),
            rate.unwrap_or_default(),
        );
        let all = so_far.all;
        self.bar.draw(now, done, all, &text);
        if let News::Done { name, size } = *news
            && !self.bar.is_visible()
            && !self.as_json
        {
            let line = self.context.output.text(&format!("📄 {name} ({})", words::size(size)));
            self.unread = self.unread.take().or(line.err());
        }
    }
}
