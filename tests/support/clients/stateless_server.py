"""A server of protocol version 2026-07-28 by the MCP SDK for Python: it prints its address, and serves streamable HTTP until
it is ended."""

import socket
from typing import Annotated

import anyio
import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp.types import ElicitRequest, ElicitRequestFormParams, InputRequiredResult
from pydantic import Field

server = MCPServer("stateless", version="1", instructions="Do as you are told.")


@server.tool()
def echo(text: str) -> str:
    return text


def marked(header):
    return Field(json_schema_extra={"x-mcp-header": header})


# The SDK compares these arguments with the headers that they have to be in as well.
@server.tool()
def route(
    region: Annotated[str, marked("Region")], n: Annotated[int, marked("N")], dry: Annotated[bool, marked("Dry-Run")]
) -> str:
    return f"{region} {n} {dry}"


@server.tool()
async def slow(ms: int) -> str:
    await anyio.sleep(ms / 1000)
    return "done"


@server.tool()
async def progress(ctx: Context) -> str:
    for step in (1, 2, 3):
        await ctx.report_progress(step, 3)
    return "done"


@server.tool()
async def ask(ctx: Context) -> str | InputRequiredResult:
    if ctx.input_responses is None:
        form = ElicitRequestFormParams(message="May I?", requested_schema={"type": "object", "properties": {}})
        return InputRequiredResult(input_requests={"one": ElicitRequest(params=form)})
    return ctx.input_responses["one"].action


@server.tool()
async def change(ctx: Context) -> str:
    server.add_tool(lambda: "new", name="later", description="Was not there before")
    await ctx.notify_tools_changed()
    return "done"


@server.tool()
def danger() -> str:
    return "dangerous"


async def main():
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp", flush=True)
    config = uvicorn.Config(server.streamable_http_app(), log_level="warning", timeout_graceful_shutdown=1)
    await uvicorn.Server(config).serve(sockets=[listening])


anyio.run(main)
