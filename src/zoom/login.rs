//! The requests of a login and a logout that are no exchange: a code for a device, and the end of a token.

use std::time::Duration;

use hyper::body::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{RequestBuilder, Url};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use super::Grant;
use super::answer::{Answer, Silence, Times};
use super::budget::Budget;
use super::http::{Connection, Http, SMALL_BODY, basic, below, secret_form, send};
use crate::clock::{Clock, Shutdown};
use crate::error::Error;
use crate::token::Token;

/// How long Zoom may take for one of these answers.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(10);

/// The seconds between two polls of a device where the answer names none (RFC 8628, section 3.2).
const USUAL_INTERVAL: u64 = 5;

/// The seconds for which the code of a device holds where the answer names none, as in Zoom's answers.
const USUAL_DEVICE_LIFE: u64 = 900;

/// The code that a device shows to a person, and the one that it polls with.
#[derive(Debug, Deserialize)]
pub struct DeviceCode {
    /// The code that it polls with.
    #[serde(deserialize_with = "secret")]
    pub device_code: SecretString,
    /// The code that the person enters.
    pub user_code: String,
    /// Where the person enters it.
    pub verification_uri: String,
    /// The same with the code in it.
    #[serde(default)]
    pub verification_uri_complete: Option<String>,
    /// For how many seconds it holds.
    #[serde(default = "usual_device_life")]
    pub expires_in: u64,
    /// The seconds between two polls.
    #[serde(default = "usual_interval")]
    pub interval: u64,
}

fn secret<'de, D: Deserializer<'de>>(text: D) -> Result<SecretString, D::Error> {
    String::deserialize(text).map(Into::into)
}

fn usual_device_life() -> u64 {
    USUAL_DEVICE_LIFE
}

fn usual_interval() -> u64 {
    USUAL_INTERVAL
}

/// A client of Zoom's: its id, and its secret unless it is public.
type Client<'a> = (&'a str, Option<&'a SecretString>);

impl Http {
    /// Requests a code for a device from the Zoom at `url`
    /// (<https://developers.zoom.us/blog/device-authorization/>).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for a verdict, [`Error::Transient`] if there is no answer, or none that is understood.
    pub fn device_code(
        self,
        url: &Url,
        client: Client<'_>,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<DeviceCode, Error> {
        let asked = clock.now();
        let answer = post(url, "devicecode", client, &[], stop)?;
        if let Some(code) =
            (answer.status < 300).then(|| serde_json::from_slice(answer.content()).ok()).flatten()
        {
            return Ok(code);
        }
        let times = Times { asked, answered: clock.now() };
        let failure = answer.read(&Grant::DeviceCode(String::new().into()), times).err();
        let what = "the answer held no code for a device".to_owned();
        Err(failure.map_or_else(|| unanswered(Silence { what, sent: true }), |failure| failure.error))
    }

    /// Ends a token at the Zoom at `url`. A token that Zoom no longer knows is as good as ended (RFC 7009).
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] for a verdict, [`Error::Transient`] if there is no answer, or none that says that it is done.
    pub fn revoke(
        self,
        url: &Url,
        client: Client<'_>,
        token: &Token,
        clock: &dyn Clock,
        stop: &Shutdown,
    ) -> Result<(), Error> {
        let asked = clock.now();
        let answer = post(url, "revoke", client, &[("token", token.expose())], stop)?;
        let json: Option<serde_json::Value> = serde_json::from_slice(answer.content()).ok();
        let says = |name: &str, value: &str| json.as_ref().is_some_and(|json| json[name] == value);
        // RFC 7009 has an empty body, and Zoom's has {"status":"success"}.
        let is_done =
            (200..300).contains(&answer.status) && (answer.content().is_empty() || says("status", "success"));
        if is_done || says("error", "invalid_token") {
            return Ok(());
        }
        let times = Times { asked, answered: clock.now() };
        let refused = answer.read(&Grant::DeviceCode(String::new().into()), times).err();
        let what = format!("Zoom answered with HTTP {} and did not say that it is done", answer.status);
        Err(match refused.map(|failure| failure.error) {
            Some(error @ Error::Refused { .. }) => error,
            _ => unanswered(Silence { what, sent: true }),
        })
    }
}

fn post(
    url: &Url,
    endpoint: &str,
    (client_id, secret): Client<'_>,
    fields: &[(&str, &str)],
    stop: &Shutdown,
) -> Result<Answer, Error> {
    let connection = Connection::new(url)?;
    let mut fields = fields.to_vec();
    let authorized = |request: RequestBuilder| match secret {
        Some(secret) => request.header(AUTHORIZATION, basic(client_id, secret)),
        None => request,
    };
    // Zoom's page on the device flow has the client id in the form beside the header.
    if secret.is_none() || endpoint == "devicecode" {
        fields.push(("client_id", client_id));
    }
    let request = connection
        .client()
        .post(below(url, &["oauth", endpoint]))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Bytes::from_owner(secret_form(&fields)))
        .timeout(LOGIN_TIMEOUT);
    let request = authorized(request);
    let asked = async { send(request, &Budget::new(SMALL_BODY)).await.map_err(unanswered) };
    connection.run_until_asked(asked, stop)
}

fn unanswered(Silence { what, sent }: Silence) -> Error {
    Error::Transient { what, not_before: None, reached: sent, spent: false, tracking_id: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_for_a_device_may_lack_its_times() {
        let code = r#"{"device_code":"canary","user_code":"AB-CD","verification_uri":"https://zoom.us/d"}"#;
        let code: DeviceCode = serde_json::from_str(code).unwrap();
        assert_eq!((code.expires_in, code.interval), (USUAL_DEVICE_LIFE, USUAL_INTERVAL));
        assert!(code.verification_uri_complete.is_none());
        assert!(!format!("{code:?}").contains("canary"));
    }
}
