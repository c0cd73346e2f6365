//! Requirements of tests on their machine.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex};

use crate::support::processes::is_root;
use crate::support::skip::skip;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    CCompiler,
    CoreDumps,
    Curl,
    Docker,
    Fish,
    ImmutableFiles,
    McpConformance,
    McpInspector,
    McpSdk,
    McpSdkNode,
    McpServersNode,
    McpServersPython,
    Mcpb,
    Mounts,
    NodeDotenv,
    Openssl,
    PythonDotenv,
    Redis,
    ReleaseTools,
    Root,
    Strace,
    Systemd,
    Tmux,
    Zsh,
}

impl Need {
    const ALL: [Self; 24] = [
        Self::CCompiler,
        Self::CoreDumps,
        Self::Curl,
        Self::Docker,
        Self::Fish,
        Self::ImmutableFiles,
        Self::McpConformance,
        Self::McpInspector,
        Self::McpSdk,
        Self::McpSdkNode,
        Self::McpServersNode,
        Self::McpServersPython,
        Self::Mcpb,
        Self::Mounts,
        Self::NodeDotenv,
        Self::Openssl,
        Self::PythonDotenv,
        Self::Redis,
        Self::ReleaseTools,
        Self::Root,
        Self::Strace,
        Self::Systemd,
        Self::Tmux,
        Self::Zsh,
    ];

