//! Platforms as data: how the app is recognised, what asks it to quit, what forces it, what starts it.
//!
//! A platform is a value chosen at run time, so that each of them can be tried on any system, with stand-ins for the
//! programs that only one of them has.

use std::path::Path;

/// One system's way with Claude Desktop.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Where its executable is: the last components of the path, or all of them where the first is the root. A `*` at
    /// the end of a component stands for any rest of it. A name alone is no place: programs of all kinds are called
    /// Claude.
    pub executables: Vec<String>,
    /// The same for an app of another name, with `{}` for the name.
    pub named: String,
    /// Whether paths are Windows paths: separated by backslashes too, and the same in capitals.
    pub windows_paths: bool,
    /// The way to ask it to quit.
    pub quit: Quit,
    /// The way to end it without asking.
    pub force: Force,
    /// How one that ran is started again.
    pub again: Again,
    /// The ways to start it when it does not run; the first that is there counts.
    pub start: Vec<Start>,
    /// The command that starts an app of another name, with `{}` for the name or the path.
    pub start_named: Vec<String>,
}

/// A way to ask an app to quit.
#[derive(Debug, Clone)]
pub enum Quit {
    /// SIGTERM to its main process.
    Terminate,
    /// An Apple event, sent by this `osascript`, to the app of this bundle id where no other name is given.
    AppleEvent {
        /// The program.
        osascript: String,
        /// The bundle.
        bundle: String,
    },
    /// This `taskkill` without `/F`: it closes the windows.
    TaskKill(String),
}

/// A way to end an app without asking.
#[derive(Debug, Clone)]
pub enum Force {
    /// SIGKILL.
    Kill,
    /// This `taskkill /F`.
    TaskKill(String),
}

/// How an app that ran is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// As if it had not run: the system knows how.
    Anew,
    /// By the executable, the arguments and the environment that it had.
    AsItRan,
}

/// A command that starts the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Whether its exit status says whether the app was started.
    pub tells: bool,
}

impl Start {
    fn new(words: &[&str], tells: bool) -> Self {
        Self { words: words.iter().map(|word| (*word).to_owned()).collect(), tells }
    }
}

impl Platform {
    /// The platform of the system this runs on.
    pub fn current() -> Self {
        if cfg!(target_os = "macos") {
            Self::macos()
        } else if cfg!(windows) {
            Self::windows(std::env::var("LOCALAPPDATA").ok().as_deref())
        } else {
            Self::linux()
        }
    }

    /// macOS.
    ///
    /// The bundle id and the path are those of the app from claude.ai/download (anthropics/claude-code#14951 shows its
    /// processes). An app that was not moved out of its download runs from a place that macOS gives it. Helpers have
    /// executables of their own and go with it. Claude Code, which it brings along, is `claude.app/Contents/MacOS/claude`
    /// (anthropics/claude-code#58288), so capitals count.
    pub fn macos() -> Self {
        const BUNDLE: &str = "com.anthropic.claudefordesktop";
        Self {
            executables: [
                "Applications/Claude.app/Contents/MacOS/Claude",
                "AppTranslocation/*/d/Claude.app/Contents/MacOS/Claude",
            ]
            .map(String::from)
            .to_vec(),
            named: "{}.app/Contents/MacOS/{}".into(),
            windows_paths: false,
            quit: Quit::AppleEvent { osascript: "osascript".into(), bundle: BUNDLE.into() },
            force: Force::Kill,
            again: Again::Anew,
            start: vec![Start::new(&["open", "-b", BUNDLE], true)],
            start_named: ["open", "-a", "{}"].map(String::from).to_vec(),
        }
    }

    /// Windows, with the directory of the local application data.
    ///
    /// The installer of old has `%LOCALAPPDATA%\AnthropicClaude\app-VERSION\claude.exe` and a starter above it, the
    /// packaged app `C:\Program Files\WindowsApps\Claude_VERSION_x64__pzs8sxrjxfjjc\app\Claude.exe`, which is started
    /// through the shell (anthropics/claude-code#36079, #59692, #72508). The name alone says nothing here: Claude
    /// Code is a `claude.exe` too.
    pub fn windows(local_data: Option<&str>) -> Self {
        const PACKAGED: &str = r"shell:AppsFolder\Claude_pzs8sxrjxfjjc!Claude";
        let installed = local_data.into_iter().flat_map(|data| {
            [r"AnthropicClaude\claude.exe", r"Programs\Claude\Claude.exe"]
                .map(|path| Start::new(&[&format!(r"{data}\{path}")], false))
        });
        Self {
            executables: [
                "AnthropicClaude/app-*/claude.exe",
                "AnthropicClaude/claude.exe",
                "AppData/Local/Programs/Claude/Claude.exe",
                "WindowsApps/Claude_*/app/Claude.exe",
            ]
            .map(String::from)
            .to_vec(),
            named: "{}.exe".into(),
            windows_paths: true,
            quit: Quit::TaskKill("taskkill".into()),
            force: Force::TaskKill("taskkill".into()),
            again: Again::AsItRan,
            // explorer exits with 1 also when it did what it was told.
            start: installed.chain([Start::new(&["explorer.exe", PACKAGED], false)]).collect(),
            start_named: vec!["{}".into()],
        }
    }

