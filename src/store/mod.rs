//! The token's home: the `.env` text, its replacement, the lock, and the state directory.
