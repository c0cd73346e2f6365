//! A login with a code that is entered on another machine.

use reqwest::Url;
use secrecy::SecretString;

use super::super::Context;
use super::exchange::exchange;
use crate::clock::Clock as _;
use crate::keeper::{LoggedIn, Look};
use crate::login::{LoginError, Polls, Then};
use crate::settings::App;
use crate::zoom::{Grant, Http};

/// Shows a code, and polls until somebody has entered it and allowed the app.
pub(super) fn allowed(
    context: &Context,
    look: &Look,
    url: &Url,
    (app, secret): (&App, Option<&SecretString>),
) -> Result<LoggedIn, LoginError> {
    let (clock, stop) = (&context.clock, &context.stop);
    let client = (app.client_id.as_deref().unwrap_or_default(), secret);
    let device = Http.device_code(url, client, clock, stop)?;
    let mut polls = Polls::new(device.interval, device.expires_in, clock.elapsed());
    let output = context.output;
    output.must("👉 Open this address on any machine, and enter the code there:");
    output.must(device.verification_uri_complete.as_ref().unwrap_or(&device.verification_uri));
    output.must(&format!("   {}", device.user_code));
    loop {
        match polls.next(clock.elapsed()) {
            Then::Ended => return Err(LoginError::Unanswered { minutes: device.expires_in.div_ceil(60) }),
            Then::After(pause) => clock.sleep(pause, stop)?,
        }
        match exchange(context, look, url, (app, secret), Grant::DeviceCode(device.device_code.clone())) {
            Err(LoginError::Token(error)) => polls.failed(error)?,
            ended => return ended,
        }
    }
}