    /// Linux and what is like it.
    ///
    /// Anthropic's package has its executable in `lib/claude-desktop`, wherever it was unpacked: by dpkg, Nix, Homebrew,
    /// into an image or a snap. A flatpak keeps that directory as `/app/extra/claude-desktop` (flatpark/flatpark#72). The
    /// builds of others have Electron's there, or in an image beside it (aaddrick/claude-desktop-debian#600, #109), the
    /// mount of which begins like the name of the image. Claude Code is `claude`.
    pub fn linux() -> Self {
        Self {
            executables: [
                "lib/claude-desktop/claude-desktop",
                "lib/claude-desktop/electron",
                "lib/claude-desktop/node_modules/electron/dist/electron",
                ".mount_claude*/usr/lib/node_modules/electron/dist/electron",
                ".mount_Claude*/usr/lib/node_modules/electron/dist/electron",
                "/app/extra/claude-desktop/claude-desktop",
                "/opt/claude-desktop/claude-desktop",
                "/opt/Claude/claude-desktop",
                "/opt/Claude/Claude",
                "/usr/bin/claude-desktop",
            ]
            .map(String::from)
            .to_vec(),
            named: "{}".into(),
            windows_paths: false,
            quit: Quit::Terminate,
            force: Force::Kill,
            again: Again::AsItRan,
            start: ["claude-desktop", "Claude"].map(|name| Start::new(&[name], false)).to_vec(),
            start_named: vec!["{}".into()],
        }
    }

    /// Whether a path ends in these components.
    pub(super) fn ends_in(&self, path: &Path, pattern: &str) -> bool {
        let path = path.to_string_lossy();
        let mut components = self.components(&path).rev();
        self.components(pattern).rev().all(|pattern| {
            components.next().is_some_and(|component| match pattern.strip_suffix('*') {
                Some(start) => {
                    component.get(..start.len()).is_some_and(|component| self.same(component, start))
                }
                None => self.same(component, pattern),
            })
        })
    }

    /// Whether two paths are written the same.
    pub(super) fn same_path(&self, one: &Path, other: &Path) -> bool {
        // What Windows tells of a file begins so when it was asked for the real path.
        let plain = |path: &Path| path.to_string_lossy().trim_start_matches(r"\\?\").to_owned();
        let (one, other) = (plain(one), plain(other));
        let mut others = self.components(&other);
        self.components(&one).all(|component| others.next().is_some_and(|other| self.same(component, other)))
            && others.next().is_none()
    }

    /// Whether two names are the same.
    pub(super) fn same(&self, one: &str, other: &str) -> bool {
        if self.windows_paths { one.eq_ignore_ascii_case(other) } else { one == other }
    }

    /// Whether it is a path and not a name.
    pub(super) fn is_path(&self, text: &str) -> bool {
        self.components(text).count() > 1
    }

    fn components<'a>(&self, path: &'a str) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
        let windows = self.windows_paths;
        path.split(move |c| c == '/' || windows && c == '\\')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn recognised(platform: &Platform, path: &str) -> bool {
        platform.executables.iter().any(|pattern| platform.ends_in(Path::new(path), pattern))
    }

