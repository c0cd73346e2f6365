//! Where a `.env` is, and what a read of it gives.

use std::path::{Path, PathBuf};

use super::file::EnvFile;
use crate::error::Error;
use crate::store::identity::Identity;
use crate::store::names::{ACCESS_TOKEN, REFRESH_TOKEN, TOKEN_EXPIRES_AT};
use crate::store::snapshot::{Snapshot, StoredTokens};
use crate::store::state::StateDirectory;

/// How much longer than now a `.env` may become by a change: two tokens of the greatest length, several times.
pub(crate) const ROOM_FOR_TOKENS: usize = 64 * 1024;

/// Where a `.env` is, which variables are read from it, and where its state is kept.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) path: PathBuf,
    pub(super) names: &'static [&'static str],
    pub(super) state_root: Option<PathBuf>,
}

impl Home {
    /// The file as it was read, or as it will be where an interrupted rewrite has left it unreadable. The holder of the lock
    /// finishes the rewrite.
    pub(super) fn snapshot(&self, read: Result<EnvFile, Error>) -> Result<Snapshot, Error> {
        let file = match read {
            Err(error @ Error::Unparseable { .. }) => {
                let state =
                    |real: &Path| StateDirectory::of(self.state_root.as_deref(), &Identity::of_file(real));
                let texts = |real: &Path| state(real).rewrite().ok().flatten();
                EnvFile::unfinished(&self.path, self.names, texts)?.ok_or(error)?
            }
            read => read?,
        };
        let identity = Identity::of_file(file.real());
        let tokens = StoredTokens {
            access_token: file.get(ACCESS_TOKEN).cloned(),
            expires_at: file.get(TOKEN_EXPIRES_AT).cloned(),
            refresh_token: file.get(REFRESH_TOKEN).cloned(),
        };
        Ok(Snapshot::new(file, tokens, identity))
    }
}
