//! The clients but for Claude Desktop.

use crate::clients::client::Client;
use crate::clients::edit::{JSON_WITH_COMMENTS, STRICT_JSON, TOML};
use crate::clients::link::Link;
use crate::clients::locations::{Base, Location};
use crate::clients::shape::{Fixed, Shape};
use crate::clients::system::System;

/// When all of these were last compared with their sources.
const VERIFIED: &str = "2026-11";

/// The lock of all whose files nobody else locks either.
const LOCK: &str = "clients";

/// A page that several vendors' own pages do not replace: it was written by trying each client.
const TRIED: &str = "https://github.com/nuoframework/darktrace-mcp/blob/main/docs/en/clients.md";

const MAC: &[System] = &[System::MacOs];
const WINDOWS: &[System] = &[System::Windows];
const LINUX: &[System] = &[System::Linux];

/// The values that most rows have.
const PLAIN: Client = Client {
    id: "",
    name: "",
    title: "",
    locations: &[],
    format: STRICT_JSON,
    shape: Shape::MCP_SERVERS,
    lock: LOCK,
    if_missing: "Start it once, so that it makes its directory; then run this again",
    is_state: false,
    picks_up: "Start it again",
    link: None,
    verified: VERIFIED,
    source: TRIED,
    settings: None,
    app: None,
};

/// `claude mcp add-json` writes the same entry. It is not run: it would be whatever program of that name comes first on
/// the search path, it takes a second to start, cannot show a change without making it, and its options differ between
/// versions. The file is the app's own state, which running sessions rewrite many times a minute, so the bytes that were
/// edited are compared right before the replace, and the entry is read back after it.
pub(in crate::clients) static CLAUDE_CODE: Client = Client {
    id: "claude-code",
    name: "Claude Code",
    title: "Claude Code",
    locations: &[
        Location::everywhere(Base::Variable("CLAUDE_CONFIG_DIR"), ".claude.json"),
        Location::everywhere(Base::Home, ".claude.json"),
    ],
    shape: Shape { fixed: &[("type", Fixed::Text("stdio"))], ..Shape::MCP_SERVERS },
    if_missing: "Start Claude Code once, which makes it; then run this again",
    is_state: true,
    picks_up: "Start a new session of Claude Code",
    source: "https://code.claude.com/docs/en/mcp",
    ..PLAIN
};

pub(in crate::clients) static CURSOR: Client = Client {
    id: "cursor",
    name: "Cursor",
    title: "Cursor",
    locations: &[Location::everywhere(Base::Home, ".cursor/mcp.json")],
    picks_up: "Switch the server on in Cursor: Settings, Tools & MCP",
    link: Some(Link::Encoded("cursor://anysphere.cursor-deeplink/mcp/install")),
    source: "https://cursor.com/docs/mcp/install-links",
    ..PLAIN
};

/// Those of profiles are below `User/profiles`, and not written.
pub(in crate::clients) static VS_CODE: Client = Client {
    id: "vs-code",
    name: "VS Code",
    title: "VS Code",
    locations: &[
        Location::everywhere(Base::Config, "Code/User/mcp.json"),
        Location::everywhere(Base::Config, "Code - Insiders/User/mcp.json"),
        Location::everywhere(Base::Config, "VSCodium/User/mcp.json"),
    ],
    format: JSON_WITH_COMMENTS,
    shape: Shape { root: &["servers"], fixed: &[("type", Fixed::Text("stdio"))], ..Shape::MCP_SERVERS },
    picks_up: "Start the server in VS Code: MCP: List Servers",
    link: Some(Link::Json("vscode:mcp/install")),
    source: "https://code.visualstudio.com/docs/agents/reference/mcp-configuration",
    ..PLAIN
};

/// `codex mcp add` writes the same entry, and loses the comments of all others
/// (<https://github.com/openai/codex/issues/45432>).
pub(in crate::clients) static CODEX: Client = Client {
    id: "codex",
    name: "Codex",
    title: "Codex",
    locations: &[
        Location::everywhere(Base::Variable("CODEX_HOME"), "config.toml"),
        Location::everywhere(Base::Home, ".codex/config.toml"),
    ],
    format: TOML,
    shape: Shape { root: &["mcp_servers"], ..Shape::MCP_SERVERS },
    picks_up: "Start a new session of Codex",
    source: "https://github.com/openai/codex/blob/main/docs/config.md",
    ..PLAIN
};

pub(in crate::clients) static GEMINI_CLI: Client = Client {
    id: "gemini-cli",
    name: "Gemini CLI",
    title: "Gemini CLI",
    locations: &[Location::everywhere(Base::Home, ".gemini/settings.json")],
    format: JSON_WITH_COMMENTS,
    picks_up: "Start Gemini CLI again",
    source: "https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md",
    ..PLAIN
};

pub(in crate::clients) static COPILOT_CLI: Client = Client {
    id: "copilot-cli",
    name: "Copilot CLI",
    title: "Copilot CLI",
    locations: &[
        Location::everywhere(Base::Variable("COPILOT_HOME"), "mcp-config.json"),
        Location::everywhere(Base::Home, ".copilot/mcp-config.json"),
    ],
    shape: Shape {
        fixed: &[("type", Fixed::Text("local")), ("tools", Fixed::List(&["*"]))],
        ..Shape::MCP_SERVERS
    },
    picks_up: "Start a new session of Copilot CLI",
    source: "https://docs.github.com/en/copilot/how-tos/copilot-cli",
    ..PLAIN
};

