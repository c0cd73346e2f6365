//! The token, and what Zoom makes of it.

use chrono::{DateTime, Utc};

use super::finding::Finding;
use crate::error::{Code, Diagnostic as _, Error};
use crate::keeper::{How, Keeper, Look, Need, Unlike};
use crate::mcp::scopes::ToolScope;
use crate::settings::Held;
use crate::store::Memory;
use crate::token::TokenState;
use crate::words;
use crate::zoom::{Http, Live};

/// The remedy where there is no answer.
const NETWORK: &str =
    "Check the network, and HTTPS_PROXY and SSL_CERT_FILE where they are needed; or try again later";

/// The state of Zoom and of the token.
pub(super) struct Seen {
    /// Whether whoever issues tokens answers, and how far ahead its clock is; none where it was not asked.
    pub(super) reached: Option<Reached>,
    /// The token as it is now.
    pub(super) held: Held,
    /// The seconds that it must have left.
    pub(super) threshold: u64,
    /// Whether a token is exported that does not count.
    pub(super) outlives_exported: bool,
    /// Whether there are credentials to fetch one with.
    pub(super) can_fetch: bool,
    /// The settings that it was not issued for.
    pub(super) foreign: Vec<String>,
    /// The API's answer to it; none where the API was not asked.
    pub(super) live: Option<Result<Live, Error>>,
    /// The result of fetching one; none where that was not tried.
    pub(super) fetched: Option<Result<How, Error>>,
    /// The scopes of the tools that the policy allows.
    pub(super) needs: Vec<ToolScope>,
    /// The memory after that.
    pub(super) memory: Memory,
    pub(super) now: DateTime<Utc>,
}

/// An attempt to reach whoever issues tokens.
pub(super) struct Reached {
    pub(super) host: String,
    pub(super) ahead: Result<Option<i64>, Error>,
}

/// Looks at the token of `before`, asks Zoom about it and, where it does not do and `fetch` says so, fetches another.
/// Gives also what a look finds afterwards.
///
/// # Errors
///
/// [`Error::Interrupted`]; every other error is something that was seen.
pub(super) fn look(
    keeper: &Keeper<'_>,
    before: Look,
    (can_fetch, fetch): (bool, bool),
    needs: Vec<ToolScope>,
) -> Result<(Seen, Look), Error> {
    let settings = &before.settings;
    // Its fault was reported already; the shortest one does.
    let threshold = settings.threshold(None).unwrap_or_default();
    let reached = match settings.oauth_url() {
        Ok(url) => Some(Reached {
            host: url.host_str().unwrap_or("Zoom").to_owned(),
            ahead: unless_interrupted(Http.reach(&url, keeper.clock, keeper.stop))?,
        }),
        Err(_) => None,
    };
    let is_reachable = reached.as_ref().is_none_or(|reached| reached.ahead.is_ok());
    let token = before.held.state.token().filter(|_| before.held.state.lasts(0));
    let mut live = match (token, settings.api_url(before.held.origin.as_ref())) {
        (Some(token), Ok(url)) if is_reachable => {
            Some(unless_interrupted(Http.live(&url, token, keeper.stop))?)
        }
        _ => None,
    };
    let rejected = token.filter(|_| matches!(live, Some(Ok(Live::Rejected))));
    let unlike = rejected.cloned().map_or(Unlike::None, Unlike::Rejected);
    let is_due = rejected.is_some() || !before.held.state.lasts(threshold);
    let mut fetched = None;
    if fetch && can_fetch && is_reachable && is_due {
        let kept = keeper.ensure(&before, &Need { seconds: threshold, unlike });
        fetched = Some(unless_interrupted(kept)?.map(|kept| kept.how));
    }
    if matches!(fetched, Some(Ok(_))) {
        // The answer was about the old token.
        live = None;
    }
    let look = keeper.look().unwrap_or(before);
    let settings = &look.settings;
    let foreign = match &look.held.state {
        TokenState::Dated { claims, .. } => settings.foreign(claims).unwrap_or_default(),
        TokenState::Missing | TokenState::Malformed { .. } => Vec::new(),
    };
    let seen = Seen {
        reached,
        threshold,
        outlives_exported: settings.outlives_exported(&look.held),
        can_fetch,
        foreign,
        live,
        fetched,
        needs,
        memory: keeper.memory(&look),
        now: look.now,
        held: look.held.clone(),
    };
    Ok((seen, look))
}

/// A signal ends the command; everything else is something that was seen.
fn unless_interrupted<T>(result: Result<T, Error>) -> Result<Result<T, Error>, Error> {
    match result {
        Err(error @ Error::Interrupted { .. }) => Err(error),
        result => Ok(result),
    }
}

/// The findings about Zoom and the token.
pub(super) fn judge(seen: &Seen) -> Vec<Finding> {
    let mut findings: Vec<Finding> = seen.reached.iter().map(of_reached).collect();
    findings.extend(of_clock(seen));
    findings.extend(seen.fetched.as_ref().map(|fetched| match fetched {
        Ok(How::Fetched) => {
            Finding::good("fetch", "Zoom issued a new token for the credentials, and it is stored")
        }
        Ok(_) => Finding::good("fetch", "a new token was there already, and Zoom was not asked for one"),
        Err(error) => Finding::error("fetch", error).or_hint("zoomtok get -f tries again"),
    }));
    findings.push(of_token(seen));
    let hint = "If the settings are what you mean, zoomtok get -f fetches a token that fits them";
    let foreign = seen.foreign.iter().map(|warning| Finding::doubtful("token", warning.clone(), hint));
    findings.extend(foreign);
    if seen.outlives_exported {
        findings.push(Finding::doubtful(
            "token",
            "another ZOOM_ACCESS_TOKEN is exported, which lives shorter than that of .env and does not count",
            "Unset it: other programs may still go by it",
        ));
    }
    findings.extend(seen.live.as_ref().map(of_live));
    findings.extend(of_scopes(&seen.memory.scopes, &seen.needs));
    if !matches!(seen.fetched, Some(Err(_))) {
        findings.extend(of_attempts(&seen.memory));
    }
    findings
}

