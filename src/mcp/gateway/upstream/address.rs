//! Where the server is, and whether Zoom's token may go there. Pure.

use reqwest::Url;

use crate::zoom::{is_loopback, is_zooms};

/// The names of Zoom's hosted servers behind `zoom/`, and how they stand in the path.
const HOSTED: [(&str, &str); 10] = [
    ("meeting", "meeting"),
    ("meetings", "meeting"),
    ("chat", "chat"),
    ("docs", "docs"),
    ("canvas", "canvas"),
    ("tasks", "tasks"),
    ("whiteboard", "whiteboard"),
    ("revenue_accelerator", "revenue_accelerator"),
    ("revenue-accelerator", "revenue_accelerator"),
    ("zra", "revenue_accelerator"),
];

/// Where a server is that is reached over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) url: Url,
    /// Whether Zoom's token goes there.
    pub(crate) gets_token: bool,
}

impl Address {
    /// Reads what `--url` names: an address, or `zoom`, `zoom/chat` and so on, which are Zoom's hosted servers at
    /// `hosted`. The token goes to Zoom's hosts, to this machine, and to `send_token_to`.
    ///
    /// # Errors
    ///
    /// The problem in words, for behind the name of the flag.
    pub(crate) fn read(text: &str, hosted: &Url, send_token_to: Option<&str>) -> Result<Self, String> {
        let url = match short(text) {
            Some(name) => below(hosted, name?),
            None => Url::parse(text).map_err(|_| {
                format!("{text:?} is neither an https:// address nor the name of one of Zoom's servers, such as zoom/chat")
            })?,
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or("the address names no host")?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err("must begin with https:// (plain http is for this machine only)".into()),
            _ => return Err("must begin with https://".into()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "must not hold a user name or a password; a header can be given with --header NAME=VARIABLE"
                    .into(),
            );
        }
        if url.fragment().is_some() {
            return Err("must not hold a fragment (#)".into());
        }
        let is_named = match send_token_to {
            Some(named) if named.eq_ignore_ascii_case(host) => true,
            Some(named) => {
                return Err(format!(
                    "leads to {host}, but --send-token-to names {named}; name the same host"
                ));
            }
            None => false,
        };
        let gets_token = is_named || is_loopback(&url) || is_zooms(host);
        Ok(Self { url, gets_token })
    }
}

/// The name in its path of the hosted server that `--url` names, by its short name or by its address; none for another
/// server.
///
/// # Errors
///
/// A short name that stands for none of them.
pub(crate) fn hosted_name(text: &str) -> Result<Option<String>, String> {
    if let Some(name) = short(text) {
        return name.map(|name| Some(name.to_owned()));
    }
    let Ok(url) = Url::parse(text) else { return Ok(None) };
    let is_zooms = url.host_str().is_some_and(is_zooms);
    let mut parts = url.path_segments().into_iter().flatten();
    let name = parts.next().filter(|first| *first == "mcp").and(parts.next());
    Ok(name.filter(|_| is_zooms).map(str::to_owned))
}

/// The name in a path that a short name stands for; none for what is no short name.
fn short(text: &str) -> Option<Result<&'static str, String>> {
    if text == "zoom" {
        return Some(Ok("zoom"));
    }
    let name = text.strip_prefix("zoom/")?;
    let known = HOSTED.iter().find(|(known, _)| *known == name).map(|(_, in_path)| *in_path);
    Some(known.ok_or_else(|| {
        let names: Vec<&str> =
            HOSTED.iter().filter(|(known, path)| known == path).map(|(known, _)| *known).collect();
        format!(
            "{text:?} is no server of Zoom's that zoomtok knows: zoom, or zoom/ and one of {}",
            names.join(", ")
        )
    }))
}

