//! Devices that ask for a token, and the page on which a person enters their code.

use std::io;

use serde_json::json;

use super::codes::random;
use super::consent::Consent;
use super::page;
use crate::sandbox::message::{Reply, Request};
use crate::sandbox::tokens::Client;

/// How long a device's code holds, in seconds, as in Zoom's answers.
const DEVICE_CODE_LIFE: i64 = 900;

/// By how much a device that polls too often has to pause longer, in seconds (RFC 8628, section 3.5).
const SLOWER: i64 = 5;

/// How many devices are kept, so that a sandbox can run for weeks.
const MOST_DEVICES: usize = 1000;

struct Device {
    code: String,
    user_code: String,
    client: Client,
    expires: i64,
    interval: i64,
    polled: Option<i64>,
    decided: Consent,
}

/// Why a device gets no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotYet {
    Pending,
    SlowDown,
    Expired,
    Denied,
    Unknown,
}

/// The devices that wait.
pub(super) struct Devices {
    interval: i64,
    waiting: Vec<Device>,
}

impl Devices {
    pub(super) fn new(interval: u64) -> Self {
        Self { interval: i64::try_from(interval).unwrap_or(i64::MAX), waiting: Vec::new() }
    }

    /// Issues a code for a device, and the one that a person enters.
    pub(super) fn begin(&mut self, client: Client, origin: &str, now: i64) -> io::Result<Reply> {
        let code = random()?;
        let letters = |text: &str| -> String {
            text.bytes()
                .map(|byte| char::from(b"BCDFGHJKLMNPQRSTVWXZ"[usize::from(byte) % 20]))
                .take(4)
                .collect()
        };
        let user_code = format!("{}-{}", letters(&code), letters(&code[4..]));
        if self.waiting.len() >= MOST_DEVICES {
            self.waiting.remove(0);
        }
        let answer = json!({
            "device_code": code,
            "user_code": user_code,
            "verification_uri": format!("{origin}/oauth_device"),
            "verification_uri_complete": format!("{origin}/oauth_device?user_code={user_code}"),
            "expires_in": DEVICE_CODE_LIFE,
            "interval": self.interval,
        });
        self.waiting.push(Device {
            code,
            user_code,
            client,
            expires: now.saturating_add(DEVICE_CODE_LIFE),
            interval: self.interval,
            polled: None,
            decided: Consent::Ask,
        });
        Ok(Reply::json(200, &answer))
    }

    /// Answers `GET /oauth_device`, where a person enters the code.
    pub(super) fn page(&mut self, request: &Request, now: i64) -> Reply {
        let query = request.query_fields();
        let entered = query.get("user_code").map(String::as_str).unwrap_or_default();
        let Some(device) =
            self.waiting.iter_mut().find(|device| device.user_code == entered && device.expires > now)
        else {
            return page::notice("Enter the code that your device shows");
        };
        match query.get("decision").and_then(|name| Consent::named(name)) {
            Some(decision @ (Consent::Allow | Consent::Deny)) => {
                device.decided = decision;
                page::notice("Go back to your device")
            }
            _ => page::question(&request.path, &query, "Let a device read and change your meetings"),
        }
    }

    /// Answers a poll. `always` is what the person decides about every device.
    pub(super) fn poll(
        &mut self,
        client: Client,
        code: &str,
        always: Consent,
        now: i64,
    ) -> Result<(), NotYet> {
        let is_it = |device: &Device| device.code == code && device.client == client;
        let index = self.waiting.iter().position(is_it).ok_or(NotYet::Unknown)?;
        let device = &mut self.waiting[index];
        if device.expires <= now {
            self.waiting.remove(index);
            return Err(NotYet::Expired);
        }
        let earlier = device.polled.replace(now);
        // By whole seconds: a device that pauses for exactly the interval may see one less.
        if earlier.is_some_and(|earlier| now.saturating_sub(earlier) < device.interval - 1) {
            device.interval = device.interval.saturating_add(SLOWER);
            return Err(NotYet::SlowDown);
        }
        let decided = if device.decided == Consent::Ask { always } else { device.decided };
        match decided {
            Consent::Ask => return Err(NotYet::Pending),
            Consent::Allow | Consent::Deny => self.waiting.remove(index),
        };
        if decided == Consent::Allow { Ok(()) } else { Err(NotYet::Denied) }
    }

    /// Makes every code expire at once.
    pub(super) fn expire(&mut self) {
        for device in &mut self.waiting {
            device.expires = i64::MIN;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::message::tests::request;

    const NOW: i64 = 1_790_000_000;

    fn begun(devices: &mut Devices) -> (String, String) {
        let answer = devices.begin(Client::Confidential, "http://127.0.0.1:1", NOW).unwrap().value().unwrap();
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        assert_eq!((&answer["expires_in"], &answer["interval"]), (&json!(900), &json!(5)));
        assert!(text("verification_uri_complete").ends_with(&text("user_code")));
        (text("device_code"), text("user_code"))
    }

    fn poll(devices: &mut Devices, code: &str, at: i64) -> Result<(), NotYet> {
        devices.poll(Client::Confidential, code, Consent::Ask, at)
    }

    #[test]
    fn a_device_waits_for_a_person_and_is_served_once() {
        for (decision, expected) in [("allow", Ok(())), ("deny", Err(NotYet::Denied))] {
            let mut devices = Devices::new(5);
            let (code, user_code) = begun(&mut devices);
            assert_eq!(poll(&mut devices, &code, NOW + 5), Err(NotYet::Pending));
            let line = format!("GET /oauth_device?user_code={user_code}&decision={decision}");
            assert_eq!(devices.page(&request(&line), NOW).status, 200);
            assert_eq!(poll(&mut devices, &code, NOW + 10), expected);
            assert_eq!(poll(&mut devices, &code, NOW + 15), Err(NotYet::Unknown));
        }
    }

    #[test]
    fn whoever_polls_too_often_is_slowed_down() {
        let mut devices = Devices::new(5);
        let (code, _) = begun(&mut devices);
        for (at, expected) in [
            (0, NotYet::Pending),
            (1, NotYet::SlowDown),
            (6, NotYet::SlowDown),
            (20, NotYet::Pending),
            (900, NotYet::Expired),
            (905, NotYet::Unknown),
        ] {
            assert_eq!(poll(&mut devices, &code, NOW + at), Err(expected), "{at}");
        }
    }

    #[test]
    fn a_code_belongs_to_its_client() {
        let mut devices = Devices::new(5);
        let (code, _) = begun(&mut devices);
        assert_eq!(devices.poll(Client::Public, &code, Consent::Allow, NOW), Err(NotYet::Unknown));
        assert_eq!(devices.poll(Client::Confidential, &code, Consent::Allow, NOW), Ok(()));
    }
}