    /// Its name in `ZOOMTOK_TESTS_REQUIRE`.
    const fn name(self) -> &'static str {
        match self {
            Self::CCompiler => "c-compiler",
            Self::CoreDumps => "core-dumps",
            Self::Curl => "curl",
            Self::Docker => "docker",
            Self::Fish => "fish",
            Self::ImmutableFiles => "immutable-files",
            Self::McpConformance => "mcp-conformance",
            Self::McpInspector => "mcp-inspector",
            Self::McpSdk => "mcp-sdk",
            Self::McpSdkNode => "mcp-sdk-node",
            Self::McpServersNode => "mcp-servers-node",
            Self::McpServersPython => "mcp-servers-python",
            Self::Mcpb => "mcpb",
            Self::Mounts => "mounts",
            Self::NodeDotenv => "node-dotenv",
            Self::Openssl => "openssl",
            Self::PythonDotenv => "python-dotenv",
            Self::Redis => "redis",
            Self::ReleaseTools => "release-tools",
            Self::Root => "root",
            Self::Strace => "strace",
            Self::Systemd => "systemd",
            Self::Tmux => "tmux",
            Self::Zsh => "zsh",
        }
    }

    /// The report where it is not met.
    const fn lacking(self) -> &'static str {
        match self {
            Self::CCompiler => "there is no C compiler called cc",
            Self::CoreDumps => "no process dumps core here",
            Self::Curl => "curl is not installed",
            Self::Docker => "docker, the client, is not installed",
            Self::Fish => "fish is not installed",
            Self::ImmutableFiles => "no file can be made immutable here",
            Self::McpConformance => {
                "ZOOMTOK_TEST_CONFORMANCE names no directory with the conformance tests of MCP and a Node that runs them"
            }
            Self::McpInspector => {
                "mcp-inspector is not installed, and ZOOMTOK_TEST_INSPECTOR names no command that works"
            }
            Self::McpSdk => {
                "python3 has no mcp and jsonschema, and ZOOMTOK_TEST_PYTHON names no Python that has them"
            }
            Self::McpSdkNode => {
                "ZOOMTOK_TEST_SDK_NODE names no directory with the MCP SDK for TypeScript, or there is no node"
            }
            Self::McpServersNode => {
                "ZOOMTOK_TEST_MCP_SERVERS_NODE names no directory with MCP servers from npm"
            }
            Self::McpServersPython => {
                "ZOOMTOK_TEST_MCP_SERVERS_PYTHON names no directory with MCP servers from PyPI"
            }
            Self::Mcpb => "mcpb is not installed, and ZOOMTOK_TEST_MCPB names no command that works",
            Self::Mounts => "nothing can be mounted here",
            Self::NodeDotenv => "node has no dotenv, and ZOOMTOK_TEST_NODE_DOTENV names no directory with it",
            Self::Openssl => "openssl is not installed",
            Self::PythonDotenv => {
                "python3 has no python-dotenv, and ZOOMTOK_TEST_PYTHON_DOTENV names no Python that has it"
            }
            Self::Redis => "redis-server is not installed",
            Self::ReleaseTools => "dpkg-deb, rpmbuild or buildah is not installed",
            Self::Root => "only root can do this",
            Self::Strace => "strace is not installed or may not trace",
            Self::Systemd => "systemd and its generator for environment.d are not installed",
            Self::Tmux => "tmux is not installed",
            Self::Zsh => "zsh is not installed",
        }
    }

    fn probe(self) -> bool {
        match self {
            Self::CCompiler => works(Command::new("cc").arg("--version")),
            Self::CoreDumps => {
                let mut shell = Command::new("sh");
                shell.args(["-c", "ulimit -c unlimited; cd \"$0\"; kill -QUIT $$"]);
                let directory = tempfile::tempdir().unwrap();
                shell.arg(directory.path()).status().is_ok_and(|status| status.core_dumped())
            }
            Self::Curl => works(Command::new("curl").arg("--version")),
            Self::Docker => works(Command::new("docker").arg("--version")),
            Self::Fish => works(Command::new("fish").arg("--version")),
            Self::ImmutableFiles => {
                let file = tempfile::NamedTempFile::new().unwrap();
                let chattr = |flag| works(Command::new("chattr").arg(flag).arg(file.path()));
                chattr("+i") && chattr("-i")
            }
            Self::McpConformance => {
                let (node, tests) = conformance();
                works(Command::new("node").arg("--version"))
                    && works(Command::new(node).arg(tests).args(["server", "--help"]))
            }
            Self::McpInspector => works(Command::new(inspector()).args(["--cli", "--help"])),
            Self::McpSdk => works(
                Command::new(python_with_mcp()).args(["-c", "from mcp import Client; import jsonschema"]),
            ),
            Self::McpSdkNode => {
                let script = "require('module').createRequire(process.argv[1] + '/')('@modelcontextprotocol/sdk/types.js')";
                works(Command::new("node").args(["-e", script]).arg(typescript_sdk()))
            }
            Self::McpServersNode => {
                works(Command::new("node").arg("--version"))
                    && ["everything", "filesystem", "memory", "sequential-thinking"]
                        .iter()
                        .all(|name| mcp_server_of_node(name).exists())
            }
            Self::McpServersPython => works(
                Command::new(mcp_server_of_python("time").with_file_name("python"))
                    .args(["-c", "import mcp_server_time, mcp_server_git, mcp_server_fetch"]),
            ),
            Self::Mcpb => works(Command::new(mcpb()).arg("--version")),
            Self::Mounts => {
                let directory = tempfile::tempdir().unwrap();
                let script = "mount -t tmpfs -o size=64k none \"$0\" && mount --bind \"$0\" \"$0\"";
                works(in_mount_namespace().args(["sh", "-c", script]).arg(directory.path()))
            }
            Self::NodeDotenv => works(&mut node("require('dotenv')")),
            Self::Openssl => works(Command::new("openssl").arg("version")),
            Self::PythonDotenv => works(&mut python("from dotenv import dotenv_values")),
            Self::Redis => works(Command::new("redis-server").arg("--version")),
            Self::ReleaseTools => ["dpkg-deb", "rpmbuild", "buildah"]
                .iter()
                .all(|tool| works(Command::new(tool).arg("--version"))),
            Self::Root => is_root(),
            Self::Strace => {
                works(strace().args(["-f", "-o", "/dev/null", "-e", "inject=flock:error=EIO", "true"]))
            }
            Self::Systemd => Path::new(SYSTEMD_GENERATOR).exists(),
            Self::Tmux => works(Command::new("tmux").arg("-V")),
            Self::Zsh => works(Command::new("zsh").arg("--version")),
        }
    }

    /// Whether it is not met; then the test is reported as skipped, or fails where that was asked for.
    pub(crate) fn is_missing(self) -> bool {
        static MET: Mutex<BTreeMap<Need, bool>> = Mutex::new(BTreeMap::new());
        let is_met = *MET.lock().unwrap().entry(self).or_insert_with(|| self.probe());
        if !is_met {
            skip(self.name(), self.lacking());
        }
        !is_met
    }
}

