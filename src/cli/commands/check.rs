//! `zoomtok check`

use std::path::Path;

use serde_json::{Value, json};

use self::line::{Shown, line};
use super::{Context, Run, not_found};
use crate::cli::args::Check;
use crate::cli::failure::Result;
use crate::cli::template::Template;
use crate::clock::rfc3339;
use crate::error::{Code, Diagnostic as _, Error};
use crate::files;
use crate::keeper::Look;
use crate::settings::Origin;
use crate::token::{TokenState, mask};
use crate::words;
use crate::zoom::{Http, Live};

mod line;
mod log;

/// The version of the JSON that `check` prints; it changes when a field is renamed or removed.
const JSON_VERSION: u32 = 1;

/// The findings of `check`.
struct Report {
    look: Look,
    threshold: u64,
    live: Option<Live>,
    warnings: Vec<String>,
}

impl Run for Check {
    fn reads_once(&self) -> bool {
        true
    }

    fn run(&self, context: &Context) -> Result<Code> {
        run(context, self)
    }
}

fn run(context: &Context, check: &Check) -> Result<Code> {
    let look = context.keeper().look()?;
    let settings = &look.settings;
    let threshold = settings.threshold(check.threshold)?;
    let log = (check.verbose || settings.check_verbose()?).then(|| settings.check_logfile()).transpose()?;
    for (is_used, name) in [(log.is_some(), "ZOOM_CHECK_LOGFILE"), (check.live, "ZOOM_API_URL")] {
        if is_used {
            context.warn_of_ignored(&look, &[name]);
        }
    }
    let (mut warnings, mut live) = (Vec::new(), None);
    if let TokenState::Dated { token, claims, .. } = &look.held.state {
        warnings = settings.foreign(claims)?;
        if check.live && look.held.state.lasts(threshold) {
            live = Some(Http.live(&settings.api_url(look.held.origin.as_ref())?, token, &context.stop)?);
        }
    }
    if !look.held.state.lasts(threshold)
        && let Some(failure) = context.keeper().memory(&look).failure
    {
        // Why there is no better one: somebody has tried.
        let at = words::local(failure.at);
        warnings.push(format!("the last attempt to fetch one failed at {at}: {}", failure.message));
    }
    let report = Report { look, threshold, live, warnings };

    if let Some(log) = &log
        && let Err(error) = append(log, &report)
    {
        context.output.warn(&error.with_causes());
    }
    context.warn(&report.warnings);
    if check.json {
        context.output.json(&report.json())?;
    } else if let Some(template) = &check.format {
        context.output.data(&report.line(context, template))?;
    } else {
        let details = if log.is_some() { report.details() } else { Vec::new() };
        for line in details.into_iter().chain(report.lines()) {
            context.output.text(&line)?;
        }
    }
    Ok(if report.valid() { Code::Done } else { Code::Failed })
}

impl Report {
    fn valid(&self) -> bool {
        self.look.held.state.lasts(self.threshold) && self.live != Some(Live::Rejected)
    }

    /// The status in one word, as JSON has it.
    fn status(&self) -> &'static str {
        match &self.look.held.state {
            TokenState::Missing => "missing",
            TokenState::Malformed { .. } => "malformed",
            TokenState::Dated { left, .. } if *left <= 0 => "expired",
            TokenState::Dated { .. } if self.live == Some(Live::Rejected) => "rejected",
            TokenState::Dated { .. } if self.valid() => "valid",
            TokenState::Dated { .. } => "expiring",
        }
    }

    /// The lines for a person.
    fn lines(&self) -> Vec<String> {
        let (at, left) = match &self.look.held.state {
            TokenState::Missing => return vec![format!("❌ MISSING: {}", not_found(&self.look))],
            TokenState::Malformed { problem } => {
                return vec![format!("❌ INVALID: Token cannot be used: {problem}")];
            }
            TokenState::Dated { expires_at, left, .. } => (words::local(*expires_at), words::left(*left)),
        };
        let valid = format!("✅ VALID: Token expires at {at} ({left} remaining)");
        match self.status() {
            "expired" => vec![format!("⏰ EXPIRED: Token expired at {at}")],
            "rejected" => {
                vec![format!("❌ INVALID: Zoom no longer takes this token (it would expire at {at})")]
            }
            "expiring" => {
                let threshold = seconds(self.threshold);
                vec![valid, format!("⚠️  WARNING: Token expires soon (within {threshold} threshold)")]
            }
            _ => vec![valid],
        }
    }

    /// The line for a prompt. It is empty where there is no account, so that a prompt shows nothing there.
    fn line(&self, context: &Context, template: &Template) -> String {
        let state = &self.look.held.state;
        if matches!(state, TokenState::Missing) && !self.look.env_file().exists() {
            return String::new();
        }
        let profile = context.chosen.profile();
        let shown = Shown { status: self.status(), state, profile, signs: context.output.shows_signs() };
        line(template, &shown)
    }

    /// The line for the log.
    fn for_log(&self) -> String {
        let text = self.lines().join(" ");
        if matches!(self.look.held.state, TokenState::Missing) {
            log::line_with_path(&text)
        } else {
            log::line(&text)
        }
    }

    /// The lines for a person with `-v`, before the verdict.
    fn details(&self) -> Vec<String> {
        let mut lines = vec![format!("🔍 Validating Zoom token (threshold: {})...", seconds(self.threshold))];
        if let Some(origin) = &self.look.held.origin {
            lines.push(format!("   Found: {origin}"));
        }
        if let TokenState::Dated { token, claims, .. } = &self.look.held.state {
            lines.push(format!("   Token: {token}"));
            for (what, claim) in [("Account", &claims.account_id), ("App", &claims.client_id)] {
                lines.extend(claim.as_ref().map(|claim| format!("   {what}: {}", mask(claim))));
            }
        }
        lines
    }

    fn json(&self) -> Value {
        let mut json = json!({
            "version": JSON_VERSION,
            "status": self.status(),
            "valid": self.valid(),
            "threshold": self.threshold,
            "token": null,
            "expires_at": null,
            "seconds_left": null,
            "problem": null,
            "source": self.look.held.origin.as_ref().map(source),
            "env_file": self.look.env_file().path(),
            "live": self.live.map(|live| live == Live::Accepted),
            "warnings": self.warnings,
        });
        match &self.look.held.state {
            TokenState::Missing => {}
            TokenState::Malformed { problem } => json["problem"] = (*problem).into(),
            TokenState::Dated { token, expires_at, left, .. } => {
                json["token"] = token.to_string().into();
                json["expires_at"] = rfc3339(*expires_at).into();
                json["seconds_left"] = (*left).into();
            }
        }
        json
    }
}

fn seconds(threshold: u64) -> String {
    words::left(i64::try_from(threshold).unwrap_or(i64::MAX))
}

fn source(origin: &Origin) -> Value {
    match origin {
        Origin::Environment => json!("environment"),
        Origin::File { path, line } => json!({ "file": path, "line": line }),
    }
}

/// Appends a line to the log, as the script that this command replaces did.
fn append(path: &Path, report: &Report) -> Result<(), Error> {
    let time = rfc3339(report.look.now);
    files::append(path, &format!("{time} {}\n", report.for_log()))
}
