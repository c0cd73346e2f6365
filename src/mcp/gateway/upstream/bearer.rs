//! The token of a server's requests.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use crate::error::Diagnostic as _;
use crate::mcp::gateway::mask::Masks;
use crate::mutex::locked;
use crate::token::Token;
use crate::tokens::Tokens;

/// A token, or why there is none, in words.
pub(crate) type Obtaining<'a> = Pin<Box<dyn Future<Output = Result<Token, String>> + Send + 'a>>;

/// Has the token that is valid now.
pub(crate) trait Bearer: Send + Sync {
    /// The token to send.
    fn current(&self) -> Obtaining<'_>;

    /// Another one than this, which the server has refused.
    fn instead_of(&self, rejected: Token) -> Obtaining<'_>;
}

/// The tokens of a gateway, which takes them out of what the server says.
pub(crate) struct Masked {
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) masks: Arc<Mutex<Masks>>,
}

impl Masked {
    fn noted(&self, token: Token) -> Token {
        locked(&self.masks).add(&token);
        token
    }
}

impl Bearer for Masked {
    fn current(&self) -> Obtaining<'_> {
        Box::pin(async { self.tokens.current().await.map(|token| self.noted(token)) })
    }

    fn instead_of(&self, rejected: Token) -> Obtaining<'_> {
        Box::pin(async { Bearer::instead_of(&self.tokens, rejected).await.map(|token| self.noted(token)) })
    }
}

impl Bearer for Arc<Tokens> {
    fn current(&self) -> Obtaining<'_> {
        Box::pin(async {
            self.for_call(&Arc::default()).await.map(|(_, token)| token).map_err(|error| error.report())
        })
    }

    fn instead_of(&self, rejected: Token) -> Obtaining<'_> {
        Box::pin(async {
            let renewed = Tokens::instead_of(self, rejected, &Arc::default()).await;
            renewed.map(|(_, token, _)| token).map_err(|error| error.report())
        })
    }
}
