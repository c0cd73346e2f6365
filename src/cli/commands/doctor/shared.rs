//! The store that many machines share.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::finding::Finding;
use crate::error::{Code, Error, SharedError};
use crate::files::{is_open, mode};
use crate::redis::{Access, Probe};
use crate::settings::Settings;

/// How far the clocks of the store and of this machine may be apart.
const SKEW: TimeDelta = TimeDelta::seconds(60);

/// The state of a store.
pub(super) struct Seen {
    address: String,
    is_in_clear: bool,
    probe: Result<Probe, SharedError>,
    now: DateTime<Utc>,
}

/// Looks at the store of these settings; none where they name none.
///
/// # Errors
///
/// A setting that cannot be right.
pub(super) fn look(settings: &Settings, now: DateTime<Utc>) -> Result<Option<Seen>, Error> {
    Ok(settings.shared_store()?.map(|access| of_store(&access, now)))
}

fn of_store(access: &Access, now: DateTime<Utc>) -> Seen {
    let (address, is_in_clear) = (access.address.to_string(), access.address.is_in_clear());
    Seen { address, is_in_clear, probe: Probe::of(access), now }
}

/// The findings about it.
pub(super) fn judge(seen: &Result<Option<Seen>, Error>) -> Vec<Finding> {
    match seen {
        Ok(None) => Vec::new(),
        // An error of the address alone is in the survey of the settings, and this one is about all of them.
        Err(error) => vec![Finding::error("store", error)],
        Ok(Some(seen)) => match &seen.probe {
            Err(error) => vec![Finding::error("store", error)],
            Ok(probe) => of_probe(seen, probe),
        },
    }
}

/// The findings about the files with its key and its password, which nobody else is to read. They are told whatever the state
/// of the store is.
pub(super) fn of_files(settings: &Settings) -> Vec<Finding> {
    let files = settings.shared_secret_files();
    files.iter().filter_map(|(name, path)| of_file(name, path, mode(path)?)).collect()
}

fn of_file(name: &str, path: &Path, mode: u32) -> Option<Finding> {
    let path = path.display();
    let message =
        format!("others than its owner can read or write {path}, which {name} names (mode {mode:03o})");
    is_open(mode).then(|| Finding::doubtful("store", message, format!("chmod 600 {path}")))
}

