//! The size of a terminal, and whether it is this program's turn there.

/// The columns and rows where the terminal does not say how many it has.
const USUAL_COLUMNS: usize = 80;
const USUAL_ROWS: usize = 24;

/// The size of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// The size of the terminal behind a stream.
#[cfg(unix)]
pub(super) fn size(stream: &impl std::os::fd::AsFd) -> Size {
    let size = rustix::termios::tcgetwinsize(stream).ok();
    // Some terminals say 0.
    let known = |number: u16, usual| if number > 0 { usize::from(number) } else { usual };
    Size {
        columns: known(size.map_or(0, |size| size.ws_col), USUAL_COLUMNS),
        rows: known(size.map_or(0, |size| size.ws_row), USUAL_ROWS),
    }
}

#[cfg(not(unix))]
pub(super) fn size<S>(_: &S) -> Size {
    Size { columns: USUAL_COLUMNS, rows: USUAL_ROWS }
}

/// Whether the shell has this program in the foreground of the terminal on stdout. Where that is nobody's terminal to give,
/// it is.
#[cfg(unix)]
pub(super) fn is_in_foreground() -> bool {
    rustix::termios::tcgetpgrp(std::io::stdout()).map_or(true, |group| group == rustix::process::getpgrp())
}

#[cfg(not(unix))]
pub(super) fn is_in_foreground() -> bool {
    true
}