/// Systemd's generator for `environment.d`, a program of its own.
pub(crate) const SYSTEMD_GENERATOR: &str =
    "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator";

/// The Python whose `mcp` is meant.
pub(crate) fn python_with_mcp() -> String {
    std::env::var("ZOOMTOK_TEST_PYTHON").unwrap_or("python3".into())
}

/// The Inspector that is meant.
pub(crate) fn inspector() -> String {
    std::env::var("ZOOMTOK_TEST_INSPECTOR").unwrap_or("mcp-inspector".into())
}

/// The program for bundles of MCP servers that is meant.
pub(crate) fn mcpb() -> String {
    std::env::var("ZOOMTOK_TEST_MCPB").unwrap_or("mcpb".into())
}

/// A directory that a variable names.
fn named(variable: &str) -> PathBuf {
    std::env::var_os(variable).unwrap_or("/nonexistent".into()).into()
}

/// The directory with the conformance tests of the protocol, and what they need.
pub(crate) fn directory_of_conformance() -> PathBuf {
    named("ZOOMTOK_TEST_CONFORMANCE")
}

/// The Node that runs the conformance tests, which is newer than the one of the system may be, and these tests.
pub(crate) fn conformance() -> (PathBuf, PathBuf) {
    let bin = directory_of_conformance().join("node_modules/.bin");
    (bin.join("node"), bin.join("conformance"))
}

/// The directory with the MCP SDK for TypeScript.
pub(crate) fn typescript_sdk() -> PathBuf {
    named("ZOOMTOK_TEST_SDK_NODE")
}

/// An MCP server from npm: its command.
pub(crate) fn mcp_server_of_node(name: &str) -> PathBuf {
    named("ZOOMTOK_TEST_MCP_SERVERS_NODE").join("node_modules/.bin").join(format!("mcp-server-{name}"))
}

/// An MCP server from `PyPI`: its command.
pub(crate) fn mcp_server_of_python(name: &str) -> PathBuf {
    named("ZOOMTOK_TEST_MCP_SERVERS_PYTHON").join("bin").join(format!("mcp-server-{name}"))
}

/// Python with python-dotenv, where it is installed.
pub(crate) fn python(script: &str) -> Command {
    let mut command =
        Command::new(std::env::var_os("ZOOMTOK_TEST_PYTHON_DOTENV").unwrap_or("python3".into()));
    command.args(["-c", script]);
    command
}

/// Node with dotenv, where it is installed.
pub(crate) fn node(script: &str) -> Command {
    static MODULES: LazyLock<String> = LazyLock::new(|| {
        let global = || {
            let root = Command::new("npm").args(["root", "-g"]).output().ok()?;
            Some(String::from_utf8(root.stdout).ok()?.trim().to_owned())
        };
        let named = ["ZOOMTOK_TEST_NODE_DOTENV", "NODE_PATH"];
        named.into_iter().find_map(|name| std::env::var(name).ok()).or_else(global).unwrap_or_default()
    });
    let mut command = Command::new("node");
    command.args(["-e", script]).env("NODE_PATH", &*MODULES);
    command
}

/// Ends the test here where one of these needs is not met.
macro_rules! needs {
    ($($need:ident),+) => {
        if [$(crate::support::needs::Need::$need),+].into_iter().any(crate::support::needs::Need::is_missing) {
            return;
        }
    };
}
pub(crate) use needs;

