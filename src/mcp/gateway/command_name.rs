//! The name of a gateway whose server is a command: the package, the module or the script that it starts. Pure.

use std::slice::Iter;

use super::name::Name;

/// File names that say nothing of the server; the directory does.
const PLAIN: [&str; 7] = ["__main__", "app", "cli", "index", "main", "mcp", "stdio"];

/// Directories that say nothing either.
const BUILT: [&str; 8] = ["bin", "build", "dist", "lib", "out", "scripts", "src", "target"];

/// A program that starts what one of its arguments names.
struct Runner {
    names: &'static [&'static str],
    /// The words before the argument, one after another; each set is one way.
    before: &'static [&'static [&'static str]],
    /// Flags that take the next word.
    valued: &'static [&'static str],
    /// The kind of the argument.
    starts: Starts,
}

#[derive(Clone, Copy)]
enum Starts {
    /// A package, or a script.
    Package,
    /// A script, or with `-m` a module.
    Script,
    /// An image of a container.
    Image,
    /// Another command.
    Command,
}

const RUNNERS: [Runner; 9] = [
    Runner {
        names: &["npx", "bunx", "pnpx"],
        before: &[&[]],
        valued: &["-p", "--package", "--registry", "--userconfig"],
        starts: Starts::Package,
    },
    Runner {
        names: &["npm", "pnpm", "yarn", "bun"],
        before: &[&["exec"], &["x"], &["dlx"]],
        valued: &["-p", "--package", "--registry"],
        starts: Starts::Package,
    },
    Runner {
        names: &["uvx", "pipx", "uv"],
        before: &[&["tool", "run"], &["run"], &[]],
        valued: &[
            "-p",
            "--python",
            "--from",
            "--spec",
            "--with",
            "--with-editable",
            "--directory",
            "--project",
            "--index",
            "--index-url",
            "--default-index",
            "--extra-index-url",
            "--env-file",
            "--pip-args",
            "--cache-dir",
        ],
        starts: Starts::Package,
    },
    Runner {
        names: &["deno", "bun", "dotnet", "go", "cargo"],
        before: &[&["run"], &[]],
        valued: &["-c", "--config", "--import-map", "--project", "--bin", "-p", "--package"],
        starts: Starts::Script,
    },
    Runner {
        names: &["python", "py", "pypy", "node", "nodejs", "tsx", "ts-node", "ruby", "php", "perl", "java"],
        before: &[&[]],
        valued: &[
            "-r",
            "--require",
            "--import",
            "--loader",
            "--env-file",
            "-X",
            "-W",
            "-I",
            "-cp",
            "--tsconfig",
        ],
        starts: Starts::Script,
    },
    Runner {
        names: &["docker", "podman", "nerdctl"],
        before: &[&["container", "run"], &["run"]],
        valued: &[
            "-e",
            "--env",
            "--env-file",
            "-v",
            "--volume",
            "--mount",
            "--name",
            "-p",
            "--publish",
            "--network",
            "--net",
            "-w",
            "--workdir",
            "-u",
            "--user",
            "--entrypoint",
            "--platform",
            "-l",
            "--label",
            "-m",
            "--memory",
            "--cpus",
            "--add-host",
            "-h",
            "--hostname",
            "--cap-add",
            "--cap-drop",
            "--gpus",
            "--pull",
            "--security-opt",
            "--tmpfs",
            "--ulimit",
            "--device",
            "--dns",
            "--restart",
            "--runtime",
        ],
        starts: Starts::Image,
    },
    Runner { names: &["cmd"], before: &[&["/c"], &["/C"]], valued: &[], starts: Starts::Command },
    Runner {
        names: &["env", "nohup", "nice", "exec", "command"],
        before: &[&[]],
        valued: &["-u", "-C", "-n"],
        starts: Starts::Command,
    },
    Runner {
        names: &["zoomtok"],
        before: &[&["exec"]],
        valued: &["-t", "--threshold", "--env-file", "--color"],
        starts: Starts::Command,
    },
];

impl Name {
    /// The name of a server that this command starts.
    pub(crate) fn of_command(command: &[String]) -> Self {
        Self::of_text(&word(command).unwrap_or_default())
    }
}

/// The word that names what a command starts.
fn word(command: &[String]) -> Option<String> {
    let (program, rest) = command.split_first()?;
    let own = stem(program);
    if let ("sh" | "bash" | "zsh" | "dash", [flags, line]) = (own.as_str(), rest)
        && flags.starts_with('-')
        && flags.ends_with('c')
        && let Ok(words) = shell_words::split(line)
    {
        return word(&words).or(Some(own));
    }
    // python3.11 is python.
    let plain = own.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').to_ascii_lowercase();
    let of_runner = |runner: &Runner| {
        runner.before.iter().find_map(|before| {
            let mut words = rest.iter();
            started(runner, before, &mut words)
        })
    };
    let runners = RUNNERS.iter().filter(|runner| runner.names.contains(&plain.as_str()));
    runners.into_iter().find_map(of_runner).or(Some(own))
}

