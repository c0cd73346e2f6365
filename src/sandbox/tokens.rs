//! The tokens that the sandbox has issued, and what has become of them.

use std::io;

use super::jwt::{Kind, Signer};

/// What Zoom's user documentation gave as the life of a refresh token, and a 2020 token carried: 15 years.
const REFRESH_LIFE: i64 = 473_040_000;

/// Beyond so many tokens the expired ones are forgotten, so that a sandbox can run for weeks.
const KEPT: usize = 10_000;

/// What the API makes of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    Expired,
    /// Never issued, superseded or revoked: Zoom tells these apart no more than this.
    Unknown,
}

/// Every token, by what it is still good for. Times are Zoom's, in seconds since 1970.
pub(super) struct Tokens {
    signer: Signer,
    life: i64,
    supersede: bool,
    access: Vec<(String, i64)>,
    refresh: String,
}

impl Tokens {
    /// No access token yet, and one refresh token as if a user had just authorised the app.
    pub(super) fn new(life: u64, supersede: bool, now: i64) -> io::Result<Self> {
        let mut signer = Signer::new()?;
        let refresh = signer.sign(Kind::Refresh, now, now.saturating_add(REFRESH_LIFE));
        let life = i64::try_from(life).unwrap_or(i64::MAX);
        Ok(Self { signer, life, supersede, access: Vec::new(), refresh })
    }

    /// How long a token lives.
    pub(super) fn life(&self) -> i64 {
        self.life
    }

    /// Issues an access token, as an answer to a grant.
    pub(super) fn issue(&mut self, kind: Kind, now: i64) -> String {
        if self.supersede {
            self.access.clear();
        }
        let expires = now.saturating_add(self.life);
        let token = self.signer.sign(kind, now, expires);
        self.know(token.clone(), expires, now);
        token
    }

    /// Makes an access token with so many seconds left, without a grant: it supersedes nothing.
    pub(super) fn mint(&mut self, left: i64, now: i64) -> String {
        let expires = now.saturating_add(left);
        let issued = expires.saturating_sub(self.life).min(now);
        let token = self.signer.sign(Kind::ServerToServer, issued, expires);
        self.know(token.clone(), expires, now);
        token
    }

    /// Takes a text for an access token from now on.
    pub(super) fn know(&mut self, token: String, expires: i64, now: i64) {
        if self.access.len() >= KEPT {
            self.access.retain(|(_, expires)| *expires > now);
        }
        self.access.push((token, expires));
    }

    /// What the API makes of this text.
    pub(super) fn standing(&self, token: &str, now: i64) -> Standing {
        match self.access.iter().rev().find(|(known, _)| known == token) {
            None => Standing::Unknown,
            Some((_, expires)) if *expires <= now => Standing::Expired,
            Some(_) => Standing::Good,
        }
    }

    /// The only refresh token that is good.
    pub(super) fn refresh(&self) -> &str {
        &self.refresh
    }

    /// Spends the refresh token: the next one takes its place.
    pub(super) fn rotate(&mut self, now: i64) -> String {
        self.refresh = self.signer.sign(Kind::Refresh, now, now.saturating_add(REFRESH_LIFE));
        self.refresh.clone()
    }

    /// Makes every access token invalid.
    pub(super) fn revoke_all(&mut self) {
        self.access.clear();
    }

    /// Makes this access token invalid, or all when it is the refresh token; the refresh token is spent either way.
    pub(super) fn revoke(&mut self, token: &str, now: i64) {
        if token == self.refresh {
            self.revoke_all();
        } else if let Some(index) = self.access.iter().position(|(known, _)| known == token) {
            self.access.remove(index);
        } else {
            return;
        }
        self.rotate(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn tokens(supersede: bool) -> Tokens {
        Tokens::new(3600, supersede, NOW).unwrap()
    }

    #[test]
    fn a_token_is_good_until_its_second_comes() {
        let mut tokens = tokens(false);
        let token = tokens.issue(Kind::ServerToServer, NOW);
        assert_eq!(tokens.standing(&token, NOW + 3599), Standing::Good);
        assert_eq!(tokens.standing(&token, NOW + 3600), Standing::Expired);
        assert_eq!(tokens.standing("other", NOW), Standing::Unknown);
    }

    #[test]
    fn a_minted_token_has_the_time_it_was_given() {
        let mut tokens = tokens(false);
        let expired = tokens.mint(-10, NOW);
        let short = tokens.mint(30, NOW);
        assert_eq!(tokens.standing(&expired, NOW), Standing::Expired);
        assert_eq!(tokens.standing(&short, NOW + 29), Standing::Good);
        assert_eq!(tokens.standing(&short, NOW + 30), Standing::Expired);
    }

    #[test]
    fn only_a_grant_supersedes_and_only_when_asked_to() {
        for (supersede, expected) in [(false, Standing::Good), (true, Standing::Unknown)] {
            let mut tokens = tokens(supersede);
            let first = tokens.issue(Kind::User, NOW);
            tokens.mint(100, NOW);
            assert_eq!(tokens.standing(&first, NOW), Standing::Good);
            let second = tokens.issue(Kind::User, NOW);
            assert_eq!(tokens.standing(&first, NOW), expected);
            assert_eq!(tokens.standing(&second, NOW), Standing::Good);
        }
    }

    #[test]
    fn revoking_ends_the_refresh_token_too() {
        let mut tokens = tokens(false);
        let (first, second) = (tokens.issue(Kind::User, NOW), tokens.issue(Kind::User, NOW));
        let refresh = tokens.refresh().to_owned();

        tokens.revoke("other", NOW);
        assert_eq!(tokens.refresh(), refresh);

        tokens.revoke(&first, NOW);
        assert_eq!(tokens.standing(&first, NOW), Standing::Unknown);
        assert_eq!(tokens.standing(&second, NOW), Standing::Good);
        assert_ne!(tokens.refresh(), refresh);

        let refresh = tokens.refresh().to_owned();
        tokens.revoke(&refresh, NOW);
        assert_eq!(tokens.standing(&second, NOW), Standing::Unknown);
    }

    #[test]
    fn expired_tokens_are_forgotten_when_there_are_many() {
        let mut tokens = tokens(false);
        let lasting = tokens.mint(100, NOW);
        for number in 1..KEPT {
            tokens.know(number.to_string(), NOW - 1, NOW);
        }
        assert_eq!(tokens.standing("1", NOW), Standing::Expired);
        tokens.mint(100, NOW);
        assert_eq!(tokens.standing("1", NOW), Standing::Unknown);
        assert_eq!(tokens.standing(&lasting, NOW), Standing::Good);
    }
}
