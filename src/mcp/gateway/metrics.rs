//! The metrics of a gateway for Prometheus, in its text format 0.0.4. The number of time series has a bound, whatever clients
//! and servers call their tools.

use crate::mutex::locked;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// The type of the text, for HTTP.
pub(crate) const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// How many tools are counted by their names; the others are counted together.
const MOST_COUNTED_TOOLS: usize = 100;

/// The characters of a name in a label.
const LONGEST_LABEL: usize = 100;

/// The name under which the tools beyond those are counted. No tool can be called so: MCP allows no brackets in a name.
const OTHER_TOOLS: &str = "(other)";

/// The upper bounds of the durations that are counted together, in milliseconds.
const BOUNDS: [u64; 14] = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];

/// The outcome of a call that the server was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CallOutcome {
    Ok,
    /// The tool has answered that it failed.
    ToolError,
    /// The server has answered with an error of the protocol, or not at all.
    Failed,
}

/// Why the server was not given something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RefusalReason {
    /// A rule of the policy.
    Policy,
    /// A limit of the policy.
    Limit,
    /// The tool is held back.
    Held,
    /// A person has denied it, or nobody has decided.
    Approval,
    /// It was answered that it waits for a person.
    Pending,
    /// There is no grant for it.
    Unauthorized,
    /// It was no message that could be judged.
    Invalid,
    /// The audit log could not be written.
    Audit,
    /// There is no token, or no server.
    Unavailable,
}

/// Why a server was started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RestartReason {
    /// It has ended by itself.
    Ended,
    /// There is a new token.
    Token,
    /// Its program has changed.
    Upgrade,
}

/// The gauges: the state at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Now {
    /// None where the server gets no token, or there is none.
    pub(crate) token_seconds_left: Option<i64>,
    pub(crate) sessions: usize,
    /// The calls that wait for a person.
    pub(crate) approvals: usize,
    /// The tools that are held back.
    pub(crate) held: usize,
}

/// The counters: everything since the gateway was started.
#[derive(Debug)]
pub(crate) struct Metrics {
    gateway: String,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    calls: BTreeMap<(String, CallOutcome), u64>,
    tools: BTreeSet<String>,
    refusals: BTreeMap<RefusalReason, u64>,
    restarts: BTreeMap<RestartReason, u64>,
    /// How many calls took at most as long as each bound, and longer than the one before; the last for all others.
    durations: [u64; BOUNDS.len() + 1],
    total: Duration,
}

impl CallOutcome {
    #[cfg(test)]
    const ALL: [Self; 3] = [Self::Ok, Self::ToolError, Self::Failed];

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ToolError => "tool_error",
            Self::Failed => "failed",
        }
    }
}

impl RefusalReason {
    const ALL: [Self; 9] = [
        Self::Policy,
        Self::Limit,
        Self::Held,
        Self::Approval,
        Self::Pending,
        Self::Unauthorized,
        Self::Invalid,
        Self::Audit,
        Self::Unavailable,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Limit => "limit",
            Self::Held => "held",
            Self::Approval => "approval",
            Self::Pending => "pending",
            Self::Unauthorized => "unauthorized",
            Self::Invalid => "invalid",
            Self::Audit => "audit",
            Self::Unavailable => "unavailable",
        }
    }
}

impl RestartReason {
    const ALL: [Self; 3] = [Self::Ended, Self::Token, Self::Upgrade];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Token => "token",
            Self::Upgrade => "upgrade",
        }
    }
}

impl Metrics {
    pub(crate) fn new(gateway: &str) -> Self {
        Self { gateway: gateway.to_owned(), counted: Mutex::default() }
    }

    /// Counts a call that the server was given, and how long it took.
    pub(crate) fn called(&self, tool: &str, outcome: CallOutcome, duration: Duration) {
        let mut counted = self.counted();
        let tool: String = tool.chars().take(LONGEST_LABEL).collect();
        let tool = if counted.tools.contains(&tool) {
            tool
        } else if counted.tools.len() < MOST_COUNTED_TOOLS {
            counted.tools.insert(tool.clone());
            tool
        } else {
            OTHER_TOOLS.to_owned()
        };
        *counted.calls.entry((tool, outcome)).or_default() += 1;
        let is_within = |bound: &u64| duration <= Duration::from_millis(*bound);
        let at = BOUNDS.iter().position(is_within).unwrap_or(BOUNDS.len());
        counted.durations[at] += 1;
        counted.total = counted.total.saturating_add(duration);
    }