fn of_probe(seen: &Seen, probe: &Probe) -> Vec<Finding> {
    let Seen { address, is_in_clear, now, .. } = seen;
    let mut findings = Vec::new();
    if !probe.denied.is_empty() {
        let message =
            format!("the shared store at {address} does not let this user run {}", probe.denied.join(", "));
        let hint = "Give its user the rights of the line for ACL SETUSER in docs/fleet.md";
        findings.push(Finding::bad("store", Code::Configuration, message, hint));
    }
    let mut doubt = |message: String, hint: &str| {
        findings.push(Finding::doubtful("store", format!("the shared store at {address} {message}"), hint));
    };
    if *is_in_clear {
        doubt("is reached without TLS: its password can be read on the way".into(), "Use rediss:// with TLS");
    }
    let ahead = probe.time.map(|time| time - *now).filter(|ahead| ahead.abs() > SKEW);
    if let Some(ahead) = ahead {
        let (seconds, way) =
            (ahead.num_seconds().abs(), if ahead > TimeDelta::zero() { "ahead of" } else { "behind" });
        doubt(
            format!("has a clock that is {seconds} s {way} this machine's"),
            "Set both clocks by a time server",
        );
    }
    match &probe.info {
        None => doubt(
            "does not show whether it keeps what it is given: its user may not run info".into(),
            "Check there that appendonly is yes and maxmemory-policy is noeviction, or let the user run info",
        ),
        Some(info) => {
            let is = |name: &str, value: &str| info.get(name).is_some_and(|found| found == value);
            if is("aof_enabled", "0") {
                doubt(
                    "loses its last changes when it ends: it has appendonly no".into(),
                    "Set appendonly yes there",
                );
            }
            if is("aof_last_write_status", "err") {
                doubt("cannot write its changes to its disk".into(), "Free space on its disk");
            }
            if let Some(policy) = info.get("maxmemory_policy").filter(|policy| *policy != "noeviction") {
                let message =
                    format!("throws values away when its memory is full: its maxmemory-policy is {policy}");
                doubt(message, "Set maxmemory-policy noeviction there");
            }
            if is("role", "slave") {
                doubt("is a replica, which takes no writes".into(), "Name the primary in ZOOMTOK_STORE");
            }
        }
    }
    if findings.is_empty() {
        let version = probe
            .info
            .as_ref()
            .and_then(|info| info.get("valkey_version").or_else(|| info.get("redis_version")));
        let version = version.map(|version| format!(" (version {version})")).unwrap_or_default();
        findings.push(Finding::good("store", format!("the shared store at {address} answers{version}")));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::tests::text;
    use super::*;

    fn told(is_in_clear: bool, ahead: i64, denied: &[&'static str], info: Option<&[(&str, &str)]>) -> String {
        let now: DateTime<Utc> = "2026-03-04T12:00:00Z".parse().unwrap();
        let info =
            info.map(|rows| rows.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect());
        let probe = Probe { denied: denied.to_vec(), info, time: Some(now + TimeDelta::seconds(ahead)) };
        let address = "redis://a:1/0".into();
        text(&judge(&Ok(Some(Seen { address, is_in_clear, probe: Ok(probe), now }))))
    }

    const GOOD: &[(&str, &str)] = &[
        ("redis_version", "7.0.15"),
        ("aof_enabled", "1"),
        ("maxmemory_policy", "noeviction"),
        ("role", "master"),
    ];

    #[test]
    fn a_store_in_order_has_one_line() {
        assert_eq!(
            told(false, 60, &[], Some(GOOD)),
            "✅ the shared store at redis://a:1/0 answers (version 7.0.15)"
        );
        assert_eq!(text(&judge(&Ok(None))), "");
    }

    #[test]
    fn a_secret_file_that_others_can_read_is_said_with_what_to_do() {
        for (mode, is_told) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o602, true)] {
            let finding = of_file("ZOOMTOK_STORE_KEY_FILE", Path::new("/k/a.key"), mode);
            assert_eq!(finding.is_some(), is_told, "{mode:o}");
            let Some(finding) = finding else { continue };
            assert_eq!(
                text(&[finding]),
                format!(
                    "⚠️  others than its owner can read or write /k/a.key, which ZOOMTOK_STORE_KEY_FILE names (mode \
                     {mode:03o})\n   👉 chmod 600 /k/a.key"
                )
            );
        }
    }

    #[test]
    fn what_is_not_in_order_is_said_with_what_to_do() {
        let with = |name: &'static str, value: &'static str| {
            let rows: Vec<_> =
                GOOD.iter().copied().filter(|(other, _)| *other != name).chain([(name, value)]).collect();
            told(false, 0, &[], Some(&rows))
        };
        for (said, parts) in [
            (
                told(true, 0, &[], Some(GOOD)),
                ["⚠️  the shared store at redis://a:1/0 is reached without TLS", "👉 Use rediss://"],
            ),
            (told(false, 61, &[], Some(GOOD)), ["is 61 s ahead of this machine's", "👉 Set both clocks"]),
            (told(false, -3600, &[], Some(GOOD)), ["is 3600 s behind this machine's", "👉 Set both clocks"]),
            (
                told(false, 0, &["eval", "wait"], Some(GOOD)),
                ["❌ the shared store at redis://a:1/0 does not let this user run eval, wait", "ACL SETUSER"],
            ),
            (
                told(false, 0, &[], None),
                ["does not show whether it keeps what it is given", "maxmemory-policy is noeviction"],
            ),
            (with("aof_enabled", "0"), ["it has appendonly no", "👉 Set appendonly yes"]),
            (with("aof_last_write_status", "err"), ["cannot write its changes to its disk", "👉 Free space"]),
            (
                with("maxmemory_policy", "allkeys-lru"),
                ["its maxmemory-policy is allkeys-lru", "👉 Set maxmemory-policy noeviction"],
            ),
            (with("role", "slave"), ["is a replica", "👉 Name the primary"]),
        ] {
            assert!(parts.iter().all(|part| said.contains(part)) && said.lines().count() == 2, "{said}");
        }
    }
}