fn of_reached(Reached { host, ahead }: &Reached) -> Finding {
    match ahead {
        Ok(_) => {
            Finding::good("network", format!("{host} answers; it was asked for a sign of life and no more"))
        }
        Err(error) => unanswered("network", error),
    }
}

/// A question that was about no new token, as the text of the error has it.
fn unanswered(check: &'static str, error: &Error) -> Finding {
    let Error::Transient { what, .. } = error else { return Finding::error(check, error).or_hint(NETWORK) };
    Finding::bad(check, error.code(), what.clone(), NETWORK)
}

/// By the answer of just now or else, where there was none, as it was last measured.
fn of_clock(seen: &Seen) -> Option<Finding> {
    let measured = seen.reached.as_ref().and_then(|reached| reached.ahead.as_ref().ok().copied().flatten());
    let (ahead, when) = match (measured, seen.memory.clock) {
        (Some(ahead), _) => (ahead, String::new()),
        (None, Some(clock)) if clock.measured_at <= seen.now => {
            (clock.ahead, format!(" when that was last measured, at {}", words::local(clock.measured_at)))
        }
        (None, _) => return None,
    };
    if ahead == 0 {
        return Some(Finding::good("clock", "this machine's clock agrees with Zoom's to a minute"));
    }
    let (verb, direction) =
        (if when.is_empty() { "is" } else { "was" }, if ahead > 0 { "slow" } else { "fast" });
    let message = format!("this machine's clock {verb} {} s {direction} by Zoom's{when}", ahead.abs());
    Some(Finding::doubtful("clock", message, "Set it right; zoomtok allows for it, other programs may not"))
}

fn of_token(seen: &Seen) -> Finding {
    let hint = if seen.can_fetch {
        "zoomtok get fetches a new one, and so does zoomtok doctor --fetch"
    } else {
        "zoomtok get fetches one once the credentials are right"
    };
    let doubtful = |message: String| Finding::doubtful("token", message, hint);
    let (expires_at, left) = match &seen.held.state {
        TokenState::Missing => return doubtful("there is no token yet".into()),
        TokenState::Malformed { problem } => return doubtful(format!("the token cannot be used: {problem}")),
        TokenState::Dated { expires_at, left, .. } => (words::local(*expires_at), *left),
    };
    let origin = seen.held.origin.as_ref().map(|origin| format!(" ({origin})")).unwrap_or_default();
    let remaining = words::left(left);
    if left <= 0 {
        doubtful(format!("the token has expired at {expires_at}{origin}"))
    } else if seen.held.state.lasts(seen.threshold) {
        Finding::good("token", format!("the token is valid until {expires_at}, {remaining} from now{origin}"))
    } else {
        doubtful(format!("the token is valid for no more than {remaining}{origin}"))
    }
}

fn of_live(live: &Result<Live, Error>) -> Finding {
    match live {
        Ok(Live::Accepted) => {
            Finding::good("api", "Zoom's API takes the token; it was asked for the token's user")
        }
        Ok(Live::Rejected) => Finding::bad(
            "api",
            Code::Failed,
            "Zoom's API no longer takes the token, though it has not expired",
            "zoomtok get -f fetches a new one, and so does zoomtok doctor --fetch",
        ),
        Err(error) => unanswered("api", error),
    }
}

/// Scopes that were never told are nothing to say about.
fn of_scopes(granted: &[String], needs: &[ToolScope]) -> Option<Finding> {
    if granted.is_empty() {
        return None;
    }
    let lacking = needs.iter().filter(|need| need.is_lacking(granted));
    let tools: Vec<String> = lacking.map(|need| format!("{} ({})", need.tool, need.scope)).collect();
    if tools.is_empty() {
        return Some(Finding::good(
            "scopes",
            "the token has the scopes of all tools that zoomtok mcp may call",
        ));
    }
    Some(Finding::doubtful(
        "scopes",
        format!("the token lacks scopes of tools of zoomtok mcp: {}", tools.join(", ")),
        "If you need these tools, add the scopes to the app on marketplace.zoom.us (zoomtok policy scopes lists them all), \
         then run zoomtok get -f",
    ))
}

fn of_attempts(memory: &Memory) -> Option<Finding> {
    if let Some(failure) = &memory.failure {
        let at = words::local(failure.at);
        let message = format!("the last attempt to fetch a token failed at {at}: {}", failure.message);
        let hint =
            failure.hint.clone().unwrap_or_else(|| "zoomtok get -f tells whether it still does".into());
        return Some(Finding::doubtful("refresh", message, hint));
    }
    let attempt = words::local(memory.attempt?);
    Some(Finding::good("refresh", format!("a watch or a server last refreshed the token at {attempt}")))
}

#[cfg(test)]
mod tests;