fn below(hosted: &Url, name: &str) -> Url {
    let mut url = hosted.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["mcp", name, "streamable"]);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, send_token_to: Option<&str>) -> Result<(String, bool), String> {
        let hosted = Url::parse("https://mcp.zoom.us").unwrap();
        Address::read(text, &hosted, send_token_to).map(|address| (address.url.into(), address.gets_token))
    }

    #[test]
    fn a_hosted_server_is_known_by_its_short_name_and_by_its_address() {
        for (text, name) in [
            ("zoom", Some("zoom")),
            ("zoom/meetings", Some("meeting")),
            ("zoom/zra", Some("revenue_accelerator")),
            ("https://mcp.zoom.us/mcp/chat/streamable", Some("chat")),
            ("https://mcp.zoom.us/mcp", None),
            ("https://mcp.zoom.us/other/chat/streamable", None),
            ("https://example.com/mcp/chat/streamable", None),
            ("chat", None),
        ] {
            assert_eq!(hosted_name(text).unwrap().as_deref(), name, "{text}");
        }
        assert!(hosted_name("zoom/none").is_err());
    }

    #[test]
    fn short_names_stand_for_zooms_servers() {
        for (text, name) in [
            ("zoom", "zoom"),
            ("zoom/meeting", "meeting"),
            ("zoom/meetings", "meeting"),
            ("zoom/chat", "chat"),
            ("zoom/docs", "docs"),
            ("zoom/canvas", "canvas"),
            ("zoom/tasks", "tasks"),
            ("zoom/whiteboard", "whiteboard"),
            ("zoom/revenue_accelerator", "revenue_accelerator"),
            ("zoom/revenue-accelerator", "revenue_accelerator"),
            ("zoom/zra", "revenue_accelerator"),
        ] {
            let expected = format!("https://mcp.zoom.us/mcp/{name}/streamable");
            assert_eq!(read(text, None), Ok((expected, true)), "{text}");
        }
        let sandbox = Url::parse("http://127.0.0.1:8123/").unwrap();
        let address = Address::read("zoom/chat", &sandbox, None).unwrap();
        assert_eq!(address.url.as_str(), "http://127.0.0.1:8123/mcp/chat/streamable");
        let unknown = read("zoom/phone", None).unwrap_err();
        assert!(unknown.contains("zoom/ and one of meeting, chat, docs"), "{unknown}");
    }

    #[test]
    fn the_token_goes_to_zoom_to_this_machine_and_to_the_named_host() {
        for (text, named, gets_token) in [
            ("https://mcp.zoom.us/mcp/zoom/streamable", None, true),
            ("https://zoom.us/mcp", None, true),
            ("https://mcp.zoomgov.com/mcp", None, true),
            ("http://127.0.0.1:3000/mcp", None, true),
            ("http://[::1]:3000/mcp", None, true),
            ("http://localhost/mcp", None, true),
            ("https://example.com/mcp", None, false),
            ("https://zoom.us.example.com/mcp", None, false),
            ("https://notzoom.us/mcp", None, false),
            ("https://zoomgov.com.evil/mcp", None, false),
            ("https://MCP.ZOOM.US/mcp", None, true),
            ("https://example.com/mcp?a=b", Some("example.com"), true),
            ("https://example.com/mcp", Some("EXAMPLE.com"), true),
        ] {
            assert_eq!(read(text, named).map(|(_, gets)| gets), Ok(gets_token), "{text}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_used_is_refused_with_the_reason() {
        for (text, named, reason) in [
            ("example.com/mcp", None, "neither an https:// address nor"),
            ("zoom.us", None, "neither"),
            ("http://example.com/mcp", None, "must begin with https:// (plain"),
            ("http://mcp.zoom.us/mcp", None, "must begin with https:// (plain"),
            ("ftp://example.com/", None, "must begin with https://"),
            ("file:///etc/passwd", None, "names no host"),
            ("https://me:canary@example.com/", None, "user name or a password"),
            ("https://example.com/#a", None, "fragment"),
            ("https://example.com/", Some("example.org"), "leads to example.com, but --send-token-to names"),
            ("zoom", Some("example.org"), "leads to mcp.zoom.us, but"),
        ] {
            let error = read(text, named).expect_err(text);
            assert!(error.contains(reason) && !error.contains("canary"), "{text}: {error}");
        }
    }
}