    /// Counts what the server was not given.
    pub(crate) fn refused(&self, reason: RefusalReason) {
        *self.counted().refusals.entry(reason).or_default() += 1;
    }

    /// Counts that the server was started again.
    pub(crate) fn restarted(&self, reason: RestartReason) {
        *self.counted().restarts.entry(reason).or_default() += 1;
    }

    /// All of it as text.
    pub(crate) fn text(&self, now: &Now) -> String {
        let counted = self.counted();
        let mut page = Page::default();
        page.family("info", "gauge", "The gateway and its version.");
        page.sample("info", &[("name", &self.gateway), ("version", env!("CARGO_PKG_VERSION"))], 1);
        page.family("calls_total", "counter", "Calls that the server was given, by tool and outcome.");
        for ((tool, outcome), count) in &counted.calls {
            page.sample("calls_total", &[("tool", tool), ("outcome", outcome.name())], count);
        }
        page.family("refusals_total", "counter", "What the server was not given, by reason.");
        for reason in RefusalReason::ALL {
            let count = counted.refusals.get(&reason).copied().unwrap_or_default();
            page.sample("refusals_total", &[("reason", reason.name())], count);
        }
        page.family("call_duration_seconds", "histogram", "How long calls took, from client to client.");
        let mut so_far = 0;
        for (count, bound) in counted.durations.iter().zip(BOUNDS) {
            so_far += count;
            let bound = Duration::from_millis(bound).as_secs_f64().to_string();
            page.sample("call_duration_seconds_bucket", &[("le", &bound)], so_far);
        }
        let all: u64 = counted.durations.iter().sum();
        page.sample("call_duration_seconds_bucket", &[("le", "+Inf")], all);
        page.sample("call_duration_seconds_sum", &[], counted.total.as_secs_f64());
        page.sample("call_duration_seconds_count", &[], all);
        page.family("restarts_total", "counter", "How often the server was started again, by reason.");
        for reason in RestartReason::ALL {
            let count = counted.restarts.get(&reason).copied().unwrap_or_default();
            page.sample("restarts_total", &[("reason", reason.name())], count);
        }
        if let Some(left) = now.token_seconds_left {
            page.family("token_seconds_left", "gauge", "How long the server's token is valid.");
            page.sample("token_seconds_left", &[], left);
        }
        page.family("sessions", "gauge", "Sessions of clients.");
        page.sample("sessions", &[], now.sessions);
        page.family("approvals_waiting", "gauge", "Calls that wait for a person.");
        page.sample("approvals_waiting", &[], now.approvals);
        page.family("tools_held", "gauge", "Tools that are held back until they are accepted.");
        page.sample("tools_held", &[], now.held);
        page.0
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        locked(&self.counted)
    }
}

/// A page of the text format.
#[derive(Default)]
struct Page(String);

// Writing to a String cannot fail.
impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP zoomtok_gateway_{name} {help}");
        let _ = writeln!(self.0, "# TYPE zoomtok_gateway_{name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.0, "zoomtok_gateway_{name}{labels} {value}");
    }
}

