"""The MCP SDK for Python as a client that begins with server/discover, with the server of stateless_server.py.

Argument: an address, whose bearer token is in ZOOMTOK_TEST_BEARER. The first thing that is not as it must be ends it with an
exception. It prints what it was told.
"""

import os
import sys

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitResult


async def on_elicitation(context, params):
    assert params.message == "May I?", params
    return ElicitResult(action="accept", content={})


async def main(address):
    headers = {"Authorization": f"Bearer {os.environ['ZOOMTOK_TEST_BEARER']}"}
    async with httpx2.AsyncClient(headers=headers, timeout=httpx2.Timeout(20, read=60), trust_env=False) as http:
        transport = streamable_http_client(address, http_client=http)
        async with Client(
            transport, mode="auto", elicitation_callback=on_elicitation, read_timeout_seconds=20
        ) as client:
            assert client.protocol_version == "2026-07-28", client.protocol_version
            told = [client.server_info, client.server_capabilities]
            tools = (await client.list_tools()).tools
            told += tools

            echoed = await client.call_tool("echo", {"text": 'ä\u2028"'})
            assert echoed.content[0].text == 'ä\u2028"', echoed
            for arguments in (
                {"region": "us-west1", "n": 42, "dry": True},
                {"region": " \u00e4\r\nMcp-Name: danger", "n": -(2**53 - 1), "dry": False},
                {"region": "=?base64?eA==?=", "n": 0, "dry": False},
            ):
                routed = await client.call_tool("route", arguments)
                assert routed.content[0].text == "{region} {n} {dry}".format(**arguments), routed
            wrong = await client.call_tool("echo", {"text": 7})
            assert wrong.is_error, wrong

            progress = []

            async def on_progress(at, total, message):
                progress.append((at, total))

            await client.call_tool("progress", {}, progress_callback=on_progress)
            assert progress == [(1, 3), (2, 3), (3, 3)], progress

            with anyio.move_on_after(0.3) as scope:
                await client.call_tool("slow", {"ms": 20_000})
            assert scope.cancelled_caught
            after = await client.call_tool("echo", {"text": "after"})
            asked = await client.call_tool("ask", {})
            assert asked.content[0].text == "accept", asked

            async with client.listen(tools_list_changed=True) as subscription:
                await client.call_tool("change", {})
                with anyio.fail_after(20):
                    await anext(subscription)
            refused = await client.call_tool("danger", {})
            for one in (*told, echoed, wrong, after, asked):
                print(one.model_dump_json())
            print("danger:", refused.is_error, refused.content[0].text)


anyio.run(main, *sys.argv[1:])
