//! The `zoomtok` program: passes its arguments to the library and exits with the resulting code.

use zoomtok::error::Code;

fn main() -> Code {
    zoomtok::cli::run(std::env::args_os())
}
