//! The tokens that the sandbox has issued, and their standing.

use std::io;

use super::jwt::{Kind, Signer};
use super::options::{CLIENT_ID, PUBLIC_CLIENT_ID};

/// The lifetime of a refresh token by Zoom's user documentation, and in a token of 2020: 15 years.
const REFRESH_LIFE: i64 = 473_040_000;

/// The number of tokens from which expired ones are dropped, so that a sandbox can run for weeks.
const MOST_TOKENS: usize = 10_000;

/// The two clients of an app. A refresh token is good for the one that it was issued to
/// (<https://developers.zoom.us/docs/integrations/PKCE/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// With a secret.
    Confidential,
    /// Without one.
    Public,
}

impl Client {
    fn id(self) -> &'static str {
        match self {
            Self::Confidential => CLIENT_ID,
            Self::Public => PUBLIC_CLIENT_ID,
        }
    }
}

/// Whether the API accepts an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    Expired,
    /// Never issued, superseded or revoked, which Zoom does not distinguish.
    Unknown,
}

/// All valid tokens. Times are by Zoom's clock, in seconds since 1970.
pub(super) struct Tokens {
    signer: Signer,
    life: i64,
    supersede: bool,
    access: Vec<(String, i64)>,
    /// The only valid refresh token of each client.
    refresh: [String; 2],
}

impl Tokens {
    /// No access token, and a refresh token for each client as if a user had just authorised it.
    pub(super) fn new(life: u64, supersede: bool, now: i64) -> io::Result<Self> {
        let mut signer = Signer::new()?;
        let refresh = [Client::Confidential, Client::Public]
            .map(|client| signer.sign(Kind::Refresh, client.id(), now, now.saturating_add(REFRESH_LIFE)));
        let life = i64::try_from(life).unwrap_or(i64::MAX);
        Ok(Self { signer, life, supersede, access: Vec::new(), refresh })
    }

    /// The lifetime of a token, in seconds.
    pub(super) fn life(&self) -> i64 {
        self.life
    }

    /// Issues an access token for a grant.
    pub(super) fn issue(&mut self, kind: Kind, client: Client, now: i64) -> String {
        if self.supersede {
            self.access.clear();
        }
        let expires = now.saturating_add(self.life);
        let token = self.signer.sign(kind, client.id(), now, expires);
        self.accept(token.clone(), expires, now);
        token
    }

    /// Creates an access token with this many seconds left, without a grant: it supersedes nothing.
    pub(super) fn mint(&mut self, left: i64, now: i64) -> String {
        let expires = now.saturating_add(left);
        let issued = expires.saturating_sub(self.life).min(now);
        let token = self.signer.sign(Kind::ServerToServer, CLIENT_ID, issued, expires);
        self.accept(token.clone(), expires, now);
        token
    }

    /// Accepts a text as an access token from now on.
    pub(super) fn accept(&mut self, token: String, expires: i64, now: i64) {
        if self.access.len() >= MOST_TOKENS {
            self.access.retain(|(_, expires)| *expires > now);
        }
        self.access.push((token, expires));
    }

    /// The standing of a token.
    pub(super) fn standing(&self, token: &str, now: i64) -> Standing {
        match self.access.iter().rev().find(|(known, _)| known == token) {
            None => Standing::Unknown,
            Some((_, expires)) if *expires <= now => Standing::Expired,
            Some(_) => Standing::Good,
        }
    }

    /// The only valid refresh token of a client.
    pub(super) fn refresh(&self, client: Client) -> &str {
        &self.refresh[client as usize]
    }

    /// Spends the refresh token, and returns the one that replaces it.
    pub(super) fn rotate(&mut self, client: Client, now: i64) -> String {
        let refresh = self.signer.sign(Kind::Refresh, client.id(), now, now.saturating_add(REFRESH_LIFE));
        self.refresh[client as usize].clone_from(&refresh);
        refresh
    }

    /// Invalidates every access token.
    pub(super) fn revoke_all(&mut self) {
        self.access.clear();
    }

    /// Invalidates this access token, or all of them if it is the refresh token, which is spent either way.
    pub(super) fn revoke(&mut self, client: Client, token: &str, now: i64) {
        if token == self.refresh(client) {
            self.revoke_all();
        } else if let Some(index) = self.access.iter().position(|(known, _)| known == token) {
            self.access.remove(index);
        } else {
            return;
        }
        self.rotate(client, now);
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
    fn a_token_is_good_until_it_expires() {
        let mut tokens = tokens(false);
        let token = tokens.issue(Kind::ServerToServer, Client::Public, NOW);
        assert_eq!(tokens.standing(&token, NOW + 3599), Standing::Good);
        assert_eq!(tokens.standing(&token, NOW + 3600), Standing::Expired);
        assert_eq!(tokens.standing("other", NOW), Standing::Unknown);
    }

    #[test]
    fn a_minted_token_has_the_requested_time_left() {
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
            let first = tokens.issue(Kind::User, Client::Public, NOW);
            tokens.mint(100, NOW);
            assert_eq!(tokens.standing(&first, NOW), Standing::Good);
            let second = tokens.issue(Kind::User, Client::Public, NOW);
            assert_eq!(tokens.standing(&first, NOW), expected);
            assert_eq!(tokens.standing(&second, NOW), Standing::Good);
        }
    }

    #[test]
    fn revoking_ends_the_refresh_token_too() {
        let mut tokens = tokens(false);
        let (first, second) =
            (tokens.issue(Kind::User, Client::Public, NOW), tokens.issue(Kind::User, Client::Public, NOW));
        let refresh = tokens.refresh(Client::Public).to_owned();

        tokens.revoke(Client::Public, "other", NOW);
        assert_eq!(tokens.refresh(Client::Public), refresh);

        tokens.revoke(Client::Public, &first, NOW);
        assert_eq!(tokens.standing(&first, NOW), Standing::Unknown);
        assert_eq!(tokens.standing(&second, NOW), Standing::Good);
        assert_ne!(tokens.refresh(Client::Public), refresh);

        let refresh = tokens.refresh(Client::Public).to_owned();
        tokens.revoke(Client::Public, &refresh, NOW);
        assert_eq!(tokens.standing(&second, NOW), Standing::Unknown);
    }

    #[test]
    fn expired_tokens_are_dropped_once_there_are_many() {
        let mut tokens = tokens(false);
        let lasting = tokens.mint(100, NOW);
        for number in 1..MOST_TOKENS {
            tokens.accept(number.to_string(), NOW - 1, NOW);
        }
        assert_eq!(tokens.standing("1", NOW), Standing::Expired);
        tokens.mint(100, NOW);
        assert_eq!(tokens.standing("1", NOW), Standing::Unknown);
        assert_eq!(tokens.standing(&lasting, NOW), Standing::Good);
    }
}
