//! The files of the gateways of this machine, and who may connect to them.

use chrono::{DateTime, TimeDelta, Utc};

use super::finding::Finding;
use crate::cli::commands::Context;
use crate::cli::commands::gateways::{Gateways, stores};
use crate::clock::Clock as _;
use crate::error::{Diagnostic, Error};
use crate::mcp::gateway::approval::{Approval, State};
use crate::mcp::gateway::grant_error::GrantError;
use crate::mcp::gateway::grant_file::GrantFile;
use crate::mcp::gateway::name::Name;
use crate::mcp::gateway::pin_error::PinError;
use crate::mcp::gateway::restarts::Restarts;
use crate::settings::configuration_directory;
use crate::words;

/// How far back a server that has ended by itself is of interest.
const RECENT: TimeDelta = TimeDelta::seconds(3600);

/// The names of tools that are listed.
const MOST_NAMED: usize = 5;

/// The state of one gateway.
pub(super) struct Seen {
    name: Name,
    /// How many tools were accepted, and the names of those that are held back.
    pins: Result<(usize, Vec<String>), PinError>,
    /// How many calls wait for a person.
    waiting: Result<usize, Error>,
    /// When its server has ended by itself.
    ended: Vec<DateTime<Utc>>,
}

/// Looks at all gateways.
///
/// # Errors
///
/// Their directory cannot be read.
pub(super) fn look(context: &Context) -> Result<Vec<Seen>, Error> {
    let gateways = Gateways::of(context);
    let seen = |name: Name| {
        let restarts = gateways.place(&name).map(|place| Restarts::new(place.restarts()));
        let (pins, approvals) = (gateways.pins(&name), gateways.approvals(context, &name));
        Seen {
            name,
            pins: pins.accepted().and_then(|accepted| {
                Ok((accepted, pins.held()?.into_iter().map(|held| held.name).collect()))
            }),
            waiting: approvals
                .list_here()
                .map(|listed| listed.approvals.iter().filter(|one| is_waiting(one)).count()),
            // Where that is not known, nothing is missing.
            ended: restarts
                .and_then(|restarts| restarts.within(RECENT, context.clock.now()).ok())
                .unwrap_or_default(),
        }
    };
    Ok(gateways.names()?.into_iter().map(seen).collect())
}

fn is_waiting(approval: &Approval) -> bool {
    approval.state == State::Waiting
}

/// The findings about them.
pub(super) fn judge(seen: &Result<Vec<Seen>, Error>) -> Vec<Finding> {
    match seen {
        Ok(seen) => seen.iter().flat_map(of_gateway).collect(),
        Err(error) => vec![Finding::error("gateway", error)],
    }
}

fn of_gateway(seen: &Seen) -> Vec<Finding> {
    let Seen { name, pins, waiting, ended } = seen;
    let mut findings = Vec::new();
    let mut doubt = |message: String, hint: String| {
        findings.push(Finding::doubtful("gateway", format!("gateway {name}: {message}"), hint));
    };
    if let Ok((_, held)) = pins
        && !held.is_empty()
    {
        let are = if held.len() == 1 { "1 tool is" } else { &format!("{} tools are", held.len()) };
        doubt(
            format!("{are} held back: {}", some(held)),
            format!("zoomtok policy accept {name} shows what differs, and accepts it"),
        );
    }
    match waiting {
        Ok(0) | Err(_) => {}
        Ok(1) => doubt("1 call waits for a person".into(), "zoomtok approval list shows it".into()),
        Ok(many) => {
            doubt(format!("{many} calls wait for a person"), "zoomtok approval list shows them".into());
        }
    }
    if let Some(last) = ended.last() {
        let times = if ended.len() == 1 { "once" } else { &format!("{} times", ended.len()) };
        let last = words::local(*last);
        doubt(
            format!(
                "its server has ended by itself, or did not start, {times} within an hour, last at {last}"
            ),
            "Look at what it writes to stderr, in the log of the program that starts the gateway".into(),
        );
    }
    let errors = [
        pins.as_ref().err().map(|error| error as &dyn Diagnostic),
        waiting.as_ref().err().map(|error| error as _),
    ];
    findings.extend(errors.into_iter().flatten().map(|error| Finding::error("gateway", error)));
    if let (true, Ok((accepted, _))) = (findings.is_empty(), pins) {
        let tools = if *accepted == 1 { "1 tool".into() } else { format!("{accepted} tools") };
        findings.push(Finding::good("gateway", format!("gateway {name}: {tools} as accepted")));
    }
    findings
}

/// The first names of a list.
fn some(names: &[String]) -> String {
    let first = names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > MOST_NAMED { format!("{first}, …") } else { first }
}

/// The findings about the grants. Without any grant there are none.
pub(super) fn of_grants(context: &Context) -> Vec<Finding> {
    let file = GrantFile::new(configuration_directory().as_deref(), stores(context));
    let read = file.map_err(GrantError::from).and_then(|file| Ok((file.read()?, file.unshared()?)));
    let (list, unshared) = match read {
        Err(GrantError::File(Error::NoPlace { .. })) => return Vec::new(),
        Err(error) => return vec![Finding::error("grants", &error)],
        Ok(read) => read,
    };
    let mut findings = Vec::new();
    if !list.grants.is_empty() {
        let names: Vec<String> = list.grants.iter().map(|grant| grant.name.to_string()).collect();
        findings.push(Finding::good("grants", format!("grants for gateways: {}", some(&names))));
    }
    if !unshared.is_empty() {
        let names: Vec<String> = unshared.iter().map(Name::to_string).collect();
        let message =
            format!("grants of this machine that do not count in the shared store: {}", some(&names));
        let hint = "zoomtok grant share puts them there; if they are not wanted any more, remove grants.json";
        findings.push(Finding::doubtful("grants", message, hint));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::tests::text;
    use super::*;

    fn told(pins: Result<(usize, &[&str]), PinError>, waiting: usize, ended: &[&str]) -> String {
        let seen = Seen {
            name: Name::parse("files").unwrap(),
            pins: pins
                .map(|(accepted, held)| (accepted, held.iter().map(|name| (*name).to_owned()).collect())),
            waiting: Ok(waiting),
            ended: ended.iter().map(|at| at.parse().unwrap()).collect(),
        };
        text(&judge(&Ok(vec![seen])))
    }

    #[test]
    fn what_needs_somebody_is_said_with_what_to_do() {
        assert_eq!(told(Ok((9, &[])), 0, &[]), "✅ gateway files: 9 tools as accepted");
        assert_eq!(
            told(Ok((9, &["a", "b", "c", "d", "e", "f"])), 0, &[]),
            "⚠️  gateway files: 6 tools are held back: a, b, c, d, e, …\n   \
             👉 zoomtok policy accept files shows what differs, and accepts it"
        );
        let all = told(Ok((1, &["a"])), 2, &["2026-03-04T12:00:00Z", "2026-03-04T12:30:00Z"]);
        for part in [
            "1 tool is held back: a\n",
            "2 calls wait for a person\n   👉 zoomtok approval list shows them",
            "its server has ended by itself, or did not start, 2 times within an hour, last at 2026-03-04 ",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
        let broken = told(Err(PinError::Broken("/p/pins.json".into())), 1, &[]);
        assert!(
            broken.contains("❌ /p/pins.json is not what") && broken.contains("1 call waits"),
            "{broken}"
        );
    }
}
