//! Headers that a user adds to every request: `--header NAME=VARIABLE`.

use std::ffi::OsString;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::mcp::gateway::mirror;

/// Headers that the transport sets itself, or that would change where a message ends.
const RESERVED: [&str; 13] = [
    "accept",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "mcp-method",
    "mcp-name",
    "mcp-protocol-version",
    "mcp-session-id",
    "transfer-encoding",
    "upgrade",
];

/// Reads headers, each `NAME=VARIABLE` with the value in that variable. Where Zoom's token is sent, `Authorization` is
/// taken.
///
/// # Errors
///
/// The problem in words, without a value, for behind the name of the flag.
pub(crate) fn read(
    headers: &[String],
    sends_token: bool,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for header in headers {
        let (name, from) = header
            .split_once('=')
            .filter(|(name, from)| !name.is_empty() && !from.is_empty())
            .ok_or("must be NAME=VARIABLE, with the variable that holds the value")?;
        let name: HeaderName =
            name.parse().map_err(|_| "must begin with the name of a header: NAME=VARIABLE".to_owned())?;
        if RESERVED.contains(&name.as_str()) || name.as_str().starts_with(mirror::PREFIX) {
            return Err(format!("{name} is set by zoomtok itself"));
        }
        if name == "authorization" && sends_token {
            return Err("Authorization carries Zoom's token here; add --no-token to set another".into());
        }
        let value = variable(from).filter(|value| !value.is_empty());
        let value = value.ok_or_else(|| format!("{name}: the variable {from} is not set"))?;
        let value = value.into_string().ok().and_then(|value| HeaderValue::from_str(value.trim()).ok());
        let mut value =
            value.ok_or_else(|| format!("{name}: the value of {from} cannot be that of a header"))?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(header: &str, sends_token: bool) -> Result<HeaderMap, String> {
        read(&[header.to_owned()], sends_token, |name| match name {
            "KEY" => Some(" canary\n".into()),
            "LINES" => Some("canary\r\nx: y".into()),
            "EMPTY" => Some("".into()),
            _ => None,
        })
    }

    #[test]
    fn a_header_has_its_value_from_a_variable_and_never_shows_it() {
        let map = read_one("X-Api-Key=KEY", true).unwrap();
        assert_eq!(map["x-api-key"], "canary");
        assert!(!format!("{map:?}").contains("canary"));
        assert!(read_one("Authorization=KEY", false).is_ok());
    }

    #[test]
    fn an_impossible_header_is_refused_without_its_value() {
        for (header, reason) in [
            ("X-Key", "must be NAME=VARIABLE"),
            ("=KEY", "must be NAME=VARIABLE"),
            ("X-Key=", "must be NAME=VARIABLE"),
            ("X Key=KEY", "name of a header"),
            ("Host=KEY", "host is set by zoomtok"),
            ("Transfer-Encoding=KEY", "set by zoomtok"),
            ("MCP-Session-Id=KEY", "set by zoomtok"),
            ("Mcp-Method=KEY", "set by zoomtok"),
            ("Mcp-Name=KEY", "set by zoomtok"),
            ("Mcp-Param-Region=KEY", "set by zoomtok"),
            ("Authorization=KEY", "--no-token"),
            ("X-Key=MISSING", "the variable MISSING is not set"),
            ("X-Key=EMPTY", "the variable EMPTY is not set"),
            ("X-Key=LINES", "the value of LINES cannot be"),
        ] {
            let error = read_one(header, true).expect_err(header);
            assert!(error.contains(reason) && !error.contains("canary"), "{header}: {error}");
        }
    }
}