/// The target that a runner starts, if its arguments begin this way.
fn started(runner: &Runner, before: &[&str], words: &mut Iter<'_, String>) -> Option<String> {
    let mut before = before.iter();
    let mut expected = before.next();
    while let Some(word_of) = words.next() {
        match word_of.as_str() {
            word if expected.is_some_and(|expected| *expected == word) => expected = before.next(),
            "-m" if matches!(runner.starts, Starts::Script) => return words.next().cloned(),
            "-c" | "-e" | "--eval" if matches!(runner.starts, Starts::Script) => return None,
            "-jar" | "--" => {}
            flag if runner.valued.contains(&flag) => drop(words.next()),
            flag if flag.starts_with('-') => {}
            setting if matches!(runner.starts, Starts::Command) && setting.contains('=') => {}
            _ if expected.is_some() => return None,
            found => return named(runner.starts, found, words),
        }
    }
    None
}

fn named(starts: Starts, found: &str, rest: &mut Iter<'_, String>) -> Option<String> {
    match starts {
        // A package may be a path, or an address of git.
        Starts::Package if !found.starts_with(['.', '/', '~']) && !found.contains("://") => {
            Some(package(found))
        }
        Starts::Package | Starts::Script => Some(script(found)),
        Starts::Image => {
            let image = found.split('@').next()?.rsplit('/').next()?;
            Some(image.split(':').next()?.to_owned())
        }
        Starts::Command => {
            let command: Vec<String> = std::iter::once(found.to_owned()).chain(rest.cloned()).collect();
            word(&command)
        }
    }
}

/// A package without its scope, its version and its extras.
fn package(spec: &str) -> String {
    let name = match spec.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
        Some((_, name)) => name,
        None => spec,
    };
    let name = name.split(['@', '=', '<', '>', '~', '!', '[', ';', ' ']).next().unwrap_or(name);
    stem(name)
}

/// A script without its directory and its ending; the directory where the name says nothing.
fn script(path: &str) -> String {
    let name = stem(path);
    if !PLAIN.contains(&name.as_str()) {
        return name;
    }
    let mut above = path.split(['/', '\\']).rev().skip(1);
    let says = |directory: &&str| {
        !BUILT.contains(directory)
            && !directory.trim_matches(['.', '~']).is_empty()
            && !directory.ends_with(':')
    };
    above.find(says).map_or(name, str::to_owned)
}

/// The name of a file without its directory and its ending.
fn stem(path: &str) -> String {
    const ENDINGS: [&str; 17] = [
        ".exe", ".cmd", ".bat", ".ps1", ".js", ".mjs", ".cjs", ".ts", ".mts", ".py", ".pyz", ".rb", ".php",
        ".pl", ".jar", ".sh", ".dll",
    ];
    let name = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let shorter = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    shorter.filter(|shorter| !shorter.is_empty()).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_named_by_what_it_starts() {
        for (line, name) in [
            ("npx -y @modelcontextprotocol/server-memory@1.2", "server-memory"),
            ("npx --yes --package=@a/b mcp-remote https://x.example/sse", "mcp-remote"),
            ("npx -p @a/b@1 the-server --flag", "the-server"),
            ("/usr/bin/npx.cmd mcp-server-kubernetes@latest", "mcp-server-kubernetes"),
            ("npm exec -y -- @scope/tool --x", "tool"),
            ("pnpm dlx some-server", "some-server"),
            ("npm start", "npm"),
            ("bunx thing", "thing"),
            ("bun run /a/thing.ts", "thing"),
            ("uvx mcp-server-time --x", "mcp-server-time"),
            ("uvx --from git+https://example.com/r mcp-thing@1.0", "mcp-thing"),
            ("uvx mcp-server-git==2026.1.1", "mcp-server-git"),
            ("uvx 'mcp[cli]>=1'", "mcp"),
            ("uv tool run mcp-server-fetch", "mcp-server-fetch"),
            ("uv --directory /srv/weather run weather.py", "weather"),
            ("uv run --with mcp mcp-weather", "mcp-weather"),
            ("pipx run mcp-thing", "mcp-thing"),
            ("node /a/server.js", "server"),
            ("node --import ./hook.mjs C:\\srv\\zoom-mcp\\dist\\index.js", "zoom-mcp"),
            ("node dist/index.js", "index"),
            ("node /srv/zoom_mcp/src/main.mjs", "zoom_mcp"),
            ("python -m mcp_server_time", "mcp_server_time"),
            ("python3.11 -u -m mcp_server_time --x", "mcp_server_time"),
            ("python3 -X dev /srv/thing.py", "thing"),
            ("python -c 'print(1)'", "python"),
            ("deno run --allow-net jsr_server.ts", "jsr_server"),
            ("java -Dx=1 -jar /a/spring-mcp.jar", "spring-mcp"),
            (
                "docker run -i --rm -e TOKEN -v /a:/a ghcr.io/github/github-mcp-server:1@sha256:00",
                "github-mcp-server",
            ),
            ("docker run --rm -i mcp/time", "time"),
            ("docker compose up", "docker"),
            ("cmd /c npx -y @scope/server-files", "server-files"),
            ("env A=1 B=2 uvx thing", "thing"),
            ("zoomtok exec -t 60 -- node /a/server.js", "server"),
            ("sh -c 'exec npx -y a-server'", "a-server"),
            ("sh -c 'sh -c \"npx x\"'", "x"),
            ("/opt/My Server/bin/my-server --port 1", "My"),
            ("'/opt/My Server/bin/my server'", "my-server"),
            ("C:\\bin\\thing.exe", "thing"),
            ("..", "server"),
            ("", "server"),
        ] {
            let command =
                shell_words::split(&line.replace('\\', if line.contains(':') { "\\\\" } else { "\\" }))
                    .unwrap();
            assert_eq!(Name::of_command(&command).as_str(), name, "{line}");
        }
    }
}