/// The value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// The value of a sample.
    fn value(text: &str, sample: &str) -> Option<String> {
        text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' ').map(str::to_owned))
    }

    #[test]
    fn the_page_shows_everything_that_happened() {
        let metrics = Metrics::new("files");
        for (tool, outcome, duration) in [
            ("read", CallOutcome::Ok, 0.001),
            ("read", CallOutcome::Ok, 0.0011),
            ("read", CallOutcome::ToolError, 0.2),
            ("write", CallOutcome::Failed, 61.0),
        ] {
            metrics.called(tool, outcome, seconds(duration));
        }
        metrics.refused(RefusalReason::Policy);
        metrics.refused(RefusalReason::Policy);
        metrics.restarted(RestartReason::Token);
        let now = Now { token_seconds_left: Some(-5), sessions: 3, approvals: 1, held: 2 };
        let text = metrics.text(&now);
        for (sample, expected) in [
            ("calls_total{tool=\"read\",outcome=\"ok\"}", "2"),
            ("calls_total{tool=\"read\",outcome=\"tool_error\"}", "1"),
            ("calls_total{tool=\"write\",outcome=\"failed\"}", "1"),
            ("refusals_total{reason=\"policy\"}", "2"),
            ("refusals_total{reason=\"limit\"}", "0"),
            ("call_duration_seconds_bucket{le=\"0.001\"}", "1"),
            ("call_duration_seconds_bucket{le=\"0.005\"}", "2"),
            ("call_duration_seconds_bucket{le=\"0.1\"}", "2"),
            ("call_duration_seconds_bucket{le=\"0.25\"}", "3"),
            ("call_duration_seconds_bucket{le=\"60\"}", "3"),
            ("call_duration_seconds_bucket{le=\"+Inf\"}", "4"),
            ("call_duration_seconds_count", "4"),
            ("call_duration_seconds_sum", "61.2021"),
            ("restarts_total{reason=\"token\"}", "1"),
            ("restarts_total{reason=\"ended\"}", "0"),
            ("token_seconds_left", "-5"),
            ("sessions", "3"),
            ("approvals_waiting", "1"),
            ("tools_held", "2"),
        ] {
            let sample = format!("zoomtok_gateway_{sample}");
            assert_eq!(value(&text, &sample).as_deref(), Some(expected), "{sample}\n{text}");
        }
        let without = metrics.text(&Now { token_seconds_left: None, ..now });
        assert!(!without.contains("token_seconds_left"), "{without}");
    }

    #[test]
    fn the_page_has_the_form_that_prometheus_reads() {
        let metrics = Metrics::new("a\"b\\c\nd");
        for outcome in CallOutcome::ALL {
            metrics.called("t\"\\\n{}", outcome, seconds(0.1));
        }
        let text = metrics.text(&Now { token_seconds_left: Some(1), ..Now::default() });
        assert!(text.ends_with('\n'));
        let mut family = String::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                family = help.split(' ').next().unwrap().to_owned();
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert!(name == family && ["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            } else {
                assert!(line.starts_with(&family), "{line}");
                let (sample, value) = line.rsplit_once(' ').unwrap();
                value.parse::<f64>().unwrap();
                if let Some((_, labels)) = sample.split_once('{') {
                    let inside = labels.strip_suffix('}').unwrap().replace("\\\\", "").replace("\\\"", "");
                    assert!(inside.matches('"').count().is_multiple_of(2), "{line}");
                }
            }
        }
        assert!(text.contains(r#"tool="t\"\\\n{}""#), "{text}");
        assert!(text.contains(r#"name="a\"b\\c\nd""#), "{text}");
    }

    #[test]
    fn however_many_tools_are_called_the_page_has_an_end() {
        let metrics = Metrics::new("files");
        for n in 0..1000 {
            let name = format!("{n}{}", "x".repeat(1000));
            metrics.called(&name, CallOutcome::Ok, seconds(0.1));
            metrics.called(&name, CallOutcome::Failed, seconds(0.1));
        }
        let text = metrics.text(&Now::default());
        assert_eq!(text.matches("calls_total{").count(), 2 * (MOST_COUNTED_TOOLS + 1));
        assert!(text.len() < 40_000, "{}", text.len());
        let others = "zoomtok_gateway_calls_total{tool=\"(other)\",outcome=\"ok\"}";
        assert_eq!(value(&text, others).as_deref(), Some("900"));
    }

    #[test]
    fn every_series_is_promised_on_the_page() {
        let page =
            std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/stability.md")).unwrap();
        let table = page.split("## Metrics of a gateway").nth(1).unwrap().split("\n## ").next().unwrap();
        let actual: BTreeSet<&str> =
            table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let text = Metrics::new("a").text(&Now { token_seconds_left: Some(1), ..Now::default() });
        let types =
            text.lines().filter_map(|line| line.strip_prefix("# TYPE zoomtok_gateway_")?.split(' ').next());
        assert_eq!(actual, types.collect());
        let names = RefusalReason::ALL.map(RefusalReason::name).into_iter();
        let names = names.chain(CallOutcome::ALL.map(CallOutcome::name));
        for name in names.chain(RestartReason::ALL.map(RestartReason::name)) {
            assert!(table.contains(&format!("`{name}`")), "{name}");
        }
    }
}
