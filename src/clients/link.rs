//! Links by which a client adds a server once a person has agreed there.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::change::Entry;

/// How a client wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// The name, and the entry in base64.
    Encoded(&'static str),
    /// One JSON object with the name in it.
    Json(&'static str),
}

impl Link {
    /// The link that adds this entry under this name. In base64 there are `+`, `/` and `=`, which would be read as something
    /// else.
    pub(crate) fn to(self, name: &str, entry: &Entry) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut server = json!({"command": entry.command, "args": entry.args});
        if !entry.env.is_empty() {
            server["env"] = json!(entry.env);
        }
        match self {
            Self::Encoded(base) => {
                let config = BASE64_STANDARD.encode(server.to_string());
                format!("{base}?name={}&config={}", encoded(name), encoded(&config))
            }
            Self::Json(base) => {
                server["name"] = Value::from(name);
                server["type"] = Value::from("stdio");
                format!("{base}?{}", encoded(&server.to_string()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use percent_encoding::percent_decode_str;

    use super::*;

    #[test]
    fn a_link_says_the_entry_in_the_form_of_its_client() {
        let env = BTreeMap::from([("HTTPS_PROXY".to_owned(), "http://p:1/?a=b&c".to_owned())]);
        let args = ["mcp", "--env-file", "/a b/é/.env"].map(str::to_owned).to_vec();
        let entry = Entry { command: "/bin/zoomtok".into(), args, env };
        let server = json!({"command": "/bin/zoomtok", "args": entry.args, "env": entry.env});

        let link = Link::Encoded("cursor://x/install").to("zoom&co", &entry);
        let config = link.strip_prefix("cursor://x/install?name=zoom%26co&config=").unwrap();
        assert!(config.chars().all(|c| c.is_ascii_alphanumeric() || c == '%'), "{config}");
        let config = percent_decode_str(config).decode_utf8().unwrap().into_owned();
        let decoded: Value = serde_json::from_slice(&BASE64_STANDARD.decode(config).unwrap()).unwrap();
        assert_eq!(decoded, server);

        let link = Link::Json("vscode:mcp/install").to("zoom", &entry);
        let decoded = percent_decode_str(link.split_once('?').unwrap().1).decode_utf8().unwrap().into_owned();
        let mut expected = server;
        expected["name"] = "zoom".into();
        expected["type"] = "stdio".into();
        assert_eq!(serde_json::from_str::<Value>(&decoded).unwrap(), expected);
    }
}
