//! The old and the new text of a `.env` while it is rewritten in place.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The old and the new text of a `.env` while it is rewritten in place.
#[derive(Clone, Serialize, Deserialize)]
pub struct Texts {
    /// The text before.
    pub old: Zeroizing<String>,
    /// The text after.
    pub new: Zeroizing<String>,
}

impl Texts {
    /// Whether an interrupted rewrite left these bytes: each of the old text or the new one, or 0 from a part of the disk
    /// that was never written. Text that anybody else has written since does not pass.
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        let (old, new) = (self.old.as_bytes(), self.new.as_bytes());
        let is_of_either =
            |(at, byte): (usize, &u8)| *byte == 0 || old.get(at) == Some(byte) || new.get(at) == Some(byte);
        (old.len().min(new.len())..=old.len().max(new.len())).contains(&bytes.len())
            && bytes.iter().enumerate().all(is_of_either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_an_interrupted_write_are_distinguished_from_those_of_others() {
        let texts = Texts { old: "A=1\nT=old\n".to_owned().into(), new: "A=1\nT=newer\n".to_owned().into() };
        for left in ["A=1\nT=old\n", "A=1\nT=new\n", "A=1\nT=newer\n", "A=1\nT=newe", "A=1\nT=o\0\0\0\0"] {
            assert!(texts.are_in(left.as_bytes()), "{left:?}");
        }
        for other in ["", "A=1\n", "A=2\nT=old\n", "A=1\nT=old\n# mine\n", "A=1\nT=mine\n"] {
            assert!(!texts.are_in(other.as_bytes()), "{other:?}");
        }
    }
}
