//! The text without some of our variables.

use zeroize::Zeroizing;

use super::{Assignment, EnvText, Fault};

impl EnvText {
    /// The text with other values, as [`EnvText::with`] makes it, and without the lines that set any of the variables in `gone`.
    ///
    /// # Errors
    ///
    /// As with [`EnvText::with`].
    pub fn changed(&self, changes: &[(&str, &str)], gone: &[&str]) -> Result<Zeroizing<String>, Fault> {
        let set = self.with(changes)?;
        if !gone.iter().any(|name| self.get(name).is_some()) {
            return Ok(set);
        }
        let set = Self::read(set, self.ours.clone())?;
        let is_gone = |assignment: &&Assignment| gone.contains(&assignment.name);
        let mut text = set.text.clone();
        for assignment in set.assignments.iter().filter(is_gone).rev() {
            text.replace_range(assignment.start..assignment.end, "");
        }
        let wrong = || Fault::general("without the old values the text would not read as it should");
        let new = Self::read(text, self.ours.clone()).map_err(|_| wrong())?;
        let kept: Vec<_> = set.assignments.iter().filter(|one| !is_gone(one)).map(Assignment::pair).collect();
        if new.assignments.iter().map(Assignment::pair).ne(kept) || new.others != set.others {
            return Err(wrong());
        }
        Ok(new.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::env::text::generated;

    const OURS: [&str; 2] = ["A", "B"];

    fn without(text: &str, gone: &[&str]) -> String {
        let env = EnvText::parse(text.as_bytes(), &OURS).unwrap();
        env.changed(&[], gone).unwrap().to_string()
    }

    #[test]
    fn only_the_lines_of_the_variable_go() {
        for (text, expected) in [
            ("A=1\nB=2\n", "B=2\n"),
            ("B=2\nA=1", "B=2\n"),
            ("# A=0\n\nexport A='1' # mine\nB=2\nA=3\n# end\n", "# A=0\n\nB=2\n# end\n"),
            ("  A=1\r\nC=\"x\ny\"\r\n", "C=\"x\ny\"\r\n"),
            ("\u{feff}A=1\nB=2\n", "\u{feff}B=2\n"),
            ("AA=1\nA.B=2\n", "AA=1\nA.B=2\n"),
            ("", ""),
        ] {
            assert_eq!(without(text, &["A"]), expected, "{text:?}");
            assert_eq!(without(text, &[]), text);
        }
        assert_eq!(without("A=1\nB=2\nC=3\n", &["A", "B"]), "C=3\n");
    }

    proptest! {
        #[test]
        fn every_other_line_stays(case in generated::case()) {
            let env = EnvText::parse(case.old.as_bytes(), generated::OURS).unwrap();
            let gone = [generated::TOKEN, generated::EXPIRES];
            let text = env.changed(&[], &gone).unwrap();
            let new = EnvText::parse(text.as_bytes(), generated::OURS).unwrap();
            let client = |env: &EnvText| env.get(generated::CLIENT).map(|entry| entry.value.clone());
            prop_assert!(gone.iter().all(|name| new.get(name).is_none()));
            prop_assert_eq!(client(&new), client(&env));
            // The rest of the text stands in it in the same order.
            let plain = |text: &str| text.trim_start_matches('\u{feff}').to_owned();
            let (before, after) = (plain(&case.old), plain(&text));
            let mut old = before.split_inclusive('\n');
            prop_assert!(after.split_inclusive('\n').all(|line| old.any(|before| before == line)), "{:?}", text);
        }
    }

    #[test]
    fn a_value_is_put_where_another_goes() {
        let env = EnvText::parse(b"A=1\nC=3\n", &OURS).unwrap();
        assert_eq!(*env.changed(&[("B", "2")], &["A"]).unwrap(), "C=3\nB=\"2\"\n");
    }
}
