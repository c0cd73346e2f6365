//! Links GCC's unwinder statically where possible: loading it as a shared library takes a tenth of the time that a
//! small program needs to start on Linux. GCC calls this `-static-libgcc`, for which rustc has no option. On other
//! systems, or without the archive, nothing changes.

use std::env::var;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    let native = var("HOST").is_ok() && var("HOST") == var("TARGET");
    if !native || !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") {
        return;
    }
    // The linker driver knows where its libraries are. For one that it does not have, it repeats the name.
    let linker = var("RUSTC_LINKER").unwrap_or_else(|_| "cc".into());
    let Ok(asked) = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output() else { return };
    let answer = String::from_utf8_lossy(&asked.stdout);
    let archive = Path::new(answer.trim());
    if let Some(directory) = archive.parent().filter(|_| archive.is_absolute() && archive.exists()) {
        println!("cargo:rustc-link-search=native={}", directory.display());
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}