/// Whether a program runs here without failing.
fn works(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

/// strace, as one who may see which files the program has open: it lets nobody but root look.
pub(crate) fn strace() -> Command {
    if is_root() {
        return Command::new("strace");
    }
    let mut root_of_a_namespace = Command::new("unshare");
    root_of_a_namespace.args(["--map-root-user", "strace"]);
    root_of_a_namespace
}

/// Runs the command that follows in a namespace where it may mount something that nobody else sees.
pub(crate) fn in_mount_namespace() -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(if is_root() { &["-m"][..] } else { &["-r", "-m"] });
    unshare
}

#[test]
fn every_need_has_a_name_of_its_own() {
    assert_eq!(Need::ALL.map(Need::name), crate::support::skip::NAMES);
}

/// Runs a test that needs strace where nothing is installed.
fn run_without_tools(required: Option<&str>) -> (Option<i32>, String) {
    let mut tests = Command::new(std::env::current_exe().unwrap());
    tests.args(["--exact", "files::syscalls::check_opens_no_file_for_writing"]);
    tests.env("PATH", "/nonexistent").env_remove("ZOOMTOK_TESTS_REQUIRE");
    let output = tests.envs(required.map(|required| ("ZOOMTOK_TESTS_REQUIRE", required))).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_test_that_lacks_something_says_so_and_fails_where_that_is_required() {
    let (code, said) = run_without_tools(None);
    let skipped = "skipped: files::syscalls::check_opens_no_file_for_writing: strace is not installed";
    assert!(code == Some(0) && said.contains(skipped) && said.contains("1 passed"), "{said}");
    let (code, said) = run_without_tools(Some("all,-strace"));
    assert!(code == Some(0) && said.contains(skipped), "{said}");
    for required in ["all", "docker,strace"] {
        let (code, said) = run_without_tools(Some(required));
        let failed =
            format!("strace is not installed or may not trace, and ZOOMTOK_TESTS_REQUIRE={required}");
        assert!(code == Some(101) && said.contains(&failed) && said.contains("1 failed"), "{said}");
    }
}

#[test]
fn ci_requires_every_need() {
    let ci = fs::read_to_string(crate::support::pages::root().join(".ci/run")).unwrap();
    assert!(ci.contains("export ZOOMTOK_TESTS_REQUIRE=${ZOOMTOK_TESTS_REQUIRE-all}"), "{ci}");
}

/// The tests in a source, each with its lines.
fn tests_in(text: &str) -> Vec<Vec<&str>> {
    let mut lines = text.lines();
    let mut tests = Vec::new();
    while let Some(line) = lines.next() {
        let indent = &line[..line.len() - line.trim_start().len()];
        if line.trim() == "#[test]" || line.trim().starts_with("#[tokio::test") {
            let end = format!("{indent}}}");
            tests.push(lines.by_ref().take_while(|line| *line != end).collect());
        }
    }
    tests
}

#[test]
fn no_test_ends_early_but_for_a_need() {
    static ALLOWED: LazyLock<[&str; 2]> =
        LazyLock::new(|| ["tests/support/needs.rs", "tests/support/skip.rs"]);
    let sources =
        || crate::support::sources::SOURCES.iter().filter(|source| !ALLOWED.contains(&&*source.path));
    let mut tests = 0;
    for source in sources() {
        let skip = ["skipped", "skipping", "not installed"].map(|words| format!("\"{words}"));
        for words in &skip {
            assert!(!source.text.contains(words), "{}: {words}…: say it with needs!", source.path);
        }
        for lines in tests_in(&source.text) {
            tests += 1;
            for line in &lines {
                let leaves = ["return;", "return }", "return note("].iter().any(|way| line.contains(way));
                assert!(!leaves, "{}: {}\n{line}: say why with needs!", source.path, lines[0]);
            }
        }
    }
    assert!(tests > 900, "{tests}");
}
