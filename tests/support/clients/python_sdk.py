"""The MCP SDK for Python as a client of `zoomtok gateway` before the stand-in server.

Arguments: an address, whose bearer token is in ZOOMTOK_TEST_BEARER, or a command. The first thing that is not as it must
be ends it with an exception. It prints what it was told.
"""

import os
import sys

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitResult

try:
    import httpx2 as httpx
except ImportError:
    import httpx


async def session(server):
    changed = anyio.Event()

    async def on_message(message):
        if getattr(message, "method", "") == "notifications/tools/list_changed":
            changed.set()

    async def on_elicitation(context, params):
        assert params.message == "May I?", params
        return ElicitResult(action="accept", content={})

    async with Client(
        server,
        mode="legacy",
        message_handler=on_message,
        elicitation_callback=on_elicitation,
        read_timeout_seconds=20,
    ) as client:
        assert client.server_info.name == "stand-in", client.server_info
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert "echo" in names and "danger" not in names, names

        echoed = await client.call_tool("echo", {"n": 1, "text": 'ä\u2028"'})
        assert echoed.structured_content == {"n": 1, "text": 'ä\u2028"'}, echoed
        denied = await client.call_tool("danger", {})
        assert denied.is_error and denied.content[0].text.startswith("[POLICY DENIED] danger"), denied

        progress = []

        async def on_progress(at, total, message):
            progress.append((at, total))

        await client.call_tool("progress", {"ms": 50}, progress_callback=on_progress)
        assert progress == [(1, 3), (2, 3), (3, 3)], progress

        with anyio.move_on_after(0.3) as scope:
            await client.call_tool("slow", {"ms": 3_000})
        assert scope.cancelled_caught
        # The session goes on.
        after = await client.call_tool("echo", {"n": 2})
        assert after.structured_content == {"n": 2}, after

        said = await client.call_tool("ask", {})
        assert '"action":"accept"' in said.content[0].text, said

        await client.call_tool("change", {})
        with anyio.fail_after(20):
            await changed.wait()
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert "write" not in names, "the tool that has changed is held back"
        for told in (echoed, denied, after, said):
            print(told.model_dump_json())


async def main(program, *arguments):
    if not program.startswith("http://"):
        return await session(StdioServerParameters(command=program, args=list(arguments), env=dict(os.environ)))
    headers = {"Authorization": f"Bearer {os.environ['ZOOMTOK_TEST_BEARER']}"}
    timeout = httpx.Timeout(20, read=60)
    async with httpx.AsyncClient(headers=headers, timeout=timeout, trust_env=False) as http:
        await session(streamable_http_client(program, http_client=http))


anyio.run(main, *sys.argv[1:])