    #[test]
    fn the_app_is_known_by_where_it_is() {
        for (platform, path) in [
            (Platform::macos(), "/Applications/Claude.app/Contents/MacOS/Claude"),
            (Platform::macos(), "/Users/me/Applications/Claude.app/Contents/MacOS/Claude"),
            (Platform::windows(None), r"C:\Users\me\AppData\Local\AnthropicClaude\app-0.9.2\claude.exe"),
            (Platform::windows(None), r"C:\Users\me\AppData\Local\AnthropicClaude\claude.exe"),
            (
                Platform::windows(None),
                r"C:\Program Files\WindowsApps\Claude_1.2.0.0_x64__pzs8sxrjxfjjc\app\Claude.exe",
            ),
            (
                Platform::macos(),
                "/private/var/folders/ab/T/AppTranslocation/0A1B-2C3D/d/Claude.app/Contents/MacOS/Claude",
            ),
            (Platform::windows(None), r"C:\Users\me\AppData\Local\Programs\Claude\Claude.exe"),
            (Platform::windows(None), r"D:\WindowsApps\Claude_1.2.0.0_arm64__pzs8sxrjxfjjc\app\Claude.exe"),
            (Platform::linux(), "/usr/bin/claude-desktop"),
            (Platform::linux(), "/usr/lib/claude-desktop/claude-desktop"),
            (Platform::linux(), "/nix/store/0a1b-claude-desktop-1.2/lib/claude-desktop/claude-desktop"),
            (
                Platform::linux(),
                "/home/linuxbrew/.linuxbrew/Caskroom/c/1.2/usr/lib/claude-desktop/claude-desktop",
            ),
            (Platform::linux(), "/tmp/.mount_Claude0a1b2c/usr/lib/claude-desktop/claude-desktop"),
            (Platform::linux(), "/tmp/.mount_claude0a1b2c/usr/lib/node_modules/electron/dist/electron"),
            (Platform::linux(), "/snap/claude-desktop/12/usr/lib/claude-desktop/claude-desktop"),
            (Platform::linux(), "/app/extra/claude-desktop/claude-desktop"),
            (Platform::linux(), "/opt/claude-desktop/claude-desktop"),
            (Platform::linux(), "/opt/Claude/Claude"),
            (Platform::linux(), "/usr/lib/claude-desktop/electron"),
            (Platform::linux(), "/usr/lib/claude-desktop/node_modules/electron/dist/electron"),
        ] {
            assert!(recognised(&platform, path), "{path}");
        }
    }

    #[test]
    fn what_is_merely_called_something_with_claude_is_not_the_app() {
        for (platform, path) in [
            (
                Platform::macos(),
                "/Users/me/Library/Application Support/Claude/claude.app/Contents/MacOS/claude",
            ),
            (Platform::macos(), "/Users/me/.local/bin/claude"),
            (Platform::macos(), "/usr/local/bin/Claude"),
            (Platform::macos(), "/Applications/NotClaude.app/Contents/MacOS/Claude"),
            (Platform::macos(), "/Users/me/games/debussy/Claude"),
            (Platform::macos(), "/Users/me/games/debussy/Claude.app/Contents/MacOS/Claude"),
            (Platform::macos(), "/opt/homebrew/Caskroom/claude-code/2.1.260/claude"),
            (
                Platform::macos(),
                "/Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper",
            ),
            (Platform::windows(None), r"C:\Users\me\.local\bin\claude.exe"),
            (Platform::windows(None), r"C:\Users\me\AppData\Roaming\Claude\claude-code\2.1.260\claude.exe"),
            (Platform::windows(None), r"C:\Program Files\WindowsApps\NotClaude_1\app\Claude.exe"),
            (Platform::windows(None), r"C:\other\AnthropicClaude\Claude-setup.exe"),
            (Platform::windows(None), r"C:\games\debussy\Claude.exe"),
            (Platform::windows(None), r"D:\Programs\Claude\Claude.exe"),
            (Platform::windows(None), r"C:\Program Files\Claude\Claude.exe"),
            (
                Platform::windows(None),
                r"C:\Program Files\WindowsApps\Claude_1.2.0.0_x64__pzs8sxrjxfjjc\app\resources\claude.exe",
            ),
            (Platform::linux(), "/home/me/games/debussy/Claude"),
            (Platform::linux(), "/home/me/games/debussy/claude-desktop"),
            (Platform::linux(), "/home/me/opt/Claude/Claude"),
            (Platform::linux(), "/opt/claude-monet/Claude"),
            (Platform::linux(), "/usr/local/bin/Claude"),
            (Platform::linux(), "/home/me/work/claude-desktop/node_modules/electron/dist/electron"),
            (Platform::linux(), "/tmp/.mount_Other0a1b2c/usr/lib/node_modules/electron/dist/electron"),
            (Platform::linux(), "/home/me/.config/Claude/claude-code/2.1.260/claude"),
            (Platform::linux(), "/home/me/.local/share/claude/versions/2.1.260"),
            (Platform::linux(), "/home/me/.local/share/claude/versions/claude"),
            (Platform::linux(), "/usr/bin/claude"),
            (Platform::linux(), "/usr/bin/claude-code"),
            (Platform::linux(), "/usr/bin/NotClaude"),
            (Platform::linux(), "/usr/bin/claude-desktop-setup"),
            (Platform::linux(), "/usr/lib/electron/electron"),
            (Platform::linux(), "/usr/bin/zoomtok"),
        ] {
            assert!(!recognised(&platform, path), "{path}");
        }
    }

    #[test]
    fn capitals_count_but_on_windows() {
        let (one, other) = (Path::new("C:/Apps/Claude.exe"), Path::new(r"\\?\c:\apps\claude.exe"));
        assert!(Platform::windows(None).same_path(one, other));
        assert!(!Platform::linux().same_path(one, other));
        assert!(!Platform::windows(None).same_path(one, Path::new("C:/Apps")));
        assert!(!Platform::windows(None).same_path(Path::new("C:/Apps"), one));
    }
}
