"""The MCP SDK for Python as a client of `zoomtok mcp`: what it checks, it checks here too.

Arguments: how to begin ("legacy": initialize; "auto": server/discover), and the program. It runs in a directory
with an .env that leads to a sandbox; policy.json there is changed. The first thing that is not as it must be ends it
with an exception. It prints what it was told, to be searched for secrets.
"""

import json
import os
import sys
from pathlib import Path

import anyio
from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters

POLICY = {"version": "1", "default": "allow"}
POLICY_FILE = Path("policy.json")


def write_policy(**rules):
    POLICY_FILE.write_text(json.dumps(POLICY | rules))


async def main(mode, count, program):
    changed = anyio.Event()

    async def on_message(message):
        if getattr(message, "method", "") == "notifications/tools/list_changed":
            changed.set()

    write_policy()
    server = StdioServerParameters(
        command=program, args=["mcp", "--no-watch", "--policy", str(POLICY_FILE)], env=dict(os.environ)
    )
    async with Client(server, mode=mode, message_handler=on_message, read_timeout_seconds=20) as client:
        assert client.server_info.name == "zoomtok", client.server_info
        assert "[POLICY DENIED]" in client.instructions, client.instructions
        modern = client.protocol_version == "2026-07-28"
        assert modern == (mode == "auto"), client.protocol_version

        tools = (await client.list_tools()).tools
        assert len(tools) == int(count), tools
        for tool in tools:
            for schema in filter(None, (tool.input_schema, tool.output_schema)):
                Draft202012Validator.check_schema(schema)

        # The SDK holds structured content against the schema of the tool.
        user = await client.call_tool("get_user", {"user_id": "me"})
        assert not user.is_error and user.structured_content["email"] == "ada@example.com", user
        status = await client.call_tool("zoom_token_status", {})
        assert not status.is_error and status.structured_content["state"] == "valid", status
        refreshed = await client.call_tool("zoom_refresh_token", {})
        assert not refreshed.is_error and refreshed.structured_content["status"] == "success", refreshed

        wrong = await client.call_tool("get_user", {"user_id": 7})
        assert wrong.is_error and "user_id" in wrong.content[0].text, wrong
        try:
            await client.call_tool("no_such_tool", {})
            raise AssertionError("there is a tool that there is not")
        except MCPError as error:
            assert "no_such_tool" in str(error), error

        with anyio.fail_after(20):
            if modern:
                async with client.listen(tools_list_changed=True) as subscription:
                    write_policy(hide=["delete_meeting"])
                    await anext(subscription)
            else:
                write_policy(hide=["delete_meeting"])
                await changed.wait()
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert len(names) == int(count) - 1 and "delete_meeting" not in names, names
        refused = await client.call_tool("delete_meeting", {"meeting_id": "1"})
        assert refused.is_error and refused.content[0].text.startswith("[POLICY DENIED]"), refused
        for told in (*tools, user, status, refreshed, wrong, refused):
            print(told.model_dump_json())


anyio.run(main, *sys.argv[1:])
