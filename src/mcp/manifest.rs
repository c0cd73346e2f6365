//! An app as Zoom's Marketplace takes it: `https://developers.zoom.us/docs/build-flow/manifests/schema/`. Pure.

use serde_json::{Value, json};

/// Where the browser comes back to after a login: this machine, at any port.
const REDIRECT: &str = "http://127.0.0.1/callback";

/// An app for a login with these scopes and no others: it belongs to the user who authorises it, comes back to this machine,
/// and has a public client, which needs no secret.
pub(crate) fn manifest(scopes: &[String], products: &[&str]) -> Value {
    let scopes: Vec<Value> = scopes.iter().map(|scope| json!({"scope": scope, "optional": false})).collect();
    json!({
        "app_type": "general",
        "manifest": {
            "display_information": {
                "display_name": "zoomtok",
                "description": "Zoom for agents, on this machine",
                "long_description": "Lets the programs of this machine's user ask Zoom, under a policy, with a token that zoomtok keeps fresh.",
            },
            "oauth_information": {
                "usage": "USER_OPERATION",
                "development_redirect_uri": REDIRECT,
                "production_redirect_uri": REDIRECT,
                "oauth_allow_list": [REDIRECT],
                "strict_mode": false,
                "subdomain_strict_mode": false,
                "scopes": scopes,
                "scope_description": "Each scope is that of a tool which the policy allows.",
                "enable_private_pkce_client": false,
                "enable_public_pkce_client": true,
            },
            "features": { "products": products },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_app_is_as_a_login_needs_it() {
        let app = manifest(&["meeting:read:meeting".into(), "user:read:user".into()], &["ZOOM_MEETING"]);
        let manifest = &app["manifest"];
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&app), ["app_type", "manifest"]);
        assert_eq!(app["app_type"], "general");
        assert_eq!(keys(manifest), ["display_information", "features", "oauth_information"]);
        let oauth = &manifest["oauth_information"];
        for (field, expected) in [
            ("usage", json!("USER_OPERATION")),
            ("development_redirect_uri", json!("http://127.0.0.1/callback")),
            ("production_redirect_uri", json!("http://127.0.0.1/callback")),
            ("oauth_allow_list", json!(["http://127.0.0.1/callback"])),
            ("strict_mode", json!(false)),
            ("subdomain_strict_mode", json!(false)),
            (
                "scopes",
                json!([
                    {"scope": "meeting:read:meeting", "optional": false},
                    {"scope": "user:read:user", "optional": false},
                ]),
            ),
            ("enable_private_pkce_client", json!(false)),
            ("enable_public_pkce_client", json!(true)),
        ] {
            assert_eq!(oauth[field], expected, "{field}");
        }
        assert!(oauth["scope_description"].as_str().is_some_and(|text| !text.is_empty()));
        assert_eq!(oauth.as_object().unwrap().len(), 10);
        assert_eq!(manifest["features"], json!({"products": ["ZOOM_MEETING"]}));
        assert_eq!(manifest["display_information"]["display_name"], "zoomtok");
        assert_eq!(manifest["display_information"].as_object().unwrap().len(), 3);
    }
}
