//! What Zoom's pages refuse a login with. Only the person at the browser sees them, and can paste them.

/// A refusal of Zoom's authorization page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PageRefusal {
    /// Any of these is in its text, in lower case.
    signs: &'static [&'static str],
    /// Its meaning, and what to enter where.
    pub(super) told: &'static str,
}

/// The refusals that are known, the more specific ones first. Their source is beside each.
const TABLE: &[PageRefusal] = &[
    // developers.zoom.us/changelog/platform/pkce-loopback
    PageRefusal {
        signs: &["localhost is not allowed"],
        told: "the redirect URL on the app's page names localhost, which Zoom refuses. Enter http://127.0.0.1/callback both \
               as OAuth Redirect URL and in the OAuth Allow List",
    },
    // FerroxLabs/wayland#1158
    PageRefusal {
        signs: &["invalid redirect", "redirect uri mismatch", "4709"],
        told: "the app does not have this redirect URL. On its page, under App Credentials, turn on Use Public Client OAuth, \
               enter http://127.0.0.1/callback both as OAuth Redirect URL and in the OAuth Allow List, and log in with the \
               Public Client ID. An app with a secret needs an https address of its own: --paste --redirect-uri URL",
    },
    // alexxvives/Academo, docs
    PageRefusal {
        signs: &["invalid client_id", "invalid_client", "4702", "4704"],
        told: "Zoom does not know this client id. Copy the Public Client ID, not the Client ID above it, from the tab of the \
               environment (Development or Production) whose app you use",
    },
    PageRefusal {
        signs: &["cannot authorize", "can't authorize", "not been published", "unpublished"],
        told: "the app is not published, so only users of the account that made it can allow it. Log in to Zoom as one of \
               them",
    },
    // gumloop/guMCP#56
    PageRefusal {
        signs: &["invalid scope", "invalid_scope", "4711"],
        told: "the app asks for a scope that Zoom does not give it. Check its page, under Scopes",
    },
    PageRefusal { signs: &["4717", "disabled"], told: "Zoom has disabled the app. Ask Zoom's support why" },
    PageRefusal {
        signs: &["\"errorcode\":4700", "error code 4700", "code: 4700"],
        told: "Zoom gives this code for many reasons. The most common one is the redirect URL: http://127.0.0.1/callback has to \
               be on the app's page both as OAuth Redirect URL and in the OAuth Allow List",
    },
];

/// The meaning of a text that somebody has copied from Zoom's page.
pub(super) fn explain(text: &str) -> Option<&'static PageRefusal> {
    let text = text.to_ascii_lowercase();
    TABLE.iter().find(|refusal| refusal.signs.iter().any(|sign| text.contains(sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_explained_by_its_own_row() {
        let pages = [
            r#"{"status":false,"errorCode":4700,"errorMessage":"Localhost is not allowed, please use 127.0.0.1 or [::1] instead"}"#,
            r#"{"status":false,"errorCode":4700,"errorMessage":"Invalid redirect url"}"#,
            r#"{"status":false,"errorCode":4702,"errorMessage":"Invalid client_id: abc","result":null}"#,
            "You cannot authorize the app",
            r#"{"status":false,"errorCode":4700,"errorMessage":"Invalid scope"}"#,
            "This app has been disabled by Zoom (4717)",
            r#"{"status":false,"errorCode":4700,"errorMessage":"","result":null}"#,
        ];
        assert_eq!(pages.len(), TABLE.len());
        for (page, row) in pages.iter().zip(TABLE) {
            assert_eq!(explain(page), Some(row), "{page}");
        }
        for page in ["", "Sign In", "a code that is none"] {
            assert_eq!(explain(page), None, "{page}");
        }
    }
}
