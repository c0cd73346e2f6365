//! Links the unwinder of GCC into the program, where that can be done, in place of loading it as a shared library at
//! every start: that library is a tenth of what starting a small program takes on Linux. It is what GCC calls
//! `-static-libgcc`, which rustc has no word for. Elsewhere, or where the archive is missing, nothing changes.

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
    // The linker driver knows where its own libraries are. Asked for one that it has not, it repeats the name.
    let linker = var("RUSTC_LINKER").unwrap_or_else(|_| "cc".into());
    let Ok(asked) = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output() else { return };
    let answer = String::from_utf8_lossy(&asked.stdout);
    let archive = Path::new(answer.trim());
    if let Some(directory) = archive.parent().filter(|_| archive.is_absolute() && archive.exists()) {
        println!("cargo:rustc-link-search=native={}", directory.display());
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
}
