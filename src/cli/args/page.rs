//! A page of the help that is put together while the program is compiled: building it at each start would cost more than
//! most commands do otherwise.

/// As long as a page can be.
const LONGEST_PAGE: usize = 8 * 1024;

/// The most characters of a line, so that the indented page fits on a terminal of 80 columns.
const LINE_WIDTH: usize = 73;

/// Where the second column begins.
const SECOND_COLUMN: usize = 31;

pub(super) struct Page {
    bytes: [u8; LONGEST_PAGE],
    length: usize,
}

impl Page {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; LONGEST_PAGE], length: 0 }
    }

    pub(super) const fn push(&mut self, text: &str) {
        self.push_part(text.as_bytes(), 0, text.len());
    }

    /// A row of two columns, the second of which is wrapped. Both are ASCII.
    pub(super) const fn row(&mut self, name: &str, text: &str) {
        self.push("  ");
        self.push(name);
        let (text, mut column, mut at) = (text.as_bytes(), 2 + name.len(), 0);
        while at < text.len() {
            let start = at;
            while at < text.len() && text[at] != b' ' {
                at += 1;
            }
            if column + 1 + (at - start) > LINE_WIDTH {
                self.push("\n");
                column = 0;
            }
            let blanks = if column < SECOND_COLUMN { SECOND_COLUMN - column } else { 1 };
            column += blanks + (at - start);
            let mut blank = 0;
            while blank < blanks {
                self.push(" ");
                blank += 1;
            }
            self.push_part(text, start, at);
            at += 1;
        }
        self.push("\n");
    }

    /// All of it.
    #[expect(
        clippy::panic,
        reason = "that is an error of the compiler's: it is asked for in constants alone"
    )]
    pub(super) const fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => panic!("the parts of the page are UTF-8"),
        }
    }

    const fn push_part(&mut self, text: &[u8], mut from: usize, to: usize) {
        while from < to {
            self.bytes[self.length] = text[from];
            self.length += 1;
            from += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_column_is_wrapped_and_indented() {
        let mut page = Page::new();
        page.push("Heading:\n");
        page.row("NAME", "short");
        page.row("A_MUCH_LONGER_NAME_THAN_THAT", &["word"; 12].join(" "));
        let blanks = |count: usize| " ".repeat(count);
        let expected = format!(
            "Heading:\n  NAME{}short\n  A_MUCH_LONGER_NAME_THAN_THAT {}\n{}{}\n",
            blanks(25),
            ["word"; 8].join(" "),
            blanks(31),
            ["word"; 4].join(" "),
        );
        assert_eq!(page.text(), expected);
    }
}
