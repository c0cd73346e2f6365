//! Opening a browser: whether, how (pure), and doing it.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use reqwest::Url;

use crate::settings::hide_secrets;

/// Why no browser is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoBrowser {
    /// The person sits at another machine.
    Ssh,
    /// A container has none.
    Container,
    /// There is no screen to show one on.
    NoDisplay,
}

/// The system, as far as it matters to opening a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Linux,
    /// Linux within Windows, whose browser is that of Windows.
    Wsl,
    MacOs,
    Windows,
}

/// The commands that may open the address here, to be tried in turn.
///
/// # Errors
///
/// Why none is to be tried.
pub(crate) fn openers(address: &Url) -> Result<Vec<Vec<String>>, NoBrowser> {
    let system = if cfg!(windows) {
        System::Windows
    } else if cfg!(target_os = "macos") {
        System::MacOs
    } else if is_wsl() {
        System::Wsl
    } else {
        System::Linux
    };
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_mark = ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists());
    choose(system, is_set, has_mark).map(|()| commands(system, address.as_str()))
}

/// Whether this is Linux within Windows.
fn is_wsl() -> bool {
    std::env::var_os("WSL_DISTRO_NAME").is_some()
}

fn choose(system: System, is_set: impl Fn(&str) -> bool, in_container: bool) -> Result<(), NoBrowser> {
    if is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return Err(NoBrowser::Ssh);
    }
    if system == System::Linux {
        if in_container || is_set("container") || is_set("KUBERNETES_SERVICE_HOST") {
            return Err(NoBrowser::Container);
        }
        if !is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") {
            return Err(NoBrowser::NoDisplay);
        }
    }
    Ok(())
}

fn commands(system: System, address: &str) -> Vec<Vec<String>> {
    // In single quotes PowerShell takes everything but a single quote as it is, and no URL has one: it is encoded.
    let quoted = format!("Start-Process '{}'", address.replace('\'', "%27"));
    let commands: &[&[&str]] = match system {
        System::Linux => &[&["xdg-open", address]],
        // Not explorer.exe, which exits with 1 when it has opened one (clerk/cli#411).
        System::Wsl => &[
            &["wslview", address],
            &["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", &quoted],
        ],
        System::MacOs => &[&["/usr/bin/open", address]],
        System::Windows => &[&["rundll32.exe", "url.dll,FileProtocolHandler", address]],
    };
    commands.iter().map(|words| words.iter().map(|word| (*word).to_owned()).collect()).collect()
}

/// Starts the first of these commands that can be started, without the secrets of this process. Whether it then opens
/// anything is not known: a launcher's exit status says little, and nothing under WSL.
///
/// # Errors
///
/// None can be started.
pub(crate) fn open(commands: &[Vec<String>]) -> io::Result<()> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "no program is known that opens one");
    for words in commands {
        let [program, arguments @ ..] = words.as_slice() else { continue };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        hide_secrets(&mut command);
        match command.spawn() {
            Ok(mut child) => {
                // It may run for as long as the browser. Nobody is left to reap it if there is no thread.
                let _ = thread::Builder::new().name("browser".into()).spawn(move || child.wait());
                return Ok(());
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_browser_is_opened_where_nobody_would_see_it() {
        use NoBrowser::{Container, NoDisplay, Ssh};
        use System::{Linux, MacOs, Windows, Wsl};
        for (system, set, in_container, expected) in [
            (Linux, &["DISPLAY"][..], false, Ok(())),
            (Linux, &["WAYLAND_DISPLAY"], false, Ok(())),
            (Linux, &[], false, Err(NoDisplay)),
            (Linux, &["DISPLAY"], true, Err(Container)),
            (Linux, &["DISPLAY", "container"], false, Err(Container)),
            (Linux, &["DISPLAY", "KUBERNETES_SERVICE_HOST"], false, Err(Container)),
            (Linux, &["DISPLAY", "SSH_CONNECTION"], false, Err(Ssh)),
            (MacOs, &["SSH_TTY"], false, Err(Ssh)),
            (MacOs, &[], false, Ok(())),
            (Windows, &[], false, Ok(())),
            (Windows, &["SSH_CONNECTION"], false, Err(Ssh)),
            (Wsl, &[], false, Ok(())),
            (Wsl, &[], true, Ok(())),
        ] {
            assert_eq!(
                choose(system, |name| set.contains(&name), in_container),
                expected,
                "{system:?} {set:?}"
            );
        }
    }

    #[test]
    fn the_address_is_one_argument_and_no_shell_reads_it() {
        let address = "https://zoom.us/oauth/authorize?a=b&c='d";
        for (system, programs) in [
            (System::Linux, &["xdg-open"][..]),
            (System::Wsl, &["wslview", "powershell.exe"]),
            (System::MacOs, &["/usr/bin/open"]),
            (System::Windows, &["rundll32.exe"]),
        ] {
            let commands = commands(system, address);
            let found: Vec<&str> = commands.iter().map(|words| words[0].as_str()).collect();
            assert_eq!(found, programs);
            for words in commands {
                let last = words.last().unwrap();
                let quoted = "Start-Process 'https://zoom.us/oauth/authorize?a=b&c=%27d'";
                assert!(last == address || last == quoted, "{last}");
            }
        }
    }

    #[test]
    fn the_first_program_that_exists_is_started() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let there = if cfg!(windows) { "cmd /c exit" } else { "true" };
        open(&[words("no-such-program-of-zoomtok x"), words(there)]).unwrap();
        assert!(open(&[words("no-such-program-of-zoomtok x")]).is_err());
        assert!(open(&[]).is_err());
    }
}
