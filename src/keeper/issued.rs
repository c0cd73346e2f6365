//! What Zoom has issued, and how it gets into the `.env`.

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use crate::clock::rfc3339;
use crate::error::Error;
use crate::settings::{NAMES, REFRESH_TOKEN};
use crate::store::{EnvFile, Prepared};
use crate::token::{Claims, Token};
use crate::zoom::Granted;

/// Puts what was issued into the `.env` as it is now: an editor may have saved it during the exchange. It is the file
/// that was reserved, wherever a link that led to it leads by now. `before` is the one that the credentials are of.
///
/// Gives a warning when the refresh token that was issued is left out, since somebody has put another one there.
pub(super) fn store(
    issued: Issued<'_>,
    before: &EnvFile,
    reservation: Prepared,
) -> Result<Option<String>, Error> {
    let file = before.again(NAMES)?;
    let values = issued.values();
    let mut values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let is_left = issued.refresh_token.is_some() && is_authorised_anew(before, &file);
    if is_left {
        values.retain(|(name, _)| *name != REFRESH_TOKEN);
    }
    reservation.commit(&file, &file.with(&values)?)?;
    Ok(is_left.then(|| {
        format!("{REFRESH_TOKEN} was changed in {} while Zoom was asked, and stays", before.path().display())
    }))
}

/// Whether somebody has put another refresh token into a `.env` since `before`. One that says that it was issued before
/// the one that was there is an old text, saved again.
fn is_authorised_anew(before: &EnvFile, now: &EnvFile) -> bool {
    let Some(now) = now.get(REFRESH_TOKEN) else { return false };
    let Some(was) = before.get(REFRESH_TOKEN) else { return true };
    let is_older = match (Claims::issued(&now.value), Claims::issued(&was.value)) {
        (Some(this), Some(that)) => this < that,
        _ => false,
    };
    now.value != was.value && !is_older
}

/// What Zoom has issued, as far as it is good.
#[derive(Clone, Copy)]
pub(super) struct Issued<'a> {
    /// With its end.
    pub(super) token: Option<(&'a Token, DateTime<Utc>)>,
    pub(super) refresh_token: Option<&'a Token>,
}

impl<'a> From<&'a Granted> for Issued<'a> {
    fn from(granted: &'a Granted) -> Self {
        let token = Some((&granted.token, granted.expires_at));
        Self { token, refresh_token: granted.refresh_token.as_ref() }
    }
}

impl Issued<'_> {
    /// The lines of `.env` that hold it.
    pub(super) fn values(&self) -> Vec<(&'static str, Zeroizing<String>)> {
        let own = |text: &str| Zeroizing::new(text.to_owned());
        let mut values = Vec::new();
        if let Some((token, expires_at)) = self.token {
            values.push(("ZOOM_ACCESS_TOKEN", own(token.expose())));
            values.push(("ZOOM_TOKEN_EXPIRES_AT", rfc3339(expires_at).into()));
        }
        values.extend(self.refresh_token.map(|token| (REFRESH_TOKEN, own(token.expose()))));
        values
    }
}