/// It moved when it became Devin Desktop; the old file counts where it is still there.
pub(in crate::clients) static WINDSURF: Client = Client {
    id: "windsurf",
    name: "Windsurf",
    title: "Windsurf (Devin Desktop)",
    locations: &[
        Location::on(WINDOWS, Base::Config, "devin/mcp_config.json"),
        Location::on(MAC, Base::Home, ".config/devin/mcp_config.json"),
        Location::on(LINUX, Base::Home, ".config/devin/mcp_config.json"),
        Location::everywhere(Base::Home, ".codeium/windsurf/mcp_config.json"),
    ],
    picks_up: "Press Refresh among the MCP servers of Cascade",
    ..PLAIN
};

/// <https://github.com/cline/cline/issues/3533>: its servers get `PATH` and what stands in `env`, and nothing else.
pub(in crate::clients) static CLINE: Client = Client {
    id: "cline",
    name: "Cline",
    title: "Cline",
    locations: &[
        Location::everywhere(
            Base::Config,
            "Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
        ),
        Location::everywhere(
            Base::Config,
            "Cursor/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
        ),
        Location::everywhere(Base::Home, ".cline/data/settings/cline_mcp_settings.json"),
    ],
    shape: Shape {
        fixed: &[("disabled", Fixed::Flag(false)), ("autoApprove", Fixed::List(&[]))],
        ..Shape::MCP_SERVERS
    },
    picks_up: "Cline notices it by itself",
    source: "https://github.com/neondatabase/add-mcp/blob/main/src/agents.ts",
    ..PLAIN
};

pub(in crate::clients) static ROO: Client = Client {
    id: "roo",
    name: "Roo Code",
    title: "Roo Code",
    locations: &[Location::everywhere(
        Base::Config,
        "Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json",
    )],
    shape: Shape {
        fixed: &[("disabled", Fixed::Flag(false)), ("alwaysAllow", Fixed::List(&[]))],
        ..Shape::MCP_SERVERS
    },
    picks_up: "Roo Code notices it by itself",
    source: "https://github.com/smithery-ai/cli/blob/main/src/config/clients.ts",
    ..PLAIN
};

pub(in crate::clients) static ZED: Client = Client {
    id: "zed",
    name: "Zed",
    title: "Zed",
    locations: &[
        Location::on(WINDOWS, Base::Config, "Zed/settings.json"),
        Location::on(MAC, Base::Home, ".config/zed/settings.json"),
        Location::on(LINUX, Base::Config, "zed/settings.json"),
    ],
    format: JSON_WITH_COMMENTS,
    shape: Shape {
        root: &["context_servers"],
        fixed: &[("source", Fixed::Text("custom"))],
        ..Shape::MCP_SERVERS
    },
    picks_up: "Zed notices it by itself",
    source: "https://zed.dev/docs/ai/mcp",
    ..PLAIN
};

pub(in crate::clients) static KIRO: Client = Client {
    id: "kiro",
    name: "Kiro",
    title: "Kiro",
    locations: &[Location::everywhere(Base::Home, ".kiro/settings/mcp.json")],
    shape: Shape {
        fixed: &[("disabled", Fixed::Flag(false)), ("autoApprove", Fixed::List(&[]))],
        ..Shape::MCP_SERVERS
    },
    picks_up: "Kiro notices it by itself",
    source: "https://kiro.dev/docs/mcp/configuration",
    ..PLAIN
};

pub(in crate::clients) static JUNIE: Client = Client {
    id: "junie",
    name: "Junie",
    title: "JetBrains Junie",
    locations: &[Location::everywhere(Base::Home, ".junie/mcp/mcp.json")],
    picks_up: "Start a new session of Junie",
    ..PLAIN
};

pub(in crate::clients) static WARP: Client = Client {
    id: "warp",
    name: "Warp",
    title: "Warp",
    locations: &[Location::everywhere(Base::Home, ".warp/.mcp.json")],
    picks_up: "Start the server in the settings of Warp",
    source: "https://github.com/warpdotdev/warp",
    ..PLAIN
};

pub(in crate::clients) static LM_STUDIO: Client = Client {
    id: "lm-studio",
    name: "LM Studio",
    title: "LM Studio",
    locations: &[
        Location::everywhere(Base::Home, ".lmstudio/mcp.json"),
        Location::everywhere(Base::Home, ".cache/lm-studio/mcp.json"),
    ],
    picks_up: "LM Studio notices it by itself",
    link: Some(Link::Encoded("lmstudio://add_mcp")),
    source: "https://lmstudio.ai/docs/app/mcp/deeplink",
    ..PLAIN
};

pub(in crate::clients) static OPENCODE: Client = Client {
    id: "opencode",
    name: "OpenCode",
    title: "OpenCode",
    locations: &[
        Location::on(LINUX, Base::Config, "opencode/opencode.jsonc"),
        Location::on(LINUX, Base::Config, "opencode/opencode.json"),
        Location::on(MAC, Base::Home, ".config/opencode/opencode.jsonc"),
        Location::on(MAC, Base::Home, ".config/opencode/opencode.json"),
        Location::on(WINDOWS, Base::Home, ".config/opencode/opencode.jsonc"),
        Location::on(WINDOWS, Base::Home, ".config/opencode/opencode.json"),
    ],
    format: JSON_WITH_COMMENTS,
    shape: Shape {
        root: &["mcp"],
        args: None,
        env: "environment",
        fixed: &[("type", Fixed::Text("local")), ("enabled", Fixed::Flag(true))],
        ..Shape::MCP_SERVERS
    },
    picks_up: "Start OpenCode again",
    source: "https://opencode.ai/docs/mcp-servers",
    ..PLAIN
};
