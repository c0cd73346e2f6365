//! The `zoomtok` program: hands its arguments to the library and exits with what that says.

use zoomtok::error::Code;

fn main() -> Code {
    zoomtok::cli::run(std::env::args_os())
}
