//! Calls for which no token can be had.

use super::*;

/// Failures of a request for a token.
pub(super) fn without_a_token() -> Vec<(&'static str, Row)> {
    let refresh =
        |row: Row, arguments| Row { is_revoked: false, calls: 0, ..row.of("zoom_refresh_token", arguments) };
    let given = || {
        json!({
            "zoom_refresh_token": GIVEN_REFRESH,
            "zoom_client_id": CLIENT_ID,
            "zoom_client_secret": GIVEN_SECRET,
        })
    };
    let client = || {
        json_fault(400, r#"{"reason":"Invalid client_id or client_secret SECRETS","error":"invalid_client"}"#)
    };
    let grant = || json_fault(400, r#"{"reason":"Invalid Token! SECRETS","error":"invalid_grant"}"#);
    let unknown = || json_fault(400, r#"{"reason":"SECRETS","error":"SECRETS"}"#);
    let other =
        || json_fault(401, r#"{"status":false,"errorCode":4700,"errorMessage":"SECRETS","result":null}"#);
    vec![
        ("wrong client", Row::token(client(), 1, &["ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET", "HTTP 400"])),
        (
            "a spent refresh token",
            Row::token(grant(), 1, &["the refresh token is spent", "ZOOM_REFRESH_TOKEN"]),
        ),
        ("an unknown reason", Row::token(unknown(), 1, &["HTTP 400"])),
        ("an exception", Row::token(other(), 3, &["4700"])),
        (
            "a busy token endpoint",
            Row::token(Fault::Busy(RetryAfter::Seconds(250)), 1, &["too busy", "Zoom asks to wait until 20"]),
        ),
        (
            "a page of a token endpoint",
            Row::token(Fault::Html(403), 1, &["HTTP 403", "is a proxy in the way?"]),
        ),
        (
            "an outage of the token endpoint",
            Row::token(Fault::Html(502), 3, &["HTTP 502", "try again later"]),
        ),
        (
            "a token that is none",
            Row::token(
                Fault::Token("a\nB=$(id)".into()),
                1,
                &["the token from Zoom is unusable", "ZOOM_OAUTH_URL"],
            )
            .untracked(),
        ),
        (
            "a refresh by a wrong client",
            refresh(Row::token(client(), 1, &[r#""status":"error""#, "client secret"]), json!({})),
        ),
        (
            "a refresh with a spent token",
            refresh(Row::token(grant(), 1, &[r#""status":"error""#, "is spent"]), given()),
        ),
        ("a given client that is wrong", refresh(Row::token(client(), 1, &[r#""status":"error""#]), given())),
        (
            "a given token for an unknown reason",
            refresh(Row::token(unknown(), 1, &[r#""status":"error""#]), given()),
        ),
        (
            "a given token for an exception",
            refresh(Row::token(other(), 3, &[r#""status":"error""#]), given()),
        ),
    ]
}
